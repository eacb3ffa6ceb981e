//! The one integration binary: the house's walls, and the real program against sites that behave and misbehave.

#[cfg(test)]
mod architecture;
#[cfg(test)]
mod cases;
#[cfg(test)]
mod demo_plays;
#[cfg(test)]
mod house;
#[cfg(test)]
mod hub_suites;
#[cfg(test)]
mod insta_reviews;
#[cfg(test)]
mod interrupted;
#[cfg(test)]
mod reports_on_disk;
#[cfg(test)]
mod support;
