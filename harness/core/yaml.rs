//! YAML as prodiff reads it: one tree in which every key and value knows where it stands.

use crate::diagnostic::Span;

/// A YAML value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// Where the value is used (for an alias, the alias; for a merged key, the merge).
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
    Number(crate::json::Number),
    /// Any other scalar.
    Text {
        /// The text, escapes resolved.
        text: String,
        /// Whether it was written without quotes and not as a block.
        plain: bool,
    },
    /// A sequence.
    List(Vec<Node>),
    /// A mapping in the order written.
    Map(Vec<Entry>),
}

/// One `key: value` of a mapping.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key's text.
    pub key: String,
    /// Where the key stands.
    pub key_span: Span,
    /// The value.
    pub value: Node,
}
