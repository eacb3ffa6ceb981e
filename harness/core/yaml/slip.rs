//! The usual slips: text that wanted quotes. Where it begins and ends, and what to say.

use std::ops::Range;

use granit_parser::ErrorKind;

use super::{
    limits::MAX_NESTING,
    node::{cut, quoted},
};

/// A mistake whose place is known and mostly its remedy too. Places are those of the text that was parsed.
#[derive(Debug, PartialEq)]
pub(super) struct Slip {
    pub(super) range: Range<usize>,
    pub(super) message: String,
    pub(super) help: Option<String>,
    /// What was meant, if that is plain.
    pub(super) replacement: Option<String>,
}

impl Slip {
    /// A mistake that only a person can mend.
    pub(super) fn new(range: Range<usize>, message: impl Into<String>) -> Self {
        Self { range, message: message.into(), help: None, replacement: None }
    }

    pub(super) fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// Text that wants quotes.
    pub(super) fn unquoted(text: &str, range: Range<usize>, message: impl Into<String>) -> Self {
        if range.len() >= LONG_LINE {
            return Self::new(range.start..range.start, message).help("quote the text");
        }
        let replacement = quoted(&text[range.clone()]);
        Self {
            range,
            message: message.into(),
            help: Some(format!("quote the text: {}", cut(&replacement))),
            replacement: Some(replacement),
        }
    }
}

/// Bytes of a line that are looked at, so that slips in one endless line do not cost its length each.
const LONG_LINE: usize = 4_000;

/// Whether text stands in a line of its own or within brackets, where commas and brackets end it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Context {
    Block,
    Flow,
}

/// Where text that begins at `start` was meant to end: at the end of its line or, within brackets,
/// before the next comma or closing bracket that is not part of it.
pub(super) fn extent(text: &str, start: usize, context: Context) -> Range<usize> {
    let line = line_from(text, start);
    let end = match context {
        Context::Block => comment_in(line).unwrap_or(line.len()),
        Context::Flow => flow_end(line),
    };
    start..start + line[..end].trim_end().len()
}

/// The rest of the line at `start` without its break, or so much of it as people write in a line.
pub(super) fn line_from(text: &str, start: usize) -> &str {
    let end = text.ceil_char_boundary((start + LONG_LINE).min(text.len()));
    text[start..end].split(['\n', '\r']).next().unwrap_or("")
}

/// Where a comment as people write them begins: a blank, `#`, a blank.
fn comment_in(line: &str) -> Option<usize> {
    let bytes = line.as_bytes();
    (1..bytes.len())
        .find(|at| bytes[*at] == b'#' && matches!(bytes[at - 1], b' ' | b'\t') && matches!(bytes.get(at + 1), None | Some(b' ' | b'\t')))
}

fn flow_end(line: &str) -> usize {
    // Brackets that open in the text belong to it. If they do not close, no bracket does.
    let mut open = Vec::new();
    let mut escaped = false;
    let mut first = None;
    for (at, byte) in line.bytes().enumerate() {
        if std::mem::take(&mut escaped) {
            continue;
        }
        match byte {
            b'\\' => escaped = true,
            b'[' | b'{' | b'(' => open.push(byte),
            b']' | b'}' | b')' | b',' => {
                if byte != b')' && first.is_none() {
                    first = Some(at);
                }
                let opener = match byte {
                    b']' => b'[',
                    b'}' => b'{',
                    b')' => b'(',
                    _ => 0,
                };
                match open.last() {
                    Some(last) if *last == opener => {
                        open.pop();
                    }
                    None if byte != b')' => return at,
                    _ => {}
                }
            }
            _ => {}
        }
    }
    if open.is_empty() { line.len() } else { first.unwrap_or(line.len()) }
}

/// A `#` right before text, after unquoted text that ends at `end` (or where text was expected): it starts a comment.
/// Gives where the hidden text begins.
pub(super) fn hidden_text(text: &str, end: usize) -> Option<usize> {
    let rest = &text[end..];
    let after = rest.trim_start_matches([' ', '\t']);
    let is_separate = after.len() < rest.len() || end == 0 || text[..end].ends_with('\n');
    let mut hidden = after.strip_prefix('#')?.chars();
    (is_separate && hidden.next().is_some_and(|next| !next.is_whitespace())).then(|| text.len() - after.len())
}

/// A double-quoted text that begins at `start` and holds an escape YAML does not know.
pub(super) fn unknown_escape(text: &str, start: usize) -> Option<Slip> {
    let inner = text.get(start + 1..)?;
    let mut end = None;
    let mut unknown = None;
    let mut is_ambiguous = false;
    let mut characters = inner.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => {
                end = Some(at);
                break;
            }
            '\\' => match characters.next()?.1 {
                // Quoted by the other kind of quotes, these are what they are.
                '"' => {}
                // Meant as escapes of the text itself, or of YAML? A regular expression reads most of them alike.
                'n' | 't' | 'r' | 'x' | 'u' | 'f' | 'v' => {}
                '\\' | '/' | ' ' | '\n' | '\r' | '0' | 'a' | 'b' | 'e' | 'N' | '_' | 'L' | 'P' | 'U' | '\t' => is_ambiguous = true,
                other => {
                    unknown.get_or_insert((at, other));
                }
            },
            '\n' => is_ambiguous = true,
            _ => {}
        }
    }
    let (at, character) = unknown?;
    let place = start + 1 + at;
    let message = format!("`\\{character}` means nothing in double quotes");
    let end = end?;
    if is_ambiguous {
        return Some(
            Slip::new(place..place + 1 + character.len_utf8(), message).help("use single quotes, in which a backslash is a backslash"),
        );
    }
    let replacement = quoted(&inner[..end].replace("\\\"", "\""));
    Some(Slip {
        range: start..start + end + 2,
        message,
        help: Some(format!("use single quotes, in which a backslash is a backslash: {}", cut(&replacement))),
        replacement: Some(replacement),
    })
}

/// A quoted text that begins at `start` and goes on behind its closing quote.
pub(super) fn text_after_quotes(text: &str, start: usize, context: Context) -> Option<Slip> {
    let range = extent(text, start, context);
    let written = &text[range.clone()];
    let apostrophes = written.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
    let message = "there is text behind the closing quote";
    match apostrophes {
        Some(inner) if !inner.is_empty() => {
            let replacement = quoted(&inner.replace("''", "'"));
            let help = format!("within single quotes, write an apostrophe twice: {}", cut(&replacement));
            Some(Slip { range, message: message.into(), help: Some(help), replacement: Some(replacement) })
        }
        _ => (written.len() > 1).then(|| Slip::unquoted(text, range, message)),
    }
}

/// A line `key:value`, whose colon lacks its space.
pub(super) fn missing_space(text: &str, start: usize) -> Option<Slip> {
    let line = line_from(text, start);
    let (key, value) = line.split_once(':')?;
    let is_word = |character: char| character.is_alphanumeric() || matches!(character, '_' | '-' | '$' | '.');
    let is_key = !key.is_empty() && key.chars().all(is_word);
    if !is_key || value.is_empty() || value.starts_with([' ', '/', ':', '\t']) {
        return None;
    }
    let range = start..start + key.len() + 1;
    Some(Slip {
        range,
        message: format!("a space is missing after `{key}:`"),
        help: Some(format!("write `{key}: {}`", cut(value))),
        replacement: Some(format!("{key}: ")),
    })
}

/// A template that begins at `start` without quotes.
pub(super) fn template(text: &str, start: usize, context: Context) -> Slip {
    let range = extent(text, start, context);
    let mut slip = Slip::unquoted(text, range.clone(), cannot_begin("{{"));
    slip.help = slip.help.map(|help| help.replacen("the text", "the template", 1));
    if !text[range].contains("}}") {
        slip.replacement = None;
    }
    slip
}

/// A key within braces that begins at `start`, whose own brackets end it too early: `{$[0].name: x}`.
pub(super) fn key_with_brackets(text: &str, start: usize, end: usize) -> Option<Slip> {
    let bracket = text[end..].chars().next().filter(|next| matches!(next, '[' | '{'))?;
    let written = &text[extent(text, start, Context::Flow)];
    let mut depth = 0_usize;
    let colon = written.bytes().enumerate().position(|(at, byte)| {
        match byte {
            b'[' | b'{' | b'(' => depth += 1,
            b']' | b'}' | b')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        byte == b':' && depth == 0 && matches!(written.as_bytes().get(at + 1), None | Some(b' '))
    })?;
    let mut slip = Slip::unquoted(text, start..start + colon, format!("`{bracket}` ends the unquoted key before it here"));
    slip.help = slip.help.map(|help| help.replacen("the text", "the key", 1));
    Some(slip)
}

/// What to say of lists and maps that hostile files nest.
pub(super) fn too_deep() -> String {
    format!("more than {MAX_NESTING} lists and maps stand within each other")
}

/// What to say of a text that cannot begin with this character.
pub(super) fn cannot_begin(written: &str) -> String {
    if written.starts_with("{{") {
        return String::from("`{{` starts a map here, not a template");
    }
    match written.chars().next() {
        Some('[') => String::from("`[` starts a list here, and text follows it"),
        Some('{') => String::from("`{` starts a map here, and text follows it"),
        Some('*') => String::from("`*` starts an alias here"),
        Some('&') => String::from("`&` starts an anchor here"),
        Some('#') => String::from("`#` starts a comment here"),
        Some(first @ ('>' | '|')) => format!("`{first}` starts a block of text here"),
        Some(first) => format!("unquoted text cannot begin with `{}`", first.escape_debug()),
        None => String::from("text is expected here"),
    }
}

/// A parser's complaint that no slip explains: in words, with help.
pub(super) fn explain(kind: &ErrorKind) -> (String, Option<&'static str>) {
    use ErrorKind as Kind;
    let (message, help) = match kind {
        Kind::TabNotAllowed
        | Kind::TabInBlockIndentation
        | Kind::TabAtBlockScalarStart
        | Kind::TabInIndentation
        | Kind::TabInPlainScalar => ("a tab cannot indent YAML", "indent with spaces"),
        Kind::UnclosedQuotedScalar | Kind::DocumentIndicatorInQuotedScalar => {
            ("the quote that opens here is never closed", "close it, or quote the whole text with the other kind of quotes")
        }
        Kind::InvalidQuotedScalarIndent => ("this line goes on with a quoted text and must be indented", "is the quote above closed?"),
        Kind::UnclosedFlowCollection { open: '{' } | Kind::UnexpectedEofFlowMapping | Kind::UnexpectedEofImplicitFlowMapping => {
            ("the `{` that opens here is never closed", "close it with `}`, or quote the text that holds it")
        }
        Kind::UnclosedFlowCollection { .. } | Kind::UnexpectedEofFlowSequence => {
            ("the `[` that opens here is never closed", "close it with `]`, or quote the text that holds it")
        }
        Kind::MisplacedFlowCollectionEnd => ("this bracket closes nothing", "quote the text that holds it"),
        Kind::MismatchedFlowCollectionEnd { open, close } => {
            return (format!("`{close}` closes what `{open}` opened"), Some("close it with its own kind, or quote the text that holds it"));
        }
        Kind::ExpectedFlowMappingSeparator => ("a comma or `}` is expected here", "quote text that holds brackets, commas or colons"),
        Kind::ExpectedFlowSequenceSeparator => ("a comma or `]` is expected here", "quote text that holds brackets, commas or colons"),
        Kind::RecursionLimitExceeded => return (too_deep(), None),
        Kind::SimpleKeyExpected | Kind::InvalidSimpleKey => ("`key: value` is expected here", "is a colon missing, or a quote open above?"),
        Kind::ExpectedBlockMappingKey | Kind::MappingKeyNotAllowed | Kind::InvalidIndentation => {
            ("this does not fit the keys above it", "keys of one map begin in the same column")
        }
        Kind::ExpectedBlockSequenceEntry => ("`- ` is expected here", "items of one list begin in the same column"),
        Kind::BlockSequenceEntryNotAllowed | Kind::BlockEntryInFlowCollection | Kind::InvalidBlockEntryWhitespace => {
            ("a list cannot begin here", "begin it in a line of its own, or quote the text")
        }
        Kind::MappingValueNotAllowed | Kind::InvalidColonPlacement | Kind::FlowMappingValueAdjacentCollection => {
            ("a colon makes a key here, where none can stand", "quote text that holds `: `; or is the line indented too far?")
        }
        Kind::InvalidMappingValueWhitespace => ("a space must follow the colon", "write `key: value`"),
        Kind::CommentInterceptedScalar => ("a comment cannot stand within text of several lines", "quote the text, or move the comment"),
        Kind::CommentNotSeparated => ("a space must stand before `#`", "quote the text if `#` is part of it"),
        Kind::InvalidBlockScalarIndent | Kind::ZeroBlockScalarIndent => {
            ("the lines of a block of text begin in the same column", "indent it by spaces, further than its key")
        }
        Kind::InvalidQuotedScalarHexEscape
        | Kind::InvalidLowSurrogateHexEscape
        | Kind::InvalidLowSurrogate
        | Kind::MissingLowSurrogate
        | Kind::UnpairedLowSurrogate
        | Kind::InvalidUnicodeEscape
        | Kind::UnknownQuotedScalarEscape => {
            ("this double-quoted text holds an escape that means nothing", "use single quotes, in which a backslash is a backslash")
        }
        Kind::BomInsideDocument => ("a byte order mark stands within the text", "delete it; it cannot be seen in most editors"),
        Kind::UnexpectedCharacter { character } => {
            return (
                format!("`{}` cannot stand here", character.escape_default()),
                Some("quote the text; control characters want an escape in double quotes"),
            );
        }
        Kind::UnexpectedEof | Kind::UnexpectedEofBlockMapping | Kind::UnexpectedEofBlockSequence | Kind::ExpectedNodeContent => {
            ("a value is expected here", "quote text that holds special characters")
        }
        Kind::ExpectedDocumentStart | Kind::InvalidDocumentEnd | Kind::MultipleDocumentsUnsupported => {
            ("nothing can follow the end of the document", "a file holds one document")
        }
        Kind::UndeclaredTagHandle | Kind::InvalidTagTerminator | Kind::MissingTagUri | Kind::UnclosedVerbatimTag => {
            ("`!` starts a tag here; tags are not used in suites", "quote the text if it begins with `!`")
        }
        // The rest are directives, tags and anchors that people do not write.
        other => return (format!("this is not YAML: {other}"), None),
    };
    (message.to_owned(), Some(help))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, context: Context, expected: &str) {
        assert_eq!(&text[extent(text, 0, context)], expected, "{text}");
    }

    #[test]
    fn text_of_a_line_ends_before_its_comment() {
        check("[symbol] text  # why\nnext", Context::Block, "[symbol] text");
        check("@a #b, c\r\nnext", Context::Block, "@a #b, c");
        check("{{ x }}/y #", Context::Block, "{{ x }}/y");
    }

    #[test]
    fn text_within_brackets_keeps_the_brackets_it_opens() {
        check("$[0].name, x: 1}", Context::Flow, "$[0].name");
        check("^\\d{3}$}", Context::Flow, "^\\d{3}$");
        check("{{ a | join(', ') }}/x, b]", Context::Flow, "{{ a | join(', ') }}/x");
        check("$[?(@.a == 'b, c')] }", Context::Flow, "$[?(@.a == 'b, c')]");
        check("\\[x\\], y", Context::Flow, "\\[x\\]");
        check("[^}", Context::Flow, "[^");
        check("*.js]", Context::Flow, "*.js");
    }

    #[test]
    fn a_hidden_text_is_one_that_follows_its_hash() {
        assert_eq!(hidden_text("main #list", 4), Some(5));
        for text in ["main # list", "main#list", "main #", "main #\n", "main\n#list", "main"] {
            assert_eq!(hidden_text(text, 4), None, "{text:?}");
        }
    }
}
