//! Looks into what was seen: a response decoded once, and captures taken from it.
//!
//! Holds no judgement: what is there and what is not is data for `assertion` and `execute`.

pub mod argument;
pub mod capture;
pub mod html;
pub mod locator;
pub mod page;
pub mod path;
pub mod pattern;
pub mod response;
pub mod shown;
#[cfg(test)]
pub(crate) mod testing;

pub use argument::{Argument, Resolved, Unresolved};
pub use capture::{Capture, CaptureFailure, Captured};
pub use page::PageCapture;
pub use response::Response;
