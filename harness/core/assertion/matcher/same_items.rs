//! `same_items`: the same elements, in any order.

use std::sync::Arc;

use super::{Check, Kind, Parsing, Subject, equality, parse::push};
use crate::{
    assertion::{Context, Failure, Outcome},
    diagnostic::Diagnostic,
    extract::{
        Argument, Unresolved, argument,
        shown::{listed, shown},
    },
    json::Json,
    template::{Dynamic, Scope},
    yaml::Node,
};

/// The kind `same_items`.
pub(super) struct SameItems;

#[derive(Debug)]
struct SameItemsCheck {
    items: Argument<Vec<Json>>,
}

impl Kind for SameItems {
    fn name(&self) -> &'static str {
        "same_items"
    }

    fn documentation(&self) -> &'static str {
        "The list has exactly these elements, each as often as here, in any order."
    }

    fn example(&self) -> &'static str {
        "{same_items: [image, labels]}"
    }

    fn schema(&self) -> serde_json::Value {
        serde_json::json!({"type": ["array", "string"]})
    }

    fn parse(&self, node: &Node, parsing: &mut Parsing<'_>) -> Option<Arc<dyn Check>> {
        if parsing.mode.is_scalar() {
            parsing
                .complain(Diagnostic::error(&node.span, format!("{} is never a list", parsing.mode.noun())).help("did you mean `one_of`?"));
            return None;
        }
        Some(Arc::new(SameItemsCheck { items: Argument::parse(node, parsing.diagnostics, argument::list)? }))
    }
}

impl Check for SameItemsCheck {
    fn judge(&self, subject: &Subject<'_>, context: &Context<'_>) -> Result<Outcome, Unresolved> {
        let items = self.items.resolve(context.scope)?;
        let phrase = || format!("the items {}", items.shown());
        let actual = match subject.value {
            Some(Json::List(elements)) => elements,
            Some(_) => return Ok(equality::unsuited(subject, &phrase(), "the value is not a list").into()),
            None => return Ok(equality::nothing(subject, &phrase()).into()),
        };
        let comparison = equality::Unordered::compare(actual, &items);
        if comparison.is_equal() {
            return Ok(Outcome::Holds);
        }
        let mut notes = Vec::new();
        if !comparison.missing.is_empty() && !items.is_secret() {
            notes.push(format!("missing {}", listed(comparison.missing.into_iter(), ", ")));
        }
        if !comparison.surplus.is_empty() {
            notes.push(format!("surplus {}", listed(comparison.surplus.into_iter().map(|(_, value)| value), ", ")));
        }
        let failure = Failure::different(subject.place.within(), phrase(), subject.value.map_or_else(String::new, shown));
        Ok(Failure { note: Some(notes.join("; ")).filter(|note| !note.is_empty()), ..failure }.into())
    }

    fn phrase(&self, context: &Context<'_>) -> String {
        format!("the items {}", self.items.phrase(context.scope))
    }

    fn dynamics<'a>(&'a self, found: &mut Vec<&'a Dynamic>) {
        push(&self.items, found);
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
    fn order_does_not_count_but_number_does() {
        check("{same_items: [b, a, a]}", "[\"a\", \"b\", \"a\"]", "");
        check(
            "{same_items: [a, b]}",
            "[\"a\", \"a\", \"c\"]",
            r#"expected the items ["a", "b"], actual ["a", "a", "c"]; missing "b"; surplus "a", "c""#,
        );
        check("{same_items: [1.0, {a: 1}]}", r#"[{"a": 1}, 1]"#, "");
        check("{same_items: '{{ names }}'}", "[\"b\", \"a\"]", "");
        check("{same_items: []}", "[]", "");
        check("{same_items: []}", "[1]", "expected the items [], actual [1]; surplus 1");
        check("{same_items: [a]}", "\"a\"", "expected the items [\"a\"], actual \"a\"; the value is not a list");
        check_nothing("{same_items: []}", "expected the items [], actual nothing");
        complaints("{same_items: [200]}", Mode::Status, &["a status is never a list (did you mean `one_of`?)"]);
    }
}
