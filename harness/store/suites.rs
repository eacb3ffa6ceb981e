//! Reads the suites folder: every `.yaml` file in it, and the files that suites name.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use prodiff_core::{
    diagnostic::{Diagnostic, Source},
    suite::model::{Rows, Suite},
    yaml,
};

/// A file of the suites folder, or why it could not be read.
#[derive(Debug)]
pub struct SuiteFile {
    /// Its path below the folder without `.yaml`, with forward slashes: the first half of identities.
    pub path: String,
    /// The text, or what is wrong with the file.
    pub source: Result<Arc<Source>, Box<Diagnostic>>,
}

/// How deep folders may nest; more is a link that leads in circles or a mistake.
const MAX_DEPTH: usize = 32;
/// The largest row file that is read.
const MAX_ROWS_FILE: u64 = 64_000_000;

/// All suite files below a folder in the order of their paths.
///
/// # Errors
/// When the folder itself cannot be read. What is wrong with a single file is in its place.
pub fn read(folder: &Path) -> io::Result<Vec<SuiteFile>> {
    let mut paths = Vec::new();
    walk(folder, 0, &mut paths)?;
    paths.sort();
    Ok(paths.into_iter().map(|path| read_file(folder, &path)).collect())
}

fn walk(folder: &Path, depth: usize, found: &mut Vec<PathBuf>) -> io::Result<()> {
    if depth > MAX_DEPTH {
        return Err(io::Error::other(format!("{} is nested deeper than {MAX_DEPTH} folders", folder.display())));
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        let kind = entry.file_type()?;
        // A linked folder is not walked into: what it holds would have two identities.
        if kind.is_dir() {
            walk(&path, depth + 1, found)?;
        } else if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("yaml") || extension.eq_ignore_ascii_case("yml"))
        {
            found.push(path);
        }
    }
    Ok(())
}

fn read_file(folder: &Path, path: &Path) -> SuiteFile {
    let shown = slashed(path);
    let below = slashed(path.strip_prefix(folder).unwrap_or(path));
    let Some(identity) = below.strip_suffix(".yaml") else {
        // Left out it would be a suite that nobody runs, and nobody would know.
        let problem = Diagnostic::general(format!("{shown}: suites end in `.yaml`")).help("rename the file");
        return SuiteFile { path: below, source: Err(Box::new(problem)) };
    };
    SuiteFile { path: identity.to_owned(), source: read_source(path, &shown) }
}

fn read_source(path: &Path, shown: &str) -> Result<Arc<Source>, Box<Diagnostic>> {
    let unreadable = |error: io::Error| Box::new(Diagnostic::general(format!("{shown}: cannot be read: {error}")));
    let size = fs::metadata(path).map_err(unreadable)?.len();
    if size > yaml::MAX_FILE as u64 {
        let limit = prodiff_core::value::format_size(yaml::MAX_FILE as u64);
        return Err(Box::new(Diagnostic::general(format!("{shown}: larger than {limit}")).help("split the file")));
    }
    let bytes = fs::read(path).map_err(unreadable)?;
    yaml::from_bytes(shown, &bytes)
}

/// The texts of the row files that suites name, by suite path and file name as written.
#[must_use]
pub fn row_files(folder: &Path, suites: &[Arc<Suite>], problems: &mut Vec<Diagnostic>) -> BTreeMap<(String, String), String> {
    let mut texts = BTreeMap::new();
    for suite in suites {
        let beside = folder.join(&suite.path).parent().map(Path::to_owned).unwrap_or_default();
        for case in &suite.cases {
            let Some(Rows::File { path }) = &case.rows else { continue };
            match read_rows(&beside.join(&path.name)) {
                Ok(text) => {
                    texts.insert((suite.path.clone(), path.name.clone()), text);
                }
                Err(error) => problems.push(Diagnostic::error(&path.span, format!("`{}` cannot be read: {error}", path.name))),
            }
        }
    }
    texts
}

fn read_rows(path: &Path) -> io::Result<String> {
    if fs::metadata(path)?.len() > MAX_ROWS_FILE {
        return Err(io::Error::other("larger than 64 MB"));
    }
    fs::read_to_string(path)
}

/// A path with forward slashes, as identities and messages have it.
#[must_use]
pub fn slashed(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_yaml_file_is_found_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        for path in ["b.yaml", "a/x.yaml", "a/rows.csv", ".hidden/y.yaml", "wrong.yml"] {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "suite: x\n").unwrap();
        }
        let found = read(folder.path()).unwrap();
        let shown: Vec<(&str, bool)> = found.iter().map(|file| (file.path.as_str(), file.source.is_ok())).collect();
        assert_eq!(shown, [("a/x", true), ("b", true), ("wrong.yml", false)]);
    }

    #[test]
    fn a_missing_folder_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        assert!(read(&folder.path().join("none")).is_err());
    }
}
