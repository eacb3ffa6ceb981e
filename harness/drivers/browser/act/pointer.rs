//! The pointer and the wheel: what a hand does, at points that were checked.

use serde_json::{Value, json};
use tokio::time::{Duration, Instant};

use super::{element::Target, fault::ActError};
use crate::drivers::browser::session::session::Session;

/// The shortest time that a driver gets for an action when the deadline is near: it has begun, and must be known to have ended.
const LAST: Duration = Duration::from_secs(5);

/// Sends actions of one device.
pub(super) async fn send(session: &Session, kind: &str, actions: Vec<Value>, until: Instant) -> Result<(), ActError> {
    let parameters = if kind == "pointer" { json!({"pointerType": "mouse"}) } else { json!({}) };
    let mut device = json!({"type": kind, "id": kind, "actions": actions});
    if kind == "pointer" {
        device["parameters"] = parameters;
    }
    let left = until.saturating_duration_since(Instant::now()).max(LAST);
    if session.connection().is_some() {
        let params = json!({"context": session.current(), "actions": [device]});
        session.bidi_unless_dialog("input.performActions", params, left).await?;
    } else {
        session.post("actions", json!({"actions": [device]}), left).await?;
    }
    Ok(())
}

pub(super) fn down() -> Value {
    json!({"type": "pointerDown", "button": 0})
}

pub(super) fn up() -> Value {
    json!({"type": "pointerUp", "button": 0})
}

/// Clicks so often.
pub(super) async fn click(session: &Session, target: &Target, times: usize, until: Instant) -> Result<(), ActError> {
    let mut actions = vec![target.aim(session, 0)];
    for _ in 0..times {
        actions.extend([down(), up()]);
    }
    send(session, "pointer", actions, until).await
}
