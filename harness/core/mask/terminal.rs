//! Text of a site, made safe for a terminal and for the log of a CI system.

use std::fmt::Write as _;

/// The same text, unable to move the cursor, to reorder what is shown, or to start a command of a CI system.
///
/// Line breaks and tabs stay; every other control or invisible directing character is shown as a picture or as `\u{…}`.
#[must_use]
pub fn sanitize(text: &str) -> String {
    text.split('\n').map(sanitize_line).collect::<Vec<_>>().join("\n")
}

/// As [`sanitize`], for what has to stay on one line: line breaks are shown as `␊`.
#[must_use]
pub fn sanitize_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\t' => line.push('\t'),
            '\u{0}'..='\u{1f}' => line.push(char::from_u32(0x2400 + u32::from(character)).expect("control pictures")),
            '\u{7f}' => line.push('␡'),
            // C1 controls; marks that reorder, hide or break text (Unicode TR 36, TR 39); tags.
            '\u{80}'..='\u{9f}'
            | '\u{ad}'
            | '\u{61c}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}'
            | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}' => write!(line, "\\u{{{:x}}}", u32::from(character)).expect("a String takes any text"),
            _ => line.push(character),
        }
    }
    without_commands(&line)
}

/// GitHub reads `::name::` at the start of a line, and `##[name]` anywhere; Azure `##vso[…]`; TeamCity `##teamcity[…]`.
fn without_commands(line: &str) -> String {
    let mut safe = String::with_capacity(line.len());
    let mut rest = line;
    let body = line.trim_start();
    if let Some(after) = body.strip_prefix("::") {
        safe.push_str(&line[..line.len() - body.len()]);
        safe.push_str(": :");
        rest = after;
    }
    while let Some(at) = rest.find("##") {
        let after = &rest[at + 2..];
        let lower: String = after.chars().take(9).collect::<String>().to_ascii_lowercase();
        let is_command = ["[", "vso[", "teamcity["].iter().any(|command| lower.starts_with(command));
        // One sign at a time: in `###[` the command begins at the second.
        safe.push_str(&rest[..=at]);
        if is_command {
            safe.push(' ');
        }
        rest = &rest[at + 1..];
    }
    safe.push_str(rest);
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(sanitize(text), expected, "{text:?}");
        assert_eq!(sanitize(expected), expected, "once is enough: {expected:?}");
    }

    #[test]
    fn what_moves_the_cursor_becomes_visible() {
        check("\u{1b}[2Jx\rY\u{8}", "␛[2Jx␍Y␈");
        check("\u{9b}31m\u{85}", "\\u{9b}31m\\u{85}");
        check("abc\u{202e}cba\u{2066}\u{200b}", "abc\\u{202e}cba\\u{2066}\\u{200b}");
        check("a\u{7f}\u{2028}::error::x", "a␡\\u{2028}::error::x");
    }

    #[test]
    fn ordinary_text_stays() {
        for text in ["", "naïve 😀 日本\n\tx", "a :: b", "std::io", "# a ## b", "key: [1]", "##", "#["] {
            check(text, text);
        }
    }

    #[test]
    fn no_command_of_a_ci_system_starts() {
        check("::error file=x::boom", ": :error file=x::boom");
        check("ok\n  ::set-output name=a::b", "ok\n  : :set-output name=a::b");
        check("\u{a0}::stop-commands::x", "\u{a0}: :stop-commands::x");
        check(":::debug::", ": ::debug::");
        check("x ##[error]y ###[group]", "x # #[error]y ## #[group]");
        check("##vso[task.setvariable]##TeamCity[x]", "# #vso[task.setvariable]# #TeamCity[x]");
        assert_eq!(sanitize_line("a\n::error::x"), "a␊::error::x");
    }
}
