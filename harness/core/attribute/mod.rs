//! Which side a difference comes from: reference, candidate, and the candidate *before* the release.
//!
//! Everything is decided place by place by which of the three agree there. Holds no threshold, and does not know what a
//! difference is worth.

mod contrast;
mod place;

pub use contrast::{Contrast, Seen, Unseen};
pub(crate) use place::is_positional;
pub use place::{Agreement, Attributed, Before, BeforeAgreement, Holds, ThreeWay, attribute, verdict};
