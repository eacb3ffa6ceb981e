//! Points in time inside expressions. All are UTC.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, SecondsFormat, TimeDelta, Timelike, Utc};
use minijinja::Value;

use super::{period::Period, value};

/// A point in time, and how it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) at: DateTime<Utc>,
    /// Written as a day without a time; whole days later it still is.
    is_day: bool,
}

impl Moment {
    /// RFC 3339, a day, an HTTP date, epoch seconds, or epoch milliseconds.
    pub(super) fn read(value: &Value) -> Option<Self> {
        if let Some(number) = value::number(value) {
            return Self::from_epoch(&number.ok()?);
        }
        let text = value.as_str()?.trim();
        if let Some(number) = crate::json::Number::parse(text) {
            return Self::from_epoch(&number);
        }
        if let Ok(day) = text.parse::<NaiveDate>() {
            return Some(Self { at: day.and_time(NaiveTime::MIN).and_utc(), is_day: true });
        }
        let at = DateTime::parse_from_rfc3339(text)
            .or_else(|_| DateTime::parse_from_rfc2822(text))
            .map(|at| at.to_utc())
            .or_else(|_| text.replacen(' ', "T", 1).parse::<NaiveDateTime>().map(|at| at.and_utc()))
            .ok()?;
        Some(Self { at, is_day: false })
    }

    fn from_epoch(number: &crate::json::Number) -> Option<Self> {
        // Seconds reach this size in the year 5138, milliseconds did in 1973.
        const FIRST_MILLISECONDS: f64 = 100_000_000_000.0;
        let number = number.to_f64();
        let milliseconds = if number.abs() < FIRST_MILLISECONDS { number * 1_000.0 } else { number };
        // RFC 3339 ends with the year 9999.
        if milliseconds.abs() > 253_402_300_799_999.0 {
            return None;
        }
        #[expect(clippy::cast_possible_truncation, reason = "bounded above")]
        let at = DateTime::from_timestamp_millis(milliseconds.round() as i64)?;
        Some(Self { at, is_day: false })
    }

    /// RFC 3339, or the day where it was written as one.
    pub(super) fn text(self) -> String {
        if self.is_day && self.at.time() == NaiveTime::MIN {
            return self.at.format("%Y-%m-%d").to_string();
        }
        rfc3339(self.at)
    }

    /// So much later (`sign` 1) or earlier (-1): `3d`, `1h30m`, `1 month`, `2 years`.
    pub(super) fn shift(self, amount: &Value, sign: i64) -> Result<Self, String> {
        let unreadable = || String::from("is not an amount of time; write `3d`, `1h30m` or `1 month`");
        if let Some(period) = Period::read(amount) {
            let delta = TimeDelta::from_std(period).map_err(|_| unreadable())?;
            let at = if sign > 0 { self.at.checked_add_signed(delta) } else { self.at.checked_sub_signed(delta) };
            return self.moved(at);
        }
        let text = amount.as_str().ok_or_else(unreadable)?;
        let (number, unit) = text.trim().split_once(char::is_whitespace).ok_or_else(unreadable)?;
        let number: u32 = number.parse().map_err(|_| unreadable())?;
        let unit = unit.trim();
        let unit = unit.strip_suffix('s').unwrap_or(unit);
        let months = |months: u32| {
            let months = Months::new(months);
            if sign > 0 { self.at.checked_add_months(months) } else { self.at.checked_sub_months(months) }
        };
        let days = |days: u64| if sign > 0 { self.at.checked_add_days(Days::new(days)) } else { self.at.checked_sub_days(Days::new(days)) };
        let seconds = |seconds: i64| self.at.checked_add_signed(TimeDelta::seconds(sign * seconds * i64::from(number)));
        let at = match unit {
            "year" => number.checked_mul(12).and_then(months),
            "month" => months(number),
            "week" => days(u64::from(number) * 7),
            "day" => days(u64::from(number)),
            "hour" => seconds(3_600),
            "minute" => seconds(60),
            "second" => seconds(1),
            _ => return Err(unreadable()),
        };
        self.moved(at)
    }

    fn moved(self, at: Option<DateTime<Utc>>) -> Result<Self, String> {
        at.filter(|at| (0..=9_999).contains(&at.year())).map(|at| Self { at, ..self }).ok_or_else(out_of_range)
    }

    /// The beginning of the second, minute, hour, day, week (Monday), month, quarter or year that it lies in.
    pub(super) fn start_of(self, unit: &str) -> Result<Self, String> {
        let day = self.at.date_naive();
        let midnight = |day: Option<NaiveDate>| day.map(|day| day.and_time(NaiveTime::MIN).and_utc());
        let at = match unit {
            "second" => self.at.with_nanosecond(0),
            "minute" => self.at.with_nanosecond(0).and_then(|at| at.with_second(0)),
            "hour" => self.at.with_nanosecond(0).and_then(|at| at.with_second(0)).and_then(|at| at.with_minute(0)),
            "day" => midnight(Some(day)),
            "week" => midnight(day.checked_sub_days(Days::new(u64::from(day.weekday().num_days_from_monday())))),
            "month" => midnight(day.with_day(1)),
            "quarter" => midnight(NaiveDate::from_ymd_opt(day.year(), day.month0() / 3 * 3 + 1, 1)),
            "year" => midnight(NaiveDate::from_ymd_opt(day.year(), 1, 1)),
            _ => return Err(format!("`{unit}` is not one of second, minute, hour, day, week, month, quarter, year")),
        };
        at.map(|at| Self { at, ..self }).ok_or_else(out_of_range)
    }
}

fn out_of_range() -> String {
    String::from("the date would be out of range")
}

/// RFC 3339 with `Z`, and with a fraction only where there is one.
pub(super) fn rfc3339(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}
