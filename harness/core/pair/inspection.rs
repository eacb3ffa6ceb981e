//! One step on both sides: compares what was answered, and asks again to see whether it would differ again.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use chrono::{DateTime, Utc};

use super::{
    Effect, Input, ROLES, first,
    observation::{Answer, Closeness, compare_answers},
    past::Past,
    place,
    sample::{self, Index, Sample, Volatile},
    stray::Strays,
};
use crate::{
    action::{Action, CookieJar, HttpRequest},
    attribute::{self, Contrast, Seen, ThreeWay},
    compare::{Kind, Statement},
    environment::site::Site,
    execute::{
        call::{Flight, Leg},
        trace::Replay,
    },
    extract,
    mask::Naming,
    noise::{Decision, Shown, Tally, Variation},
    normalise::Rules,
    observation::{Exchange, Fault, Observation},
    reading::Reading,
    record::{Aspect, Hidden, Role, Verdict},
};

/// One step of both sides, compared, confirmed, and ready to be judged.
#[derive(Debug)]
pub struct Compared {
    /// The step's address: `steps[0]`.
    pub step: String,
    /// The step in words.
    pub title: String,
    /// Whose request went first.
    pub first: Role,
    /// The readings, compared two by two; noise is gone.
    pub sides: ThreeWay,
    /// The record or the baseline that was *before*, if there was one.
    pub before: Option<String>,
    /// What rules and noise hid.
    pub hidden: Vec<Hidden>,
    /// How the comparison went about it.
    pub statements: Vec<Statement>,
    /// Requests that samples sent, both sides and hops included.
    pub requests: u32,
    /// What is needed to ask again, for changes that have not reached the candidate yet; nothing where it cannot be asked again.
    pub late: Option<Late>,
}

impl Compared {
    /// The name of what was *before* in that aspect.
    #[must_use]
    pub fn before_of(&self, aspect: Aspect) -> Option<&str> {
        self.before.as_deref().filter(|_| self.sides.before.as_ref().is_some_and(|before| before.holds.tells(aspect)))
    }
}

/// Everything that is needed to ask a step again, later.
#[derive(Debug, Clone)]
pub struct Late {
    pub(super) question: Question,
}

/// What is asked of one step.
#[derive(Debug, Clone)]
pub(super) struct Question {
    pub(super) step: String,
    pub(super) title: String,
    pub(super) rules: Rules,
    pub(super) closeness: Closeness,
    pub(super) before: Option<Past>,
    pub(super) sides: [Asking; 2],
    pub(super) n_samples: u32,
    pub(super) dice: u64,
    pub(super) first: Role,
}

/// How a side can be asked again.
#[derive(Debug, Clone)]
pub(super) enum Asking {
    /// By the same resolved request with the cookies from before the step.
    Again { replay: Replay, site: Arc<Site>, naming: Naming, began: DateTime<Utc> },
    /// By playing the whole pair again, after it ended: whoever drives it hands the samples over.
    Later,
    /// Not at all.
    Never { why: String },
}

/// A step being compared.
#[derive(Debug)]
pub struct Inspection {
    question: Question,
    /// The first looks; `None` until they were taken.
    answers: Option<[Answer; 2]>,
    findings: Option<Looked>,
    air: [Option<Air>; 2],
    round: u32,
    requests: u32,
    cancelled: bool,
}

/// What the first looks came to, and what samples said of it since.
#[derive(Debug)]
struct Looked {
    now: Contrast,
    before: Option<attribute::Before>,
    /// One for each difference of `now`.
    tallies: Vec<Tally>,
    /// Differences from before that runs of one build had among each other.
    varied_before: Vec<Seen>,
    /// Differences from before that both sides share, by their place in the candidate's comparison, ascending.
    released: Vec<(usize, Tally)>,
    /// Lists that are longer on one side: whichever rows a random choice takes, how many it takes may be steady.
    lengths: Vec<Length>,
    volatile: Volatile,
    /// What varies and may be wrong all the same.
    strays: Strays,
}

/// A list that is longer on one side.
#[derive(Debug)]
struct Length {
    aspect: Aspect,
    list: String,
    /// By how many rows the candidate's is longer; below zero where it is shorter.
    by: i64,
    tally: Tally,
}

/// One request of a side under way.
#[derive(Debug)]
struct Air {
    flight: Flight,
    jar: CookieJar,
    state: Flying,
}

#[derive(Debug)]
enum Flying {
    Next(Box<HttpRequest>),
    Landed(Answer),
}

impl Late {
    /// Asks the step again: both sides from the start, and confirmed as before.
    #[must_use]
    pub fn again(&self) -> Inspection {
        Inspection::new(self.question.clone(), None)
    }
}

/// What an inspection needs next.
#[derive(Debug)]
pub enum Next {
    /// Perform this and say what was seen.
    Effect(Box<Effect>),
    /// Nothing: this is what it came to.
    Done(Box<Compared>),
}

impl Inspection {
    pub(super) fn new(question: Question, answers: Option<[Answer; 2]>) -> Self {
        Self { question, answers, findings: None, air: [None, None], round: 0, requests: 0, cancelled: false }
    }

    /// Takes what came of the last effect, `at` after the run began. Begins with `Input::Start`; a cancelled one decides on what
    /// it has. It never sleeps.
    pub fn advance(&mut self, input: Input, at: Duration) -> Next {
        match input {
            Input::Start | Input::Woke => {}
            Input::Both { reference, candidate } => {
                self.landed(Role::Reference, *reference, at);
                self.landed(Role::Candidate, *candidate, at);
            }
            Input::One(observed) => {
                let waiting = ROLES.into_iter().find(|role| matches!(&self.air[place(*role)], Some(Air { state: Flying::Next(_), .. })));
                if let Some(role) = waiting {
                    self.landed(role, *observed, at);
                }
            }
            Input::Cancel(_) => {
                self.cancelled = true;
                self.air = [None, None];
            }
        }
        loop {
            if let Some(effect) = self.effect() {
                return Next::Effect(Box::new(effect));
            }
            if self.air.iter().any(Option::is_some) {
                self.take_sample();
            }
            if self.answers.is_none() {
                if self.cancelled || !self.take_off(at) {
                    let why = || Answer::Fault { name: String::from("not asked again"), blocks: true };
                    self.answers = Some([why(), why()]);
                }
                continue;
            }
            if self.findings.is_none() {
                self.look();
            }
            if !self.wants_samples() || !self.take_off(at) {
                return Next::Done(Box::new(self.finish()));
            }
        }
    }

    /// The requests that are ready to go.
    fn effect(&self) -> Option<Effect> {
        let ready = |role: Role| match &self.air[place(role)] {
            Some(Air { state: Flying::Next(request), .. }) => Some(Action::Http(HttpRequest::clone(request))),
            Some(Air { state: Flying::Landed(_), .. }) | None => None,
        };
        match (ready(Role::Reference), ready(Role::Candidate)) {
            (Some(reference), Some(candidate)) => {
                Some(Effect::Both { first: first(self.question.dice, u64::from(self.round)), reference, candidate })
            }
            (Some(action), None) => Some(Effect::One { role: Role::Reference, action }),
            (None, Some(action)) => Some(Effect::One { role: Role::Candidate, action }),
            (None, None) => None,
        }
    }

    /// Sends the request again on every side that can be asked. Says whether any can.
    fn take_off(&mut self, at: Duration) -> bool {
        self.round += 1;
        for role in ROLES {
            let Asking::Again { replay, site, began, .. } = &self.question.sides[place(role)] else { continue };
            // A copy: what a sample sets is nobody's cookie.
            let jar = replay.jar.clone();
            let (flight, leg) = Flight::begin(Arc::clone(&replay.call), Arc::clone(site), &jar, now(*began, at));
            let state = self.state(role, leg);
            self.air[place(role)] = Some(Air { flight, jar, state });
        }
        self.air.iter().any(Option::is_some)
    }

    fn landed(&mut self, role: Role, observed: Result<Observation, Fault>, at: Duration) {
        let Some(Air { mut flight, mut jar, state: Flying::Next(_) }) = self.air[place(role)].take() else { return };
        let Asking::Again { began, .. } = &self.question.sides[place(role)] else { return };
        let answer = observed.and_then(Observation::into_http);
        let leg = flight.answered(answer, &mut jar, now(*began, at));
        let state = self.state(role, leg);
        if let Flying::Landed(_) = state {
            self.requests += flight.sent();
        }
        self.air[place(role)] = Some(Air { flight, jar, state });
    }

    fn state(&self, role: Role, leg: Leg) -> Flying {
        match leg {
            Leg::Send(request) => Flying::Next(Box::new(request)),
            Leg::Landed(landed) => match (*landed, &self.question.sides[place(role)]) {
                (Ok(exchange), Asking::Again { naming, .. }) => Flying::Landed(answer(&exchange, naming)),
                (Ok(_), Asking::Later) => Flying::Landed(Answer::Fault { name: String::from("not asked by itself"), blocks: true }),
                (Ok(_), Asking::Never { why }) => Flying::Landed(Answer::Fault { name: why.clone(), blocks: true }),
                (Err(fault), _) => Flying::Landed(Answer::from(&fault)),
            },
        }
    }

    /// Takes up what a round of requests yielded: the first looks, or one sample.
    fn take_sample(&mut self) {
        let landed = |air: Option<Air>| match air {
            Some(Air { state: Flying::Landed(answer), .. }) => Some(answer),
            Some(Air { state: Flying::Next(_), .. }) | None => None,
        };
        let [reference, candidate] = std::mem::take(&mut self.air).map(landed);
        if self.answers.is_none() {
            if let (Some(reference), Some(candidate)) = (reference, candidate) {
                self.answers = Some([reference, candidate]);
                // The first looks are no sample.
                self.round = 0;
            }
            return;
        }
        self.sample([reference, candidate]);
    }

    /// Takes up one sample of each side; a side that was not sampled stands as it was seen.
    pub(super) fn sample(&mut self, sampled: [Option<Answer>; 2]) {
        let (Some(firsts), Some(looked)) = (&self.answers, &mut self.findings) else { return };
        let compare = |expected: &Answer, actual: &Answer| compare_answers(expected, actual, &self.question.rules, self.question.closeness);
        let within: [Option<Contrast>; 2] = ROLES.map(|role| {
            let seen = sampled[place(role)].as_ref().filter(|answer| answer.came() || !firsts[place(role)].came())?;
            Some(compare(&firsts[place(role)], seen))
        });
        // A side that is not sampled stands as it was seen.
        let [reference, candidate] = ROLES.map(|role| sampled[place(role)].as_ref().unwrap_or(&firsts[place(role)]));
        let is_lost = |role: Role| sampled[place(role)].as_ref().is_some_and(|answer| !answer.came()) && firsts[place(role)].came();
        let between = (!ROLES.into_iter().any(is_lost)).then(|| compare(reference, candidate));
        for role in ROLES {
            if let Some(contrast) = &within[place(role)] {
                looked.volatile.add(contrast, role, self.round);
            }
        }
        let shown = Sample { within: [0, 1].map(|side| within[side].as_ref().map(Index::new)), between: between.as_ref().map(Index::new) };
        looked.strays.take(&looked.now, [0, 1].map(|side| shown.within[side].as_ref()));
        for (seen, tally) in looked.now.differences.iter().zip(&mut looked.tallies) {
            if tally.is_open(self.question.n_samples) {
                tally.add(shown.shows(seen));
            }
        }
        let within_lengths = within.iter().flatten().map(sample::lengths).collect::<Vec<_>>();
        let lengths = between.as_ref().map(sample::lengths);
        for Length { aspect, list, by, tally } in &mut looked.lengths {
            let place = (*aspect, list.as_str());
            if tally.is_open(self.question.n_samples) {
                tally.add(match &lengths {
                    None => Shown::Nothing,
                    Some(lengths)
                        if lengths.get(&place) == Some(by) && within_lengths.iter().all(|within| !within.contains_key(&place)) =>
                    {
                        Shown::Again
                    }
                    Some(_) => Shown::Varied(Variation::Between),
                });
            }
        }
        if let Some(before) = &looked.before {
            for (at, tally) in &mut looked.released {
                if tally.is_open(self.question.n_samples) {
                    tally.add(shown.shows_of_both(&before.candidate.differences[*at]));
                }
            }
        }
    }

    /// Compares the first looks, and with what was before.
    fn look(&mut self) {
        let Question { rules, closeness, before, .. } = &self.question;
        let [reference, candidate] = self.answers.as_ref().expect("the first looks were taken");
        let now = compare_answers(reference, candidate, rules, *closeness);
        let mut varied_before = Vec::new();
        let before = before.as_ref().filter(|_| *closeness == Closeness::Values).and_then(|before| {
            let ([of_reference, of_candidate], varied) = before.compare([reference, candidate], rules)?;
            varied_before = varied;
            let decisions = undecided(&of_candidate);
            Some(attribute::Before { decisions, candidate: of_candidate, reference: of_reference, holds: before.holds() })
        });
        let mut sides = ThreeWay { decisions: undecided(&now), now, before };
        let (places, _) = attribute::attribute(&sides);
        let released: HashSet<(Aspect, &str, Kind)> = places
            .iter()
            .filter(|place| place.verdict == Verdict::Released)
            .map(|place| (place.aspect, place.difference.key.as_str(), place.difference.kind))
            .collect();
        let is_released = |seen: &Seen| released.contains(&(seen.aspect, seen.difference.key.as_str(), seen.difference.kind));
        let released = sides.before.iter().flat_map(|before| before.candidate.differences.iter().enumerate());
        let released = released.filter(|(_, seen)| is_released(seen)).map(|(at, _)| (at, Tally::default())).collect();
        let lengths = sample::lengths(&sides.now).into_iter();
        let mut lengths: Vec<Length> =
            lengths.map(|((aspect, list), by)| Length { aspect, list: list.to_owned(), by, tally: Tally::default() }).collect();
        lengths.sort_by(|one, two| (one.aspect, &one.list).cmp(&(two.aspect, &two.list)));
        self.findings = Some(Looked {
            lengths,
            tallies: vec![Tally::default(); sides.now.differences.len()],
            strays: Strays::new(&sides.now),
            now: std::mem::take(&mut sides.now),
            before: sides.before,
            varied_before,
            released,
            volatile: Volatile::default(),
        });
    }

    /// One that is sampled by playing the whole pair again, looked at.
    pub(super) fn of_page(question: Question, answers: [Answer; 2]) -> Self {
        let mut inspection = Self::new(question, Some(answers));
        inspection.look();
        inspection
    }

    /// What was first seen on both sides.
    pub(super) fn looks(&self) -> Option<&[Answer; 2]> {
        self.answers.as_ref()
    }

    /// One sample more was taken: the round counts.
    pub(super) fn next_round(&mut self) {
        self.round += 1;
    }

    /// Ends it where no further sample will come: what is still open is not confirmed.
    pub(super) fn conclude(mut self) -> Compared {
        self.finish()
    }

    pub(super) fn wants_samples(&self) -> bool {
        let n_samples = self.question.n_samples;
        let Some(looked) = &self.findings else { return false };
        let is_open = |tally: &Tally| tally.is_open(n_samples);
        !self.cancelled
            && (looked.tallies.iter().any(is_open)
                || looked.released.iter().any(|(_, tally)| is_open(tally))
                || looked.lengths.iter().any(|length| is_open(&length.tally))
                || looked.strays.are_open(&looked.now, n_samples, |at| looked.tallies[at].decide().is_noise()))
    }

    fn finish(&mut self) -> Compared {
        let looked = self.findings.take().expect("both sides were looked at");
        let Looked { now, before, varied_before, tallies, released, lengths, mut volatile, strays } = looked;
        let never = self.question.sides.iter().find_map(|side| match side {
            Asking::Never { why } => Some(why.clone()),
            Asking::Again { .. } | Asking::Later => None,
        });
        let cancelled = self.cancelled.then(|| String::from("the run was told to end"));
        // What one side alone was sampled for is noise or not known.
        let decide = |tally: &Tally| match (tally.decide(), never.as_ref().or(cancelled.as_ref())) {
            (decision @ Decision::Noise(_), _) => decision,
            (_, Some(why)) => Decision::Unconfirmed { why: why.clone() },
            (decision, None) => decision,
        };
        let mut hidden = Hiding::default();
        hidden.rules(&now);
        for seen in &varied_before {
            hidden.volatile(seen, "varied by itself before: another run of the same build had there what there is now");
        }
        let (mut now, mut decisions, mut noise) = (now, Vec::new(), Vec::new());
        let mut decided: Vec<Decision> = tallies.iter().map(&decide).collect();
        let rows = if lengths.is_empty() { HashMap::new() } else { rows_by_list(&now) };
        for length in &lengths {
            let kind = if length.by > 0 { Kind::Added } else { Kind::Removed };
            if let Some(rows) = rows.get(&(length.aspect, length.list.clone(), kind)) {
                length.keep(rows, &mut now, &mut decided, &decide(&length.tally));
            }
        }
        let mut wrong: HashSet<String> = HashSet::new();
        for found in strays.wrong(&now) {
            if decided[found.at].is_noise() {
                let difference = &mut now.differences[found.at].difference;
                wrong.insert(difference.key.clone());
                difference.transformation = found.transformation;
                difference.note = Some(found.note);
                decided[found.at] = Decision::Steady { n_samples: found.n_samples };
            }
        }
        let mut decided = decided.into_iter();
        now.differences.retain(|seen| match decided.next().expect("each difference was decided") {
            Decision::Noise(evidence) => {
                hidden.volatile(seen, &evidence.to_string());
                noise.push((seen.clone(), evidence));
                false
            }
            decision => {
                decisions.push(decision);
                true
            }
        });
        now.n_differences -= noise.len();
        for (seen, evidence) in &noise {
            volatile.add_noise(seen, evidence);
        }
        let before = before.map(|before| {
            let attribute::Before { mut candidate, mut reference, holds, .. } = before;
            let mut decisions: Vec<Decision> = Vec::new();
            let mut at = 0;
            candidate.differences.retain(|seen| {
                at += 1;
                let tally = released.binary_search_by_key(&(at - 1), |(known, _)| *known).ok().map(|found| &released[found].1);
                let decision = tally.map_or(Decision::Unconfirmed { why: String::from("it needed no sample") }, &decide);
                if let Decision::Noise(evidence) = &decision {
                    hidden.volatile(seen, &evidence.to_string());
                    return false;
                }
                let explained = match tally {
                    Some(_) => volatile.explains_of_both(seen),
                    None => volatile.explains(seen),
                };
                let is_wrong = seen.aspect == Aspect::Body && wrong.contains(&seen.difference.key);
                if explained.is_some() && !is_wrong {
                    return false;
                }
                decisions.push(decision);
                true
            });
            reference.differences.retain(|seen| volatile.explains(seen).is_none());
            attribute::Before { candidate, decisions, reference, holds }
        });
        let statements = std::mem::take(&mut now.statements);
        let record = before.as_ref().and(self.question.before.as_ref()).map(|past| past.name().to_owned());
        let can_be_asked = never.is_none() && !self.question.sides.iter().any(|side| matches!(side, Asking::Later));
        Compared {
            step: self.question.step.clone(),
            title: self.question.title.clone(),
            first: self.question.first,
            sides: ThreeWay { now, decisions, before },
            before: record,
            hidden: hidden.0.into_values().collect(),
            statements,
            requests: self.requests,
            late: can_be_asked.then(|| Late { question: self.question.clone() }),
        }
    }
}

/// The places of rows that came to or went from each list.
fn rows_by_list(now: &Contrast) -> HashMap<(Aspect, String, Kind), Vec<usize>> {
    let mut rows: HashMap<_, Vec<usize>> = HashMap::new();
    for (at, Seen { aspect, difference }) in now.differences.iter().enumerate() {
        if let Some(list) = sample::list_of(difference) {
            rows.entry((*aspect, list.to_owned(), difference.kind)).or_default().push(at);
        }
    }
    rows
}

impl Length {
    /// Of rows that come and go, keeps as many as the list is longer or shorter by on one side in every sample.
    fn keep(&self, rows: &[usize], now: &mut Contrast, decided: &mut [Decision], decision: &Decision) {
        match decision {
            Decision::Steady { .. } => {}
            Decision::Noise(_) | Decision::Unsure { .. } | Decision::Unconfirmed { .. } => return,
        }
        let n_steady = rows.iter().filter(|at| !decided[**at].is_noise()).count();
        let n_missing = usize::try_from(self.by.unsigned_abs()).unwrap_or(usize::MAX).saturating_sub(n_steady);
        let noise: Vec<usize> = rows.iter().copied().filter(|at| decided[*at].is_noise()).take(n_missing).collect();
        let word = if self.by > 0 { "longer" } else { "shorter" };
        for at in noise {
            decided[at] = decision.clone();
            let difference = &mut now.differences[at].difference;
            // Which row it is differs from one look to the next: it is no part of the cause.
            difference.transformation = String::new();
            difference.note = Some(format!("the list is {word} by {} in every sample, whichever rows it has", self.by.unsigned_abs()));
        }
    }
}

fn undecided(contrast: &Contrast) -> Vec<Decision> {
    vec![Decision::Unconfirmed { why: String::new() }; contrast.differences.len()]
}

fn now(began: DateTime<Utc>, at: Duration) -> DateTime<Utc> {
    began + chrono::Duration::from_std(at).unwrap_or_default()
}

/// A response, named.
pub(super) fn answer(exchange: &Exchange, naming: &Naming) -> Answer {
    Answer::Reading(Arc::new(Reading::of(&extract::Response::new(exchange), naming)))
}

/// What was hidden, by rule and path.
#[derive(Default)]
struct Hiding(BTreeMap<(String, String), Hidden>);

impl Hiding {
    fn rules(&mut self, contrast: &Contrast) {
        for hidden in &contrast.hidden {
            let count = u64::try_from(hidden.count).unwrap_or(u64::MAX);
            self.add(hidden.rule, &hidden.path, count, "the suite says so");
        }
    }

    fn volatile(&mut self, seen: &Seen, why: &str) {
        self.add("volatile", &seen.difference.pattern, 1, why);
    }

    fn add(&mut self, rule: &str, path: &str, count: u64, why: &str) {
        let (rule, path) = (rule.to_owned(), path.to_owned());
        let hidden = self.0.entry((rule.clone(), path.clone()));
        hidden.or_insert_with(|| Hidden { rule, path, count: 0, why: why.to_owned() }).count += count;
    }
}
