//! How a run is told to end early: politely, and whom it asks for the reason.

use std::sync::Arc;

use tokio::sync::watch;

/// How urgently a run is to end.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Urgency {
    /// It goes on.
    #[default]
    None,
    /// Nothing new is started; what runs may finish.
    NoMore {
        /// Why, for the cases that were not started.
        reason: Reason,
    },
    /// What runs is cancelled; steps that always run still do.
    Cancel {
        /// Why.
        reason: Reason,
    },
}

/// Why a run ends early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Ctrl-C or a termination signal.
    Interrupted,
    /// `--fail-fast`
    FailFast,
    /// `--max-time`
    TimeLimit,
}

impl Reason {
    /// The words that cases and reports use.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Interrupted => "interrupted",
            Self::FailFast => "--fail-fast: enough cases failed",
            Self::TimeLimit => "time limit: --max-time is over",
        }
    }
}

/// The switch that everybody in a run watches.
#[derive(Debug, Clone)]
pub struct Stop {
    sender: Arc<watch::Sender<Urgency>>,
}

impl Default for Stop {
    fn default() -> Self {
        Self { sender: Arc::new(watch::Sender::new(Urgency::None)) }
    }
}

impl Stop {
    /// Asks the run to end. A cancellation is never taken back by something milder, and the first reason stays.
    pub fn ask(&self, urgency: Urgency) {
        self.sender.send_if_modified(|current| {
            let stronger = matches!(
                (&*current, &urgency),
                (Urgency::None, Urgency::NoMore { .. } | Urgency::Cancel { .. }) | (Urgency::NoMore { .. }, Urgency::Cancel { .. })
            );
            if stronger {
                *current = urgency.clone();
            }
            stronger
        });
    }

    /// How urgent it is now.
    #[must_use]
    pub fn urgency(&self) -> Urgency {
        self.sender.borrow().clone()
    }

    /// Why nothing new is started, if so.
    #[must_use]
    pub fn reason(&self) -> Option<Reason> {
        match self.urgency() {
            Urgency::None => None,
            Urgency::NoMore { reason } | Urgency::Cancel { reason } => Some(reason),
        }
    }

    /// Waits until the run is cancelled.
    pub async fn cancelled(&self) -> Reason {
        let mut receiver = self.sender.subscribe();
        let urgency = receiver.wait_for(|urgency| matches!(urgency, Urgency::Cancel { .. })).await;
        match urgency.as_deref() {
            Ok(Urgency::Cancel { reason }) => *reason,
            // The sender lives as long as `self`: it cannot be gone.
            Ok(Urgency::None | Urgency::NoMore { .. }) | Err(_) => Reason::Interrupted,
        }
    }

    /// Waits until nothing new is to be started.
    pub async fn asked(&self) {
        let mut receiver = self.sender.subscribe();
        let _ = receiver.wait_for(|urgency| *urgency != Urgency::None).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cancellation_is_never_softened() {
        let stop = Stop::default();
        stop.ask(Urgency::NoMore { reason: Reason::FailFast });
        assert_eq!(stop.reason(), Some(Reason::FailFast));
        stop.ask(Urgency::Cancel { reason: Reason::Interrupted });
        stop.ask(Urgency::NoMore { reason: Reason::FailFast });
        stop.ask(Urgency::Cancel { reason: Reason::TimeLimit });
        assert_eq!(stop.urgency(), Urgency::Cancel { reason: Reason::Interrupted });
    }
}
