//! What a kind of rule is, and the list of them.

use std::{fmt, sync::Arc};

use crate::{
    compare,
    extract::locator::LocatorSpec,
    json::{Json, Selector},
    yaml::{Collector, Node},
};

/// A kind of rule: a key of `normalise:` and of a snapshot.
pub trait Kind: Sync {
    /// The key.
    fn name(&self) -> &'static str;

    /// What it is for, in a sentence or two.
    fn documentation(&self) -> &'static str;

    /// An example of its value, in YAML.
    fn example(&self) -> &'static str;

    /// Its value as JSON Schema.
    fn schema(&self) -> serde_json::Value;

    /// Reads its value; complaints go to the collector.
    fn read(&self, node: &Node, collector: &Collector) -> Vec<Arc<dyn Rule>>;
}

/// Every kind, in the order of the language page.
pub const RULES: [&dyn Kind; 8] = [
    &super::ignore::IgnoreKind,
    &super::kind::KindKind,
    &super::unordered::UnorderedKind,
    &super::key::KeyKind,
    &super::version_by::VersionByKind,
    &super::round::RoundKind,
    &super::tolerance::ToleranceKind,
    &super::replace::ReplaceKind,
];

/// The kind of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static dyn Kind> {
    RULES.into_iter().find(|kind| kind.name() == name)
}

/// When a rule works. Stages follow one another in this order, whatever order the rules were written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// It takes values away.
    Ignore,
    /// It changes texts.
    Replace,
    /// It changes numbers.
    Round,
    /// It puts the kind of a value in place of the value.
    Kind,
    /// It changes nothing and is told to the comparison.
    Compare,
}

/// One rule, as it was written.
pub trait Rule: fmt::Debug + Send + Sync {
    /// The name of its kind.
    fn name(&self) -> &'static str;

    /// What it names: a path or an expression, as written.
    fn about(&self) -> &str;

    /// When it works.
    fn stage(&self) -> Stage;

    /// Where in a JSON document it works; nothing means on every text of it.
    fn place(&self) -> Option<&Selector> {
        None
    }

    /// What becomes of a value where it works; nothing if the value stays. Doing it twice is doing it once.
    fn change(&self, _value: &Json) -> Option<Json> {
        None
    }

    /// What becomes of a text; nothing if it stays. Doing it twice is doing it once.
    fn change_text(&self, _text: &str) -> Option<String> {
        None
    }

    /// The elements of a page that it leaves out.
    fn locator(&self) -> Option<&LocatorSpec> {
        None
    }

    /// Tells the comparison.
    fn tell(&self, _options: &mut compare::Options) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{diagnostic::Source, normalise::Rules, yaml::read};

    #[test]
    fn every_kind_reads_its_own_example_and_refuses_nonsense() {
        for kind in RULES {
            assert!(std::ptr::eq(find(kind.name()).unwrap().name(), kind.name()));
            let check = |text: &str| {
                let source = Source::new("a.yaml", format!("{}: {text}\n", kind.name()));
                let (tree, diagnostics) = read(&source);
                assert!(diagnostics.is_empty(), "{}: {diagnostics:?}", kind.name());
                let (tree, collector) = (tree.unwrap(), Collector::new());
                let fields = collector.fields(&tree, "a map").unwrap();
                let rules = Rules::read(&fields);
                fields.finish("key");
                (rules.len(), collector.into_diagnostics().len())
            };
            let (n_rules, n_complaints) = check(kind.example());
            assert!(n_rules > 0 && n_complaints == 0, "{}", kind.name());
            for nonsense in ["5", "true", "[[]]", "{}", "[]", "null", "{'$': {}}", "['name']", "{name: name}"] {
                let (n_rules, n_complaints) = check(nonsense);
                assert!(n_rules == 0 && n_complaints > 0, "{}: {nonsense}", kind.name());
            }
            assert!(!kind.documentation().is_empty() && kind.schema().is_object(), "{}", kind.name());
        }
    }
}
