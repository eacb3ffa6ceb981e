//! What the tests of the formats share.

use std::io;

use super::{Files, Format, Summary, sample};
use crate::record::{Entry, Wanted};

/// The report of these entries.
pub(super) fn render(format: &dyn Format, entries: &[Entry]) -> String {
    let read = |_: Wanted| -> io::Result<Box<dyn Iterator<Item = Entry> + '_>> { Ok(Box::new(entries.iter().cloned())) };
    let summary = Summary::read(&read).unwrap();
    let mut out = Vec::new();
    let files = Files { folder: "reports/latest", read: &sample::file };
    format.render(&summary, &read, &files, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// The summary of these entries.
pub(super) fn summary(entries: &[Entry]) -> Summary {
    Summary::read(&|_| Ok(Box::new(entries.iter().cloned()))).unwrap()
}

/// The same record as it would stand there if the cases had ended the other way round.
pub(super) fn in_another_order(entries: &[Entry]) -> Vec<Entry> {
    let of_cases = |entry: &&Entry| matches!(entry, Entry::Case(_));
    let mut cases: Vec<Entry> = entries.iter().filter(of_cases).cloned().collect();
    let mut shuffled = Vec::new();
    for entry in entries {
        shuffled.push(if of_cases(&entry) { cases.pop().unwrap() } else { entry.clone() });
    }
    // A case must have begun before it ends; steps of others may stand in between.
    let end = shuffled.iter().position(|entry| matches!(entry, Entry::Finding(_))).unwrap_or(shuffled.len());
    shuffled[1..end].sort_by_key(|entry| matches!(entry, Entry::Case(_)));
    shuffled
}
