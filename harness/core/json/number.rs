//! A JSON number that never loses a digit.

use std::{cmp::Ordering, fmt};

/// A number in JSON's syntax (RFC 8259, section 6), kept as the text it was written in.
///
/// Compares as a decimal of any size: `1`, `1.0` and `1e0` are equal, `12345678901234567890` and
/// its neighbour are not.
#[derive(Clone)]
pub struct Number(Box<str>);

impl Number {
    /// The number written in `text`, or nothing if that is not JSON's number syntax.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        is_number(text).then(|| Self(text.into()))
    }

    /// The text as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The nearest double; infinite when the number is too large for one.
    #[must_use]
    pub fn to_f64(&self) -> f64 {
        self.0.parse().unwrap_or(f64::NAN)
    }

    /// The number as an integer, if it is one and fits; `1.0` and `1e3` are integers.
    #[must_use]
    pub fn to_i64(&self) -> Option<i64> {
        let Decimal { negative, digits, exponent } = self.decimal();
        if digits.is_empty() {
            return Some(0);
        }
        let zeros = usize::try_from(exponent).ok()?;
        if digits.len().saturating_add(zeros) > 19 {
            return None;
        }
        let magnitude = format!("{}{digits}{}", if negative { "-" } else { "" }, "0".repeat(zeros));
        magnitude.parse().ok()
    }

    /// Whether it has no fraction: `1`, `1.0` and `1e2` do not.
    #[must_use]
    pub fn is_integer(&self) -> bool {
        let decimal = self.decimal();
        decimal.digits.is_empty() || decimal.exponent >= 0
    }

    /// Whether a double cannot hold it at all, as `12e4567`.
    #[must_use]
    pub fn overflows(&self) -> bool {
        self.to_f64().is_infinite()
    }

    /// A text that is the same for equal numbers and no others.
    #[must_use]
    pub fn canonical(&self) -> String {
        let Decimal { negative, digits, exponent } = self.decimal();
        if digits.is_empty() {
            return String::from("0");
        }
        format!("{}{digits}e{exponent}", if negative { "-" } else { "" })
    }

    fn decimal(&self) -> Decimal {
        let (negative, text) = match self.0.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, &*self.0),
        };
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        // An exponent past 64 bits is clamped: such numbers differ from all that can be written out.
        let exponent = exponent.parse::<i64>().unwrap_or(if exponent.starts_with('-') { i64::MIN / 2 } else { i64::MAX / 2 });
        let mut digits = format!("{whole}{fraction}");
        let mut exponent = exponent.saturating_sub(i64::try_from(fraction.len()).unwrap_or(i64::MAX));
        let significant = digits.trim_end_matches('0').len();
        exponent = exponent.saturating_add(i64::try_from(digits.len() - significant).unwrap_or(i64::MAX));
        digits.truncate(significant);
        let digits = digits.trim_start_matches('0').to_owned();
        if digits.is_empty() {
            return Decimal { negative: false, digits, exponent: 0 };
        }
        Decimal { negative, digits, exponent }
    }
}

/// `±digits × 10^exponent`, without leading or trailing zeros; no digits means zero.
#[derive(PartialEq, Eq)]
struct Decimal {
    negative: bool,
    digits: String,
    exponent: i64,
}

fn is_number(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut at = usize::from(bytes.first() == Some(&b'-'));
    let digits = |at: &mut usize| {
        let start = *at;
        while bytes.get(*at).is_some_and(u8::is_ascii_digit) {
            *at += 1;
        }
        *at > start
    };
    match bytes.get(at) {
        Some(b'0') => at += 1,
        Some(b'1'..=b'9') => {
            digits(&mut at);
        }
        _ => return false,
    }
    if bytes.get(at) == Some(&b'.') {
        at += 1;
        if !digits(&mut at) {
            return false;
        }
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        at += 1;
        if matches!(bytes.get(at), Some(b'+' | b'-')) {
            at += 1;
        }
        if !digits(&mut at) {
            return false;
        }
    }
    at == bytes.len()
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0 || self.decimal() == other.decimal()
    }
}

impl Eq for Number {}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        let (one, two) = (self.decimal(), other.decimal());
        let sign = |decimal: &Decimal| match (decimal.digits.is_empty(), decimal.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        };
        sign(&one).cmp(&sign(&two)).then_with(|| {
            let magnitude = |decimal: &Decimal| decimal.exponent.saturating_add(i64::try_from(decimal.digits.len()).unwrap_or(i64::MAX));
            let by_size = magnitude(&one).cmp(&magnitude(&two)).then_with(|| one.digits.cmp(&two.digits));
            if one.negative { by_size.reverse() } else { by_size }
        })
    }
}

impl fmt::Display for Number {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

macro_rules! from_integer {
    ($($integer:ty),*) => {$(
        impl From<$integer> for Number {
            fn from(value: $integer) -> Self {
                Self(value.to_string().into())
            }
        }
    )*};
}
from_integer!(u16, u32, u64, i64, usize);

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        Number::parse(text).unwrap_or_else(|| panic!("{text} is a number"))
    }

    #[test]
    fn only_json_syntax_is_a_number() {
        for text in ["0", "-0", "10", "1.50", "1e5", "1E+5", "0.1e-7", "12345678901234567890"] {
            assert!(Number::parse(text).is_some(), "{text}");
        }
        for text in ["", "-", "01", "+1", ".5", "1.", "1e", "0x1f", "1_000", "NaN", "1 "] {
            assert!(Number::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn numbers_compare_as_decimals() {
        for (one, two) in [("1", "1.0"), ("1", "10e-1"), ("0", "-0.0"), ("1.10", "1.1"), ("1e400", "10e399")] {
            assert_eq!(number(one), number(two), "{one} {two}");
        }
        for (less, more) in [
            ("1", "2"),
            ("-2", "-1"),
            ("-1", "0"),
            ("9", "10"),
            ("1.5", "1.50001"),
            ("12345678901234567890", "12345678901234567891"),
            ("1e2", "1e3"),
        ] {
            assert!(number(less) < number(more), "{less} {more}");
            assert_ne!(number(less), number(more), "{less} {more}");
        }
    }

    #[test]
    fn integers_come_out_only_when_they_fit() {
        assert_eq!(number("1e3").to_i64(), Some(1000));
        assert_eq!(number("-7.0").to_i64(), Some(-7));
        assert_eq!(number("1.5").to_i64(), None);
        assert_eq!(number("12345678901234567890").to_i64(), None);
        assert!(number("12e4567").overflows());
    }
}
