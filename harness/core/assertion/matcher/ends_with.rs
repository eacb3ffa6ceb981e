//! `ends_with`: the text ends with this text.

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

/// The kind `ends_with`.
pub(super) struct EndsWith;

#[derive(Debug)]
struct EndsWithCheck {
    part: Argument<String>,
}

impl Kind for EndsWith {
    fn name(&self) -> &'static str {
        "ends_with"
    }

    fn documentation(&self) -> &'static str {
        "The text ends with this text."
    }

    fn example(&self) -> &'static str {
        "{ends_with: .html}"
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
        Some(Arc::new(EndsWithCheck { part }))
    }
}

impl Check for EndsWithCheck {
    fn judge(&self, subject: &Subject<'_>, context: &Context<'_>) -> Result<Outcome, Unresolved> {
        let resolved = self.part.resolve(context.scope)?;
        let phrase = || format!("to end with {}", resolved.shown());
        let part: &str = &resolved;
        Ok(match subject.value {
            Some(Json::String(text)) if text.ends_with(part) => Outcome::Holds,
            Some(Json::String(text)) => Failure::different(subject.place.within(), phrase(), quoted(text)).into(),
            Some(_) => equality::unsuited(subject, &phrase(), "the value is not text").into(),
            None => equality::nothing(subject, &phrase()).into(),
        })
    }

    fn phrase(&self, context: &Context<'_>) -> String {
        format!("to end with {}", self.part.phrase(context.scope))
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
    fn ends_with_judges_text_only() {
        check("{ends_with: bc}", "\"abc\"", "");
        check("{ends_with: bc}", "\"bca\"", "expected to end with \"bc\", actual \"bca\"");
        check("{ends_with: bc}", "5", "expected to end with \"bc\", actual 5; the value is not text");
        check_nothing("{ends_with: bc}", "expected to end with \"bc\", actual nothing");
        complaints("{ends_with: ''}", Mode::Json, &["an empty text checks nothing"]);
        complaints("{ends_with: [a]}", Mode::Json, &["expected text, found a list"]);
    }
}
