//! `contains`: text within text, elements within a list, a part of a map.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use super::{Check, Kind, Mode, Parsing, Place, Subject, equality, parse::push};
use crate::{
    assertion::{Context, Failure, Outcome},
    diagnostic::Diagnostic,
    extract::{
        Argument, Unresolved, argument,
        shown::{quoted, shown},
    },
    json::Json,
    template::{Dynamic, Scope},
    yaml::Node,
};

/// The kind `contains`.
pub(super) struct Contains;

#[derive(Debug)]
struct ContainsCheck {
    part: Argument<Json>,
}

impl Kind for Contains {
    fn name(&self) -> &'static str {
        "contains"
    }

    fn documentation(&self) -> &'static str {
        "Text: this text is in it. A list: every expected element is in it, in any order. A map: these keys are in it, deep down."
    }

    fn example(&self) -> &'static str {
        "{contains: json}"
    }

    fn schema(&self) -> serde_json::Value {
        serde_json::json!({})
    }

    fn parse(&self, node: &Node, parsing: &mut Parsing<'_>) -> Option<Arc<dyn Check>> {
        let part = Argument::parse(node, parsing.diagnostics, argument::any)?;
        let checks_nothing = match part.constant() {
            Some(Json::String(text)) => text.is_empty(),
            Some(Json::List(elements)) => elements.is_empty(),
            Some(Json::Map(entries)) => entries.is_empty(),
            Some(Json::Null | Json::Bool(_) | Json::Number(_)) | None => false,
        };
        if checks_nothing {
            parsing.complain(Diagnostic::error(&node.span, "everything contains nothing: this checks nothing"));
            return None;
        }
        if parsing.mode.is_scalar() && matches!(part.constant(), Some(Json::List(_) | Json::Map(_))) {
            let help = "text contains text; `all: [{contains: a}, {contains: b}]` expects several";
            parsing.complain(Diagnostic::error(&node.span, format!("{} contains no list and no map", parsing.mode.noun())).help(help));
            return None;
        }
        Some(Arc::new(ContainsCheck { part }))
    }
}

impl Check for ContainsCheck {
    fn judge(&self, subject: &Subject<'_>, context: &Context<'_>) -> Result<Outcome, Unresolved> {
        let part = self.part.resolve(context.scope)?;
        let phrase = || format!("to contain {}", part.shown());
        let Some(actual) = subject.value else {
            return Ok(equality::nothing(subject, &phrase()).into());
        };
        if let Json::String(text) = actual {
            let part = match &*part {
                Json::String(part) => part.as_str(),
                Json::Number(number) => number.as_str(),
                Json::Null | Json::Bool(_) | Json::List(_) | Json::Map(_) => {
                    return Ok(equality::unsuited(subject, &phrase(), "text contains only text").into());
                }
            };
            let is_within = match subject.mode {
                Mode::Word => text.to_lowercase().contains(&part.to_lowercase()),
                Mode::Json
                | Mode::Text
                | Mode::Texts
                | Mode::Status
                | Mode::Count
                | Mode::Bytes
                | Mode::Duration
                | Mode::Seconds
                | Mode::Keys => text.contains(part),
            };
            return Ok(if is_within { Outcome::Holds } else { Failure::different(subject.place.within(), phrase(), quoted(text)).into() });
        }
        if matches!(actual, Json::Null | Json::Bool(_) | Json::Number(_)) {
            let why = format!("{} contains nothing", super::quantity::kind(actual));
            return Ok(equality::unsuited(subject, &phrase(), why).into());
        }
        let lacks = match (actual, &*part) {
            // A single element; deeper down a list must be asked for as a list.
            (Json::List(elements), Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Map(_)) => {
                missing_elements(elements, std::slice::from_ref(&part))
                    .map(|_| Failure::different(subject.place.within(), phrase(), shown(actual)))
            }
            _ => lacking(actual, &part, subject.place),
        };
        Ok(match lacks {
            None => Outcome::Holds,
            // The part that is lacking would show a part of the secret.
            Some(_) if part.is_secret() => Failure::different(subject.place.within(), phrase(), shown(actual)).into(),
            Some(failure) => failure.into(),
        })
    }

    fn phrase(&self, context: &Context<'_>) -> String {
        format!("to contain {}", self.part.phrase(context.scope))
    }

    fn dynamics<'a>(&'a self, found: &mut Vec<&'a Dynamic>) {
        push(&self.part, found);
    }

    fn takes_list(&self, _n_values: usize, scope: &Scope) -> bool {
        // On text the same name looks for text: only a list can mean a list.
        self.part.resolve(scope).is_ok_and(|part| matches!(&*part, Json::List(_)))
    }
}

/// What the value lacks of the part, if anything.
fn lacking(actual: &Json, part: &Json, place: Place<'_>) -> Option<Failure> {
    match (actual, part) {
        (Json::Map(actual), Json::Map(entries)) => {
            let index = index(actual);
            entries.iter().find_map(|(key, part)| {
                let below = Place::Key(&place, key);
                match index.get(key.as_str()) {
                    Some(value) => lacking(value, part, below),
                    None => Some(Failure::different(below.within(), shown(part), "nothing")),
                }
            })
        }
        (Json::List(elements), Json::List(parts)) => {
            let missing = missing_elements(elements, parts)?;
            Some(Failure::different(place.within(), format!("to contain {}", shown(missing)), shown(actual)))
        }
        (Json::Map(_), Json::String(key)) => Some(
            Failure::different(place.within(), format!("to contain {}", quoted(key)), shown(actual))
                .note("the value is a map: use `keys: {contains: …}` or `contains: {key: value}`"),
        ),
        _ => (actual != part).then(|| equality::first_difference(actual, part, place)),
    }
}

/// The first expected element that no element of the list is or, for maps, has as its part.
fn missing_elements<'a>(elements: &[Json], parts: &'a [Json]) -> Option<&'a Json> {
    // Scalars are looked up; only maps and lists must be compared one by one.
    let known: HashSet<String> = if parts.len() > 8 { elements.iter().map(equality::canonical).collect() } else { Default::default() };
    parts.iter().find(|part| {
        let is_scalar = matches!(part, Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_));
        match (known.is_empty(), is_scalar) {
            (false, true) => !known.contains(&equality::canonical(part)),
            (false, false) if known.contains(&equality::canonical(part)) => false,
            (true | false, _) => !elements.iter().any(|element| is_part(element, part)),
        }
    })
}

/// A map by its keys: of one that was sent twice the last counts.
fn index(entries: &[(String, Json)]) -> HashMap<&str, &Json> {
    entries.iter().map(|(key, value)| (key.as_str(), value)).collect()
}

fn is_part(actual: &Json, part: &Json) -> bool {
    match (actual, part) {
        (Json::Map(actual), Json::Map(entries)) => {
            let index = index(actual);
            entries.iter().all(|(key, part)| index.get(key.as_str()).is_some_and(|value| is_part(value, part)))
        }
        (Json::List(elements), Json::List(parts)) => missing_elements(elements, parts).is_none(),
        _ => actual == part,
    }
}

#[cfg(test)]
mod tests {
    use crate::assertion::matcher::{
        Mode,
        testing::{check, check_nothing, check_text, complaints},
    };

    #[test]
    fn text_is_within_text() {
        check("{contains: json}", "\"application/json\"", "");
        check("{contains: json}", "\"text/html\"", "expected to contain \"json\", actual \"text/html\"");
        check("{contains: '{{ hidden }}'}", "\"text/html\"", "expected to contain •••, actual \"text/html\"");
        check("{contains: json}", "null", "expected to contain \"json\", actual null; null contains nothing");
        check_text("{contains: 1.10}", "v1.10.0", "");
        check_text("{contains: 1.10}", "v1.1.0", "expected to contain 1.10, actual \"v1.1.0\"");
        check_nothing("{contains: json}", "expected to contain \"json\", actual nothing");
    }

    #[test]
    fn every_expected_element_is_in_the_list() {
        check("{contains: [b, a]}", "[\"a\", \"b\", \"c\"]", "");
        check("{contains: [b, d]}", "[\"a\", \"b\"]", "expected to contain \"d\", actual [\"a\", \"b\"]");
        check("{contains: a}", "[\"a\"]", "");
        check("{contains: a}", "[]", "expected to contain \"a\", actual []");
        check("{contains: [{name: b}]}", r#"[{"name": "a"}, {"name": "b", "n": 1}]"#, "");
        check(
            "{contains: [1, 2, 3, 4, 5, 6, 7, 8, 9]}",
            "[1, 2, 3, 4, 5, 6, 7, 8]",
            "expected to contain 9, actual [1, 2, 3, 4, 5, 6, 7, 8]",
        );
    }

    #[test]
    fn a_part_of_a_map_is_found_deep_down() {
        check("{contains: {a: {b: 1}}}", r#"{"a": {"b": 1.0, "c": 2}, "d": 3}"#, "");
        check("{contains: {a: {b: 1}}}", r#"{"a": {"b": 2}}"#, "at $.a.b: expected 1, actual 2");
        check(
            "{contains: {a: x}}",
            r#"{"a": ["x"]}"#,
            "at $.a: expected \"x\", actual [\"x\"]; the value is a list: use `each`, `some`, `contains` or `count`",
        );
        check("{contains: {a: {b: 1}}}", r#"{"a": {}}"#, "at $.a.b: expected 1, actual nothing");
        let note = "; the value is a map: use `keys: {contains: …}` or `contains: {key: value}`";
        check("{contains: a}", r#"{"a": 1}"#, &format!("expected to contain \"a\", actual {{\"a\": 1}}{note}"));
    }

    #[test]
    fn an_empty_part_checks_nothing() {
        complaints("{contains: ''}", Mode::Text, &["everything contains nothing: this checks nothing"]);
        complaints("{contains: []}", Mode::Json, &["everything contains nothing: this checks nothing"]);
        complaints(
            "{contains: [a]}",
            Mode::Text,
            &["text contains no list and no map (text contains text; `all: [{contains: a}, {contains: b}]` expects several)"],
        );
    }
}
