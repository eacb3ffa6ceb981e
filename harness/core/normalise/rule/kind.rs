//! `kind`: the value may change, its kind may not.

use std::sync::Arc;

use super::{Kind, Rule, Stage, paths};
use crate::{
    diagnostic::{Diagnostic, did_you_mean},
    format::Format,
    json::{Json, Selector},
    yaml::{Collector, Node},
};

/// The kind `kind`.
pub(super) struct KindKind;

#[derive(Debug)]
struct KindOf {
    path: Selector,
    wanted: Wanted,
    /// What stands in place of a value of that kind. Site content cannot forge it: a literal `{{` in it is escaped before.
    marker: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Format(Format),
    Type(&'static str),
}

/// The types of the language.
const TYPES: [&str; 7] = ["string", "number", "integer", "boolean", "null", "list", "map"];

impl Wanted {
    fn parse(name: &str) -> Option<Self> {
        Format::parse(name).map(Self::Format).or_else(|| TYPES.into_iter().find(|known| *known == name).map(Self::Type))
    }

    fn name(self) -> &'static str {
        match self {
            Self::Format(format) => format.name(),
            Self::Type(name) => name,
        }
    }

    fn holds(self, value: &Json) -> bool {
        match (self, value) {
            (Self::Format(format), Json::String(text)) => format.matches(text) || (format == Format::Uri && is_named_url(text)),
            (Self::Format(_), Json::Null | Json::Bool(_) | Json::Number(_) | Json::List(_) | Json::Map(_)) => false,
            (Self::Type("integer"), Json::Number(number)) => number.is_integer(),
            (Self::Type(name), _) => value.kind() == name,
        }
    }
}

/// The name within a lone `{{ name }}`.
fn name_of_marker(text: &str) -> Option<&str> {
    text.strip_prefix("{{ ")?.strip_suffix(" }}")
}

/// Whether it is one of the environment's own URLs, whose beginning was called by name before: `{{ api }}/plugins`.
fn is_named_url(text: &str) -> bool {
    let Some((name, rest)) = text.strip_prefix("{{ ").and_then(|rest| rest.split_once(" }}")) else { return false };
    let continues = rest.is_empty() || rest.starts_with(['/', '?', '#']);
    !name.contains(['{', '}']) && continues && Format::Uri.matches(&format!("https://example.org{rest}"))
}

impl Kind for KindKind {
    fn name(&self) -> &'static str {
        "kind"
    }

    fn documentation(&self) -> &'static str {
        "The value may change, its kind may not: a format (`uuid`, `date-time`, …) or a type (`string`, `integer`, …). A value that is gone, null or of another kind is still a difference."
    }

    fn example(&self) -> &'static str {
        "{'$.id': uuid, '$.updated': date-time}"
    }

    fn schema(&self) -> serde_json::Value {
        let names: Vec<&str> = Format::ALL.into_iter().map(Format::name).chain(TYPES).collect();
        paths::map_schema(&serde_json::json!({"enum": names}))
    }

    fn read(&self, node: &Node, collector: &Collector) -> Vec<Arc<dyn Rule>> {
        let mut rules: Vec<Arc<dyn Rule>> = Vec::new();
        for (path, entry) in paths::map(node, "a map of paths and kinds", collector) {
            // `null` is a type here, though YAML reads it as no value.
            let is_null = matches!(entry.value.value, crate::yaml::Yaml::Null);
            let Some(name) = (if is_null { Some("null") } else { collector.name(&entry.value, "a kind such as `uuid` or `integer`") })
            else {
                continue;
            };
            match Wanted::parse(name) {
                Some(wanted) => rules.push(Arc::new(KindOf { path, wanted, marker: format!("{{{{ {} }}}}", wanted.name()) })),
                None => {
                    let names: Vec<&str> = Format::ALL.into_iter().map(Format::name).chain(TYPES).collect();
                    let help = match did_you_mean(name, names.iter().copied()) {
                        Some(meant) => format!("did you mean `{meant}`?"),
                        None => format!("kinds are {}", names.join(", ")),
                    };
                    collector.report(Diagnostic::error(&entry.value.span, format!("unknown kind `{name}`")).help(help));
                }
            }
        }
        rules
    }
}

impl Rule for KindOf {
    fn name(&self) -> &'static str {
        "kind"
    }

    fn about(&self) -> &str {
        self.path.as_str()
    }

    fn stage(&self) -> Stage {
        Stage::Kind
    }

    fn place(&self) -> Option<&Selector> {
        Some(&self.path)
    }

    fn change(&self, value: &Json) -> Option<Json> {
        // What another rule of this kind marked stays: of two the first holds, however often they are applied.
        let is_marked = value.as_str().and_then(name_of_marker).and_then(Wanted::parse).is_some();
        (!is_marked && self.wanted.holds(value)).then(|| Json::text(&*self.marker))
    }
}
