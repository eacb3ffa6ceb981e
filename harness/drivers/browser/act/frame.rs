//! Into frames and out again: one is the current one, and everything is done and read there.

use prodiff_core::action::{
    Locator,
    page::{Gesture, PageVerb},
};
use serde_json::{Value, json};
use tokio::time::{Duration, Instant};

use super::{
    element::{Needs, Target},
    fault::ActError,
};
use crate::drivers::browser::session::{call, session::Session};

const PATIENCE: Duration = Duration::from_secs(10);

/// Enters frames, outermost first.
///
/// Where a pointer will be used in them, nothing may cover them: what is done within sees only what is within.
pub(in crate::drivers::browser) async fn enter(
    session: &Session,
    frames: &[Locator],
    verb: &PageVerb,
    until: Instant,
) -> Result<(), ActError> {
    let needs = match verb {
        PageVerb::Gesture {
            gesture: Gesture::Click | Gesture::DoubleClick | Gesture::Hover | Gesture::Check | Gesture::Uncheck, ..
        }
        | PageVerb::Drag { .. } => Needs::Pointer,
        _ => Needs::Frame,
    };
    for frame in frames {
        let target = Target::wait(session, frame, needs, until).await?;
        let is_frame = matches!(target.facts["tag"].as_str(), Some("iframe" | "frame" | "object"));
        if !is_frame {
            return Err(target.refused("it is no frame"));
        }
        if session.connection().is_none() {
            session.post("frame", json!({"id": call::reference(&target.element)}), PATIENCE).await?;
            continue;
        }
        let content = target.perform(session, "content", json!({}), until).await?;
        match content["element"].as_str() {
            Some(context) => session.set_current(context),
            None => return Err(target.refused("it has no content")),
        }
    }
    Ok(())
}

/// Back to the page itself.
pub(in crate::drivers::browser) async fn leave(session: &Session, window: &str) -> Result<(), ActError> {
    if session.connection().is_some() {
        session.set_current(window);
        return Ok(());
    }
    session.post("frame", json!({"id": Value::Null}), PATIENCE).await?;
    Ok(())
}
