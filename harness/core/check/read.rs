//! Reads one file: its first key says what it is.

use std::{collections::BTreeSet, sync::Arc};

use crate::{
    diagnostic::{Diagnostic, Severity, Source, Span, did_you_mean, sort},
    environment::{self, model::Environments},
    suite::{self, model::Suite},
    yaml::{self, Collector, MAX_DIAGNOSTICS, Node, Yaml},
};

/// One file of a suites folder, read.
#[derive(Debug)]
pub struct Read {
    /// What it is.
    pub content: Content,
    /// All that is wrong with it by itself. With an error among them it must not be played.
    pub diagnostics: Vec<Diagnostic>,
    /// Names that the parts which could not be read may define, so that nobody calls them unknown. Empty for a sound file.
    pub unread: BTreeSet<String>,
}

/// What a file is.
#[derive(Debug)]
pub enum Content {
    /// It begins with `suite:`.
    Suite(Arc<Suite>),
    /// It begins with `environments:`.
    Environments(Arc<Environments>),
    /// Nothing that can be used; the diagnostics say why.
    Nothing,
}

impl Read {
    /// Whether nothing is wrong with it but warnings.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        is_sound(&self.diagnostics)
    }

    /// The suite, if it is one.
    #[must_use]
    pub fn suite(&self) -> Option<&Arc<Suite>> {
        match &self.content {
            Content::Suite(suite) => Some(suite),
            Content::Environments(_) | Content::Nothing => None,
        }
    }

    /// The environments, if it holds some.
    #[must_use]
    pub fn environments(&self) -> Option<&Arc<Environments>> {
        match &self.content {
            Content::Environments(environments) => Some(environments),
            Content::Suite(_) | Content::Nothing => None,
        }
    }
}

fn is_sound(diagnostics: &[Diagnostic]) -> bool {
    diagnostics.iter().all(|diagnostic| diagnostic.severity == Severity::Warning)
}

/// Reads a file. `path` is its place below the suites folder without `.yaml`, with forward slashes: the first half of its
/// cases' identities.
#[must_use]
pub fn read(source: &Arc<Source>, path: &str) -> Read {
    let (root, mut diagnostics) = yaml::read(source);
    let collector = Collector::new();
    let content = match &root {
        Some(root) => content(root, source, path, &collector),
        // A file that could not be parsed has its complaint.
        None if !is_sound(&diagnostics) => Content::Nothing,
        None => {
            collector.report(empty(source));
            Content::Nothing
        }
    };
    diagnostics.extend(collector.into_diagnostics());
    sort(&mut diagnostics);
    diagnostics.truncate(MAX_DIAGNOSTICS);
    let mut unread = BTreeSet::new();
    if let (false, Some(root)) = (is_sound(&diagnostics), &root) {
        names_within(root, &mut unread);
    }
    Read { content, diagnostics, unread }
}

fn empty(source: &Arc<Source>) -> Diagnostic {
    Diagnostic::error(&Span::new(source, 0..0), "the file is empty").help("a file begins with `suite:` or `environments:`")
}

fn content(root: &Node, source: &Arc<Source>, path: &str, collector: &Collector) -> Content {
    let entries = match &root.value {
        Yaml::Map(entries) => entries,
        Yaml::Blank => {
            collector.report(empty(source));
            return Content::Nothing;
        }
        Yaml::Null | Yaml::Bool(_) | Yaml::Number(_) | Yaml::Text { .. } | Yaml::List(_) => {
            collector.expected(root, "a map that begins with `suite:` or `environments:`");
            return Content::Nothing;
        }
    };
    let Some(first) = entries.first() else {
        collector.report(empty(source));
        return Content::Nothing;
    };
    match first.key.as_str() {
        "suite" => suite::read(root, source, path, collector).map_or(Content::Nothing, |suite| Content::Suite(Arc::new(suite))),
        "environments" => environment::read(root, source, collector)
            .map_or(Content::Nothing, |environments| Content::Environments(Arc::new(environments))),
        "flows" => {
            collector.error(&first.key_span, "`flows` is not supported yet");
            Content::Nothing
        }
        other => {
            let kinds = ["suite", "environments", "flows"];
            let later = entries.iter().find(|entry| kinds.contains(&entry.key.as_str()));
            let shown: String = other.chars().take(60).collect();
            let diagnostic = Diagnostic::error(&first.key_span, format!("`{shown}` does not say what the file is"));
            let help = match (later, did_you_mean(other, kinds)) {
                (Some(later), _) => format!("`{}` must be the first key", later.key),
                (None, Some(near)) => format!("did you mean `{near}`?"),
                (None, None) => String::from("the first key is `suite` or `environments`"),
            };
            collector.report(diagnostic.help(help));
            // Where another key tells what the file is, its other mistakes come in the same go.
            match later.map(|later| later.key.as_str()) {
                Some("suite") => drop(suite::read(root, source, path, collector)),
                Some("environments") => drop(environment::read(root, source, collector)),
                Some(_) | None => {}
            }
            Content::Nothing
        }
    }
}

/// Every key of a map that defines names, wherever it stands.
fn names_within(node: &Node, names: &mut BTreeSet<String>) {
    match &node.value {
        Yaml::List(items) => items.iter().for_each(|item| names_within(item, names)),
        Yaml::Map(entries) => {
            for entry in entries {
                match (entry.key.as_str(), &entry.value.value) {
                    ("capture" | "vars" | "params" | "urls" | "matrix", Yaml::Map(defined)) => {
                        names.extend(defined.iter().map(|defined| defined.key.clone()));
                    }
                    ("rows", Yaml::List(rows)) => {
                        let cells = rows.iter().filter_map(Node::entries).flatten();
                        names.extend(cells.map(|cell| cell.key.clone()));
                    }
                    _ => {}
                }
                names_within(&entry.value, names);
            }
        }
        Yaml::Blank | Yaml::Null | Yaml::Bool(_) | Yaml::Number(_) | Yaml::Text { .. } => {}
    }
}
