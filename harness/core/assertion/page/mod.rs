//! What a step expects of the page that a browser shows.
//!
//! Judged again and again until it holds or its time is over; the times come from whoever plays the step.

mod expectation;
mod judge;
mod parse;

pub use expectation::PageExpectations;
pub use parse::{PAGE_EXPECTATIONS, schema};
