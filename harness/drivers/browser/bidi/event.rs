//! Something that happened in the browser.

use serde_json::Value;
use tokio::sync::mpsc;

/// One event as it came.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// `log.entryAdded`
    pub method: String,
    /// What it says.
    pub params: Value,
}

impl Event {
    /// The browsing context that it is about.
    #[must_use]
    pub fn context(&self) -> Option<&str> {
        let direct = self.params.get("context");
        direct.or_else(|| self.params.get("source")?.get("context"))?.as_str()
    }

    /// The user context that it is about, where it says so.
    #[must_use]
    pub fn user_context(&self) -> Option<&str> {
        let direct = self.params.get("userContext");
        direct.or_else(|| self.params.get("source")?.get("userContext"))?.as_str()
    }
}

/// More events than this wait for nobody: a page that logs in a loop must not fill the memory.
pub(super) const MAX_WAITING: usize = 50_000;

/// Events in the order in which they came, from the moment of subscribing.
#[derive(Debug)]
pub struct Events {
    pub(super) receiver: mpsc::Receiver<Event>,
}

impl Events {
    /// The next event; nothing when the connection is gone, or when so many waited that some are lost.
    pub async fn next(&mut self) -> Option<Event> {
        self.receiver.recv().await
    }

    /// The next event that is there already.
    pub fn ready(&mut self) -> Option<Event> {
        self.receiver.try_recv().ok()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_context_is_found_wherever_it_stands() {
        let event = |params: Value| Event { method: String::new(), params };
        assert_eq!(event(json!({"context": "a", "userContext": "u"})).context(), Some("a"));
        assert_eq!(event(json!({"source": {"realm": "r", "context": "b"}})).context(), Some("b"));
        assert_eq!(event(json!({"context": "a", "userContext": "u"})).user_context(), Some("u"));
        assert_eq!(event(json!({"context": null})).context(), None);
    }
}
