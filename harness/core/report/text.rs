//! Text of the site on its way into a report: cut, made visible, and unable to act.

use std::{borrow::Cow, fmt::Write as _};

/// The most bytes of one value in a report; the whole is in `bodies/`.
pub const VALUE_LIMIT: usize = 2048;

/// Cuts a value to `limit` bytes, the mark of the cut included, on a boundary of characters.
pub(super) fn cut(text: &str, limit: usize) -> Cow<'_, str> {
    const MARK: &str = "…";
    if text.len() <= limit {
        return Cow::Borrowed(text);
    }
    let end = text.floor_char_boundary(limit.saturating_sub(MARK.len()));
    Cow::Owned(format!("{}{MARK}", &text[..end]))
}

/// Shows what could not be seen or would change how the rest is seen: control characters except line feed and
/// tab, and the characters that turn the direction of text.
pub(super) fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unseen) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '\r' => shown.push('␍'),
            '\u{7f}' => shown.push('␡'),
            control if control < ' ' && control != '\n' && control != '\t' => {
                shown.push(char::from_u32(0x2400 + u32::from(control)).expect("the control pictures are characters"));
            }
            unseen if is_unseen(unseen) => {
                let _ = write!(shown, "⟨U+{:04X}⟩", u32::from(unseen));
            }
            other => shown.push(other),
        }
    }
    Cow::Owned(shown)
}

fn is_unseen(character: char) -> bool {
    match character {
        '\n' | '\t' => false,
        '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => {
            true
        }
        other => other.is_control(),
    }
}

/// Text for HTML and XML, in an element or in a double-quoted attribute.
pub(super) fn markup(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + 16);
    for character in visible(text).chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

/// As [`markup`], for XML attributes that must keep their line feeds and tabs.
pub(super) fn attribute(text: &str) -> String {
    markup(text).replace('\n', "&#10;").replace('\t', "&#9;")
}

/// JSON text that stays inert wherever it is put: in a `<script>` block, on a terminal, in the log of a CI.
///
/// Escapes `< > &` (no tag and no comment can start), controls and turned text (no cursor moves), and the
/// second of two `#` (old CI commands begin with `##[` anywhere in a line). All of them can stand in JSON
/// only inside strings, so that the value stays the same.
pub(super) fn inert_json(json: &str) -> String {
    let mut inert = String::with_capacity(json.len() + json.len() / 16);
    let mut previous = ' ';
    let mut copied = 0;
    for (at, character) in json.char_indices() {
        let second_hash = character == '#' && previous == '#';
        if matches!(character, '<' | '>' | '&') || second_hash || (is_unseen(character) && character >= '\u{7f}') {
            inert.push_str(&json[copied..at]);
            copied = at + character.len_utf8();
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                let _ = write!(inert, "\\u{unit:04x}");
            }
        }
        previous = character;
    }
    inert.push_str(&json[copied..]);
    inert
}

/// The first line, with a mark where there are more.
pub(super) fn first_line(text: &str) -> Cow<'_, str> {
    match text.split_once('\n') {
        None => Cow::Borrowed(text),
        Some((line, rest)) if rest.trim().is_empty() => Cow::Borrowed(line),
        Some((line, _)) => Cow::Owned(format!("{line} …")),
    }
}

#[cfg(test)]
mod tests {
    use super::{cut, inert_json, markup, visible};

    #[test]
    fn a_cut_value_keeps_to_its_limit_and_its_characters() {
        for (text, limit, expected) in [("abc", 3, "abc"), ("abcdef", 5, "ab…"), ("äöü", 5, "ä…"), ("äöü", 4, "…"), ("abcdef", 0, "…")]
        {
            assert_eq!(cut(text, limit), expected, "{text} at {limit}");
        }
        let long = cut(&"ü".repeat(5000), super::VALUE_LIMIT).into_owned();
        assert!(long.len() <= super::VALUE_LIMIT && long.len() > super::VALUE_LIMIT - 4);
    }

    #[test]
    fn what_cannot_be_seen_is_shown() {
        for (text, expected) in [
            ("plain\n\ttext", "plain\n\ttext"),
            ("a\0b\x1b[2J\x7f\r\n", "a␀b␛[2J␡␍\n"),
            ("user\u{202e}gpj.exe", "user⟨U+202E⟩gpj.exe"),
            ("\u{9b}2J\u{2028}", "⟨U+009B⟩2J⟨U+2028⟩"),
            ("👩\u{200d}🚀", "👩\u{200d}🚀"),
        ] {
            assert_eq!(visible(text), expected);
        }
        assert_eq!(markup("<b a='1' c=\"2\">&\0"), "&lt;b a=&#39;1&#39; c=&quot;2&quot;&gt;&amp;␀");
    }

    #[test]
    fn inert_json_is_the_same_value_and_holds_nothing_that_acts() {
        let hostile = "</script><!--<script>\u{2028}\u{2029}\u{202e}\u{9b}2J##[error]###vso[x]&amp;\0\x1b::set-env";
        let inert = inert_json(&serde_json::to_string(hostile).unwrap());
        assert_eq!(serde_json::from_str::<String>(&inert).unwrap(), hostile);
        for forbidden in ["<", ">", "&", "##", "\u{2028}", "\u{2029}", "\u{202e}", "\u{9b}", "\0", "\x1b"] {
            assert!(!inert.contains(forbidden), "{forbidden:?} in {inert}");
        }
    }
}
