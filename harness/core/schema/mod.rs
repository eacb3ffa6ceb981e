//! The language as JSON Schema, for editors: `suites/schema.json`.
//!
//! It describes what works. What only the reader can tell (names, templates, which keys go together) is left to `prodiff
//! check`; what the schema refuses, `check` refuses too.

mod content;
mod environments;
mod pages;
mod suites;
mod words;

use serde_json::{Value, json};

/// The schema (JSON Schema 2020-12) of every file in a suites folder.
#[must_use]
pub fn schema() -> Value {
    let mut definitions = serde_json::Map::new();
    for (name, definition) in
        words::definitions().into_iter().chain(content::definitions()).chain(pages::definitions()).chain(suites::definitions())
    {
        definitions.insert(name.to_owned(), definition);
    }
    definitions.insert(String::from("suite_file"), suites::file());
    definitions.insert(String::from("environments_file"), environments::file());
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "prodiff",
        "description": "A file of a suites folder: its first key is `suite` or `environments`.",
        "type": "object",
        "if": {"anyOf": [{"required": ["suite"]}, {"required": ["cases"]}]},
        "then": {"$ref": "#/$defs/suite_file"},
        "else": {"$ref": "#/$defs/environments_file"},
        "$defs": definitions,
    })
}

/// The schema as it stands in `suites/schema.json`.
#[must_use]
pub fn text() -> String {
    let mut text = serde_json::to_string_pretty(&schema()).expect("a schema is plain JSON");
    text.push('\n');
    text
}

/// A map that takes these keys and no others. `properties` are key, description and schema.
fn map<'k>(properties: impl IntoIterator<Item = (&'k str, &'k str, Value)>, required: &[&str]) -> Value {
    let properties: serde_json::Map<String, Value> =
        properties.into_iter().map(|(key, description, schema)| (key.to_owned(), described(schema, description))).collect();
    let mut map = json!({"type": "object", "properties": properties, "additionalProperties": false});
    if !required.is_empty() {
        map["required"] = json!(required);
    }
    map
}

/// A map whose keys people choose.
fn map_of(values: Value) -> Value {
    json!({"type": "object", "minProperties": 1, "additionalProperties": values})
}

/// A list that is not empty.
fn list_of(items: Value) -> Value {
    json!({"type": "array", "minItems": 1, "items": items})
}

/// A definition by its name.
fn of(name: &str) -> Value {
    json!({"$ref": format!("#/$defs/{name}")})
}

fn described(mut schema: Value, description: &str) -> Value {
    schema["description"] = json!(description);
    schema
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_is_a_schema() {
        assert!(jsonschema::meta::is_valid(&schema()));
        let references = text();
        for reference in references.split("\"#/$defs/").skip(1) {
            let name = reference.split('"').next().unwrap();
            assert!(schema()["$defs"].get(name).is_some(), "{name}");
        }
    }

    #[test]
    fn the_file_for_editors_is_this_schema() {
        let file = include_str!("../../../suites/schema.json");
        assert!(file == text(), "suites/schema.json is not what `prodiff schema` prints");
    }
}
