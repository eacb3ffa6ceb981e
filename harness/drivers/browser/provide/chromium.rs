//! Chromium, Chrome and their headless shell, driven by chromedriver.

use serde_json::{Map, Value, json};

use super::registry::{Browser, Candidate, Launch, Packages, Port, Ports, Program};

/// Chromium. The headless shell comes first: the same engine and the same pixels for half the time.
pub static CHROMIUM: Browser = Browser {
    name: "chromium",
    browser: Program {
        name: "chromium",
        variables: &["PRODIFF_CHROMIUM", "CHROME_BIN"],
        candidates: &[
            Candidate {
                file: "chromium-headless-shell",
                has_window: false,
                places: &["/usr/lib/chromium/chromium-headless-shell", "/usr/lib64/chromium-browser/headless_shell"],
            },
            Candidate { file: "chrome-headless-shell", has_window: false, places: &["/opt/chrome-headless-shell/chrome-headless-shell"] },
            Candidate { file: "chromium", has_window: true, places: &["/usr/lib/chromium/chromium", "/snap/bin/chromium"] },
            Candidate {
                file: "chromium-browser",
                has_window: true,
                places: &["/usr/lib64/chromium-browser/chromium-browser", "/Applications/Chromium.app/Contents/MacOS/Chromium"],
            },
            Candidate {
                file: "google-chrome",
                has_window: true,
                places: &["/opt/google/chrome/chrome", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"],
            },
            Candidate { file: "google-chrome-stable", has_window: true, places: &[] },
        ],
        packages: Packages {
            debian: &["chromium", "chromium-headless-shell"],
            ubuntu: &["chromium-browser"],
            brew: &["--cask", "google-chrome"],
            cargo: None,
            elsewhere: "https://googlechromelabs.github.io/chrome-for-testing/ (chrome-headless-shell), then put it into PATH",
        },
    },
    driver: Program {
        name: "chromedriver",
        variables: &["PRODIFF_CHROMEDRIVER", "CHROMEDRIVER", "CHROMEWEBDRIVER"],
        candidates: &[Candidate {
            file: "chromedriver",
            has_window: true,
            places: &["/usr/lib/chromium-browser/chromedriver", "/snap/bin/chromium.chromedriver", "/opt/homebrew/bin/chromedriver"],
        }],
        packages: Packages {
            debian: &["chromium-driver"],
            ubuntu: &["chromium-chromedriver"],
            brew: &["--cask", "chromedriver"],
            cargo: None,
            elsewhere: "https://googlechromelabs.github.io/chrome-for-testing/ (the chromedriver of the browser's version), then put it into PATH",
        },
    },
    display: None,
    arguments,
    port: Port::Announced(announced),
    capabilities,
    variables: &[],
    speaks_bidi: true,
};

fn arguments(ports: Ports) -> Vec<String> {
    vec![format!("--port={}", ports.classic), String::from("--log-level=WARNING")]
}

/// `ChromeDriver was started successfully on port 41235.`
fn announced(log: &str) -> Option<u16> {
    let (_, rest) = log.split_once("started successfully on port ")?;
    rest.split_once('.')?.0.parse().ok()
}

/// What differs between machines is pinned; what a browser does by itself in the background is off.
const FLAGS: &[&str] = &[
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-background-timer-throttling",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--disable-search-engine-choice-screen",
    // Shared memory goes to our own folder: a killed browser leaves its files in /dev/shm, and containers have little of it.
    "--disable-dev-shm-usage",
    "--metrics-recording-only",
    "--password-store=basic",
    "--use-mock-keychain",
    "--hide-scrollbars",
    "--mute-audio",
    "--force-device-scale-factor=1",
    "--force-color-profile=srgb",
    "--font-render-hinting=none",
    "--disable-lcd-text",
];

fn capabilities(launch: &Launch<'_>) -> Map<String, Value> {
    let (width, height) = launch.viewport;
    let mut flags: Vec<String> = FLAGS.iter().map(|flag| String::from(*flag)).collect();
    flags.push(format!("--window-size={width},{height}"));
    let is_shell = launch.binary.is_some_and(|path| path.to_string_lossy().contains("headless"));
    if !launch.headed && !is_shell {
        flags.push(String::from("--headless=new"));
    }
    if launch.as_root {
        flags.push(String::from("--no-sandbox"));
    }
    if let Some(proxy) = launch.proxy {
        flags.push(format!("--proxy-server={proxy}"));
        // Loopback too: what the environment says holds for every host.
        flags.push(String::from("--proxy-bypass-list=<-loopback>"));
    }
    let mut options = json!({"args": flags, "prefs": {"credentials_enable_service": false, "profile.password_manager_enabled": false}});
    if let (Some(binary), Some(options)) = (launch.binary, options.as_object_mut()) {
        options.insert(String::from("binary"), json!(binary));
    }
    let mut capabilities = Map::new();
    capabilities.insert(String::from("browserName"), json!("chrome"));
    capabilities.insert(String::from("webSocketUrl"), json!(true));
    capabilities.insert(String::from("unhandledPromptBehavior"), json!("ignore"));
    // We wait for pages ourselves, so that one that never ends holds up nothing but its own step.
    capabilities.insert(String::from("pageLoadStrategy"), json!("none"));
    capabilities.insert(String::from("acceptInsecureCerts"), json!(launch.any_certificate));
    capabilities.insert(String::from("goog:chromeOptions"), options);
    capabilities
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn the_port_is_read_from_the_log() {
        let log = "Starting ChromeDriver 156.0 (abc) on port 0\nChromeDriver was started successfully on port 41235.\n";
        assert_eq!(announced(log), Some(41235));
        assert_eq!(announced("Starting ChromeDriver 156.0 on port 0\nChromeDriver was started successfully on port 4"), None);
    }

    #[test]
    fn only_a_browser_that_has_windows_is_told_to_hide_them() {
        let flags = |binary: &str, headed| {
            let binary = Some(Path::new(binary));
            let launch = Launch { binary, viewport: (800, 600), headed, as_root: true, any_certificate: false, proxy: None };
            capabilities(&launch)["goog:chromeOptions"]["args"].to_string()
        };
        assert!(flags("/usr/bin/chromium", false).contains("--headless=new"));
        assert!(!flags("/usr/bin/chromium", true).contains("--headless"));
        assert!(!flags("/usr/lib/chromium/chromium-headless-shell", false).contains("--headless"));
        assert!(flags("/usr/bin/chromium", true).contains("--no-sandbox"));
    }
}
