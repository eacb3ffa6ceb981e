//! `all`: every matcher of a list holds.

use std::sync::Arc;

use super::{Check, Kind, Matcher, Parsing, Subject};
use crate::{
    assertion::{Context, Outcome},
    diagnostic::Diagnostic,
    extract::Unresolved,
    template::{Dynamic, Scope},
    yaml::{Node, Yaml},
};

/// The kind `all`.
pub(super) struct All;

#[derive(Debug)]
struct AllCheck {
    inner: Vec<Matcher>,
}

impl Kind for All {
    fn name(&self) -> &'static str {
        "all"
    }

    fn documentation(&self) -> &'static str {
        "Every matcher of the list holds: for two of the same name, which a map cannot have."
    }

    fn example(&self) -> &'static str {
        "{all: [{contains: max-age}, {contains: public}]}"
    }

    fn schema(&self) -> serde_json::Value {
        schema()
    }

    fn parse(&self, node: &Node, parsing: &mut Parsing<'_>) -> Option<Arc<dyn Check>> {
        Some(Arc::new(AllCheck { inner: parse_list(node, parsing)? }))
    }
}

/// Reads a list of at least one matcher.
pub(super) fn parse_list(node: &Node, parsing: &mut Parsing<'_>) -> Option<Vec<Matcher>> {
    let Yaml::List(elements) = &node.value else {
        parsing.complain(Diagnostic::error(&node.span, "expected a list of matchers").help("such as `[{contains: a}, {contains: b}]`"));
        return None;
    };
    if elements.is_empty() {
        parsing.complain(Diagnostic::error(&node.span, "an empty list checks nothing"));
        return None;
    }
    let inner: Vec<Matcher> = elements.iter().filter_map(|element| Matcher::parse(element, parsing.mode, parsing.diagnostics)).collect();
    (inner.len() == elements.len()).then_some(inner)
}

/// JSON Schema of a list of matchers.
pub(super) fn schema() -> serde_json::Value {
    serde_json::json!({"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/matcher"}})
}

impl Check for AllCheck {
    fn judge(&self, subject: &Subject<'_>, context: &Context<'_>) -> Result<Outcome, Unresolved> {
        for matcher in &self.inner {
            let outcome = matcher.judge(subject, context)?;
            if !outcome.holds() {
                return Ok(outcome);
            }
        }
        Ok(Outcome::Holds)
    }

    fn phrase(&self, context: &Context<'_>) -> String {
        let phrases: Vec<String> = self.inner.iter().map(|matcher| matcher.phrase(context)).collect();
        phrases.join(" and ")
    }

    fn dynamics<'a>(&'a self, found: &mut Vec<&'a Dynamic>) {
        for matcher in &self.inner {
            matcher.dynamics(found);
        }
    }

    fn takes_list(&self, n_values: usize, scope: &Scope) -> bool {
        self.inner.iter().any(|matcher| matcher.takes_list(n_values, scope))
    }
}

#[cfg(test)]
mod tests {
    use crate::assertion::matcher::{
        Mode,
        testing::{check, check_nothing, complaints},
    };

    #[test]
    fn every_matcher_must_hold() {
        check("{all: [{contains: a}, {contains: b}]}", "\"ab\"", "");
        check("{all: [{contains: a}, {contains: b}]}", "\"a\"", "expected to contain \"b\", actual \"a\"");
        check_nothing("{all: [{contains: a}]}", "expected to contain \"a\", actual nothing");
        complaints("{all: []}", Mode::Json, &["an empty list checks nothing"]);
        complaints("{all: {contains: a}}", Mode::Json, &["expected a list of matchers (such as `[{contains: a}, {contains: b}]`)"]);
    }
}
