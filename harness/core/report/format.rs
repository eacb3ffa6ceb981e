//! The registry of formats: one file and one line each.

use std::io;

use super::{html, json, junit, markdown, summary::Summary};
use crate::record::{Entry, Wanted};

/// Reads the record from its start: called once for every pass over it, with what that pass looks at.
///
/// A last line that was cut is the reader's concern; what comes out here are whole entries.
pub type Entries<'a> = dyn Fn(Wanted) -> io::Result<Box<dyn Iterator<Item = Entry> + 'a>> + 'a;

/// The files of a record.
pub struct Files<'a> {
    /// Its folder, as a person opens it.
    pub folder: &'a str,
    /// Reads one by its path below the record; nothing where it is gone.
    pub read: &'a dyn Fn(&str) -> Option<Vec<u8>>,
}

impl Files<'_> {
    /// The path of a file, as a person opens it.
    #[must_use]
    pub fn path(&self, file: &str) -> String {
        path_in(self.folder, file)
    }
}

/// The path of a file in a folder; the name alone where no folder is known.
pub(super) fn path_in(folder: &str, file: &str) -> String {
    match folder.trim_end_matches('/') {
        "" => file.to_owned(),
        folder => format!("{folder}/{file}"),
    }
}

/// A form in which a record can be rendered.
pub trait Format: Sync {
    /// What `--format` calls it.
    fn name(&self) -> &'static str;

    /// The file in the report's folder.
    fn file_name(&self) -> &'static str;

    /// Writes the whole report. `summary` and `files` are of the same record as `entries`.
    ///
    /// # Errors
    /// What reading the record or writing the report says.
    fn render(&self, summary: &Summary, entries: &Entries<'_>, files: &Files<'_>, out: &mut dyn io::Write) -> io::Result<()>;
}

/// Every format, in the order in which they are named to people.
pub const FORMATS: &[&dyn Format] = &[&html::Html, &junit::Junit, &markdown::Markdown, &json::Json];

/// The format of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static dyn Format> {
    FORMATS.iter().copied().find(|format| format.name() == name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{FORMATS, find};
    use crate::report::{check, sample::Sample};

    #[test]
    fn every_format_has_a_name_and_a_file_of_its_own() {
        let names: BTreeSet<_> = FORMATS.iter().map(|format| format.name()).collect();
        let files: BTreeSet<_> = FORMATS.iter().map(|format| format.file_name()).collect();
        assert_eq!((names.len(), files.len()), (FORMATS.len(), FORMATS.len()));
        for format in FORMATS {
            assert_eq!(find(format.name()).map(super::Format::file_name), Some(format.file_name()));
        }
        assert!(find("pdf").is_none());
    }

    #[test]
    fn every_format_renders_every_sample_the_same_twice_and_says_how_much_was_tested() {
        for sample in Sample::ALL {
            for format in FORMATS {
                let once = check::render(*format, &sample.entries());
                assert_eq!(once, check::render(*format, &sample.entries()), "{} of {sample:?}", format.name());
                for word in ["request", "expectation", "snapshot", "hidden"] {
                    assert!(once.contains(word), "{} of {sample:?} lacks {word}", format.name());
                }
            }
        }
    }

    #[test]
    fn the_order_in_which_cases_ended_does_not_show() {
        for format in FORMATS {
            let entries = Sample::Compare.entries();
            let shuffled = check::in_another_order(&entries);
            assert_ne!(entries, shuffled);
            let (expected, actual) = (check::render(*format, &entries), check::render(*format, &shuffled));
            if format.name() == "html" {
                // Details stand in the order of the record; what is seen is sorted.
                assert_eq!(expected.len(), actual.len());
            } else {
                assert_eq!(expected, actual, "{}", format.name());
            }
        }
    }

    #[test]
    fn a_killed_run_has_a_whole_report_that_says_so() {
        for format in FORMATS {
            let mut entries = Sample::Run.entries();
            entries.truncate(entries.len() * 2 / 3);
            let text = check::render(*format, &entries);
            let says_so = match format.name() {
                "json" => text.contains("\"exit_code\": 130") && text.contains("\"finished\": null"),
                _ => text.contains("INTERRUPTED before its end"),
            };
            assert!(says_so, "{}:\n{text}", format.name());
        }
    }
}
