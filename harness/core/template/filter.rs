//! The filters of the suite language, beside MiniJinja's own.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chrono::format::{Item, StrftimeItems};
use hmac::{Hmac, Mac};
use minijinja::{
    Environment, Error, ErrorKind, Value,
    value::{Rest, ValueKind},
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

use super::{
    moment::Moment,
    value::{from_number, kind, number, plain, plain_value, to_json, to_text},
};
use crate::json::Number;

type Filter = fn(&Value, &[Value]) -> Result<Value, String>;

/// Every filter of our own, and how many arguments it takes.
const FILTERS: [(&str, usize, Filter); 15] = [
    ("json", 0, |value, _| to_json(value).map(|json| Value::from(crate::json::to_compact(&json)))),
    ("base64", 0, |value, _| Ok(Value::from(STANDARD.encode(to_text(value)?)))),
    ("base64url", 0, |value, _| Ok(Value::from(URL_SAFE_NO_PAD.encode(to_text(value)?)))),
    ("urlencode", 0, |value, _| urlencode(value)),
    ("sha256", 0, |value, _| Ok(Value::from(hex(&Sha256::digest(to_text(value)?))))),
    ("hmac", 1, |value, arguments| {
        let mut mac = Hmac::<Sha256>::new_from_slice(to_text(&arguments[0])?.as_bytes()).map_err(|error| error.to_string())?;
        mac.update(to_text(value)?.as_bytes());
        Ok(Value::from(hex(&mac.finalize().into_bytes())))
    }),
    ("int", 0, |value, _| int(value)),
    ("float", 0, |value, _| float(value)),
    ("date", 1, |value, arguments| date(value, &arguments[0])),
    ("plus", 1, |value, arguments| shift(value, &arguments[0], 1)),
    ("minus", 1, |value, arguments| shift(value, &arguments[0], -1)),
    ("start_of", 1, |value, arguments| {
        let unit = arguments[0].as_str().ok_or("start_of takes a unit such as 'month'")?;
        moment(value)?.start_of(unit).map(|moment| Value::from(moment.text()))
    }),
    ("epoch", 0, |value, _| Ok(Value::from(moment(value)?.at.timestamp()))),
    ("epoch_ms", 0, |value, _| Ok(Value::from(moment(value)?.at.timestamp_millis()))),
    // MiniJinja's `string` would write `none` for null and `1.1` for 1.10.
    ("string", 0, |value, _| to_text(value).map(Value::from)),
];

/// MiniJinja's filters and tests with ours; shared by all templates, as it holds nothing of a run.
pub(super) static LIBRARY: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut library = Environment::new();
    for name in ["safe", "escape", "e", "pprint"] {
        library.remove_filter(name);
    }
    // So that `map('base64')` finds them.
    for (name, count, filter) in FILTERS {
        library.add_filter(name, move |value: &Value, arguments: Rest<Value>| {
            run(name, count, filter, value, &arguments).map_err(|message| Error::new(ErrorKind::InvalidOperation, message))
        });
    }
    library
});

fn run(name: &str, count: usize, filter: Filter, value: &Value, arguments: &[Value]) -> Result<Value, String> {
    if arguments.len() != count {
        return Err(wrong_count(name, count, arguments.len()));
    }
    filter(value, arguments)
}

/// That a filter or function was given too many arguments, or too few.
pub(super) fn wrong_count(name: &str, count: usize, given: usize) -> String {
    format!("`{name}` takes {count} argument{}, not {given}", if count == 1 { "" } else { "s" })
}

/// What is wrong with the use of one of our filters, as far as that shows before the run: how many arguments there are, and
/// what those are worth that are written out.
pub(super) fn mistake(name: &str, value: Option<&Value>, given: usize, constants: Option<&[Value]>) -> Option<String> {
    let (name, count, filter) = FILTERS.iter().find(|(own, _, _)| *own == name)?;
    if given != *count {
        return Some(wrong_count(name, *count, given));
    }
    let any_date = || matches!(*name, "plus" | "minus" | "start_of" | "date").then(|| Value::from("2000-01-31T00:00:00Z"));
    let value = value.cloned().or_else(any_date)?;
    filter(&value, constants?).err()
}

/// Applies a filter by name.
pub(super) fn apply(name: &str, value: &Value, arguments: &[Value]) -> Result<Value, String> {
    if let Some((name, count, filter)) = FILTERS.iter().find(|(own, _, _)| *own == name) {
        return run(name, *count, *filter, value, arguments);
    }
    let values: Vec<Value> = std::iter::once(value).chain(arguments).map(plain_value).collect();
    LIBRARY.empty_state().apply_filter(name, &values).map_err(|error| plain(&error))
}

/// Whether a filter of that name exists.
pub(super) fn exists(name: &str) -> bool {
    NAMES.contains(&name)
}

/// Every filter, ours and MiniJinja's that stay.
pub(super) const NAMES: [&str; 52] = [
    "json",
    "base64",
    "base64url",
    "urlencode",
    "sha256",
    "hmac",
    "int",
    "float",
    "date",
    "plus",
    "minus",
    "start_of",
    "epoch",
    "epoch_ms",
    "string",
    "lower",
    "upper",
    "title",
    "capitalize",
    "replace",
    "length",
    "count",
    "dictsort",
    "items",
    "reverse",
    "trim",
    "join",
    "split",
    "lines",
    "default",
    "d",
    "round",
    "abs",
    "attr",
    "first",
    "last",
    "min",
    "max",
    "sort",
    "list",
    "bool",
    "batch",
    "slice",
    "sum",
    "select",
    "reject",
    "selectattr",
    "rejectattr",
    "map",
    "unique",
    "groupby",
    "indent",
];

/// Every test (`is …`), all of them MiniJinja's.
pub(super) const TESTS: [&str; 33] = [
    "undefined",
    "defined",
    "none",
    "boolean",
    "odd",
    "even",
    "divisibleby",
    "number",
    "integer",
    "int",
    "float",
    "string",
    "sequence",
    "iterable",
    "mapping",
    "startingwith",
    "endingwith",
    "lower",
    "upper",
    "eq",
    "equalto",
    "ne",
    "lt",
    "lessthan",
    "le",
    "gt",
    "greaterthan",
    "ge",
    "in",
    "true",
    "false",
    "filter",
    "test",
];

fn moment(value: &Value) -> Result<Moment, String> {
    Moment::read(value).ok_or_else(|| match value.as_str() {
        Some(text) => format!("`{}` is not a date", text.chars().take(60).collect::<String>()),
        None => format!("{} is not a date", kind(value)),
    })
}

fn shift(value: &Value, amount: &Value, sign: i64) -> Result<Value, String> {
    let moment = moment(value)?;
    let shown = to_text(amount)?;
    moment
        .shift(amount, sign)
        .map(|moment| Value::from(moment.text()))
        .map_err(|problem| if problem.starts_with("is ") { format!("`{shown}` {problem}") } else { problem })
}

fn date(value: &Value, pattern: &Value) -> Result<Value, String> {
    let moment = moment(value)?;
    let pattern = pattern.as_str().ok_or("date takes a pattern such as '%Y-%m-%d'")?;
    let items: Vec<Item<'_>> = StrftimeItems::new(pattern).collect();
    let mut text = String::new();
    if items.iter().any(|item| matches!(item, Item::Error)) || write!(text, "{}", moment.at.format_with_items(items.iter())).is_err() {
        return Err(format!("`{pattern}` is not a date pattern; write `%Y-%m-%d`"));
    }
    Ok(Value::from(text))
}

fn int(value: &Value) -> Result<Value, String> {
    let number = read_number(value)?;
    if number.is_integer() {
        // Digits past a machine integer are kept when the text is one already.
        let text = number.as_str();
        if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
            return Ok(from_number(&number));
        }
        if let Some(integer) = number.to_i64() {
            return Ok(Value::from(integer));
        }
    }
    let float = number.to_f64().trunc();
    if float.abs() > 1e38 {
        return Err(format!("{number} is too large for an integer"));
    }
    #[expect(clippy::cast_possible_truncation, reason = "bounded above")]
    Ok(Value::from(float as i128))
}

fn float(value: &Value) -> Result<Value, String> {
    let float = read_number(value)?.to_f64();
    if float.is_finite() { Ok(Value::from(float)) } else { Err(String::from("the number is too large")) }
}

fn read_number(value: &Value) -> Result<Number, String> {
    if let Some(number) = number(value) {
        return number;
    }
    match (value.kind(), value.as_str()) {
        (ValueKind::Bool, _) => Ok(Number::from(u16::from(value.is_true()))),
        (_, Some(text)) => {
            Number::parse(text.trim()).ok_or_else(|| format!("`{}` is not a number", text.chars().take(60).collect::<String>()))
        }
        (_, None) => Err(format!("{} is not a number", kind(value))),
    }
}

fn urlencode(value: &Value) -> Result<Value, String> {
    // As MiniJinja's own: a slash stays, so that whole paths can be encoded.
    const KEPT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'.').remove(b'-').remove(b'_').remove(b'~');
    if value.kind() == ValueKind::Map {
        let mut pairs = Vec::new();
        for key in value.try_iter().map_err(|error| plain(&error))? {
            let element = to_text(&value.get_item(&key).map_err(|error| plain(&error))?)?;
            pairs.push(format!("{}={}", utf8_percent_encode(&to_text(&key)?, KEPT), utf8_percent_encode(&element, KEPT)));
        }
        return Ok(Value::from(pairs.join("&")));
    }
    Ok(Value::from(utf8_percent_encode(&to_text(value)?, KEPT).to_string()))
}

/// Lower-case hex.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String takes any text");
        text
    })
}
