//! Reads what stands where a matcher is wanted: a plain value, which means equal, or a map of matchers.

use std::sync::Arc;

use super::{
    Check, MATCHERS, Mode, NOT_YET, Subject,
    equals::{self, EqualsCheck},
    find,
};
use crate::{
    assertion::{Context, Outcome},
    diagnostic::{Diagnostic, Span, did_you_mean},
    extract::{Argument, Unresolved},
    template::{Dynamic, Scope},
    yaml::{Entry, Node, Yaml},
};

/// One matcher as written: everything in it must hold.
#[derive(Debug, Clone)]
pub struct Matcher {
    checks: Vec<Arc<dyn Check>>,
    mode: Mode,
    span: Span,
}

/// What a kind of matcher sees while it reads its argument.
pub struct Parsing<'p> {
    /// How the value will be read.
    pub mode: Mode,
    /// Where mistakes go.
    pub diagnostics: &'p mut Vec<Diagnostic>,
    /// All entries of the map that the matcher stands in, its own included.
    pub beside: &'p [Entry],
}

impl Parsing<'_> {
    /// Whether an empty list is judged by `count` or `empty` in the same map, so that the others may let it pass.
    #[must_use]
    pub fn judges_emptiness(&self) -> bool {
        self.beside.iter().any(|entry| matches!(entry.key.as_str(), "count" | "empty"))
    }

    /// Adds a mistake.
    pub fn complain(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }
}

impl Matcher {
    /// Reads a node, given how the value will be read. Nothing when something is wrong; every mistake goes into the diagnostics.
    pub fn parse(node: &Node, mode: Mode, diagnostics: &mut Vec<Diagnostic>) -> Option<Self> {
        match &node.value {
            Yaml::Map(entries) if entries.is_empty() => {
                diagnostics
                    .push(Diagnostic::error(&node.span, "an empty map checks nothing").help("to expect an empty map write `equals: {}`"));
                None
            }
            Yaml::Map(entries) => Self::parse_entries(entries, &node.span, mode, diagnostics),
            Yaml::Blank | Yaml::Null | Yaml::Bool(_) | Yaml::Number(_) | Yaml::Text { .. } | Yaml::List(_) => {
                let check: Arc<dyn Check> = Arc::new(Self::plain(node, mode, diagnostics)?);
                Some(Self { checks: vec![check], mode, span: node.span.clone() })
            }
        }
    }

    /// Reads the entries of a map from which the caller has taken its own keys. There must be at least one.
    pub fn parse_entries(entries: &[Entry], span: &Span, mode: Mode, diagnostics: &mut Vec<Diagnostic>) -> Option<Self> {
        if entries.is_empty() {
            diagnostics.push(Diagnostic::error(span, "there is no matcher").help("such as `equals: …` or `exists: true`"));
            return None;
        }
        let companions: Vec<&str> = entries.iter().filter_map(|entry| find(&entry.key)).flat_map(|kind| kind.companions()).collect();
        let mut checks = Some(Vec::new());
        for entry in entries {
            if companions.contains(&entry.key.as_str()) {
                continue;
            }
            let Some(kind) = find(&entry.key) else {
                diagnostics.push(unknown(entry));
                checks = None;
                continue;
            };
            let mut parsing = Parsing { mode, diagnostics, beside: entries };
            match kind.parse(&entry.value, &mut parsing) {
                Some(check) => {
                    if let Some(checks) = &mut checks {
                        checks.push(check);
                    }
                }
                None => checks = None,
            }
        }
        Some(Self { checks: checks?, mode, span: span.clone() })
    }

    fn plain(node: &Node, mode: Mode, diagnostics: &mut Vec<Diagnostic>) -> Option<EqualsCheck> {
        if node.value == Yaml::Blank {
            diagnostics.push(
                Diagnostic::error(&node.span, "nothing is written here").help("write a value, `null`, or a matcher such as `exists: true`"),
            );
            return None;
        }
        equals::parse(node, mode, diagnostics)
    }

    /// Judges a value.
    ///
    /// # Errors
    /// When a template in the matcher cannot be rendered.
    pub fn judge(&self, subject: &Subject<'_>, context: &Context<'_>) -> Result<Outcome, Unresolved> {
        for check in &self.checks {
            let outcome = check.judge(subject, context)?;
            if !outcome.holds() {
                return Ok(outcome);
            }
        }
        Ok(Outcome::Holds)
    }

    /// What is expected, as a phrase that completes "expected …".
    #[must_use]
    pub fn phrase(&self, context: &Context<'_>) -> String {
        let phrases: Vec<String> = self.checks.iter().map(|check| check.phrase(context)).collect();
        phrases.join(" and ")
    }

    /// How the value is read.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// Where it is written.
    #[must_use]
    pub fn span(&self) -> &Span {
        &self.span
    }

    /// Adds the templates in it.
    pub fn dynamics<'a>(&'a self, found: &mut Vec<&'a Dynamic>) {
        for check in &self.checks {
            check.dynamics(found);
        }
    }

    /// Whether it judges so many values as one list, so that a subject of several matches is a list and no mistake.
    #[must_use]
    pub fn takes_list(&self, n_values: usize, scope: &Scope) -> bool {
        self.checks.iter().any(|check| check.takes_list(n_values, scope))
    }
}

/// Adds the template of an argument, if it has one.
pub(super) fn push<'a, T>(argument: &'a Argument<T>, found: &mut Vec<&'a Dynamic>) {
    found.extend(argument.dynamic());
}

fn unknown(entry: &Entry) -> Diagnostic {
    let name = entry.key.as_str();
    if NOT_YET.contains(&name) {
        return Diagnostic::error(&entry.key_span, format!("`{name}` is not supported yet"));
    }
    let diagnostic = Diagnostic::error(&entry.key_span, format!("unknown matcher `{name}`"));
    if name.starts_with('$') {
        return diagnostic.help(format!("rows of a list are judged with `each: {{{name}: …}}`"));
    }
    if let Some(kind) = MATCHERS.iter().find(|kind| kind.companions().contains(&name)) {
        return diagnostic.help(format!("it stands beside `{}`", kind.name()));
    }
    match did_you_mean(name, MATCHERS.iter().map(|kind| kind.name())) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic.help("to expect a map with this key write `contains: {…}` or `equals: {…}`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assertion::matcher::testing::complaints;

    #[test]
    fn mistakes_are_named_with_what_helps() {
        complaints("{contain: x}", Mode::Json, &["unknown matcher `contain` (did you mean `contains`?)"]);
        complaints("{}", Mode::Json, &["an empty map checks nothing (to expect an empty map write `equals: {}`)"]);
        complaints("{schema: x.json}", Mode::Json, &["`schema` is not supported yet"]);
        complaints("{$.x: 1}", Mode::Json, &["unknown matcher `$.x` (rows of a list are judged with `each: {$.x: …}`)"]);
    }

    #[test]
    fn all_mistakes_of_a_map_are_reported() {
        complaints(
            "{contain: x, coun: 3, matches: '('}",
            Mode::Json,
            &[
                "unknown matcher `contain` (did you mean `contains`?)",
                "unknown matcher `coun` (did you mean `count`?)",
                "`(` is not a regular expression: unclosed group",
            ],
        );
    }

    #[test]
    fn a_list_is_never_equal_to_a_scalar() {
        complaints("[200, 404]", Mode::Status, &["a status is never equal to a list (did you mean `one_of`?)"]);
        complaints("{equals: [a]}", Mode::Text, &["text is never equal to a list (did you mean `one_of`?)"]);
        complaints("[1, 2]", Mode::Json, &[]);
    }

    #[test]
    fn a_status_is_a_code_or_a_class() {
        complaints("2xx", Mode::Status, &[]);
        complaints("{one_of: [200, 3XX]}", Mode::Status, &[]);
        complaints(
            "abc",
            Mode::Status,
            &["`abc` is not a status (a status is a number such as `200`, a class such as `2xx`, or a matcher)"],
        );
        complaints("99", Mode::Status, &["`99` is not a status (a status is a number such as `200`, a class such as `2xx`, or a matcher)"]);
        complaints("{at_least: 2s}", Mode::Status, &["a status is never compared with a duration"]);
    }
}
