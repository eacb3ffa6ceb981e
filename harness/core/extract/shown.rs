//! Values as people see them: on one line, and cut.

use crate::json::{self, Json};

/// How many bytes of a value are shown; the whole is in the record.
pub const SHOWN_BYTES: usize = 2_000;

/// A value as people see it: compact JSON, cut after [`SHOWN_BYTES`] bytes. Takes no longer for a large value than for a small one.
#[must_use]
pub fn shown(value: &Json) -> String {
    let mut text = String::new();
    write_shown(value, &mut text);
    cut(text)
}

/// A value that may not be there, as people see it.
#[must_use]
pub fn shown_or_nothing(value: Option<&Json>) -> String {
    value.map_or_else(|| String::from("nothing"), shown)
}

/// Several phrases, of which the first few are shown.
#[must_use]
pub fn listed<'a>(values: impl ExactSizeIterator<Item = &'a Json>, separator: &str) -> String {
    const MANY: usize = 10;
    let n_more = values.len().saturating_sub(MANY);
    let mut phrases: Vec<String> = values.take(MANY).map(shown).collect();
    if n_more > 0 {
        phrases.push(format!("… ({n_more} more)"));
    }
    phrases.join(separator)
}

/// A text cut to what is shown, with an ellipsis where something was cut.
#[must_use]
pub fn cut(text: String) -> String {
    cut_to(text, SHOWN_BYTES)
}

/// A text cut to `limit` bytes, with an ellipsis where something was cut.
#[must_use]
pub fn cut_to(mut text: String, limit: usize) -> String {
    if text.len() <= limit {
        return text;
    }
    let mut end = limit.saturating_sub('…'.len_utf8());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.truncate(end);
    text.push('…');
    text
}

fn write_shown(value: &Json, text: &mut String) {
    if text.len() > SHOWN_BYTES {
        return;
    }
    match value {
        Json::Null => text.push_str("null"),
        Json::Bool(true) => text.push_str("true"),
        Json::Bool(false) => text.push_str("false"),
        Json::Number(number) => text.push_str(number.as_str()),
        Json::String(string) => write_quoted(string, text),
        Json::List(elements) => {
            text.push('[');
            for (index, element) in elements.iter().enumerate() {
                if text.len() > SHOWN_BYTES {
                    return;
                }
                if index > 0 {
                    text.push_str(", ");
                }
                write_shown(element, text);
            }
            text.push(']');
        }
        Json::Map(entries) => {
            text.push('{');
            for (index, (key, element)) in entries.iter().enumerate() {
                if text.len() > SHOWN_BYTES {
                    return;
                }
                if index > 0 {
                    text.push_str(", ");
                }
                write_quoted(key, text);
                text.push_str(": ");
                write_shown(element, text);
            }
            text.push('}');
        }
    }
}

fn write_quoted(string: &str, text: &mut String) {
    let mut end = string.len().min(SHOWN_BYTES + 1);
    while !string.is_char_boundary(end) {
        end -= 1;
    }
    text.push_str(&json::quote(&string[..end]));
}

/// A text in quotes, as people see it, cut where it is long.
#[must_use]
pub fn quoted(string: &str) -> String {
    let mut text = String::new();
    write_quoted(string, &mut text);
    cut(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_values_are_cut_between_characters() {
        let long = Json::text("ü".repeat(5_000));
        let text = shown(&long);
        assert!(text.len() <= SHOWN_BYTES && text.ends_with('…'), "{} bytes", text.len());
        let many = Json::List(vec![long; 50]);
        assert!(shown(&many).len() <= SHOWN_BYTES);
    }

    #[test]
    fn short_values_are_shown_whole() {
        let value = Json::Map(vec![(String::from("a\n"), Json::List(vec![Json::Null, Json::Bool(true), Json::text("x")]))]);
        assert_eq!(shown(&value), r#"{"a\n": [null, true, "x"]}"#);
    }
}
