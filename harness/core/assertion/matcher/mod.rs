//! Matchers: each judges one value. One kind, one file.
//!
//! A matcher that has nothing to judge fails; only `exists: false` is content with nothing.

pub mod date;
mod equality;
mod order;
mod parse;
pub mod quantity;
mod registry;
mod rows;
mod subject;
#[cfg(test)]
pub(crate) mod testing;

mod age;
mod all;
mod any_of;
mod at_least;
mod at_most;
mod between;
mod close_to;
mod contains;
mod count;
mod each;
mod empty;
mod ends_with;
mod equals;
mod exists;
mod format_of;
mod greater_than;
mod keys;
mod less_than;
mod matches;
mod not;
mod of_type;
mod one_of;
mod same_as;
mod same_items;
mod share;
mod some;
mod sorted;
mod starts_with;
mod unique;

pub use parse::{Matcher, Parsing};
pub use registry::{Check, Kind, MATCHERS, NOT_YET, definitions, find};
pub use subject::{Mode, Place, Subject};
