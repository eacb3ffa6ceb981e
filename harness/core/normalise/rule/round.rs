//! `round`: digits behind that many do not count.

use std::sync::Arc;

use super::{Kind, Rule, Stage, paths};
use crate::{
    json::{Json, Number, Selector},
    yaml::{Collector, Node},
};

/// The kind `round`.
pub(super) struct RoundKind;

/// More decimals than any double holds.
const MOST_DECIMALS: u64 = 30;

#[derive(Debug)]
struct Round {
    path: Selector,
    decimals: u32,
}

impl Kind for RoundKind {
    fn name(&self) -> &'static str {
        "round"
    }

    fn documentation(&self) -> &'static str {
        "Numbers are rounded to so many decimals, halves away from zero, exactly."
    }

    fn example(&self) -> &'static str {
        "{'$..score': 2}"
    }

    fn schema(&self) -> serde_json::Value {
        paths::map_schema(&serde_json::json!({"type": "integer", "minimum": 0, "maximum": MOST_DECIMALS}))
    }

    fn read(&self, node: &Node, collector: &Collector) -> Vec<Arc<dyn Rule>> {
        let mut rules: Vec<Arc<dyn Rule>> = Vec::new();
        for (path, entry) in paths::map(node, "a map of paths and numbers of decimals", collector) {
            let Some(decimals) = collector.whole(&entry.value, "a number of decimals") else { continue };
            match u32::try_from(decimals) {
                Ok(decimals) if u64::from(decimals) <= MOST_DECIMALS => rules.push(Arc::new(Round { path, decimals })),
                _ => collector.error(&entry.value.span, format!("expected a number of decimals from 0 to {MOST_DECIMALS}")),
            }
        }
        rules
    }
}

impl Rule for Round {
    fn name(&self) -> &'static str {
        "round"
    }

    fn about(&self) -> &str {
        self.path.as_str()
    }

    fn stage(&self) -> Stage {
        Stage::Round
    }

    fn place(&self) -> Option<&Selector> {
        Some(&self.path)
    }

    fn change(&self, value: &Json) -> Option<Json> {
        rounded(value.as_number()?, self.decimals).map(Json::Number)
    }
}

/// The number with at most so many decimals; nothing if it has no more.
fn rounded(number: &Number, decimals: u32) -> Option<Number> {
    let canonical = number.canonical();
    let (digits, exponent) = canonical.split_once('e')?;
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |digits| ("-", digits));
    let exponent: i64 = exponent.parse().ok()?;
    let surplus = usize::try_from((-i64::from(decimals)).checked_sub(exponent)?).ok().filter(|surplus| *surplus > 0)?;
    let zero = || Number::parse("0");
    if surplus > digits.len() {
        return zero();
    }
    let (kept, dropped) = digits.split_at(digits.len() - surplus);
    let mut kept: Vec<u8> = kept.bytes().collect();
    if dropped.as_bytes()[0] >= b'5' {
        increment(&mut kept);
    }
    let kept = String::from_utf8(kept).expect("digits are ASCII");
    if kept.bytes().all(|digit| digit == b'0') {
        return zero();
    }
    let decimals = usize::try_from(decimals).expect("at most thirty");
    let kept = format!("{kept:0>width$}", width = decimals + 1);
    let (whole, fraction) = kept.split_at(kept.len() - decimals);
    let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
    let whole = if whole.is_empty() { "0" } else { whole };
    Number::parse(&if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") })
}

fn increment(digits: &mut Vec<u8>) {
    for digit in digits.iter_mut().rev() {
        if *digit == b'9' {
            *digit = b'0';
        } else {
            *digit += 1;
            return;
        }
    }
    digits.insert(0, b'1');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(number: &str, decimals: u32, expected: Option<&str>) {
        let rounded = rounded(&Number::parse(number).unwrap(), decimals);
        assert_eq!(rounded.as_ref().map(Number::as_str), expected, "{number} to {decimals}");
    }

    #[test]
    fn numbers_are_rounded_exactly() {
        check("1.234", 2, Some("1.23"));
        check("1.235", 2, Some("1.24"));
        check("-1.235", 2, Some("-1.24"));
        check("0.999", 2, Some("1"));
        check("9.999", 0, Some("10"));
        check("0.05", 1, Some("0.1"));
        check("0.04", 1, Some("0"));
        check("-0.004", 2, Some("0"));
        check("1e-400", 2, Some("0"));
        check("12345678901234567890.555", 1, Some("12345678901234567890.6"));
        check("0.0099", 3, Some("0.01"));
    }

    #[test]
    fn numbers_with_fewer_decimals_keep_their_text() {
        check("1.50", 2, None);
        check("1.5", 1, None);
        check("1e400", 0, None);
        check("0", 0, None);
        check("1.500", 1, None);
    }
}
