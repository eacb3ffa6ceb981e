//! The browsers that can be driven: one file each, one line each.

use std::path::Path;

use serde_json::{Map, Value};

use super::{chromium, firefox, webkit};

/// Every browser that can be driven, in the order of `prodiff browsers`.
pub static BROWSERS: &[&Browser] = &[&chromium::CHROMIUM, &firefox::FIREFOX, &webkit::WEBKIT];

/// One browser: where it is found, how it is started, what it can do.
#[derive(Debug)]
pub struct Browser {
    /// What suites and the command line call it.
    pub name: &'static str,
    /// The browser itself.
    pub browser: Program,
    /// The program that drives it.
    pub driver: Program,
    /// The program that gives it a screen, where it cannot run without one.
    pub display: Option<Program>,
    /// Arguments of the driver.
    pub arguments: fn(Ports) -> Vec<String>,
    /// How the driver's port is known.
    pub port: Port,
    /// What a new session is asked for.
    pub capabilities: fn(&Launch<'_>) -> Map<String, Value>,
    /// Variables that the driver and its browser are started with.
    pub variables: &'static [(&'static str, &'static str)],
    /// Whether it speaks WebDriver BiDi: events, interception, contexts, emulation.
    pub speaks_bidi: bool,
}

impl Browser {
    /// The browser of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        BROWSERS.iter().copied().find(|browser| browser.name == name)
    }

    /// Every program that it needs, in the order of installing.
    pub fn programs(&self) -> impl Iterator<Item = &Program> {
        [&self.browser, &self.driver].into_iter().chain(self.display.as_ref())
    }
}

/// A program: its names, where it may be, and how it is installed.
#[derive(Debug)]
pub struct Program {
    /// What people call it.
    pub name: &'static str,
    /// Environment variables that may name its file, or the folder it is in.
    pub variables: &'static [&'static str],
    /// File names and the places that `PATH` does not know, best first.
    pub candidates: &'static [Candidate],
    /// Packages by package manager.
    pub packages: Packages,
}

/// One name of a program.
#[derive(Debug)]
pub struct Candidate {
    /// The file's name, looked for in `PATH`.
    pub file: &'static str,
    /// Whether it has a window; the others cannot be `--headed`.
    pub has_window: bool,
    /// Where it may be without being in `PATH`. `~` is the home folder.
    pub places: &'static [&'static str],
}

/// What installs a program.
#[derive(Debug)]
pub struct Packages {
    /// On Debian, and on what descends from it.
    pub debian: &'static [&'static str],
    /// On Ubuntu, which names some of them differently.
    pub ubuntu: &'static [&'static str],
    /// With Homebrew: arguments after `brew install`.
    pub brew: &'static [&'static str],
    /// With cargo, where no package holds it.
    pub cargo: Option<&'static str>,
    /// Where people get it who have none of these.
    pub elsewhere: &'static str,
}

/// The ports that a driver is told.
#[derive(Debug, Clone, Copy)]
pub struct Ports {
    /// For WebDriver; 0 lets the driver choose.
    pub classic: u16,
}

/// How the driver's port is known.
#[derive(Debug, Clone, Copy)]
pub enum Port {
    /// It chooses a free one and says so in its log; the function finds it there.
    Announced(fn(&str) -> Option<u16>),
    /// It is told a free one, and another if somebody else was faster.
    Given,
}

/// How a session is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Launch<'a> {
    /// The browser's file; nothing with a remote server, which has its own.
    pub binary: Option<&'a Path>,
    /// Width and height of the page in CSS pixels.
    pub viewport: (u32, u32),
    /// Whether a person wants to watch.
    pub headed: bool,
    /// Whether this runs as root, where a sandbox cannot be made.
    pub as_root: bool,
    /// Whether certificates that nobody vouches for are taken.
    pub any_certificate: bool,
    /// Proxy of every request, as `host:port` or a URL.
    pub proxy: Option<&'a str>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_browser_has_its_own_name_and_is_found_by_it() {
        for browser in BROWSERS {
            assert!(Browser::named(browser.name).is_some_and(|found| std::ptr::eq(found, *browser)), "{}", browser.name);
        }
        assert!(Browser::named("netscape").is_none());
    }

    #[test]
    fn every_program_can_be_looked_for_and_says_where_it_comes_from() {
        for program in BROWSERS.iter().flat_map(|browser| browser.programs()) {
            assert!(!program.candidates.is_empty() && !program.packages.elsewhere.is_empty(), "{}", program.name);
        }
    }

    #[test]
    fn a_session_of_every_browser_asks_for_dialogs_to_stay_open() {
        let launch = Launch { binary: None, viewport: (800, 600), headed: false, as_root: false, any_certificate: false, proxy: None };
        for browser in BROWSERS {
            let capabilities = (browser.capabilities)(&launch);
            assert_eq!(capabilities["unhandledPromptBehavior"], "ignore", "{}", browser.name);
            assert_eq!(capabilities.contains_key("webSocketUrl"), browser.speaks_bidi, "{}", browser.name);
        }
    }
}
