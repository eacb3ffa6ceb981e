//! Where axe-core is: the rules of accessibility, as its npm package holds them.

use std::{
    env, fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

/// The file of the package that runs in a page.
const FILE: &str = "axe.min.js";

/// Names a file, or the folder of the package, over all places where it is looked for.
pub const VARIABLE: &str = "PRODIFF_AXE";

/// The text of axe-core, read once a process.
///
/// # Errors
/// It is nowhere; the text says how to get it.
pub(super) fn script() -> Result<Arc<str>, String> {
    static READ: Mutex<Option<Arc<str>>> = Mutex::new(None);
    let mut read = READ.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(script) = &*read {
        return Ok(Arc::clone(script));
    }
    let path = place()?;
    let text = fs::read_to_string(&path).map_err(|error| format!("axe-core cannot be read from {}: {error}", path.display()))?;
    let script: Arc<str> = text.into();
    *read = Some(Arc::clone(&script));
    Ok(script)
}

/// The file that is taken.
///
/// # Errors
/// It is nowhere; the text says how to get it.
pub fn place() -> Result<PathBuf, String> {
    find(&places(env::var_os(VARIABLE).map(PathBuf::from), env::current_dir().ok(), cache())).map(Path::to_owned)
}

/// The folder in which `prodiff browsers install` keeps it.
#[must_use]
pub fn cache() -> Option<PathBuf> {
    let cache = env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let cache = cache.or_else(|| env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache")))?;
    Some(cache.join("prodiff").join("axe-core"))
}

/// The files that may be it, best first: the one that is named, `node_modules` here and further up, the cache.
fn places(named: Option<PathBuf>, here: Option<PathBuf>, cache: Option<PathBuf>) -> Vec<PathBuf> {
    let named = named.map(|path| if path.is_dir() { path.join(FILE) } else { path });
    let modules = here.iter().flat_map(|here| here.ancestors()).map(|folder| folder.join("node_modules/axe-core").join(FILE));
    let modules: Vec<PathBuf> = modules.collect();
    let cached = cache.into_iter().flat_map(|cache| [cache.join(FILE), cache.join("node_modules/axe-core").join(FILE)]);
    match named {
        // Who names a file means that file.
        Some(named) => vec![named],
        None => modules.into_iter().chain(cached).collect(),
    }
}

fn find(places: &[PathBuf]) -> Result<&Path, String> {
    let found = places.iter().map(PathBuf::as_path).find(|path| path.is_file());
    found.ok_or_else(|| {
        format!("axe-core is not here: `npm install axe-core` beside the suites, `prodiff browsers install`, or {VARIABLE}=path/to/{FILE}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_named_file_wins_and_a_folder_means_the_file_in_it() {
        let folder = tempfile::tempdir().unwrap();
        let here = folder.path().join("a/b");
        let package = folder.path().join("node_modules/axe-core");
        fs::create_dir_all(&package).unwrap();
        fs::create_dir_all(&here).unwrap();
        assert!(find(&places(None, Some(here.clone()), None)).unwrap_err().starts_with("axe-core is not here"));
        fs::write(package.join(FILE), "axe").unwrap();
        let file = package.join(FILE);
        assert_eq!(find(&places(None, Some(here.clone()), None)), Ok(file.as_path()));
        assert_eq!(find(&places(Some(package.clone()), None, None)), Ok(file.as_path()));
        assert!(find(&places(Some(folder.path().join("none.js")), Some(here), Some(package))).is_err());
    }
}
