//! Renders the reports of a record, all from the record and none by hand.

use std::{fs, io, path::Path};

use prodiff_core::{
    mask::Secrets,
    record::Entry,
    report::{FORMATS, Format, Summary},
};

use crate::store::{
    atomic::{self, Access},
    record::Record,
};

/// The summary of a record.
///
/// # Errors
/// When the record cannot be read.
pub fn summary(record: &Record) -> io::Result<Summary> {
    Summary::read(&|| entries(record))
}

/// Writes reports into `folder`, which is made. What is known to be secret is masked once more on the way.
///
/// # Errors
/// When the record cannot be read or a report cannot be written.
pub fn render(record: &Record, summary: &Summary, formats: &[&'static dyn Format], folder: &Path, secrets: &Secrets) -> io::Result<()> {
    atomic::make_folder(folder, Access::Owner)?;
    for format in formats {
        let mut text = Vec::new();
        format.render(summary, &|| entries(record), &mut text)?;
        atomic::write(&folder.join(format.file_name()), &secrets.mask_bytes(&text), Access::Owner)?;
    }
    Ok(())
}

/// Every format there is.
#[must_use]
pub fn all() -> Vec<&'static dyn Format> {
    FORMATS.to_vec()
}

/// Appends the Markdown report to the file that a CI system names for it, if one does.
///
/// # Errors
/// When that file cannot be written.
pub fn step_summary(folder: &Path) -> io::Result<()> {
    let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY") else { return Ok(()) };
    let text = fs::read(folder.join("summary.md"))?;
    io::Write::write_all(&mut fs::OpenOptions::new().create(true).append(true).open(path)?, &text)
}

/// The entries of a record. A line that cannot be read is an error before anything is rendered.
fn entries(record: &Record) -> io::Result<Box<dyn Iterator<Item = Entry>>> {
    for entry in record.entries().map_err(io::Error::other)? {
        entry.map_err(io::Error::other)?;
    }
    Ok(Box::new(record.entries().map_err(io::Error::other)?.map_while(Result::ok)))
}
