//! Reads what a step expects of a page, with every mistake at its place.

use serde_json::{Value, json};

use super::expectation::{Aspect, Console, Expectation, PageExpectations, Read, State, Vital};
use crate::{
    assertion::{
        matcher::{Matcher, Mode},
        response::written_values,
        url::UrlExpectation,
    },
    diagnostic::{Diagnostic, did_you_mean},
    extract::{Argument, locator::LocatorSpec},
    json::Json,
    yaml::{Entry, Node, Yaml},
};

/// The keys of `expect` for a page, each with what people are told of it.
pub const PAGE_EXPECTATIONS: [(&str, &str); 22] = [
    ("url", "Where the page is: path and query, or a map of parts."),
    ("title", "A matcher of the page's title."),
    ("visible", "A locator, or a list of them: each finds something that can be seen."),
    ("hidden", "A locator, or a list of them: none finds anything that can be seen."),
    ("enabled", "A locator, or a list of them: each finds one element that can be used."),
    ("disabled", "A locator, or a list of them: each finds one element that cannot be used."),
    ("checked", "A locator, or a list of them: each finds one element that is checked."),
    ("focused", "A locator, or a list of them: each finds the one element that has the focus."),
    ("text", "A list of `{at: locator}` with a matcher of the text that is seen there."),
    ("value", "A list of `{at: locator}` with a matcher of a control's value."),
    ("attribute", "A list of `{at: locator, name: href}` with a matcher of the attribute."),
    ("count", "A list of `{at: locator}` with a matcher of how many there are."),
    ("meta", "`<meta>` by name or property, and `canonical`, each with a matcher."),
    ("console", "`clean`, or a map of `errors`, `warnings` and `ignore`; since the last `open`."),
    ("requests", "`failed`, `ignore` and `sent`: what the page asked for since the last `open`."),
    ("accessibility", "A map of `level` (`a`, `aa`, `aaa`) and `ignore` (rules): no other rule is broken."),
    ("vitals", "`lcp`, `cls`, `ttfb`, each with a matcher."),
    ("overflow", "`hidden`: the page cannot be scrolled sideways."),
    ("download", "A map of `name` and `bytes`: a file that was downloaded since the last `open`."),
    ("clipboard", "A matcher of the text on the clipboard."),
    ("result", "A matcher of what `script` returned."),
    ("values", "Values of templates, each `{of: '{{ … }}'}` with a matcher."),
];

impl PageExpectations {
    /// Reads the map under `expect` of a browser's step; every mistake goes into the diagnostics.
    pub fn parse(node: &Node, diagnostics: &mut Vec<Diagnostic>) -> Option<Self> {
        let help = "such as `expect: {visible: {heading: Plugins}}`";
        let Yaml::Map(entries) = &node.value else {
            diagnostics.push(Diagnostic::error(&node.span, "expected a map of expectations").help(help));
            return None;
        };
        if entries.is_empty() {
            diagnostics.push(Diagnostic::error(&node.span, "an empty map expects nothing").help(help));
            return None;
        }
        let n_before = diagnostics.len();
        let mut reader = Reader { all: Vec::new(), diagnostics };
        for entry in entries {
            reader.read(entry);
        }
        let Reader { all, diagnostics } = reader;
        (diagnostics.len() == n_before).then_some(Self { all })
    }
}

struct Reader<'d> {
    all: Vec<Expectation>,
    diagnostics: &'d mut Vec<Diagnostic>,
}

impl Reader<'_> {
    fn read(&mut self, entry: &Entry) {
        let node = &entry.value;
        match entry.key.as_str() {
            "url" => {
                let url = UrlExpectation::parse(node, self.diagnostics);
                self.add_some(entry, url.map(Aspect::Url));
            }
            "title" => self.read_matcher(entry, Mode::Text, Aspect::Title),
            "visible" => self.read_state(entry, State::Visible),
            "hidden" => self.read_state(entry, State::Hidden),
            "enabled" => self.read_state(entry, State::Enabled),
            "disabled" => self.read_state(entry, State::Disabled),
            "checked" => self.read_state(entry, State::Checked),
            "focused" => self.read_state(entry, State::Focused),
            "text" => self.read_elements(entry, Mode::Texts, Read::Text),
            "value" => self.read_elements(entry, Mode::Texts, Read::Value),
            "count" => self.read_elements(entry, Mode::Count, Read::Count),
            "attribute" => self.read_attributes(entry),
            "meta" => {
                for entry in self.entries(node, "names of `<meta>` with what is expected there", "such as `meta: {robots: noindex}`") {
                    let name = entry.key.to_lowercase();
                    self.read_matcher(entry, Mode::Text, |matcher| Aspect::Meta { name: name.clone(), matcher });
                }
            }
            "console" => self.read_console(entry),
            "requests" => self.read_requests(entry),
            "accessibility" => self.read_accessibility(entry),
            "vitals" => self.read_vitals(entry),
            "overflow" => match &node.value {
                Yaml::Text { text, .. } if text == "hidden" => self.add(entry, Aspect::NoOverflow),
                _ => self.complain(Diagnostic::error(&node.span, "`overflow` can only be expected to be `hidden`")),
            },
            "download" => self.read_download(entry),
            "clipboard" => self.read_matcher(entry, Mode::Text, Aspect::Clipboard),
            "result" => self.read_matcher(entry, Mode::Json, Aspect::Result),
            "values" => {
                for (span, of, matcher) in written_values(node, self.diagnostics) {
                    self.all.push(Expectation { span, aspect: Aspect::Value { of, matcher } });
                }
            }
            other => {
                let diagnostic = Diagnostic::error(&entry.key_span, format!("unknown expectation `{other}` of a page"));
                let known = PAGE_EXPECTATIONS.iter().map(|(name, _)| *name);
                self.complain(match did_you_mean(other, known.clone()) {
                    Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                    None => diagnostic.help(format!("a page is judged by {}", known.collect::<Vec<_>>().join(", "))),
                });
            }
        }
    }

    fn add(&mut self, entry: &Entry, aspect: Aspect) {
        self.all.push(Expectation { span: entry.key_span.clone(), aspect });
    }

    fn add_some(&mut self, entry: &Entry, aspect: Option<Aspect>) {
        if let Some(aspect) = aspect {
            self.add(entry, aspect);
        }
    }

    fn complain(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    fn read_matcher(&mut self, entry: &Entry, mode: Mode, aspect: impl FnOnce(Matcher) -> Aspect) {
        let matcher = Matcher::parse(&entry.value, mode, self.diagnostics);
        self.add_some(entry, matcher.map(aspect));
    }

    fn entries<'n>(&mut self, node: &'n Node, expected: &str, help: &str) -> &'n [Entry] {
        match &node.value {
            Yaml::Map(entries) if !entries.is_empty() => entries,
            Yaml::Map(_) => {
                self.complain(Diagnostic::error(&node.span, "an empty map expects nothing").help(help));
                &[]
            }
            Yaml::Blank | Yaml::Null | Yaml::Bool(_) | Yaml::Number(_) | Yaml::Text { .. } | Yaml::List(_) => {
                self.complain(Diagnostic::error(&node.span, format!("expected {expected}")).help(help));
                &[]
            }
        }
    }

    /// The elements of a list, or the one thing that stands alone.
    fn one_or_more<'n>(&mut self, node: &'n Node) -> &'n [Node] {
        match &node.value {
            Yaml::List(nodes) if nodes.is_empty() => {
                self.complain(Diagnostic::error(&node.span, "an empty list expects nothing"));
                &[]
            }
            Yaml::List(nodes) => nodes,
            Yaml::Blank | Yaml::Null | Yaml::Bool(_) | Yaml::Number(_) | Yaml::Text { .. } | Yaml::Map(_) => std::slice::from_ref(node),
        }
    }

    fn read_state(&mut self, entry: &Entry, state: State) {
        for node in self.one_or_more(&entry.value) {
            if let Some(at) = LocatorSpec::parse(node, self.diagnostics) {
                self.all.push(Expectation { span: node.span.clone(), aspect: Aspect::State { state, at } });
            }
        }
    }

    fn read_elements(&mut self, entry: &Entry, mode: Mode, read: Read) {
        let help = format!("such as `{}: [{{at: {{css: h1}}, …matcher}}]`", entry.key);
        for node in self.one_or_more(&entry.value) {
            let Some((at, rest)) = self.at(node, &help) else { continue };
            if let Some(matcher) = Matcher::parse_entries(&rest, &node.span, mode, self.diagnostics) {
                self.all.push(Expectation { span: node.span.clone(), aspect: Aspect::Read { read: read.clone(), at, matcher } });
            }
        }
    }

    fn read_attributes(&mut self, entry: &Entry) {
        let help = "such as `attribute: [{at: {link: Docs}, name: href, equals: /docs}]`";
        for node in self.one_or_more(&entry.value) {
            let Some((at, rest)) = self.at(node, help) else { continue };
            let (names, rest): (Vec<Entry>, Vec<Entry>) = rest.into_iter().partition(|entry| entry.key == "name");
            let Some(name) = names.first() else {
                self.complain(Diagnostic::error(&node.span, "`name` is missing: the attribute to look at").help(help));
                continue;
            };
            let read = |value: &Json| value.as_str().map(str::to_owned).ok_or_else(|| String::from("expected the name of an attribute"));
            let name = Argument::parse(&name.value, self.diagnostics, read);
            let matcher = Matcher::parse_entries(&rest, &node.span, Mode::Texts, self.diagnostics);
            if let (Some(name), Some(matcher)) = (name, matcher) {
                let aspect = Aspect::Read { read: Read::Attribute(name), at, matcher };
                self.all.push(Expectation { span: node.span.clone(), aspect });
            }
        }
    }

    /// The locator under `at`, and the other entries.
    fn at(&mut self, node: &Node, help: &str) -> Option<(LocatorSpec, Vec<Entry>)> {
        let entries = self.entries(node, "a map of `at` and a matcher", help);
        let (at, rest): (Vec<Entry>, Vec<Entry>) = entries.iter().cloned().partition(|entry| entry.key == "at");
        match at.first() {
            Some(at) => Some((LocatorSpec::parse(&at.value, self.diagnostics)?, rest)),
            None => {
                if !entries.is_empty() {
                    self.complain(Diagnostic::error(&node.span, "`at` is missing: the element to look at").help(help));
                }
                None
            }
        }
    }

    fn read_console(&mut self, entry: &Entry) {
        if let Yaml::Text { text, .. } = &entry.value.value
            && text == "clean"
        {
            return self.add(entry, Aspect::Console(Console { errors: None, warnings: None, ignore: Vec::new() }));
        }
        let help = "`console: clean`, or such as `console: {errors: {empty: true}, ignore: [{contains: favicon}]}`";
        let mut console = Console { errors: None, warnings: None, ignore: Vec::new() };
        let entries = self.entries(&entry.value, "`clean` or a map", help);
        for part in entries {
            match part.key.as_str() {
                "errors" => console.errors = Matcher::parse(&part.value, Mode::Texts, self.diagnostics),
                "warnings" => console.warnings = Matcher::parse(&part.value, Mode::Texts, self.diagnostics),
                "ignore" => console.ignore = self.matchers(&part.value),
                other => self.complain(Diagnostic::error(&part.key_span, format!("unknown key `{other}` of `console`")).help(help)),
            }
        }
        if !entries.is_empty() {
            self.add(entry, Aspect::Console(console));
        }
    }

    /// A list of matchers, or one.
    fn matchers(&mut self, node: &Node) -> Vec<Matcher> {
        let nodes = self.one_or_more(node);
        nodes.iter().filter_map(|node| Matcher::parse(node, Mode::Text, self.diagnostics)).collect()
    }

    fn read_requests(&mut self, entry: &Entry) {
        let help = "such as `requests: {failed: {count: 0}, sent: [{url: '**/api/**', count: 1}]}`";
        let entries = self.entries(&entry.value, "a map of `failed`, `ignore` and `sent`", help);
        let ignore = entries.iter().find(|part| part.key == "ignore").map(|part| self.matchers(&part.value)).unwrap_or_default();
        let mut judges = false;
        for part in entries {
            match part.key.as_str() {
                "failed" => {
                    judges = true;
                    let ignore = ignore.clone();
                    self.read_matcher(part, Mode::Texts, |matcher| Aspect::Failed { matcher, ignore });
                }
                "ignore" => {}
                "sent" => {
                    judges = true;
                    for node in self.one_or_more(&part.value) {
                        self.read_sent(node, help);
                    }
                }
                other => self.complain(Diagnostic::error(&part.key_span, format!("unknown key `{other}` of `requests`")).help(help)),
            }
        }
        if !entries.is_empty() && !judges {
            self.complain(Diagnostic::error(&entry.value.span, "`ignore` alone expects nothing").help(help));
        }
    }

    fn read_sent(&mut self, node: &Node, help: &str) {
        let (mut url, mut method, mut count) = (None, None, None);
        let entries = self.entries(node, "a map of `url`, `method` and `count`", help);
        for part in entries {
            match part.key.as_str() {
                "url" => {
                    let read = |value: &Json| {
                        value
                            .as_str()
                            .filter(|text| !text.is_empty())
                            .map(str::to_owned)
                            .ok_or_else(|| String::from("expected a URL pattern"))
                    };
                    url = Argument::parse(&part.value, self.diagnostics, read);
                }
                "method" => match &part.value.value {
                    Yaml::Text { text, .. } => method = Some(text.to_uppercase()),
                    _ => self.complain(Diagnostic::error(&part.value.span, "expected a method such as `POST`")),
                },
                "count" => count = Matcher::parse(&part.value, Mode::Count, self.diagnostics),
                other => self.complain(Diagnostic::error(&part.key_span, format!("unknown key `{other}` of `sent`")).help(help)),
            }
        }
        match url {
            Some(url) => self.all.push(Expectation { span: node.span.clone(), aspect: Aspect::Sent { url, method, count } }),
            None if !entries.iter().any(|part| part.key == "url") && !entries.is_empty() => {
                self.complain(Diagnostic::error(&node.span, "`url` is missing: the pattern of what was sent").help(help));
            }
            None => {}
        }
    }

    fn read_accessibility(&mut self, entry: &Entry) {
        let help = "such as `accessibility: {level: aa, ignore: [color-contrast]}`";
        let (mut level, mut ignore) = ("aa", Vec::new());
        let n_before = self.diagnostics.len();
        let entries = self.entries(&entry.value, "a map of `level` and `ignore`", help);
        for part in entries {
            match (part.key.as_str(), &part.value.value) {
                ("level", Yaml::Text { text, .. }) => match ["a", "aa", "aaa"].into_iter().find(|known| known == text) {
                    Some(known) => level = known,
                    None => {
                        self.complain(Diagnostic::error(&part.value.span, format!("`{text}` is no level: there are `a`, `aa` and `aaa`")))
                    }
                },
                ("ignore", _) => {
                    for node in self.one_or_more(&part.value) {
                        match &node.value {
                            Yaml::Text { text, .. } => ignore.push(text.clone()),
                            _ => self.complain(Diagnostic::error(&node.span, "expected the name of a rule, such as `color-contrast`")),
                        }
                    }
                }
                ("level", _) => self.complain(Diagnostic::error(&part.value.span, "expected `a`, `aa` or `aaa`")),
                (other, _) => {
                    self.complain(Diagnostic::error(&part.key_span, format!("unknown key `{other}` of `accessibility`")).help(help));
                }
            }
        }
        if !entries.is_empty() && self.diagnostics.len() == n_before {
            self.add(entry, Aspect::Accessibility { level, ignore });
        }
    }

    fn read_vitals(&mut self, entry: &Entry) {
        let help = "such as `vitals: {lcp: {at_most: 2500ms}, cls: {at_most: 0.1}}`";
        for part in self.entries(&entry.value, "a map of `lcp`, `cls` and `ttfb`", help) {
            let (vital, mode) = match part.key.as_str() {
                "lcp" => (Vital::LargestContentfulPaint, Mode::Duration),
                "cls" => (Vital::CumulativeLayoutShift, Mode::Count),
                "ttfb" => (Vital::TimeToFirstByte, Mode::Duration),
                other => {
                    self.complain(Diagnostic::error(&part.key_span, format!("unknown key `{other}` of `vitals`")).help(help));
                    continue;
                }
            };
            self.read_matcher(part, mode, |matcher| Aspect::Vitals { part: vital, matcher });
        }
    }

    fn read_download(&mut self, entry: &Entry) {
        let help = "such as `download: {name: plugins.csv, bytes: {at_least: 1}}`";
        let (mut name, mut bytes) = (None, None);
        let n_before = self.diagnostics.len();
        let entries = self.entries(&entry.value, "a map of `name` and `bytes`", help);
        for part in entries {
            match part.key.as_str() {
                "name" => name = Matcher::parse(&part.value, Mode::Text, self.diagnostics),
                "bytes" => bytes = Matcher::parse(&part.value, Mode::Bytes, self.diagnostics),
                other => self.complain(Diagnostic::error(&part.key_span, format!("unknown key `{other}` of `download`")).help(help)),
            }
        }
        if !entries.is_empty() && self.diagnostics.len() == n_before {
            self.add(entry, Aspect::Download { name, bytes });
        }
    }
}

/// JSON Schema (2020-12) of `expect` for a page. Matchers are `{"$ref": "#/$defs/matcher"}`, locators `{"$ref": "#/$defs/locator"}`.
#[must_use]
pub fn schema() -> Value {
    let matcher = || json!({"$ref": "#/$defs/matcher"});
    let locator = || json!({"$ref": "#/$defs/locator"});
    let one_or_more = |one: Value| json!({"anyOf": [one.clone(), {"type": "array", "minItems": 1, "items": one}]});
    let map = |properties: Value| json!({"type": "object", "minProperties": 1, "additionalProperties": false, "properties": properties});
    let mut properties = serde_json::Map::new();
    for (name, documentation) in PAGE_EXPECTATIONS {
        let mut schema = match name {
            "url" => json!({"type": ["string", "object"]}),
            "visible" | "hidden" | "enabled" | "disabled" | "checked" | "focused" => one_or_more(locator()),
            "text" | "value" | "count" => {
                one_or_more(json!({"type": "object", "required": ["at"], "minProperties": 2, "properties": {"at": locator()}}))
            }
            "attribute" => one_or_more(
                json!({"type": "object", "required": ["at", "name"], "minProperties": 3, "properties": {"at": locator(), "name": {"type": "string"}}}),
            ),
            "meta" => json!({"type": "object", "minProperties": 1, "additionalProperties": matcher()}),
            "console" => {
                json!({"anyOf": [{"const": "clean"}, map(json!({"errors": matcher(), "warnings": matcher(), "ignore": one_or_more(matcher())}))]})
            }
            "requests" => map(json!({"failed": matcher(), "ignore": one_or_more(matcher()),
                "sent": one_or_more(json!({"type": "object", "required": ["url"], "additionalProperties": false, "properties": {"url": {"type": "string"}, "method": {"type": "string"}, "count": matcher()}}))})),
            "accessibility" => map(json!({"level": {"enum": ["a", "aa", "aaa"]}, "ignore": one_or_more(json!({"type": "string"}))})),
            "vitals" => map(json!({"lcp": matcher(), "cls": matcher(), "ttfb": matcher()})),
            "overflow" => json!({"const": "hidden"}),
            "download" => map(json!({"name": matcher(), "bytes": matcher()})),
            "values" => json!({"type": "array", "minItems": 1, "items": {"type": "object", "required": ["of"], "minProperties": 2}}),
            _ => matcher(),
        };
        schema["description"] = documentation.into();
        properties.insert(name.to_owned(), schema);
    }
    json!({"type": "object", "minProperties": 1, "additionalProperties": false, "properties": properties})
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assertion::matcher::testing::{node, sentence};

    fn complaints(written: &str, expected: &[&str]) {
        let mut diagnostics = Vec::new();
        let parsed = PageExpectations::parse(&node(written), &mut diagnostics);
        assert_eq!(diagnostics.iter().map(sentence).collect::<Vec<_>>(), expected, "{written}");
        assert_eq!(parsed.is_some(), expected.is_empty(), "{written}");
    }

    #[test]
    fn all_forms_of_the_page_are_read() {
        complaints("{url: /x, title: {contains: hub}, visible: {heading: Plugins}, hidden: [{role: dialog}, Loading]}", &[]);
        complaints("{text: [{at: {css: h1}, equals: Plugins}], count: [{at: {role: listitem}, at_least: 3}]}", &[]);
        complaints("{value: {at: {label: Name}, equals: Ada}, attribute: [{at: {link: Docs}, name: href, starts_with: /docs}]}", &[]);
        complaints("{meta: {robots: noindex, 'og:url': {starts_with: https}, canonical: {exists: true}}}", &[]);
        complaints("{console: clean, requests: {failed: {count: 0}, ignore: [{contains: favicon}], sent: [{url: '**/x', count: 1}]}}", &[]);
        complaints("{console: {errors: {empty: true}, ignore: [{contains: x}]}}", &[]);
        complaints("{accessibility: {level: aa, ignore: [region]}, vitals: {lcp: {at_most: 2s}}, overflow: hidden}", &[]);
        complaints(
            "{download: {name: a.csv, bytes: {at_least: 1}}, clipboard: x, result: {$.a: 1}}",
            &["unknown matcher `$.a` (rows of a list are judged with `each: {$.a: …}`)"],
        );
        complaints("{enabled: {button: a}, disabled: {button: b}, checked: {checkbox: c}, focused: {textbox: d}, result: 3}", &[]);
    }

    #[test]
    fn what_is_wrong_is_told_at_its_place() {
        complaints("{visble: {heading: x}}", &["unknown expectation `visble` of a page (did you mean `visible`?)"]);
        complaints("{}", &["an empty map expects nothing (such as `expect: {visible: {heading: Plugins}}`)"]);
        complaints("{visible: []}", &["an empty list expects nothing"]);
        complaints(
            "{text: [{css: h1, equals: x}]}",
            &["`at` is missing: the element to look at (such as `text: [{at: {css: h1}, …matcher}]`)"],
        );
        complaints("{text: [{at: {css: h1}}]}", &["there is no matcher (such as `equals: …` or `exists: true`)"]);
        complaints("{overflow: visible}", &["`overflow` can only be expected to be `hidden`"]);
        complaints(
            "{requests: {ignore: [x]}}",
            &["`ignore` alone expects nothing (such as `requests: {failed: {count: 0}, sent: [{url: '**/api/**', count: 1}]}`)"],
        );
        complaints("{accessibility: {level: b}}", &["`b` is no level: there are `a`, `aa` and `aaa`"]);
        complaints(
            "{status: 200}",
            &[&format!(
                "unknown expectation `status` of a page (a page is judged by {})",
                PAGE_EXPECTATIONS.map(|(name, _)| name).join(", ")
            )],
        );
    }

    #[test]
    fn every_expectation_is_described() {
        let schema = schema();
        for (name, documentation) in PAGE_EXPECTATIONS {
            assert_eq!(schema["properties"][name]["description"], documentation);
        }
    }
}
