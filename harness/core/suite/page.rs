//! Reads what a browser does: its verbs, and what the `browser:` of suites, cases and environments says.

use std::time::Duration;

use super::{
    content,
    model::{BrowserSpec, EmulationSpec, GestureSpec, MockBody, MockSpec, PageStep, PageVerbSpec},
    words,
};
use crate::{
    action::page::{Device, Gesture, Viewport, Window},
    diagnostic::{Diagnostic, did_you_mean},
    extract::locator::LocatorSpec,
    json::Json,
    template::{Dynamic, Template},
    yaml::{Collector, Entry, Fields, Node, Yaml},
};

/// The browsers that can be asked for.
pub const BROWSERS: [&str; 3] = ["chromium", "firefox", "webkit"];

/// Devices that `emulate` knows by name.
pub const DEVICES: [(&str, Device); 4] = [
    ("iPhone 13", Device { viewport: Viewport { width: 390, height: 844 }, pixel_ratio: 300, mobile: true }),
    ("Pixel 7", Device { viewport: Viewport { width: 412, height: 915 }, pixel_ratio: 263, mobile: true }),
    ("iPad", Device { viewport: Viewport { width: 810, height: 1080 }, pixel_ratio: 200, mobile: true }),
    ("Desktop HD", Device { viewport: Viewport { width: 1920, height: 1080 }, pixel_ratio: 100, mobile: false }),
];

/// What a verb of a browser takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Open,
    Back,
    Forward,
    Reload,
    Gesture(Gesture),
    Fill,
    Select,
    Upload,
    Drag,
    Press,
    Scroll,
    AcceptDialog,
    DismissDialog,
    Switch,
    CloseWindow,
    Resize,
    Emulate,
    Frame,
    Script,
}

impl Kind {
    /// Whether it may stand as a bare word.
    pub(crate) fn stands_alone(self) -> bool {
        matches!(self, Self::Back | Self::Forward | Self::Reload | Self::AcceptDialog | Self::DismissDialog | Self::CloseWindow)
    }

    /// What its value looks like.
    pub(crate) fn example(self) -> &'static str {
        match self {
            Self::Open => "open: /plugins",
            Self::Back => "back",
            Self::Forward => "forward",
            Self::Reload => "reload",
            Self::Gesture(Gesture::Check | Gesture::Uncheck) => "check: {checkbox: Remember me}",
            Self::Gesture(_) => "click: {button: Sign in}",
            Self::Fill => "fill: {into: {textbox: Search}, value: ada}",
            Self::Select => "select: {in: {combobox: Sort by}, option: Newest}",
            Self::Upload => "upload: {to: {label: Photo}, files: [ada.png]}",
            Self::Drag => "drag: {from: {text: A}, to: {text: B}}",
            Self::Press => "press: Enter",
            Self::Scroll => "scroll: {to: {css: footer}}",
            Self::AcceptDialog => "accept_dialog: Ada",
            Self::DismissDialog => "dismiss_dialog",
            Self::Switch => "switch: {window: new}",
            Self::CloseWindow => "close_window",
            Self::Resize => "resize: 390x844",
            Self::Emulate => "emulate: {dark: true}",
            Self::Frame => "frame: {css: iframe}",
            Self::Script => "script: 'return document.title'",
        }
    }
}

/// Reads a verb with its value. `frame` is the caller's.
pub(super) fn verb(kind: Kind, node: &Node, collector: &Collector) -> Option<PageVerbSpec> {
    match kind {
        Kind::Open => words::target(node, collector).map(PageVerbSpec::Open),
        Kind::Back => nothing(node, "back", collector).map(|()| PageVerbSpec::Back),
        Kind::Forward => nothing(node, "forward", collector).map(|()| PageVerbSpec::Forward),
        Kind::Reload => nothing(node, "reload", collector).map(|()| PageVerbSpec::Reload),
        Kind::Gesture(gesture) => {
            let on = locator(node, collector)?;
            Some(PageVerbSpec::Gesture(GestureSpec { gesture, on }))
        }
        Kind::Fill => {
            let map = collector.fields(node, "a map with `into` and `value`")?;
            let into = map.require("into", "the element to fill").and_then(|node| locator(node, collector));
            let value = map.require("value", "what to write").and_then(|node| written(node, collector));
            map.finish("key of `fill`");
            Some(PageVerbSpec::Fill { into: into?, value: value? })
        }
        Kind::Select => {
            let map = collector.fields(node, "a map with `in` and `option`")?;
            let within = map.require("in", "the list to choose from").and_then(|node| locator(node, collector));
            let options = map.require("option", "what to choose").map(|node| texts(node, "an option", collector));
            map.finish("key of `select`");
            Some(PageVerbSpec::Select { within: within?, options: options? })
        }
        Kind::Upload => {
            let map = collector.fields(node, "a map with `to` and `files`")?;
            let to = map.require("to", "the file input").and_then(|node| locator(node, collector));
            let files = map.require("files", "which files").map(|node| texts(node, "a file", collector));
            map.finish("key of `upload`");
            Some(PageVerbSpec::Upload { to: to?, files: files? })
        }
        Kind::Drag => {
            let map = collector.fields(node, "a map with `from` and `to`")?;
            let from = map.require("from", "what to drag").and_then(|node| locator(node, collector));
            let to = map.require("to", "where to").and_then(|node| locator(node, collector));
            map.finish("key of `drag`");
            Some(PageVerbSpec::Drag { from: from?, to: to? })
        }
        Kind::Press => press(node, collector),
        Kind::Scroll => scroll(node, collector),
        Kind::AcceptDialog => match &node.value {
            Yaml::Blank | Yaml::Null | Yaml::Bool(true) => Some(PageVerbSpec::AcceptDialog(None)),
            _ => words::template(node, "the text for the prompt", collector).map(|text| PageVerbSpec::AcceptDialog(Some(text))),
        },
        Kind::DismissDialog => nothing(node, "dismiss_dialog", collector).map(|()| PageVerbSpec::DismissDialog),
        Kind::Switch => switch(node, collector),
        Kind::CloseWindow => nothing(node, "close_window", collector).map(|()| PageVerbSpec::CloseWindow),
        Kind::Resize => viewport(node, collector).map(PageVerbSpec::Resize),
        Kind::Emulate => emulate(node, collector).map(|emulation| PageVerbSpec::Emulate(Box::new(emulation))),
        Kind::Script => words::template(node, "JavaScript that runs in the page", collector).map(PageVerbSpec::Script),
        Kind::Frame => None,
    }
}

/// A verb that stands alone.
pub(super) fn bare(kind: Kind) -> Option<PageVerbSpec> {
    match kind {
        Kind::Back => Some(PageVerbSpec::Back),
        Kind::Forward => Some(PageVerbSpec::Forward),
        Kind::Reload => Some(PageVerbSpec::Reload),
        Kind::AcceptDialog => Some(PageVerbSpec::AcceptDialog(None)),
        Kind::DismissDialog => Some(PageVerbSpec::DismissDialog),
        Kind::CloseWindow => Some(PageVerbSpec::CloseWindow),
        Kind::Open
        | Kind::Gesture(_)
        | Kind::Fill
        | Kind::Select
        | Kind::Upload
        | Kind::Drag
        | Kind::Press
        | Kind::Scroll
        | Kind::Switch
        | Kind::Resize
        | Kind::Emulate
        | Kind::Frame
        | Kind::Script => None,
    }
}

/// A step of a browser without anything beside its verb.
pub(super) fn plain(verb: PageVerbSpec) -> PageStep {
    PageStep { verb, frames: Vec::new(), expect: None, until: None, captures: Vec::new(), wait: None }
}

/// The keys of a step that only a browser's verb has: `expect`, `until`, `wait`.
pub(super) fn options(fields: &Fields<'_>, verb: PageVerbSpec) -> PageStep {
    let collector = fields.collector();
    let is_look = matches!(verb, PageVerbSpec::Look);
    let until = fields.take_entry("until");
    if let (Some(until), true) = (until, is_look) {
        collector.error_with_help(&until.key_span, "`until` repeats an action, and `look` has none", "`expect` is tried again by itself");
    }
    PageStep {
        verb,
        frames: Vec::new(),
        expect: fields.take("expect").and_then(|node| content::page_expectations(node, collector)),
        until: until.and_then(|entry| content::page_expectations(&entry.value, collector)),
        captures: content::page_captures(fields),
        wait: words::positive_duration(fields, "wait"),
    }
}

fn nothing(node: &Node, verb: &str, collector: &Collector) -> Option<()> {
    match &node.value {
        Yaml::Blank | Yaml::Null | Yaml::Bool(true) => Some(()),
        Yaml::Bool(false) | Yaml::Number(_) | Yaml::Text { .. } | Yaml::List(_) | Yaml::Map(_) => {
            collector.error_with_help(&node.span, format!("`{verb}` takes no value"), format!("write `- {verb}`"));
            None
        }
    }
}

/// A locator.
pub(super) fn locator(node: &Node, collector: &Collector) -> Option<LocatorSpec> {
    let mut diagnostics = Vec::new();
    let locator = LocatorSpec::parse(node, &mut diagnostics);
    collector.extend(diagnostics);
    locator
}

/// What is written into an element: text, also none.
fn written(node: &Node, collector: &Collector) -> Option<Template> {
    words::template(node, "the text to write", collector)
}

/// One text, or a list of them.
fn texts(node: &Node, what: &str, collector: &Collector) -> Vec<Template> {
    match &node.value {
        Yaml::List(_) => {
            let nodes = collector.filled_list(node, &format!("{what}, or a list of them")).unwrap_or_default();
            nodes.iter().filter_map(|node| words::template(node, what, collector)).collect()
        }
        _ => words::template(node, what, collector).into_iter().collect(),
    }
}

fn press(node: &Node, collector: &Collector) -> Option<PageVerbSpec> {
    let Yaml::Map(_) = &node.value else {
        return words::template(node, "keys such as `Enter` or `Control+A`", collector).map(|keys| PageVerbSpec::Press { keys, on: None });
    };
    let map = collector.fields(node, "a map with `key` and `on`")?;
    let keys =
        map.require("key", "which key, or keys together").and_then(|node| words::template(node, "keys such as `Control+A`", collector));
    let on = map.take("on").map(|node| locator(node, collector));
    map.finish("key of `press`");
    match on {
        Some(None) => None,
        Some(on @ Some(_)) => Some(PageVerbSpec::Press { keys: keys?, on }),
        None => Some(PageVerbSpec::Press { keys: keys?, on: None }),
    }
}

fn scroll(node: &Node, collector: &Collector) -> Option<PageVerbSpec> {
    let map = collector.fields(node, "`{to: locator}` or `{by: [0, 400]}`")?;
    let way = map.take_one_of(["to", "by"], "way to scroll");
    let was_empty = way.is_none() && map.is_empty();
    map.finish("key of `scroll`");
    let Some(way) = way else {
        if was_empty {
            collector.error_with_help(&node.span, "expected where to scroll, found an empty map", "`{to: locator}` or `{by: [0, 400]}`");
        }
        return None;
    };
    if way.key == "to" {
        return locator(&way.value, collector).map(PageVerbSpec::ScrollTo);
    }
    let pixels = |node: &Node| match &node.value {
        Yaml::Number(number) => number.as_str().parse::<i32>().ok(),
        _ => None,
    };
    match &way.value.value {
        Yaml::List(nodes) if nodes.len() == 2 => {
            if let (Some(x), Some(y)) = (pixels(&nodes[0]), pixels(&nodes[1])) {
                return Some(PageVerbSpec::ScrollBy { x, y });
            }
        }
        _ => {}
    }
    collector.error_with_help(&way.value.span, "expected two whole numbers of pixels", "such as `by: [0, 400]`: to the right, and down");
    None
}

fn switch(node: &Node, collector: &Collector) -> Option<PageVerbSpec> {
    let help = "`{window: new}`, `{window: first}` or a number counted from 1";
    let map = collector.fields(node, "a map with `window`")?;
    let window = map.require("window", "which window");
    map.finish("key of `switch`");
    let window = window?;
    let chosen = match &window.value {
        Yaml::Text { text, .. } if text == "new" => Some(Window::New),
        Yaml::Text { text, .. } if text == "first" => Some(Window::Number(1)),
        Yaml::Number(number) => number.as_str().parse().ok().filter(|number| *number > 0).map(Window::Number),
        _ => None,
    };
    if chosen.is_none() {
        collector.error_with_help(&window.span, "expected a window", help);
    }
    chosen.map(PageVerbSpec::Switch)
}

/// `390x844`
pub(crate) fn viewport(node: &Node, collector: &Collector) -> Option<Viewport> {
    let help = "inner width and height in CSS pixels, such as `390x844`";
    let text = collector.text(node, help)?;
    let parsed =
        text.split_once('x').and_then(|(width, height)| Some(Viewport { width: width.parse().ok()?, height: height.parse().ok()? }));
    let sound = parsed.filter(|size| (50..=10_000).contains(&size.width) && (50..=10_000).contains(&size.height));
    if sound.is_none() {
        collector.error_with_help(&node.span, format!("`{text}` is not a viewport"), help);
    }
    sound
}

fn emulate(node: &Node, collector: &Collector) -> Option<EmulationSpec> {
    let map = collector.fields(node, "a map of what the browser pretends to be")?;
    if map.is_empty() {
        collector.error_with_help(&node.span, "an empty map pretends nothing", "such as `emulate: {dark: true}`");
    }
    let device = map.take("device").and_then(|node| {
        let name = collector.name(node, "the name of a device")?;
        let found = DEVICES.iter().find(|(known, _)| *known == name).map(|(_, device)| *device);
        if found.is_none() {
            let names: Vec<&str> = DEVICES.iter().map(|(known, _)| *known).collect();
            let help = match did_you_mean(name, names.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("there are {}", names.join(", ")),
            };
            collector.error_with_help(&node.span, format!("unknown device `{name}`"), help);
        }
        found
    });
    let geolocation = map.take("geolocation").and_then(|node| geolocation(node, collector));
    let text = |key: &'static str, what: &str| map.take(key).and_then(|node| words::template(node, what, collector));
    let timezone = text("timezone", "a time zone such as `Europe/Berlin`");
    let locale = text("locale", "a locale such as `de-DE`");
    let user_agent = text("user_agent", "a user agent");
    let emulation = EmulationSpec {
        dark: map.bool("dark"),
        reduced_motion: map.bool("reduced_motion"),
        offline: map.bool("offline"),
        timezone,
        locale,
        user_agent,
        geolocation,
        device,
    };
    map.finish("key of `emulate`");
    Some(emulation)
}

fn geolocation(node: &Node, collector: &Collector) -> Option<(String, String)> {
    let map = collector.fields(node, "a map with `latitude` and `longitude`")?;
    let degrees = |key: &'static str, most: f64| {
        let node = map.require(key, "degrees")?;
        let number = match &node.value {
            Yaml::Number(number) => Some(number.as_str().to_owned()),
            _ => None,
        };
        let sound = number.filter(|text| text.parse::<f64>().is_ok_and(|degrees| degrees.abs() <= most));
        if sound.is_none() {
            collector.error(&node.span, format!("expected degrees between -{most} and {most}"));
        }
        sound
    };
    let (latitude, longitude) = (degrees("latitude", 90.0), degrees("longitude", 180.0));
    map.finish("key of `geolocation`");
    Some((latitude?, longitude?))
}

/// `browser: {name:, viewport:}`; lists run each.
pub(crate) fn browser(node: &Node, collector: &Collector) -> Option<BrowserSpec> {
    let mut spec = BrowserSpec::default();
    if let Yaml::Text { .. } | Yaml::List(_) = &node.value {
        spec.names = names(node, collector);
        return (!spec.names.is_empty()).then_some(spec);
    }
    let map = collector.fields(node, "a browser's name, or a map with `name` and `viewport`")?;
    if map.is_empty() {
        collector.error_with_help(&node.span, "an empty map names no browser", "such as `browser: {name: chromium, viewport: 1280x800}`");
    }
    if let Some(node) = map.take("name") {
        spec.names = names(node, collector);
    }
    if let Some(node) = map.take("viewport") {
        spec.viewports = match &node.value {
            Yaml::List(_) => {
                let nodes = collector.filled_list(node, "a viewport, or a list of them").unwrap_or_default();
                let mut viewports: Vec<Viewport> = Vec::new();
                for node in nodes {
                    let Some(size) = viewport(node, collector) else { continue };
                    if viewports.contains(&size) {
                        collector.error(&node.span, format!("viewport `{size}` stands here twice"));
                    } else {
                        viewports.push(size);
                    }
                }
                viewports
            }
            _ => viewport(node, collector).into_iter().collect(),
        };
    }
    map.finish("key of `browser`");
    Some(spec)
}

fn names(node: &Node, collector: &Collector) -> Vec<String> {
    let nodes = match &node.value {
        Yaml::List(_) => collector.filled_list(node, "a browser, or a list of them").unwrap_or_default(),
        _ => std::slice::from_ref(node),
    };
    let mut names: Vec<String> = Vec::new();
    for node in nodes {
        let Some(name) = collector.name(node, "the name of a browser") else { continue };
        if !BROWSERS.contains(&name) {
            let diagnostic = Diagnostic::error(&node.span, format!("unknown browser `{name}`"));
            let meant = match name {
                "chrome" | "edge" => Some("chromium"),
                "safari" => Some("webkit"),
                _ => did_you_mean(name, BROWSERS),
            };
            collector.report(match meant {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                None => diagnostic.help(format!("there are {}", BROWSERS.join(", "))),
            });
        } else if names.iter().any(|known| known == name) {
            collector.error(&node.span, format!("browser `{name}` stands here twice"));
        } else {
            names.push(name.to_owned());
        }
    }
    names
}

/// `mock:` a list of answers that pages get instead of the site's.
pub(super) fn mocks(fields: &Fields<'_>) -> Vec<MockSpec> {
    let Some(node) = fields.take("mock") else { return Vec::new() };
    let collector = fields.collector();
    let nodes = collector.filled_list(node, "a list of answers").unwrap_or_default();
    nodes.iter().filter_map(|node| mock(node, collector)).collect()
}

fn mock(node: &Node, collector: &Collector) -> Option<MockSpec> {
    let map = collector.fields(node, "a map with `url` and an answer, such as `{url: '**/api/x', status: 500, json: {}}`")?;
    let url = map.require("url", "the pattern of what is answered").and_then(|node| words::template(node, "a URL pattern", collector));
    let method = map.name("method", "a method such as `GET`").map(str::to_uppercase);
    let status = match map.take("status") {
        None => Some(200),
        Some(node) => collector.whole(node, "a status such as 500").and_then(|status| {
            let status = u16::try_from(status).ok().filter(|status| (200..600).contains(status));
            if status.is_none() {
                collector.error(&node.span, "a page can be answered with a status from 200 to 599");
            }
            status
        }),
    };
    let headers = words::headers(&map);
    let body = map.take_one_of(["json", "text"], "body").map(|entry: &Entry| match entry.key.as_str() {
        "json" => words::dynamic(&entry.value, collector).map(MockBody::Json),
        _ => words::template(&entry.value, "the body", collector).map(MockBody::Text),
    });
    map.finish("key of `mock`");
    let body = match body {
        Some(body) => body?,
        None => MockBody::Json(Dynamic::of_json(&Json::text(""), &node.span)),
    };
    Some(MockSpec { url: url?, method, status: status?, headers, body })
}

/// `block:` patterns of URLs that pages do not get.
pub(super) fn blocked(fields: &Fields<'_>) -> Vec<Template> {
    let Some(node) = fields.take("block") else { return Vec::new() };
    let collector = fields.collector();
    let nodes = collector.filled_list(node, "a list of URL patterns").unwrap_or_default();
    nodes.iter().filter_map(|node| words::template(node, "a URL pattern such as `**/ads/**`", collector)).collect()
}

/// How long something may wait where nobody says otherwise.
pub const DEFAULT_WAIT: Duration = Duration::from_secs(5);
