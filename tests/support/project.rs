//! A project in a folder of its own, and the real program run in it. Leaves neither files nor processes behind.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs,
    io::Read,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    sync::mpsc,
    time::Duration,
};

use regex::Regex;
use serde_json::Value;
use tempfile::TempDir;

/// No command of a test takes longer; one that does is ended and fails its test.
const MAX_TIME: Duration = Duration::from_secs(60);

/// What is kept of the caller's environment: where programs are, and nothing that says where it runs (no `CI`, no proxy).
const KEPT: &[&str] = &["PATH", "SYSTEMROOT", "LLVM_PROFILE_FILE"];

/// A project: suites, baselines and reports in a folder that is gone with it.
#[derive(Debug)]
pub(crate) struct Project {
    folder: TempDir,
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// The exit code; nothing when a signal ended it.
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Project {
    /// An empty one.
    pub(crate) fn new() -> Self {
        Self { folder: TempDir::with_prefix("prodiff-test-").expect("there is room for temporary files") }
    }

    /// Its folder.
    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file, and the folders it stands in.
    pub(crate) fn write(&self, path: impl AsRef<Path>, text: impl AsRef<[u8]>) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().expect("a file stands in a folder")).expect("a folder can be made");
        fs::write(path, text).expect("a file can be written");
    }

    /// Copies a folder's files, with `${name}` filled in where they are text.
    pub(crate) fn copy(&self, from: &Path, into: &str, fill: &[(String, String)]) {
        for file in files_below(from) {
            let below = file.strip_prefix(from).expect("the file is in the folder");
            let bytes = fs::read(&file).expect("a file of the case can be read");
            let filled = match String::from_utf8(bytes) {
                Ok(text) => fill.iter().fold(text, |text, (name, url)| text.replace(&format!("${{{name}}}"), url)).into_bytes(),
                Err(binary) => binary.into_bytes(),
            };
            self.write(Path::new(into).join(below), filled);
        }
    }

    /// Every file in it, sorted, with `/` between folders.
    pub(crate) fn files(&self) -> Vec<String> {
        let below =
            |path: &PathBuf| path.strip_prefix(self.path()).expect("the file is in the project").display().to_string().replace('\\', "/");
        files_below(self.path()).iter().map(below).collect()
    }

    /// Runs prodiff to its end.
    pub(crate) fn prodiff(&self, arguments: &[impl AsRef<OsStr>], environment: &BTreeMap<String, String>) -> Ended {
        self.run(Path::new(env!("CARGO_BIN_EXE_prodiff")), arguments, environment)
    }

    /// Runs a program to its end.
    pub(crate) fn run(&self, program: &Path, arguments: &[impl AsRef<OsStr>], environment: &BTreeMap<String, String>) -> Ended {
        self.start(program, arguments, environment).wait(MAX_TIME)
    }

    /// Starts a program that ends with its value, if not before.
    pub(crate) fn start(&self, program: &Path, arguments: &[impl AsRef<OsStr>], environment: &BTreeMap<String, String>) -> Running {
        let kept = KEPT.iter().filter_map(|name| Some((name, std::env::var_os(name)?)));
        let child = Command::new(program)
            .args(arguments)
            .current_dir(self.path())
            .env_clear()
            .envs(kept)
            .env("HOME", self.path())
            .envs(environment)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}", program.display()));
        Running::new(child)
    }

    /// The newest report, when there is one.
    pub(crate) fn report(&self) -> Option<Value> {
        let reports = self.path().join("reports");
        let mut folders: Vec<PathBuf> =
            fs::read_dir(&reports).into_iter().flatten().map(|entry| entry.expect("a folder can be read").path()).collect();
        folders.sort();
        // Where links cannot be made, the newest folder is the last by its name.
        let newest = Some(reports.join("latest")).into_iter().chain(folders.into_iter().rev());
        let text = newest.map(|folder| folder.join("report.json")).find_map(|path| fs::read_to_string(path).ok())?;
        Some(serde_json::from_str(&text).unwrap_or_else(|error| panic!("report.json: {error}")))
    }

    /// Text without what differs from run to run: ports, folders, durations, moments.
    pub(crate) fn redact(&self, text: &str, sites: &[(String, String)]) -> String {
        let mut text = text.replace(&self.path().display().to_string(), "<project>");
        for (name, url) in sites {
            text = text.replace(url, &format!("<{name}>")).replace(url.trim_start_matches("http://"), &format!("<{name}>"));
        }
        for (pattern, instead) in [
            (r"reports/\d[^\s/]*", "reports/<run>"),
            (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", "<moment>"),
            (r"\b\d+(\.\d+)?\s?(ms|µs|s|min)\b", "<time>"),
        ] {
            text = Regex::new(pattern).expect("the pattern is sound").replace_all(&text, instead).into_owned();
        }
        text
    }
}

/// Every file below a folder, sorted; links are not followed.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let entry = entry.expect("a folder can be read");
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) { folders.push(entry.path()) } else { files.push(entry.path()) }
        }
    }
    files.sort();
    files
}

/// A program that runs. It is killed, by its id, when the value is dropped.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    output: mpsc::Receiver<Piece>,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    n_open: u8,
}

#[derive(Debug)]
enum Piece {
    Stdout(Vec<u8>),
    Stderr(Vec<u8>),
    Closed,
}

impl Running {
    fn new(mut child: Child) -> Self {
        let (sender, output) = mpsc::channel();
        let stdout = child.stdout.take().expect("its output is piped");
        let stderr = child.stderr.take().expect("its output is piped");
        pass_on(stdout, sender.clone(), Piece::Stdout);
        pass_on(stderr, sender, Piece::Stderr);
        Self { child, output, stdout: Vec::new(), stderr: Vec::new(), n_open: 2 }
    }

    /// Waits until it has said this, on either stream.
    pub(crate) fn wait_for(&mut self, text: &str) {
        while !self.said().contains(text) {
            assert!(self.n_open > 0, "it ended without `{text}`:\n{}", self.said());
            self.take_piece(MAX_TIME);
        }
    }

    /// Ctrl-C.
    #[cfg(unix)]
    pub(crate) fn interrupt(&self) {
        let id = self.child.id().to_string();
        let told = Command::new("kill").args(["-INT", &id]).status().expect("there is a `kill`");
        assert!(told.success(), "process {id} could not be interrupted");
    }

    /// Waits for its end.
    pub(crate) fn wait(mut self, at_most: Duration) -> Ended {
        while self.n_open > 0 {
            self.take_piece(at_most);
        }
        // Both streams are closed: it has ended, or will at once.
        let status: ExitStatus = self.child.wait().expect("a child can be waited for");
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ended { code: status.code(), stdout: text(&self.stdout), stderr: text(&self.stderr) }
    }

    fn said(&self) -> String {
        format!("{}{}", String::from_utf8_lossy(&self.stdout), String::from_utf8_lossy(&self.stderr))
    }

    fn take_piece(&mut self, at_most: Duration) {
        match self.output.recv_timeout(at_most) {
            Ok(Piece::Stdout(bytes)) => self.stdout.extend(bytes),
            Ok(Piece::Stderr(bytes)) => self.stderr.extend(bytes),
            Ok(Piece::Closed) => self.n_open -= 1,
            Err(error) => panic!("nothing in {} s ({error}); so far:\n{}", at_most.as_secs(), self.said()),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn pass_on(mut from: impl Read + Send + 'static, sender: mpsc::Sender<Piece>, piece: fn(Vec<u8>) -> Piece) {
    std::thread::spawn(move || {
        let mut buffer = [0; 8192];
        while let Ok(n_bytes) = from.read(&mut buffer) {
            if n_bytes == 0 || sender.send(piece(buffer[..n_bytes].to_vec())).is_err() {
                break;
            }
        }
        let _ = sender.send(Piece::Closed);
    });
}

mod tests {
    use super::*;

    fn no_environment() -> BTreeMap<String, String> {
        BTreeMap::new()
    }

    #[cfg(unix)]
    #[test]
    fn a_command_is_told_apart_by_code_and_streams() {
        let project = Project::new();
        let ended = project.run(Path::new("/bin/sh"), &["-c", "echo out; echo err >&2; exit 3"], &no_environment());
        assert_eq!((ended.code, ended.stdout.as_str(), ended.stderr.as_str()), (Some(3), "out\n", "err\n"));
    }

    #[cfg(unix)]
    #[test]
    fn a_command_sees_only_what_it_is_given() {
        let given = BTreeMap::from([(String::from("TOKEN"), String::from("t"))]);
        let ended = Project::new().run(Path::new("/bin/sh"), &["-c", "echo $TOKEN/$CI/$CARGO_MANIFEST_DIR"], &given);
        assert_eq!(ended.stdout, "t//\n");
    }

    #[cfg(unix)]
    #[test]
    fn a_command_that_waits_can_be_interrupted_and_ends_with_its_value() {
        let project = Project::new();
        let script = "trap 'echo bye; exit 130' INT; echo ready; while :; do sleep 0.01; done";
        let mut running = project.start(Path::new("/bin/sh"), &["-c", script], &no_environment());
        running.wait_for("ready");
        running.interrupt();
        let ended = running.wait(MAX_TIME);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(130), "ready\nbye\n"));

        let mut running = project.start(Path::new("/bin/sh"), &["-c", "echo $$; exec sleep 100"], &no_environment());
        running.wait_for("\n");
        let id = running.said().trim().to_owned();
        drop(running);
        assert!(!Command::new("kill").args(["-0", &id]).stderr(Stdio::null()).status().unwrap().success(), "{id} still runs");
    }

    #[test]
    fn the_program_itself_can_be_run() {
        let ended = Project::new().prodiff(&["--version"], &no_environment());
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    }

    #[test]
    fn files_are_copied_with_their_sites_filled_in_and_gone_in_the_end() {
        let (from, project) = (Project::new(), Project::new());
        from.write("a/b.yaml", "url: ${site}/x");
        from.write("c.bin", [0xff, 0xfe]);
        project.copy(from.path(), "suites", &[(String::from("site"), String::from("http://h"))]);
        assert_eq!(project.files(), ["suites/a/b.yaml", "suites/c.bin"]);
        assert_eq!(fs::read_to_string(project.path().join("suites/a/b.yaml")).unwrap(), "url: http://h/x");
        let path = project.path().to_owned();
        drop(project);
        assert!(!path.exists());
    }

    #[test]
    fn what_differs_from_run_to_run_is_redacted() {
        let project = Project::new();
        let sites = [(String::from("site"), String::from("http://127.0.0.1:4711"))];
        let text = format!(
            "{}/x at http://127.0.0.1:4711/y or 127.0.0.1:4711 in 12.5 ms, 2s (2026-01-02T03:04:05.6Z): reports/2026-a/report.json 3 cases",
            project.path().display()
        );
        assert_eq!(
            project.redact(&text, &sites),
            "<project>/x at <site>/y or <site> in <time>, <time> (<moment>): reports/<run>/report.json 3 cases"
        );
    }

    #[test]
    fn the_newest_report_is_read() {
        let project = Project::new();
        assert_eq!(project.report(), None);
        project.write("reports/1-run/report.json", "{\"exit_code\": 1}");
        project.write("reports/2-run/report.json", "{\"exit_code\": 0}");
        assert_eq!(project.report().unwrap()["exit_code"], 0);
        project.write("reports/latest/report.json", "{\"exit_code\": 3}");
        assert_eq!(project.report().unwrap()["exit_code"], 3);
    }
}
