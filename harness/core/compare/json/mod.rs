//! Compares two JSON documents, path by path.

mod align;
mod digest;
mod emit;
mod key;
mod shape;
#[cfg(test)]
mod tests;
mod walk;

pub(super) use align::anchors as unmoved;
pub use align::{MAX_PAIRS_PER_COMPARISON, MAX_PAIRS_PER_LIST};
pub use emit::MAX_DIFFERENCES;
pub(super) use key::scalar_label;
pub use shape::shape;
pub use walk::json;
