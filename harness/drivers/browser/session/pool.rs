//! Browsers of one kind, each used by one case after the other. How many there are at once is decided by whoever leases.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use super::{context::Context, session::Session, settings::Settings};
use crate::drivers::browser::error::BrowserError;

/// The browsers of one kind.
#[derive(Debug, Clone)]
pub struct Pool {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    settings: Settings,
    idle: Mutex<Vec<Session>>,
    is_ended: AtomicBool,
}

/// One browser, lent to one case.
#[derive(Debug)]
pub struct Lease {
    session: Option<Arc<Session>>,
    shared: Arc<Shared>,
}

impl Pool {
    /// None is started before it is needed.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self { shared: Arc::new(Shared { settings, idle: Mutex::default(), is_ended: AtomicBool::new(false) }) }
    }

    /// Lends a browser that is alive: an idle one, or a new one in the place of one that died.
    ///
    /// # Errors
    /// When none can be started.
    pub async fn lease(&self) -> Result<Lease, BrowserError> {
        while let Some(session) = self.shared.take() {
            if session.is_alive() {
                return Ok(self.lend(session));
            }
            session.end().await;
        }
        let session = Session::start(&self.shared.settings).await?;
        Ok(self.lend(session))
    }

    fn lend(&self, session: Session) -> Lease {
        Lease { session: Some(Arc::new(session)), shared: Arc::clone(&self.shared) }
    }

    /// Ends every browser that nobody has. Those that are lent end when they come back.
    pub async fn end(&self) {
        self.shared.is_ended.store(true, Ordering::Relaxed);
        while let Some(session) = self.shared.take() {
            session.end().await;
        }
    }

    /// How many wait for a case.
    #[must_use]
    pub fn n_idle(&self) -> usize {
        self.shared.idle.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

impl Shared {
    fn take(&self) -> Option<Session> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }
}

impl Lease {
    /// The browser.
    #[must_use]
    pub fn session(&self) -> &Arc<Session> {
        self.session.as_ref().expect("a lease has its session until it is dropped")
    }

    /// A fresh context in it, with a page of this size.
    ///
    /// # Errors
    /// When the browser refuses or is gone.
    pub async fn context(&self, viewport: (u32, u32)) -> Result<Context, BrowserError> {
        Context::open(self.session(), viewport).await
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Some(session) = self.session.take().and_then(Arc::into_inner) else { return };
        // Without contexts a session has seen one case, and no other may see what that left.
        let is_reusable = session.connection().is_some() && session.is_alive() && !self.shared.is_ended.load(Ordering::Relaxed);
        if is_reusable {
            self.shared.idle.lock().unwrap_or_else(PoisonError::into_inner).push(session);
        }
    }
}
