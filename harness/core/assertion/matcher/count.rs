//! `count`: how many elements, keys or characters.

use std::sync::Arc;

use super::{Check, Kind, Matcher, Mode, Parsing, Subject, equality};
use crate::{
    assertion::{Context, Failure, Outcome},
    extract::Unresolved,
    json::{Json, Number},
    template::{Dynamic, Scope},
    yaml::Node,
};

/// The kind `count`.
pub(super) struct Count;

#[derive(Debug)]
struct CountCheck {
    inner: Matcher,
}

impl Kind for Count {
    fn name(&self) -> &'static str {
        "count"
    }

    fn documentation(&self) -> &'static str {
        "How many elements a list has, how many keys a map, how many characters a text. Beside `each` and its like it allows an empty list."
    }

    fn example(&self) -> &'static str {
        "{count: {at_least: 1}}"
    }

    fn schema(&self) -> serde_json::Value {
        serde_json::json!({"$ref": "#/$defs/matcher"})
    }

    fn parse(&self, node: &Node, parsing: &mut Parsing<'_>) -> Option<Arc<dyn Check>> {
        Some(Arc::new(CountCheck { inner: Matcher::parse(node, Mode::Count, parsing.diagnostics)? }))
    }
}

impl Check for CountCheck {
    fn judge(&self, subject: &Subject<'_>, context: &Context<'_>) -> Result<Outcome, Unresolved> {
        let Some(actual) = subject.value else {
            return Ok(equality::nothing(subject, &self.phrase(context)).into());
        };
        let n_elements = match actual {
            Json::List(elements) => elements.len(),
            Json::Map(entries) => entries.len(),
            Json::String(text) => text.chars().count(),
            Json::Null | Json::Bool(_) | Json::Number(_) => {
                return Ok(equality::unsuited(subject, &self.phrase(context), "the value has nothing to count").into());
            }
        };
        let count = Json::Number(Number::from(n_elements));
        Ok(match self.inner.judge(&Subject::found(&count, Mode::Count).at(subject.place), context)? {
            Outcome::Holds => Outcome::Holds,
            Outcome::Fails(failure) => Failure { expected: format!("a count of {}", failure.expected), ..*failure }.into(),
        })
    }

    fn phrase(&self, context: &Context<'_>) -> String {
        format!("a count of {}", self.inner.phrase(context))
    }

    fn dynamics<'a>(&'a self, found: &mut Vec<&'a Dynamic>) {
        self.inner.dynamics(found);
    }

    fn takes_list(&self, _n_values: usize, _scope: &Scope) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use crate::assertion::matcher::{
        Mode,
        testing::{check, check_nothing, check_text, complaints},
    };

    #[test]
    fn elements_keys_and_characters_are_counted() {
        check("{count: 2}", "[1, 2]", "");
        check("{count: {at_least: 1}}", "[]", "expected a count of at least 1, actual 0");
        check("{count: 0}", "[]", "");
        check("{count: 1}", "{\"a\": 1}", "");
        check_text("{count: 4}", "größ", "");
        check("{count: '{{ limit }}'}", "[1, 2]", "expected a count of 3, actual 2");
        check("{count: 1}", "7", "expected a count of 1, actual 7; the value has nothing to count");
        check_nothing("{count: 0}", "expected a count of 0, actual nothing");
        complaints("{count: 1.5}", Mode::Json, &["`1.5` is not a number of elements"]);
    }
}
