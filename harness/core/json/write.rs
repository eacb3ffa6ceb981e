//! Writes JSON: keys in the order received, numbers in their own text, nothing that moves a cursor.

use std::fmt::Write as _;

use super::Json;

/// Two-space JSON; empty lists and maps stay on their line. Without a trailing newline.
///
/// Control characters are escaped, and so are the invisible ones that reorder or break lines (U+2028, U+2029, the
/// bidirectional controls, U+FEFF): what is reviewed must be what is there.
#[must_use]
pub fn to_pretty(json: &Json) -> String {
    let mut out = String::new();
    write(json, Some(0), &mut out);
    out
}

/// JSON on one line without spaces.
#[must_use]
pub fn to_compact(json: &Json) -> String {
    let mut out = String::new();
    write(json, None, &mut out);
    out
}

/// A string as JSON writes it, quotes included.
#[must_use]
pub fn quote(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    string(text, &mut out);
    out
}

// Recursion is bounded by the reader's limit on depth.
fn write(json: &Json, indent: Option<usize>, out: &mut String) {
    match json {
        Json::Null => out.push_str("null"),
        Json::Bool(true) => out.push_str("true"),
        Json::Bool(false) => out.push_str("false"),
        Json::Number(number) => out.push_str(number.as_str()),
        Json::String(text) => string(text, out),
        Json::List(elements) if elements.is_empty() => out.push_str("[]"),
        Json::Map(entries) if entries.is_empty() => out.push_str("{}"),
        Json::List(elements) => {
            out.push('[');
            for (at, element) in elements.iter().enumerate() {
                separate(at, indent, out);
                write(element, indent.map(|indent| indent + 1), out);
            }
            close(indent, out);
            out.push(']');
        }
        Json::Map(entries) => {
            out.push('{');
            for (at, (key, value)) in entries.iter().enumerate() {
                separate(at, indent, out);
                string(key, out);
                out.push_str(if indent.is_some() { ": " } else { ":" });
                write(value, indent.map(|indent| indent + 1), out);
            }
            close(indent, out);
            out.push('}');
        }
    }
}

fn separate(at: usize, indent: Option<usize>, out: &mut String) {
    if at > 0 {
        out.push(',');
    }
    if let Some(indent) = indent {
        line(indent + 1, out);
    }
}

fn close(indent: Option<usize>, out: &mut String) {
    if let Some(indent) = indent {
        line(indent, out);
    }
}

fn line(indent: usize, out: &mut String) {
    out.push('\n');
    for _ in 0..indent {
        out.push_str("  ");
    }
}

fn string(text: &str, out: &mut String) {
    out.push('"');
    let mut start = 0;
    for (at, character) in text.char_indices() {
        let short = match character {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            '\u{8}' => "\\b",
            '\u{c}' => "\\f",
            _ if is_hidden(character) => "",
            _ => continue,
        };
        out.push_str(&text[start..at]);
        start = at + character.len_utf8();
        if short.is_empty() {
            write!(out, "\\u{:04x}", u32::from(character)).expect("writing to a string cannot fail");
        } else {
            out.push_str(short);
        }
    }
    out.push_str(&text[start..]);
    out.push('"');
}

/// Characters that a person cannot see but a terminal, an editor or a line diff obeys. All of them are below U+10000.
pub(crate) fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::read;

    fn check(input: &str, expected: &str) {
        assert_eq!(to_pretty(&read(input).unwrap().json), expected);
    }

    #[test]
    fn pretty_text_keeps_order_and_digits() {
        check(
            r#"{"b":[1.10,[],{}],"a":{"x":null},"b":true}"#,
            "{\n  \"b\": [\n    1.10,\n    [],\n    {}\n  ],\n  \"a\": {\n    \"x\": null\n  },\n  \"b\": true\n}",
        );
        check("[]", "[]");
        check("\"x\"", "\"x\"");
    }

    #[test]
    fn what_moves_a_cursor_is_escaped() {
        check(r#""\u001b[2J\u007f\u009b\u2028\u202e é\"\\""#, r#""\u001b[2J\u007f\u009b\u2028\u202e é\"\\""#);
    }
}
