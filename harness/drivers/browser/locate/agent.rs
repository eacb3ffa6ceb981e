//! One call of the agent.

use std::time::Duration;

use serde_json::Value;

use crate::drivers::browser::{
    error::BrowserError,
    session::{
        call::{Argument, World},
        session::Session,
    },
};

/// The agent's source: the body of one function.
const AGENT: &str = concat!(
    include_str!("../agent/dom.js"),
    include_str!("../agent/role.js"),
    include_str!("../agent/name.js"),
    include_str!("../agent/locate.js"),
    include_str!("../agent/actionable.js"),
    include_str!("../agent/aria.js"),
    include_str!("../agent/html.js"),
    include_str!("../agent/read.js"),
    include_str!("../agent/main.js"),
);

/// How long the agent waits in the page before it answers, so that dialogs, navigations and deadlines are noticed between two calls.
pub(in crate::drivers::browser) const BUDGET: Duration = Duration::from_millis(300);

/// Why the agent brought no answer.
#[derive(Debug)]
pub(in crate::drivers::browser) enum AgentError {
    /// The document went away meanwhile: asking again asks the next one.
    Replaced,
    /// A dialog is open, and nothing runs in the page until it is answered.
    Dialog,
    /// A locator is wrong: asking again does not help.
    Wrong(String),
    /// Anything else.
    Browser(BrowserError),
}

/// Asks the agent in the current frame.
pub(in crate::drivers::browser) async fn ask(
    session: &Session,
    request: Value,
    element: Option<&str>,
    within: Duration,
) -> Result<Value, AgentError> {
    let request = Argument::Text(request.to_string());
    let arguments: Vec<Argument<'_>> = std::iter::once(request).chain(element.map(Argument::Element)).collect();
    let returned = session.call("look at the page", World::Own, AGENT, &arguments, within).await.map_err(meaning)?;
    let broken = |message: &str| {
        let (doing, code) = (String::from("look at the page"), String::from("javascript error"));
        AgentError::Browser(BrowserError::Refused { doing, code, message: message.to_owned() })
    };
    let text = returned.text.ok_or_else(|| broken("the agent gave no answer"))?;
    let mut answer: Value = serde_json::from_str(&text).map_err(|error| broken(&error.to_string()))?;
    if let (Some(node), Some(answer)) = (returned.node, answer.as_object_mut()) {
        answer.insert(String::from("element"), Value::String(node));
    }
    let why = |answer: &Value| answer.get("why").and_then(Value::as_str).unwrap_or_default().to_owned();
    match answer.get("state").and_then(Value::as_str) {
        Some("wrong") => Err(AgentError::Wrong(why(&answer))),
        Some("broken") => Err(broken(&why(&answer))),
        _ => Ok(answer),
    }
}

/// What drivers say when a document goes away under a script.
const REPLACED: &[&str] = &[
    "unloaded",
    "aborted by navigation",
    "xecution context",
    "Cannot find context",
    "discarded",
    "detached",
    "target navigated",
    "AbortError",
];

/// The codes for it.
const GONE: &[&str] = &["stale element reference", "no such frame", "no such node", "no such script"];

fn meaning(error: BrowserError) -> AgentError {
    match &error {
        BrowserError::Refused { code, .. } if code == "unexpected alert open" => AgentError::Dialog,
        BrowserError::Refused { code, .. } if GONE.contains(&code.as_str()) => AgentError::Replaced,
        BrowserError::Refused { message, .. } if REPLACED.iter().any(|words| message.contains(words)) => AgentError::Replaced,
        _ => AgentError::Browser(error),
    }
}
