//! Firefox, driven by geckodriver: one driver a session.

use serde_json::{Map, Value, json};

use super::registry::{Browser, Candidate, Launch, Packages, Port, Ports, Program};

/// Firefox, the release for enterprises before the others.
pub static FIREFOX: Browser = Browser {
    name: "firefox",
    browser: Program {
        name: "firefox",
        variables: &["PRODIFF_FIREFOX", "FIREFOX_BIN"],
        candidates: &[
            Candidate { file: "firefox-esr", has_window: true, places: &["/usr/lib/firefox-esr/firefox-esr"] },
            Candidate {
                file: "firefox",
                has_window: true,
                places: &["/usr/lib/firefox/firefox", "/snap/bin/firefox", "/Applications/Firefox.app/Contents/MacOS/firefox"],
            },
        ],
        packages: Packages {
            debian: &["firefox-esr"],
            ubuntu: &["firefox"],
            brew: &["--cask", "firefox"],
            cargo: None,
            elsewhere: "https://www.mozilla.org/firefox/",
        },
    },
    driver: Program {
        name: "geckodriver",
        variables: &["PRODIFF_GECKODRIVER", "GECKODRIVER", "GECKOWEBDRIVER"],
        candidates: &[Candidate {
            file: "geckodriver",
            has_window: true,
            places: &["~/.cargo/bin/geckodriver", "/usr/local/bin/geckodriver", "/snap/bin/geckodriver", "/opt/homebrew/bin/geckodriver"],
        }],
        packages: Packages {
            debian: &[],
            ubuntu: &[],
            brew: &["geckodriver"],
            cargo: Some("geckodriver"),
            elsewhere: "https://github.com/mozilla/geckodriver/releases, then put it into PATH",
        },
    },
    display: None,
    arguments,
    port: Port::Announced(announced),
    capabilities,
    variables: &[("MOZ_REMOTE_SETTINGS_DEVTOOLS", "1")],
    speaks_bidi: true,
};

fn arguments(ports: Ports) -> Vec<String> {
    // The socket of BiDi is the browser's own; 0 lets it choose a free port, or two drivers would meet at the default one.
    vec![format!("--port={}", ports.classic), String::from("--websocket-port=0"), String::from("--log=info")]
}

/// `1732… geckodriver INFO Listening on 127.0.0.1:41235`
fn announced(log: &str) -> Option<u16> {
    let (_, rest) = log.split_once("Listening on ")?;
    let (address, _) = rest.split_once('\n')?;
    address.trim().rsplit_once(':')?.1.parse().ok()
}

fn capabilities(launch: &Launch<'_>) -> Map<String, Value> {
    let (width, height) = launch.viewport;
    let mut arguments = vec![format!("--width={width}"), format!("--height={height}")];
    if !launch.headed {
        arguments.insert(0, String::from("-headless"));
    }
    // Nothing of its own over the network, nothing that asks, and the same pixels everywhere.
    let mut preferences = json!({
        "app.normandy.enabled": false,
        "app.update.disabledForTesting": true,
        "browser.shell.checkDefaultBrowser": false,
        "browser.startup.homepage_override.mstone": "ignore",
        "browser.safebrowsing.malware.enabled": false,
        "browser.safebrowsing.phishing.enabled": false,
        "datareporting.policy.dataSubmissionEnabled": false,
        "dom.disable_open_during_load": false,
        "extensions.update.enabled": false,
        "gfx.color_management.mode": 0,
        "layout.css.devPixelsPerPx": "1.0",
        "media.volume_scale": "0.0",
        "network.captive-portal-service.enabled": false,
        "network.connectivity-service.enabled": false,
        "signon.rememberSignons": false,
        "toolkit.telemetry.enabled": false,
        "ui.useOverlayScrollbars": 1,
    });
    if let (Some(proxy), Some(preferences)) = (launch.proxy, preferences.as_object_mut()) {
        let (host, port) = proxy.rsplit_once("//").map_or(proxy, |(_, rest)| rest).rsplit_once(':').unwrap_or((proxy, "80"));
        let port: u16 = port.trim_end_matches('/').parse().unwrap_or(80);
        preferences.insert(String::from("network.proxy.type"), json!(1));
        preferences.insert(String::from("network.proxy.allow_hijacking_localhost"), json!(true));
        for scheme in ["http", "ssl"] {
            preferences.insert(format!("network.proxy.{scheme}"), json!(host));
            preferences.insert(format!("network.proxy.{scheme}_port"), json!(port));
        }
    }
    let mut options = json!({"args": arguments, "prefs": preferences});
    if let (Some(binary), Some(options)) = (launch.binary, options.as_object_mut()) {
        options.insert(String::from("binary"), json!(binary));
    }
    let mut capabilities = Map::new();
    capabilities.insert(String::from("browserName"), json!("firefox"));
    capabilities.insert(String::from("webSocketUrl"), json!(true));
    capabilities.insert(String::from("unhandledPromptBehavior"), json!("ignore"));
    // We wait for pages ourselves, so that one that never ends holds up nothing but its own step.
    capabilities.insert(String::from("pageLoadStrategy"), json!("none"));
    capabilities.insert(String::from("acceptInsecureCerts"), json!(launch.any_certificate));
    capabilities.insert(String::from("moz:firefoxOptions"), options);
    capabilities
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_read_from_the_log() {
        assert_eq!(announced("1732\tgeckodriver\tINFO\tListening on 127.0.0.1:41235\n"), Some(41235));
        assert_eq!(announced("1732\tgeckodriver\tINFO\tListening on 127.0.0.1:412"), None);
    }
}
