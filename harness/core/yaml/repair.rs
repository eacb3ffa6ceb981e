//! A text with slips mended, so that what stands behind them can be read too; places are still those of the original.

use std::ops::Range;

/// Something else in place of a stretch of the original.
#[derive(Debug, Clone)]
pub(super) struct Edit {
    pub(super) range: Range<usize>,
    pub(super) replacement: String,
}

/// The original with edits made.
pub(super) struct Repaired {
    pub(super) text: String,
    /// By place: where each edit begins and ends in the repaired text, and in the original.
    edits: Vec<(Range<usize>, Range<usize>)>,
}

impl Repaired {
    /// The edits must be sorted by place and must not overlap.
    pub(super) fn new(original: &str, edits: &[Edit]) -> Self {
        let mut text = String::with_capacity(original.len() + 2 * edits.len());
        let mut places = Vec::with_capacity(edits.len());
        let mut done = 0;
        for edit in edits {
            text.push_str(&original[done..edit.range.start]);
            let start = text.len();
            text.push_str(&edit.replacement);
            places.push((start..text.len(), edit.range.clone()));
            done = edit.range.end;
        }
        text.push_str(&original[done..]);
        Self { text, edits: places }
    }

    /// The stretch of the original that a stretch of the repaired text stands for; one that touches an edit takes all of it.
    pub(super) fn original(&self, range: Range<usize>) -> Range<usize> {
        let start = match self.edits[..self.edits.partition_point(|(repaired, _)| repaired.start <= range.start)].last() {
            Some((repaired, original)) if range.start < repaired.end => original.start,
            Some((repaired, original)) => original.end + (range.start - repaired.end),
            None => range.start,
        };
        let end = match self.edits[..self.edits.partition_point(|(repaired, _)| repaired.start < range.end)].last() {
            Some((repaired, original)) if range.end <= repaired.end => original.end,
            Some((repaired, original)) => original.end + (range.end - repaired.end),
            None => range.end,
        };
        start..end.max(start)
    }

    /// Whether a stretch of the repaired text touches what was already mended.
    pub(super) fn is_mended(&self, range: &Range<usize>) -> bool {
        let index = self.edits.partition_point(|(repaired, _)| repaired.end < range.start);
        self.edits.get(index).is_some_and(|(repaired, _)| repaired.start <= range.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_those_of_the_original() {
        let edit = |range, replacement: &str| Edit { range, replacement: replacement.to_owned() };
        let repaired = Repaired::new("a: @x\nb: @y\nc", &[edit(3..5, "'@x'"), edit(9..11, "'@y'")]);
        assert_eq!(repaired.text, "a: '@x'\nb: '@y'\nc");
        for (range, original) in [(0..1, 0..1), (3..7, 3..5), (4..6, 3..5), (8..9, 6..7), (11..15, 9..11), (16..17, 12..13)] {
            assert_eq!(repaired.original(range.clone()), original, "{range:?}");
        }
        assert!(repaired.is_mended(&(4..5)));
        assert!(repaired.is_mended(&(0..20)));
        assert!(!repaired.is_mended(&(8..10)));
    }
}
