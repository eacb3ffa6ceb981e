//! Folds judged places into findings, one cause each.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Judged, Judgement, fingerprint,
    words::{self, Cause},
};
use crate::{
    compare::{self, Kind},
    json::{self, Json},
    known::KnownDifference,
    noise::Decision,
    record::{Aspect, Finding, Place, Readings, Severity, ValueDigests, Verdict},
};

/// How many places of a finding are kept: the smallest by case, step, path.
pub const MAX_PLACES: usize = 20;

/// How many pairs of values of a finding are kept. One with more cannot be accepted as a whole.
pub const MAX_DIGESTS: usize = 2_000;

/// How many findings are told apart. Beyond it a site that invents causes gets one finding a path pattern and kind.
const MAX_FINDINGS: usize = 5_000;

/// How much of a value is shown, in bytes.
const LONGEST_VALUE: usize = 2_000;

/// Where a place stands.
#[derive(Debug, Clone, Copy)]
pub struct Spot<'a> {
    /// The case's identity.
    pub case: &'a str,
    /// The step's address: `steps[0]`.
    pub step: &'a str,
    /// The step in words.
    pub title: &'a str,
    /// What it was held against.
    pub against: Against<'a>,
}

/// What a place was held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Against<'a> {
    /// Another environment, and the named record as *before*, if there is one.
    Environment {
        /// The record's name.
        before: Option<&'a str>,
    },
    /// An accepted baseline.
    Baseline,
}

/// The findings so far: counts, and the smallest places of each.
#[derive(Debug, Clone, Default)]
pub struct Findings {
    groups: BTreeMap<Key, Group>,
    fingerprints: BTreeSet<String>,
}

/// What is one finding: a cause that came out the same way.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    fingerprint: String,
    verdict: Verdict,
    judgement: Judgement,
}

#[derive(Debug, Clone)]
struct Group {
    severity: Severity,
    aspect: Aspect,
    kind: Kind,
    pattern: String,
    transformation: String,
    count: u64,
    /// With what they are sorted by.
    places: Vec<(PlaceKey, Place)>,
    digests: BTreeSet<ValueDigests>,
    digests_cut: bool,
    befores: BTreeSet<String>,
    has_before: bool,
    steady: u64,
    least_samples: u32,
    /// Of those that were not confirmed the first reason, by its text.
    unconfirmed: BTreeMap<String, u64>,
    because: BTreeMap<String, u64>,
}

type PlaceKey = (String, (String, usize), compare::Place);

impl Findings {
    /// Takes up one place. The order in which places come does not count.
    pub fn add(&mut self, spot: Spot<'_>, judged: &Judged) {
        let fingerprint = self.cause_of(judged);
        let key = Key { fingerprint, verdict: judged.verdict, judgement: judged.judgement };
        let difference = &judged.difference;
        let group = self.groups.entry(key).or_insert_with(|| Group {
            severity: judged.severity,
            aspect: judged.aspect,
            kind: difference.kind,
            pattern: difference.pattern.clone(),
            transformation: difference.transformation.clone(),
            count: 0,
            places: Vec::new(),
            digests: BTreeSet::new(),
            digests_cut: false,
            befores: BTreeSet::new(),
            has_before: false,
            steady: 0,
            least_samples: u32::MAX,
            unconfirmed: BTreeMap::new(),
            because: BTreeMap::new(),
        });
        group.add(spot, judged);
    }

    /// A known difference that was looked for and is not there any more.
    pub fn add_gone(&mut self, known: &KnownDifference) {
        let key = Key { fingerprint: known.fingerprint.clone(), verdict: Verdict::Gone, judgement: Judgement::Pass };
        let because = format!("{} ({}): {}", known.reason, known.owner, known.what);
        self.groups.entry(key).or_insert_with(|| Group {
            severity: Severity::Minor,
            aspect: Aspect::Body,
            kind: Kind::Removed,
            pattern: String::new(),
            transformation: known.what.clone(),
            count: 0,
            places: Vec::new(),
            digests: known.values.clone(),
            digests_cut: false,
            befores: BTreeSet::new(),
            has_before: false,
            steady: 0,
            least_samples: u32::MAX,
            unconfirmed: BTreeMap::new(),
            because: BTreeMap::from([(because, 1)]),
        });
    }

    /// The fingerprints of everything that was taken up, for what is known but gone.
    #[must_use]
    pub fn fingerprints(&self) -> &BTreeSet<String> {
        &self.fingerprints
    }

    /// The findings: what fails first, then by verdict, severity, and how often.
    #[must_use]
    pub fn finish(self) -> Vec<Finding> {
        let mut findings: Vec<Finding> = self.groups.into_iter().map(|(key, group)| group.finish(key)).collect();
        findings.sort_by(|one, two| {
            let by_worth = (two.fails, one.verdict, two.severity, two.count).cmp(&(one.fails, two.verdict, one.severity, one.count));
            by_worth.then_with(|| one.fingerprint.cmp(&two.fingerprint))
        });
        findings
    }

    fn cause_of(&mut self, judged: &Judged) -> String {
        // A fingerprint that was seen is known whatever else is full; what is too many goes by pattern and kind alone.
        if self.fingerprints.contains(&judged.fingerprint) {
            return judged.fingerprint.clone();
        }
        if self.fingerprints.len() >= MAX_FINDINGS {
            let difference = &judged.difference;
            return fingerprint::of_cause(judged.aspect, &difference.pattern, difference.kind.name(), "…");
        }
        self.fingerprints.insert(judged.fingerprint.clone());
        judged.fingerprint.clone()
    }
}

impl Group {
    fn add(&mut self, spot: Spot<'_>, judged: &Judged) {
        self.count += 1;
        self.severity = self.severity.max(judged.severity);
        if self.transformation != judged.difference.transformation {
            self.transformation = String::new();
        }
        if self.digests.len() < MAX_DIGESTS || self.digests.contains(&judged.values) {
            self.digests.insert(judged.values.clone());
        } else {
            self.digests_cut = true;
        }
        if let Against::Environment { before: Some(before) } = spot.against {
            self.has_before = true;
            if self.befores.len() < 3 {
                self.befores.insert(before.to_owned());
            }
        }
        match &judged.decision {
            Decision::Steady { n_samples } => {
                self.steady += 1;
                self.least_samples = self.least_samples.min(*n_samples);
            }
            Decision::Unconfirmed { why } => count_reason(&mut self.unconfirmed, why),
            Decision::Unsure { .. } | Decision::Noise(_) => count_reason(&mut self.unconfirmed, &judged.decision.to_string()),
        }
        if !judged.because.is_empty() {
            count_reason(&mut self.because, &judged.because);
        }
        let key = (spot.case.to_owned(), natural(spot.step), judged.difference.at.clone());
        let at = self.places.partition_point(|(known, _)| *known <= key);
        if at < MAX_PLACES {
            self.places.insert(at, (key, place(spot, judged)));
            self.places.truncate(MAX_PLACES);
        }
    }

    fn finish(self, key: Key) -> Finding {
        let cause = Cause { aspect: self.aspect, kind: self.kind, pattern: &self.pattern, transformation: &self.transformation };
        let summary = match key.verdict {
            Verdict::Gone => format!("no longer seen: {}", self.transformation),
            _ => words::summary(&cause, self.count),
        };
        Finding {
            summary,
            why: self.why(key.verdict),
            fails: key.judgement == Judgement::Fail,
            fingerprint: key.fingerprint,
            verdict: key.verdict,
            severity: self.severity,
            aspect: self.aspect,
            kind: self.kind.name().to_owned(),
            path: self.pattern,
            count: self.count,
            places: self.places.into_iter().map(|(_, place)| place).collect(),
            digests: self.digests.into_iter().collect(),
            digests_cut: self.digests_cut,
        }
    }

    fn why(&self, verdict: Verdict) -> String {
        let mut parts = vec![words::agreement(verdict, self.has_before).to_owned()];
        if !self.befores.is_empty() {
            parts.push(format!("before is {}", self.befores.iter().cloned().collect::<Vec<_>>().join(", ")));
        }
        let is_sampled = match verdict {
            Verdict::Changed | Verdict::Lagging | Verdict::Gone => false,
            Verdict::CandidateOnly
            | Verdict::Diverged
            | Verdict::NotReleased
            | Verdict::Different
            | Verdict::Unsure
            | Verdict::Released
            | Verdict::Standing
            | Verdict::Unchanged => true,
        };
        if is_sampled && self.steady > 0 {
            parts.push(format!("the same in {} more samples a side", self.least_samples));
        }
        if is_sampled {
            parts.extend(self.reasons(&self.unconfirmed));
        }
        parts.extend(self.reasons(&self.because));
        parts.join("; ")
    }

    /// Reasons with how many places have them, the most frequent first; at most three.
    fn reasons(&self, reasons: &BTreeMap<String, u64>) -> Vec<String> {
        let mut sorted: Vec<(&String, &u64)> = reasons.iter().collect();
        sorted.sort_by(|one, two| two.1.cmp(one.1).then(one.0.cmp(two.0)));
        let words = |(reason, count): (&String, &u64)| match *count == self.count || self.count == 0 {
            true => reason.clone(),
            false => format!("{count} of {}: {reason}", self.count),
        };
        sorted.into_iter().take(3).map(words).collect()
    }
}

/// Counts a reason; of very many different ones only the first are told apart.
fn count_reason(reasons: &mut BTreeMap<String, u64>, reason: &str) {
    const MOST: usize = 50;
    if reasons.len() < MOST || reasons.contains_key(reason) {
        *reasons.entry(reason.to_owned()).or_default() += 1;
    }
}

fn place(spot: Spot<'_>, judged: &Judged) -> Place {
    let is_json = matches!(judged.difference.at, compare::Place::Json(_));
    let text = |json: &Option<Json>| json.as_ref().map(|json| shown(json, is_json));
    let readings = match spot.against {
        Against::Environment { .. } => {
            Readings::Compare { before: text(&judged.before), reference: text(&judged.reference), candidate: text(&judged.candidate) }
        }
        Against::Baseline => Readings::Run { expected: text(&judged.difference.expected), actual: text(&judged.difference.actual) },
    };
    Place { case: spot.case.to_owned(), step: spot.title.to_owned(), at: judged.difference.at.to_string(), readings }
}

/// A value for people: JSON as JSON, a header or a line as it is; cut.
fn shown(value: &Json, is_json: bool) -> String {
    let text = match value {
        Json::String(text) if !is_json => text.clone(),
        Json::String(_) | Json::Null | Json::Bool(_) | Json::Number(_) | Json::List(_) | Json::Map(_) => json::to_compact(value),
    };
    if text.len() <= LONGEST_VALUE {
        return text;
    }
    let end = (0..=LONGEST_VALUE).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    format!("{}…", &text[..end])
}

/// `steps[10]` behind `steps[9]`.
fn natural(step: &str) -> (String, usize) {
    let (section, index) = step.split_once('[').unwrap_or((step, ""));
    (section.to_owned(), index.trim_end_matches(']').parse().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        attribute::Attributed,
        compare::Options,
        finding::{Terms, judge_changed, judge_step},
        json::read,
        known::{Approved, Known},
    };

    fn judged(expected: &str, actual: &str, verdict: Verdict) -> Vec<Judged> {
        let (one, two) = (read(expected).unwrap().json, read(actual).unwrap().json);
        let places = compare::json(&one, &two, &Options::default()).differences.into_iter().map(|difference| Attributed {
            aspect: Aspect::Body,
            verdict,
            decision: Decision::Steady { n_samples: 7 },
            before: difference.expected.clone(),
            reference: difference.expected.clone(),
            candidate: difference.actual.clone(),
            difference,
        });
        judge_step(places.collect(), &terms(&Approved::default(), &Known::default()))
    }

    fn terms<'a>(approved: &'a Approved, known: &'a Known) -> Terms<'a> {
        let today = chrono::NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();
        Terms { fail_on: Severity::Change, approved, known, today, slower_refresh: None }
    }

    fn spot<'a>(case: &'a str, step: &'a str) -> Spot<'a> {
        Spot { case, step, title: "GET /x", against: Against::Environment { before: Some("run-1") } }
    }

    fn check(findings: Findings, expected: &[&str]) {
        let seen: Vec<String> = findings
            .finish()
            .iter()
            .map(|finding| format!("{} {} x{} {}", finding.verdict.name(), finding.severity.name(), finding.count, finding.summary))
            .collect();
        assert_eq!(seen, expected);
    }

    #[test]
    fn rows_with_one_cause_are_one_finding() {
        let row = |n: usize, layer: &str| format!(r#"{{"name":"p{n}","layers":["image","{layer}"]}}"#);
        let list = |layer: &str| format!("[{}]", (0..23).map(|n| row(n, layer)).collect::<Vec<_>>().join(","));
        let mut findings = Findings::default();
        for judged in judged(&list("points{1}"), &list("points"), Verdict::CandidateOnly) {
            findings.add(spot("a", "steps[0]"), &judged);
        }
        check(findings, &["candidate-only change x23 `points{1}` → `points` in `$[*].layers[*]`, 23 rows"]);
    }

    #[test]
    fn what_fails_comes_first_and_verdicts_stay_apart() {
        let mut findings = Findings::default();
        for (verdict, actual) in
            [(Verdict::Released, "2"), (Verdict::Different, "3"), (Verdict::CandidateOnly, "4"), (Verdict::CandidateOnly, "1.0")]
        {
            for judged in judged("[1]", &format!("[{actual}]"), verdict) {
                findings.add(spot("a", "steps[0]"), &judged);
            }
        }
        check(
            findings,
            &[
                "candidate-only change x1 number changed in `$[*]`",
                "different change x1 number changed in `$[*]`",
                "candidate-only minor x1 number form changed in `$[*]`",
                "released change x1 number changed in `$[*]`",
            ],
        );
    }

    #[test]
    fn twenty_places_are_kept_the_smallest_whatever_the_order() {
        let mut findings = Findings::default();
        for n in (0..100).rev() {
            let step = format!("steps[{n}]");
            for judged in judged("{\"a\":1}", "{\"a\":2}", Verdict::Different) {
                findings.add(spot(if n % 2 == 0 { "a" } else { "b" }, &step), &judged);
            }
        }
        let finding = findings.finish().remove(0);
        assert_eq!((finding.count, finding.places.len()), (100, MAX_PLACES));
        assert!(finding.places.iter().all(|place| place.case == "a"));
        let why =
            "the candidate and the reference differ, each within tolerance of before; before is run-1; the same in 7 more samples a side";
        assert_eq!(finding.why, why);
        let value = |text: &str| Some(text.to_owned());
        assert_eq!(
            finding.places[0],
            Place {
                case: String::from("a"),
                step: String::from("GET /x"),
                at: String::from("$.a"),
                readings: Readings::Compare { before: value("1"), reference: value("1"), candidate: value("2") },
            }
        );
    }

    #[test]
    fn a_snapshot_against_its_baseline_groups_alike() {
        let (one, two) = (read(r#"{"a":"x"}"#).unwrap().json, read(r#"{"a":null}"#).unwrap().json);
        let differences = compare::json(&one, &two, &Options::default()).differences;
        let same_cause = judged(r#"{"a":"y"}"#, r#"{"a":null}"#, Verdict::CandidateOnly)[0].fingerprint.clone();
        let mut findings = Findings::default();
        for judged in judge_changed(Aspect::Body, differences, &terms(&Approved::default(), &Known::default())) {
            findings.add(Spot { against: Against::Baseline, ..spot("a", "steps[0]") }, &judged);
        }
        let finding = findings.finish().remove(0);
        assert_eq!(
            (finding.verdict, finding.fails, finding.why.as_str()),
            (Verdict::Changed, true, "this run differs from the accepted baseline")
        );
        assert_eq!(finding.fingerprint, same_cause);
        let readings = Readings::Run { expected: Some(String::from("\"x\"")), actual: Some(String::from("null")) };
        assert_eq!(finding.places[0].readings, readings);
    }

    #[test]
    fn hostile_numbers_of_causes_and_values_stay_within_bounds() {
        let mut findings = Findings::default();
        for n in 0..MAX_FINDINGS + 500 {
            for judged in
                judged(r#"{"a":"x"}"#, &format!("{{\"a\":\"word {}\"}}", "y".repeat(n % 36) + &"z".repeat(n / 36)), Verdict::Different)
            {
                findings.add(spot("a", "steps[0]"), &judged);
            }
        }
        assert!(findings.groups.len() <= MAX_FINDINGS + 1);
        let mut findings = Findings::default();
        for n in 0..=MAX_DIGESTS {
            for judged in judged("[-1]", &format!("[{n}]"), Verdict::Different) {
                findings.add(spot("a", "steps[0]"), &judged);
            }
        }
        let cut: Vec<(usize, bool)> = findings.finish().iter().map(|finding| (finding.digests.len(), finding.digests_cut)).collect();
        assert!(cut.iter().any(|(n, _)| *n > 1) && cut.iter().all(|(n, _)| *n <= MAX_DIGESTS), "{cut:?}");
    }
}
