//! A complaint, its order among others, and its form for programs.

use serde::Serialize;

use super::{Position, Span};

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

    /// The same for programs: what `check --format json` lists.
    #[must_use]
    pub fn view(&self) -> View<'_> {
        let position = self.span.as_ref().map(Span::position);
        View {
            file: self.span.as_ref().map(|span| span.source.name.as_str()),
            line: position.map(|Position { line, .. }| line),
            column: position.map(|Position { column, .. }| column),
            severity: match self.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            },
            message: &self.message,
            help: self.help.as_deref(),
        }
    }
}

/// A diagnostic as programs read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct View<'d> {
    /// The file's name; nothing for complaints without a place, as the two below.
    pub file: Option<&'d str>,
    /// The line, counted from 1.
    pub line: Option<usize>,
    /// The column in characters, counted from 1.
    pub column: Option<usize>,
    /// `error` or `warning`.
    pub severity: &'static str,
    /// What is wrong.
    pub message: &'d str,
    /// What would help.
    pub help: Option<&'d str>,
}

/// Brings diagnostics into the order of files and places, those without a place first, and drops repetitions.
pub fn sort(diagnostics: &mut Vec<Diagnostic>) {
    fn place(diagnostic: &Diagnostic) -> Option<(&str, usize, usize)> {
        diagnostic.span.as_ref().map(|span| (span.source.name.as_str(), span.start, span.end))
    }
    diagnostics.sort_by(|one, two| {
        place(one).cmp(&place(two)).then_with(|| one.severity.cmp(&two.severity)).then_with(|| one.message.cmp(&two.message))
    });
    diagnostics.dedup_by(|one, two| place(one) == place(two) && one.message == two.message);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Source;

    #[test]
    fn diagnostics_stand_in_the_order_of_places_and_only_once() {
        let (one, two) = (Source::new("a.yaml", "a: b\n"), Source::new("b.yaml", "a: b\n"));
        let mut diagnostics = vec![
            Diagnostic::error(&Span::new(&two, 0..1), "third"),
            Diagnostic::error(&Span::new(&one, 3..4), "second"),
            Diagnostic::warning(&Span::new(&one, 0..1), "first"),
            Diagnostic::error(&Span::new(&one, 3..4), "second").help("said again"),
            Diagnostic::general("before all"),
        ];
        sort(&mut diagnostics);
        let messages: Vec<&str> = diagnostics.iter().map(|diagnostic| diagnostic.message.as_str()).collect();
        assert_eq!(messages, ["before all", "first", "second", "third"]);
    }

    #[test]
    fn programs_get_the_place_in_numbers() {
        let source = Source::new("a.yaml", "a: 1\nü: 2\n");
        let json = serde_json::to_string(&Diagnostic::warning(&Span::new(&source, 9..10), "odd").view()).expect("a view is plain data");
        assert_eq!(json, r#"{"file":"a.yaml","line":2,"column":4,"severity":"warning","message":"odd","help":null}"#);
        let json = serde_json::to_string(&Diagnostic::general("none").help("do it").view()).expect("a view is plain data");
        assert_eq!(json, r#"{"file":null,"line":null,"column":null,"severity":"error","message":"none","help":"do it"}"#);
    }
}
