//! Keys: their names, chords, and text as it is typed.

use serde_json::{Value, json};
use tokio::time::Instant;

use super::{fault::ActError, pointer};
use crate::drivers::browser::session::session::Session;
use prodiff_core::observation::FaultKind;

/// Keys that write no character, by their names in UI Events, and as WebDriver writes them.
const NAMED: &[(&str, char)] = &[
    ("Cancel", '\u{e001}'),
    ("Help", '\u{e002}'),
    ("Backspace", '\u{e003}'),
    ("Tab", '\u{e004}'),
    ("Clear", '\u{e005}'),
    ("Enter", '\u{e007}'),
    ("Return", '\u{e006}'),
    ("Shift", '\u{e008}'),
    ("Control", '\u{e009}'),
    ("Alt", '\u{e00a}'),
    ("Pause", '\u{e00b}'),
    ("Escape", '\u{e00c}'),
    ("Space", ' '),
    ("PageUp", '\u{e00e}'),
    ("PageDown", '\u{e00f}'),
    ("End", '\u{e010}'),
    ("Home", '\u{e011}'),
    ("ArrowLeft", '\u{e012}'),
    ("ArrowUp", '\u{e013}'),
    ("ArrowRight", '\u{e014}'),
    ("ArrowDown", '\u{e015}'),
    ("Insert", '\u{e016}'),
    ("Delete", '\u{e017}'),
    ("F1", '\u{e031}'),
    ("F2", '\u{e032}'),
    ("F3", '\u{e033}'),
    ("F4", '\u{e034}'),
    ("F5", '\u{e035}'),
    ("F6", '\u{e036}'),
    ("F7", '\u{e037}'),
    ("F8", '\u{e038}'),
    ("F9", '\u{e039}'),
    ("F10", '\u{e03a}'),
    ("F11", '\u{e03b}'),
    ("F12", '\u{e03c}'),
    ("Meta", '\u{e03d}'),
];

/// Presses keys together: those before the last are held down meanwhile.
pub(in crate::drivers::browser) async fn press(session: &Session, chord: &str, until: Instant) -> Result<(), ActError> {
    let keys = parse(chord).map_err(|why| ActError::new(FaultKind::NotActionable, why))?;
    let down = keys.iter().map(|key| json!({"type": "keyDown", "value": key}));
    let up = keys.iter().rev().map(|key| json!({"type": "keyUp", "value": key}));
    pointer::send(session, "key", down.chain(up).collect(), until).await
}

/// Types text into whatever has the focus, character by character.
pub(super) async fn type_text(session: &Session, text: &str, until: Instant) -> Result<(), ActError> {
    // Batches, so that a long text is not one endless command.
    let characters: Vec<String> = text.chars().map(|c| if c == '\n' { String::from('\u{e007}') } else { c.to_string() }).collect();
    for batch in characters.chunks(200) {
        let strokes = batch.iter().flat_map(|key| [json!({"type": "keyDown", "value": key}), json!({"type": "keyUp", "value": key})]);
        pointer::send(session, "key", strokes.collect::<Vec<Value>>(), until).await?;
    }
    Ok(())
}

/// The keys of a chord, as WebDriver writes them: `Control+A`, `Shift+Tab`, `Control++`.
fn parse(chord: &str) -> Result<Vec<String>, String> {
    let (held, last) = match chord.strip_suffix("++") {
        Some(held) => (held, "+"),
        None if chord == "+" => ("", "+"),
        None => chord.rsplit_once('+').unwrap_or(("", chord)),
    };
    let names: Vec<&str> = held.split('+').filter(|name| !name.is_empty()).chain([last]).collect();
    let shifted = names.iter().any(|name| name.eq_ignore_ascii_case("shift"));
    names.into_iter().map(|name| key(name, held.is_empty(), shifted)).collect()
}

fn key(name: &str, is_alone: bool, shifted: bool) -> Result<String, String> {
    if let Some((_, code)) = NAMED.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
        return Ok(code.to_string());
    }
    let mut characters = name.chars();
    match (characters.next(), characters.next()) {
        // `Control+A` is how people write it; the keyboard has a small `a` there unless Shift is held.
        (Some(letter), None) if !is_alone && !shifted => Ok(letter.to_lowercase().collect()),
        (Some(_), None) => Ok(String::from(name)),
        _ => Err(format!("`{name}` is no key: write a character, or a name such as Enter, Escape, ArrowDown")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(chord: &str, expected: &[&str]) {
        assert_eq!(parse(chord).unwrap(), expected, "{chord}");
    }

    #[test]
    fn chords_are_read() {
        check("Enter", &["\u{e007}"]);
        check("a", &["a"]);
        check("A", &["A"]);
        check("Control+A", &["\u{e009}", "a"]);
        check("Control+Shift+A", &["\u{e009}", "\u{e008}", "A"]);
        check("Control++", &["\u{e009}", "+"]);
        check("+", &["+"]);
        check("shift+tab", &["\u{e008}", "\u{e004}"]);
    }

    #[test]
    fn what_is_no_key_is_said() {
        assert!(parse("Control+Entr").unwrap_err().contains("`Entr` is no key"));
        assert!(parse("").unwrap_err().contains("is no key"));
    }
}
