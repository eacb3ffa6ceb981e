//! `key`: how the rows of a list are told apart.

use std::sync::Arc;

use super::{Kind, Rule, Stage, paths};
use crate::{
    compare,
    json::Selector,
    yaml::{Collector, Node, Yaml},
};

/// The kind `key`.
pub(super) struct KeyKind;

#[derive(Debug)]
struct Key {
    list: Selector,
    within_row: Vec<Selector>,
}

impl Kind for KeyKind {
    fn name(&self) -> &'static str {
        "key"
    }

    fn documentation(&self) -> &'static str {
        "How rows of a list are told apart: the list's path → the path within a row, or several that only together do."
    }

    fn example(&self) -> &'static str {
        "{'$': $.name, '$.prices': [$.country, $.currency]}"
    }

    fn schema(&self) -> serde_json::Value {
        let path = serde_json::json!({"type": "string", "pattern": "^\\$"});
        paths::map_schema(&serde_json::json!({"oneOf": [path, {"type": "array", "minItems": 1, "items": path}]}))
    }

    fn read(&self, node: &Node, collector: &Collector) -> Vec<Arc<dyn Rule>> {
        const EXPECTED: &str = "the path of the key within a row, such as `$.name`";
        let mut rules: Vec<Arc<dyn Rule>> = Vec::new();
        for (list, entry) in paths::map(node, "a map of lists and the keys of their rows", collector) {
            let (n_written, within_row): (usize, Vec<Selector>) = match &entry.value.value {
                Yaml::List(_) => {
                    let nodes = collector.filled_list(&entry.value, EXPECTED).unwrap_or_default();
                    (nodes.len(), nodes.iter().filter_map(|node| paths::singular_path(node, EXPECTED, collector)).collect())
                }
                Yaml::Blank | Yaml::Null | Yaml::Bool(_) | Yaml::Number(_) | Yaml::Text { .. } | Yaml::Map(_) => {
                    (1, paths::singular_path(&entry.value, EXPECTED, collector).into_iter().collect())
                }
            };
            if !within_row.is_empty() && within_row.len() == n_written {
                rules.push(Arc::new(Key { list, within_row }));
            }
        }
        rules
    }
}

impl Rule for Key {
    fn name(&self) -> &'static str {
        "key"
    }

    fn about(&self) -> &str {
        self.list.as_str()
    }

    fn stage(&self) -> Stage {
        Stage::Compare
    }

    fn tell(&self, options: &mut compare::Options) {
        options.key.push((self.list.clone(), self.within_row.clone()));
    }
}
