//! The two worlds of values, [`Json`] and MiniJinja's, and the way between them that loses nothing.

use std::{fmt, sync::Arc};

use minijinja::{
    Value,
    value::{Enumerator, Object, ObjectRepr, ValueKind},
};

use super::period::Period;
use crate::{
    json::{Json, Number, to_compact},
    value::format_duration,
};

/// A number whose text a machine number would not give back, such as `1.10`.
#[derive(Debug)]
struct Exact(Number);

impl Object for Exact {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn render(self: &Arc<Self>, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0.as_str())
    }
}

/// A list whose elements are still [`Json`].
#[derive(Debug)]
struct JsonList(Vec<Json>);

impl Object for JsonList {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Seq
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.0.get(key.as_usize()?).map(from_json)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Seq(self.0.len())
    }
}

/// A map that keeps its order.
#[derive(Debug)]
struct JsonMap(Vec<(String, Json)>);

impl Object for JsonMap {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Map
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let key = key.as_str()?;
        self.0.iter().rev().find(|(name, _)| name == key).map(|(_, value)| from_json(value))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.0.iter().map(|(key, _)| Value::from(key.as_str())).collect())
    }
}

/// The value of an expression that is `json`.
pub(super) fn from_json(json: &Json) -> Value {
    match json {
        Json::Null => Value::from(()),
        Json::Bool(value) => Value::from(*value),
        Json::Number(number) => from_number(number),
        Json::String(text) => Value::from(text.as_str()),
        Json::List(elements) => Value::from_object(JsonList(elements.clone())),
        Json::Map(entries) => Value::from_object(JsonMap(entries.clone())),
    }
}

/// A machine number where it gives the same text back.
pub(super) fn from_number(number: &Number) -> Value {
    let text = number.as_str();
    if let Ok(integer) = text.parse::<i128>()
        && integer.to_string() == text
    {
        return Value::from(integer);
    }
    let float = number.to_f64();
    if float.is_finite() && float_text(float) == text { Value::from(float) } else { Value::from_object(Exact(number.clone())) }
}

fn float_text(float: f64) -> String {
    // `{:?}` writes the shortest digits that mean this number, with a fraction or an exponent.
    format!("{float:?}")
}

/// The [`Json`] that a value is, or what is wrong with it.
pub(super) fn to_json(value: &Value) -> Result<Json, String> {
    to_json_within(value, 200)
}

fn to_json_within(value: &Value, depth: usize) -> Result<Json, String> {
    let Some(depth) = depth.checked_sub(1) else { return Err(String::from("the value is nested too deeply")) };
    if let Some(number) = number(value) {
        return number.map(Json::Number);
    }
    if let Some(period) = Period::of(value) {
        return Ok(Json::String(format_duration(period)));
    }
    if let Some(list) = value.downcast_object_ref::<JsonList>() {
        return Ok(Json::List(list.0.clone()));
    }
    if let Some(map) = value.downcast_object_ref::<JsonMap>() {
        return Ok(Json::Map(map.0.clone()));
    }
    match value.kind() {
        ValueKind::None => Ok(Json::Null),
        ValueKind::Bool => Ok(Json::Bool(value.is_true())),
        ValueKind::String => Ok(Json::String(value.as_str().unwrap_or_default().to_owned())),
        ValueKind::Seq | ValueKind::Iterable => {
            let elements = value.try_iter().map_err(|error| plain(&error))?;
            elements.map(|element| to_json_within(&element, depth)).collect::<Result<_, _>>().map(Json::List)
        }
        ValueKind::Map => {
            let keys = value.try_iter().map_err(|error| plain(&error))?;
            keys.map(|key| {
                let element = value.get_item(&key).map_err(|error| plain(&error))?;
                Ok((to_text(&key)?, to_json_within(&element, depth)?))
            })
            .collect::<Result<_, _>>()
            .map(Json::Map)
        }
        ValueKind::Undefined => Err(String::from("the expression yields nothing")),
        _ => Err(format!("the expression yields {}, which is no value", kind(value))),
    }
}

/// The number that a value is; an error where it is no finite one, nothing where it is none at all.
pub(super) fn number(value: &Value) -> Option<Result<Number, String>> {
    if let Some(exact) = value.downcast_object_ref::<Exact>() {
        return Some(Ok(exact.0.clone()));
    }
    if value.kind() != ValueKind::Number {
        return None;
    }
    let text = match i128::try_from(value.clone()) {
        Ok(integer) if value.is_integer() => integer.to_string(),
        _ => match f64::try_from(value.clone()) {
            Ok(float) if !value.is_integer() => float_text(float),
            _ => value.to_string(),
        },
    };
    Some(Number::parse(&text).ok_or_else(|| format!("{text} is not a number that can be written")))
}

/// What a value is within a text: strings as they are, numbers by their own text, lists and maps as compact JSON.
pub(super) fn to_text(value: &Value) -> Result<String, String> {
    match value.as_str() {
        Some(text) => Ok(text.to_owned()),
        None => to_json(value).map(|json| json_text(&json)),
    }
}

/// The text that stands for a JSON value inside other text.
pub(super) fn json_text(json: &Json) -> String {
    match json {
        Json::String(text) => text.clone(),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::List(_) | Json::Map(_) => to_compact(json),
    }
}

/// A value that MiniJinja's own filters understand: exact numbers become machine numbers, durations texts.
pub(super) fn plain_value(value: &Value) -> Value {
    if let Some(exact) = value.downcast_object_ref::<Exact>() {
        return Value::from(exact.0.to_f64());
    }
    match Period::of(value) {
        Some(period) => Value::from(format_duration(period)),
        None => value.clone(),
    }
}

/// What kind of value it is, in the words of the suite language.
pub(super) fn kind(value: &Value) -> &'static str {
    if value.downcast_object_ref::<Exact>().is_some() {
        return "a number";
    }
    if Period::of(value).is_some() {
        return "a duration";
    }
    match value.kind() {
        ValueKind::Undefined => "nothing",
        ValueKind::None => "null",
        ValueKind::Bool => "a boolean",
        ValueKind::Number => "a number",
        ValueKind::String => "text",
        ValueKind::Bytes => "bytes",
        ValueKind::Seq | ValueKind::Iterable => "a list",
        ValueKind::Map => "a map",
        _ => "something else",
    }
}

/// What MiniJinja says, without its file names.
pub(super) fn plain(error: &minijinja::Error) -> String {
    error.detail().map_or_else(|| error.kind().to_string(), str::to_owned)
}
