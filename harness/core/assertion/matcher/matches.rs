//! `matches`: a regular expression finds something in the text.

use std::sync::Arc;

use regex::Regex;

use super::{Check, Kind, Parsing, Subject, equality, parse::push};
use crate::{
    assertion::{Context, Failure, Outcome},
    extract::{Argument, Unresolved, argument, pattern, shown::quoted},
    json::Json,
    template::Dynamic,
    yaml::Node,
};

/// The kind `matches`.
pub(super) struct Matches;

#[derive(Debug)]
struct MatchesCheck {
    pattern: Argument<Regex>,
}

impl Kind for Matches {
    fn name(&self) -> &'static str {
        "matches"
    }

    fn documentation(&self) -> &'static str {
        "The regular expression finds something in the text; `^` and `$` tie it to the ends."
    }

    fn example(&self) -> &'static str {
        r"{matches: '^\d+\.\d+'}"
    }

    fn schema(&self) -> serde_json::Value {
        serde_json::json!({"type": ["string", "number"]})
    }

    fn parse(&self, node: &Node, parsing: &mut Parsing<'_>) -> Option<Arc<dyn Check>> {
        let pattern = Argument::parse(node, parsing.diagnostics, |value| pattern::compile(&argument::text(value)?))?;
        Some(Arc::new(MatchesCheck { pattern }))
    }
}

impl Check for MatchesCheck {
    fn judge(&self, subject: &Subject<'_>, context: &Context<'_>) -> Result<Outcome, Unresolved> {
        let pattern = self.pattern.resolve(context.scope)?;
        let phrase = || format!("to match {}", pattern.bare());
        Ok(match subject.value {
            Some(Json::String(text)) if pattern.is_match(text) => Outcome::Holds,
            Some(Json::String(text)) => Failure::different(subject.place.within(), phrase(), quoted(text)).into(),
            Some(_) => equality::unsuited(subject, &phrase(), "the value is not text").into(),
            None => equality::nothing(subject, &phrase()).into(),
        })
    }

    fn phrase(&self, context: &Context<'_>) -> String {
        format!("to match {}", self.pattern.phrase_bare(context.scope))
    }

    fn dynamics<'a>(&'a self, found: &mut Vec<&'a Dynamic>) {
        push(&self.pattern, found);
    }
}

#[cfg(test)]
mod tests {
    use crate::assertion::matcher::{
        Mode,
        testing::{check, check_nothing, check_text, complaints},
    };

    #[test]
    fn a_pattern_is_found_in_text() {
        check(r"{matches: '^\d+\.\d+'}", "\"1.10.2\"", "");
        check(r"{matches: '^\d+\.\d+'}", "\"v1.10\"", r#"expected to match ^\d+\.\d+, actual "v1.10""#);
        check("{matches: '1'}", "1", "expected to match 1, actual 1; the value is not text");
        check_text("{matches: 200}", "1200", "");
        check_nothing("{matches: x}", "expected to match x, actual nothing");
        complaints("{matches: 'a)'}", Mode::Json, &["`a)` is not a regular expression: unopened group"]);
        complaints(
            "{matches: '(?=a)'}",
            Mode::Json,
            &["`(?=a)` is not a regular expression: look-around, including look-ahead and look-behind, is not supported"],
        );
    }
}
