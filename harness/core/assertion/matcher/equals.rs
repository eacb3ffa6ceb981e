//! `equals`: the value is equal to a written one. Also what a plain value means.

use std::sync::Arc;

use super::{Check, Kind, Mode, Parsing, Subject, equality, parse::push, quantity};
use crate::{
    assertion::{Context, Outcome},
    diagnostic::Diagnostic,
    extract::{Argument, Unresolved, argument},
    json::Json,
    template::{Dynamic, Scope},
    yaml::Node,
};

/// The kind `equals`.
pub(super) struct Equals;

/// A value to be equal to.
#[derive(Debug)]
pub(super) struct EqualsCheck {
    expected: Argument<Json>,
}

impl Kind for Equals {
    fn name(&self) -> &'static str {
        "equals"
    }

    fn documentation(&self) -> &'static str {
        "The value is equal to this one; the same as writing the value by itself. Numbers compare as decimals, maps without regard to order."
    }

    fn example(&self) -> &'static str {
        "{equals: {}}"
    }

    fn schema(&self) -> serde_json::Value {
        serde_json::json!({})
    }

    fn parse(&self, node: &Node, parsing: &mut Parsing<'_>) -> Option<Arc<dyn Check>> {
        Some(Arc::new(parse(node, parsing.mode, parsing.diagnostics)?))
    }
}

/// Reads a value to be equal to.
pub(super) fn parse(node: &Node, mode: Mode, diagnostics: &mut Vec<Diagnostic>) -> Option<EqualsCheck> {
    let expected = Argument::parse(node, diagnostics, argument::any)?;
    if let Some(diagnostic) = expected.constant().and_then(|value| never_equal(value, node, mode)) {
        diagnostics.push(diagnostic);
        return None;
    }
    Some(EqualsCheck { expected })
}

/// The mistake of comparing a value of this mode with one that it can never be.
pub(super) fn never_equal(value: &Json, node: &Node, mode: Mode) -> Option<Diagnostic> {
    let error = |message: String| Some(Diagnostic::error(&node.span, message));
    let noun = mode.noun();
    match (mode, value) {
        (_, Json::List(_)) if mode.is_scalar() => {
            error(format!("{noun} is never equal to a list")).map(|error| error.help("did you mean `one_of`?"))
        }
        (_, Json::Map(_)) if mode.is_scalar() => error(format!("{noun} is never equal to a map")),
        (Mode::Status, Json::Number(number)) => {
            let is_code = number.to_i64().is_some_and(|code| (100..=599).contains(&code)) && number.as_str().len() == 3;
            if is_code { None } else { not_a_status(value, node) }
        }
        (Mode::Status, Json::String(text)) if equality::status_class(text).is_some() => None,
        (Mode::Status, Json::String(text)) if text.len() == 3 && text.parse::<u16>().is_ok_and(|code| (100..=599).contains(&code)) => None,
        (Mode::Status, _) => not_a_status(value, node),
        (Mode::Duration, Json::String(text)) if quantity::duration(text).is_some() => {
            error(String::from("a duration is never exactly as expected"))
                .map(|error| error.help(format!("did you mean `at_most: {text}`?")))
        }
        (Mode::Duration, _) => {
            error(format!("{} is not a duration", argument::found(value))).map(|error| error.help("such as `at_most: 800ms`"))
        }
        (Mode::Count, Json::Number(number)) if number.is_integer() && !number.as_str().starts_with('-') => None,
        (Mode::Count, _) => error(format!("{} is not a number of elements", argument::found(value))),
        (Mode::Bytes, Json::Number(_)) => None,
        (Mode::Bytes, Json::String(text)) if quantity::size(text).is_some() => None,
        (Mode::Bytes, _) => error(format!("{} is not a size", argument::found(value))).map(|error| error.help("such as `1024` or `2 MB`")),
        (Mode::Keys, Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Map(_)) => {
            error(String::from("the keys are a list")).map(|error| error.help("such as `keys: {contains: name}`"))
        }
        (Mode::Text | Mode::Texts | Mode::Word, Json::Null) => {
            error(String::from("text is never null")).map(|error| error.help("to expect nothing write `{exists: false}`"))
        }
        (Mode::Json | Mode::Text | Mode::Texts | Mode::Word | Mode::Seconds | Mode::Keys, _) => None,
    }
}

fn not_a_status(value: &Json, node: &Node) -> Option<Diagnostic> {
    let help = "a status is a number such as `200`, a class such as `2xx`, or a matcher";
    Some(Diagnostic::error(&node.span, format!("{} is not a status", argument::found(value))).help(help))
}

impl Check for EqualsCheck {
    fn judge(&self, subject: &Subject<'_>, context: &Context<'_>) -> Result<Outcome, Unresolved> {
        let expected = self.expected.resolve(context.scope)?;
        // The phrase of a value that holds would be thrown away.
        if let Some(actual) = subject.value
            && equality::matches(actual, &expected, subject.mode)
        {
            return Ok(Outcome::Holds);
        }
        let phrase = if subject.mode == Mode::Status { expected.bare() } else { expected.shown() };
        Ok(equality::judge(subject, &expected, &phrase))
    }

    fn phrase(&self, context: &Context<'_>) -> String {
        self.expected.phrase(context.scope)
    }

    fn dynamics<'a>(&'a self, found: &mut Vec<&'a Dynamic>) {
        push(&self.expected, found);
    }

    fn takes_list(&self, _n_values: usize, scope: &Scope) -> bool {
        self.expected.resolve(scope).is_ok_and(|expected| matches!(&*expected, Json::List(_)))
    }
}

#[cfg(test)]
mod tests {
    use crate::assertion::matcher::{
        Mode,
        testing::{check, check_as, check_nothing, check_text, complaints},
    };

    #[test]
    fn a_plain_value_means_equal() {
        check("affinder", "\"affinder\"", "");
        check("affinder", "\"Affinder\"", "expected \"affinder\", actual \"Affinder\"");
        check("{equals: null}", "null", "");
        check("1.0", "1", "");
        check("12345678901234567890", "12345678901234567891", "expected 12345678901234567890, actual 12345678901234567891");
        check("{equals: {}}", "{}", "");
        check("{equals: {}}", "{\"a\": 1}", "at $.a: expected nothing, actual 1");
        check_nothing("affinder", "expected \"affinder\", actual nothing");
        check_nothing("null", "expected null, actual nothing");
    }

    #[test]
    fn a_template_keeps_its_type_and_secrets_stay_dots() {
        check("'{{ limit }}'", "3", "");
        check("'{{ limit }}'", "\"3\"", "expected 3, actual \"3\"; 3 is a number; quote it to mean text");
        check("'{{ name }}-x'", "\"affinder\"", "expected \"affinder-x\", actual \"affinder\"");
        check("'{{ hidden }}'", "\"other\"", "expected •••, actual \"other\"");
        check("'{{ names }}'", "[\"a\", \"c\"]", "at $[1]: expected \"b\", actual \"c\"");
    }

    #[test]
    fn a_number_is_not_the_text_of_its_digits() {
        check("1.10", "\"1.10\"", "expected 1.10, actual \"1.10\"; 1.1 and 1.10 are the same number; quote it to mean text");
        check("5", "\"5\"", "expected 5, actual \"5\"; 5 is a number; quote it to mean text");
        check("'5'", "5", "expected \"5\", actual 5; the value is a number; leave the quotes away to mean a number");
        check("'1.10'", "\"1.10\"", "");
        check_text("1.10", "1.10", "");
        check_text("1.10", "1.1", "expected 1.10, actual \"1.1\"");
        check_text("true", "true", "");
    }

    #[test]
    fn the_smallest_difference_is_shown() {
        let expected = "at $.b.c[1]: expected 3, actual 4";
        check("{equals: {a: 1, b: {c: [2, 3]}}}", r#"{"b": {"c": [2, 4]}, "a": 1}"#, expected);
        check("{equals: {a: 1, b: 2}}", r#"{"a": 1}"#, "at $.b: expected 2, actual nothing");
        check("[1, 2]", "[1]", "at $[1]: expected 2, actual nothing; 2 elements expected, 1 there");
        check("[1]", "[1, 2]", "at $[1]: expected nothing, actual 2; 1 element expected, 2 there");
        check("x", "[\"x\"]", "expected \"x\", actual [\"x\"]; the value is a list: use `each`, `some`, `contains` or `count`");
    }

    #[test]
    fn a_status_may_be_a_class() {
        check_as(Mode::Status, "2xx", "204", "");
        check_as(Mode::Status, "2xx", "301", "expected 2xx, actual 301");
        check_as(Mode::Status, "200", "503", "expected 200, actual 503");
        check_as(Mode::Status, "'{{ limit }}xx'", "301", "");
        check_as(Mode::Word, "lax", "\"Lax\"", "");
        check_as(Mode::Bytes, "2 kB", "2000", "");
        check_as(Mode::Seconds, "1h", "3600", "");
        check_as(Mode::Seconds, "1h", "60", "expected \"1h\", actual 60");
    }

    #[test]
    fn what_can_never_be_equal_is_a_mistake() {
        complaints("800ms", Mode::Duration, &["a duration is never exactly as expected (did you mean `at_most: 800ms`?)"]);
        complaints("null", Mode::Text, &["text is never null (to expect nothing write `{exists: false}`)"]);
        complaints("many", Mode::Count, &["`many` is not a number of elements"]);
        complaints("{a: b}", Mode::Text, &["unknown matcher `a` (to expect a map with this key write `contains: {…}` or `equals: {…}`)"]);
    }
}
