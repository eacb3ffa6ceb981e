//! When a page has come to rest.

use std::time::Duration;

use super::page::LOOK_EVERY;
use crate::{action::page::Probe, observation::page::PageObservation};

/// A page that has shown the same, asked for nothing and said nothing for so long is at rest. Scripts that come to life behind
/// `load` are in time.
const AT_REST_AFTER: Duration = Duration::from_millis(500);

/// How long the page has shown the same: what is kept of it, and what must not happen, is looked at when it has come to rest.
#[derive(Debug, Default)]
pub(super) struct Rest {
    pub(super) probes: Vec<Probe>,
    last: Option<PageObservation>,
    since: Duration,
    began: Option<Duration>,
}

impl Rest {
    /// Looks at a page by these probes until it rests.
    pub(super) fn of(probes: Vec<Probe>) -> Self {
        Self { probes, ..Self::default() }
    }

    /// Takes up a look. Says whether the page is at rest, or has had its time: what never rests is looked at as it is.
    pub(super) fn take(&mut self, observation: &PageObservation, at: Duration, wait: Duration) -> bool {
        let began = *self.began.get_or_insert(at);
        let is_same = self.last.as_ref().is_some_and(|last| {
            last.answers == observation.answers
                && last.console == observation.console
                && last.requests == observation.requests
                && (&last.url, &last.title) == (&observation.url, &observation.title)
        });
        if !is_same {
            self.since = at;
            self.last = Some(observation.clone());
        }
        at >= self.since + AT_REST_AFTER || at + LOOK_EVERY > began + wait
    }
}
