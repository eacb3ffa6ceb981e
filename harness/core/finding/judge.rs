//! What a place means for its case.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use chrono::{DateTime, NaiveDate, Utc};

use super::{digest, fingerprint, severity};
use crate::{
    attribute::Attributed,
    compare::Difference,
    json::Json,
    known::{Approved, Known, Standing},
    noise::Decision,
    record::{Aspect, Severity, ValueDigests, Verdict},
};

/// A lagging row fails when it is older than this many times the slower environment's `refresh`.
const REFRESHES_LATE: u32 = 2;

/// More pairs of values than this in one step are kept as one combined pair: then all of them are accepted, or none.
const MAX_PAIRS_PER_STEP: usize = 200;

/// What a run holds differences against.
#[derive(Debug, Clone, Copy)]
pub struct Terms<'a> {
    /// The least severity that fails a case: `--fail-on`.
    pub fail_on: Severity,
    /// Changes that were approved.
    pub approved: &'a Approved,
    /// Differences that are lived with.
    pub known: &'a Known,
    /// The day of the run, in UTC.
    pub today: NaiveDate,
    /// How often the slower of both environments renews its data; nothing where neither says so.
    pub slower_refresh: Option<Duration>,
}

/// What a place does to its case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Judgement {
    /// It is listed.
    Pass,
    /// Somebody must look.
    Unreviewed,
    /// It fails.
    Fail,
}

/// One place, judged.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// The cause.
    pub fingerprint: String,
    /// What stood on both sides.
    pub values: ValueDigests,
    /// What it is.
    pub verdict: Verdict,
    /// How bad it is.
    pub severity: Severity,
    /// What it does to its case.
    pub judgement: Judgement,
    /// What was looked at.
    pub aspect: Aspect,
    /// The difference that names it.
    pub difference: Difference,
    /// How sure that is.
    pub decision: Decision,
    /// What the candidate had before.
    pub before: Option<Json>,
    /// What the reference has.
    pub reference: Option<Json>,
    /// What the candidate has.
    pub candidate: Option<Json>,
    /// What else made it so: who approved it, which day is over; may be empty.
    pub because: String,
}

impl Judged {
    /// Whether it is a change that has not reached the candidate: worth asking again until `settle` is over.
    #[must_use]
    pub fn is_late(&self) -> bool {
        self.verdict == Verdict::NotReleased
    }
}

/// Judges the places of one step of a comparison between environments.
#[must_use]
pub fn judge_step(places: Vec<Attributed>, terms: &Terms<'_>) -> Vec<Judged> {
    let fingerprints: Vec<String> = places.iter().map(|place| fingerprint(place.aspect, &place.difference)).collect();
    let values = values_by_cause(places.iter().map(|place| &place.difference), &fingerprints);
    places
        .into_iter()
        .zip(fingerprints)
        .zip(values)
        .map(|((place, fingerprint), values)| {
            let severity = severity(place.aspect, &place.difference);
            let (verdict, judgement, because) = judge(&place, &fingerprint, &values, severity, terms);
            let Attributed { aspect, difference, decision, before, reference, candidate, verdict: _ } = place;
            Judged {
                fingerprint,
                values,
                verdict,
                severity,
                judgement,
                aspect,
                difference,
                decision,
                before,
                reference,
                candidate,
                because,
            }
        })
        .collect()
}

/// Judges the differences of one snapshot from its baseline. Whatever its severity, one fails unless it is known.
#[must_use]
pub fn judge_changed(aspect: Aspect, differences: Vec<Difference>, terms: &Terms<'_>) -> Vec<Judged> {
    let fingerprints: Vec<String> = differences.iter().map(|difference| fingerprint(aspect, difference)).collect();
    let values = values_by_cause(differences.iter(), &fingerprints);
    let judged = |((difference, fingerprint), values): ((Difference, String), ValueDigests)| {
        let (verdict, judgement, because) = match standing(&fingerprint, &values, terms) {
            (true, because) => (Verdict::Standing, Judgement::Pass, because),
            (false, because) => (Verdict::Changed, Judgement::Fail, because),
        };
        Judged {
            severity: severity(aspect, &difference),
            decision: Decision::Unconfirmed { why: String::from("a baseline is not sampled") },
            before: None,
            reference: difference.expected.clone(),
            candidate: difference.actual.clone(),
            fingerprint,
            values,
            verdict,
            judgement,
            aspect,
            difference,
            because,
        }
    };
    differences.into_iter().zip(fingerprints).zip(values).map(judged).collect()
}

/// The digests of each place; one combined pair for all places of a cause that has too many.
fn values_by_cause<'a>(differences: impl Iterator<Item = &'a Difference>, fingerprints: &[String]) -> Vec<ValueDigests> {
    let single: Vec<ValueDigests> = differences.map(ValueDigests::of).collect();
    let mut by_cause: BTreeMap<&str, BTreeSet<&ValueDigests>> = BTreeMap::new();
    for (fingerprint, values) in fingerprints.iter().zip(&single) {
        by_cause.entry(fingerprint).or_default().insert(values);
    }
    let combined: BTreeMap<&str, ValueDigests> = by_cause
        .into_iter()
        .filter(|(_, values)| values.len() > MAX_PAIRS_PER_STEP)
        .map(|(cause, values)| (cause, ValueDigests::combined(values)))
        .collect();
    let chosen = |(fingerprint, single): (&String, &ValueDigests)| combined.get(fingerprint.as_str()).unwrap_or(single).clone();
    fingerprints.iter().zip(&single).map(chosen).collect()
}

fn judge(
    place: &Attributed,
    fingerprint: &str,
    values: &ValueDigests,
    severity: Severity,
    terms: &Terms<'_>,
) -> (Verdict, Judgement, String) {
    let (is_standing, because) = standing(fingerprint, values, terms);
    if is_standing {
        return (Verdict::Standing, Judgement::Pass, because);
    }
    let counts = if severity >= terms.fail_on { Judgement::Fail } else { Judgement::Pass };
    let (judgement, more) = match place.verdict {
        Verdict::CandidateOnly | Verdict::Diverged | Verdict::NotReleased | Verdict::Different | Verdict::Changed => {
            (counts, String::new())
        }
        Verdict::Released => match terms.approved.find(fingerprint, values) {
            Some(approval) => (Judgement::Pass, format!("approved by {} at {}", or_somebody(&approval.who), approval.when)),
            None => (Judgement::Unreviewed, String::from("not approved yet")),
        },
        Verdict::Unsure => (Judgement::Unreviewed, String::new()),
        Verdict::Lagging => lagging(place, terms),
        Verdict::Standing | Verdict::Gone | Verdict::Unchanged => (Judgement::Pass, String::new()),
    };
    (place.verdict, judgement, [because, more].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; "))
}

fn or_somebody(who: &str) -> &str {
    if who.is_empty() { "somebody" } else { who }
}

/// Whether a difference is lived with, and what is to be said of that.
fn standing(fingerprint: &str, values: &ValueDigests, terms: &Terms<'_>) -> (bool, String) {
    match terms.known.standing(fingerprint, values, terms.today) {
        Standing::Known(known) => (true, format!("known until {}: {} ({})", known.until, known.reason, known.owner)),
        Standing::Expired(known) => (false, format!("it was known until {}: {} ({})", known.until, known.reason, known.owner)),
        Standing::Changed(known) => (false, format!("a known difference ({}) that has changed", known.reason)),
        Standing::Unknown => (false, String::new()),
    }
}

/// A row of another version passes with its age, and fails when it is too late.
fn lagging(place: &Attributed, terms: &Terms<'_>) -> (Judgement, String) {
    let moments = (place.reference.as_ref().and_then(moment), place.candidate.as_ref().and_then(moment));
    let (Some(reference), Some(candidate)) = moments else {
        return (Judgement::Pass, String::from("of another version; how old it is, the versions do not say"));
    };
    let behind = if candidate < reference { "the candidate is behind" } else { "the reference is behind" };
    let age = (reference - candidate).abs().to_std().unwrap_or_default();
    let age_text = crate::value::format_duration(Duration::from_secs(age.as_secs()));
    match terms.slower_refresh.map(|refresh| refresh * REFRESHES_LATE) {
        Some(limit) if age > limit => {
            let limit = crate::value::format_duration(limit);
            (Judgement::Fail, format!("{behind} by {age_text}, more than twice the slower refresh ({limit})"))
        }
        Some(_) | None => (Judgement::Pass, format!("{behind} by {age_text}")),
    }
}

/// The moment that a version is, if it is one: RFC 3339, a date, epoch seconds or milliseconds.
fn moment(version: &Json) -> Option<DateTime<Utc>> {
    const FIRST_SECOND: i64 = 631_152_000; // 1990
    const LAST_SECOND: i64 = 4_102_444_800; // 2100
    match version {
        Json::String(text) => DateTime::parse_from_rfc3339(text)
            .map(|moment| moment.to_utc())
            .ok()
            .or_else(|| text.parse::<NaiveDate>().ok().and_then(|date| date.and_hms_opt(0, 0, 0)).map(|moment| moment.and_utc())),
        Json::Number(number) => match number.to_i64()? {
            seconds @ FIRST_SECOND..=LAST_SECOND => DateTime::from_timestamp(seconds, 0),
            milliseconds if (FIRST_SECOND * 1_000..=LAST_SECOND * 1_000).contains(&milliseconds) => {
                DateTime::from_timestamp_millis(milliseconds)
            }
            _ => None,
        },
        Json::Null | Json::Bool(_) | Json::List(_) | Json::Map(_) => None,
    }
}

impl ValueDigests {
    /// Of both sides of a difference.
    #[must_use]
    pub fn of(difference: &Difference) -> Self {
        Self { expected: digest(difference.expected.as_ref()), actual: digest(difference.actual.as_ref()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        compare::{Kind, Place, Weight},
        json::{Path, read},
        known::{Approval, KnownDifference},
    };

    fn attributed(verdict: Verdict, expected: &str, actual: &str) -> Attributed {
        let value = |text: &str| read(text).ok().map(|document| document.json);
        let (expected, actual) = (value(expected), value(actual));
        Attributed {
            aspect: Aspect::Body,
            verdict,
            decision: Decision::Steady { n_samples: 7 },
            before: expected.clone(),
            reference: expected.clone(),
            candidate: actual.clone(),
            difference: Difference {
                at: Place::Json(Path::root().key("a")),
                key: String::from("$.a"),
                pattern: String::from("$.a"),
                kind: Kind::Changed,
                expected,
                actual,
                weight: Weight::Full,
                transformation: String::from("number"),
                note: None,
            },
        }
    }

    fn check_with(terms: &Terms<'_>, place: Attributed, verdict: Verdict, judgement: Judgement, because: &str) {
        let judged = judge_step(vec![place], terms).remove(0);
        assert_eq!((judged.verdict, judged.judgement, judged.because.as_str()), (verdict, judgement, because));
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn with_terms(fail_on: Severity, approved: &[(&str, &str)], known: &[(&str, &str)], check: impl FnOnce(&Terms<'_>)) {
        let fingerprint = fingerprint(Aspect::Body, &attributed(Verdict::Released, "1", "2").difference);
        let values = |pairs: &[(&str, &str)]| {
            pairs.iter().map(|(one, two)| ValueDigests::of(&attributed(Verdict::Released, one, two).difference)).collect::<BTreeSet<_>>()
        };
        let (mut approvals, mut ledger) = (Approved::default(), Known::default());
        if !approved.is_empty() {
            approvals.add(Approval {
                fingerprint: fingerprint.clone(),
                what: String::new(),
                release: None,
                who: String::from("ada"),
                when: String::from("noon"),
                values: values(approved),
            });
        }
        if !known.is_empty() {
            ledger.add(KnownDifference {
                fingerprint,
                what: String::new(),
                reason: String::from("#12"),
                owner: String::from("bob"),
                until: day("2026-11-30"),
                cases: BTreeSet::new(),
                values: values(known),
            });
        }
        let today = day("2026-11-23");
        let refresh = Some(Duration::from_secs(3_600));
        check(&Terms { fail_on, approved: &approvals, known: &ledger, today, slower_refresh: refresh });
    }

    #[test]
    fn every_verdict_is_judged() {
        let rows = [
            (Verdict::CandidateOnly, Judgement::Fail, ""),
            (Verdict::Diverged, Judgement::Fail, ""),
            (Verdict::NotReleased, Judgement::Fail, ""),
            (Verdict::Different, Judgement::Fail, ""),
            (Verdict::Changed, Judgement::Fail, ""),
            (Verdict::Unsure, Judgement::Unreviewed, ""),
            (Verdict::Released, Judgement::Unreviewed, "not approved yet"),
            (Verdict::Lagging, Judgement::Pass, "of another version; how old it is, the versions do not say"),
            (Verdict::Standing, Judgement::Pass, ""),
            (Verdict::Gone, Judgement::Pass, ""),
            (Verdict::Unchanged, Judgement::Pass, ""),
        ];
        for (verdict, judgement, because) in rows {
            with_terms(Severity::Change, &[], &[], |terms| check_with(terms, attributed(verdict, "1", "2"), verdict, judgement, because));
        }
    }

    #[test]
    fn below_the_bar_it_is_listed() {
        with_terms(Severity::Breaking, &[], &[], |terms| {
            check_with(terms, attributed(Verdict::CandidateOnly, "1", "2"), Verdict::CandidateOnly, Judgement::Pass, "");
            check_with(terms, attributed(Verdict::Released, "1", "2"), Verdict::Released, Judgement::Unreviewed, "not approved yet");
        });
    }

    #[test]
    fn a_release_passes_with_the_values_that_were_approved_alone() {
        with_terms(Severity::Change, &[("1", "2")], &[], |terms| {
            check_with(terms, attributed(Verdict::Released, "1", "2"), Verdict::Released, Judgement::Pass, "approved by ada at noon");
            check_with(terms, attributed(Verdict::Released, "1.0", "2"), Verdict::Released, Judgement::Pass, "approved by ada at noon");
            check_with(terms, attributed(Verdict::Released, "1", "3"), Verdict::Released, Judgement::Unreviewed, "not approved yet");
            check_with(terms, attributed(Verdict::CandidateOnly, "1", "2"), Verdict::CandidateOnly, Judgement::Fail, "");
        });
    }

    #[test]
    fn a_known_difference_stands_until_its_day_or_its_values_change() {
        with_terms(Severity::Change, &[], &[("1", "2")], |terms| {
            let place = || attributed(Verdict::CandidateOnly, "1", "2");
            check_with(terms, place(), Verdict::Standing, Judgement::Pass, "known until 2026-11-30: #12 (bob)");
            let later = Terms { today: day("2026-12-01"), ..*terms };
            check_with(&later, place(), Verdict::CandidateOnly, Judgement::Fail, "it was known until 2026-11-30: #12 (bob)");
            let other = attributed(Verdict::CandidateOnly, "1", "3");
            check_with(terms, other, Verdict::CandidateOnly, Judgement::Fail, "a known difference (#12) that has changed");
        });
    }

    #[test]
    fn lagging_fails_when_it_is_older_than_twice_the_slower_refresh() {
        with_terms(Severity::Change, &[], &[], |terms| {
            let place = |one: &str, two: &str| attributed(Verdict::Lagging, one, two);
            let (early, late) = ("\"2026-11-23T08:00:00Z\"", "\"2026-11-23T10:00:00Z\"");
            check_with(terms, place(late, early), Verdict::Lagging, Judgement::Pass, "the candidate is behind by 2h");
            check_with(terms, place(early, late), Verdict::Lagging, Judgement::Pass, "the reference is behind by 2h");
            let later = "\"2026-11-23T10:00:01Z\"";
            let because = "the candidate is behind by 2h1s, more than twice the slower refresh (2h)";
            check_with(terms, place(later, early), Verdict::Lagging, Judgement::Fail, because);
            check_with(
                &Terms { slower_refresh: None, ..*terms },
                place(later, early),
                Verdict::Lagging,
                Judgement::Pass,
                "the candidate is behind by 2h1s",
            );
            check_with(terms, place("1700000000", "1700000060000"), Verdict::Lagging, Judgement::Pass, "the reference is behind by 1m");
        });
    }

    #[test]
    fn many_values_of_one_cause_are_accepted_together_or_not_at_all() {
        let places = |n: usize| (0..n).map(|n| attributed(Verdict::Released, &n.to_string(), "0")).collect::<Vec<_>>();
        with_terms(Severity::Change, &[], &[], |terms| {
            let few: BTreeSet<_> = judge_step(places(200), terms).into_iter().map(|judged| judged.values).collect();
            let many: BTreeSet<_> = judge_step(places(201), terms).into_iter().map(|judged| judged.values).collect();
            assert_eq!((few.len(), many.len()), (200, 1));
            let others: BTreeSet<_> = judge_step(places(202), terms).into_iter().map(|judged| judged.values).collect();
            assert_ne!(many, others);
        });
    }

    #[test]
    fn a_changed_snapshot_fails_whatever_the_bar_unless_it_is_known() {
        with_terms(Severity::Breaking, &[], &[("1", "2")], |terms| {
            let differences = |actual: &str| vec![attributed(Verdict::Changed, "1", actual).difference];
            let judged = |actual: &str| judge_changed(Aspect::Body, differences(actual), terms).remove(0);
            assert_eq!((judged("3").verdict, judged("3").judgement), (Verdict::Changed, Judgement::Fail));
            assert_eq!((judged("2").verdict, judged("2").judgement), (Verdict::Standing, Judgement::Pass));
        });
    }
}
