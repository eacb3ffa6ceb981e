//! The verdict of each place, by which of the three readings agree there.

use std::collections::{HashMap, HashSet};

use super::{Contrast, Seen};
use crate::{
    compare::{Difference, Kind, Place, Skew, Weight},
    json::{self, Json},
    noise::Decision,
    record::{Aspect, Hidden, Verdict},
};

/// Whether two readings agree at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Agreement {
    /// They do, within the rules and noise.
    Equal,
    /// They do not.
    Different,
}

/// How *before* agrees with the two sides of now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BeforeAgreement {
    /// Candidate and before.
    pub candidate: Agreement,
    /// Reference and before.
    pub reference: Agreement,
}

/// The verdict of a place: the truth table, row by row.
///
/// Nothing differs where the answer is `Unchanged`; with a *before* that only the candidate left, within tolerance of the
/// reference, the caller lists the tolerance.
#[must_use]
pub fn verdict(candidate_and_reference: Agreement, before: Option<BeforeAgreement>) -> Verdict {
    use Agreement::{Different, Equal};
    let Some(BeforeAgreement { candidate, reference }) = before else {
        return match candidate_and_reference {
            Equal => Verdict::Unchanged,
            Different => Verdict::Different,
        };
    };
    match (candidate_and_reference, candidate, reference) {
        (Equal, Equal, Equal | Different) => Verdict::Unchanged,
        (Equal, Different, Different) => Verdict::Released,
        (Equal, Different, Equal) => Verdict::Unchanged,
        (Different, Different, Equal) => Verdict::CandidateOnly,
        (Different, Equal, Different) => Verdict::NotReleased,
        (Different, Different, Different) => Verdict::Diverged,
        (Different, Equal, Equal) => Verdict::Different,
    }
}

/// The three readings of one step, compared two by two; noise is gone from all of them.
#[derive(Debug, Clone, PartialEq)]
pub struct ThreeWay {
    /// Reference (expected) and candidate (actual).
    pub now: Contrast,
    /// What was decided of each difference of `now`, in their order.
    pub decisions: Vec<Decision>,
    /// Before and the two sides, when there is a before.
    pub before: Option<Before>,
}

/// The comparisons with *before*.
#[derive(Debug, Clone, PartialEq)]
pub struct Before {
    /// Before (expected) and candidate (actual).
    pub candidate: Contrast,
    /// What was decided of each difference of `candidate`, in their order.
    pub decisions: Vec<Decision>,
    /// Before (expected) and reference (actual).
    pub reference: Contrast,
    /// How much of the answer *before* tells.
    pub holds: Holds,
}

/// How much of an answer *before* tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// A record has everything.
    Everything,
    /// A baseline has the body: in other aspects there is no before.
    BodyAlone,
}

impl Holds {
    /// Whether there is a before in that aspect.
    #[must_use]
    pub fn tells(self, aspect: Aspect) -> bool {
        match self {
            Self::Everything => true,
            Self::BodyAlone => aspect == Aspect::Body,
        }
    }
}

/// One place with its verdict.
#[derive(Debug, Clone, PartialEq)]
pub struct Attributed {
    /// What was looked at.
    pub aspect: Aspect,
    /// The difference that names it: from before to candidate for what the release changed, else from reference to candidate.
    pub difference: Difference,
    /// What it is.
    pub verdict: Verdict,
    /// How sure that is.
    pub decision: Decision,
    /// What the candidate had before; nothing where it had nothing or there is no before.
    pub before: Option<Json>,
    /// What the reference has.
    pub reference: Option<Json>,
    /// What the candidate has.
    pub candidate: Option<Json>,
}

/// Every place where the three do not agree, in the order of the comparisons, and what tolerance let pass.
#[must_use]
pub fn attribute(sides: &ThreeWay) -> (Vec<Attributed>, Vec<Hidden>) {
    let mut attributed = Vec::new();
    let before = sides.before.as_ref().map(|before| (Index::new(&before.candidate), Index::new(&before.reference)));
    for (seen, decision) in sides.now.differences.iter().zip(&sides.decisions) {
        let is_told = sides.before.as_ref().is_some_and(|before| before.holds.tells(seen.aspect));
        attributed.push(now(seen, decision, before.as_ref().filter(|_| is_told)));
    }
    attributed.extend(sides.now.skewed.iter().map(lagging));
    let mut hidden = Vec::new();
    if let (Some(before), Some((_, reference))) = (&sides.before, &before) {
        let now = Index::new(&sides.now);
        for (seen, decision) in before.candidate.differences.iter().zip(&before.decisions) {
            let difference = &seen.difference;
            if now.covers(seen, Shared { own: &difference.actual, other: &difference.expected, side: SideOf::Actual }).is_some() {
                continue;
            }
            let at_reference =
                reference.covers(seen, Shared { own: &difference.expected, other: &difference.actual, side: SideOf::Expected });
            match at_reference {
                Some(_) => attributed.push(released(seen, decision)),
                None => hide(&mut hidden, &difference.pattern),
            }
        }
    }
    (attributed, hidden)
}

fn now(seen: &Seen, decision: &Decision, before: Option<&(Index<'_>, Index<'_>)>) -> Attributed {
    let difference = &seen.difference;
    let (reference, candidate) = (difference.expected.clone(), difference.actual.clone());
    let found = before.map(|(with_candidate, with_reference)| {
        let of_candidate = Shared { own: &difference.actual, other: &difference.expected, side: SideOf::Actual };
        let of_reference = Shared { own: &difference.expected, other: &difference.actual, side: SideOf::Actual };
        (with_candidate.covers(seen, of_candidate), with_reference.covers(seen, of_reference))
    });
    let agreement = |covered: Option<Covered<'_>>| if covered.is_some() { Agreement::Different } else { Agreement::Equal };
    let agreements =
        found.map(|(candidate, reference)| BeforeAgreement { candidate: agreement(candidate), reference: agreement(reference) });
    let before = found.and_then(|found| match found {
        (None, _) => candidate.clone(),
        (Some(Covered::Here(other)), _) => other.difference.expected.clone(),
        (Some(Covered::Above), None) => reference.clone(),
        (Some(Covered::Above), Some(Covered::Here(other))) => other.difference.expected.clone(),
        // Something above the place came or went: before had nothing here, or nothing that could be shown in one line.
        (Some(Covered::Above), Some(Covered::Above)) => None,
    });
    let verdict = match decision {
        Decision::Unsure { .. } => Verdict::Unsure,
        Decision::Steady { .. } | Decision::Unconfirmed { .. } | Decision::Noise(_) => verdict(Agreement::Different, agreements),
    };
    Attributed { aspect: seen.aspect, difference: difference.clone(), verdict, decision: decision.clone(), before, reference, candidate }
}

fn released(seen: &Seen, decision: &Decision) -> Attributed {
    let difference = &seen.difference;
    let all_differ = BeforeAgreement { candidate: Agreement::Different, reference: Agreement::Different };
    Attributed {
        aspect: seen.aspect,
        verdict: verdict(Agreement::Equal, Some(all_differ)),
        decision: decision.clone(),
        before: difference.expected.clone(),
        reference: difference.actual.clone(),
        candidate: difference.actual.clone(),
        difference: difference.clone(),
    }
}

/// A row of another version, as a difference of the row.
fn lagging(skew: &Skew) -> Attributed {
    let difference = Difference {
        at: Place::Json(skew.at.clone()),
        key: skew.key.clone(),
        pattern: skew.pattern.clone(),
        kind: Kind::Changed,
        expected: Some(skew.expected.clone()),
        actual: Some(skew.actual.clone()),
        weight: Weight::Full,
        transformation: String::from("another version"),
        note: None,
    };
    Attributed {
        aspect: Aspect::Body,
        verdict: Verdict::Lagging,
        decision: Decision::Unconfirmed { why: String::from("rows of another version are not sampled") },
        before: None,
        reference: Some(skew.expected.clone()),
        candidate: Some(skew.actual.clone()),
        difference,
    }
}

fn hide(hidden: &mut Vec<Hidden>, pattern: &str) {
    match hidden.iter_mut().find(|known| known.path == pattern) {
        Some(known) => known.count += 1,
        None => hidden.push(Hidden {
            rule: String::from("tolerance"),
            path: pattern.to_owned(),
            count: 1,
            why: String::from("the candidate differs from before, but both are within the rules' tolerance of the reference"),
        }),
    }
}

/// The places of one comparison, to be asked whether it differs at a place of another.
struct Index<'c> {
    by_key: HashMap<(Aspect, &'c str), &'c Seen>,
    by_value: HashMap<(Aspect, &'c str), Values<'c>>,
}

/// The differences of one pattern by what stands on either side.
#[derive(Default)]
struct Values<'c> {
    expected: HashMap<String, &'c Seen>,
    actual: HashMap<String, &'c Seen>,
    /// Of those without an expected side the actual values, and the other way round.
    added: HashSet<String>,
    removed: HashSet<String>,
}

/// How a comparison differs at a place.
#[derive(Clone, Copy)]
enum Covered<'c> {
    /// At the place itself.
    Here(&'c Seen),
    /// Something that holds the place came or went, or changed its type.
    Above,
}

/// The value of the side that two comparisons share at a place.
#[derive(Clone, Copy)]
struct Shared<'d> {
    own: &'d Option<Json>,
    /// What the other side of the asking comparison has there.
    other: &'d Option<Json>,
    /// Which side of the comparison that is asked is the shared one.
    side: SideOf,
}

#[derive(Clone, Copy)]
enum SideOf {
    Expected,
    Actual,
}

impl<'c> Index<'c> {
    fn new(contrast: &'c Contrast) -> Self {
        let mut index = Self { by_key: HashMap::new(), by_value: HashMap::new() };
        for seen in &contrast.differences {
            let difference = &seen.difference;
            index.by_key.entry((seen.aspect, &difference.key)).or_insert(seen);
            if !is_positional(&difference.key) {
                continue;
            }
            let values = index.by_value.entry((seen.aspect, &difference.pattern)).or_default();
            match (&difference.expected, &difference.actual) {
                (Some(expected), Some(actual)) => {
                    values.expected.insert(json::to_compact(expected), seen);
                    values.actual.insert(json::to_compact(actual), seen);
                }
                (Some(expected), None) => {
                    values.expected.insert(json::to_compact(expected), seen);
                    values.removed.insert(json::to_compact(expected));
                }
                (None, Some(actual)) => {
                    values.actual.insert(json::to_compact(actual), seen);
                    values.added.insert(json::to_compact(actual));
                }
                (None, None) => {}
            }
        }
        index
    }

    /// Whether this comparison differs at the place of a difference of another one.
    ///
    /// What holds the place covers it: a row that went took its fields with it. What the place holds does not: a row that is
    /// lost is lost, whatever else changed in it.
    fn covers(&self, seen: &Seen, shared: Shared<'_>) -> Option<Covered<'c>> {
        let key = seen.difference.key.as_str();
        if let Some(here) = self.by_key.get(&(seen.aspect, key)) {
            return Some(Covered::Here(here));
        }
        let is_step = |(at, character): (usize, char)| (at > 0 && matches!(character, '.' | '[')).then_some(at);
        let is_above = |at: usize| self.by_key.get(&(seen.aspect, &key[..at])).is_some_and(|above| takes_along(above.difference.kind));
        if key.char_indices().filter_map(is_step).any(is_above) {
            return Some(Covered::Above);
        }
        if !is_positional(key) {
            return None;
        }
        // Rows without a key, and lines: the same place is where the side that both comparisons share has the same value.
        let values = self.by_value.get(&(seen.aspect, &seen.difference.pattern))?;
        match (shared.side, shared.own, shared.other) {
            (SideOf::Expected, Some(own), _) => values.expected.get(&json::to_compact(own)).map(|seen| Covered::Here(seen)),
            (SideOf::Actual, Some(own), _) => values.actual.get(&json::to_compact(own)).map(|seen| Covered::Here(seen)),
            // What is new to both is one's own line in the one comparison and stands for another line in the other.
            (SideOf::Expected, None, Some(other)) => values.actual.contains_key(&json::to_compact(other)).then_some(Covered::Above),
            (SideOf::Actual, None, Some(other)) => values.removed.contains(&json::to_compact(other)).then_some(Covered::Above),
            (_, None, None) => None,
        }
    }
}

/// Whether what stands below a difference of that kind differs with it.
fn takes_along(kind: Kind) -> bool {
    match kind {
        Kind::Added | Kind::Removed | Kind::Changed | Kind::Retyped => true,
        Kind::Reordered => false,
    }
}

/// Whether a key tells an element by its position, or a line by its text: then the same place has another key where the
/// expected side is another.
#[must_use]
pub(crate) fn is_positional(key: &str) -> bool {
    if key.starts_with("line[") {
        return true;
    }
    let is_position =
        |rest: &str| rest.split_once(']').is_some_and(|(inner, _)| !inner.is_empty() && inner.bytes().all(|byte| byte.is_ascii_digit()));
    key.match_indices('[').any(|(at, _)| is_position(&key[at + 1..]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{compare, compare::Options, json::read};

    use Agreement::{Different, Equal};

    #[test]
    fn every_row_of_the_table() {
        let before = |candidate, reference| Some(BeforeAgreement { candidate, reference });
        let rows = [
            (Equal, before(Equal, Equal), Verdict::Unchanged),
            (Equal, before(Equal, Different), Verdict::Unchanged),
            (Equal, before(Different, Different), Verdict::Released),
            (Equal, before(Different, Equal), Verdict::Unchanged),
            (Different, before(Different, Equal), Verdict::CandidateOnly),
            (Different, before(Equal, Different), Verdict::NotReleased),
            (Different, before(Different, Different), Verdict::Diverged),
            (Different, before(Equal, Equal), Verdict::Different),
            (Equal, None, Verdict::Unchanged),
            (Different, None, Verdict::Different),
        ];
        for (now, before, expected) in rows {
            assert_eq!(verdict(now, before), expected, "{now:?} {before:?}");
        }
    }

    fn contrast(expected: &str, actual: &str, options: &Options) -> Contrast {
        let (one, two) = (read(expected).unwrap().json, read(actual).unwrap().json);
        let found = compare::json(&one, &two, options);
        Contrast {
            n_differences: found.n_differences,
            differences: found.differences.into_iter().map(|difference| Seen { aspect: Aspect::Body, difference }).collect(),
            skewed: found.skewed,
            ..Contrast::default()
        }
    }

    fn text_contrast(expected: &str, actual: &str) -> Contrast {
        let found = compare::text::text(expected, actual);
        Contrast {
            n_differences: found.n_differences,
            differences: found.differences.into_iter().map(|difference| Seen { aspect: Aspect::Body, difference }).collect(),
            ..Contrast::default()
        }
    }

    fn steady(contrast: &Contrast) -> Vec<Decision> {
        vec![Decision::Steady { n_samples: 7 }; contrast.differences.len()]
    }

    fn seen(sides: &ThreeWay) -> Vec<String> {
        let (attributed, hidden) = attribute(sides);
        let value = |json: &Option<Json>| json.as_ref().map_or(String::from("-"), json::to_compact);
        let places = attributed.iter().map(|place| {
            let values = [&place.before, &place.reference, &place.candidate].map(value).join(" ");
            format!("{} {} {}: {values}", place.verdict.name(), place.difference.kind, place.difference.key)
        });
        places.chain(hidden.iter().map(|hidden| format!("hidden {} {}", hidden.rule, hidden.path))).collect()
    }

    /// Documents of before, reference and candidate.
    fn check_with(options: &Options, before: Option<&str>, reference: &str, candidate: &str, expected: &[&str]) {
        let now = contrast(reference, candidate, options);
        let before = before.map(|before| {
            let of_candidate = contrast(before, candidate, options);
            Before {
                decisions: steady(&of_candidate),
                candidate: of_candidate,
                reference: contrast(before, reference, options),
                holds: Holds::Everything,
            }
        });
        assert_eq!(seen(&ThreeWay { decisions: steady(&now), now, before }), expected);
    }

    fn check(before: &str, reference: &str, candidate: &str, expected: &[&str]) {
        check_with(&Options::default(), Some(before), reference, candidate, expected);
    }

    #[test]
    fn each_place_has_its_own_verdict() {
        check(
            r#"{"same":1,"released":1,"lost":1,"late":1,"apart":1,"new":1}"#,
            r#"{"same":1,"released":2,"lost":1,"late":2,"apart":2,"new":1,"added":true}"#,
            r#"{"same":1,"released":2,"late":1,"apart":3,"new":1,"added":true,"extra":0}"#,
            &[
                "diverged changed $.apart: 1 2 3",
                "candidate-only added $.extra: - - 0",
                "not-released changed $.late: 1 2 1",
                "candidate-only removed $.lost: 1 1 -",
                "released added $.added: - true true",
                "released changed $.released: 1 2 2",
            ],
        );
    }

    #[test]
    fn without_before_there_is_no_telling() {
        check_with(&Options::default(), None, r#"{"a":1,"b":1}"#, r#"{"a":2,"b":1}"#, &["different changed $.a: - 1 2"]);
    }

    #[test]
    fn a_lost_row_is_the_candidates_whatever_the_release_changed_in_it() {
        check(
            r#"[{"name":"a","v":1},{"name":"b","v":1}]"#,
            r#"[{"name":"a","v":2},{"name":"b","v":2}]"#,
            r#"[{"name":"b","v":2}]"#,
            &[r#"candidate-only removed $[name=a]: {"name":"a","v":1} {"name":"a","v":2} -"#, "released changed $[name=b].v: 1 2 2"],
        );
    }

    #[test]
    fn what_holds_a_place_covers_it() {
        // Before had no `a` at all, so all three differ below it; that it came is the release's.
        check(
            r#"{}"#,
            r#"{"a":{"b":1}}"#,
            r#"{"a":{"b":2}}"#,
            &["diverged changed $.a.b: - 1 2", r#"released added $.a: - {"b":2} {"b":2}"#],
        );
    }

    #[test]
    fn rows_without_a_key_are_found_by_their_values() {
        check(
            r#"[["x",1],["y",1]]"#,
            r#"[["n",0],["x",1],["y",1]]"#,
            r#"[["n",0],["x",1],["y",7]]"#,
            &["candidate-only changed $[2][1]: 1 1 7", r#"released added $[0]: - ["n",0] ["n",0]"#],
        );
    }

    #[test]
    fn lines_are_found_by_their_text() {
        let (before, reference, candidate) = ("a\nv1\nz\nq", "a\nv2\nz\nq", "a\nv3\nz\nbroken");
        let now = text_contrast(reference, candidate);
        let of_candidate = text_contrast(before, candidate);
        let before = Before {
            decisions: steady(&of_candidate),
            candidate: of_candidate,
            reference: text_contrast(before, reference),
            holds: Holds::Everything,
        };
        let sides = ThreeWay { decisions: steady(&now), now, before: Some(before) };
        assert_eq!(
            seen(&sides),
            [r#"diverged changed line[="v2"]: "v1" "v2" "v3""#, r#"candidate-only changed line[="q"]: "q" "q" "broken""#,]
        );
    }

    #[test]
    fn tolerance_is_listed_and_another_version_lags() {
        let selector = |text: &str| json::Selector::parse(text).unwrap();
        let options = Options { tolerance: vec![(selector("$.n"), "5".parse().unwrap())], ..Options::default() };
        check_with(&options, Some(r#"{"n":0}"#), r#"{"n":4}"#, r#"{"n":8}"#, &["hidden tolerance $.n"]);
        let options = Options { version_by: vec![(selector("$"), selector("$.v"))], ..Options::default() };
        check_with(&options, None, r#"[{"name":"a","v":1,"x":1}]"#, r#"[{"name":"a","v":2,"x":2}]"#, &["lagging changed $[name=a]: - 1 2"]);
    }

    #[test]
    fn what_is_undecided_is_unsure() {
        let now = contrast(r#"{"a":1}"#, r#"{"a":2}"#, &Options::default());
        let decisions = vec![Decision::Unsure { n_seen: 1, n_samples: 16 }];
        assert_eq!(seen(&ThreeWay { now, decisions, before: None }), ["unsure changed $.a: - 1 2"]);
    }
}
