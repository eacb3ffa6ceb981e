//! What an element is found by: rendered, nothing left to resolve.

use std::fmt;

/// Which element, by what a person sees of it first.
///
/// All that it says must hold. Hidden elements do not count, except that `css` and `xpath` also see `<head>` and elements that
/// never render when they are asked for their text, attributes or number. Open shadow roots are seen through.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Locator {
    /// What it is found by. Never empty.
    pub parts: Vec<Part>,
    /// What narrows a role.
    pub states: States,
    /// It lies within an element that this one finds.
    pub within: Option<Box<Locator>>,
    /// It holds an element that this one finds.
    pub has: Option<Box<Locator>>,
    /// It holds none that this one finds.
    pub has_not: Option<Box<Locator>>,
    /// Its whole text, white space folded.
    pub has_text: Option<TextMatch>,
    /// Which of several, counted from 1; from the end where it is negative. Never 0.
    pub nth: Option<i32>,
}

/// One thing an element is found by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// A role (WAI-ARIA 1.2), with its accessible name (accname-1.2) or without one.
    Role {
        /// The role: `button`.
        role: String,
        /// Its name.
        name: Option<TextMatch>,
    },
    /// The control that a label names.
    Label(TextMatch),
    /// The innermost element with this text.
    Text(TextMatch),
    /// The control with this placeholder.
    Placeholder(TextMatch),
    /// The image or area with this alternative text.
    Alt(TextMatch),
    /// The element with this `title`.
    Title(TextMatch),
    /// The element with this `data-testid`.
    TestId(TextMatch),
    /// The elements that a CSS selector finds.
    Css(String),
    /// The elements that an XPath finds.
    XPath(String),
}

/// What narrows a role; what is not said is not judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct States {
    /// Level of a heading, from 1.
    pub level: Option<u32>,
    /// Whether it is checked.
    pub checked: Option<bool>,
    /// Whether it is selected.
    pub selected: Option<bool>,
    /// Whether it is expanded.
    pub expanded: Option<bool>,
    /// Whether it is pressed.
    pub pressed: Option<bool>,
    /// Whether it is disabled.
    pub disabled: Option<bool>,
}

impl States {
    /// What is said, by the keys of the language.
    #[must_use]
    pub fn said(&self) -> Vec<(&'static str, String)> {
        let truth = |name, said: Option<bool>| said.map(|said| (name, said.to_string()));
        [
            self.level.map(|level| ("level", level.to_string())),
            truth("checked", self.checked),
            truth("selected", self.selected),
            truth("expanded", self.expanded),
            truth("pressed", self.pressed),
            truth("disabled", self.disabled),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// How a name or text of an element must read: whole, white space folded, case kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextMatch {
    /// The whole text.
    Equals(String),
    /// It holds this.
    Contains(String),
    /// It begins so.
    StartsWith(String),
    /// It ends so.
    EndsWith(String),
    /// A regular expression finds something in it.
    Matches(String),
    /// There is none, or there is some.
    Empty(bool),
    /// It is otherwise.
    Not(Box<TextMatch>),
    /// All of these hold.
    All(Vec<TextMatch>),
    /// One of these holds.
    AnyOf(Vec<TextMatch>),
}

impl Locator {
    /// Found by one thing alone.
    #[must_use]
    pub fn of(part: Part) -> Self {
        Self { parts: vec![part], ..Self::default() }
    }
}

/// As in a suite: `{button: Sign in, within: {role: dialog}}`.
impl fmt::Display for Locator {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("{")?;
        let mut said: Vec<String> = self.parts.iter().map(Part::to_string).collect();
        said.extend(self.states.said().into_iter().map(|(name, value)| format!("{name}: {value}")));
        for (name, locator) in [("within", &self.within), ("has", &self.has), ("has_not", &self.has_not)] {
            said.extend(locator.as_ref().map(|locator| format!("{name}: {locator}")));
        }
        said.extend(self.has_text.as_ref().map(|text| format!("has_text: {text}")));
        said.extend(self.nth.map(|nth| format!("nth: {nth}")));
        formatter.write_str(&said.join(", "))?;
        formatter.write_str("}")
    }
}

impl fmt::Display for Part {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Role { role, name: Some(name) } => write!(formatter, "{role}: {name}"),
            Self::Role { role, name: None } => write!(formatter, "role: {role}"),
            Self::Label(text) => write!(formatter, "label: {text}"),
            Self::Text(text) => write!(formatter, "text: {text}"),
            Self::Placeholder(text) => write!(formatter, "placeholder: {text}"),
            Self::Alt(text) => write!(formatter, "alt: {text}"),
            Self::Title(text) => write!(formatter, "title: {text}"),
            Self::TestId(text) => write!(formatter, "testid: {text}"),
            Self::Css(selector) => write!(formatter, "css: {selector}"),
            Self::XPath(path) => write!(formatter, "xpath: {path}"),
        }
    }
}

impl fmt::Display for TextMatch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |formatter: &mut fmt::Formatter<'_>, name: &str, all: &[Self]| {
            let all: Vec<String> = all.iter().map(Self::to_string).collect();
            write!(formatter, "{{{name}: [{}]}}", all.join(", "))
        };
        match self {
            Self::Equals(text) => formatter.write_str(text),
            Self::Contains(text) => write!(formatter, "{{contains: {text}}}"),
            Self::StartsWith(text) => write!(formatter, "{{starts_with: {text}}}"),
            Self::EndsWith(text) => write!(formatter, "{{ends_with: {text}}}"),
            Self::Matches(pattern) => write!(formatter, "{{matches: {pattern}}}"),
            Self::Empty(empty) => write!(formatter, "{{empty: {empty}}}"),
            Self::Not(other) => write!(formatter, "{{not: {other}}}"),
            Self::All(all) => list(formatter, "all", all),
            Self::AnyOf(all) => list(formatter, "any_of", all),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locator_reads_as_in_a_suite() {
        let name = |text: &str| Some(TextMatch::Equals(text.to_owned()));
        let locator = Locator {
            states: States { level: Some(2), ..States::default() },
            within: Some(Box::new(Locator::of(Part::Role { role: String::from("dialog"), name: None }))),
            nth: Some(-1),
            ..Locator::of(Part::Role { role: String::from("heading"), name: name("Sign in") })
        };
        assert_eq!(locator.to_string(), "{heading: Sign in, level: 2, within: {role: dialog}, nth: -1}");
        let text = TextMatch::AnyOf(vec![TextMatch::Contains(String::from("a")), TextMatch::Not(Box::new(TextMatch::Empty(true)))]);
        assert_eq!(Locator::of(Part::Text(text)).to_string(), "{text: {any_of: [{contains: a}, {not: {empty: true}}]}}");
    }
}
