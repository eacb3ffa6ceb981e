//! Where a value stands in a document.

use std::fmt;

use super::Json;

/// One step into a document.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Segment {
    /// The position in a list, from zero.
    Index(usize),
    /// The key of a map; where it was sent twice, the last one.
    Key(String),
}

/// A path to one value, shown as JSONPath (RFC 9535): `$`, `$.name`, `$[4].version`, `$['odd key']`.
///
/// Orders by segments, positions as numbers: `$[2]` stands before `$[10]`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Path(Vec<Segment>);

impl Path {
    /// The document itself: `$`.
    #[must_use]
    pub fn root() -> Self {
        Self::default()
    }

    /// The steps from the root.
    #[must_use]
    pub fn segments(&self) -> &[Segment] {
        &self.0
    }

    /// This path and one key more.
    #[must_use]
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.0.push(Segment::Key(key.into()));
        self
    }

    /// This path and one position more.
    #[must_use]
    pub fn index(mut self, index: usize) -> Self {
        self.0.push(Segment::Index(index));
        self
    }

    /// Goes one step down.
    pub fn push(&mut self, segment: Segment) {
        self.0.push(segment);
    }

    /// Goes one step up and returns the step that was left; nothing at the root.
    pub fn pop(&mut self) -> Option<Segment> {
        self.0.pop()
    }

    /// The value that stands there, if any.
    #[must_use]
    pub fn resolve<'a>(&self, json: &'a Json) -> Option<&'a Json> {
        self.0.iter().try_fold(json, |json, segment| match (segment, json) {
            (Segment::Index(index), Json::List(elements)) => elements.get(*index),
            (Segment::Key(key), Json::Map(_)) => json.get(key),
            _ => None,
        })
    }

    /// The value that stands there, to be changed.
    #[must_use]
    pub fn resolve_mut<'a>(&self, json: &'a mut Json) -> Option<&'a mut Json> {
        self.0.iter().try_fold(json, |json, segment| match (segment, json) {
            (Segment::Index(index), Json::List(elements)) => elements.get_mut(*index),
            (Segment::Key(key), Json::Map(entries)) => entries.iter_mut().rev().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        })
    }
}

impl FromIterator<Segment> for Path {
    fn from_iter<T: IntoIterator<Item = Segment>>(segments: T) -> Self {
        Self(segments.into_iter().collect())
    }
}

impl fmt::Display for Path {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("$")?;
        self.0.iter().try_for_each(|segment| segment.fmt(formatter))
    }
}

impl fmt::Display for Segment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Index(index) => write!(formatter, "[{index}]"),
            Self::Key(key) => write_key(formatter, key),
        }
    }
}

/// A key as a step of a JSONPath: `.name`, or `['odd key']` where the short form does not allow it.
pub(crate) fn write_key(out: &mut impl fmt::Write, key: &str) -> fmt::Result {
    if is_shorthand(key) {
        out.write_char('.')?;
        return out.write_str(key);
    }
    out.write_str("['")?;
    for character in key.chars() {
        // RFC 9535, section 2.7; hidden characters beyond it are escaped as they are in values.
        match character {
            '\'' => out.write_str("\\'")?,
            '\\' => out.write_str("\\\\")?,
            '\n' => out.write_str("\\n")?,
            '\r' => out.write_str("\\r")?,
            '\t' => out.write_str("\\t")?,
            '\u{8}' => out.write_str("\\b")?,
            '\u{c}' => out.write_str("\\f")?,
            _ if super::write::is_hidden(character) => write!(out, "\\u{:04x}", u32::from(character))?,
            _ => out.write_char(character)?,
        }
    }
    out.write_str("']")
}

/// Whether RFC 9535's `member-name-shorthand` holds the key: a letter, `_` or non-ASCII first, digits after it.
fn is_shorthand(key: &str) -> bool {
    let first_is_digit = key.starts_with(|character: char| character.is_ascii_digit());
    let plain = |character: char| character.is_ascii_alphanumeric() || character == '_' || !character.is_ascii();
    !key.is_empty() && !first_is_digit && key.chars().all(|character| plain(character) && !super::write::is_hidden(character))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::read;

    #[test]
    fn paths_are_shown_as_jsonpath() {
        let check = |path: Path, expected: &str| {
            assert_eq!(path.to_string(), expected);
            assert!(serde_json_path::JsonPath::parse(expected).is_ok(), "{expected}");
        };
        check(Path::root(), "$");
        check(Path::root().index(4).key("version"), "$[4].version");
        check(Path::root().key("odd key").key("it's\n\\").key("").key("2d").key("größe"), "$['odd key']['it\\'s\\n\\\\']['']['2d'].größe");
        check(Path::root().key("a-b").key("\u{1b}[2J"), "$['a-b']['\\u001b[2J']");
    }

    #[test]
    fn resolves_to_the_last_of_two_keys_or_to_nothing() {
        let json = read(r#"{"a":1,"a":[true,{"b":null}]}"#).unwrap().json;
        let check = |path: Path, expected: Option<&str>| {
            assert_eq!(path.resolve(&json).map(crate::json::to_compact).as_deref(), expected);
            assert_eq!(path.resolve_mut(&mut json.clone()).map(|json| crate::json::to_compact(json)).as_deref(), expected);
        };
        check(Path::root().key("a").index(0), Some("true"));
        check(Path::root().key("a").index(1).key("b"), Some("null"));
        check(Path::root().key("a").index(2), None);
        check(Path::root().index(0), None);
        check(Path::root().key("a").key("b"), None);
    }
}
