//! `age`: how long ago a date was, by the run's clock.

use std::sync::Arc;

use super::{Check, Kind, Matcher, Mode, Parsing, Subject, date, equality, quantity::shown_duration};
use crate::{
    assertion::{Context, Failure, Ground, Outcome},
    extract::Unresolved,
    json::Json,
    template::Dynamic,
    yaml::Node,
};

/// The kind `age`.
pub(super) struct Age;

/// How far a clock may run ahead of ours before its dates count as future.
const SKEW_MILLISECONDS: i64 = 60_000;

#[derive(Debug)]
struct AgeCheck {
    inner: Matcher,
}

impl Kind for Age {
    fn name(&self) -> &'static str {
        "age"
    }

    fn documentation(&self) -> &'static str {
        "How long ago the date was by the run's clock: RFC 3339, HTTP date, epoch seconds or milliseconds. A date more than a minute ahead fails."
    }

    fn example(&self) -> &'static str {
        "{age: {at_most: 48h}}"
    }

    fn schema(&self) -> serde_json::Value {
        serde_json::json!({"$ref": "#/$defs/matcher"})
    }

    fn parse(&self, node: &Node, parsing: &mut Parsing<'_>) -> Option<Arc<dyn Check>> {
        Some(Arc::new(AgeCheck { inner: Matcher::parse(node, Mode::Duration, parsing.diagnostics)? }))
    }
}

impl Check for AgeCheck {
    fn judge(&self, subject: &Subject<'_>, context: &Context<'_>) -> Result<Outcome, Unresolved> {
        let Some(actual) = subject.value else {
            return Ok(equality::nothing(subject, &self.phrase(context)).into());
        };
        let Some(date) = date::read(actual) else {
            return Ok(equality::unsuited(subject, &self.phrase(context), "the value is not a date").into());
        };
        let milliseconds = (context.now - date).num_milliseconds();
        if milliseconds < -SKEW_MILLISECONDS {
            let ahead = shown_duration(i128::from(milliseconds.unsigned_abs()) * 1_000_000);
            let failure = Failure::different(subject.place.within(), self.phrase(context), format!("{} ahead of now", ahead));
            return Ok(failure.note(format!("the date is {}", date::shown(date))).ground(Ground::Unsuited).into());
        }
        let age = Json::text(format!("{}ms", milliseconds.max(0)));
        Ok(match self.inner.judge(&Subject::found(&age, Mode::Duration).at(subject.place), context)? {
            Outcome::Holds => Outcome::Holds,
            Outcome::Fails(failure) => Failure {
                expected: format!("an age of {}", failure.expected),
                note: Some(format!("the date is {}", date::shown(date))),
                ..*failure
            }
            .into(),
        })
    }

    fn phrase(&self, context: &Context<'_>) -> String {
        format!("an age of {}", self.inner.phrase(context))
    }

    fn dynamics<'a>(&'a self, found: &mut Vec<&'a Dynamic>) {
        self.inner.dynamics(found);
    }
}

#[cfg(test)]
mod tests {
    use crate::assertion::matcher::{
        Mode,
        testing::{check, check_nothing, check_text, complaints},
    };

    #[test]
    fn dates_have_an_age() {
        check("{age: {at_most: 48h}}", "\"2024-04-30T12:00:00Z\"", "");
        check("{age: {at_most: '{{ environment.refresh * 2 }}'}}", "\"2024-04-29T12:00:00Z\"", "");
        check("{age: {at_most: 48h}}", "1714132800", "expected an age of at most 48h, actual 5d; the date is 2024-04-26T12:00:00Z");
        check("{age: {greater_than: 1d}}", "1714132800000", "");
        check_text("{age: {at_most: 1h}}", "Wed, 01 May 2024 11:30:00 GMT", "");
    }

    #[test]
    fn what_is_no_date_or_not_yet_fails() {
        check("{age: {at_most: 48h}}", "\"yesterday\"", "expected an age of at most 48h, actual \"yesterday\"; the value is not a date");
        check("{age: {at_most: 48h}}", "null", "expected an age of at most 48h, actual null; the value is not a date");
        check(
            "{age: {at_most: 48h}}",
            "\"2024-05-03T12:00:00Z\"",
            "expected an age of at most 48h, actual 2d ahead of now; the date is 2024-05-03T12:00:00Z",
        );
        check("{age: {at_most: 0}}", "\"2024-05-01T12:00:30Z\"", "");
        check_nothing("{age: {at_most: 48h}}", "expected an age of at most 48h, actual nothing");
        complaints("{age: {at_most: 5}}", Mode::Json, &["a duration needs a unit: `5ms` or `5s`"]);
        complaints("{age: 5d}", Mode::Json, &["a duration is never exactly as expected (did you mean `at_most: 5d`?)"]);
    }
}
