//! Compares two JSON documents, path by path.

mod align;
mod digest;
mod emit;
mod key;
mod shape;
mod walk;

pub use align::{MAX_PAIRS_PER_COMPARISON, MAX_PAIRS_PER_LIST};
pub use emit::MAX_DIFFERENCES;
pub use shape::shape;
pub use walk::json;
