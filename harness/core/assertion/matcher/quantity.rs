//! What can be more or less: numbers, durations, sizes, dates.

use std::{cmp::Ordering, time::Duration};

use chrono::{DateTime, Utc};

use super::{Mode, date};
use crate::{
    extract::argument,
    json::{Json, Number},
    value::{parse_duration, parse_size},
};

const NANOS_PER_SECOND: i128 = 1_000_000_000;

/// A bound that a suite wrote.
#[derive(Debug, Clone, PartialEq)]
pub enum Quantity {
    /// A number without a unit.
    Number(Number),
    /// A duration in nanoseconds.
    Duration(i128),
    /// A size in bytes.
    Size(Number),
    /// A moment.
    Date(DateTime<Utc>),
}

impl Quantity {
    /// Reads a bound.
    ///
    /// # Errors
    /// When it is none of the four.
    pub fn read(value: &Json) -> Result<Self, String> {
        match value {
            Json::Number(number) => Ok(Self::Number(number.clone())),
            Json::String(text) => Number::parse(text)
                .map(Self::Number)
                .or_else(|| duration(text).map(Self::Duration))
                .or_else(|| size(text).map(Self::Size))
                .or_else(|| date::from_text(text).map(Self::Date))
                .ok_or_else(|| format!("{} is not a number, duration, size or date", argument::found(value))),
            Json::Null | Json::Bool(_) | Json::List(_) | Json::Map(_) => {
                Err(format!("expected a number, duration, size or date, found {}", argument::found(value)))
            }
        }
    }

    /// Whether values of a mode can be compared with it at all; what is wrong otherwise.
    ///
    /// # Errors
    /// What is wrong, for people.
    pub fn suits(&self, mode: Mode) -> Result<(), String> {
        match (self, mode) {
            (Self::Number(number), Mode::Duration) if number.canonical() != "0" => {
                Err(format!("a duration needs a unit: `{number}ms` or `{number}s`"))
            }
            (Self::Number(_) | Self::Duration(_), Mode::Seconds)
            | (Self::Number(_), Mode::Status | Mode::Count)
            | (Self::Number(_) | Self::Duration(_), Mode::Duration)
            | (Self::Number(_) | Self::Size(_), Mode::Bytes)
            | (Self::Number(_) | Self::Duration(_) | Self::Size(_) | Self::Date(_), Mode::Json | Mode::Text | Mode::Texts | Mode::Word) => {
                Ok(())
            }
            (Self::Number(_) | Self::Duration(_) | Self::Size(_) | Self::Date(_), _) => {
                Err(format!("{} is never compared with {}", mode.noun(), self.noun()))
            }
        }
    }

    /// How a value compares with this bound.
    ///
    /// # Errors
    /// Why the two cannot be compared, for people.
    pub fn order(&self, actual: &Json, mode: Mode) -> Result<Ordering, String> {
        let is_text = matches!(mode, Mode::Text | Mode::Texts | Mode::Word);
        match (self, actual) {
            (Self::Number(bound), Json::Number(actual)) => Ok(actual.cmp(bound)),
            (Self::Number(bound), Json::String(text)) if is_text => match Number::parse(text.trim()) {
                Some(actual) => Ok(actual.cmp(bound)),
                None => Err(String::from("the text is not a number")),
            },
            (Self::Number(bound), Json::String(text)) if mode == Mode::Duration => match duration(text) {
                Some(actual) if bound.canonical() == "0" => Ok(actual.cmp(&0)),
                Some(_) | None => Err(String::from("a duration needs a unit")),
            },
            (Self::Number(_), Json::String(_)) => Err(String::from("the value is text, not a number")),
            (Self::Duration(bound), Json::String(text)) => {
                duration(text).map(|actual| actual.cmp(bound)).ok_or_else(|| String::from("the text is not a duration"))
            }
            (Self::Duration(bound), Json::Number(actual)) if mode == Mode::Seconds => Ok(actual.cmp(&seconds(*bound))),
            (Self::Duration(_), Json::Number(_)) => Err(String::from("the value is a number without a unit, not a duration")),
            (Self::Size(bound), Json::Number(actual)) => Ok(actual.cmp(bound)),
            (Self::Size(bound), Json::String(text)) => Number::parse(text.trim())
                .filter(|_| is_text)
                .or_else(|| size(text))
                .map(|actual| actual.cmp(bound))
                .ok_or_else(|| String::from("the text is not a size")),
            (Self::Date(bound), Json::Number(_) | Json::String(_)) => {
                date::read(actual).map(|actual| actual.cmp(bound)).ok_or_else(|| String::from("the value is not a date"))
            }
            (Self::Number(_) | Self::Duration(_) | Self::Size(_) | Self::Date(_), _) => {
                Err(format!("the value is {}, not {}", kind(actual), self.noun()))
            }
        }
    }

    /// The bound as a number on its own scale, for tolerances: numbers and bytes as they are, durations and dates in seconds.
    pub fn magnitude(&self) -> f64 {
        match self {
            Self::Number(number) | Self::Size(number) => number.to_f64(),
            Self::Duration(nanoseconds) => in_seconds(*nanoseconds),
            #[expect(clippy::cast_precision_loss, reason = "a tolerance does not need the last digit of a date")]
            Self::Date(date) => date.timestamp_millis() as f64 / 1_000.0,
        }
    }

    /// "a number", "a duration" …
    pub fn noun(&self) -> &'static str {
        match self {
            Self::Number(_) => "a number",
            Self::Duration(_) => "a duration",
            Self::Size(_) => "a size",
            Self::Date(_) => "a date",
        }
    }
}

/// "null", "a list" …
pub fn kind(value: &Json) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "a boolean",
        Json::Number(_) => "a number",
        Json::String(_) => "text",
        Json::List(_) => "a list",
        Json::Map(_) => "a map",
    }
}

/// The nanoseconds of a duration such as `1m30s`, `800ms`, `0`.
pub fn duration(text: &str) -> Option<i128> {
    let nanoseconds = |duration: Duration| i128::try_from(duration.as_nanos()).ok();
    // An age may be longer than what people may write: the year 1 is more than a thousand years ago.
    let milliseconds = || text.strip_suffix("ms")?.parse::<u64>().ok().map(Duration::from_millis);
    parse_duration(text).or_else(milliseconds).and_then(nanoseconds)
}

/// The bytes of a size such as `2 MB`.
pub fn size(text: &str) -> Option<Number> {
    parse_size(text).map(Number::from)
}

/// A duration in seconds as an exact decimal.
fn seconds(nanoseconds: i128) -> Number {
    Number::parse(&format!("{nanoseconds}e-9")).expect("an integer with an exponent is a number")
}

#[expect(clippy::cast_precision_loss, reason = "a tolerance does not need the last nanosecond of a century")]
fn in_seconds(nanoseconds: i128) -> f64 {
    nanoseconds as f64 / NANOS_PER_SECOND as f64
}

/// A duration as people write it: `812ms`, `1m30s`, `3d2h`. Long ones lose what is too fine to matter.
pub fn shown_duration(nanoseconds: i128) -> String {
    let sign = if nanoseconds < 0 { "-" } else { "" };
    let milliseconds = nanoseconds.unsigned_abs() / 1_000_000;
    if milliseconds == 0 {
        return String::from(if nanoseconds == 0 { "0" } else { "under 1ms" });
    }
    let seconds = milliseconds / 1_000;
    let units =
        [(seconds / 86_400, "d"), (seconds / 3_600 % 24, "h"), (seconds / 60 % 60, "m"), (seconds % 60, "s"), (milliseconds % 1_000, "ms")];
    let first = units.iter().position(|(amount, _)| *amount > 0).unwrap_or(0);
    let text: String =
        units[first..].iter().take(2).filter(|(amount, _)| *amount > 0).map(|(amount, unit)| format!("{amount}{unit}")).collect();
    format!("{sign}{text}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_exactly() {
        let check = |text: &str, milliseconds: Option<i128>| assert_eq!(duration(text), milliseconds.map(|ms| ms * 1_000_000), "{text}");
        check("1m30s", Some(90_000));
        check("800ms", Some(800));
        check("0", Some(0));
        check("3650d", Some(3650 * 86_400_000));
        for text in ["", "5", "5 s", "s", "1.s", "5min", "5S", "-5s", "99999999999999999999999999999999999999d"] {
            check(text, None);
        }
    }

    #[test]
    fn sizes_are_read_exactly() {
        let check = |text: &str, bytes: Option<&str>| assert_eq!(size(text).as_ref().map(Number::as_str), bytes, "{text}");
        check("2 MB", Some("2000000"));
        check("15kB", Some("15000"));
        for text in ["", "2", "2 mb", "MB", "2 KiB"] {
            check(text, None);
        }
    }

    #[test]
    fn durations_are_shown_as_people_write_them() {
        let check = |milliseconds: i128, expected: &str| assert_eq!(shown_duration(milliseconds * 1_000_000), expected);
        check(0, "0");
        check(812, "812ms");
        check(90_000, "1m30s");
        check(3 * 86_400_000 + 2 * 3_600_000 + 5, "3d2h");
        check(-1_500, "-1s500ms");
    }
}
