//! One process group with its folder: started together, ended together, whoever dies first.

use std::{
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom, Write},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use rustix::{
    io::Errno,
    process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid},
};

use super::watcher::Watcher;

/// A program to start.
#[derive(Debug, Clone, Copy)]
pub struct Program<'a> {
    /// Its file.
    pub path: &'a Path,
    /// Its arguments.
    pub arguments: &'a [String],
    /// Variables besides ours.
    pub variables: &'a [(String, String)],
}

/// A running program with all its descendants that stay in its group, and the folder they write into.
#[derive(Debug)]
pub struct Group {
    /// Not reaped before the group is ended: until then its number cannot become somebody else's.
    leader: Child,
    id: Pid,
    folder: PathBuf,
    watcher: Watcher,
    is_ended: bool,
}

/// Where the program's output goes, in its folder.
const LOG: &str = "output.log";

/// How much of the output is shown.
const TAIL: u64 = 2048;

/// How long a group may take to end after it was asked to.
const GRACE: Duration = Duration::from_secs(2);

/// The same where somebody waits who cannot: in `Drop`.
const SHORT_GRACE: Duration = Duration::from_millis(300);

/// How long the system may take to end what was killed, and a folder to be empty.
const PATIENCE: Duration = Duration::from_secs(3);

impl Group {
    /// Starts a program in a group of its own, with a folder of its own as `TMPDIR`.
    ///
    /// # Errors
    /// When the folder cannot be made or no process can be started.
    pub fn start(program: &Program<'_>) -> io::Result<Self> {
        let folder = tempfile::Builder::new().prefix("prodiff-").tempdir()?;
        let mut watcher = Watcher::over(folder.path())?;
        let log = File::options().create_new(true).append(true).open(folder.path().join(LOG))?;
        let mut command = Command::new("/bin/sh");
        // The shell waits for a line before it becomes the program. Should we be killed between starting it and telling the
        // watcher of it, the line never comes, and there is nothing to clean up.
        command.args(["-c", "read -r _ || exit 1; exec \"$@\" </dev/null", "prodiff-gate"]).arg(program.path).args(program.arguments);
        command.stdin(Stdio::piped()).stdout(log.try_clone()?).stderr(log).process_group(0);
        command.env("TMPDIR", folder.path());
        let home = home_in(folder.path())?;
        for variable in ["XDG_CONFIG_HOME", "XDG_CACHE_HOME"] {
            command.env(variable, &home);
        }
        command.envs(program.variables.iter().map(|(name, value)| (name, value)));
        let mut leader = command.spawn()?;
        let started = watcher.and_group(leader.id()).and_then(|()| {
            let mut gate = leader.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?;
            gate.write_all(b"go\n")
        });
        let id = Pid::from_child(&leader);
        let group = Self { leader, id, folder: folder.keep(), watcher, is_ended: false };
        // A group that could not be opened is ended by being dropped.
        started.map(|()| group)
    }

    /// The folder that it writes into, removed when the group ends.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The number of the group, which is that of its leader.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.leader.id()
    }

    /// How the program ended, if it did. Its descendants may still run.
    #[must_use]
    pub fn ended(&self) -> Option<String> {
        let look = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG;
        match waitid(WaitId::Pid(self.id), look) {
            Ok(None) => None,
            Ok(Some(status)) => Some(match (status.exit_status(), status.terminating_signal()) {
                (Some(code), _) => format!("it ended with code {code}"),
                (None, Some(signal)) => format!("it was ended by signal {signal}"),
                (None, None) => String::from("it ended"),
            }),
            Err(_) => Some(String::from("it ended")),
        }
    }

    /// All that the program printed, up to some megabytes.
    #[must_use]
    pub fn output(&self) -> String {
        self.read_from(0)
    }

    /// The end of what the program printed.
    #[must_use]
    pub fn tail(&self) -> String {
        let size = fs::metadata(self.folder.join(LOG)).map_or(0, |file| file.len());
        let text = self.read_from(size.saturating_sub(TAIL));
        text.trim().to_owned()
    }

    fn read_from(&self, offset: u64) -> String {
        let mut bytes = Vec::new();
        let read = File::open(self.folder.join(LOG)).and_then(|mut file| {
            file.seek(SeekFrom::Start(offset))?;
            file.take(4 << 20).read_to_end(&mut bytes)
        });
        read.map_or_else(|_| String::new(), |_| String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Ends the group and removes its folder: politely, then by force.
    pub async fn end(mut self) {
        // The waits are blocking ones, so that `Drop` can have the same; they get a thread.
        let _ = tokio::task::spawn_blocking(move || self.finish(GRACE)).await;
    }

    fn finish(&mut self, grace: Duration) -> Option<ExitStatus> {
        if std::mem::replace(&mut self.is_ended, true) {
            return None;
        }
        let _ = kill_process_group(self.id, Signal::TERM);
        if !self.is_gone_within(grace) {
            let _ = kill_process_group(self.id, Signal::KILL);
            self.is_gone_within(PATIENCE);
        }
        let status = self.leader.wait().ok();
        let removed = within(PATIENCE, || match fs::remove_dir_all(&self.folder) {
            Ok(()) => true,
            // Something that was ending wrote once more: again.
            Err(error) => error.kind() == io::ErrorKind::NotFound,
        });
        if removed {
            self.watcher.dismiss();
        }
        status
    }

    fn is_gone_within(&self, time: Duration) -> bool {
        within(time, || !has_members(self.id))
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.finish(SHORT_GRACE);
    }
}

/// A place for what a browser keeps for its next start, which is no concern of the user's own browser, nor the other way
/// round; and for downloads, whose folder in the user's home some browsers make even when nothing is downloaded.
fn home_in(folder: &Path) -> io::Result<PathBuf> {
    let home = folder.join("home");
    fs::create_dir(&home)?;
    fs::write(home.join("user-dirs.dirs"), format!("XDG_DOWNLOAD_DIR=\"{}\"\n", home.join("downloads").display()))?;
    Ok(home)
}

/// Asks until it is so, in short steps, or time is up.
fn within(time: Duration, mut is_so: impl FnMut() -> bool) -> bool {
    let until = Instant::now() + time;
    let mut step = Duration::from_millis(1);
    loop {
        if is_so() {
            return true;
        }
        if Instant::now() >= until {
            return false;
        }
        thread::sleep(step);
        step = (step * 2).min(Duration::from_millis(20));
    }
}

/// Whether a group has a process that runs. What has ended and waits for its parent to notice does not count: in a
/// container the first process may never do so.
#[cfg(target_os = "linux")]
fn has_members(group: Pid) -> bool {
    let Ok(processes) = fs::read_dir("/proc") else {
        return answers(group);
    };
    let group = group.as_raw_nonzero().get().to_string();
    processes.filter_map(|entry| Some(entry.ok()?.path())).any(|process| {
        let is_number = process.file_name().is_some_and(|name| name.as_encoded_bytes().first().is_some_and(u8::is_ascii_digit));
        is_number && fs::read_to_string(process.join("stat")).is_ok_and(|stat| is_member(&stat, &group))
    })
}

#[cfg(not(target_os = "linux"))]
fn has_members(group: Pid) -> bool {
    answers(group)
}

/// Whether a signal would reach anybody.
fn answers(group: Pid) -> bool {
    rustix::process::test_kill_process_group(group) != Err(Errno::SRCH)
}

/// `1234 (name) S 1 1234 …`: state, parent, group. The name may hold anything, also `)`.
#[cfg(target_os = "linux")]
fn is_member(stat: &str, group: &str) -> bool {
    let Some((_, rest)) = stat.rsplit_once(')') else { return false };
    let mut fields = rest.split_whitespace();
    let (state, _parent, of) = (fields.next(), fields.next(), fields.next());
    of == Some(group) && !matches!(state, Some("Z" | "X"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Group {
        let arguments = [String::from("-c"), String::from(script)];
        Group::start(&Program { path: Path::new("/bin/sh"), arguments: &arguments, variables: &[] }).unwrap()
    }

    fn until(what: &str, is_so: impl FnMut() -> bool) {
        assert!(within(Duration::from_secs(10), is_so), "{what}");
    }

    #[test]
    fn members_are_told_from_the_dead_and_from_strangers() {
        assert!(is_member("12 (a) b) S 1 34 34 0", "34"));
        assert!(!is_member("12 (a) Z 1 34 34 0", "34"));
        assert!(!is_member("12 (a) S 34 12 12 0", "34"));
    }

    #[test]
    fn children_and_folder_go_with_the_group() {
        let group = shell("sleep 600 & sleep 600 & echo started; wait");
        let (id, folder) = (group.id, group.folder().to_owned());
        until("it starts", || group.output().contains("started"));
        assert!(has_members(id) && folder.exists());
        drop(group);
        assert!(!has_members(id) && !folder.exists());
    }

    #[test]
    fn one_that_does_not_listen_is_killed() {
        let group = shell("trap '' TERM; echo started; while :; do sleep 600; done");
        let id = group.id;
        until("it starts", || group.output().contains("started"));
        drop(group);
        assert!(!has_members(id));
    }

    #[test]
    fn what_the_leader_leaves_behind_when_it_is_killed_goes_too() {
        let group = shell("sleep 600 & echo started; wait");
        let id = group.id;
        until("it starts", || group.output().contains("started"));
        rustix::process::kill_process(id, Signal::KILL).unwrap();
        until("its death is seen", || group.ended().is_some());
        assert_eq!(group.ended().as_deref(), Some("it was ended by signal 9"));
        assert!(has_members(id), "the child is not ended by its parent's death");
        drop(group);
        assert!(!has_members(id));
    }

    #[test]
    fn a_program_that_is_not_there_says_so() {
        let group = Group::start(&Program { path: Path::new("/no/such/program"), arguments: &[], variables: &[] }).unwrap();
        until("its end is seen", || group.ended().is_some());
        assert!(group.ended().unwrap().contains("code 127") && group.tail().contains("/no/such/program"), "{}", group.tail());
    }

    #[test]
    fn the_watcher_cleans_up_when_nobody_else_does() {
        let mut group = shell("sleep 600 & echo started; wait");
        let (id, folder) = (group.id, group.folder().to_owned());
        until("it starts", || group.output().contains("started"));
        // What the system does when we are killed: the pipe is closed, and no word is said.
        group.is_ended = true;
        drop(group);
        until("the group is ended", || !has_members(id));
        until("the folder is removed", || !folder.exists());
    }
}
