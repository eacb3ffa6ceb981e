//! `same_as`: structurally equal to another value, with the normalise keys beside it.

use std::sync::Arc;

use super::{Argument, Check, Kind, Parsing, Place, Subject, argument, equality, parse::push};
use crate::{
    assertion::{Context, Failure, Outcome, Unresolved, judgement::shown},
    diagnostic::Diagnostic,
    json::Json,
    template::Dynamic,
    yaml::Node,
};

/// The kind `same_as`.
pub(super) struct SameAs;

/// The normalise keys of the language page.
const NORMALISE: &[&str] = &["ignore", "kind", "unordered", "key", "version_by", "round", "tolerance", "replace"];

#[derive(Debug)]
struct SameAsCheck {
    other: Argument<Json>,
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

    fn companions(&self) -> &'static [&'static str] {
        NORMALISE
    }

    fn parse(&self, node: &Node, parsing: &mut Parsing<'_>) -> Option<Arc<dyn Check>> {
        let other = Argument::parse(node, parsing.diagnostics, argument::any);
        let mut is_sound = true;
        for entry in parsing.beside {
            if NORMALISE.contains(&entry.key.as_str()) {
                parsing
                    .diagnostics
                    .push(Diagnostic::error(&entry.key_span, format!("`{}` beside `same_as` is not supported yet", entry.key)));
                is_sound = false;
            }
        }
        other.filter(|_| is_sound).map(|other| Arc::new(SameAsCheck { other }) as Arc<dyn Check>)
    }
}

impl Check for SameAsCheck {
    fn judge(&self, subject: &Subject<'_>, context: &Context<'_>) -> Result<Outcome, Unresolved> {
        let other = self.other.resolve(context)?;
        let Some(actual) = subject.value else {
            return Ok(equality::nothing(subject, &self.phrase(context)).into());
        };
        if *actual == *other || equality::matches(actual, &other, subject.mode) {
            return Ok(Outcome::Holds);
        }
        if other.is_secret() {
            return Ok(Failure::different(subject.place.within(), self.phrase(context), shown(actual)).into());
        }
        // Paths are those of the value, whatever its elements were selected from.
        let place = if subject.place.is_selection() { subject.place } else { Place::Below(&subject.place, "$") };
        let failure = equality::first_difference(actual, &other, place);
        let at = failure.at.clone().filter(|at| *at != subject.place.path());
        Ok(Failure { at: at.or_else(|| subject.place.within()), ..failure }.into())
    }

    fn phrase(&self, context: &Context<'_>) -> String {
        format!("the same as {}", self.other.phrase(context))
    }

    fn dynamics<'a>(&'a self, found: &mut Vec<&'a Dynamic>) {
        push(&self.other, found);
    }

    fn takes_list(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use crate::assertion::matcher::testing::{check, check_nothing};

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
