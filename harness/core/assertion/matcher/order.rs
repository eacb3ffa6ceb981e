//! What `less_than at_most greater_than at_least` share: a bound, and on which side of it a value must be.

use std::{cmp::Ordering, sync::Arc};

use super::{
    Check, Mode, Parsing, Subject, equality,
    parse::push,
    quantity::{Quantity, shown_duration},
};
use crate::{
    assertion::{Context, Failure, Outcome},
    diagnostic::Diagnostic,
    extract::{Argument, Unresolved, shown::shown},
    json::Json,
    template::Dynamic,
    yaml::Node,
};

/// On which side of the bound a value must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Below,
    BelowOrAt,
    Above,
    AboveOrAt,
}

impl Side {
    fn allows(self, ordering: Ordering) -> bool {
        match self {
            Self::Below => ordering.is_lt(),
            Self::BelowOrAt => ordering.is_le(),
            Self::Above => ordering.is_gt(),
            Self::AboveOrAt => ordering.is_ge(),
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Below => "less than",
            Self::BelowOrAt => "at most",
            Self::Above => "greater than",
            Self::AboveOrAt => "at least",
        }
    }
}

#[derive(Debug)]
struct Bounded {
    side: Side,
    bound: Argument<Quantity>,
}

pub(super) fn parse(side: Side, node: &Node, parsing: &mut Parsing<'_>) -> Option<Arc<dyn Check>> {
    Some(Arc::new(Bounded { side, bound: parse_bound(node, parsing)? }))
}

/// Reads a bound and complains where values of this mode are never compared with it.
pub(super) fn parse_bound(node: &Node, parsing: &mut Parsing<'_>) -> Option<Argument<Quantity>> {
    let bound = Argument::parse(node, parsing.diagnostics, Quantity::read)?;
    if let Some(Err(message)) = bound.constant().map(|quantity| quantity.suits(parsing.mode)) {
        parsing.complain(Diagnostic::error(&node.span, message));
        return None;
    }
    Some(bound)
}

/// JSON Schema of a bound.
pub(super) fn schema() -> serde_json::Value {
    serde_json::json!({"type": ["number", "string"]})
}

impl Check for Bounded {
    fn judge(&self, subject: &Subject<'_>, context: &Context<'_>) -> Result<Outcome, Unresolved> {
        let bound = self.bound.resolve(context.scope)?;
        let phrase = || format!("{} {}", self.side.words(), bound.bare());
        let Some(actual) = subject.value else {
            return Ok(equality::nothing(subject, &phrase()).into());
        };
        Ok(match bound.order(actual, subject.mode) {
            Ok(ordering) if self.side.allows(ordering) => Outcome::Holds,
            Ok(_) => Failure::different(subject.place.within(), phrase(), measured(actual, subject.mode)).into(),
            Err(why) => equality::unsuited(subject, &phrase(), why).into(),
        })
    }

    fn phrase(&self, context: &Context<'_>) -> String {
        format!("{} {}", self.side.words(), self.bound.phrase_bare(context.scope))
    }

    fn dynamics<'a>(&'a self, found: &mut Vec<&'a Dynamic>) {
        push(&self.bound, found);
    }
}

/// A measured value as people see it: durations without quotes and rounded.
pub(super) fn measured(actual: &Json, mode: Mode) -> String {
    match (mode, actual) {
        (Mode::Duration, Json::String(text)) => super::quantity::duration(text).map_or_else(|| text.clone(), shown_duration),
        _ => shown(actual),
    }
}
