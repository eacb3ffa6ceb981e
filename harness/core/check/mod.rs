//! Reads every file of a suites folder and tells all that is wrong before anything is sent.
//!
//! `read` looks at one file; `problems` at what only shows when all of them are there: names that nobody defines, names
//! that two define, sessions that nobody saves. Holds no files and no values of secrets: texts come in, and which secrets
//! are used goes out.

mod environments;
mod needs;
mod read;
mod scope;
mod sessions;
mod templates;

#[cfg(test)]
mod tests;

pub use read::{Content, Read, read};
pub use templates::{secrets_of_environment, secrets_of_suite};

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use crate::{
    diagnostic::{Diagnostic, Span, did_you_mean, sort},
    environment::model::Environments,
    template::Name,
};

/// Names that are looked through for one that may have been meant.
const MAX_CANDIDATES: usize = 200;

/// The texts of row files, by the path of the suite that names them and the path as it is written there.
pub type RowFiles = BTreeMap<(String, String), String>;

/// Everything that is wrong between files, those with mistakes of their own included.
///
/// `given_urls` are the URL names that the command line brings (`--on web=…,api=…`). A row file that is not in `row_files` is
/// its reader's complaint, and its columns are taken to be whatever is needed.
#[must_use]
pub fn problems(files: &[Read], row_files: &RowFiles, given_urls: &[String]) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    let environments = environments_of(files, &mut problems);
    let mut unread_environments = BTreeSet::new();
    for file in files.iter().filter(|file| file.environments().is_some()) {
        unread_environments.extend(file.unread.iter().cloned());
    }
    if let Some(environments) = &environments {
        environments::problems(environments, &unread_environments, &mut problems);
    }
    for file in files {
        if let Content::Suite(suite) = &file.content {
            let unread = file.unread.union(&unread_environments).cloned().collect();
            let surroundings = scope::Surroundings { environments: environments.as_deref(), row_files, given_urls, unread: &unread };
            scope::problems(suite, &surroundings, &mut problems);
        }
    }
    let suites: Vec<_> = files.iter().filter_map(Read::suite).collect();
    sessions::problems(&suites, &mut problems);
    sort(&mut problems);
    problems
}

/// The environments of a folder, which one file gives.
fn environments_of(files: &[Read], problems: &mut Vec<Diagnostic>) -> Option<Arc<Environments>> {
    let mut found: Option<&Arc<Environments>> = None;
    for environments in files.iter().filter_map(Read::environments) {
        match found {
            None => found = Some(environments),
            Some(first) => {
                let span = Span::new(&environments.source, 0..0);
                let problem = Diagnostic::error(&span, "a folder has one file of environments");
                problems.push(problem.help(format!("the other is {}", first.source.name)));
            }
        }
    }
    found.cloned()
}

/// Complains of names that mean nothing. `explain` says what is known of such a name; where it says nothing, the nearest of
/// `known` may have been meant.
fn unknown_names(unknown: impl IntoIterator<Item = Name>, explain: impl Fn(&Name) -> Option<String>, known: &[&str]) -> Vec<Diagnostic> {
    let of_templates = ["secret", "environment.name", "environment.refresh"];
    let complain = |name: Name| {
        let diagnostic = Diagnostic::error(&name.span, format!("unknown name `{}`", name.text));
        let candidates = known.iter().copied().take(MAX_CANDIDATES).chain(of_templates);
        let meant = || did_you_mean(&name.text, candidates).map(|near| format!("did you mean `{near}`?"));
        Diagnostic { help: explain(&name).or_else(meant), ..diagnostic }
    };
    unknown.into_iter().map(complain).collect()
}
