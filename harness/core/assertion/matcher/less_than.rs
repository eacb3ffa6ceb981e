//! `less_than`: the value is less than the bound.

use std::sync::Arc;

use super::{
    Check, Kind, Parsing,
    order::{self, Side},
};
use crate::yaml::Node;

/// The kind `less_than`.
pub(super) struct LessThan;

impl Kind for LessThan {
    fn name(&self) -> &'static str {
        "less_than"
    }

    fn documentation(&self) -> &'static str {
        "The value is less than the bound: a number, a duration (`800ms`), a size (`2 MB`) or a date."
    }

    fn example(&self) -> &'static str {
        "{less_than: 100}"
    }

    fn schema(&self) -> serde_json::Value {
        order::schema()
    }

    fn parse(&self, node: &Node, parsing: &mut Parsing<'_>) -> Option<Arc<dyn Check>> {
        order::parse(Side::Below, node, parsing)
    }
}

#[cfg(test)]
mod tests {
    use crate::assertion::matcher::testing::{check, check_nothing};

    #[test]
    fn less_than_bounds_the_value() {
        check("{less_than: 3}", "2.9", "");
        check("{less_than: 3}", "3", "expected less than 3, actual 3");
        check_nothing("{less_than: 3}", "expected less than 3, actual nothing");
    }

    #[test]
    fn units_dates_and_templates_are_understood() {
        // Digits count, not doubles.
        check("{less_than: 12345678901234567891}", "12345678901234567890", "");
        check("{less_than: 2024-06-01}", "\"2024-05-31T23:59:59Z\"", "");
        check("{less_than: 2024-05-01}", "1714557600", "expected less than 2024-05-01, actual 1714557600");
    }
}
