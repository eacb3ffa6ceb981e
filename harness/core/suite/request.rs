//! Reads what is said of a request besides its target.

use std::time::Duration;

use super::{
    model::{Auth, Body, HttpStep, Redirects, Retry},
    words,
};
use crate::{
    template::{Dynamic, Template},
    yaml::{Collector, Fields, Node, Yaml},
};

/// Pause between attempts where `retry` gives none.
const DEFAULT_EVERY: Duration = Duration::from_secs(1);
/// The most hops that `redirects` may ask for.
const MAX_HOPS: u64 = 50;

/// A request without method and target.
#[derive(Debug)]
pub(super) struct Options {
    query: Vec<(String, Dynamic)>,
    headers: Vec<(String, Template)>,
    cookies: Vec<(String, Template)>,
    body: Option<Body>,
    body_limit: Option<u64>,
    redirects: Redirects,
    auth: Option<Auth>,
    retry: Option<Retry>,
    safe: bool,
    repeatable: Option<bool>,
}

impl Options {
    /// The whole request.
    pub(super) fn request(self, method: String, target: Template) -> HttpStep {
        let Self { query, headers, cookies, body, body_limit, redirects, auth, retry, safe, repeatable } = self;
        HttpStep { method, target, query, headers, cookies, body, body_limit, redirects, auth, retry, safe, repeatable }
    }
}

/// The options that stand beside the verb.
pub(super) fn options(fields: &Fields<'_>) -> Options {
    let query = fields.fields("query", "a map of parameters").map(|map| parameters(&map, "parameter")).unwrap_or_default();
    Options {
        query,
        headers: words::headers(fields),
        cookies: words::cookies(fields),
        body: body(fields),
        body_limit: body_limit(fields),
        redirects: redirects(fields).unwrap_or(Redirects::Follow),
        auth: words::auth(fields),
        retry: retry(fields),
        safe: fields.bool("safe").unwrap_or(false),
        repeatable: fields.bool("repeatable"),
    }
}

/// `request: {method:, path:}`
pub(super) fn any(node: &Node, collector: &Collector) -> Option<(String, Template)> {
    let map = collector.fields(node, "a map with `method` and `path`")?;
    let method = map.require("method", "the method of the request").and_then(|node| {
        let text = collector.name(node, "a method such as `PURGE`")?;
        if !words::is_token(text) {
            collector.error(&node.span, format!("`{text}` is not a method"));
            return None;
        }
        if text.eq_ignore_ascii_case("connect") {
            collector.error(&node.span, "`CONNECT` opens a tunnel, which is no request");
            return None;
        }
        Some(text.to_ascii_uppercase())
    });
    let target = map.require("path", "where the request goes").and_then(|node| words::target(node, collector));
    map.finish("key of a request");
    Some((method?, target?))
}

/// Parameters of a query or form: texts, numbers, `true`, or lists of them.
fn parameters(map: &Fields<'_>, what: &str) -> Vec<(String, Dynamic)> {
    let collector = map.collector();
    let mut parameters = Vec::new();
    for entry in map.take_rest() {
        let Some(value) = words::dynamic(&entry.value, collector) else { continue };
        let is_flat = |value: &Dynamic| value.entries().is_none() && value.elements().is_none();
        let is_sound = is_flat(&value) || value.elements().is_some_and(|elements| elements.iter().all(is_flat));
        if is_sound {
            parameters.push((entry.key.clone(), value));
        } else {
            collector.error(entry.value.span_of_first_deep(), format!("a {what} is a text, a number, or a list of them"));
        }
    }
    parameters
}

trait Deep {
    fn span_of_first_deep(&self) -> &crate::diagnostic::Span;
}

impl Deep for Node {
    /// The place of a map, or of the first list or map within a list.
    fn span_of_first_deep(&self) -> &crate::diagnostic::Span {
        let deep = self.items().and_then(|items| items.iter().find(|item| item.items().is_some() || item.entries().is_some()));
        deep.map_or(&self.span, |node| &node.span)
    }
}

fn body(fields: &Fields<'_>) -> Option<Body> {
    let node = fields.take("body")?;
    let collector = fields.collector();
    let map = collector.fields(node, "a body, such as `{json: …}`, `{text: …}` or `{form: …}`")?;
    let kind = map.take_one_of(["json", "text", "form", "multipart", "file", "graphql"], "kind of body");
    if kind.is_none() && map.is_empty() {
        collector.error(&node.span, "expected `json`, `text` or `form`, found an empty map");
    }
    map.finish("kind of body");
    let kind = kind?;
    match kind.key.as_str() {
        "json" => words::dynamic(&kind.value, collector).map(Body::Json),
        "text" => words::template(&kind.value, "the text of the body", collector).map(Body::Text),
        "form" => {
            let form = collector.fields(&kind.value, "a map of form fields")?;
            Some(Body::Form(parameters(&form, "form field")))
        }
        later => {
            collector.error(&kind.key_span, format!("`{later}` is not supported yet"));
            None
        }
    }
}

fn body_limit(fields: &Fields<'_>) -> Option<u64> {
    let node = fields.take("body_limit")?;
    let limit = fields.collector().size(node, "a size such as `2 MB`")?;
    if limit == 0 {
        fields.collector().error(&node.span, "a `body_limit` of 0 keeps nothing to look at");
        return None;
    }
    Some(limit)
}

fn redirects(fields: &Fields<'_>) -> Option<Redirects> {
    let node = fields.take("redirects")?;
    let collector = fields.collector();
    if let Yaml::Number(_) = node.value {
        let hops = collector.whole(node, "`follow`, `none` or a whole number of redirects")?;
        if hops > MAX_HOPS {
            collector.error(&node.span, format!("more than {MAX_HOPS} redirects are never followed"));
            return None;
        }
        return Some(Redirects::Stop { after: usize::try_from(hops).unwrap_or(usize::MAX) });
    }
    collector.choice(node, "way with redirects", &[("follow", Redirects::Follow), ("none", Redirects::Stop { after: 0 })])
}

fn retry(fields: &Fields<'_>) -> Option<Retry> {
    let map = fields.fields("retry", "a map such as `{within: 30s, every: 1s}`")?;
    let collector = map.collector();
    let within = match map.has("within") {
        true => words::positive_duration(&map, "within"),
        false => {
            map.require("within", "how long the request is repeated");
            None
        }
    };
    let every = words::positive_duration(&map, "every");
    map.not_supported_yet(&["until"]);
    if let (Some(within), Some(every), Some(node)) = (within, every, map.take("every"))
        && every > within
    {
        collector.error(&node.span, "`every` is longer than `within`: the request would never be repeated");
    }
    map.finish("key of `retry`");
    Some(Retry { within: within?, every: every.unwrap_or(DEFAULT_EVERY.min(within?)) })
}
