//! What browsers do: verbs, locators, expectations of pages.

use serde_json::{Value, json};

use super::{described, list_of, map, of};
use crate::{
    action::page::Gesture,
    assertion::page,
    extract::{locator, page as capture},
    suite::page::{BROWSERS, DEVICES, Kind},
};

pub(super) fn definitions() -> Vec<(&'static str, Value)> {
    vec![
        ("locator", locator::schema()),
        ("locator_text", locator::text_schema()),
        ("page_expect", page::schema()),
        ("page_capture", capture::schema()),
        ("viewport", json!({"type": "string", "pattern": "^\\d{2,5}x\\d{2,5}$"})),
        ("browser", browser()),
    ]
}

/// The keys that suites and cases have for their browser.
pub(super) fn options() -> Vec<(&'static str, &'static str, Value)> {
    let mut mock = map(
        [
            ("url", "Pattern of the URL: `*` for anything but `/`, `**` for anything.", of("text")),
            ("method", "The method; left out, every one.", of("named")),
            ("status", "The status; left out, 200.", json!({"type": "integer", "minimum": 200, "maximum": 599})),
            ("headers", "Headers of the answer.", of("headers")),
            ("json", "The body as JSON.", json!({})),
            ("text", "The body as text.", of("text")),
        ],
        &["url"],
    );
    mock["not"] = json!({"required": ["json", "text"]});
    vec![
        ("browser", "Which browsers and viewports it runs in; lists run each.", of("browser")),
        ("wait", "How long one browser action, or one expectation of a page, may take.", of("positive_duration")),
        ("mock", "Answers that pages get instead of the site's.", list_of(mock)),
        ("block", "URLs that pages do not get.", list_of(of("text"))),
    ]
}

/// The keys of a browser's step besides those of any.
pub(super) fn step_options() -> Vec<(&'static str, &'static str, Value)> {
    vec![
        ("wait", "How long the action, and then its expectations, may take.", of("positive_duration")),
        ("until", "The action is repeated until this holds.", of("page_expect")),
        ("steps", "The steps inside a frame.", of("steps")),
    ]
}

/// What a verb takes.
pub(super) fn verb(kind: Kind) -> Value {
    let nothing = || json!({"enum": [null, true]});
    let texts = || json!({"anyOf": [of("text"), list_of(of("text"))]});
    match kind {
        Kind::Open => of("target"),
        Kind::Back | Kind::Forward | Kind::Reload | Kind::DismissDialog | Kind::CloseWindow => nothing(),
        Kind::Gesture(
            Gesture::Click
            | Gesture::DoubleClick
            | Gesture::Hover
            | Gesture::Check
            | Gesture::Uncheck
            | Gesture::Focus
            | Gesture::Clear
            | Gesture::Submit,
        )
        | Kind::Frame => of("locator"),
        Kind::Fill => map([("into", "The element.", of("locator")), ("value", "What is written.", of("text"))], &["into", "value"]),
        Kind::Select => {
            map([("in", "The list.", of("locator")), ("option", "Labels or values of its options.", texts())], &["in", "option"])
        }
        Kind::Upload => {
            map([("to", "The file input.", of("locator")), ("files", "Files, relative to the suite.", texts())], &["to", "files"])
        }
        Kind::Drag => map([("from", "What is dragged.", of("locator")), ("to", "Where to.", of("locator"))], &["from", "to"]),
        Kind::Press => {
            let chord =
                map([("key", "The key, or keys together.", of("text")), ("on", "The element that gets it.", of("locator"))], &["key"]);
            json!({"anyOf": [of("text"), chord]})
        }
        Kind::Scroll => {
            let pixels = json!({"type": "array", "minItems": 2, "maxItems": 2, "items": {"type": "integer"}});
            let mut way = map([("to", "The element.", of("locator")), ("by", "Pixels to the right, and down.", pixels)], &[]);
            way["minProperties"] = json!(1);
            way["maxProperties"] = json!(1);
            way
        }
        Kind::AcceptDialog => json!({"anyOf": [nothing(), of("text")]}),
        Kind::Switch => {
            let window = json!({"anyOf": [{"enum": ["new", "first"]}, {"type": "integer", "minimum": 1}]});
            map([("window", "Which window.", window)], &["window"])
        }
        Kind::Resize => of("viewport"),
        Kind::Emulate => emulate(),
        Kind::Script => of("text"),
    }
}

fn emulate() -> Value {
    let truth = || json!({"type": "boolean"});
    let devices: Vec<&str> = DEVICES.iter().map(|(name, _)| *name).collect();
    let degrees = |most: u32| json!({"type": "number", "minimum": -i64::from(most), "maximum": most});
    let place =
        map([("latitude", "Degrees north.", degrees(90)), ("longitude", "Degrees east.", degrees(180))], &["latitude", "longitude"]);
    let mut emulation = map(
        [
            ("device", "A device by its name.", json!({"enum": devices})),
            ("dark", "Whether dark colours are preferred.", truth()),
            ("reduced_motion", "Whether less motion is preferred.", truth()),
            ("offline", "Whether there is no network.", truth()),
            ("timezone", "The time zone: `Europe/Berlin`.", of("text")),
            ("locale", "The locale: `de-DE`.", of("text")),
            ("geolocation", "Where the device is.", place),
            ("user_agent", "The user agent.", of("text")),
        ],
        &[],
    );
    emulation["minProperties"] = json!(1);
    emulation
}

fn browser() -> Value {
    let name = json!({"enum": BROWSERS});
    let one_or_more = |one: Value| json!({"anyOf": [one.clone(), list_of(one)]});
    let mut spec = map(
        [
            ("name", "Which browser; a list runs each.", one_or_more(name.clone())),
            ("viewport", "Inner size of the window in CSS pixels; a list runs each.", one_or_more(of("viewport"))),
        ],
        &[],
    );
    spec["minProperties"] = json!(1);
    described(json!({"anyOf": [one_or_more(name), spec]}), "Which browsers and viewports pages run in.")
}
