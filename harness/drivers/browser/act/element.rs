//! The one element that an action is about, once it can be acted on.

use prodiff_core::action::Locator;
use serde_json::{Value, json};
use tokio::time::{Duration, Instant, sleep};

use super::fault::ActError;
use crate::drivers::browser::{
    locate::{self, AgentError, BUDGET},
    session::{call, session::Session},
};

/// An element that is ready.
#[derive(Debug)]
pub(in crate::drivers::browser) struct Target {
    /// Its id.
    pub(super) element: String,
    /// Where an event reaches it, from the corner of its frame's window.
    point: (i64, i64),
    /// The same, from the middle of the element.
    offset: (i64, i64),
    pub(super) facts: Value,
    locator: String,
}

/// What must be so before an element is acted on.
#[derive(Debug, Clone, Copy)]
pub(super) enum Needs {
    /// A pointer will hit it.
    Pointer,
    /// A pointer will hit it where it is, without scrolling.
    Here,
    /// It can be used, where no pointer is involved.
    Use,
    /// It can be typed into.
    Typing,
    /// It is seen.
    Sight,
    /// It is seen, and in view: something in it will be acted on.
    Frame,
    /// It is there, hidden or not: file inputs mostly are.
    Presence,
}

impl Needs {
    fn list(self) -> &'static [&'static str] {
        match self {
            Self::Pointer => &["stable", "enabled", "scrolled", "hit"],
            Self::Here => &["stable", "enabled", "hit"],
            Self::Use => &["stable", "enabled", "scrolled"],
            Self::Typing => &["stable", "enabled", "editable", "scrolled"],
            Self::Sight => &["stable"],
            Self::Frame => &["stable", "scrolled"],
            Self::Presence => &["any"],
        }
    }
}

/// The shortest time that a call gets when the deadline is near: its answer says why the element was not ready.
const LAST: Duration = Duration::from_secs(5);

impl Target {
    /// Waits until the element is there and ready, or says what is in the way.
    pub(super) async fn wait(session: &Session, locator: &Locator, needs: Needs, until: Instant) -> Result<Self, ActError> {
        let shown = locator.to_string();
        let described = locate::locator(locator);
        let mut why = String::from("the page did not answer");
        loop {
            let left = until.saturating_duration_since(Instant::now());
            let budget = u64::try_from(left.min(BUDGET).as_millis()).unwrap_or(0);
            let request = json!({"command": "prepare", "locator": described, "needs": needs.list(), "budget": budget});
            match locate::ask(session, request, None, left.max(LAST)).await {
                Ok(answer) if answer["state"] == "ready" => return Ok(Self::read(answer, shown)),
                Ok(answer) => answer["why"].as_str().unwrap_or_default().clone_into(&mut why),
                Err(AgentError::Replaced) => sleep(Duration::from_millis(10)).await,
                Err(AgentError::Wrong(why)) => return Err(ActError::not_actionable(shown, why)),
                Err(error) => return Err(error.into()),
            }
            if Instant::now() >= until {
                return Err(ActError::not_actionable(shown, why));
            }
        }
    }

    fn read(answer: Value, locator: String) -> Self {
        let pair = |key: &str| {
            let axis = |index: usize| answer[key].get(index).and_then(Value::as_i64).unwrap_or(0);
            (axis(0), axis(1))
        };
        let (point, offset) = (pair("point"), pair("offset"));
        Self { element: answer["element"].as_str().unwrap_or_default().to_owned(), point, offset, facts: answer, locator }
    }

    /// Does something to the element in the page; what it says about it.
    pub(super) async fn perform(&self, session: &Session, what: &str, more: Value, until: Instant) -> Result<Value, ActError> {
        let mut request = json!({"command": "perform", "what": what});
        if let (Some(request), Value::Object(more)) = (request.as_object_mut(), more) {
            request.extend(more);
        }
        let left = until.saturating_duration_since(Instant::now()).max(LAST);
        let answer = locate::ask(session, request, Some(&self.element), left).await?;
        match answer["why"].as_str() {
            Some(why) => Err(self.refused(why)),
            None => Ok(answer),
        }
    }

    /// Moves the pointer there.
    pub(super) fn aim(&self, session: &Session, duration_ms: u64) -> Value {
        self.aim_beside(session, (0, 0), duration_ms)
    }

    /// Moves the pointer so far beside it.
    pub(super) fn aim_beside(&self, session: &Session, beside: (i64, i64), duration_ms: u64) -> Value {
        let at = |from: (i64, i64), origin: Value| json!({"type": "pointerMove", "origin": origin, "x": from.0 + beside.0, "y": from.1 + beside.1, "duration": duration_ms});
        match session.connection() {
            Some(_) => at(self.point, json!("viewport")),
            // Within a frame some drivers count from the corner of the page; from an element all count alike.
            None => at(self.offset, call::reference(&self.element)),
        }
    }

    /// It cannot be acted on after all.
    pub(super) fn refused(&self, why: &str) -> ActError {
        ActError::not_actionable(&self.locator, why)
    }
}
