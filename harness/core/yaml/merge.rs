//! Merge keys: `<<: *name`.

use std::{collections::HashSet, iter::Peekable, vec};

use super::node::{Entry, Node, Yaml};
use crate::diagnostic::Span;

/// The entries that `<<` brings; or where it brings none.
pub(super) fn merge_of(node: Node) -> Result<Vec<Entry>, Span> {
    let from = |node: Node| {
        let Node { span, value } = node;
        match value {
            Yaml::Map(entries) => Ok(entries
                .into_iter()
                .map(|mut entry| {
                    // A merged value is used where it is merged.
                    if !span.text().starts_with('{') {
                        entry.value.span = span.clone();
                    }
                    entry
                })
                .collect::<Vec<Entry>>()),
            Yaml::Blank | Yaml::Null | Yaml::Bool(_) | Yaml::Number(_) | Yaml::Text { .. } | Yaml::List(_) => Err(span),
        }
    };
    let Node { span, value } = node;
    match value {
        Yaml::List(maps) => {
            let mut all = Vec::new();
            for map in maps {
                all.extend(from(map)?);
            }
            Ok(all)
        }
        value @ (Yaml::Blank | Yaml::Null | Yaml::Bool(_) | Yaml::Number(_) | Yaml::Text { .. } | Yaml::Map(_)) => {
            from(Node { span, value })
        }
    }
}

/// A map's own entries, with those merged that it does not have itself; of several, the first.
pub(super) fn merged(entries: Vec<Entry>, merges: Vec<(usize, Vec<Entry>)>) -> Vec<Entry> {
    if merges.is_empty() {
        return entries;
    }
    let mut taken: HashSet<String> = entries.iter().map(|entry| entry.key.clone()).collect();
    let mut all = Vec::with_capacity(entries.len());
    let mut merges = merges.into_iter().peekable();
    let mut add = |all: &mut Vec<Entry>, merges: &mut Peekable<vec::IntoIter<(usize, Vec<Entry>)>>, at: usize| {
        while let Some((_, more)) = merges.next_if(|(place, _)| *place <= at) {
            all.extend(more.into_iter().filter(|entry| taken.insert(entry.key.clone())));
        }
    };
    for (index, entry) in entries.into_iter().enumerate() {
        add(&mut all, &mut merges, index);
        all.push(entry);
    }
    add(&mut all, &mut merges, usize::MAX);
    all
}
