//! What one case has of a browser: cookies, storage and windows of its own.

use std::{sync::Arc, time::Duration};

use fantoccini::wd::WindowHandle;
use serde_json::{Value, json};

use super::session::Session;
use crate::drivers::browser::{bidi::event::Events, error::BrowserError};

/// A fresh context in a session: nothing of an earlier case is in it. At most one is open at a time.
#[derive(Debug)]
pub struct Context {
    session: Arc<Session>,
    /// Nothing where the browser knows no contexts; the session itself is fresh then.
    user_context: Option<String>,
    window: String,
    /// What happens from its first moment on.
    events: Option<Events>,
}

/// How long a browser may take to make or remove one.
const PATIENCE: Duration = Duration::from_secs(30);

impl Context {
    /// Opens one with an empty window, which is the classic client's current one from here on.
    ///
    /// # Errors
    /// When the browser refuses or is gone.
    pub async fn open(session: &Arc<Session>, viewport: (u32, u32)) -> Result<Self, BrowserError> {
        let session = Arc::clone(session);
        let Some(bidi) = session.connection() else {
            session.set_current(&session.first_window);
            fit_window(&session, viewport).await?;
            return Ok(Self { window: session.first_window.clone(), session, user_context: None, events: None });
        };
        // That of a case that was cancelled.
        if let Some(left) = session.set_open(None) {
            remove(&session, &left).await?;
        }
        bidi.forget_dialog();
        // Before there is a window, so that nothing it does is missed.
        let events = bidi.events();
        let made = session.bidi("browser.createUserContext", json!({}), PATIENCE).await?;
        let user_context = text(&made, "userContext")?;
        session.set_open(Some(user_context.clone()));
        let (width, height) = viewport;
        let size = json!({"width": width, "height": height});
        // For windows that pages open themselves too; not every browser takes it for all of them at once.
        let _ = session.bidi("browsingContext.setViewport", json!({"userContexts": [user_context], "viewport": size}), PATIENCE).await;
        let made = session.bidi("browsingContext.create", json!({"type": "tab", "userContext": user_context}), PATIENCE).await?;
        let window = text(&made, "context")?;
        let context = Self { session, user_context: Some(user_context), window, events: Some(events) };
        context.session.set_current(&context.window);
        context.switch().await?;
        let size = json!({"context": context.window, "viewport": size});
        context.session.bidi("browsingContext.setViewport", size, PATIENCE).await?;
        Ok(context)
    }

    async fn switch(&self) -> Result<(), BrowserError> {
        // A BiDi context and a classic window have the same name.
        let Ok(handle) = WindowHandle::try_from(self.window.clone()) else {
            return Err(BrowserError::Lost { detail: String::from("its window has no name") });
        };
        self.session.command("switch to a window", PATIENCE, self.session.client().switch_to_window(handle)).await
    }

    /// The session that it is in.
    #[must_use]
    pub fn session(&self) -> &Arc<Session> {
        &self.session
    }

    /// The BiDi user context.
    #[must_use]
    pub fn user_context(&self) -> Option<&str> {
        self.user_context.as_deref()
    }

    /// Its first window.
    #[must_use]
    pub fn window(&self) -> &str {
        &self.window
    }

    /// What happens in the browser from this context's first moment on; nothing where the browser tells nothing, or where
    /// somebody has it already.
    pub fn take_events(&mut self) -> Option<Events> {
        self.events.take()
    }

    /// Closes its windows and forgets its cookies and storage.
    ///
    /// # Errors
    /// When the browser refuses or is gone; the next one removes what is left.
    pub async fn close(self) -> Result<(), BrowserError> {
        match &self.user_context {
            Some(user_context) => {
                remove(&self.session, user_context).await?;
                self.session.set_open(None);
                Ok(())
            }
            None => Ok(()),
        }
    }
}

/// Gives the page the wanted size where only windows can be sized: once to see what the frame takes, once more for it.
pub(in crate::drivers::browser) async fn fit_window(session: &Session, viewport: (u32, u32)) -> Result<(), BrowserError> {
    let (width, height) = viewport;
    let client = session.client();
    let mut wanted = viewport;
    for _ in 0..2 {
        session.command("resize the window", PATIENCE, client.set_window_size(wanted.0, wanted.1)).await?;
        let size = session.command("measure the page", PATIENCE, client.execute("return [innerWidth, innerHeight]", vec![])).await?;
        let inner = |index: usize| size.get(index).and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok()).unwrap_or(0);
        wanted = (width + wanted.0.saturating_sub(inner(0)), height + wanted.1.saturating_sub(inner(1)));
    }
    Ok(())
}

async fn remove(session: &Session, user_context: &str) -> Result<(), BrowserError> {
    let removed = session.bidi("browser.removeUserContext", json!({"userContext": user_context}), PATIENCE).await;
    match removed {
        Err(error) if error.has_code("no such user context") => Ok(()),
        outcome => outcome.map(|_| ()),
    }
}

fn text(value: &Value, key: &str) -> Result<String, BrowserError> {
    let text = value.get(key).and_then(Value::as_str).map(String::from);
    text.ok_or_else(|| BrowserError::Lost { detail: format!("the browser made something without a {key}") })
}
