//! `exists`: something was found, whatever it is.

use std::sync::Arc;

use super::{Check, Kind, Parsing, Subject, parse::push};
use crate::{
    assertion::{Context, Failure, Ground, Outcome},
    extract::{Argument, Unresolved, argument, shown::shown_or_nothing},
    json::Json,
    template::{Dynamic, Scope},
    yaml::Node,
};

/// The kind `exists`.
pub(super) struct Exists;

#[derive(Debug)]
struct ExistsCheck {
    wanted: Argument<bool>,
}

impl Kind for Exists {
    fn name(&self) -> &'static str {
        "exists"
    }

    fn documentation(&self) -> &'static str {
        "Something is there, be it `null`; `false` expects that nothing is. The only matcher that is content with nothing."
    }

    fn example(&self) -> &'static str {
        "{exists: false}"
    }

    fn schema(&self) -> serde_json::Value {
        serde_json::json!({"type": "boolean"})
    }

    fn parse(&self, node: &Node, parsing: &mut Parsing<'_>) -> Option<Arc<dyn Check>> {
        Some(Arc::new(ExistsCheck { wanted: Argument::parse(node, parsing.diagnostics, argument::truth)? }))
    }
}

fn words(wanted: bool) -> &'static str {
    if wanted { "something" } else { "nothing" }
}

impl Check for ExistsCheck {
    fn judge(&self, subject: &Subject<'_>, context: &Context<'_>) -> Result<Outcome, Unresolved> {
        let wanted = *self.wanted.resolve(context.scope)?;
        // Several can be selected: what then exists are the elements.
        let exists = match subject.value {
            Some(Json::List(elements)) if subject.place.is_selection() => !elements.is_empty(),
            Some(_) => true,
            None => false,
        };
        if exists == wanted {
            return Ok(Outcome::Holds);
        }
        let actual = if exists { shown_or_nothing(subject.value) } else { String::from("nothing") };
        Ok(Failure::different(subject.place.within(), words(wanted), actual).ground(Ground::Different).into())
    }

    fn phrase(&self, context: &Context<'_>) -> String {
        String::from(words(self.wanted.resolve(context.scope).map_or(true, |wanted| *wanted)))
    }

    fn dynamics<'a>(&'a self, found: &mut Vec<&'a Dynamic>) {
        push(&self.wanted, found);
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
    fn null_is_something() {
        check("{exists: true}", "null", "");
        check("{exists: false}", "null", "expected nothing, actual null");
        check_nothing("{exists: true}", "expected something, actual nothing");
        check_nothing("{exists: false}", "");
        complaints("{exists: no}", Mode::Json, &["expected `true` or `false`, found `no`"]);
    }
}
