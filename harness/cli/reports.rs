//! Renders the reports of a record, all from the record and none by hand.

use std::{cell::RefCell, fs, io, path::Path};

use prodiff_core::{
    mask::Secrets,
    record::{Entry, Wanted},
    report::{FORMATS, Files, Format, Summary},
};

use crate::store::{
    atomic::{self, Access, Durability},
    record::Record,
};

/// The summary of a record.
///
/// # Errors
/// When the record cannot be read.
pub fn summary(record: &Record) -> io::Result<Summary> {
    let passes = Passes::over(record);
    let summary = Summary::read(&|wanted| passes.entries(wanted));
    passes.whole(())?;
    summary
}

/// Writes reports into `folder`, which is made. What is known to be secret is masked once more on the way.
///
/// # Errors
/// When the record cannot be read or a report cannot be written. The others are written all the same.
pub fn render(record: &Record, summary: &Summary, formats: &[&'static dyn Format], folder: &Path, secrets: &Secrets) -> io::Result<()> {
    atomic::make_folder(folder, Access::Owner)?;
    let mut first = Ok(());
    for format in formats {
        let rendered = render_one(record, summary, *format, folder, secrets)
            .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", format.file_name())));
        // A report for people may be too large for a disk that has room for those that programs read.
        first = first.and(rendered);
    }
    first
}

fn render_one(record: &Record, summary: &Summary, format: &dyn Format, folder: &Path, secrets: &Secrets) -> io::Result<()> {
    let passes = Passes::over(record);
    let mut text = Vec::new();
    let files = Files { folder: &record.folder().to_string_lossy(), read: &|file| record.file(file) };
    format.render(summary, &|wanted| passes.entries(wanted), &files, &mut text)?;
    let text = passes.whole(text)?;
    atomic::write(&folder.join(format.file_name()), &secrets.mask_bytes(&text), Access::Owner, Durability::Rendered)
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

/// Passes over a record. One that came to a line that cannot be read ends there: nothing made of it may be used.
struct Passes<'r> {
    record: &'r Record,
    broken: RefCell<Option<io::Error>>,
}

impl<'r> Passes<'r> {
    fn over(record: &'r Record) -> Self {
        Self { record, broken: RefCell::default() }
    }

    fn entries(&self, wanted: Wanted) -> io::Result<Box<dyn Iterator<Item = Entry> + '_>> {
        let entries = self.record.wanted(wanted).map_err(io::Error::other)?;
        let sound = |entry: Result<Entry, _>| entry.map_err(|error| self.broken.replace(Some(io::Error::other(error)))).ok();
        Ok(Box::new(entries.map_while(sound)))
    }

    /// What was made of the passes so far, if all of them came to their end.
    fn whole<T>(&self, made: T) -> io::Result<T> {
        self.broken.take().map_or(Ok(made), Err)
    }
}
