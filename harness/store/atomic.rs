//! Writes a file whole or not at all: temporary file beside it, fsync where it must last, rename.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// Who may read a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Its owner only: reports may quote what a site showed to somebody who was signed in.
    Owner,
    /// As the user's mask says: baselines are shared in a repository.
    Shared,
}

/// Whether a file must still be there when the machine stops at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// It is nowhere else: a baseline, what a person accepted.
    Synced,
    /// It can be made again from what is there, as reports can from their record.
    Rendered,
}

/// Puts `bytes` into `path`, whose folder must exist, so that a reader sees the old file or the new one and nothing between.
///
/// # Errors
/// When the file cannot be written; the old one is then still there.
pub fn write(path: &Path, bytes: &[u8], access: Access, durability: Durability) -> io::Result<()> {
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".prodiff-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = match access {
            Access::Owner => 0o600,
            Access::Shared => 0o666,
        };
        builder.permissions(fs::Permissions::from_mode(mode));
    }
    let mut temporary = builder.tempfile_in(folder)?;
    temporary.write_all(bytes)?;
    if durability == Durability::Synced {
        temporary.as_file().sync_all()?;
    }
    temporary.persist(path).map_err(|error| error.error)?;
    if durability == Durability::Synced {
        sync_folder(folder);
    }
    Ok(())
}

/// Makes the rename itself durable where the system can. A folder that cannot be synced is no reason to fail: the file is there.
fn sync_folder(folder: &Path) {
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
}

/// Makes a folder and those above it, readable by `access`.
///
/// # Errors
/// When a folder cannot be made.
pub fn make_folder(path: &Path, access: Access) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    if access == Access::Owner {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(path)
}

/// Points the symbolic link `link` at `target`, replacing an older link at once.
///
/// # Errors
/// When the link cannot be made, or something that is no link is in its place.
#[cfg(unix)]
pub fn point(link: &Path, target: &Path) -> io::Result<()> {
    if fs::symlink_metadata(link).is_ok_and(|found| !found.file_type().is_symlink()) {
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, format!("{} is no link", link.display())));
    }
    let folder = link.parent().unwrap_or(Path::new("."));
    let temporary: PathBuf = folder.join(format!(".latest-{}", std::process::id()));
    let _ = fs::remove_file(&temporary);
    std::os::unix::fs::symlink(target, &temporary)?;
    fs::rename(&temporary, link)
}

/// Where there are no symbolic links to be had, `latest` is a text file with the folder's name.
///
/// # Errors
/// When the file cannot be written.
#[cfg(not(unix))]
pub fn point(link: &Path, target: &Path) -> io::Result<()> {
    write(link, target.to_string_lossy().as_bytes(), Access::Owner, Durability::Rendered)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.snap");
        write(&path, b"one", Access::Shared, Durability::Synced).unwrap();
        write(&path, b"two", Access::Owner, Durability::Rendered).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_cannot_be_written_leaves_the_old_one() {
        let folder = tempfile::tempdir().unwrap();
        assert!(write(&folder.path().join("missing/a.snap"), b"one", Access::Shared, Durability::Synced).is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[cfg(unix)]
    #[test]
    fn reports_are_for_their_owner() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        write(&path, b"{}", Access::Owner, Durability::Rendered).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[cfg(unix)]
    #[test]
    fn latest_moves_on_and_never_replaces_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("latest");
        point(&link, Path::new("one")).unwrap();
        point(&link, Path::new("two")).unwrap();
        assert_eq!(fs::read_link(&link).unwrap(), Path::new("two"));
        let real = folder.path().join("real");
        fs::create_dir(&real).unwrap();
        assert!(point(&real, Path::new("one")).is_err());
    }
}
