//! What the tests of matchers share: a suite's line in, the sentence out.

use super::{Matcher, Mode, Subject};
use crate::{
    assertion::{Context, Outcome, Sites},
    extract::testing::now,
    json::Json,
};

pub(crate) use crate::extract::testing::{node, scope, sentence, value};

/// The scope of all tests, and no site.
pub(crate) fn context() -> Context<'static> {
    Context { scope: scope(), now: now(), sites: Sites::default() }
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

fn verify(matcher: &Matcher, subject: &Subject<'_>, written: &str, expected: &str) {
    let message = match matcher.judge(subject, &context()) {
        Ok(Outcome::Holds) => String::new(),
        Ok(Outcome::Fails(failure)) => failure.message(),
        Err(unresolved) => format!("could not be evaluated: {unresolved}"),
    };
    assert_eq!(message, expected, "{written} on {:?}", subject.value);
}
