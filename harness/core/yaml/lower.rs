//! From nodes to values: every mistake is reported, none stops the reading.

use std::{cell::RefCell, time::Duration};

use super::{
    fields::Fields,
    node::{Node, Yaml, quoted},
};
use crate::{
    diagnostic::{Diagnostic, Span, did_you_mean, sort},
    json::{Json, Number},
    value::{format_duration, parse_duration, parse_percent, parse_size},
};

/// Gathers complaints while a tree is read, so that readers can share it and go on after a mistake.
///
/// Its readers take a node and give nothing where it is wrong, having said so; the caller goes on with the rest.
#[derive(Debug, Default)]
pub struct Collector {
    // Shared by every reader of a file; the core has one thread.
    diagnostics: RefCell<Vec<Diagnostic>>,
}

impl Collector {
    /// A collector without complaints.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a complaint.
    pub fn report(&self, diagnostic: Diagnostic) {
        self.diagnostics.borrow_mut().push(diagnostic);
    }

    /// Reports an error at a place.
    pub fn error(&self, span: &Span, message: impl Into<String>) {
        self.report(Diagnostic::error(span, message));
    }

    /// Reports an error at a place, with help.
    pub fn error_with_help(&self, span: &Span, message: impl Into<String>, help: impl Into<String>) {
        self.report(Diagnostic::error(span, message).help(help));
    }

    /// Takes several complaints.
    pub fn extend(&self, diagnostics: impl IntoIterator<Item = Diagnostic>) {
        self.diagnostics.borrow_mut().extend(diagnostics);
    }

    /// How many complaints there are, for telling whether a part was read without one.
    #[must_use]
    pub fn count(&self) -> usize {
        self.diagnostics.borrow().len()
    }

    /// All complaints by file and place, each once.
    #[must_use]
    pub fn into_diagnostics(self) -> Vec<Diagnostic> {
        let mut diagnostics = self.diagnostics.into_inner();
        sort(&mut diagnostics);
        diagnostics
    }

    /// Reports that a node is not what stands in `expected`: "a duration such as `10s`", "a list of tags".
    pub fn expected(&self, node: &Node, expected: &str) {
        self.report(unexpected(node, expected));
    }

    /// Reports that nothing is written, where that is so; for values of which any kind will do.
    pub fn written<'n>(&self, node: &'n Node) -> Option<&'n Node> {
        match &node.value {
            Yaml::Blank => {
                self.report(blank(node));
                None
            }
            Yaml::Null | Yaml::Bool(_) | Yaml::Number(_) | Yaml::Text { .. } | Yaml::List(_) | Yaml::Map(_) => Some(node),
        }
    }

    /// Text; a plain number is text as it is written.
    pub fn text<'n>(&self, node: &'n Node, expected: &str) -> Option<&'n str> {
        let text = node.as_text();
        if text.is_none() {
            let mut diagnostic = unexpected(node, expected);
            if diagnostic.help.is_none() && node.is_replaceable() {
                let quoted = quoted(node.span.text());
                diagnostic.help = Some(format!("quote it to mean text: {quoted}"));
                diagnostic.fix = Some(quoted);
            }
            self.report(diagnostic);
        }
        text
    }

    /// Text that is not empty.
    pub fn name<'n>(&self, node: &'n Node, expected: &str) -> Option<&'n str> {
        let text = self.text(node, expected)?;
        if text.trim().is_empty() {
            self.error(&node.span, format!("expected {expected}, found an empty text"));
            return None;
        }
        Some(text)
    }

    /// `true` or `false`.
    pub fn bool(&self, node: &Node, expected: &str) -> Option<bool> {
        if let Yaml::Bool(value) = node.value {
            return Some(value);
        }
        let mut diagnostic = unexpected(node, expected);
        let meant = node.as_text().and_then(|text| match text.to_lowercase().as_str() {
            "yes" | "on" | "true" | "y" => Some("true"),
            "no" | "off" | "false" | "n" => Some("false"),
            _ => None,
        });
        if let Some(meant) = meant {
            diagnostic.help = Some(format!("write `{meant}`"));
            diagnostic.fix = node.is_replaceable().then(|| meant.to_owned());
        }
        self.report(diagnostic);
        None
    }

    /// A number.
    pub fn number<'n>(&self, node: &'n Node, expected: &str) -> Option<&'n Number> {
        if let Yaml::Number(number) = &node.value {
            return Some(number);
        }
        let mut diagnostic = unexpected(node, expected);
        if let Yaml::Text { text, .. } = &node.value {
            let plain = text.replace('_', "");
            let plain = plain.strip_prefix('+').unwrap_or(&plain);
            let meant = if plain.starts_with('.') { format!("0{plain}") } else { plain.to_owned() };
            if Number::parse(&meant).is_some_and(|number| !number.overflows()) {
                diagnostic.help = Some(format!("write the number as {meant}"));
                diagnostic.fix = node.is_replaceable().then_some(meant);
            }
        }
        self.report(diagnostic);
        None
    }

    /// A whole number from 0.
    pub fn whole(&self, node: &Node, expected: &str) -> Option<u64> {
        let number = self.number(node, expected)?;
        let whole = number.to_i64().and_then(|number| u64::try_from(number).ok());
        if whole.is_none() {
            self.expected(node, expected);
        }
        whole
    }

    /// A duration: `10s`, `1m30s`, `0`.
    pub fn duration(&self, node: &Node, expected: &str) -> Option<Duration> {
        let text = node.as_text();
        if let Some(duration) = text.and_then(parse_duration) {
            return Some(duration);
        }
        let mut diagnostic = unexpected(node, expected);
        if let Some(text) = text {
            let bare = text.replace(' ', "");
            diagnostic.help = Some(if let Some(duration) = parse_duration(&bare).or_else(|| parse_duration(&bare.to_lowercase())) {
                format!("write `{}`", format_duration(duration))
            } else if Number::parse(text).is_some() {
                format!("a duration has a unit: `{text}s` or `{text}ms`")
            } else {
                String::from("durations are whole numbers with `ms s m h d`, such as `250ms`, `10s`, `1m30s`")
            });
        }
        self.report(diagnostic);
        None
    }

    /// A size in bytes: `2 MB`, `0`.
    pub fn size(&self, node: &Node, expected: &str) -> Option<u64> {
        let text = node.as_text();
        if let Some(size) = text.and_then(parse_size) {
            return Some(size);
        }
        let mut diagnostic = unexpected(node, expected);
        if text.is_some() {
            diagnostic.help = Some(String::from("sizes are whole numbers with `kB MB GB`, such as `2 MB`"));
        }
        self.report(diagnostic);
        None
    }

    /// A share: `5%` is 0.05.
    pub fn percent(&self, node: &Node, expected: &str) -> Option<f64> {
        let share = node.as_text().and_then(parse_percent);
        if share.is_none() {
            self.expected(node, expected);
        }
        share
    }

    /// The items of a list; it may be empty.
    pub fn list<'n>(&self, node: &'n Node, expected: &str) -> Option<&'n [Node]> {
        let items = node.items();
        if items.is_none() {
            let mut diagnostic = unexpected(node, expected);
            if diagnostic.help.is_none() && node.is_replaceable() {
                let list = format!("[{}]", node.span.text());
                diagnostic.help = Some(format!("a list of one is written {list}"));
                diagnostic.fix = node.as_text().is_some_and(|text| !text.contains([',', '[', ']', '{', '}'])).then_some(list);
            }
            self.report(diagnostic);
        }
        items
    }

    /// The items of a list that has some.
    pub fn filled_list<'n>(&self, node: &'n Node, expected: &str) -> Option<&'n [Node]> {
        let items = self.list(node, expected)?;
        if items.is_empty() {
            self.error(&node.span, format!("expected {expected}, found an empty list"));
            return None;
        }
        Some(items)
    }

    /// The texts of a list, with their nodes; items that are none are reported and left out. `item` names one of them: "a tag".
    pub fn list_of_text<'n>(&self, node: &'n Node, expected: &str, item: &str) -> Option<Vec<(&'n str, &'n Node)>> {
        let items = self.list(node, expected)?;
        Some(items.iter().filter_map(|node| Some((self.name(node, item)?, node))).collect())
    }

    /// One of several words: `choice(node, "protection", &[("read-only", Protection::ReadOnly)])`.
    pub fn choice<T: Clone>(&self, node: &Node, what: &str, choices: &[(&str, T)]) -> Option<T> {
        let names = || choices.iter().map(|(name, _)| *name);
        let word = node.as_text().map(str::to_owned).or(match node.value {
            Yaml::Bool(value) => Some(value.to_string()),
            Yaml::Blank | Yaml::Null | Yaml::Number(_) | Yaml::Text { .. } | Yaml::List(_) | Yaml::Map(_) => None,
        });
        let all = names().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let Some(word) = word else {
            self.expected(node, &format!("{what}: {all}"));
            return None;
        };
        if let Some((_, value)) = choices.iter().find(|(name, _)| *name == word) {
            return Some(value.clone());
        }
        let mut diagnostic = Diagnostic::error(&node.span, format!("unknown {what} `{}`", super::node::cut(&word)));
        match did_you_mean(&word, names()) {
            Some(meant) => {
                diagnostic.help = Some(format!("did you mean `{meant}`?"));
                diagnostic.fix = node.is_replaceable().then(|| meant.to_owned());
            }
            None => diagnostic.help = Some(format!("it is one of {all}")),
        }
        self.report(diagnostic);
        None
    }

    /// The keys of a map, to be taken one by one. `expected` as in [`Self::expected`]: "a map of step keys".
    pub fn fields<'n>(&'n self, node: &'n Node, expected: &str) -> Option<Fields<'n>> {
        let fields = node.entries().map(|entries| Fields::new(node, entries, self));
        if fields.is_none() {
            self.expected(node, expected);
        }
        fields
    }

    /// Any value as JSON, blanks reported. Nothing only for a blank; of blanks within, null stands in the tree.
    pub fn json(&self, node: &Node) -> Option<Json> {
        self.written(node)?;
        // A tree is at most `MAX_NESTING` deep.
        Some(match &node.value {
            Yaml::Blank | Yaml::Null => Json::Null,
            Yaml::Bool(value) => Json::Bool(*value),
            Yaml::Number(number) => Json::Number(number.clone()),
            Yaml::Text { text, .. } => Json::String(text.clone()),
            Yaml::List(items) => Json::List(items.iter().map(|item| self.json(item).unwrap_or(Json::Null)).collect()),
            Yaml::Map(entries) => {
                Json::Map(entries.iter().map(|entry| (entry.key.clone(), self.json(&entry.value).unwrap_or(Json::Null))).collect())
            }
        })
    }
}

fn unexpected(node: &Node, expected: &str) -> Diagnostic {
    match &node.value {
        Yaml::Blank => blank(node).help(format!("write {expected}")),
        Yaml::Null | Yaml::Bool(_) | Yaml::Number(_) | Yaml::Text { .. } | Yaml::List(_) | Yaml::Map(_) => {
            Diagnostic::error(&node.span, format!("expected {expected}, found {}", node.found()))
        }
    }
}

fn blank(node: &Node) -> Diagnostic {
    Diagnostic::error(&node.span, "nothing is written here").help("write a value; `null` or '' if that is meant")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        diagnostic::{Source, apply_fixes, render},
        yaml::read,
    };

    /// Reads `v: <text>` with `reader`; gives the value, or the complaints as shown, without their frames.
    fn check<T: std::fmt::Debug>(text: &str, reader: impl Fn(&Collector, &Node) -> Option<T>, expected: &str) {
        let source = Source::new("a.yaml", format!("v: {text}\n"));
        let (tree, diagnostics) = read(&source);
        assert_eq!(diagnostics, [], "{text}");
        let tree = tree.expect("the text was read");
        let collector = Collector::new();
        let value = reader(&collector, tree.get("v").expect("there is a value"));
        let diagnostics = collector.into_diagnostics();
        let shown: Vec<String> = diagnostics
            .iter()
            .map(|diagnostic| render(diagnostic).lines().filter(|line| !line.contains('|')).collect::<Vec<_>>().join(""))
            .collect();
        let actual = if shown.is_empty() { format!("{value:?}") } else { shown.join("; ") };
        let fixed = apply_fixes(&source, &diagnostics);
        let actual = if fixed == source.text { actual } else { format!("{actual} -> {}", fixed.trim_end()) };
        assert_eq!(actual, expected, "{text}");
    }

    #[test]
    fn text_is_text_or_a_number_as_it_is_written() {
        let text = |collector: &Collector, node: &Node| collector.text(node, "the name of the case").map(str::to_owned);
        check("abc", text, r#"Some("abc")"#);
        check("1.10", text, r#"Some("1.10")"#);
        check("''", text, r#"Some("")"#);
        check("true", text, "a.yaml:1:4: expected the name of the case, found `true`  = help: quote it to mean text: 'true' -> v: 'true'");
        check(
            "[symbol]",
            text,
            "a.yaml:1:4: expected the name of the case, found a list  = help: quote it to mean text: '[symbol]' -> v: '[symbol]'",
        );
        check("~", text, "a.yaml:1:4: expected the name of the case, found null  = help: quote it to mean text: '~' -> v: '~'");
        check("", text, "a.yaml:1:3: nothing is written here  = help: write the name of the case");
        check("\n  - a", text, "a.yaml:2:3: expected the name of the case, found a list");
        let name = |collector: &Collector, node: &Node| collector.name(node, "a tag").map(str::to_owned);
        check("x", name, r#"Some("x")"#);
        check("' '", name, "a.yaml:1:4: expected a tag, found an empty text");
    }

    #[test]
    fn booleans_are_true_and_false() {
        let bool = |collector: &Collector, node: &Node| collector.bool(node, "`true` or `false`");
        check("true", bool, "Some(true)");
        check("no", bool, "a.yaml:1:4: expected `true` or `false`, found the text `no`  = help: write `false` -> v: false");
        check("'Yes'", bool, "a.yaml:1:4: expected `true` or `false`, found the text `Yes`  = help: write `true` -> v: true");
        check("1", bool, "a.yaml:1:4: expected `true` or `false`, found the number 1");
    }

    #[test]
    fn counts_are_whole_numbers() {
        let whole = |collector: &Collector, node: &Node| collector.whole(node, "a number of attempts");
        check("3", whole, "Some(3)");
        check("1e3", whole, "Some(1000)");
        check("-1", whole, "a.yaml:1:4: expected a number of attempts, found the number -1");
        check("1.5", whole, "a.yaml:1:4: expected a number of attempts, found the number 1.5");
        check("99999999999999999999", whole, "a.yaml:1:4: expected a number of attempts, found the number 99999999999999999999");
        check(
            "1_000",
            whole,
            "a.yaml:1:4: expected a number of attempts, found the text `1_000`  = help: write the number as 1000 -> v: 1000",
        );
        check(".5", whole, "a.yaml:1:4: expected a number of attempts, found the text `.5`  = help: write the number as 0.5 -> v: 0.5");
        check("'3'", whole, "a.yaml:1:4: expected a number of attempts, found the text `3`  = help: write the number as 3 -> v: 3");
        check("many", whole, "a.yaml:1:4: expected a number of attempts, found the text `many`");
    }

    #[test]
    fn durations_sizes_and_shares_have_units() {
        let duration = |collector: &Collector, node: &Node| collector.duration(node, "a duration");
        check("1m30s", duration, "Some(90s)");
        check("0", duration, "Some(0ns)");
        check("5", duration, "a.yaml:1:4: expected a duration, found the number 5  = help: a duration has a unit: `5s` or `5ms`");
        check("10 S", duration, "a.yaml:1:4: expected a duration, found the text `10 S`  = help: write `10s`");
        check(
            "soon",
            duration,
            "a.yaml:1:4: expected a duration, found the text `soon`  = help: durations are whole numbers with `ms s m h d`, such as `250ms`, `10s`, `1m30s`",
        );
        check("[1s]", duration, "a.yaml:1:4: expected a duration, found a list");
        let size = |collector: &Collector, node: &Node| collector.size(node, "a size");
        check("2 MB", size, "Some(2000000)");
        check(
            "5",
            size,
            "a.yaml:1:4: expected a size, found the number 5  = help: sizes are whole numbers with `kB MB GB`, such as `2 MB`",
        );
        let percent = |collector: &Collector, node: &Node| collector.percent(node, "a share such as `5%`");
        check("50%", percent, "Some(0.5)");
        check("0.5", percent, "a.yaml:1:4: expected a share such as `5%`, found the number 0.5");
    }

    #[test]
    fn every_wrong_item_of_a_list_is_reported() {
        let texts = |collector: &Collector, node: &Node| {
            collector
                .list_of_text(node, "a list of tags", "a tag")
                .map(|texts| texts.into_iter().map(|(text, _)| text.to_owned()).collect::<Vec<_>>())
        };
        check("[a, 1]", texts, r#"Some(["a", "1"])"#);
        check("[]", texts, "Some([])");
        check("a", texts, "a.yaml:1:4: expected a list of tags, found the text `a`  = help: a list of one is written [a] -> v: [a]");
        check(
            "[a, {b: 1}, true, '']",
            texts,
            "a.yaml:1:8: expected a tag, found a map  = help: quote it to mean text: '{b: 1}'; a.yaml:1:16: expected a tag, found `true`  = help: quote it to mean text: 'true'; a.yaml:1:22: expected a tag, found an empty text -> v: [a, '{b: 1}', 'true', '']",
        );
        let filled = |collector: &Collector, node: &Node| collector.filled_list(node, "a list of cases").map(<[Node]>::len);
        check("[1]", filled, "Some(1)");
        check("[]", filled, "a.yaml:1:4: expected a list of cases, found an empty list");
    }

    #[test]
    fn a_choice_knows_its_words() {
        let choice = |collector: &Collector, node: &Node| collector.choice(node, "protection", &[("read-only", 1), ("off", 2)]);
        check("read-only", choice, "Some(1)");
        check("read_onyl", choice, "a.yaml:1:4: unknown protection `read_onyl`  = help: did you mean `read-only`? -> v: read-only");
        check("banana", choice, "a.yaml:1:4: unknown protection `banana`  = help: it is one of `read-only`, `off`");
        check("[]", choice, "a.yaml:1:4: expected protection: `read-only`, `off`, found a list");
        check("true", choice, "a.yaml:1:4: unknown protection `true`  = help: it is one of `read-only`, `off`");
    }

    #[test]
    fn any_value_is_json_but_a_blank() {
        let json = |collector: &Collector, node: &Node| collector.json(node);
        check("{a: [1.10, null, x], b: true}", json, r#"Some(Map([("a", List([Number(1.10), Null, String("x")])), ("b", Bool(true))]))"#);
        check("{a: , b: [x]}\nw:", json, "a.yaml:1:7: nothing is written here  = help: write a value; `null` or '' if that is meant");
    }
}
