//! What a step makes of its response: judgements, captures, and whether it is asked for again.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};

use super::{
    CaseRun, Look,
    failure::fault_failure,
    trace::{Captured, Seen, StepFailure},
};
use crate::{
    assertion::{self, Context},
    extract,
    observation::{Content, Exchange, Fault, FaultKind},
    suite::model::{OnFailure, Retry, Step, Verb},
    verdict::Status,
};

/// The longest pause that a `Retry-After` may ask for; a site cannot hold a run for an hour.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(60);

impl CaseRun {
    /// When the step is to be tried again: it says `retry`, something does not hold yet, and there is time left.
    pub(super) fn retry_at(&self, step: &Step, seen: &Seen, look: &Look, began: Duration, at: Duration) -> Option<Duration> {
        let Verb::Http(http) = &step.verb else { return None };
        let Retry { within, every } = http.retry?;
        let kept_back = matches!(seen, Seen::Fault(Fault { kind: FaultKind::Protected | FaultKind::Cancelled, .. }));
        if look.failures.is_empty() || kept_back || self.cancelled.is_some() {
            return None;
        }
        let asked = seen.exchange().and_then(|exchange| retry_after(exchange, self.scope.now)).unwrap_or_default();
        let wake = at + every.max(asked.min(MAX_RETRY_AFTER));
        (wake <= began + within).then_some(wake)
    }

    /// Judges a response by everything the step says of it.
    pub(super) fn look(&mut self, step: &Step, exchange: &Arc<Exchange>) -> Look {
        let response = extract::Response::new(exchange);
        let context = Context {
            scope: &self.scope,
            now: self.scope.now,
            sites: assertion::Sites { urls: &self.setup.site.urls, aliases: &self.setup.site.aliases },
        };
        let implied = assertion::Expectations::implied();
        let judgements = match (&step.expect, &step.verb) {
            (Some(expect), Verb::Http(_)) => expect.judge(&response, &context),
            (Some(expect), _) => expect.judge_stated(&response, &context),
            (None, Verb::Http(_)) => implied.judge(&response, &context),
            (None, _) => Vec::new(),
        };
        let mut failures: Vec<StepFailure> = judgements
            .iter()
            .filter(|judgement| !judgement.holds)
            .map(|judgement| StepFailure {
                status: Status::Failed,
                span: judgement.span.clone().unwrap_or_else(|| step.span.clone()),
                message: format!("{}: {}", judgement.subject, judgement.message),
                expected: judgement.expected.clone(),
                actual: judgement.actual.clone(),
            })
            .collect();
        if let (Content::Broken(fault), Verb::Http(_)) = (&exchange.response.body.content, &step.verb) {
            failures.insert(0, fault_failure(step, fault));
        }
        let mut captures: Vec<Captured> = Vec::new();
        if failures.is_empty() || step.on_failure == OnFailure::GoOn {
            for (name, capture) in &step.capture {
                match capture.take(&response, &self.scope) {
                    Ok(taken) => captures.push(Captured { name: name.name.clone(), value: taken.value, secret: taken.secret }),
                    Err(failure) => failures.push(StepFailure {
                        status: Status::Failed,
                        span: name.span.clone(),
                        message: format!("capture `{}`: {}", name.name, failure.message),
                        expected: String::new(),
                        actual: String::new(),
                    }),
                }
            }
        } else {
            // What the suite calls secret is none the less so where the step failed: its answer is kept and shown.
            for (name, capture) in &step.capture {
                if let Ok(taken) = capture.take(&response, &self.scope) {
                    self.learn(&name.name, taken.secret, &taken.value);
                }
            }
        }
        Look { judgements, captures, failures }
    }
}

/// `Retry-After` as seconds or HTTP date (RFC 9110, 10.2.3).
fn retry_after(exchange: &Exchange, now: DateTime<Utc>) -> Option<Duration> {
    let value = exchange.response.header("retry-after")?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = DateTime::parse_from_rfc2822(value).ok()?;
    (at.to_utc() - now).to_std().ok()
}
