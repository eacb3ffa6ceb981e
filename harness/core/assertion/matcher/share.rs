//! `share`: how large a part of a list holds.

use std::sync::Arc;

use super::{
    Check, Kind, Parsing, Subject, equality,
    rows::{OnEmpty, Row, elements},
};
use crate::{
    assertion::{Context, Failure, Outcome},
    diagnostic::{Diagnostic, did_you_mean},
    extract::{Argument, Unresolved, argument},
    json::Json,
    template::{Dynamic, Scope},
    value::parse_percent,
    yaml::{Node, Yaml},
};

/// The kind `share`.
pub(super) struct Share;

const BOUNDS: [&str; 4] = ["at_least", "at_most", "greater_than", "less_than"];

#[derive(Debug)]
struct ShareCheck {
    of: Row,
    bounds: Vec<(&'static str, Argument<f64>)>,
    on_empty: OnEmpty,
}

impl Kind for Share {
    fn name(&self) -> &'static str {
        "share"
    }

    fn documentation(&self) -> &'static str {
        "The part of the elements that hold (`of`) is within bounds in percent: `at_least at_most greater_than less_than`. An empty list fails."
    }

    fn example(&self) -> &'static str {
        "{share: {of: {$.license: {exists: true}}, at_least: 80%}}"
    }

    fn schema(&self) -> serde_json::Value {
        let mut properties = serde_json::json!({"of": {"$ref": "#/$defs/row"}});
        for bound in BOUNDS {
            properties[bound] = serde_json::json!({"type": "string"});
        }
        serde_json::json!({"type": "object", "required": ["of"], "minProperties": 2, "additionalProperties": false, "properties": properties})
    }

    fn parse(&self, node: &Node, parsing: &mut Parsing<'_>) -> Option<Arc<dyn Check>> {
        let help = "such as `share: {of: {$.license: {exists: true}}, at_least: 80%}`";
        let on_empty = OnEmpty::of(parsing);
        let Yaml::Map(entries) = &node.value else {
            parsing.complain(Diagnostic::error(&node.span, "expected a map with `of` and a bound").help(help));
            return None;
        };
        let (mut of, mut bounds, mut is_sound) = (None, Vec::new(), true);
        for entry in entries {
            if entry.key == "of" {
                of = Row::parse(&entry.value, parsing);
                is_sound &= of.is_some();
            } else if let Some(name) = BOUNDS.into_iter().find(|name| *name == entry.key) {
                match Argument::parse(&entry.value, parsing.diagnostics, read_percent) {
                    Some(bound) => bounds.push((name, bound)),
                    None => is_sound = false,
                }
            } else {
                let near = did_you_mean(&entry.key, BOUNDS.into_iter().chain(["of"]));
                let help = near.map_or_else(|| String::from(help), |near| format!("did you mean `{near}`?"));
                parsing.complain(Diagnostic::error(&entry.key_span, format!("unknown key `{}`", entry.key)).help(help));
                is_sound = false;
            }
        }
        if !is_sound {
            return None;
        }
        match of {
            Some(of) if !bounds.is_empty() => Some(Arc::new(ShareCheck { of, bounds, on_empty })),
            Some(_) | None => {
                parsing.complain(Diagnostic::error(&node.span, "`share` needs `of` and a bound").help(help));
                None
            }
        }
    }
}

fn read_percent(value: &Json) -> Result<f64, String> {
    let share = value.as_str().and_then(parse_percent).filter(|share| *share <= 1.0);
    share.ok_or_else(|| format!("{} is not a percentage such as `80%`", argument::found(value)))
}

impl Check for ShareCheck {
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
        let (mut n_holding, mut first) = (0_usize, None);
        for row in &rows {
            match self.of.judge(row, context)? {
                Outcome::Holds => n_holding += 1,
                Outcome::Fails(failure) => {
                    first.get_or_insert(failure);
                }
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "no list has 2^52 elements")]
        let (holding, total) = (n_holding as f64, rows.len() as f64);
        for (name, bound) in &self.bounds {
            let bound = bound.resolve(context.scope)?;
            // In elements, so that 80% of 5 is 4 and not a little less.
            let (wanted, slack) = (*bound * total, 1e-9 * total);
            let holds = match *name {
                "at_least" => holding >= wanted - slack,
                "at_most" => holding <= wanted + slack,
                "greater_than" => holding > wanted + slack,
                _ => holding < wanted - slack,
            };
            if !holds {
                let percent = (1_000.0 * holding / total).round() / 10.0;
                let failure =
                    Failure::different(subject.place.within(), self.phrase(context), format!("{percent}% ({n_holding} of {})", rows.len()));
                let note = first.map(|first| format!("first other {}", first.message()));
                return Ok(Failure { note, ..failure }.into());
            }
        }
        Ok(Outcome::Holds)
    }

    fn phrase(&self, context: &Context<'_>) -> String {
        let bounds: Vec<String> =
            self.bounds.iter().map(|(name, bound)| format!("{} {}", name.replace('_', " "), bound.phrase_bare(context.scope))).collect();
        format!("{} with {}", bounds.join(" and "), self.of.phrase(context))
    }

    fn dynamics<'a>(&'a self, found: &mut Vec<&'a Dynamic>) {
        self.of.dynamics(found);
        found.extend(self.bounds.iter().filter_map(|(_, bound)| bound.dynamic()));
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
    fn a_part_of_the_list_is_enough() {
        check("{share: {of: {type: string}, at_least: 80%}}", "[\"a\", \"b\", \"c\", \"d\", 1]", "");
        check(
            "{share: {of: {type: string}, at_least: 80%}}",
            "[\"a\", \"b\", 1]",
            "expected at least 80% with a string, actual 66.7% (2 of 3); first other at $[2]: expected a string, actual 1",
        );
        check(
            "{share: {of: {$.x: 1}, at_most: 50%}}",
            r#"[{"x": 1}, {"x": 1}, {}]"#,
            "expected at most 50% with $.x 1, actual 66.7% (2 of 3); first other at $[2].x: expected 1, actual nothing",
        );
        check(
            "{share: {of: 1, greater_than: 50%}}",
            "[1, 2]",
            "expected greater than 50% with 1, actual 50% (1 of 2); first other at $[1]: expected 1, actual 2",
        );
        check("{share: {of: 1, less_than: 100%}}", "[1]", "expected less than 100% with 1, actual 100% (1 of 1)");
    }

    #[test]
    fn an_empty_list_is_nothing_to_check() {
        let note = "; there is nothing to check; `count` or `empty` beside it would allow that";
        check("{share: {of: 1, at_most: 50%}}", "[]", &format!("expected at most 50% with 1, actual an empty list{note}"));
        check("{share: {of: 1, at_most: 50%}, empty: true}", "[]", "");
        check_nothing("{share: {of: 1, at_most: 50%}}", "expected at most 50% with 1, actual nothing");
    }

    #[test]
    fn mistakes_are_named() {
        let help = " (such as `share: {of: {$.license: {exists: true}}, at_least: 80%}`)";
        complaints("{share: {of: 1}}", Mode::Json, &[&format!("`share` needs `of` and a bound{help}")]);
        complaints("{share: {of: 1, at_least: 0.8}}", Mode::Json, &["`0.8` is not a percentage such as `80%`"]);
        complaints("{share: {of: 1, at_last: 80%}}", Mode::Json, &["unknown key `at_last` (did you mean `at_least`?)"]);
    }
}
