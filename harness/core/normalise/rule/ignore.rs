//! `ignore`: what stands there does not count, not even that it stands there.

use std::sync::Arc;

use super::{Kind, Rule, Stage, paths};
use crate::{
    json::Selector,
    yaml::{Collector, Node},
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
        "['$..etag', '$[*].total_installs']"
    }

    fn schema(&self) -> serde_json::Value {
        paths::list_schema()
    }

    fn read(&self, node: &Node, collector: &Collector) -> Vec<Arc<dyn Rule>> {
        paths::list(node, collector).into_iter().map(|path| Arc::new(Ignore { path }) as Arc<dyn Rule>).collect()
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
