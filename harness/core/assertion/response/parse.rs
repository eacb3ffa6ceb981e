//! Reads what a step expects, with every mistake at its place.

use super::expectation::{Aspect, CookiePart, Expectation, Expectations, HopExpectation, Status, TimePart};
use crate::{
    assertion::{
        matcher::{self, Matcher, Mode},
        page::PAGE_EXPECTATIONS,
        url::UrlExpectation,
    },
    diagnostic::{Diagnostic, Span, did_you_mean},
    extract::{Argument, html, path},
    json::Json,
    yaml::{Entry, Node, Yaml},
};

/// The keys of `expect` for a response, each with what people are told of it.
pub const EXPECTATIONS: [(&str, &str); 12] = [
    ("status", "The status code: `200`, a class such as `2xx`, a matcher, or `any`. Left out, it means below 400."),
    ("header", "Headers by name, each with a matcher of its text."),
    ("cookie", "Cookies that the response sets, each with a matcher of its value, or a map of value and attributes."),
    ("json", "Values of the JSON body by JSONPath, each with a matcher."),
    ("html", "Elements of an HTML body by CSS, each with a matcher of its text, or of an attribute."),
    ("text", "A matcher of the body as text."),
    ("bytes", "A matcher of the body's size in bytes."),
    ("sha256", "The SHA-256 of the body in hex."),
    ("url", "Where the request ended after redirects: path and query, or a map of parts."),
    ("redirects", "The redirects that were followed: how many, or a list of status and target."),
    ("time", "How long it took, or a map of `first_byte` and `connect`."),
    ("values", "Values of templates, each `{of: '{{ … }}'}` with a matcher."),
];

/// The keys that later versions will know.
pub const NOT_YET: [&str; 4] = ["xml", "version", "tls", "openapi"];

pub(super) const COOKIE_PARTS: [(&str, CookiePart); 8] = [
    ("value", CookiePart::Value),
    ("secure", CookiePart::Secure),
    ("http_only", CookiePart::HttpOnly),
    ("same_site", CookiePart::SameSite),
    ("max_age", CookiePart::MaxAge),
    ("expires", CookiePart::Expires),
    ("domain", CookiePart::Domain),
    ("path", CookiePart::Path),
];

impl Expectations {
    /// Reads the map under `expect`; every mistake goes into the diagnostics.
    pub fn parse(node: &Node, diagnostics: &mut Vec<Diagnostic>) -> Option<Self> {
        let help = "such as `expect: {status: 200}`";
        let Yaml::Map(entries) = &node.value else {
            diagnostics.push(Diagnostic::error(&node.span, "expected a map of expectations").help(help));
            return None;
        };
        if entries.is_empty() {
            diagnostics.push(Diagnostic::error(&node.span, "an empty map expects nothing").help(help));
            return None;
        }
        let n_before = diagnostics.len();
        let mut reader = Reader { expectations: Self::implied(), diagnostics };
        for entry in entries {
            reader.read(entry);
        }
        let Reader { mut expectations, diagnostics } = reader;
        // Kept to the end of the run, once a step.
        expectations.rest.shrink_to_fit();
        (diagnostics.len() == n_before).then_some(expectations)
    }
}

struct Reader<'d> {
    expectations: Expectations,
    diagnostics: &'d mut Vec<Diagnostic>,
}

impl Reader<'_> {
    fn read(&mut self, entry: &Entry) {
        let node = &entry.value;
        match entry.key.as_str() {
            "status" => self.read_status(entry),
            "header" => self.read_headers(node),
            "cookie" => self.read_cookies(node),
            "json" => self.read_json(node),
            "html" => self.read_html(node),
            "text" => self.read_matcher(entry, Mode::Text, Aspect::Text),
            "bytes" => self.read_matcher(entry, Mode::Bytes, Aspect::Bytes),
            "sha256" => self.read_matcher(entry, Mode::Word, Aspect::Sha256),
            "url" => {
                if let Some(url) = UrlExpectation::parse(node, self.diagnostics) {
                    self.add(entry, Aspect::Url(url));
                }
            }
            "redirects" => self.read_redirects(entry),
            "time" => self.read_time(entry),
            "values" => self.read_values(node),
            other => self.complain(unknown(other, entry)),
        }
    }

    fn add(&mut self, entry: &Entry, aspect: Aspect) {
        self.expectations.rest.push(Expectation { span: entry.key_span.clone(), aspect });
    }

    fn complain(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    fn read_matcher(&mut self, entry: &Entry, mode: Mode, aspect: impl FnOnce(Matcher) -> Aspect) {
        if let Some(matcher) = Matcher::parse(&entry.value, mode, self.diagnostics) {
            self.add(entry, aspect(matcher));
        }
    }

    /// The entries of a map that must not be empty.
    fn entries<'n>(&mut self, node: &'n Node, expected: &str, help: &str) -> &'n [Entry] {
        match &node.value {
            Yaml::Map(entries) if !entries.is_empty() => return entries,
            Yaml::Map(_) => self.complain(Diagnostic::error(&node.span, "an empty map expects nothing").help(help)),
            Yaml::Blank | Yaml::Null | Yaml::Bool(_) | Yaml::Number(_) | Yaml::Text { .. } | Yaml::List(_) => {
                self.complain(Diagnostic::error(&node.span, format!("expected {expected}")).help(help));
            }
        }
        &[]
    }

    fn read_status(&mut self, entry: &Entry) {
        if matches!(&entry.value.value, Yaml::Text { text, .. } if text == "any") {
            self.expectations.status = Status::Any(entry.value.span.clone());
        } else if let Some(matcher) = Matcher::parse(&entry.value, Mode::Status, self.diagnostics) {
            self.expectations.status = Status::Expected(matcher);
        }
    }

    fn read_headers(&mut self, node: &Node) {
        for entry in self.entries(node, "headers by name", "such as `header: {content-type: {contains: json}}`") {
            if !is_token(&entry.key) {
                self.complain(Diagnostic::error(&entry.key_span, format!("`{}` is not the name of a header", entry.key)));
                continue;
            }
            let name = entry.key.to_ascii_lowercase();
            self.read_matcher(entry, Mode::Text, |matcher| Aspect::Header { name, matcher });
        }
    }

    fn read_cookies(&mut self, node: &Node) {
        for entry in self.entries(node, "cookies by name", "such as `cookie: {sid: {secure: true, http_only: true}}`") {
            let name = || entry.key.clone();
            let Yaml::Map(attributes) = &entry.value.value else {
                self.read_matcher(entry, Mode::Text, |matcher| Aspect::Cookie { name: name(), part: CookiePart::Value, matcher });
                continue;
            };
            let part = |key: &str| COOKIE_PARTS.iter().find(|(known, _)| *known == key).map(|(_, part)| *part);
            // Without a single part it is a matcher of the value.
            let is_matcher = attributes.is_empty() || attributes.iter().all(|attribute| part(&attribute.key).is_none());
            let names_matcher = attributes.iter().any(|attribute| matcher::find(&attribute.key).is_some());
            if is_matcher && (attributes.is_empty() || names_matcher) {
                self.read_matcher(entry, Mode::Text, |matcher| Aspect::Cookie { name: name(), part: CookiePart::Value, matcher });
                continue;
            }
            for attribute in attributes {
                let Some(part) = part(&attribute.key) else {
                    let diagnostic = Diagnostic::error(&attribute.key_span, format!("unknown key `{}` of a cookie", attribute.key));
                    let names = COOKIE_PARTS.iter().map(|(name, _)| *name);
                    self.complain(match did_you_mean(&attribute.key, names.clone()) {
                        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                        None => diagnostic
                            .help(format!("a cookie has {}; a matcher stands under `value`", names.collect::<Vec<_>>().join(", "))),
                    });
                    continue;
                };
                self.read_matcher(attribute, part.mode(), |matcher| Aspect::Cookie { name: name(), part, matcher });
            }
        }
    }

    fn read_json(&mut self, node: &Node) {
        let help = "such as `json: {$.name: affinder}`; the whole body is `$`";
        for entry in self.entries(node, "JSONPaths with what is expected there", help) {
            if !entry.key.starts_with('$') && matcher::find(&entry.key).is_some() {
                let help = format!("a matcher of the whole body stands under `$`: `json: {{$: {{{}: …}}}}`", entry.key);
                self.complain(Diagnostic::error(&entry.key_span, format!("`{}` is not a JSONPath", entry.key)).help(help));
                continue;
            }
            let path = path::parse(&entry.key, &entry.key_span, self.diagnostics);
            let matcher = Matcher::parse(&entry.value, Mode::Json, self.diagnostics);
            if let (Some(path), Some(matcher)) = (path, matcher) {
                self.add(entry, Aspect::Json { path, matcher });
            }
        }
    }

    fn read_html(&mut self, node: &Node) {
        for entry in self.entries(node, "CSS selectors with what is expected there", "such as `html: {h1: Plugins}`") {
            let key = Node { span: entry.key_span.clone(), value: Yaml::Text { text: entry.key.clone(), plain: false } };
            let read = |value: &Json| html::compile(value.as_str().ok_or("expected a CSS selector")?);
            let css = Argument::parse(&key, self.diagnostics, read);
            let (attribute, matcher) = match &entry.value.value {
                Yaml::Map(entries) if entries.iter().any(|entry| entry.key == "attribute") => {
                    let (attributes, rest): (Vec<Entry>, Vec<Entry>) = entries.iter().cloned().partition(|entry| entry.key == "attribute");
                    let read =
                        |value: &Json| value.as_str().map(str::to_owned).ok_or_else(|| String::from("expected the name of an attribute"));
                    let attribute = Argument::parse(&attributes[0].value, self.diagnostics, read);
                    let matcher = Matcher::parse_entries(&rest, &entry.value.span, Mode::Texts, self.diagnostics);
                    let Some(attribute) = attribute else { continue };
                    (Some(attribute), matcher)
                }
                Yaml::Blank | Yaml::Null | Yaml::Bool(_) | Yaml::Number(_) | Yaml::Text { .. } | Yaml::List(_) | Yaml::Map(_) => {
                    (None, Matcher::parse(&entry.value, Mode::Texts, self.diagnostics))
                }
            };
            if let (Some(css), Some(matcher)) = (css, matcher) {
                self.add(entry, Aspect::Html { css, attribute, matcher });
            }
        }
    }

    fn read_redirects(&mut self, entry: &Entry) {
        let Yaml::List(hops) = &entry.value.value else {
            return self.read_matcher(entry, Mode::Count, Aspect::RedirectCount);
        };
        let help = "such as `redirects: [{status: 301, to: /new}]`";
        let mut expected = Vec::new();
        for hop in hops {
            let (mut status, mut to) = (None, None);
            for key in self.entries(hop, "a map of `status` and `to`", help) {
                match key.key.as_str() {
                    "status" => status = Matcher::parse(&key.value, Mode::Status, self.diagnostics),
                    "to" => to = UrlExpectation::parse(&key.value, self.diagnostics),
                    other => {
                        self.complain(
                            Diagnostic::error(&key.key_span, format!("unknown key `{other}` of a redirect"))
                                .help("a redirect has `status` and `to`"),
                        );
                    }
                }
            }
            expected.push(HopExpectation { status, to });
        }
        self.add(entry, Aspect::Redirects(expected));
    }

    fn read_time(&mut self, entry: &Entry) {
        const PARTS: [&str; 4] = ["first_byte", "connect", "dns", "tls"];
        let Yaml::Map(parts) = &entry.value.value else {
            return self.read_matcher(entry, Mode::Duration, |matcher| Aspect::Time { part: TimePart::Whole, matcher });
        };
        if !parts.iter().any(|part| PARTS.contains(&part.key.as_str())) {
            return self.read_matcher(entry, Mode::Duration, |matcher| Aspect::Time { part: TimePart::Whole, matcher });
        }
        for part in parts {
            let (name, kind) = match part.key.as_str() {
                "first_byte" => ("first_byte", TimePart::FirstByte),
                "connect" => ("connect", TimePart::Connect),
                later @ ("dns" | "tls") => {
                    self.complain(Diagnostic::error(&part.key_span, format!("`{later}` is not supported yet")));
                    continue;
                }
                other => {
                    let help = "either a matcher of the whole time, or a map of `first_byte` and `connect`";
                    self.complain(Diagnostic::error(&part.key_span, format!("unknown part `{other}` of the time")).help(help));
                    continue;
                }
            };
            debug_assert!(PARTS.contains(&name));
            self.read_matcher(part, Mode::Duration, |matcher| Aspect::Time { part: kind, matcher });
        }
    }

    fn read_values(&mut self, node: &Node) {
        for (span, of, matcher) in written_values(node, self.diagnostics) {
            self.expectations.rest.push(Expectation { span, aspect: Aspect::Value { of, matcher } });
        }
    }
}

/// `values`, which a response and a page have alike: where each stands, what it looks at, and how it is judged.
pub(in crate::assertion) fn written_values(node: &Node, diagnostics: &mut Vec<Diagnostic>) -> Vec<(Span, Argument<Json>, Matcher)> {
    let help = "such as `values: [{of: '{{ total }}', at_least: 1}]`";
    let mut complain = |span: &Span, message: &str| diagnostics.push(Diagnostic::error(span, message).help(help));
    let elements = match &node.value {
        Yaml::List(elements) if !elements.is_empty() => elements.as_slice(),
        Yaml::List(_) => {
            complain(&node.span, "an empty list expects nothing");
            &[]
        }
        Yaml::Blank | Yaml::Null | Yaml::Bool(_) | Yaml::Number(_) | Yaml::Text { .. } | Yaml::Map(_) => {
            complain(&node.span, "expected a list of values");
            &[]
        }
    };
    let mut values = Vec::new();
    for element in elements {
        let entries = match &element.value {
            Yaml::Map(entries) if !entries.is_empty() => entries,
            Yaml::Map(_) => {
                diagnostics.push(Diagnostic::error(&element.span, "an empty map expects nothing").help(help));
                continue;
            }
            Yaml::Blank | Yaml::Null | Yaml::Bool(_) | Yaml::Number(_) | Yaml::Text { .. } | Yaml::List(_) => {
                diagnostics.push(Diagnostic::error(&element.span, "expected a map of `of` and a matcher").help(help));
                continue;
            }
        };
        let (of, rest): (Vec<Entry>, Vec<Entry>) = entries.iter().cloned().partition(|entry| entry.key == "of");
        let Some(of) = of.first() else {
            diagnostics.push(Diagnostic::error(&element.span, "`of` is missing: the value to look at").help(help));
            continue;
        };
        let value = Argument::parse(&of.value, diagnostics, |value| Ok(value.clone()));
        let matcher = Matcher::parse_entries(&rest, &element.span, Mode::Json, diagnostics);
        if let (Some(value), Some(matcher)) = (value, matcher) {
            values.push((of.key_span.clone(), value, matcher));
        }
    }
    values
}

impl CookiePart {
    fn mode(self) -> Mode {
        match self {
            Self::Value | Self::Domain | Self::Path => Mode::Text,
            Self::Secure | Self::HttpOnly => Mode::Json,
            Self::SameSite => Mode::Word,
            Self::MaxAge => Mode::Seconds,
            Self::Expires => Mode::Text,
        }
    }

    /// The key in the suite language.
    pub(super) fn name(self) -> &'static str {
        COOKIE_PARTS.iter().find(|(_, part)| *part == self).map_or("value", |(name, _)| name)
    }
}

/// RFC 9110, 5.6.2.
fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

fn unknown(key: &str, entry: &Entry) -> Diagnostic {
    if NOT_YET.contains(&key) {
        return Diagnostic::error(&entry.key_span, format!("`{key}` is not supported yet"));
    }
    if PAGE_EXPECTATIONS.iter().any(|(name, _)| *name == key) {
        let message = format!("`{key}` is judged of a page, and this step yields a response");
        return Diagnostic::error(&entry.key_span, message);
    }
    let diagnostic = Diagnostic::error(&entry.key_span, format!("unknown expectation `{key}`"));
    let known = EXPECTATIONS.iter().map(|(name, _)| *name);
    match did_you_mean(key, known.clone()) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None if key.starts_with('$') => diagnostic.help(format!("did you mean `json: {{{key}: …}}`?")),
        None if is_token(key) && key.contains('-') => diagnostic.help(format!("did you mean `header: {{{key}: …}}`?")),
        None => diagnostic.help(format!("a response is judged by {}", known.collect::<Vec<_>>().join(", "))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assertion::matcher::testing::{node, sentence};

    fn complaints(written: &str, expected: &[&str]) {
        let mut diagnostics = Vec::new();
        let parsed = Expectations::parse(&node(written), &mut diagnostics);
        assert_eq!(diagnostics.iter().map(sentence).collect::<Vec<_>>(), expected, "{written}");
        assert_eq!(parsed.is_some(), expected.is_empty(), "{written}");
    }

    #[test]
    fn all_forms_of_the_page_are_read() {
        complaints("{status: any}", &[]);
        complaints("{status: {one_of: [200, 404]}, header: {content-type: {contains: json}, X-Count: 5}}", &[]);
        complaints(
            "{cookie: {sid: {value: {exists: true}, secure: true, http_only: true, same_site: Lax, max_age: {at_least: 1h}}, a: b, c: {starts_with: x}}}",
            &[],
        );
        complaints("{json: {'$.name': '{{ name }}', '$[*].x': {count: {at_least: 1}}}}", &[]);
        complaints("{html: {h1: Plugins, 'link[rel=canonical]': {attribute: href, starts_with: https}}}", &[]);
        complaints("{text: {contains: ok}, bytes: {at_most: 2 MB}, sha256: abc}", &[]);
        complaints("{url: {path: /x}, redirects: [{status: 301, to: /x}], time: {first_byte: {at_most: 1s}, connect: {at_most: 1s}}}", &[]);
        complaints("{url: /x, redirects: {at_most: 2}, time: {at_most: 800ms}, values: [{of: '{{ limit }}', at_least: 1}]}", &[]);
    }

    #[test]
    fn what_comes_later_is_refused_at_its_line() {
        for key in NOT_YET {
            complaints(&format!("{{{key}: x}}"), &[&format!("`{key}` is not supported yet")]);
        }
        complaints("{time: {dns: {at_most: 1s}, tls: {at_most: 1s}}}", &["`dns` is not supported yet", "`tls` is not supported yet"]);
        complaints("{json: {$.a: {schema: a.json}}}", &["`schema` is not supported yet"]);
    }

    #[test]
    fn what_is_judged_of_a_page_is_told_so() {
        complaints("{visible: {button: x}}", &["`visible` is judged of a page, and this step yields a response"]);
    }

    #[test]
    fn unknown_keys_have_a_suggestion() {
        complaints("{statuss: 200}", &["unknown expectation `statuss` (did you mean `status`?)"]);
        complaints("{$.name: x}", &["unknown expectation `$.name` (did you mean `json: {$.name: …}`?)"]);
        complaints("{content-type: x}", &["unknown expectation `content-type` (did you mean `header: {content-type: …}`?)"]);
        complaints("{cookie: {sid: {secur: true}}}", &["unknown key `secur` of a cookie (did you mean `secure`?)"]);
        complaints(
            "{cookie: {sid: {secure: true, contains: x}}}",
            &[
                "unknown key `contains` of a cookie (a cookie has value, secure, http_only, same_site, max_age, expires, domain, path; a matcher stands under `value`)",
            ],
        );
        complaints("{redirects: [{code: 301}]}", &["unknown key `code` of a redirect (a redirect has `status` and `to`)"]);
        complaints(
            "{time: {first_byte: {at_most: 1s}, at_most: 2s}}",
            &["unknown part `at_most` of the time (either a matcher of the whole time, or a map of `first_byte` and `connect`)"],
        );
    }

    #[test]
    fn every_mistake_is_reported() {
        complaints(
            "{status: [200, 404], header: {'x y': 1, via: {contain: x}}, json: {name: x, $.a: {}}, time: 800ms}",
            &[
                "a status is never equal to a list (did you mean `one_of`?)",
                "`x y` is not the name of a header",
                "unknown matcher `contain` (did you mean `contains`?)",
                "`name` is not a JSONPath: it begins with `$` at character 1 (did you mean `$.name`?)",
                "an empty map checks nothing (to expect an empty map write `equals: {}`)",
                "a duration is never exactly as expected (did you mean `at_most: 800ms`?)",
            ],
        );
    }

    #[test]
    fn expecting_nothing_is_a_mistake() {
        let help = "(such as `expect: {status: 200}`)";
        complaints("{}", &[&format!("an empty map expects nothing {help}")]);
        complaints("[]", &[&format!("expected a map of expectations {help}")]);
        complaints("{json: {}}", &["an empty map expects nothing (such as `json: {$.name: affinder}`; the whole body is `$`)"]);
        complaints(
            "{json: [1]}",
            &["expected JSONPaths with what is expected there (such as `json: {$.name: affinder}`; the whole body is `$`)"],
        );
        complaints(
            "{json: {contains: x}}",
            &["`contains` is not a JSONPath (a matcher of the whole body stands under `$`: `json: {$: {contains: …}}`)"],
        );
        complaints("{values: []}", &["an empty list expects nothing (such as `values: [{of: '{{ total }}', at_least: 1}]`)"]);
        complaints(
            "{values: [{at_least: 1}]}",
            &["`of` is missing: the value to look at (such as `values: [{of: '{{ total }}', at_least: 1}]`)"],
        );
        complaints("{values: [{of: 1}]}", &["there is no matcher (such as `equals: …` or `exists: true`)"]);
    }
}
