//! The tree.

use crate::{diagnostic::Span, json::Number};

/// A YAML value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Where the value is used (for an alias, the alias; for a merged key, the merge). A block of
    /// keys or items ends with the last of them; of a block of text it is the lines of text.
    pub span: Span,
    /// What it is.
    pub value: Yaml,
}

/// The kinds of YAML value, narrowed to JSON's.
#[derive(Debug, Clone, PartialEq)]
pub enum Yaml {
    /// Nothing was written after the colon or dash. An error where a value is needed.
    Blank,
    /// `null` or `~`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A plain scalar in JSON's number syntax; keeps its source text.
    Number(Number),
    /// Any other scalar.
    Text {
        /// The text, escapes resolved.
        text: String,
        /// Whether it was written without quotes and not as a block.
        plain: bool,
    },
    /// A sequence.
    List(Vec<Node>),
    /// A mapping in the order written, merged keys where they were merged. Duplicate keys stand here
    /// twice, and have been reported.
    Map(Vec<Entry>),
}

/// One `key: value` of a mapping.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key's text; of a number or boolean, as it is written.
    pub key: String,
    /// Where the key stands (for a merged key, in the map that was merged).
    pub key_span: Span,
    /// The value.
    pub value: Node,
}

impl Node {
    /// The value of a key of a map.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries()?.iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    /// The entries of a map.
    #[must_use]
    pub fn entries(&self) -> Option<&[Entry]> {
        match &self.value {
            Yaml::Map(entries) => Some(entries),
            Yaml::Blank | Yaml::Null | Yaml::Bool(_) | Yaml::Number(_) | Yaml::Text { .. } | Yaml::List(_) => None,
        }
    }

    /// The items of a list.
    #[must_use]
    pub fn items(&self) -> Option<&[Node]> {
        match &self.value {
            Yaml::List(items) => Some(items),
            Yaml::Blank | Yaml::Null | Yaml::Bool(_) | Yaml::Number(_) | Yaml::Text { .. } | Yaml::Map(_) => None,
        }
    }

    /// The text of a text or the source text of a plain number.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match &self.value {
            Yaml::Text { text, .. } => Some(text),
            Yaml::Number(number) => Some(number.as_str()),
            Yaml::Blank | Yaml::Null | Yaml::Bool(_) | Yaml::List(_) | Yaml::Map(_) => None,
        }
    }

    /// Whether something else written in place of the span would take the place of this value alone:
    /// not so for aliases, merges, blocks and blanks.
    #[must_use]
    pub fn is_replaceable(&self) -> bool {
        let source = self.span.text();
        let alone = !source.is_empty() && !source.contains('\n');
        match &self.value {
            Yaml::Blank => false,
            Yaml::Null => alone && matches!(source, "null" | "~"),
            Yaml::Bool(value) => source == if *value { "true" } else { "false" },
            Yaml::Number(number) => source == number.as_str(),
            Yaml::Text { text, plain: true } => source == text,
            Yaml::Text { plain: false, .. } => alone && source.starts_with(['\'', '"']),
            Yaml::List(_) => alone && source.starts_with('['),
            Yaml::Map(_) => alone && source.starts_with('{'),
        }
    }

    /// What was found, for a message: `nothing`, `` `true` ``, `the number 5`, `` the text `5 sec` ``, `a list`, `a map`.
    #[must_use]
    pub fn found(&self) -> String {
        match &self.value {
            Yaml::Blank => String::from("nothing"),
            Yaml::Null => String::from("null"),
            Yaml::Bool(value) => format!("`{value}`"),
            Yaml::Number(number) => format!("the number {}", cut(number.as_str())),
            Yaml::Text { text, .. } => format!("the text `{}`", cut(text)),
            Yaml::List(_) => String::from("a list"),
            Yaml::Map(_) => String::from("a map"),
        }
    }
}

/// A text short enough for a message.
pub(super) fn cut(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The text in single quotes, as YAML reads it back.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
