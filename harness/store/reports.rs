//! The reports folder: where a new run goes, and which older one is meant.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::{
    atomic::{self, Access},
    record::{Record, RecordError},
};

/// The link to the newest run.
pub const LATEST: &str = "latest";

/// Makes the folder of a new run: `<time>-<command>-<environments>`, with a number behind it where two began in one second.
///
/// # Errors
/// When it cannot be made.
pub fn new_folder(reports: &Path, began: chrono::DateTime<chrono::Utc>, command: &str, environments: &[&str]) -> io::Result<PathBuf> {
    atomic::make_folder(reports, Access::Shared)?;
    let plain: String = environments
        .join("-")
        .chars()
        .map(|character| if character.is_alphanumeric() || matches!(character, '-' | '_') { character } else { '-' })
        .take(80)
        .collect();
    let name = format!("{}-{command}-{plain}", began.format("%Y%m%dT%H%M%SZ"));
    for number in 1..1000 {
        let folder = reports.join(if number == 1 { name.clone() } else { format!("{name}-{number}") });
        match fs::create_dir(&folder) {
            Ok(()) => return Ok(folder),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(io::Error::other(format!("{name} is taken a thousand times")))
}

/// Points `latest` at a run.
///
/// # Errors
/// When the link cannot be made.
pub fn point_latest(reports: &Path, folder: &Path) -> io::Result<()> {
    let Some(name) = folder.file_name() else { return Ok(()) };
    atomic::point(&reports.join(LATEST), Path::new(name))
}

/// All records below a reports folder, newest first. Folders without a readable record are left out.
#[must_use]
pub fn records(reports: &Path) -> Vec<Record> {
    let Ok(entries) = fs::read_dir(reports) else { return Vec::new() };
    let mut found: Vec<(String, std::ffi::OsString, Record)> = entries
        .flatten()
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .filter_map(|entry| {
            let record = Record::open(&entry.path()).ok()?;
            let started = record.run().ok()?.started;
            Some((started, entry.file_name(), record))
        })
        .collect();
    found.sort_by(|one, two| (&two.0, &two.1).cmp(&(&one.0, &one.1)));
    found.into_iter().map(|(_, _, record)| record).collect()
}

/// The record that `latest` points at.
///
/// # Errors
/// When there is none.
pub fn latest(reports: &Path) -> Result<Record, RecordError> {
    let link = reports.join(LATEST);
    let folder = match fs::symlink_metadata(&link) {
        Ok(found) if found.is_file() => reports.join(fs::read_to_string(&link).unwrap_or_default().trim()),
        Ok(_) | Err(_) => link,
    };
    Record::open(&folder)
}
