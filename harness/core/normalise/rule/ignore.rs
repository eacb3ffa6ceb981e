//! `ignore`: what stands there does not count, not even that it stands there.

use std::sync::Arc;

use super::{Kind, Rule, Stage, paths};
use crate::{
    extract::locator::LocatorSpec,
    json::Selector,
    yaml::{Collector, Node, Yaml},
};

/// The kind `ignore`.
pub(super) struct IgnoreKind;

#[derive(Debug)]
struct Ignore {
    path: Selector,
}

impl Kind for IgnoreKind {
    fn name(&self) -> &'static str {
        "ignore"
    }

    fn documentation(&self) -> &'static str {
        "Leaves values out: not even their presence counts. Prefer `kind`, which still sees a value that is gone or null."
    }

    fn example(&self) -> &'static str {
        "['$..etag', '$[*].total_installs', {css: .advert}]"
    }

    fn schema(&self) -> serde_json::Value {
        serde_json::json!({"type": "array", "minItems": 1, "items": {"anyOf": [
            {"type": "string", "pattern": "^\\$"},
            {"type": "object", "$ref": "#/$defs/locator"},
        ]}})
    }

    fn read(&self, node: &Node, collector: &Collector) -> Vec<Arc<dyn Rule>> {
        let nodes = collector.filled_list(node, "a list of paths, or of locators for pages").unwrap_or_default();
        let mut rules: Vec<Arc<dyn Rule>> = Vec::new();
        for node in nodes {
            if let Yaml::Map(_) = node.value {
                let mut diagnostics = Vec::new();
                let at = LocatorSpec::parse(node, &mut diagnostics);
                collector.extend(diagnostics);
                rules.extend(at.map(|at| Arc::new(IgnoreElement { at }) as Arc<dyn Rule>));
            } else {
                rules.extend(paths::of_list(node, collector).map(|path| Arc::new(Ignore { path }) as Arc<dyn Rule>));
            }
        }
        rules
    }
}

/// An element of a page that is left out before the page is read.
#[derive(Debug)]
struct IgnoreElement {
    at: LocatorSpec,
}

impl Rule for IgnoreElement {
    fn name(&self) -> &'static str {
        "ignore"
    }

    fn about(&self) -> &str {
        self.at.span().text()
    }

    /// The browser leaves it out; there is nothing left to change.
    fn stage(&self) -> Stage {
        Stage::Compare
    }

    fn locator(&self) -> Option<&LocatorSpec> {
        Some(&self.at)
    }
}

impl Rule for Ignore {
    fn name(&self) -> &'static str {
        "ignore"
    }

    fn about(&self) -> &str {
        self.path.as_str()
    }

    fn stage(&self) -> Stage {
        Stage::Ignore
    }

    fn place(&self) -> Option<&Selector> {
        Some(&self.path)
    }
}
