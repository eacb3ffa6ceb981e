//! What a matcher is, and the list of them all. A new one: its file, its line here.

use std::{fmt, sync::Arc};

use super::{
    Parsing, Subject, age, all, any_of, at_least, at_most, between, close_to, contains, count, each, empty, ends_with, equals, exists,
    format_of, greater_than, keys, less_than, matches, not, of_type, one_of, same_as, same_items, share, some, sorted, starts_with, unique,
};
use crate::{
    assertion::{Context, Outcome},
    extract::Unresolved,
    normalise,
    template::{Dynamic, Scope},
    yaml::Node,
};

/// A kind of matcher: what the language knows of it.
pub trait Kind: Sync {
    /// Its name in the suite language.
    fn name(&self) -> &'static str;

    /// One sentence or two for people who test.
    fn documentation(&self) -> &'static str;

    /// A matcher as one would write it, as YAML.
    fn example(&self) -> &'static str;

    /// JSON Schema of what stands behind the name. Nested matchers are `{"$ref": "#/$defs/matcher"}`.
    fn schema(&self) -> serde_json::Value;

    /// Keys that may stand beside the name and belong to it.
    fn companions(&self) -> Vec<&'static str> {
        Vec::new()
    }

    /// Reads what stands behind the name; every mistake goes into the diagnostics.
    fn parse(&self, node: &Node, parsing: &mut Parsing<'_>) -> Option<Arc<dyn Check>>;
}

/// A matcher as written in a suite.
pub trait Check: fmt::Debug + Send + Sync {
    /// Judges a value.
    ///
    /// # Errors
    /// When a template in the matcher cannot be rendered.
    fn judge(&self, subject: &Subject<'_>, context: &Context<'_>) -> Result<Outcome, Unresolved>;

    /// What is expected, as a phrase that completes "expected …".
    fn phrase(&self, context: &Context<'_>) -> String;

    /// Adds the templates in it.
    fn dynamics<'a>(&'a self, found: &mut Vec<&'a Dynamic>);

    /// Whether it judges so many values as one list, so that a subject of several matches is a list and no mistake.
    fn takes_list(&self, _n_values: usize, _scope: &Scope) -> bool {
        false
    }
}

/// All matchers, in the order of the language page.
pub const MATCHERS: &[&dyn Kind] = &[
    &equals::Equals,
    &not::Not,
    &all::All,
    &any_of::AnyOf,
    &one_of::OneOf,
    &contains::Contains,
    &starts_with::StartsWith,
    &ends_with::EndsWith,
    &matches::Matches,
    &empty::Empty,
    &less_than::LessThan,
    &at_most::AtMost,
    &greater_than::GreaterThan,
    &at_least::AtLeast,
    &between::Between,
    &close_to::CloseTo,
    &of_type::Type,
    &format_of::Format,
    &exists::Exists,
    &count::Count,
    &keys::Keys,
    &each::Each,
    &some::Some,
    &share::Share,
    &sorted::Sorted,
    &unique::Unique,
    &same_items::SameItems,
    &age::Age,
    &same_as::SameAs,
];

/// The names that later versions will know.
pub const NOT_YET: &[&str] = &["schema"];

/// The kind of a name.
#[must_use]
pub fn find(name: &str) -> Option<&'static dyn Kind> {
    MATCHERS.iter().copied().find(|kind| kind.name() == name)
}

/// JSON Schema (2020-12) of what matchers and rows look like, for `$defs`: `matcher` and `row`.
#[must_use]
pub fn definitions() -> serde_json::Value {
    let mut properties = serde_json::Map::new();
    for kind in MATCHERS {
        let mut schema = kind.schema();
        schema["description"] = format!("{} For example `{}`.", kind.documentation(), kind.example()).into();
        properties.insert(kind.name().to_owned(), schema);
    }
    for companion in MATCHERS.iter().flat_map(|kind| kind.companions()) {
        let schema = normalise::find(companion).map_or_else(|| serde_json::json!({}), |rule| rule.schema());
        properties.entry(companion).or_insert(schema);
    }
    let reference = serde_json::json!({"$ref": "#/$defs/matcher"});
    serde_json::json!({
        "matcher": {
            "description": "A plain value means equal; otherwise a map of matchers, all of which must hold.",
            "anyOf": [
                {"type": ["string", "number", "boolean", "null", "array"]},
                {"type": "object", "minProperties": 1, "additionalProperties": false, "properties": properties},
            ],
        },
        "row": {
            "description": "A matcher of each element, or matchers of values within it by JSONPath.",
            "anyOf": [
                reference,
                {"type": "object", "minProperties": 1, "additionalProperties": false, "patternProperties": {"^\\$": reference}},
            ],
        },
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::assertion::matcher::{Matcher, Mode, testing};

    #[test]
    fn every_matcher_is_documented_and_its_example_reads() {
        let mut names = HashSet::new();
        for kind in MATCHERS {
            let name = kind.name();
            assert!(names.insert(name), "{name} stands twice");
            assert!(!NOT_YET.contains(&name), "{name} is here");
            assert!(kind.documentation().ends_with('.'), "{name}: {}", kind.documentation());
            assert!(kind.example().contains(name), "{name}: {}", kind.example());
            assert!(kind.schema().is_object(), "{name}");
            let mut diagnostics = Vec::new();
            let matcher = Matcher::parse(&testing::node(kind.example()), Mode::Json, &mut diagnostics);
            assert!(matcher.is_some() && diagnostics.is_empty(), "{name}: {diagnostics:?}");
        }
    }

    #[test]
    fn the_schema_describes_every_matcher() {
        let definitions = definitions();
        let properties = &definitions["matcher"]["anyOf"][1]["properties"];
        for kind in MATCHERS {
            let description = properties[kind.name()]["description"].as_str().unwrap_or_default();
            assert!(description.starts_with(kind.documentation()) && description.contains(kind.example()), "{}", kind.name());
        }
        assert_eq!(definitions["row"]["anyOf"][1]["patternProperties"]["^\\$"]["$ref"], "#/$defs/matcher");
        assert!(properties["schema"].is_null(), "what is not supported yet is not described");
    }

    #[test]
    fn nothing_to_check_fails_in_every_matcher_but_exists() {
        for kind in MATCHERS {
            let matcher = testing::matcher(kind.example(), Mode::Json);
            let outcome = matcher.judge(&Subject::nothing(Mode::Json), &testing::context()).unwrap();
            assert!(!outcome.holds() || kind.name() == "exists", "{} held on nothing", kind.name());
        }
    }
}
