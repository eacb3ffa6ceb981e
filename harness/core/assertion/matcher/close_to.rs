//! `close_to`: the value is within a distance of another.

use std::sync::Arc;

use super::{
    Check, Kind, Mode, Parsing, Subject, date, equality,
    order::{measured, parse_bound},
    parse::push,
    quantity::{Quantity, duration, size},
};
use crate::{
    assertion::{Context, Failure, Outcome},
    diagnostic::Diagnostic,
    extract::{Argument, Unresolved, argument},
    json::{Json, Number},
    template::Dynamic,
    value::parse_percent,
    yaml::{Node, Yaml},
};

/// The kind `close_to`.
pub(super) struct CloseTo;

#[derive(Debug)]
struct CloseToCheck {
    value: Argument<Quantity>,
    within: Argument<Distance>,
}

#[derive(Debug, Clone)]
enum Distance {
    /// A share of the expected value.
    Share(f64),
    /// In the unit of the value; seconds for durations and dates.
    Absolute(Quantity),
}

impl Kind for CloseTo {
    fn name(&self) -> &'static str {
        "close_to"
    }

    fn documentation(&self) -> &'static str {
        "The value is no further from another than a percentage of it (`5%`) or an amount (`3`, `2s`)."
    }

    fn example(&self) -> &'static str {
        "{close_to: {value: 100, within: 5%}}"
    }

    fn schema(&self) -> serde_json::Value {
        let bound = serde_json::json!({"type": ["number", "string"]});
        serde_json::json!({"type": "object", "required": ["value", "within"], "additionalProperties": false,
            "properties": {"value": bound, "within": bound}})
    }

    fn parse(&self, node: &Node, parsing: &mut Parsing<'_>) -> Option<Arc<dyn Check>> {
        let help = "such as `close_to: {value: 100, within: 5%}`";
        let Yaml::Map(entries) = &node.value else {
            parsing.complain(Diagnostic::error(&node.span, "expected a map with `value` and `within`").help(help));
            return None;
        };
        let (mut value, mut within, mut is_sound) = (None, None, true);
        for entry in entries {
            match entry.key.as_str() {
                "value" => {
                    value = parse_bound(&entry.value, parsing);
                    is_sound &= value.is_some();
                }
                "within" => {
                    within = Argument::parse(&entry.value, parsing.diagnostics, read_distance);
                    is_sound &= within.is_some();
                }
                other => {
                    parsing.complain(Diagnostic::error(&entry.key_span, format!("unknown key `{other}`")).help(help));
                    is_sound = false;
                }
            }
        }
        if !is_sound {
            return None;
        }
        let (Some(value), Some(within)) = (value, within) else {
            parsing.complain(Diagnostic::error(&node.span, "`close_to` needs `value` and `within`").help(help));
            return None;
        };
        Some(Arc::new(CloseToCheck { value, within }))
    }
}

fn read_distance(value: &Json) -> Result<Distance, String> {
    if let Some(share) = value.as_str().and_then(parse_percent) {
        return Ok(Distance::Share(share));
    }
    let distance = Quantity::read(value).map_err(|_| format!("{} is not a percentage or an amount", argument::found(value)))?;
    match distance {
        Quantity::Date(_) => Err(String::from("a date is no distance")),
        Quantity::Number(_) | Quantity::Duration(_) | Quantity::Size(_) if distance.magnitude() < 0.0 => {
            Err(String::from("a distance is not negative"))
        }
        Quantity::Number(_) | Quantity::Duration(_) | Quantity::Size(_) => Ok(Distance::Absolute(distance)),
    }
}

impl Check for CloseToCheck {
    fn judge(&self, subject: &Subject<'_>, context: &Context<'_>) -> Result<Outcome, Unresolved> {
        let (expected, within) = (self.value.resolve(context.scope)?, self.within.resolve(context.scope)?);
        let phrase = || format!("within {} of {}", within.bare(), expected.bare());
        let Some(actual) = subject.value else {
            return Ok(equality::nothing(subject, &phrase()).into());
        };
        // Whether the two can be compared at all is the same question as for the other bounds.
        if let Err(why) = expected.order(actual, subject.mode) {
            return Ok(equality::unsuited(subject, &phrase(), why).into());
        }
        let tolerance = match &*within {
            Distance::Share(share) => share * expected.magnitude().abs(),
            Distance::Absolute(distance) => distance.magnitude(),
        };
        let (actual_magnitude, expected_magnitude) = (magnitude(actual, &expected, subject.mode), expected.magnitude());
        let distance = (actual_magnitude - expected_magnitude).abs();
        // Doubles are not decimals: 0.4 − 0.3 is a little more than 0.1.
        let slack = 1e-12 * actual_magnitude.abs().max(expected_magnitude.abs());
        Ok(if distance <= tolerance + slack {
            Outcome::Holds
        } else {
            Failure::different(subject.place.within(), phrase(), measured(actual, subject.mode)).into()
        })
    }

    fn phrase(&self, context: &Context<'_>) -> String {
        format!("within {} of {}", self.within.phrase_bare(context.scope), self.value.phrase_bare(context.scope))
    }

    fn dynamics<'a>(&'a self, found: &mut Vec<&'a Dynamic>) {
        push(&self.value, found);
        push(&self.within, found);
    }
}

/// The value on the scale of the expected one; not a number where it has none, which is then close to nothing.
fn magnitude(actual: &Json, expected: &Quantity, mode: Mode) -> f64 {
    let quantity = match (expected, actual) {
        (Quantity::Date(_), _) => date::read(actual).map(Quantity::Date),
        (Quantity::Duration(_), Json::String(text)) => duration(text).map(Quantity::Duration),
        (Quantity::Number(_), Json::String(text)) if mode == Mode::Duration => duration(text).map(Quantity::Duration),
        (_, Json::String(text)) => Number::parse(text.trim()).or_else(|| size(text)).map(Quantity::Number),
        (_, Json::Number(number)) => Some(Quantity::Number(number.clone())),
        _ => None,
    };
    quantity.map_or(f64::NAN, |quantity| quantity.magnitude())
}

#[cfg(test)]
mod tests {
    use crate::assertion::matcher::{
        Mode,
        testing::{check, check_as, check_nothing, complaints},
    };

    #[test]
    fn a_share_or_an_amount_is_allowed() {
        check("{close_to: {value: 100, within: 5%}}", "95", "");
        check("{close_to: {value: 100, within: 5%}}", "94.9", "expected within 5% of 100, actual 94.9");
        check("{close_to: {value: -100, within: 5%}}", "-105", "");
        check("{close_to: {value: 0.3, within: 0.1}}", "0.4", "");
        check("{close_to: {value: 0, within: 5%}}", "1", "expected within 5% of 0, actual 1");
        check("{close_to: {value: '{{ now() }}', within: 1m}}", "\"2024-05-01T12:00:59Z\"", "");
        check(
            "{close_to: {value: '{{ now() }}', within: 1m}}",
            "1714564900",
            "expected within 1m of 2024-05-01T12:00:00Z, actual 1714564900",
        );
        check_as(Mode::Duration, "{close_to: {value: 1s, within: 10%}}", "\"1100ms\"", "");
        check_nothing("{close_to: {value: 1, within: 5%}}", "expected within 5% of 1, actual nothing");
        check("{close_to: {value: 1, within: 5%}}", "\"x\"", "expected within 5% of 1, actual \"x\"; the value is text, not a number");
    }

    #[test]
    fn mistakes_are_named() {
        let help = " (such as `close_to: {value: 100, within: 5%}`)";
        complaints("{close_to: 5}", Mode::Json, &[&format!("expected a map with `value` and `within`{help}")]);
        complaints("{close_to: {value: 5}}", Mode::Json, &[&format!("`close_to` needs `value` and `within`{help}")]);
        complaints("{close_to: {value: 5, within: -1}}", Mode::Json, &["a distance is not negative"]);
        complaints("{close_to: {value: 5, within: much}}", Mode::Json, &["`much` is not a percentage or an amount"]);
    }
}
