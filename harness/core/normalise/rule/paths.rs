//! Reads paths: lists of them, and maps whose keys they are.

use crate::{
    diagnostic::{Diagnostic, Span},
    json::Selector,
    yaml::{Collector, Entry, Node, Yaml},
};

/// A path at a place of a suite.
pub(super) fn path(text: &str, span: &Span, collector: &Collector) -> Option<Selector> {
    match Selector::parse(text) {
        Ok(selector) => Some(selector),
        Err(error) => {
            let diagnostic = Diagnostic::error(span, error.to_string());
            collector.report(diagnostic.help("paths are JSONPath (RFC 9535), such as `$.name`, `$[*].tags` or `$..id`"));
            None
        }
    }
}

/// A path that ends in one value.
pub(super) fn singular_path(node: &Node, what: &str, collector: &Collector) -> Option<Selector> {
    let text = collector.name(node, what)?;
    let path = path(text, &node.span, collector)?;
    if !path.is_singular() {
        collector.error(&node.span, format!("`{path}` can select several values, and a row needs one: names and positions alone"));
        return None;
    }
    Some(path)
}

/// A list of paths.
pub(super) fn list(node: &Node, collector: &Collector) -> Vec<Selector> {
    let nodes = collector.filled_list(node, "a list of paths").unwrap_or_default();
    nodes.iter().filter_map(|node| of_list(node, collector)).collect()
}

/// A path in a list.
pub(super) fn of_list(node: &Node, collector: &Collector) -> Option<Selector> {
    path(collector.name(node, "a path such as `$..id`")?, &node.span, collector)
}

/// The entries of a map of paths, with the paths read.
pub(super) fn map<'n>(node: &'n Node, expected: &str, collector: &Collector) -> Vec<(Selector, &'n Entry)> {
    let Yaml::Map(entries) = &node.value else {
        collector.expected(node, expected);
        return Vec::new();
    };
    if entries.is_empty() {
        collector.error(&node.span, format!("expected {expected}, found an empty map"));
    }
    entries.iter().filter_map(|entry| path(&entry.key, &entry.key_span, collector).map(|path| (path, entry))).collect()
}

/// JSON Schema of a list of paths.
pub(super) fn list_schema() -> serde_json::Value {
    serde_json::json!({"type": "array", "minItems": 1, "items": {"type": "string", "pattern": "^\\$"}})
}

/// JSON Schema of a map of paths.
pub(super) fn map_schema(value: &serde_json::Value) -> serde_json::Value {
    serde_json::json!({"type": "object", "minProperties": 1, "propertyNames": {"pattern": "^\\$"}, "additionalProperties": value})
}
