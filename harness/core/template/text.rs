//! Texts with `{{ … }}`: read once with every mistake at its place, rendered for each step.

use std::{fmt, ops::Range, sync::Arc};

use super::{
    evaluate::{Evaluator, Failure},
    expression::{self, Expression, Mistake, did_you_mean},
    scope::Scope,
    token,
    value::json_text,
};
use crate::{
    diagnostic::{Diagnostic, Span},
    json::Json,
};

/// A text that may hold `{{ … }}`.
#[derive(Clone)]
pub struct Template {
    text: Arc<str>,
    span: Span,
    parts: Arc<[Part]>,
    names: Arc<[Name]>,
}

#[derive(Debug)]
enum Part {
    Literal(String),
    Expression {
        expression: Expression,
        /// Where it stands between the braces.
        range: Range<usize>,
        /// Whether a word with a hyphen stands in it, which only the scope can tell from a subtraction.
        is_ambiguous: bool,
    },
}

/// A name that a template uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// `plugin`, `web`, `secret.TOKEN`, `environment.name`, `environment.refresh`. Fields of a variable are left out.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

impl Name {
    /// The name after `secret.`.
    #[must_use]
    pub fn secret(&self) -> Option<&str> {
        self.text.strip_prefix("secret.")
    }
}

/// What a template stands for.
#[derive(Clone, PartialEq)]
pub struct Rendered {
    /// The value: untouched for one lone `{{ x }}`, else text.
    pub value: Json,
    /// Whether a secret or a secret variable went into it, so that it must be treated as one.
    pub secret: bool,
}

/// Shows the value only where it is no secret.
impl fmt::Debug for Rendered {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.secret { formatter.write_str("•••") } else { self.value.fmt(formatter) }
    }
}

/// What a template stands for, as text.
#[derive(Clone, PartialEq, Eq)]
pub struct RenderedText {
    /// The text.
    pub text: String,
    /// Whether a secret or a secret variable went into it, so that it must be treated as one.
    pub secret: bool,
}

/// Shows the text only where it is no secret.
impl fmt::Debug for RenderedText {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.secret { formatter.write_str("•••") } else { self.text.fmt(formatter) }
    }
}

/// Why a template stands for nothing in a scope: a name that is unknown, a value of the wrong type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct RenderError {
    /// Where the expression stands.
    pub span: Span,
    /// What is wrong: lower case, one sentence, no full stop.
    pub message: String,
    /// What would help, such as "did you mean `plugin`?".
    pub help: Option<String>,
}

impl RenderError {
    /// The same as a complaint about the suite.
    #[must_use]
    pub fn diagnostic(&self) -> Diagnostic {
        Diagnostic { help: self.help.clone(), ..Diagnostic::error(&self.span, self.message.clone()) }
    }
}

impl Template {
    /// Reads a text that stands at `span`.
    ///
    /// # Errors
    /// A `{{` that is never closed, a `{% … %}`, and any expression that is not sound; at its place.
    pub fn parse(text: &str, span: &Span) -> Result<Self, Diagnostic> {
        let begins = offset(text, span);
        let complain = |mistake: Mistake| {
            let place = place(text, span, begins, &mistake.at);
            Diagnostic { help: mistake.help, ..Diagnostic::error(&place, mistake.message) }
        };
        let mut parts = Vec::new();
        let mut names = Vec::new();
        let mut at = 0;
        while let Some(offset) = text[at..].find("{{") {
            let open = at + offset;
            let Some(close) = token::end(text, open + 2) else {
                let mistake = Mistake {
                    at: open..open + 2,
                    message: String::from("this `{{` is never closed"),
                    help: Some(String::from("a literal `{{` is written `{{ '{{' }}`")),
                };
                return Err(complain(mistake));
            };
            no_statements(text, at..open).map_err(complain)?;
            // `{{- x -}}` takes the blanks around it away, as in MiniJinja; a minus sign stands close to its number.
            let mut range = open + 2..close;
            let mut literal = &text[at..open];
            if text[range.clone()].starts_with("- ") {
                range.start += 1;
                literal = literal.trim_end();
            }
            let trims_after = range.len() > 1 && text[range.clone()].ends_with('-');
            range.end -= usize::from(trims_after);
            push_literal(&mut parts, literal);
            let (expression, is_ambiguous) = read(text, &range).map_err(complain)?;
            let mut found = Vec::new();
            expression.names(&mut found);
            names.extend(found.into_iter().map(|(name, at)| Name { text: name, span: place(text, span, begins, &at) }));
            parts.push(Part::Expression { expression, range, is_ambiguous });
            at = close + 2;
            if trims_after {
                at += text[at..].len() - text[at..].trim_start().len();
            }
        }
        no_statements(text, at..text.len()).map_err(complain)?;
        push_literal(&mut parts, &text[at..]);
        Ok(Self { text: text.into(), span: span.clone(), parts: parts.into(), names: names.into() })
    }

    /// A template that stands for `text` itself, whatever it holds.
    #[must_use]
    pub fn of_literal(text: &str, span: &Span) -> Self {
        let mut parts = Vec::new();
        push_literal(&mut parts, text);
        Self { text: text.into(), span: span.clone(), parts: parts.into(), names: Arc::new([]) }
    }

    /// The text as it was written.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.text
    }

    /// Where it stands.
    #[must_use]
    pub fn span(&self) -> &Span {
        &self.span
    }

    /// Every name that it uses, in the order written. A word with hyphens counts as one name here; see [`Template::unknown_names`].
    #[must_use]
    pub fn names(&self) -> &[Name] {
        &self.names
    }

    /// The names that `is_known` does not know, where `n-1` means `n` minus 1 unless `n-1` is known.
    ///
    /// `is_known` is asked for `secret.TOKEN`, `environment.name` and `environment.refresh` too.
    pub fn unknown_names(&self, is_known: &dyn Fn(&str) -> bool) -> Vec<Name> {
        let mut names = Vec::new();
        for part in &*self.parts {
            let Part::Expression { expression, range, is_ambiguous } = part else { continue };
            let resolved = is_ambiguous.then(|| resolve(&self.text, range, is_known)).and_then(Result::ok);
            resolved.as_ref().unwrap_or(expression).names(&mut names);
        }
        names.retain(|(name, _)| !is_known(name));
        if names.is_empty() {
            return Vec::new();
        }
        let begins = offset(&self.text, &self.span);
        names.into_iter().map(|(text, at)| Name { text, span: place(&self.text, &self.span, begins, &at) }).collect()
    }

    /// A complaint about every name that `is_known` does not know; `known` are the names that could have been meant.
    pub fn complain_about_unknown_names(&self, is_known: &dyn Fn(&str) -> bool, known: &[&str]) -> Vec<Diagnostic> {
        let complain = |name: Name| {
            let help = did_you_mean(&name.text, known.iter().copied());
            Diagnostic { help, ..Diagnostic::error(&name.span, format!("unknown name `{}`", name.text)) }
        };
        self.unknown_names(is_known).into_iter().map(complain).collect()
    }

    /// Whether no `{{ … }}` stands in it.
    #[must_use]
    pub fn is_literal(&self) -> bool {
        self.literal().is_some()
    }

    /// The text that it stands for in every scope, if no `{{ … }}` stands in it.
    #[must_use]
    pub fn literal(&self) -> Option<&str> {
        match &*self.parts {
            [] => Some(""),
            [Part::Literal(literal)] => Some(literal),
            _ => None,
        }
    }

    /// What it stands for: the untouched value of one lone `{{ x }}`, else text.
    ///
    /// # Errors
    /// A name that is unknown in the scope, a value that a filter or operator does not take.
    pub fn render(&self, scope: &Scope) -> Result<Rendered, RenderError> {
        let evaluator = Evaluator::new(scope);
        let value = match &*self.parts {
            [Part::Expression { .. }] => self.evaluate(&self.parts[0], &evaluator)?,
            parts => {
                let mut text = String::new();
                for part in parts {
                    match part {
                        Part::Literal(literal) => text.push_str(literal),
                        Part::Expression { .. } => text.push_str(&json_text(&self.evaluate(part, &evaluator)?)),
                    }
                }
                Json::String(text)
            }
        };
        Ok(Rendered { value, secret: evaluator.used_secret() })
    }

    /// What it stands for, as text: numbers by their own digits, lists and maps as compact JSON.
    ///
    /// # Errors
    /// As [`Template::render`].
    pub fn render_text(&self, scope: &Scope) -> Result<RenderedText, RenderError> {
        let Rendered { value, secret } = self.render(scope)?;
        let text = match value {
            Json::String(text) => text,
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::List(_) | Json::Map(_) => json_text(&value),
        };
        Ok(RenderedText { text, secret })
    }

    fn evaluate(&self, part: &Part, evaluator: &Evaluator<'_>) -> Result<Json, RenderError> {
        let Part::Expression { expression, range, is_ambiguous } = part else { return Ok(Json::Null) };
        let fail = |mistake: Mistake| RenderError {
            span: place(&self.text, &self.span, offset(&self.text, &self.span), &mistake.at),
            message: mistake.message,
            help: mistake.help,
        };
        let result = if *is_ambiguous {
            let resolved = resolve(&self.text, range, &|name| evaluator.scope().knows(name)).map_err(fail)?;
            evaluator.json(&resolved)
        } else {
            evaluator.json(expression)
        };
        result.map_err(|Failure { mistake, .. }| fail(mistake))
    }
}

/// As it was written.
impl fmt::Debug for Template {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text.fmt(formatter)
    }
}

/// The same text at the same place.
impl PartialEq for Template {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text && self.span == other.span
    }
}

impl Eq for Template {}

/// Refuses `{% … %}` in what stands between expressions: sent as it is, it would look like a condition that holds.
fn no_statements(text: &str, literal: Range<usize>) -> Result<(), Mistake> {
    let Some(open) = text[literal.clone()].find("{%").map(|offset| literal.start + offset) else { return Ok(()) };
    let Some(close) = text[open..literal.end].find("%}").map(|offset| open + offset + 2) else { return Ok(()) };
    Err(Mistake {
        at: open..close,
        message: String::from("`{% … %}` is not used in suites"),
        help: Some(String::from("only `{{ … }}` is; a literal `{%` is written `{{ '{%' }}`")),
    })
}

fn push_literal(parts: &mut Vec<Part>, literal: &str) {
    if !literal.is_empty() {
        parts.push(Part::Literal(literal.to_owned()));
    }
}

/// Reads an expression with words with hyphens as names, and says whether that matters.
fn read(text: &str, range: &Range<usize>) -> Result<(Expression, bool), Mistake> {
    let met_hyphen = std::cell::Cell::new(false);
    let as_names = expression::parse(text, range.clone(), &|_| {
        met_hyphen.set(true);
        true
    });
    match as_names {
        Ok(expression) => Ok((expression, met_hyphen.get())),
        // `7-2fa` and the like: the other reading may be sound.
        Err(_) if met_hyphen.get() => expression::parse(text, range.clone(), &|_| false).map(|expression| (expression, true)),
        Err(mistake) => Err(mistake),
    }
}

/// Reads an expression again, now that the names are known: `a-b` is a subtraction if `a-b` is unknown and both `a` and `b` mean something.
fn resolve(text: &str, range: &Range<usize>, is_known: &dyn Fn(&str) -> bool) -> Result<Expression, Mistake> {
    expression::parse(text, range.clone(), &|run| {
        let means_something = |piece: &str| is_known(piece) || crate::json::Number::parse(piece).is_some();
        is_known(run) || !run.split('-').all(means_something)
    })
}

/// Where a template's text stands within its span, if the source holds it as it is.
fn offset(text: &str, span: &Span) -> Option<usize> {
    if text.contains("{{") { span.text().find(text) } else { None }
}

/// Where a range of a template's text stands in its source: exactly, given the offset of a text that stands there as it is.
fn place(text: &str, span: &Span, offset: Option<usize>, range: &Range<usize>) -> Span {
    /// Longer texts are not searched for each of their expressions.
    const MAX_SEARCHED: usize = 10_000;

    let source = span.text();
    let at = |start: usize| Span::new(&span.source, span.start + start..span.start + start + range.len());
    if let Some(offset) = offset {
        return at(offset + range.start);
    }
    // Blocks and escapes: the expression itself, if it stands there once.
    match text.get(range.clone()).filter(|_| source.len() <= MAX_SEARCHED) {
        Some(part) if !part.is_empty() && source.matches(part).count() == 1 => at(source.find(part).expect("it was counted")),
        _ => span.clone(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use chrono::DateTime;
    use proptest::prelude::*;

    use super::*;
    use crate::{
        diagnostic::Source,
        json::Number,
        template::{Random, Surroundings, Variable},
    };

    fn span(text: &str) -> Span {
        Span::new(&Source::new("suite.yaml", text), 0..text.len())
    }

    fn number(text: &str) -> Json {
        Json::Number(Number::parse(text).unwrap())
    }

    fn scope() -> Scope {
        let surroundings = Surroundings {
            secrets: [("TOKEN", "s3cr3t!"), ("SEED", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")].map(|(k, v)| (k.into(), v.into())).into(),
            urls: [(String::from("web"), String::from("https://staging.example.org"))].into(),
            environment: String::from("staging"),
            refresh: Some(Duration::from_secs(86_400)),
        };
        let now = DateTime::parse_from_rfc3339("2026-11-23T10:05:06.789Z").unwrap().to_utc();
        let mut scope = Scope::new(Arc::new(surroundings), Random::new(7, "api::case"), now);
        let user = Json::Map(vec![
            (String::from("zeta"), number("1.10")),
            (String::from("content-type"), Json::text("json")),
            (String::from("alpha"), Json::Null),
        ]);
        for (name, value) in [
            ("plugin", Json::text("affinder")),
            ("plugin-name", Json::text("napari-svg")),
            ("count", number("3")),
            ("n", number("5")),
            ("id", number("12345678901234567890123")),
            ("price", number("1.10")),
            ("big", number("1E2")),
            ("pace", Json::text("90m")),
            ("names", Json::List(vec![Json::text("a"), Json::text("b"), number("2.50")])),
            ("user", user),
            ("flag", Json::Bool(true)),
            ("nothing", Json::Null),
            ("born", Json::text("2026-01-31T23:59:59Z")),
        ] {
            scope.set(name, Variable::open(value));
        }
        scope.set("session", Variable::secret(Json::text("abcdef")));
        scope
    }

    /// What a template yields, as JSON text; its error, or the mistake in it, as `! …`.
    fn render(text: &str) -> String {
        let template = match Template::parse(text, &span(text)) {
            Ok(template) => template,
            Err(mistake) => return format!("! {}: {}{}", mistake.span.unwrap().position().column, mistake.message, help(mistake.help)),
        };
        match template.render(&scope()) {
            Ok(rendered) => crate::json::to_compact(&rendered.value),
            Err(error) => format!("! {}: {}{}", error.span.position().column, error.message, help(error.help)),
        }
    }

    fn help(help: Option<String>) -> String {
        help.map_or_else(String::new, |help| format!(" ({help})"))
    }

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(render(text), expected, "{text}");
    }

    #[test]
    fn a_lone_expression_keeps_type_and_digits() {
        check("{{ id }}", "12345678901234567890123");
        check("{{price}}", "1.10");
        check("{{ big }}", "1E2");
        check("{{ 1.10 }}", "1.10");
        check("{{ names }}", r#"["a","b",2.50]"#);
        check("{{ user }}", r#"{"zeta":1.10,"content-type":"json","alpha":null}"#);
        check("{{ user.zeta }}", "1.10");
        check("{{ user['zeta'] }}", "1.10");
        check("{{ names[2] }}", "2.50");
        check("{{ names[-1] }}", "2.50");
        check("{{ names.0 }}", r#""a""#);
        check("{{ nothing }}", "null");
        check("{{ flag }}", "true");
        check("{{ [price, {'b': price, 'a': 1}] }}", r#"[1.10,{"b":1.10,"a":1}]"#);
    }

    #[test]
    fn with_text_around_it_becomes_text() {
        check(" {{ id }}", r#"" 12345678901234567890123""#);
        check("{{ price }}/{{ count }}", r#""1.10/3""#);
        check("x{{ names }}", r#""x[\"a\",\"b\",2.50]""#);
        check("{{ nothing }} {{ flag }}", r#""null true""#);
        check("/plugins/{{ plugin }}", r#""/plugins/affinder""#);
        check("", r#""""#);
    }

    #[test]
    fn only_double_braces_mean_something() {
        check("%} {% if x {# no #} { a } }} {\"a\":{}}", r##""%} {% if x {# no #} { a } }} {\"a\":{}}""##);
        check("{{ '{%' }} if x %}", r#""{% if x %}""#);
        check("{{ '}}' }}", r#""}}""#);
        check("{{ '{{' }} x", r#""{{ x""#);
        check("{{ {'a': {'b': 1}} }}", r#"{"a":{"b":1}}"#);
        check("a {{- plugin -}} b", r#""aaffinderb""#);
        check("a {{- ' ' ~ plugin }} b", r#""a affinder b""#);
        check("a {{-1}} b", r#""a -1 b""#);
    }

    #[test]
    fn mistakes_are_found_when_reading() {
        check("a {% if b %} c", "! 3: `{% … %}` is not used in suites (only `{{ … }}` is; a literal `{%` is written `{{ '{%' }}`)");
        check("ab {{ plugin", "! 4: this `{{` is never closed (a literal `{{` is written `{{ '{{' }}`)");
        check("{{ }}", "! 3: nothing is written between `{{` and `}}`");
        check("{{ plugin | uper }}", "! 13: unknown filter `uper` (did you mean `upper`?)");
        check("{{ uid() }}", "! 4: unknown function `uid` (did you mean `uuid`?)");
        check("{{ plugin is defind }}", "! 14: unknown test `defind` (did you mean `defined`?)");
        check("{{ secret }}", "! 4: `secret` cannot stand by itself; write `secret.NAME`");
        check("{{ secret['TOKEN'] }}", "! 4: `secret` cannot stand by itself; write `secret.NAME`");
        check("{{ environment.refesh }}", "! 4: unknown name `environment.refesh` (did you mean `refresh`?)");
        check("{{ plugin plugin }}", "! 11: unexpected `plugin` (a text needs quotation marks; texts are joined with `~`)");
        check("{{ count + }}", "! 12: the expression ends where a value is missing");
        check("{{ (count }}", "! 11: the expression ends where `)` is missing");
        check("{{ 'abc }}", "! 1: this `{{` is never closed (a literal `{{` is written `{{ '{{' }}`)");
        check("{{ a ? b }}", "! 6: `?` has no meaning in an expression");
        check(
            "{{ plugin.upper() }}",
            "! 4: only the functions of the suite language can be called (they are `uuid`, `now`, `random`, `totp`, `range`, `dict`)",
        );
        let deep = format!("{{{{ {}1{} }}}}", "(".repeat(5_000), ")".repeat(5_000));
        assert!(render(&deep).contains("nested too deeply"));
        let long = format!("{{{{ 1{} }}}}", " + 1".repeat(100_000));
        assert!(render(&long).contains("too long"));
        let negated = format!("{{{{ {}1 }}}}", "-".repeat(100_000));
        assert!(render(&negated).contains("too long"));
    }

    #[test]
    fn unknown_names_are_errors_with_a_suggestion() {
        check("a {{ plugn }}", "! 6: unknown name `plugn` (did you mean `plugin`?)");
        check("{{ plugin-nme }}", "! 4: unknown name `plugin-nme` (did you mean `plugin-name`?)");
        check("{{ secret.TOKN }}", "! 4: secret `TOKN` is not set (did you mean `TOKEN`?)");
        check("{{ user.zetta }}", "! 4: there is no `zetta` in this map (did you mean `zeta`?)");
        check("{{ names[7] }}", "! 4: there is no [7]: the list has 3 elements");
        check("{{ plugin.name }}", "! 4: `name` is asked of a string, which has no fields");
        check("{{ undefined_thing | upper }}", "! 4: unknown name `undefined_thing`");
        check("{{ user.zetta | default('x') }}", r#""x""#);
        check("{{ user.zetta is defined }}", "false");
        check("{{ user.zeta is defined }}", "true");
        check("{{ 1 if user.alpha }}", "! 4: the condition does not hold, and there is no `else`");
    }

    #[test]
    fn names_may_hold_hyphens() {
        check("{{ plugin-name }}", r#""napari-svg""#);
        check("{{ plugin-name | upper }}", r#""NAPARI-SVG""#);
        check("{{ user.content-type }}", r#""json""#);
        check("{{ n-count }}", "2");
        check("{{ n-1 }}", "4");
        check("{{ n - 1 }}", "4");
    }

    #[test]
    fn expressions_are_minijinjas() {
        // Whatever both read has to come out alike.
        let environment = minijinja::Environment::new();
        for expression in [
            "1 + 2 * 3",
            "(1 + 2) * 3",
            "7 // 2",
            "-7 // 2",
            "-7 % 3",
            "2 ** 10",
            "7 / 2",
            "6 / 2",
            "1 ~ 'a' ~ 2",
            "-2 ** 2",
            "not true or true",
            "not 1 == 2",
            "1 < 2 < 3",
            "1 < 3 < 2",
            "2 in [1, 2]",
            "3 not in [1, 2]",
            "'a' in 'cat'",
            "'k' in {'k': 1}",
            "'yes' if 1 else 'no'",
            "'a' if false else 'b' if false else 'c'",
            "[1, 2, 3][1:]",
            "'hello'[1:3]",
            "[1, 2, 3][::-1]",
            "'a,b' | split(',') | join('-')",
            "[3, 1, 2] | sort | first",
            "[{'n': 1}, {'n': 2}] | map(attribute='n') | sum",
            "'Ab' | lower | upper",
            "'a' 'b'",
            "5 is odd",
            "5 is divisibleby 5",
            "5 is not even",
            "{'a': 1}.a",
            "{'a': [1]}['a'][0]",
            "true and 'x'",
            "'' or 'y'",
            "[1] + [2]",
            "'ab' * 2",
            "0.1 + 0.2",
            "1.5 * 2",
            "'a' < 'b'",
            "3 - -2",
            "- 3 | abs",
            "range(3) | list",
            "'x' | replace('x', 'y')",
            "[1, 2] | length",
            "'a' ~ 'b' | upper",
            "1 == 1.0",
            "[1, 2] == [1, 2]",
            "none is none",
        ] {
            let theirs = environment.compile_expression(expression).unwrap().eval(()).unwrap();
            let theirs = crate::json::to_compact(&crate::template::value::to_json(&theirs).unwrap());
            check(&format!("{{{{ {expression} }}}}"), &theirs);
        }
    }

    #[test]
    fn expressions_that_do_not_fit_say_so() {
        check("{{ plugin + 1 }}", "! 4: cannot add text and a number; texts are joined with `~`");
        check("{{ plugin - 1 }}", "! 4: cannot calculate text - a number");
        check("{{ names < 1 }}", "! 4: cannot compare a list with a number");
        check("{{ 1 / 0 }}", "! 4: 1 / 0 divides by zero");
        check("{{ 1 in 2 }}", "! 4: `in` needs a list, a map or text on its right, not a number");
        check("{{ names['x'] }}", "! 4: an index into a list is an integer");
        check("{{ 9 ** 9 ** 9 ** 9 ** 9 }}", "! 4: 387420489 ** 9 is too large");
        check("{{ 'ab' * 100000000 }}", "! 4: the repeated text is too long");
        check("{{ price + 1 }}", "2.1");
        check("{{ price == 1.1 }}", "true");
        check("{{ id == 12345678901234567890124 }}", "false");
        check("{{ id > 12345678901234567890122 }}", "true");
        check("{{ id - 1 }}", "12345678901234567890122");
    }

    #[test]
    fn durations_multiply_and_add() {
        check("{{ environment.refresh }}", r#""1d""#);
        check("{{ environment.refresh * 2 }}", r#""2d""#);
        check("{{ 2 * environment.refresh }}", r#""2d""#);
        check("{{ environment.refresh / 2 }}", r#""12h""#);
        check("{{ environment.refresh * 1.5 }}", r#""1d12h""#);
        check("{{ environment.refresh + '30m' }}", r#""1d30m""#);
        check("{{ environment.refresh * 2 + pace }}", r#""2d1h30m""#);
        check("{{ environment.refresh - '1h' }}", r#""23h""#);
        check("{{ pace * 2 }}", r#""3h""#);
        check("{{ environment.refresh / '12h' }}", "2.0");
        check("{{ environment.refresh > '23h' }}", "true");
        check("{{ environment.refresh == '1d' }}", "true");
        check("{{ '2026-01-01' | plus(environment.refresh * 2) }}", r#""2026-01-03""#);
        check("at most {{ environment.refresh * 2 }}", r#""at most 2d""#);
        check("{{ environment.refresh - '25h' }}", "! 4: the duration would be negative or too long");
        check("{{ environment.refresh + 5 }}", "! 4: cannot calculate a duration + a number");
        check("{{ '0' * 2 }}", r#""00""#);
        check("{{ 'ab' * 2 }}", r#""abab""#);
    }

    #[test]
    fn the_environment_is_in_scope() {
        check("{{ web }}/about", r#""https://staging.example.org/about""#);
        check("{{ environment.name }}", r#""staging""#);
        check("{{ secret.TOKEN }}", r#""s3cr3t!""#);
    }

    #[test]
    fn filters_turn_values_into_others() {
        check("{{ user | json }}", r#""{\"zeta\":1.10,\"content-type\":\"json\",\"alpha\":null}""#);
        check("{{ 'ada:s3?' | base64 }}", r#""YWRhOnMzPw==""#);
        check("{{ '??>' | base64url }}", r#""Pz8-""#);
        check("{{ 'ab' | base64url }}", r#""YWI""#);
        check("{{ 'a b&c/d~é' | urlencode }}", r#""a%20b%26c/d~%C3%A9""#);
        check("{{ {'b': 1, 'a': 'x y'} | urlencode }}", r#""b=1&a=x%20y""#);
        check("{{ 'abc' | sha256 }}", r#""ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad""#);
        // RFC 4231, test case 2.
        check(
            "{{ 'what do ya want for nothing?' | hmac('Jefe') }}",
            r#""5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843""#,
        );
        check("{{ '42' | int + 1 }}", "43");
        check("{{ '12345678901234567890123' | int }}", "12345678901234567890123");
        check("{{ '3.7' | int }}", "3");
        check("{{ plugin | int }}", "! 4: `affinder` is not a number");
        check("{{ 'x3' | int }}", "! 11: `x3` is not a number");
        check("{{ '3.5' | float }}", "3.5");
        check("{{ names | float }}", "! 4: a list is not a number");
        check("{{ price | string }}", r#""1.10""#);
        check("{{ price | round }}", "1.0");
        check("{{ ['a', 'b'] | map('base64') | join(',') }}", r#""YQ==,Yg==""#);
        check("{{ 'a' | base64('b') }}", "! 10: `base64` takes 0 arguments, not 1");
        check("{{ names | length }}", "3");
    }

    #[test]
    fn dates_move_in_utc() {
        check("{{ now() }}", r#""2026-11-23T10:05:06Z""#);
        check("{{ now() | plus('3d') }}", r#""2026-11-26T10:05:06Z""#);
        check("{{ now() | minus('1 month') | date('%Y-%m-%d') }}", r#""2026-10-23""#);
        check("{{ born | plus('1 month') }}", r#""2026-02-28T23:59:59Z""#);
        check("{{ born | minus('2 years') }}", r#""2024-01-31T23:59:59Z""#);
        check("{{ now() | start_of('month') }}", r#""2026-11-01T00:00:00Z""#);
        check("{{ '2026-11-22' | start_of('week') }}", r#""2026-11-16""#);
        check("{{ now() | start_of('quarter') }}", r#""2026-10-01T00:00:00Z""#);
        check("{{ now() | start_of('hour') }}", r#""2026-11-23T10:00:00Z""#);
        check("{{ now() | epoch }}", "1795428306");
        check("{{ '1970-01-02' | epoch_ms }}", "86400000");
        check("{{ 1795428306 | plus('1h30m') }}", r#""2026-11-23T11:35:06Z""#);
        check("{{ 1795428306789 | date('%H:%M:%S') }}", r#""10:05:06""#);
        check("{{ '2026-11-23T12:00:00+02:00' | date('%H') }}", r#""10""#);
        check("{{ 'Mon, 23 Nov 2026 10:00:00 GMT' | epoch }}", "1795428000");
        check("{{ 'soon' | plus('3d') }}", "! 13: `soon` is not a date");
        check("{{ now() | plus('3 blinks') }}", "! 12: `3 blinks` is not an amount of time; write `3d`, `1h30m` or `1 month`");
        check("{{ now() | date('%Q') }}", "! 12: `%Q` is not a date pattern; write `%Y-%m-%d`");
        check("{{ now() | start_of('moon') }}", "! 12: `moon` is not one of second, minute, hour, day, week, month, quarter, year");
        check("{{ '2026-01-01' | plus('99999999 years') }}", "! 19: the date would be out of range");
        check("{{ '9999-12-31' | plus('1d') }}", "! 19: the date would be out of range");
    }

    #[test]
    fn what_is_written_out_is_judged_before_the_run() {
        let check = |text: &str, expected: &str| {
            let complaint = Template::parse(text, &span(text)).map_err(|diagnostic| diagnostic.message);
            assert_eq!(complaint.err().as_deref(), Some(expected), "{text}");
        };
        check("{{ now(5) }}", "`now` takes 0 arguments, not 1");
        check("{{ random(1) }}", "`random` takes 2 arguments, not 1");
        check("{{ random(2, 1) }}", "`random` takes the smaller number first: 2 is more than 1");
        check("{{ totp() }}", "`totp` takes 1 argument, not 0");
        check("{{ plugin | hmac }}", "`hmac` takes 1 argument, not 0");
        check("{{ plugin | base64(x=1) }}", "`base64` takes 0 arguments, not 1");
        check("{{ born | plus('3 blinks') }}", "`3 blinks` is not an amount of time; write `3d`, `1h30m` or `1 month`");
        check("{{ born | start_of('moon') }}", "`moon` is not one of second, minute, hour, day, week, month, quarter, year");
        check("{{ born | date('%Q') }}", "`%Q` is not a date pattern; write `%Y-%m-%d`");
        let fits = |text: &str| assert!(Template::parse(text, &span(text)).is_ok(), "{text}");
        fits("{{ born | plus(plugin) }}");
        fits("{{ random(1, price) }}");
        fits("{{ names | join(', ') }}");
    }

    #[test]
    fn random_values_come_from_seed_and_case() {
        let draw = |seed, case: &str| {
            let text = "{{ uuid() }} {{ random(1, 1000000) }} {{ random(5, 5) }}";
            let scope = scope().with_random(Random::new(seed, case));
            Template::parse(text, &span(text)).unwrap().render_text(&scope).unwrap().text
        };
        assert_eq!(draw(1, "a"), draw(1, "a"));
        assert_ne!(draw(1, "a"), draw(1, "b"));
        assert_ne!(draw(1, "a"), draw(2, "a"));
        let drawn = draw(1, "a");
        assert!(drawn.ends_with(" 5") && drawn.as_bytes()[14] == b'4', "{drawn}");
        // One scope goes on where it was.
        assert_ne!(render("{{ uuid() }}-{{ uuid() }}").split_at(38).0, render("{{ uuid() }}-{{ uuid() }}").split_at(38).1);
        check("{{ random(2, 1) }}", "! 4: `random` takes the smaller number first: 2 is more than 1");
        check("{{ random('a', 1) }}", "! 4: `random` takes two integers, not text");
    }

    #[test]
    fn whatever_a_secret_touched_is_secret() {
        let is_secret = |text: &str| Template::parse(text, &span(text)).unwrap().render(&scope()).unwrap().secret;
        for text in [
            "{{ secret.TOKEN }}",
            "Bearer {{ secret.TOKEN }}",
            "{{ ('ada:' ~ secret.TOKEN) | base64 }}",
            "{{ session }}",
            "{{ session | upper }}",
            "{{ totp(secret.SEED) }}",
            "{{ 'a' if secret.TOKEN == 'x' else 'b' }}",
        ] {
            assert!(is_secret(text), "{text}");
        }
        for text in ["{{ plugin }}", "secret.TOKEN", "{{ 'secret.TOKEN' }}", "{{ web }}"] {
            assert!(!is_secret(text), "{text}");
        }
        let text = "{{ secret.TOKEN | int }}";
        let error = Template::parse(text, &span(text)).unwrap().render(&scope()).unwrap_err();
        assert_eq!(error.message, "`int` does not take this secret value");
        assert_eq!(format!("{:?}", Variable::secret(Json::text("abcdef"))), "•••");
        assert!(!format!("{:?}", scope()).contains("s3cr3t!") && !format!("{:?}", scope()).contains("abcdef"));
    }

    #[test]
    fn names_are_known_before_the_run() {
        let text = "'{{ plugin }} {{ names[n - 1] | default(secret.TOKEN) }} {{ environment.refresh * a-1 }} {{ web }}'";
        let template = Template::parse(&text[1..text.len() - 1], &span(text)).unwrap();
        let names: Vec<(&str, usize)> = template.names().iter().map(|name| (name.text.as_str(), name.span.position().column)).collect();
        assert_eq!(
            names,
            [("plugin", 5), ("names", 18), ("n", 24), ("secret.TOKEN", 41), ("environment.refresh", 61), ("a-1", 83), ("web", 93)]
        );
        let unknown = |known: &[&str]| -> Vec<String> {
            template.unknown_names(&|name| known.contains(&name)).into_iter().map(|name| name.text).collect()
        };
        assert_eq!(unknown(&["plugin", "names", "n", "web", "secret.TOKEN", "environment.refresh", "a"]), Vec::<String>::new());
        assert_eq!(unknown(&["plugin", "names", "n", "web", "environment.refresh", "a-1"]), ["secret.TOKEN"]);
        assert_eq!(unknown(&["plugin", "names", "n", "web", "secret.TOKEN", "environment.refresh"]), ["a-1"]);
    }

    #[test]
    fn literals_are_known_without_a_scope() {
        let literal = |text: &str| Template::parse(text, &span(text)).unwrap().literal().map(str::to_owned);
        assert_eq!(literal("a { b"), Some(String::from("a { b")));
        assert_eq!(literal(""), Some(String::new()));
        assert_eq!(literal("{{ plugin }}"), None);
        assert_eq!(Template::of_literal("{{ x", &span("x")).literal(), Some("{{ x"));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn nothing_that_is_written_panics(text in "[a-z0-9 {}|.'\"()\\[\\]+*/~,:=-]{0,60}") {
            for text in [text.clone(), format!("{{{{ {text} }}}}")] {
                if let Ok(template) = Template::parse(&text, &span(&text)) {
                    let _ = template.render(&scope());
                }
            }
        }

        #[test]
        fn what_minijinja_refuses_is_refused(expression in "[ab .()+*~-]{1,12}") {
            let environment = minijinja::Environment::new();
            let is_braced = expression.trim().is_empty() || expression.starts_with("- ") || expression.ends_with('-');
            let text = format!("{{{{{expression}}}}}");
            if !is_braced && Template::parse(&text, &span(&text)).is_ok() {
                prop_assert!(environment.compile_expression(&expression).is_ok(), "{}", expression);
            }
        }
    }
}
