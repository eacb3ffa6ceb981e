//! What a step expects of its response, and the judging of it.

mod expectation;
mod judge;
mod parse;
mod schema;

pub use expectation::Expectations;
pub use parse::{EXPECTATIONS, NOT_YET};
pub use schema::schema;
