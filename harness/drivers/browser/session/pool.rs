//! As many browsers as cases play at once; each is used by one case after the other.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

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
    seats: Arc<Semaphore>,
    idle: Mutex<Vec<Session>>,
}

/// One browser, lent to one case.
#[derive(Debug)]
pub struct Lease {
    session: Option<Arc<Session>>,
    shared: Arc<Shared>,
    _seat: OwnedSemaphorePermit,
}

impl Pool {
    /// At most `n_seats` browsers at once. None is started before it is needed.
    #[must_use]
    pub fn new(settings: Settings, n_seats: usize) -> Self {
        let seats = Arc::new(Semaphore::new(n_seats.max(1)));
        Self { shared: Arc::new(Shared { settings, seats, idle: Mutex::default() }) }
    }

    /// Waits for a seat and lends a browser that is alive: an idle one, or a new one in the place of one that died.
    ///
    /// # Errors
    /// When none can be started.
    pub async fn lease(&self) -> Result<Lease, BrowserError> {
        let seat = Arc::clone(&self.shared.seats).acquire_owned().await;
        let seat = seat.expect("the seats are never closed");
        while let Some(session) = self.shared.take() {
            if session.is_alive() {
                return Ok(self.lend(session, seat));
            }
            session.end().await;
        }
        let session = Session::start(&self.shared.settings).await?;
        Ok(self.lend(session, seat))
    }

    fn lend(&self, session: Session, seat: OwnedSemaphorePermit) -> Lease {
        Lease { session: Some(Arc::new(session)), shared: Arc::clone(&self.shared), _seat: seat }
    }

    /// Ends every browser that nobody has. Those that are lent end when they come back.
    pub async fn end(&self) {
        self.shared.seats.close();
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
        let is_reusable = session.connection().is_some() && session.is_alive() && !self.shared.seats.is_closed();
        if is_reusable {
            self.shared.idle.lock().unwrap_or_else(PoisonError::into_inner).push(session);
        }
    }
}
