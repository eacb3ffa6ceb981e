//! Cases that need others of their suite.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    diagnostic::Diagnostic,
    suite::{
        model::{Case, Step, Suite},
        words,
    },
};

/// The most cases that one may need, those included that these need.
const MAX_NEEDED: usize = 50;

/// The cases of a suite by name, for those that need others.
pub(super) struct Needs<'s>(BTreeMap<&'s str, &'s Case>);

impl<'s> Needs<'s> {
    pub(super) fn of(suite: &'s Suite) -> Self {
        Self(suite.cases.iter().map(|case| (case.name.as_str(), &**case)).collect())
    }

    /// The names that a case inherits from those that it needs, directly or not. Complains of needs that nobody can meet: of
    /// cases that are not there, that have rows, that need each other.
    pub(super) fn inherited(&self, case: &Case, problems: &mut Vec<Diagnostic>) -> BTreeSet<&'s str> {
        let all = self.all_needed(case);
        self.problems(case, &all, problems);
        let steps = |case: &'s Case| [&case.before, &case.steps, &case.after].into_iter().flatten();
        let captures = all.into_iter().flat_map(steps).flat_map(|step: &Step| &step.capture);
        captures.map(|(name, _)| name.name.as_str()).collect()
    }

    fn problems(&self, case: &Case, all: &[&Case], problems: &mut Vec<Diagnostic>) {
        let is_needed_by_itself = all.iter().any(|other| other.name == case.name);
        for need in &case.needs {
            let Some(needed) = self.0.get(need.name.as_str()) else {
                problems.push(words::unknown(need, "case", self.0.keys().copied()));
                continue;
            };
            if needed.rows.is_some() {
                let message = format!("`{}` has rows: of which one would the captures be handed on?", need.name);
                problems.push(Diagnostic::error(&need.span, message).help("what others need stands in a case without rows"));
            } else if needed.name == case.name {
                problems.push(Diagnostic::error(&need.span, format!("`{}` needs itself", case.name)));
            } else if is_needed_by_itself && self.all_needed(needed).iter().any(|other| other.name == case.name) {
                problems.push(Diagnostic::error(&need.span, format!("`{}` and `{}` need each other", case.name, needed.name)));
            } else if all.len() >= MAX_NEEDED {
                problems.push(Diagnostic::error(&need.span, format!("a case cannot need more than {MAX_NEEDED} others")));
            }
        }
    }

    /// Every case that a case needs, and that those need. Ends also where cases need each other.
    fn all_needed(&self, case: &Case) -> Vec<&'s Case> {
        let known = |case: &Case| case.needs.iter().filter_map(|need| self.0.get(need.name.as_str()).copied()).collect::<Vec<_>>();
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        let mut waiting = known(case);
        while let Some(needed) = waiting.pop() {
            if found.len() < MAX_NEEDED && seen.insert(needed.name.as_str()) {
                found.push(needed);
                waiting.extend(known(needed));
            }
        }
        found
    }
}
