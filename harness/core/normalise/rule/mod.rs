//! The kinds of rules. One kind, one file, one line in the registry.

mod ignore;
mod key;
mod kind;
mod paths;
mod registry;
mod replace;
mod round;
mod tolerance;
mod unordered;
mod version_by;

pub use registry::{Kind, RULES, find};
pub(super) use registry::{Rule, Stage};
