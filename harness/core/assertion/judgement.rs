//! What judging yields: a verdict on one expectation, in words for people.

use chrono::{DateTime, Utc};
use url::Url;

use crate::{
    diagnostic::Span,
    extract::{
        Unresolved,
        shown::{SHOWN_BYTES, cut, cut_to},
    },
    template::Scope,
};

/// How many bytes of values people read in a sentence before they want to know what it is about.
const READ_BYTES: usize = 200;

/// What judging needs from the world.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The variables that templates in matchers see.
    pub scope: &'a Scope,
    /// The run's clock.
    pub now: DateTime<Utc>,
    /// The environment's own URLs.
    pub sites: Sites<'a>,
}

/// The URLs under which the environment answers, for `url` and `redirects`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sites<'a> {
    /// URL name → URL, such as `web` → `https://www.example.org`.
    pub urls: &'a [(String, Url)],
    /// URL name → another host of the same site.
    pub aliases: &'a [(String, Url)],
}

/// What became of one expectation.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// Where it is written. Nothing for the implied status.
    pub span: Option<Span>,
    /// What was looked at: `status`, `header content-type`, `json $.name`.
    pub subject: String,
    /// Whether it holds.
    pub holds: bool,
    /// What was expected, as a phrase: `200`, `less than 5`; at most [`SHOWN_BYTES`] bytes.
    pub expected: String,
    /// What was there; at most [`SHOWN_BYTES`] bytes.
    pub actual: String,
    /// The whole sentence without the subject: `at $[3].version: expected "2", actual "1"`. Empty when it holds.
    pub message: String,
    /// What it is about could be looked at. What could not makes its case blocked: it is no pass, and nobody knows that it is wrong.
    pub was_observed: bool,
}

/// What a matcher says of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The value is as expected.
    Holds,
    /// It is not.
    Fails(Box<Failure>),
}

/// Why a value is not as expected: the smallest telling part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The place within the subject, as a normalized path; nothing for the subject itself.
    pub at: Option<String>,
    /// A phrase that completes "expected …".
    pub expected: String,
    /// A phrase that completes "actual …".
    pub actual: String,
    /// What explains it or would help.
    pub note: Option<String>,
    /// What kind of failure it is.
    pub ground: Ground,
}

/// What kind of failure it is. Only a value that was compared and found different can satisfy `not`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// The value was looked at, and it is another.
    Different,
    /// There was nothing to look at: nothing was found, or the list is empty.
    NothingThere,
    /// The matcher cannot judge a value of this kind.
    Unsuited,
}

impl Outcome {
    /// Whether the value is as expected.
    #[must_use]
    pub fn holds(&self) -> bool {
        matches!(self, Self::Holds)
    }
}

impl From<Failure> for Outcome {
    fn from(failure: Failure) -> Self {
        Self::Fails(Box::new(failure))
    }
}

impl Failure {
    /// A value that differs from what was expected.
    #[must_use]
    pub fn different(at: Option<String>, expected: impl Into<String>, actual: impl Into<String>) -> Self {
        Self { at, expected: expected.into(), actual: actual.into(), note: None, ground: Ground::Different }
    }

    /// The same, with an explanation.
    #[must_use]
    pub fn note(self, note: impl Into<String>) -> Self {
        Self { note: Some(note.into()), ..self }
    }

    /// The same, as a failure of another kind.
    #[must_use]
    pub fn ground(self, ground: Ground) -> Self {
        Self { ground, ..self }
    }

    /// The whole sentence. What explains it stands first where the values are so long that nobody would read on.
    #[must_use]
    pub fn message(&self) -> String {
        let Self { at, expected, actual, note, ground: _ } = self;
        let at = at.as_ref().map_or(String::new(), |at| format!("at {at}: "));
        if let Some(note) = note
            && expected.len() + actual.len() > READ_BYTES
        {
            return format!("{at}{note}; expected {expected}, actual {actual}");
        }
        let note = note.as_ref().map_or(String::new(), |note| format!("; {note}"));
        format!("{at}expected {expected}, actual {actual}{note}")
    }
}

impl Judgement {
    /// The judgement on a subject: `expected` and `actual` describe it where it holds.
    #[must_use]
    pub fn new(
        span: Option<&Span>,
        subject: impl Into<String>,
        outcome: Result<Outcome, Unresolved>,
        described: impl FnOnce() -> (String, String),
    ) -> Self {
        let (span, subject) = (span.cloned(), subject.into());
        match outcome {
            Ok(Outcome::Holds) => {
                let (expected, actual) = described();
                Self {
                    span,
                    subject,
                    holds: true,
                    expected: cut(expected),
                    actual: cut(actual),
                    message: String::new(),
                    was_observed: true,
                }
            }
            Ok(Outcome::Fails(failure)) => {
                let message = cut_to(failure.message(), 3 * SHOWN_BYTES);
                Self {
                    span,
                    subject,
                    holds: false,
                    expected: cut(failure.expected),
                    actual: cut(failure.actual),
                    message,
                    was_observed: true,
                }
            }
            Err(Unresolved { message }) => {
                let (expected, actual) = described();
                let message = format!("could not be evaluated: {message}");
                Self { span, subject, holds: false, expected: cut(expected), actual: cut(actual), message, was_observed: true }
            }
        }
    }

    /// The judgement on something that could not be looked at here.
    #[must_use]
    pub fn not_observed(span: &Span, subject: &str, expected: String, why: &str) -> Self {
        Self {
            span: Some(span.clone()),
            subject: subject.to_owned(),
            holds: false,
            expected: cut(expected),
            actual: String::from("not observed"),
            message: cut_to(format!("not observed: {why}"), 3 * SHOWN_BYTES),
            was_observed: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_reads_as_one_sentence() {
        let failure = Failure::different(Some(String::from("$[3].version")), "\"2\"", "\"1\"").note("as text");
        assert_eq!(failure.message(), "at $[3].version: expected \"2\", actual \"1\"; as text");
        assert_eq!(Failure::different(None, "200", "503").message(), "expected 200, actual 503");
        let long = "x".repeat(READ_BYTES);
        let failure = Failure::different(None, "the items", long.as_str()).note("missing \"y\"");
        assert_eq!(failure.message(), format!("missing \"y\"; expected the items, actual {long}"));
    }
}
