//! What a case does with its browser: one flight a step, cookies both ways, sessions that are kept.

use std::{sync::Arc, time::Duration};

use super::{
    CaseRun, Current, Effect, Look, Waiting,
    failure::{blocked, fault_failure},
    page::{self, PageFlight},
    picture::Strip,
    request::Trouble,
    setup,
    trace::{Event, Seen, Shot, StepFailure},
};
use crate::{
    action::{Action, Session, page::OriginStorage},
    assertion::{self, Context},
    observation::{Fault, Observation, page::Answer},
    suite::model::{PageStep, PageVerbSpec, Step, Verb},
    verdict::Status,
};

impl CaseRun {
    /// Takes a picture behind each step of a browser, so that a step that fails shows how the page came to be as it is.
    #[must_use]
    pub fn keeping_pictures(mut self) -> Self {
        self.strip = Some(Strip::default());
        self
    }

    /// Keeps cookies and storage under a name, and calls all of it secret.
    pub(super) fn save_session(&mut self, name: &str, storage: Vec<OriginStorage>) {
        let cookies = self.jar.values().map(|(cookie, value)| (format!("{name}.{cookie}"), value.to_owned()));
        let stored = storage.iter().flat_map(|origin| &origin.local).map(|(key, value)| (format!("{name}.{key}"), value.clone()));
        let values: Vec<(String, String)> = cookies.chain(stored).collect();
        for (name, value) in values {
            self.events.push(Event::Secret { name, value });
        }
        self.events.push(Event::Session { name: name.to_owned(), session: Session { jar: self.jar.clone(), storage } });
    }

    /// A browser step, resolved.
    pub(super) fn page_flight(&mut self, page: &PageStep, step: &Step, title: &mut String, at: Duration) -> Result<PageFlight, Trouble> {
        let case = Arc::clone(&self.setup.case);
        let setup = match &self.browser {
            Some(setup) => Arc::clone(setup),
            None => {
                let setup = Arc::new(setup::resolve(&case, &self.setup.site, &self.scope, self.setup.session.storage.clone())?);
                self.browser.insert(setup).clone()
            }
        };
        let resolved = page::resolve(page, step, &case, &self.setup.site, &setup, &self.scope, title)?;
        let mut action = resolved.action;
        if std::mem::take(&mut self.has_fresh_cookies) {
            action.cookies = self.jar.to_page();
        }
        *title = resolved.title;
        if let Some(filled) = resolved.conceals {
            self.concealed.add(filled, !action.frames.is_empty());
        }
        let flight = PageFlight::new(action, page, resolved.n_until, resolved.n_expect, page.wait.unwrap_or(case.wait), at);
        Ok(flight.picturing(self.concealed.clone(), self.strip.is_some()))
    }

    /// Carries a browser step on. Returns nothing when it has ended.
    pub(super) fn page_leg(&mut self, leg: page::Leg, at: Duration) -> Option<Effect> {
        match leg {
            page::Leg::Perform(action) => Some(Effect::Perform(Action::Page(action))),
            page::Leg::Wait(until) => {
                if let Some(Current { waiting, .. }) = &mut self.current
                    && let Waiting::Page(flight) = std::mem::replace(waiting, Waiting::Pause)
                {
                    *waiting = Waiting::NextLook(flight);
                }
                Some(Effect::Sleep(until))
            }
            page::Leg::Ended(ended) => {
                let current = self.current.take().expect("a page belongs to the step that asked");
                let Current { section, index, title, began, requests, waiting: _ } = current;
                let case = Arc::clone(&self.setup.case);
                let step = &case.steps(section)[index];
                let page::Ended { mut seen, picture, fault, judgements, captures, mut failures, navigations } = *ended;
                if let Some(seen) = &seen {
                    self.jar.take_over(&seen.page.cookies);
                    if let Some(dialog) = seen.page.dialog.as_ref().filter(|_| !self.next_answers_dialog()) {
                        let message = format!("a dialog opened that no step answers: {} {:?}", dialog.kind, dialog.message);
                        failures.push(StepFailure { status: Status::Failed, ..blocked(step, message) });
                    }
                }
                if let Some(fault) = &fault {
                    failures.push(fault_failure(step, fault));
                }
                if let Some(strip) = &mut self.strip {
                    if !picture.is_empty() {
                        strip.push(Shot { title: title.clone(), kept: picture });
                    }
                    if let Some(seen) = seen.as_mut().filter(|_| !failures.is_empty()) {
                        seen.before = strip.take();
                    }
                }
                let seen = match (seen, fault) {
                    (Some(seen), _) => Seen::Page(Arc::new(seen)),
                    (None, Some(fault)) => Seen::Fault(fault),
                    (None, None) => Seen::Nothing,
                };
                let look = Look { judgements, captures, failures };
                let ended = self.trace(section, index, title, began, at, requests + navigations, seen, look, None);
                self.end_step(step, ended);
                None
            }
        }
    }

    /// Whether the step behind the current one answers a dialog.
    pub(super) fn next_answers_dialog(&self) -> bool {
        let Some((section, index)) = self.queue.front() else { return false };
        match &self.setup.case.steps(*section)[*index].verb {
            Verb::Page(page) => matches!(page.verb, PageVerbSpec::AcceptDialog(_) | PageVerbSpec::DismissDialog),
            Verb::Http(_) | Verb::Look | Verb::Pause(_) | Verb::SaveSession(_) => false,
        }
    }

    /// What came of a look at the page.
    pub(super) fn page_observed(
        &mut self,
        mut flight: Box<PageFlight>,
        observed: Result<Observation, Fault>,
        at: Duration,
    ) -> Option<Effect> {
        let case = Arc::clone(&self.setup.case);
        let Some(current) = &self.current else { return None };
        let step = &case.steps(current.section)[current.index];
        let Verb::Page(page) = &step.verb else { return None };
        let context = Context {
            scope: &self.scope,
            now: self.scope.now,
            sites: assertion::Sites { urls: &self.setup.site.urls, aliases: &self.setup.site.aliases },
        };
        let rules = case.rules(step);
        let keeps = page::Keeps::of(step, &rules, &self.scope, self.setup.keep);
        let observed = observed.and_then(Observation::into_page);
        let leg = match keeps {
            Ok(keeps) => flight.observed(observed, (step, page), &context, &keeps, at),
            Err(error) => page::Leg::Ended(Box::new(page::Ended {
                seen: None,
                picture: Vec::new(),
                fault: None,
                judgements: Vec::new(),
                captures: Vec::new(),
                failures: vec![blocked(step, error.message)],
                navigations: flight.navigations(),
            })),
        };
        if let Some(current) = &mut self.current {
            current.waiting = Waiting::Page(flight);
        }
        self.page_leg(leg, at)
    }

    /// What the page stored came; the session is kept.
    pub(super) fn stored(&mut self, observed: Result<Observation, Fault>, at: Duration) {
        let case = Arc::clone(&self.setup.case);
        let Some(Current { section, index, title, began, requests, waiting: _ }) = self.current.take() else { return };
        let step = &case.steps(section)[index];
        let Verb::SaveSession(name) = &step.verb else { return };
        let mut look = Look::empty();
        match observed.and_then(Observation::into_page) {
            Ok(page) => {
                self.jar.take_over(&page.cookies);
                let local = page.answers.into_iter().find_map(|answer| match answer {
                    Answer::Storage(local) => Some(local),
                    _ => None,
                });
                let origin = page.url.origin().ascii_serialization();
                let storage = local.filter(|local| !local.is_empty()).map(|local| OriginStorage { origin, local });
                self.save_session(&name.name, storage.into_iter().collect());
            }
            Err(fault) => look.failures.push(fault_failure(step, &fault)),
        }
        let ended = self.trace(section, index, title, began, at, requests, Seen::Nothing, look, None);
        self.end_step(step, ended);
    }
}
