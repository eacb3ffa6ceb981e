//! Where the walk stands, and what it found there.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::{
    compare::{Comparison, Difference, Hidden, Kind, Place, Skew, Statement, Weight},
    json::{Json, Path, Segment, write_key},
};

/// How many differences one comparison lists; the rest is only counted, and a statement says so.
pub const MAX_DIFFERENCES: usize = 100_000;

/// How many bytes the paths of listed differences may take together, whatever a hostile document nests.
const MAX_PATH_BYTES: usize = 64_000_000;

/// A place on the walk, by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct At(usize);

/// One step of the walk, on both sides at once.
#[derive(Debug)]
pub(super) enum Step<'d> {
    /// A key of a map.
    Key(&'d str),
    /// A key of a map whose keys are ids.
    Id(&'d str),
    /// An element of a list: where it stands on either side, and its name where it has one.
    Element { expected: Option<usize>, actual: Option<usize>, label: Option<String> },
}

/// A difference before it has its place in words.
pub(super) struct Found<'d> {
    pub(super) kind: Kind,
    pub(super) expected: Option<&'d Json>,
    pub(super) actual: Option<&'d Json>,
    pub(super) weight: Weight,
    pub(super) transformation: String,
    pub(super) note: Option<String>,
}

/// Collects what the walk finds.
#[derive(Default)]
pub(super) struct Emitter<'d> {
    places: Vec<(Option<At>, Step<'d>)>,
    comparison: Comparison,
    path_bytes: usize,
    statements: BTreeMap<(String, String), usize>,
    hidden: BTreeMap<(&'static str, String), usize>,
}

#[derive(Clone, Copy, PartialEq)]
enum Side {
    Expected,
    Actual,
}

impl<'d> Emitter<'d> {
    /// A place one step below another, or below the root.
    pub(super) fn place(&mut self, parent: Option<At>, step: Step<'d>) -> At {
        self.places.push((parent, step));
        At(self.places.len() - 1)
    }

    pub(super) fn difference(&mut self, at: Option<At>, found: Found<'_>) {
        let (expected, actual) = (found.expected.cloned(), found.actual.cloned());
        self.difference_of(at, found, expected, actual);
    }

    /// A difference whose values were made for it.
    pub(super) fn difference_of(&mut self, at: Option<At>, found: Found<'_>, expected: Option<Json>, actual: Option<Json>) {
        self.comparison.n_differences += 1;
        if self.comparison.differences.len() >= MAX_DIFFERENCES || self.path_bytes >= MAX_PATH_BYTES {
            return;
        }
        let side = if found.kind == Kind::Added { Side::Actual } else { Side::Expected };
        let (path, key, pattern) = (self.path(at, side), self.key(at), self.pattern(at));
        self.path_bytes += size_of_val(path.segments()) + 2 * key.len() + pattern.len();
        let Found { kind, weight, transformation, note, .. } = found;
        self.comparison.differences.push(Difference {
            at: Place::Json(path),
            key,
            pattern,
            kind,
            expected,
            actual,
            weight,
            transformation,
            note,
        });
    }

    pub(super) fn skew(&mut self, at: Option<At>, expected: &Json, actual: &Json) {
        let (path, key, pattern) = (self.path(at, Side::Expected), self.key(at), self.pattern(at));
        self.comparison.skewed.push(Skew { at: path, key, pattern, expected: expected.clone(), actual: actual.clone() });
    }

    pub(super) fn state(&mut self, at: Option<At>, text: String) {
        *self.statements.entry((self.pattern(at), text)).or_default() += 1;
    }

    pub(super) fn hide(&mut self, rule: &'static str, path: &str) {
        // Looked up by reference first: a rule hides the same path many times.
        *self.hidden.entry((rule, path.to_owned())).or_default() += 1;
    }

    pub(super) fn finish(mut self) -> Comparison {
        let n_listed = self.comparison.differences.len();
        if n_listed < self.comparison.n_differences {
            let text = format!("{} differences, of which {n_listed} are listed", self.comparison.n_differences);
            self.statements.insert(("$".to_owned(), text), 1);
        }
        self.comparison.differences.sort_by(|one, two| one.at.cmp(&two.at).then(one.kind.cmp(&two.kind)));
        self.comparison.skewed.sort_by(|one, two| one.at.cmp(&two.at));
        self.comparison.statements =
            self.statements.into_iter().map(|((pattern, text), count)| Statement { pattern, text, count }).collect();
        self.comparison.hidden = self.hidden.into_iter().map(|((rule, path), count)| Hidden { rule, path, count }).collect();
        self.comparison
    }

    fn steps(&self, at: Option<At>) -> Vec<&Step<'d>> {
        let mut steps = Vec::new();
        let mut next = at;
        while let Some(At(place)) = next {
            let (parent, step) = &self.places[place];
            steps.push(step);
            next = *parent;
        }
        steps.reverse();
        steps
    }

    fn path(&self, at: Option<At>, side: Side) -> Path {
        let segment = |step: &&Step<'_>| match step {
            Step::Key(key) | Step::Id(key) => Segment::Key((*key).to_owned()),
            Step::Element { expected, actual, .. } => {
                let (first, second) = if side == Side::Expected { (expected, actual) } else { (actual, expected) };
                Segment::Index(first.or(*second).expect("an element stands on one side at least"))
            }
        };
        self.steps(at).iter().map(segment).collect()
    }

    fn key(&self, at: Option<At>) -> String {
        let mut key = String::from("$");
        for step in self.steps(at) {
            match step {
                Step::Key(name) | Step::Id(name) => write_key(&mut key, name).expect("writing to a string cannot fail"),
                Step::Element { label: Some(label), .. } => key.push_str(label),
                Step::Element { expected, actual, label: None } => {
                    let index = expected.or(*actual).expect("an element stands on one side at least");
                    write!(key, "[{index}]").expect("writing to a string cannot fail");
                }
            }
        }
        key
    }

    fn pattern(&self, at: Option<At>) -> String {
        let mut pattern = String::from("$");
        for step in self.steps(at) {
            match step {
                Step::Key(name) => write_key(&mut pattern, name).expect("writing to a string cannot fail"),
                Step::Id(_) => pattern.push_str("{*}"),
                Step::Element { .. } => pattern.push_str("[*]"),
            }
        }
        pattern
    }
}
