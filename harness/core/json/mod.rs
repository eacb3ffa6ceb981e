//! JSON as it was sent: numbers keep their text, keys their order, duplicate keys their places.
//!
//! One dynamic value type serves the whole core: bodies, captures, variables, matcher arguments.

mod filter;
mod ids;
mod number;
mod path;
mod read;
mod selector;
mod steps;
mod trace;
mod value;
mod write;

pub use ids::{are_ids, variable_kind};
pub use number::Number;
pub(crate) use path::write_key;
pub use path::{Path, Segment};
pub use read::{Document, Duplicate, JsonError, MAX_DEPTH, MAX_LISTED_DUPLICATES, read};
pub use selector::{Selector, SelectorError};
pub(crate) use steps::Pick;
pub(crate) use trace::{Position, Trace, Trail};
pub use value::to_value;
pub(crate) use write::is_hidden;
pub use write::{quote, to_compact, to_pretty};

/// A JSON value (RFC 8259).
///
/// `PartialEq` is *structural* equality: numbers compare as decimals (`1` equals `1.0`), maps
/// without regard to the order of keys, lists in order.
#[derive(Debug, Clone)]
pub enum Json {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number with its text as sent.
    Number(Number),
    /// A string, escapes resolved.
    String(String),
    /// An array.
    List(Vec<Json>),
    /// An object in the order received. A key that was sent twice stands here twice.
    Map(Vec<(String, Json)>),
}

impl Json {
    /// A string value.
    #[must_use]
    pub fn text(text: impl Into<String>) -> Self {
        Self::String(text.into())
    }

    /// The value of a key of a map: the last one where it was sent twice, as most readers take it.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Json> {
        match self {
            Self::Map(entries) => entries.iter().rev().find(|(name, _)| name == key).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The text of a string.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The number.
    #[must_use]
    pub fn as_number(&self) -> Option<&Number> {
        match self {
            Self::Number(number) => Some(number),
            _ => None,
        }
    }

    /// The elements of a list.
    #[must_use]
    pub fn as_list(&self) -> Option<&[Json]> {
        match self {
            Self::List(elements) => Some(elements),
            _ => None,
        }
    }

    /// The entries of a map.
    #[must_use]
    pub fn as_map(&self) -> Option<&[(String, Json)]> {
        match self {
            Self::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// What kind of value it is, in the words of the suite language: `string`, `number`, `boolean`, `null`, `list`, `map`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "boolean",
            Self::Number(_) => "number",
            Self::String(_) => "string",
            Self::List(_) => "list",
            Self::Map(_) => "map",
        }
    }
}

impl PartialEq for Json {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(one), Self::Bool(two)) => one == two,
            (Self::Number(one), Self::Number(two)) => one == two,
            (Self::String(one), Self::String(two)) => one == two,
            (Self::List(one), Self::List(two)) => one == two,
            (Self::Map(one), Self::Map(two)) => {
                if one.len() != two.len() {
                    return false;
                }
                // Most maps arrive in the same order on both sides.
                if one.iter().zip(two).all(|((key, _), (other, _))| key == other) {
                    return one.iter().zip(two).all(|((_, value), (_, other))| value == other);
                }
                let sorted = |entries: &'_ Vec<(String, Json)>| {
                    let mut order: Vec<usize> = (0..entries.len()).collect();
                    order.sort_by(|a, b| entries[*a].0.cmp(&entries[*b].0));
                    order
                };
                sorted(one).into_iter().zip(sorted(two)).all(|(a, b)| one[a] == two[b])
            }
            (Self::Null | Self::Bool(_) | Self::Number(_) | Self::String(_) | Self::List(_) | Self::Map(_), _) => false,
        }
    }
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Self::String(text.to_owned())
    }
}

impl From<String> for Json {
    fn from(text: String) -> Self {
        Self::String(text)
    }
}

impl From<bool> for Json {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<Number> for Json {
    fn from(number: Number) -> Self {
        Self::Number(number)
    }
}
