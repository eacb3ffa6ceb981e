//! How what is missing is installed: as commands, or as words for people. Plans only; nothing is started here.

use std::fs;

use super::registry::Program;

/// What this machine installs programs with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct System {
    /// The package manager, if it is one we know.
    pub manager: Option<Manager>,
    /// Whether programs can be installed without asking anybody.
    pub is_root: bool,
    /// Whether `cargo` is there.
    pub has_cargo: bool,
}

/// A package manager.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manager {
    /// apt, with Debian's names.
    Debian,
    /// apt, with Ubuntu's names.
    Ubuntu,
    /// Homebrew.
    Brew,
}

impl System {
    /// This machine.
    #[must_use]
    pub fn this() -> Self {
        let release = fs::read_to_string("/etc/os-release").unwrap_or_default();
        let manager = match (has("apt-get"), has("brew")) {
            (true, _) if is_ubuntu(&release) => Some(Manager::Ubuntu),
            (true, _) => Some(Manager::Debian),
            (false, true) => Some(Manager::Brew),
            (false, false) => None,
        };
        Self { manager, is_root: is_root(), has_cargo: has("cargo") }
    }
}

/// Whether this runs as root.
#[cfg(unix)]
#[must_use]
pub fn is_root() -> bool {
    rustix::process::geteuid().is_root()
}

/// Whether this runs as root.
#[cfg(not(unix))]
#[must_use]
pub fn is_root() -> bool {
    false
}

fn has(program: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}

fn is_ubuntu(release: &str) -> bool {
    release.lines().any(|line| matches!(line.trim(), "ID=ubuntu" | "ID=\"ubuntu\""))
}

/// One command of an installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// The program and its arguments.
    pub words: Vec<String>,
    /// Whether it takes minutes, because it compiles.
    pub is_slow: bool,
}

impl Command {
    fn new(words: &[&str]) -> Self {
        Self { words: words.iter().map(|word| String::from(*word)).collect(), is_slow: false }
    }

    /// As it is typed.
    #[must_use]
    pub fn line(&self) -> String {
        self.words.join(" ")
    }
}

/// What installs the missing programs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    /// Commands, in order.
    pub commands: Vec<Command>,
    /// What no command here installs, and where it is to be had.
    pub by_hand: Vec<String>,
    /// Whether the commands may be run here and now; else they are for people to type.
    pub may_run: bool,
}

/// What installs these programs on this machine.
#[must_use]
pub fn plan(missing: &[&Program], system: &System) -> Plan {
    let mut plan = Plan { may_run: system.is_root || system.manager == Some(Manager::Brew), ..Plan::default() };
    let mut packages: Vec<&str> = Vec::new();
    let mut later = Vec::new();
    for program in missing {
        let named = match system.manager {
            Some(Manager::Debian) => program.packages.debian,
            Some(Manager::Ubuntu) => program.packages.ubuntu,
            Some(Manager::Brew) => program.packages.brew,
            None => &[],
        };
        if !named.is_empty() && system.manager == Some(Manager::Brew) {
            later.push(Command::new(&[&["brew", "install"], named].concat()));
        } else if !named.is_empty() {
            packages.extend(named.iter().filter(|name| !packages.contains(name)).collect::<Vec<_>>());
        } else if let (Some(name), true) = (program.packages.cargo, system.has_cargo) {
            later.push(Command { is_slow: true, ..Command::new(&["cargo", "install", name, "--locked"]) });
        } else {
            plan.by_hand.push(format!("{}: {}", program.name, program.packages.elsewhere));
        }
    }
    if !packages.is_empty() {
        let install = ["apt-get", "install", "-y", "--no-install-recommends"];
        plan.commands.push(Command::new(&["apt-get", "update"]));
        plan.commands.push(Command::new(&[&install, packages.as_slice()].concat()));
    }
    if !system.is_root {
        for command in &mut plan.commands {
            command.words.insert(0, String::from("sudo"));
        }
    }
    // What cargo installs belongs to the user and needs nobody's leave.
    plan.may_run = plan.may_run || plan.commands.is_empty();
    plan.commands.extend(later);
    plan
}

impl Plan {
    /// What to type, for people, on one line.
    #[must_use]
    pub fn line(&self) -> String {
        let commands = self.commands.iter().map(Command::line).collect::<Vec<_>>().join(" && ");
        [vec![commands], self.by_hand.clone()].concat().into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ")
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{chromium::CHROMIUM, firefox::FIREFOX, registry::Browser, webkit::WEBKIT},
        *,
    };

    fn check(browser: &Browser, system: System, may_run: bool, expected: &str) {
        let missing: Vec<&Program> = browser.programs().collect();
        let plan = plan(&missing, &system);
        assert_eq!((plan.line().as_str(), plan.may_run), (expected, may_run));
    }

    const DEBIAN: Option<Manager> = Some(Manager::Debian);

    #[test]
    fn root_on_debian_installs_at_once() {
        let system = System { manager: DEBIAN, is_root: true, has_cargo: false };
        let line = "apt-get update && apt-get install -y --no-install-recommends chromium chromium-headless-shell chromium-driver";
        check(&CHROMIUM, system.clone(), true, line);
        check(&WEBKIT, system, true, "apt-get update && apt-get install -y --no-install-recommends webkit2gtk-driver xvfb");
    }

    #[test]
    fn others_are_told_what_to_type() {
        let system = System { manager: DEBIAN, is_root: false, has_cargo: true };
        let line =
            "sudo apt-get update && sudo apt-get install -y --no-install-recommends firefox-esr && cargo install geckodriver --locked";
        check(&FIREFOX, system, false, line);
    }

    #[test]
    fn homebrew_needs_no_root() {
        let system = System { manager: Some(Manager::Brew), is_root: false, has_cargo: false };
        check(&CHROMIUM, system.clone(), true, "brew install --cask google-chrome && brew install --cask chromedriver");
        assert!(plan(&[&WEBKIT.driver], &system).by_hand[0].starts_with("WebKitWebDriver: "));
    }

    #[test]
    fn what_no_command_installs_is_said_with_its_place() {
        let system = System { manager: DEBIAN, is_root: true, has_cargo: false };
        let plan = plan(&[&FIREFOX.driver], &system);
        assert_eq!(plan.by_hand, ["geckodriver: https://github.com/mozilla/geckodriver/releases, then put it into PATH"]);
        assert_eq!(plan.commands, []);
    }

    #[test]
    fn ubuntu_is_told_from_debian() {
        assert!(is_ubuntu("NAME=\"Ubuntu\"\nID=ubuntu\nID_LIKE=debian\n"));
        assert!(!is_ubuntu("PRETTY_NAME=\"Debian GNU/Linux 12\"\nID=debian\n"));
    }
}
