//! What a comparison is told about a document: which lists are sets, how rows are told apart, what may vary how far.

use std::str::FromStr;

use crate::json::{Number, Selector};

/// Rules for places. Where several of one kind select the same place, the last one holds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Options {
    /// Lists whose order does not count.
    pub unordered: Vec<Selector>,
    /// Lists and the paths within a row that together tell its rows apart.
    pub key: Vec<(Selector, Vec<Selector>)>,
    /// Lists (or maps of rows) and the path of the version within a row.
    pub version_by: Vec<(Selector, Selector)>,
    /// Numbers and how far they may vary.
    pub tolerance: Vec<(Selector, Tolerance)>,
}

/// How far a number may be from the expected one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tolerance {
    /// By so much, either way.
    Absolute(Number),
    /// By so many hundredths of the expected number, either way.
    Percent(Number),
}

/// Why a text is not a tolerance.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a tolerance: write a number or a percentage, not below zero")]
pub struct ToleranceError(pub String);

impl Tolerance {
    /// Whether `actual` is near enough. Exact for decimals of up to 30 digits, by doubles beyond.
    #[must_use]
    pub fn holds(&self, expected: &Number, actual: &Number) -> bool {
        if expected == actual {
            return true;
        }
        let (expected, actual) = (Decimal::of(expected), Decimal::of(actual));
        match self {
            Self::Absolute(limit) => expected.is_within(&actual, &Decimal::of(limit)),
            Self::Percent(percent) => expected.is_within(&actual, &Decimal::of(percent).hundredths_of(&expected)),
        }
    }
}

impl FromStr for Tolerance {
    type Err = ToleranceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (digits, percent) = match text.strip_suffix('%') {
            Some(digits) => (digits.trim_end(), true),
            None => (text, false),
        };
        match Number::parse(digits) {
            Some(number) if !digits.starts_with('-') => Ok(if percent { Self::Percent(number) } else { Self::Absolute(number) }),
            _ => Err(ToleranceError(text.to_owned())),
        }
    }
}

/// A number to be reckoned with.
enum Decimal {
    /// `digits × 10^exponent`.
    Exact { digits: i128, exponent: i32 },
    /// Too long or too large to be exact.
    Double(f64),
}

impl Decimal {
    fn of(number: &Number) -> Self {
        const MOST_DIGITS: usize = 30;
        const LARGEST_EXPONENT: i32 = 100;
        let canonical = number.canonical();
        let (digits, exponent) = canonical.split_once('e').unwrap_or((&canonical, "0"));
        let is_short = digits.len() <= MOST_DIGITS;
        match (digits.parse(), exponent.parse::<i32>()) {
            (Ok(digits), Ok(exponent)) if is_short && exponent.abs() <= LARGEST_EXPONENT => Self::Exact { digits, exponent },
            _ => Self::Double(number.to_f64()),
        }
    }

    fn double(&self) -> f64 {
        match self {
            Self::Exact { digits, exponent } => format!("{digits}e{exponent}").parse().unwrap_or(f64::NAN),
            Self::Double(double) => *double,
        }
    }

    fn hundredths_of(&self, whole: &Self) -> Self {
        if let (Self::Exact { digits, exponent }, Self::Exact { digits: of, exponent: of_exponent }) = (self, whole)
            && let Some(product) = digits.checked_mul(of.abs())
        {
            return Self::Exact { digits: product, exponent: exponent + of_exponent - 2 };
        }
        Self::Double(self.double() / 100.0 * whole.double().abs())
    }

    fn is_within(&self, other: &Self, limit: &Self) -> bool {
        let exact = || {
            let parts = [self, other, limit].map(|decimal| match decimal {
                Self::Exact { digits, exponent } => Some((*digits, *exponent)),
                Self::Double(_) => None,
            });
            let [Some(one), Some(two), Some(limit)] = parts else { return None };
            let lowest = one.1.min(two.1).min(limit.1);
            let scaled = |(digits, exponent): (i128, i32)| {
                let power = u32::try_from(exponent - lowest).ok()?;
                digits.checked_mul(10_i128.checked_pow(power)?)
            };
            Some(scaled(one)?.checked_sub(scaled(two)?)?.checked_abs()? <= scaled(limit)?)
        };
        exact().unwrap_or_else(|| (self.double() - other.double()).abs() <= limit.double())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(tolerance: &str, expected: &str, actual: &str, holds: bool) {
        let number = |text| Number::parse(text).unwrap();
        let tolerance: Tolerance = tolerance.parse().unwrap();
        assert_eq!(tolerance.holds(&number(expected), &number(actual)), holds, "{tolerance:?} {expected} {actual}");
    }

    #[test]
    fn numbers_within_hold_and_others_do_not() {
        check("3", "10", "13", true);
        check("3", "10", "13.0001", false);
        check("3", "-1", "2", true);
        check("0.3", "0.1", "0.4", true);
        check("5%", "100", "105", true);
        check("5%", "100", "95", true);
        check("5%", "100", "105.01", false);
        check("5%", "-100", "-105", true);
        check("5%", "0", "0.001", false);
        check("0", "12345678901234567890", "12345678901234567891", false);
        check("1", "12345678901234567890", "12345678901234567891", true);
        check("1%", "1e300", "1.005e300", true);
        check("1%", "1e300", "1.05e300", false);
        check("1", "1e-90", "1e90", false);
    }

    #[test]
    fn what_is_no_tolerance_is_refused() {
        for text in ["", "%", "-1", "five", "5 percent", "-0.5%"] {
            assert!(text.parse::<Tolerance>().is_err(), "{text}");
        }
    }
}
