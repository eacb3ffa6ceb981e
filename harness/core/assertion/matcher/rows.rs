//! What every element of a collection is judged by: a matcher, or a map of paths within the row.

use super::{Matcher, Mode, Parsing, Place, Subject};
use crate::{
    assertion::{Context, Failure, Ground, Outcome},
    diagnostic::Diagnostic,
    extract::{Argument, Unresolved, path},
    json::{Json, Selector},
    template::Dynamic,
    yaml::{Node, Yaml},
};

/// What one element is judged by.
#[derive(Debug, Clone)]
pub(super) enum Row {
    /// The element itself.
    Value(Matcher),
    /// Values within the element, each by its path.
    Fields(Vec<Field>),
}

/// One value within a row.
#[derive(Debug, Clone)]
pub(super) struct Field {
    path: Argument<Selector>,
    matcher: Matcher,
}

/// What a collection matcher does with an empty list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OnEmpty {
    /// There is nothing to check: that is a failure.
    Fails,
    /// `count` or `empty` stands beside it and judges that.
    Holds,
}

impl OnEmpty {
    pub(super) fn of(parsing: &Parsing<'_>) -> Self {
        if parsing.judges_emptiness() { Self::Holds } else { Self::Fails }
    }

    pub(super) fn outcome(self, subject: &Subject<'_>, phrase: &str) -> Outcome {
        match self {
            Self::Holds => Outcome::Holds,
            Self::Fails => Failure::different(subject.place.within(), phrase, "an empty list")
                .note("there is nothing to check; `count` or `empty` beside it would allow that")
                .ground(Ground::NothingThere)
                .into(),
        }
    }
}

impl Row {
    pub(super) fn parse(node: &Node, parsing: &mut Parsing<'_>) -> Option<Self> {
        let mode = parsing.mode.of_elements();
        let diagnostics = &mut *parsing.diagnostics;
        let Yaml::Map(entries) = &node.value else {
            return Matcher::parse(node, mode, diagnostics).map(Self::Value);
        };
        let n_paths = entries.iter().filter(|entry| entry.key.starts_with('$')).count();
        if n_paths == 0 {
            return Matcher::parse(node, mode, diagnostics).map(Self::Value);
        }
        if let Some(other) = entries.iter().find(|entry| !entry.key.starts_with('$')) {
            diagnostics.push(
                Diagnostic::error(&other.key_span, format!("`{}` stands beside paths", other.key))
                    .help("write either paths within the row or one matcher for the row; `all: […]` joins the two"),
            );
            return None;
        }
        let mut fields = Vec::new();
        for entry in entries {
            let path = path::parse(&entry.key, &entry.key_span, diagnostics);
            let matcher = Matcher::parse(&entry.value, Mode::Json, diagnostics);
            if let (Some(path), Some(matcher)) = (path, matcher) {
                fields.push(Field { path, matcher });
            }
        }
        (fields.len() == entries.len()).then_some(Self::Fields(fields))
    }

    pub(super) fn judge(&self, row: &Subject<'_>, context: &Context<'_>) -> Result<Outcome, Unresolved> {
        match self {
            Self::Value(matcher) => matcher.judge(row, context),
            Self::Fields(fields) => {
                for field in fields {
                    let outcome = field.judge(row, context)?;
                    if !outcome.holds() {
                        return Ok(outcome);
                    }
                }
                Ok(Outcome::Holds)
            }
        }
    }

    pub(super) fn phrase(&self, context: &Context<'_>) -> String {
        match self {
            Self::Value(matcher) => matcher.phrase(context),
            Self::Fields(fields) => {
                let phrases: Vec<String> =
                    fields.iter().map(|field| format!("{} {}", field.path.span().text(), field.matcher.phrase(context))).collect();
                phrases.join(" and ")
            }
        }
    }

    pub(super) fn dynamics<'a>(&'a self, found: &mut Vec<&'a Dynamic>) {
        match self {
            Self::Value(matcher) => matcher.dynamics(found),
            Self::Fields(fields) => {
                for field in fields {
                    found.extend(field.path.dynamic());
                    field.matcher.dynamics(found);
                }
            }
        }
    }
}

impl Field {
    fn judge(&self, row: &Subject<'_>, context: &Context<'_>) -> Result<Outcome, Unresolved> {
        let path = self.path.resolve(context.scope)?;
        let Some(element) = row.value else {
            return self.matcher.judge(&Subject::nothing(Mode::Json).at(row.place), context);
        };
        if path.is_singular() {
            let place = Place::Below(&row.place, path.as_str());
            return self.matcher.judge(&Subject { value: path.first(element), mode: Mode::Json, place }, context);
        }
        let list = Json::List(path.values(element).into_iter().cloned().collect());
        let subject = Subject::found(&list, Mode::Json);
        let outcome = self.matcher.judge(&subject.at(Place::Selected(&[])), context)?;
        if outcome.holds() {
            return Ok(outcome);
        }
        // Only a failure needs to know where each element stands.
        let places: Vec<String> =
            path.query(element).into_iter().map(|(place, _)| Place::Below(&row.place, &place.to_string()).path()).collect();
        self.matcher.judge(&subject.at(Place::Selected(&places)), context)
    }
}

/// The elements of a list or the values of a map, each with its place.
pub(super) fn elements<'a>(value: &'a Json, list: &'a Subject<'a>) -> Option<Vec<Subject<'a>>> {
    let (place, mode) = (&list.place, list.mode.of_elements());
    match value {
        Json::List(elements) => {
            Some(elements.iter().enumerate().map(|(index, element)| Subject::found(element, mode).at(Place::Index(place, index))).collect())
        }
        Json::Map(entries) => Some(entries.iter().map(|(key, element)| Subject::found(element, mode).at(Place::Key(place, key))).collect()),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => None,
    }
}

/// A path of one value within a row, for `by`.
pub(super) fn parse_by(node: &Node, diagnostics: &mut Vec<Diagnostic>) -> Option<Argument<Selector>> {
    let Yaml::Text { text, plain: _ } = &node.value else {
        diagnostics.push(Diagnostic::error(&node.span, "expected a path within the row").help("such as `by: $.name`"));
        return None;
    };
    let path = path::parse(text, &node.span, diagnostics)?;
    if path.constant().is_some_and(|path| !path.is_singular()) {
        diagnostics.push(Diagnostic::error(&node.span, format!("`{text}` can select several values: a row needs one")));
        return None;
    }
    Some(path)
}

/// The failure of a row that lacks what it is ordered or told apart by.
pub(super) fn lacks(row: &Subject<'_>, by: &Selector, phrase: &str) -> Failure {
    Failure::different(Place::Below(&row.place, by.as_str()).within(), phrase, "nothing").ground(Ground::NothingThere)
}
