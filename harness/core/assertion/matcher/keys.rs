//! `keys`: the names of a map's keys.

use std::sync::Arc;

use super::{Check, Kind, Matcher, Mode, Parsing, Place, Subject, equality};
use crate::{
    assertion::{Context, Failure, Outcome},
    extract::Unresolved,
    json::Json,
    template::Dynamic,
    yaml::Node,
};

/// The kind `keys`.
pub(super) struct Keys;

#[derive(Debug)]
struct KeysCheck {
    inner: Matcher,
}

impl Kind for Keys {
    fn name(&self) -> &'static str {
        "keys"
    }

    fn documentation(&self) -> &'static str {
        "The names of the map's keys, as a list. A plain list means exactly these, in any order."
    }

    fn example(&self) -> &'static str {
        "{keys: {contains: [name, version]}}"
    }

    fn schema(&self) -> serde_json::Value {
        serde_json::json!({"$ref": "#/$defs/matcher"})
    }

    fn parse(&self, node: &Node, parsing: &mut Parsing<'_>) -> Option<Arc<dyn Check>> {
        Some(Arc::new(KeysCheck { inner: Matcher::parse(node, Mode::Keys, parsing.diagnostics)? }))
    }
}

impl Check for KeysCheck {
    fn judge(&self, subject: &Subject<'_>, context: &Context<'_>) -> Result<Outcome, Unresolved> {
        let entries = match subject.value {
            Some(Json::Map(entries)) => entries,
            Some(_) => return Ok(equality::unsuited(subject, &self.phrase(context), "the value is not a map").into()),
            None => return Ok(equality::nothing(subject, &self.phrase(context)).into()),
        };
        let keys = Json::List(entries.iter().map(|(key, _)| Json::text(key.as_str())).collect());
        Ok(match self.inner.judge(&Subject::found(&keys, Mode::Keys).at(Place::Whole), context)? {
            Outcome::Holds => Outcome::Holds,
            Outcome::Fails(failure) => {
                Failure { at: subject.place.within(), expected: format!("keys {}", failure.expected), ..*failure }.into()
            }
        })
    }

    fn phrase(&self, context: &Context<'_>) -> String {
        format!("keys {}", self.inner.phrase(context))
    }

    fn dynamics<'a>(&'a self, found: &mut Vec<&'a Dynamic>) {
        self.inner.dynamics(found);
    }
}

#[cfg(test)]
mod tests {
    use crate::assertion::matcher::{
        Mode,
        testing::{check, check_nothing, complaints},
    };

    #[test]
    fn keys_are_a_list_without_order() {
        check("{keys: [b, a]}", r#"{"a": 1, "b": 2}"#, "");
        check("{keys: [a]}", r#"{"a": 1, "b": 2}"#, r#"expected keys ["a"], actual ["a", "b"]"#);
        check("{keys: {contains: [a]}}", r#"{"a": 1, "b": 2}"#, "");
        check("{keys: {each: {matches: '^[a-z]$'}}}", r#"{"a": 1, "B": 2}"#, r#"expected keys to match ^[a-z]$, actual "B"; 1 of 2 fails"#);
        check(
            "{keys: {each: a}}",
            "{}",
            "expected keys each \"a\", actual an empty list; there is nothing to check; `count` or `empty` beside it would allow that",
        );
        check("{keys: [a]}", "[]", "expected keys [\"a\"], actual []; the value is not a map");
        check_nothing("{keys: [a]}", "expected keys [\"a\"], actual nothing");
        complaints("{keys: name}", Mode::Json, &["the keys are a list (such as `keys: {contains: name}`)"]);
    }
}
