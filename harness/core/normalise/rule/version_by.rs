//! `version_by`: rows of another version are another row's business.

use std::sync::Arc;

use super::{Kind, Rule, Stage, paths};
use crate::{
    compare,
    json::Selector,
    yaml::{Collector, Node},
};

/// The kind `version_by`.
pub(super) struct VersionByKind;

#[derive(Debug)]
struct VersionBy {
    list: Selector,
    within_row: Selector,
}

impl Kind for VersionByKind {
    fn name(&self) -> &'static str {
        "version_by"
    }

    fn documentation(&self) -> &'static str {
        "Rows whose version differs are reported once and compared no further than presence, type and nullness: the list's path → the path of the version within a row."
    }

    fn example(&self) -> &'static str {
        "{'$': $.version}"
    }

    fn schema(&self) -> serde_json::Value {
        paths::map_schema(&serde_json::json!({"type": "string", "pattern": "^\\$"}))
    }

    fn read(&self, node: &Node, collector: &Collector) -> Vec<Arc<dyn Rule>> {
        let mut rules: Vec<Arc<dyn Rule>> = Vec::new();
        for (list, entry) in paths::map(node, "a map of lists and the versions of their rows", collector) {
            let expected = "the path of the version within a row, such as `$.version`";
            if let Some(within_row) = paths::singular_path(&entry.value, expected, collector) {
                rules.push(Arc::new(VersionBy { list, within_row }));
            }
        }
        rules
    }
}

impl Rule for VersionBy {
    fn name(&self) -> &'static str {
        "version_by"
    }

    fn about(&self) -> &str {
        self.list.as_str()
    }

    fn stage(&self) -> Stage {
        Stage::Compare
    }

    fn tell(&self, options: &mut compare::Options) {
        options.version_by.push((self.list.clone(), self.within_row.clone()));
    }
}
