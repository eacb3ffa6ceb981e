//! `between`: the value lies between two bounds, which belong to it.

use std::sync::Arc;

use super::{
    Check, Kind, Parsing, Subject, equality,
    order::{measured, parse_bound},
    parse::push,
    quantity::Quantity,
};
use crate::{
    assertion::{Context, Failure, Outcome},
    diagnostic::Diagnostic,
    extract::{Argument, Unresolved},
    template::Dynamic,
    yaml::{Node, Yaml},
};

/// The kind `between`.
pub(super) struct Between;

#[derive(Debug)]
struct BetweenCheck {
    lower: Argument<Quantity>,
    upper: Argument<Quantity>,
}

impl Kind for Between {
    fn name(&self) -> &'static str {
        "between"
    }

    fn documentation(&self) -> &'static str {
        "The value lies between two bounds or is one of them: numbers, durations, sizes or dates."
    }

    fn example(&self) -> &'static str {
        "{between: [1, 10]}"
    }

    fn schema(&self) -> serde_json::Value {
        serde_json::json!({"type": "array", "minItems": 2, "maxItems": 2, "items": {"type": ["number", "string"]}})
    }

    fn parse(&self, node: &Node, parsing: &mut Parsing<'_>) -> Option<Arc<dyn Check>> {
        let Yaml::List(elements) = &node.value else {
            parsing.complain(Diagnostic::error(&node.span, "expected two bounds").help("such as `between: [1, 10]`"));
            return None;
        };
        let [lower, upper] = elements.as_slice() else {
            parsing.complain(Diagnostic::error(&node.span, format!("expected two bounds, found {}", elements.len())));
            return None;
        };
        let (lower, upper) = (parse_bound(lower, parsing), parse_bound(upper, parsing));
        let (lower, upper) = (lower?, upper?);
        let swapped = match (lower.constant(), upper.constant()) {
            (Some(Quantity::Number(low)), Some(Quantity::Number(high))) | (Some(Quantity::Size(low)), Some(Quantity::Size(high))) => {
                low > high
            }
            (Some(Quantity::Duration(low)), Some(Quantity::Duration(high))) => low > high,
            (Some(Quantity::Date(low)), Some(Quantity::Date(high))) => low > high,
            (Some(_) | None, _) => false,
        };
        if swapped {
            parsing.complain(Diagnostic::error(&node.span, "nothing lies between these: the first bound is the larger one"));
            return None;
        }
        Some(Arc::new(BetweenCheck { lower, upper }))
    }
}

impl Check for BetweenCheck {
    fn judge(&self, subject: &Subject<'_>, context: &Context<'_>) -> Result<Outcome, Unresolved> {
        let (lower, upper) = (self.lower.resolve(context.scope)?, self.upper.resolve(context.scope)?);
        let phrase = || format!("between {} and {}", lower.bare(), upper.bare());
        let Some(actual) = subject.value else {
            return Ok(equality::nothing(subject, &phrase()).into());
        };
        Ok(match (lower.order(actual, subject.mode), upper.order(actual, subject.mode)) {
            (Ok(low), Ok(high)) if low.is_ge() && high.is_le() => Outcome::Holds,
            (Ok(_), Ok(_)) => Failure::different(subject.place.within(), phrase(), measured(actual, subject.mode)).into(),
            (Err(why), _) | (_, Err(why)) => equality::unsuited(subject, &phrase(), why).into(),
        })
    }

    fn phrase(&self, context: &Context<'_>) -> String {
        format!("between {} and {}", self.lower.phrase_bare(context.scope), self.upper.phrase_bare(context.scope))
    }

    fn dynamics<'a>(&'a self, found: &mut Vec<&'a Dynamic>) {
        push(&self.lower, found);
        push(&self.upper, found);
    }
}

#[cfg(test)]
mod tests {
    use crate::assertion::matcher::{
        Mode,
        testing::{check, check_nothing, complaints},
    };

    #[test]
    fn both_bounds_belong_to_it() {
        check("{between: [1, 3]}", "1", "");
        check("{between: [1, '{{ limit }}']}", "3.0", "");
        check("{between: [1, 3]}", "3.1", "expected between 1 and 3, actual 3.1");
        check("{between: [2024-01-01, 2024-12-31]}", "\"2025-01-01\"", "expected between 2024-01-01 and 2024-12-31, actual \"2025-01-01\"");
        check("{between: [1, 3]}", "\"2\"", "expected between 1 and 3, actual \"2\"; the value is text, not a number");
        check_nothing("{between: [1, 3]}", "expected between 1 and 3, actual nothing");
        complaints("{between: [3, 1]}", Mode::Json, &["nothing lies between these: the first bound is the larger one"]);
        complaints("{between: [3]}", Mode::Json, &["expected two bounds, found 1"]);
        complaints("{between: 3}", Mode::Json, &["expected two bounds (such as `between: [1, 10]`)"]);
    }
}
