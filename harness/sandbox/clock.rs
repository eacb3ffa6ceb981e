//! The hub's time, in microseconds since 1970 (UTC), and its calendar.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, Datelike, NaiveDate, Utc};

use crate::options::Clock;

pub(crate) const SECOND: i64 = 1_000_000;
pub(crate) const DAY: i64 = 86_400 * SECOND;

// The years 2000 to 9000: far from where dates end.
const EARLIEST: i64 = 946_684_800 * SECOND;
const LATEST: i64 = 221_845_392_000 * SECOND;

/// Tells the hub's time.
#[derive(Debug)]
pub(crate) struct HubClock {
    pub(crate) start: i64,
    began: Option<Instant>,
    shift: AtomicI64,
}

impl HubClock {
    pub(crate) fn new(start: DateTime<Utc>, clock: Clock) -> HubClock {
        let began = match clock {
            Clock::Running => Some(Instant::now()),
            Clock::Frozen => None,
        };
        HubClock { start: start.timestamp_micros().clamp(EARLIEST, LATEST), began, shift: AtomicI64::new(0) }
    }

    pub(crate) fn now(&self) -> i64 {
        let elapsed = self.began.map_or(0, |began| micros(began.elapsed()));
        self.start.saturating_add(elapsed).saturating_add(self.shift.load(Ordering::Relaxed)).clamp(EARLIEST, LATEST)
    }

    pub(crate) fn advance(&self, by: Duration) {
        let by = micros(by);
        // The closure always returns a value, so there is nothing to handle.
        let _ = self.shift.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |shift| Some(shift.saturating_add(by).min(LATEST)));
    }
}

/// A duration in microseconds, at most as long as time here lasts.
pub(crate) fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(LATEST).min(LATEST)
}

/// ISO 8601 with six digits and `Z`, as the API writes dates.
pub(crate) fn iso(at: i64) -> String {
    DateTime::from_timestamp_micros(at).unwrap_or_default().format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
}

/// A month of the calendar, counted from the year 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Month(i32);

impl Month {
    pub(crate) fn of(at: i64) -> Month {
        let date = DateTime::from_timestamp_micros(at).unwrap_or_default();
        Month(date.year() * 12 + date.month0() as i32)
    }

    pub(crate) fn plus(self, months: i32) -> Month {
        Month(self.0.saturating_add(months).clamp(0, 9000 * 12))
    }

    pub(crate) fn number(self) -> u64 {
        u64::from(self.0.unsigned_abs())
    }

    /// The first moment of the month.
    pub(crate) fn start(self) -> i64 {
        let first = NaiveDate::from_ymd_opt(self.0.div_euclid(12), self.0.rem_euclid(12) as u32 + 1, 1);
        first.and_then(|date| date.and_hms_opt(0, 0, 0)).map_or(0, |moment| moment.and_utc().timestamp_micros())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_begin_where_the_calendar_says() {
        let check = |at: &str, back: i32, expected: &str| {
            let at: DateTime<Utc> = at.parse().unwrap();
            assert_eq!(iso(Month::of(at.timestamp_micros()).plus(-back).start()), expected);
        };
        check("2026-11-23T15:00:00Z", 0, "2026-11-01T00:00:00.000000Z");
        check("2026-01-01T00:00:00Z", 1, "2025-12-01T00:00:00.000000Z");
        check("2024-02-29T23:59:59Z", 14, "2022-12-01T00:00:00.000000Z");
    }

    #[test]
    fn time_neither_runs_back_nor_over_the_end() {
        let clock = HubClock::new(Utc::now(), Clock::Frozen);
        let before = clock.now();
        assert_eq!(clock.now(), before);
        clock.advance(Duration::from_secs(1));
        assert_eq!(clock.now(), before + SECOND);
        clock.advance(Duration::MAX);
        clock.advance(Duration::MAX);
        assert_eq!(clock.now(), LATEST);
        assert_eq!(iso(LATEST), "9000-01-01T00:00:00.000000Z");
    }
}
