//! What tells the rows of a list apart.

use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasherDefault, Hasher},
};

use super::digest::{combine, digest};
use crate::json::{Json, Selector, quote};

/// Fields that are taken for keys before all others, in this order.
const FIRST_CHOICES: [&str; 6] = ["name", "id", "uuid", "key", "code", "slug"];

/// How many hundredths of the shorter side's keys must be found on the other for a field to be taken for the key.
const LEAST_OVERLAP: usize = 30;

/// How many fields besides the first choices are considered.
const MOST_FIELDS: usize = 32;

/// The longest key value that is shown whole, in characters.
const LONGEST_LABEL: usize = 60;

/// How the rows of a list are told apart.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum RowKey<'d> {
    /// By rule: the paths within a row.
    Given(&'d [Selector]),
    /// By the look of the rows: a field.
    Inferred(&'d str),
}

impl RowKey<'_> {
    /// The digest of a row's key; nothing where the row lacks it or has no scalar there.
    pub(super) fn digest(&self, row: &Json) -> Option<u128> {
        match self {
            Self::Given(selectors) => {
                let parts: Option<Vec<u128>> =
                    selectors.iter().map(|selector| selector.first(row).filter(|value| is_key(value)).map(digest)).collect();
                parts.filter(|parts| !parts.is_empty()).map(combine)
            }
            Self::Inferred(field) => row.get(field).filter(|value| is_key(value)).map(digest),
        }
    }

    /// The row's name in a path: `[name=affinder]`.
    pub(super) fn label(&self, row: &Json) -> String {
        let parts: Vec<String> = match self {
            Self::Given(selectors) => selectors
                .iter()
                .map(|selector| {
                    let path = selector.as_str();
                    let name = path.strip_prefix("$.").unwrap_or(path);
                    format!("{name}={}", selector.first(row).map(value_label).unwrap_or_default())
                })
                .collect(),
            Self::Inferred(field) => vec![format!("{}={}", word(field), row.get(field).map(value_label).unwrap_or_default())],
        };
        format!("[{}]", parts.join(","))
    }

    /// The key of a row as a value: the scalar itself, or a list of several.
    pub(super) fn value(&self, row: &Json) -> Json {
        match self {
            Self::Given(selectors) => match &selectors[..] {
                [selector] => selector.first(row).cloned().unwrap_or(Json::Null),
                several => Json::List(several.iter().map(|selector| selector.first(row).cloned().unwrap_or(Json::Null)).collect()),
            },
            Self::Inferred(field) => row.get(field).cloned().unwrap_or(Json::Null),
        }
    }

    /// What the key is called in a statement.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Given(selectors) => selectors.iter().map(|selector| format!("`{selector}`")).collect::<Vec<_>>().join(", "),
            Self::Inferred(field) => format!("`{field}`"),
        }
    }
}

/// A row's key must be a text or number: `null`, `true` and structures tell nothing apart.
fn is_key(value: &Json) -> bool {
    matches!(value, Json::String(_) | Json::Number(_))
}

/// The field that tells the rows of both lists apart: a text or number in every row, unique on each side, and found again on
/// the other for a good part. Where one side has no rows, only the first choices are considered.
pub(super) fn infer<'d>(expected: &'d [Json], actual: &'d [Json]) -> Option<RowKey<'d>> {
    let all_maps = expected.iter().chain(actual).all(|row| matches!(row, Json::Map(_)));
    let first = [expected, actual].into_iter().flat_map(<[Json]>::first).next()?;
    if !all_maps {
        return None;
    }
    let field = |name: &str| first.as_map().unwrap_or_default().iter().find(|(key, _)| key == name).map(|(key, _)| key.as_str());
    if let Some(name) = FIRST_CHOICES.iter().filter_map(|name| field(name)).find(|name| overlap(name, expected, actual).is_some()) {
        return Some(RowKey::Inferred(name));
    }
    if expected.is_empty() || actual.is_empty() {
        return None;
    }
    let mut fields: Vec<&str> =
        first.as_map().unwrap_or_default().iter().filter(|(_, value)| is_key(value)).map(|(key, _)| key.as_str()).collect();
    fields.sort_unstable();
    fields.truncate(MOST_FIELDS);
    let scored = fields.into_iter().filter_map(|field| {
        let overlap = overlap(field, expected, actual)?;
        let is_text = matches!(first.get(field), Some(Json::String(_)));
        Some(((overlap, is_text), field))
    });
    // Of equals the first in the alphabet: `max_by_key` would take the last.
    let best = scored.fold(None, |best: Option<((usize, bool), &str)>, next| match best {
        Some(best) if best.0 >= next.0 => Some(best),
        _ => Some(next),
    });
    best.map(|(_, field)| RowKey::Inferred(field))
}

/// How many rows of one side are found on the other by that field; nothing if it is no key.
fn overlap(field: &str, expected: &[Json], actual: &[Json]) -> Option<usize> {
    let key = RowKey::Inferred(field);
    let unique = |rows: &[Json]| {
        let mut seen: HashSet<u128, BuildHasherDefault<Digested>> =
            HashSet::with_capacity_and_hasher(rows.len(), BuildHasherDefault::default());
        rows.iter().all(|row| key.digest(row).is_some_and(|digest| seen.insert(digest))).then_some(seen)
    };
    let (expected, actual) = (unique(expected)?, unique(actual)?);
    let overlap = expected.intersection(&actual).count();
    let shortest = expected.len().min(actual.len());
    (overlap * 100 >= shortest * LEAST_OVERLAP).then_some(overlap)
}

/// The positions of rows by the digest of their key; rows without a key, or with one that is not unique, come out alone.
pub(super) struct Keyed {
    pub(super) rows: HashMap<u128, usize, BuildHasherDefault<Digested>>,
    pub(super) others: Vec<usize>,
}

impl Keyed {
    pub(super) fn of(key: &RowKey<'_>, rows: &[Json]) -> Self {
        let mut keyed = Self { rows: HashMap::with_capacity_and_hasher(rows.len(), BuildHasherDefault::default()), others: Vec::new() };
        let mut repeated = HashSet::new();
        for (position, row) in rows.iter().enumerate() {
            match key.digest(row) {
                Some(digest) => {
                    if keyed.rows.insert(digest, position).is_some_and(|before| {
                        keyed.others.push(before);
                        true
                    }) {
                        repeated.insert(digest);
                    }
                }
                None => keyed.others.push(position),
            }
        }
        for digest in repeated {
            keyed.others.extend(keyed.rows.remove(&digest));
        }
        keyed.others.sort_unstable();
        keyed
    }
}

/// A value of a scalar list in a path: `[="x"]`.
pub(in crate::compare) fn scalar_label(value: &Json) -> String {
    let value = match value {
        Json::String(text) => cut(&quote(text), value),
        _ => value_label(value),
    };
    format!("[={value}]")
}

fn value_label(value: &Json) -> String {
    match value {
        Json::String(text) => cut(&word(text), value),
        Json::Number(number) => cut(number.as_str(), value),
        Json::Null | Json::Bool(_) | Json::List(_) | Json::Map(_) => cut(&crate::json::to_compact(value), value),
    }
}

/// A text as it is where that is plain, else quoted.
fn word(text: &str) -> String {
    let is_plain = |character: char| character.is_alphanumeric() || matches!(character, '-' | '_' | '.' | ':' | '/' | '@' | '+');
    if !text.is_empty() && text.chars().all(is_plain) { text.to_owned() } else { quote(text) }
}

fn cut(text: &str, value: &Json) -> String {
    match text.char_indices().nth(LONGEST_LABEL) {
        Some((end, _)) => format!("{}…{:08x}", &text[..end], digest(value) >> 96),
        None => text.to_owned(),
    }
}

/// Digests are hashes already.
#[derive(Default)]
pub(super) struct Digested(u64);

impl Hasher for Digested {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.0 ^= u64::from_le_bytes(word);
        }
    }

    fn write_u128(&mut self, digest: u128) {
        let bytes = digest.to_le_bytes();
        self.write(&bytes[..8]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::read;

    fn check(expected: &str, actual: &str, key: Option<&str>) {
        let (expected, actual) = (read(expected).unwrap().json, read(actual).unwrap().json);
        let found = infer(expected.as_list().unwrap(), actual.as_list().unwrap()).map(|key| key.name());
        assert_eq!(found, key.map(|key| format!("`{key}`")));
    }

    #[test]
    fn a_key_is_unique_present_and_found_again() {
        check(r#"[{"x":1,"name":"a"},{"x":1,"name":"b"}]"#, r#"[{"x":2,"name":"b"}]"#, Some("name"));
        check(r#"[{"id":7,"name":"a"},{"id":8,"name":"a"}]"#, r#"[{"id":8,"name":"a"},{"id":9,"name":"a"}]"#, Some("id"));
        check(r#"[{"email":"a@x"},{"email":"b@x"}]"#, r#"[{"email":"b@x"},{"email":"c@x"}]"#, Some("email"));
        check(
            r#"[{"timestamp":1,"commits":5},{"timestamp":2,"commits":6}]"#,
            r#"[{"timestamp":1,"commits":5},{"timestamp":2,"commits":9}]"#,
            Some("timestamp"),
        );
    }

    #[test]
    fn what_tells_nothing_apart_is_no_key() {
        check(r#"[{"name":"a"},{"name":"a"}]"#, r#"[{"name":"a"},{"name":"b"}]"#, None);
        check(r#"[{"name":"a"},{"name":null}]"#, r#"[{"name":"a"},{"name":"b"}]"#, None);
        check(r#"[{"name":"a"},{"x":1}]"#, r#"[{"name":"a"}]"#, None);
        check(r#"[{"name":"a"}]"#, r#"[{"name":"b"}]"#, None);
        check(r#"[{"on":true},{"on":false}]"#, r#"[{"on":true},{"on":false}]"#, None);
        check(r#"[{"name":"a"},1]"#, r#"[{"name":"a"}]"#, None);
        check("[]", "[]", None);
    }

    #[test]
    fn rows_with_a_key_that_is_not_unique_stand_apart() {
        let rows = read(r#"[{"k":1},{"k":2},{"k":1.0},{},{"k":null},{"k":1},{"k":3}]"#).unwrap().json;
        let selectors = [Selector::parse("$.k").unwrap()];
        let keyed = Keyed::of(&RowKey::Given(&selectors), rows.as_list().unwrap());
        assert_eq!(keyed.others, [0, 2, 3, 4, 5]);
        let mut positions: Vec<usize> = keyed.rows.into_values().collect();
        positions.sort_unstable();
        assert_eq!(positions, [1, 6]);
    }

    #[test]
    fn labels_are_short_and_plain_where_they_can_be() {
        let label = |json: &str| RowKey::Inferred("name").label(&read(json).unwrap().json);
        assert_eq!(label(r#"{"name":"napari-svg"}"#), "[name=napari-svg]");
        assert_eq!(label(r#"{"name":"a b]"}"#), "[name=\"a b]\"]");
        assert_eq!(label(r#"{"name":12345678901234567890}"#), "[name=12345678901234567890]");
        let long = label(&format!(r#"{{"name":"{}"}}"#, "x".repeat(100)));
        assert!(long.starts_with("[name=xxx") && long.contains('…') && long.len() < 90, "{long}");
        assert_eq!(scalar_label(&Json::text("x")), "[=\"x\"]");
    }
}
