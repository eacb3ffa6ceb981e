//! The canonical text of a snapshot.

use std::collections::BTreeMap;

use crate::json::{self, Json};

/// A snapshot's text, ready to be kept or compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Canonical {
    /// The text, with exactly one line break at its end; empty for an empty text.
    pub text: String,
    /// Whether the original ended with a line break; always so for JSON.
    pub trailing_newline: bool,
    /// The value, for snapshots that are compared by structure.
    pub json: Option<Json>,
}

/// JSON with two-space indentation, keys in the order received.
#[must_use]
pub fn json_text(json: Json) -> Canonical {
    let mut text = json::to_pretty(&json);
    text.push('\n');
    Canonical { text, trailing_newline: true, json: Some(json) }
}

/// Text with `\n` for line breaks and other control characters written out.
#[must_use]
pub fn plain_text(text: &str) -> Canonical {
    let unified = text.replace("\r\n", "\n");
    let mut escaped = String::with_capacity(unified.len() + 1);
    for character in unified.chars() {
        if character.is_control() && !matches!(character, '\n' | '\t') {
            escaped.push_str(&format!("\\u{{{:x}}}", u32::from(character)));
        } else {
            escaped.push(character);
        }
    }
    let trailing_newline = escaped.ends_with('\n');
    let trimmed = escaped.trim_end_matches('\n').len();
    escaped.truncate(trimmed);
    if !escaped.is_empty() {
        escaped.push('\n');
    }
    Canonical { text: escaped, trailing_newline, json: None }
}

/// The named headers as a JSON map in the order asked for; one that is not there is `null`, one that came several times a list.
#[must_use]
pub fn headers_text(headers: &[(String, String)], names: &[String]) -> Canonical {
    let entries = names.iter().map(|name| {
        let mut values: Vec<Json> =
            headers.iter().filter(|(header, _)| header == name).map(|(_, value)| Json::text(value.clone())).collect();
        let value = match values.len() {
            0 => Json::Null,
            1 => values.remove(0),
            _ => Json::List(values),
        };
        (name.clone(), value)
    });
    json_text(Json::Map(entries.collect()))
}

/// The types of a value: texts name them, the elements of a list are merged into one, and a key that not all of them have
/// ends in `?`.
#[must_use]
pub fn shape(json: &Json) -> Json {
    // Recursion is bounded by the reader's limit on depth.
    match json {
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => Json::from(json.kind()),
        Json::Map(entries) => Json::Map(entries.iter().map(|(key, value)| (key.clone(), shape(value))).collect()),
        Json::List(elements) => {
            let merged = elements.iter().map(shape).reduce(merge);
            Json::List(merged.into_iter().collect())
        }
    }
}

fn merge(one: Json, two: Json) -> Json {
    match (one, two) {
        (Json::Map(one), Json::Map(two)) => merge_maps(one, two),
        (Json::List(mut one), Json::List(mut two)) => match (one.pop(), two.pop()) {
            (Some(one), Some(two)) => Json::List(vec![merge(one, two)]),
            (one, two) => Json::List(one.or(two).into_iter().collect()),
        },
        (one, two) if one == two => one,
        // Different kinds: both are named, in a fixed order.
        (one, two) => {
            let mut kinds: Vec<String> = [one, two].iter().flat_map(names).collect();
            kinds.sort();
            kinds.dedup();
            Json::text(kinds.join(" | "))
        }
    }
}

fn merge_maps(one: Vec<(String, Json)>, two: Vec<(String, Json)>) -> Json {
    let bare = |key: &str| key.strip_suffix('?').unwrap_or(key).to_owned();
    let mut rest: BTreeMap<String, (bool, Json)> = two.into_iter().map(|(key, value)| (bare(&key), (key.ends_with('?'), value))).collect();
    let mut merged = Vec::new();
    for (key, value) in one {
        let name = bare(&key);
        match rest.remove(&name) {
            Some((optional, other)) => {
                let optional = optional || key.ends_with('?');
                merged.push((if optional { format!("{name}?") } else { name }, merge(value, other)));
            }
            None => merged.push((format!("{name}?"), value)),
        }
    }
    merged.extend(rest.into_iter().map(|(name, (_, value))| (format!("{name}?"), value)));
    Json::Map(merged)
}

fn names(shape: &Json) -> Vec<String> {
    match shape {
        Json::String(kinds) => kinds.split(" | ").map(str::to_owned).collect(),
        other => vec![other.kind().to_owned()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shaped(text: &str, expected: &str) {
        assert_eq!(json::to_compact(&shape(&json::read(text).unwrap().json)), expected, "{text}");
    }

    #[test]
    fn a_shape_names_types_and_merges_rows() {
        shaped(r#"{"a": 1, "b": null}"#, r#"{"a":"number","b":"null"}"#);
        shaped(r#"[{"a": 1}, {"a": 2.5}]"#, r#"[{"a":"number"}]"#);
        shaped(r#"[{"a": 1}, {"a": "x", "b": []}]"#, r#"[{"a":"number | string","b?":[]}]"#);
        shaped(r#"[{"b": [1]}, {"b": []}, {}]"#, r#"[{"b?":["number"]}]"#);
        shaped("[]", "[]");
        shaped(r#"[1, null, {"a": 1}]"#, r#"["map | null | number"]"#);
    }

    #[test]
    fn text_has_one_line_break_and_no_control_characters() {
        let canonical = plain_text("a\r\nb\x1b[0m\n\n");
        assert_eq!((canonical.text.as_str(), canonical.trailing_newline), ("a\nb\\u{1b}[0m\n", true));
        let canonical = plain_text("a");
        assert_eq!((canonical.text.as_str(), canonical.trailing_newline), ("a\n", false));
        assert_eq!(plain_text("").text, "");
    }

    #[test]
    fn a_header_that_is_missing_is_null() {
        let headers = [("vary".to_owned(), "a".to_owned()), ("vary".to_owned(), "b".to_owned())];
        let canonical = headers_text(&headers, &["vary".to_owned(), "etag".to_owned()]);
        assert_eq!(canonical.text, "{\n  \"vary\": [\n    \"a\",\n    \"b\"\n  ],\n  \"etag\": null\n}\n");
    }
}
