//! Compares by shape alone: presence, type and nullness, whatever the values.
//!
//! For rows of another version, and for answers to requests that differ. Elements of one list are taken together, since
//! which row is which is not known: a field is gone when every expected row had it and no actual row has, and a type is new
//! when no expected row showed it. An empty list says nothing about its rows.

use std::collections::HashSet;

use super::emit::{At, Emitter, Found, Step as Place};
use crate::{
    compare::{Comparison, Kind, Weight, transformation},
    json::Json,
};

/// One place where the shapes differ.
#[derive(Debug, PartialEq)]
pub(super) struct Misfit<'d> {
    pub(super) path: Vec<Step<'d>>,
    pub(super) kind: Kind,
    pub(super) expected: Option<&'d Json>,
    pub(super) actual: Option<&'d Json>,
}

/// One step down: a key, or an element that stands for all of its list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step<'d> {
    Key(&'d str),
    Element(usize),
}

/// Compares the shapes of two documents: fields that came or went, types (null is one) that were not there before.
#[must_use]
pub fn shape(expected: &Json, actual: &Json) -> Comparison {
    let mut emit = Emitter::default();
    for misfit in misfits(expected, actual) {
        report(misfit, None, None, &mut emit);
    }
    emit.finish()
}

/// Puts a misfit below a place among the differences.
pub(super) fn report<'d>(misfit: Misfit<'d>, below: Option<At>, note: Option<String>, emit: &mut Emitter<'d>) {
    let Misfit { path, kind, expected, actual } = misfit;
    let mut at = below;
    for step in path {
        at = Some(match step {
            Step::Key(key) => emit.place(at, Place::Key(key)),
            Step::Element(index) => emit.place(at, Place::Element { expected: Some(index), actual: Some(index), label: None }),
        });
    }
    let transformation = match (expected, actual) {
        (Some(one), Some(two)) => transformation::types(one, two),
        (Some(_), None) | (None, Some(_)) | (None, None) => String::new(),
    };
    emit.difference(at, Found { kind, expected, actual, weight: Weight::Full, transformation, note });
}

/// Values that are taken together, each with its position among the elements of its list.
type Group<'d> = Vec<(usize, &'d Json)>;

/// Every place where the shapes differ. Iterative, so that depth costs no stack.
pub(super) fn misfits<'d>(expected: &'d Json, actual: &'d Json) -> Vec<Misfit<'d>> {
    let mut found = Vec::new();
    let mut open: Vec<(Vec<Step<'d>>, Group<'d>, Group<'d>)> = vec![(Vec::new(), vec![(0, expected)], vec![(0, actual)])];
    while let Some((path, expected, actual)) = open.pop() {
        let kinds: HashSet<&str> = expected.iter().map(|(_, json)| json.kind()).collect();
        let mut told = HashSet::new();
        for (_, json) in &actual {
            if !kinds.contains(json.kind()) && told.insert(json.kind()) {
                let before = expected.first().map(|(_, json)| *json);
                found.push(Misfit { path: path.clone(), kind: Kind::Retyped, expected: before, actual: Some(json) });
            }
        }
        let (one, two) = (elements(&expected), elements(&actual));
        if !one.is_empty() && !two.is_empty() {
            let mut path = path.clone();
            path.push(Step::Element(one[0].0));
            open.push((path, one, two));
        }
        let is_map = |(_, json): &&(usize, &Json)| matches!(json, Json::Map(_));
        let (n_expected, n_actual) = (expected.iter().filter(is_map).count(), actual.iter().filter(is_map).count());
        if n_expected == 0 || n_actual == 0 {
            continue;
        }
        let (mut one, two) = (fields(&expected), fields(&actual));
        let mut two_by_key: std::collections::HashMap<&str, Group<'d>> = two.into_iter().collect();
        for (key, expected) in one.drain(..) {
            let mut path = path.clone();
            path.push(Step::Key(key));
            match two_by_key.remove(key) {
                Some(actual) => open.push((path, expected, actual)),
                None if expected.len() >= n_expected => {
                    found.push(Misfit { path, kind: Kind::Removed, expected: Some(expected[0].1), actual: None });
                }
                None => {}
            }
        }
        for (key, actual) in two_by_key {
            if actual.len() >= n_actual {
                let mut path = path.clone();
                path.push(Step::Key(key));
                found.push(Misfit { path, kind: Kind::Added, expected: None, actual: Some(actual[0].1) });
            }
        }
    }
    found
}

/// The elements of all lists of a group.
fn elements<'d>(group: &Group<'d>) -> Group<'d> {
    group.iter().flat_map(|(_, json)| json.as_list().unwrap_or_default().iter().enumerate()).collect()
}

/// The values of each key in the maps of a group, in the order first seen.
fn fields<'d>(group: &Group<'d>) -> Vec<(&'d str, Group<'d>)> {
    let mut places: std::collections::HashMap<&str, usize> = std::collections::HashMap::new();
    let mut fields: Vec<(&'d str, Group<'d>)> = Vec::new();
    for (position, json) in group {
        for (key, value) in json.as_map().unwrap_or_default() {
            let place = *places.entry(key).or_insert_with(|| {
                fields.push((key, Vec::new()));
                fields.len() - 1
            });
            fields[place].1.push((*position, value));
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::read;

    fn check(expected: &str, actual: &str, outcome: &[&str]) {
        let (expected, actual) = (read(expected).unwrap().json, read(actual).unwrap().json);
        let seen: Vec<String> = shape(&expected, &actual)
            .differences
            .into_iter()
            .map(|difference| format!("{} {} {}", difference.kind, difference.pattern, difference.transformation).trim_end().to_owned())
            .collect();
        assert_eq!(seen, outcome);
    }

    #[test]
    fn values_and_numbers_of_rows_do_not_count() {
        check(r#"{"a":1,"b":["x"],"c":[]}"#, r#"{"a":2.5,"b":["y","z"],"c":[1]}"#, &[]);
        check(r#"[{"a":1,"b":2},{"a":1}]"#, r#"[{"a":2},{"a":3,"b":1},{"a":2}]"#, &[]);
        check(r#"[1,null]"#, "[2]", &[]);
    }

    #[test]
    fn presence_type_and_nullness_do() {
        check(r#"{"a":1,"b":2}"#, r#"{"a":null,"c":1}"#, &["retyped $.a number → null", "removed $.b", "added $.c"]);
        check(r#"[{"a":1},{"a":1}]"#, r#"[{"b":1}]"#, &["removed $[*].a", "added $[*].b"]);
        check(r#"{"x":[{"a":"s"}]}"#, r#"{"x":[{"a":"s"},{"a":null}]}"#, &["retyped $.x[*].a string → null"]);
        check("[1]", "{}", &["retyped $ list → map"]);
    }

    #[test]
    fn depth_costs_no_stack() {
        let deep = |leaf: &str| format!("{}{leaf}{}", "[".repeat(1_000), "]".repeat(1_000));
        check(&deep("1"), &deep("null"), &[&format!("retyped ${} number → null", "[*]".repeat(1_000))]);
    }
}
