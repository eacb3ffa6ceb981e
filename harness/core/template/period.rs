//! Durations inside expressions: they multiply and add, and come out as the text that people write.

use std::{sync::Arc, time::Duration};

use minijinja::{
    Value,
    value::{Object, ObjectRepr},
};

use crate::value::{format_duration, parse_duration};

/// A duration as a value of an expression.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Period(pub(super) Duration);

impl Object for Period {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn render(self: &Arc<Self>, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&format_duration(self.0))
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

    /// The duration of a value that is one or is written as one, with a unit: `24h`, `1m30s`.
    pub(super) fn read(value: &Value) -> Option<Duration> {
        Self::of(value).or_else(|| value.as_str().filter(|text| *text != "0").and_then(parse_duration))
    }
}
