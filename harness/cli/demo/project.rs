//! The project that the demo plays in: suites in a folder of its own, and the program itself run there. Gone with its value.

use std::{
    ffi::OsStr,
    fs, io,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use prodiff_sandbox::{Environment, Sandbox};
use tempfile::TempDir;
use tokio::process::Command;

/// The suites, by their place in the suites folder. Ports are filled in where `${…}` stands.
const SUITES: [(&str, &str); 4] = [
    ("environments.yaml", include_str!("suites/environments.yaml")),
    ("api/categories.yaml", include_str!("suites/api/categories.yaml")),
    ("api/plugins.yaml", include_str!("suites/api/plugins.yaml")),
    ("web/pages.yaml", include_str!("suites/web/pages.yaml")),
];

/// What of the caller's environment would change what is played: a CI writes nothing that waits for review, and what is planted
/// is no failure of its build.
const LEFT_OUT: [&str; 3] = ["CI", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"];

/// How often the folder is tried to be removed, and how long to wait between.
const CLOSINGS: u32 = 20;
const CLOSING_PAUSE: Duration = Duration::from_millis(50);

/// Who accepts in the demo.
pub(super) const OWNER: &str = "demo";

/// A project in a folder of its own.
#[derive(Debug)]
pub(super) struct Project {
    folder: TempDir,
    program: PathBuf,
}

/// How a command ended.
#[derive(Debug)]
pub(super) struct Ended {
    /// The exit code; nothing when a signal ended it.
    pub(super) code: Option<i32>,
    /// Everything it printed, standard output first.
    pub(super) text: String,
}

impl Project {
    /// Writes the suites, with the addresses of the environments.
    pub(super) fn new(sandbox: &Sandbox) -> io::Result<Self> {
        let folder = TempDir::with_prefix("prodiff-demo-")?;
        for (path, text) in SUITES {
            let path = folder.path().join("suites").join(path);
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::write(path, fill(text, sandbox))?;
        }
        Ok(Self { folder, program: std::env::current_exe()? })
    }

    /// The folder with `suites`, `baselines` and `reports`.
    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Runs the program itself to its end. Where the caller goes away before, it is killed.
    pub(super) async fn prodiff(&self, arguments: &[impl AsRef<OsStr>]) -> io::Result<Ended> {
        let mut command = Command::new(&self.program);
        command.args(arguments).current_dir(self.path()).env("PRODIFF_USER", OWNER).stdin(Stdio::null()).kill_on_drop(true);
        for name in LEFT_OUT {
            command.env_remove(name);
        }
        let output = command.output().await?;
        let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
        text.push_str(&String::from_utf8_lossy(&output.stderr));
        Ok(Ended { code: output.status.code(), text })
    }

    /// Removes the folder. A command that was just killed may still be writing its last file: then it is tried again.
    pub(super) async fn close(self) -> io::Result<()> {
        for _ in 0..CLOSINGS {
            match fs::remove_dir_all(self.path()) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => tokio::time::sleep(CLOSING_PAUSE).await,
                Ok(()) | Err(_) => {
                    // It is gone: nothing is left to do for the value.
                    let _ = self.folder.keep();
                    return Ok(());
                }
            }
        }
        self.folder.close()
    }
}

fn fill(text: &str, sandbox: &Sandbox) -> String {
    Environment::ALL.into_iter().fold(text.to_owned(), |text, environment| {
        let urls = sandbox.urls(environment);
        text.replace(&format!("${{{environment}.web}}"), &urls.web).replace(&format!("${{{environment}.api}}"), &urls.api)
    })
}
