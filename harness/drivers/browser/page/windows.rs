//! The windows of a case.

use fantoccini::wd::WindowHandle;
use prodiff_core::{
    action::page::{Viewport, Window},
    observation::FaultKind,
};
use serde_json::json;
use tokio::time::{Duration, Instant, sleep};

use super::{navigate::Place, watch::Watch};
use crate::drivers::browser::{act::ActError, session::session::Session};

const PATIENCE: Duration = Duration::from_secs(20);

/// Which windows there are, and which steps have been in.
#[derive(Debug)]
pub(super) struct Windows {
    /// The one in front last.
    visited: Vec<String>,
    /// In the order in which they were first seen: not every browser lists them in that of their opening.
    known: Vec<String>,
}

impl Windows {
    pub(super) fn begin(first: &str) -> Self {
        Self { visited: vec![first.to_owned()], known: vec![first.to_owned()] }
    }

    /// The one in front.
    pub(super) fn front(&self) -> &str {
        self.visited.last().map_or("", String::as_str)
    }

    /// Those that are open, in the order in which they were opened.
    async fn open(&mut self, session: &Session, watch: Option<&Watch>) -> Result<Vec<String>, ActError> {
        let open: Vec<String> = match watch {
            Some(watch) => {
                watch.catch_up(session).await?;
                watch.seen().windows.clone()
            }
            None => {
                let handles = session.command("list the windows", PATIENCE, session.client().windows()).await?;
                handles.into_iter().map(String::from).collect()
            }
        };
        self.known.retain(|window| open.contains(window));
        let new: Vec<String> = open.into_iter().filter(|window| !self.known.contains(window)).collect();
        self.known.extend(new);
        Ok(self.known.clone())
    }

    /// Goes to another one; a new one is waited for.
    pub(super) async fn switch(&mut self, session: &Session, watch: Option<&Watch>, to: Window, until: Instant) -> Result<(), ActError> {
        loop {
            let open = self.open(session, watch).await?;
            let wanted = match to {
                Window::New => open.iter().rev().find(|window| !self.visited.contains(window)),
                Window::Number(number) => open.get(number.saturating_sub(1)),
            };
            if let Some(wanted) = wanted {
                return self.go(session, wanted.clone()).await;
            }
            if Instant::now() >= until {
                let why = match to {
                    Window::New => String::from("no new window was opened"),
                    Window::Number(number) => format!("there is no window {number}: {} are open", open.len()),
                };
                return Err(ActError::new(FaultKind::NotActionable, why));
            }
            sleep(Duration::from_millis(25)).await;
        }
    }

    async fn go(&mut self, session: &Session, window: String) -> Result<(), ActError> {
        let handle = WindowHandle::try_from(window.clone()).map_err(|_| ActError::new(FaultKind::Driver, "a window has no name"))?;
        session.command("switch to a window", PATIENCE, session.client().switch_to_window(handle)).await?;
        session.set_current(&window);
        if session.connection().is_some() {
            // A window behind others may not paint, and what does not paint does not move on.
            session.bidi("browsingContext.activate", json!({"context": window}), PATIENCE).await?;
        }
        self.visited.retain(|visited| *visited != window);
        self.visited.push(window);
        Ok(())
    }

    /// Closes the one in front, and goes to the one before it.
    pub(super) async fn close(&mut self, session: &Session, watch: Option<&Watch>) -> Result<(), ActError> {
        let open = self.open(session, watch).await?;
        let front = self.front().to_owned();
        let before =
            self.visited.iter().rev().skip(1).find(|window| open.contains(window)).or_else(|| open.iter().find(|window| **window != front));
        let Some(before) = before.cloned() else {
            return Err(ActError::new(FaultKind::NotActionable, "it is the only window"));
        };
        session.command("close the window", PATIENCE, session.client().close_window()).await?;
        self.visited.retain(|window| *window != front);
        self.go(session, before).await
    }
}

/// Sets the inner size of the window in front.
pub(super) async fn resize(place: Place<'_>, size: Viewport, pixel_ratio: Option<f64>) -> Result<(), ActError> {
    let session = place.session;
    if session.connection().is_none() {
        return Ok(crate::drivers::browser::session::context::fit_window(session, (size.width, size.height)).await?);
    }
    let mut params = json!({"context": place.window, "viewport": {"width": size.width, "height": size.height}});
    if let Some(ratio) = pixel_ratio {
        params["devicePixelRatio"] = json!(ratio);
    }
    session.bidi("browsingContext.setViewport", params, PATIENCE).await?;
    Ok(())
}
