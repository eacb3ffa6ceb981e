//! One comparison for both jobs: against an accepted baseline and against another environment.
//!
//! Returns differences as data; does not know which side is production, nor what a difference is worth. Holds no clock:
//! every bound on work is a number of operations, so that the same two documents always compare the same.

mod difference;
pub mod headers;
mod json;
mod options;
pub mod text;
mod transformation;

pub use difference::{Comparison, Difference, Hidden, Kind, Place, Skew, Statement, Weight};
pub use json::{MAX_DIFFERENCES, MAX_PAIRS_PER_COMPARISON, MAX_PAIRS_PER_LIST, json, shape};
pub use options::{Options, Tolerance, ToleranceError};
