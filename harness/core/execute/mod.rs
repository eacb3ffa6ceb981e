//! Plays one case: a state machine that owns no clock, socket or file.
//!
//! It asks for effects and is told what came of them; what it saw and judged it tells in events. Retries and
//! time-outs are plain inputs, so a whole case is tested with a list of them.

mod browse;
pub mod call;
mod failure;
mod judge;
mod page;
mod picture;
mod request;
mod rest;
mod setup;
pub mod trace;

use std::{collections::VecDeque, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};

use self::{
    call::{Flight, Leg},
    failure::{blocked, fault_failure},
    page::PageFlight,
    picture::{Concealed, Strip},
    request::Resolved,
    trace::{Captured, Event, Replay, Seen, StepFailure, StepTrace},
};
use crate::{
    action::{
        Action, CookieJar, Session,
        page::{PageAction, PageSetup, PageVerb, Probe},
    },
    assertion::Judgement,
    environment::site::Site,
    observation::{Exchange, Fault, Observation},
    plan::{PlannedCase, Section},
    suite::model::{OnFailure, Step, Verb},
    template::{Random, Scope, Surroundings, Variable},
    verdict::Status,
};

/// What a case begins with.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The case.
    pub case: Arc<PlannedCase>,
    /// The environment.
    pub site: Arc<Site>,
    /// What templates see of the run.
    pub surroundings: Arc<Surroundings>,
    /// Captures of the suite's `before`.
    pub inherited: Vec<Captured>,
    /// What is kept of its pages.
    pub keep: Keep,
    /// What it starts with: a copy of a saved session, or nothing.
    pub session: Session,
    /// The seed of the run.
    pub seed: u64,
    /// The wall clock at which the run began.
    pub began: DateTime<Utc>,
}

/// What is kept of the pages of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// What its snapshots keep.
    Snapshots,
    /// Every page that it opens as well, once it has come to rest: two sides are compared.
    ForComparison,
}

/// What came of the last effect.
#[derive(Debug)]
pub enum Input {
    /// Begin. Comes once, first.
    Start,
    /// The action was performed.
    Observed(Box<Result<Observation, Fault>>),
    /// The sleep is over.
    Woke,
    /// Stop as soon as may be; steps that always run still do. A second one stops at once.
    Cancel(String),
}

/// What the case needs next.
#[derive(Debug)]
pub enum Effect {
    /// Perform this and say what was seen.
    Perform(Action),
    /// Wait until this long after the run began.
    Sleep(Duration),
    /// The case is over.
    Done(Outcome),
}

/// What an input led to.
#[derive(Debug)]
pub struct Turn {
    /// What happened, in order.
    pub events: Vec<Event>,
    /// What the case needs next.
    pub next: Effect,
}

/// What became of a case, before anybody looked at its snapshots.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// `passed`, `failed` or `blocked`.
    pub status: Status,
    /// Why it is blocked, when no step says so.
    pub reason: Option<String>,
    /// What it captured, for those who come after it.
    pub captures: Vec<Captured>,
    /// Its cookies at the end.
    pub jar: CookieJar,
}

/// One case being played.
#[derive(Debug)]
pub struct CaseRun {
    setup: Setup,
    scope: Scope,
    jar: CookieJar,
    queue: VecDeque<(Section, usize)>,
    current: Option<Current>,
    last: Option<Arc<Exchange>>,
    browser: Option<Arc<PageSetup>>,
    /// What its browser steps have filled with secrets.
    concealed: Concealed,
    /// Pictures of the last steps, where they are taken.
    strip: Option<Strip>,
    /// Whether HTTP steps may have changed cookies that the browser does not know of yet.
    has_fresh_cookies: bool,
    captures: Vec<Captured>,
    status: Status,
    reason: Option<String>,
    evaluated: bool,
    cancelled: Option<String>,
    events: Vec<Event>,
}

/// The step that is being played.
#[derive(Debug)]
struct Current {
    section: Section,
    index: usize,
    title: String,
    began: Duration,
    requests: u32,
    waiting: Waiting,
}

#[derive(Debug)]
enum Waiting {
    /// For an answer.
    Answer { flight: Box<Flight>, replay: Box<Replay> },
    /// For the next try.
    Retry { replay: Box<Replay> },
    /// For a pause to be over.
    Pause,
    /// For the browser.
    Page(Box<PageFlight>),
    /// For another look at the page.
    NextLook(Box<PageFlight>),
    /// For what the page stored, which a saved session keeps.
    Storage,
}

/// What one look at a response yielded.
struct Look {
    judgements: Vec<Judgement>,
    captures: Vec<Captured>,
    failures: Vec<StepFailure>,
}

impl CaseRun {
    /// A case ready to begin.
    #[must_use]
    pub fn new(setup: Setup) -> Self {
        let random = Random::new(setup.seed, setup.case.id.as_str());
        let scope = Scope::new(Arc::clone(&setup.surroundings), random, setup.began);
        let queue = PlannedCase::sections()
            .into_iter()
            .flat_map(|section| (0..setup.case.steps(section).len()).map(move |index| (section, index)))
            .collect();
        Self {
            jar: setup.session.jar.clone(),
            setup,
            scope,
            queue,
            current: None,
            last: None,
            browser: None,
            concealed: Concealed::default(),
            strip: None,
            has_fresh_cookies: true,
            captures: Vec::new(),
            status: Status::Passed,
            reason: None,
            evaluated: false,
            cancelled: None,
            events: Vec::new(),
        }
    }

    /// The case it plays.
    #[must_use]
    pub fn case(&self) -> &Arc<PlannedCase> {
        &self.setup.case
    }

    /// The step that it waits for something in, and its place in its list; nothing before the first and behind the last.
    #[must_use]
    pub fn position(&self) -> Option<(Section, usize)> {
        self.current.as_ref().map(|current| (current.section, current.index))
    }

    /// Takes what came of the last effect, `at` after the run began, and says what is needed next.
    pub fn advance(&mut self, input: Input, at: Duration) -> Turn {
        self.scope.now = self.setup.began + chrono::Duration::from_std(at).unwrap_or_default();
        let next = match input {
            Input::Start => {
                if let Err(message) = self.prepare() {
                    self.block(message);
                    self.queue.retain(|(section, _)| section.always_runs());
                }
                self.next_step(at)
            }
            Input::Observed(observed) => self.observed(*observed, at),
            Input::Woke => self.woke(at),
            Input::Cancel(reason) => self.cancel(reason, at),
        };
        Turn { events: std::mem::take(&mut self.events), next }
    }

    /// Fills the scope: environment, inherited captures, row, then the suite's own variables, which may use them.
    fn prepare(&mut self) -> Result<(), String> {
        for (name, variable) in &self.setup.site.variables {
            self.scope.set(name.clone(), variable.clone());
        }
        for captured in &self.setup.inherited {
            let variable = Variable { value: captured.value.clone(), secret: captured.secret };
            self.scope.set(captured.name.clone(), variable);
        }
        for (name, value) in &self.setup.case.row {
            self.scope.set(name.clone(), Variable::open(value.clone()));
        }
        let suite = Arc::clone(&self.setup.case.suite);
        for (name, value) in &suite.vars {
            let rendered = value.render(&self.scope).map_err(|error| format!("{}: {}", error.span, error.message))?;
            self.learn(&name.name, rendered.secret, &rendered.value);
            self.scope.set(name.name.clone(), Variable { value: rendered.value, secret: rendered.secret });
        }
        Ok(())
    }

    fn next_step(&mut self, at: Duration) -> Effect {
        while let Some((section, index)) = self.queue.pop_front() {
            let case = Arc::clone(&self.setup.case);
            let step = &case.steps(section)[index];
            if let Some(effect) = self.begin(section, index, step, at) {
                return effect;
            }
        }
        self.done()
    }

    fn done(&mut self) -> Effect {
        if self.status == Status::Passed && !self.evaluated {
            match self.setup.case.part {
                crate::plan::Part::Case(_) => self.block(String::from("nothing was checked: no step judges anything")),
                // A suite's `before` may do nothing but capture or wait.
                crate::plan::Part::Before | crate::plan::Part::After => {}
            }
        }
        Effect::Done(Outcome {
            status: self.status,
            reason: self.reason.take(),
            captures: std::mem::take(&mut self.captures),
            jar: std::mem::take(&mut self.jar),
        })
    }

    fn block(&mut self, reason: String) {
        self.status = self.status.worse(Status::Blocked);
        self.reason.get_or_insert(reason);
    }

    /// Begins a step. Returns nothing when it ended at once.
    fn begin(&mut self, section: Section, index: usize, step: &Step, at: Duration) -> Option<Effect> {
        let current = |title: String, waiting: Waiting| Current { section, index, title, began: at, requests: 0, waiting };
        match &step.verb {
            Verb::Http(http) => {
                let resolved = request::resolve(http, step, &self.setup.case, &self.setup.site, &self.scope);
                let Resolved { call, title, secrets } = match resolved {
                    Ok(resolved) => resolved,
                    Err(unresolved) => {
                        let title = step.name.clone().unwrap_or(unresolved.title);
                        self.fail_at_once(section, index, title, step, unresolved.failure, at);
                        return None;
                    }
                };
                for (name, value) in secrets {
                    self.events.push(Event::Secret { name, value });
                }
                let replay = Box::new(Replay { call: Arc::new(call), jar: self.jar.clone() });
                let title = step.name.clone().unwrap_or(title);
                let (flight, leg) = Flight::begin(Arc::clone(&replay.call), Arc::clone(&self.setup.site), &self.jar, self.scope.now);
                self.current = Some(current(title, Waiting::Answer { flight: Box::new(flight), replay }));
                self.leg(leg, at)
            }
            Verb::Look => {
                let title = step.name.clone().unwrap_or_else(|| String::from("look"));
                match self.last.clone() {
                    Some(exchange) => {
                        let look = self.look(step, &exchange);
                        let ended = self.trace(section, index, title, at, at, 0, Seen::Earlier(exchange), look, None);
                        self.end_step(step, ended);
                    }
                    None => {
                        let message = String::from("there is nothing to look at: no step before it yielded a response");
                        self.fail_at_once(section, index, title, step, blocked(step, message), at);
                    }
                }
                None
            }
            Verb::Pause(duration) => {
                let title = step.name.clone().unwrap_or_else(|| format!("pause {}", crate::value::format_duration(*duration)));
                self.current = Some(current(title, Waiting::Pause));
                Some(Effect::Sleep(at + *duration))
            }
            Verb::SaveSession(name) => {
                let title = step.name.clone().unwrap_or_else(|| format!("save_session {}", name.name));
                if let Some(setup) = &self.browser {
                    let action = PageAction {
                        setup: Arc::clone(setup),
                        cookies: Vec::new(),
                        frames: Vec::new(),
                        verb: PageVerb::Look,
                        probes: vec![Probe::Storage],
                        timeout: self.setup.case.wait,
                    };
                    self.current = Some(current(title, Waiting::Storage));
                    return Some(Effect::Perform(Action::Page(Box::new(action))));
                }
                self.save_session(&name.name.clone(), Vec::new());
                let ended = self.trace(section, index, title, at, at, 0, Seen::Nothing, Look::empty(), None);
                self.end_step(step, ended);
                None
            }
            Verb::Page(page) => {
                let mut title = String::from(step.span.text());
                let resolved = self.page_flight(page, step, &mut title, at);
                let title = step.name.clone().unwrap_or(title);
                match resolved {
                    Ok(mut flight) => {
                        let leg = flight.act();
                        self.current = Some(current(title, Waiting::Page(Box::new(flight))));
                        self.page_leg(leg, at)
                    }
                    Err(trouble) => {
                        let span = trouble.span.unwrap_or_else(|| step.span.clone());
                        let failure = StepFailure { span, ..blocked(step, trouble.message) };
                        self.fail_at_once(section, index, title, step, failure, at);
                        None
                    }
                }
            }
        }
    }

    fn observed(&mut self, observed: Result<Observation, Fault>, at: Duration) -> Effect {
        match self.current.as_mut().map(|current| std::mem::replace(&mut current.waiting, Waiting::Pause)) {
            Some(Waiting::Page(flight)) => {
                return match self.page_observed(flight, observed, at) {
                    Some(effect) => effect,
                    None => self.next_step(at),
                };
            }
            Some(Waiting::Storage) => {
                self.stored(observed, at);
                return self.next_step(at);
            }
            Some(other) => {
                if let Some(current) = &mut self.current {
                    current.waiting = other;
                }
            }
            None => {}
        }
        let Some(Current { waiting: Waiting::Answer { flight, .. }, .. }) = &mut self.current else {
            return self.next_step(at);
        };
        let answer = observed.and_then(Observation::into_http);
        let leg = flight.answered(answer, &mut self.jar, self.scope.now);
        self.has_fresh_cookies = true;
        match self.leg(leg, at) {
            Some(effect) => effect,
            None => self.next_step(at),
        }
    }

    fn woke(&mut self, at: Duration) -> Effect {
        let case = Arc::clone(&self.setup.case);
        match self.current.take() {
            Some(Current { section, index, title, began, requests, waiting: Waiting::Retry { replay } }) => {
                // Each try starts from the cookies it finds: a queue may well hand out a ticket in the first answer.
                let (flight, leg) = Flight::begin(Arc::clone(&replay.call), Arc::clone(&self.setup.site), &self.jar, self.scope.now);
                self.current =
                    Some(Current { section, index, title, began, requests, waiting: Waiting::Answer { flight: Box::new(flight), replay } });
                match self.leg(leg, at) {
                    Some(effect) => effect,
                    None => self.next_step(at),
                }
            }
            Some(Current { section, index, title, began, requests: _, waiting: Waiting::Pause }) => {
                let step = &case.steps(section)[index];
                let ended = self.trace(section, index, title, began, at, 0, Seen::Nothing, Look::empty(), None);
                self.end_step(step, ended);
                self.next_step(at)
            }
            Some(Current { section, index, title, began, requests, waiting: Waiting::NextLook(mut flight) }) => {
                let leg = flight.woke(at);
                self.current = Some(Current { section, index, title, began, requests, waiting: Waiting::Page(flight) });
                match self.page_leg(leg, at) {
                    Some(effect) => effect,
                    None => self.next_step(at),
                }
            }
            waiting @ (Some(Current { waiting: Waiting::Answer { .. } | Waiting::Page(_) | Waiting::Storage, .. }) | None) => {
                self.current = waiting;
                self.next_step(at)
            }
        }
    }

    /// Carries a call on. Returns nothing when its step has ended.
    fn leg(&mut self, leg: Leg, at: Duration) -> Option<Effect> {
        let landed = match leg {
            Leg::Send(request) => return Some(Effect::Perform(Action::Http(request))),
            Leg::Landed(landed) => landed,
        };
        let current = self.current.take().expect("an answer belongs to the step that asked");
        let Current { section, index, title, began, requests, waiting: Waiting::Answer { flight, replay } } = current else {
            unreachable!("only a step that waits for an answer is told one")
        };
        let requests = requests + flight.sent();
        let case = Arc::clone(&self.setup.case);
        let step = &case.steps(section)[index];
        let (seen, look) = match *landed {
            Ok(exchange) => {
                let exchange = Arc::new(exchange);
                self.last = Some(Arc::clone(&exchange));
                let look = self.look(step, &exchange);
                (Seen::Exchange(exchange), look)
            }
            Err(fault) => {
                let failure = fault_failure(step, &fault);
                (Seen::Fault(fault), Look { judgements: Vec::new(), captures: Vec::new(), failures: vec![failure] })
            }
        };
        if let Some(wake) = self.retry_at(step, &seen, &look, began, at) {
            self.current = Some(Current { section, index, title, began, requests, waiting: Waiting::Retry { replay } });
            return Some(Effect::Sleep(wake));
        }
        let mut ended = self.trace(section, index, title, began, at, requests, seen, look, Some(*replay));
        ended.request = flight.request().cloned();
        self.end_step(step, ended);
        None
    }

    #[expect(clippy::too_many_arguments, reason = "the fields of a trace, named where they are used")]
    fn trace(
        &mut self,
        section: Section,
        index: usize,
        title: String,
        began: Duration,
        at: Duration,
        requests: u32,
        seen: Seen,
        look: Look,
        replay: Option<Replay>,
    ) -> StepTrace {
        let status = look.failures.iter().fold(Status::Passed, |status, failure| status.worse(failure.status));
        StepTrace {
            section,
            index,
            title,
            status,
            began,
            took: at.saturating_sub(began),
            requests,
            request: None,
            seen,
            judgements: look.judgements,
            captures: look.captures,
            failures: look.failures,
            replay,
        }
    }

    fn fail_at_once(&mut self, section: Section, index: usize, title: String, step: &Step, failure: StepFailure, at: Duration) {
        let look = Look { failures: vec![failure], ..Look::empty() };
        let ended = self.trace(section, index, title, at, at, 0, Seen::Nothing, look, None);
        self.end_step(step, ended);
    }

    fn end_step(&mut self, step: &Step, ended: StepTrace) {
        for captured in &ended.captures {
            self.learn(&captured.name, captured.secret, &captured.value);
            self.scope.set(captured.name.clone(), Variable { value: captured.value.clone(), secret: captured.secret });
            self.captures.retain(|known| known.name != captured.name);
            self.captures.push(captured.clone());
        }
        let has_seen = ended.seen.exchange().is_some() || ended.seen.page().is_some();
        self.evaluated |= !ended.judgements.is_empty() || (step.snapshot.is_some() && has_seen);
        self.status = self.status.worse(ended.status);
        let ends_case = ended.status != Status::Passed && step.on_failure == OnFailure::End;
        if ends_case && !ended.section.always_runs() {
            self.queue.retain(|(section, _)| section.always_runs());
        }
        self.events.push(Event::Step(Box::new(ended)));
    }

    /// Tells the shell of a value that must not be written.
    fn learn(&mut self, name: &str, secret: bool, value: &crate::json::Json) {
        if secret {
            for text in request::texts(value) {
                self.events.push(Event::Secret { name: name.to_owned(), value: text });
            }
        }
    }

    fn cancel(&mut self, reason: String, at: Duration) -> Effect {
        let again = self.cancelled.is_some();
        self.block(reason.clone());
        self.queue.retain(|(section, _)| section.always_runs() && !again);
        let interrupted_cleanup = self.current.as_ref().is_some_and(|current| current.section.always_runs());
        if let Some(Current { section, index, title, began, requests, waiting }) = self.current.take() {
            let case = Arc::clone(&self.setup.case);
            let step = &case.steps(section)[index];
            let (requests, request) = match &waiting {
                Waiting::Answer { flight, .. } => (requests + flight.sent(), flight.request().cloned()),
                Waiting::Page(flight) | Waiting::NextLook(flight) => (requests + flight.navigations(), None),
                Waiting::Retry { .. } | Waiting::Pause | Waiting::Storage => (requests, None),
            };
            let look = Look { failures: vec![blocked(step, reason.clone())], ..Look::empty() };
            let mut ended = self.trace(section, index, title, began, at, requests, Seen::Nothing, look, None);
            ended.request = request;
            self.end_step(step, ended);
        }
        self.cancelled = Some(reason);
        if again || interrupted_cleanup {
            self.queue.clear();
        }
        self.next_step(at)
    }
}

impl Look {
    fn empty() -> Self {
        Self { judgements: Vec::new(), captures: Vec::new(), failures: Vec::new() }
    }
}

#[cfg(test)]
mod tests;
