//! From differences to findings: what each is worth, which belong together, what becomes of their cases.
//!
//! Differences of all cases fold into findings by cause: aspect, path pattern, kind and transformation. The fold keeps counts
//! and the smallest places, never a list of everything.

mod case;
mod fingerprint;
mod fold;
mod judge;
mod severity;
mod words;

pub use case::{Lack, judge_case};
pub use fingerprint::{ABSENT, digest, fingerprint};
pub use fold::{Against, Findings, MAX_DIGESTS, MAX_PLACES, Spot};
pub use judge::{Judged, Judgement, Terms, judge_changed, judge_step};
pub use severity::severity;
