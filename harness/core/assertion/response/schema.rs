//! JSON Schema of what stands under `expect`.

use serde_json::{Value, json};

use super::parse::{COOKIE_PARTS, EXPECTATIONS};

/// JSON Schema (2020-12) of `expect` for a response. Matchers are `{"$ref": "#/$defs/matcher"}`.
#[must_use]
pub fn schema() -> Value {
    let mut properties = serde_json::Map::new();
    for (name, documentation) in EXPECTATIONS {
        let mut schema = shape(name);
        schema["description"] = documentation.into();
        properties.insert(name.to_owned(), schema);
    }
    json!({"type": "object", "minProperties": 1, "additionalProperties": false, "properties": properties})
}

fn matcher() -> Value {
    json!({"$ref": "#/$defs/matcher"})
}

fn by_name(value: &Value) -> Value {
    json!({"type": "object", "minProperties": 1, "additionalProperties": value})
}

fn shape(name: &str) -> Value {
    match name {
        "header" => by_name(&matcher()),
        "cookie" => {
            let parts: serde_json::Map<String, Value> = COOKIE_PARTS.iter().map(|(name, _)| ((*name).to_owned(), matcher())).collect();
            by_name(
                &json!({"anyOf": [matcher(), {"type": "object", "minProperties": 1, "additionalProperties": false, "properties": parts}]}),
            )
        }
        "json" => json!({"type": "object", "minProperties": 1, "additionalProperties": false, "patternProperties": {"^\\$": matcher()}}),
        "html" => by_name(
            &json!({"anyOf": [matcher(), {"type": "object", "required": ["attribute"], "properties": {"attribute": {"type": "string"}}}]}),
        ),
        "url" => url(),
        "redirects" => {
            json!({"anyOf": [matcher(), {"type": "array", "items": {"type": "object", "minProperties": 1, "additionalProperties": false,
            "properties": {"status": matcher(), "to": url()}}}]})
        }
        "time" => json!({"anyOf": [matcher(), {"type": "object", "minProperties": 1, "additionalProperties": false,
            "properties": {"first_byte": matcher(), "connect": matcher()}}]}),
        "values" => json!({"type": "array", "minItems": 1, "items": {"type": "object", "required": ["of"], "minProperties": 2}}),
        _ => matcher(),
    }
}

fn url() -> Value {
    json!({"anyOf": [{"type": "string"}, {"type": "object", "minProperties": 1, "additionalProperties": false, "properties": {
        "path": matcher(), "query": by_name(&matcher()), "fragment": matcher(), "host": matcher(), "full": matcher()}}]})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_expectation_is_described() {
        let schema = schema();
        for (name, documentation) in EXPECTATIONS {
            assert_eq!(schema["properties"][name]["description"], documentation);
        }
        assert!(schema["properties"]["xml"].is_null(), "what is not supported yet is not described");
    }
}
