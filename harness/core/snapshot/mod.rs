//! Snapshots: the canonical text of what was seen, and where its baseline stands.
//!
//! Touches no files: `store` reads and writes what is decided here.

mod content;
mod key;
mod slug;

pub use content::{Canonical, headers_text, json_text, plain_text, shape};
pub use key::{SnapshotKey, Variant};
pub use slug::{LONGEST_SLUG, slug, slug_with_digest};
