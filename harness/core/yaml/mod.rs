//! YAML as prodiff reads it: one tree in which every key and value knows where it stands.
//!
//! `read` turns a text into a [`Node`] and every complaint about its YAML; a [`Collector`] and its
//! [`Fields`] then turn nodes into the language's own types, again with every complaint.

mod failure;
mod fields;
mod limits;
mod lower;
mod merge;
mod node;
mod parse;
mod read;
mod repair;
mod slip;

pub use fields::Fields;
pub use limits::{MAX_ALIASED_TEXT, MAX_ANCHORS, MAX_DIAGNOSTICS, MAX_FILE, MAX_NESTING, MAX_NODES};
pub use lower::Collector;
pub use node::{Entry, Node, Yaml};
pub use read::{from_bytes, read};

#[cfg(test)]
mod tests;
