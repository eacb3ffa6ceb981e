//! Captures: values taken out of a response for later steps.

use regex::Regex;
use scraper::Selector as Css;

use super::{
    Argument, Resolved, Response, Unresolved,
    html::{self, Part},
    path, pattern,
    shown::{cut, quoted, shown},
};
use crate::{
    action::SetCookie,
    diagnostic::{Diagnostic, Span, did_you_mean},
    json::{self, Json, Number, Selector},
    template::{Dynamic, Scope},
    yaml::{Entry, Node, Yaml},
};

/// A value to be taken out of a response, as written in a suite.
#[derive(Debug, Clone)]
pub struct Capture {
    links: Vec<Link>,
    default: Option<Argument<Json>>,
    takes: Takes,
    is_secret: bool,
    span: Span,
}

/// What was captured.
#[derive(Clone, PartialEq)]
pub struct Captured {
    /// The value; a list where several were asked for.
    pub value: Json,
    /// Whether it must be treated as a secret.
    pub secret: bool,
}

/// Why nothing was captured. The step fails.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct CaptureFailure {
    /// One line, lower case, no full stop.
    pub message: String,
}

/// How many values a capture takes where there may be several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Takes {
    First,
    All,
}

#[derive(Debug, Clone)]
struct Link {
    source: Source,
    span: Span,
}

#[derive(Debug, Clone)]
enum Source {
    Json(Argument<Selector>),
    Header(Argument<String>),
    Cookie(Argument<String>),
    Html { css: Argument<Css>, attribute: Option<Argument<String>> },
    Regex(Argument<Regex>),
    Status,
    Url,
    Time,
}

const SUCH_AS: &str = "such as `{json: $.version}` or `{header: location}`";

/// The keys of a capture, in the order of the language page.
const KEYS: [&str; 12] = ["json", "header", "cookie", "html", "attribute", "regex", "url", "status", "time", "all", "default", "secret"];

/// The keys that later versions will know.
const NOT_YET: [&str; 5] = ["xml", "text", "count", "result", "watermark"];

/// Shows the value only where it is no secret.
impl std::fmt::Debug for Captured {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.secret { formatter.write_str("•••") } else { self.value.fmt(formatter) }
    }
}

impl Capture {
    /// Reads a capture; every mistake goes into the diagnostics.
    pub fn parse(node: &Node, diagnostics: &mut Vec<Diagnostic>) -> Option<Self> {
        let Yaml::Map(entries) = &node.value else {
            let help = match &node.value {
                Yaml::Text { text, .. } if text.starts_with('$') => format!("did you mean `{{json: '{text}'}}`?"),
                _ => String::from(SUCH_AS),
            };
            diagnostics.push(Diagnostic::error(&node.span, "a capture says where to take its value from").help(help));
            return None;
        };
        Self::parse_entries(entries, &node.span, diagnostics)
    }

    /// Reads the entries of a map from which the caller has taken its own keys.
    pub fn parse_entries(entries: &[Entry], span: &Span, diagnostics: &mut Vec<Diagnostic>) -> Option<Self> {
        let mut capture = Self { links: Vec::new(), default: None, takes: Takes::First, is_secret: false, span: span.clone() };
        let n_before = diagnostics.len();
        for entry in entries {
            capture.read_entry(entry, diagnostics);
        }
        if diagnostics.len() > n_before {
            return None;
        }
        if capture.links.is_empty() {
            diagnostics.push(Diagnostic::error(span, "a capture says where to take its value from").help(SUCH_AS));
            return None;
        }
        capture.only_first(&capture.links[1..], diagnostics).then_some(capture)
    }

    /// Reads what follows a source that is not a response's: a chain, which may be empty, and how much of it is taken.
    pub(super) fn parse_rest(entries: &[Entry], span: &Span, diagnostics: &mut Vec<Diagnostic>) -> Option<Self> {
        let mut capture = Self { links: Vec::new(), default: None, takes: Takes::First, is_secret: false, span: span.clone() };
        let n_before = diagnostics.len();
        for entry in entries {
            capture.read_entry(entry, diagnostics);
        }
        (diagnostics.len() == n_before && capture.only_first(&capture.links, diagnostics)).then_some(capture)
    }

    /// Complains of the first link that looks at the response, where it cannot.
    fn only_first(&self, links: &[Link], diagnostics: &mut Vec<Diagnostic>) -> bool {
        for link in links {
            if let Source::Header(_) | Source::Cookie(_) | Source::Status | Source::Url | Source::Time = link.source {
                diagnostics.push(
                    Diagnostic::error(&link.span, "this looks at the response and can only come first")
                        .help("captures are chained in the order written"),
                );
                return false;
            }
        }
        true
    }

    fn read_entry(&mut self, entry: &Entry, diagnostics: &mut Vec<Diagnostic>) {
        let node = &entry.value;
        let source = match entry.key.as_str() {
            "json" => expect_text(node, diagnostics).and_then(|text| path::parse(text, &node.span, diagnostics)).map(Source::Json),
            "header" => Argument::parse(node, diagnostics, read_name).map(Source::Header),
            "cookie" => Argument::parse(node, diagnostics, read_name).map(Source::Cookie),
            "html" => Argument::parse(node, diagnostics, |value| html::compile(&read_name(value)?))
                .map(|css| Source::Html { css, attribute: None }),
            "regex" => Argument::parse(node, diagnostics, |value| pattern::compile_capture(&read_name(value)?)).map(Source::Regex),
            "status" => only_true(entry, diagnostics).map(|()| Source::Status),
            "url" => only_true(entry, diagnostics).map(|()| Source::Url),
            "time" => only_true(entry, diagnostics).map(|()| Source::Time),
            "attribute" => {
                let name = Argument::parse(node, diagnostics, read_name);
                match self.links.last_mut() {
                    Some(Link { source: Source::Html { attribute, .. }, .. }) => *attribute = name,
                    Some(_) | None => {
                        diagnostics.push(
                            Diagnostic::error(&entry.key_span, "`attribute` follows `html`")
                                .help("such as `{html: 'a.next', attribute: href}`"),
                        );
                    }
                }
                return;
            }
            "all" => {
                if let Some(true) = expect_truth(node, diagnostics) {
                    self.takes = Takes::All;
                }
                return;
            }
            "secret" => {
                self.is_secret = expect_truth(node, diagnostics).unwrap_or(false);
                return;
            }
            "default" => {
                self.default = Argument::parse(node, diagnostics, |value| Ok(value.clone()));
                return;
            }
            other => {
                diagnostics.push(unknown(other, &entry.key_span));
                return;
            }
        };
        if let Some(source) = source {
            self.links.push(Link { source, span: entry.key_span.clone() });
        }
    }

    /// Where it is written.
    #[must_use]
    pub fn span(&self) -> &Span {
        &self.span
    }

    /// Whether what it takes must be treated as a secret.
    #[must_use]
    pub fn is_secret(&self) -> bool {
        self.is_secret
    }

    /// Whether it looks at the body.
    #[must_use]
    pub fn needs_body(&self) -> bool {
        self.links.first().is_some_and(|link| match link.source {
            Source::Json(_) | Source::Html { .. } | Source::Regex(_) => true,
            Source::Header(_) | Source::Cookie(_) | Source::Status | Source::Url | Source::Time => false,
        })
    }

    /// Adds the templates in it.
    pub fn dynamics<'a>(&'a self, found: &mut Vec<&'a Dynamic>) {
        for link in &self.links {
            match &link.source {
                Source::Json(path) => found.extend(path.dynamic()),
                Source::Header(name) | Source::Cookie(name) => found.extend(name.dynamic()),
                Source::Html { css, attribute } => {
                    found.extend(css.dynamic());
                    found.extend(attribute.as_ref().and_then(Argument::dynamic));
                }
                Source::Regex(pattern) => found.extend(pattern.dynamic()),
                Source::Status | Source::Url | Source::Time => {}
            }
        }
        found.extend(self.default.as_ref().and_then(Argument::dynamic));
    }

    /// Takes the value out of a response.
    ///
    /// # Errors
    /// When there is nothing to take and no default, or a template in it cannot be rendered.
    pub fn take(&self, response: &Response<'_>, scope: &Scope) -> Result<Captured, CaptureFailure> {
        let followed = match self.links.split_first() {
            None => Err(String::from("nothing was asked for")),
            Some((first, rest)) => match self.first(first, response, scope)? {
                Ok(taken) => self.follow(taken, rest, scope)?,
                Err(message) => Err(message),
            },
        };
        self.conclude(followed, scope)
    }

    /// Takes the value out of what was found elsewhere: one text or several, or why there is nothing.
    ///
    /// # Errors
    /// As [`Self::take`].
    pub(super) fn take_from(&self, found: Result<Vec<Json>, String>, scope: &Scope) -> Result<Captured, CaptureFailure> {
        let followed = match found {
            Ok(mut values) => {
                let taken = match self.takes {
                    Takes::First if values.is_empty() => return self.conclude(Err(String::from("nothing was found")), scope),
                    Takes::First => Taken::One(values.swap_remove(0)),
                    Takes::All => Taken::Many(values),
                };
                self.follow(taken, &self.links, scope)?
            }
            Err(message) => Err(message),
        };
        self.conclude(followed, scope)
    }

    /// Whether a value stands in where nothing is found.
    pub(super) fn has_default(&self) -> bool {
        self.default.is_some()
    }

    /// Whether every value is wanted.
    pub(super) fn takes_all(&self) -> bool {
        self.takes == Takes::All
    }

    /// What was taken; the default where nothing was found, be it an empty list.
    fn conclude(&self, followed: Result<Taken, String>, scope: &Scope) -> Result<Captured, CaptureFailure> {
        let finds_nothing = match &followed {
            Ok(Taken::One(_)) => false,
            Ok(Taken::Many(values)) => values.is_empty(),
            Err(_) => true,
        };
        if let (true, Some(default)) = (finds_nothing, &self.default) {
            let default = default.resolve(scope)?;
            return Ok(Captured { value: default.clone(), secret: self.is_secret || default.is_secret() });
        }
        match followed {
            Ok(Taken::One(value)) => Ok(Captured { value, secret: self.is_secret }),
            Ok(Taken::Many(values)) => Ok(Captured { value: Json::List(values), secret: self.is_secret }),
            Err(message) => Err(CaptureFailure { message }),
        }
    }

    /// What the rest of the chain yields; inside, the message where it finds nothing, for which a default may stand in.
    fn follow(&self, first: Taken, links: &[Link], scope: &Scope) -> Result<Result<Taken, String>, CaptureFailure> {
        let mut taken = first;
        for link in links {
            let next = match taken {
                Taken::One(value) => self.next(link, &value, scope)?,
                Taken::Many(values) => {
                    let mut all = Vec::new();
                    let mut missing = None;
                    for value in &values {
                        match self.next(link, value, scope)? {
                            Ok(Taken::One(value)) => all.push(value),
                            Ok(Taken::Many(values)) => all.extend(values),
                            Err(message) => {
                                missing.get_or_insert(message);
                            }
                        }
                    }
                    // With `all` the elements that yield nothing are no loss; a list that was selected must be whole.
                    match missing {
                        Some(message) if self.takes == Takes::First || all.is_empty() => Err(message),
                        Some(_) | None => Ok(Taken::Many(all)),
                    }
                }
            };
            match next {
                Ok(next) => taken = next,
                Err(message) => return Ok(Err(message)),
            }
        }
        Ok(Ok(taken))
    }

    fn first(&self, link: &Link, response: &Response<'_>, scope: &Scope) -> Result<Result<Taken, String>, CaptureFailure> {
        Ok(match &link.source {
            Source::Json(path) => match response.json() {
                Ok(document) => select(&*path.resolve(scope)?, document, self.takes),
                Err(message) => Err(message.to_owned()),
            },
            Source::Regex(pattern) => match response.text() {
                Ok(text) => self.find(&pattern.resolve(scope)?, text, "the body"),
                Err(message) => Err(message.to_owned()),
            },
            Source::Html { css, attribute } => match response.html() {
                Ok(document) => self.elements(css, attribute.as_ref(), document, scope)?,
                Err(message) => Err(message.to_owned()),
            },
            Source::Header(name) => {
                let name = name.resolve(scope)?;
                let values: Vec<Json> = response.header_values(&name).into_iter().map(Json::text).collect();
                // Without `all` a header of several lines is their joined text, as for expectations.
                match (self.takes, response.header(&name)) {
                    (Takes::All, Some(_)) => Ok(Taken::Many(values)),
                    (Takes::First, Some(joined)) => Ok(Taken::One(Json::text(joined))),
                    (Takes::All | Takes::First, None) => Err(format!("the response has no header `{}`", &*name)),
                }
            }
            Source::Cookie(name) => {
                let name = name.resolve(scope)?;
                let value = |cookie: &SetCookie| Json::text(cookie.value.as_str());
                let all: Vec<Json> = response.cookies().iter().filter(|cookie| cookie.name == *name).map(value).collect();
                match (self.takes, response.cookie(&name)) {
                    (Takes::All, Some(_)) => Ok(Taken::Many(all)),
                    (Takes::First, Some(cookie)) => Ok(Taken::One(value(cookie))),
                    (Takes::All | Takes::First, None) => Err(format!("the response sets no cookie `{}`", &*name)),
                }
            }
            Source::Status => Ok(Taken::One(Json::Number(Number::from(response.status())))),
            Source::Url => Ok(Taken::One(Json::text(response.url().as_str()))),
            // Rounded up, so that a bound that it met once it meets again.
            Source::Time => Ok(Taken::One(Json::text(format!("{}ms", response.elapsed().div_ceil(1_000_000))))),
        })
    }

    fn next(&self, link: &Link, json: &Json, scope: &Scope) -> Result<Result<Taken, String>, CaptureFailure> {
        Ok(match &link.source {
            Source::Json(path) => {
                let path = path.resolve(scope)?;
                match json {
                    // Text that holds JSON, such as a script of a page.
                    Json::String(text) => match json::read(text) {
                        Ok(document) => select(&path, &document.json, self.takes),
                        Err(error) => Err(format!("what was found is not JSON: {error}: {}", shown(json))),
                    },
                    Json::Null | Json::Bool(_) | Json::Number(_) | Json::List(_) | Json::Map(_) => select(&path, json, self.takes),
                }
            }
            Source::Regex(pattern) => match json {
                Json::String(text) => self.find(&pattern.resolve(scope)?, text, "what was found"),
                Json::Number(number) => self.find(&pattern.resolve(scope)?, number.as_str(), "what was found"),
                Json::Null | Json::Bool(_) | Json::List(_) | Json::Map(_) => {
                    Err(format!("a regular expression takes text, found {}", shown(json)))
                }
            },
            Source::Html { css, attribute } => match json {
                Json::String(text) => match html::parse(text) {
                    Ok(document) => self.elements(css, attribute.as_ref(), &document, scope)?,
                    Err(message) => Err(message),
                },
                Json::Null | Json::Bool(_) | Json::Number(_) | Json::List(_) | Json::Map(_) => {
                    Err(format!("a CSS selector takes text, found {}", shown(json)))
                }
            },
            Source::Header(_) | Source::Cookie(_) | Source::Status | Source::Url | Source::Time => {
                Err(String::from("this looks at the response and can only come first"))
            }
        })
    }

    fn find(&self, regex: &Resolved<'_, Regex>, text: &str, where_: &str) -> Result<Taken, String> {
        let mut found = pattern::take(regex, text).map(Json::text);
        let Some(first) = found.next() else {
            return Err(format!("`{}` matches nothing in {where_}: {}", regex.bare(), quoted(text)));
        };
        Ok(match self.takes {
            Takes::First => Taken::One(first),
            Takes::All => Taken::Many(std::iter::once(first).chain(found).collect()),
        })
    }

    fn elements(
        &self,
        css: &Argument<Css>,
        attribute: Option<&Argument<String>>,
        document: &scraper::Html,
        scope: &Scope,
    ) -> Result<Result<Taken, String>, CaptureFailure> {
        let css = css.resolve(scope)?;
        let attribute = attribute.map(|attribute| attribute.resolve(scope)).transpose()?;
        let part = attribute.as_ref().map_or(Part::Text, |name| Part::Attribute(name));
        let mut found = html::select(document, &css, part).into_iter();
        Ok(match (found.next(), self.takes) {
            (Some(first), Takes::First) => Ok(Taken::One(first)),
            (Some(first), Takes::All) => Ok(Taken::Many(std::iter::once(first).chain(found).collect())),
            (None, Takes::First | Takes::All) => Err(match part {
                Part::Text => format!("no element matches `{}`", css.bare()),
                Part::Attribute(name) => format!("no element matches `{}` and has `{name}`", css.bare()),
            }),
        })
    }
}

/// What a chain holds after a link.
enum Taken {
    One(Json),
    Many(Vec<Json>),
}

fn select(path: &Selector, document: &Json, takes: Takes) -> Result<Taken, String> {
    let nothing = || cut(format!("`{}` finds nothing in {}", path.as_str(), shown(document)));
    if path.is_singular() && takes == Takes::First {
        return path.first(document).map(|value| Taken::One(value.clone())).ok_or_else(nothing);
    }
    let values: Vec<Json> = path.values(document).into_iter().cloned().collect();
    // A path that can select several yields a list, also of none.
    if values.is_empty() && path.is_singular() { Err(nothing()) } else { Ok(Taken::Many(values)) }
}

fn expect_text<'n>(node: &'n Node, diagnostics: &mut Vec<Diagnostic>) -> Option<&'n str> {
    match &node.value {
        Yaml::Text { text, .. } => Some(text),
        Yaml::Blank | Yaml::Null | Yaml::Bool(_) | Yaml::Number(_) | Yaml::List(_) | Yaml::Map(_) => {
            diagnostics.push(Diagnostic::error(&node.span, "expected a JSONPath").help("such as `$.version`"));
            None
        }
    }
}

fn read_name(value: &Json) -> Result<String, String> {
    match value {
        Json::String(text) if !text.is_empty() => Ok(text.clone()),
        Json::Number(number) => Ok(number.as_str().to_owned()),
        Json::Null | Json::Bool(_) | Json::String(_) | Json::List(_) | Json::Map(_) => Err(String::from("expected text")),
    }
}

fn expect_truth(node: &Node, diagnostics: &mut Vec<Diagnostic>) -> Option<bool> {
    match node.value {
        Yaml::Bool(truth) => Some(truth),
        Yaml::Blank | Yaml::Null | Yaml::Number(_) | Yaml::Text { .. } | Yaml::List(_) | Yaml::Map(_) => {
            diagnostics.push(Diagnostic::error(&node.span, "expected `true` or `false`"));
            None
        }
    }
}

fn only_true(entry: &Entry, diagnostics: &mut Vec<Diagnostic>) -> Option<()> {
    if entry.value.value == Yaml::Bool(true) {
        return Some(());
    }
    diagnostics.push(Diagnostic::error(&entry.value.span, format!("a capture of this is written `{}: true`", entry.key)));
    None
}

fn unknown(key: &str, span: &Span) -> Diagnostic {
    if NOT_YET.contains(&key) {
        return Diagnostic::error(span, format!("`{key}` is not supported yet"));
    }
    let diagnostic = Diagnostic::error(span, format!("unknown key `{key}` of a capture"));
    match did_you_mean(key, KEYS) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic.help(format!("a capture knows {}", KEYS.join(", "))),
    }
}

/// JSON Schema (2020-12) of a capture.
#[must_use]
pub fn schema() -> serde_json::Value {
    let text = serde_json::json!({"type": "string"});
    let yes = serde_json::json!({"const": true});
    let mut properties = serde_json::Map::new();
    for key in KEYS {
        let schema = match key {
            "status" | "url" | "time" => yes.clone(),
            "all" | "secret" => serde_json::json!({"type": "boolean"}),
            "default" => serde_json::json!({}),
            _ => text.clone(),
        };
        properties.insert(key.to_owned(), schema);
    }
    serde_json::json!({"type": "object", "minProperties": 1, "additionalProperties": false, "properties": properties})
}

impl From<Unresolved> for CaptureFailure {
    fn from(unresolved: Unresolved) -> Self {
        Self { message: format!("could not be evaluated: {}", unresolved.message) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::{
        response::testing::exchange,
        testing::{node, scope, sentence},
    };

    const PAGE: &str = r#"<a href="/1">one</a><a href="/2">two</a><script id="__NEXT_DATA__">{"buildId": "b-7", "n": [1, 2]}</script>"#;
    const BODY: &str =
        r#"{"version": "1.10", "id": 12345678901234567890, "rows": [{"n": "a-1"}, {"n": "b-2"}, {"n": "c"}], "none": [], "null": null}"#;

    fn check(written: &str, body: &str, expected: &str) {
        let mut diagnostics = Vec::new();
        let capture = Capture::parse(&node(written), &mut diagnostics);
        assert!(diagnostics.is_empty(), "{written}: {diagnostics:?}");
        let headers = [
            ("location", "/plugins/affinder?page=2"),
            ("link", "a"),
            ("link", "b"),
            ("set-cookie", "sid=1; Secure"),
            ("set-cookie", "sid=2"),
        ];
        let exchange = exchange(301, &headers, body.as_bytes());
        let taken = capture.unwrap().take(&Response::new(&exchange), scope());
        let taken = taken.map_or_else(
            |failure| format!("failure: {failure}"),
            |taken| if taken.secret { String::from("•••") } else { shown(&taken.value) },
        );
        assert_eq!(taken, expected, "{written}");
    }

    fn complaints(written: &str, expected: &[&str]) {
        let mut diagnostics = Vec::new();
        let capture = Capture::parse(&node(written), &mut diagnostics);
        assert_eq!(diagnostics.iter().map(sentence).collect::<Vec<_>>(), expected, "{written}");
        assert!(capture.is_none(), "{written}");
    }

    #[test]
    fn the_schema_knows_every_key() {
        let schema = schema();
        assert!(KEYS.iter().all(|key| schema["properties"][key].is_object()));
        assert!(NOT_YET.iter().all(|key| schema["properties"][key].is_null()), "what is not supported yet is not described");
    }

    #[test]
    fn every_source_yields_its_value() {
        check("{json: $.version}", BODY, "\"1.10\"");
        check("{json: $.id}", BODY, "12345678901234567890");
        check("{json: $.null}", BODY, "null");
        check("{header: Location}", BODY, "\"/plugins/affinder?page=2\"");
        check("{cookie: sid}", BODY, "\"2\"");
        check(r"{regex: 'version.: .([\d.]+)'}", BODY, "\"1.10\"");
        check("{status: true}", BODY, "301");
        check("{url: true}", BODY, "\"https://api.example.org/stack/plugins?fields=all\"");
        check("{time: true}", BODY, "\"120ms\"");
        check("{html: a}", PAGE, "\"one\"");
        check("{html: a, attribute: href}", PAGE, "\"/1\"");
        check("{json: $.version, secret: true}", BODY, "•••");
    }

    #[test]
    fn several_make_a_list() {
        check("{json: '$.rows[*].n'}", BODY, r#"["a-1", "b-2", "c"]"#);
        check("{json: '$.rows[0].n', all: true}", BODY, r#"["a-1"]"#);
        check("{header: link}", BODY, "\"a, b\"");
        check("{header: link, all: true}", BODY, r#"["a", "b"]"#);
        check("{cookie: sid, all: true}", BODY, r#"["1", "2"]"#);
        check(r"{regex: '\w-\d', all: true}", BODY, r#"["a-1", "b-2"]"#);
        check("{html: a, attribute: href, all: true}", PAGE, r#"["/1", "/2"]"#);
    }

    #[test]
    fn a_path_that_can_select_several_yields_a_list_also_of_none() {
        for path in ["$.none[*]", "$.none[1:]", "$..x", "$.rows[?@.n == 'z']"] {
            check(&format!("{{json: \"{path}\"}}"), BODY, "[]");
        }
        check("{json: '$.none[*]', regex: '^a'}", BODY, "[]");
        check("{json: '$.none[*]', all: true}", BODY, "[]");
        check("{json: '$[*]'}", "<html>", "failure: the body is not JSON; it begins \"<html>\"");
    }

    #[test]
    fn links_are_followed_in_the_order_written() {
        check("{html: 'script#__NEXT_DATA__', json: $.buildId}", PAGE, "\"b-7\"");
        check(r"{header: location, regex: 'page=(\d+)'}", BODY, "\"2\"");
        check(r"{json: $.version, regex: '^\d+'}", BODY, "\"1\"");
        check(r"{json: '$.rows[*].n', regex: '-(\d)', all: true}", BODY, r#"["1", "2"]"#);
        check(r"{json: '$.rows[*].n', regex: '^\w'}", BODY, r#"["a", "b", "c"]"#);
        check(r"{json: '$.rows[*].n', regex: '-(\d)'}", BODY, r#"failure: `-(\d)` matches nothing in what was found: "c""#);
        check(
            "{json: $.rows, regex: x}",
            BODY,
            r#"failure: a regular expression takes text, found [{"n": "a-1"}, {"n": "b-2"}, {"n": "c"}]"#,
        );
        check("{json: '$.rows[?@.n == \"{{ names[0] }}-1\"].n'}", BODY, r#"["a-1"]"#);
    }

    #[test]
    fn finding_nothing_fails_unless_there_is_a_default() {
        check("{json: $.x}", "{\"a\": 1}", "failure: `$.x` finds nothing in {\"a\": 1}");
        check("{json: $.x, all: true}", "{\"a\": 1}", "failure: `$.x` finds nothing in {\"a\": 1}");
        check("{json: '$.none[*]', default: 7}", BODY, "7");
        check("{json: '$.rows[*].n', default: 7}", BODY, r#"["a-1", "b-2", "c"]"#);
        check("{json: $.x, default: '{{ limit }}'}", BODY, "3");
        check("{json: $.x, default: '{{ hidden }}'}", BODY, "•••");
        check("{json: $.x, default: null}", "<html>", "null");
        check("{json: $.x}", "<html>", "failure: the body is not JSON; it begins \"<html>\"");
        check("{header: x}", BODY, "failure: the response has no header `x`");
        check("{cookie: x}", BODY, "failure: the response sets no cookie `x`");
        check("{html: h1}", PAGE, "failure: no element matches `h1`");
        check("{regex: 'zzz'}", "abc", "failure: `zzz` matches nothing in the body: \"abc\"");
    }

    #[test]
    fn mistakes_are_named_at_their_line() {
        complaints("{json: version}", &["`version` is not a JSONPath: it begins with `$` at character 1 (did you mean `$.version`?)"]);
        complaints("{xml: //a}", &["`xml` is not supported yet"]);
        complaints("{json: $.a, watermark: true}", &["`watermark` is not supported yet"]);
        complaints("{jsn: $.a}", &["unknown key `jsn` of a capture (did you mean `json`?)"]);
        complaints("{regex: '(a)(b)'}", &["`(a)(b)` has 2 groups: one says what to take; the others are written `(?:…)`"]);
        complaints("{status: 200}", &["a capture of this is written `status: true`"]);
        complaints(
            "{json: $.a, header: b}",
            &["this looks at the response and can only come first (captures are chained in the order written)"],
        );
        complaints("{attribute: href}", &["`attribute` follows `html` (such as `{html: 'a.next', attribute: href}`)"]);
        complaints(
            "{secret: true}",
            &["a capture says where to take its value from (such as `{json: $.version}` or `{header: location}`)"],
        );
        complaints("'$.a'", &["a capture says where to take its value from (did you mean `{json: '$.a'}`?)"]);
        complaints(
            "{json: 5, regex: '('}",
            &["expected a JSONPath (such as `$.version`)", "`(` is not a regular expression: unclosed group"],
        );
    }
}
