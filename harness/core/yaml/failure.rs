//! Where the parser gave up: what a person meant.

use granit_parser::{ErrorKind, ScanError};

use super::{
    parse::Builder,
    slip::{self, Context, Slip},
};

impl Builder<'_> {
    /// Finds what a person meant where the parser gave up.
    pub(super) fn failed(&mut self, error: &ScanError) {
        let text = self.text;
        let at = text.floor_char_boundary(error.marker().byte_offset().unwrap_or(text.len()).min(text.len()));
        // What was mended in this round may well be why; the next round tells.
        if self.slips.iter().any(|slip| slip.replacement.is_some()) {
            return;
        }
        let context = self.context();
        let slip = self.template_before(at).or_else(|| self.unclosed_above(at)).or_else(|| match error.kind() {
            ErrorKind::UnexpectedCharacter { character: '@' | '`' | '%' }
            | ErrorKind::MissingAnchorOrAliasName
            | ErrorKind::InvalidBlockScalarHeader => {
                let range = slip::extent(text, at, context);
                Some(Slip::unquoted(text, range, slip::cannot_begin(&text[at..])))
            }
            ErrorKind::UnknownQuotedScalarEscape => slip::unknown_escape(text, at),
            ErrorKind::InvalidTrailingSingleQuotedScalar | ErrorKind::InvalidTrailingDoubleQuotedScalar => {
                let start = self.next_content();
                let is_here = text[start..].starts_with(['\'', '"']) && start < at;
                if is_here { slip::text_after_quotes(text, start, context) } else { None }
            }
            ErrorKind::SimpleKeyExpected | ErrorKind::InvalidSimpleKey => slip::missing_space(text, at),
            ErrorKind::MappingValueNotAllowed
            | ErrorKind::ExpectedBlockMappingKey
            | ErrorKind::ExpectedBlockSequenceEntry
            | ErrorKind::ExpectedFlowMappingSeparator
            | ErrorKind::ExpectedFlowSequenceSeparator => self.text_goes_on(at, error.kind(), context),
            ErrorKind::UnexpectedEofBlockMapping
            | ErrorKind::UnexpectedEofBlockSequence
            | ErrorKind::UnexpectedEof
            | ErrorKind::MisplacedFlowCollectionEnd
            | ErrorKind::ExpectedNodeContent => {
                let is_value = context == Context::Block && self.next_content() == at && text[at..].starts_with([',', ']', '}']);
                is_value.then(|| Slip::unquoted(text, slip::extent(text, at, context), slip::cannot_begin(&text[at..])))
            }
            _ => None,
        });
        let slip = slip.or_else(|| self.hidden_bracket(at)).unwrap_or_else(|| {
            let at = place_of_tab(text, at, error.kind());
            let width = text[at..].chars().next().filter(|next| *next != '\n').map_or(0, char::len_utf8);
            let (message, help) = slip::explain(error.kind());
            Slip { range: at..at + width, message, help: help.map(str::to_owned), replacement: None }
        });
        self.slip(slip);
    }

    /// `{css: main #list}`: the comment hides the closing bracket.
    fn hidden_bracket(&self, at: usize) -> Option<Slip> {
        let text = self.text;
        let outermost = self.open.iter().find(|frame| frame.context == Context::Flow).map(|frame| frame.start);
        // The parser may not have told of the bracket that it complains of.
        let outermost = outermost.or_else(|| text[at..].starts_with(['[', '{']).then_some(at))?;
        let line = slip::line_from(text, outermost);
        let mut quote = None;
        let mut begins = outermost + 1;
        for (at, byte) in line.bytes().enumerate() {
            let place = outermost + at;
            match (quote, byte) {
                (Some(open), _) if open == byte => quote = None,
                (Some(_), _) => {}
                (None, b'\'' | b'"') if text[begins..place].trim().is_empty() => quote = Some(byte),
                (None, b':' | b',' | b'[' | b'{') => begins = place + 1,
                (None, b'#') if at > 0 && slip::hidden_text(text, place - 1) == Some(place) => {
                    let start = begins + text[begins..].len() - text[begins..].trim_start().len();
                    let range = slip::extent(text, start, Context::Flow);
                    return Some(Slip::unquoted(text, range, "`#` starts a comment here, and hides the text after it"));
                }
                (None, _) => {}
            }
        }
        None
    }

    /// The parser took the beginning of a text for the whole of it.
    fn text_goes_on(&self, at: usize, kind: &ErrorKind, context: Context) -> Option<Slip> {
        let text = self.text;
        let last = self.last.clone().filter(|last| last.end <= at && !last.is_empty())?;
        if text[last.start..at].contains('\n') {
            // `key:value` went on into the next line.
            return slip::missing_space(text, last.start);
        }
        let range = slip::extent(text, last.start, context);
        let rest = text[at..].chars().next()?;
        let written = &text[last.clone()];
        let message = match (kind, rest) {
            _ if written.starts_with(['[', '{', '*', '&']) => slip::cannot_begin(written),
            (_, ':') => String::from("`: ` within unquoted text starts a value here"),
            (_, '[' | '{') => format!("`{rest}` ends the unquoted text before it here"),
            _ => String::from("the value before this is complete, and text follows it"),
        };
        (range.end > at).then(|| Slip::unquoted(text, range, message))
    }

    /// A bracket that a line above opened, where this line is indented no further and so begins something else.
    fn unclosed_above(&self, at: usize) -> Option<Slip> {
        let text = self.text;
        let opener = self.open.iter().find(|frame| frame.context == Context::Flow)?.start;
        let line_of = |place: usize| text[..place].rfind('\n').map_or(0, |newline| newline + 1);
        let indent_of = |line: usize| text[line..].bytes().take_while(|byte| *byte == b' ').count();
        let (opened, here) = (line_of(opener), line_of(at));
        let begins_anew = opened < here && indent_of(here) <= indent_of(opened) && !text[here..].trim_start().starts_with([']', '}']);
        let bracket = text[opener..].chars().next().filter(|bracket| begins_anew && matches!(bracket, '[' | '{'))?;
        let (message, help) = slip::explain(&ErrorKind::UnclosedFlowCollection { open: bracket });
        self.hidden_bracket(at).or_else(|| Some(Slip::new(opener..opener + 1, message).help(help.unwrap_or_default())))
    }

    /// A template that the parser did not get past, as it looked ahead: `- {{ x | join(', ') }}`.
    fn template_before(&self, at: usize) -> Option<Slip> {
        let start = self.next_content();
        let line = self.text.get(start..at).filter(|line| !line.contains('\n'))?;
        let brace = line
            .find("{{")
            .filter(|brace| line[..*brace].trim_end().is_empty() || line[..*brace].trim_end().ends_with(['[', '{', ',', ':']))?;
        // Behind a bracket, brackets and commas end it.
        let context = if line[..brace].contains(['[', '{']) { Context::Flow } else { self.context() };
        Some(slip::template(self.text, start + brace, context))
    }
}

/// Where the tab is, for complaints about one: the parser may have gone past it.
fn place_of_tab(text: &str, at: usize, kind: &ErrorKind) -> usize {
    let line_start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    match kind {
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInPlainScalar
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabAtBlockScalarStart => {
            let before = text[line_start..at].find('\t').map(|tab| line_start + tab);
            before.or_else(|| text[at..].find('\t').map(|tab| at + tab)).unwrap_or(at)
        }
        _ => at,
    }
}
