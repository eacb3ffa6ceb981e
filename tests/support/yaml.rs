//! The YAML of case folders, read by prodiff's own reader: its traps are errors here too, at their line.

use prodiff_core::{
    diagnostic::{self, Source},
    json,
    yaml::{self, Collector},
};
use serde::de::DeserializeOwned;

/// A value from the text of a file of this name.
pub(crate) fn from_str<T: DeserializeOwned>(name: &str, text: &str) -> Result<T, String> {
    let (node, mut complaints) = yaml::read(&Source::new(name, text));
    let collector = Collector::new();
    let value = node.and_then(|node| collector.json(&node));
    complaints.extend(collector.into_diagnostics());
    if !complaints.is_empty() {
        return Err(complaints.iter().map(diagnostic::render).collect::<Vec<_>>().join("\n"));
    }
    let value = value.ok_or_else(|| format!("{name}: holds nothing"))?;
    serde_json::from_value(json::to_value(&value)).map_err(|error| format!("{name}: {error}"))
}

mod tests {
    use super::*;

    #[test]
    fn values_are_read_and_mistakes_have_their_place() {
        assert_eq!(from_str::<Vec<u8>>("a.yaml", "[1, 2]"), Ok(vec![1, 2]));
        let refused = |text: &str| from_str::<serde_json::Value>("a.yaml", text).unwrap_err();
        assert!(refused("a: 1\na: 2\n").contains("a.yaml:2:1"));
        assert!(refused("a: main #list").contains("a.yaml:1"));
        assert!(refused("").contains("empty"));
        assert!(from_str::<Vec<u8>>("a.yaml", "[x]").unwrap_err().starts_with("a.yaml: "));
    }
}
