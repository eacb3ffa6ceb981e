//! `unordered`: lists whose order does not count.

use std::sync::Arc;

use super::{Kind, Rule, Stage, paths};
use crate::{
    compare,
    json::Selector,
    yaml::{Collector, Node},
};

/// The kind `unordered`.
pub(super) struct UnorderedKind;

#[derive(Debug)]
struct Unordered {
    path: Selector,
}

impl Kind for UnorderedKind {
    fn name(&self) -> &'static str {
        "unordered"
    }

    fn documentation(&self) -> &'static str {
        "The order of these lists does not count; what is in them does."
    }

    fn example(&self) -> &'static str {
        "['$[*].tags']"
    }

    fn schema(&self) -> serde_json::Value {
        paths::list_schema()
    }

    fn read(&self, node: &Node, collector: &Collector) -> Vec<Arc<dyn Rule>> {
        paths::list(node, collector).into_iter().map(|path| Arc::new(Unordered { path }) as Arc<dyn Rule>).collect()
    }
}

impl Rule for Unordered {
    fn name(&self) -> &'static str {
        "unordered"
    }

    fn about(&self) -> &str {
        self.path.as_str()
    }

    fn stage(&self) -> Stage {
        Stage::Compare
    }

    fn tell(&self, options: &mut compare::Options) {
        options.unordered.push(self.path.clone());
    }
}
