//! Baselines: accepted snapshots in insta's form, and those that wait for review beside them.
//!
//! Read with insta's own reader, so that `cargo insta review` and this tool see the same text; converted here, in this one
//! place, because insta's `Snapshot` cannot cross threads.

use std::{
    fs, io,
    path::{Component, Path, PathBuf},
};

use prodiff_core::{
    json,
    snapshot::{Canonical, SnapshotKey, Variant},
};

use super::atomic::{self, Access, Durability};

/// What accepted snapshots end in.
const ACCEPTED: &str = "snap";
/// What snapshots that wait for review end in.
const WAITING: &str = "snap.new";

/// The baselines folder.
#[derive(Debug, Clone)]
pub struct Baselines {
    folder: PathBuf,
}

/// A baseline that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Baseline {
    /// Its file below the folder, with forward slashes.
    pub path: String,
    /// Its text without line breaks at the end: insta does not tell how many there were.
    pub text: String,
}

/// What stands in a snapshot's head besides its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The suite's file.
    pub source: String,
    /// The step in words.
    pub description: String,
    /// The environment it was seen on.
    pub environment: String,
    /// The release's label.
    pub release: Option<String>,
    /// Status of the response.
    pub status: Option<u16>,
    /// Content type of the response.
    pub content_type: Option<String>,
    /// Whether the text ended with a line break.
    pub trailing_newline: bool,
}

/// Why a baseline cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum BaselineError {
    /// The file is there and is no snapshot.
    #[error("{path} cannot be read: {message}")]
    Unreadable {
        /// The file below the folder.
        path: String,
        /// Why.
        message: String,
    },
    /// A merge was left half done.
    #[error("{path} holds conflict markers of a merge; resolve it first")]
    Conflict {
        /// The file below the folder.
        path: String,
    },
    /// A part of the path is a symbolic link, which could lead anywhere.
    #[error("{path} is a symbolic link; baselines are files")]
    Link {
        /// The part of the path.
        path: String,
    },
    /// The path leaves the folder.
    #[error("{path} is not below the baselines")]
    Outside {
        /// The path.
        path: String,
    },
    /// The file system says no.
    #[error("{path} cannot be written: {source}")]
    Unwritable {
        /// The file below the folder.
        path: String,
        /// Why.
        source: io::Error,
    },
}

impl Baselines {
    /// The baselines in a folder, which may not be there yet.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The baseline of a snapshot for an environment: its own variant, else the shared one.
    ///
    /// # Errors
    /// When a file is there and cannot be read as a snapshot.
    pub fn find(&self, key: &SnapshotKey, whole: &Variant) -> Result<Option<Baseline>, BaselineError> {
        for path in key.lookup(whole) {
            let file = self.locate(&path)?;
            match fs::symlink_metadata(&file) {
                Ok(_) => return Ok(Some(Baseline { text: read(&file, &path)?, path })),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(BaselineError::Unreadable { path, message: error.to_string() }),
            }
        }
        Ok(None)
    }

    /// The text of an accepted snapshot, if it is there.
    ///
    /// # Errors
    /// When a file is there and cannot be read as a snapshot.
    pub fn read(&self, path: &str) -> Result<Option<String>, BaselineError> {
        let file = self.locate(path)?;
        if file.exists() { read(&file, path).map(Some) } else { Ok(None) }
    }

    /// Writes a snapshot that waits for review beside the baseline at `path`.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn put_waiting(&self, path: &str, head: &Head, canonical: &Canonical) -> Result<(), BaselineError> {
        self.put(&format!("{path}.new"), &render(head, &canonical.text))
    }

    /// Removes the snapshot that waits beside `path`, if there is one.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn drop_waiting(&self, path: &str) -> Result<bool, BaselineError> {
        let waiting = format!("{path}.new");
        match fs::remove_file(self.locate(&waiting)?) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(source) => Err(BaselineError::Unwritable { path: waiting, source }),
        }
    }

    /// Makes `text` the baseline at `path` and removes what waits beside it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn accept(&self, path: &str, head: &Head, text: &str) -> Result<(), BaselineError> {
        self.put(path, &render(head, text))?;
        self.drop_waiting(path).map(|_| ())
    }

    /// Every accepted and every waiting snapshot, as paths below the folder in order.
    ///
    /// # Errors
    /// When a folder cannot be read.
    pub fn files(&self) -> io::Result<Files> {
        let mut files = Files::default();
        if self.folder.exists() {
            walk(&self.folder, &self.folder, &mut files)?;
        }
        files.accepted.sort();
        files.waiting.sort();
        Ok(files)
    }

    fn put(&self, path: &str, text: &str) -> Result<(), BaselineError> {
        let file = self.locate(path)?;
        let unwritable = |source| BaselineError::Unwritable { path: path.to_owned(), source };
        if let Some(parent) = file.parent() {
            atomic::make_folder(parent, Access::Shared).map_err(unwritable)?;
        }
        atomic::write(&file, text.as_bytes(), Access::Shared, Durability::Synced).map_err(unwritable)
    }

    /// The file of a path below the folder. A path that leaves it, or leads through a link, is refused.
    fn locate(&self, path: &str) -> Result<PathBuf, BaselineError> {
        let relative = Path::new(path);
        if path.is_empty() || !relative.components().all(|part| matches!(part, Component::Normal(_))) {
            return Err(BaselineError::Outside { path: path.to_owned() });
        }
        let mut file = self.folder.clone();
        for part in relative.components() {
            file.push(part);
            if fs::symlink_metadata(&file).is_ok_and(|found| found.file_type().is_symlink()) {
                return Err(BaselineError::Link { path: file.display().to_string() });
            }
        }
        Ok(file)
    }
}

/// The snapshots of a folder.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Files {
    /// Accepted ones.
    pub accepted: Vec<String>,
    /// Those that wait for review, by the path they would be accepted at.
    pub waiting: Vec<String>,
}

fn walk(root: &Path, folder: &Path, files: &mut Files) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        let path = entry.path();
        if kind.is_dir() {
            walk(root, &path, files)?;
            continue;
        }
        let below = super::suites::slashed(path.strip_prefix(root).unwrap_or(&path));
        if let Some(accepted) = below.strip_suffix(".new").filter(|_| below.ends_with(WAITING)) {
            files.waiting.push(accepted.to_owned());
        } else if below.rsplit_once('.').is_some_and(|(_, ending)| ending == ACCEPTED) {
            files.accepted.push(below);
        }
    }
    Ok(())
}

fn read(file: &Path, path: &str) -> Result<String, BaselineError> {
    let unreadable = |message: String| BaselineError::Unreadable { path: path.to_owned(), message };
    let snapshot = insta::Snapshot::from_file(file).map_err(|error| unreadable(error.to_string()))?;
    let text = snapshot.as_text().ok_or_else(|| unreadable(String::from("it holds no text")))?.to_string();
    let is_conflicted = text.lines().any(|line| line.starts_with("<<<<<<< ")) && text.lines().any(|line| line.starts_with(">>>>>>> "));
    if is_conflicted { Err(BaselineError::Conflict { path: path.to_owned() }) } else { Ok(text) }
}

/// A snapshot file in insta's form: `---`, a YAML head, `---`, the text.
fn render(head: &Head, text: &str) -> String {
    let quoted = |text: &str| json::quote(text);
    let mut file = format!("---\nsource: {}\ndescription: {}\ninfo:\n", quoted(&head.source), quoted(&head.description));
    file.push_str(&format!("  environment: {}\n", quoted(&head.environment)));
    if let Some(release) = &head.release {
        file.push_str(&format!("  release: {}\n", quoted(release)));
    }
    if let Some(status) = head.status {
        file.push_str(&format!("  status: {status}\n"));
    }
    if let Some(content_type) = &head.content_type {
        file.push_str(&format!("  content_type: {}\n", quoted(content_type)));
    }
    if !head.trailing_newline {
        file.push_str("  trailing_newline: false\n");
    }
    file.push_str("---\n");
    file.push_str(text.trim_end_matches('\n'));
    file.push('\n');
    file
}

#[cfg(test)]
mod tests {
    use prodiff_core::snapshot::{json_text, plain_text};

    use super::*;

    fn head() -> Head {
        Head {
            source: String::from("suites/a.yaml"),
            description: String::from("GET /x \"quoted\": yes"),
            environment: String::from("staging"),
            release: None,
            status: Some(200),
            content_type: Some(String::from("application/json")),
            trailing_newline: true,
        }
    }

    fn on(environment: &str) -> Variant {
        Variant { environment: Some(environment.to_owned()), ..Variant::default() }
    }

    fn key() -> SnapshotKey {
        SnapshotKey { suite: String::from("api/a"), case: String::from("c"), row: None, name: String::from("n") }
    }

    #[test]
    fn what_is_accepted_is_read_back_by_insta() {
        let folder = tempfile::tempdir().unwrap();
        let baselines = Baselines::new(folder.path());
        for text in ["a\n---\nb\n", "", "  indented\n\nlast", "ünïcode ✓"] {
            baselines.accept("api/a/c.n.snap", &head(), &plain_text(text).text).unwrap();
            let found = baselines.find(&key(), &on("staging")).unwrap().unwrap();
            assert_eq!(found.text, text.trim_end_matches('\n'), "{text:?}");
        }
    }

    #[test]
    fn an_environments_own_baseline_wins_and_others_see_the_shared_one() {
        let folder = tempfile::tempdir().unwrap();
        let baselines = Baselines::new(folder.path());
        assert_eq!(baselines.find(&key(), &on("staging")).unwrap(), None);
        baselines.accept(&key().path(&Variant::default()), &head(), "shared\n").unwrap();
        let own = key().path(&Variant { environment: Some(String::from("production")), ..Variant::default() });
        baselines.accept(&own, &head(), "own\n").unwrap();
        assert_eq!(baselines.find(&key(), &on("production")).unwrap().unwrap().text, "own");
        assert_eq!(baselines.find(&key(), &on("staging")).unwrap().unwrap().text, "shared");
    }

    #[test]
    fn accepting_removes_what_waits() {
        let folder = tempfile::tempdir().unwrap();
        let baselines = Baselines::new(folder.path());
        let path = key().path(&Variant::default());
        let canonical = json_text(prodiff_core::json::Json::Null);
        baselines.put_waiting(&path, &head(), &canonical).unwrap();
        assert_eq!(baselines.files().unwrap(), Files { accepted: vec![], waiting: vec![path.clone()] });
        baselines.accept(&path, &head(), &canonical.text).unwrap();
        assert_eq!(baselines.files().unwrap(), Files { accepted: vec![path.clone()], waiting: vec![] });
        assert!(!baselines.drop_waiting(&path).unwrap());
    }

    #[cfg(unix)]
    #[test]
    fn links_and_ways_out_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let outside = tempfile::tempdir().unwrap();
        let baselines = Baselines::new(folder.path());
        std::os::unix::fs::symlink(outside.path(), folder.path().join("api")).unwrap();
        assert!(matches!(baselines.accept("api/a.snap", &head(), "x"), Err(BaselineError::Link { .. })));
        for path in ["../a.snap", "/etc/a.snap", "a/../../b.snap", ""] {
            assert!(matches!(baselines.accept(path, &head(), "x"), Err(BaselineError::Outside { .. })), "{path}");
        }
        assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_half_merged_baseline_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let baselines = Baselines::new(folder.path());
        baselines.accept("api/a/c.n.snap", &head(), "<<<<<<< ours\na\n=======\nb\n>>>>>>> theirs\n").unwrap();
        assert!(matches!(baselines.find(&key(), &on("x")), Err(BaselineError::Conflict { .. })));
        fs::write(folder.path().join("api/a/c.n.snap"), b"---\nsource: [\n---\nx\n").unwrap();
        assert!(matches!(baselines.find(&key(), &on("x")), Err(BaselineError::Unreadable { .. })));
    }
}
