//! What is made of a response: expectations, matchers, captures, snapshots.

use serde_json::{Value, json};

use super::{described, list_of, map, map_of, of, words};
use crate::{
    assertion::{
        matcher::{self, MATCHERS},
        response::EXPECTATIONS,
    },
    normalise,
};

pub(super) fn definitions() -> Vec<(&'static str, Value)> {
    let matchers = matchers();
    let path_map = |values: Value| {
        let mut map = map_of(values);
        map["propertyNames"] = json!({"pattern": "^\\$"});
        map
    };
    let row = json!({"anyOf": [of("matcher"), path_map(of("matcher"))]});
    vec![
        ("matchers", matchers),
        ("matcher", json!({"anyOf": [{"type": ["string", "number", "boolean", "null", "array"]}, of("matchers")]})),
        ("scalar_matcher", json!({"anyOf": [{"type": ["string", "number", "boolean", "null"]}, of("matchers")]})),
        ("row", row),
        ("expect", expect(&path_map)),
        ("capture", capture()),
        ("snapshot", snapshot()),
    ]
}

/// A map of matchers, all of which must hold.
fn matchers() -> Value {
    let example = |kind: &dyn matcher::Kind| format!("{}\n\n    {}", kind.documentation(), kind.example());
    let mut matchers = map([], &[]);
    for kind in MATCHERS {
        matchers["properties"][kind.name()] = described(kind.schema(), &example(*kind));
        for companion in kind.companions() {
            let rule = normalise::find(companion);
            let (schema, description) = rule.map_or((json!({}), ""), |rule| (rule.schema(), rule.documentation()));
            if matchers["properties"].get(companion).is_none() {
                matchers["properties"][companion] = described(schema, description);
                matchers["dependentRequired"][companion] = json!([kind.name()]);
            }
        }
    }
    matchers["minProperties"] = json!(1);
    matchers
}

fn expect(path_map: &dyn Fn(Value) -> Value) -> Value {
    let mut expect = map([], &[]);
    for (name, documentation) in EXPECTATIONS {
        expect["properties"][name] = described(expectation(name, path_map), documentation);
    }
    expect["properties"]["values"] =
        described(list_of(matchers_and("of", "The value to look at.", json!({}))), "Values of templates, each with a matcher.");
    expect["minProperties"] = json!(1);
    expect
}

/// A map of matchers with one key more.
fn matchers_and(key: &str, description: &str, schema: Value) -> Value {
    let mut matchers = matchers();
    matchers["properties"][key] = described(schema, description);
    matchers["required"] = json!([key]);
    matchers["minProperties"] = json!(2);
    matchers
}

fn expectation(name: &str, path_map: &dyn Fn(Value) -> Value) -> Value {
    let matcher = || of("scalar_matcher");
    let tokens = |values: Value| {
        let mut map = map_of(values);
        map["propertyNames"] = of("token");
        map
    };
    match name {
        "header" => tokens(matcher()),
        "cookie" => {
            let parts = [
                ("value", "The value."),
                ("secure", "Whether it only goes over https."),
                ("http_only", "Whether scripts cannot read it."),
                ("same_site", "`Strict`, `Lax` or `None`."),
                ("max_age", "How long it lasts, as a duration."),
                ("expires", "When it ends, as it was sent."),
                ("domain", "The domain that it is sent to."),
                ("path", "The path that it is sent to."),
            ];
            let mut attributes = map(parts.map(|(key, description)| (key, description, matcher())), &[]);
            attributes["minProperties"] = json!(1);
            map_of(json!({"anyOf": [matcher(), attributes]}))
        }
        "json" => path_map(of("matcher")),
        "html" => {
            let attribute = matchers_and("attribute", "The attribute that is judged instead of the text.", of("text"));
            map_of(json!({"anyOf": [of("matcher"), attribute]}))
        }
        "url" => url(),
        "redirects" => {
            let hop = map([("status", "The status of the redirect.", matcher()), ("to", "Where it leads.", url())], &[]);
            json!({"anyOf": [matcher(), {"type": "array", "items": hop}]})
        }
        "time" => {
            let mut parts = map(
                [("first_byte", "Until the first byte of the answer.", matcher()), ("connect", "Until the connection stood.", matcher())],
                &[],
            );
            parts["minProperties"] = json!(1);
            json!({"anyOf": [of("matchers"), parts]})
        }
        _ => matcher(),
    }
}

fn url() -> Value {
    let parts = [
        ("path", "The path.", of("scalar_matcher")),
        ("query", "Parameters by name, each with a matcher.", map_of(of("matcher"))),
        ("fragment", "What stands behind `#`.", of("scalar_matcher")),
        ("host", "The host; left out, it must be the environment's.", of("scalar_matcher")),
        ("full", "The whole URL as text.", of("scalar_matcher")),
    ];
    let mut parts = map(parts, &[]);
    parts["minProperties"] = json!(1);
    json!({"anyOf": [of("text"), parts]})
}

pub(super) fn capture() -> Value {
    let only_true = || json!({"const": true});
    let mut capture = map(
        [
            ("json", "A JSONPath (RFC 9535) into the body, or into what the key before it took.", of("text")),
            ("header", "The value of a header.", of("text")),
            ("cookie", "The value of a cookie that the response sets.", of("text")),
            ("html", "The text of the elements that a CSS selector matches.", of("text")),
            ("attribute", "An attribute of those elements instead of their text.", of("text")),
            ("regex", "A regular expression; its first group is taken, or the whole match.", of("text")),
            ("url", "The final URL.", only_true()),
            ("status", "The status code.", only_true()),
            ("time", "How long it took, in milliseconds.", only_true()),
            ("all", "Takes all values and not the first.", json!({"type": "boolean"})),
            ("default", "The value where nothing is found.", json!({})),
            ("secret", "Whether the value is a secret, which is never written.", json!({"type": "boolean"})),
        ],
        &[],
    );
    let sources = ["json", "header", "cookie", "html", "regex", "url", "status", "time"];
    capture["anyOf"] = json!(sources.map(|source| json!({"required": [source]})));
    capture
}

fn snapshot() -> Value {
    let only_true = || json!({"const": true});
    let part = || json!({"anyOf": [{"const": true}, of("locator")]});
    let own = [
        ("name", "The snapshot's name within its case.", of("name")),
        ("json", "Keeps the body as JSON.", only_true()),
        ("text", "Keeps the body as text, or the text of a page or of one element.", part()),
        ("shape", "Keeps the types of the JSON body and not its values.", only_true()),
        ("aria", "Keeps the accessible tree of a page, or of one element.", part()),
        ("html", "Keeps the HTML of a page, or of one element.", part()),
        ("headers", "Keeps these headers.", list_of(json!({"type": "string", "pattern": "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$"}))),
    ];
    let mut snapshot = map(own.into_iter().chain(words::rules()), &[]);
    snapshot["minProperties"] = json!(1);
    json!({"anyOf": [{"const": true}, of("name"), snapshot]})
}
