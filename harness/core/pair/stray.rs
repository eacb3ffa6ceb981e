//! Fields that vary by themselves, and are wrong all the same: of another form on the candidate in every look, or standing
//! still in one row while the reference's row and the candidate's other rows go on.
//!
//! Learned never means ignored: presence, type and nullness of what varies are held by [`super::sample`], what can be told of
//! its values here.

use std::collections::HashMap;

use super::sample::Index;
use crate::{
    attribute::{Contrast, Seen, is_positional},
    compare::{Kind, Place, Weight},
    format::Format,
    json::Json,
    noise::{DEFAULT_SAMPLES, wilson},
    record::Aspect,
};

/// How likely at most it may be that a row of a field stands still by chance, over all rows of the field.
const CHANCE: f64 = 0.001;

/// More differing places than this in one answer are not followed: it has other troubles.
const MOST_PLACES: usize = 20_000;

/// The places of one answer that are followed.
#[derive(Debug, Default)]
pub(super) struct Strays {
    strays: Vec<Stray>,
    /// How the candidate's values of a path moved.
    paths: HashMap<String, Moves>,
}

/// A place whose values differ.
#[derive(Debug)]
struct Stray {
    /// Its place among the differences.
    at: usize,
    /// What the reference's values have been in every look, and the candidate's in none.
    forms: Vec<Form>,
    /// Samples in which both sides showed it.
    n_seen: u32,
    /// The reference's last value.
    last: Json,
    /// Whether the reference's value was another in every sample than in the look before.
    goes_on: bool,
    /// Whether the candidate's value is what it was at first.
    stands: bool,
    /// It could not be followed: it changed its type, came or went.
    is_lost: bool,
}

/// How often values were another one than at first, of so many looks at them.
#[derive(Debug, Clone, Copy, Default)]
struct Moves {
    n_rows: u32,
    n_moved: u32,
    n_looks: u32,
}

/// What can be told of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Text of a format that hardly anything else has.
    Format(Format),
    /// Text that is not empty.
    Filled,
    /// A number that is not below zero.
    NotNegative,
}

impl Form {
    const ALL: [Self; 10] = [
        Self::Format(Format::Uuid),
        Self::Format(Format::DateTime),
        Self::Format(Format::Date),
        Self::Format(Format::Email),
        Self::Format(Format::Uri),
        Self::Format(Format::Ipv4),
        Self::Format(Format::Ipv6),
        Self::Format(Format::Jwt),
        Self::Filled,
        Self::NotNegative,
    ];

    fn fits(self, value: &Json) -> bool {
        match (self, value) {
            (Self::Format(format), Json::String(text)) => format.matches(text),
            (Self::Filled, Json::String(text)) => !text.is_empty(),
            (Self::NotNegative, Json::Number(number)) => !number.canonical().starts_with('-'),
            (Self::Format(_) | Self::Filled | Self::NotNegative, _) => false,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Format(format) => format.name(),
            Self::Filled => "text",
            Self::NotNegative => "number from 0",
        }
    }
}

/// What is wrong with a place that varies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wrong {
    /// Its place among the differences.
    pub(super) at: usize,
    /// Samples a side that showed it.
    pub(super) n_samples: u32,
    /// The same in a few words: part of the cause.
    pub(super) transformation: String,
    /// The same in a sentence.
    pub(super) note: String,
}

impl Strays {
    /// Follows the places of a first look that have two values of one type.
    pub(super) fn new(now: &Contrast) -> Self {
        if now.differences.len() > MOST_PLACES {
            return Self::default();
        }
        let mut strays = Self::default();
        for (at, seen) in now.differences.iter().enumerate() {
            let difference = &seen.difference;
            let (Some(reference), Some(candidate)) = (&difference.expected, &difference.actual) else { continue };
            let is_followed = seen.aspect == Aspect::Body
                && difference.kind == Kind::Changed
                && difference.weight == Weight::Full
                && matches!(difference.at, Place::Json(_))
                && !is_positional(&difference.key);
            if !is_followed {
                continue;
            }
            let forms = Form::ALL.into_iter().filter(|form| form.fits(reference) && !form.fits(candidate)).collect();
            strays.paths.entry(difference.pattern.clone()).or_default().n_rows += 1;
            let last = reference.clone();
            strays.strays.push(Stray { at, forms, n_seen: 0, last, goes_on: true, stands: true, is_lost: false });
        }
        strays
    }

    /// Takes up one sample: what differs between each side's first look and it.
    pub(super) fn take(&mut self, now: &Contrast, within: [Option<&Index<'_>>; 2]) {
        let [Some(reference), Some(candidate)] = within else { return };
        for stray in self.strays.iter_mut().filter(|stray| !stray.is_lost) {
            let seen = &now.differences[stray.at];
            let first = [&seen.difference.expected, &seen.difference.actual];
            let values = [value(reference, seen, first[0]), value(candidate, seen, first[1])];
            let (reference, candidate) = match values {
                [Value::Is(reference), Value::Is(candidate)] => (reference, candidate),
                [Value::Unseen, _] | [_, Value::Unseen] => continue,
                [Value::Lost, _] | [_, Value::Lost] => {
                    stray.is_lost = true;
                    continue;
                }
            };
            stray.n_seen += 1;
            stray.forms.retain(|form| form.fits(reference) && !form.fits(candidate));
            stray.goes_on &= *reference != stray.last;
            stray.last = reference.clone();
            let has_moved = Some(candidate) != first[1].as_ref();
            stray.stands &= !has_moved;
            if let Some(moves) = self.paths.get_mut(&seen.difference.pattern) {
                moves.n_looks += 1;
                moves.n_moved += u32::from(has_moved);
            }
        }
    }

    /// Whether more samples can show that one of these places is wrong.
    pub(super) fn are_open(&self, now: &Contrast, n_wanted: u32, is_noise: impl Fn(usize) -> bool) -> bool {
        n_wanted >= DEFAULT_SAMPLES
            && self.strays.iter().any(|stray| {
                let is_suspect = !stray.forms.is_empty() || (stray.is_still() && self.others_move(stray, now));
                stray.n_seen > 0 && stray.n_seen < DEFAULT_SAMPLES && !stray.is_lost && is_suspect && is_noise(stray.at)
            })
    }

    /// The places that are wrong, whatever else varies there.
    pub(super) fn wrong(&self, now: &Contrast) -> Vec<Wrong> {
        let mut wrong = Vec::new();
        for stray in self.strays.iter().filter(|stray| stray.n_seen >= DEFAULT_SAMPLES && !stray.is_lost) {
            let told = match stray.forms.first() {
                Some(form) => {
                    let name = form.name();
                    Some((format!("no {name}"), format!("varies, but is a {name} on the reference in every look and in none here")))
                }
                None if stray.is_still() && self.others_move(stray, now) && self.is_no_chance(stray, now) => Some((
                    String::from("stands still"),
                    String::from("stands still in every look, while it goes on in other rows and in this one on the reference"),
                )),
                None => None,
            };
            if let Some((transformation, note)) = told {
                wrong.push(Wrong { at: stray.at, n_samples: stray.n_seen, transformation, note });
            }
        }
        wrong
    }

    /// Whether the candidate's other rows of the path move: where they stand still too, it is a cache.
    fn others_move(&self, stray: &Stray, now: &Contrast) -> bool {
        self.moves_of_others(stray, now).is_some_and(|others| others.n_moved * 2 > others.n_looks)
    }

    fn is_no_chance(&self, stray: &Stray, now: &Contrast) -> bool {
        self.moves_of_others(stray, now).is_some_and(|others| {
            let stands_by_chance = 1.0 - wilson(others.n_moved, others.n_looks).lower;
            let exponent = i32::try_from(stray.n_seen).unwrap_or(i32::MAX);
            stands_by_chance.powi(exponent) * f64::from(others.n_rows + 1) < CHANCE
        })
    }

    fn moves_of_others(&self, stray: &Stray, now: &Contrast) -> Option<Moves> {
        let all = self.paths.get(&now.differences[stray.at].difference.pattern)?;
        let others = Moves { n_rows: all.n_rows - 1, n_moved: all.n_moved, n_looks: all.n_looks - stray.n_seen };
        (others.n_rows > 0 && others.n_looks > 0).then_some(others)
    }
}

impl Stray {
    fn is_still(&self) -> bool {
        self.goes_on && self.stands
    }
}

/// What a sample of one side has at a place.
enum Value<'v> {
    Is(&'v Json),
    /// Something that holds it came or went, or its row was not there.
    Unseen,
    /// Another type, or nothing.
    Lost,
}

fn value<'v>(within: &'v Index<'_>, seen: &'v Seen, first: &'v Option<Json>) -> Value<'v> {
    let differences = within.at(seen);
    if let Some(changed) = differences.iter().find(|difference| difference.kind == Kind::Changed) {
        return changed.actual.as_ref().map_or(Value::Lost, Value::Is);
    }
    if !differences.is_empty() {
        return Value::Lost;
    }
    if within.covers(seen) {
        return Value::Unseen;
    }
    first.as_ref().map_or(Value::Lost, Value::Is)
}
