//! Locators as they are written in a suite: by what a person sees, first.

use regex::Regex;

use super::Unresolved;
use crate::{
    action::{Locator, Part, States, TextMatch},
    diagnostic::{Diagnostic, Span, did_you_mean},
    template::{Scope, Template},
    yaml::{Entry, Node, Yaml},
};

/// A locator in which templates may stand.
#[derive(Debug, Clone, PartialEq)]
pub struct LocatorSpec {
    span: Span,
    parts: Vec<PartSpec>,
    states: States,
    within: Option<Box<LocatorSpec>>,
    has: Option<Box<LocatorSpec>>,
    has_not: Option<Box<LocatorSpec>>,
    has_text: Option<TextSpec>,
    nth: Option<i32>,
}

#[derive(Debug, Clone, PartialEq)]
enum PartSpec {
    Role { role: String, name: Option<TextSpec> },
    Seen(Seen, TextSpec),
    Css(Template),
    XPath(Template),
}

/// What is seen of an element besides its role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    Label,
    Text,
    Placeholder,
    Alt,
    Title,
    TestId,
}

#[derive(Debug, Clone, PartialEq)]
enum TextSpec {
    Equals(Template),
    Contains(Template),
    StartsWith(Template),
    EndsWith(Template),
    Matches(Template),
    Empty(bool),
    Not(Box<TextSpec>),
    All(Vec<TextSpec>),
    AnyOf(Vec<TextSpec>),
}

const SUCH_AS: &str = "such as `{button: Sign in}`, `{testid: search}` or `{css: main h1}`";

/// What is seen besides a role, by its key.
const SEEN: [(&str, Seen); 6] = [
    ("label", Seen::Label),
    ("text", Seen::Text),
    ("placeholder", Seen::Placeholder),
    ("alt", Seen::Alt),
    ("title", Seen::Title),
    ("testid", Seen::TestId),
];

/// What narrows a role.
const STATES: [&str; 6] = ["level", "checked", "selected", "expanded", "pressed", "disabled"];

/// What refines.
const REFINEMENTS: [&str; 5] = ["within", "has", "has_not", "has_text", "nth"];

/// What a name or text is judged by.
const TEXT_MATCHERS: [&str; 10] = ["equals", "contains", "starts_with", "ends_with", "matches", "empty", "not", "all", "any_of", "one_of"];

/// The roles of WAI-ARIA 1.2 that an element can be found by; abstract ones and those without meaning are left out.
pub const ROLES: [&str; 73] = [
    "alert",
    "alertdialog",
    "application",
    "article",
    "banner",
    "blockquote",
    "button",
    "caption",
    "cell",
    "checkbox",
    "code",
    "columnheader",
    "combobox",
    "complementary",
    "contentinfo",
    "definition",
    "deletion",
    "dialog",
    "directory",
    "document",
    "emphasis",
    "feed",
    "figure",
    "form",
    "grid",
    "gridcell",
    "group",
    "heading",
    "img",
    "insertion",
    "link",
    "list",
    "listbox",
    "listitem",
    "log",
    "main",
    "marquee",
    "math",
    "menu",
    "menubar",
    "menuitem",
    "menuitemcheckbox",
    "menuitemradio",
    "meter",
    "navigation",
    "note",
    "option",
    "paragraph",
    "progressbar",
    "radio",
    "radiogroup",
    "region",
    "row",
    "rowgroup",
    "rowheader",
    "scrollbar",
    "search",
    "searchbox",
    "separator",
    "slider",
    "spinbutton",
    "status",
    "strong",
    "switch",
    "tab",
    "table",
    "tablist",
    "tabpanel",
    "term",
    "textbox",
    "time",
    "timer",
    "toolbar",
];

/// Roles that came too late for the list's order or are found as often: tooltip and trees.
const MORE_ROLES: [&str; 4] = ["tooltip", "tree", "treegrid", "treeitem"];

fn is_role(name: &str) -> bool {
    ROLES.contains(&name) || MORE_ROLES.contains(&name)
}

impl LocatorSpec {
    /// Reads a locator: a map, or a bare string for `text`. Every mistake goes into the diagnostics.
    pub fn parse(node: &Node, diagnostics: &mut Vec<Diagnostic>) -> Option<Self> {
        match &node.value {
            Yaml::Text { .. } | Yaml::Number(_) => {
                let text = TextSpec::parse(node, diagnostics)?;
                Some(Self { parts: vec![PartSpec::Seen(Seen::Text, text)], ..Self::empty(&node.span) })
            }
            Yaml::Map(entries) => Self::parse_entries(entries, &node.span, diagnostics),
            Yaml::Blank | Yaml::Null | Yaml::Bool(_) | Yaml::List(_) => {
                diagnostics.push(Diagnostic::error(&node.span, "expected a locator").help(SUCH_AS));
                None
            }
        }
    }

    /// Reads the entries of a map from which the caller has taken its own keys.
    pub fn parse_entries(entries: &[Entry], span: &Span, diagnostics: &mut Vec<Diagnostic>) -> Option<Self> {
        let n_before = diagnostics.len();
        let mut spec = Self::empty(span);
        for entry in entries {
            spec.read(entry, diagnostics);
        }
        if diagnostics.len() > n_before {
            return None;
        }
        let has_role = spec.parts.iter().any(|part| matches!(part, PartSpec::Role { .. }));
        if spec.parts.is_empty() {
            diagnostics.push(Diagnostic::error(span, "a locator says what the element is found by").help(SUCH_AS));
        } else if !has_role && !spec.states.said().is_empty() {
            let help = "such as `{checkbox: Remember me, checked: true}`";
            diagnostics.push(Diagnostic::error(span, "a state narrows a role, and this locator names none").help(help));
        }
        (diagnostics.len() == n_before).then_some(spec)
    }

    fn empty(span: &Span) -> Self {
        Self {
            span: span.clone(),
            parts: Vec::new(),
            states: States::default(),
            within: None,
            has: None,
            has_not: None,
            has_text: None,
            nth: None,
        }
    }

    fn read(&mut self, entry: &Entry, diagnostics: &mut Vec<Diagnostic>) {
        let key = entry.key.as_str();
        let node = &entry.value;
        let inner = |diagnostics: &mut Vec<Diagnostic>| Self::parse(node, diagnostics).map(Box::new);
        match key {
            "css" => self.parts.extend(template(node, "a CSS selector", diagnostics).map(PartSpec::Css)),
            "xpath" => self.parts.extend(template(node, "an XPath", diagnostics).map(PartSpec::XPath)),
            "role" => self.read_role(node, diagnostics),
            "within" => self.within = inner(diagnostics),
            "has" => self.has = inner(diagnostics),
            "has_not" => self.has_not = inner(diagnostics),
            "has_text" => self.has_text = TextSpec::parse(node, diagnostics),
            "nth" => self.nth = nth(node, diagnostics),
            "level" => self.states.level = level(node, diagnostics),
            "checked" => self.states.checked = truth(node, diagnostics),
            "selected" => self.states.selected = truth(node, diagnostics),
            "expanded" => self.states.expanded = truth(node, diagnostics),
            "pressed" => self.states.pressed = truth(node, diagnostics),
            "disabled" => self.states.disabled = truth(node, diagnostics),
            role if is_role(role) => {
                let name = TextSpec::parse(node, diagnostics);
                self.parts.extend(name.map(|name| PartSpec::Role { role: role.to_owned(), name: Some(name) }));
            }
            other => match SEEN.iter().find(|(name, _)| *name == other) {
                Some((_, seen)) => self.parts.extend(TextSpec::parse(node, diagnostics).map(|text| PartSpec::Seen(*seen, text))),
                None => diagnostics.push(unknown(other, &entry.key_span)),
            },
        }
    }

    fn read_role(&mut self, node: &Node, diagnostics: &mut Vec<Diagnostic>) {
        match &node.value {
            Yaml::Text { text, .. } if is_role(text) => self.parts.push(PartSpec::Role { role: text.clone(), name: None }),
            Yaml::Text { text, .. } => {
                let diagnostic = Diagnostic::error(&node.span, format!("`{text}` is not a role (WAI-ARIA 1.2)"));
                diagnostics.push(match did_you_mean(text, ROLES.into_iter().chain(MORE_ROLES)) {
                    Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                    None => diagnostic,
                });
            }
            Yaml::Blank | Yaml::Null | Yaml::Bool(_) | Yaml::Number(_) | Yaml::List(_) | Yaml::Map(_) => {
                diagnostics.push(Diagnostic::error(&node.span, "expected a role").help("such as `role: dialog`"));
            }
        }
    }

    /// Where it is written.
    #[must_use]
    pub fn span(&self) -> &Span {
        &self.span
    }

    /// The locator, given the variables.
    ///
    /// # Errors
    /// When a template cannot be rendered, or yields no regular expression where one is needed.
    pub fn resolve(&self, scope: &Scope) -> Result<Locator, Unresolved> {
        let inner = |spec: &Option<Box<Self>>| spec.as_ref().map(|spec| spec.resolve(scope).map(Box::new)).transpose();
        let text = |template: &Template| render(template, scope);
        let parts = self.parts.iter().map(|part| {
            Ok(match part {
                PartSpec::Role { role, name } => {
                    Part::Role { role: role.clone(), name: name.as_ref().map(|name| name.resolve(scope)).transpose()? }
                }
                PartSpec::Seen(seen, of) => {
                    let of = of.resolve(scope)?;
                    match seen {
                        Seen::Label => Part::Label(of),
                        Seen::Text => Part::Text(of),
                        Seen::Placeholder => Part::Placeholder(of),
                        Seen::Alt => Part::Alt(of),
                        Seen::Title => Part::Title(of),
                        Seen::TestId => Part::TestId(of),
                    }
                }
                PartSpec::Css(selector) => Part::Css(text(selector)?),
                PartSpec::XPath(path) => Part::XPath(text(path)?),
            })
        });
        Ok(Locator {
            parts: parts.collect::<Result<_, Unresolved>>()?,
            states: self.states,
            within: inner(&self.within)?,
            has: inner(&self.has)?,
            has_not: inner(&self.has_not)?,
            has_text: self.has_text.as_ref().map(|text| text.resolve(scope)).transpose()?,
            nth: self.nth,
        })
    }

    /// As it is written, with what is known of it; for titles and subjects.
    #[must_use]
    pub fn phrase(&self, scope: &Scope) -> String {
        self.resolve(scope).map_or_else(|_| super::shown::cut(self.span.text().to_owned()), |locator| locator.to_string())
    }

    /// Every template in it.
    #[must_use]
    pub fn templates(&self) -> Vec<&Template> {
        let mut found = Vec::new();
        for part in &self.parts {
            match part {
                PartSpec::Role { name, .. } => name.iter().for_each(|name| name.templates(&mut found)),
                PartSpec::Seen(_, text) => text.templates(&mut found),
                PartSpec::Css(template) | PartSpec::XPath(template) => found.push(template),
            }
        }
        for inner in [&self.within, &self.has, &self.has_not].into_iter().flatten() {
            found.extend(inner.templates());
        }
        self.has_text.iter().for_each(|text| text.templates(&mut found));
        found
    }
}

impl TextSpec {
    fn parse(node: &Node, diagnostics: &mut Vec<Diagnostic>) -> Option<Self> {
        match &node.value {
            Yaml::Text { .. } | Yaml::Number(_) => template(node, "text", diagnostics).map(Self::Equals),
            Yaml::Map(entries) => {
                let n_before = diagnostics.len();
                let mut all: Vec<Self> = entries.iter().filter_map(|entry| Self::of_matcher(entry, diagnostics)).collect();
                if entries.is_empty() {
                    let help = "such as `{contains: Sign}`";
                    diagnostics.push(Diagnostic::error(&node.span, "an empty map matches nothing").help(help));
                }
                if diagnostics.len() > n_before {
                    return None;
                }
                Some(if all.len() == 1 { all.remove(0) } else { Self::All(all) })
            }
            Yaml::Blank | Yaml::Null | Yaml::Bool(_) | Yaml::List(_) => {
                let help = "text as it is seen, or a matcher such as `{contains: Sign}`; quote `true`, `false` and `null` to mean text";
                diagnostics.push(Diagnostic::error(&node.span, "expected text").help(help));
                None
            }
        }
    }

    fn of_matcher(entry: &Entry, diagnostics: &mut Vec<Diagnostic>) -> Option<Self> {
        let node = &entry.value;
        let text = |diagnostics: &mut Vec<Diagnostic>| template(node, "text", diagnostics);
        match entry.key.as_str() {
            "equals" => text(diagnostics).map(Self::Equals),
            "contains" => text(diagnostics).map(Self::Contains),
            "starts_with" => text(diagnostics).map(Self::StartsWith),
            "ends_with" => text(diagnostics).map(Self::EndsWith),
            "matches" => {
                let pattern = text(diagnostics)?;
                if let Some(literal) = pattern.literal()
                    && let Err(message) = compile(literal)
                {
                    diagnostics.push(Diagnostic::error(&node.span, message));
                    return None;
                }
                Some(Self::Matches(pattern))
            }
            "empty" => truth(node, diagnostics).map(Self::Empty),
            "not" => Self::parse(node, diagnostics).map(|other| Self::Not(Box::new(other))),
            "all" => Self::list(node, diagnostics).map(Self::All),
            "any_of" | "one_of" => Self::list(node, diagnostics).map(Self::AnyOf),
            other => {
                let diagnostic = Diagnostic::error(&entry.key_span, format!("unknown matcher `{other}` of a name or text"));
                diagnostics.push(match did_you_mean(other, TEXT_MATCHERS) {
                    Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                    None => diagnostic.help(format!("names and texts know {}", TEXT_MATCHERS.join(", "))),
                });
                None
            }
        }
    }

    fn list(node: &Node, diagnostics: &mut Vec<Diagnostic>) -> Option<Vec<Self>> {
        match &node.value {
            Yaml::List(nodes) if !nodes.is_empty() => {
                let all: Vec<Option<Self>> = nodes.iter().map(|node| Self::parse(node, diagnostics)).collect();
                all.into_iter().collect()
            }
            Yaml::Blank | Yaml::Null | Yaml::Bool(_) | Yaml::Number(_) | Yaml::Text { .. } | Yaml::List(_) | Yaml::Map(_) => {
                diagnostics.push(Diagnostic::error(&node.span, "expected a list of texts that has some"));
                None
            }
        }
    }

    fn resolve(&self, scope: &Scope) -> Result<TextMatch, Unresolved> {
        let all = |all: &[Self]| all.iter().map(|one| one.resolve(scope)).collect::<Result<Vec<_>, _>>();
        Ok(match self {
            // White space is folded on both sides.
            Self::Equals(text) => TextMatch::Equals(folded(&render(text, scope)?)),
            Self::Contains(text) => TextMatch::Contains(folded(&render(text, scope)?)),
            Self::StartsWith(text) => TextMatch::StartsWith(folded(&render(text, scope)?)),
            Self::EndsWith(text) => TextMatch::EndsWith(folded(&render(text, scope)?)),
            Self::Matches(pattern) => {
                let pattern = render(pattern, scope)?;
                compile(&pattern).map_err(|message| Unresolved { message })?;
                TextMatch::Matches(pattern)
            }
            Self::Empty(empty) => TextMatch::Empty(*empty),
            Self::Not(other) => TextMatch::Not(Box::new(other.resolve(scope)?)),
            Self::All(of) => TextMatch::All(all(of)?),
            Self::AnyOf(of) => TextMatch::AnyOf(all(of)?),
        })
    }

    fn templates<'s>(&'s self, found: &mut Vec<&'s Template>) {
        match self {
            Self::Equals(text) | Self::Contains(text) | Self::StartsWith(text) | Self::EndsWith(text) | Self::Matches(text) => {
                found.push(text);
            }
            Self::Empty(_) => {}
            Self::Not(other) => other.templates(found),
            Self::All(all) | Self::AnyOf(all) => all.iter().for_each(|one| one.templates(found)),
        }
    }
}

/// White space at the ends is dropped, any other run of it is one blank.
fn folded(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Checks a pattern; the engine of the browser reads the same syntax where both are used to it.
fn compile(pattern: &str) -> Result<(), String> {
    Regex::new(pattern).map(|_| ()).map_err(|error| {
        let last = error.to_string();
        format!("`{pattern}` is not a regular expression: {}", last.lines().last().unwrap_or_default().trim_start_matches("error: "))
    })
}

fn render(template: &Template, scope: &Scope) -> Result<String, Unresolved> {
    template.render_text(scope).map(|rendered| rendered.text).map_err(|error| Unresolved { message: error.to_string() })
}

fn template(node: &Node, what: &str, diagnostics: &mut Vec<Diagnostic>) -> Option<Template> {
    let text = match &node.value {
        Yaml::Text { text, .. } => text.as_str(),
        Yaml::Number(number) => number.as_str(),
        Yaml::Blank | Yaml::Null | Yaml::Bool(_) | Yaml::List(_) | Yaml::Map(_) => {
            diagnostics.push(Diagnostic::error(&node.span, format!("expected {what}")));
            return None;
        }
    };
    if text.trim().is_empty() {
        diagnostics.push(Diagnostic::error(&node.span, format!("expected {what}, found nothing")).help("`{empty: true}` means none"));
        return None;
    }
    Template::parse(text, &node.span).map_err(|diagnostic| diagnostics.push(diagnostic)).ok()
}

fn nth(node: &Node, diagnostics: &mut Vec<Diagnostic>) -> Option<i32> {
    let number = match &node.value {
        Yaml::Number(number) => number.as_str().parse().ok().filter(|nth| *nth != 0),
        Yaml::Blank | Yaml::Null | Yaml::Bool(_) | Yaml::Text { .. } | Yaml::List(_) | Yaml::Map(_) => None,
    };
    if number.is_none() {
        let help = "`nth` counts from 1, and from the end with -1";
        diagnostics.push(Diagnostic::error(&node.span, "expected a whole number that is not 0").help(help));
    }
    number
}

fn level(node: &Node, diagnostics: &mut Vec<Diagnostic>) -> Option<u32> {
    let number = match &node.value {
        Yaml::Number(number) => number.as_str().parse().ok().filter(|level| *level > 0),
        Yaml::Blank | Yaml::Null | Yaml::Bool(_) | Yaml::Text { .. } | Yaml::List(_) | Yaml::Map(_) => None,
    };
    if number.is_none() {
        diagnostics.push(Diagnostic::error(&node.span, "expected a level, counted from 1"));
    }
    number
}

fn truth(node: &Node, diagnostics: &mut Vec<Diagnostic>) -> Option<bool> {
    match node.value {
        Yaml::Bool(truth) => Some(truth),
        Yaml::Blank | Yaml::Null | Yaml::Number(_) | Yaml::Text { .. } | Yaml::List(_) | Yaml::Map(_) => {
            diagnostics.push(Diagnostic::error(&node.span, "expected `true` or `false`"));
            None
        }
    }
}

fn unknown(key: &str, span: &Span) -> Diagnostic {
    let diagnostic = Diagnostic::error(span, format!("unknown key `{key}` of a locator"));
    let known = SEEN.iter().map(|(name, _)| *name).chain(["role", "css", "xpath"]).chain(STATES).chain(REFINEMENTS);
    match did_you_mean(key, known.clone().chain(ROLES).chain(MORE_ROLES)) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic.help(format!("a locator knows any role and {}", known.collect::<Vec<_>>().join(", "))),
    }
}

/// JSON Schema (2020-12) of a locator; it refers to itself as `#/$defs/locator` and to texts as `#/$defs/locator_text`.
#[must_use]
pub fn schema() -> serde_json::Value {
    let mut properties = serde_json::Map::new();
    let text = serde_json::json!({"$ref": "#/$defs/locator_text"});
    let inner = serde_json::json!({"$ref": "#/$defs/locator"});
    for role in ROLES.into_iter().chain(MORE_ROLES) {
        properties.insert(role.to_owned(), text.clone());
    }
    for (name, _) in SEEN {
        properties.insert(name.to_owned(), text.clone());
    }
    for name in ["css", "xpath"] {
        properties.insert(name.to_owned(), serde_json::json!({"type": "string"}));
    }
    let roles: Vec<&str> = ROLES.into_iter().chain(MORE_ROLES).collect();
    properties.insert(String::from("role"), serde_json::json!({"enum": roles}));
    for name in STATES {
        let schema =
            if name == "level" { serde_json::json!({"type": "integer", "minimum": 1}) } else { serde_json::json!({"type": "boolean"}) };
        properties.insert(name.to_owned(), schema);
    }
    for name in REFINEMENTS {
        let schema = match name {
            "nth" => serde_json::json!({"type": "integer", "not": {"const": 0}}),
            "has_text" => text.clone(),
            _ => inner.clone(),
        };
        properties.insert(name.to_owned(), schema);
    }
    serde_json::json!({
        "description": "Which element, by what a person sees of it first.",
        "anyOf": [
            {"type": ["string", "number"]},
            {"type": "object", "minProperties": 1, "additionalProperties": false, "properties": properties},
        ],
    })
}

/// JSON Schema (2020-12) of what a name or text of an element must read like.
#[must_use]
pub fn text_schema() -> serde_json::Value {
    let inner = serde_json::json!({"$ref": "#/$defs/locator_text"});
    let mut properties = serde_json::Map::new();
    for name in TEXT_MATCHERS {
        let schema = match name {
            "empty" => serde_json::json!({"type": "boolean"}),
            "not" => inner.clone(),
            "all" | "any_of" | "one_of" => serde_json::json!({"type": "array", "minItems": 1, "items": inner.clone()}),
            _ => serde_json::json!({"type": ["string", "number"]}),
        };
        properties.insert(name.to_owned(), schema);
    }
    serde_json::json!({
        "anyOf": [
            {"type": ["string", "number"]},
            {"type": "object", "minProperties": 1, "additionalProperties": false, "properties": properties},
        ],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::testing::{node, scope, sentence};

    fn check(written: &str, expected: &str) {
        let mut diagnostics = Vec::new();
        let spec = LocatorSpec::parse(&node(written), &mut diagnostics);
        assert!(diagnostics.is_empty(), "{written}: {diagnostics:?}");
        let shown = spec.unwrap().resolve(scope()).map_or_else(|error| error.message, |locator| locator.to_string());
        assert_eq!(shown, expected, "{written}");
    }

    fn complaint(written: &str, expected: &str) {
        let mut diagnostics = Vec::new();
        let spec = LocatorSpec::parse(&node(written), &mut diagnostics);
        assert!(spec.is_none(), "{written}");
        assert_eq!(diagnostics.iter().map(sentence).collect::<Vec<_>>().join("; "), expected, "{written}");
    }

    #[test]
    fn every_form_of_the_page_is_read() {
        check("{button: Sign in}", "{button: Sign in}");
        check("Sign  in", "{text: Sign in}");
        check("{role: dialog}", "{role: dialog}");
        check("{textbox: {contains: Search}}", "{textbox: {contains: Search}}");
        check("{testid: a, has_text: {matches: '\\d+'}, nth: -1}", "{testid: a, has_text: {matches: \\d+}, nth: -1}");
        check("{heading: {starts_with: A, ends_with: z}, level: 2}", "{heading: {all: [{starts_with: A}, {ends_with: z}]}, level: 2}");
        check(
            "{link: x, within: {css: main}, has: {img: y}, has_not: {text: {any_of: [a, {not: b}]}}}",
            "{link: x, within: {css: main}, has: {img: y}, has_not: {text: {any_of: [a, {not: b}]}}}",
        );
        check("{checkbox: Remember me, checked: false, label: Remember me}", "{checkbox: Remember me, label: Remember me, checked: false}");
        check("{text: '{{ limit }}'}", "{text: 3}");
        check("{xpath: '//a', alt: a, title: t, placeholder: p}", "{xpath: //a, alt: a, title: t, placeholder: p}");
    }

    #[test]
    fn what_is_wrong_is_told_with_what_may_be_meant() {
        complaint("{buton: Sign in}", "unknown key `buton` of a locator (did you mean `button`?)");
        complaint("{role: dialogue}", "`dialogue` is not a role (WAI-ARIA 1.2) (did you mean `dialog`?)");
        complaint("{}", &format!("a locator says what the element is found by ({SUCH_AS})"));
        complaint("{nth: 1}", &format!("a locator says what the element is found by ({SUCH_AS})"));
        complaint("[a]", &format!("expected a locator ({SUCH_AS})"));
        complaint("{css: a, nth: 0}", "expected a whole number that is not 0 (`nth` counts from 1, and from the end with -1)");
        complaint("{button: {contain: x}}", "unknown matcher `contain` of a name or text (did you mean `contains`?)");
        complaint("{button: {matches: '('}}", "`(` is not a regular expression: unclosed group");
        complaint(
            "{css: a, checked: true}",
            "a state narrows a role, and this locator names none (such as `{checkbox: Remember me, checked: true}`)",
        );
        complaint("{text: ''}", "expected text, found nothing (`{empty: true}` means none)");
    }
}
