//! A line of `record.jsonl` becomes an entry, if its kind is wanted.
//!
//! A record is read once for every report, and most of it are steps that most reports do not look at.

use serde::de::DeserializeOwned;

use super::Entry;

/// What somebody who reads a record looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Every entry.
    Everything,
    /// Cases, begun and ended; others may come as well. What began and did not end tells of a run that was killed.
    Cases,
    /// Steps and snapshots; others may come as well.
    Happenings,
}

impl Entry {
    /// Reads a line; nothing for an entry that is not wanted, which is then not looked into.
    ///
    /// # Errors
    /// When it is no entry.
    pub fn read(line: &[u8], wanted: Wanted) -> Result<Option<Self>, serde_json::Error> {
        // An entry is written with its kind in front. Whatever is written otherwise is read as well, only more slowly:
        // serde keeps the parts of a tagged value until it knows what they are parts of.
        let is = |start: &str| line.starts_with(start.as_bytes());
        if is(r#"{"type":"step","#) {
            return read_if(wanted != Wanted::Cases, line, Self::Step);
        }
        if is(r#"{"type":"case","#) {
            return read_if(wanted != Wanted::Happenings, line, Self::Case);
        }
        if is(r#"{"type":"case_started","#) {
            return read_if(wanted != Wanted::Happenings, line, Self::CaseStarted);
        }
        serde_json::from_slice(line).map(Some)
    }
}

/// Reads the parts of an entry from beside its kind.
fn read_if<T: DeserializeOwned>(is_wanted: bool, line: &[u8], entry: impl Fn(T) -> Entry) -> Result<Option<Entry>, serde_json::Error> {
    if is_wanted { serde_json::from_slice(line).map(|parts| Some(entry(parts))) } else { Ok(None) }
}

#[cfg(test)]
mod tests {
    use super::{Entry, Wanted};
    use crate::report::sample::Sample;

    #[test]
    fn every_entry_is_read_as_serde_reads_it() {
        for sample in Sample::ALL {
            for entry in sample.entries() {
                let line = serde_json::to_vec(&entry).unwrap();
                assert_eq!(Entry::read(&line, Wanted::Everything).unwrap(), Some(entry.clone()));
                // Written by hand, with the kind elsewhere than in front.
                let spaced = serde_json::to_vec_pretty(&entry).unwrap();
                assert_eq!(Entry::read(&spaced, Wanted::Cases).unwrap(), Some(entry));
            }
        }
    }

    #[test]
    fn what_is_wanted_always_comes() {
        let entries = Sample::Compare.entries();
        let read = |wanted| -> Vec<Entry> {
            entries.iter().filter_map(|entry| Entry::read(&serde_json::to_vec(entry).unwrap(), wanted).unwrap()).collect()
        };
        let (cases, happenings) = (read(Wanted::Cases), read(Wanted::Happenings));
        let is_case = |entry: &&Entry| matches!(entry, Entry::Case(_) | Entry::CaseStarted(_));
        let is_happening = |entry: &&Entry| matches!(entry, Entry::Step(_) | Entry::Snapshot(_));
        assert!(entries.iter().filter(is_case).eq(cases.iter().filter(is_case)));
        assert!(entries.iter().filter(is_happening).eq(happenings.iter().filter(is_happening)));
        assert!(cases.iter().all(|entry| !matches!(entry, Entry::Step(_))));
        assert!(happenings.iter().all(|entry| !matches!(entry, Entry::Case(_) | Entry::CaseStarted(_))));
    }

    #[test]
    fn a_broken_entry_is_an_error() {
        for line in [r#"{"type":"step","case":"x"}"#, r#"{"type":"case","id":"x"#, r#"{"type":"unknown"}"#, "[]"] {
            assert!(Entry::read(line.as_bytes(), Wanted::Everything).is_err(), "{line}");
        }
    }
}
