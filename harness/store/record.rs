//! Records: appended as things happen, read back entry by entry.

use std::{
    collections::{BTreeMap, HashSet},
    fs::{self, File, OpenOptions},
    io::{self, BufRead, BufReader, Write},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use prodiff_core::{
    mask::Secrets,
    record::{Case, CaseStarted, Entry, Wanted},
    verdict::Status,
};
use sha2::{Digest, Sha256};

use super::atomic::{self, Access, Durability};

/// The file of entries in a record's folder.
pub const RECORD_FILE: &str = "record.jsonl";
/// The folder of bodies in a record's folder.
pub const BODIES_FOLDER: &str = "bodies";
/// Images that a run left, below its record.
const ARTIFACTS_FOLDER: &str = "artifacts";

/// The secrets of a run as known so far, shared by everything that writes.
pub type SharedSecrets = Arc<RwLock<Secrets>>;

/// A record being written. Whatever goes through here is masked; nothing else of a run is written.
#[derive(Debug)]
pub struct RecordWriter {
    folder: PathBuf,
    file: Mutex<File>,
    stored: Mutex<HashSet<String>>,
    secrets: SharedSecrets,
}

impl RecordWriter {
    /// Begins a record in `folder`, which is made.
    ///
    /// # Errors
    /// When folder or file cannot be made.
    pub fn create(folder: &Path, secrets: SharedSecrets) -> io::Result<Self> {
        atomic::make_folder(folder, Access::Owner)?;
        atomic::make_folder(&folder.join(BODIES_FOLDER), Access::Owner)?;
        let file = open_owner_only(&folder.join(RECORD_FILE), OpenOptions::new().create_new(true).append(true))?;
        Ok(Self { folder: folder.to_owned(), file: Mutex::new(file), stored: Mutex::default(), secrets })
    }

    /// The record's folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Appends an entry: one line, in the file before this returns.
    ///
    /// # Errors
    /// When the line cannot be written.
    pub fn append(&self, entry: &Entry) -> io::Result<()> {
        let mut line = serde_json::to_vec(entry)?;
        line.push(b'\n');
        let masked = self.masked(&line);
        // One write a line: two runs that share a disk never mix theirs, and a killed run ends between lines.
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(&masked)?;
        file.flush()
    }

    /// Stores a body once and returns its name in `bodies/`: the SHA-256 of what is written.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn store_body(&self, text: &str) -> io::Result<String> {
        let masked = self.masked(text.as_bytes());
        let name = hex(&Sha256::digest(&masked));
        let is_new = self.stored.lock().unwrap_or_else(PoisonError::into_inner).insert(name.clone());
        if is_new {
            let path = self.folder.join(BODIES_FOLDER).join(&name);
            let mut file = open_owner_only(&path, OpenOptions::new().create(true).write(true).truncate(true))?;
            file.write_all(&masked)?;
        }
        Ok(name)
    }

    /// Stores an image once, and returns its path below the record. What a picture shows cannot be masked: only what a person
    /// could see on the page is in it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn store_artifact(&self, bytes: &[u8], extension: &str) -> io::Result<String> {
        let name = format!("{ARTIFACTS_FOLDER}/{}.{extension}", hex(&Sha256::digest(bytes)));
        let is_new = self.stored.lock().unwrap_or_else(PoisonError::into_inner).insert(name.clone());
        if is_new {
            std::fs::create_dir_all(self.folder.join(ARTIFACTS_FOLDER))?;
            let mut file = open_owner_only(&self.folder.join(&name), OpenOptions::new().create(true).write(true).truncate(true))?;
            file.write_all(bytes)?;
        }
        Ok(name)
    }

    /// Writes the entries of cases that turned out to be of no one build anew, as blocked for that reason, and says what they
    /// had been. Atomic: a run that is killed meanwhile leaves the record as it was.
    ///
    /// # Errors
    /// When the record cannot be read or written.
    pub fn block(&self, cases: &BTreeMap<String, String>) -> io::Result<Vec<Status>> {
        if cases.is_empty() {
            return Ok(Vec::new());
        }
        let mut held = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let path = self.folder.join(RECORD_FILE);
        let (mut text, mut were) = (Vec::new(), Vec::new());
        let mut lines = BufReader::new(File::open(&path)?);
        let mut line = Vec::new();
        while lines.read_until(b'\n', &mut line)? > 0 {
            match Entry::read(&line, Wanted::Cases)? {
                Some(Entry::Case(case)) if cases.contains_key(&case.id) && case.status != Status::Skipped => {
                    were.push(case.status);
                    let reason = cases.get(&case.id).cloned();
                    let blocked = Entry::Case(Case { status: Status::Blocked, reason, failures: Vec::new(), ..case });
                    let mut line = serde_json::to_vec(&blocked)?;
                    line.push(b'\n');
                    text.extend_from_slice(&self.masked(&line));
                }
                Some(_) | None => text.extend_from_slice(&line),
            }
            line.clear();
        }
        atomic::write(&path, &text, Access::Owner, Durability::Synced)?;
        *held = open_owner_only(&path, OpenOptions::new().append(true))?;
        Ok(were)
    }

    fn masked<'a>(&self, bytes: &'a [u8]) -> std::borrow::Cow<'a, [u8]> {
        let secrets = self.secrets.read().unwrap_or_else(PoisonError::into_inner);
        match secrets.mask_bytes(bytes) {
            std::borrow::Cow::Borrowed(_) => std::borrow::Cow::Borrowed(bytes),
            std::borrow::Cow::Owned(masked) => std::borrow::Cow::Owned(masked),
        }
    }
}

fn open_owner_only(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)
}

/// Lower-case hex of bytes.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A record that was written, by this run or an earlier one.
#[derive(Debug, Clone)]
pub struct Record {
    folder: PathBuf,
}

/// Why a record cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The folder holds no record.
    #[error("{} holds no record", folder.display())]
    Missing {
        /// The folder.
        folder: PathBuf,
    },
    /// A line is no entry. The last line of a killed run is forgiven.
    #[error("{}:{line}: {message}", path.display())]
    Broken {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
        /// What is wrong with it.
        message: String,
    },
    /// It is of a version that this tool does not read.
    #[error("{} is of version {version}; this tool reads version {}", folder.display(), prodiff_core::record::VERSION)]
    Version {
        /// The folder.
        folder: PathBuf,
        /// Its version.
        version: u32,
    },
    /// The file cannot be read.
    #[error("cannot read {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl Record {
    /// The record in a folder.
    ///
    /// # Errors
    /// When there is none, or it is of another version.
    pub fn open(folder: &Path) -> Result<Self, RecordError> {
        if !folder.join(RECORD_FILE).is_file() {
            return Err(RecordError::Missing { folder: folder.to_owned() });
        }
        let record = Self { folder: folder.to_owned() };
        match record.entries()?.next() {
            Some(Ok(Entry::Run(run))) if run.version == prodiff_core::record::VERSION => Ok(record),
            Some(Ok(Entry::Run(run))) => Err(RecordError::Version { folder: folder.to_owned(), version: run.version }),
            Some(Err(error)) => Err(error),
            Some(Ok(_)) | None => {
                Err(RecordError::Broken { path: folder.join(RECORD_FILE), line: 1, message: String::from("a record begins with its run") })
            }
        }
    }

    /// Its folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Its entries in order. A last line that is cut off ends them without an error; cases of a killed run that had begun
    /// and not ended come last, as blocked.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn entries(&self) -> Result<Entries, RecordError> {
        self.wanted(Wanted::Everything)
    }

    /// Its entries in order, as far as they are wanted. What is left out is not looked into and may be broken.
    ///
    /// # Errors
    /// When the file cannot be opened.
    pub fn wanted(&self, wanted: Wanted) -> Result<Entries, RecordError> {
        let path = self.folder.join(RECORD_FILE);
        let file = File::open(&path).map_err(|source| RecordError::Unreadable { path: path.clone(), source })?;
        let reader = BufReader::with_capacity(1 << 16, file);
        Ok(Entries { path, reader, line: 0, buffer: Vec::new(), begun: BTreeMap::new(), wanted })
    }

    /// The head of the record.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn run(&self) -> Result<prodiff_core::record::Run, RecordError> {
        for entry in self.entries()? {
            if let Entry::Run(run) = entry? {
                return Ok(run);
            }
        }
        Err(RecordError::Missing { folder: self.folder.clone() })
    }

    /// A body by its name in `bodies/`; nothing when the name is none or the file is gone.
    #[must_use]
    pub fn body(&self, name: &str) -> Option<String> {
        let sound = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_hexdigit());
        if !sound {
            return None;
        }
        fs::read_to_string(self.folder.join(BODIES_FOLDER).join(name)).ok()
    }

    /// What a step left besides words, by its path below the record: `artifacts/….png`, `bodies/…`. Nothing when it is none of
    /// these, is gone, or is no plain file: a record may come from elsewhere.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<Vec<u8>> {
        let (folder, name) = path.split_once('/')?;
        let stem = match folder {
            ARTIFACTS_FOLDER => name.strip_suffix(".png")?,
            BODIES_FOLDER => name,
            _ => return None,
        };
        if stem.is_empty() || !stem.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let path = self.folder.join(folder).join(name);
        let is_plain = fs::symlink_metadata(&path).is_ok_and(|about| about.is_file());
        if is_plain { fs::read(path).ok() } else { None }
    }

    /// Appends a note that a person's action left: accepted, rejected, signed off.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn note(&self, note: prodiff_core::record::Note) -> io::Result<()> {
        let path = self.folder.join(RECORD_FILE);
        let mut line = serde_json::to_vec(&Entry::Note(note))?;
        line.push(b'\n');
        // A killed run may have left a line without its end.
        if !ends_with_line_break(&path)? {
            line.insert(0, b'\n');
        }
        open_owner_only(&path, OpenOptions::new().append(true))?.write_all(&line)
    }
}

fn ends_with_line_break(path: &Path) -> io::Result<bool> {
    use std::io::{Read, Seek, SeekFrom};
    let mut file = File::open(path)?;
    if file.metadata()?.len() == 0 {
        return Ok(true);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

/// The entries of a record.
#[derive(Debug)]
pub struct Entries {
    path: PathBuf,
    reader: BufReader<File>,
    line: usize,
    buffer: Vec<u8>,
    /// Cases that have begun and not ended, while the run has not ended either.
    begun: BTreeMap<String, CaseStarted>,
    wanted: Wanted,
}

impl Iterator for Entries {
    type Item = Result<Entry, RecordError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.read() {
            None => self.begun.pop_first().map(|(_, started)| Ok(Entry::Case(started.unfinished()))),
            Some(Err(error)) => {
                self.begun.clear();
                Some(Err(error))
            }
            Some(Ok(entry)) => {
                self.keep_count(&entry);
                Some(Ok(entry))
            }
        }
    }
}

impl Entries {
    fn keep_count(&mut self, entry: &Entry) {
        match entry {
            Entry::CaseStarted(started) => {
                self.begun.insert(started.case.clone(), started.clone());
            }
            Entry::Case(case) => {
                self.begun.remove(&case.id);
            }
            Entry::End(_) => self.begun.clear(),
            Entry::Run(_)
            | Entry::Step(_)
            | Entry::Snapshot(_)
            | Entry::Finding(_)
            | Entry::Hidden(_)
            | Entry::NotObserved(_)
            | Entry::Warning(_)
            | Entry::Revision(_)
            | Entry::Note(_) => {}
        }
    }

    fn read(&mut self) -> Option<Result<Entry, RecordError>> {
        loop {
            self.buffer.clear();
            self.line += 1;
            match self.reader.read_until(b'\n', &mut self.buffer) {
                Ok(0) => return None,
                Ok(_) => {}
                Err(source) => return Some(Err(RecordError::Unreadable { path: self.path.clone(), source })),
            }
            let complete = self.buffer.last() == Some(&b'\n');
            if self.buffer.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            return match Entry::read(&self.buffer, self.wanted) {
                Ok(Some(entry)) => Some(Ok(entry)),
                Ok(None) => continue,
                Err(_) if !complete => None,
                // The line that a killed run left half written, before a note was put behind it.
                Err(_) if self.is_followed_by_notes_only() => continue,
                Err(error) => Some(Err(RecordError::Broken { path: self.path.clone(), line: self.line, message: error.to_string() })),
            };
        }
    }

    fn is_followed_by_notes_only(&mut self) -> bool {
        self.reader.fill_buf().is_ok_and(|rest| rest.starts_with(br#"{"type":"note""#))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUN: &str = r#"{"type":"run","version":1,"prodiff":"0.1.0","command":"run","seed":1,"started":"","environments":[],"planned":2,"selection":[]}"#;
    const STARTED: &str = r#"{"type":"case_started","case":"a::b","suite":"A","name":"b","file":"suites/a.yaml","line":3,"at_ms":1.0}"#;
    const CASE: &str = r#"{"type":"case","id":"a::b","suite":"A","name":"b","tags":[],"status":"passed","attempts":1,"duration_ms":1.0,"file":"suites/a.yaml","line":3,"requests":1,"expectations":1,"snapshots":0,"compared":0}"#;

    fn check(lines: &[&str], tail: &str, expected: &[(&str, Status)]) {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(RECORD_FILE), format!("{}\n{tail}", lines.join("\n"))).unwrap();
        let record = Record::open(folder.path()).unwrap();
        // A report that only looks at cases sees the same ones.
        for wanted in [Wanted::Everything, Wanted::Cases] {
            let entries: Vec<Entry> = record.wanted(wanted).unwrap().map(Result::unwrap).collect();
            let cases = entries.iter().filter_map(|entry| match entry {
                Entry::Case(case) => Some((case.id.as_str(), case.status)),
                _ => None,
            });
            assert_eq!(cases.collect::<Vec<_>>(), expected, "{wanted:?} {lines:?} {tail}");
        }
    }

    #[test]
    fn a_case_that_a_killed_run_had_begun_is_blocked() {
        check(&[RUN, STARTED], "", &[("a::b", Status::Blocked)]);
        check(&[RUN, STARTED], &CASE[..40], &[("a::b", Status::Blocked)]);
        check(&[RUN, STARTED, CASE], "", &[("a::b", Status::Passed)]);
        check(&[RUN], "", &[]);
    }

    #[test]
    fn only_what_a_step_left_is_read_as_a_file_of_the_record() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(RECORD_FILE), format!("{RUN}\n")).unwrap();
        for (file, expected) in [
            ("artifacts/0f.png", true),
            ("bodies/0f", true),
            ("artifacts/0f.svg", false),
            ("artifacts/../record.jsonl", false),
            ("bodies/..", false),
            ("bodies/", false),
            ("record.jsonl", false),
            ("/etc/passwd", false),
        ] {
            if expected {
                let path = folder.path().join(file);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, "x").unwrap();
            }
            assert_eq!(Record::open(folder.path()).unwrap().file(file).is_some(), expected, "{file}");
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("/etc/hostname", folder.path().join("bodies/1f")).unwrap();
            assert_eq!(Record::open(folder.path()).unwrap().file("bodies/1f"), None);
        }
    }

    #[test]
    fn cases_that_are_of_no_one_build_are_written_anew_and_the_rest_stays() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("run");
        let writer = RecordWriter::create(&folder, SharedSecrets::default()).unwrap();
        let other = CASE.replace("a::b", "a::c");
        for line in [RUN, STARTED, CASE, &other] {
            writer.append(&serde_json::from_str(line).unwrap()).unwrap();
        }
        let reason = String::from("the build changed");
        let were = writer.block(&BTreeMap::from([(String::from("a::b"), reason.clone())])).unwrap();
        assert_eq!(were, [Status::Passed]);
        // What comes later goes into the same file.
        writer.append(&serde_json::from_str(&CASE.replace("a::b", "a::d")).unwrap()).unwrap();
        let cases = Record::open(&folder).unwrap().entries().unwrap().filter_map(|entry| match entry.unwrap() {
            Entry::Case(case) => Some((case.id, case.status, case.reason)),
            _ => None,
        });
        let passed = |id: &str| (id.to_owned(), Status::Passed, None);
        assert_eq!(cases.collect::<Vec<_>>(), [(String::from("a::b"), Status::Blocked, Some(reason)), passed("a::c"), passed("a::d")]);
    }
}
