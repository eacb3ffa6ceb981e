//! Whether a value equals a written one, as its mode reads it; and where the first difference is.

use std::collections::HashMap;

use super::{Mode, Place, Subject, quantity::Quantity};
use crate::{
    assertion::{Failure, Ground, Outcome},
    extract::shown::{shown, shown_or_nothing},
    json::Json,
};

/// Compares a value with the one that a suite wrote.
///
/// `phrase` is what was expected in words.
pub(super) fn judge(subject: &Subject<'_>, expected: &Json, phrase: &str) -> Outcome {
    let Some(actual) = subject.value else {
        return nothing(subject, phrase).into();
    };
    if matches(actual, expected, subject.mode) {
        return Outcome::Holds;
    }
    // Only a written composite has parts to point at; where the phrase hides a secret, so must the parts.
    let composite = matches!((actual, expected), (Json::List(_), Json::List(_)) | (Json::Map(_), Json::Map(_)));
    if composite && subject.mode == Mode::Json && phrase != "•••" {
        return first_difference(actual, expected, subject.place).into();
    }
    let failure = Failure::different(subject.place.within(), phrase, shown(actual));
    match hint(actual, expected, subject.mode) {
        Some(note) => failure.note(note).into(),
        None => failure.into(),
    }
}

/// Whether two values are equal in a mode.
pub(super) fn matches(actual: &Json, expected: &Json, mode: Mode) -> bool {
    match mode {
        Mode::Json => actual == expected,
        Mode::Texts => match (actual, expected) {
            (Json::List(actual), Json::List(expected)) => {
                actual.len() == expected.len()
                    && actual.iter().zip(expected).all(|(actual, expected)| matches(actual, expected, Mode::Text))
            }
            _ => as_text(actual, expected, |actual, expected| actual == expected),
        },
        Mode::Text | Mode::Duration => as_text(actual, expected, |actual, expected| actual == expected),
        Mode::Word => as_text(actual, expected, str::eq_ignore_ascii_case),
        Mode::Count => actual == expected,
        Mode::Bytes | Mode::Seconds => {
            let measured = || Quantity::read(expected).and_then(|expected| expected.order(actual, mode));
            actual == expected || measured() == Ok(std::cmp::Ordering::Equal)
        }
        Mode::Status => match (actual, expected) {
            (Json::Number(status), Json::String(text)) => match status_class(text) {
                Some(class) => status.as_str().len() == 3 && status.as_str().starts_with(class),
                None => status.as_str() == text,
            },
            _ => actual == expected,
        },
        Mode::Keys => match (actual, expected) {
            (Json::List(_), Json::List(expected)) => {
                let actual = actual.as_list().unwrap_or_default();
                Unordered::compare(actual, expected).is_equal()
            }
            _ => actual == expected,
        },
    }
}

/// `2` of `2xx`.
pub(super) fn status_class(text: &str) -> Option<char> {
    let mut characters = text.chars();
    let class = characters.next().filter(|class| ('1'..='5').contains(class))?;
    characters.as_str().eq_ignore_ascii_case("xx").then_some(class)
}

fn as_text(actual: &Json, expected: &Json, equal: impl Fn(&str, &str) -> bool) -> bool {
    match (actual, expected) {
        (Json::String(actual), Json::String(expected)) => equal(actual, expected),
        (Json::String(actual), Json::Number(expected)) => actual == expected.as_str(),
        // A header has no booleans: only the word can be meant.
        (Json::String(actual), Json::Bool(expected)) => actual == if *expected { "true" } else { "false" },
        _ => actual == expected,
    }
}

/// A failure because nothing was found.
pub(super) fn nothing(subject: &Subject<'_>, phrase: &str) -> Failure {
    Failure::different(subject.place.within(), phrase, "nothing").ground(Ground::NothingThere)
}

/// A failure because the value is of a kind that the matcher cannot judge.
pub(super) fn unsuited(subject: &Subject<'_>, phrase: &str, why: impl Into<String>) -> Failure {
    Failure::different(subject.place.within(), phrase, shown_or_nothing(subject.value)).note(why).ground(Ground::Unsuited)
}

fn hint(actual: &Json, expected: &Json, mode: Mode) -> Option<String> {
    match (actual, expected) {
        (Json::String(_), Json::Number(number)) if mode == Mode::Json => {
            let (written, same) = (number.as_str(), plain_decimal(number.as_str()));
            Some(match same {
                Some(same) if same != written => format!("{same} and {written} are the same number; quote it to mean text"),
                _ => format!("{written} is a number; quote it to mean text"),
            })
        }
        (Json::Number(_), Json::String(text)) if crate::json::Number::parse(text).is_some() => {
            Some(String::from("the value is a number; leave the quotes away to mean a number"))
        }
        (Json::List(_), Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_)) => {
            Some(String::from("the value is a list: use `each`, `some`, `contains` or `count`"))
        }
        (Json::Map(_), Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_)) => Some(String::from("the value is a map")),
        _ => None,
    }
}

/// A number with a fraction, without the zeros at its end: `1.1` for `1.10`.
fn plain_decimal(text: &str) -> Option<String> {
    if text.contains(['e', 'E']) || !text.contains('.') {
        return None;
    }
    Some(text.trim_end_matches('0').trim_end_matches('.').to_owned())
}

/// The first place at which two values that are not equal differ.
pub(super) fn first_difference(actual: &Json, expected: &Json, place: Place<'_>) -> Failure {
    // Where no part differs, only a key that was sent twice is left.
    let repeated = || Failure::different(place.within(), shown(expected), shown(actual)).note("a key was sent twice");
    difference(actual, expected, place).unwrap_or_else(repeated)
}

/// Looks at every part once: a comparison before each step down would look at deep parts again and again.
fn difference(actual: &Json, expected: &Json, place: Place<'_>) -> Option<Failure> {
    match (actual, expected) {
        (Json::Map(actual_entries), Json::Map(expected_entries)) => {
            let index: HashMap<&str, &Json> = actual_entries.iter().map(|(key, value)| (key.as_str(), value)).collect();
            let known: HashMap<&str, &Json> = expected_entries.iter().map(|(key, value)| (key.as_str(), value)).collect();
            let differs = expected_entries.iter().find_map(|(key, expected)| {
                let below = Place::Key(&place, key);
                match index.get(key.as_str()) {
                    Some(actual) => difference(actual, expected, below),
                    None => Some(Failure::different(below.within(), shown(expected), "nothing")),
                }
            });
            differs.or_else(|| {
                let (key, surplus) = actual_entries.iter().find(|(key, _)| !known.contains_key(key.as_str()))?;
                Some(Failure::different(Place::Key(&place, key).within(), "nothing", shown(surplus)))
            })
        }
        (Json::List(actual_elements), Json::List(expected_elements)) => {
            let pairs = actual_elements.iter().zip(expected_elements).enumerate();
            let differs =
                pairs.into_iter().find_map(|(index, (actual, expected))| difference(actual, expected, Place::Index(&place, index)));
            differs.or_else(|| {
                let index = actual_elements.len().min(expected_elements.len());
                let (expected, actual) = (expected_elements.get(index), actual_elements.get(index));
                let at = Place::Index(&place, index).within();
                let failure = Failure::different(at, shown_or_nothing(expected), shown_or_nothing(actual));
                (expected.is_some() || actual.is_some()).then(|| failure.note(lengths(actual_elements, expected_elements)))
            })
        }
        _ if actual == expected => None,
        _ => {
            let failure = Failure::different(place.within(), shown(expected), shown(actual));
            Some(Failure { note: hint(actual, expected, Mode::Json), ..failure })
        }
    }
}

fn lengths(actual: &[Json], expected: &[Json]) -> String {
    let elements = |n: usize| if n == 1 { String::from("1 element") } else { format!("{n} elements") };
    format!("{} expected, {} there", elements(expected.len()), actual.len())
}

/// A text that is the same for equal values and no others.
pub(super) fn canonical(value: &Json) -> String {
    let mut text = String::new();
    write_canonical(value, &mut text);
    text
}

fn write_canonical(value: &Json, text: &mut String) {
    match value {
        Json::Null => text.push('n'),
        Json::Bool(true) => text.push('t'),
        Json::Bool(false) => text.push('f'),
        Json::Number(number) => {
            text.push('#');
            text.push_str(&number.canonical());
        }
        Json::String(string) => text.push_str(&crate::json::quote(string)),
        Json::List(elements) => {
            text.push('[');
            for element in elements {
                write_canonical(element, text);
                text.push(',');
            }
            text.push(']');
        }
        Json::Map(entries) => {
            let mut sorted: Vec<&(String, Json)> = entries.iter().collect();
            sorted.sort_by(|one, two| one.0.cmp(&two.0));
            text.push('{');
            for (key, element) in sorted {
                text.push_str(&crate::json::quote(key));
                write_canonical(element, text);
                text.push(',');
            }
            text.push('}');
        }
    }
}

/// What two lists have apart from each other, their order left aside.
pub(super) struct Unordered<'a> {
    /// Expected and not there.
    pub(super) missing: Vec<&'a Json>,
    /// There and not expected, with their positions.
    pub(super) surplus: Vec<(usize, &'a Json)>,
}

impl<'a> Unordered<'a> {
    /// Compares two lists as multisets.
    pub(super) fn compare(actual: &'a [Json], expected: &'a [Json]) -> Self {
        let mut open: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, element) in actual.iter().enumerate().rev() {
            open.entry(canonical(element)).or_default().push(index);
        }
        let missing = expected.iter().filter(|element| open.get_mut(&canonical(element)).and_then(Vec::pop).is_none()).collect();
        let mut left: Vec<usize> = open.into_values().flatten().collect();
        left.sort_unstable();
        Self { missing, surplus: left.into_iter().map(|index| (index, &actual[index])).collect() }
    }

    /// Whether both hold the same elements.
    pub(super) fn is_equal(&self) -> bool {
        self.missing.is_empty() && self.surplus.is_empty()
    }
}
