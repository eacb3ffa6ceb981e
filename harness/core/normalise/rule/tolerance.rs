//! `tolerance`: how far numbers may be apart.

use std::sync::Arc;

use super::{Kind, Rule, Stage, paths};
use crate::{
    compare,
    json::Selector,
    yaml::{Collector, Node},
};

/// The kind `tolerance`.
pub(super) struct ToleranceKind;

#[derive(Debug)]
struct ToleranceAt {
    path: Selector,
    tolerance: compare::Tolerance,
}

impl Kind for ToleranceKind {
    fn name(&self) -> &'static str {
        "tolerance"
    }

    fn documentation(&self) -> &'static str {
        "How far numbers may be from the expected ones: by so much, or by so many per cent of the expected number."
    }

    fn example(&self) -> &'static str {
        "{'$..installs': 5%, '$..count': 3}"
    }

    fn schema(&self) -> serde_json::Value {
        let percent = serde_json::json!({"type": "string", "pattern": "^[0-9.]+ ?%$"});
        paths::map_schema(&serde_json::json!({"oneOf": [{"type": "number", "minimum": 0}, percent]}))
    }

    fn read(&self, node: &Node, collector: &Collector) -> Vec<Arc<dyn Rule>> {
        let mut rules: Vec<Arc<dyn Rule>> = Vec::new();
        for (path, entry) in paths::map(node, "a map of paths and tolerances", collector) {
            let Some(text) = collector.name(&entry.value, "a tolerance such as `5%` or `3`") else { continue };
            match text.parse() {
                Ok(tolerance) => rules.push(Arc::new(ToleranceAt { path, tolerance })),
                Err(error) => collector.error(&entry.value.span, compare::ToleranceError::to_string(&error)),
            }
        }
        rules
    }
}

impl Rule for ToleranceAt {
    fn name(&self) -> &'static str {
        "tolerance"
    }

    fn about(&self) -> &str {
        self.path.as_str()
    }

    fn stage(&self) -> Stage {
        Stage::Compare
    }

    fn tell(&self, options: &mut compare::Options) {
        options.tolerance.push((self.path.clone(), self.tolerance.clone()));
    }
}
