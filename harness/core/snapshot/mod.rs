//! Snapshots: canonical content, its text form, and where it is kept.
//!
//! Touches no files: `store` reads and writes what is decided here.

mod slug;

pub use slug::{LONGEST_SLUG, slug, slug_with_digest};
