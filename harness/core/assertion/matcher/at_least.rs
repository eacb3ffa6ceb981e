//! `at_least`: the value is the bound or more.

use std::sync::Arc;

use super::{
    Check, Kind, Parsing,
    order::{self, Side},
};
use crate::yaml::Node;

/// The kind `at_least`.
pub(super) struct AtLeast;

impl Kind for AtLeast {
    fn name(&self) -> &'static str {
        "at_least"
    }

    fn documentation(&self) -> &'static str {
        "The value is the bound or more: a number, a duration (`800ms`), a size (`2 MB`) or a date."
    }

    fn example(&self) -> &'static str {
        "{at_least: 1}"
    }

    fn schema(&self) -> serde_json::Value {
        order::schema()
    }

    fn parse(&self, node: &Node, parsing: &mut Parsing<'_>) -> Option<Arc<dyn Check>> {
        order::parse(Side::AboveOrAt, node, parsing)
    }
}

#[cfg(test)]
mod tests {
    use crate::assertion::matcher::testing::{check, check_nothing, check_text};

    #[test]
    fn at_least_bounds_the_value() {
        check("{at_least: 3}", "3", "");
        check("{at_least: 3}", "2", "expected at least 3, actual 2");
        check_nothing("{at_least: 3}", "expected at least 3, actual nothing");
    }

    #[test]
    fn units_dates_and_templates_are_understood() {
        check_text("{at_least: 100}", "99", "expected at least 100, actual \"99\"");
        check_text("{at_least: 100}", "1e2", "");
        check("{at_least: 3}", "\"5\"", "expected at least 3, actual \"5\"; the value is text, not a number");
        check("{at_least: 3}", "null", "expected at least 3, actual null; the value is null, not a number");
        check("{at_least: 3s}", "5", "expected at least 3s, actual 5; the value is a number without a unit, not a duration");
    }
}
