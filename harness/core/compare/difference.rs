//! What a comparison yields.

use std::fmt;

use crate::json::{Json, Path};

/// Everything one comparison found, in a stable order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Comparison {
    /// What differs, sorted by place. At most [`super::MAX_DIFFERENCES`]; `n_differences` says how many there are.
    pub differences: Vec<Difference>,
    /// How many differences there are, listed or not.
    pub n_differences: usize,
    /// Rows of another version, which were compared by presence, type and nullness only.
    pub skewed: Vec<Skew>,
    /// How the comparison went about it: inferred keys, bounds that were met.
    pub statements: Vec<Statement>,
    /// What rules let pass.
    pub hidden: Vec<Hidden>,
}

impl Comparison {
    /// Whether nothing differs, skewed rows included.
    #[must_use]
    pub fn is_equal(&self) -> bool {
        self.n_differences == 0 && self.skewed.is_empty()
    }
}

/// One place where the two sides differ.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// Where it stands on the expected side; on the actual side for what was added.
    pub at: Place,
    /// The same place by identity: rows of keyed lists by their key (`$[name=affinder].version`), elements of scalar lists by
    /// their value (`$.tags[="x"]`). Matches one place over several comparisons.
    pub key: String,
    /// The place without positions, row keys and ids: `$[*].version`, `$.metrics{*}.total`.
    pub pattern: String,
    /// In what way it differs.
    pub kind: Kind,
    /// The expected value; nothing if it was added.
    pub expected: Option<Json>,
    /// The actual value; nothing if it was removed.
    pub actual: Option<Json>,
    /// Whether the values differ in more than their form.
    pub weight: Weight,
    /// What became of the value, in words that are the same wherever the same happened: `points{1} → points`, `× 100`,
    /// `string → null`. Empty where kind and pattern say it all.
    pub transformation: String,
    /// What a reader should know besides: how rows were told apart, that a key was sent twice.
    pub note: Option<String>,
}

/// In what way two sides differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Only the actual side has it.
    Added,
    /// Only the expected side has it.
    Removed,
    /// Both have it, with different values of the same type.
    Changed,
    /// Both have it, of different types; null is a type.
    Retyped,
    /// The same elements in another order.
    Reordered,
}

impl Kind {
    /// Its name in reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Removed => "removed",
            Self::Changed => "changed",
            Self::Retyped => "retyped",
            Self::Reordered => "reordered",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// Whether a difference is one of meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Weight {
    /// The values differ.
    Full,
    /// The same number written differently, or white space alone.
    Minor,
}

/// Where a difference stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// In a JSON document.
    Json(Path),
    /// In a text: a line, from 1.
    Line(usize),
    /// A header by its name in lower case; a cookie by `set-cookie` and its name, as `set-cookie[sid]`.
    Header(String),
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Json(path) => path.fmt(formatter),
            Self::Line(line) => write!(formatter, "line {line}"),
            Self::Header(name) => formatter.write_str(name),
        }
    }
}

/// A row that is of another version on the two sides.
#[derive(Debug, Clone, PartialEq)]
pub struct Skew {
    /// Where the row stands on the expected side.
    pub at: Path,
    /// The row by identity.
    pub key: String,
    /// The row without positions and keys.
    pub pattern: String,
    /// The version that was expected.
    pub expected: Json,
    /// The version that is there.
    pub actual: Json,
}

/// How the comparison went about something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The pattern of the lists or texts it is about.
    pub pattern: String,
    /// One line, lower case, no full stop.
    pub text: String,
    /// How many lists or texts it was said of.
    pub count: usize,
}

/// What a rule let pass.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hidden {
    /// The rule's name in the suite language.
    pub rule: &'static str,
    /// The path or pattern that the rule names.
    pub path: String,
    /// How many values, rows or lists.
    pub count: usize,
}
