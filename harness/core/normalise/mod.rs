//! Normalising: what the suite says does not count.
//!
//! Always in the same order (`ignore`, `replace`, `round`, `kind`), always idempotent, and everything that was hidden is
//! counted by rule. `unordered`, `key`, `version_by` and `tolerance` change nothing: comparing is told of them.

mod apply;
mod rule;
mod rules;

pub use apply::{Normalised, NormalisedText};
pub use rule::{Kind, RULES, find};
pub use rules::Rules;
