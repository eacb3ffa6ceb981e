//! Reads what is made of what a step yields: expectations, captures, snapshots and their normalising keys.

use super::{
    model::{Named, SnapshotContent, SnapshotSpec},
    page,
    words::{self, Use},
};
use crate::{
    assertion::{PageExpectations, response::Expectations},
    extract::{PageCapture, capture::Capture, locator::LocatorSpec},
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

/// `expect:` of a browser's step, and `until:`.
pub(super) fn page_expectations(node: &Node, collector: &Collector) -> Option<PageExpectations> {
    let mut diagnostics = Vec::new();
    let expectations = PageExpectations::parse(node, &mut diagnostics);
    collector.extend(diagnostics);
    expectations
}

/// `capture:`
pub(super) fn captures(fields: &Fields<'_>) -> Vec<(Named, Capture)> {
    named_captures(fields, capture)
}

/// `capture:` of a browser's step
pub(super) fn page_captures(fields: &Fields<'_>) -> Vec<(Named, PageCapture)> {
    named_captures(fields, |node, collector| {
        let mut diagnostics = Vec::new();
        let capture = PageCapture::parse(node, &mut diagnostics);
        collector.extend(diagnostics);
        capture
    })
}

fn named_captures<T>(fields: &Fields<'_>, read: impl Fn(&Node, &Collector) -> Option<T>) -> Vec<(Named, T)> {
    let Some(map) = fields.fields("capture", "a map of names and what they keep") else { return Vec::new() };
    let collector = map.collector();
    if map.is_empty() {
        collector.error(&map.node().span, "expected names and what they keep, found an empty map");
    }
    let mut captures = Vec::new();
    for entry in map.take_rest() {
        let is_name = words::check_name(&entry.key, &entry.key_span, "a capture", Use::Template, collector);
        if let Some(capture) = read(&entry.value, collector)
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

/// What a snapshot is taken of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    Response,
    Page,
}

impl Of {
    /// What is kept where nothing is said.
    fn plain(self) -> SnapshotContent {
        match self {
            Self::Response => SnapshotContent::Body,
            Self::Page => SnapshotContent::Aria(None),
        }
    }
}

/// `snapshot:`
pub(super) fn snapshot(node: &Node, of: Of, collector: &Collector) -> Option<SnapshotSpec> {
    let spec =
        |name: &str| SnapshotSpec { span: node.span.clone(), name: name.to_owned(), contents: vec![of.plain()], normalise: no_rules() };
    match &node.value {
        Yaml::Bool(true) => Some(spec(UNNAMED)),
        Yaml::Text { .. } | Yaml::Number(_) => words::name(node, "a snapshot", Use::File, collector).map(|name| spec(&name.name)),
        Yaml::Map(_) => of_map(collector.fields(node, "a snapshot")?, of),
        Yaml::Blank | Yaml::Null | Yaml::Bool(false) | Yaml::List(_) => {
            collector.expected(node, "the name of a snapshot, `true`, or a map");
            None
        }
    }
}

fn of_map(map: Fields<'_>, of: Of) -> Option<SnapshotSpec> {
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
    match of {
        Of::Response => {
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
        }
        Of::Page => of_page(&map, &mut contents),
    }
    let (foreign, other, own) = match of {
        Of::Response => (["aria", "html"], "a page", "a response"),
        Of::Page => (["json", "shape"], "a response", "a page"),
    };
    for key in foreign {
        if let Some(entry) = map.take_entry(key) {
            collector.error(&entry.key_span, format!("`{key}` is kept of {other}, and this step yields {own}"));
        }
    }
    if of == Of::Page
        && let Some(entry) = map.take_entry("headers")
    {
        collector.error(&entry.key_span, "`headers` are kept of a response, and this step yields a page");
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
    map.not_supported_yet(&["image"]);
    let normalise = rules(&map);
    map.finish("key of a snapshot");
    if contents.is_empty() {
        contents.push(of.plain());
    }
    let name = if has_name { name? } else { UNNAMED.to_owned() };
    Some(SnapshotSpec { span, name, contents, normalise })
}

/// What is kept of a page: each `true`, or a locator for a part of it.
fn of_page(map: &Fields<'_>, contents: &mut Vec<SnapshotContent>) {
    let collector = map.collector();
    type Content = fn(Option<Box<LocatorSpec>>) -> SnapshotContent;
    let kinds: [(&str, Content); 3] =
        [("aria", SnapshotContent::Aria), ("text", SnapshotContent::PageText), ("html", SnapshotContent::PageHtml)];
    for (key, content) in kinds {
        let Some(node) = map.take(key) else { continue };
        match &node.value {
            Yaml::Bool(true) => contents.push(content(None)),
            Yaml::Bool(false) => collector.error(&node.span, format!("leave `{key}` out: what is not named is not kept")),
            _ => contents.extend(page::locator(node, collector).map(|at| content(Some(Box::new(at))))),
        }
    }
}
