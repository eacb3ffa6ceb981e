//! What several processes of one machine agree on, through files that one of them at a time has locked.
//!
//! A lock goes with the process that held it, however that ended. Holds no knowledge of what is agreed on, besides a moment.

use std::{
    fs::{self, File},
    io::{self, Read, Seek, Write},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use tokio::time::{Instant, sleep};

/// How often is looked whether one of several locks is free: they cannot all be waited for at once.
const LOOKS: Duration = Duration::from_millis(5);

/// A lock that processes share.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lock {
    path: PathBuf,
}

/// A lock that this process has, until it is dropped.
#[derive(Debug)]
pub struct Held {
    file: File,
}

impl Lock {
    /// The lock of this name in a folder. Names that differ only in what no file name may hold are one lock.
    ///
    /// # Errors
    /// When there is no place for it.
    pub fn new(folder: &Path, name: &str) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let plain: String = name
            .chars()
            .map(|character| if character.is_alphanumeric() || matches!(character, '-' | '_') { character } else { '-' })
            .take(80)
            .collect();
        let lock = Self { path: folder.join(plain) };
        // Whether files can be locked there at all is asked now, while it can still be said.
        lock.try_hold()?;
        Ok(lock)
    }

    /// Waits until this process has it. Nothing when it cannot be had any more, as when its folder is gone.
    pub async fn hold(&self) -> Option<Held> {
        let lock = self.clone();
        // A waiter that goes away leaves a thread that drops what it gets.
        tokio::task::spawn_blocking(move || lock.wait()).await.ok()?.ok()
    }

    /// Waits until this process has so many of several locks, all or none of them at a time. Fewer where there are fewer, or where
    /// they cannot be had any more.
    pub async fn some_of(locks: &[Self], wanted: usize) -> Vec<Held> {
        let wanted = wanted.min(locks.len());
        loop {
            let mut held = Vec::new();
            for lock in locks {
                if held.len() == wanted {
                    break;
                }
                match lock.try_hold() {
                    Ok(Some(one)) => held.push(one),
                    Ok(None) => {}
                    Err(_) => return held,
                }
            }
            if held.len() == wanted {
                return held;
            }
            drop(held);
            sleep(LOOKS).await;
        }
    }

    /// Waits until this process has it, and the thread with it.
    ///
    /// # Errors
    /// When it cannot be had.
    pub fn wait(&self) -> io::Result<Held> {
        let file = self.open()?;
        file.lock()?;
        Ok(Held { file })
    }

    fn try_hold(&self) -> io::Result<Option<Held>> {
        let file = self.open()?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Held { file })),
            Err(fs::TryLockError::WouldBlock) => Ok(None),
            Err(fs::TryLockError::Error(error)) => Err(error),
        }
    }

    fn open(&self) -> io::Result<File> {
        File::options().read(true).write(true).create(true).truncate(false).open(&self.path)
    }
}

impl Held {
    /// The moment that whoever had it last wrote, if it is still to come.
    #[must_use]
    pub fn moment(&self) -> Option<Instant> {
        let mut text = String::new();
        let mut file = &self.file;
        file.rewind().and_then(|()| file.take(64).read_to_string(&mut text)).ok()?;
        let since_epoch = Duration::from_micros(text.trim().parse().ok()?);
        let ahead = since_epoch.checked_sub(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok()?)?;
        Instant::now().checked_add(ahead)
    }

    /// Writes a moment for whoever has it next, and gives it back.
    pub fn write_moment(self, moment: Instant) {
        let ahead = moment.saturating_duration_since(Instant::now());
        let Ok(now) = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH) else { return };
        // All moments have the same number of digits until the year 2286: the file is never cut in between.
        let text = format!("{:<20}", (now + ahead).as_micros());
        let mut file = &self.file;
        // What cannot be written is not agreed on; this process keeps its own pace.
        let _ = file.rewind().and_then(|()| file.write_all(text.as_bytes()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_lock_is_held_by_one() {
        let folder = tempfile::tempdir().unwrap();
        let [one, two] = [(); 2].map(|()| Lock::new(folder.path(), "a").unwrap());
        let held = one.wait().unwrap();
        assert!(two.try_hold().unwrap().is_none());
        assert!(tokio::time::timeout(Duration::from_millis(30), two.hold()).await.is_err());
        drop(held);
        assert!(two.hold().await.is_some());
    }

    #[tokio::test]
    async fn a_moment_is_handed_on_and_one_that_is_over_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let lock = Lock::new(folder.path(), "a").unwrap();
        assert_eq!(lock.wait().unwrap().moment(), None);
        let moment = Instant::now() + Duration::from_secs(100);
        lock.wait().unwrap().write_moment(moment);
        let read = lock.wait().unwrap().moment().expect("it is to come");
        let apart = read.max(moment) - read.min(moment);
        assert!(apart < Duration::from_secs(10), "{apart:?}");
        lock.wait().unwrap().write_moment(Instant::now());
        tokio::time::sleep(Duration::from_millis(1)).await;
        assert_eq!(lock.wait().unwrap().moment(), None);
    }

    #[test]
    fn no_name_leaves_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        Lock::new(&folder.path().join("locks"), "../a/..").unwrap();
        assert!(folder.path().join("locks").join("---a---").exists());
    }

    #[test]
    fn a_folder_that_cannot_be_is_said() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("file"), "").unwrap();
        assert!(Lock::new(&folder.path().join("file"), "a").is_err());
    }
}
