//! Plays the cases of a `run` on one environment: attempts, records, snapshots, what a case means in the end.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};
use prodiff_core::{
    action::Session,
    execute::{
        CaseRun, Outcome, Setup,
        trace::{Captured, Event, Seen, StepTrace},
    },
    extract,
    finding::{Findings, Terms},
    mask::Origins,
    observation::FaultKind,
    plan::{Part, PlannedCase, PlannedSuite},
    reading::Reading,
    record::{
        Case, Entry, Failure, Role, Severity, Warning,
        observe::{self, Author, milliseconds},
    },
    review,
    suite::model::{ExpectedFailure, Verb},
    verdict::Status,
};

use super::{
    builds::Builds,
    ledger::Ledger,
    play::{self, Clock},
    recorder::Recorder,
    schedule::Play,
    sessions::Sessions,
    side::Side,
    snapshots::{self, Snapshots},
    stage::Stage,
    stop::Stop,
};

/// Who plays a `run`.
pub struct Player {
    /// The environment.
    pub side: Arc<Side>,
    /// Its own URLs by name.
    pub origins: Arc<Origins>,
    /// The record.
    pub recorder: Arc<Recorder>,
    /// The run's clock.
    pub clock: Clock,
    /// The wall clock at which the run began.
    pub began: DateTime<Utc>,
    /// The run's seed.
    pub seed: u64,
    /// Saved sessions.
    pub sessions: Sessions,
    /// What snapshots are held against.
    pub snapshots: Snapshots,
    /// Differences that are lived with, and changes that were approved.
    pub ledger: Ledger,
    /// What differs from the baselines, by cause.
    pub findings: Mutex<Findings>,
    /// Which build answers.
    pub builds: Builds,
    /// The switch that ends the run.
    pub stop: Stop,
}

/// What one attempt came to.
struct Attempt {
    outcome: Outcome,
    status: Status,
    failures: Vec<Failure>,
    requests: u32,
    expectations: u32,
    snapshots: Vec<snapshots::Judged>,
    browser_ended: bool,
    began: Duration,
    took: Duration,
}

impl Player {
    async fn attempt(&self, case: &Arc<PlannedCase>, number: u32, inherited: Vec<Captured>, session: Session) -> Attempt {
        let run = CaseRun::new(Setup {
            case: Arc::clone(case),
            site: Arc::clone(&self.side.site),
            surroundings: Arc::clone(&self.side.surroundings),
            keep: prodiff_core::execute::Keep::Snapshots,
            inherited,
            session,
            seed: self.seed,
            began: self.began,
        });
        // A picture behind each step costs more than half as much as the step itself: only a case that is played again pays for them.
        let run = if number > 1 { run.keeping_pictures() } else { run };
        let stage = Stage::new(&self.side).seated(case, &self.stop).await;
        let began = self.clock.now();
        let told = Mutex::new(Told::default());
        let outcome = play::play(run, stage, self.clock, &self.stop, |event| {
            let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
            self.take(event, case, number, &mut told);
        })
        .await;
        let mut told = told.into_inner().unwrap_or_else(PoisonError::into_inner);
        self.find(&mut told.snapshots);
        let status = told.snapshots.iter().fold(outcome.status, |status, judged| status.worse(judged.status()));
        let mut failures = told.failures;
        failures.extend(told.snapshots.iter().filter_map(|judged| judged.failure.clone()));
        Attempt {
            status,
            outcome,
            failures,
            requests: told.requests,
            expectations: told.expectations,
            snapshots: told.snapshots,
            browser_ended: told.browser_ended,
            began,
            took: self.clock.now().saturating_sub(began),
        }
    }

    /// Puts what differs under its causes. An attempt that is made again finds the same causes again; they are counted once,
    /// with the last one.
    fn find(&self, snapshots: &mut [snapshots::Judged]) {
        let terms = Terms {
            fail_on: Severity::Minor,
            approved: &self.ledger.approved,
            known: &self.ledger.known,
            today: self.began.date_naive(),
            slower_refresh: None,
        };
        let mut findings = self.findings.lock().unwrap_or_else(PoisonError::into_inner);
        for judged in snapshots {
            judged.find(&mut findings, &terms);
        }
    }

    /// Writes the findings into the record. Says whether one fails.
    pub fn conclude_findings(&self) -> bool {
        let findings = std::mem::take(&mut *self.findings.lock().unwrap_or_else(PoisonError::into_inner)).finish();
        let fails = findings.iter().any(|finding| finding.fails);
        for finding in findings {
            self.recorder.put(&Entry::Finding(finding));
        }
        fails
    }

    fn take(&self, event: Event, case: &PlannedCase, attempt: u32, told: &mut Told) {
        match event {
            Event::Secret { name, value } => self.recorder.learn(&name, &value),
            Event::Session { name, session } => self.sessions.save(&name, session),
            Event::Step(trace) => self.step(&trace, case, attempt, told),
        }
    }

    fn step(&self, trace: &StepTrace, case: &PlannedCase, attempt: u32, told: &mut Told) {
        self.recorder.learn_cookies(trace);
        let naming = self.recorder.naming(&self.origins);
        let reading = match &trace.seen {
            Seen::Exchange(exchange) | Seen::Earlier(exchange) => Some(Reading::of(&extract::Response::new(exchange), &naming)),
            Seen::Nothing | Seen::Fault(_) | Seen::Page(_) => None,
        };
        let author = Author { case, attempt, environment: &self.side.site.name, role: Role::Candidate };
        let page = observe::page(trace, case, &naming, &mut &*self.recorder);
        let step = observe::step(trace, reading.as_ref(), author, &naming, &mut |text| self.recorder.store(text)).with_page(page);
        told.browser_ended |= matches!(&trace.seen, Seen::Fault(fault) if fault.kind == FaultKind::BrowserGone);
        told.requests += step.requests;
        told.expectations += u32::try_from(step.expectations.len()).unwrap_or(u32::MAX);
        told.failures.extend(step.failures.iter().cloned());
        if let Some(reading) = &reading {
            let take = |spec: &_, rules: &_| review::take(spec, reading, rules);
            let seen = snapshots::Seen { take: &take, status: Some(reading.status), content_type: reading.content_type() };
            told.snapshots.extend(self.snapshots.judge(trace, &seen, &step, case, &self.side.site, &self.recorder));
        }
        if let Some(page) = trace.seen.page() {
            let take = |spec: &_, rules: &_| review::take_page(spec, &page.kept, &naming, rules);
            let seen = snapshots::Seen { take: &take, status: None, content_type: None };
            told.snapshots.extend(self.snapshots.judge(trace, &seen, &step, case, &self.side.site, &self.recorder));
        }
        self.recorder.put(&Entry::Step(Box::new(step)));
    }

    /// What a case starts with.
    fn starting(&self, case: &PlannedCase) -> Result<Session, String> {
        let own = match &case.part {
            Part::Case(case) => case.session.as_ref(),
            Part::Before | Part::After => None,
        };
        match own.or(case.suite.session.as_ref()) {
            // A suite's own `before` is what saves its session: it starts without.
            Some(_) if !matches!(case.part, Part::Case(_)) => Ok(Session::default()),
            None => Ok(Session::default()),
            Some(name) => self.sessions.get(&name.name).ok_or_else(|| format!("session `{}` was not saved", name.name)),
        }
    }

    fn conclude(&self, case: &PlannedCase, attempts: &mut Vec<Attempt>, attempts_made: u32) -> Status {
        let last = attempts.pop().expect("a case that was started made an attempt");
        let mut status = last.status;
        let mut reason = last.outcome.reason.clone();
        let mut failures = last.failures;
        if status == Status::Passed && attempts_made > 1 {
            status = Status::Flaky;
            reason = attempts.first().map(first_words);
        }
        if let Part::Case(written) = &case.part
            && let Some(expected) = &written.expected_failure
        {
            (status, reason) = judge_expected_failure(expected, status, self.began, &mut failures, case, &self.side.site.name);
        }
        for judged in &last.snapshots {
            self.recorder.put(&Entry::Snapshot(judged.entry.clone()));
            if let Err(error) = self.snapshots.carry_out(judged) {
                self.recorder.screen().say(&format!("warning: {error}"));
            }
        }
        if status == Status::Blocked && reason.is_none() {
            reason = failures.iter().find(|failure| failure.status == Status::Blocked).map(|failure| failure.message.clone());
        }
        let began = attempts.first().map_or(last.began, |first| first.began);
        let took = (last.began + last.took).saturating_sub(began);
        let requests = attempts.iter().map(|attempt| attempt.requests).sum::<u32>() + last.requests;
        let counted = Counted { requests, expectations: last.expectations, snapshots: last.snapshots.len(), took };
        if let Some(reason) = self.builds.ended(case.id.as_str(), began) {
            // What was seen meanwhile says nothing of either build.
            (status, failures) = (Status::Blocked, Vec::new());
            self.put_case(case, status, attempts_made, counted, Some(reason), failures);
            return status;
        }
        self.put_case(case, status, attempts_made, counted, reason, failures);
        status
    }

    fn put_case(
        &self,
        case: &PlannedCase,
        status: Status,
        attempts: u32,
        counted: Counted,
        reason: Option<String>,
        failures: Vec<Failure>,
    ) {
        let naming = self.recorder.naming(&self.origins);
        let (file, line) = case.place();
        self.recorder.put(&Entry::Case(Case {
            id: case.id.as_str().to_owned(),
            suite: case.suite.name.clone(),
            name: case.name(),
            tags: case.tags().into_iter().map(str::to_owned).collect(),
            status,
            attempts,
            duration_ms: milliseconds(counted.took),
            file,
            line,
            reason: reason.map(|reason| naming.name_text(&reason, prodiff_core::mask::Content::Named).into_owned()),
            failures,
            requests: counted.requests,
            expectations: counted.expectations,
            snapshots: u32::try_from(counted.snapshots).unwrap_or(u32::MAX),
            compared: 0,
        }));
    }

    fn start(&self, case: &PlannedCase) {
        self.recorder.put(&Entry::CaseStarted(observe::started(case, self.clock.now())));
    }
}

#[derive(Default)]
struct Told {
    failures: Vec<Failure>,
    requests: u32,
    expectations: u32,
    snapshots: Vec<snapshots::Judged>,
    browser_ended: bool,
}

#[derive(Default)]
struct Counted {
    requests: u32,
    expectations: u32,
    snapshots: usize,
    took: Duration,
}

fn first_words(attempt: &Attempt) -> String {
    let why = attempt.failures.first().map(|failure| failure.message.clone()).or_else(|| attempt.outcome.reason.clone());
    format!("the first attempt {}: {}", attempt.status, why.unwrap_or_default())
}

/// A case that must fail: failing is what is expected of it until the date; passing, and failing after the date, are not.
fn judge_expected_failure(
    expected: &ExpectedFailure,
    status: Status,
    now: DateTime<Utc>,
    failures: &mut Vec<Failure>,
    case: &PlannedCase,
    environment: &str,
) -> (Status, Option<String>) {
    let mut complain = |message: String| {
        let position = expected.span.position();
        failures.push(Failure {
            status: Status::Failed,
            environment: environment.to_owned(),
            file: expected.span.source.name.clone(),
            line: position.line,
            column: position.column,
            step: case.name(),
            message,
            expected: format!("a failure, until {} is mended", expected.issue),
            actual: status.name().to_owned(),
            excerpt: String::new(),
            curl: String::new(),
            screenshot: String::new(),
        });
    };
    let is_over = expected.until.is_some_and(|until| now.date_naive() > until);
    match status {
        Status::Failed if is_over => {
            let until = expected.until.map(|until| until.to_string()).unwrap_or_default();
            complain(format!("expected to fail for {} until {until}, and that day is over", expected.issue));
            (Status::Failed, None)
        }
        Status::Failed => {
            failures.clear();
            (Status::Passed, Some(format!("failed as expected: {}", expected.issue)))
        }
        Status::Passed | Status::Flaky => {
            complain(format!("passed, though it is expected to fail for {}; remove `expected_failure`", expected.issue));
            (Status::Failed, None)
        }
        Status::Unreviewed | Status::Blocked | Status::Skipped => (status, None),
    }
}

impl Play for Player {
    type Handed = Arc<Vec<Captured>>;

    async fn ready(&self, case: &Arc<PlannedCase>) {
        let own = match &case.part {
            Part::Case(case) => case.session.as_ref(),
            Part::Before | Part::After => None,
        };
        if let Some(name) = own.or(case.suite.session.as_ref()) {
            self.sessions.wait(&name.name).await;
        }
    }

    async fn before(&self, case: Arc<PlannedCase>) -> Result<Self::Handed, String> {
        let attempt = self.attempt(&case, 1, Vec::new(), Session::default()).await;
        let status = attempt.status;
        let captures = Arc::new(attempt.outcome.captures.clone());
        // A `before` that does its work is no case of its own, unless there is a snapshot to look at.
        if status != Status::Passed || !attempt.snapshots.is_empty() {
            self.start(&case);
            self.conclude(&case, &mut vec![attempt], 1);
        }
        if matches!(status, Status::Passed | Status::Unreviewed) {
            return Ok(captures);
        }
        Err(format!("`{}` {status}", case.id))
    }

    async fn case(&self, case: Arc<PlannedCase>, handed: Vec<Self::Handed>) -> (Status, Option<Self::Handed>) {
        self.start(&case);
        let session = match self.starting(&case) {
            Ok(session) => session,
            Err(reason) => {
                self.put_case(&case, Status::Blocked, 0, Counted::default(), Some(reason), Vec::new());
                return (Status::Blocked, None);
            }
        };
        let inherited: Vec<Captured> = handed.iter().flat_map(|handed| handed.iter().cloned()).collect();
        let mut attempts = Vec::new();
        let mut browser_ended = false;
        loop {
            let number = u32::try_from(attempts.len()).unwrap_or(u32::MAX) + 1;
            let attempt = self.attempt(&case, number, inherited.clone(), session.clone()).await;
            // A browser that ends in the middle says nothing of the site: once, the attempt does not count.
            if attempt.browser_ended && !browser_ended && self.stop.reason().is_none() {
                browser_ended = true;
                let message =
                    String::from("the browser ended in the middle of the case, which was played again in another one (infrastructure)");
                self.recorder.put(&Entry::Warning(Warning { case: Some(case.id.as_str().to_owned()), message }));
                continue;
            }
            let again =
                matches!(attempt.status, Status::Failed | Status::Blocked) && number <= case.retries && self.stop.reason().is_none();
            let own = Arc::new(attempt.outcome.captures.clone());
            attempts.push(attempt);
            if !again {
                let status = self.conclude(&case, &mut attempts, number);
                let can_be_built_upon = matches!(status, Status::Passed | Status::Flaky | Status::Unreviewed);
                return (status, can_be_built_upon.then_some(own));
            }
        }
    }

    async fn after(&self, case: Arc<PlannedCase>, handed: Option<Self::Handed>) {
        let inherited = handed.map(|handed| (*handed).clone()).unwrap_or_default();
        let attempt = self.attempt(&case, 1, inherited, Session::default()).await;
        if attempt.status != Status::Passed || !attempt.snapshots.is_empty() {
            self.start(&case);
            self.conclude(&case, &mut vec![attempt], 1);
        }
    }

    fn not_started(&self, case: &Arc<PlannedCase>, status: Status, reason: String) {
        self.put_case(case, status, 0, Counted::default(), Some(reason), Vec::new());
    }

    fn no_more_sessions(&self, suite: &PlannedSuite) {
        self.sessions.ended(saved_sessions(&suite.suite.before));
    }
}

/// The sessions that a list of steps saves.
pub fn saved_sessions(steps: &[prodiff_core::suite::model::Step]) -> impl Iterator<Item = &str> {
    steps.iter().filter_map(|step| match &step.verb {
        Verb::SaveSession(name) => Some(name.name.as_str()),
        Verb::Http(_) | Verb::Look | Verb::Pause(_) | Verb::Page(_) => None,
    })
}
