//! Which recorded run a text means.

use std::path::Path;

use prodiff_core::record::{Entry, Note};

use super::load::Refusal;
use crate::store::{record::Record, reports};

/// What a note says of a run that was signed off.
pub const SIGNED_OFF: &str = "signed-off";

/// The record that a text means: `latest`, a folder, `run:latest@staging`, `run:LABEL@staging`, `run:FOLDER`; the `run:` may
/// be left out.
///
/// # Errors
/// When there is no such record.
pub fn find(text: &str, reports_folder: &Path) -> Result<Record, Refusal> {
    let text = text.strip_prefix("run:").unwrap_or(text);
    if text == reports::LATEST {
        return reports::latest(reports_folder).map_err(|error| Refusal::usage(error.to_string()));
    }
    if let Some((what, environment)) = text.rsplit_once('@')
        && !Path::new(text).exists()
    {
        let found =
            if what == reports::LATEST { newest(reports_folder, environment) } else { of_release(reports_folder, what, environment) };
        return found.ok_or_else(|| Refusal::usage(format!("no run {what} on {environment} in {}", reports_folder.display())));
    }
    let direct = Path::new(text);
    let below = reports_folder.join(text);
    let folder = if direct.is_dir() { direct } else { below.as_path() };
    Record::open(folder).map_err(|error| Refusal::usage(error.to_string()))
}

/// The newest record of an environment by itself.
fn newest(reports_folder: &Path, environment: &str) -> Option<Record> {
    reports::records(reports_folder).into_iter().find(|record| is_of(record, environment, None))
}

/// The record of a release: the one that was signed off, else the newest.
fn of_release(reports_folder: &Path, label: &str, environment: &str) -> Option<Record> {
    let mut fitting = reports::records(reports_folder).into_iter().filter(|record| is_of(record, environment, Some(label))).peekable();
    let newest = fitting.peek().cloned();
    fitting.find(|record| notes(record).iter().any(|note| note.action == SIGNED_OFF && note.what == label)).or(newest)
}

/// Whether a record is a `run` of this environment, and of this release where one is asked for.
#[must_use]
pub fn is_of(record: &Record, environment: &str, label: Option<&str>) -> bool {
    record.run().is_ok_and(|run| {
        run.command == "run"
            && run.environments.iter().any(|known| known.name == environment)
            && label.is_none_or(|label| run.release.as_deref() == Some(label))
    })
}

/// The notes of a record.
#[must_use]
pub fn notes(record: &Record) -> Vec<Note> {
    let Ok(entries) = record.entries() else { return Vec::new() };
    entries
        .filter_map(Result::ok)
        .filter_map(|entry| match entry {
            Entry::Note(note) => Some(note),
            _ => None,
        })
        .collect()
}
