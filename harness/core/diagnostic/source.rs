//! Texts that people wrote, and places in them.

use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    ops::Range,
    sync::{Arc, OnceLock},
};

/// A text that diagnostics point into: one file of the suites folder, or one command-line argument.
pub struct Source {
    /// The name shown to people, with forward slashes: `suites/login.yaml`.
    pub name: String,
    /// The whole text.
    pub text: String,
    /// Made when the first position is asked for.
    landmarks: OnceLock<Box<[Landmark]>>,
}

/// What is known at every `STRIDE`th byte, so that no question costs more than a stride, however long the text or the line.
struct Landmark {
    /// Line breaks before it.
    breaks: usize,
    /// Characters before it.
    characters: usize,
    /// Where its line begins.
    line_start: usize,
}

const STRIDE: usize = 512;
const BYTE_ORDER_MARK: char = '\u{feff}';

impl Source {
    /// A shared source.
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Arc<Self> {
        Arc::new(Self { name: name.into(), text: text.into(), landmarks: OnceLock::new() })
    }

    /// Line and column of a byte offset, both counted from 1; columns count characters. A byte order mark is none.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        let offset = self.text.floor_char_boundary(offset.min(self.text.len()));
        let (breaks, line_start) = self.line_of(offset);
        let marks = usize::from(line_start == 0 && offset > 0 && self.text.starts_with(BYTE_ORDER_MARK));
        let before = self.characters_before(offset) - self.characters_before(line_start) - marks;
        Position { line: breaks + 1, column: before + 1 }
    }

    /// The line of a byte offset, counted from 1: half of [`Self::position`] for half of its cost.
    #[must_use]
    pub fn line_at(&self, offset: usize) -> usize {
        self.line_of(self.text.floor_char_boundary(offset.min(self.text.len()))).0 + 1
    }

    /// The bytes of a line (counted from 1) without its line break, or nothing past the end.
    #[must_use]
    pub fn line_range(&self, line: usize) -> Option<Range<usize>> {
        let wanted = line.checked_sub(1)?;
        let start = if wanted == 0 {
            0
        } else {
            // The break that ends the line before lies behind the last landmark with fewer breaks.
            let landmarks = self.landmarks();
            let index = landmarks.partition_point(|landmark| landmark.breaks < wanted).checked_sub(1)?;
            let from = index * STRIDE;
            let missing = wanted - landmarks[index].breaks;
            from + self.text.as_bytes()[from..].iter().enumerate().filter(|(_, byte)| **byte == b'\n').nth(missing - 1)?.0 + 1
        };
        let rest = &self.text.as_bytes()[start..];
        let line = &rest[..rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len())];
        Some(start..start + line.strip_suffix(b"\r").unwrap_or(line).len())
    }

    /// The text of a line (counted from 1) without its line break, or nothing past the end.
    #[must_use]
    pub fn line(&self, line: usize) -> Option<&str> {
        self.text.get(self.line_range(line)?)
    }

    /// The line of an offset as [`Self::line_range`], but at most `reach` bytes behind the offset.
    pub(super) fn line_near(&self, offset: usize, reach: usize) -> Range<usize> {
        let offset = self.text.floor_char_boundary(offset.min(self.text.len()));
        let (_, start) = self.line_of(offset);
        let near = &self.text[offset..self.text.ceil_char_boundary((offset + reach).min(self.text.len()))];
        let line = near.find('\n').map_or(near, |end| near[..end].strip_suffix('\r').unwrap_or(&near[..end]));
        start..offset + line.len()
    }

    /// Line breaks before `offset`, and where its line begins.
    fn line_of(&self, offset: usize) -> (usize, usize) {
        let landmark = &self.landmarks()[offset / STRIDE];
        let from = offset - offset % STRIDE;
        let near = &self.text.as_bytes()[from..offset];
        let breaks = landmark.breaks + near.iter().filter(|byte| **byte == b'\n').count();
        let line_start = near.iter().rposition(|byte| *byte == b'\n').map_or(landmark.line_start, |at| from + at + 1);
        (breaks, line_start)
    }

    fn characters_before(&self, offset: usize) -> usize {
        let from = offset - offset % STRIDE;
        self.landmarks()[offset / STRIDE].characters + count_characters(&self.text.as_bytes()[from..offset])
    }

    fn landmarks(&self) -> &[Landmark] {
        self.landmarks.get_or_init(|| {
            let mut landmarks = vec![Landmark { breaks: 0, characters: 0, line_start: 0 }];
            let (mut breaks, mut characters, mut line_start, mut offset) = (0, 0, 0, 0);
            for stride in self.text.as_bytes().chunks_exact(STRIDE) {
                breaks += stride.iter().filter(|byte| **byte == b'\n').count();
                characters += count_characters(stride);
                if let Some(at) = stride.iter().rposition(|byte| *byte == b'\n') {
                    line_start = offset + at + 1;
                }
                offset += stride.len();
                landmarks.push(Landmark { breaks, characters, line_start });
            }
            landmarks.into()
        })
    }
}

/// Characters that begin in these bytes.
fn count_characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count()
}

impl fmt::Debug for Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Source").field("name", &self.name).finish_non_exhaustive()
    }
}

impl PartialEq for Source {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other) || (self.name == other.name && self.text == other.text)
    }
}

impl Eq for Source {}

impl PartialOrd for Source {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Source {
    fn cmp(&self, other: &Self) -> Ordering {
        if std::ptr::eq(self, other) {
            return Ordering::Equal;
        }
        self.name.cmp(&other.name).then_with(|| self.text.cmp(&other.text))
    }
}

impl Hash for Source {
    // The name tells sources apart well enough; a text may have megabytes.
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

/// A place in a text, for people: both counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line, counted from 1.
    pub line: usize,
    /// The column in characters, counted from 1.
    pub column: usize,
}

/// A stretch of a source, in bytes.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Span {
    /// The text it lies in.
    pub source: Arc<Source>,
    /// First byte.
    pub start: usize,
    /// One past the last byte; may equal `start`.
    pub end: usize,
}

impl Span {
    /// A span of `range` in `source`.
    #[must_use]
    pub fn new(source: &Arc<Source>, range: Range<usize>) -> Self {
        Self { source: Arc::clone(source), start: range.start, end: range.end }
    }

    /// Where it begins.
    #[must_use]
    pub fn position(&self) -> Position {
        self.source.position(self.start)
    }

    /// The line it begins in, counted from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.source.line_at(self.start)
    }

    /// The text it covers.
    #[must_use]
    pub fn text(&self) -> &str {
        self.source.text.get(self.start..self.end).unwrap_or("")
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{self}")
    }
}

/// `file:line:column`.
impl fmt::Display for Span {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Position { line, column } = self.position();
        write!(formatter, "{}:{line}:{column}", self.source.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Positions and lines of every offset against the plain way of counting.
    fn check(text: &str) {
        let source = Source::new("a.yaml", text);
        let mut expected = Position { line: 1, column: 1 };
        for (offset, character) in text.char_indices() {
            assert_eq!(source.position(offset), expected, "offset {offset}");
            expected = match character {
                '\n' => Position { line: expected.line + 1, column: 1 },
                BYTE_ORDER_MARK if offset == 0 => expected,
                _ => Position { column: expected.column + 1, ..expected },
            };
        }
        assert_eq!(source.position(text.len()), expected);
        assert_eq!(source.position(usize::MAX), expected);
        for (index, line) in text.split('\n').enumerate() {
            assert_eq!(source.line(index + 1), Some(line.strip_suffix('\r').unwrap_or(line)), "line {}", index + 1);
        }
        assert_eq!(source.line(text.split('\n').count() + 1), None);
        assert_eq!(source.line(0), None);
    }

    #[test]
    fn positions_are_those_of_plain_counting() {
        check("");
        check("a: 1\r\nb: ü\n");
        check("\u{feff}a: 1\nb");
        check("ü\n".repeat(STRIDE).as_str());
        check("x".repeat(STRIDE * 2 + 5).as_str());
        check(&format!("{}\n{}", "€".repeat(STRIDE), "b".repeat(STRIDE)));
        check("\n".repeat(STRIDE + 1).as_str());
    }

    #[test]
    fn an_offset_inside_a_character_is_the_character() {
        assert_eq!(Source::new("a", "äb").position(1), Position { line: 1, column: 1 });
    }
}
