//! Which texts are ids, dates or numbers: values that belong to one row and say nothing about the rest.

use super::Number;

/// The kind of a text whose value is a row's own: an id, a date, a number; nothing for a text that says something.
#[must_use]
pub fn variable_kind(text: &str) -> Option<&'static str> {
    let text = text.trim();
    let bytes = text.as_bytes();
    let n_digits = bytes.iter().filter(|byte| byte.is_ascii_digit()).count();
    if n_digits == 0 && !is_uuid(bytes) {
        return None;
    }
    if is_uuid(bytes) {
        return Some("uuid");
    }
    if is_date(bytes) {
        return Some(if bytes.len() > 10 { "date-time" } else { "date" });
    }
    if Number::parse(text).is_some() || n_digits == bytes.len() {
        return Some("number in text");
    }
    if is_version(text) {
        return Some("version");
    }
    let is_hex = bytes.len() >= 8 && bytes.iter().all(u8::is_ascii_hexdigit);
    if is_hex {
        return Some("hex");
    }
    let is_token = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'+' | b'/' | b'=' | b'.');
    (bytes.len() >= 20 && n_digits * 10 >= bytes.len() && bytes.iter().all(is_token) && !text.contains("//")).then_some("id")
}

/// Whether a key of a map looks like an id: uuid, number, date, hash, token.
fn looks_like_id(key: &str) -> bool {
    variable_kind(key).is_some()
}

fn is_uuid(bytes: &[u8]) -> bool {
    bytes.len() == 36
        && bytes.iter().enumerate().all(|(at, byte)| if matches!(at, 8 | 13 | 18 | 23) { *byte == b'-' } else { byte.is_ascii_hexdigit() })
}

/// `2026-11-23`, alone or with a time behind it.
fn is_date(bytes: &[u8]) -> bool {
    let date =
        |date: &[u8]| date.iter().enumerate().all(|(at, byte)| if matches!(at, 4 | 7) { *byte == b'-' } else { byte.is_ascii_digit() });
    match bytes.len() {
        10 => date(bytes),
        16..=40 => {
            date(&bytes[..10])
                && matches!(bytes[10], b'T' | b't' | b' ')
                && bytes[11..16].iter().filter(|byte| byte.is_ascii_digit()).count() == 4
        }
        _ => false,
    }
}

/// `1.2.3`, `v0.4.0rc1`, `2024.1+abc`: numbers joined by dots, and what may follow them.
fn is_version(text: &str) -> bool {
    const LONGEST_VERSION: usize = 30;
    let rest = text.strip_prefix(['v', 'V']).unwrap_or(text);
    let mut parts = rest.splitn(3, '.');
    let is_number = |part: Option<&str>| part.is_some_and(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    let second_begins = |part: Option<&str>| part.is_some_and(|part| part.starts_with(|first: char| first.is_ascii_digit()));
    let is_tail = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'+' | b'_');
    text.len() <= LONGEST_VERSION && is_number(parts.next()) && second_begins(parts.next()) && rest.bytes().all(is_tail)
}

/// Whether the keys of a map are ids rather than names of fields: all of them look like ids, or there are more than anybody
/// writes into a schema and some are no words. `n_keys` is how many stand in one map, where `keys` are those of several.
#[must_use]
pub fn are_ids(keys: &[&str], n_keys: usize) -> bool {
    const MOST_FIELDS: usize = 50;
    const LEAST_ODD_PERCENT: usize = 10;
    if !keys.is_empty() && keys.iter().all(|key| looks_like_id(key)) {
        return true;
    }
    if n_keys <= MOST_FIELDS {
        return false;
    }
    let is_odd = |key: &&&str| {
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        key.is_empty() || key.len() > 100 || key.starts_with(|first: char| first.is_ascii_digit()) || !key.bytes().all(is_word)
    };
    keys.iter().filter(is_odd).count() * 100 >= keys.len() * LEAST_ODD_PERCENT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_told_from_names_of_fields() {
        for id in ["1764000000", "2026-11-23", "8c7f1c2e-0f7b-4f5e-9a53-3a0c1f0e9b11", "deadbeef01", "0.2.3"] {
            assert!(looks_like_id(id), "{id}");
        }
        for name in ["name", "total_installs", "v", "http2", "deadbeef", "x-1"] {
            assert!(!looks_like_id(name), "{name}");
        }
    }

    #[test]
    fn maps_with_more_odd_keys_than_a_schema_has_are_keyed_by_ids() {
        let names: Vec<String> = (0..60).map(|n| ["napari-", "plugin"][n % 2].to_owned() + &"x".repeat(n)).collect();
        let keys: Vec<&str> = names.iter().map(String::as_str).collect();
        assert!(are_ids(&keys, 60));
        assert!(!are_ids(&keys[..40], 40));
        let words: Vec<String> = (0..60).map(|n| "field_".to_owned() + &"x".repeat(n)).collect();
        assert!(!are_ids(&words.iter().map(String::as_str).collect::<Vec<_>>(), 60));
        assert!(!are_ids(&[], 0));
    }
}
