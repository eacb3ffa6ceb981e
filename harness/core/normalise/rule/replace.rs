//! `replace`: what an expression matches reads the same everywhere.

use std::sync::Arc;

use regex::{NoExpand, Regex, RegexBuilder};

use super::{Kind, Rule, Stage};
use crate::{
    diagnostic::Diagnostic,
    yaml::{Collector, Node},
};

/// The kind `replace`.
pub(super) struct ReplaceKind;

/// How often a replacement is repeated on its own result, so that doing it again changes nothing.
const MOST_ROUNDS: usize = 32;

/// The most memory a compiled expression may take, in bytes.
const LARGEST_EXPRESSION: usize = 2 << 20;

#[derive(Debug)]
struct Replace {
    matches: Regex,
    with: String,
}

impl Kind for ReplaceKind {
    fn name(&self) -> &'static str {
        "replace"
    }

    fn documentation(&self) -> &'static str {
        "In every text, what the regular expression matches is replaced by a fixed text."
    }

    fn example(&self) -> &'static str {
        "[{matches: 'build-\\w+', with: build-…}]"
    }

    fn schema(&self) -> serde_json::Value {
        serde_json::json!({"type": "array", "minItems": 1, "items": {
            "type": "object",
            "properties": {"matches": {"type": "string", "format": "regex"}, "with": {"type": "string"}},
            "required": ["matches", "with"],
            "additionalProperties": false,
        }})
    }

    fn read(&self, node: &Node, collector: &Collector) -> Vec<Arc<dyn Rule>> {
        let nodes = collector.filled_list(node, "a list of maps such as `{matches: 'build-\\w+', with: build-…}`").unwrap_or_default();
        nodes.iter().filter_map(|node| one(node, collector)).map(|rule| Arc::new(rule) as Arc<dyn Rule>).collect()
    }
}

fn one(node: &Node, collector: &Collector) -> Option<Replace> {
    let fields = collector.fields(node, "a map such as `{matches: 'build-\\w+', with: build-…}`")?;
    let matches = fields.require("matches", "the regular expression");
    let with = fields.require("with", "what stands in place of what it matches");
    fields.finish("key of a replacement");
    let (matches, with) = (matches?, with?);
    let (text, with_text) = (collector.name(matches, "a regular expression"), collector.text(with, "a text"));
    let expression = match RegexBuilder::new(text?).size_limit(LARGEST_EXPRESSION).build() {
        Ok(expression) => expression,
        Err(error) => {
            // The crate draws the place of the mistake over several lines; its last line says what it is.
            let reason = error.to_string();
            let reason = reason.lines().last().unwrap_or_default().trim().trim_start_matches("error: ").to_owned();
            collector.error(&matches.span, format!("not a regular expression: {reason}"));
            return None;
        }
    };
    let rule = Replace { matches: expression, with: with_text?.to_owned() };
    if rule.matches.is_match("") {
        collector.error(&matches.span, "the expression matches nothing at all, everywhere: it must need a character");
        return None;
    }
    if rule.replaced(&rule.with).is_none() {
        let message = format!("the replacement `{}` is matched again, and grows each time", rule.with);
        collector.report(Diagnostic::error(&with.span, message).help("choose a text that the expression does not match"));
        return None;
    }
    Some(rule)
}

impl Replace {
    /// The text once nothing changes any more; nothing if that does not come about.
    fn replaced(&self, text: &str) -> Option<String> {
        let mut text = self.matches.replace_all(text, NoExpand(&self.with)).into_owned();
        for _ in 0..MOST_ROUNDS {
            let next = self.matches.replace_all(&text, NoExpand(&self.with));
            if next == text {
                return Some(text);
            }
            // What grows once more never comes to rest.
            if next.len() > text.len() {
                return None;
            }
            text = next.into_owned();
        }
        None
    }
}

impl Rule for Replace {
    fn name(&self) -> &'static str {
        "replace"
    }

    fn about(&self) -> &str {
        self.matches.as_str()
    }

    fn stage(&self) -> Stage {
        Stage::Replace
    }

    fn change_text(&self, text: &str) -> Option<String> {
        if !self.matches.is_match(text) {
            return None;
        }
        // A text that never comes to rest is replaced once; it then differs, which is the safe side.
        let replaced = self.replaced(text).unwrap_or_else(|| self.matches.replace_all(text, NoExpand(&self.with)).into_owned());
        (replaced != text).then_some(replaced)
    }
}
