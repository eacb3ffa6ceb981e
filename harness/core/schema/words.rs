//! Words that stand in many places: texts, durations, names, headers, credentials.

use serde_json::{Value, json};

use super::{list_of, map, map_of, of};
use crate::{normalise::RULES, template::RESERVED_NAMES};

/// The units of a duration, each once and from the largest to the smallest.
const DURATION: &str = "^(?=.)(\\d+d)?(\\d+h)?(\\d+m)?(\\d+s)?(\\d+ms)?$";

pub(super) fn definitions() -> Vec<(&'static str, Value)> {
    vec![
        ("text", json!({"type": ["string", "number"]})),
        ("named", json!({"type": ["string", "number"], "pattern": "\\S"})),
        ("name", json!({"type": ["string", "number"], "pattern": "^[A-Za-z0-9_-]+$"})),
        (
            "variable_name",
            json!({
                "pattern": "^[A-Za-z0-9_][A-Za-z0-9_-]*$",
                "not": {"anyOf": [{"enum": RESERVED_NAMES}, {"pattern": "^[0-9]+([eE][0-9]+)?$"}]},
            }),
        ),
        ("token", json!({"pattern": "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$"})),
        ("duration", json!({"anyOf": [{"type": "string", "pattern": DURATION}, {"const": 0}]})),
        ("positive_duration", json!({"type": "string", "pattern": DURATION})),
        ("size", json!({"type": "string", "pattern": "^\\d+ ?(kB|MB|GB)$"})),
        ("target", json!({"type": "string", "pattern": "^($|[/?]|\\{\\{|https?://|[A-Za-z0-9_-]+ )"})),
        ("url_name", of("name")),
        ("tags", described_list("Words for `--tag`.", json!({"type": ["string", "number"], "pattern": "^[^\\s(),]+$"}))),
        ("variables", json!({"type": "object", "propertyNames": of("variable_name"), "additionalProperties": true})),
        ("headers", json!({"type": "object", "propertyNames": of("token"), "additionalProperties": of("text")})),
        ("cookies", json!({"type": "object", "propertyNames": of("token"), "additionalProperties": of("text")})),
        ("auth", auth()),
        ("normalise", normalise()),
    ]
}

fn described_list(description: &str, items: Value) -> Value {
    let mut list = list_of(items);
    list["uniqueItems"] = json!(true);
    list["description"] = json!(description);
    list
}

fn auth() -> Value {
    let basic = map([("user", "Who identifies.", of("text")), ("password", "What proves it.", of("text"))], &["user", "password"]);
    let mut ways = map(
        [
            ("bearer", "Sends `authorization: Bearer …` with this token.", of("text")),
            ("basic", "Sends `authorization: Basic …` (RFC 7617).", basic),
        ],
        &[],
    );
    ways["minProperties"] = json!(1);
    ways["maxProperties"] = json!(1);
    json!({"anyOf": [{"const": "none"}, ways]})
}

/// The normalising keys, each with its documentation.
pub(super) fn rules() -> Vec<(&'static str, &'static str, Value)> {
    RULES.into_iter().map(|kind| (kind.name(), kind.documentation(), kind.schema())).collect()
}

fn normalise() -> Value {
    let mut normalise = map(rules(), &[]);
    normalise["minProperties"] = json!(1);
    normalise
}

/// Parameters of a query or fields of a form.
pub(super) fn parameters() -> Value {
    let scalar = json!({"type": ["string", "number", "boolean", "null"]});
    let mut parameters = map_of(json!({"anyOf": [scalar, {"type": "array", "items": scalar}]}));
    parameters["minProperties"] = json!(0);
    parameters
}
