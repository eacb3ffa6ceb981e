//! `each`: every element of a list, or every value of a map.

use std::sync::Arc;

use super::{
    Check, Kind, Parsing, Subject, equality,
    rows::{OnEmpty, Row, elements},
};
use crate::{
    assertion::{Context, Failure, Outcome},
    extract::Unresolved,
    template::{Dynamic, Scope},
    yaml::Node,
};

/// The kind `each`.
pub(super) struct Each;

#[derive(Debug)]
struct EachCheck {
    row: Row,
    on_empty: OnEmpty,
}

impl Kind for Each {
    fn name(&self) -> &'static str {
        "each"
    }

    fn documentation(&self) -> &'static str {
        "Every element holds: by one matcher, or by paths within the row, `each: {$.name: {type: string}}`. An empty list fails."
    }

    fn example(&self) -> &'static str {
        "{each: {$.version: {matches: '^\\d+'}}}"
    }

    fn schema(&self) -> serde_json::Value {
        serde_json::json!({"$ref": "#/$defs/row"})
    }

    fn parse(&self, node: &Node, parsing: &mut Parsing<'_>) -> Option<Arc<dyn Check>> {
        let on_empty = OnEmpty::of(parsing);
        Some(Arc::new(EachCheck { row: Row::parse(node, parsing)?, on_empty }))
    }
}

impl Check for EachCheck {
    fn judge(&self, subject: &Subject<'_>, context: &Context<'_>) -> Result<Outcome, Unresolved> {
        let Some(actual) = subject.value else {
            return Ok(equality::nothing(subject, &self.phrase(context)).into());
        };
        let Some(rows) = elements(actual, subject) else {
            return Ok(equality::unsuited(subject, &self.phrase(context), "the value is not a list").into());
        };
        if rows.is_empty() {
            return Ok(self.on_empty.outcome(subject, &self.phrase(context)));
        }
        let (mut first, mut n_failing) = (None, 0_usize);
        for row in &rows {
            if let Outcome::Fails(failure) = self.row.judge(row, context)? {
                n_failing += 1;
                first.get_or_insert(failure);
            }
        }
        let Some(failure) = first else { return Ok(Outcome::Holds) };
        let count = format!("{n_failing} of {} {}", rows.len(), if n_failing == 1 { "fails" } else { "fail" });
        let note = failure.note.as_ref().map_or_else(|| count.clone(), |note| format!("{note}; {count}"));
        Ok(Failure { expected: failure.expected.clone(), note: Some(note), ..*failure }.into())
    }

    fn phrase(&self, context: &Context<'_>) -> String {
        format!("each {}", self.row.phrase(context))
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
    use crate::assertion::matcher::{
        Mode,
        testing::{check, check_nothing, complaints},
    };

    const EMPTY: &str = ", actual an empty list; there is nothing to check; `count` or `empty` beside it would allow that";

    #[test]
    fn every_element_is_judged() {
        check("{each: {type: string}}", "[\"a\", \"b\"]", "");
        check("{each: {type: string}}", "[\"a\", 1, 2]", "at $[1]: expected a string, actual 1; 2 of 3 fail");
        check("{each: {less_than: 3}}", r#"{"a": 1, "b": 5}"#, "at $.b: expected less than 3, actual 5; 1 of 2 fails");
        check("{each: {each: 1}}", "[[1], [1, 2]]", "at $[1][1]: expected 1, actual 2; 1 of 2 fails; 1 of 2 fails");
        check("{each: {type: string}}", "\"a\"", "expected each a string, actual \"a\"; the value is not a list");
        check_nothing("{each: {type: string}}", "expected each a string, actual nothing");
    }

    #[test]
    fn rows_are_judged_by_paths() {
        let rows = r#"[{"v": 1, "tags": ["x"]}, {"v": 2, "tags": ["x", "y"]}, {"tags": []}]"#;
        check("{each: {$.v: {at_least: 1}}}", rows, "at $[2].v: expected at least 1, actual nothing; 1 of 3 fails");
        check("{each: {$.v: {any_of: [{exists: false}, {at_least: 1}]}}}", rows, "");
        check("{each: {'$.tags[*]': {each: x}}}", rows, "at $[1].tags[1]: expected \"x\", actual \"y\"; 1 of 2 fails; 2 of 3 fail");
        check("{each: {$.v.w: {exists: true}}}", "[1]", "at $[0].v.w: expected something, actual nothing; 1 of 1 fails");
    }

    #[test]
    fn an_empty_list_is_nothing_to_check() {
        check("{each: {type: string}}", "[]", &format!("expected each a string{EMPTY}"));
        check("{each: {type: string}, count: {at_most: 5}}", "[]", "");
        check("{each: {type: string}, empty: true}", "[]", "");
        check("{each: {type: string}, count: 1}", "[]", "expected a count of 1, actual 0");
    }

    #[test]
    fn paths_and_matchers_do_not_mix() {
        complaints(
            "{each: {$.x: 1, type: map}}",
            Mode::Json,
            &["`type` stands beside paths (write either paths within the row or one matcher for the row; `all: […]` joins the two)"],
        );
        complaints("{each: {}}", Mode::Json, &["an empty map checks nothing (to expect an empty map write `equals: {}`)"]);
    }
}
