//! `prodiff browsers`: which browsers and drivers are here, and gets those that are missing.

use std::{
    io::{self, Write},
    process::Stdio,
};

use prodiff_core::diagnostic::did_you_mean;
use tokio::process;

use super::{
    args::{BrowsersArgs, BrowsersCommand},
    dispatch,
    exit::Exit,
    load::Refusal,
};
use crate::drivers::browser::{
    page::axe,
    provide::{
        install::{self, Plan, System},
        registry::{BROWSERS, Browser, Program},
        search::{self, Found, Machine, NotFound},
        version,
    },
};

/// One program of a browser, as it was looked for.
struct Part {
    program: &'static Program,
    found: Result<Found, NotFound>,
    version: Option<String>,
}

/// Shows or installs browsers.
///
/// # Errors
/// When a browser is unknown or a command cannot be started.
pub async fn browsers(args: &BrowsersArgs) -> Result<Exit, Refusal> {
    match &args.command {
        None => dispatch::out(&list().await),
        Some(BrowsersCommand::Install { browsers }) => {
            let named = browsers.iter().filter(|name| *name != AXE);
            let wanted: Vec<&'static Browser> =
                if browsers.is_empty() { BROWSERS.to_vec() } else { named.map(|name| known(name)).collect::<Result<_, _>>()? };
            let mut worst = Exit::Passed;
            for browser in wanted {
                worst = worst.worse(get(browser).await?);
            }
            if browsers.is_empty() || browsers.iter().any(|name| name == AXE) {
                worst = worst.worse(get_axe().await?);
            }
            dispatch::out(&list().await)?;
            Ok(worst)
        }
    }
}

fn known(name: &str) -> Result<&'static Browser, Refusal> {
    Browser::named(name).ok_or_else(|| {
        let close = did_you_mean(name, BROWSERS.iter().map(|browser| browser.name));
        let names: Vec<&str> = BROWSERS.iter().map(|browser| browser.name).collect();
        let help = close.map_or_else(|| format!("known: {}", names.join(", ")), |close| format!("did you mean `{close}`?"));
        Refusal::usage(format!("unknown browser `{name}`\nhelp: {help}"))
    })
}

async fn parts(browser: &'static Browser) -> Vec<Part> {
    let machine = Machine::this();
    let mut parts = Vec::new();
    for program in browser.programs() {
        let found = search::find(program, &machine, false);
        let version = match &found {
            Ok(found) => version::version(&found.path).await,
            Err(_) => None,
        };
        parts.push(Part { program, found, version });
    }
    parts
}

/// Every browser with its programs, what does not fit, and what gets what is missing.
async fn list() -> String {
    let system = System::this();
    let mut text = String::new();
    for browser in BROWSERS {
        text.push_str(&describe(browser, &parts(browser).await, &system));
    }
    let axe = match axe::place() {
        Ok(path) => format!("{AXE:<10} {}\n", path.display()),
        Err(_) => match axe_command() {
            Some(command) => format!("{AXE:<10} missing\n  get it with: prodiff browsers install {AXE}   ({})\n", command.line()),
            None => format!("{AXE:<10} missing\n"),
        },
    };
    text.push_str(&axe);
    text
}

fn describe(browser: &Browser, parts: &[Part], system: &System) -> String {
    let is_ready = parts.iter().all(|part| part.found.is_ok());
    let mut text = format!("{:<10} {}\n", browser.name, if is_ready { "ready" } else { "not ready" });
    for part in parts {
        let line = match &part.found {
            Ok(found) => {
                let version = part.version.as_deref().unwrap_or("-");
                format!("  {:<16} {version:<18} {}\n", part.program.name, found.path.display())
            }
            Err(NotFound::Missing { .. }) => format!("  {:<16} missing\n", part.program.name),
            Err(why @ NotFound::Misnamed { .. }) => format!("  {:<16} {why}\n", part.program.name),
        };
        text.push_str(&line);
    }
    if let Some(warning) = mismatch(browser, parts) {
        text.push_str(&format!("  {warning}\n"));
    }
    let plan = install::plan(&missing(parts), system);
    if plan != Plan::default() && !missing(parts).is_empty() {
        text.push_str(&format!("  get it with: prodiff browsers install {}   ({})\n", browser.name, plan.line()));
    }
    text
}

fn missing(parts: &[Part]) -> Vec<&'static Program> {
    parts.iter().filter(|part| matches!(part.found, Err(NotFound::Missing { .. }))).map(|part| part.program).collect()
}

/// chromedriver refuses a browser of another major version, in words that few understand.
fn mismatch(browser: &Browser, parts: &[Part]) -> Option<String> {
    let [of_browser, of_driver, ..] = parts else { return None };
    let (Some(ours), Some(driver)) = (&of_browser.version, &of_driver.version) else { return None };
    let differ = browser.name == "chromium" && version::major(ours) != version::major(driver);
    differ.then(|| {
        format!("{} {driver} does not drive {} {ours}: their first numbers must be the same", of_driver.program.name, browser.name)
    })
}

/// Installs what a browser lacks, or says how. Every command is shown before it runs.
async fn get(browser: &'static Browser) -> Result<Exit, Refusal> {
    let parts = parts(browser).await;
    let misnamed = parts.iter().filter_map(|part| part.found.as_ref().err()).filter(|why| matches!(why, NotFound::Misnamed { .. }));
    for why in misnamed {
        say(&why.to_string());
    }
    let missing = missing(&parts);
    if missing.is_empty() {
        return Ok(if parts.iter().all(|part| part.found.is_ok()) { Exit::Passed } else { Exit::Blocked });
    }
    let plan = install::plan(&missing, &System::this());
    for place in &plan.by_hand {
        say(&format!("{}: get it by hand: {place}", browser.name));
    }
    for command in &plan.commands {
        if !plan.may_run {
            say(&format!("{}: run this as root: {}", browser.name, command.line()));
            continue;
        }
        let minutes = if command.is_slow { " (this takes some minutes)" } else { "" };
        say(&format!("{}: {}{minutes}", browser.name, command.line()));
        if !run(command).await? {
            say(&format!("{}: `{}` failed", browser.name, command.line()));
            return Ok(Exit::Blocked);
        }
    }
    let machine = Machine::this();
    let is_there = browser.programs().all(|program| search::find(program, &machine, false).is_ok());
    Ok(if is_there { Exit::Passed } else { Exit::Blocked })
}

/// The rules of accessibility, by the name of their npm package.
const AXE: &str = "axe-core";

/// What gets axe-core into the cache; nothing where no folder can be one.
fn axe_command() -> Option<install::Command> {
    let cache = axe::cache()?.display().to_string();
    let words = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", cache.as_str(), "axe-core@4"];
    Some(install::Command { words: words.map(String::from).to_vec(), is_slow: false })
}

/// Gets axe-core where npm is here, else says how.
async fn get_axe() -> Result<Exit, Refusal> {
    if axe::place().is_ok() {
        return Ok(Exit::Passed);
    }
    let Some(command) = axe_command() else {
        say(&format!("{AXE}: there is no home folder to keep it in; {}=path/to/axe.min.js names the file", axe::VARIABLE));
        return Ok(Exit::Blocked);
    };
    say(&format!("{AXE}: {}", command.line()));
    match run(&command).await {
        Ok(true) if axe::place().is_ok() => Ok(Exit::Passed),
        Ok(_) => {
            say(&format!("{AXE}: `{}` failed", command.line()));
            Ok(Exit::Blocked)
        }
        Err(refusal) => {
            say(&format!("{AXE}: {}; npm comes with Node.js", refusal.message));
            Ok(Exit::Blocked)
        }
    }
}

/// Runs one command of a plan; whether it succeeded. Its output is for people: standard output belongs to the list.
async fn run(command: &install::Command) -> Result<bool, Refusal> {
    let cannot = |error: io::Error| Refusal { exit: Exit::Blocked, message: format!("{}: {error}", command.line()) };
    let (program, arguments) = command.words.split_first().expect("a command has a program");
    let mut child = process::Command::new(program);
    child.args(arguments).env("DEBIAN_FRONTEND", "noninteractive").stdin(Stdio::null()).stdout(Stdio::null()).kill_on_drop(true);
    Ok(child.status().await.map_err(cannot)?.success())
}

fn say(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{line}");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::drivers::browser::provide::{chromium::CHROMIUM, install::Manager};

    fn part(program: &'static Program, version: Option<&str>) -> Part {
        let found = match version {
            Some(_) => Ok(Found { path: format!("/bin/{}", program.name).into(), has_window: true }),
            None => Err(NotFound::Missing { name: program.name }),
        };
        Part { program, found, version: version.map(String::from) }
    }

    fn check(browser: Option<&str>, driver: Option<&str>, expected: &str) {
        let parts = [part(&CHROMIUM.browser, browser), part(&CHROMIUM.driver, driver)];
        let system = System { manager: Some(Manager::Debian), is_root: true, has_cargo: false };
        assert_eq!(describe(&CHROMIUM, &parts, &system), expected);
    }

    #[test]
    fn what_is_there_is_shown_with_its_version_and_place() {
        let expected = "chromium   ready\n  chromium         156.0.1            /bin/chromium\n  chromedriver     156.0.1            /bin/chromedriver\n";
        check(Some("156.0.1"), Some("156.0.1"), expected);
    }

    #[test]
    fn what_is_missing_is_shown_with_what_gets_it() {
        let expected = "chromium   not ready\n  chromium         156.0.1            /bin/chromium\n  chromedriver     missing\n  get it with: prodiff browsers install chromium   (apt-get update && apt-get install -y --no-install-recommends chromium-driver)\n";
        check(Some("156.0.1"), None, expected);
    }

    #[test]
    fn a_driver_of_another_version_is_said_to_be_one() {
        let parts = [part(&CHROMIUM.browser, Some("156.0.1")), part(&CHROMIUM.driver, Some("155.0.9"))];
        let warning = mismatch(&CHROMIUM, &parts).unwrap();
        assert_eq!(warning, "chromedriver 155.0.9 does not drive chromium 156.0.1: their first numbers must be the same");
    }

    #[test]
    fn an_unknown_browser_is_refused_with_a_hint() {
        assert!(known("chromum").unwrap_err().message.contains("did you mean `chromium`?"));
        assert!(known("netscape").unwrap_err().message.contains("known: chromium, firefox, webkit"));
    }
}
