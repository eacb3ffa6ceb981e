//! A driver that listens.

use std::{net::TcpListener, time::Duration};

use tokio::time::{Instant, sleep, timeout_at};
use url::Url;

use super::{
    display::Display,
    group::{Group, Program},
};
use crate::drivers::browser::{
    error::BrowserError,
    provide::registry::{Browser, Port, Ports},
    session::wire::Wire,
};

/// A driver process that answers, with the screen it needs.
#[derive(Debug)]
pub struct Driver {
    group: Group,
    display: Option<Display>,
    url: Url,
}

/// The files of a browser's programs.
#[derive(Debug, Clone)]
pub struct Files {
    /// The browser.
    pub browser: std::path::PathBuf,
    /// Its driver.
    pub driver: std::path::PathBuf,
    /// The screen, where it needs one.
    pub display: Option<std::path::PathBuf>,
}

/// How long a driver may take until it listens.
const PATIENCE: Duration = Duration::from_secs(30);

/// How often another free port is tried when somebody else was faster.
const ATTEMPTS: usize = 3;

impl Driver {
    /// Starts a driver and waits until it answers.
    ///
    /// # Errors
    /// When it ends, or does not answer in time; with the end of what it printed.
    pub async fn start(browser: &'static Browser, files: &Files) -> Result<Self, BrowserError> {
        let not_started = |detail: String| BrowserError::NotStarted { browser: browser.name, detail };
        let display = match &files.display {
            Some(path) => Some(Display::start(path).await.map_err(not_started)?),
            None => None,
        };
        let mut variables: Vec<(String, String)> =
            browser.variables.iter().map(|(name, value)| (String::from(*name), String::from(*value))).collect();
        variables.extend(display.iter().map(|display| (String::from("DISPLAY"), display.name())));
        let attempts = match browser.port {
            Port::Announced(_) => 1,
            Port::Given => ATTEMPTS,
        };
        let mut detail = String::new();
        for _ in 0..attempts {
            match Self::attempt(browser, files, &variables).await {
                Ok((group, url)) => return Ok(Self { group, display, url }),
                Err(why) => detail = why,
            }
        }
        if let Some(display) = display {
            display.end().await;
        }
        Err(not_started(detail))
    }

    async fn attempt(browser: &Browser, files: &Files, variables: &[(String, String)]) -> Result<(Group, Url), String> {
        let given = match browser.port {
            Port::Announced(_) => 0,
            Port::Given => free_port().map_err(|error| format!("no free port: {error}"))?,
        };
        let arguments = (browser.arguments)(Ports { classic: given });
        let program = Program { path: &files.driver, arguments: &arguments, variables };
        let group = Group::start(&program).map_err(|error| format!("{}: {error}", files.driver.display()))?;
        let until = Instant::now() + PATIENCE;
        let told = match wait(&group, browser.port, given, until).await {
            Ok(url) => return Ok((group, url)),
            Err(why) => match group.tail() {
                tail if tail.is_empty() => why,
                tail => format!("{why}; it printed: {tail}"),
            },
        };
        group.end().await;
        Err(format!("{}: {told}", browser.driver.name))
    }

    /// Where it listens.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// The process group of the driver and its browsers.
    #[must_use]
    pub fn group(&self) -> &Group {
        &self.group
    }

    /// How the driver ended, if it did.
    #[must_use]
    pub fn ended(&self) -> Option<String> {
        self.group.ended().or_else(|| self.display.as_ref().and_then(Display::ended))
    }

    /// Ends the driver, its browsers and their screen.
    pub async fn end(self) {
        self.group.end().await;
        if let Some(display) = self.display {
            display.end().await;
        }
    }
}

/// Waits until the driver says that it is ready.
async fn wait(group: &Group, port: Port, given: u16, until: Instant) -> Result<Url, String> {
    let wire = Wire::plain().map_err(|error| error.to_string())?;
    loop {
        if let Some(how) = group.ended() {
            return Err(how);
        }
        let known = match port {
            Port::Announced(find) => find(&group.output()),
            Port::Given => Some(given),
        };
        if let Some(known) = known {
            let url = Url::parse(&format!("http://127.0.0.1:{known}/")).map_err(|error| error.to_string())?;
            let status = timeout_at(until, wire.get(&url, "status")).await;
            if matches!(&status, Ok(Ok(status)) if status["ready"] == true) {
                return Ok(url);
            }
        }
        if Instant::now() >= until {
            return Err(format!("it was not ready within {} s", PATIENCE.as_secs()));
        }
        sleep(Duration::from_millis(10)).await;
    }
}

fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
