//! What a step expects of its response, and the judging of it.

mod expectation;
mod judge;
mod parse;

pub use expectation::Expectations;
pub use parse::{EXPECTATIONS, NOT_YET};
