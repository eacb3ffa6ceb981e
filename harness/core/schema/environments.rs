//! `environments.yaml`.

use serde_json::{Value, json};

use super::{list_of, map, map_of, of};

pub(super) fn file() -> Value {
    let mut environments = map_of(environment());
    environments["propertyNames"] = json!({"pattern": "^[A-Za-z0-9_][A-Za-z0-9_-]*$", "not": {"const": "adhoc"}});
    let defaults = map(
        [
            ("url", "The name of the URL that paths mean where neither case nor suite says.", of("url_name")),
            ("timeout", "How long one exchange may take; left out, 10 s.", of("positive_duration")),
            ("wait", "How long one browser action, or one expectation of a page, may take; left out, 5 s.", of("positive_duration")),
            ("browser", "Browsers and viewports; left out, Chromium at 1280x800.", of("browser")),
            (
                "ready",
                "JavaScript that returns whether a page can be acted on.",
                map([("script", "The script.", of("named"))], &["script"]),
            ),
        ],
        &[],
    );
    map(
        [("environments", "The environments of the site.", environments), ("defaults", "What holds for all of them.", defaults)],
        &["environments"],
    )
}

fn environment() -> Value {
    let url = || json!({"type": "string", "pattern": "^(https?://|.*\\{\\{)"});
    let mut urls = map_of(url());
    urls["propertyNames"] = of("variable_name");
    let param = map(
        [("required", "`--set` must give it.", json!({"type": "boolean"})), ("default", "Its value where `--set` gives none.", json!({}))],
        &[],
    );
    let mut param = json!({"anyOf": [{"type": ["string", "number", "boolean", "null"]}, param]});
    param["anyOf"][1]["minProperties"] = json!(1);
    let params = json!({"type": "object", "propertyNames": of("variable_name"), "additionalProperties": param});
    let mut limit = map(
        [
            (
                "requests_per_second",
                "Requests a second, evenly spaced.",
                json!({"type": "number", "exclusiveMinimum": 0, "maximum": 1_000_000}),
            ),
            ("concurrent", "Requests in flight at once.", json!({"type": "integer", "minimum": 1, "maximum": 10_000})),
        ],
        &[],
    );
    limit["minProperties"] = json!(1);
    let certificate =
        map([("cert", "The certificate's PEM file.", of("named")), ("key", "The key's PEM file.", of("named"))], &["cert", "key"]);
    map(
        [
            ("urls", "Names and URLs; a step's path is appended to the URL's own.", urls),
            ("params", "What `--set` gives.", params),
            ("vars", "Variables of all cases.", of("variables")),
            ("headers", "Headers of requests to its hosts.", of("headers")),
            ("cookies", "Cookies of requests to its hosts.", of("cookies")),
            ("auth", "How requests to its hosts identify themselves.", of("auth")),
            ("aliases", "Other hosts of the same site, by URL name.", map_of(list_of(url()))),
            ("refresh", "How often its data are renewed.", of("positive_duration")),
            ("settle", "How long a release may take to reach every cache.", of("duration")),
            ("indexable", "Whether robots should index it.", json!({"type": "boolean"})),
            ("revision", "Which build answers: what is asked, and what names the build in the answer.", revision()),
            ("protect", "`read-only`: only safe requests are sent.", json!({"const": "read-only"})),
            ("limit", "How fast it may be asked.", limit),
            ("proxy", "The proxy that it is reached through.", json!({"type": "string", "pattern": "^(https?|socks5)://"})),
            (
                "resolve",
                "Host names and the addresses to connect to.",
                json!({"type": "object", "additionalProperties": {"type": "string"}}),
            ),
            ("ca_file", "A PEM file of authorities to trust besides the system's.", of("named")),
            ("client_certificate", "The certificate that requests identify with.", certificate),
            ("grid", "A remote WebDriver server, such as a Selenium Grid.", json!({"type": "string", "pattern": "^https?://"})),
            ("baselines", "Whether `accept` writes the shared snapshot or this environment's own.", json!({"enum": ["shared", "own"]})),
        ],
        &["urls"],
    )
}

/// A capture with `get` beside it.
fn revision() -> Value {
    let mut revision = super::content::capture();
    revision["properties"]["get"] = super::described(of("target"), "What is asked: a URL's name and a path.");
    revision["required"] = json!(["get"]);
    revision
}
