//! The pages of one case: an action in, an observation or a fault out.

use std::{collections::BTreeSet, sync::Arc};

use prodiff_core::{
    action::page::{PageAction, PageSetup, PageVerb},
    json::Json,
    observation::{
        Fault, FaultKind,
        page::{Dialog, PageObservation, Watched},
    },
};
use serde_json::{Value, json};
use tokio::time::{Duration, Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::{
    cookies,
    document::{self, Facts},
    emulate,
    intercept::Intercept,
    navigate::{Place, Way},
    probe, script,
    watch::Watch,
    windows::{self, Windows},
};
use crate::drivers::browser::{
    act::{self, ActError},
    bidi::connection::Bidi,
    error::BrowserError,
    locate::{self, AgentError},
    session::{context::Context, pool::Lease, session::Session},
};

/// A case's pages: a fresh context in a browser that is lent to it.
#[derive(Debug)]
pub struct Page {
    // Dropped in this order: the context lets go of the session before the lease gives it back.
    watch: Option<Watch>,
    context: Context,
    lease: Lease,
    setup: Arc<PageSetup>,
    intercept: Option<Arc<Intercept>>,
    /// What the browser was told for this case alone, to be taken back.
    intercept_id: Option<String>,
    /// Scripts that fill the storage of pages, until the first page is there.
    seeds: Vec<String>,
    windows: Windows,
    facts: Facts,
    is_in_frame: bool,
}

const PATIENCE: Duration = Duration::from_secs(20);

impl Page {
    /// Opens a fresh context as a case wants it.
    pub(in crate::drivers::browser) async fn begin(lease: Lease, setup: &Arc<PageSetup>) -> Result<Self, ActError> {
        let session = lease.session();
        let is_needed = Intercept::is_needed(setup);
        if is_needed && session.connection().is_none() {
            let what = String::from("hold requests back, as mocks, blocks, credentials and protection need it");
            return Err(BrowserError::Unable { browser: session.browser().name, what }.into());
        }
        let mut context = lease.context((setup.viewport.width, setup.viewport.height)).await?;
        let intercept = is_needed.then(|| Arc::new(Intercept::of(setup)));
        let watch = match (session.connection(), context.take_events(), context.user_context()) {
            (Some(bidi), Some(events), Some(user_context)) => {
                Some(Watch::begin(bidi, events, user_context, context.window(), intercept.clone()))
            }
            _ => None,
        };
        let windows = Windows::begin(context.window());
        let setup = Arc::clone(setup);
        let facts = Facts::blank();
        let mut page =
            Self { watch, context, lease, setup, intercept, intercept_id: None, seeds: Vec::new(), windows, facts, is_in_frame: false };
        page.prepare().await?;
        Ok(page)
    }

    async fn prepare(&mut self) -> Result<(), ActError> {
        let session = Arc::clone(self.lease.session());
        if self.intercept.is_some() {
            let made = session.bidi("network.addIntercept", self.intercepted(), PATIENCE).await?;
            self.intercept_id = made.get("intercept").and_then(Value::as_str).map(String::from);
        }
        let Some(user_context) = self.context.user_context() else { return Ok(()) };
        // With a window, who clicks on "Copy" has given leave to copy. Without one nobody can.
        let origins: BTreeSet<String> = self.setup.own_origins.iter().map(|url| url.origin().ascii_serialization()).collect();
        for origin in origins {
            session.grant("clipboard-write", &origin).await;
        }
        for storage in &self.setup.storage {
            let pairs: Vec<Value> = storage.local.iter().map(|(key, value)| json!([key, value])).collect();
            let seed = format!(
                "() => {{ if (location.origin === {}) for (const [key, value] of {}) localStorage.setItem(key, value); }}",
                json!(storage.origin),
                json!(pairs)
            );
            let params = json!({"functionDeclaration": seed, "userContexts": [user_context], "sandbox": "prodiff"});
            let made = session.bidi("script.addPreloadScript", params, PATIENCE).await?;
            self.seeds.extend(made.get("script").and_then(Value::as_str).map(String::from));
        }
        if let Some(driver) = session.driver() {
            let folder = driver.group().folder().join("home").join("downloads").join(user_context.replace(['/', '.'], "_"));
            let behaviour = json!({"type": "allowed", "destinationFolder": folder});
            // A browser that cannot be told keeps them where it likes, within its own folder.
            let _ = session
                .bidi("browser.setDownloadBehavior", json!({"downloadBehavior": behaviour, "userContexts": [user_context]}), PATIENCE)
                .await;
        }
        Ok(())
    }

    /// Which requests are held: all of them only where patterns of the suite are looked for.
    fn intercepted(&self) -> Value {
        let mut params = json!({"phases": ["beforeRequestSent"]});
        if self.setup.mocks.is_empty() && self.setup.blocked.is_empty() {
            let origins = self.setup.own_origins.iter().chain(&self.setup.protected_origins);
            let pattern = |origin: &url::Url| {
                let mut pattern =
                    json!({"type": "pattern", "protocol": origin.scheme(), "hostname": origin.host_str().unwrap_or_default()});
                if let Some(port) = origin.port() {
                    pattern["port"] = json!(port.to_string());
                }
                pattern
            };
            params["urlPatterns"] = origins.map(pattern).collect();
        }
        params
    }

    /// Does one action within its time, and looks.
    ///
    /// # Errors
    /// When it could not be done, or the browser is gone.
    pub async fn perform(&mut self, action: &PageAction, cancel: &CancellationToken) -> Result<PageObservation, Fault> {
        let began = Instant::now();
        let outcome = tokio::select! {
            biased;
            () = cancel.cancelled() => Err(ActError::new(FaultKind::Cancelled, "the run was stopped")),
            outcome = self.performed(action, began) => outcome,
        };
        let elapsed = began.elapsed();
        outcome.map(|observation| PageObservation { elapsed, ..observation }).map_err(|error| error.after(elapsed))
    }

    async fn performed(&mut self, action: &PageAction, began: Instant) -> Result<PageObservation, ActError> {
        let time = match action.verb {
            PageVerb::Open(_) | PageVerb::Back | PageVerb::Forward | PageVerb::Reload => self.setup.navigation_timeout,
            _ => action.timeout,
        };
        let until = began + time;
        if std::mem::take(&mut self.is_in_frame) {
            act::leave(self.lease.session(), self.windows.front()).await?;
        }
        let answers_dialog = matches!(action.verb, PageVerb::AcceptDialog(_) | PageVerb::DismissDialog | PageVerb::Look);
        if let (Some(dialog), false) = (self.dialog().await?, answers_dialog) {
            return Err(ActError::new(FaultKind::Dialog, shown(&dialog)));
        }
        if let Some(watch) = &self.watch {
            watch.seen().forget_document(self.windows.front());
        }
        cookies::set(self.place(), self.context.user_context(), &action.cookies).await?;
        let result = match self.act(action, until).await {
            // The action opened a dialog, which holds up everything that waits for the page: it was done all the same.
            Err(error) if self.dialog().await?.is_some() && error.kind != FaultKind::BrowserGone => None,
            outcome => outcome?,
        };
        self.observe(action, result, until).await
    }

    fn session(&self) -> &Session {
        self.lease.session()
    }

    fn place(&self) -> Place<'_> {
        Place { session: self.lease.session(), watch: self.watch.as_ref(), window: self.windows.front() }
    }

    /// The dialog that is open.
    async fn dialog(&self) -> Result<Option<Dialog>, ActError> {
        if let Some(watch) = &self.watch {
            // The connection knows it a moment before the watch does.
            if self.session().connection().is_some_and(Bidi::has_dialog) {
                watch.until(Instant::now() + Duration::from_secs(1), |seen| seen.dialog.is_some()).await;
            }
            return Ok(watch.seen().dialog.as_ref().map(|(_, dialog)| dialog.clone()));
        }
        // Who gets no events has to ask.
        match self.session().command("look for a dialog", PATIENCE, self.session().client().get_alert_text()).await {
            Ok(message) => Ok(Some(Dialog { kind: String::from("dialog"), message })),
            Err(error) if error.has_code("no such alert") => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn act(&mut self, action: &PageAction, until: Instant) -> Result<Option<Json>, ActError> {
        let session = Arc::clone(self.lease.session());
        if !action.frames.is_empty() {
            self.is_in_frame = true;
            act::enter(&session, &action.frames, &action.verb, until).await?;
        }
        let ready = self.setup.ready.clone();
        match &action.verb {
            PageVerb::Open(url) => self.place().go(Way::To(url), ready.as_deref(), until).await?,
            PageVerb::Back => self.place().go(Way::Back, ready.as_deref(), until).await?,
            PageVerb::Forward => self.place().go(Way::Forward, ready.as_deref(), until).await?,
            PageVerb::Reload => self.place().go(Way::Again, ready.as_deref(), until).await?,
            PageVerb::Gesture { gesture, on } => act::gesture(&session, *gesture, on, until).await?,
            PageVerb::Fill { into, value } => act::fill(&session, into, value, until).await?,
            PageVerb::Select { within, options } => act::select(&session, within, options, until).await?,
            PageVerb::Upload { to, files } => act::upload(&session, to, files, until).await?,
            PageVerb::Drag { from, to } => act::drag(&session, from, to, until).await?,
            PageVerb::Press { keys, on } => {
                if let Some(on) = on {
                    act::gesture(&session, prodiff_core::action::page::Gesture::Focus, on, until).await?;
                }
                act::press(&session, keys, until).await?;
            }
            PageVerb::ScrollTo(to) => act::scroll_to(&session, to, until).await?,
            PageVerb::ScrollBy { x, y } => act::scroll_by(&session, *x, *y, until).await?,
            PageVerb::AcceptDialog(text) => self.answer(true, text.as_deref(), until).await?,
            PageVerb::DismissDialog => self.answer(false, None, until).await?,
            PageVerb::Switch(to) => self.windows.switch(&session, self.watch.as_ref(), *to, until).await?,
            PageVerb::CloseWindow => self.windows.close(&session, self.watch.as_ref()).await?,
            PageVerb::Resize(size) => windows::resize(self.place(), *size, None).await?,
            PageVerb::Emulate(emulation) => emulate::emulate(self.place(), emulation).await?,
            PageVerb::Script(source) => return script::run(&session, source, until).await,
            PageVerb::Look => {}
        }
        Ok(None)
    }

    /// Answers the dialog that is open, or about to be.
    async fn answer(&mut self, accept: bool, text: Option<&str>, until: Instant) -> Result<(), ActError> {
        let dialog = loop {
            if let Some(dialog) = self.dialog().await? {
                break dialog;
            }
            if Instant::now() >= until {
                return Err(ActError::new(FaultKind::Dialog, "no dialog is open"));
            }
            sleep(Duration::from_millis(20)).await;
        };
        let session = self.session();
        let Some(watch) = &self.watch else {
            let client = session.client();
            if let (true, Some(text)) = (accept, text) {
                session.command("write into the dialog", PATIENCE, client.send_alert_text(text)).await?;
            }
            let answered = if accept {
                session.command("accept the dialog", PATIENCE, client.accept_alert()).await
            } else {
                session.command("dismiss the dialog", PATIENCE, client.dismiss_alert()).await
            };
            return Ok(answered?);
        };
        let window = watch.seen().dialog.as_ref().map(|(window, _)| window.clone()).unwrap_or_default();
        let mut params = json!({"context": window, "accept": accept});
        if let (true, Some(text)) = (accept && dialog.kind == "prompt", text) {
            params["userText"] = json!(text);
        }
        session.bidi("browsingContext.handleUserPrompt", params, PATIENCE).await?;
        watch.until(until, |seen| seen.dialog.as_ref().is_none_or(|(_, open)| *open != dialog)).await;
        Ok(())
    }

    /// What is to be seen after an action.
    async fn observe(&mut self, action: &PageAction, result: Option<Json>, until: Instant) -> Result<PageObservation, ActError> {
        let mut dialog = self.dialog().await?;
        if dialog.is_none() && acts_on_page(&action.verb) {
            self.place().settle(until).await?;
            dialog = self.dialog().await?;
        }
        let mut observation = match dialog {
            // Nothing can be asked of a page while its dialog is open.
            Some(dialog) => {
                let answers = probe::nothing(&action.probes, &shown(&dialog));
                self.facts.observation(answers, Some(dialog), result)
            }
            None => match self.look(action, until).await {
                Ok(answers) => self.facts.observation(answers, None, result),
                Err(error) => match self.dialog().await? {
                    Some(dialog) => {
                        let answers = probe::nothing(&action.probes, &shown(&dialog));
                        self.facts.observation(answers, Some(dialog), result)
                    }
                    None => return Err(error),
                },
            },
        };
        self.drop_seeds(&action.verb).await?;
        self.complete(&mut observation).await?;
        Ok(observation)
    }

    /// Asks the page for its facts and the probes, in one look where that is possible.
    async fn look(&mut self, action: &PageAction, until: Instant) -> Result<Vec<prodiff_core::observation::page::Answer>, ActError> {
        let probes = probe::described(&action.probes);
        let (said, in_frame) = if self.is_in_frame {
            let said = self.ask(json!({"command": "look", "probes": probes}), until).await;
            let answers = match said {
                Ok(mut said) => probe::answers(self.place(), &action.probes, said["answers"].take(), true).await,
                // The frame is gone, as a frame may be after what was done in it.
                Err(ActError { kind: FaultKind::NotActionable, detail }) => Ok(probe::nothing(&action.probes, &detail)),
                Err(error) => Err(error),
            };
            self.is_in_frame = false;
            act::leave(self.session(), self.windows.front()).await?;
            (self.ask(json!({"command": "facts"}), until).await?, Some(answers?))
        } else {
            (self.ask(json!({"command": "both", "probes": probes}), until).await?, None)
        };
        let mut said = said;
        if let Some(facts) = Facts::read(&said) {
            self.facts = facts;
        }
        match in_frame {
            Some(answers) => Ok(answers),
            None => probe::answers(self.place(), &action.probes, said["answers"].take(), false).await,
        }
    }

    /// Asks until a document stays long enough to answer.
    async fn ask(&self, request: Value, until: Instant) -> Result<Value, ActError> {
        // What was done is done: looking at it gets some time even where the action took all of its own.
        let until = until.max(Instant::now() + Duration::from_secs(5));
        loop {
            let left = until.saturating_duration_since(Instant::now());
            match locate::ask(self.session(), request.clone(), None, left).await {
                Err(AgentError::Replaced) if Instant::now() < until => sleep(Duration::from_millis(15)).await,
                outcome => return Ok(outcome?),
            }
        }
    }

    /// Once the first page is there its storage is its own.
    async fn drop_seeds(&mut self, verb: &PageVerb) -> Result<(), ActError> {
        if matches!(verb, PageVerb::Open(_)) {
            for seed in std::mem::take(&mut self.seeds) {
                self.session().bidi("script.removePreloadScript", json!({"script": seed}), PATIENCE).await?;
            }
        }
        Ok(())
    }

    /// Adds what events have told.
    async fn complete(&self, observation: &mut PageObservation) -> Result<(), ActError> {
        if observation.dialog.is_none() || self.watch.is_some() {
            observation.cookies = cookies::all(self.place(), self.context.user_context()).await?;
        }
        observation.withheld = self.intercept.as_ref().map(|intercept| intercept.take_withheld()).unwrap_or_default();
        let Some(watch) = &self.watch else { return Ok(()) };
        watch.catch_up(self.session()).await?;
        let seen = watch.seen();
        observation.document = seen.document(self.windows.front());
        observation.console = Watched::Seen(seen.console.clone());
        observation.requests = Watched::Seen(seen.requests());
        observation.downloads = Watched::Seen(document::downloads(seen.downloads()));
        Ok(())
    }

    /// Closes the case's windows and gives the browser back.
    pub async fn end(self) {
        let session = Arc::clone(self.lease.session());
        if let Some(id) = &self.intercept_id {
            let _ = session.bidi("network.removeIntercept", json!({"intercept": id}), PATIENCE).await;
        }
        for seed in &self.seeds {
            let _ = session.bidi("script.removePreloadScript", json!({"script": seed}), PATIENCE).await;
        }
        // A browser that cannot even close a window is not given to the next case.
        if self.context.close().await.is_err() {
            session.give_up();
        }
    }
}

/// Whether a verb may have set a page in motion.
fn acts_on_page(verb: &PageVerb) -> bool {
    match verb {
        PageVerb::Gesture { .. }
        | PageVerb::Fill { .. }
        | PageVerb::Select { .. }
        | PageVerb::Upload { .. }
        | PageVerb::Drag { .. }
        | PageVerb::Press { .. }
        | PageVerb::AcceptDialog(_)
        | PageVerb::DismissDialog
        | PageVerb::Script(_) => true,
        PageVerb::Open(_)
        | PageVerb::Back
        | PageVerb::Forward
        | PageVerb::Reload
        | PageVerb::ScrollTo(_)
        | PageVerb::ScrollBy { .. }
        | PageVerb::Switch(_)
        | PageVerb::CloseWindow
        | PageVerb::Resize(_)
        | PageVerb::Emulate(_)
        | PageVerb::Look => false,
    }
}

fn shown(dialog: &Dialog) -> String {
    format!("a dialog is open ({}): {}", dialog.kind, dialog.message)
}
