//! Requests and replies as values, and the forms of text that they hold.

use std::fmt::Write;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::Method;
use percent_encoding::percent_decode_str;
use serde_json::Value;

/// What a visitor asked for.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) method: Method,
    /// Decoded; bad escapes are left as they came.
    pub(crate) path: String,
    /// As it came.
    pub(crate) query: String,
    pub(crate) api_key: Option<String>,
    pub(crate) if_none_match: Option<String>,
    /// Counts the requests to the same port.
    pub(crate) number: u64,
}

impl Ask {
    /// The first value of a query parameter.
    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        let pairs = self.query.split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        pairs.into_iter().find(|(key, _)| *key == name).map(|(_, value)| value)
    }

    /// The path's parts, without the slash that they begin with.
    pub(crate) fn segments(&self) -> Vec<&str> {
        self.path.strip_prefix('/').unwrap_or(&self.path).split('/').collect()
    }
}

pub(crate) fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// A whole number as the hub's server reads it from a query: signs and spaces allowed, too large ones held at the bound.
pub(crate) fn integer(text: &str) -> Option<i64> {
    let text = decode(&text.replace('+', " "));
    let text = text.trim();
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let bound = if text.starts_with('-') { i64::MIN } else { i64::MAX };
    Some(text.parse().unwrap_or(bound))
}

/// What the visitor gets.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Bytes,
    /// How long the server takes before it says anything.
    pub(crate) delay: Duration,
}

impl Reply {
    pub(crate) fn new(status: u16, content_type: &str, body: impl Into<Bytes>) -> Reply {
        Reply { status, headers: vec![("content-type", content_type.to_owned())], body: body.into(), delay: Duration::ZERO }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Reply {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn without(&mut self, name: &str) {
        self.headers.retain(|(held, _)| *held != name);
    }
}

/// JSON as the hub writes it: indented, keys sorted, ASCII only, a line feed at the end.
pub(crate) fn pretty(value: &Value) -> String {
    let text = format!("{value:#}");
    let mut ascii = String::with_capacity(text.len() + 1);
    for letter in text.chars() {
        if letter.is_ascii() {
            ascii.push(letter);
        } else {
            // Only strings hold such letters, and there the escape means the same.
            for unit in letter.encode_utf16(&mut [0; 2]) {
                write!(ascii, "\\u{unit:04x}").expect("writing to a string never fails");
            }
        }
    }
    ascii.push('\n');
    ascii
}

/// Text for HTML and XML, in elements and in quoted attributes.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#x27;"),
            _ => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_the_hub_reads_them() {
        let check = |text: &str, expected: Option<i64>| assert_eq!(integer(text), expected, "{text}");
        check("3", Some(3));
        check("-2", Some(-2));
        check("%203+", Some(3));
        check("%2B5", Some(5));
        check("99999999999999999999", Some(i64::MAX));
        check("-99999999999999999999", Some(i64::MIN));
        check("abc", None);
        check("", None);
        check("1.5", None);
        check("--1", None);
        check("%ff", None);
    }

    #[test]
    fn json_is_ascii_with_sorted_keys() {
        let value = serde_json::json!({"b": [], "a": "Sønja 🦀", "c": {}});
        assert_eq!(pretty(&value), "{\n  \"a\": \"S\\u00f8nja \\ud83e\\udd80\",\n  \"b\": [],\n  \"c\": {}\n}\n");
    }

    #[test]
    fn nothing_gets_out_of_an_attribute() {
        assert_eq!(escape(r#"<a b="c" d='e'>&"#), "&lt;a b=&quot;c&quot; d=&#x27;e&#x27;&gt;&amp;");
    }
}
