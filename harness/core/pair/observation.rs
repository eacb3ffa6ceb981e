//! Compares what two sides answered to one request, aspect by aspect: status, redirects, headers, cookies, body.
//!
//! The readings are named already (secrets and own URLs); the suite's rules are applied here, then JSON is compared by
//! structure, text by line, anything else by digest and size. Does not know which side is production.

use std::sync::Arc;

use super::pages::compare_pages;
use crate::{
    attribute::Contrast,
    compare::{self, Difference, Hidden, Kind, Place, Weight, headers, text},
    json::{Json, Path},
    normalise::Rules,
    observation::Fault,
    reading::{Cookie, PageReading, Reading, ReadingBody},
    record::Aspect,
};

/// The place and pattern of a status.
pub(super) const STATUS: &str = "status";

/// What became of a redirect that has another target.
const ELSEWHERE: &str = "elsewhere";

/// What came of a step's request.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// A response.
    Reading(Arc<Reading>),
    /// A page that a browser showed.
    Page(Arc<PageReading>),
    /// None, and why.
    Fault {
        /// The fault's name: `time-out`.
        name: String,
        /// Whether nothing could be found out about the site, as opposed to a site that answers wrongly.
        blocks: bool,
    },
}

impl From<&Fault> for Answer {
    fn from(fault: &Fault) -> Self {
        Self::Fault { name: fault.kind.name().to_owned(), blocks: fault.kind.blocks() }
    }
}

impl Answer {
    /// The response, if there was one.
    #[must_use]
    pub fn reading(&self) -> Option<&Reading> {
        match self {
            Self::Reading(reading) => Some(reading),
            Self::Page(_) | Self::Fault { .. } => None,
        }
    }

    /// Whether something came.
    pub(super) fn came(&self) -> bool {
        match self {
            Self::Reading(_) | Self::Page(_) => true,
            Self::Fault { .. } => false,
        }
    }

    /// The status of the response, or of the page's document where that is known.
    fn status(&self) -> Option<u16> {
        match self {
            Self::Reading(reading) => Some(reading.status),
            Self::Page(page) => page.status,
            Self::Fault { .. } => None,
        }
    }
}

/// How closely two answers are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closeness {
    /// Everything.
    Values,
    /// For answers to requests that differ: status, presence of headers and cookies, shape of the body.
    Shape,
}

/// Compares two answers to one request. Two that failed to come say nothing about each other.
#[must_use]
pub fn compare_answers(expected: &Answer, actual: &Answer, rules: &Rules, closeness: Closeness) -> Contrast {
    let mut contrast = Contrast::default();
    match (expected, actual) {
        (Answer::Reading(one), Answer::Reading(two)) => return compare_readings(one, two, rules, closeness),
        (Answer::Page(one), Answer::Page(two)) => return compare_pages(one, two, rules, closeness),
        (came, Answer::Fault { name, .. }) if came.came() => {
            contrast.add_one(Aspect::Status, no_answer(came.status(), name, Side::Actual));
        }
        (Answer::Fault { name, .. }, came) if came.came() => {
            contrast.add_one(Aspect::Status, no_answer(came.status(), name, Side::Expected));
        }
        (Answer::Fault { name, .. }, _) => contrast.unseen("answer", format!("neither side answered: {name}")),
        (Answer::Reading(_) | Answer::Page(_), _) => {
            contrast.unseen("answer", String::from("a page stands against a response"));
        }
    }
    contrast
}

/// Compares two readings. Equal ones cost next to nothing.
#[must_use]
pub fn compare_readings(expected: &Reading, actual: &Reading, rules: &Rules, closeness: Closeness) -> Contrast {
    let mut contrast = Contrast::default();
    if let Some(incomplete) = incomplete(expected, actual) {
        contrast.add_one(Aspect::Status, incomplete);
        return contrast;
    }
    if expected.status != actual.status {
        let difference = Difference {
            expected: Some(Json::Number(i64::from(expected.status).into())),
            actual: Some(Json::Number(i64::from(actual.status).into())),
            ..named(STATUS, Kind::Changed, format!("{} → {}", expected.status, actual.status))
        };
        contrast.add_one(Aspect::Status, difference);
    }
    redirects(&expected.redirects, &actual.redirects, closeness, &mut contrast);
    let (one, two) = (header_lines(expected), header_lines(actual));
    let mut found = headers::headers(&one, &two, headers::Which::Mattering);
    match closeness {
        Closeness::Values => {}
        Closeness::Shape => found.differences.retain(|difference| difference.kind != Kind::Changed),
    }
    found.n_differences = found.differences.len();
    contrast.add(|difference| if difference.pattern.starts_with("set-cookie[") { Aspect::Cookie } else { Aspect::Header }, found);
    body(expected, actual, rules, closeness, &mut contrast);
    contrast.differences.sort_by(|one, two| (one.aspect, &one.difference.at).cmp(&(two.aspect, &two.difference.at)));
    contrast
}

#[derive(Clone, Copy)]
enum Side {
    Expected,
    Actual,
}

/// An answer that only one side gave.
fn no_answer(status: Option<u16>, fault: &str, lacking: Side) -> Difference {
    let there = status.map_or_else(|| Json::text("a page"), |status| Json::Number(i64::from(status).into()));
    let none = Json::String(format!("no answer: {fault}"));
    let status = status.map_or_else(|| String::from("a page"), |status| status.to_string());
    let (expected, actual, transformation) = match lacking {
        Side::Actual => (there, none, format!("{status} → no answer")),
        Side::Expected => (none, there, format!("no answer → {status}")),
    };
    Difference { expected: Some(expected), actual: Some(actual), ..named(STATUS, Kind::Retyped, transformation) }
}

/// A body that only one side sent to its end is an answer that only one side gave.
fn incomplete(expected: &Reading, actual: &Reading) -> Option<Difference> {
    match (&expected.body, &actual.body) {
        (ReadingBody::Broken { .. }, ReadingBody::Broken { .. }) => None,
        (ReadingBody::Broken { fault }, _) => Some(no_answer(Some(actual.status), fault, Side::Expected)),
        (_, ReadingBody::Broken { fault }) => Some(no_answer(Some(expected.status), fault, Side::Actual)),
        _ => None,
    }
}

/// A difference at a place that has a name of its own.
pub(super) fn named(name: &str, kind: Kind, transformation: String) -> Difference {
    Difference {
        at: Place::Header(name.to_owned()),
        key: name.to_owned(),
        pattern: name.to_owned(),
        kind,
        expected: None,
        actual: None,
        weight: Weight::Full,
        transformation,
        note: None,
    }
}

pub(super) fn redirects(expected: &[(u16, String)], actual: &[(u16, String)], closeness: Closeness, contrast: &mut Contrast) {
    for hop in 0..expected.len().max(actual.len()) {
        let place = format!("redirect[{}]", hop + 1);
        let shown = |(status, to): &(u16, String)| Json::String(format!("{status} {to}"));
        let (one, two) = (expected.get(hop), actual.get(hop));
        let (kind, transformation) = match (one, two) {
            (Some(one), Some(two)) if one == two => continue,
            (Some((status, _)), Some((other, _))) if status != other => (Kind::Changed, format!("{status} → {other}")),
            // Where it leads is the request's own matter when the requests differ.
            (Some(_), Some(_)) if closeness == Closeness::Shape => continue,
            // Where to is a row's own, and no part of the cause.
            (Some(_), Some(_)) => (Kind::Changed, String::from(ELSEWHERE)),
            (Some(_), None) => (Kind::Removed, String::new()),
            (None, Some(_)) => (Kind::Added, String::new()),
            (None, None) => continue,
        };
        let difference = Difference { expected: one.map(shown), actual: two.map(shown), ..named(&place, kind, transformation) };
        contrast.add_one(Aspect::Redirect, difference);
    }
}

/// Headers as the header comparison reads them: cookies as lines of name and attributes, their values left out.
fn header_lines(reading: &Reading) -> Vec<(String, String)> {
    let line = |cookie: &Cookie| {
        let attributes: String = cookie.attributes.iter().map(|attribute| format!("; {attribute}")).collect();
        (String::from("set-cookie"), format!("{}={attributes}", cookie.name))
    };
    reading.headers.iter().filter(|(name, _)| name != "set-cookie").cloned().chain(reading.cookies.iter().map(line)).collect()
}

fn body(expected: &Reading, actual: &Reading, rules: &Rules, closeness: Closeness, contrast: &mut Contrast) {
    let (one, two) = (&expected.body, &actual.body);
    match (one, two) {
        (ReadingBody::Empty, ReadingBody::Empty) => {}
        (ReadingBody::Json(one), ReadingBody::Json(two)) => {
            if !Arc::ptr_eq(one, two) && !is_identical(one, two) {
                json_body(one, two, rules, closeness, contrast);
            }
        }
        (ReadingBody::Html(one), ReadingBody::Html(two)) => {
            text_body(&text::html_lines(one), &text::html_lines(two), rules, closeness, contrast)
        }
        (ReadingBody::Text(one), ReadingBody::Text(two)) => text_body(one, two, rules, closeness, contrast),
        (ReadingBody::Bytes { sha256: one }, ReadingBody::Bytes { sha256: two }) => {
            if (one, expected.size) != (two, actual.size) && closeness == Closeness::Values {
                bytes(one, expected.size, two, actual.size, contrast);
            }
        }
        (ReadingBody::OverLimit { sha256: one }, ReadingBody::OverLimit { sha256: two }) => {
            if one != two && closeness == Closeness::Values {
                bytes(one, expected.size, two, actual.size, contrast);
            }
            contrast.unseen("body", String::from("over the size limit on both sides"));
        }
        (ReadingBody::OverLimit { .. }, _) | (_, ReadingBody::OverLimit { .. }) => {
            contrast.unseen("body", String::from("over the size limit on one side"));
        }
        (ReadingBody::Broken { fault }, _) | (_, ReadingBody::Broken { fault }) => {
            contrast.unseen("body", format!("could not be read to its end: {fault}"));
        }
        (
            ReadingBody::Empty | ReadingBody::Json(_) | ReadingBody::Html(_) | ReadingBody::Text(_) | ReadingBody::Bytes { .. },
            ReadingBody::Empty | ReadingBody::Json(_) | ReadingBody::Html(_) | ReadingBody::Text(_) | ReadingBody::Bytes { .. },
        ) => {
            let (before, after) = (body_name(one), body_name(two));
            let difference = Difference {
                at: Place::Json(Path::root()),
                expected: Some(excerpt(one, expected.size)),
                actual: Some(excerpt(two, actual.size)),
                ..named("$", Kind::Retyped, format!("{before} → {after}"))
            };
            contrast.add_one(Aspect::Body, difference);
        }
    }
}

fn json_body(expected: &Json, actual: &Json, rules: &Rules, closeness: Closeness, contrast: &mut Contrast) {
    let (one, two) = (rules.apply(expected.clone()), rules.apply(actual.clone()));
    hide(contrast, one.hidden, two.hidden);
    let found = match closeness {
        Closeness::Values => compare::json(&one.json, &two.json, &rules.options()),
        Closeness::Shape => compare::shape(&one.json, &two.json),
    };
    contrast.add(|_| Aspect::Body, found);
}

fn text_body(expected: &str, actual: &str, rules: &Rules, closeness: Closeness, contrast: &mut Contrast) {
    if expected == actual || closeness == Closeness::Shape {
        return;
    }
    let (one, two) = (rules.apply_text(expected), rules.apply_text(actual));
    hide(contrast, one.hidden, two.hidden);
    contrast.add(|_| Aspect::Body, text::text(&one.text, &two.text));
}

/// What rules hid on either side is one thing: the larger count of the two.
pub(super) fn hide(contrast: &mut Contrast, expected: Vec<Hidden>, actual: Vec<Hidden>) {
    let mut all = expected;
    for hidden in actual {
        match all.iter_mut().find(|known| known.rule == hidden.rule && known.path == hidden.path) {
            Some(known) => known.count = known.count.max(hidden.count),
            None => all.push(hidden),
        }
    }
    contrast.hidden.extend(all);
}

fn bytes(expected: &str, expected_size: u64, actual: &str, actual_size: u64, contrast: &mut Contrast) {
    let shown = |sha256: &str, size: u64| Json::String(format!("{size} bytes, sha256 {sha256}"));
    let difference = Difference {
        at: Place::Json(Path::root()),
        expected: Some(shown(expected, expected_size)),
        actual: Some(shown(actual, actual_size)),
        ..named("$", Kind::Changed, String::from("bytes"))
    };
    contrast.add_one(Aspect::Body, difference);
}

fn body_name(body: &ReadingBody) -> &'static str {
    match body {
        ReadingBody::Empty => "empty",
        ReadingBody::Json(_) => "JSON",
        ReadingBody::Html(_) => "HTML",
        ReadingBody::Text(_) => "text",
        ReadingBody::Bytes { .. } => "bytes",
        ReadingBody::OverLimit { .. } => "over the limit",
        ReadingBody::Broken { .. } => "broken",
    }
}

/// A body in a few words, for a place where two kinds of body stand against each other.
fn excerpt(body: &ReadingBody, size: u64) -> Json {
    const LONGEST: usize = 500;
    let cut = |text: &str| Json::String(text.chars().take(LONGEST).collect());
    match body {
        ReadingBody::Empty => Json::Null,
        ReadingBody::Json(json) => Json::clone(json),
        ReadingBody::Html(text) | ReadingBody::Text(text) => cut(text),
        ReadingBody::Bytes { sha256 } | ReadingBody::OverLimit { sha256 } => Json::String(format!("{size} bytes, sha256 {sha256}")),
        ReadingBody::Broken { fault } => cut(fault),
    }
}

/// Whether two documents are the same to the letter, number forms and order of keys included. Iterative: depth costs no stack.
fn is_identical(one: &Json, two: &Json) -> bool {
    let mut open = vec![(one, two)];
    while let Some(pair) = open.pop() {
        let same = match pair {
            (Json::Null, Json::Null) => true,
            (Json::Bool(one), Json::Bool(two)) => one == two,
            (Json::Number(one), Json::Number(two)) => one.as_str() == two.as_str(),
            (Json::String(one), Json::String(two)) => one == two,
            (Json::List(one), Json::List(two)) => {
                open.extend(one.iter().zip(two));
                one.len() == two.len()
            }
            (Json::Map(one), Json::Map(two)) => {
                open.extend(one.iter().zip(two).map(|((_, one), (_, two))| (one, two)));
                one.len() == two.len() && one.iter().zip(two).all(|((one, _), (two, _))| one == two)
            }
            (Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::List(_) | Json::Map(_), _) => false,
        };
        if !same {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{attribute::Seen, json::read, observation::Timing};

    fn reading(body: ReadingBody) -> Reading {
        Reading {
            url: String::from("{{ web }}/a"),
            status: 200,
            version: String::from("1.1"),
            redirects: Vec::new(),
            headers: Vec::new(),
            cookies: Vec::new(),
            size: 10,
            timing: Timing::default(),
            body,
        }
    }

    fn json_body(text: &str) -> ReadingBody {
        ReadingBody::Json(Arc::new(read(text).unwrap().json))
    }

    fn seen(contrast: &Contrast) -> Vec<String> {
        let differences = contrast.differences.iter().map(|Seen { aspect, difference }| {
            format!("{} {} {} {}", aspect.name(), difference.kind, difference.key, difference.transformation).trim_end().to_owned()
        });
        differences.chain(contrast.unseen.iter().map(|unseen| format!("unseen {}: {}", unseen.what, unseen.why))).collect()
    }

    fn check_closely(expected: &Reading, actual: &Reading, closeness: Closeness, outcome: &[&str]) {
        assert_eq!(seen(&compare_readings(expected, actual, &Rules::default(), closeness)), outcome);
    }

    fn check(expected: &Reading, actual: &Reading, outcome: &[&str]) {
        check_closely(expected, actual, Closeness::Values, outcome);
    }

    fn check_bodies(expected: ReadingBody, actual: ReadingBody, outcome: &[&str]) {
        check(&reading(expected), &reading(actual), outcome);
    }

    #[test]
    fn every_aspect_is_looked_at() {
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        let cookie = |attributes: &[&str]| Cookie {
            name: String::from("sid"),
            attributes: attributes.iter().map(|text| (*text).to_owned()).collect(),
        };
        let one = Reading {
            redirects: vec![(301, String::from("{{ web }}/b")), (302, String::from("{{ web }}/c"))],
            headers: vec![header("vary", "a"), header("date", "now"), header("cache-control", "no-store")],
            cookies: vec![cookie(&["Path=/", "Secure"])],
            ..reading(json_body(r#"{"a":1}"#))
        };
        let two = Reading {
            status: 404,
            redirects: vec![(301, String::from("{{ web }}/x"))],
            headers: vec![header("vary", "b"), header("date", "later")],
            cookies: vec![cookie(&["Path=/"])],
            ..reading(json_body(r#"{"a":2}"#))
        };
        check(&one, &one, &[]);
        check(
            &one,
            &two,
            &[
                "status changed status 200 → 404",
                "header removed cache-control",
                "header changed vary a → b",
                "cookie removed set-cookie[sid].secure",
                "redirect changed redirect[1] elsewhere",
                "redirect removed redirect[2]",
                "body changed $.a number",
            ],
        );
    }

    #[test]
    fn by_shape_values_do_not_count() {
        let header = |value: &str| vec![(String::from("vary"), value.to_owned())];
        let one = Reading { headers: header("a"), redirects: vec![(301, String::from("/a"))], ..reading(json_body(r#"{"a":1,"b":1}"#)) };
        let two = Reading { headers: header("b"), redirects: vec![(301, String::from("/b"))], ..reading(json_body(r#"{"a":2}"#)) };
        check_closely(&one, &two, Closeness::Shape, &["body removed $.b"]);
        let (text, other) = (reading(ReadingBody::Text(String::from("a"))), reading(ReadingBody::Text(String::from("b"))));
        check_closely(&text, &other, Closeness::Shape, &[]);
        check_closely(&text, &one, Closeness::Shape, &["header added vary", "redirect added redirect[1]", "body retyped $ text → JSON"]);
    }

    #[test]
    fn bodies_of_another_kind_are_retyped_and_form_alone_is_seen() {
        check_bodies(json_body("{}"), ReadingBody::Html(String::from("<p>")), &["body retyped $ JSON → HTML"]);
        check_bodies(json_body("{}"), ReadingBody::Empty, &["body retyped $ JSON → empty"]);
        check_bodies(json_body("[1]"), json_body("[1.0]"), &["body changed $[0] number form"]);
        check_bodies(ReadingBody::Empty, ReadingBody::Empty, &[]);
    }

    #[test]
    fn html_differs_in_a_place_and_not_by_white_space() {
        let html = |text: &str| ReadingBody::Html(text.to_owned());
        check_bodies(html("<p>one  two</p><b>x</b>"), html("<p>\n  one two</p>\n\n<b>x</b>"), &[]);
        check_bodies(html("<p>one</p><b>x</b>"), html("<p>one</p><b>y</b>"), &["body changed line[=\"x\"] x → y"]);
    }

    #[test]
    fn what_is_no_text_is_known_by_digest_and_size() {
        let bytes = |sha256: &str| ReadingBody::Bytes { sha256: sha256.to_owned() };
        check_bodies(bytes("aa"), bytes("aa"), &[]);
        check_bodies(bytes("aa"), bytes("bb"), &["body changed $ bytes"]);
        let over = |sha256: &str| ReadingBody::OverLimit { sha256: sha256.to_owned() };
        check_bodies(over("aa"), over("aa"), &["unseen body: over the size limit on both sides"]);
        check_bodies(over("aa"), over("bb"), &["body changed $ bytes", "unseen body: over the size limit on both sides"]);
        check_bodies(over("aa"), json_body("1"), &["unseen body: over the size limit on one side"]);
    }

    #[test]
    fn an_answer_that_one_side_alone_gave_to_its_end() {
        let broken = || ReadingBody::Broken { fault: String::from("body truncated") };
        check_bodies(json_body("1"), broken(), &["status retyped status 200 → no answer"]);
        check_bodies(broken(), json_body("1"), &["status retyped status no answer → 200"]);
        check_bodies(broken(), broken(), &["unseen body: could not be read to its end: body truncated"]);
        let answer = Answer::Reading(Arc::new(reading(json_body("1"))));
        let fault = Answer::Fault { name: String::from("time-out"), blocks: false };
        let compare = |one, two| seen(&compare_answers(one, two, &Rules::default(), Closeness::Values));
        assert_eq!(compare(&answer, &fault), ["status retyped status 200 → no answer"]);
        assert_eq!(compare(&fault, &fault), ["unseen answer: neither side answered: time-out"]);
        assert!(compare(&answer, &answer).is_empty());
    }
}
