//! Reads what is made of what a step yields: expectations, captures, snapshots and their normalising keys.

use super::{
    model::{Named, SnapshotContent, SnapshotSpec},
    words::{self, Use},
};
use crate::{
    assertion::response::Expectations,
    extract::capture::Capture,
    normalise::Rules,
    yaml::{Collector, Fields, Node, Yaml},
};

/// The name of a snapshot that has none.
pub(super) const UNNAMED: &str = "snapshot";

/// `expect:`
pub(super) fn expectations(node: &Node, collector: &Collector) -> Option<Expectations> {
    let mut diagnostics = Vec::new();
    let expectations = Expectations::parse(node, &mut diagnostics);
    collector.extend(diagnostics);
    expectations
}

/// `capture:`
pub(super) fn captures(fields: &Fields<'_>) -> Vec<(Named, Capture)> {
    let Some(map) = fields.fields("capture", "a map of names and what they keep") else { return Vec::new() };
    let collector = map.collector();
    if map.is_empty() {
        collector.error(&map.node().span, "expected names and what they keep, found an empty map");
    }
    let mut captures = Vec::new();
    for entry in map.take_rest() {
        let is_name = words::check_name(&entry.key, &entry.key_span, "a capture", Use::Template, collector);
        if let Some(capture) = capture(&entry.value, collector)
            && is_name
        {
            captures.push((words::named(&entry.key, &entry.key_span), capture));
        }
    }
    captures
}

/// One capture.
pub(crate) fn capture(node: &Node, collector: &Collector) -> Option<Capture> {
    let mut diagnostics = Vec::new();
    let capture = Capture::parse(node, &mut diagnostics);
    collector.extend(diagnostics);
    capture
}

/// `normalise:`
pub(super) fn normalise(fields: &Fields<'_>) -> Rules {
    let Some(map) = fields.fields("normalise", "a map of normalising keys") else { return no_rules() };
    if map.is_empty() {
        map.collector().error(&map.node().span, "expected normalising keys, found an empty map");
    }
    let rules = rules(&map);
    map.finish("normalising key");
    rules
}

/// No normalising at all.
pub(super) fn no_rules() -> Rules {
    Rules::default()
}

/// The normalising keys among those of a map.
fn rules(map: &Fields<'_>) -> Rules {
    Rules::read(map)
}

/// `snapshot:`
pub(super) fn snapshot(node: &Node, collector: &Collector) -> Option<SnapshotSpec> {
    let spec = |name: &str| SnapshotSpec {
        span: node.span.clone(),
        name: name.to_owned(),
        contents: vec![SnapshotContent::Body],
        normalise: no_rules(),
    };
    match &node.value {
        Yaml::Bool(true) => Some(spec(UNNAMED)),
        Yaml::Text { .. } | Yaml::Number(_) => words::name(node, "a snapshot", Use::File, collector).map(|name| spec(&name.name)),
        Yaml::Map(_) => of_map(collector.fields(node, "a snapshot")?),
        Yaml::Blank | Yaml::Null | Yaml::Bool(false) | Yaml::List(_) => {
            collector.expected(node, "the name of a snapshot, `true`, or a map");
            None
        }
    }
}

fn of_map(map: Fields<'_>) -> Option<SnapshotSpec> {
    let collector = map.collector();
    let span = map.node().span.clone();
    if map.is_empty() {
        collector.error_with_help(&span, "an empty map is no snapshot", "write `snapshot: true`");
        map.finish("key of a snapshot");
        return None;
    }
    let has_name = map.has("name");
    let name = map.take("name").and_then(|node| words::name(node, "a snapshot", Use::File, collector)).map(|name| name.name);
    let mut contents = Vec::new();
    for (key, content) in [("json", SnapshotContent::Json), ("text", SnapshotContent::Text), ("shape", SnapshotContent::Shape)] {
        let Some(node) = map.take(key) else { continue };
        match node.value {
            Yaml::Bool(true) => contents.push(content),
            Yaml::Bool(false) => collector.error(&node.span, format!("leave `{key}` out: what is not named is not kept")),
            Yaml::Blank | Yaml::Null | Yaml::Number(_) | Yaml::Text { .. } | Yaml::List(_) | Yaml::Map(_) => {
                collector.expected(node, "`true`");
            }
        }
    }
    if let Some(node) = map.take("headers") {
        let nodes = collector.filled_list(node, "a list of header names").unwrap_or_default();
        let mut names: Vec<String> = Vec::new();
        for node in nodes {
            let Some(name) = collector.name(node, "the name of a header") else { continue };
            if !words::is_token(name) {
                collector.error(&node.span, format!("`{name}` cannot name a header"));
            } else if names.contains(&name.to_ascii_lowercase()) {
                collector.error(&node.span, format!("header `{name}` stands here twice"));
            } else {
                names.push(name.to_ascii_lowercase());
            }
        }
        contents.push(SnapshotContent::Headers(names));
    }
    map.not_supported_yet(&["aria", "html", "image"]);
    let normalise = rules(&map);
    map.finish("key of a snapshot");
    if contents.is_empty() {
        contents.push(SnapshotContent::Body);
    }
    let name = if has_name { name? } else { UNNAMED.to_owned() };
    Some(SnapshotSpec { span, name, contents, normalise })
}
