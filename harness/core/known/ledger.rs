//! `baselines/known.yaml`: differences that people live with, for a reason, until a day.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    sync::Arc,
};

use chrono::NaiveDate;

use super::text::{entries, quoted, read_date, read_fingerprint, read_values, write_values};
use crate::{
    diagnostic::{Diagnostic, Source},
    record::ValueDigests,
    yaml::{self, Collector, Fields},
};

/// A difference that somebody knows of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownDifference {
    /// The finding's fingerprint.
    pub fingerprint: String,
    /// The finding in words, for people who read the file.
    pub what: String,
    /// Why it is lived with.
    pub reason: String,
    /// Who sees to it.
    pub owner: String,
    /// The last day on which it is lived with.
    pub until: NaiveDate,
    /// Some cases that show it: when they were compared and it is not there any more, it is gone. None: any case may.
    pub cases: BTreeSet<String>,
    /// What stands on both sides; never empty.
    pub values: BTreeSet<ValueDigests>,
}

/// Every difference that is known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Known {
    /// By fingerprint.
    entries: BTreeMap<String, KnownDifference>,
}

/// What is known of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing<'k> {
    /// It is lived with.
    Known(&'k KnownDifference),
    /// It was, until that day.
    Expired(&'k KnownDifference),
    /// Its cause is known, but with other values.
    Changed(&'k KnownDifference),
    /// Nothing.
    Unknown,
}

impl Known {
    /// Reads the file, with every complaint about it. Entries with a mistake are left out: what they knew comes back.
    #[must_use]
    pub fn read(source: &Arc<Source>) -> (Self, Vec<Diagnostic>) {
        let (tree, mut diagnostics) = yaml::read(source);
        let mut known = Self::default();
        if let Some(tree) = &tree {
            let collector = Collector::new();
            for node in entries(tree, "known", &collector).unwrap_or_default() {
                if let Some(entry) = collector.fields(node, "a known difference").and_then(read_entry) {
                    known.add(entry);
                }
            }
            diagnostics.extend(collector.into_diagnostics());
        }
        (known, diagnostics)
    }

    /// The file's text.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut out = String::from("# Differences that we live with until a day. Written by `prodiff accept --known`.\nknown:");
        out.push_str(if self.entries.is_empty() { " []\n" } else { "\n" });
        for KnownDifference { fingerprint, what, reason, owner, until, cases, values } in self.entries.values() {
            let _ = writeln!(out, "  - fingerprint: {}\n    what: {}", quoted(fingerprint), quoted(what));
            let _ = writeln!(out, "    reason: {}\n    owner: {}", quoted(reason), quoted(owner));
            let _ = writeln!(out, "    until: {until}");
            if !cases.is_empty() {
                out.push_str("    cases:\n");
                for case in cases {
                    let _ = writeln!(out, "      - {}", quoted(case));
                }
            }
            write_values(values, &mut out);
        }
        out
    }

    /// Adds a difference. One of the same cause takes up its values; reason, owner and day are the new ones.
    pub fn add(&mut self, entry: KnownDifference) {
        let mut entry = entry;
        if let Some(before) = self.entries.remove(&entry.fingerprint) {
            entry.values.extend(before.values);
            entry.cases.extend(before.cases);
        }
        self.entries.insert(entry.fingerprint.clone(), entry);
    }

    /// What is known of a difference on a day.
    #[must_use]
    pub fn standing(&self, fingerprint: &str, values: &ValueDigests, today: NaiveDate) -> Standing<'_> {
        match self.entries.get(fingerprint) {
            None => Standing::Unknown,
            Some(entry) if !entry.values.contains(values) => Standing::Changed(entry),
            Some(entry) if today > entry.until => Standing::Expired(entry),
            Some(entry) => Standing::Known(entry),
        }
    }

    /// What is known but was not seen by a comparison of these cases. Cases that were not compared say nothing.
    pub fn gone<'k>(&'k self, seen: &'k BTreeSet<String>, compared: &'k BTreeSet<String>) -> impl Iterator<Item = &'k KnownDifference> {
        self.entries.values().filter(move |entry| {
            let was_looked_for = if entry.cases.is_empty() { !compared.is_empty() } else { entry.cases.is_subset(compared) };
            was_looked_for && !seen.contains(&entry.fingerprint)
        })
    }

    /// All entries, by fingerprint.
    pub fn entries(&self) -> impl Iterator<Item = &KnownDifference> {
        self.entries.values()
    }
}

fn read_entry(fields: Fields<'_>) -> Option<KnownDifference> {
    let collector = fields.collector();
    let fingerprint = read_fingerprint(&fields);
    let what = fields.text("what", "the finding in words");
    let reason = fields.require("reason", "why it is lived with").and_then(|node| collector.name(node, "a reason"));
    let owner = fields.require("owner", "who sees to it").and_then(|node| collector.name(node, "an owner"));
    let until = fields.require("until", "the last day on which it is lived with").and_then(|node| {
        let text = collector.name(node, "a date")?;
        read_date(text, &node.span, collector)
    });
    let cases = fields.list_of_text("cases", "a list of cases", "a case").unwrap_or_default();
    let values = read_values(&fields);
    fields.finish("key of a known difference");
    Some(KnownDifference {
        fingerprint: fingerprint?.to_owned(),
        what: what.unwrap_or_default().to_owned(),
        reason: reason?.to_owned(),
        owner: owner?.to_owned(),
        until: until?,
        cases: cases.into_iter().map(|(case, _)| case.to_owned()).collect(),
        values: values.filter(|values| !values.is_empty())?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(expected: &str, actual: &str) -> ValueDigests {
        ValueDigests { expected: expected.to_owned(), actual: actual.to_owned() }
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn known() -> Known {
        let mut known = Known::default();
        known.add(KnownDifference {
            fingerprint: String::from("0a"),
            what: String::from("`x` lost"),
            reason: String::from("see #12"),
            owner: String::from("ada"),
            until: day("2026-12-31"),
            cases: BTreeSet::from([String::from("api::a")]),
            values: BTreeSet::from([pair("aa", "none")]),
        });
        known
    }

    #[test]
    fn what_was_written_is_read_again() {
        let text = known().to_text();
        assert_eq!(
            text,
            "# Differences that we live with until a day. Written by `prodiff accept --known`.\n\
             known:\n\
             \x20 - fingerprint: '0a'\n\
             \x20   what: '`x` lost'\n\
             \x20   reason: 'see #12'\n\
             \x20   owner: 'ada'\n\
             \x20   until: 2026-12-31\n\
             \x20   cases:\n\
             \x20     - 'api::a'\n\
             \x20   values:\n\
             \x20     - 'aa → none'\n"
        );
        assert_eq!(Known::read(&Source::new("known.yaml", text)), (known(), Vec::new()));
    }

    #[test]
    fn it_comes_back_when_the_day_is_over_or_its_values_change() {
        let known = known();
        let check = |fingerprint: &str, values: ValueDigests, today: &str, expected: &str| {
            let standing = match known.standing(fingerprint, &values, day(today)) {
                Standing::Known(_) => "known",
                Standing::Expired(_) => "expired",
                Standing::Changed(_) => "changed",
                Standing::Unknown => "unknown",
            };
            assert_eq!(standing, expected);
        };
        check("0a", pair("aa", "none"), "2026-12-31", "known");
        check("0a", pair("aa", "none"), "2027-01-01", "expired");
        check("0a", pair("aa", "bb"), "2026-11-23", "changed");
        check("0b", pair("aa", "none"), "2026-11-23", "unknown");
    }

    #[test]
    fn gone_is_only_what_was_looked_for() {
        let check = |seen: &[&str], compared: &[&str], n_gone: usize| {
            let set = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<BTreeSet<_>>();
            assert_eq!(known().gone(&set(seen), &set(compared)).count(), n_gone, "{seen:?} {compared:?}");
        };
        check(&[], &["api::a", "api::b"], 1);
        check(&["0a"], &["api::a"], 0);
        check(&[], &["api::b"], 0);
        check(&[], &[], 0);
    }

    #[test]
    fn mistakes_are_told_at_their_place() {
        let check = |text: &str, complaint: &str| {
            let (known, diagnostics) = Known::read(&Source::new("known.yaml", text));
            let told: Vec<String> = diagnostics.iter().map(|diagnostic| diagnostic.message.clone()).collect();
            assert!(told.iter().any(|message| message.contains(complaint)) && known.entries.is_empty(), "{text}: {told:?}");
        };
        let whole = "known: [{fingerprint: 0a, reason: r, owner: o, until: 2026-12-31, values: ['a → b']}]";
        assert_eq!(Known::read(&Source::new("known.yaml", whole)).0.entries.len(), 1);
        check(&whole.replace("reason: r, ", ""), "`reason` is missing");
        check(&whole.replace("owner: o, ", ""), "`owner` is missing");
        check(&whole.replace("2026-12-31", "soon"), "`soon` is not a date");
        check(&whole.replace("2026-12-31", "2026-02-30"), "is not a date");
        check(&whole.replace("a → b", "a"), "not two digests");
    }
}
