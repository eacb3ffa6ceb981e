//! Rules as they were written, merged over the levels of a suite.

use std::{fmt, sync::Arc};

use super::rule::{RULES, Rule, Stage};
use crate::{compare::Options, extract::locator::LocatorSpec, yaml::Fields};

/// The normalising keys of a suite, case, step or snapshot, or of several levels merged.
#[derive(Clone, Default)]
pub struct Rules(Vec<Arc<dyn Rule>>);

impl Rules {
    /// Takes the normalising keys of a map; what is wrong with them goes to its collector.
    #[must_use]
    pub fn read(map: &Fields<'_>) -> Self {
        let mut rules = Vec::new();
        for kind in RULES {
            if let Some(node) = map.take(kind.name()) {
                rules.extend(kind.read(node, map.collector()));
            }
        }
        Self(rules)
    }

    /// These rules and those of a later level: suite, then case, then step, then snapshot. All of them hold; where two say
    /// something about one place that cannot both be (a key, a version, a tolerance), the later one does.
    #[must_use]
    pub fn then(&self, later: &Self) -> Self {
        Self(self.0.iter().chain(&later.0).cloned().collect())
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// What comparing is told.
    #[must_use]
    pub fn options(&self) -> Options {
        let mut options = Options::default();
        self.0.iter().for_each(|rule| rule.tell(&mut options));
        options
    }

    /// The elements of a page that are left out before it is read.
    pub fn locators(&self) -> impl Iterator<Item = &LocatorSpec> {
        self.0.iter().filter_map(|rule| rule.locator())
    }

    /// The rules of a stage, in the order of levels.
    pub(super) fn of_stage(&self, stage: Stage) -> impl Iterator<Item = &Arc<dyn Rule>> {
        self.0.iter().filter(move |rule| rule.stage() == stage)
    }
}

impl fmt::Debug for Rules {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.0.iter().map(|rule| format!("{} {}", rule.name(), rule.about()))).finish()
    }
}
