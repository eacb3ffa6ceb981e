//! What the browser pretends to be.

use prodiff_core::{action::page::Emulation, observation::FaultKind};
use serde_json::{Value, json};
use tokio::time::Duration;

use super::{navigate::Place, windows};
use crate::drivers::browser::{act::ActError, error::BrowserError};

const PATIENCE: Duration = Duration::from_secs(20);

/// Pretends. What is not said stays as it is.
pub(super) async fn emulate(place: Place<'_>, emulation: &Emulation) -> Result<(), ActError> {
    let Emulation { dark, reduced_motion, offline, timezone, locale, geolocation, user_agent, device } = emulation;
    let contexts = json!([place.window]);
    if dark.is_some() || reduced_motion.is_some() {
        media(place, *dark, *reduced_motion).await?;
    }
    if let Some(offline) = offline {
        let conditions = if *offline { json!({"type": "offline"}) } else { Value::Null };
        set(place, "emulation.setNetworkConditions", json!({"networkConditions": conditions, "contexts": contexts}), "be offline").await?;
    }
    if let Some(timezone) = timezone {
        set(place, "emulation.setTimezoneOverride", json!({"timezone": timezone, "contexts": contexts}), "change its time zone").await?;
    }
    if let Some(locale) = locale {
        set(place, "emulation.setLocaleOverride", json!({"locale": locale, "contexts": contexts}), "change its locale").await?;
    }
    if let Some((latitude, longitude)) = geolocation {
        let degrees =
            |text: &str| text.parse::<f64>().map_err(|_| ActError::new(FaultKind::Driver, format!("`{text}` is no number of degrees")));
        let coordinates = json!({"latitude": degrees(latitude)?, "longitude": degrees(longitude)?, "accuracy": 1.0});
        locate(place, &coordinates, &contexts).await?;
    }
    if let Some(agent) = user_agent {
        set(place, "emulation.setUserAgentOverride", json!({"userAgent": agent, "contexts": contexts}), "change its user agent").await?;
    }
    if let Some(device) = device {
        windows::resize(place, device.viewport, Some(f64::from(device.pixel_ratio) / 100.0)).await?;
        if device.mobile {
            touch(place, &contexts).await?;
        }
    }
    Ok(())
}

async fn set(place: Place<'_>, method: &str, params: Value, what: &str) -> Result<(), ActError> {
    match place.session.bidi(method, params, PATIENCE).await {
        Err(error) if is_unknown(&error) => Err(unable(place, what)),
        outcome => Ok(outcome.map(|_| ())?),
    }
}

fn is_unknown(error: &BrowserError) -> bool {
    matches!(error, BrowserError::Unable { .. }) || error.has_code("unknown command") || error.has_code("unsupported operation")
}

fn unable(place: Place<'_>, what: &str) -> ActError {
    BrowserError::Unable { browser: place.session.browser().name, what: what.to_owned() }.into()
}

/// A place in the world, and the leave of every page to ask for it.
async fn locate(place: Place<'_>, coordinates: &Value, contexts: &Value) -> Result<(), ActError> {
    set(place, "emulation.setGeolocationOverride", json!({"coordinates": coordinates, "contexts": contexts}), "be somewhere else").await?;
    // Best effort: a page that never asks needs no leave, and not every browser can be told.
    place.session.permit("geolocation", place.window).await;
    Ok(())
}

/// BiDi knows no media features yet; Chromium's own protocol does.
async fn media(place: Place<'_>, dark: Option<bool>, reduced_motion: Option<bool>) -> Result<(), ActError> {
    if place.session.browser().name != "chromium" {
        return Err(unable(place, "pretend a colour scheme or reduced motion"));
    }
    let mut features = Vec::new();
    features.extend(dark.map(|dark| json!({"name": "prefers-color-scheme", "value": if dark { "dark" } else { "light" }})));
    features
        .extend(reduced_motion.map(|on| json!({"name": "prefers-reduced-motion", "value": if on { "reduce" } else { "no-preference" }})));
    let command = json!({"cmd": "Emulation.setEmulatedMedia", "params": {"features": features}});
    place.session.post("goog/cdp/execute", command, PATIENCE).await?;
    Ok(())
}

async fn touch(place: Place<'_>, contexts: &Value) -> Result<(), ActError> {
    let by_bidi = place.session.bidi("emulation.setTouchOverride", json!({"maxTouchPoints": 5, "contexts": contexts}), PATIENCE).await;
    match by_bidi {
        Err(error) if is_unknown(&error) && place.session.browser().name == "chromium" => {
            let command = json!({"cmd": "Emulation.setTouchEmulationEnabled", "params": {"enabled": true, "maxTouchPoints": 5}});
            place.session.post("goog/cdp/execute", command, PATIENCE).await?;
            Ok(())
        }
        Err(error) if is_unknown(&error) => Err(unable(place, "pretend to be touched")),
        outcome => Ok(outcome.map(|_| ())?),
    }
}
