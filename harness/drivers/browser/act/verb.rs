//! The verbs that act on elements.

use std::path::PathBuf;

use prodiff_core::{
    action::{Locator, page::Gesture},
    observation::FaultKind,
};
use serde_json::{Value, json};
use tokio::time::{Duration, Instant, sleep};

use super::{
    element::{Needs, Target},
    fault::ActError,
    keys, pointer,
};
use crate::drivers::browser::{error::BrowserError, locate, session::session::Session};

/// Inputs that a picker fills, and no keyboard.
const PICKED: &[&str] = &["date", "datetime-local", "month", "time", "week", "color", "range"];

/// Acts on one element.
pub(in crate::drivers::browser) async fn gesture(
    session: &Session,
    gesture: Gesture,
    on: &Locator,
    until: Instant,
) -> Result<(), ActError> {
    match gesture {
        Gesture::Click | Gesture::DoubleClick => {
            let target = Target::wait(session, on, Needs::Pointer, until).await?;
            let times = if gesture == Gesture::DoubleClick { 2 } else { 1 };
            pointer::click(session, &target, times, until).await
        }
        Gesture::Hover => {
            let target = Target::wait(session, on, Needs::Pointer, until).await?;
            pointer::send(session, "pointer", vec![target.aim(session, 0)], until).await
        }
        Gesture::Check => check(session, on, true, until).await,
        Gesture::Uncheck => check(session, on, false, until).await,
        Gesture::Focus => {
            let target = Target::wait(session, on, Needs::Use, until).await?;
            target.perform(session, "focus", json!({}), until).await.map(|_| ())
        }
        Gesture::Clear => fill(session, on, "", until).await,
        Gesture::Submit => {
            let target = Target::wait(session, on, Needs::Sight, until).await?;
            target.perform(session, "submit", json!({}), until).await.map(|_| ())
        }
    }
}

/// Clicks it unless it is so already; then it must be so.
async fn check(session: &Session, on: &Locator, wanted: bool, until: Instant) -> Result<(), ActError> {
    let target = Target::wait(session, on, Needs::Pointer, until).await?;
    let is_so = |checked: &Value| *checked == Value::Bool(wanted);
    if target.facts["checked"].is_null() {
        return Err(target.refused(&format!("it cannot be checked: {}", target.facts["described"].as_str().unwrap_or_default())));
    }
    if is_so(&target.facts["checked"]) {
        return Ok(());
    }
    pointer::click(session, &target, 1, until).await?;
    // Frameworks set the state back and forth once more after the event.
    loop {
        let now = target.perform(session, "checked", json!({}), until).await?;
        if is_so(&now["checked"]) {
            return Ok(());
        }
        if Instant::now() >= until {
            return Err(target.refused(if wanted { "it was clicked and is not checked" } else { "it was clicked and is still checked" }));
        }
        sleep(Duration::from_millis(20)).await;
    }
}

/// Replaces what stands in an element, as a person does: everything selected, then typed over.
pub(in crate::drivers::browser) async fn fill(session: &Session, into: &Locator, value: &str, until: Instant) -> Result<(), ActError> {
    let target = Target::wait(session, into, Needs::Typing, until).await?;
    let kind = target.facts["type"].as_str().unwrap_or_default();
    if PICKED.contains(&kind) {
        return target.perform(session, "set_value", json!({"value": value}), until).await.map(|_| ());
    }
    let selected = target.perform(session, "select_all", json!({}), until).await?;
    let is_line = target.facts["tag"] == "input";
    // A line takes no line break: pasting drops it, and typing it would send the form.
    let text: String = if is_line { value.chars().filter(|c| !matches!(c, '\r' | '\n')).collect() } else { value.replace("\r\n", "\n") };
    match (text.is_empty(), selected["empty"] == true) {
        (true, true) => Ok(()),
        (true, false) => keys::press(session, "Delete", until).await,
        (false, _) => type_or_paste(session, &target, &text, until).await,
    }
}

/// From this many characters on a person pastes. Each key takes a browser some milliseconds.
const LONG: usize = 40;

/// Types a text; of a long one all but its end comes as if it were pasted.
async fn type_or_paste(session: &Session, target: &Target, text: &str, until: Instant) -> Result<(), ActError> {
    let end = text.char_indices().next_back().map_or(0, |(at, _)| at);
    let (start, last) = text.split_at(end);
    if text.chars().count() >= LONG {
        let pasted = target.perform(session, "insert_text", json!({"value": start}), until).await?;
        if pasted["inserted"] == true {
            return keys::type_text(session, last, until).await;
        }
    }
    keys::type_text(session, text, until).await
}

/// Chooses options of a `<select>`. Its list opens outside of the page, where no pointer of ours reaches.
pub(in crate::drivers::browser) async fn select(
    session: &Session,
    within: &Locator,
    options: &[String],
    until: Instant,
) -> Result<(), ActError> {
    loop {
        let target = Target::wait(session, within, Needs::Use, until).await?;
        match target.perform(session, "choose", json!({"options": options}), until).await {
            // The options may be on their way.
            Err(error) if error.kind == FaultKind::NotActionable && Instant::now() < until => sleep(Duration::from_millis(30)).await,
            outcome => return outcome.map(|_| ()),
        }
    }
}

/// Gives files to a file input, or to that of a label.
pub(in crate::drivers::browser) async fn upload(
    session: &Session,
    to: &Locator,
    files: &[PathBuf],
    until: Instant,
) -> Result<(), ActError> {
    if session.driver().is_none() {
        let what = String::from("be given files of this machine: it runs on another server");
        return Err(BrowserError::Unable { browser: session.browser().name, what }.into());
    }
    let mut target = Target::wait(session, to, Needs::Presence, until).await?;
    if target.facts["tag"] == "label" {
        let control = target.perform(session, "control", json!({}), until).await?;
        target.element = control["element"].as_str().map(String::from).ok_or_else(|| target.refused("it labels nothing"))?;
    } else if target.facts["type"] != "file" {
        return Err(target.refused("it takes no files"));
    } else if files.len() > 1 && target.facts["multiple"] != true {
        return Err(target.refused("it takes one file only"));
    }
    for file in files {
        if !file.is_file() {
            return Err(ActError::new(FaultKind::Driver, format!("there is no file `{}`", file.display())));
        }
    }
    let files: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
    let left = until.saturating_duration_since(Instant::now()).max(Duration::from_secs(5));
    if session.connection().is_some() {
        let params = json!({"context": session.current(), "element": {"sharedId": target.element}, "files": files});
        session.bidi("input.setFiles", params, left).await?;
    } else {
        session.post(format!("element/{}/value", target.element), json!({"text": files.join("\n")}), left).await?;
    }
    Ok(())
}

/// Presses one element, moves to another and lets go.
pub(in crate::drivers::browser) async fn drag(session: &Session, from: &Locator, to: &Locator, until: Instant) -> Result<(), ActError> {
    Target::wait(session, from, Needs::Pointer, until).await?;
    let target = Target::wait(session, to, Needs::Pointer, until).await?;
    // Bringing the second into view may have moved the first.
    let source = Target::wait(session, from, Needs::Here, until).await?;
    // Chromium turns a pointer's moves into native dragging; the others do not for a driver's.
    if source.facts["draggable"] == true && session.browser().name != "chromium" {
        return source.perform(session, "drop_on", json!({"to": locate::locator(to)}), until).await.map(|_| ());
    }
    // Steps on the way: pages begin to drag after a first move, and look at each.
    let actions = vec![
        source.aim(session, 0),
        pointer::down(),
        source.aim_beside(session, (3, 3), 20),
        target.aim_beside(session, (-3, -3), 50),
        target.aim(session, 50),
        pointer::up(),
    ];
    pointer::send(session, "pointer", actions, until).await
}

/// Scrolls an element into view.
pub(in crate::drivers::browser) async fn scroll_to(session: &Session, to: &Locator, until: Instant) -> Result<(), ActError> {
    Target::wait(session, to, Needs::Use, until).await.map(|_| ())
}

/// Turns the wheel in the middle of the window, so that whatever scrolls there does.
pub(in crate::drivers::browser) async fn scroll_by(session: &Session, x: i32, y: i32, until: Instant) -> Result<(), ActError> {
    let left = until.saturating_duration_since(Instant::now());
    let size = locate::ask(session, json!({"command": "inner"}), None, left).await?;
    let middle = |index: usize| size["size"].get(index).and_then(Value::as_i64).unwrap_or(0) / 2;
    let turn = json!({"type": "scroll", "origin": "viewport", "x": middle(0), "y": middle(1), "deltaX": x, "deltaY": y, "duration": 0});
    pointer::send(session, "wheel", vec![turn], until).await?;
    locate::ask(session, json!({"command": "frames"}), None, left).await?;
    Ok(())
}
