//! `same_as`: structurally equal to another value, with the normalise keys beside it.

use std::sync::Arc;

use super::{Check, Kind, Parsing, Place, Subject, equality, parse::push};
use crate::{
    assertion::{Context, Failure, Outcome},
    compare::{self, Weight},
    extract::{
        Argument, Unresolved, argument,
        shown::{shown, shown_or_nothing},
    },
    json::Json,
    normalise::{RULES, Rules},
    template::{Dynamic, Scope},
    yaml::{Collector, Entry, Node, Yaml},
};

/// The kind `same_as`.
pub(super) struct SameAs;

#[derive(Debug)]
struct SameAsCheck {
    other: Argument<Json>,
    rules: Rules,
}

impl Kind for SameAs {
    fn name(&self) -> &'static str {
        "same_as"
    }

    fn documentation(&self) -> &'static str {
        "Structurally equal to another value, such as one captured before: numbers as decimals, maps without regard to order."
    }

    fn example(&self) -> &'static str {
        "{same_as: '{{ names }}'}"
    }

    fn schema(&self) -> serde_json::Value {
        serde_json::json!({})
    }

    fn companions(&self) -> Vec<&'static str> {
        RULES.iter().map(|rule| rule.name()).collect()
    }

    fn parse(&self, node: &Node, parsing: &mut Parsing<'_>) -> Option<Arc<dyn Check>> {
        let other = Argument::parse(node, parsing.diagnostics, argument::any);
        let is_rule = |entry: &&Entry| RULES.iter().any(|rule| rule.name() == entry.key);
        let beside: Vec<Entry> = parsing.beside.iter().filter(is_rule).cloned().collect();
        let map = Node { span: node.span.clone(), value: Yaml::Map(beside) };
        let collector = Collector::new();
        let rules = collector.fields(&map, "normalising keys").map(|fields| {
            let rules = Rules::read(&fields);
            fields.finish("normalising key");
            rules
        });
        let mistakes = collector.into_diagnostics();
        let is_sound = mistakes.is_empty();
        parsing.diagnostics.extend(mistakes);
        let (other, rules) = (other?, rules?);
        is_sound.then(|| Arc::new(SameAsCheck { other, rules }) as Arc<dyn Check>)
    }
}

impl Check for SameAsCheck {
    fn judge(&self, subject: &Subject<'_>, context: &Context<'_>) -> Result<Outcome, Unresolved> {
        let other = self.other.resolve(context.scope)?;
        let Some(actual) = subject.value else {
            return Ok(equality::nothing(subject, &self.phrase(context)).into());
        };
        if *actual == *other || equality::matches(actual, &other, subject.mode) {
            return Ok(Outcome::Holds);
        }
        if !self.rules.is_empty() {
            return Ok(self.compare(subject, actual, &Argued { value: &other, is_secret: other.is_secret() }, context));
        }
        if other.is_secret() {
            return Ok(self.hidden(subject, actual, context).into());
        }
        // Paths are those of the value, whatever its elements were selected from.
        let place = if subject.place.is_selection() { subject.place } else { Place::Below(&subject.place, "$") };
        let failure = equality::first_difference(actual, &other, place);
        let at = failure.at.clone().filter(|at| *at != subject.place.path());
        Ok(Failure { at: at.or_else(|| subject.place.within()), ..failure }.into())
    }

    fn phrase(&self, context: &Context<'_>) -> String {
        format!("the same as {}", self.other.phrase(context.scope))
    }

    fn dynamics<'a>(&'a self, found: &mut Vec<&'a Dynamic>) {
        push(&self.other, found);
    }

    fn takes_list(&self, _n_values: usize, _scope: &Scope) -> bool {
        true
    }
}

impl SameAsCheck {
    /// A failure that tells nothing of a secret.
    fn hidden(&self, subject: &Subject<'_>, actual: &Json, context: &Context<'_>) -> Failure {
        Failure::different(subject.place.within(), self.phrase(context), shown(actual))
    }

    /// Compares as snapshots are compared: what the rules say does not count does not.
    fn compare(&self, subject: &Subject<'_>, actual: &Json, other: &Argued<'_>, context: &Context<'_>) -> Outcome {
        let (expected, actual) = (self.rules.apply(other.value.clone()).json, self.rules.apply(actual.clone()).json);
        let comparison = compare::json(&expected, &actual, &self.rules.options());
        // The form of a number does not count, and rows of another version are what `version_by` lets pass.
        let mut differences = comparison.differences.iter().filter(|difference| difference.weight == Weight::Full);
        let Some(first) = differences.next() else { return Outcome::Holds };
        if other.is_secret {
            return self.hidden(subject, &actual, context).into();
        }
        let path = first.at.to_string();
        let at = Place::Below(&subject.place, &path).within().filter(|_| path != "$");
        let failure = Failure::different(at, shown_or_nothing(first.expected.as_ref()), shown_or_nothing(first.actual.as_ref()));
        let note = match (first.kind, differences.count()) {
            (compare::Kind::Reordered, 0) => Some(String::from("in another order")),
            (compare::Kind::Reordered, n_more) => Some(format!("in another order; {n_more} more differences")),
            (_, 0) => None,
            (_, 1) => Some(String::from("1 more difference")),
            (_, n_more) => Some(format!("{n_more} more differences")),
        };
        Failure { note, ..failure }.into()
    }
}

/// The other value, and whether it may be shown.
struct Argued<'a> {
    value: &'a Json,
    is_secret: bool,
}

#[cfg(test)]
mod tests {
    use crate::assertion::matcher::{
        Mode,
        testing::{check, check_nothing, complaints},
    };

    #[test]
    fn what_the_rules_let_pass_does_not_count() {
        let rows = r#"[{"n": "b", "at": 2, "size": 104}, {"n": "a", "at": 3, "size": 1.0}]"#;
        let other = "[{n: a, at: 1, size: 1}, {n: b, at: 1, size: 100}]";
        check(&format!("{{same_as: {other}, ignore: ['$[*].at'], unordered: [$], tolerance: {{'$[*].size': 5%}}}}"), rows, "");
        check(
            &format!("{{same_as: {other}, ignore: ['$[*].at'], unordered: [$], tolerance: {{'$[*].size': 1%}}}}"),
            rows,
            "at $[1].size: expected 100, actual 104",
        );
        check("{same_as: {id: 1}, ignore: [$.x]}", r#"{"id": 2, "x": 3}"#, "at $.id: expected 1, actual 2");
        check("{same_as: '{{ hidden }}', ignore: [$.x]}", "\"x\"", "expected the same as •••, actual \"x\"");
        check_nothing("{same_as: x, ignore: [$.x]}", "expected the same as \"x\", actual nothing");
    }

    #[test]
    fn rules_are_read_as_those_of_snapshots() {
        complaints(
            "{same_as: x, ignore: [x]}",
            Mode::Json,
            &[
                "`x` is not a JSONPath: it begins with `$` at character 1 (paths are JSONPath (RFC 9535), such as `$.name`, `$[*].tags` or `$..id`)",
            ],
        );
        complaints("{equals: x, ignore: [$.x]}", Mode::Json, &["unknown matcher `ignore` (it stands beside `same_as`)"]);
    }

    #[test]
    fn structures_are_compared() {
        check("{same_as: '{{ names }}'}", "[\"a\", \"b\"]", "");
        check("{same_as: '{{ names }}'}", "[\"a\", \"c\"]", "at $[1]: expected \"b\", actual \"c\"");
        check("{same_as: {a: 1, b: [2]}}", r#"{"b": [2.0], "a": 1}"#, "");
        check("{same_as: {a: 1, b: [2]}}", r#"{"b": [3], "a": 1}"#, "at $.b[0]: expected 2, actual 3");
        check("{same_as: '{{ hidden }}'}", "\"x\"", "expected the same as •••, actual \"x\"");
        check("{same_as: x}", "\"y\"", "expected \"x\", actual \"y\"");
        check_nothing("{same_as: x}", "expected the same as \"x\", actual nothing");
    }
}
