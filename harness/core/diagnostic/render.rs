//! A diagnostic as text: where, what, the source line with a caret, and help.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthChar as _;

use super::{Diagnostic, Position, Severity, Span};

/// Columns shown before the caret and, from the caret on, after it.
const BEFORE: usize = 60;
const AFTER: usize = 120;

/// The diagnostic in several lines, without a line break at the end.
///
/// Whatever the text holds, it neither moves the cursor nor begins a line: control characters are escaped.
#[must_use]
pub fn render(diagnostic: &Diagnostic) -> String {
    let mut text = String::new();
    if let Some(span) = &diagnostic.span {
        let _ = write!(text, "{}: ", escaped(&span.to_string()));
    }
    match diagnostic.severity {
        Severity::Error => {}
        Severity::Warning => text.push_str("warning: "),
    }
    text.push_str(&escaped(&diagnostic.message));
    let mut gutter = 0;
    if let Some((number, frame)) = diagnostic.span.as_ref().and_then(frame) {
        gutter = number.len() + 1;
        let Frame { line, indent, carets } = frame;
        let _ = write!(text, "\n{:gutter$}|\n{number} | {line}\n{:gutter$}| {:indent$}{}", "", "", "", "^".repeat(carets));
    }
    if let Some(help) = &diagnostic.help {
        let _ = write!(text, "\n{:gutter$}= help: {}", "", escaped(help));
    }
    text
}

struct Frame {
    line: String,
    /// Columns before the carets.
    indent: usize,
    carets: usize,
}

/// The number and the shown part of the line in which the span begins.
fn frame(span: &Span) -> Option<(String, Frame)> {
    let Position { line: number, .. } = span.position();
    // What is shown is a few columns, however long the line.
    let range = span.source.line_near(span.start, 8 * AFTER);
    let text = &span.source.text;
    let start = text.floor_char_boundary(span.start.clamp(range.start, range.end));
    let end = text.ceil_char_boundary(span.end.clamp(start, range.end));
    if text.is_empty() {
        return None;
    }

    let mut before = Vec::new();
    let mut indent = 0;
    let mut cut_before = false;
    for character in text[range.start..start].chars().rev() {
        let (shown, width) = shown(character);
        if indent + width > BEFORE {
            cut_before = true;
            break;
        }
        indent += width;
        before.push(shown);
    }
    let mut line = String::new();
    if cut_before {
        line.push('…');
        indent += 1;
    }
    line.extend(before.into_iter().rev());

    let (mut carets, mut columns) = (0, 0);
    for (offset, character) in text[start..range.end].char_indices() {
        let (shown, width) = shown(character);
        if columns + width > AFTER {
            line.push('…');
            break;
        }
        columns += width;
        if start + offset < end {
            carets += width;
        }
        line.push_str(&shown);
    }
    let line = line.trim_end().to_owned();
    Some((number.to_string(), Frame { line, indent, carets: carets.max(1) }))
}

/// A character as it is shown, and the columns it takes.
fn shown(character: char) -> (String, usize) {
    match character {
        '\t' => (String::from("    "), 4),
        '\u{feff}' => (String::new(), 0),
        _ if is_hostile(character) => {
            let escape = character.escape_unicode().to_string();
            let width = escape.len();
            (escape, width)
        }
        _ => (character.to_string(), character.width().unwrap_or(0)),
    }
}

fn escaped(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' => plain.push_str("\\n"),
            '\t' => plain.push_str("\\t"),
            '\r' => plain.push_str("\\r"),
            _ if is_hostile(character) => plain.extend(character.escape_unicode()),
            _ => plain.push(character),
        }
    }
    plain
}

/// Control characters, and those that turn the direction of a line or cannot be seen.
fn is_hostile(character: char) -> bool {
    character.is_control() || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Source;

    fn check(text: &str, part: &str, expected: &str) {
        let source = Source::new("suites/login.yaml", text);
        let start = text.find(part).unwrap();
        let actual = render(&Diagnostic::error(&Span::new(&source, start..start + part.len()), "odd"));
        assert_eq!(actual, expected, "\n{actual}\n");
    }

    #[test]
    fn a_complaint_shows_its_line_with_carets_and_help() {
        let text = format!("{}        contain: x\n", "\n".repeat(11));
        let source = Source::new("suites/login.yaml", text.as_str());
        let start = text.find("contain").unwrap();
        let diagnostic =
            Diagnostic::error(&Span::new(&source, start..start + 7), "unknown matcher `contain`").help("did you mean `contains`?");
        assert_eq!(
            render(&diagnostic),
            "suites/login.yaml:12:9: unknown matcher `contain`\n   |\n12 |         contain: x\n   |         ^^^^^^^\n   = help: did you mean `contains`?"
        );
        let warning = Diagnostic { severity: Severity::Warning, help: None, ..diagnostic };
        assert!(render(&warning).starts_with("suites/login.yaml:12:9: warning: unknown matcher"));
    }

    #[test]
    fn a_complaint_without_a_place_is_one_line() {
        assert_eq!(render(&Diagnostic::general("no suites here").help("write one")), "no suites here\n= help: write one");
        let empty = Source::new("a.yaml", "");
        assert_eq!(render(&Diagnostic::error(&Span::new(&empty, 0..0), "the file is empty")), "a.yaml:1:1: the file is empty");
    }

    #[test]
    fn carets_stand_under_their_characters() {
        check("\ta: x", "a", "suites/login.yaml:1:2: odd\n  |\n1 |     a: x\n  |     ^");
        check("日本: xy", "xy", "suites/login.yaml:1:5: odd\n  |\n1 | 日本: xy\n  |       ^^");
        check("a: 日本", "日本", "suites/login.yaml:1:4: odd\n  |\n1 | a: 日本\n  |    ^^^^");
        check("e\u{301}: x", "x", "suites/login.yaml:1:5: odd\n  |\n1 | e\u{301}: x\n  |    ^");
        check("a: x\r\nb", "x", "suites/login.yaml:1:4: odd\n  |\n1 | a: x\n  |    ^");
        check("\u{feff}a: x", "x", "suites/login.yaml:1:4: odd\n  |\n1 | a: x\n  |    ^");
    }

    #[test]
    fn a_span_of_several_lines_underlines_its_first() {
        check("a:\n  b: 1\n  c: 2\n", "b: 1\n  c", "suites/login.yaml:2:3: odd\n  |\n2 |   b: 1\n  |   ^^^^");
    }

    #[test]
    fn an_empty_span_has_one_caret_even_past_the_end() {
        let source = Source::new("a.yaml", "key:\n");
        let at = |offset| render(&Diagnostic::error(&Span::new(&source, offset..offset), "odd"));
        assert_eq!(at(4), "a.yaml:1:5: odd\n  |\n1 | key:\n  |     ^");
        assert_eq!(at(5), "a.yaml:2:1: odd\n  |\n2 | \n  | ^");
        assert_eq!(at(500), at(5));
    }

    #[test]
    fn what_a_file_holds_cannot_move_the_cursor() {
        check("a: \u{1b}[2Jx", "x", "suites/login.yaml:1:8: odd\n  |\n1 | a: \\u{1b}[2Jx\n  |             ^");
        check("a: \u{202e}x", "x", "suites/login.yaml:1:5: odd\n  |\n1 | a: \\u{202e}x\n  |            ^");
        let diagnostic = Diagnostic::general("unknown key `a\n::error::\u{1b}`");
        assert_eq!(render(&diagnostic), "unknown key `a\\n::error::\\u{1b}`");
    }

    #[test]
    fn long_lines_are_cut_around_the_caret() {
        let text = format!("{}MARK{}", "a".repeat(5000), "b".repeat(5000));
        let source = Source::new("a.yaml", text);
        let shown = render(&Diagnostic::error(&Span::new(&source, 5000..5004), "odd"));
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(lines[2], format!("1 | …{}MARK{}…", "a".repeat(60), "b".repeat(116)));
        assert_eq!(lines[3], format!("  | {}^^^^", " ".repeat(61)));
        let all = render(&Diagnostic::error(&Span::new(&source, 0..10_004), "odd"));
        assert!(all.lines().all(|line| line.chars().count() < 200), "{all}");
    }
}
