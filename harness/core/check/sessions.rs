//! Sessions that one suite saves and others start from.

use std::{collections::BTreeSet, sync::Arc};

use crate::{
    diagnostic::Diagnostic,
    suite::{
        model::{Step, Suite, Verb},
        words,
    },
};

/// Sessions that are used and never saved.
pub(super) fn problems(suites: &[&Arc<Suite>], problems: &mut Vec<Diagnostic>) {
    let saved: BTreeSet<&str> = suites.iter().flat_map(|suite| steps(suite)).filter_map(saves).collect();
    let used = suites.iter().flat_map(|suite| suite.session.iter().chain(suite.cases.iter().filter_map(|case| case.session.as_ref())));
    for session in used.filter(|session| !saved.contains(session.name.as_str())) {
        let problem = words::unknown(session, "session", saved.iter().copied());
        problems.push(match problem.help {
            Some(_) => problem,
            None => problem.help(format!("keep it in a suite's `before`: `save_session: {}`", session.name)),
        });
    }
}

/// Every step of a suite.
fn steps(suite: &Suite) -> impl Iterator<Item = &Step> {
    let own = [&suite.before, &suite.before_each, &suite.after_each, &suite.after];
    let cases = suite.cases.iter().flat_map(|case| [&case.before, &case.steps, &case.after]);
    own.into_iter().chain(cases).flatten()
}

fn saves(step: &Step) -> Option<&str> {
    match &step.verb {
        Verb::SaveSession(name) => Some(&name.name),
        Verb::Http(_) | Verb::Look | Verb::Pause(_) | Verb::Page(_) => None,
    }
}
