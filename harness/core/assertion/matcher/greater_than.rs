//! `greater_than`: the value is greater than the bound.

use std::sync::Arc;

use super::{
    Check, Kind, Parsing,
    order::{self, Side},
};
use crate::yaml::Node;

/// The kind `greater_than`.
pub(super) struct GreaterThan;

impl Kind for GreaterThan {
    fn name(&self) -> &'static str {
        "greater_than"
    }

    fn documentation(&self) -> &'static str {
        "The value is greater than the bound: a number, a duration (`800ms`), a size (`2 MB`) or a date."
    }

    fn example(&self) -> &'static str {
        "{greater_than: 0}"
    }

    fn schema(&self) -> serde_json::Value {
        order::schema()
    }

    fn parse(&self, node: &Node, parsing: &mut Parsing<'_>) -> Option<Arc<dyn Check>> {
        order::parse(Side::Above, node, parsing)
    }
}

#[cfg(test)]
mod tests {
    use crate::assertion::matcher::testing::{check, check_nothing};

    #[test]
    fn greater_than_bounds_the_value() {
        check("{greater_than: 3}", "3.0001", "");
        check("{greater_than: 3}", "3", "expected greater than 3, actual 3");
        check_nothing("{greater_than: 3}", "expected greater than 3, actual nothing");
    }

    #[test]
    fn units_dates_and_templates_are_understood() {
        check("{greater_than: '{{ limit }}'}", "2", "expected greater than 3, actual 2");
        check("{greater_than: '{{ now() }}'}", "\"2024-05-01T12:00:01Z\"", "");
    }
}
