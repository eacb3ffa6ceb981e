//! `any_of`: at least one matcher of a list holds.

use std::sync::Arc;

use super::{
    Check, Kind, Matcher, Parsing, Subject,
    all::{parse_list, schema},
};
use crate::{
    assertion::{Context, Failure, Ground, Outcome},
    extract::{Unresolved, shown::shown_or_nothing},
    template::{Dynamic, Scope},
    yaml::Node,
};

/// The kind `any_of`.
pub(super) struct AnyOf;

#[derive(Debug)]
struct AnyOfCheck {
    inner: Vec<Matcher>,
}

impl Kind for AnyOf {
    fn name(&self) -> &'static str {
        "any_of"
    }

    fn documentation(&self) -> &'static str {
        "At least one matcher of the list holds."
    }

    fn example(&self) -> &'static str {
        "{any_of: [{type: string}, {type: 'null'}]}"
    }

    fn schema(&self) -> serde_json::Value {
        schema()
    }

    fn parse(&self, node: &Node, parsing: &mut Parsing<'_>) -> Option<Arc<dyn Check>> {
        Some(Arc::new(AnyOfCheck { inner: parse_list(node, parsing)? }))
    }
}

impl Check for AnyOfCheck {
    fn judge(&self, subject: &Subject<'_>, context: &Context<'_>) -> Result<Outcome, Unresolved> {
        let mut grounds = Vec::new();
        for matcher in &self.inner {
            match matcher.judge(subject, context)? {
                Outcome::Holds => return Ok(Outcome::Holds),
                Outcome::Fails(failure) => grounds.push(failure.ground),
            }
        }
        // One matcher that could look is enough to know that the value is another.
        let ground =
            if grounds.contains(&Ground::Different) { Ground::Different } else { grounds.first().copied().unwrap_or(Ground::Different) };
        Ok(Failure::different(subject.place.within(), self.phrase(context), shown_or_nothing(subject.value)).ground(ground).into())
    }

    fn phrase(&self, context: &Context<'_>) -> String {
        let phrases: Vec<String> = self.inner.iter().map(|matcher| matcher.phrase(context)).collect();
        phrases.join(" or ")
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
    fn one_matcher_is_enough() {
        check("{any_of: [{type: string}, {type: 'null'}]}", "null", "");
        check("{any_of: [{type: string}, {type: 'null'}]}", "5", "expected a string or null, actual 5");
        check("{any_of: [a, b]}", "\"b\"", "");
        check("{not: {any_of: [{less_than: 3}, a]}}", "\"b\"", "");
    }

    #[test]
    fn nothing_satisfies_only_exists() {
        check_nothing("{any_of: [a, b]}", "expected \"a\" or \"b\", actual nothing");
        check_nothing("{any_of: [{exists: false}, a]}", "");
        complaints("{any_of: []}", Mode::Json, &["an empty list checks nothing"]);
    }
}
