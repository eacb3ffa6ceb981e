//! Reads steps: one verb each, and what is made of what it yields.

use super::{
    content::{self, Of},
    model::{Compare, OnFailure, PageVerbSpec, Step, Verb},
    page::{self, Kind},
    request,
    verb::{self, EXPECTATIONS, LATER_KEYS, Means, PAGE_KEYS, REQUEST_OPTIONS, STEP_KEYS, VERBS},
    words::{self, Use},
};
use crate::{
    assertion::page::PAGE_EXPECTATIONS,
    diagnostic::{Diagnostic, Span, did_you_mean},
    extract::locator::LocatorSpec,
    yaml::{Collector, Entry, Fields, MAX_DIAGNOSTICS, Node, Yaml},
};

/// The steps under a key; none where it is not there.
pub(super) fn list<'n>(fields: &Fields<'n>, key: &'n str) -> Vec<Step> {
    let Some(node) = fields.take(key) else { return Vec::new() };
    of_list(node, fields.collector())
}

/// The steps of a list that has some.
pub(super) fn of_list(node: &Node, collector: &Collector) -> Vec<Step> {
    let mut last = None;
    steps(node, &[], &mut last, collector)
}

/// What the last step yielded, which decides what `look` looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Yields {
    Response,
    Page,
}

/// Reads a list of steps, inside frames if there are some.
fn steps(node: &Node, frames: &[LocatorSpec], last: &mut Option<Yields>, collector: &Collector) -> Vec<Step> {
    let nodes = collector.filled_list(node, "a list of steps").unwrap_or_default();
    let mut steps = Vec::new();
    for node in nodes {
        let read = read(node, *last, collector);
        for mut step in read {
            match &mut step.verb {
                Verb::Page(page) => {
                    page.frames.splice(0..0, frames.iter().cloned());
                    *last = Some(Yields::Page);
                }
                Verb::Http(_) => *last = Some(Yields::Response),
                Verb::Look | Verb::Pause(_) | Verb::SaveSession(_) => {}
            }
            steps.push(step);
        }
    }
    // A list of one grows to four at first, and a run holds the steps of all its cases.
    steps.shrink_to_fit();
    steps
}

fn read(node: &Node, last: Option<Yields>, collector: &Collector) -> Vec<Step> {
    match &node.value {
        Yaml::Text { text, .. } => bare(text, &node.span, collector).into_iter().collect(),
        Yaml::Map(_) => collector.fields(node, "a step").map(|fields| of_map(fields, last)).unwrap_or_default(),
        Yaml::Blank | Yaml::Null | Yaml::Bool(_) | Yaml::Number(_) | Yaml::List(_) => {
            collector.expected(node, "a step, such as `get: /plugins`");
            Vec::new()
        }
    }
}

/// A verb without a value: `- look`.
fn bare(word: &str, span: &Span, collector: &Collector) -> Option<Step> {
    let Some(kind) = verb::find(word) else {
        let shown: String = word.chars().take(60).collect();
        let diagnostic = Diagnostic::error(span, format!("unknown verb `{shown}`"));
        let near = did_you_mean(word, VERBS.iter().map(|verb| verb.name));
        collector.report(match near {
            Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
            None => diagnostic.help(format!("a step has one verb: {}", verb::supported())),
        });
        return None;
    };
    match kind.means {
        Means::Look => {
            collector.report(looks_at_nothing(span));
            Some(plain_step(Verb::Look, span))
        }
        Means::Later => {
            collector.error(span, format!("`{word}` is not supported yet"));
            None
        }
        Means::Page(kind) => {
            let verb = page::bare(kind);
            if verb.is_none() {
                let help = format!("such as `{}`", kind.example());
                collector.error_with_help(span, format!("`{word}` needs a value"), help);
            }
            verb.map(|verb| plain_step(Verb::Page(Box::new(page::plain(verb))), span))
        }
        Means::Request(_) | Means::AnyRequest | Means::Pause | Means::SaveSession => {
            let example = match kind.means {
                Means::Pause => "pause: 2s",
                Means::SaveSession => "save_session: ada",
                Means::AnyRequest => "request: {method: PURGE, path: /x}",
                Means::Request(_) | Means::Look | Means::Later | Means::Page(_) => "get: /plugins",
            };
            collector.error_with_help(span, format!("`{word}` needs a value"), format!("such as `{example}`"));
            None
        }
    }
}

fn looks_at_nothing(span: &Span) -> Diagnostic {
    Diagnostic::warning(span, "this step looks at nothing").help("`look` takes `expect`, `capture` or `snapshot`")
}

fn plain_step(verb: Verb, span: &Span) -> Step {
    Step {
        span: span.clone(),
        name: None,
        verb,
        expect: None,
        capture: Vec::new(),
        snapshot: None,
        normalise: content::no_rules(),
        compare: Compare::Yes,
        on_failure: OnFailure::End,
        timeout: None,
    }
}

fn of_map(fields: Fields<'_>, last: Option<Yields>) -> Vec<Step> {
    let collector = fields.collector();
    let entry = fields.take_one_of(VERBS.iter().map(|verb| verb.name), "verb");
    let Some(entry) = entry else {
        without_verb(fields);
        return Vec::new();
    };
    let kind = verb::find(&entry.key).expect("it was taken as one of them");
    let verb = match kind.means {
        Means::Later => {
            later(entry, fields);
            return Vec::new();
        }
        Means::Page(Kind::Frame) => return frame(entry, fields),
        Means::Page(kind) => return page_step(page::verb(kind, &entry.value, collector), entry, fields),
        Means::Look if looks_at_page(&entry.value, &fields, last) => {
            return page_step(look(&entry.value, collector).map(|_| PageVerbSpec::Look), entry, fields);
        }
        Means::Request(method) => {
            let target = words::target(&entry.value, collector);
            let options = request::options(&fields);
            target.map(|target| Verb::Http(Box::new(options.request(method.to_owned(), target))))
        }
        Means::AnyRequest => {
            let method_and_target = request::any(&entry.value, collector);
            let options = request::options(&fields);
            method_and_target.map(|(method, target)| Verb::Http(Box::new(options.request(method, target))))
        }
        Means::Look => look(&entry.value, collector),
        Means::Pause => pause(entry, collector),
        Means::SaveSession => words::name(&entry.value, "a session", Use::File, collector).map(Verb::SaveSession),
    };
    let is_request = matches!(kind.means, Means::Request(_) | Means::AnyRequest);
    if !is_request {
        no_request_options(&fields, &entry.key);
    }
    let yields_something = is_request || kind.means == Means::Look;
    if !yields_something {
        for key in ["expect", "capture", "snapshot"] {
            if let Some(wish) = own_entry(&fields, key) {
                let message = format!("`{key}` has nothing to look at: `{}` yields nothing", entry.key);
                collector.error_with_help(&wish.key_span, message, "`look` looks at what the last step yielded");
            }
        }
    }
    for key in EXPECTATIONS {
        if let Some(wish) = own_entry(&fields, key) {
            let diagnostic = Diagnostic::error(&wish.key_span, format!("`{key}` stands under `expect`, not beside the verb"));
            collector.report(match key {
                "header" => diagnostic.help("headers that are sent stand under `headers`"),
                "cookie" => diagnostic.help("cookies that are sent stand under `cookies`"),
                "json" | "text" if is_request => diagnostic.help(format!("what is sent stands under `body`: `body: {{{key}: …}}`")),
                _ => diagnostic,
            });
        }
    }
    for key in PAGE_KEYS {
        if let Some(option) = own_entry(&fields, key) {
            let diagnostic =
                Diagnostic::error(&option.key_span, format!("`{key}` goes with what a browser does, not with `{}`", entry.key));
            collector.report(match key {
                "wait" if is_request => diagnostic.help("a request has `timeout`"),
                "until" if is_request => diagnostic.help("a request has `retry: {within: 30s, every: 1s}`"),
                _ => diagnostic,
            });
        }
    }
    let step = Step {
        expect: fields.take("expect").and_then(|node| content::expectations(node, collector)),
        capture: content::captures(&fields),
        snapshot: fields.take("snapshot").and_then(|node| content::snapshot(node, Of::Response, collector)),
        timeout: words::positive_duration(&fields, "timeout"),
        ..common(&fields, Verb::Look, &entry.key_span)
    };
    if kind.means == Means::Look && step.expect.is_none() && step.capture.is_empty() && step.snapshot.is_none() && !fields.has("expect") {
        collector.report(looks_at_nothing(&entry.key_span));
    }
    fields.not_supported_yet(&LATER_KEYS);
    fields.finish("key of a step");
    verb.map(|verb| Step { verb, ..step }).into_iter().collect()
}

/// The keys that every step has alike.
fn common(fields: &Fields<'_>, verb: Verb, span: &Span) -> Step {
    Step {
        name: fields.name("name", "a name for the step").map(str::to_owned),
        normalise: content::normalise(fields),
        compare: if fields.bool("compare") == Some(false) { Compare::No } else { Compare::Yes },
        on_failure: if fields.bool("soft") == Some(true) { OnFailure::GoOn } else { OnFailure::End },
        ..plain_step(verb, span)
    }
}

fn no_request_options(fields: &Fields<'_>, verb: &str) {
    for key in REQUEST_OPTIONS {
        if let Some(option) = own_entry(fields, key) {
            let message = format!("`{key}` is an option of a request, and `{verb}` sends none");
            fields.collector().error(&option.key_span, message);
        }
    }
}

/// A step of the browser: its verb, and what is made of the page.
fn page_step(verb: Option<PageVerbSpec>, entry: &Entry, fields: Fields<'_>) -> Vec<Step> {
    let collector = fields.collector();
    no_request_options(&fields, &entry.key);
    for (key, _) in PAGE_EXPECTATIONS {
        if let Some(wish) = own_entry(&fields, key) {
            collector.error(&wish.key_span, format!("`{key}` stands under `expect`, not beside the verb"));
        }
    }
    let is_look = entry.key == "look";
    let page = page::options(&fields, verb.unwrap_or(PageVerbSpec::Look));
    let timeout = words::positive_duration(&fields, "timeout");
    let is_navigation = matches!(page.verb, PageVerbSpec::Open(_) | PageVerbSpec::Back | PageVerbSpec::Forward | PageVerbSpec::Reload);
    if timeout.is_some() && !is_navigation && !is_look {
        collector.error_with_help(&entry.key_span, "`timeout` is for exchanges and navigations", "an action of the browser has `wait`");
    }
    let snapshot = fields.take("snapshot").and_then(|node| content::snapshot(node, Of::Page, collector));
    if is_look && page.expect.is_none() && page.captures.is_empty() && snapshot.is_none() && !fields.has("expect") {
        collector.report(looks_at_nothing(&entry.key_span));
    }
    let step = Step { snapshot, timeout, ..common(&fields, Verb::Page(Box::new(page)), &entry.key_span) };
    if let Some(steps) = fields.take_entry("steps") {
        collector.error_with_help(&steps.key_span, format!("`{}` takes no `steps`", entry.key), "`frame` does: it plays them inside");
    }
    fields.not_supported_yet(&["vars"]);
    fields.finish("key of a step");
    // What could not be read is told; a step without its verb is none.
    let is_whole = is_look || !matches!(&step.verb, Verb::Page(page) if matches!(page.verb, PageVerbSpec::Look));
    if is_whole { vec![step] } else { Vec::new() }
}

/// `frame: locator` with `steps:`. The steps stand in the list as if they were its own, each inside the frame.
fn frame(entry: &Entry, fields: Fields<'_>) -> Vec<Step> {
    let collector = fields.collector();
    let at = page::locator(&entry.value, collector);
    let inner = match fields.take("steps") {
        Some(node) => steps(node, at.as_slice(), &mut Some(Yields::Page), collector),
        None => {
            let help = "such as `frame: {css: iframe}` with `steps: [{click: {button: OK}}]`";
            collector.error_with_help(&entry.key_span, "`frame` needs `steps`", help);
            Vec::new()
        }
    };
    fields.finish("key of `frame`");
    inner
}

/// What `look` looks at: what it says, else what came last, else what its expectations speak of.
fn looks_at_page(node: &Node, fields: &Fields<'_>, last: Option<Yields>) -> bool {
    if let Yaml::Text { text, .. } = &node.value {
        return text == "page";
    }
    match last {
        Some(yields) => yields == Yields::Page,
        None => {
            let expect = fields.node().entries().unwrap_or_default().iter().find(|entry| entry.key == "expect");
            let keys = expect.and_then(|entry| entry.value.entries()).unwrap_or_default();
            let is_of_page_only =
                |key: &str| PAGE_EXPECTATIONS.iter().any(|(name, _)| *name == key) && !EXPECTATIONS.contains(&key) && key != "values";
            keys.iter().any(|entry| is_of_page_only(&entry.key))
        }
    }
}

/// The entry of a key that has not been taken, taken with its complaint; its name is not offered in others.
fn own_entry<'n>(fields: &Fields<'n>, key: &'static str) -> Option<&'n Entry> {
    if fields.has(key) { fields.take_entry(key) } else { None }
}

/// A step that no verb can be found in.
fn without_verb(fields: Fields<'_>) {
    let collector = fields.collector();
    let is_known = |key: &str| {
        STEP_KEYS.contains(&key)
            || REQUEST_OPTIONS.contains(&key)
            || LATER_KEYS.contains(&key)
            || PAGE_KEYS.contains(&key)
            || EXPECTATIONS.contains(&key)
    };
    // Of more complaints nobody reads the help.
    if collector.count() >= MAX_DIAGNOSTICS {
        collector.error(fields.span(), "this step has no verb");
        fields.take_rest().for_each(drop);
        return fields.finish("verb");
    }
    let keys = || fields.node().entries().unwrap_or_default().iter().map(|entry| entry.key.as_str());
    let means_verb = |key: &str| did_you_mean(key, VERBS.iter().map(|verb| verb.name)).is_some();
    let has_misspelt_verb = keys().filter(|key| !is_known(key)).any(means_verb);
    if !has_misspelt_verb {
        let diagnostic = Diagnostic::error(fields.span(), "this step has no verb");
        collector.report(diagnostic.help(format!("a step has one verb: {}", verb::supported())));
    }
    let all: Vec<&'static str> =
        STEP_KEYS.into_iter().chain(REQUEST_OPTIONS).chain(LATER_KEYS).chain(PAGE_KEYS).chain(EXPECTATIONS).collect();
    for key in all {
        // What goes with the verb that is missing cannot be judged.
        fields.take_entry(key);
    }
    fields.finish("verb");
}

/// A step whose verb a later version will know. What it holds is not judged, steps within it are.
fn later(entry: &Entry, fields: Fields<'_>) {
    let collector = fields.collector();
    collector.error(&entry.key_span, format!("`{}` is not supported yet", entry.key));
    if let Some(node) = fields.take("steps") {
        steps(node, &[], &mut None, collector);
    }
    for key in STEP_KEYS.into_iter().chain(["vars", "until", "wait", "retry"]) {
        fields.take_entry(key);
    }
    fields.finish("key of a step");
}

fn look(node: &Node, collector: &Collector) -> Option<Verb> {
    match &node.value {
        Yaml::Blank | Yaml::Null | Yaml::Bool(true) => Some(Verb::Look),
        Yaml::Text { text, .. } if text == "response" || text == "page" => Some(Verb::Look),
        Yaml::Bool(false) | Yaml::Number(_) | Yaml::Text { .. } | Yaml::List(_) | Yaml::Map(_) => {
            collector.expected(node, "`page`, `response` or nothing");
            None
        }
    }
}

fn pause(entry: &Entry, collector: &Collector) -> Option<Verb> {
    let duration = collector.duration(&entry.value, "a duration such as `2s`")?;
    let warning = Diagnostic::warning(&entry.key_span, "a pause is a last resort: it is too long or too short");
    collector.report(warning.help("`retry: {within: 30s, every: 1s}` on a request waits until its expectations hold"));
    Some(Verb::Pause(duration))
}
