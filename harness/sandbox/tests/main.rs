//! The sandbox over real sockets: its manners, its invariants, its faults.

#[cfg(test)]
mod api;
#[cfg(test)]
mod assets;
#[cfg(test)]
mod changes;
#[cfg(test)]
mod client;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod pages;
