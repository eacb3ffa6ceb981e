//! Reads steps: one verb each, and what is made of what it yields.

use super::{
    content,
    model::{Compare, OnFailure, Step, Verb},
    request,
    verb::{self, EXPECTATIONS, LATER_KEYS, Means, REQUEST_OPTIONS, STEP_KEYS, VERBS},
    words::{self, Use},
};
use crate::{
    diagnostic::{Diagnostic, Span, did_you_mean},
    yaml::{Collector, Entry, Fields, MAX_DIAGNOSTICS, Node, Yaml},
};

/// The steps under a key; none where it is not there.
pub(super) fn list<'n>(fields: &Fields<'n>, key: &'n str) -> Vec<Step> {
    let Some(node) = fields.take(key) else { return Vec::new() };
    of_list(node, fields.collector())
}

/// The steps of a list that has some.
pub(super) fn of_list(node: &Node, collector: &Collector) -> Vec<Step> {
    let nodes = collector.filled_list(node, "a list of steps").unwrap_or_default();
    let mut steps: Vec<Step> = nodes.iter().filter_map(|node| read(node, collector)).collect();
    // A list of one grows to four at first, and a run holds the steps of all its cases.
    steps.shrink_to_fit();
    steps
}

fn read(node: &Node, collector: &Collector) -> Option<Step> {
    match &node.value {
        Yaml::Text { text, .. } => bare(text, &node.span, collector),
        Yaml::Map(_) => of_map(collector.fields(node, "a step")?),
        Yaml::Blank | Yaml::Null | Yaml::Bool(_) | Yaml::Number(_) | Yaml::List(_) => {
            collector.expected(node, "a step, such as `get: /plugins`");
            None
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
        Means::Request(_) | Means::AnyRequest | Means::Pause | Means::SaveSession => {
            let example = match kind.means {
                Means::Pause => "pause: 2s",
                Means::SaveSession => "save_session: ada",
                Means::AnyRequest => "request: {method: PURGE, path: /x}",
                Means::Request(_) | Means::Look | Means::Later => "get: /plugins",
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

fn of_map(fields: Fields<'_>) -> Option<Step> {
    let collector = fields.collector();
    let entry = fields.take_one_of(VERBS.iter().map(|verb| verb.name), "verb");
    let Some(entry) = entry else {
        without_verb(fields);
        return None;
    };
    let kind = verb::find(&entry.key).expect("it was taken as one of them");
    let verb = match kind.means {
        Means::Later => {
            later(entry, fields);
            return None;
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
        for key in REQUEST_OPTIONS {
            if let Some(option) = own_entry(&fields, key) {
                collector.error(&option.key_span, format!("`{key}` is an option of a request, and `{}` sends none", entry.key));
            }
        }
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
    let step = Step {
        name: fields.name("name", "a name for the step").map(str::to_owned),
        expect: fields.take("expect").and_then(|node| content::expectations(node, collector)),
        capture: content::captures(&fields),
        snapshot: fields.take("snapshot").and_then(|node| content::snapshot(node, collector)),
        normalise: content::normalise(&fields),
        compare: if fields.bool("compare") == Some(false) { Compare::No } else { Compare::Yes },
        on_failure: if fields.bool("soft") == Some(true) { OnFailure::GoOn } else { OnFailure::End },
        timeout: words::positive_duration(&fields, "timeout"),
        ..plain_step(Verb::Look, &entry.key_span)
    };
    if kind.means == Means::Look && step.expect.is_none() && step.capture.is_empty() && step.snapshot.is_none() && !fields.has("expect") {
        collector.report(looks_at_nothing(&entry.key_span));
    }
    fields.not_supported_yet(&LATER_KEYS);
    fields.finish("key of a step");
    verb.map(|verb| Step { verb, ..step })
}

/// The entry of a key that has not been taken, taken with its complaint; its name is not offered in others.
fn own_entry<'n>(fields: &Fields<'n>, key: &'static str) -> Option<&'n Entry> {
    if fields.has(key) { fields.take_entry(key) } else { None }
}

/// A step that no verb can be found in.
fn without_verb(fields: Fields<'_>) {
    let collector = fields.collector();
    let is_known =
        |key: &str| STEP_KEYS.contains(&key) || REQUEST_OPTIONS.contains(&key) || LATER_KEYS.contains(&key) || EXPECTATIONS.contains(&key);
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
    let all: Vec<&'static str> = STEP_KEYS.into_iter().chain(REQUEST_OPTIONS).chain(LATER_KEYS).chain(EXPECTATIONS).collect();
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
    if let Some(steps) = fields.take("steps") {
        of_list(steps, collector);
    }
    for key in STEP_KEYS.into_iter().chain(["vars", "until", "wait", "retry"]) {
        fields.take_entry(key);
    }
    fields.finish("key of a step");
}

fn look(node: &Node, collector: &Collector) -> Option<Verb> {
    match &node.value {
        Yaml::Blank | Yaml::Null | Yaml::Bool(true) => Some(Verb::Look),
        Yaml::Text { text, .. } if text == "response" => Some(Verb::Look),
        Yaml::Text { text, .. } if text == "page" => {
            collector.error(&node.span, "`page` is not supported yet");
            None
        }
        Yaml::Bool(false) | Yaml::Number(_) | Yaml::Text { .. } | Yaml::List(_) | Yaml::Map(_) => {
            collector.expected(node, "`response` or nothing");
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
