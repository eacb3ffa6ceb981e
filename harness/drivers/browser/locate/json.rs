//! Locators as the agent reads them.

use prodiff_core::action::{Locator, Part, States, TextMatch, page::Extract};
use serde_json::{Map, Value, json};

/// One locator.
pub(in crate::drivers::browser) fn locator(locator: &Locator) -> Value {
    let mut object = Map::new();
    object.insert(String::from("parts"), locator.parts.iter().map(part).collect());
    object.insert(String::from("states"), states(locator.states));
    let inner = [("within", &locator.within), ("has", &locator.has), ("has_not", &locator.has_not)];
    object.extend(inner.into_iter().filter_map(|(key, inner)| Some((String::from(key), self::locator(inner.as_deref()?)))));
    object.extend(locator.has_text.as_ref().map(|match_| (String::from("has_text"), text(match_))));
    object.extend(locator.nth.map(|nth| (String::from("nth"), json!(nth))));
    Value::Object(object)
}

/// Several locators.
pub(in crate::drivers::browser) fn locators(all: &[Locator]) -> Value {
    all.iter().map(locator).collect()
}

/// A part of the page.
pub(in crate::drivers::browser) fn extract(kind: &str, extract: &Extract) -> Value {
    json!({"kind": kind, "at": extract.at.as_ref().map(locator), "except": locators(&extract.except)})
}

fn part(part: &Part) -> Value {
    match part {
        Part::Role { role, name: Some(name) } => json!({"role": {"role": role, "name": text(name)}}),
        Part::Role { role, name: None } => json!({"role": {"role": role}}),
        Part::Label(label) => json!({"label": text(label)}),
        Part::Text(content) => json!({"text": text(content)}),
        Part::Placeholder(placeholder) => json!({"placeholder": text(placeholder)}),
        Part::Alt(alternative) => json!({"alt": text(alternative)}),
        Part::Title(title) => json!({"title": text(title)}),
        Part::TestId(id) => json!({"testid": text(id)}),
        Part::Css(selector) => json!({"css": selector}),
        Part::XPath(path) => json!({"xpath": path}),
    }
}

fn states(states: States) -> Value {
    let States { level, checked, selected, expanded, pressed, disabled } = states;
    let said = [
        ("level", level.map(Value::from)),
        ("checked", checked.map(Value::from)),
        ("selected", selected.map(Value::from)),
        ("expanded", expanded.map(Value::from)),
        ("pressed", pressed.map(Value::from)),
        ("disabled", disabled.map(Value::from)),
    ];
    Value::Object(said.into_iter().filter_map(|(name, value)| Some((String::from(name), value?))).collect())
}

fn text(match_: &TextMatch) -> Value {
    let all = |all: &[TextMatch]| all.iter().map(text).collect::<Value>();
    match match_ {
        TextMatch::Equals(text) => json!({"equals": text}),
        TextMatch::Contains(text) => json!({"contains": text}),
        TextMatch::StartsWith(text) => json!({"starts_with": text}),
        TextMatch::EndsWith(text) => json!({"ends_with": text}),
        TextMatch::Matches(pattern) => json!({"matches": pattern}),
        TextMatch::Empty(empty) => json!({"empty": empty}),
        TextMatch::Not(other) => json!({"not": text(other)}),
        TextMatch::All(inner) => json!({"all": all(inner)}),
        TextMatch::AnyOf(inner) => json!({"any_of": all(inner)}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_said_is_not_sent() {
        let name = TextMatch::Equals(String::from("Sign in"));
        let simple = Locator::of(Part::Role { role: String::from("button"), name: Some(name) });
        let expected = json!({"parts": [{"role": {"role": "button", "name": {"equals": "Sign in"}}}], "states": {}});
        assert_eq!(locator(&simple), expected);
    }

    #[test]
    fn what_is_said_is_sent() {
        let full = Locator {
            states: States { checked: Some(false), ..States::default() },
            within: Some(Box::new(Locator::of(Part::Css(String::from("main"))))),
            has_text: Some(TextMatch::Not(Box::new(TextMatch::Empty(true)))),
            nth: Some(-1),
            ..Locator::of(Part::TestId(TextMatch::AnyOf(vec![TextMatch::Matches(String::from("a+"))])))
        };
        let expected = json!({
            "parts": [{"testid": {"any_of": [{"matches": "a+"}]}}], "states": {"checked": false},
            "within": {"parts": [{"css": "main"}], "states": {}}, "has_text": {"not": {"empty": true}}, "nth": -1,
        });
        assert_eq!(locator(&full), expected);
    }
}
