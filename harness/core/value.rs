//! Words with a unit that people write: durations, sizes, shares.

use std::{fmt::Write as _, time::Duration};

const MILLISECONDS: [(&str, u64); 5] = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];
/// A thousand years: longer ones are slips, and clocks cannot add them.
const LONGEST: u64 = 365_250 * 86_400_000;
const BYTES: [(&str, u64); 3] = [("kB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000)];

/// A duration in whole `ms s m h d`, joined from the largest to the smallest (`1m30s`), or `0`.
///
/// Nothing for anything else: a bare number, a sign, a fraction, a blank, units out of order, more than a thousand years.
#[must_use]
pub fn parse_duration(text: &str) -> Option<Duration> {
    if text == "0" {
        return Some(Duration::ZERO);
    }
    let mut rest = text;
    let mut total: u64 = 0;
    let mut units = MILLISECONDS.iter();
    while !rest.is_empty() {
        let (amount, after) = whole_number(rest)?;
        let unit = &after[..after.find(|character: char| !character.is_ascii_alphabetic()).unwrap_or(after.len())];
        // Units before the one that was found are used up, so each comes once and in order.
        let (_, milliseconds) = units.find(|(name, _)| *name == unit)?;
        total = total.checked_add(amount.checked_mul(*milliseconds)?)?;
        rest = &after[unit.len()..];
    }
    (!text.is_empty() && total <= LONGEST).then(|| Duration::from_millis(total))
}

/// A duration as [`parse_duration`] reads it: `1m30s`, `250ms`, `25m`, `0`. Parts below a millisecond are left out.
#[must_use]
pub fn format_duration(duration: Duration) -> String {
    let mut rest = duration.as_millis();
    let mut text = String::new();
    for (unit, milliseconds) in MILLISECONDS {
        let amount = rest / u128::from(milliseconds);
        rest %= u128::from(milliseconds);
        if amount > 0 {
            let _ = write!(text, "{amount}{unit}");
        }
    }
    if text.is_empty() { String::from("0") } else { text }
}

/// A size in bytes, written in whole `kB MB GB` (powers of 1000; one space before the unit is allowed), or `0`.
#[must_use]
pub fn parse_size(text: &str) -> Option<u64> {
    if text == "0" {
        return Some(0);
    }
    let (amount, after) = whole_number(text)?;
    let unit = after.strip_prefix(' ').unwrap_or(after);
    let (_, bytes) = BYTES.iter().find(|(name, _)| *name == unit)?;
    amount.checked_mul(*bytes)
}

/// A size as [`parse_size`] reads it where a unit expresses it exactly (`32 MB`); else the count of bytes.
#[must_use]
pub fn format_size(bytes: u64) -> String {
    match BYTES.iter().rev().find(|(_, unit)| bytes > 0 && bytes.is_multiple_of(*unit)) {
        Some((name, unit)) => format!("{} {name}", bytes / unit),
        None => format!("{bytes} bytes"),
    }
}

/// A share: `5%` is 0.05, `12.5%` is 0.125. No sign, no exponent, no blank; more than `100%` is the caller's to refuse.
#[must_use]
pub fn parse_percent(text: &str) -> Option<f64> {
    let number = text.strip_suffix('%')?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) {
        return None;
    }
    number.parse::<f64>().ok().filter(|value| value.is_finite()).map(|value| value / 100.0)
}

/// The decimal digits that `text` begins with as a number, and what follows them.
fn whole_number(text: &str) -> Option<(u64, &str)> {
    let digits = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
    Some((text[..digits].parse().ok()?, &text[digits..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_units() {
        for (text, milliseconds) in [
            ("0", 0),
            ("250ms", 250),
            ("10s", 10_000),
            ("1m30s", 90_000),
            ("25m", 1_500_000),
            ("24h", 86_400_000),
            ("1d2h3m4s5ms", 93_784_005),
            ("3650d", 315_360_000_000),
            ("90s", 90_000),
            ("0s", 0),
        ] {
            assert_eq!(parse_duration(text), Some(Duration::from_millis(milliseconds)), "{text}");
        }
        for text in [
            "",
            "5",
            "00",
            "s",
            "1.5s",
            "-1s",
            "+1s",
            "1 s",
            "1s ",
            " 1s",
            "1S",
            "1min",
            "30s1m",
            "1s1s",
            "1w",
            "1m30",
            "1y",
            "ms",
            "99999999999999999999s",
            "18446744073709551615d",
            "365251d",
            "1e3s",
            "١s",
            "5%",
            "0x1s",
        ] {
            assert_eq!(parse_duration(text), None, "{text}");
        }
    }

    #[test]
    fn durations_are_written_as_they_are_read() {
        for text in ["0", "250ms", "1m30s", "25m", "1d", "1d12h", "1h1ms", "365250d"] {
            assert_eq!(format_duration(parse_duration(text).unwrap()), text);
        }
        assert_eq!(format_duration(Duration::from_secs(90)), "1m30s");
        assert_eq!(format_duration(Duration::from_micros(1_500)), "1ms");
        assert_eq!(format_duration(Duration::from_micros(5)), "0");
        assert!(format_duration(Duration::MAX).starts_with("213503982334601d"));
    }

    #[test]
    fn sizes_have_units() {
        for (text, bytes) in [("0", 0), ("1kB", 1_000), ("2 MB", 2_000_000), ("32MB", 32_000_000), ("1 GB", 1_000_000_000)] {
            assert_eq!(parse_size(text), Some(bytes), "{text}");
        }
        for text in
            ["", "5", "kB", "1.5 MB", "2  MB", "2 mb", "2 KB", "2 MiB", "-1 kB", " 1kB", "1kB ", "5 B", "99999999999 GB", "2 MB 3 kB"]
        {
            assert_eq!(parse_size(text), None, "{text}");
        }
        for (bytes, text) in [(0, "0 bytes"), (999, "999 bytes"), (1_000, "1 kB"), (32_000_000, "32 MB"), (1_500_000, "1500 kB")] {
            assert_eq!(format_size(bytes), text);
        }
    }

    #[test]
    fn shares_are_fractions_of_one() {
        for (text, share) in [("0%", 0.0), ("5%", 0.05), ("12.5%", 0.125), ("100%", 1.0), ("250%", 2.5)] {
            assert_eq!(parse_percent(text), Some(share), "{text}");
        }
        let endless = format!("{}%", "9".repeat(400));
        for text in ["", "5", "%", "-5%", "+5%", "5 %", "5%%", ".5%", "5.%", "1e2%", "NaN%", "inf%", endless.as_str()] {
            assert_eq!(parse_percent(text), None, "{text}");
        }
    }
}
