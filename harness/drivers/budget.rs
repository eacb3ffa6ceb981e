//! How many bytes of response bodies are held at once: one budget for the whole run.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::Notify;

/// The bytes that bodies in flight may take together.
///
/// The eldest response that is still being read may always proceed, over the budget if need be: someone always comes
/// to an end, and the bytes held never exceed the budget by more than one response's limit.
#[derive(Debug)]
pub struct Budget {
    limit: u64,
    state: Mutex<State>,
    freed: Notify,
}

#[derive(Debug, Default)]
struct State {
    used: u64,
    n_shares: u64,
    /// The shares that are still being filled, the eldest first.
    filling: BTreeSet<u64>,
}

/// What one response holds of the budget. Dropping it gives the bytes back, so it stays beside the body.
#[derive(Debug)]
pub struct Share {
    budget: Arc<Budget>,
    id: u64,
    held: u64,
}

impl Budget {
    /// What a run may hold unless it says otherwise: 256 MB.
    pub const DEFAULT: u64 = 256_000_000;

    /// A budget of so many bytes.
    #[must_use]
    pub fn new(limit: u64) -> Arc<Self> {
        Arc::new(Self { limit, state: Mutex::default(), freed: Notify::new() })
    }

    /// A share for one response that is about to be read; it holds nothing yet.
    #[must_use]
    pub fn share(self: &Arc<Self>) -> Share {
        let mut state = self.state();
        let id = state.n_shares;
        state.n_shares += 1;
        state.filling.insert(id);
        Share { budget: Arc::clone(self), id, held: 0 }
    }

    /// The bytes held now.
    #[must_use]
    pub fn used(&self) -> u64 {
        self.state().used
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Share {
    /// Waits until so many more bytes may be held, and holds them.
    pub async fn take(&mut self, bytes: u64) {
        let budget = Arc::clone(&self.budget);
        loop {
            let mut freed = std::pin::pin!(budget.freed.notified());
            // From here on nothing that is given back is missed.
            freed.as_mut().enable();
            if self.try_take(bytes) {
                return;
            }
            freed.await;
        }
    }

    /// Takes the bytes if they are to be had at once.
    fn try_take(&mut self, bytes: u64) -> bool {
        let mut state = self.budget.state();
        let is_eldest = state.filling.first() == Some(&self.id);
        let fits = state.used.saturating_add(bytes) <= self.budget.limit;
        if !fits && !is_eldest {
            return false;
        }
        state.used = state.used.saturating_add(bytes);
        self.held = self.held.saturating_add(bytes);
        true
    }

    /// Says that the response is read: its bytes stay held, and the next eldest may proceed.
    pub fn settle(&mut self) {
        if self.budget.state().filling.remove(&self.id) {
            self.budget.freed.notify_waiters();
        }
    }

    /// Gives the bytes back and says that the response is read: nothing of it is kept.
    pub fn clear(&mut self) {
        let mut state = self.budget.state();
        state.used = state.used.saturating_sub(self.held);
        state.filling.remove(&self.id);
        drop(state);
        self.held = 0;
        self.budget.freed.notify_waiters();
    }

    /// The bytes this share holds.
    #[must_use]
    pub fn held(&self) -> u64 {
        self.held
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.clear();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    async fn is_given(share: &mut Share, bytes: u64) -> bool {
        timeout(Duration::from_secs(1), share.take(bytes)).await.is_ok()
    }

    #[tokio::test(start_paused = true)]
    async fn what_fits_is_given_and_what_does_not_waits() {
        let budget = Budget::new(100);
        let (mut eldest, mut second) = (budget.share(), budget.share());
        assert!(is_given(&mut eldest, 60).await);
        assert!(is_given(&mut second, 40).await);
        assert!(!is_given(&mut second, 1).await);
        assert_eq!(budget.used(), 100);
        drop(eldest);
        assert!(is_given(&mut second, 1).await);
        drop(second);
        assert_eq!(budget.used(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn the_eldest_that_is_being_read_may_always_proceed() {
        let budget = Budget::new(100);
        let (mut eldest, mut second, mut third) = (budget.share(), budget.share(), budget.share());
        assert!(is_given(&mut second, 90).await);
        assert!(is_given(&mut eldest, 500).await);
        assert!(!is_given(&mut second, 20).await);
        eldest.settle();
        // The first is read and still held; the second is the eldest now.
        assert!(is_given(&mut second, 20).await);
        assert!(!is_given(&mut third, 1).await);
        assert_eq!(budget.used(), 610);
    }

    #[tokio::test(start_paused = true)]
    async fn waiters_wake_when_bytes_come_back() {
        let budget = Budget::new(100);
        let mut eldest = budget.share();
        let mut second = budget.share();
        eldest.take(100).await;
        let waiter = tokio::spawn(async move {
            second.take(50).await;
            second.held()
        });
        tokio::task::yield_now().await;
        assert!(!waiter.is_finished());
        eldest.clear();
        assert_eq!(waiter.await.unwrap(), 50);
    }
}
