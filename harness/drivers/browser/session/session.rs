//! One session: a browser, its driver, and the two ways of speaking to it.

use std::{
    future::Future,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use fantoccini::{Client, error::CmdError};
use serde_json::{Map, Value, json};
use tokio::time::{sleep, timeout};
use url::Url;

use super::{
    call::{Returned, World},
    fault,
    settings::{Place, Settings},
    wire::{Wire, WireError},
};
use crate::drivers::browser::{
    bidi::connection::Bidi,
    error::BrowserError,
    process::driver::Driver,
    provide::{install, registry::Browser},
};

/// A browser that is ready, with its driver.
#[derive(Debug)]
pub struct Session {
    browser: &'static Browser,
    client: Client,
    bidi: Option<Bidi>,
    /// Nothing with a remote server, which looks after its own.
    driver: Option<Driver>,
    wire: Wire,
    server: Url,
    id: String,
    capabilities: Value,
    /// The window that keeps the browser open while cases come and go.
    pub(super) first_window: String,
    /// The user context that is open, to be removed before the next one is made.
    pub(super) open: Mutex<Option<String>>,
    current: Mutex<String>,
    /// A command was given up.
    is_stuck: AtomicBool,
    numbers: AtomicU64,
}

/// How long a session may take to be made: seconds on a busy machine, and a Grid may have to start a machine first.
const START: Duration = Duration::from_secs(90);

/// How long a remote server may take to end one.
const END: Duration = Duration::from_secs(30);

/// Longer than any action: what takes too long is given up by us, with the action's own time.
const NO_LIMIT_MS: u64 = 3_600_000;

/// What every page is watched for.
const EVENTS: &[&str] = &[
    "log.entryAdded",
    "network.beforeRequestSent",
    "network.responseCompleted",
    "network.fetchError",
    "browsingContext.contextCreated",
    "browsingContext.contextDestroyed",
    "browsingContext.userPromptOpened",
    "browsingContext.userPromptClosed",
    "browsingContext.navigationStarted",
    "browsingContext.load",
];

/// What not every browser can tell yet.
const FURTHER_EVENTS: &[&str] = &[
    "browsingContext.fragmentNavigated",
    "browsingContext.navigationAborted",
    "browsingContext.navigationFailed",
    "browsingContext.downloadWillBegin",
    "browsingContext.downloadEnd",
];

impl Session {
    /// Starts a driver where one is needed, and a browser.
    ///
    /// # Errors
    /// When one of them does not start.
    pub async fn start(settings: &Settings) -> Result<Self, BrowserError> {
        let browser = settings.browser;
        let not_started = |detail: String| BrowserError::NotStarted { browser: browser.name, detail };
        let (wire, server, driver) = match &settings.place {
            Place::Here(files) => {
                let driver = Driver::start(browser, files).await?;
                (Wire::plain(), driver.url().clone(), Some(driver))
            }
            Place::Remote(server) => (Wire::remote(), server.clone(), None),
        };
        let wire = wire.map_err(|error| not_started(error.to_string()))?;
        let made = match timeout(START, create(settings, &wire, &server)).await {
            Ok(made) => made.map_err(|error| error.to_string()),
            Err(_) => Err(format!("no session within {} s", START.as_secs())),
        };
        let (id, capabilities) = match made {
            Ok(made) => made,
            Err(detail) => {
                let tail = driver.as_ref().map(|driver| driver.group().tail()).filter(|tail| !tail.is_empty());
                if let Some(driver) = driver {
                    driver.end().await;
                }
                return Err(not_started(tail.map_or(detail.clone(), |tail| format!("{detail}; the driver printed: {tail}"))));
            }
        };
        // From here on the session ends with `client`, also when something fails.
        let client = Client::with_existing_session(server.as_str(), &id, wire.connector()).await;
        let client = client.map_err(|error| not_started(error.to_string()))?;
        let bidi = match capabilities.get("webSocketUrl").and_then(Value::as_str).map(Url::parse) {
            Some(Ok(url)) => Some(Bidi::connect(&url).await?),
            Some(Err(error)) => return Err(not_started(format!("its BiDi URL cannot be read: {error}"))),
            None => None,
        };
        let mut session = Self {
            browser,
            client,
            bidi,
            driver,
            wire,
            server,
            id,
            capabilities,
            first_window: String::new(),
            open: Mutex::default(),
            current: Mutex::default(),
            is_stuck: AtomicBool::new(false),
            numbers: AtomicU64::new(0),
        };
        session.prepare().await?;
        Ok(session)
    }

    async fn prepare(&mut self) -> Result<(), BrowserError> {
        let window = self.command("ask for its window", START, self.client.window()).await?;
        self.first_window = window.into();
        let limits = json!({"script": NO_LIMIT_MS, "pageLoad": NO_LIMIT_MS, "implicit": 0});
        self.post("timeouts", limits, START).await?;
        if self.bidi.is_some() {
            self.bidi("session.subscribe", json!({"events": EVENTS}), START).await?;
            for event in FURTHER_EVENTS {
                // A browser that does not know one of these tells the others.
                let _ = self.bidi("session.subscribe", json!({"events": [event]}), START).await;
            }
        }
        Ok(())
    }

    /// Which browser it is.
    #[must_use]
    pub fn browser(&self) -> &'static Browser {
        self.browser
    }

    /// Name and version as the browser itself says.
    #[must_use]
    pub fn version(&self) -> String {
        let text = |key: &str| self.capabilities.get(key).and_then(Value::as_str).unwrap_or_default();
        format!("{} {}", self.browser.name, text("browserVersion"))
    }

    /// The classic client. It has one current window at a time: that of the case that has this session.
    #[must_use]
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// The driver, where it runs here.
    #[must_use]
    pub fn driver(&self) -> Option<&Driver> {
        self.driver.as_ref()
    }

    /// The BiDi connection, where the browser offers one.
    #[must_use]
    pub fn connection(&self) -> Option<&Bidi> {
        self.bidi.as_ref()
    }

    /// Runs a classic command within its time. When the browser dies meanwhile, that ends the wait.
    ///
    /// # Errors
    /// When the driver refuses, does not answer in time, or is gone.
    pub async fn command<T>(
        &self,
        doing: &str,
        within: Duration,
        command: impl Future<Output = Result<T, CmdError>>,
    ) -> Result<T, BrowserError> {
        let outcome = tokio::select! {
            biased;
            outcome = timeout(within, command) => outcome,
            detail = self.died() => return Err(self.explain(BrowserError::Lost { detail: format!("{doing}: {detail}") }).await),
        };
        match outcome {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => Err(self.explain(fault::of(doing, error)).await),
            Err(_) => {
                // The driver still works on it, and would do nothing else meanwhile.
                self.give_up();
                Err(BrowserError::Slow { doing: doing.to_owned(), within })
            }
        }
    }

    /// Posts to an endpoint of this session that the classic client does not know.
    ///
    /// # Errors
    /// As [`Session::command`].
    pub async fn post(&self, path: impl Into<String>, body: Value, within: Duration) -> Result<Value, BrowserError> {
        let path = path.into();
        self.command(&path, within, self.client.issue_cmd(Post { path: path.clone(), body })).await
    }

    /// Sends a BiDi command.
    ///
    /// # Errors
    /// When the browser speaks no BiDi, refuses, does not answer in time, or is gone.
    pub async fn bidi(&self, method: &str, params: Value, within: Duration) -> Result<Value, BrowserError> {
        match &self.bidi {
            Some(bidi) => match bidi.command(method, &params, within).await {
                Err(error) => Err(self.explain(error).await),
                outcome => outcome,
            },
            None => Err(BrowserError::Unable { browser: self.browser.name, what: format!("do {method}: it speaks no BiDi") }),
        }
    }

    /// Gives the page in a window leave for something, as far as the browser can be told.
    pub async fn permit(&self, permission: &str, window: &str) {
        let origin = self.call("ask for the origin", World::Own, "return Promise.resolve([location.origin])", &[], START).await;
        let Ok(Returned { text: Some(origin), .. }) = origin else { return };
        self.grant(permission, &origin).await;
        // Asking for it also takes the focus in some browsers.
        let _ = self.bidi("browsingContext.activate", json!({"context": window}), START).await;
    }

    /// Gives pages of an origin leave for something, as far as the browser can be told.
    pub async fn grant(&self, permission: &str, origin: &str) {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let mut params = json!({"descriptor": {"name": permission}, "state": "granted", "origin": origin});
        if let Some(user_context) = open {
            params["userContext"] = json!(user_context);
        }
        let _ = self.bidi("permissions.setPermission", params, START).await;
    }

    /// It is not to be used any more.
    pub fn give_up(&self) {
        self.is_stuck.store(true, Ordering::Relaxed);
    }

    /// A number that no other call gets.
    #[must_use]
    pub fn next_number(&self) -> u64 {
        self.numbers.fetch_add(1, Ordering::Relaxed) + 1
    }

    /// Sends a BiDi command that a dialog would hold up for as long as it is open.
    ///
    /// # Errors
    /// As [`Session::bidi`]; with the code `unexpected alert open` when a dialog is open.
    pub async fn bidi_unless_dialog(&self, method: &str, params: Value, within: Duration) -> Result<Value, BrowserError> {
        let Some(bidi) = &self.bidi else { return self.bidi(method, params, within).await };
        tokio::select! {
            biased;
            outcome = self.bidi(method, params, within) => outcome,
            () = bidi.dialog_opened() => {
                let (code, message) = (String::from("unexpected alert open"), String::from("a dialog is open"));
                Err(BrowserError::Refused { doing: method.to_owned(), code, message })
            }
        }
    }

    /// The window or frame in which things are done: that of the case that has this session.
    #[must_use]
    pub fn current(&self) -> String {
        self.current.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// From here on things are done there.
    pub fn set_current(&self, context: &str) {
        context.clone_into(&mut self.current.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// What is known of the driver when the browser is gone.
    async fn explain(&self, error: BrowserError) -> BrowserError {
        let (BrowserError::Lost { detail }, Some(driver)) = (&error, &self.driver) else { return error };
        // Its connections break a moment before its end can be seen.
        for _ in 0..20 {
            if let Some(how) = driver.ended() {
                return BrowserError::Lost { detail: format!("{detail} ({}: {how})", self.browser.driver.name) };
            }
            sleep(Duration::from_millis(10)).await;
        }
        error
    }

    /// Waits for the connection to die; for ever where there is none.
    async fn died(&self) -> String {
        match &self.bidi {
            Some(bidi) => bidi.died().await,
            None => std::future::pending().await,
        }
    }

    /// Whether it can be used further.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        let driver_runs = self.driver.as_ref().is_none_or(|driver| driver.ended().is_none());
        let is_stuck = self.is_stuck.load(Ordering::Relaxed);
        driver_runs && !is_stuck && self.bidi.as_ref().is_none_or(|bidi| bidi.death().is_none())
    }

    /// Ends it, with its driver and every process and folder of theirs.
    pub async fn end(self) {
        let Self { client, driver, wire, server, id, .. } = self;
        match driver {
            // Killing the group is quicker than closing the browser first, and leaves as little.
            Some(driver) => driver.end().await,
            None => {
                let _ = timeout(END, wire.delete(&server, &format!("session/{id}"))).await;
            }
        }
        // Otherwise it would end the session once more.
        let _ = timeout(END, client.persist()).await;
    }

    pub(super) fn set_open(&self, context: Option<String>) -> Option<String> {
        std::mem::replace(&mut *self.open.lock().unwrap_or_else(PoisonError::into_inner), context)
    }
}

/// Asks for a new session: its id and what it can do.
async fn create(settings: &Settings, wire: &Wire, server: &Url) -> Result<(String, Value), WireError> {
    let ask = async |as_root: bool| {
        let capabilities: Map<String, Value> = (settings.browser.capabilities)(&settings.launch(as_root));
        let answer = wire.post(server, "session", &json!({"capabilities": {"alwaysMatch": capabilities}})).await?;
        let id = answer.get("sessionId").and_then(Value::as_str).map(String::from);
        let foreign = || WireError::Foreign { url: server.clone(), start: answer.to_string().chars().take(200).collect() };
        Ok((id.ok_or_else(foreign)?, answer["capabilities"].clone()))
    };
    match &settings.place {
        Place::Here(_) => ask(install::is_root()).await,
        // A node that runs as root, as in many containers, has a browser that ends at once unless it gives up its sandbox.
        Place::Remote(_) => match ask(false).await {
            Err(WireError::Refused { message, .. }) if message.contains("instance exited") || message.contains("DevToolsActivePort") => {
                ask(true).await
            }
            outcome => outcome,
        },
    }
}

/// A command that the classic client does not know.
#[derive(Debug)]
struct Post {
    path: String,
    body: Value,
}

impl fantoccini::wd::WebDriverCompatibleCommand for Post {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, url::ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.body.to_string()))
    }
}
