//! `unique`: no value stands in the list twice.

use std::{collections::HashMap, sync::Arc};

use super::{
    Check, Kind, Parsing, Place, Subject, equality,
    rows::{OnEmpty, elements, lacks, parse_by},
};
use crate::{
    assertion::{Context, Failure, Outcome},
    diagnostic::Diagnostic,
    extract::{Argument, Unresolved, shown::shown},
    json::{Json, Selector},
    template::{Dynamic, Scope},
    yaml::{Node, Yaml},
};

/// The kind `unique`.
pub(super) struct Unique;

#[derive(Debug)]
struct UniqueCheck {
    by: Option<Argument<Selector>>,
    on_empty: OnEmpty,
}

impl Kind for Unique {
    fn name(&self) -> &'static str {
        "unique"
    }

    fn documentation(&self) -> &'static str {
        "No value stands in the list twice; with `by`, no value of that path within the rows. An empty list fails."
    }

    fn example(&self) -> &'static str {
        "{unique: {by: $.name}}"
    }

    fn schema(&self) -> serde_json::Value {
        serde_json::json!({"oneOf": [{"const": true}, {"type": "object", "required": ["by"], "additionalProperties": false,
            "properties": {"by": {"type": "string"}}}]})
    }

    fn parse(&self, node: &Node, parsing: &mut Parsing<'_>) -> Option<Arc<dyn Check>> {
        let on_empty = OnEmpty::of(parsing);
        let by = match &node.value {
            Yaml::Bool(true) => None,
            Yaml::Map(entries) if matches!(entries.as_slice(), [entry] if entry.key == "by") => {
                Some(parse_by(&entries[0].value, parsing.diagnostics)?)
            }
            Yaml::Bool(false) => {
                parsing.complain(
                    Diagnostic::error(&node.span, "`unique: false` says nothing")
                        .help("to expect a repetition write `not: {unique: true}`"),
                );
                return None;
            }
            Yaml::Blank | Yaml::Null | Yaml::Number(_) | Yaml::Text { .. } | Yaml::List(_) | Yaml::Map(_) => {
                parsing.complain(Diagnostic::error(&node.span, "expected `true` or a path").help("such as `unique: {by: $.name}`"));
                return None;
            }
        };
        Some(Arc::new(UniqueCheck { by, on_empty }))
    }
}

impl Check for UniqueCheck {
    fn judge(&self, subject: &Subject<'_>, context: &Context<'_>) -> Result<Outcome, Unresolved> {
        let rows = match subject.value {
            Some(Json::List(_)) => subject.value.and_then(|value| elements(value, subject)).unwrap_or_default(),
            Some(_) => return Ok(equality::unsuited(subject, &self.phrase(context), "the value is not a list").into()),
            None => return Ok(equality::nothing(subject, &self.phrase(context)).into()),
        };
        if rows.is_empty() {
            return Ok(self.on_empty.outcome(subject, &self.phrase(context)));
        }
        let by = self.by.as_ref().map(|by| by.resolve(context.scope)).transpose()?;
        let by: Option<&Selector> = by.as_deref();
        let place = |index: usize| match by {
            Some(by) => Place::Below(&rows[index].place, by.as_str()).path(),
            None => rows[index].place.path(),
        };
        let mut seen: HashMap<String, usize> = HashMap::new();
        for (index, row) in rows.iter().enumerate() {
            let Some(element) = row.value else { continue };
            let value = match by {
                Some(by) => match by.first(element) {
                    Some(value) => value,
                    None => return Ok(lacks(row, by, &self.phrase(context)).into()),
                },
                None => element,
            };
            if let Some(earlier) = seen.insert(equality::canonical(value), index) {
                let failure = Failure::different(Some(place(index)), "a value of its own", shown(value));
                return Ok(failure.note(format!("the same as at {}", place(earlier))).into());
            }
        }
        Ok(Outcome::Holds)
    }

    fn phrase(&self, context: &Context<'_>) -> String {
        let by = self.by.as_ref().map_or_else(String::new, |by| format!(" by {}", by.phrase_bare(context.scope)));
        format!("unique{by}")
    }

    fn dynamics<'a>(&'a self, found: &mut Vec<&'a Dynamic>) {
        found.extend(self.by.iter().filter_map(Argument::dynamic));
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

    #[test]
    fn no_value_stands_twice() {
        check("{unique: true}", "[1, \"1\", null, [1], {\"a\": 1}]", "");
        check("{unique: true}", "[1, 2, 1.0]", "at $[2]: expected a value of its own, actual 1.0; the same as at $[0]");
        check(
            "{unique: true}",
            r#"[{"a": 1, "b": 2}, {"b": 2, "a": 1}]"#,
            r#"at $[1]: expected a value of its own, actual {"b": 2, "a": 1}; the same as at $[0]"#,
        );
        check(
            "{unique: {by: $.n}}",
            r#"[{"n": 1, "x": 1}, {"n": 1, "x": 2}]"#,
            "at $[1].n: expected a value of its own, actual 1; the same as at $[0].n",
        );
        check("{unique: {by: $.n}}", r#"[{"n": 1}, {}]"#, "at $[1].n: expected unique by $.n, actual nothing");
        check("{not: {unique: true}}", "[1, 1]", "");
    }

    #[test]
    fn nothing_to_check_fails() {
        let note = "; there is nothing to check; `count` or `empty` beside it would allow that";
        check("{unique: true}", "[]", &format!("expected unique, actual an empty list{note}"));
        check("{unique: true, count: 0}", "[]", "");
        check("{unique: true}", "\"aa\"", "expected unique, actual \"aa\"; the value is not a list");
        check_nothing("{unique: true}", "expected unique, actual nothing");
        complaints("{unique: false}", Mode::Json, &["`unique: false` says nothing (to expect a repetition write `not: {unique: true}`)"]);
        complaints("{unique: $.n}", Mode::Json, &["expected `true` or a path (such as `unique: {by: $.name}`)"]);
    }
}
