//! Every key of the language, written well and written badly.

use super::*;
use std::sync::LazyLock;

use crate::{
    diagnostic::{Severity, Source},
    json, schema,
    yaml::{self, Collector},
};

mod environments;
mod names;
mod pages;
mod suites;
mod whole;

/// `line:column message (help)`, as the tests write it.
fn sentences(diagnostics: &[Diagnostic]) -> Vec<String> {
    let sentence = |diagnostic: &Diagnostic| {
        let place = diagnostic.span.as_ref().map(|span| span.position()).map(|at| format!("{}:{} ", at.line, at.column));
        let severity = if diagnostic.severity == Severity::Warning { "warning: " } else { "" };
        let help = diagnostic.help.as_ref().map(|help| format!(" ({help})"));
        format!("{}{severity}{}{}", place.unwrap_or_default(), diagnostic.message, help.unwrap_or_default())
    };
    diagnostics.iter().map(sentence).collect()
}

/// What `check` says of one file alone.
fn complaints(text: &str) -> Vec<String> {
    let file = read(&Source::new("a.yaml", text), "a");
    let mut all = file.diagnostics.clone();
    all.extend(problems(&[file], &RowFiles::new(), &[]));
    sort(&mut all);
    sentences(&all)
}

/// A file that is sound, and one in which only `expected` is wrong.
#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let actual = complaints(text);
    agrees_with_the_schema(text, &actual);
    same(actual, expected, text);
}

/// What `check` finds sound, the schema takes; what is misspelt, missing, empty or not supported yet, it refuses.
#[track_caller]
fn agrees_with_the_schema(text: &str, complaints: &[String]) {
    static SCHEMA: LazyLock<jsonschema::Validator> = LazyLock::new(|| jsonschema::validator_for(&schema::schema()).unwrap());
    let (Some(root), _) = yaml::read(&Source::new("a.yaml", text)) else { return };
    let Some(json) = Collector::new().json(&root) else { return };
    let json: serde_json::Value = serde_json::from_str(&json::to_compact(&json)).unwrap();
    let is_sound = complaints.iter().all(|complaint| complaint.contains("warning: ") || complaint.contains("unknown name"));
    let errors: Vec<String> = SCHEMA.iter_errors(&json).map(|error| format!("{} {error}", error.instance_path())).collect();
    assert!(!is_sound || errors.is_empty(), "the schema refuses what is sound: {errors:?}\n{text}");
    let is_of_form = |complaint: &String| {
        ["unknown key", "unknown kind", "unknown way", "unknown verb", "unknown default", "unknown expectation", "unknown matcher"]
            .into_iter()
            .chain(["not supported yet", "is missing", "found ", "only one", "cannot name", "has no verb"])
            .any(|form| complaint.contains(form))
    };
    assert!(!complaints.iter().any(is_of_form) || !errors.is_empty(), "the schema takes what is wrong: {complaints:?}\n{text}");
}

#[track_caller]
fn same(actual: Vec<String>, expected: &[&str], text: &str) {
    assert_eq!(actual, expected, "\n{text}");
}
