//! JavaScript of a suite, as the body of a function in the page.

use prodiff_core::{
    json::{self, Json},
    observation::FaultKind,
};
use tokio::time::{Duration, Instant, sleep};

use crate::drivers::browser::{
    act::ActError,
    error::BrowserError,
    session::{call::World, session::Session},
};

/// Runs it; what it returns, or what the promise that it returns becomes. Nothing where it returns nothing.
pub(super) async fn run(session: &Session, source: &str, until: Instant) -> Result<Option<Json>, ActError> {
    let within = until.saturating_duration_since(Instant::now()).max(Duration::from_millis(100));
    let answer = session.call("run the script", World::Page, &wrapped(source), &[], within).await;
    let answer = match answer {
        Ok(answer) => answer,
        // What cannot even be read as JavaScript is refused by the browser before it runs.
        Err(BrowserError::Refused { code, message, .. }) if code == "javascript error" => {
            return Err(ActError::new(FaultKind::Script, message));
        }
        Err(BrowserError::Slow { .. }) => return Err(ActError::new(FaultKind::Script, "it did not end in time")),
        Err(error) => return Err(error.into()),
    };
    if let Some(why) = answer.thrown {
        return Err(ActError::new(FaultKind::Script, why));
    }
    let Some(text) = answer.text else { return Ok(None) };
    match json::read(&text) {
        Ok(document) => Ok(Some(document.json)),
        Err(error) => Err(ActError::new(FaultKind::Script, format!("what it returns cannot be read: {error}"))),
    }
}

/// Waits until a script returns true.
pub(super) async fn until_true(session: &Session, source: &str, until: Instant) -> Result<(), ActError> {
    loop {
        match run(session, source, until).await {
            Ok(Some(Json::Bool(true))) => return Ok(()),
            // While pages follow one another a script may throw, or its page be gone.
            Ok(_) | Err(ActError { kind: FaultKind::Script | FaultKind::Driver, .. }) if Instant::now() < until => {
                sleep(Duration::from_millis(25)).await;
            }
            Ok(_) => return Err(ActError::new(FaultKind::PageTimeout, "the page was not `ready` in time: its script did not return true")),
            Err(error) => return Err(error),
        }
    }
}

fn wrapped(source: &str) -> String {
    format!(
        "return (async () => {{\n{source}\n}})().then(\n\
         value => [value === undefined ? null : JSON.stringify(value) || null, null, null])\n\
         .catch(error => [null, null, error instanceof Error ? `${{error.name}}: ${{error.message}}` : String(error)]);"
    )
}
