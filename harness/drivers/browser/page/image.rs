//! Pictures of pages, taken when nothing moves any more.

use base64::{Engine, engine::general_purpose::STANDARD};
use prodiff_core::{
    action::page::{ImageOf, ImageProbe},
    observation::page::Answer,
};
use serde_json::{Value, json};
use tokio::time::Duration;

use super::navigate::Place;
use crate::drivers::browser::{
    act::ActError,
    error::BrowserError,
    locate::{self, AgentError},
};

const PATIENCE: Duration = Duration::from_secs(30);

/// What is in the window at this moment, moving or not.
pub(super) async fn now(place: Place<'_>) -> Result<Answer, ActError> {
    let png = match place.watch {
        Some(_) => capture(place, json!({"context": place.window, "origin": "viewport", "format": {"type": "image/png"}})).await?,
        None => place.session.command("take a picture", PATIENCE, place.session.client().screenshot()).await?,
    };
    Ok(Answer::Png(png))
}

/// A picture that can be compared.
pub(super) async fn still(place: Place<'_>, probe: &ImageProbe) -> Result<Answer, ActError> {
    let request = json!({"command": "still", "cover": locate::locators(&probe.cover)});
    match locate::ask(place.session, request, None, PATIENCE).await {
        Err(AgentError::Wrong(why)) => return Ok(Answer::Nothing(why)),
        outcome => outcome?,
    };
    let taken = taken(place, probe).await;
    // Whatever came of it, the page moves on.
    locate::ask(place.session, json!({"command": "unstill"}), None, PATIENCE).await?;
    taken
}

async fn taken(place: Place<'_>, probe: &ImageProbe) -> Result<Answer, ActError> {
    let png = |origin: &str| json!({"context": place.window, "origin": origin, "format": {"type": "image/png"}});
    let params = match &probe.of {
        ImageOf::Viewport => return now(place).await,
        ImageOf::Page => png("document"),
        ImageOf::Element(locator) => {
            let request = json!({"command": "places", "of": locate::locator(locator), "cover": []});
            let places = match locate::ask(place.session, request, None, PATIENCE).await {
                Err(AgentError::Wrong(why)) => return Ok(Answer::Nothing(why)),
                outcome => outcome?,
            };
            if let Some(why) = places["nothing"].as_str() {
                return Ok(Answer::Nothing(why.to_owned()));
            }
            let side = |index: usize| places["clip"].get(index).and_then(Value::as_f64).unwrap_or(0.0);
            let mut params = png("document");
            params["clip"] = json!({"type": "box", "x": side(0), "y": side(1), "width": side(2), "height": side(3)});
            params
        }
    };
    if place.watch.is_none() {
        return Ok(Answer::NotObserved(format!("{} takes pictures of its window only", place.session.browser().name)));
    }
    Ok(Answer::Png(capture(place, params).await?))
}

async fn capture(place: Place<'_>, params: Value) -> Result<Vec<u8>, BrowserError> {
    let answer = place.session.bidi("browsingContext.captureScreenshot", params, PATIENCE).await?;
    let data = answer.get("data").and_then(Value::as_str).unwrap_or_default();
    STANDARD.decode(data).map_err(|error| BrowserError::Lost { detail: format!("a picture cannot be read: {error}") })
}
