//! The changes of a snapshot as a comparison between environments names them, so that one that was accepted on staging is known
//! for the same one in production.

use crate::{
    compare::{Difference, headers, text},
    json::{self, Json},
    normalise::Rules,
    record::Aspect,
    snapshot::Canonical,
};

/// What a snapshot is a text of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// JSON or text: its changes are compared as they are kept.
    Plain,
    /// HTML: compared tag by tag, kept as it was received.
    Html,
    /// Headers: compared by name, kept as a JSON map.
    Headers,
}

/// The changes by cause, and what was looked at. Nothing where the snapshot itself says all that there is to say: its form is
/// plain, or it differs only in what environments are never compared by.
#[must_use]
pub fn causes(expected: &str, actual: &Canonical, form: Form, rules: &Rules) -> Option<(Aspect, Vec<Difference>)> {
    let (aspect, comparison) = match form {
        Form::Plain => return None,
        Form::Html => {
            let lines = |html: &str| rules.apply_text(&text::html_lines(html)).text;
            (Aspect::Body, text::text(&lines(expected), &lines(&actual.text)))
        }
        Form::Headers => {
            let (Ok(expected), Some(actual)) = (json::read(expected), &actual.json) else { return None };
            let (expected, actual) = (lines(&expected.json), lines(actual));
            let mut names: Vec<String> = expected.iter().chain(&actual).map(|(name, _)| name.clone()).collect();
            names.sort();
            names.dedup();
            (Aspect::Header, headers::headers(&expected, &actual, headers::Which::Named(&names)))
        }
    };
    (!comparison.differences.is_empty()).then_some((aspect, comparison.differences))
}

/// The headers that a snapshot keeps, one line a value.
fn lines(kept: &Json) -> Vec<(String, String)> {
    let Json::Map(entries) = kept else { return Vec::new() };
    let mut lines = Vec::new();
    for (name, value) in entries {
        let values = match value {
            Json::List(values) => values.as_slice(),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Map(_) => std::slice::from_ref(value),
        };
        lines.extend(values.iter().filter_map(|value| Some((name.clone(), value.as_str()?.to_owned()))));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::{headers_text, plain_text};

    fn check(expected: &Canonical, actual: &Canonical, form: Form, causes_expected: &[&str]) {
        let found = causes(&expected.text, actual, form, &Rules::default());
        let shown: Vec<String> = found
            .into_iter()
            .flat_map(|(aspect, differences)| differences.into_iter().map(move |difference| (aspect, difference)))
            .map(|(aspect, difference)| format!("{} {} {}", aspect.name(), difference.kind.name(), difference.pattern))
            .collect();
        assert_eq!(shown, causes_expected);
    }

    #[test]
    fn a_header_that_came_or_went_is_a_header() {
        let kept = |value: Option<&str>| {
            let headers: Vec<(String, String)> =
                value.map(|value| (String::from("referrer-policy"), value.to_owned())).into_iter().collect();
            headers_text(&headers, &[String::from("referrer-policy")])
        };
        check(&kept(None), &kept(Some("origin")), Form::Headers, &["header added referrer-policy"]);
        check(&kept(Some("origin")), &kept(None), Form::Headers, &["header removed referrer-policy"]);
        check(&kept(Some("origin")), &kept(Some("same-origin")), Form::Headers, &["header changed referrer-policy"]);
        check(&kept(Some("origin")), &kept(Some("origin")), Form::Headers, &[]);
    }

    #[test]
    fn a_page_changes_in_a_tag_and_not_as_a_line() {
        let (one, two) = (plain_text("<p>a</p><p>b</p>"), plain_text("<p>a</p><p>c</p>"));
        let found = causes(&one.text, &two, Form::Html, &Rules::default()).unwrap().1;
        assert_eq!(found[0].actual, Some(Json::text("c")));
        check(&one, &two, Form::Plain, &[]);
        check(&one, &one, Form::Html, &[]);
    }
}
