//! Plays the cases of a `compare`: two sides in lock-step, their differences judged, late changes asked again.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};
use prodiff_core::{
    action::Session,
    attribute,
    execute::{
        Setup as CaseSetup,
        trace::{Captured, Event as CaseEvent, Seen, StepTrace},
    },
    extract,
    finding::{Judged, Judgement, Lack, Terms, judge_case, judge_step},
    json,
    known::{Approved, Known},
    mask::{Naming, Origins, Secrets},
    pair::{self, Compared, Effect, Event, Input, Late, Live, Outcome, PairRun},
    plan::{Part, PlannedCase, PlannedSuite},
    reading::Reading,
    record::{
        Case, Entry, Failure, Hidden, NotObserved, Role, Severity,
        observe::{self, Author, cut, milliseconds},
    },
    verdict::Status,
};
use tokio_util::sync::CancellationToken;

use super::{
    builds::{Builds, Round},
    earlier::Earlier,
    play::{Cancel, Clock, Phase},
    player::saved_sessions,
    recall::Recall,
    recorder::Recorder,
    schedule::Play,
    sessions::Sessions,
    side::Side,
    stage::{Stage, Stages},
    stop::Stop,
    tally::{Tally, Waiting},
};

/// One side of a comparison.
pub enum Half {
    /// It is asked now.
    Live(Box<LiveHalf>),
    /// It answers from a record.
    Recorded(Box<Recall>),
}

/// A side that is asked now.
pub struct LiveHalf {
    /// The environment.
    pub side: Arc<Side>,
    /// Its own URLs by name.
    pub origins: Arc<Origins>,
    /// Its own secrets, called as the other side's are.
    pub secrets: Secrets,
    /// Its saved sessions.
    pub sessions: Sessions,
}

impl Half {
    /// The environment's name.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Live(live) => &live.side.site.name,
            Self::Recorded(recall) => recall.environment(),
        }
    }

    /// The live side, if it is one.
    #[must_use]
    pub fn live(&self) -> Option<&LiveHalf> {
        match self {
            Self::Live(live) => Some(live),
            Self::Recorded(_) => None,
        }
    }
}

/// Who plays a `compare`.
pub struct Duet {
    /// Reference and candidate.
    pub halves: [Half; 2],
    /// What the candidate environment answered before.
    pub before: Earlier,
    /// The record.
    pub recorder: Arc<Recorder>,
    /// The run's clock.
    pub clock: Clock,
    /// The wall clock at which the run began.
    pub began: DateTime<Utc>,
    /// The run's seed.
    pub seed: u64,
    /// `--confirm`
    pub n_samples: u32,
    /// `--fail-on`
    pub fail_on: Severity,
    /// Changes that were approved.
    pub approved: Approved,
    /// Differences that are lived with.
    pub known: Known,
    /// How often the slower of both environments renews its data.
    pub slower_refresh: Option<Duration>,
    /// Whether there is time left to ask late changes again.
    pub settles: bool,
    /// Which builds answer.
    pub builds: Builds,
    /// The switch that ends the run.
    pub stop: Stop,
    /// What came of it so far.
    pub tally: Mutex<Tally>,
}

/// What became of a case.
struct Ended {
    status: Status,
    reason: Option<String>,
    failures: Vec<Failure>,
}

/// What one attempt came to.
#[derive(Default)]
pub(super) struct Played {
    own: [Status; 2],
    failures: Vec<Failure>,
    lacks: Vec<Lack>,
    not_observed: Vec<NotObserved>,
    pub(super) judged: Vec<Placed>,
    pub(super) late: Vec<(Late, Vec<Placed>)>,
    handed: [Vec<Captured>; 2],
    pub(super) requests: u32,
    expectations: u32,
    compared: u32,
    blocked: Option<String>,
    began: Duration,
    took: Duration,
}

impl Played {
    /// Whether places differ, or something that should have been seen was not.
    fn has_something_to_tell(&self) -> bool {
        !self.judged.is_empty() || !self.late.is_empty() || self.lacks.contains(&Lack::Blocks)
    }
}

/// A judged place and where it stands.
pub(super) struct Placed {
    pub(super) step: String,
    pub(super) title: String,
    pub(super) before: Option<String>,
    line: usize,
    pub(super) judged: Judged,
}

const ROLES: [Role; 2] = [Role::Reference, Role::Candidate];

impl Duet {
    pub(super) fn half(&self, role: Role) -> &Half {
        match role {
            Role::Reference => &self.halves[0],
            Role::Candidate => &self.halves[1],
        }
    }

    fn naming(&self, live: &LiveHalf) -> Naming {
        Naming::new(live.secrets.clone(), Arc::clone(&live.origins))
    }

    fn terms(&self) -> Terms<'_> {
        Terms {
            fail_on: self.fail_on,
            approved: &self.approved,
            known: &self.known,
            today: self.began.date_naive(),
            slower_refresh: self.slower_refresh,
        }
    }

    async fn play(&self, case: &Arc<PlannedCase>, attempt: u32, handed: &[Vec<Captured>; 2]) -> Played {
        let mut played = Played { began: self.clock.now(), ..Played::default() };
        let [reference, candidate] = match self.both(case, handed) {
            Ok(sides) => sides,
            Err(reason) => {
                played.own = [Status::Blocked; 2];
                played.blocked = Some(reason);
                return played;
            }
        };
        let before = self.before.of(case, self.halves[1].name(), &self.recorder);
        let run =
            PairRun::new(pair::Setup { case: Arc::clone(case), reference, candidate, before, n_samples: self.n_samples, seed: self.seed });
        let outcome = self.drive(run, case, attempt, &mut played).await;
        played.own = outcome.own;
        let [reference, candidate] = outcome.outcomes;
        for (index, outcome) in [reference, candidate].into_iter().enumerate() {
            if let Some(outcome) = outcome {
                played.blocked = played.blocked.take().or(outcome.reason);
                played.handed[index] = outcome.captures;
            }
        }
        let pages = self.confirm_pages(outcome.pages, case, handed).await;
        for page in pages {
            let compared = page.conclude();
            for unseen in &compared.sides.now.unseen {
                let what = format!("{} of {} ({})", unseen.what, compared.title, compared.step);
                let lack = Event::NotObserved { what, why: unseen.why.clone(), lack: Lack::Blocks };
                self.take(lack, case, attempt, &mut played);
            }
            self.take(Event::Compared(Box::new(compared)), case, attempt, &mut played);
        }
        played.took = self.clock.now().saturating_sub(played.began);
        played
    }

    /// Both sides of a case, ready to begin.
    pub(super) fn both(&self, case: &Arc<PlannedCase>, handed: &[Vec<Captured>; 2]) -> Result<[pair::Side; 2], String> {
        let side = |index: usize| -> Result<pair::Side, String> {
            match &self.halves[index] {
                Half::Recorded(recall) => Ok(pair::Side::Recorded(recall.case(case.id.as_str()))),
                Half::Live(live) => Ok(pair::Side::Live(Box::new(Live {
                    setup: CaseSetup {
                        case: Arc::clone(case),
                        site: Arc::clone(&live.side.site),
                        surroundings: Arc::clone(&live.side.surroundings),
                        keep: prodiff_core::execute::Keep::ForComparison,
                        inherited: handed[index].clone(),
                        session: starting(case, &live.sessions)?,
                        seed: self.seed,
                        began: self.began,
                    },
                    naming: self.naming(live),
                }))),
            }
        };
        Ok([side(0)?, side(1)?])
    }

    async fn drive(&self, mut run: PairRun, case: &Arc<PlannedCase>, attempt: u32, played: &mut Played) -> Outcome {
        let mut stages = self.stages();
        let mut cancel = Cancel::new(&self.stop, self.clock);
        let phase = if matches!(case.part, Part::After) { Phase::CleanUp } else { Phase::Steps };
        let mut turn = run.advance(Input::Start, self.clock.now());
        loop {
            for event in turn.events {
                self.take(event, case, attempt, played);
            }
            if let Effect::Done(outcome) = turn.next {
                stages.end().await;
                return *outcome;
            }
            let input = tokio::select! {
                biased;
                reason = cancel.next(phase) => Input::Cancel(reason),
                input = self.perform(turn.next, &mut stages) => input,
            };
            turn = run.advance(input, self.clock.now());
        }
    }

    /// Where both sides of one case act.
    pub(super) fn stages(&self) -> Stages {
        let [reference, candidate] = ROLES.map(|role| self.half(role).live().map(|live| Stage::new(&live.side)));
        Stages::new(reference, candidate)
    }

    /// Carries an effect out and says what came of it.
    pub(super) async fn perform(&self, effect: Effect, stages: &mut Stages) -> Input {
        let token = CancellationToken::new();
        let _guard = token.clone().drop_guard();
        match effect {
            Effect::Done(_) => Input::Woke,
            Effect::Sleep(until) => {
                self.clock.sleep_until(until).await;
                Input::Woke
            }
            Effect::One { role, action } => Input::One(Box::new(stages.of(role).perform(action, &token).await)),
            Effect::Both { first, reference, candidate } => {
                let (reference, candidate) = stages.perform_both(first, reference, candidate, &token).await;
                Input::Both { reference: Box::new(reference), candidate: Box::new(candidate) }
            }
        }
    }

    fn take(&self, event: Event, case: &Arc<PlannedCase>, attempt: u32, played: &mut Played) {
        match event {
            Event::Side { role, event } => match event {
                CaseEvent::Secret { name, value } => self.recorder.learn(&name, &value),
                CaseEvent::Session { name, session } => {
                    if let Some(live) = self.half(role).live() {
                        live.sessions.save(&name, session);
                    }
                }
                CaseEvent::Step(trace) => self.step(&trace, role, case, attempt, played),
            },
            Event::NotObserved { what, why, lack } => {
                played.lacks.push(lack);
                if lack == Lack::Blocks {
                    played.blocked.get_or_insert_with(|| format!("not observed: {what}: {why}"));
                }
                played.not_observed.push(NotObserved { case: case.id.as_str().to_owned(), what, why });
            }
            Event::Compared(compared) => {
                played.compared += 1;
                played.requests += compared.requests;
                self.compared(*compared, case, played);
            }
        }
    }

    fn step(&self, trace: &StepTrace, role: Role, case: &PlannedCase, attempt: u32, played: &mut Played) {
        let Some(live) = self.half(role).live() else { return };
        self.recorder.learn_cookies(trace);
        // The record is read by people and by later comparisons: what the run learned is named as well.
        let mut secrets = live.secrets.clone();
        secrets.add_all(&self.recorder.secrets());
        let naming = Naming::new(secrets, Arc::clone(&live.origins));
        let reading = match &trace.seen {
            Seen::Exchange(exchange) | Seen::Earlier(exchange) => Some(Reading::of(&extract::Response::new(exchange), &naming)),
            Seen::Nothing | Seen::Fault(_) | Seen::Page(_) => None,
        };
        let author = Author { case, attempt, environment: &live.side.site.name, role };
        let page = observe::page(trace, case, &naming, &mut &*self.recorder);
        let step = observe::step(trace, reading.as_ref(), author, &naming, &mut |text| self.recorder.store(text)).with_page(page);
        played.requests += step.requests;
        played.expectations += u32::try_from(step.expectations.len()).unwrap_or(u32::MAX);
        played.failures.extend(step.failures.iter().cloned());
        self.recorder.put(&Entry::Step(Box::new(step)));
    }

    fn compared(&self, compared: Compared, case: &PlannedCase, played: &mut Played) {
        self.hide(compared.hidden.iter().cloned());
        let late = compared.late.clone();
        let placed = self.judge(&compared, case);
        let is_late = placed.iter().any(|placed| placed.judged.is_late());
        match late {
            Some(late) if is_late && self.settles => played.late.push((late, placed)),
            Some(_) | None => played.judged.extend(placed),
        }
    }

    pub(super) fn judge(&self, compared: &Compared, case: &PlannedCase) -> Vec<Placed> {
        let (places, hidden) = attribute::attribute(&compared.sides);
        self.hide(hidden);
        let line = step_line(case, &compared.step);
        judge_step(places, &self.terms())
            .into_iter()
            .map(|judged| Placed {
                step: compared.step.clone(),
                title: compared.title.clone(),
                before: compared.before_of(judged.aspect).map(str::to_owned),
                line,
                judged,
            })
            .collect()
    }

    pub(super) fn hide(&self, hidden: impl IntoIterator<Item = Hidden>) {
        let mut tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        for hidden in hidden {
            let entry = tally.hidden.entry((hidden.rule, hidden.path)).or_insert((0, hidden.why));
            entry.0 += hidden.count;
        }
    }

    /// Concludes a suite's `before` or `after`: a case of its own only where there is something to tell.
    fn conclude_part(&self, case: &PlannedCase, own: Status, mut played: Played) {
        if own == Status::Passed && !played.has_something_to_tell() {
            self.tell_unseen(&mut played);
            return;
        }
        let late = std::mem::take(&mut played.late);
        played.judged.extend(late.into_iter().flat_map(|(_, placed)| placed));
        self.conclude(case, 1, played);
    }

    /// Says what could not be looked at. Of several attempts the last one counts.
    fn tell_unseen(&self, played: &mut Played) {
        for unseen in std::mem::take(&mut played.not_observed) {
            self.recorder.put(&Entry::NotObserved(unseen));
        }
    }

    pub(super) fn conclude(&self, case: &PlannedCase, attempts: u32, mut played: Played) -> Status {
        self.tell_unseen(&mut played);
        if let Some(reason) = self.builds.ended(case.id.as_str(), played.began) {
            // What was seen meanwhile says nothing of either build.
            let unknown = Ended { status: Status::Blocked, reason: Some(reason), failures: Vec::new() };
            self.put_case(case, attempts, &played, unknown);
            return Status::Blocked;
        }
        let status = judge_case(played.own, played.judged.iter().map(|placed| &placed.judged), played.lacks.iter().copied());
        let status = if status == Status::Passed && attempts > 1 { Status::Flaky } else { status };
        let status = if status == Status::Passed && played.compared == 0 && played.expectations == 0 { Status::Blocked } else { status };
        let mut failures = std::mem::take(&mut played.failures);
        let failing: Vec<&Placed> = played.judged.iter().filter(|placed| placed.judged.judgement == Judgement::Fail).collect();
        failures.extend(failing.iter().take(MOST_FAILURES).map(|placed| self.failure(case, placed)));
        let reason = match status {
            Status::Blocked => played
                .blocked
                .take()
                .or_else(|| failures.iter().find(|failure| failure.status == Status::Blocked).map(|failure| failure.message.clone()))
                .or_else(|| Some(String::from("nothing was compared"))),
            Status::Unreviewed => played.judged.iter().find(|placed| placed.judged.judgement == Judgement::Unreviewed).map(|placed| {
                format!("{}: {} {}", placed.judged.verdict.name(), placed.judged.difference.kind.name(), placed.judged.difference.at)
            }),
            Status::Failed if failing.len() > MOST_FAILURES => {
                Some(format!("{} more differences in the findings", failing.len() - MOST_FAILURES))
            }
            Status::Failed | Status::Passed | Status::Flaky | Status::Skipped => None,
        };
        self.put_case(case, attempts, &played, Ended { status, reason, failures });
        let mut tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        tally.held.push((case.id.as_str().to_owned(), played.judged));
        if !self.builds.are_read() {
            tally.find(&BTreeMap::new());
        }
        status
    }

    fn put_case(&self, case: &PlannedCase, attempts: u32, played: &Played, ended: Ended) {
        let Ended { status, reason, failures } = ended;
        let (file, line) = case.span().map_or_else(|| (case.suite.source.name.clone(), 1), |span| (span.source.name.clone(), span.line()));
        self.recorder.put(&Entry::Case(Case {
            id: case.id.as_str().to_owned(),
            suite: case.suite.name.clone(),
            name: case.name(),
            tags: case.tags().into_iter().map(str::to_owned).collect(),
            status,
            attempts,
            duration_ms: milliseconds(played.took),
            file,
            line,
            reason,
            failures,
            requests: played.requests,
            expectations: played.expectations,
            snapshots: 0,
            compared: played.compared,
        }));
    }

    /// Takes up what a round of readings of builds says of the cases that ended since the last one.
    pub fn read(&self, round: &Round) {
        let mut tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        match round {
            Round::Steady => tally.find(&BTreeMap::new()),
            Round::Moved { cases, .. } => tally.find(cases),
            Round::Unknown => {}
        }
    }

    /// A failing place as its case tells it.
    fn failure(&self, case: &PlannedCase, placed: &Placed) -> Failure {
        let Judged { verdict, difference, reference, candidate, .. } = &placed.judged;
        let shown = |value: &Option<json::Json>| {
            value.as_ref().map_or_else(|| String::from("nothing"), |value| cut(&json::to_compact(value), SHOWN))
        };
        Failure {
            status: Status::Failed,
            environment: self.halves[1].name().to_owned(),
            file: case.suite.source.name.clone(),
            line: placed.line,
            column: 1,
            step: placed.title.clone(),
            message: format!("{}: {} {} at {}", verdict.name(), placed.judged.aspect.name(), difference.kind.name(), difference.at),
            expected: shown(reference),
            actual: shown(candidate),
            excerpt: String::new(),
            curl: String::new(),
            screenshot: String::new(),
        }
    }
}

/// Failing places that a case tells by itself; the findings hold all.
const MOST_FAILURES: usize = 3;
/// How much of a value such a place shows, in bytes; the findings hold more.
const SHOWN: usize = 300;

/// What a case starts with on one side.
fn starting(case: &PlannedCase, sessions: &Sessions) -> Result<Session, String> {
    match session(case) {
        None => Ok(Session::default()),
        Some(name) => sessions.get(name).ok_or_else(|| format!("session `{name}` was not saved")),
    }
}

/// The session a case starts from. A suite's own `before` and `after` start without.
fn session(case: &PlannedCase) -> Option<&str> {
    match &case.part {
        Part::Case(written) => written.session.as_ref().or(case.suite.session.as_ref()).map(|name| name.name.as_str()),
        Part::Before | Part::After => None,
    }
}

/// The line of a step by its address, `steps[0]`.
fn step_line(case: &PlannedCase, address: &str) -> usize {
    PlannedCase::sections()
        .into_iter()
        .flat_map(|section| case.steps(section).iter().enumerate().map(move |(index, step)| (section, index, step)))
        .find(|(section, index, _)| format!("{}[{index}]", section.key()) == address)
        .map_or(1, |(_, _, step)| step.span.line())
}

impl Play for Duet {
    type Handed = Arc<[Vec<Captured>; 2]>;

    async fn ready(&self, case: &Arc<PlannedCase>) {
        if let Some(name) = session(case) {
            for half in &self.halves {
                if let Some(live) = half.live() {
                    live.sessions.wait(name).await;
                }
            }
        }
    }

    async fn before(&self, case: Arc<PlannedCase>) -> Result<Self::Handed, String> {
        let mut played = self.play(&case, 1, &Default::default()).await;
        let own = played.own.into_iter().fold(Status::Passed, Status::worse);
        let handed = Arc::new(std::mem::take(&mut played.handed));
        if own != Status::Passed || played.has_something_to_tell() {
            self.recorder.put(&Entry::CaseStarted(observe::started(&case, played.began)));
        }
        self.conclude_part(&case, own, played);
        if own == Status::Passed { Ok(handed) } else { Err(format!("`{}` {own}", case.id)) }
    }

    async fn case(&self, case: Arc<PlannedCase>, handed: Vec<Self::Handed>) -> (Status, Option<Self::Handed>) {
        self.recorder.put(&Entry::CaseStarted(observe::started(&case, self.clock.now())));
        let of_side = |side: usize| handed.iter().flat_map(|handed| handed[side].iter().cloned()).collect();
        let handed = [of_side(0), of_side(1)];
        let mut attempt = 1;
        loop {
            let mut played = self.play(&case, attempt, &handed).await;
            let own = played.own.into_iter().fold(Status::Passed, Status::worse);
            // Retries never make a difference go away: only what could not be looked at is tried again.
            if own == Status::Blocked && attempt <= case.retries && self.stop.reason().is_none() {
                attempt += 1;
                continue;
            }
            // A difference is no reason not to look at what builds upon it.
            let handed_on = (own == Status::Passed).then(|| Arc::new(std::mem::take(&mut played.handed)));
            if !played.late.is_empty() {
                let mut tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
                tally.waiting.push(Waiting { case, attempts: attempt, played });
                return (Status::Unreviewed, handed_on);
            }
            return (self.conclude(&case, attempt, played), handed_on);
        }
    }

    async fn after(&self, case: Arc<PlannedCase>, handed: Option<Self::Handed>) {
        let handed = handed.map(|handed| (*handed).clone()).unwrap_or_default();
        let played = self.play(&case, 1, &handed).await;
        let own = played.own.into_iter().fold(Status::Passed, Status::worse);
        self.conclude_part(&case, own, played);
    }

    fn not_started(&self, case: &Arc<PlannedCase>, status: Status, reason: String) {
        let (file, line) = case.span().map_or_else(|| (case.suite.source.name.clone(), 1), |span| (span.source.name.clone(), span.line()));
        self.recorder.put(&Entry::Case(Case {
            id: case.id.as_str().to_owned(),
            suite: case.suite.name.clone(),
            name: case.name(),
            tags: case.tags().into_iter().map(str::to_owned).collect(),
            status,
            attempts: 0,
            duration_ms: 0.0,
            file,
            line,
            reason: Some(reason),
            failures: Vec::new(),
            requests: 0,
            expectations: 0,
            snapshots: 0,
            compared: 0,
        }));
    }

    fn no_more_sessions(&self, suite: &PlannedSuite) {
        for half in &self.halves {
            if let Some(live) = half.live() {
                live.sessions.ended(saved_sessions(&suite.suite.before));
            }
        }
    }
}
