//! Real browsers: found, started, spoken to, ended.
//!
//! Modules in reading order. Classic WebDriver commands go through fantoccini; events, interception and contexts through a
//! BiDi client of our own beside it. Absent here: expectations, suites, what is done when a browser is missing.

mod act;
pub mod bidi;
pub mod error;
mod locate;
pub mod page;
pub mod process;
pub mod provide;
pub mod session;

#[cfg(test)]
#[cfg(unix)]
mod tests;
