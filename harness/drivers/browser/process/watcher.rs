//! A small shell that cleans up after us when we are killed and cannot.

use std::{
    io::{self, Write},
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, Stdio},
};

const SCRIPT: &str = include_str!("watcher.sh");

/// Waits, in a process group of its own, for us to be gone.
#[derive(Debug)]
pub(super) struct Watcher {
    shell: Child,
}

impl Watcher {
    /// Starts watching over a folder. If we die from now on, it is removed.
    pub(super) fn over(folder: &Path) -> io::Result<Self> {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", SCRIPT, "prodiff-watcher"]).arg(folder).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        // Ctrl-C and `kill -- -GROUP` of us must not reach it: it is what is left when they do.
        command.process_group(0);
        Ok(Self { shell: command.spawn()? })
    }

    /// If we die from now on, this group is ended before the folder is removed.
    pub(super) fn and_group(&mut self, group: u32) -> io::Result<()> {
        self.say(&format!("{group}\n"))
    }

    /// We have cleaned up ourselves.
    pub(super) fn dismiss(&mut self) {
        // One that is gone needs no word.
        let _ = self.say("done\n");
        drop(self.shell.stdin.take());
        let _ = self.shell.wait();
    }

    fn say(&mut self, line: &str) -> io::Result<()> {
        let pipe = self.shell.stdin.as_mut().ok_or(io::ErrorKind::BrokenPipe)?;
        pipe.write_all(line.as_bytes())?;
        pipe.flush()
    }
}
