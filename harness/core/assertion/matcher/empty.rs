//! `empty`: the text, list or map has nothing in it.

use std::sync::Arc;

use super::{Check, Kind, Parsing, Subject, equality, parse::push};
use crate::{
    assertion::{Context, Failure, Outcome},
    extract::{Argument, Unresolved, argument, shown::shown},
    json::Json,
    template::{Dynamic, Scope},
    yaml::Node,
};

/// The kind `empty`.
pub(super) struct Empty;

#[derive(Debug)]
struct EmptyCheck {
    wanted: Argument<bool>,
}

impl Kind for Empty {
    fn name(&self) -> &'static str {
        "empty"
    }

    fn documentation(&self) -> &'static str {
        "The text, list or map has nothing in it; `false` expects something in it. `null` is neither."
    }

    fn example(&self) -> &'static str {
        "{empty: true}"
    }

    fn schema(&self) -> serde_json::Value {
        serde_json::json!({"type": "boolean"})
    }

    fn parse(&self, node: &Node, parsing: &mut Parsing<'_>) -> Option<Arc<dyn Check>> {
        Some(Arc::new(EmptyCheck { wanted: Argument::parse(node, parsing.diagnostics, argument::truth)? }))
    }
}

fn words(wanted: bool) -> &'static str {
    if wanted { "to be empty" } else { "not to be empty" }
}

impl Check for EmptyCheck {
    fn judge(&self, subject: &Subject<'_>, context: &Context<'_>) -> Result<Outcome, Unresolved> {
        let wanted = *self.wanted.resolve(context.scope)?;
        let Some(actual) = subject.value else {
            return Ok(equality::nothing(subject, words(wanted)).into());
        };
        let is_empty = match actual {
            Json::String(text) => text.is_empty(),
            Json::List(elements) => elements.is_empty(),
            Json::Map(entries) => entries.is_empty(),
            Json::Null | Json::Bool(_) | Json::Number(_) => {
                return Ok(equality::unsuited(subject, words(wanted), "the value is not text, a list or a map").into());
            }
        };
        Ok(if is_empty == wanted {
            Outcome::Holds
        } else {
            Failure::different(subject.place.within(), words(wanted), shown(actual)).into()
        })
    }

    fn phrase(&self, context: &Context<'_>) -> String {
        String::from(words(self.wanted.resolve(context.scope).map_or(true, |wanted| *wanted)))
    }

    fn dynamics<'a>(&'a self, found: &mut Vec<&'a Dynamic>) {
        push(&self.wanted, found);
    }

    fn takes_list(&self, n_values: usize, _scope: &Scope) -> bool {
        // One text may be empty, and so may what was found: a list with one empty text in it is not.
        n_values != 1
    }
}

#[cfg(test)]
mod tests {
    use crate::assertion::matcher::testing::{check, check_nothing};

    #[test]
    fn text_lists_and_maps_can_be_empty() {
        for value in ["\"\"", "[]", "{}"] {
            check("{empty: true}", value, "");
            check("{empty: false}", value, &format!("expected not to be empty, actual {value}"));
        }
        check("{empty: true}", "[1]", "expected to be empty, actual [1]");
        check("{empty: false}", "[1]", "");
        check("{empty: true}", "null", "expected to be empty, actual null; the value is not text, a list or a map");
        check_nothing("{empty: true}", "expected to be empty, actual nothing");
    }
}
