//! `not`: the matcher inside does not hold.

use std::sync::Arc;

use super::{Check, Kind, Matcher, Parsing, Subject};
use crate::{
    assertion::{Context, Failure, Ground, Outcome},
    extract::{Unresolved, shown::shown_or_nothing},
    template::{Dynamic, Scope},
    yaml::Node,
};

/// The kind `not`.
pub(super) struct Not;

#[derive(Debug)]
struct NotCheck {
    inner: Matcher,
}

impl Kind for Not {
    fn name(&self) -> &'static str {
        "not"
    }

    fn documentation(&self) -> &'static str {
        "The matcher inside does not hold. Where there is nothing to check, or a value of a kind that it cannot judge, `not` fails as well."
    }

    fn example(&self) -> &'static str {
        "{not: {contains: localhost}}"
    }

    fn schema(&self) -> serde_json::Value {
        serde_json::json!({"$ref": "#/$defs/matcher"})
    }

    fn parse(&self, node: &Node, parsing: &mut Parsing<'_>) -> Option<Arc<dyn Check>> {
        Some(Arc::new(NotCheck { inner: Matcher::parse(node, parsing.mode, parsing.diagnostics)? }))
    }
}

impl Check for NotCheck {
    fn judge(&self, subject: &Subject<'_>, context: &Context<'_>) -> Result<Outcome, Unresolved> {
        Ok(match self.inner.judge(subject, context)? {
            Outcome::Holds => Failure::different(subject.place.within(), self.phrase(context), shown_or_nothing(subject.value)).into(),
            Outcome::Fails(failure) => match failure.ground {
                Ground::Different => Outcome::Holds,
                Ground::NothingThere | Ground::Unsuited => {
                    Outcome::Fails(Box::new(Failure { expected: format!("not {}", failure.expected), ..*failure }))
                }
            },
        })
    }

    fn phrase(&self, context: &Context<'_>) -> String {
        format!("not {}", self.inner.phrase(context))
    }

    fn dynamics<'a>(&'a self, found: &mut Vec<&'a Dynamic>) {
        self.inner.dynamics(found);
    }

    fn takes_list(&self, n_values: usize, scope: &Scope) -> bool {
        self.inner.takes_list(n_values, scope)
    }
}

#[cfg(test)]
mod tests {
    use crate::assertion::matcher::testing::{check, check_nothing};

    #[test]
    fn what_differs_satisfies_not() {
        check("{not: a}", "\"b\"", "");
        check("{not: a}", "\"a\"", "expected not \"a\", actual \"a\"");
        check("{not: {not: a}}", "\"a\"", "");
    }

    #[test]
    fn nothing_to_check_and_wrong_kinds_do_not() {
        check_nothing("{not: a}", "expected not \"a\", actual nothing");
        check_nothing("{not: {not: a}}", "expected not not \"a\", actual nothing");
        check_nothing("{not: {exists: true}}", "");
        let empty =
            "expected not each \"a\", actual an empty list; there is nothing to check; `count` or `empty` beside it would allow that";
        check("{not: {each: a}}", "[]", empty);
        check("{not: {less_than: 3}}", "\"x\"", "expected not less than 3, actual \"x\"; the value is text, not a number");
    }
}
