//! Sessions that `save_session` kept, and who still waits for one.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use prodiff_core::action::Session;
use tokio::sync::watch;

/// The saved sessions of one side of a run.
#[derive(Debug)]
pub struct Sessions {
    known: Mutex<HashMap<String, Session>>,
    // How many `before` blocks that save a session have not ended yet, by session.
    awaited: watch::Sender<HashMap<String, usize>>,
}

impl Sessions {
    /// Sessions that will be saved: one name for each `before` that saves it.
    #[must_use]
    pub fn new<'a>(savers: impl IntoIterator<Item = &'a str>) -> Self {
        let mut awaited: HashMap<String, usize> = HashMap::new();
        for name in savers {
            *awaited.entry(name.to_owned()).or_default() += 1;
        }
        Self { known: Mutex::default(), awaited: watch::Sender::new(awaited) }
    }

    /// Keeps a session; a later one of the same name replaces it.
    pub fn save(&self, name: &str, session: Session) {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), session);
        self.awaited.send_modify(|_| ());
    }

    /// A `before` that saves these sessions has ended, whether it came to save them or not.
    pub fn ended<'a>(&self, names: impl IntoIterator<Item = &'a str>) {
        self.awaited.send_modify(|awaited| {
            for name in names {
                if let Some(left) = awaited.get_mut(name) {
                    *left = left.saturating_sub(1);
                }
            }
        });
    }

    /// Waits until a session is there or nobody is left to save it.
    pub async fn wait(&self, name: &str) {
        let mut awaited = self.awaited.subscribe();
        let _ = awaited.wait_for(|awaited| self.get(name).is_some() || awaited.get(name).copied().unwrap_or(0) == 0).await;
    }

    /// A copy of a session.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Session> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nobody_waits_for_a_session_that_will_not_come() {
        let sessions = Sessions::new(["ada"]);
        sessions.wait("bob").await;
        sessions.ended(["ada"]);
        sessions.wait("ada").await;
        assert_eq!(sessions.get("ada"), None);
        sessions.save("ada", Session::default());
        assert!(sessions.get("ada").is_some());
    }
}
