//! `at_most`: the value is the bound or less.

use std::sync::Arc;

use super::{
    Check, Kind, Parsing,
    order::{self, Side},
};
use crate::yaml::Node;

/// The kind `at_most`.
pub(super) struct AtMost;

impl Kind for AtMost {
    fn name(&self) -> &'static str {
        "at_most"
    }

    fn documentation(&self) -> &'static str {
        "The value is the bound or less: a number, a duration (`800ms`), a size (`2 MB`) or a date."
    }

    fn example(&self) -> &'static str {
        "{at_most: 2 MB}"
    }

    fn schema(&self) -> serde_json::Value {
        order::schema()
    }

    fn parse(&self, node: &Node, parsing: &mut Parsing<'_>) -> Option<Arc<dyn Check>> {
        order::parse(Side::BelowOrAt, node, parsing)
    }
}

#[cfg(test)]
mod tests {
    use crate::assertion::matcher::{
        Mode,
        testing::{check, check_as, check_nothing, complaints},
    };

    #[test]
    fn at_most_bounds_the_value() {
        check("{at_most: 3}", "3.0", "");
        check("{at_most: 3}", "3.01", "expected at most 3, actual 3.01");
        check_nothing("{at_most: 3}", "expected at most 3, actual nothing");
    }

    #[test]
    fn units_dates_and_templates_are_understood() {
        check_as(Mode::Duration, "{at_most: 800ms}", "\"800ms\"", "");
        check_as(Mode::Duration, "{at_most: 800ms}", "\"1200ms\"", "expected at most 800ms, actual 1s200ms");
        check_as(Mode::Bytes, "{at_most: 2 kB}", "2001", "expected at most 2 kB, actual 2001");
        check_as(Mode::Duration, "{at_most: '{{ environment.refresh * 2 }}'}", "\"47h\"", "");
        check_as(Mode::Seconds, "{at_most: 1h}", "3601", "expected at most 1h, actual 3601");
        complaints("{at_most: 800}", Mode::Duration, &["a duration needs a unit: `800ms` or `800s`"]);
        complaints("{at_most: soon}", Mode::Json, &["`soon` is not a number, duration, size or date"]);
    }
}
