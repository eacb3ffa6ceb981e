//! How bad a difference is.

use crate::{
    compare::{Difference, Kind, Place, Weight},
    json::Json,
    record::{Aspect, Severity},
};

/// How bad a difference is, whoever caused it.
///
/// | where | gone | added | changed | retyped | order |
/// |---|---|---|---|---|---|
/// | status | | | another class: breaking, else change | no answer: breaking | |
/// | redirect | breaking | breaking | another target: breaking, else change | | |
/// | header, cookie and its attributes | breaking | minor | change | | |
/// | field of a body | breaking | minor | change | breaking | |
/// | row of a list, entry of a map of rows | breaking | change | change | breaking | change |
/// | line of a text, of a page's tree, an image | change | change | change | | |
/// | title, address, tag of a page | breaking | minor | change | | |
/// | console error, failed request, violation of a page | change | breaking | change | | |
/// | anything in its form alone (white space, `1` and `1.0`) | minor | minor | minor | minor | minor |
///
/// Null is a type: a text that became null is retyped.
#[must_use]
pub fn severity(aspect: Aspect, difference: &Difference) -> Severity {
    match difference.weight {
        Weight::Minor => return Severity::Minor,
        Weight::Full => {}
    }
    match aspect {
        Aspect::Status => status(difference),
        Aspect::Redirect => redirect(difference),
        Aspect::Timing => Severity::Slower,
        Aspect::Header | Aspect::Cookie | Aspect::Tls | Aspect::Page => by_kind(difference),
        Aspect::Image | Aspect::Aria | Aspect::Text | Aspect::Html => Severity::Change,
        Aspect::Body => match difference.at {
            Place::Line(_) => Severity::Change,
            Place::Json(_) | Place::Header(_) => by_kind(difference),
        },
        Aspect::Console | Aspect::Requests | Aspect::Accessibility | Aspect::Identity | Aspect::Revision => match difference.kind {
            Kind::Added | Kind::Retyped => Severity::Breaking,
            Kind::Removed | Kind::Changed | Kind::Reordered => Severity::Change,
        },
    }
}

fn by_kind(difference: &Difference) -> Severity {
    let is_row = difference.pattern.ends_with("[*]") || difference.pattern.ends_with("{*}");
    match difference.kind {
        Kind::Removed | Kind::Retyped => Severity::Breaking,
        Kind::Added if !is_row => Severity::Minor,
        Kind::Added | Kind::Changed | Kind::Reordered => Severity::Change,
    }
}

fn status(difference: &Difference) -> Severity {
    let class =
        |json: &Option<Json>| json.as_ref().and_then(Json::as_number).and_then(crate::json::Number::to_i64).map(|status| status / 100);
    match (class(&difference.expected), class(&difference.actual)) {
        (Some(one), Some(two)) if one == two => Severity::Change,
        _ => Severity::Breaking,
    }
}

fn redirect(difference: &Difference) -> Severity {
    fn target(json: &Option<Json>) -> Option<&str> {
        json.as_ref().and_then(Json::as_str).and_then(|text| text.split_once(' ')).map(|(_, target)| target)
    }
    match (target(&difference.expected), target(&difference.actual)) {
        (Some(one), Some(two)) if one == two => Severity::Change,
        _ => Severity::Breaking,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        compare::{self, Options, headers, text},
        json::read,
    };

    fn check_all(aspect: Aspect, found: compare::Comparison, expected: &[&str]) {
        let seen: Vec<String> = found
            .differences
            .iter()
            .map(|difference| format!("{} {} {}", severity(aspect, difference).name(), difference.kind, difference.pattern))
            .collect();
        assert_eq!(seen, expected);
    }

    fn check(expected: &str, actual: &str, outcome: &[&str]) {
        let (one, two) = (read(expected).unwrap().json, read(actual).unwrap().json);
        check_all(Aspect::Body, compare::json(&one, &two, &Options::default()), outcome);
    }

    #[test]
    fn bodies() {
        check(
            r#"{"a":1,"b":"x","c":1,"d":1}"#,
            r#"{"b":null,"c":2,"d":1.0,"e":1}"#,
            &["breaking removed $.a", "breaking retyped $.b", "change changed $.c", "minor changed $.d", "minor added $.e"],
        );
        check(
            r#"[{"name":"a"},{"name":"b"},{"name":"c"}]"#,
            r#"[{"name":"b"},{"name":"a"},{"name":"d"}]"#,
            &["change reordered $", "change added $[*]", "breaking removed $[*]"],
        );
        check(r#"{"a":"x y"}"#, r#"{"a":"x  y"}"#, &["minor changed $.a"]);
    }

    #[test]
    fn texts_and_headers() {
        check_all(
            Aspect::Body,
            text::text("a\nb\nc", "a\nx\nc\nd\n e"),
            &["change changed line", "change added line", "change added line"],
        );
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let one = [header("vary", "a"), header("pragma", "x")];
        let two = [header("vary", "b"), header("allow", "GET")];
        check_all(
            Aspect::Header,
            headers::headers(&one, &two, headers::Which::Mattering),
            &["minor added allow", "breaking removed pragma", "change changed vary"],
        );
    }

    fn check_named(aspect: Aspect, expected: Json, actual: Json, severity_expected: Severity) {
        let difference = Difference {
            at: Place::Header(String::from("x")),
            key: String::from("x"),
            pattern: String::from("x"),
            kind: Kind::Changed,
            expected: Some(expected),
            actual: Some(actual),
            weight: Weight::Full,
            transformation: String::new(),
            note: None,
        };
        assert_eq!(severity(aspect, &difference), severity_expected);
    }

    #[test]
    fn statuses_by_class_and_redirects_by_target() {
        let status = |status: i64| Json::Number(status.into());
        check_named(Aspect::Status, status(200), status(201), Severity::Change);
        check_named(Aspect::Status, status(200), status(404), Severity::Breaking);
        check_named(Aspect::Status, status(500), Json::from("no answer: time-out"), Severity::Breaking);
        check_named(Aspect::Redirect, Json::from("301 /a"), Json::from("302 /a"), Severity::Change);
        check_named(Aspect::Redirect, Json::from("301 /a"), Json::from("301 /b"), Severity::Breaking);
    }
}
