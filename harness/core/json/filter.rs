//! JSONPaths with filters (RFC 9535, 2.3.5): their syntax, and what they select.
//!
//! Numbers compare as decimals of any size, so that `[?@.id == 12345678901234567890]` tells neighbours apart.

use std::cmp::Ordering;

use regex::Regex;

use super::{
    Json, Number,
    selector::Track,
    steps::{Pick, Scanner},
    value::last_entries,
};

/// A query: segments that stand behind `$` or `@`.
#[derive(Debug, Clone, Default)]
pub(super) struct Query(Vec<Segment>);

#[derive(Debug, Clone)]
struct Segment {
    descends: bool,
    selectors: Vec<Selector>,
}

#[derive(Debug, Clone)]
enum Selector {
    Pick(Pick),
    Filter(Test),
}

/// What a filter asks of each child.
#[derive(Debug, Clone)]
enum Test {
    Any(Vec<Test>),
    All(Vec<Test>),
    Not(Box<Test>),
    /// The query selects something.
    Exists(Origin, Query),
    Compare(Operand, Comparison, Operand),
    /// `match` looks at the whole text, `search` for a place within.
    Matches {
        whole: bool,
        text: Operand,
        pattern: Pattern,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// `$`
    Root,
    /// `@`
    Current,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Equal,
    NotEqual,
    Less,
    AtMost,
    Greater,
    AtLeast,
}

/// One side of a comparison.
#[derive(Debug, Clone)]
enum Operand {
    Literal(Json),
    /// The value of a query that ends in one, and of `value(…)`.
    Value(Origin, Query),
    /// `length(…)`
    Length(Box<Operand>),
    /// `count(…)`
    Count(Origin, Query),
}

#[derive(Debug, Clone)]
enum Pattern {
    /// Written out; nothing when it is no regular expression, which matches nothing.
    Fixed(Option<Regex>),
    Dynamic(Operand),
}

/// The document, and the value that the filter is asked about.
#[derive(Clone, Copy)]
struct Place<'a> {
    root: &'a Json,
    current: &'a Json,
}

/// A value that stands in the document, or one that was calculated.
enum Found<'a> {
    There(&'a Json),
    Made(Json),
}

impl Found<'_> {
    fn json(&self) -> &Json {
        match self {
            Self::There(json) => json,
            Self::Made(json) => json,
        }
    }
}

impl Query {
    /// Calls `found` for every value that it selects, in document order.
    pub(super) fn select<'a, T: Track>(&self, document: &'a Json, track: &mut T, found: &mut impl FnMut(&mut T, &'a Json)) {
        walk(document, &self.0, document, track, found);
    }

    fn values<'a>(&self, origin: Origin, place: Place<'a>) -> Vec<&'a Json> {
        let start = match origin {
            Origin::Root => place.root,
            Origin::Current => place.current,
        };
        let mut values = Vec::new();
        walk(start, &self.0, place.root, &mut (), &mut |(), json| values.push(json));
        values
    }
}

impl Track for () {
    fn down_key(&mut self, _: &str) {}
    fn down_index(&mut self, _: usize) {}
    fn up(&mut self) {}
}

// Recursion goes one level of the document down each time, and the reader limits those.
fn walk<'a, T: Track>(json: &'a Json, segments: &[Segment], root: &'a Json, track: &mut T, found: &mut impl FnMut(&mut T, &'a Json)) {
    let Some((segment, rest)) = segments.split_first() else { return found(track, json) };
    for selector in &segment.selectors {
        let takes = |child: &'a Json| match selector {
            Selector::Pick(_) => true,
            Selector::Filter(test) => test.holds(Place { root, current: child }),
        };
        match json {
            Json::List(elements) => {
                let positions = match selector {
                    Selector::Pick(pick) => pick.positions(elements.len()),
                    Selector::Filter(_) => (0..elements.len()).collect(),
                };
                for index in positions.into_iter().filter(|index| takes(&elements[*index])) {
                    track.down_index(index);
                    walk(&elements[index], rest, root, track, found);
                    track.up();
                }
            }
            Json::Map(entries) => {
                let named = match selector {
                    Selector::Pick(Pick::Key(key)) => json.get(key).map(|value| (key.as_str(), value)),
                    Selector::Pick(Pick::All | Pick::Index(_) | Pick::Slice { .. }) | Selector::Filter(_) => None,
                };
                let takes_all = matches!(selector, Selector::Pick(Pick::All) | Selector::Filter(_));
                let all = takes_all.then(|| last_entries(entries)).into_iter().flatten();
                let mut go_down = |key: &str, value: &'a Json| {
                    track.down_key(key);
                    walk(value, rest, root, track, found);
                    track.up();
                };
                if let Some((key, value)) = named {
                    go_down(key, value);
                }
                for (key, value) in all.filter(|(_, value)| takes(value)) {
                    go_down(key, value);
                }
            }
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
        }
    }
    if segment.descends {
        match json {
            Json::List(elements) => {
                for (index, element) in elements.iter().enumerate() {
                    track.down_index(index);
                    walk(element, segments, root, track, found);
                    track.up();
                }
            }
            Json::Map(entries) => {
                for (key, value) in last_entries(entries) {
                    track.down_key(key);
                    walk(value, segments, root, track, found);
                    track.up();
                }
            }
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
        }
    }
}

impl Test {
    fn holds(&self, place: Place<'_>) -> bool {
        match self {
            Self::Any(tests) => tests.iter().any(|test| test.holds(place)),
            Self::All(tests) => tests.iter().all(|test| test.holds(place)),
            Self::Not(test) => !test.holds(place),
            Self::Exists(origin, query) => !query.values(*origin, place).is_empty(),
            Self::Compare(one, comparison, two) => {
                let (one, two) = (one.value(place), two.value(place));
                comparison.holds(one.as_ref().map(Found::json), two.as_ref().map(Found::json))
            }
            Self::Matches { whole, text, pattern } => {
                let Some(text) = text.value(place) else { return false };
                let Json::String(text) = text.json() else { return false };
                match pattern {
                    Pattern::Fixed(pattern) => pattern.as_ref().is_some_and(|pattern| pattern.is_match(text)),
                    Pattern::Dynamic(operand) => match operand.value(place).as_ref().map(Found::json) {
                        Some(Json::String(pattern)) => regex(pattern, *whole).is_some_and(|pattern| pattern.is_match(text)),
                        _ => false,
                    },
                }
            }
        }
    }
}

impl Operand {
    /// The value, or nothing (RFC 9535 has this apart from `null`).
    fn value<'a>(&'a self, place: Place<'a>) -> Option<Found<'a>> {
        match self {
            Self::Literal(json) => Some(Found::There(json)),
            Self::Value(origin, query) => match query.values(*origin, place).as_slice() {
                [json] => Some(Found::There(json)),
                _ => None,
            },
            Self::Length(of) => {
                let length = match of.value(place)?.json() {
                    Json::String(text) => text.chars().count(),
                    Json::List(elements) => elements.len(),
                    Json::Map(entries) => last_entries(entries).count(),
                    Json::Null | Json::Bool(_) | Json::Number(_) => return None,
                };
                Some(Found::Made(Json::Number(Number::from(length))))
            }
            Self::Count(origin, query) => Some(Found::Made(Json::Number(Number::from(query.values(*origin, place).len())))),
        }
    }
}

impl Comparison {
    /// RFC 9535, 2.3.5.2.2. Only numbers and texts have an order, each among themselves.
    fn holds(self, one: Option<&Json>, two: Option<&Json>) -> bool {
        let order = match (one, two) {
            (Some(Json::Number(one)), Some(Json::Number(two))) => Some(one.cmp(two)),
            (Some(Json::String(one)), Some(Json::String(two))) => Some(one.cmp(two)),
            _ => None,
        };
        match self {
            Self::Equal => one == two,
            Self::NotEqual => one != two,
            Self::Less => order == Some(Ordering::Less),
            Self::Greater => order == Some(Ordering::Greater),
            Self::AtMost => order == Some(Ordering::Less) || one == two,
            Self::AtLeast => order == Some(Ordering::Greater) || one == two,
        }
    }
}

/// An I-Regexp (RFC 9485): its dot takes everything but line breaks.
fn regex(pattern: &str, whole: bool) -> Option<Regex> {
    Regex::new(&if whole { format!("(?R)^(?:{pattern})$") } else { format!("(?R){pattern}") }).ok()
}

/// The query of a text that is known to be a JSONPath.
pub(super) fn query(text: &str) -> Option<Query> {
    let mut scanner = Scanner { rest: text.strip_prefix('$')? };
    let query = segments(&mut scanner)?;
    scanner.blank();
    scanner.rest.is_empty().then_some(query)
}

/// Segments up to what is none.
fn segments(scanner: &mut Scanner<'_>) -> Option<Query> {
    let mut segments = Vec::new();
    loop {
        let before = scanner.rest;
        scanner.blank();
        let descends = scanner.take("..");
        let selectors = if scanner.take("[") {
            bracket(scanner)?
        } else if descends || scanner.take(".") {
            vec![Selector::Pick(if scanner.take("*") { Pick::All } else { Pick::Key(scanner.shorthand()?) })]
        } else {
            scanner.rest = before;
            return Some(Query(segments));
        };
        segments.push(Segment { descends, selectors });
    }
}

fn bracket(scanner: &mut Scanner<'_>) -> Option<Vec<Selector>> {
    let mut selectors = Vec::new();
    loop {
        scanner.blank();
        selectors.push(if scanner.take("?") { Selector::Filter(any(scanner)?) } else { Selector::Pick(scanner.pick()?) });
        scanner.blank();
        if scanner.take("]") {
            return Some(selectors);
        }
        if !scanner.take(",") {
            return None;
        }
    }
}

fn any(scanner: &mut Scanner<'_>) -> Option<Test> {
    let mut tests = vec![all(scanner)?];
    scanner.blank();
    while scanner.take("||") {
        tests.push(all(scanner)?);
        scanner.blank();
    }
    Some(if tests.len() == 1 { tests.remove(0) } else { Test::Any(tests) })
}

fn all(scanner: &mut Scanner<'_>) -> Option<Test> {
    let mut tests = vec![basic(scanner)?];
    scanner.blank();
    while scanner.take("&&") {
        tests.push(basic(scanner)?);
        scanner.blank();
    }
    Some(if tests.len() == 1 { tests.remove(0) } else { Test::All(tests) })
}

fn basic(scanner: &mut Scanner<'_>) -> Option<Test> {
    scanner.blank();
    if scanner.take("!") {
        return basic(scanner).map(|test| Test::Not(Box::new(test)));
    }
    if scanner.take("(") {
        let test = any(scanner)?;
        scanner.blank();
        return scanner.take(")").then_some(test);
    }
    for (name, whole) in [("match", true), ("search", false)] {
        if call(scanner, name) {
            let text = operand(scanner)?;
            scanner.blank();
            if !scanner.take(",") {
                return None;
            }
            let pattern = match operand(scanner)? {
                Operand::Literal(Json::String(pattern)) => Pattern::Fixed(regex(&pattern, whole)),
                other => Pattern::Dynamic(other),
            };
            scanner.blank();
            return scanner.take(")").then_some(Test::Matches { whole, text, pattern });
        }
    }
    let one = operand(scanner)?;
    scanner.blank();
    let comparisons = [
        ("==", Comparison::Equal),
        ("!=", Comparison::NotEqual),
        ("<=", Comparison::AtMost),
        (">=", Comparison::AtLeast),
        ("<", Comparison::Less),
        (">", Comparison::Greater),
    ];
    match (comparisons.into_iter().find(|(sign, _)| scanner.take(sign)), one) {
        (Some((_, comparison)), one) => Some(Test::Compare(one, comparison, operand(scanner)?)),
        (None, Operand::Value(origin, query)) => Some(Test::Exists(origin, query)),
        (None, _) => None,
    }
}

fn operand(scanner: &mut Scanner<'_>) -> Option<Operand> {
    scanner.blank();
    if let Some((origin, query)) = nodes(scanner) {
        return Some(Operand::Value(origin, query));
    }
    if call(scanner, "length") {
        let of = operand(scanner)?;
        scanner.blank();
        return scanner.take(")").then(|| Operand::Length(Box::new(of)));
    }
    for name in ["count", "value"] {
        if call(scanner, name) {
            scanner.blank();
            let (origin, query) = nodes(scanner)?;
            scanner.blank();
            let made = if name == "count" { Operand::Count(origin, query) } else { Operand::Value(origin, query) };
            return scanner.take(")").then_some(made);
        }
    }
    literal(scanner).map(Operand::Literal)
}

/// A query that begins with `$` or `@`.
fn nodes(scanner: &mut Scanner<'_>) -> Option<(Origin, Query)> {
    let origin = if scanner.take("@") {
        Origin::Current
    } else if scanner.take("$") {
        Origin::Root
    } else {
        return None;
    };
    Some((origin, segments(scanner)?))
}

/// The name of a function and its opening parenthesis.
fn call(scanner: &mut Scanner<'_>, name: &str) -> bool {
    let before = scanner.rest;
    let found = scanner.take(name) && scanner.take("(");
    if !found {
        scanner.rest = before;
    }
    found
}

fn literal(scanner: &mut Scanner<'_>) -> Option<Json> {
    for (word, json) in [("true", Json::Bool(true)), ("false", Json::Bool(false)), ("null", Json::Null)] {
        if scanner.take(word) {
            return Some(json);
        }
    }
    for quote in ['\'', '"'] {
        if let Some(rest) = scanner.rest.strip_prefix(quote) {
            scanner.rest = rest;
            return scanner.string(quote).map(Json::String);
        }
    }
    let is_of_number = |character: char| character.is_ascii_digit() || matches!(character, '-' | '+' | '.' | 'e' | 'E');
    let end = scanner.rest.find(|character| !is_of_number(character)).unwrap_or(scanner.rest.len());
    let (number, rest) = scanner.rest.split_at(end);
    scanner.rest = rest;
    Number::parse(number).map(Json::Number)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json_path::JsonPath;

    use crate::json::{Selector, read, to_compact, to_value};

    fn check(selector: &str, document: &str, expected: &str) {
        let json = read(document).unwrap().json;
        let values: Vec<String> = Selector::parse(selector).unwrap().values(&json).into_iter().map(to_compact).collect();
        assert_eq!(format!("[{}]", values.join(", ")), expected, "{selector}");
    }

    #[test]
    fn numbers_compare_as_decimals_of_any_size() {
        let ids = r#"[{"id": 1234567890123456788, "n": 1}, {"id": 1234567890123456789, "n": 2}, {"id": 12345678901234567890123, "n": 3}]"#;
        check("$[?@.id == 1234567890123456789].n", ids, "[2]");
        check("$[?@.id > 1234567890123456788].n", ids, "[2, 3]");
        check("$[?@.id >= 12345678901234567890123].n", ids, "[3]");
        check("$[?@.id < 12345678901234567890122].n", ids, "[1, 2]");
        check("$[?@ == 0.1]", "[0.1, 0.10, 0.10000000000000000001, 1e-1]", "[0.1, 0.10, 1e-1]");
        check("$[?@ == -0]", "[0, 0.0, -0]", "[0, 0.0, -0]");
        check("$[?@ == $[0]]", "[12345678901234567890, 12345678901234567891]", "[12345678901234567890]");
    }

    #[test]
    fn nothing_is_equal_to_nothing_alone() {
        check("$[?@.a == @.b].n", r#"[{"n": 1}, {"n": 2, "a": null}, {"n": 3, "a": 1, "b": 1.0}]"#, "[1, 3]");
        check("$[?@.a == null].n", r#"[{"n": 1}, {"n": 2, "a": null}]"#, "[2]");
        check("$[?@.a <= @.b].n", r#"[{"n": 1}, {"n": 2, "a": true, "b": true}, {"n": 3, "a": "x", "b": 5}]"#, "[1, 2]");
        check("$[?length(@) == length(@)]", "[1]", "[1]");
        check("$[?value(@.*) <= value(@.*)]", "[null]", "[null]");
        check("$[?match(@[-1], 'a.?') && @[-1]]", "[[\"a\"], [\"a\", \"b\"]]", "[[\"a\"]]");
        check("$[?@[-1] == value(@.*)]", "[[null], [1], [1, 1], []]", "[[null], [1], []]");
        check("$[?@ <= 2]", "[1, 2, 3, \"1\"]", "[1, 2]");
        check("$[?@ >= 'b']", "[\"a\", \"b\", \"c\", 5]", "[\"b\", \"c\"]");
        check("$[?match(@, '[')]", r#"["["]"#, "[]");
        check("$[?match(@, $[0])]", r#"["a.", "ab", "abc", 5]"#, "[\"a.\", \"ab\"]");
    }

    fn test_text() -> impl Strategy<Value = String> {
        let query = prop_oneof!["@", "@\\.a", "@\\.b\\[0\\]", "\\$\\[0\\]", "@\\['a'\\]"];
        let several = prop_oneof!["@\\.\\*", "@\\.\\.a", "@\\[\\?@ > 1\\]", "\\$\\[\\*\\]\\.a", "@\\[0, 1\\]", "@\\[0:1\\]"];
        let value = prop_oneof![
            query.clone(),
            several.clone().prop_map(|query| format!("count( {query} )")),
            query.clone().prop_map(|query| format!("length({query})")),
            prop_oneof!["[0-3]", "'[ab]{0,2}'", "\"a\"", "true", "false", "null", "-1\\.5e0"],
        ];
        // `<=`, `>=`, `value()` and positions from the end are judged above: there the library does not do as the standard says.
        let sign = prop_oneof!["==", "!=", "<", ">"];
        let basic = prop_oneof![
            (value.clone(), sign, value).prop_map(|(one, sign, two)| format!("{one} {sign}{two}")),
            query.clone(),
            several.prop_map(|query| format!("!{query}")),
            query.clone().prop_map(|query| format!("match({query}, 'a.?')")),
            query.prop_map(|query| format!("!search({query} , \"[ab]\")")),
        ];
        basic.prop_recursive(3, 8, 3, |inner| {
            prop_oneof![
                (inner.clone(), inner.clone()).prop_map(|(one, two)| format!("{one} && {two}")),
                (inner.clone(), inner.clone()).prop_map(|(one, two)| format!("{one}||{two}")),
                inner.clone().prop_map(|test| format!("( {test} )")),
                inner.prop_map(|test| format!("!({test})")),
            ]
        })
    }

    fn document() -> impl Strategy<Value = serde_json::Value> {
        use serde_json::Value;
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            (-1..4_i64).prop_map(Value::from),
            "[ab]{0,2}".prop_map(Value::from)
        ];
        leaf.prop_recursive(4, 40, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map("[ab]", inner, 0..3).prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn filters_are_what_the_library_takes_them_for(test in test_text(), document in document(), prefix in prop_oneof!["\\$", "\\$\\.\\."]) {
            let text = format!("{prefix}[?{test}]");
            let theirs = JsonPath::parse(&text).unwrap();
            let json = read(document.to_string()).unwrap().json;
            let ours: Vec<serde_json::Value> = Selector::parse(&text).unwrap().values(&json).into_iter().map(to_value).collect();
            let theirs: Vec<serde_json::Value> = theirs.query(&to_value(&json)).all().into_iter().cloned().collect();
            prop_assert_eq!(ours, theirs, "{}", text);
        }
    }
}
