//! Where programs are: what was configured, then environment variables, then `PATH`, then known places.

use std::{
    ffi::OsString,
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

use super::registry::{Browser, Candidate, Program};

/// The machine as a search sees it.
#[derive(Debug, Clone, Default)]
pub struct Machine {
    /// Environment variables that are set, and not empty.
    pub variables: Vec<(String, OsString)>,
    /// Program name → file or folder, as configured; comes before everything else.
    pub configured: Vec<(String, PathBuf)>,
}

impl Machine {
    /// This machine, with nothing configured.
    #[must_use]
    pub fn this() -> Self {
        let variables = std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value)));
        Self { variables: variables.filter(|(_, value)| !value.is_empty()).collect(), configured: Vec::new() }
    }

    fn variable(&self, name: &str) -> Option<&OsString> {
        self.variables.iter().find(|(found, _)| found == name).map(|(_, value)| value)
    }
}

/// A program that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its file.
    pub path: PathBuf,
    /// Whether it can show a window.
    pub has_window: bool,
}

/// Why a program cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotFound {
    /// It is nowhere.
    #[error("{name} is missing")]
    Missing {
        /// What people call it.
        name: &'static str,
    },
    /// Somebody named a file that is none. Falling back to another one would test another browser than was asked for.
    #[error("{by} names `{path}`, where there is no {name}")]
    Misnamed {
        /// What people call it.
        name: &'static str,
        /// The variable or setting.
        by: String,
        /// The file or folder.
        path: PathBuf,
    },
}

/// The programs of a browser.
#[derive(Debug, Clone)]
pub struct Programs {
    /// The browser's file.
    pub browser: Result<Found, NotFound>,
    /// The driver's file.
    pub driver: Result<Found, NotFound>,
    /// The screen's, where one is needed.
    pub display: Option<Result<Found, NotFound>>,
}

/// Looks for everything that a browser needs. `headed` leaves out what has no window.
#[must_use]
pub fn programs(browser: &Browser, machine: &Machine, headed: bool) -> Programs {
    let has_screen = machine.variable("DISPLAY").is_some() || machine.variable("WAYLAND_DISPLAY").is_some();
    let display = browser.display.as_ref().filter(|_| !(headed && has_screen));
    Programs {
        browser: find(&browser.browser, machine, headed),
        driver: find(&browser.driver, machine, false),
        display: display.map(|program| find(program, machine, false)),
    }
}

/// Looks for one program.
///
/// # Errors
/// When it is nowhere, or when somebody named a file that is none.
pub fn find(program: &Program, machine: &Machine, headed: bool) -> Result<Found, NotFound> {
    let configured = machine.configured.iter().filter(|(name, _)| name == program.name).map(|(name, path)| (name.clone(), path.clone()));
    let variables = program.variables.iter().filter_map(|name| Some((format!("${name}"), PathBuf::from(machine.variable(name)?))));
    if let Some((by, path)) = configured.chain(variables).next() {
        return named(program, &path).ok_or(NotFound::Misnamed { name: program.name, by, path });
    }
    let wanted = program.candidates.iter().filter(|candidate| candidate.has_window || !headed);
    wanted.filter_map(|candidate| somewhere(candidate, machine)).next().ok_or(NotFound::Missing { name: program.name })
}

/// A file that somebody named, or the program in a folder that somebody named.
fn named(program: &Program, path: &Path) -> Option<Found> {
    if is_program(path) {
        let file = path.file_name().unwrap_or_default();
        let known = program.candidates.iter().find(|candidate| file == candidate.file);
        let has_window = known.map_or_else(|| !path.to_string_lossy().contains("headless"), |candidate| candidate.has_window);
        return Some(Found { path: path.to_owned(), has_window });
    }
    let within = |candidate: &Candidate| {
        let path = path.join(candidate.file);
        is_program(&path).then_some(Found { path, has_window: candidate.has_window })
    };
    program.candidates.iter().find_map(within)
}

fn somewhere(candidate: &Candidate, machine: &Machine) -> Option<Found> {
    let path = machine.variable("PATH").cloned().unwrap_or_default();
    let on_path: Vec<PathBuf> =
        std::env::split_paths(&path).map(|folder| folder.join(candidate.file)).filter(|path| is_program(path)).collect();
    let known: Vec<PathBuf> = candidate.places.iter().filter_map(|place| at(place, machine)).filter(|path| is_program(path)).collect();
    // A shell script in `PATH` may not `exec` the program it stands for: its browser then survives its session. The
    // program itself is taken where it is known.
    let behind = on_path.iter().any(|path| is_script(path)).then(|| known.iter().find(|path| !is_script(path))).flatten();
    let path = behind.or_else(|| on_path.first()).or_else(|| known.first())?;
    Some(Found { path: path.clone(), has_window: candidate.has_window })
}

fn at(place: &str, machine: &Machine) -> Option<PathBuf> {
    match place.strip_prefix("~/") {
        Some(rest) => Some(PathBuf::from(machine.variable("HOME")?).join(rest)),
        None => Some(PathBuf::from(place)),
    }
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
}

fn is_script(path: &Path) -> bool {
    let mut start = [0; 2];
    File::open(path).and_then(|mut file| file.read_exact(&mut start)).is_ok() && &start == b"#!"
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt};

    use super::{super::registry::Packages, *};

    static PROGRAM: Program = Program {
        name: "browser",
        variables: &["BROWSER_FILE"],
        candidates: &[
            Candidate { file: "quick", has_window: false, places: &["~/quick/real"] },
            Candidate { file: "usual", has_window: true, places: &["~/usual/real"] },
        ],
        packages: Packages { debian: &[], ubuntu: &[], brew: &[], cargo: None, elsewhere: "nowhere" },
    };

    fn check(files: &[(&str, &str)], variables: &[(&str, &str)], headed: bool, expected: &str) {
        let home = tempfile::tempdir().unwrap();
        for (file, content) in files {
            let path = home.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, content).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        let root = home.path().display().to_string();
        let mut machine = Machine::default();
        machine.variables.push((String::from("HOME"), home.path().into()));
        machine.variables.extend(variables.iter().map(|(name, value)| (String::from(*name), value.replace('~', &root).into())));
        let found = match find(&PROGRAM, &machine, headed) {
            Ok(found) => format!("{} {}", found.path.display(), found.has_window),
            Err(error) => error.to_string(),
        };
        assert_eq!(found.replace(&root, "~"), expected);
    }

    #[test]
    fn the_better_name_wins_wherever_it_is() {
        check(&[("bin/usual", "ELF"), ("quick/real", "ELF")], &[("PATH", "~/bin")], false, "~/quick/real false");
        check(&[("bin/usual", "ELF"), ("quick/real", "ELF")], &[("PATH", "~/bin")], true, "~/bin/usual true");
    }

    #[test]
    fn a_script_in_the_path_gives_way_to_the_program_behind_it() {
        check(&[("bin/quick", "#!/bin/sh"), ("quick/real", "ELF")], &[("PATH", "~/bin")], false, "~/quick/real false");
        check(&[("bin/quick", "#!/bin/sh")], &[("PATH", "~/bin")], false, "~/bin/quick false");
    }

    #[test]
    fn a_variable_names_a_file_or_its_folder_and_wins() {
        let files = [("bin/quick", "ELF"), ("other/usual", "ELF")];
        check(&files, &[("PATH", "~/bin"), ("BROWSER_FILE", "~/other/usual")], false, "~/other/usual true");
        check(&files, &[("PATH", "~/bin"), ("BROWSER_FILE", "~/other")], false, "~/other/usual true");
    }

    #[test]
    fn a_variable_that_names_nothing_is_said_and_not_passed_over() {
        let expected = "$BROWSER_FILE names `~/gone`, where there is no browser";
        check(&[("bin/quick", "ELF")], &[("PATH", "~/bin"), ("BROWSER_FILE", "~/gone")], false, expected);
    }

    #[test]
    fn nothing_is_missing_aloud() {
        check(&[], &[("PATH", "~/bin")], false, "browser is missing");
    }
}
