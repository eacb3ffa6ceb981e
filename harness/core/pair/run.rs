//! The pair: two cases step by step, each step compared before the next begins.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use chrono::{DateTime, Utc};

use super::{
    Effect, Input, ROLES,
    again::PageQuestion,
    first,
    half::Half,
    inspection::{Asking, Compared, Inspection, Next, Question},
    observation::{Answer, Closeness},
    past::Past,
    place,
    side::{Asked, Before, Live, Recorded, Side},
};
use crate::{
    action::Action,
    environment::site::Site,
    execute::{
        self, CaseRun,
        trace::{self, Captured, Replay},
    },
    finding::Lack,
    json::{self, Json},
    mask::Naming,
    observation::{Fault, Observation},
    plan::{PlannedCase, Section},
    record::Role,
    suite::model::{Compare, Step, Verb},
    verdict::Status,
};

/// What a pair begins with.
#[derive(Debug)]
pub struct Setup {
    /// The case, as both sides play it.
    pub case: Arc<PlannedCase>,
    /// The side that shows how it should be.
    pub reference: Side,
    /// The side that is judged.
    pub candidate: Side,
    /// What the candidate environment answered before the release.
    pub before: Option<Before>,
    /// Samples a side at most: `--confirm`.
    pub n_samples: u32,
    /// The seed of the run.
    pub seed: u64,
}

/// Something that a pair tells while it runs.
#[derive(Debug)]
pub enum Event {
    /// A side's case told something: a secret to mask, a session to keep, a step that ended.
    Side {
        /// Which side.
        role: Role,
        /// What it told.
        event: trace::Event,
    },
    /// A step was compared.
    Compared(Box<Compared>),
    /// Something could not be looked at.
    NotObserved {
        /// What.
        what: String,
        /// Why.
        why: String,
        /// Whether that blocks the case.
        lack: Lack,
    },
}

/// What an input led to.
#[derive(Debug)]
pub struct Turn {
    /// What happened, in order.
    pub events: Vec<Event>,
    /// What the pair needs next.
    pub next: Effect,
}

/// What became of both sides, before their differences are judged.
#[derive(Debug)]
pub struct Outcome {
    /// What each side came to by itself, reference first; a record came to nothing by itself. Where neither side answered a
    /// step, that step is blocked, not failed.
    pub own: [Status; 2],
    /// What became of the cases, reference first; nothing for a record.
    pub outcomes: [Option<execute::Outcome>; 2],
    /// The pages that were compared, each with what it still wants to know.
    pub pages: Vec<PageQuestion>,
}

/// Where a step stands in the case.
type Address = (Section, usize);

/// Two cases in lock-step.
#[derive(Debug)]
pub struct PairRun {
    case: Arc<PlannedCase>,
    sides: [Player; 2],
    before: Option<Before>,
    n_samples: u32,
    dice: u64,
    n_pairs: u64,
    first_of: BTreeMap<Address, Role>,
    /// Steps that one side has ended and the other has not.
    halves: BTreeMap<Address, [Option<Half>; 2]>,
    ready: VecDeque<Address>,
    inspection: Option<Box<Inspection>>,
    pages: Vec<PageQuestion>,
    own: [Status; 2],
    cancelled: bool,
    events: Vec<Event>,
}

/// One side while it runs.
#[derive(Debug)]
enum Player {
    Live(Box<Living>),
    Recorded(Recorded),
}

#[derive(Debug)]
struct Living {
    run: CaseRun,
    site: Arc<Site>,
    began: DateTime<Utc>,
    naming: Naming,
    pending: Pending,
    captures: Vec<Captured>,
}

/// What a side waits for.
#[derive(Debug)]
enum Pending {
    /// Nothing was asked of it yet.
    Nothing,
    Action(Box<Action>),
    Sleep(Duration),
    /// Its action is under way.
    Flying,
    Done(Box<execute::Outcome>),
}

impl PairRun {
    /// A pair ready to begin.
    #[must_use]
    pub fn new(setup: Setup) -> Self {
        let Setup { case, reference, candidate, before, n_samples, seed } = setup;
        let player = |side: Side| match side {
            Side::Recorded(recorded) => Player::Recorded(recorded),
            Side::Live(live) => {
                let Live { setup, naming } = *live;
                let (site, began) = (Arc::clone(&setup.site), setup.began);
                Player::Live(Box::new(Living {
                    run: CaseRun::new(setup),
                    site,
                    began,
                    naming,
                    pending: Pending::Nothing,
                    captures: Vec::new(),
                }))
            }
        };
        let dice = case.id.as_str().bytes().fold(seed, |dice, byte| dice.rotate_left(5) ^ u64::from(byte));
        Self {
            case,
            sides: [player(reference), player(candidate)],
            before,
            n_samples,
            dice,
            n_pairs: 0,
            first_of: BTreeMap::new(),
            halves: BTreeMap::new(),
            ready: VecDeque::new(),
            inspection: None,
            pages: Vec::new(),
            own: [Status::Passed; 2],
            cancelled: false,
            events: Vec::new(),
        }
    }

    /// Takes what came of the last effect, `at` after the run began, and says what is needed next.
    pub fn advance(&mut self, input: Input, at: Duration) -> Turn {
        let effect = match input {
            Input::Cancel(reason) => {
                self.cancelled = true;
                for role in ROLES {
                    if !self.is_done(role) {
                        self.step(role, execute::Input::Cancel(reason.clone()), at);
                    }
                }
                self.inspect(Input::Cancel(reason), at)
            }
            input if self.inspection.is_some() => self.inspect(input, at),
            Input::Start => {
                for role in ROLES {
                    self.step(role, execute::Input::Start, at);
                }
                self.compare_records();
                None
            }
            Input::Both { reference, candidate } => {
                self.observed(Role::Reference, reference, at);
                self.observed(Role::Candidate, candidate, at);
                None
            }
            Input::One(observed) => {
                let flying = ROLES.into_iter().find(|role| matches!(self.living(*role).map(|side| &side.pending), Some(Pending::Flying)));
                if let Some(role) = flying {
                    self.observed(role, observed, at);
                }
                None
            }
            Input::Woke => {
                for role in ROLES {
                    if matches!(self.living(role).map(|side| &side.pending), Some(Pending::Sleep(until)) if *until <= at) {
                        self.step(role, execute::Input::Woke, at);
                    }
                }
                None
            }
        };
        let next = effect.unwrap_or_else(|| self.next(at));
        Turn { events: std::mem::take(&mut self.events), next }
    }

    fn living(&self, role: Role) -> Option<&Living> {
        match &self.sides[place(role)] {
            Player::Live(living) => Some(living),
            Player::Recorded(_) => None,
        }
    }

    fn is_done(&self, role: Role) -> bool {
        self.living(role).is_none_or(|side| matches!(side.pending, Pending::Done(_)))
    }

    fn observed(&mut self, role: Role, observed: Box<Result<Observation, Fault>>, at: Duration) {
        if matches!(self.living(role).map(|side| &side.pending), Some(Pending::Flying)) {
            self.step(role, execute::Input::Observed(observed), at);
        }
    }

    /// Carries one side on, and takes up what it tells.
    fn step(&mut self, role: Role, input: execute::Input, at: Duration) {
        let Player::Live(side) = &mut self.sides[place(role)] else { return };
        let execute::Turn { events, next } = side.run.advance(input, at);
        side.pending = match next {
            execute::Effect::Perform(action) => Pending::Action(Box::new(action)),
            execute::Effect::Sleep(until) => Pending::Sleep(until),
            execute::Effect::Done(outcome) => {
                if outcome.reason.is_some() {
                    self.own[place(role)] = self.own[place(role)].worse(Status::Blocked);
                }
                Pending::Done(Box::new(outcome))
            }
        };
        for event in events {
            self.tell(role, event);
        }
    }

    fn tell(&mut self, role: Role, event: trace::Event) {
        let Player::Live(side) = &mut self.sides[place(role)] else { return };
        match &event {
            trace::Event::Secret { name, value } => {
                let mut secrets = side.naming.secrets().clone();
                // One that is too short to be told from other text has no name.
                if secrets.add(name, value).is_ok() {
                    side.naming = side.naming.with_secrets(secrets);
                }
            }
            trace::Event::Session { .. } => {}
            trace::Event::Step(trace) => {
                side.captures.extend(trace.captures.iter().cloned());
                let address = (trace.section, trace.index);
                let step = &self.case.steps(trace.section)[trace.index];
                let half = Half::of(trace, step, &side.naming, &side.site);
                let other = ROLES[1 - place(role)];
                let recorded = match &self.sides[place(other)] {
                    Player::Recorded(recorded) => Some(Half::recorded(recorded, &trace.path())),
                    Player::Live(_) => None,
                };
                let halves = self.halves.entry(address).or_default();
                halves[place(role)] = Some(half);
                if let Some(recorded) = recorded {
                    halves[place(other)] = recorded;
                    self.ready.push_back(address);
                } else if halves.iter().all(Option::is_some) {
                    self.ready.push_back(address);
                }
            }
        }
        self.events.push(Event::Side { role, event });
    }

    /// Two records have all their steps at once.
    fn compare_records(&mut self) {
        let [Player::Recorded(reference), Player::Recorded(candidate)] = &self.sides else { return };
        for section in PlannedCase::sections() {
            for index in 0..self.case.steps(section).len() {
                let path = format!("{}[{index}]", section.key());
                let halves = [Half::recorded(reference, &path), Half::recorded(candidate, &path)];
                if halves.iter().any(Option::is_some) {
                    self.halves.insert((section, index), halves);
                    self.ready.push_back((section, index));
                }
            }
        }
    }

    /// Carries the comparison of a step on. Returns nothing when there is none under way any more.
    fn inspect(&mut self, input: Input, at: Duration) -> Option<Effect> {
        match self.inspection.as_mut()?.advance(input, at) {
            Next::Effect(effect) => Some(*effect),
            Next::Done(compared) => {
                self.inspection = None;
                for unseen in &compared.sides.now.unseen {
                    let what = format!("{} of {} ({})", unseen.what, compared.title, compared.step);
                    self.events.push(Event::NotObserved { what, why: unseen.why.clone(), lack: Lack::Blocks });
                }
                self.events.push(Event::Compared(compared));
                None
            }
        }
    }

    fn next(&mut self, at: Duration) -> Effect {
        while let Some(address) = self.ready.pop_front() {
            if let Some(effect) = self.compare(address, at) {
                return effect;
            }
        }
        self.effect()
    }

    /// What the sides wait for: the one that is behind goes first, both together when they are at the same step.
    fn effect(&mut self) -> Effect {
        let position = |role: Role| self.living(role).and_then(|side| side.run.position());
        let is_behind = |role: Role, other: Role| match (self.is_done(role), self.is_done(other)) {
            (true, _) => false,
            (false, true) => true,
            (false, false) => position(role) <= position(other),
        };
        let [reference, candidate] = ROLES;
        match (is_behind(reference, candidate), is_behind(candidate, reference)) {
            (true, true) => self.effect_of_both(),
            (true, false) => self.effect_of(reference),
            (false, true) => self.effect_of(candidate),
            (false, false) => self.done(),
        }
    }

    fn effect_of_both(&mut self) -> Effect {
        let pending = ROLES.map(|role| self.living(role).map(|side| &side.pending));
        match pending {
            [Some(Pending::Action(_)), Some(Pending::Action(_))] => {
                let [Some(reference), Some(candidate)] = ROLES.map(|role| self.take_action(role)) else {
                    unreachable!("both sides wait for an action")
                };
                let goes_first = first(self.dice, self.n_pairs);
                self.n_pairs += 1;
                if let Some(address) = self.living(Role::Reference).and_then(|side| side.run.position()) {
                    self.first_of.entry(address).or_insert(goes_first);
                }
                Effect::Both { first: goes_first, reference, candidate }
            }
            [Some(Pending::Sleep(one)), Some(Pending::Sleep(two))] => Effect::Sleep(*one.min(two)),
            // One retries while the other has its answer still to come: the answer first, a sleep that is over does no harm.
            [Some(Pending::Action(_)), _] => self.effect_of(Role::Reference),
            [_, Some(Pending::Action(_))] => self.effect_of(Role::Candidate),
            _ => self.done(),
        }
    }

    fn effect_of(&mut self, role: Role) -> Effect {
        if let Some(action) = self.take_action(role) {
            return Effect::One { role, action };
        }
        match self.living(role).map(|side| &side.pending) {
            Some(Pending::Sleep(until)) => Effect::Sleep(*until),
            Some(Pending::Nothing | Pending::Action(_) | Pending::Flying | Pending::Done(_)) | None => self.done(),
        }
    }

    fn take_action(&mut self, role: Role) -> Option<Action> {
        let Player::Live(side) = &mut self.sides[place(role)] else { return None };
        match std::mem::replace(&mut side.pending, Pending::Flying) {
            Pending::Action(action) => Some(*action),
            other => {
                side.pending = other;
                None
            }
        }
    }

    /// Both sides are over: what one alone reached was not observed on the other.
    fn done(&mut self) -> Effect {
        for (address, halves) in std::mem::take(&mut self.halves) {
            for role in ROLES {
                let Some(half) = &halves[place(role)] else { continue };
                self.own[place(role)] = self.own[place(role)].worse(half.status);
                if half.answer.is_some() && self.is_compared(address) {
                    self.not_reached(address, &half.title, ROLES[1 - place(role)]);
                }
            }
        }
        let outcomes = ROLES.map(|role| match &mut self.sides[place(role)] {
            Player::Live(side) => match std::mem::replace(&mut side.pending, Pending::Nothing) {
                Pending::Done(outcome) => Some(*outcome),
                Pending::Nothing | Pending::Action(_) | Pending::Sleep(_) | Pending::Flying => None,
            },
            Player::Recorded(_) => None,
        });
        Effect::Done(Box::new(Outcome { own: self.own, outcomes, pages: std::mem::take(&mut self.pages) }))
    }

    fn not_reached(&mut self, address: Address, title: &str, role: Role) {
        let side = side_name(role);
        let (why, lack) = match &self.sides[place(role)] {
            Player::Live(_) => (format!("the {side} did not reach this step"), Lack::Blocks),
            Player::Recorded(recorded) => (format!("{} ({side}) does not hold this step", recorded.record), Lack::Counted),
        };
        self.events.push(Event::NotObserved { what: format!("{title} ({})", path(address)), why, lack });
    }

    fn is_compared(&self, (section, index): Address) -> bool {
        match self.case.steps(section).get(index).map(|step| step.compare) {
            Some(Compare::Yes) => true,
            Some(Compare::No) | None => false,
        }
    }

    /// Compares a step that both sides have ended. Returns what is needed to confirm what differs.
    fn compare(&mut self, address: Address, at: Duration) -> Option<Effect> {
        let [reference, candidate] = self.halves.remove(&address)?;
        let (reference, candidate) = match (reference, candidate) {
            (Some(reference), Some(candidate)) => (reference, candidate),
            (reference, candidate) => {
                self.halves.insert(address, [reference, candidate]);
                return None;
            }
        };
        let both_lack = matches!((&reference.answer, &candidate.answer), (Some(Answer::Fault { .. }), Some(Answer::Fault { .. })));
        for (role, half) in ROLES.into_iter().zip([&reference, &candidate]) {
            // What neither side answers says nothing of their difference.
            let status = if both_lack { half.status.min(Status::Blocked) } else { half.status };
            self.own[place(role)] = self.own[place(role)].worse(status);
        }
        if !self.is_compared(address) || reference.is_foreign || candidate.is_foreign {
            return None;
        }
        let title = candidate.title.clone();
        let answers = match (&reference.answer, &candidate.answer) {
            (Some(one), Some(two)) => [one.clone(), two.clone()],
            (None, None) => return None,
            (Some(_), None) => {
                self.unsent(address, &title, Role::Candidate, reference.is_page());
                return None;
            }
            (None, Some(_)) => {
                self.unsent(address, &title, Role::Reference, candidate.is_page());
                return None;
            }
        };
        let is_page = reference.is_page() || candidate.is_page();
        let closeness = self.closeness(address, &title, &reference, &candidate);
        let step = &self.case.steps(address.0)[address.1];
        let before = self.before.as_ref().and_then(|before| match before {
            Before::Record { newest, same_build } => {
                let answer = |recorded: &Recorded| {
                    let step = recorded.steps.get(&path(address))?;
                    // What was asked otherwise before says nothing of now.
                    let is_same = step.asked.is_none() || candidate.asked.is_none() || step.asked == candidate.asked;
                    is_same.then(|| step.answer.clone())
                };
                let others = same_build.iter().filter_map(answer).collect();
                Some(Past::Record { record: newest.record.clone(), answer: answer(newest)?, others })
            }
            Before::Baselines(accepted) => accepted.get(&path(address)).cloned().map(Past::Baseline),
        });
        let question = Question {
            step: path(address),
            rules: self.case.rules(step),
            closeness,
            before,
            n_samples: if self.cancelled { 0 } else { self.n_samples },
            dice: self.dice,
            first: self.first_of.get(&address).copied().unwrap_or(Role::Reference),
            sides: [self.asking(Role::Reference, reference.replay, step), self.asking(Role::Candidate, candidate.replay, step)],
            title,
        };
        if is_page {
            let step = question.step.clone();
            self.pages.push(PageQuestion { step, inspection: Inspection::of_page(question, answers) });
            return None;
        }
        self.inspection = Some(Box::new(Inspection::new(question, Some(answers))));
        self.inspect(Input::Start, at)
    }

    fn unsent(&mut self, address: Address, title: &str, role: Role, is_page: bool) {
        let lacks = if is_page { "did not come to show this page" } else { "sent no request" };
        let (what, why) = (format!("{title} ({})", path(address)), format!("the {} {lacks}", side_name(role)));
        self.events.push(Event::NotObserved { what, why, lack: Lack::Blocks });
    }

    /// Requests that differ are answered differently: then only the shapes of the answers say something.
    fn closeness(&mut self, address: Address, title: &str, reference: &Half, candidate: &Half) -> Closeness {
        let (Some(one), Some(two)) = (&reference.asked, &candidate.asked) else { return Closeness::Values };
        if one == two {
            return Closeness::Values;
        }
        let captures = self.differing_captures(one, two);
        let why = match &captures[..] {
            [] => format!("the requests differ: `{}` and `{}`", one.url, two.url),
            [name] => format!("the requests differ, as capture `{name}` does"),
            names => {
                let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
                format!("the requests differ, as captures {} do", names.join(", "))
            }
        };
        let what = format!("values of {title} ({})", path(address));
        self.events.push(Event::NotObserved { what, why, lack: Lack::Blocks });
        Closeness::Shape
    }

    /// The captures that the two sides have different values of: those that stand in the requests, else all.
    fn differing_captures(&self, reference: &Asked, candidate: &Asked) -> Vec<String> {
        let captures = ROLES.map(|role| {
            let captures = self.living(role).map(|side| &side.captures).into_iter().flatten();
            captures.map(|captured| (captured.name.as_str(), &captured.value)).collect::<BTreeMap<&str, &Json>>()
        });
        let [one, two] = captures;
        let differing: Vec<(&str, &Json, &Json)> = one
            .iter()
            .filter_map(|(name, value)| two.get(name).map(|other| (*name, *value, *other)))
            .filter(|(_, one, two)| one != two)
            .collect();
        let stands_in = |value: &Json, asked: &Asked| match value {
            Json::String(text) => asked.mentions(text),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::List(_) | Json::Map(_) => asked.mentions(&json::to_compact(value)),
        };
        let standing: Vec<String> = differing
            .iter()
            .filter(|(_, one, two)| stands_in(one, reference) && stands_in(two, candidate))
            .map(|(name, _, _)| (*name).to_owned())
            .collect();
        if standing.is_empty() { differing.into_iter().map(|(name, _, _)| name.to_owned()).collect() } else { standing }
    }

    fn asking(&self, role: Role, replay: Option<Replay>, step: &Step) -> Asking {
        let never = |why: String| Asking::Never { why };
        let side = match &self.sides[place(role)] {
            Player::Live(side) => side,
            Player::Recorded(recorded) => return never(format!("{} is a record, which cannot be asked again", recorded.record)),
        };
        if let Verb::Page(_) = &step.verb {
            return Asking::Later;
        }
        let Some(replay) = replay else { return never(String::from("its request is not known any more")) };
        let repeatable = match &step.verb {
            Verb::Http(http) => http.repeatable,
            Verb::Look | Verb::Pause(_) | Verb::SaveSession(_) | Verb::Page(_) => Some(false),
        };
        match repeatable {
            Some(false) => never(String::from("the step says `repeatable: false`")),
            None if !replay.call.is_repeatable() => never(format!("{} is not sent again without `repeatable: true`", replay.call.method)),
            Some(true) | None => Asking::Again { replay, site: Arc::clone(&side.site), naming: side.naming.clone(), began: side.began },
        }
    }
}

fn path((section, index): Address) -> String {
    format!("{}[{index}]", section.key())
}

fn side_name(role: Role) -> &'static str {
    match role {
        Role::Reference => "reference",
        Role::Candidate => "candidate",
    }
}
