//! Durations inside expressions: they multiply and add, and come out as the text that people write.

use std::{sync::Arc, time::Duration};

use minijinja::{
    Value,
    value::{Object, ObjectRepr},
};

/// A duration as a value of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Period(pub(super) Duration);

impl Object for Period {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn render(self: &Arc<Self>, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&format(self.0))
    }
}

impl Period {
    pub(super) fn value(duration: Duration) -> Value {
        Value::from_object(Self(duration))
    }

    /// The duration of a value that is one.
    pub(super) fn of(value: &Value) -> Option<Duration> {
        value.downcast_object_ref::<Self>().map(|period| period.0)
    }

    /// The duration of a value that is one or is written as one: `24h`, `1m30s`.
    pub(super) fn read(value: &Value) -> Option<Duration> {
        Self::of(value).or_else(|| parse(value.as_str()?))
    }
}

/// Reads `ms s m h d`, joined: `1m30s`.
pub(super) fn parse(text: &str) -> Option<Duration> {
    let mut rest = text;
    let mut total = Duration::ZERO;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let digits = rest.find(|character: char| !character.is_ascii_digit() && character != '.')?;
        let (number, after) = rest.split_at(digits);
        let unit = after.find(|character: char| !character.is_ascii_alphabetic()).unwrap_or(after.len());
        let seconds = match &after[..unit] {
            "ms" => 0.001,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3_600.0,
            "d" => 86_400.0,
            _ => return None,
        };
        let number = crate::json::Number::parse(number)?;
        let part = Duration::try_from_secs_f64((number.to_f64() * seconds * 1_000.0).round() / 1_000.0).ok()?;
        total = total.checked_add(part)?;
        rest = &after[unit..];
    }
    Some(total)
}

/// The text of a duration, to the millisecond: `48h`, `1m30s`, `0s`.
pub(super) fn format(duration: Duration) -> String {
    let mut left = duration.as_nanos().saturating_add(500_000) / 1_000_000;
    if left == 0 {
        return String::from("0s");
    }
    let mut text = String::new();
    for (unit, size) in [("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)] {
        if left >= size {
            text.push_str(&format!("{}{unit}", left / size));
            left %= size;
        }
    }
    text
}
