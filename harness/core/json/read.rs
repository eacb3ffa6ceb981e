//! Reads JSON text (RFC 8259): number text kept, duplicate keys kept and listed, offsets in errors.
//!
//! Iterative, so that hostile nesting ends in an error and not in a stack overflow.

use std::collections::HashMap;

use super::{Json, Number, Path, path::Segment};

/// How deep lists and maps may nest. RFC 8259, section 9, lets a reader set such a limit.
pub const MAX_DEPTH: usize = 1_000;

/// How many duplicate keys are listed with their places; the rest is only counted.
pub const MAX_LISTED_DUPLICATES: usize = 100;

/// Maps up to this size are searched for duplicates key by key, larger ones through a hash table.
const SMALL_MAP: usize = 16;

/// A JSON text that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The value.
    pub json: Json,
    /// Keys that were sent more than once in the same map, in the order their maps closed; at most [`MAX_LISTED_DUPLICATES`].
    pub duplicates: Vec<Duplicate>,
    /// How many keys were sent more than once, listed or not.
    pub n_duplicates: usize,
    /// Whether the text began with a byte order mark, which RFC 8259 (section 8.1) forbids to send and allows to ignore.
    pub byte_order_mark: bool,
    /// How many escapes named half of a surrogate pair; each stands as U+FFFD in the value (RFC 8259, section 8.2).
    pub n_lone_surrogates: usize,
}

/// A key that stands more than once in one map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duplicate {
    /// The path of the key, as `$.plugins[3].name`.
    pub at: Path,
    /// How often it stands there: two or more.
    pub times: usize,
}

/// Why a text is not JSON.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} at byte {offset}")]
pub struct JsonError {
    /// Where, in bytes from the start of the input (a byte order mark counts).
    pub offset: usize,
    /// What is wrong: one line, lower case, no full stop.
    pub message: String,
}

/// Reads one JSON text.
///
/// # Errors
/// What is not JSON by RFC 8259, is not UTF-8, or nests deeper than [`MAX_DEPTH`]. Half a surrogate pair is not an error:
/// the RFC's grammar allows it, and it is read as U+FFFD.
///
/// ```
/// let document = prodiff_core::json::read(r#"{"id": 12345678901234567890}"#)?;
/// assert_eq!(document.json.get("id").unwrap().as_number().unwrap().as_str(), "12345678901234567890");
/// # Ok::<(), prodiff_core::json::JsonError>(())
/// ```
pub fn read(input: impl AsRef<[u8]>) -> Result<Document, JsonError> {
    let bytes = input.as_ref();
    let text = std::str::from_utf8(bytes).map_err(|error| JsonError { offset: error.valid_up_to(), message: "not UTF-8".to_owned() })?;
    let byte_order_mark = text.starts_with('\u{feff}');
    let reader = Reader {
        text,
        bytes,
        at: if byte_order_mark { 3 } else { 0 },
        open: Vec::new(),
        duplicates: Vec::new(),
        n_duplicates: 0,
        n_lone_surrogates: 0,
    };
    let mut document = reader.document()?;
    document.byte_order_mark = byte_order_mark;
    Ok(document)
}

/// A list or map that has not been closed yet.
enum Open {
    List(Vec<Json>),
    Map { entries: Vec<(String, Json)>, key: String },
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
    open: Vec<Open>,
    duplicates: Vec<Duplicate>,
    n_duplicates: usize,
    n_lone_surrogates: usize,
}

impl Reader<'_> {
    fn document(mut self) -> Result<Document, JsonError> {
        let json = loop {
            let mut value = self.value()?;
            // A finished value closes as many lists and maps as end right behind it.
            let done = loop {
                match self.place(value)? {
                    Placed::Root(value) => break Some(value),
                    Placed::Closed(closed) => value = closed,
                    Placed::More => break None,
                }
            };
            if let Some(json) = done {
                break json;
            }
        };
        self.space();
        if self.at < self.bytes.len() {
            return Err(self.unexpected("the end of the text"));
        }
        Ok(Document {
            json,
            duplicates: self.duplicates,
            n_duplicates: self.n_duplicates,
            byte_order_mark: false,
            n_lone_surrogates: self.n_lone_surrogates,
        })
    }

    /// Reads on to the next scalar or empty list or map, opening what stands before it.
    fn value(&mut self) -> Result<Json, JsonError> {
        loop {
            self.space();
            match self.bytes.get(self.at) {
                Some(b'{') => {
                    self.enter()?;
                    self.space();
                    if self.bytes.get(self.at) == Some(&b'}') {
                        self.at += 1;
                        return Ok(Json::Map(Vec::new()));
                    }
                    let key = self.key("a key or `}`")?;
                    self.open.push(Open::Map { entries: Vec::new(), key });
                }
                Some(b'[') => {
                    self.enter()?;
                    self.space();
                    if self.bytes.get(self.at) == Some(&b']') {
                        self.at += 1;
                        return Ok(Json::List(Vec::new()));
                    }
                    self.open.push(Open::List(Vec::new()));
                }
                Some(b'"') => return self.string().map(Json::String),
                Some(b'-' | b'0'..=b'9') => return self.number(),
                Some(b't') => return self.word("true", Json::Bool(true)),
                Some(b'f') => return self.word("false", Json::Bool(false)),
                Some(b'n') => return self.word("null", Json::Null),
                _ => return Err(self.unexpected("a value")),
            }
        }
    }

    /// Puts a finished value where it belongs and reads the comma or bracket behind it.
    fn place(&mut self, value: Json) -> Result<Placed, JsonError> {
        let Some(open) = self.open.last_mut() else { return Ok(Placed::Root(value)) };
        match open {
            Open::List(elements) => {
                elements.push(value);
                self.space();
                match self.bytes.get(self.at) {
                    Some(b',') => {
                        self.at += 1;
                        Ok(Placed::More)
                    }
                    Some(b']') => {
                        self.at += 1;
                        let Some(Open::List(elements)) = self.open.pop() else { unreachable!("the list was on top") };
                        Ok(Placed::Closed(Json::List(elements)))
                    }
                    _ => Err(self.unexpected("`,` or `]`")),
                }
            }
            Open::Map { entries, key } => {
                entries.push((std::mem::take(key), value));
                self.space();
                match self.bytes.get(self.at) {
                    Some(b',') => {
                        self.at += 1;
                        self.space();
                        let next = self.key("a key")?;
                        if let Some(Open::Map { key, .. }) = self.open.last_mut() {
                            *key = next;
                        }
                        Ok(Placed::More)
                    }
                    Some(b'}') => {
                        self.at += 1;
                        let Some(Open::Map { entries, .. }) = self.open.pop() else { unreachable!("the map was on top") };
                        self.note_duplicates(&entries);
                        Ok(Placed::Closed(Json::Map(entries)))
                    }
                    _ => Err(self.unexpected("`,` or `}`")),
                }
            }
        }
    }

    fn enter(&mut self) -> Result<(), JsonError> {
        if self.open.len() >= MAX_DEPTH {
            return Err(JsonError { offset: self.at, message: format!("nested deeper than {MAX_DEPTH} levels") });
        }
        self.at += 1;
        Ok(())
    }

    fn key(&mut self, expected: &str) -> Result<String, JsonError> {
        if self.bytes.get(self.at) != Some(&b'"') {
            return Err(self.unexpected(expected));
        }
        let key = self.string()?;
        self.space();
        if self.bytes.get(self.at) != Some(&b':') {
            return Err(self.unexpected("`:`"));
        }
        self.at += 1;
        Ok(key)
    }

    fn space(&mut self) {
        while matches!(self.bytes.get(self.at), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn word(&mut self, word: &str, value: Json) -> Result<Json, JsonError> {
        if !self.bytes[self.at..].starts_with(word.as_bytes()) {
            return Err(self.unexpected("a value"));
        }
        self.at += word.len();
        Ok(value)
    }

    fn number(&mut self) -> Result<Json, JsonError> {
        let start = self.at;
        while matches!(self.bytes.get(self.at), Some(b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E')) {
            self.at += 1;
        }
        let text = &self.text[start..self.at];
        Number::parse(text)
            .map(Json::Number)
            .ok_or_else(|| JsonError { offset: start, message: format!("`{}` is not a number", excerpt(text)) })
    }

    /// Reads a string; the opening quote stands at the cursor.
    fn string(&mut self) -> Result<String, JsonError> {
        let opening = self.at;
        self.at += 1;
        let mut start = self.at;
        self.plain();
        if self.bytes.get(self.at) == Some(&b'"') {
            let text = self.text[start..self.at].to_owned();
            self.at += 1;
            return Ok(text);
        }
        let mut text = String::new();
        loop {
            text.push_str(&self.text[start..self.at]);
            match self.bytes.get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text);
                }
                Some(b'\\') => self.escape(&mut text)?,
                Some(_) => return Err(JsonError { offset: self.at, message: "control character in a string".to_owned() }),
                None => return Err(JsonError { offset: opening, message: "string without an end".to_owned() }),
            }
            start = self.at;
            self.plain();
        }
    }

    /// Moves on to the next quote, backslash, control character or the end.
    fn plain(&mut self) {
        let rest = &self.bytes[self.at..];
        self.at += rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20)).unwrap_or(rest.len());
    }

    fn escape(&mut self, text: &mut String) -> Result<(), JsonError> {
        let start = self.at;
        let plain = match self.bytes.get(start + 1) {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                let unit = self.hex(start)?;
                self.at += 6;
                text.push(self.character(unit)?);
                return Ok(());
            }
            _ => return Err(JsonError { offset: start, message: "unknown escape in a string".to_owned() }),
        };
        text.push(plain);
        self.at += 2;
        Ok(())
    }

    /// The character that a UTF-16 unit begins; takes the second half of a pair when it stands at the cursor.
    fn character(&mut self, unit: u32) -> Result<char, JsonError> {
        if let Some(character) = char::from_u32(unit) {
            return Ok(character);
        }
        if (0xd800..0xdc00).contains(&unit) && self.bytes[self.at..].starts_with(b"\\u") {
            let low = self.hex(self.at)?;
            if (0xdc00..0xe000).contains(&low) {
                self.at += 6;
                let scalar = 0x1_0000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
                return Ok(char::from_u32(scalar).expect("a surrogate pair names a scalar value"));
            }
        }
        self.n_lone_surrogates += 1;
        Ok(char::REPLACEMENT_CHARACTER)
    }

    /// The four hex digits of the `\u` escape at `start`.
    fn hex(&self, start: usize) -> Result<u32, JsonError> {
        let digits = self.bytes.get(start + 2..start + 6).unwrap_or_default();
        let all_hex = digits.len() == 4 && digits.iter().all(u8::is_ascii_hexdigit);
        if !all_hex {
            return Err(JsonError { offset: start, message: "`\\u` takes four hex digits".to_owned() });
        }
        Ok(u32::from_str_radix(&self.text[start + 2..start + 6], 16).expect("four hex digits are a number"))
    }

    fn note_duplicates(&mut self, entries: &[(String, Json)]) {
        let twice = if entries.len() <= SMALL_MAP {
            let repeated = |at: usize| entries[..at].iter().any(|(key, _)| *key == entries[at].0);
            if !(1..entries.len()).any(repeated) {
                return;
            }
            count_keys(entries)
        } else {
            count_keys(entries)
        };
        let here = || {
            let steps = self.open.iter().map(|open| match open {
                Open::List(elements) => Segment::Index(elements.len()),
                Open::Map { key, .. } => Segment::Key(key.clone()),
            });
            Path::from_iter(steps)
        };
        let mut listed = Vec::new();
        for (key, times) in twice {
            self.n_duplicates += 1;
            if self.duplicates.len() + listed.len() < MAX_LISTED_DUPLICATES {
                listed.push(Duplicate { at: here().key(key), times });
            }
        }
        self.duplicates.append(&mut listed);
    }

    fn unexpected(&self, expected: &str) -> JsonError {
        let message = match self.text[self.at..].chars().next() {
            None => format!("expected {expected}, the text ends"),
            Some(character) if character.is_control() => format!("expected {expected}, found a control character"),
            Some(character) => format!("expected {expected}, found `{character}`"),
        };
        JsonError { offset: self.at, message }
    }
}

/// What became of a finished value.
enum Placed {
    /// It is the document.
    Root(Json),
    /// It was the last of its list or map, which is now finished itself.
    Closed(Json),
    /// Another value follows.
    More,
}

/// The keys that stand more than once, in the order they came, and how often.
fn count_keys(entries: &[(String, Json)]) -> Vec<(&str, usize)> {
    let mut times: HashMap<&str, usize> = HashMap::with_capacity(entries.len());
    for (key, _) in entries {
        *times.entry(key).or_default() += 1;
    }
    if times.len() == entries.len() {
        return Vec::new();
    }
    let mut twice = Vec::new();
    for (key, _) in entries {
        // Taken out at its first place, so that each key is listed once.
        if let Some(times) = times.remove(key.as_str())
            && times > 1
        {
            twice.push((key.as_str(), times));
        }
    }
    twice
}

fn excerpt(text: &str) -> String {
    const LONGEST: usize = 40;
    if text.len() <= LONGEST { text.to_owned() } else { format!("{}…", &text[..LONGEST]) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::json::{to_compact, to_value};

    /// The value written back, or the error; then what else the reader noted.
    fn check(input: &str, expected: &str) {
        let seen = match read(input) {
            Err(error) => error.to_string(),
            Ok(document) => {
                let mut seen = to_compact(&document.json);
                for Duplicate { at, times } in &document.duplicates {
                    seen.push_str(&format!(" | {at} ×{times}"));
                }
                if document.byte_order_mark {
                    seen.push_str(" | mark");
                }
                if document.n_lone_surrogates > 0 {
                    seen.push_str(&format!(" | {} lone", document.n_lone_surrogates));
                }
                seen
            }
        };
        assert_eq!(seen, expected, "{input}");
    }

    #[test]
    fn values_keep_their_text_and_order() {
        check(" { \"b\" : [ 1.10 , -0 , 1E+2 ] , \"a\" : null } ", r#"{"b":[1.10,-0,1E+2],"a":null}"#);
        check(r#""aA\n\ud83d\ude00\/""#, "\"aA\\n😀/\"");
        check("12345678901234567890123", "12345678901234567890123");
        check("[[],{},[[]],\"\"]", "[[],{},[[]],\"\"]");
        check("\u{feff}true", "true | mark");
    }

    #[test]
    fn duplicate_keys_are_kept_and_listed() {
        check(r#"{"a":1,"b":2,"a":3}"#, r#"{"a":1,"b":2,"a":3} | $.a ×2"#);
        check(r#"[0,{"x":{"a b":1,"a b":1,"a b":1}}]"#, r#"[0,{"x":{"a b":1,"a b":1,"a b":1}}] | $[1].x['a b'] ×3"#);
        let many: Vec<String> = (0..3_000).map(|n| format!("\"k{}\":{n}", n % 1_500)).collect();
        let document = read(format!("{{{}}}", many.join(","))).unwrap();
        assert_eq!((document.n_duplicates, document.duplicates.len()), (1_500, MAX_LISTED_DUPLICATES));
    }

    #[test]
    fn half_a_surrogate_pair_becomes_the_replacement_character() {
        check(r#""\ud83d""#, "\"\u{fffd}\" | 1 lone");
        check(r#""\udead\ud83dx\ud83d\ud83d\ude00""#, "\"\u{fffd}\u{fffd}x\u{fffd}😀\" | 3 lone");
        check(r#""\ud83d\n""#, "\"\u{fffd}\\n\" | 1 lone");
    }

    #[test]
    fn mistakes_are_named_with_their_place() {
        check("", "expected a value, the text ends at byte 0");
        check("[1,]", "expected a value, found `]` at byte 3");
        check("{\"a\":1,}", "expected a key, found `}` at byte 7");
        check("{a:1}", "expected a key or `}`, found `a` at byte 1");
        check("{\"a\" 1}", "expected `:`, found `1` at byte 5");
        check("[1 2]", "expected `,` or `]`, found `2` at byte 3");
        check("1 2", "expected the end of the text, found `2` at byte 2");
        check("01", "`01` is not a number at byte 0");
        check("\"\u{1}\"", "control character in a string at byte 1");
        check("\"abc", "string without an end at byte 0");
        check(r#""\x""#, "unknown escape in a string at byte 1");
        check(r#""\u12""#, "`\\u` takes four hex digits at byte 1");
        check(r#""\u12é4""#, "`\\u` takes four hex digits at byte 1");
        check("nul", "expected a value, found `n` at byte 0");
        assert_eq!(read(b"\"\xff\"").unwrap_err().offset, 1);
    }

    #[test]
    fn nesting_is_limited_and_never_overflows() {
        let nested = |depth: usize| format!("{}1{}", "[".repeat(depth), "]".repeat(depth));
        assert!(read(nested(MAX_DEPTH)).is_ok());
        assert_eq!(read(nested(MAX_DEPTH + 1)).unwrap_err().to_string(), "nested deeper than 1000 levels at byte 1000");
        assert!(read("[".repeat(5_000_000)).is_err());
        assert!(read("{\"a\":".repeat(2_000_000)).is_err());
    }

    /// JSON-like text: mostly sound, sometimes not.
    fn json_text() -> impl Strategy<Value = String> {
        let number = prop_oneof!["-?(0|[1-9][0-9]{0,25})(\\.[0-9]{1,5})?([eE][+-]?[0-9]{1,2})?", "[-+0-9.eE]{1,5}"];
        let string = prop_oneof![
            "[ -~é😀]{0,6}".prop_map(|text| format!("\"{}\"", text.replace(['"', '\\'], ""))),
            "(\\\\[\"\\\\/bfnrtux]|\\\\u[0-9a-fA-F]{4}|[a-z]){0,4}".prop_map(|text| format!("\"{text}\"")),
        ];
        let leaf =
            prop_oneof![number, string, Just("true".to_owned()), Just("null".to_owned()), Just("false".to_owned()), "[ \\]}{,:a\n]{0,2}"];
        leaf.prop_recursive(4, 40, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(|items| format!("[{}]", items.join(", "))),
                prop::collection::vec(("\"[ab]{0,2}\"", inner), 0..5).prop_map(|items| {
                    let items: Vec<String> = items.into_iter().map(|(key, value)| format!("{key}: {value}")).collect();
                    format!("{{{}}}", items.join(","))
                }),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn agrees_with_serde_json(text in json_text()) {
            let reference: Result<serde_json::Value, _> = serde_json::from_str(&text);
            match (read(&text), reference) {
                (Ok(document), Ok(value)) => prop_assert!(near(&to_value(&document.json), &value), "{text}\n{value}\n{:?}", document.json),
                (Err(_), Err(_)) => {}
                (Err(error), Ok(_)) => prop_assert!(false, "{text}: {error}"),
                (Ok(document), Err(error)) => {
                    // What serde_json cannot hold, though it is JSON: half a pair, a number past a double.
                    let excused = document.n_lone_surrogates > 0 || error.to_string().contains("number out of range");
                    prop_assert!(excused, "{text}: {error}");
                }
            }
        }

        #[test]
        fn survives_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let reference: Result<serde_json::Value, _> = serde_json::from_slice(&bytes);
            prop_assert!(read(&bytes).is_ok() || reference.is_err());
        }

        #[test]
        fn what_was_written_reads_the_same(text in json_text()) {
            if let Ok(document) = read(&text) {
                let again = read(to_compact(&document.json)).unwrap().json;
                let pretty = read(crate::json::to_pretty(&document.json)).unwrap().json;
                prop_assert_eq!(to_compact(&again), to_compact(&document.json));
                prop_assert_eq!(to_compact(&pretty), to_compact(&document.json));
            }
        }
    }

    /// Equal but for the last bits of a double, which serde_json's fast parser may get wrong.
    fn near(one: &serde_json::Value, two: &serde_json::Value) -> bool {
        use serde_json::Value;
        match (one, two) {
            (Value::Number(a), Value::Number(b)) => {
                let (a, b) = (a.as_f64().unwrap(), b.as_f64().unwrap());
                a == b || (a - b).abs() <= 1e-12 * a.abs().max(b.abs())
            }
            (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| near(a, b)),
            (Value::Object(a), Value::Object(b)) => a.len() == b.len() && a.iter().zip(b).all(|((k, a), (l, b))| k == l && near(a, b)),
            _ => one == two,
        }
    }
}
