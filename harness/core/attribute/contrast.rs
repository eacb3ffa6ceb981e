//! What comparing two answers to one request found, over all aspects.

use crate::{
    compare::{Comparison, Difference, Hidden, Skew, Statement},
    record::Aspect,
};

/// Everything that comparing two answers found, in a stable order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Contrast {
    /// What differs, sorted by aspect and place.
    pub differences: Vec<Seen>,
    /// How many differences there are, listed or not.
    pub n_differences: usize,
    /// Rows of another version.
    pub skewed: Vec<Skew>,
    /// How the comparison went about it.
    pub statements: Vec<Statement>,
    /// What rules let pass.
    pub hidden: Vec<Hidden>,
    /// What could not be looked at.
    pub unseen: Vec<Unseen>,
}

/// A difference and the aspect it was seen in.
#[derive(Debug, Clone, PartialEq)]
pub struct Seen {
    /// What was looked at.
    pub aspect: Aspect,
    /// The difference.
    pub difference: Difference,
}

/// Something that could not be looked at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unseen {
    /// What: `body`.
    pub what: String,
    /// Why.
    pub why: String,
}

impl Contrast {
    /// Whether nothing differs and everything was seen.
    #[must_use]
    pub fn is_equal(&self) -> bool {
        self.n_differences == 0 && self.skewed.is_empty() && self.unseen.is_empty()
    }

    /// Takes up what was found in one or two aspects.
    pub(crate) fn add(&mut self, aspect: impl Fn(&Difference) -> Aspect, found: Comparison) {
        self.n_differences += found.n_differences;
        let seen = found.differences.into_iter().map(|difference| Seen { aspect: aspect(&difference), difference });
        self.differences.extend(seen);
        self.skewed.extend(found.skewed);
        self.statements.extend(found.statements);
        self.hidden.extend(found.hidden);
    }

    /// Takes up one difference.
    pub(crate) fn add_one(&mut self, aspect: Aspect, difference: Difference) {
        self.n_differences += 1;
        self.differences.push(Seen { aspect, difference });
    }

    /// Takes up what could not be looked at.
    pub(crate) fn unseen(&mut self, what: &str, why: String) {
        self.unseen.push(Unseen { what: what.to_owned(), why });
    }
}
