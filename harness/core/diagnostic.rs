//! One shape for every complaint about what a person wrote: where it stands, what is wrong, what would help.
//!
//! Holds no colours and prints nothing.

use std::{fmt, ops::Range, sync::Arc};

/// A text that diagnostics point into: one file of the suites folder, or one command-line argument.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Source {
    /// The name shown to people, with forward slashes: `suites/login.yaml`.
    pub name: String,
    /// The whole text.
    pub text: String,
}

impl Source {
    /// A shared source.
    #[must_use]
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Arc<Self> {
        Arc::new(Self { name: name.into(), text: text.into() })
    }

    /// Line and column of a byte offset, both counted from 1; columns count characters.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        let offset = floor_char_boundary(&self.text, offset.min(self.text.len()));
        let before = &self.text[..offset];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Position { line: before.bytes().filter(|byte| *byte == b'\n').count() + 1, column: before[line_start..].chars().count() + 1 }
    }

    /// The text of a line (counted from 1) without its line break, or nothing past the end.
    #[must_use]
    pub fn line(&self, line: usize) -> Option<&str> {
        self.text.split('\n').nth(line.checked_sub(1)?).map(|text| text.strip_suffix('\r').unwrap_or(text))
    }
}

fn floor_char_boundary(text: &str, mut offset: usize) -> usize {
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// A place in a text, for people: both counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// The line, counted from 1.
    pub line: usize,
    /// The column in characters, counted from 1.
    pub column: usize,
}

/// A stretch of a source, in bytes.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Span {
    /// The text it lies in.
    pub source: Arc<Source>,
    /// First byte.
    pub start: usize,
    /// One past the last byte; may equal `start`.
    pub end: usize,
}

impl Span {
    /// A span of `range` in `source`.
    #[must_use]
    pub fn new(source: &Arc<Source>, range: Range<usize>) -> Self {
        Self { source: Arc::clone(source), start: range.start, end: range.end }
    }

    /// Where it begins.
    #[must_use]
    pub fn position(&self) -> Position {
        self.source.position(self.start)
    }

    /// The line it begins in, counted from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.position().line
    }

    /// The text it covers.
    #[must_use]
    pub fn text(&self) -> &str {
        self.source.text.get(self.start..self.end).unwrap_or("")
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{self}")
    }
}

/// `file:line:column`.
impl fmt::Display for Span {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Position { line, column } = self.position();
        write!(formatter, "{}:{line}:{column}", self.source.name)
    }
}

/// Whether a diagnostic stops the run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The file is broken: nothing is sent.
    Error,
    /// Worth a look; the run goes on.
    Warning,
}

/// One complaint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Whether it stops the run.
    pub severity: Severity,
    /// Where; nothing for complaints about a whole folder or command line.
    pub span: Option<Span>,
    /// What is wrong: lower case, one sentence, no full stop.
    pub message: String,
    /// What would help, such as "did you mean `contains`?".
    pub help: Option<String>,
    /// What `check --fix` would put in place of the span.
    pub fix: Option<String>,
}

impl Diagnostic {
    /// An error at a place.
    #[must_use]
    pub fn error(span: &Span, message: impl Into<String>) -> Self {
        Self { severity: Severity::Error, span: Some(span.clone()), message: message.into(), help: None, fix: None }
    }

    /// A warning at a place.
    #[must_use]
    pub fn warning(span: &Span, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(span, message) }
    }

    /// An error without a place.
    #[must_use]
    pub fn general(message: impl Into<String>) -> Self {
        Self { severity: Severity::Error, span: None, message: message.into(), help: None, fix: None }
    }

    /// The same, with help.
    #[must_use]
    pub fn help(self, help: impl Into<String>) -> Self {
        Self { help: Some(help.into()), ..self }
    }

    /// The same, with what `check --fix` would write in place of the span.
    #[must_use]
    pub fn fix(self, replacement: impl Into<String>) -> Self {
        Self { fix: Some(replacement.into()), ..self }
    }
}
