//! Which cases are played: patterns, tag expressions, identities.

use std::{collections::BTreeSet, iter::Peekable, str::Chars, sync::Arc};

use super::PlannedCase;
use crate::suite::model::Suite;

/// What was selected on the command line.
#[derive(Debug, Clone, Default)]
pub struct Selection {
    /// Patterns, of which one must fit; none means everything.
    pub patterns: Vec<Pattern>,
    /// Tag expressions, which must all hold.
    pub tags: Vec<TagExpression>,
    /// Identities of `--failed`, when it was given.
    pub identities: Option<BTreeSet<String>>,
}

impl Selection {
    /// Whether a case is selected.
    #[must_use]
    pub fn takes(&self, case: &PlannedCase) -> bool {
        let by_pattern = self.patterns.is_empty() || self.patterns.iter().any(|pattern| pattern.fits(case));
        let by_tag = self.tags.iter().all(|expression| expression.holds(&case.tags()));
        let by_identity = self.identities.as_ref().is_none_or(|identities| identities.contains(case.id.as_str()));
        by_pattern && by_tag && by_identity
    }
}

/// One `SELECT` of the command line, relative to the suites folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    text: String,
    line: Option<usize>,
}

impl Pattern {
    /// Reads a pattern: a file or folder with or without `.yaml`, an identity, a text with `*` and `?`, or `file.yaml:12`.
    /// A leading `folder/` (the suites folder as typed or as shown in messages) is taken off.
    #[must_use]
    pub fn parse(text: &str, folder: &str) -> Self {
        let text = text.strip_prefix("./").unwrap_or(text).replace('\\', "/");
        let folder = folder.trim_end_matches('/');
        let text = text.strip_prefix(folder).and_then(|rest| rest.strip_prefix('/')).unwrap_or(&text);
        let (path, line) = match text.rsplit_once(':') {
            Some((path, line)) if path.ends_with(".yaml") => match line.parse() {
                Ok(line) => (path, Some(line)),
                Err(_) => (text, None),
            },
            _ => (text, None),
        };
        let path = path.strip_suffix(".yaml").unwrap_or(path).trim_end_matches('/');
        Self { text: path.to_owned(), line }
    }

    /// The pattern as people write it, for messages.
    #[must_use]
    pub fn shown(&self) -> String {
        match self.line {
            Some(line) => format!("{}.yaml:{line}", self.text),
            None => self.text.clone(),
        }
    }

    /// What is wrong with a `file.yaml:99` that names a line past the last case of its file.
    #[must_use]
    pub fn past_the_end(&self, suites: &[Arc<Suite>]) -> Option<String> {
        let line = self.line?;
        let suite = suites.iter().find(|suite| suite.path == self.text)?;
        let last = suite.cases.iter().map(|case| *case.lines.end()).max()?;
        (line > last).then(|| format!("{}:{line}: no case stands there; the last one ends in line {last}", suite.source.name))
    }

    /// Whether a case fits.
    #[must_use]
    pub fn fits(&self, case: &PlannedCase) -> bool {
        let path = case.suite.path.as_str();
        if let Some(line) = self.line {
            return path == self.text && stands_at(case, line);
        }
        let identity = case.id.as_str();
        let without_row = identity.split_once('[').map_or(identity, |(id, _)| id);
        if self.text.contains(['*', '?']) {
            return wildcard(&self.text, identity) || wildcard(&self.text, without_row) || wildcard(&self.text, path);
        }
        self.text.is_empty()
            || self.text == "."
            || identity == self.text
            || without_row == self.text
            || path == self.text
            || path.strip_prefix(self.text.as_str()).is_some_and(|rest| rest.starts_with('/'))
    }
}

/// Whether the case's lines hold `line`: from its own first line to the one in front of the next case, of the last case to its
/// own last line.
fn stands_at(case: &PlannedCase, line: usize) -> bool {
    let super::Part::Case(this) = &case.part else { return false };
    let begins = *this.lines.start();
    let next = case.suite.cases.iter().map(|other| *other.lines.start()).filter(|other| *other > begins).min();
    begins <= line && next.map_or(line <= *this.lines.end(), |next| line < next)
}

/// Whether `text` as a whole fits `pattern`, in which `*` stands for any text and `?` for one character.
fn wildcard(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        if p < pattern.len() && (pattern[p] == '?' || (pattern[p] != '*' && pattern[p] == text[t])) {
            (p, t) = (p + 1, t + 1);
        } else if p < pattern.len() && pattern[p] == '*' {
            star = Some((p, t));
            p += 1;
        } else if let Some((at, taken)) = star {
            star = Some((at, taken + 1));
            (p, t) = (at + 1, taken + 1);
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|rest| *rest == '*')
}

/// `smoke`, `api and not (slow or wip)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TagExpression {
    /// The case has the tag.
    Tag(String),
    /// It does not hold.
    Not(Box<TagExpression>),
    /// Both hold.
    And(Box<TagExpression>, Box<TagExpression>),
    /// One holds.
    Or(Box<TagExpression>, Box<TagExpression>),
}

/// How deep parentheses and `not` may nest.
const MAX_DEPTH: usize = 100;

impl TagExpression {
    /// Reads an expression. `not` binds tighter than `and`, `and` tighter than `or`.
    ///
    /// # Errors
    /// One line that says what is wrong with the expression.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut words = Words { characters: text.chars().peekable(), text };
        let expression = words.or(0)?;
        match words.next()? {
            None => Ok(expression),
            Some(word) => Err(format!("`{text}`: unexpected `{word}`")),
        }
    }

    /// Whether it holds for a case with these tags.
    #[must_use]
    pub fn holds(&self, tags: &[&str]) -> bool {
        match self {
            Self::Tag(tag) => tags.contains(&tag.as_str()),
            Self::Not(expression) => !expression.holds(tags),
            Self::And(one, two) => one.holds(tags) && two.holds(tags),
            Self::Or(one, two) => one.holds(tags) || two.holds(tags),
        }
    }
}

struct Words<'a> {
    characters: Peekable<Chars<'a>>,
    text: &'a str,
}

impl Words<'_> {
    fn next(&mut self) -> Result<Option<String>, String> {
        while self.characters.next_if(|character| character.is_whitespace()).is_some() {}
        let Some(first) = self.characters.next() else { return Ok(None) };
        if matches!(first, '(' | ')') {
            return Ok(Some(first.to_string()));
        }
        let mut word = String::from(first);
        while let Some(character) = self.characters.next_if(|character| !character.is_whitespace() && !matches!(character, '(' | ')')) {
            word.push(character);
        }
        Ok(Some(word))
    }

    fn peek(&mut self) -> Result<Option<String>, String> {
        Words { characters: self.characters.clone(), text: self.text }.next()
    }

    fn or(&mut self, depth: usize) -> Result<TagExpression, String> {
        let mut expression = self.and(depth)?;
        while self.peek()?.as_deref() == Some("or") {
            self.next()?;
            expression = TagExpression::Or(Box::new(expression), Box::new(self.and(depth)?));
        }
        Ok(expression)
    }

    fn and(&mut self, depth: usize) -> Result<TagExpression, String> {
        let mut expression = self.not(depth)?;
        while self.peek()?.as_deref() == Some("and") {
            self.next()?;
            expression = TagExpression::And(Box::new(expression), Box::new(self.not(depth)?));
        }
        Ok(expression)
    }

    fn not(&mut self, depth: usize) -> Result<TagExpression, String> {
        if depth > MAX_DEPTH {
            return Err(format!("a tag expression nests deeper than {MAX_DEPTH}"));
        }
        match self.next()?.as_deref() {
            None => Err(format!("`{}` ends where a tag is needed", self.text)),
            Some("not") => Ok(TagExpression::Not(Box::new(self.not(depth + 1)?))),
            Some("(") => {
                let expression = self.or(depth + 1)?;
                match self.next()?.as_deref() {
                    Some(")") => Ok(expression),
                    _ => Err(format!("`{}`: a parenthesis is not closed", self.text)),
                }
            }
            Some(word @ (")" | "and" | "or")) => Err(format!("`{}`: `{word}` where a tag is needed", self.text)),
            Some(tag) => Ok(TagExpression::Tag(tag.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(expression: &str, tags: &[&str], expected: bool) {
        assert_eq!(TagExpression::parse(expression).unwrap().holds(tags), expected, "{expression} {tags:?}");
    }

    #[test]
    fn tag_expressions_bind_as_people_read_them() {
        check("smoke", &["smoke"], true);
        check("smoke", &["smokes"], false);
        check("api and not (slow or wip)", &["api"], true);
        check("api and not (slow or wip)", &["api", "wip"], false);
        check("a or b and c", &["a"], true);
        check("(a or b) and c", &["a"], false);
        check("not not a", &["a"], true);
    }

    #[test]
    fn a_broken_tag_expression_is_said() {
        for text in ["", "and", "a and", "a b", "(a", "a)", "not"] {
            assert!(TagExpression::parse(text).is_err(), "{text}");
        }
        assert!(TagExpression::parse(&"not ".repeat(100_000)).is_err());
    }

    #[test]
    fn only_star_and_question_mark_are_special() {
        for (pattern, text, expected) in [
            ("api/*", "api/plugins::x", true),
            ("*plugin?", "api/plugins", true),
            ("*plugin?", "api/plugin", false),
            ("a.c", "abc", false),
            ("x[*]", "x[affinder]", true),
            ("**", "", true),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-b-b", false),
        ] {
            assert_eq!(wildcard(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn patterns_are_relative_to_the_suites_folder() {
        for (text, expected, line) in [
            ("suites/api/plugins.yaml", "api/plugins", None),
            ("./api/plugins", "api/plugins", None),
            ("api/", "api", None),
            ("api/plugins.yaml:12", "api/plugins", Some(12)),
            ("api/plugins::a-case", "api/plugins::a-case", None),
        ] {
            assert_eq!(Pattern::parse(text, "suites"), Pattern { text: expected.to_owned(), line }, "{text}");
        }
    }
}
