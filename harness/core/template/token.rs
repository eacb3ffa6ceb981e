//! The words and signs of an expression.

use std::ops::Range;

use super::expression::Mistake;
use crate::json::Number;

/// The smallest part of an expression that means something.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Name(String),
    Number(Number),
    Text(String),
    Sign(&'static str),
}

impl Token {
    /// As it stands in a message.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Name(name) => format!("`{name}`"),
            Self::Number(number) => format!("`{number}`"),
            Self::Text(_) => String::from("a text"),
            Self::Sign(sign) => format!("`{sign}`"),
        }
    }
}

const SIGNS: [&str; 26] = [
    "**", "//", "==", "!=", "<=", ">=", "+", "-", "*", "/", "%", "~", "<", ">", "=", "|", ".", ",", ":", "(", ")", "[", "]", "{", "}", "!",
];

/// Names are letters, digits, `_`, and hyphens between those.
fn is_name_start(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Every token of `text[range]`. `is_name` decides whether a run with hyphens is one name.
pub(super) fn tokens(text: &str, range: Range<usize>, is_name: &dyn Fn(&str) -> bool) -> Result<Vec<(Token, Range<usize>)>, Mistake> {
    let bytes = text.as_bytes();
    let mut tokens = Vec::new();
    let mut at = range.start;
    while at < range.end {
        let byte = bytes[at];
        if byte.is_ascii_whitespace() {
            at += 1;
        } else if is_name_start(byte) {
            let end = word_end(bytes, at, range.end);
            let after_dot = matches!(tokens.last(), Some((Token::Sign("."), _)));
            if byte.is_ascii_digit()
                && let Some((number, end)) = number_at(text, at, range.end, after_dot)
            {
                tokens.push((Token::Number(number), at..end));
                at = end;
                continue;
            }
            let mut run_end = end;
            while run_end + 1 < range.end && bytes[run_end] == b'-' && is_name_start(bytes[run_end + 1]) {
                run_end = word_end(bytes, run_end + 1, range.end);
            }
            let run = &text[at..run_end];
            let end = if run_end > end && is_name(run) { run_end } else { end };
            tokens.push((Token::Name(text[at..end].to_owned()), at..end));
            at = end;
        } else if byte == b'"' || byte == b'\'' {
            let (string, end) = string_at(text, at, range.end)?;
            tokens.push((Token::Text(string), at..end));
            at = end;
        } else if let Some(sign) = SIGNS.iter().find(|sign| text[at..range.end].starts_with(**sign)) {
            tokens.push((Token::Sign(sign), at..at + sign.len()));
            at += sign.len();
        } else {
            let character = text[at..].chars().next().unwrap_or(' ');
            return Err(Mistake::new(at..at + character.len_utf8(), format!("`{character}` has no meaning in an expression")));
        }
    }
    Ok(tokens)
}

fn word_end(bytes: &[u8], start: usize, limit: usize) -> usize {
    (start..limit).find(|at| !is_name_start(bytes[*at])).unwrap_or(limit)
}

/// The number that begins at `start`, unless what begins there is a name such as `2fa`.
fn number_at(text: &str, start: usize, limit: usize, after_dot: bool) -> Option<(Number, usize)> {
    let bytes = text.as_bytes();
    let digits = |from: usize| (from..limit).find(|at| !bytes[*at].is_ascii_digit()).unwrap_or(limit);
    let mut end = digits(start);
    // `list.0.1` is two steps, not a fraction.
    if !after_dot && end + 1 < limit && bytes[end] == b'.' && bytes[end + 1].is_ascii_digit() {
        end = digits(end + 1);
    }
    if end < limit && matches!(bytes[end], b'e' | b'E') {
        let sign = usize::from(end + 1 < limit && matches!(bytes[end + 1], b'+' | b'-'));
        let exponent = digits(end + 1 + sign);
        if exponent > end + 1 + sign {
            end = exponent;
        }
    }
    if end < limit && is_name_start(bytes[end]) {
        return None;
    }
    Some((Number::parse(&text[start..end])?, end))
}

fn string_at(text: &str, start: usize, limit: usize) -> Result<(String, usize), Mistake> {
    let quote = text.as_bytes()[start];
    let mut string = String::new();
    let mut characters = text[start + 1..limit].char_indices();
    while let Some((offset, character)) = characters.next() {
        if character == char::from(quote) {
            return Ok((string, start + 1 + offset + 1));
        }
        if character != '\\' {
            string.push(character);
            continue;
        }
        let Some((_, escaped)) = characters.next() else { break };
        match escaped {
            'n' => string.push('\n'),
            't' => string.push('\t'),
            'r' => string.push('\r'),
            'u' => {
                let from = start + 1 + offset + 2;
                let digits = text.get(from..from + 4).and_then(|digits| u32::from_str_radix(digits, 16).ok()).and_then(char::from_u32);
                let at = start + 1 + offset..from;
                string.push(digits.ok_or_else(|| Mistake::new(at, "`\\u` takes four hexadecimal digits of a character"))?);
                characters.nth(3);
            }
            '\\' | '"' | '\'' | '/' => string.push(escaped),
            // Patterns such as '\d' are worth more than an error.
            other => string.extend(['\\', other]),
        }
    }
    Err(Mistake::new(start..start + 1, "this quotation mark is never closed"))
}

/// Where the expression that begins at `start` (after `{{`) ends: the offset of its `}}`.
pub(super) fn end(text: &str, start: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut at, mut depth, mut quote) = (start, 0_usize, None);
    while at < bytes.len() {
        match (quote, bytes[at]) {
            (Some(_), b'\\') => at += 1,
            (Some(open), byte) if byte == open => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') => quote = Some(bytes[at]),
            (None, b'{') => depth += 1,
            (None, b'}') if depth > 0 => depth -= 1,
            (None, b'}') if bytes.get(at + 1) == Some(&b'}') => return Some(at),
            (None, _) => {}
        }
        at += 1;
    }
    None
}
