//! What became of a value, in words that are the same wherever the same happened.
//!
//! Findings group by these words and fingerprints are made of them, so they hold no value that is a row's own: ids, dates,
//! numbers and long texts come out as their kind.

use crate::json::{Json, Number, variable_kind};

/// The longest text that is shown as it is, in characters.
const LONGEST: usize = 40;

/// `string → null`, `list → map`.
pub(super) fn types(expected: &Json, actual: &Json) -> String {
    format!("{} → {}", expected.kind(), actual.kind())
}

/// What happened to a number: `× 100`, `÷ 1000`, `sign`, else `number`.
pub(super) fn numbers(expected: &Number, actual: &Number) -> String {
    const LARGEST_POWER: i64 = 9;
    let (one, two) = (parts(expected), parts(actual));
    if one.digits == two.digits && !one.digits.is_empty() {
        let power = two.exponent.saturating_sub(one.exponent);
        if one.is_negative != two.is_negative {
            return if power == 0 { "sign".to_owned() } else { "number".to_owned() };
        }
        if (1..=LARGEST_POWER).contains(&power) {
            return format!("× {}", 10_i64.pow(u32::try_from(power).expect("at most nine")));
        }
        if (-LARGEST_POWER..0).contains(&power) {
            return format!("÷ {}", 10_i64.pow(u32::try_from(-power).expect("at most nine")));
        }
    }
    match (one.digits.is_empty(), two.digits.is_empty()) {
        (true, false) => "0 → number".to_owned(),
        (false, true) => "number → 0".to_owned(),
        (true, true) | (false, false) => "number".to_owned(),
    }
}

struct Parts {
    is_negative: bool,
    digits: String,
    exponent: i64,
}

fn parts(number: &Number) -> Parts {
    let canonical = number.canonical();
    let (is_negative, rest) = canonical.strip_prefix('-').map_or((false, canonical.as_str()), |rest| (true, rest));
    match rest.split_once('e') {
        Some((digits, exponent)) => Parts { is_negative, digits: digits.to_owned(), exponent: exponent.parse().unwrap_or(0) },
        None => Parts { is_negative: false, digits: String::new(), exponent: 0 },
    }
}

/// What happened to a text: `points{1} → points`, `date-time`, `id → text`, `emptied`.
pub(super) fn texts(expected: &str, actual: &str) -> String {
    match (expected.is_empty(), actual.is_empty()) {
        (false, true) => return "emptied".to_owned(),
        (true, false) => return "filled".to_owned(),
        (true, true) | (false, false) => {}
    }
    let (one, two) = (variable_kind(expected), variable_kind(actual));
    match (one, two) {
        (Some(one), Some(two)) if one == two => return one.to_owned(),
        (None, None) => {}
        _ => return format!("{} → {}", one.unwrap_or("text"), two.unwrap_or("text")),
    }
    if is_short(expected) && is_short(actual) {
        return format!("{expected} → {actual}");
    }
    // The same small edit within long texts, as another host in many URLs, is the same thing that happened.
    let (before, after) = changed_words(expected, actual);
    let is_telling = is_short(before) && is_short(after) && variable_kind(before).is_none() && variable_kind(after).is_none();
    if is_telling {
        return match (before.is_empty(), after.is_empty()) {
            (true, false) => format!("+ {after}"),
            (false, true) => format!("- {before}"),
            (true, true) | (false, false) => format!("{before} → {after}"),
        };
    }
    "text".to_owned()
}

/// A scalar that came or went: itself where it is short and nobody's own, else its kind.
pub(super) fn scalar(json: &Json) -> String {
    match json {
        Json::String(text) => match variable_kind(text) {
            Some(kind) => kind.to_owned(),
            None if is_short(text) => crate::json::quote(text),
            None => "text".to_owned(),
        },
        Json::Bool(value) => value.to_string(),
        Json::Null | Json::Number(_) | Json::List(_) | Json::Map(_) => json.kind().to_owned(),
    }
}

fn is_short(text: &str) -> bool {
    text.chars().nth(LONGEST).is_none() && !text.contains(char::is_control)
}

/// The part that differs, widened to whole words.
fn changed_words<'t>(expected: &'t str, actual: &'t str) -> (&'t str, &'t str) {
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    let head: usize = expected.chars().zip(actual.chars()).take_while(|(one, two)| one == two).map(|(one, _)| one.len_utf8()).sum();
    let (one, two) = (&expected[head..], &actual[head..]);
    let tail: usize = one.chars().rev().zip(two.chars().rev()).take_while(|(one, two)| one == two).map(|(one, _)| one.len_utf8()).sum();
    let back: usize = expected[..head].chars().rev().take_while(|character| is_word(*character)).map(char::len_utf8).sum();
    let ahead: usize = expected[expected.len() - tail..].chars().take_while(|character| is_word(*character)).map(char::len_utf8).sum();
    let (start, end) = (head - back, tail - ahead);
    (&expected[start..expected.len() - end], &actual[start..actual.len() - end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_say_their_ratio_where_it_tells() {
        let check = |one: &str, two: &str, expected: &str| {
            assert_eq!(numbers(&Number::parse(one).unwrap(), &Number::parse(two).unwrap()), expected, "{one} {two}");
        };
        check("4.99", "499", "× 100");
        check("1600000000000", "1600000000", "÷ 1000");
        check("5", "-5", "sign");
        check("0", "7", "0 → number");
        check("7", "0", "number → 0");
        check("4920", "4921", "number");
        check("1", "1e400", "number");
    }

    #[test]
    fn texts_say_what_is_the_same_in_every_row() {
        let check = |one: &str, two: &str, expected: &str| assert_eq!(texts(one, two), expected);
        check("points{1}", "points", "points{1} → points");
        check("public", "hidden", "public → hidden");
        check("", "x", "filled");
        check("x", "", "emptied");
        check("2026-11-23T10:00:00Z", "2026-11-24T10:00:01.5+01:00", "date-time");
        check("2022-04-08", "unknown", "date → text");
        check("0.2.3", "0.2.4rc1", "version");
        check("8c7f1c2e-0f7b-4f5e-9a53-3a0c1f0e9b11", "0c7f1c2e-0f7b-4f5e-9a53-3a0c1f0e9b12", "uuid");
        check("4920", "4921", "number in text");
        check(
            "https://example.org/plugins/affinder/images/logo.png",
            "http://example.org/plugins/affinder/images/logo.png",
            "https → http",
        );
        check(
            "https://example.org/plugins/affinder/images/logo.png",
            "https://cdn.example.org/plugins/affinder/images/logo.png",
            "example → cdn.example",
        );
        check(&"a long text, ".repeat(9), &"quite another text, ".repeat(9), "text");
    }

    #[test]
    fn scalars_that_come_and_go_are_named_where_they_are_nobodys_own() {
        let check = |json: &str, expected: &str| assert_eq!(scalar(&crate::json::read(json).unwrap().json), expected);
        check("\"points\"", "\"points\"");
        check("7", "number");
        check("true", "true");
        check("\"2026-11-23\"", "date");
    }
}
