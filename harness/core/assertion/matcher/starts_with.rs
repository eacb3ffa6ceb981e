//! `starts_with`: the text begins with this text.

use std::sync::Arc;

use super::{Check, Kind, Parsing, Subject, equality, parse::push};
use crate::{
    assertion::{Context, Failure, Outcome},
    diagnostic::Diagnostic,
    extract::{Argument, Unresolved, argument, shown::quoted},
    json::Json,
    template::Dynamic,
    yaml::Node,
};

/// The kind `starts_with`.
pub(super) struct StartsWith;

#[derive(Debug)]
struct StartsWithCheck {
    part: Argument<String>,
}

impl Kind for StartsWith {
    fn name(&self) -> &'static str {
        "starts_with"
    }

    fn documentation(&self) -> &'static str {
        "The text begins with this text."
    }

    fn example(&self) -> &'static str {
        "{starts_with: https://}"
    }

    fn schema(&self) -> serde_json::Value {
        serde_json::json!({"type": ["string", "number"]})
    }

    fn parse(&self, node: &Node, parsing: &mut Parsing<'_>) -> Option<Arc<dyn Check>> {
        let part = Argument::parse(node, parsing.diagnostics, argument::text)?;
        if part.constant().is_some_and(String::is_empty) {
            parsing.complain(Diagnostic::error(&node.span, "an empty text checks nothing"));
            return None;
        }
        Some(Arc::new(StartsWithCheck { part }))
    }
}

impl Check for StartsWithCheck {
    fn judge(&self, subject: &Subject<'_>, context: &Context<'_>) -> Result<Outcome, Unresolved> {
        let resolved = self.part.resolve(context.scope)?;
        let phrase = || format!("to start with {}", resolved.shown());
        let part: &str = &resolved;
        Ok(match subject.value {
            Some(Json::String(text)) if text.starts_with(part) => Outcome::Holds,
            Some(Json::String(text)) => Failure::different(subject.place.within(), phrase(), quoted(text)).into(),
            Some(_) => equality::unsuited(subject, &phrase(), "the value is not text").into(),
            None => equality::nothing(subject, &phrase()).into(),
        })
    }

    fn phrase(&self, context: &Context<'_>) -> String {
        format!("to start with {}", self.part.phrase(context.scope))
    }

    fn dynamics<'a>(&'a self, found: &mut Vec<&'a Dynamic>) {
        push(&self.part, found);
    }
}

#[cfg(test)]
mod tests {
    use crate::assertion::matcher::{
        Mode,
        testing::{check, check_nothing, complaints},
    };

    #[test]
    fn starts_with_judges_text_only() {
        check("{starts_with: ab}", "\"abc\"", "");
        check("{starts_with: ab}", "\"cab\"", "expected to start with \"ab\", actual \"cab\"");
        check("{starts_with: ab}", "5", "expected to start with \"ab\", actual 5; the value is not text");
        check_nothing("{starts_with: ab}", "expected to start with \"ab\", actual nothing");
        complaints("{starts_with: ''}", Mode::Json, &["an empty text checks nothing"]);
        complaints("{starts_with: [a]}", Mode::Json, &["expected text, found a list"]);
    }
}
