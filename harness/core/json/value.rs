//! To and from `serde_json`, for libraries that know nothing else.

use std::collections::HashMap;

use super::{Json, Number};

/// The value as `serde_json` has it, for JSON Schema and the filters of JSONPath.
///
/// Loses what that type cannot hold: integers beyond 64 bits and long decimals become the nearest double (the largest one
/// where that is infinite), keys are sorted, and of duplicate keys the last wins. Never used for comparing.
#[must_use]
pub fn to_value(json: &Json) -> serde_json::Value {
    use serde_json::Value;
    match json {
        Json::Null => Value::Null,
        Json::Bool(value) => Value::Bool(*value),
        Json::Number(number) => Value::Number(to_number(number)),
        Json::String(text) => Value::String(text.clone()),
        Json::List(elements) => Value::Array(elements.iter().map(to_value).collect()),
        Json::Map(entries) => Value::Object(entries.iter().map(|(key, value)| (key.clone(), to_value(value))).collect()),
    }
}

fn to_number(number: &Number) -> serde_json::Number {
    if let Ok(integer) = number.as_str().parse::<i64>() {
        return integer.into();
    }
    if let Ok(integer) = number.as_str().parse::<u64>() {
        return integer.into();
    }
    let double = number.to_f64().clamp(f64::MIN, f64::MAX);
    serde_json::Number::from_f64(double).expect("JSON has no text for a number that is none, and infinity was cut")
}

impl From<&serde_json::Value> for Json {
    fn from(value: &serde_json::Value) -> Self {
        use serde_json::Value;
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Number(number) => Self::Number(Number::parse(&number.to_string()).expect("serde_json writes JSON's number syntax")),
            Value::String(text) => Self::String(text.clone()),
            Value::Array(elements) => Self::List(elements.iter().map(Self::from).collect()),
            Value::Object(entries) => Self::Map(entries.iter().map(|(key, value)| (key.clone(), Self::from(value))).collect()),
        }
    }
}

/// The entries of a map, of duplicate keys only the last.
pub(crate) fn last_entries(entries: &[(String, Json)]) -> impl Iterator<Item = (&str, &Json)> {
    const SMALL: usize = 16;
    let last: Option<HashMap<&str, usize>> =
        (entries.len() > SMALL).then(|| entries.iter().enumerate().map(|(at, (key, _))| (key.as_str(), at)).collect());
    let is_last = move |at: usize| match &last {
        Some(last) => last[entries[at].0.as_str()] == at,
        None => !entries[at + 1..].iter().any(|(key, _)| *key == entries[at].0),
    };
    entries.iter().enumerate().filter(move |(at, _)| is_last(*at)).map(|(_, (key, value))| (key.as_str(), value))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{read, to_compact};

    #[test]
    fn numbers_keep_what_serde_json_can_hold() {
        let check = |input: &str, expected: &str| assert_eq!(to_value(&read(input).unwrap().json).to_string(), expected);
        check("[1, -7, 18446744073709551615, 1.10, 1e2]", "[1,-7,18446744073709551615,1.1,100.0]");
        check("[123456789012345678901, 1e999, -1e999]", "[1.2345678901234568e+20,1.7976931348623157e+308,-1.7976931348623157e+308]");
        check(r#"{"b":1,"a":2,"b":3}"#, r#"{"a":2,"b":3}"#);
    }

    #[test]
    fn values_come_back() {
        let value = serde_json::json!({"a": [1, 2.5, null, true, "x"], "b": {}});
        assert_eq!(to_compact(&Json::from(&value)), r#"{"a":[1,2.5,null,true,"x"],"b":{}}"#);
    }

    #[test]
    fn of_duplicate_keys_the_last_entry_counts() {
        for n in [3_usize, 40] {
            let entries: Vec<_> = (0..n).map(|at| (format!("k{}", at % 2), Json::Number(Number::from(at)))).collect();
            let seen: Vec<_> = last_entries(&entries).map(|(key, value)| format!("{key}={}", to_compact(value))).collect();
            let mut expected = [format!("k{}={}", (n - 2) % 2, n - 2), format!("k{}={}", (n - 1) % 2, n - 1)];
            expected.sort_by_key(|text| text[3..].parse::<usize>().unwrap());
            assert_eq!(seen, expected);
        }
    }
}
