//! What events say, put together: console, requests, downloads, dialogs, windows, navigations. Pure: events in, state out.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    time::Duration,
};

use prodiff_core::observation::page::{ConsoleLevel, ConsoleMessage, Dialog, DocumentResponse, PageRequest};
use serde_json::Value;
use url::Url;

use crate::drivers::browser::bidi::event::Event;

/// The method of the mark that tells that everything before it was taken in.
pub(super) const MARK: &str = "prodiff.mark";

/// Everything that was seen of one user context.
#[derive(Debug, Default)]
pub(super) struct Seen {
    user_context: String,
    /// Windows in the order in which they were opened; of them those that are still there.
    pub(super) windows: Vec<String>,
    /// Every browsing context of ours, frames too.
    contexts: BTreeSet<String>,
    /// Since the last navigation.
    pub(super) console: Vec<ConsoleMessage>,
    requests: Vec<Tracked>,
    downloads: Vec<Arriving>,
    /// A dialog that is open, and in which window.
    pub(super) dialog: Option<(String, Dialog)>,
    /// Windows whose page is being replaced.
    navigating: BTreeMap<String, String>,
    /// How the last document of a window came.
    documents: BTreeMap<String, DocumentResponse>,
    /// The last mark.
    pub(super) marked: u64,
}

/// More of each than this are not kept: a page that logs in a loop must not fill the memory.
const MAX_KEPT: usize = 20_000;

/// A file on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Arriving {
    navigation: String,
    /// The name that the site gave it.
    pub(super) name: String,
    /// Where it is, once it is whole.
    pub(super) path: Option<PathBuf>,
    /// Whether nothing more of it comes.
    pub(super) is_over: bool,
}

#[derive(Debug)]
struct Tracked {
    id: String,
    started: Option<f64>,
    request: PageRequest,
}

impl Seen {
    pub(super) fn of(user_context: &str) -> Self {
        Self { user_context: user_context.to_owned(), ..Self::default() }
    }

    /// A window that was there before events were listened to.
    pub(super) fn add_window(&mut self, window: &str) {
        if self.contexts.insert(window.to_owned()) {
            self.windows.push(window.to_owned());
        }
    }

    /// Forgets what belongs to the page before.
    pub(super) fn turn_page(&mut self, window: &str) {
        self.console.clear();
        self.requests.clear();
        self.downloads.clear();
        self.documents.remove(window);
    }

    /// What pages asked for, in the order in which they did.
    pub(super) fn requests(&self) -> Vec<PageRequest> {
        self.requests.iter().map(|tracked| tracked.request.clone()).collect()
    }

    /// Whether a window's page is being replaced.
    pub(super) fn is_navigating(&self, window: &str) -> bool {
        self.navigating.contains_key(window)
    }

    /// Only a document that comes from now on is told of.
    pub(super) fn forget_document(&mut self, window: &str) {
        self.documents.remove(window);
    }

    /// How the document of a window came.
    pub(super) fn document(&self, window: &str) -> Option<DocumentResponse> {
        self.documents.get(window).cloned()
    }

    /// Takes in one event; those of other contexts are none of ours.
    pub(super) fn take(&mut self, event: &Event) {
        if event.method == MARK {
            self.marked = event.params.as_u64().unwrap_or(0);
            return;
        }
        if event.method == "browsingContext.contextCreated" {
            self.created(event);
            return;
        }
        let is_ours = event.context().is_some_and(|context| self.contexts.contains(context));
        if !is_ours {
            return;
        }
        let context = event.context().unwrap_or_default().to_owned();
        match event.method.as_str() {
            "browsingContext.contextDestroyed" => self.destroyed(&context),
            "browsingContext.navigationStarted" => {
                let navigation = text(&event.params, "navigation");
                let is_page = self.windows.contains(&context) && text(&event.params, "url") != "about:blank";
                if is_page && !navigation.is_empty() {
                    self.navigating.insert(context, navigation);
                }
            }
            "browsingContext.load"
            | "browsingContext.fragmentNavigated"
            | "browsingContext.navigationAborted"
            | "browsingContext.navigationFailed" => self.arrived(&context, &text(&event.params, "navigation")),
            "browsingContext.userPromptOpened" => {
                let dialog = Dialog { kind: text(&event.params, "type"), message: text(&event.params, "message") };
                self.dialog = Some((context, dialog));
            }
            "browsingContext.userPromptClosed" => self.dialog = None,
            "browsingContext.downloadWillBegin" => {
                self.arrived(&context, &text(&event.params, "navigation"));
                self.keep_download(&event.params);
            }
            "browsingContext.downloadEnd" => self.downloaded(&event.params),
            "log.entryAdded" => self.log(&event.params),
            "network.beforeRequestSent" => self.requested(&context, &event.params),
            "network.responseCompleted" => self.answered(&context, &event.params),
            "network.fetchError" => {
                let navigation = text(&event.params, "navigation");
                if !navigation.is_empty() {
                    self.arrived(&context, &navigation);
                }
                self.failed(&event.params);
            }
            _ => {}
        }
    }

    fn created(&mut self, event: &Event) {
        let context = text(&event.params, "context");
        let parent = text(&event.params, "parent");
        let is_ours = event.user_context() == Some(self.user_context.as_str()) || self.contexts.contains(&parent);
        if !is_ours {
            return;
        }
        let is_window = parent.is_empty();
        if self.contexts.insert(context.clone()) && is_window {
            self.windows.push(context);
        }
    }

    fn destroyed(&mut self, context: &str) {
        self.contexts.remove(context);
        self.windows.retain(|window| window != context);
        self.navigating.remove(context);
        self.documents.remove(context);
        if self.dialog.as_ref().is_some_and(|(window, _)| window == context) {
            self.dialog = None;
        }
    }

    fn arrived(&mut self, context: &str, navigation: &str) {
        // A load that belongs to an earlier navigation says nothing of the one under way.
        let is_it = self.navigating.get(context).is_some_and(|waiting| navigation.is_empty() || waiting == navigation);
        if is_it {
            self.navigating.remove(context);
        }
    }

    fn keep_download(&mut self, params: &Value) {
        if self.downloads.len() < MAX_KEPT {
            let (navigation, name) = (text(params, "navigation"), text(params, "suggestedFilename"));
            self.downloads.push(Arriving { navigation, name, path: None, is_over: false });
        }
    }

    fn downloaded(&mut self, params: &Value) {
        let navigation = text(params, "navigation");
        if let Some(download) = self.downloads.iter_mut().find(|download| download.navigation == navigation && !download.is_over) {
            download.is_over = true;
            download.path = params.get("filepath").and_then(Value::as_str).map(PathBuf::from);
        }
    }

    /// Files that were downloaded, or are on their way.
    pub(super) fn downloads(&self) -> &[Arriving] {
        &self.downloads
    }

    fn log(&mut self, params: &Value) {
        let level = match (text(params, "type").as_str(), text(params, "level").as_str()) {
            ("javascript", _) => ConsoleLevel::Uncaught,
            (_, "error") => ConsoleLevel::Error,
            (_, "warn") => ConsoleLevel::Warning,
            _ => ConsoleLevel::Info,
        };
        let top = params.pointer("/stackTrace/callFrames/0");
        let source = top.map(|frame| {
            let number = |key: &str| frame.get(key).and_then(Value::as_u64).unwrap_or(0) + 1;
            format!("{}:{}:{}", text(frame, "url"), number("lineNumber"), number("columnNumber"))
        });
        if self.console.len() < MAX_KEPT {
            self.console.push(ConsoleMessage { level, text: text(params, "text"), source });
        }
    }

    fn requested(&mut self, context: &str, params: &Value) {
        let id = request_id(params);
        let is_redirect = params.get("redirectCount").and_then(Value::as_u64).unwrap_or(0) > 0;
        let is_document = !text(params, "navigation").is_empty() && self.windows.iter().any(|window| window == context);
        if is_document && !is_redirect {
            self.turn_page(context);
        }
        if is_document {
            let document = self.documents.entry(context.to_owned());
            document.or_insert(DocumentResponse { status: None, redirects: Vec::new(), headers: Vec::new() });
        }
        let url = params.pointer("/request/url").and_then(Value::as_str).unwrap_or_default().to_owned();
        if self.requests.len() >= MAX_KEPT || !is_of_page(&url) {
            return;
        }
        let request = PageRequest {
            method: params.pointer("/request/method").and_then(Value::as_str).unwrap_or_default().to_owned(),
            url,
            status: None,
            failure: None,
            mime_type: None,
            bytes: None,
            took: None,
        };
        // A redirect keeps its number; the hop before it has its answer already, or gets it by its URL.
        self.requests.push(Tracked { id, started: params.get("timestamp").and_then(Value::as_f64), request });
    }

    fn answered(&mut self, context: &str, params: &Value) {
        let response = params.get("response").cloned().unwrap_or_default();
        let status = response.get("status").and_then(Value::as_u64).and_then(|status| u16::try_from(status).ok());
        let ended = params.get("timestamp").and_then(Value::as_f64);
        let (id, url) = (request_id(params), text(&response, "url"));
        if let Some(tracked) = self.open_request(&id, &url) {
            tracked.request.status = status;
            tracked.request.mime_type = Some(text(&response, "mimeType")).filter(|mime| !mime.is_empty());
            tracked.request.bytes = response.get("bodySize").and_then(Value::as_u64).or_else(|| response.get("bytesReceived")?.as_u64());
            tracked.request.took = tracked.started.zip(ended).and_then(|(start, end)| milliseconds(end - start));
        }
        let navigation = text(params, "navigation");
        if matches!(status, Some(204 | 205)) && !navigation.is_empty() {
            // Nothing comes in the place of the page (Fetch, 4.1), and not every browser says that it has given up waiting.
            self.arrived(context, &navigation);
        }
        let is_document = !navigation.is_empty() && self.windows.iter().any(|window| window == context);
        let Some(document) = self.documents.get_mut(context).filter(|_| is_document) else { return };
        let headers = headers(&response);
        let location = headers.iter().find(|(name, _)| name == "location").map(|(_, value)| value.clone());
        let target = location.and_then(|location| Url::parse(&url).ok()?.join(&location).ok());
        match (status, target) {
            (Some(status @ 300..=399), Some(target)) if status != 304 => document.redirects.push((status, target)),
            (status, _) => {
                document.status = status;
                document.headers = headers;
            }
        }
    }

    fn failed(&mut self, params: &Value) {
        let url = params.pointer("/request/url").and_then(Value::as_str).unwrap_or_default().to_owned();
        let why = text(params, "errorText");
        if let Some(tracked) = self.open_request(&request_id(params), &url) {
            tracked.request.failure = Some(if why.is_empty() { String::from("it failed") } else { why });
        }
    }

    /// The request of this number that has no answer yet.
    fn open_request(&mut self, id: &str, url: &str) -> Option<&mut Tracked> {
        let is_open = |tracked: &&mut Tracked| tracked.id == id && tracked.request.status.is_none() && tracked.request.failure.is_none();
        let by_url = self.requests.iter().position(|tracked| {
            tracked.id == id && tracked.request.url == url && tracked.request.status.is_none() && tracked.request.failure.is_none()
        });
        match by_url {
            Some(index) => self.requests.get_mut(index),
            None => self.requests.iter_mut().rev().find(is_open),
        }
    }
}

/// Whether a page asked a server for it. What a page holds itself (`data:`) is asked of nobody, and for an icon some browsers
/// ask by themselves and others never.
fn is_of_page(url: &str) -> bool {
    let Ok(url) = Url::parse(url) else { return true };
    matches!(url.scheme(), "http" | "https" | "ws" | "wss") && url.path() != "/favicon.ico"
}

fn milliseconds(amount: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(amount / 1000.0).ok()
}

fn request_id(params: &Value) -> String {
    params.pointer("/request/request").and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn headers(response: &Value) -> Vec<(String, String)> {
    let all = response.get("headers").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    all.iter().map(|header| (text(header, "name").to_lowercase(), value_of(header.get("value")))).collect()
}

/// A string of BiDi's: as text, or base64 where it is none.
pub(super) fn value_of(value: Option<&Value>) -> String {
    let Some(value) = value else { return String::new() };
    let content = value.get("value").and_then(Value::as_str).unwrap_or_default();
    if value.get("type").and_then(Value::as_str) == Some("base64") {
        use base64::{Engine, engine::general_purpose::STANDARD};
        return STANDARD.decode(content).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    }
    content.to_owned()
}

pub(super) fn text(value: &Value, key: &str) -> String {
    value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn seen(events: &[(&str, Value)]) -> Seen {
        let mut seen = Seen::of("u1");
        for (method, params) in events {
            seen.take(&Event { method: String::from(*method), params: params.clone() });
        }
        seen
    }

    fn window(context: &str, user: &str) -> (&'static str, Value) {
        ("browsingContext.contextCreated", json!({"context": context, "parent": null, "userContext": user}))
    }

    fn log(context: &str, kind: &str, level: &str, text: &str) -> (&'static str, Value) {
        ("log.entryAdded", json!({"source": {"context": context}, "type": kind, "level": level, "text": text}))
    }

    fn request(id: &str, url: &str, navigation: Option<&str>, redirects: u64) -> (&'static str, Value) {
        let request = json!({"request": id, "url": url, "method": "GET"});
        (
            "network.beforeRequestSent",
            json!({"context": "w", "navigation": navigation, "redirectCount": redirects, "request": request, "timestamp": 1000}),
        )
    }

    fn response(id: &str, url: &str, status: u16, navigation: Option<&str>, location: &str) -> (&'static str, Value) {
        let headers = json!([{"name": "Location", "value": {"type": "string", "value": location}}]);
        let response = json!({"url": url, "status": status, "mimeType": "text/html", "bodySize": 12, "headers": headers});
        (
            "network.responseCompleted",
            json!({"context": "w", "navigation": navigation, "request": {"request": id}, "response": response, "timestamp": 1250}),
        )
    }

    #[test]
    fn only_our_windows_and_their_frames_are_seen() {
        let frame = ("browsingContext.contextCreated", json!({"context": "f", "parent": "w"}));
        let events =
            [window("w", "u1"), window("x", "u2"), frame, log("f", "console", "info", "ours"), log("x", "console", "info", "theirs")];
        let seen = seen(&events);
        assert_eq!(seen.windows, ["w"]);
        assert_eq!(seen.console.iter().map(|message| message.text.as_str()).collect::<Vec<_>>(), ["ours"]);
    }

    #[test]
    fn messages_have_their_levels() {
        let levels = |kind: &str, level: &str| seen(&[window("w", "u1"), log("w", kind, level, "m")]).console[0].level;
        assert_eq!(levels("console", "error"), ConsoleLevel::Error);
        assert_eq!(levels("console", "warn"), ConsoleLevel::Warning);
        assert_eq!(levels("console", "debug"), ConsoleLevel::Info);
        assert_eq!(levels("javascript", "error"), ConsoleLevel::Uncaught);
    }

    #[test]
    fn a_document_tells_its_redirects_and_turns_the_page() {
        let seen = seen(&[
            window("w", "u1"),
            log("w", "console", "info", "of the page before"),
            request("1", "http://a/", Some("n"), 0),
            response("1", "http://a/", 302, Some("n"), "/b"),
            request("1", "http://a/b", Some("n"), 1),
            response("1", "http://a/b", 200, Some("n"), ""),
            request("2", "http://a/gone", None, 0),
            (
                "network.fetchError",
                json!({"context": "w", "request": {"request": "2", "url": "http://a/gone"}, "errorText": "net::ERR_FAILED"}),
            ),
        ]);
        assert_eq!(seen.console, []);
        let document = seen.document("w").unwrap();
        assert_eq!((document.status, document.redirects), (Some(200), vec![(302, Url::parse("http://a/b").unwrap())]));
        let shown: Vec<String> =
            seen.requests().iter().map(|request| format!("{} {:?} {:?}", request.url, request.status, request.failure)).collect();
        let expected = ["http://a/ Some(302) None", "http://a/b Some(200) None", "http://a/gone None Some(\"net::ERR_FAILED\")"];
        assert_eq!(shown, expected);
        assert_eq!(seen.requests()[1].took, Some(Duration::from_millis(250)));
    }

    #[test]
    fn what_browsers_do_by_themselves_is_no_request_of_the_page() {
        let urls = ["http://a/favicon.ico", "data:,x", "http://a/x"];
        let mut events = vec![window("w", "u1")];
        events.extend(urls.iter().enumerate().map(|(id, url)| request(&id.to_string(), url, None, 0)));
        let seen = seen(&events);
        assert_eq!(seen.requests().iter().map(|request| request.url.clone()).collect::<Vec<_>>(), ["http://a/x"]);
    }

    #[test]
    fn a_navigation_is_over_when_its_own_page_is_there() {
        let started = ("browsingContext.navigationStarted", json!({"context": "w", "navigation": "n2", "url": "http://a/"}));
        let other = ("browsingContext.load", json!({"context": "w", "navigation": "n1"}));
        let own = ("browsingContext.load", json!({"context": "w", "navigation": "n2"}));
        assert!(seen(&[window("w", "u1"), started.clone(), other]).is_navigating("w"));
        let empty = response("1", "http://a/", 204, Some("n2"), "");
        let of_page = ("network.fetchError", json!({"context": "w", "navigation": null, "request": {"request": "2"}}));
        assert!(!seen(&[window("w", "u1"), started.clone(), own]).is_navigating("w"));
        assert!(!seen(&[window("w", "u1"), started.clone(), empty]).is_navigating("w"));
        assert!(seen(&[window("w", "u1"), started, of_page]).is_navigating("w"));
    }

    #[test]
    fn a_dialog_is_there_until_it_is_closed() {
        let opened = ("browsingContext.userPromptOpened", json!({"context": "w", "type": "alert", "message": "hi"}));
        let closed = ("browsingContext.userPromptClosed", json!({"context": "w", "accepted": true}));
        let dialog = Dialog { kind: String::from("alert"), message: String::from("hi") };
        assert_eq!(seen(&[window("w", "u1"), opened.clone()]).dialog, Some((String::from("w"), dialog)));
        assert_eq!(seen(&[window("w", "u1"), opened, closed]).dialog, None);
    }
}
