//! What the tests of matchers share: a suite's line in, the sentence out.

use std::sync::{Arc, LazyLock};

use chrono::{DateTime, Utc};

use super::{Matcher, Mode, Subject};
use crate::{
    assertion::{Context, Outcome, Sites},
    diagnostic::{Diagnostic, Source},
    json::{self, Json},
    template::{Random, Scope, Surroundings, Variable},
    yaml::{self, Node},
};

static SCOPE: LazyLock<Scope> = LazyLock::new(|| {
    let surroundings = Surroundings {
        secrets: [(String::from("TOKEN"), String::from("s3cret-value"))].into(),
        urls: [(String::from("web"), String::from("https://www.example.org"))].into(),
        environment: String::from("staging"),
        refresh: Some(std::time::Duration::from_secs(86_400)),
    };
    let mut scope = Scope::new(Arc::new(surroundings), Random::new(7, "case"), now());
    scope.set("name", Variable::open(Json::text("affinder")));
    scope.set("limit", Variable::open(value("3")));
    scope.set("names", Variable::open(value(r#"["a", "b"]"#)));
    scope.set("hidden", Variable::secret(Json::text("s3cret-value")));
    scope
});

/// The clock of every test: noon on the first of May 2024.
pub(crate) fn now() -> DateTime<Utc> {
    "2024-05-01T12:00:00Z".parse().unwrap()
}

/// A scope with `name: affinder`, `limit: 3`, `names: [a, b]` and the secret `hidden`.
pub(crate) fn context() -> Context<'static> {
    Context { scope: &SCOPE, now: now(), sites: Sites::default() }
}

pub(crate) fn scope() -> &'static Scope {
    &SCOPE
}

pub(crate) fn node(text: &str) -> Node {
    let source = Source::new("suites/test.yaml", text);
    let (node, diagnostics) = yaml::read(&source);
    assert!(diagnostics.is_empty(), "{text}: {diagnostics:?}");
    node.unwrap()
}

pub(crate) fn value(text: &str) -> Json {
    json::read(text).unwrap_or_else(|error| panic!("{text}: {error}")).json
}

pub(crate) fn matcher(text: &str, mode: Mode) -> Matcher {
    let mut diagnostics = Vec::new();
    let matcher = Matcher::parse(&node(text), mode, &mut diagnostics);
    assert!(diagnostics.is_empty(), "{text}: {diagnostics:?}");
    matcher.unwrap()
}

/// Judges a JSON value. The expected sentence is empty where the matcher holds.
pub(crate) fn check(written: &str, actual: &str, expected: &str) {
    check_as(Mode::Json, written, actual, expected);
}

/// Judges a text, as of a header.
pub(crate) fn check_text(written: &str, actual: &str, expected: &str) {
    let actual = Json::text(actual);
    verify(&matcher(written, Mode::Text), &Subject::found(&actual, Mode::Text), written, expected);
}

/// Judges a value in a mode.
pub(crate) fn check_as(mode: Mode, written: &str, actual: &str, expected: &str) {
    let actual = value(actual);
    verify(&matcher(written, mode), &Subject::found(&actual, mode), written, expected);
}

/// Judges nothing.
pub(crate) fn check_nothing(written: &str, expected: &str) {
    verify(&matcher(written, Mode::Json), &Subject::nothing(Mode::Json), written, expected);
}

/// What is wrong with a matcher as written, each as `message (help)`.
pub(crate) fn complaints(written: &str, mode: Mode, expected: &[&str]) {
    let mut diagnostics = Vec::new();
    let matcher = Matcher::parse(&node(written), mode, &mut diagnostics);
    let messages: Vec<String> = diagnostics.iter().map(sentence).collect();
    assert_eq!(messages, expected, "{written}");
    assert_eq!(matcher.is_some(), expected.is_empty(), "{written}");
}

pub(crate) fn sentence(diagnostic: &Diagnostic) -> String {
    assert!(diagnostic.span.is_some(), "{diagnostic:?}");
    match &diagnostic.help {
        Some(help) => format!("{} ({help})", diagnostic.message),
        None => diagnostic.message.clone(),
    }
}

fn verify(matcher: &Matcher, subject: &Subject<'_>, written: &str, expected: &str) {
    let message = match matcher.judge(subject, &context()) {
        Ok(Outcome::Holds) => String::new(),
        Ok(Outcome::Fails(failure)) => failure.message(),
        Err(unresolved) => format!("could not be evaluated: {unresolved}"),
    };
    assert_eq!(message, expected, "{written} on {:?}", subject.value);
}
