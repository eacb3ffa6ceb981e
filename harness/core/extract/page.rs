//! Captures from a page: values taken out of what a browser shows.

use super::{Argument, Capture, CaptureFailure, Captured, Unresolved, locator::LocatorSpec, shown::cut};
use crate::{
    action::page::Probe,
    diagnostic::{Diagnostic, Span, did_you_mean},
    json::{Json, Number},
    observation::page::{Answer, Element, PageObservation},
    template::{Dynamic, Scope, Template},
    yaml::{Entry, Node, Yaml},
};

/// A value to be taken out of a page, as written in a suite.
#[derive(Debug, Clone)]
pub struct PageCapture {
    source: Source,
    /// What is done with it then: `json`, `regex`, and how much is taken.
    rest: Capture,
}

#[derive(Debug, Clone)]
enum Source {
    Text(LocatorSpec),
    Attribute { name: Argument<String>, at: LocatorSpec },
    Count(LocatorSpec),
    Url,
    Result,
}

const SUCH_AS: &str = "such as `{text: {heading: Plugins}}` or `{url: true}`";

/// The keys of a page's capture, in the order of the language page.
const KEYS: [&str; 11] = ["text", "attribute", "at", "count", "url", "result", "json", "regex", "default", "all", "secret"];

impl PageCapture {
    /// Reads a capture; every mistake goes into the diagnostics.
    pub fn parse(node: &Node, diagnostics: &mut Vec<Diagnostic>) -> Option<Self> {
        let Yaml::Map(entries) = &node.value else {
            diagnostics.push(Diagnostic::error(&node.span, "a capture says where to take its value from").help(SUCH_AS));
            return None;
        };
        let n_before = diagnostics.len();
        let (own, rest): (Vec<&Entry>, Vec<&Entry>) =
            entries.iter().partition(|entry| matches!(entry.key.as_str(), "text" | "attribute" | "at" | "count" | "url" | "result"));
        let (known, unknown): (Vec<&Entry>, Vec<&Entry>) =
            rest.into_iter().partition(|entry| matches!(entry.key.as_str(), "json" | "regex" | "default" | "all" | "secret"));
        for entry in unknown {
            diagnostics.push(complaint(&entry.key, &entry.key_span));
        }
        let known: Vec<Entry> = known.into_iter().cloned().collect();
        let rest = Capture::parse_rest(&known, &node.span, diagnostics);
        let is_silent = own.is_empty() && diagnostics.len() == n_before;
        if is_silent {
            diagnostics.push(Diagnostic::error(&node.span, "a capture says where to take its value from").help(SUCH_AS));
        }
        let source = source(&own, &node.span, diagnostics);
        (diagnostics.len() == n_before).then_some(Self { source: source?, rest: rest? })
    }

    /// Where it is written.
    #[must_use]
    pub fn span(&self) -> &Span {
        self.rest.span()
    }

    /// Whether what it takes must be treated as a secret.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        self.rest.is_secret()
    }

    /// Whether it is content with nothing, so that nobody waits for it.
    #[must_use]
    pub fn has_default(&self) -> bool {
        self.rest.has_default()
    }

    /// What must be read of the page for it.
    ///
    /// # Errors
    /// When its locator cannot be resolved.
    pub fn probe(&self, scope: &Scope) -> Result<Option<Probe>, Unresolved> {
        Ok(match &self.source {
            Source::Text(at) | Source::Count(at) => Some(Probe::Elements { at: at.resolve(scope)?, attributes: Vec::new() }),
            Source::Attribute { name, at } => {
                Some(Probe::Elements { at: at.resolve(scope)?, attributes: vec![name.resolve(scope)?.clone()] })
            }
            Source::Url | Source::Result => None,
        })
    }

    /// Takes the value. `answer` is the one to [`Self::probe`].
    ///
    /// # Errors
    /// When there is nothing to take and no default, or a template in it cannot be rendered.
    pub fn take(&self, page: &PageObservation, answer: Option<&Answer>, scope: &Scope) -> Result<Captured, CaptureFailure> {
        self.rest.take_from(self.found(page, answer, scope), scope)
    }

    fn found(&self, page: &PageObservation, answer: Option<&Answer>, scope: &Scope) -> Result<Vec<Json>, String> {
        let at = match &self.source {
            Source::Url => return Ok(vec![Json::text(page.url.as_str())]),
            Source::Result => {
                return page.result.clone().map(|result| vec![result]).ok_or_else(|| String::from("no script returned anything"));
            }
            Source::Text(at) | Source::Count(at) | Source::Attribute { at, .. } => at,
        };
        let elements = match answer {
            Some(Answer::Elements(elements)) => elements,
            Some(Answer::Nothing(why) | Answer::NotObserved(why)) => return Err(why.clone()),
            Some(_) | None => return Err(String::from("the browser gave no answer")),
        };
        let counted: Vec<&Element> = elements.iter().filter(|element| element.visible || !element.rendered).collect();
        if let Source::Count(_) = self.source {
            return Ok(vec![Json::Number(Number::from(counted.len()))]);
        }
        match counted.as_slice() {
            [] if elements.is_empty() => return Err(format!("nothing matches {}", at.phrase(scope))),
            [] => return Err(format!("what matches {} cannot be seen: {}", at.phrase(scope), elements[0].described)),
            [_] => {}
            several if !self.rest.takes_all() => {
                let first = several.iter().take(3).map(|element| element.described.as_str()).collect::<Vec<_>>().join(", ");
                return Err(cut(format!("{} elements match {}: {first}; take `nth` or `all: true`", several.len(), at.phrase(scope))));
            }
            _ => {}
        }
        match &self.source {
            Source::Text(_) => Ok(counted.iter().map(|element| Json::text(element.text.as_str())).collect()),
            Source::Attribute { name, .. } => {
                let values: Vec<Json> =
                    counted.iter().filter_map(|element| element.attributes.first()?.as_deref().map(Json::text)).collect();
                if values.is_empty() { Err(format!("what matches has no attribute `{}`", name.phrase_bare(scope))) } else { Ok(values) }
            }
            Source::Count(_) | Source::Url | Source::Result => Ok(Vec::new()),
        }
    }

    /// Every template in it.
    #[must_use]
    pub fn templates(&self) -> Vec<&Template> {
        let mut found = Vec::new();
        let mut dynamics: Vec<&Dynamic> = Vec::new();
        match &self.source {
            Source::Text(at) | Source::Count(at) => found.extend(at.templates()),
            Source::Attribute { name, at } => {
                found.extend(at.templates());
                dynamics.extend(name.dynamic());
            }
            Source::Url | Source::Result => {}
        }
        self.rest.dynamics(&mut dynamics);
        found.extend(dynamics.into_iter().flat_map(Dynamic::templates));
        found
    }
}

/// The one source that the page's own keys name.
fn source(entries: &[&Entry], span: &Span, diagnostics: &mut Vec<Diagnostic>) -> Option<Source> {
    let of = |key: &str| entries.iter().find(|entry| entry.key == key);
    let mut sources = Vec::new();
    for entry in entries {
        match entry.key.as_str() {
            "text" => sources.extend(LocatorSpec::parse(&entry.value, diagnostics).map(Source::Text)),
            "count" => sources.extend(LocatorSpec::parse(&entry.value, diagnostics).map(Source::Count)),
            "attribute" => {
                let read =
                    |value: &Json| value.as_str().map(str::to_owned).ok_or_else(|| String::from("expected the name of an attribute"));
                let name = Argument::parse(&entry.value, diagnostics, read);
                let Some(at) = of("at") else {
                    let help = "such as `{attribute: href, at: {link: Docs}}`";
                    diagnostics.push(Diagnostic::error(&entry.key_span, "`attribute` needs `at`").help(help));
                    continue;
                };
                if let (Some(name), Some(at)) = (name, LocatorSpec::parse(&at.value, diagnostics)) {
                    sources.push(Source::Attribute { name, at });
                }
            }
            "at" if of("attribute").is_none() => {
                diagnostics.push(Diagnostic::error(&entry.key_span, "`at` goes with `attribute`"));
            }
            "url" | "result" => {
                if entry.value.value == Yaml::Bool(true) {
                    sources.push(if entry.key == "url" { Source::Url } else { Source::Result });
                } else {
                    let message = format!("a capture of this is written `{}: true`", entry.key);
                    diagnostics.push(Diagnostic::error(&entry.value.span, message));
                }
            }
            _ => {}
        }
    }
    if sources.len() > 1 {
        diagnostics.push(Diagnostic::error(span, "a capture takes one value, and this names several sources"));
        return None;
    }
    sources.pop()
}

fn complaint(key: &str, span: &Span) -> Diagnostic {
    if matches!(key, "header" | "cookie" | "status" | "time" | "html" | "xml") {
        return Diagnostic::error(span, format!("`{key}` is taken out of a response, and this step yields a page"));
    }
    if key == "watermark" {
        return Diagnostic::error(span, "`watermark` is not supported yet");
    }
    let diagnostic = Diagnostic::error(span, format!("unknown key `{key}` of a capture"));
    match did_you_mean(key, KEYS) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic.help(format!("a page's capture knows {}", KEYS.join(", "))),
    }
}

/// JSON Schema (2020-12) of a page's capture. Locators are `{"$ref": "#/$defs/locator"}`.
#[must_use]
pub fn schema() -> serde_json::Value {
    let mut properties = serde_json::Map::new();
    for key in KEYS {
        let schema = match key {
            "text" | "at" | "count" => serde_json::json!({"$ref": "#/$defs/locator"}),
            "url" | "result" => serde_json::json!({"const": true}),
            "all" | "secret" => serde_json::json!({"type": "boolean"}),
            "default" => serde_json::json!({}),
            _ => serde_json::json!({"type": "string"}),
        };
        properties.insert(key.to_owned(), schema);
    }
    serde_json::json!({"type": "object", "minProperties": 1, "additionalProperties": false, "properties": properties})
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::{
        shown::shown,
        testing::{node, page, scope, sentence},
    };

    fn element(text: &str, visible: bool) -> Element {
        Element {
            described: format!("<a>{text}</a>"),
            visible,
            rendered: true,
            text: text.to_owned(),
            attributes: vec![Some(format!("/{text}"))],
            ..Element::default()
        }
    }

    fn check(written: &str, elements: &[Element], expected: &str) {
        let mut diagnostics = Vec::new();
        let capture = PageCapture::parse(&node(written), &mut diagnostics);
        assert!(diagnostics.is_empty(), "{written}: {diagnostics:?}");
        let capture = capture.unwrap();
        let answer = capture.probe(scope()).unwrap().map(|_| Answer::Elements(elements.to_vec()));
        let taken = capture.take(&page(), answer.as_ref(), scope());
        let taken = taken.map_or_else(|failure| format!("failure: {failure}"), |taken| shown(&taken.value));
        assert_eq!(taken, expected, "{written}");
    }

    #[test]
    fn every_source_yields_its_value() {
        let one = [element("v1.2", true), element("hidden", false)];
        check("{text: {css: a}}", &one, "\"v1.2\"");
        check("{attribute: href, at: {css: a}}", &one, "\"/v1.2\"");
        check("{count: {css: a}}", &one, "1");
        check("{url: true}", &one, "\"https://www.example.org/plugins?page=2\"");
        check("{url: true, regex: 'page=(\\d+)'}", &one, "\"2\"");
        check("{result: true, json: $.n}", &one, "3");
        check("{text: {css: a}, regex: '[\\d.]+'}", &one, "\"1.2\"");
    }

    #[test]
    fn several_are_taken_only_where_that_is_said_and_nothing_fails() {
        let two = [element("a", true), element("b", true)];
        check("{text: {css: a}, all: true}", &two, r#"["a", "b"]"#);
        check("{text: {css: a}}", &two, "failure: 2 elements match {css: a}: <a>a</a>, <a>b</a>; take `nth` or `all: true`");
        check("{text: {css: a}}", &[], "failure: nothing matches {css: a}");
        check("{text: {css: a}}", &[element("x", false)], "failure: what matches {css: a} cannot be seen: <a>x</a>");
        check("{text: {css: a}, default: none}", &[], "\"none\"");
        check("{count: {css: a}}", &[], "0");
    }

    #[test]
    fn what_is_wrong_is_told() {
        let complaint = |written: &str, expected: &str| {
            let mut diagnostics = Vec::new();
            assert!(PageCapture::parse(&node(written), &mut diagnostics).is_none());
            assert_eq!(diagnostics.iter().map(sentence).collect::<Vec<_>>().join("; "), expected, "{written}");
        };
        complaint("{text: {css: a}, count: {css: b}}", "a capture takes one value, and this names several sources");
        complaint("{header: x}", "`header` is taken out of a response, and this step yields a page");
        complaint("{attribute: href}", "`attribute` needs `at` (such as `{attribute: href, at: {link: Docs}}`)");
        complaint("{txt: a}", "unknown key `txt` of a capture (did you mean `text`?)");
    }
}
