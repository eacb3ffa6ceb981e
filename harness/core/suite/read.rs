//! Reads a suite: its own keys and its cases.

use std::sync::Arc;

use super::{
    case, content,
    model::{Named, PageOptions, Suite},
    page, step,
    words::{self, Use},
};
use crate::{
    diagnostic::Source,
    yaml::{Collector, Fields, Node},
};

/// The most attempts that anybody can ask for besides the first.
const MAX_RETRIES: u64 = 100;

/// Reads a file whose first key is `suite`. What is wrong goes to the collector; what is right is in the suite all the same,
/// so that the rest can be judged, but such a suite must not be played.
pub(crate) fn suite(root: &Node, source: &Arc<Source>, path: &str, collector: &Collector) -> Option<Suite> {
    let fields = collector.fields(root, "a suite")?;
    let name = fields.name("suite", "the name of the suite").unwrap_or_default().to_owned();
    let common = Common::read(&fields);
    let vars = words::variables(&fields);
    let before = step::list(&fields, "before");
    let before_each = step::list(&fields, "before_each");
    let after_each = step::list(&fields, "after_each");
    let after = step::list(&fields, "after");
    let normalise = content::normalise(&fields);
    let headers = words::headers(&fields);
    let auth = words::auth(&fields);
    let cases = fields.require("cases", "what the suite checks").and_then(|node| collector.filled_list(node, "a list of cases"));
    let cases = case::list(cases.unwrap_or_default(), &[&before_each, &after_each], collector);
    fields.finish("key of a suite");
    let Common { description, tags, url, environments, skip, timeout, retries, session, lock, pages } = common;
    Some(Suite {
        path: path.to_owned(),
        source: Arc::clone(source),
        name,
        description,
        tags,
        url,
        vars,
        before,
        before_each,
        after,
        after_each,
        normalise,
        session,
        environments,
        skip,
        timeout,
        retries,
        headers,
        auth,
        lock,
        pages,
        cases: cases.into_iter().map(Arc::new).collect(),
    })
}

/// The keys that suites and cases have alike.
pub(super) struct Common {
    pub(super) description: Option<String>,
    pub(super) tags: Vec<String>,
    pub(super) url: Option<Named>,
    pub(super) environments: Option<Vec<Named>>,
    pub(super) skip: Vec<(Named, String)>,
    pub(super) timeout: Option<std::time::Duration>,
    pub(super) retries: Option<u32>,
    pub(super) session: Option<Named>,
    pub(super) lock: Option<String>,
    pub(super) pages: PageOptions,
}

impl Common {
    pub(super) fn read(fields: &Fields<'_>) -> Self {
        let collector = fields.collector();
        Self {
            description: fields.text("description", "a description").map(str::to_owned),
            tags: tags(fields),
            url: words::url_name(fields, "url"),
            environments: fields.take("environments").and_then(|node| environments(node, collector)),
            skip: skip(fields),
            timeout: words::positive_duration(fields, "timeout"),
            retries: retries(fields),
            session: fields.take("session").and_then(|node| words::name(node, "a session", Use::File, collector)),
            lock: fields.name("lock", "the name of a lock").map(str::to_owned),
            pages: PageOptions {
                browser: fields.take("browser").and_then(|node| page::browser(node, collector)),
                wait: words::positive_duration(fields, "wait"),
                mocks: page::mocks(fields),
                blocked: page::blocked(fields),
            },
        }
    }
}

fn tags(fields: &Fields<'_>) -> Vec<String> {
    let Some(node) = fields.take("tags") else { return Vec::new() };
    let collector = fields.collector();
    let nodes = collector.filled_list(node, "a list of tags").unwrap_or_default();
    let mut tags: Vec<String> = Vec::new();
    for node in nodes {
        let Some(tag) = collector.name(node, "a tag") else { continue };
        if tag.contains(|character: char| character.is_whitespace() || matches!(character, '(' | ')' | ',')) {
            let help = "a tag is one word, so that `--tag 'api and not slow'` can be read";
            collector.error_with_help(&node.span, format!("`{tag}` cannot be a tag"), help);
        } else if matches!(tag, "and" | "or" | "not") {
            collector.error(&node.span, format!("`{tag}` cannot be a tag: it means something in `--tag`"));
        } else if tags.iter().any(|known| known == tag) {
            collector.error(&node.span, format!("tag `{tag}` stands here twice"));
        } else {
            tags.push(tag.to_owned());
        }
    }
    tags
}

fn environments(node: &Node, collector: &Collector) -> Option<Vec<Named>> {
    let nodes = collector.filled_list(node, "a list of environments")?;
    Some(nodes.iter().filter_map(|node| words::reference(node, "an environment", collector)).collect())
}

fn skip(fields: &Fields<'_>) -> Vec<(Named, String)> {
    let Some(map) = fields.fields("skip", "a map of environments and why they are skipped") else { return Vec::new() };
    if map.is_empty() {
        map.collector().error(&map.node().span, "expected environments and why they are skipped, found an empty map");
    }
    let reason = |entry: &crate::yaml::Entry| {
        let reason = map.collector().name(&entry.value, "why it is skipped there")?;
        Some((words::named(&entry.key, &entry.key_span), reason.to_owned()))
    };
    map.take_rest().filter_map(reason).collect()
}

fn retries(fields: &Fields<'_>) -> Option<u32> {
    let node = fields.take("retries")?;
    let retries = fields.collector().whole(node, "a whole number of retries, such as 2")?;
    if retries > MAX_RETRIES {
        fields.collector().error(&node.span, format!("more than {MAX_RETRIES} retries are never made"));
        return None;
    }
    u32::try_from(retries).ok()
}
