//! What a hostile file meets.

/// Bytes of a file. Whoever reads files asks for their size before.
pub const MAX_FILE: usize = 16_000_000;
/// Values and keys of a file, those that aliases repeat included. A suite of 10,000 cases has some 200,000.
pub const MAX_NODES: usize = 500_000;
/// Lists and maps within each other.
pub const MAX_NESTING: usize = 100;
/// Anchors of a file.
pub const MAX_ANCHORS: usize = 10_000;
/// Bytes of text that the anchors and aliases of a file may copy.
pub const MAX_ALIASED_TEXT: usize = 8_000_000;
/// Complaints about one file; whoever has as many has one mistake in many places.
pub const MAX_DIAGNOSTICS: usize = 1_000;
/// Bytes that the attempts to read past slips may take together.
pub(super) const MAX_ATTEMPTS: usize = 8_000_000;
