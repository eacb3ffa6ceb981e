//! What makes two differences the same, over runs and over environments.

use std::fmt::Write as _;

use sha2::{Digest, Sha256};

use crate::{
    compare::Difference,
    json::Json,
    record::{Aspect, ValueDigests},
};

/// How many hexadecimal digits a fingerprint has.
const FINGERPRINT_DIGITS: usize = 32;

/// How many hexadecimal digits stand for a value.
const VALUE_DIGITS: usize = 16;

/// Stands for a value that is not there.
pub const ABSENT: &str = "none";

/// The fingerprint of a difference: of its aspect, path pattern, kind and transformation. It holds no case, host or row key, so
/// that it survives re-runs, commits and the way from staging to production.
#[must_use]
pub fn fingerprint(aspect: Aspect, difference: &Difference) -> String {
    let Difference { pattern, kind, transformation, .. } = difference;
    of_cause(aspect, pattern, kind.name(), transformation)
}

/// The same from its parts.
pub(super) fn of_cause(aspect: Aspect, pattern: &str, kind: &str, transformation: &str) -> String {
    let mut hash = Sha256::new();
    for part in [aspect.name(), pattern, kind, transformation] {
        // Lengths keep `a` + `bc` apart from `ab` + `c`.
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    hex(&hash.finalize(), FINGERPRINT_DIGITS)
}

/// The digest of a canonical value: keys in any order and numbers in any form are one value. [`ABSENT`] for none.
#[must_use]
pub fn digest(value: Option<&Json>) -> String {
    let Some(value) = value else { return ABSENT.to_owned() };
    let mut hash = Sha256::new();
    feed(value, &mut hash);
    hex(&hash.finalize(), VALUE_DIGITS)
}

impl ValueDigests {
    /// One pair for many, whatever their order.
    #[must_use]
    pub(super) fn combined<'a>(pairs: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut pairs: Vec<&Self> = pairs.into_iter().collect();
        pairs.sort_unstable();
        let all = |side: fn(&Self) -> &str| {
            let mut hash = Sha256::new();
            for pair in &pairs {
                hash.update(side(pair).as_bytes());
                hash.update(b"\n");
            }
            hex(&hash.finalize(), VALUE_DIGITS)
        };
        Self { expected: all(|pair| &pair.expected), actual: all(|pair| &pair.actual) }
    }
}

// Recursion is bounded by the reader's limit on depth.
fn feed(value: &Json, hash: &mut Sha256) {
    let mut text = |kind: u8, text: &str| {
        hash.update([kind]);
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text.as_bytes());
    };
    match value {
        Json::Null => text(0, ""),
        Json::Bool(value) => text(1, if *value { "true" } else { "false" }),
        Json::Number(number) => text(2, &number.canonical()),
        Json::String(string) => text(3, string),
        Json::List(elements) => {
            text(4, &elements.len().to_string());
            for element in elements {
                feed(element, hash);
            }
        }
        Json::Map(entries) => {
            text(5, &entries.len().to_string());
            let mut sorted: Vec<&(String, Json)> = entries.iter().collect();
            // Stable, so that a key that was sent twice keeps the order of its values.
            sorted.sort_by(|one, two| one.0.cmp(&two.0));
            for (key, value) in sorted {
                feed(&Json::String(key.clone()), hash);
                feed(value, hash);
            }
        }
    }
}

fn hex(bytes: &[u8], n_digits: usize) -> String {
    let mut text = String::with_capacity(n_digits);
    for byte in &bytes[..n_digits / 2] {
        write!(text, "{byte:02x}").expect("writing to a string cannot fail");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        compare::{self, Options},
        json::read,
    };

    #[test]
    fn the_fingerprint_of_a_cause_never_changes() {
        // Written into `approved.yaml` and `known.yaml` of every user: another digest would forget what was accepted.
        assert_eq!(of_cause(Aspect::Body, "$[*].version", "removed", ""), "c16f7e4cf05c0c9ab211a7171fbfd9ca");
    }

    #[test]
    fn rows_and_values_do_not_count_but_what_happened_does() {
        let print = |expected: &str, actual: &str| {
            let (one, two) = (read(expected).unwrap().json, read(actual).unwrap().json);
            fingerprint(Aspect::Body, &compare::json(&one, &two, &Options::default()).differences[0])
        };
        let first = print(r#"[{"name":"a","n":1}]"#, r#"[{"name":"a","n":5}]"#);
        assert_eq!(first, print(r#"[{"name":"x","n":1},{"name":"b","n":7}]"#, r#"[{"name":"x","n":1},{"name":"b","n":9}]"#));
        assert_ne!(first, print(r#"[{"name":"a","n":1}]"#, r#"[{"name":"a","n":"1"}]"#));
        assert_ne!(first, print(r#"[{"name":"a","m":1}]"#, r#"[{"name":"a","m":5}]"#));
    }

    fn check(one: &str, two: &str, same: bool) {
        let of = |text: &str| digest(Some(&read(text).unwrap().json));
        assert_eq!(of(one) == of(two), same, "{one} {two}");
    }

    #[test]
    fn equal_values_have_one_digest_and_others_have_not() {
        check(r#"{"a":1,"b":[2]}"#, r#"{"b":[2.0],"a":1e0}"#, true);
        check("[1,2]", "[2,1]", false);
        check("\"1\"", "1", false);
        check("null", "\"\"", false);
        check(r#"["a","b"]"#, r#"["ab",""]"#, false);
        check(r#"{"a":1,"a":2}"#, r#"{"a":2,"a":1}"#, false);
        assert_eq!(digest(None), ABSENT);
    }

    #[test]
    fn many_pairs_make_one_in_any_order() {
        let pair = |expected: &str, actual: &str| ValueDigests { expected: expected.to_owned(), actual: actual.to_owned() };
        let (one, two) = (pair("a", "b"), pair("c", "d"));
        assert_eq!(ValueDigests::combined([&one, &two]), ValueDigests::combined([&two, &one]));
        assert_ne!(ValueDigests::combined([&one, &two]), ValueDigests::combined([&one, &pair("c", "e")]));
    }
}
