//! `baselines/approved.yaml`: changes that a release is meant to make.

use std::{collections::BTreeSet, fmt::Write as _, sync::Arc};

use super::text::{entries, quoted, read_fingerprint, read_values, write_values};
use crate::{
    diagnostic::{Diagnostic, Source},
    record::ValueDigests,
    yaml::{self, Collector, Fields},
};

/// A change that somebody has approved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// The finding's fingerprint.
    pub fingerprint: String,
    /// The finding in words, for people who read the file.
    pub what: String,
    /// The release that makes the change.
    pub release: Option<String>,
    /// Who approved it.
    pub who: String,
    /// When, in RFC 3339.
    pub when: String,
    /// What stands on both sides of the change; never empty.
    pub values: BTreeSet<ValueDigests>,
}

/// Everything that has been approved.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Approved {
    /// Sorted by fingerprint, then release.
    entries: Vec<Approval>,
}

impl Approved {
    /// Reads the file, with every complaint about it. Entries with a mistake are left out: what they approved is unreviewed.
    #[must_use]
    pub fn read(source: &Arc<Source>) -> (Self, Vec<Diagnostic>) {
        let (tree, mut diagnostics) = yaml::read(source);
        let mut approved = Self::default();
        if let Some(tree) = &tree {
            let collector = Collector::new();
            for node in entries(tree, "approved", &collector).unwrap_or_default() {
                if let Some(entry) = collector.fields(node, "an approval").and_then(read_entry) {
                    approved.add(entry);
                }
            }
            diagnostics.extend(collector.into_diagnostics());
        }
        (approved, diagnostics)
    }

    /// The file's text.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut out = String::from("# Changes that a release is meant to make. Written by `prodiff accept`.\napproved:");
        out.push_str(if self.entries.is_empty() { " []\n" } else { "\n" });
        for entry in &self.entries {
            let Approval { fingerprint, what, release, who, when, values } = entry;
            let _ = writeln!(out, "  - fingerprint: {}", quoted(fingerprint));
            let _ = writeln!(out, "    what: {}", quoted(what));
            if let Some(release) = release {
                let _ = writeln!(out, "    release: {}", quoted(release));
            }
            let _ = writeln!(out, "    who: {}\n    when: {}", quoted(who), quoted(when));
            write_values(values, &mut out);
        }
        out
    }

    /// Adds an approval. One of the same cause and release takes up its values, and its words.
    pub fn add(&mut self, entry: Approval) {
        let key = |entry: &Approval| (entry.fingerprint.clone(), entry.release.clone());
        match self.entries.binary_search_by_key(&key(&entry), key) {
            Ok(at) => {
                let mut values = std::mem::take(&mut self.entries[at].values);
                values.extend(entry.values.iter().cloned());
                self.entries[at] = Approval { values, ..entry };
            }
            Err(at) => self.entries.insert(at, entry),
        }
    }

    /// The approval of a change: of the same cause and with the same values on both sides.
    #[must_use]
    pub fn find(&self, fingerprint: &str, values: &ValueDigests) -> Option<&Approval> {
        let start = self.entries.partition_point(|entry| entry.fingerprint.as_str() < fingerprint);
        let same = self.entries[start..].iter().take_while(|entry| entry.fingerprint == fingerprint);
        same.into_iter().find(|entry| entry.values.contains(values))
    }

    /// All approvals, sorted by fingerprint, then release.
    #[must_use]
    pub fn entries(&self) -> &[Approval] {
        &self.entries
    }
}

fn read_entry(fields: Fields<'_>) -> Option<Approval> {
    let fingerprint = read_fingerprint(&fields);
    let what = fields.text("what", "the finding in words");
    let release = fields.text("release", "the label of a release");
    let who = fields.text("who", "who approved it");
    let when = fields.text("when", "when it was approved");
    let values = read_values(&fields);
    fields.finish("key of an approval");
    Some(Approval {
        fingerprint: fingerprint?.to_owned(),
        what: what.unwrap_or_default().to_owned(),
        release: release.map(str::to_owned),
        who: who.unwrap_or_default().to_owned(),
        when: when.unwrap_or_default().to_owned(),
        values: values.filter(|values| !values.is_empty())?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(expected: &str, actual: &str) -> ValueDigests {
        ValueDigests { expected: expected.to_owned(), actual: actual.to_owned() }
    }

    fn entry(fingerprint: &str, release: Option<&str>, values: &[(&str, &str)]) -> Approval {
        Approval {
            fingerprint: fingerprint.to_owned(),
            what: String::from("it's `a` → `b`: {x}"),
            release: release.map(str::to_owned),
            who: String::from("ada"),
            when: String::from("2026-11-23T10:00:00Z"),
            values: values.iter().map(|(expected, actual)| pair(expected, actual)).collect(),
        }
    }

    #[test]
    fn what_was_written_is_read_again_sorted() {
        let mut approved = Approved::default();
        approved.add(entry("12e4567", None, &[("01", "02")]));
        approved.add(entry("0a", Some("1.10"), &[("bb", "aa"), ("aa", "none")]));
        approved.add(entry("0a", Some("1.10"), &[("cc", "dd")]));
        let text = approved.to_text();
        assert_eq!(
            text,
            "# Changes that a release is meant to make. Written by `prodiff accept`.\n\
             approved:\n\
             \x20 - fingerprint: '0a'\n\
             \x20   what: 'it''s `a` → `b`: {x}'\n\
             \x20   release: '1.10'\n\
             \x20   who: 'ada'\n\
             \x20   when: '2026-11-23T10:00:00Z'\n\
             \x20   values:\n\
             \x20     - 'aa → none'\n\
             \x20     - 'bb → aa'\n\
             \x20     - 'cc → dd'\n\
             \x20 - fingerprint: '12e4567'\n\
             \x20   what: 'it''s `a` → `b`: {x}'\n\
             \x20   who: 'ada'\n\
             \x20   when: '2026-11-23T10:00:00Z'\n\
             \x20   values:\n\
             \x20     - '01 → 02'\n"
        );
        assert_eq!(Approved::read(&Source::new("approved.yaml", text)), (approved, Vec::new()));
        let nothing = Approved::default();
        assert_eq!(Approved::read(&Source::new("approved.yaml", nothing.to_text())), (nothing, Vec::new()));
    }

    #[test]
    fn only_the_same_cause_with_the_same_values_is_approved() {
        let mut approved = Approved::default();
        approved.add(entry("0a", Some("1"), &[("aa", "bb")]));
        approved.add(entry("0a", Some("2"), &[("cc", "dd")]));
        let check = |fingerprint: &str, expected: &str, actual: &str, release: Option<&str>| {
            let found = approved.find(fingerprint, &pair(expected, actual)).and_then(|entry| entry.release.as_deref());
            assert_eq!(found, release, "{fingerprint} {expected} {actual}");
        };
        check("0a", "aa", "bb", Some("1"));
        check("0a", "cc", "dd", Some("2"));
        check("0a", "aa", "dd", None);
        check("0a", "bb", "aa", None);
        check("0b", "aa", "bb", None);
    }

    #[test]
    fn mistakes_are_told_at_their_place() {
        let check = |text: &str, complaint: &str| {
            let (approved, diagnostics) = Approved::read(&Source::new("approved.yaml", text));
            let told: Vec<String> = diagnostics.iter().map(|diagnostic| diagnostic.message.clone()).collect();
            assert!(told.iter().any(|message| message.contains(complaint)) && approved.entries.is_empty(), "{text}: {told:?}");
        };
        check("known: []", "`approved` is missing");
        check("approved: [{fingerprint: xyz, values: ['a → b']}]", "no fingerprint");
        check("approved: [{fingerprint: 0a, values: ['a']}]", "not two digests");
        check("approved: [{fingerprint: 0a}]", "`values` is missing");
        check("approved: [{values: ['a → b']}]", "`fingerprint` is missing");
        check("approved: [{fingerprint: 0a, values: ['a'], wen: x}]", "unknown key `wen` of an approval");
    }
}
