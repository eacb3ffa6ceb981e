//! Listens to a case's events from their first one on, and lets held requests go on.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::AtomicU64, atomic::Ordering},
    time::Duration,
};

use serde_json::json;
use tokio::{
    sync::watch,
    time::{Instant, timeout_at},
};
use tokio_util::task::AbortOnDropHandle;

use super::{
    intercept::Intercept,
    seen::{MARK, Seen},
};
use crate::drivers::browser::{
    bidi::{connection::Bidi, event::Events},
    error::BrowserError,
    session::session::Session,
};

/// What is known of a case's pages, kept up to date.
#[derive(Debug)]
pub(super) struct Watch {
    seen: Arc<Mutex<Seen>>,
    /// Told with every event.
    changed: watch::Receiver<u64>,
    marks: AtomicU64,
    bidi: Bidi,
    _task: AbortOnDropHandle<()>,
}

/// How long a browser may take to say that it is there, or to take note of what becomes of a request.
const PATIENCE: Duration = Duration::from_secs(20);

impl Watch {
    /// Begins. `window` was there before its creation could be listened to.
    pub(super) fn begin(bidi: &Bidi, events: Events, user_context: &str, window: &str, intercept: Option<Arc<Intercept>>) -> Self {
        let mut seen = Seen::of(user_context);
        seen.add_window(window);
        let seen = Arc::new(Mutex::new(seen));
        let (tell, changed) = watch::channel(0);
        let task = AbortOnDropHandle::new(tokio::spawn(listen(Arc::clone(&seen), events, tell, bidi.clone(), intercept)));
        Self { seen, changed, marks: AtomicU64::new(0), bidi: bidi.clone(), _task: task }
    }

    /// What is known now.
    pub(super) fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until it is so, or the time is up; whether it is.
    pub(super) async fn until(&self, deadline: Instant, mut is_so: impl FnMut(&Seen) -> bool) -> bool {
        let mut changed = self.changed.clone();
        loop {
            changed.mark_unchanged();
            if is_so(&self.seen()) {
                return true;
            }
            if !matches!(timeout_at(deadline, changed.changed()).await, Ok(Ok(()))) {
                return is_so(&self.seen());
            }
        }
    }

    /// Waits until everything that has happened so far is known.
    pub(super) async fn catch_up(&self, session: &Session) -> Result<(), BrowserError> {
        // The browser answers behind the events that it sent before, and the mark stands behind the answer.
        session.bidi("session.status", json!({}), PATIENCE).await?;
        let mark = self.marks.fetch_add(1, Ordering::Relaxed) + 1;
        self.bidi.mark(MARK, json!(mark));
        self.until(Instant::now() + PATIENCE, |seen| seen.marked >= mark).await;
        Ok(())
    }
}

async fn listen(seen: Arc<Mutex<Seen>>, mut events: Events, tell: watch::Sender<u64>, bidi: Bidi, intercept: Option<Arc<Intercept>>) {
    while let Some(event) = events.next().await {
        let is_held = event.params.get("isBlocked").and_then(serde_json::Value::as_bool) == Some(true);
        if let (true, "network.beforeRequestSent", Some(intercept)) = (is_held, event.method.as_str(), &intercept) {
            let (method, params) = intercept.command(&event);
            let bidi = bidi.clone();
            // A request that is gone by now needs nothing.
            tokio::spawn(async move { bidi.command(method, &params, PATIENCE).await });
        }
        seen.lock().unwrap_or_else(PoisonError::into_inner).take(&event);
        tell.send_modify(|count| *count += 1);
    }
}
