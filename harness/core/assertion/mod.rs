//! Judges what was seen: matchers judge a value, expectations a response.
//!
//! A failed expectation is data, a [`Judgement`]. Holds no snapshots, no clock and no variables of its own: they come
//! in with the [`Context`].

pub mod judgement;
pub mod matcher;
pub mod page;
pub mod response;
pub mod url;

pub use judgement::{Context, Failure, Ground, Judgement, Outcome, Sites};
pub use page::PageExpectations;
pub use response::Expectations;
