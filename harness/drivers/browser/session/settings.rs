//! How sessions are wanted: which browser, from where, how it looks.

use url::Url;

use crate::drivers::browser::{
    error::BrowserError,
    process::driver::Files,
    provide::{
        install::{self, System},
        registry::{Browser, Launch, Program},
        search::{self, Machine, NotFound},
    },
};

/// Everything a session is made from.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The browser.
    pub browser: &'static Browser,
    /// Where it runs.
    pub place: Place,
    /// Width and height of the page in CSS pixels.
    pub viewport: (u32, u32),
    /// Whether a person wants to watch.
    pub headed: bool,
    /// Whether certificates that nobody vouches for are taken.
    pub any_certificate: bool,
    /// Proxy of every request.
    pub proxy: Option<String>,
}

/// Where a browser runs.
#[derive(Debug, Clone)]
pub enum Place {
    /// Here, from these files.
    Here(Files),
    /// On a WebDriver server such as a Selenium Grid.
    Remote(Url),
}

impl Settings {
    /// The browser as it is found on this machine, with a page of 1280 by 800.
    ///
    /// # Errors
    /// When a program is missing; the error says what gets it.
    pub fn here(browser: &'static Browser, machine: &Machine, headed: bool) -> Result<Self, BrowserError> {
        let programs = search::programs(browser, machine, headed);
        let mut missing = Vec::new();
        let mut complaints = Vec::new();
        let mut take = |found: Result<search::Found, NotFound>, program: Option<&'static Program>| match found {
            Ok(found) => Some(found.path),
            Err(why) => {
                if let (NotFound::Missing { .. }, Some(program)) = (&why, program) {
                    missing.push(program);
                }
                complaints.push(why.to_string());
                None
            }
        };
        let browser_file = take(programs.browser, Some(&browser.browser));
        let driver_file = take(programs.driver, Some(&browser.driver));
        let display = programs.display.map(|found| take(found, browser.display.as_ref()));
        if let (Some(browser_file), Some(driver), true) = (browser_file, driver_file, display.as_ref().is_none_or(Option::is_some)) {
            let files = Files { browser: browser_file, driver, display: display.flatten() };
            return Ok(Self::with(browser, Place::Here(files), headed));
        }
        let plan = install::plan(&missing, &System::this());
        let help = if missing.is_empty() { String::new() } else { format!("; get it with: {}", plan.line()) };
        Err(BrowserError::Missing { browser: browser.name, detail: format!("{}{help}", complaints.join(", ")) })
    }

    /// The browser of a WebDriver server. A path in the URL is kept (`/wd/hub`).
    #[must_use]
    pub fn remote(browser: &'static Browser, server: &Url) -> Self {
        let mut server = server.clone();
        if !server.path().ends_with('/') {
            server.set_path(&format!("{}/", server.path()));
        }
        Self::with(browser, Place::Remote(server), false)
    }

    fn with(browser: &'static Browser, place: Place, headed: bool) -> Self {
        Self { browser, place, viewport: (1280, 800), headed, any_certificate: false, proxy: None }
    }

    /// What the browser's file makes of them.
    pub(super) fn launch(&self, as_root: bool) -> Launch<'_> {
        let binary = match &self.place {
            Place::Here(files) => Some(files.browser.as_path()),
            Place::Remote(_) => None,
        };
        Launch {
            binary,
            viewport: self.viewport,
            headed: self.headed,
            as_root,
            any_certificate: self.any_certificate,
            proxy: self.proxy.as_deref(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::super::provide::chromium::CHROMIUM, *};

    #[test]
    fn a_browser_that_is_missing_comes_with_what_gets_it() {
        let mut machine = Machine::default();
        machine.configured.push((String::from("chromium"), "/no/such/file".into()));
        let error = Settings::here(&CHROMIUM, &machine, false).unwrap_err();
        assert!(error.to_string().starts_with("no chromium here: chromium names `/no/such/file`, where there is no chromium"), "{error}");
    }

    #[test]
    fn the_path_of_a_server_is_kept() {
        let settings = Settings::remote(&CHROMIUM, &Url::parse("http://grid:4444/wd/hub").unwrap());
        assert!(matches!(settings.place, Place::Remote(url) if url.join("session").unwrap().as_str() == "http://grid:4444/wd/hub/session"));
    }
}
