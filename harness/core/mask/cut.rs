//! What is left of secrets where a text was cut: before and behind a `…` there may be half of one.

use std::{collections::HashMap, ops::Range};

use super::secrets::MIN_SECRET;

/// What stands where a text was cut.
const CUT: &[u8] = "…".as_bytes();

/// The longest escape of one character, which a cut may have halved.
const MAX_ESCAPE: usize = 12;

/// Where a text was cut; nothing where it is whole.
pub(super) fn places(text: &[u8]) -> Option<Vec<usize>> {
    let is_cut = |(at, byte): (usize, &u8)| (*byte == CUT[0] && text[at..].starts_with(CUT)).then_some(at);
    let cuts: Vec<usize> = text.iter().enumerate().filter_map(is_cut).collect();
    (!cuts.is_empty()).then_some(cuts)
}

/// The first and the last bytes of every pattern, and which patterns begin or end so.
#[derive(Debug, Default)]
pub(super) struct Halves {
    first: HashMap<[u8; MIN_SECRET], Vec<usize>>,
    last: HashMap<[u8; MIN_SECRET], Vec<usize>>,
    longest: usize,
}

impl Halves {
    /// The halves of some patterns, which are known by their places from then on.
    pub(super) fn of<'p>(patterns: impl Iterator<Item = &'p [u8]>) -> Self {
        let mut halves = Self::default();
        for (place, pattern) in patterns.enumerate() {
            if let Some((first, last)) = pattern.first_chunk().zip(pattern.last_chunk()) {
                halves.first.entry(*first).or_default().push(place);
                halves.last.entry(*last).or_default().push(place);
                halves.longest = halves.longest.max(pattern.len());
            }
        }
        halves
    }

    /// Which of the places where a text was cut are within a pattern, and within which one: the longest of those that fit. Takes time linear in the text.
    pub(super) fn find<'p>(&self, text: &[u8], cuts: &[usize], bytes: impl Fn(usize) -> &'p Vec<u8>) -> Vec<(Range<usize>, usize)> {
        let mut found = Vec::new();
        for (place, cut) in cuts.iter().enumerate() {
            let begin = place.checked_sub(1).map_or(0, |before| cuts[before] + CUT.len());
            let end = cuts.get(place + 1).copied().unwrap_or(text.len());
            found.extend(self.before(text, begin..*cut, &bytes));
            found.extend(self.behind(text, cut + CUT.len()..end, &bytes));
        }
        found
    }

    /// The beginning of a pattern at the end of a piece.
    fn before<'p>(&self, text: &[u8], piece: Range<usize>, bytes: &impl Fn(usize) -> &'p Vec<u8>) -> Option<(Range<usize>, usize)> {
        let at = piece.end;
        // An escape that was halved belongs to the secret, too.
        let tail = text[piece.start.max(at.saturating_sub(MAX_ESCAPE))..at].iter().rev();
        let halved = tail.take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'#').count();
        let escape = at.checked_sub(halved + 1).filter(|start| *start >= piece.start && matches!(text[*start], b'%' | b'\\' | b'&' | b'='));
        let ends = [Some(at), escape];
        let mut window = piece.start.max(at.saturating_sub(self.longest + MAX_ESCAPE))..at;
        window.find_map(|start| {
            let patterns = self.first.get(text[start..at].first_chunk::<MIN_SECRET>()?)?;
            let fits = |pattern: &&usize| {
                let pattern = bytes(**pattern);
                ends.iter().flatten().any(|end| start + MIN_SECRET <= *end && pattern.starts_with(&text[start..*end]))
            };
            patterns.iter().find(fits).map(|pattern| (start..at, *pattern))
        })
    }

    /// The end of a pattern at the beginning of a piece.
    fn behind<'p>(&self, text: &[u8], piece: Range<usize>, bytes: &impl Fn(usize) -> &'p Vec<u8>) -> Option<(Range<usize>, usize)> {
        let at = piece.start;
        let window = at..piece.end.min(at + self.longest + MAX_ESCAPE);
        window.rev().map(|last| last + 1).find_map(|end| {
            let patterns = self.last.get(text[at..end].last_chunk::<MIN_SECRET>()?)?;
            let fits = |pattern: &&usize| {
                let pattern = bytes(**pattern);
                // The rest of an escape that was halved may stand before it.
                let rest = text[at..end].iter().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'#' | b';')).count();
                (0..=rest.min(MAX_ESCAPE)).any(|halved| at + halved + MIN_SECRET <= end && pattern.ends_with(&text[at + halved..end]))
            };
            patterns.iter().find(fits).map(|pattern| (at..end, *pattern))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(patterns: &[&str], text: &str, expected: &[&str]) {
        let patterns: Vec<Vec<u8>> = patterns.iter().map(|pattern| pattern.as_bytes().to_vec()).collect();
        let halves = Halves::of(patterns.iter().map(Vec::as_slice));
        let cuts = places(text.as_bytes()).unwrap_or_default();
        let found = halves.find(text.as_bytes(), &cuts, |pattern| &patterns[pattern]);
        let texts: Vec<&str> = found.into_iter().map(|(range, _)| &text[range]).collect();
        assert_eq!(texts, expected, "{text}");
    }

    #[test]
    fn what_was_cut_is_found_by_its_halves() {
        check(&["hunter2-and-more"], "begins \"hunter2-a…\" and hunter2-b… and hunter2 and hun…", &["hunter2-a"]);
        check(&["hunter2-and-more"], "hunt… hunter2-and-mor…", &["hunt", "hunter2-and-mor"]);
        check(&["hunt", "hunter2-and-more"], "hunter2…", &["hunter2"]);
        check(&["hunter2-and-more"], "near …and-more, 1; …more; …ore; and-more", &["and-more", "more"]);
        check(&["hunter2-and-more"], "…hunter2-and-more…", &["hunter2-and-more", "hunter2-and-more"]);
        check(&["aaaaaaaa"], "aaaaaa…", &["aaaaaa"]);
        check(&["hunter2-and-more"], "hunter2-and-more", &[]);
        check(&[], "hunter2…", &[]);
    }

    #[test]
    fn an_escape_may_be_halved() {
        for halved in ["%", "%2", "\\", "\\u00", "&", "&#x2", "&qu", "="] {
            let text = format!("x hunter{halved}…");
            check(&["hunter2-and-more"], &text, &[&text[2..text.len() - CUT.len()]]);
        }
        check(&["hunter2-and-more"], "x hunter 2…", &[]);
    }
}
