//! `some`: at least one element of a list, or one value of a map.

use std::sync::Arc;

use super::{
    Check, Kind, Parsing, Subject, equality,
    rows::{OnEmpty, Row, elements},
};
use crate::{
    assertion::{Context, Failure, Ground, Outcome},
    extract::{Unresolved, shown::shown},
    template::{Dynamic, Scope},
    yaml::Node,
};

/// The kind `some`.
pub(super) struct Some;

#[derive(Debug)]
struct SomeCheck {
    row: Row,
    on_empty: OnEmpty,
}

impl Kind for Some {
    fn name(&self) -> &'static str {
        "some"
    }

    fn documentation(&self) -> &'static str {
        "At least one element holds: by one matcher, or by paths within the row. An empty list fails."
    }

    fn example(&self) -> &'static str {
        "{some: {$.name: affinder}}"
    }

    fn schema(&self) -> serde_json::Value {
        serde_json::json!({"$ref": "#/$defs/row"})
    }

    fn parse(&self, node: &Node, parsing: &mut Parsing<'_>) -> Option<Arc<dyn Check>> {
        let on_empty = OnEmpty::of(parsing);
        let row = Row::parse(node, parsing)?;
        Option::Some(Arc::new(SomeCheck { row, on_empty }))
    }
}

impl Check for SomeCheck {
    fn judge(&self, subject: &Subject<'_>, context: &Context<'_>) -> Result<Outcome, Unresolved> {
        let Option::Some(actual) = subject.value else {
            return Ok(equality::nothing(subject, &self.phrase(context)).into());
        };
        let Option::Some(rows) = elements(actual, subject) else {
            return Ok(equality::unsuited(subject, &self.phrase(context), "the value is not a list").into());
        };
        if rows.is_empty() {
            return Ok(self.on_empty.outcome(subject, &self.phrase(context)));
        }
        let mut ground = None;
        for row in &rows {
            match self.row.judge(row, context)? {
                Outcome::Holds => return Ok(Outcome::Holds),
                // One element that could be judged is enough to know that there are others than expected.
                Outcome::Fails(failure) if failure.ground == Ground::Different => ground = Option::Some(Ground::Different),
                Outcome::Fails(failure) => {
                    ground.get_or_insert(failure.ground);
                }
            }
        }
        let failure = Failure::different(subject.place.within(), self.phrase(context), shown(actual));
        Ok(failure.note(format!("none of {}", rows.len())).ground(ground.unwrap_or(Ground::Different)).into())
    }

    fn phrase(&self, context: &Context<'_>) -> String {
        format!("some {}", self.row.phrase(context))
    }

    fn dynamics<'a>(&'a self, found: &mut Vec<&'a Dynamic>) {
        self.row.dynamics(found);
    }

    fn takes_list(&self, _n_values: usize, _scope: &Scope) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use crate::assertion::matcher::testing::{check, check_nothing};

    #[test]
    fn one_element_is_enough() {
        check("{some: {$.name: affinder}}", r#"[{"name": "x"}, {"name": "affinder"}]"#, "");
        check("{some: b}", "[\"a\"]", "expected some \"b\", actual [\"a\"]; none of 1");
        check("{some: {$.name: '{{ name }}'}}", "[{}]", "expected some $.name \"affinder\", actual [{}]; none of 1");
        check("{not: {some: b}}", "[\"a\"]", "");
        check("{some: b}", "5", "expected some \"b\", actual 5; the value is not a list");
        check_nothing("{some: b}", "expected some \"b\", actual nothing");
    }

    #[test]
    fn an_empty_list_is_nothing_to_check() {
        let note = "; there is nothing to check; `count` or `empty` beside it would allow that";
        check("{some: b}", "[]", &format!("expected some \"b\", actual an empty list{note}"));
        check("{some: b, count: {at_most: 3}}", "[]", "");
    }
}
