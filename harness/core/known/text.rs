//! The text form that both files share.

use std::collections::BTreeSet;

use crate::{
    diagnostic::Span,
    record::ValueDigests,
    yaml::{Collector, Fields, Node},
};

/// Between the two digests of a value.
const ARROW: &str = " → ";

/// Text in single quotes, on one line.
pub(super) fn quoted(text: &str) -> String {
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    format!("'{}'", line.replace('\'', "''"))
}

/// The digests, one a line.
pub(super) fn write_values(values: &BTreeSet<ValueDigests>, out: &mut String) {
    out.push_str("    values:\n");
    for ValueDigests { expected, actual } in values {
        out.push_str("      - ");
        out.push_str(&quoted(&format!("{expected}{ARROW}{actual}")));
        out.push('\n');
    }
}

/// The fingerprint of an entry.
pub(super) fn read_fingerprint<'n>(fields: &Fields<'n>) -> Option<&'n str> {
    let node = fields.require("fingerprint", "the finding's fingerprint")?;
    let text = fields.collector().name(node, "a fingerprint")?;
    let is_hex = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_hex {
        fields.collector().error(&node.span, format!("`{text}` is no fingerprint: it has hexadecimal digits only"));
    }
    is_hex.then_some(text)
}

/// The digests of an entry. Without any it would never hold.
pub(super) fn read_values(fields: &Fields<'_>) -> Option<BTreeSet<ValueDigests>> {
    let node = fields.require("values", "the digests of the values on both sides")?;
    let items = fields.collector().list_of_text(node, "a list of digests", "two digests with an arrow between them")?;
    let mut values = BTreeSet::new();
    for (text, node) in items {
        values.insert(read_pair(text, node, fields.collector())?);
    }
    Some(values)
}

fn read_pair(text: &str, node: &Node, collector: &Collector) -> Option<ValueDigests> {
    let pair = text.split_once('→').map(|(expected, actual)| (expected.trim(), actual.trim()));
    match pair {
        Some((expected, actual)) if !expected.is_empty() && !actual.is_empty() => {
            Some(ValueDigests { expected: expected.to_owned(), actual: actual.to_owned() })
        }
        _ => {
            collector.error(&node.span, format!("`{text}` is not two digests with an arrow between them"));
            None
        }
    }
}

/// The entries of the one list that the file holds under `key`; `None` when the file is not that.
pub(super) fn entries<'n>(tree: &'n Node, key: &'static str, collector: &'n Collector) -> Option<&'n [Node]> {
    let fields = collector.fields(tree, &format!("a map with the key `{key}`"))?;
    let entries = fields.require(key, "the list of entries").and_then(|node| collector.list(node, "a list of entries"));
    fields.finish("key");
    entries
}

/// A date as `2026-12-31`.
pub(super) fn read_date(text: &str, span: &Span, collector: &Collector) -> Option<chrono::NaiveDate> {
    let date = chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
    if date.is_none() {
        collector.error(span, format!("`{text}` is not a date: write it as `2026-12-31`"));
    }
    date
}
