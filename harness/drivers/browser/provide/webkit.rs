//! WebKitGTK, driven by WebKitWebDriver: one driver a session, and a screen of its own.

use serde_json::{Map, Value, json};

use super::registry::{Browser, Candidate, Launch, Packages, Port, Ports, Program};

/// WebKitGTK. It speaks no BiDi: no events, no interception, and a new session takes the place of a new context.
pub static WEBKIT: Browser = Browser {
    name: "webkit",
    browser: Program {
        name: "MiniBrowser",
        variables: &["PRODIFF_WEBKIT"],
        candidates: &[Candidate {
            file: "MiniBrowser",
            has_window: true,
            places: &[
                "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
                "/usr/lib/aarch64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
                "/usr/lib/x86_64-linux-gnu/webkitgtk-6.0/MiniBrowser",
                "/usr/lib/aarch64-linux-gnu/webkitgtk-6.0/MiniBrowser",
                "/usr/libexec/webkit2gtk-4.1/MiniBrowser",
                "/usr/lib/webkit2gtk-4.1/MiniBrowser",
            ],
        }],
        packages: Packages {
            debian: &["webkit2gtk-driver"],
            ubuntu: &["webkit2gtk-driver"],
            brew: &[],
            cargo: None,
            elsewhere: "your distribution's package of WebKitGTK with WebKitWebDriver; it runs on Linux",
        },
    },
    driver: Program {
        name: "WebKitWebDriver",
        variables: &["PRODIFF_WEBKITWEBDRIVER"],
        candidates: &[Candidate { file: "WebKitWebDriver", has_window: true, places: &[] }],
        packages: Packages {
            debian: &["webkit2gtk-driver"],
            ubuntu: &["webkit2gtk-driver"],
            brew: &[],
            cargo: None,
            elsewhere: "your distribution's package of WebKitGTK with WebKitWebDriver; it runs on Linux",
        },
    },
    display: Some(Program {
        name: "Xvfb",
        variables: &["PRODIFF_XVFB"],
        candidates: &[Candidate { file: "Xvfb", has_window: true, places: &["/usr/bin/Xvfb"] }],
        packages: Packages {
            debian: &["xvfb"],
            ubuntu: &["xvfb"],
            brew: &[],
            cargo: None,
            elsewhere: "your distribution's package of Xvfb",
        },
    }),
    arguments,
    port: Port::Given,
    capabilities,
    // Its compositor blends differently from run to run; without it the pixels are the same.
    variables: &[("WEBKIT_DISABLE_COMPOSITING_MODE", "1"), ("GDK_BACKEND", "x11")],
    speaks_bidi: false,
};

fn arguments(ports: Ports) -> Vec<String> {
    vec![format!("--port={}", ports.classic)]
}

fn capabilities(launch: &Launch<'_>) -> Map<String, Value> {
    let mut options = json!({"args": ["--automation"]});
    if let (Some(binary), Some(options)) = (launch.binary, options.as_object_mut()) {
        options.insert(String::from("binary"), json!(binary));
    }
    let mut capabilities = Map::new();
    capabilities.insert(String::from("browserName"), json!("MiniBrowser"));
    capabilities.insert(String::from("unhandledPromptBehavior"), json!("ignore"));
    capabilities.insert(String::from("acceptInsecureCerts"), json!(launch.any_certificate));
    capabilities.insert(String::from("webkitgtk:browserOptions"), options);
    if let Some(proxy) = launch.proxy {
        let address = proxy.rsplit_once("//").map_or(proxy, |(_, rest)| rest).trim_end_matches('/');
        capabilities.insert(String::from("proxy"), json!({"proxyType": "manual", "httpProxy": address, "sslProxy": address}));
    }
    capabilities
}
