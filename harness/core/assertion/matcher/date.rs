//! Reads the dates that sites send: RFC 3339, HTTP dates, epoch seconds and milliseconds.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat, Utc};

use crate::json::{Json, Number};

/// From this number on an epoch counts milliseconds: as seconds it would be the year 5138, as milliseconds it is 1973.
const FIRST_MILLISECOND_EPOCH: f64 = 1e11;

/// The date that a value stands for, if it is one.
pub fn read(value: &Json) -> Option<DateTime<Utc>> {
    match value {
        Json::Number(number) => from_epoch(number),
        Json::String(text) => from_text(text),
        Json::Null | Json::Bool(_) | Json::List(_) | Json::Map(_) => None,
    }
}

/// The date that a text stands for. One without an offset is taken as UTC, one without a time as its first moment.
pub fn from_text(text: &str) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if let Ok(date) = DateTime::parse_from_rfc3339(text) {
        return Some(date.to_utc());
    }
    if matches!(text.len(), 10 | 13) && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return from_epoch(&Number::parse(text)?);
    }
    let naive = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"];
    if let Some(date) = naive.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok()) {
        return Some(date.and_utc());
    }
    if let Ok(date) = NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        return Some(date.and_time(NaiveTime::MIN).and_utc());
    }
    from_http(text)
}

/// The three forms of RFC 9110, 5.6.7, and the dashes of old cookies.
fn from_http(text: &str) -> Option<DateTime<Utc>> {
    let text = text.strip_suffix("GMT").or_else(|| text.strip_suffix("UTC")).unwrap_or(text).trim();
    // `%Y` would read two digits as a year of antiquity.
    let forms = ["%d %b %Y %H:%M:%S", "%d-%b-%y %H:%M:%S", "%d-%b-%Y %H:%M:%S"];
    match text.split_once(", ") {
        Some((_, rest)) => forms.iter().find_map(|form| NaiveDateTime::parse_from_str(rest, form).ok()),
        None => NaiveDateTime::parse_from_str(text, "%a %b %e %H:%M:%S %Y").ok(),
    }
    .map(|naive| naive.and_utc())
}

fn from_epoch(number: &Number) -> Option<DateTime<Utc>> {
    let value = number.to_f64();
    if !value.is_finite() {
        return None;
    }
    let milliseconds = if value.abs() >= FIRST_MILLISECOND_EPOCH { value } else { value * 1_000.0 };
    // Past this a date is no date any more, and the conversion would saturate.
    if milliseconds.abs() > 8.0e15 {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "within 8e15, checked above")]
    DateTime::from_timestamp_millis(milliseconds.round() as i64)
}

/// A date as people see it.
pub fn shown(date: DateTime<Utc>) -> String {
    date.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(value: &str, expected: Option<&str>) {
        let value = crate::json::read(value).unwrap().json;
        assert_eq!(read(&value).map(shown).as_deref(), expected, "{value:?}");
    }

    #[test]
    fn every_form_of_date_is_read() {
        check("\"2024-05-01T12:00:00.25+02:00\"", Some("2024-05-01T10:00:00.250Z"));
        check("\"2024-05-01T12:00:00\"", Some("2024-05-01T12:00:00Z"));
        check("\"2024-05-01\"", Some("2024-05-01T00:00:00Z"));
        check("\"Sun, 06 Nov 1994 08:49:37 GMT\"", Some("1994-11-06T08:49:37Z"));
        check("\"Sunday, 06-Nov-94 08:49:37 GMT\"", Some("1994-11-06T08:49:37Z"));
        check("\"Sun Nov  6 08:49:37 1994\"", Some("1994-11-06T08:49:37Z"));
        check("1714557600", Some("2024-05-01T10:00:00Z"));
        check("1714557600250", Some("2024-05-01T10:00:00.250Z"));
        check("\"1714557600\"", Some("2024-05-01T10:00:00Z"));
    }

    #[test]
    fn what_is_no_date_is_none() {
        for value in ["\"yesterday\"", "\"\"", "\"2024-13-01\"", "\"17145576\"", "null", "true", "[]", "1e400", "9e300"] {
            check(value, None);
        }
    }
}
