//! `one_of`: the value is equal to one of several.

use std::sync::Arc;

use super::{Check, Kind, Parsing, Subject, equality, equals::never_equal, parse::push};
use crate::{
    assertion::{Context, Failure, Outcome},
    diagnostic::Diagnostic,
    extract::{
        Argument, Unresolved, argument,
        shown::{listed, shown},
    },
    json::Json,
    template::Dynamic,
    yaml::{Node, Yaml},
};

/// The kind `one_of`.
pub(super) struct OneOf;

#[derive(Debug)]
struct OneOfCheck {
    values: Argument<Vec<Json>>,
}

impl Kind for OneOf {
    fn name(&self) -> &'static str {
        "one_of"
    }

    fn documentation(&self) -> &'static str {
        "The value is equal to one of these values."
    }

    fn example(&self) -> &'static str {
        "{one_of: [public, hidden]}"
    }

    fn schema(&self) -> serde_json::Value {
        serde_json::json!({"type": ["array", "string"], "minItems": 1})
    }

    fn parse(&self, node: &Node, parsing: &mut Parsing<'_>) -> Option<Arc<dyn Check>> {
        let values = Argument::parse(node, parsing.diagnostics, argument::list)?;
        if values.constant().is_some_and(Vec::is_empty) {
            parsing.complain(Diagnostic::error(&node.span, "an empty list checks nothing"));
            return None;
        }
        if let (Some(constant), Yaml::List(elements)) = (values.constant(), &node.value) {
            let mistakes: Vec<Diagnostic> =
                constant.iter().zip(elements).filter_map(|(value, element)| never_equal(value, element, parsing.mode)).collect();
            if !mistakes.is_empty() {
                parsing.diagnostics.extend(mistakes);
                return None;
            }
        }
        Some(Arc::new(OneOfCheck { values }))
    }
}

impl Check for OneOfCheck {
    fn judge(&self, subject: &Subject<'_>, context: &Context<'_>) -> Result<Outcome, Unresolved> {
        let values = self.values.resolve(context.scope)?;
        let phrase =
            || if values.is_secret() { String::from("one of •••") } else { format!("one of {}", listed(values.iter(), ", ")) };
        let Some(actual) = subject.value else {
            return Ok(equality::nothing(subject, &phrase()).into());
        };
        if values.iter().any(|value| equality::matches(actual, value, subject.mode)) {
            return Ok(Outcome::Holds);
        }
        Ok(Failure::different(subject.place.within(), phrase(), shown(actual)).into())
    }

    fn phrase(&self, context: &Context<'_>) -> String {
        match self.values.resolve(context.scope) {
            Ok(values) if !values.is_secret() => format!("one of {}", listed(values.iter(), ", ")),
            Ok(_) | Err(_) => format!("one of {}", self.values.phrase(context.scope)),
        }
    }

    fn dynamics<'a>(&'a self, found: &mut Vec<&'a Dynamic>) {
        push(&self.values, found);
    }
}

#[cfg(test)]
mod tests {
    use crate::assertion::matcher::{
        Mode,
        testing::{check, check_as, check_nothing, complaints},
    };

    #[test]
    fn the_value_is_among_them() {
        check("{one_of: [a, 1.0, null]}", "1", "");
        check("{one_of: [a, 1.0]}", "\"b\"", "expected one of \"a\", 1.0, actual \"b\"");
        check("{one_of: '{{ names }}'}", "\"b\"", "");
        check("{one_of: '{{ name }}'}", "\"b\"", "could not be evaluated: expected a list, found `affinder`");
        check_as(Mode::Status, "{one_of: [200, 4xx]}", "404", "");
        check_nothing("{one_of: [null]}", "expected one of null, actual nothing");
        complaints("{one_of: []}", Mode::Json, &["an empty list checks nothing"]);
        complaints("{one_of: a}", Mode::Json, &["expected a list, found `a`"]);
        complaints("{one_of: [[200]]}", Mode::Status, &["a status is never equal to a list (did you mean `one_of`?)"]);
    }
}
