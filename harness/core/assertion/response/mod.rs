//! What a step expects of its response, and the judging of it.

mod expectation;
mod judge;
mod parse;
mod schema;

pub use expectation::Expectations;
pub(super) use judge::{judge_selected, judge_value, judge_written};
pub(super) use parse::written_values;
pub use parse::{EXPECTATIONS, NOT_YET};
pub use schema::schema;
