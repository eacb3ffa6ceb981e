//! The walk over two documents side by side.
//!
//! Iterative: what is still to be compared waits on a heap of its own, so that depth costs no stack.

use std::collections::HashMap;

use super::{
    align::{self, Alignment, Class, Element, MAX_PAIRS_PER_COMPARISON, MAX_PAIRS_PER_LIST, Order, likeness},
    digest::{Digests, digest},
    emit::{At, Emitter, Found, Step},
    key::{Keyed, RowKey, infer, scalar_label},
    shape,
};
use crate::{
    compare::{Comparison, Kind, Options, Weight, transformation},
    json::{Json, Position, Selector, Trace, Trail, are_ids},
};

/// How many fields of a row are looked at to say how alike two rows are.
const MOST_PARTS_WEIGHED: usize = 64;

/// Compares two documents.
///
/// Maps compare without the order of keys; of a key that was sent twice, last with last, and the repetition itself is a
/// change. Lists: rows are told apart by the given key, else by an inferred one (stated), else equal elements find each
/// other and the rest is paired by place and similarity within [`MAX_PAIRS_PER_LIST`] and [`MAX_PAIRS_PER_COMPARISON`]
/// (stated when met). Another order of the same elements is one difference a list.
#[must_use]
pub fn json(expected: &Json, actual: &Json, options: &Options) -> Comparison {
    let unordered = Trace::new(&options.unordered, &[expected, actual]);
    let digests = [Digests::of(expected, &unordered, 0), Digests::of(actual, &unordered, 1)];
    let selectors = options
        .unordered
        .iter()
        .chain(options.key.iter().map(|(list, _)| list))
        .chain(options.version_by.iter().map(|(list, _)| list))
        .chain(options.tolerance.iter().map(|(number, _)| number));
    let mut walk = Walk {
        rules: Trace::new(selectors, &[expected, actual]),
        options,
        digests,
        open: Vec::new(),
        emit: Emitter::default(),
        pairs_left: MAX_PAIRS_PER_COMPARISON,
    };
    let root = walk.rules.root();
    walk.open.push(Task { expected: Node { json: expected, id: 0 }, actual: Node { json: actual, id: 0 }, at: None, trail: root });
    while let Some(task) = walk.open.pop() {
        walk.visit(task);
    }
    walk.emit.finish()
}

struct Walk<'d> {
    options: &'d Options,
    rules: Trace<'d>,
    /// Of the expected and of the actual document.
    digests: [Digests; 2],
    open: Vec<Task<'d>>,
    emit: Emitter<'d>,
    pairs_left: usize,
}

/// Two values that are to be compared.
struct Task<'d> {
    expected: Node<'d>,
    actual: Node<'d>,
    at: Option<At>,
    trail: Trail,
}

/// A value and its number among the digests of its document.
#[derive(Clone, Copy)]
struct Node<'d> {
    json: &'d Json,
    id: usize,
}

/// The rules that hold at one place, by their number in the options.
#[derive(Default)]
struct Rules {
    unordered: Option<usize>,
    key: Option<usize>,
    version_by: Option<usize>,
    tolerance: Option<usize>,
}

type Entry<'d> = (&'d str, Node<'d>);

impl<'d> Walk<'d> {
    fn visit(&mut self, task: Task<'d>) {
        if self.is_same(task.expected, task.actual) {
            return;
        }
        let (expected, actual) = (task.expected.json, task.actual.json);
        let (weight, transformation) = match (expected, actual) {
            (Json::List(_), Json::List(_)) => return self.list(&task),
            (Json::Map(_), Json::Map(_)) => return self.map(&task),
            (Json::Number(one), Json::Number(two)) => {
                if one == two {
                    (Weight::Minor, "number form".to_owned())
                } else if let Some(rule) = self.rules_at(&task.trail).tolerance
                    && self.options.tolerance[rule].1.holds(one, two)
                {
                    self.emit.hide("tolerance", self.options.tolerance[rule].0.as_str());
                    return;
                } else {
                    (Weight::Full, transformation::numbers(one, two))
                }
            }
            (Json::String(one), Json::String(two)) if one.split_whitespace().eq(two.split_whitespace()) => {
                (Weight::Minor, "white space".to_owned())
            }
            (Json::String(one), Json::String(two)) => (Weight::Full, transformation::texts(one, two)),
            (Json::Bool(one), Json::Bool(two)) => (Weight::Full, format!("{one} → {two}")),
            (Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::List(_) | Json::Map(_), _) => {
                let transformation = transformation::types(expected, actual);
                let found = Found {
                    kind: Kind::Retyped,
                    expected: Some(expected),
                    actual: Some(actual),
                    weight: Weight::Full,
                    transformation,
                    note: None,
                };
                return self.emit.difference(task.at, found);
            }
        };
        let found = Found { kind: Kind::Changed, expected: Some(expected), actual: Some(actual), weight, transformation, note: None };
        self.emit.difference(task.at, found);
    }

    fn is_same(&self, expected: Node<'_>, actual: Node<'_>) -> bool {
        self.digests[0].get(expected.id).is_same(self.digests[1].get(actual.id))
    }

    fn is_equal(&self, expected: usize, actual: usize) -> bool {
        self.digests[0].get(expected).value == self.digests[1].get(actual).value
    }

    fn rules_at(&self, trail: &Trail) -> Rules {
        let mut rules = Rules::default();
        let (n_unordered, n_key) = (self.options.unordered.len(), self.options.key.len());
        let n_version = self.options.version_by.len();
        // In the order of the options, so that the last of several holds.
        for hit in self.rules.hits(trail) {
            if hit < n_unordered {
                rules.unordered = Some(hit);
            } else if hit < n_unordered + n_key {
                rules.key = Some(hit - n_unordered);
            } else if hit < n_unordered + n_key + n_version {
                rules.version_by = Some(hit - n_unordered - n_key);
            } else {
                rules.tolerance = Some(hit - n_unordered - n_key - n_version);
            }
        }
        rules
    }

    /// Lets a pair wait to be compared; a row of another version is compared by shape instead.
    fn push(&mut self, expected: Node<'d>, actual: Node<'d>, at: At, trail: Trail, version_by: Option<usize>) {
        if let Some(rule) = version_by {
            let (list, version) = &self.options.version_by[rule];
            if let (Some(one), Some(two)) = (version.first(expected.json), version.first(actual.json))
                && digest(one) != digest(two)
            {
                self.emit.skew(Some(at), one, two);
                self.emit.hide("version_by", list.as_str());
                for misfit in shape::misfits(expected.json, actual.json) {
                    shape::report(misfit, Some(at), Some("in a row of another version".to_owned()), &mut self.emit);
                }
                return;
            }
        }
        self.open.push(Task { expected, actual, at: Some(at), trail });
    }

    fn entries(&self, side: usize, node: Node<'d>) -> Vec<Entry<'d>> {
        let entries = node.json.as_map().unwrap_or_default();
        let ids = self.digests[side].children(node.id);
        entries.iter().zip(ids).map(|((key, json), id)| (key.as_str(), Node { json, id })).collect()
    }

    fn elements(&self, side: usize, node: Node<'d>) -> Vec<Node<'d>> {
        let elements = node.json.as_list().unwrap_or_default();
        elements.iter().zip(self.digests[side].children(node.id)).map(|(json, id)| Node { json, id }).collect()
    }

    fn map(&mut self, task: &Task<'d>) {
        let (expected, actual) = (self.entries(0, task.expected), self.entries(1, task.actual));
        let version_by = self.rules_at(&task.trail).version_by;
        let keys: Vec<&str> = expected.iter().chain(&actual).map(|(key, _)| *key).collect();
        let step = if are_ids(&keys, expected.len().max(actual.len())) { Step::Id } else { Step::Key };
        let repeats_keys = self.digests[0].get(task.expected.id).repeats_keys || self.digests[1].get(task.actual.id).repeats_keys;
        let same_keys =
            !repeats_keys && expected.len() == actual.len() && expected.iter().zip(&actual).all(|((one, _), (two, _))| one == two);
        if same_keys {
            for ((key, one), (_, two)) in expected.into_iter().zip(actual) {
                self.entry(task, step(key), key, one, two, version_by);
            }
            return;
        }
        let mut sides: HashMap<&str, [Vec<Node<'d>>; 2]> = HashMap::with_capacity(expected.len());
        let mut order = Vec::with_capacity(expected.len());
        for (side, (key, node)) in expected.into_iter().map(|entry| (0, entry)).chain(actual.into_iter().map(|entry| (1, entry))) {
            let sides = sides.entry(key).or_insert_with(|| {
                order.push(key);
                Default::default()
            });
            sides[side].push(node);
        }
        for key in order {
            let [expected, actual] = &sides[key];
            match (&expected[..], &actual[..]) {
                ([.., removed], []) => self.alone(task, step(key), Kind::Removed, removed.json),
                ([], [.., added]) => self.alone(task, step(key), Kind::Added, added.json),
                ([earlier @ .., last], [other_earlier @ .., other_last]) => {
                    let is_equal = |(one, two): (&Node<'d>, &Node<'d>)| self.is_equal(one.id, two.id);
                    if earlier.len() != other_earlier.len() || !earlier.iter().zip(other_earlier).all(is_equal) {
                        let at = self.emit.place(task.at, step(key));
                        self.repeated(at, expected, actual);
                    }
                    self.entry(task, step(key), key, *last, *other_last, version_by);
                }
                ([], []) => {}
            }
        }
    }

    fn entry(&mut self, task: &Task<'d>, step: Step<'d>, key: &str, expected: Node<'d>, actual: Node<'d>, version_by: Option<usize>) {
        if self.is_same(expected, actual) {
            return;
        }
        let at = self.emit.place(task.at, step);
        let trail = self.rules.key(&task.trail, key);
        self.push(expected, actual, at, trail, version_by);
    }

    /// A key that was sent more than once, and not as often on both sides or with other values before the last.
    fn repeated(&mut self, at: At, expected: &[Node<'d>], actual: &[Node<'d>]) {
        let times = |nodes: &[Node<'_>]| if nodes.len() == 1 { "sent once".to_owned() } else { format!("sent {} times", nodes.len()) };
        let values = |nodes: &[Node<'_>]| Json::List(nodes.iter().map(|node| node.json.clone()).collect());
        let found = Found {
            kind: Kind::Changed,
            expected: None,
            actual: None,
            weight: Weight::Full,
            transformation: format!("{} → {}", times(expected), times(actual)),
            note: Some("the key stands more than once in its map; all its values are shown".to_owned()),
        };
        self.emit.difference_of(Some(at), found, Some(values(expected)), Some(values(actual)));
    }

    /// Something that only one side has.
    fn alone(&mut self, task: &Task<'d>, step: Step<'d>, kind: Kind, json: &'d Json) {
        let is_scalar_element = matches!(step, Step::Element { .. }) && !matches!(json, Json::List(_) | Json::Map(_));
        let transformation = if is_scalar_element { transformation::scalar(json) } else { String::new() };
        let at = self.emit.place(task.at, step);
        let (expected, actual) = if kind == Kind::Removed { (Some(json), None) } else { (None, Some(json)) };
        self.emit.difference(Some(at), Found { kind, expected, actual, weight: Weight::Full, transformation, note: None });
    }

    fn list(&mut self, task: &Task<'d>) {
        let (expected, actual) = (self.elements(0, task.expected), self.elements(1, task.actual));
        let rules = self.rules_at(&task.trail);
        let order = if rules.unordered.is_some() { Order::Free } else { Order::Counts };
        let has_equal_values = self.is_equal(task.expected.id, task.actual.id);
        let key = self.key_of(task, &rules);
        let alignment = if has_equal_values && order == Order::Counts {
            // Only the form of something inside differs: everything is where it was.
            Alignment { pairs: (0..expected.len()).map(|position| (position, position)).collect(), ..Alignment::default() }
        } else {
            match key {
                Some(key) => self.align_by_key(&key, task, &expected, &actual, order),
                None => self.align(task, &expected, &actual, order),
            }
        };
        self.order(task, &rules, key, &alignment.pairs, &expected);
        for (one, two) in &alignment.pairs {
            let (node, other) = (expected[*one], actual[*two]);
            if self.is_same(node, other) {
                continue;
            }
            let label = key.map(|key| key.label(node.json));
            let at = self.emit.place(task.at, Step::Element { expected: Some(*one), actual: Some(*two), label });
            let positions = [Position { index: *one, length: expected.len() }, Position { index: *two, length: actual.len() }];
            let trail = self.rules.index(&task.trail, positions.map(Some));
            self.push(node, other, at, trail, rules.version_by);
        }
        let mut label = Labels::new(key);
        for position in alignment.removed {
            let json = expected[position].json;
            self.alone(task, Step::Element { expected: Some(position), actual: None, label: label.of(json) }, Kind::Removed, json);
        }
        let mut label = Labels::new(key);
        for position in alignment.added {
            let json = actual[position].json;
            self.alone(task, Step::Element { expected: None, actual: Some(position), label: label.of(json) }, Kind::Added, json);
        }
    }

    /// What tells the rows of a list apart, if anything does.
    fn key_of(&mut self, task: &Task<'d>, rules: &Rules) -> Option<RowKey<'d>> {
        let options: &'d Options = self.options;
        if let Some(rule) = rules.key {
            let selectors: &'d [Selector] = &options.key[rule].1;
            return Some(RowKey::Given(selectors));
        }
        let (expected, actual) = (task.expected.json.as_list().unwrap_or_default(), task.actual.json.as_list().unwrap_or_default());
        let key = infer(expected, actual)?;
        self.emit.state(task.at, format!("rows are told apart by {} (inferred)", key.name()));
        Some(key)
    }

    fn align_by_key(&mut self, key: &RowKey<'_>, task: &Task<'d>, expected: &[Node<'d>], actual: &[Node<'d>], order: Order) -> Alignment {
        let rows = |node: Node<'d>| node.json.as_list().unwrap_or_default();
        let (mut one, two) = (Keyed::of(key, rows(task.expected)), Keyed::of(key, rows(task.actual)));
        let mut alignment = Alignment::default();
        let mut matched = vec![false; actual.len()];
        // What has no key of its own, or shares it, is aligned as rows without a key are.
        let mut others: Vec<usize> = two.others.clone();
        for (digest, position) in &one.rows {
            match two.rows.get(digest) {
                Some(other) => {
                    alignment.pairs.push((*position, *other));
                    matched[*other] = true;
                }
                None => alignment.removed.push(*position),
            }
        }
        alignment.added.extend(two.rows.values().filter(|position| !matched[**position]));
        if !one.others.is_empty() || !others.is_empty() {
            let text = format!("rows without a key of their own by {}: aligned by similarity", key.name());
            self.emit.state(task.at, text);
            // A key that is unique on one side only: that one row stands among its namesakes.
            one.others.append(&mut alignment.removed);
            others.append(&mut alignment.added);
            one.others.sort_unstable();
            others.sort_unstable();
            let pick =
                |nodes: &[Node<'d>], positions: &[usize]| -> Vec<Node<'d>> { positions.iter().map(|position| nodes[*position]).collect() };
            let rest = self.align(task, &pick(expected, &one.others), &pick(actual, &others), order);
            alignment.pairs.extend(rest.pairs.into_iter().map(|(a, b)| (one.others[a], others[b])));
            alignment.removed.extend(rest.removed.into_iter().map(|position| one.others[position]));
            alignment.added.extend(rest.added.into_iter().map(|position| others[position]));
        }
        alignment.pairs.sort_unstable();
        alignment.removed.sort_unstable();
        alignment.added.sort_unstable();
        alignment
    }

    fn align(&mut self, task: &Task<'d>, expected: &[Node<'d>], actual: &[Node<'d>], order: Order) -> Alignment {
        let seen = |side: usize, nodes: &[Node<'d>]| -> Vec<Element> {
            let element = |node: &Node<'d>| {
                let digest = self.digests[side].get(node.id);
                Element { digest: digest.value, form: digest.form, class: class(node.json) }
            };
            nodes.iter().map(element).collect()
        };
        let (one, two) = (seen(0, expected), seen(1, actual));
        let mut pairs_left = self.pairs_left;
        let alignment = align::align(&one, &two, order, &mut pairs_left, |one, two| self.similarity(expected[one], actual[two]));
        self.pairs_left = pairs_left;
        if alignment.over_bound.is_some() {
            let bound = if pairs_left < MAX_PAIRS_PER_LIST { "this comparison" } else { "one list" };
            let text = format!("too many unlike rows for {bound}: those that are left are paired in order, give a `key`");
            self.emit.state(task.at, text);
        }
        alignment
    }

    /// How alike two rows are, in thousandths.
    fn similarity(&self, expected: Node<'d>, actual: Node<'d>) -> u32 {
        match (expected.json, actual.json) {
            (Json::Map(one), Json::Map(two)) => {
                let entries = |side: usize, node: Node<'d>, entries: &'d [(String, Json)]| -> Vec<(&'d str, usize)> {
                    let digests = &self.digests[side];
                    let mut parts: Vec<(&str, usize)> = entries
                        .iter()
                        .zip(digests.children(node.id))
                        .take(MOST_PARTS_WEIGHED)
                        .map(|((key, _), id)| (key.as_str(), id))
                        .collect();
                    if digests.get(node.id).repeats_keys {
                        parts.sort_by_key(|(key, _)| *key);
                        parts.dedup_by_key(|(key, _)| *key);
                    }
                    parts
                };
                let (one, two) = (entries(0, expected, one), entries(1, actual, two));
                let (mut n_equal, mut n_shared) = (0, 0);
                for (place, (key, id)) in one.iter().enumerate() {
                    let other = two.get(place).filter(|(name, _)| name == key).or_else(|| two.iter().find(|(name, _)| name == key));
                    match other {
                        Some((_, other)) if self.is_equal(*id, *other) => n_equal += 1,
                        Some(_) => n_shared += 1,
                        None => {}
                    }
                }
                likeness(n_equal, n_shared, one.len() + two.len() - n_equal - n_shared)
            }
            (Json::List(_), Json::List(_)) => {
                let children =
                    |side: usize, node: Node<'_>| -> Vec<usize> { self.digests[side].children(node.id).take(MOST_PARTS_WEIGHED).collect() };
                let (one, two) = (children(0, expected), children(1, actual));
                let n_equal = one.iter().zip(&two).filter(|(one, two)| self.is_equal(**one, **two)).count();
                likeness(n_equal, one.len().min(two.len()) - n_equal, one.len().max(two.len()))
            }
            _ => 0,
        }
    }

    /// One difference for all elements of a list that stand in another order, or a note that a rule hides it.
    fn order(&mut self, task: &Task<'d>, rules: &Rules, key: Option<RowKey<'d>>, pairs: &[(usize, usize)], expected: &[Node<'d>]) {
        let n_moved = align::n_moved(pairs);
        if n_moved == 0 {
            return;
        }
        if let Some(rule) = rules.unordered {
            return self.emit.hide("unordered", self.options.unordered[rule].as_str());
        }
        // The elements that both sides have, by what names them, without the ends that kept their place.
        let mut there: Vec<usize> = (0..pairs.len()).collect();
        there.sort_unstable_by_key(|pair| pairs[*pair].1);
        let head = there.iter().enumerate().take_while(|(place, pair)| place == *pair).count();
        let tail = there.iter().enumerate().rev().take_while(|(place, pair)| place == *pair).count();
        let window = head..pairs.len() - tail;
        let name = |pair: usize| {
            let element = expected[pairs[pair].0].json;
            match (key, element) {
                (Some(key), _) => key.value(element),
                (None, Json::List(_) | Json::Map(_)) => Json::Number(pairs[pair].0.into()),
                (None, Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_)) => element.clone(),
            }
        };
        let by = match key {
            Some(key) => format!(", shown by {}", key.name()),
            None if expected.iter().any(|node| class(node.json) != Class::Scalar) => ", shown by expected position".to_owned(),
            None => String::new(),
        };
        let note = Some(format!("{n_moved} of {} moved{by}", pairs.len()));
        let found =
            Found { kind: Kind::Reordered, expected: None, actual: None, weight: Weight::Full, transformation: String::new(), note };
        let (before, after) = (window.clone().map(name).collect(), there[window].iter().map(|pair| name(*pair)).collect());
        self.emit.difference_of(task.at, found, Some(Json::List(before)), Some(Json::List(after)));
    }
}

/// Names for elements that one side alone has.
struct Labels<'d> {
    key: Option<RowKey<'d>>,
    seen: HashMap<String, usize>,
}

impl<'d> Labels<'d> {
    fn new(key: Option<RowKey<'d>>) -> Self {
        Self { key, seen: HashMap::new() }
    }

    fn of(&mut self, json: &Json) -> Option<String> {
        let label = match (class(json), self.key) {
            (Class::Map | Class::List, Some(key)) => key.label(json),
            (Class::Map | Class::List, None) => return None,
            (Class::Scalar, _) => scalar_label(json),
        };
        let times = self.seen.entry(label.clone()).or_default();
        *times += 1;
        Some(if *times == 1 { label } else { format!("{label}#{times}") })
    }
}

fn class(json: &Json) -> Class {
    match json {
        Json::List(_) => Class::List,
        Json::Map(_) => Class::Map,
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => Class::Scalar,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::json::{read, to_compact};

    fn selector(text: &str) -> Selector {
        Selector::parse(text).unwrap()
    }

    fn shown(comparison: &Comparison) -> Vec<String> {
        let value = |json: &Option<Json>| json.as_ref().map(to_compact).unwrap_or_default();
        let mut lines: Vec<String> = comparison
            .differences
            .iter()
            .map(|difference| {
                let minor = if difference.weight == Weight::Minor { " minor" } else { "" };
                let (at, key, kind) = (&difference.at, &difference.key, difference.kind);
                let place = if at.to_string() == *key { key.clone() } else { format!("{at} {key}") };
                format!("{kind}{minor} {place} {} > {}", value(&difference.expected), value(&difference.actual))
            })
            .collect();
        lines.extend(
            comparison.skewed.iter().map(|skew| format!("skew {} {} > {}", skew.key, to_compact(&skew.expected), to_compact(&skew.actual))),
        );
        lines.extend(comparison.hidden.iter().map(|hidden| format!("hidden {} {} {}", hidden.rule, hidden.path, hidden.count)));
        lines
    }

    fn compared(expected: &str, actual: &str, options: &Options) -> Comparison {
        json(&read(expected).unwrap().json, &read(actual).unwrap().json, options)
    }

    fn check_with(expected: &str, actual: &str, options: &Options, outcome: &[&str]) {
        assert_eq!(shown(&compared(expected, actual, options)), outcome, "{expected} {actual}");
    }

    fn check(expected: &str, actual: &str, outcome: &[&str]) {
        check_with(expected, actual, &Options::default(), outcome);
    }

    #[test]
    fn equal_documents_have_no_differences() {
        check(r#"{"a":[1,{"b":null}],"c":"x"}"#, r#"{"c":"x","a":[1,{"b":null}]}"#, &[]);
    }

    #[test]
    fn values_types_and_keys_differ_at_their_place() {
        check(
            r#"{"a":1,"b":"x","c":null,"d":[1],"e":true}"#,
            r#"{"a":2,"b":"y","c":{},"e":false,"f":0}"#,
            &[
                "changed $.a 1 > 2",
                "changed $.b \"x\" > \"y\"",
                "retyped $.c null > {}",
                "removed $.d [1] > ",
                "changed $.e true > false",
                "added $.f  > 0",
            ],
        );
        check("1", "\"1\"", &["retyped $ 1 > \"1\""]);
    }

    #[test]
    fn form_alone_is_minor() {
        check(r#"{"a":[1,1.10]}"#, r#"{"a":[1.0,11e-1]}"#, &["changed minor $.a[0] 1 > 1.0", "changed minor $.a[1] 1.10 > 11e-1"]);
        check("[\"a  b\\n\"]", "[\"a b\"]", &["changed minor $[0] \"a  b\\n\" > \"a b\""]);
        check("12345678901234567890", "12345678901234567891", &["changed $ 12345678901234567890 > 12345678901234567891"]);
        check(r#"[{"name":"b","x":[1]}]"#, r#"[{"name":"b","x":[1.0]}]"#, &["changed minor $[0].x[0] $[name=b].x[0] 1 > 1.0"]);
    }

    #[test]
    fn duplicate_keys_are_seen() {
        check(r#"{"a":1,"a":2}"#, r#"{"a":1,"a":2}"#, &[]);
        check(r#"{"a":1,"a":2}"#, r#"{"a":2}"#, &["changed $.a [1,2] > [2]"]);
        check(r#"{"a":1,"a":2,"b":1}"#, r#"{"b":1,"a":3}"#, &["changed $.a [1,2] > [3]", "changed $.a 2 > 3"]);
        check(r#"{"a":1,"a":2}"#, r#"{"a":2,"a":1}"#, &["changed $.a [1,2] > [2,1]", "changed $.a 2 > 1"]);
    }

    #[test]
    fn rows_are_told_apart_by_an_inferred_key_and_that_is_said() {
        let expected = r#"[{"name":"a","v":1},{"name":"b","v":1},{"name":"c","v":1}]"#;
        let actual = r#"[{"name":"c","v":1},{"name":"b","v":2},{"name":"d","v":1}]"#;
        check(
            expected,
            actual,
            &[
                "reordered $ [\"b\",\"c\"] > [\"c\",\"b\"]",
                "removed $[0] $[name=a] {\"name\":\"a\",\"v\":1} > ",
                "changed $[1].v $[name=b].v 1 > 2",
                "added $[2] $[name=d]  > {\"name\":\"d\",\"v\":1}",
            ],
        );
        let comparison = compared(expected, actual, &Options::default());
        assert_eq!(comparison.statements[0].text, "rows are told apart by `name` (inferred)");
        assert_eq!(comparison.differences[2].pattern, "$[*].v");
        assert_eq!(comparison.differences[0].note.as_deref(), Some("1 of 2 moved, shown by `name`"));
    }

    #[test]
    fn a_given_key_comes_first() {
        let options = Options { key: vec![(selector("$.rows"), vec![selector("$.a"), selector("$.b")])], ..Options::default() };
        check_with(
            r#"{"rows":[{"a":1,"b":1,"name":"x"},{"a":1,"b":2,"name":"y"}]}"#,
            r#"{"rows":[{"a":1,"b":1,"name":"y"},{"a":1,"b":2,"name":"x"}]}"#,
            &options,
            &["changed $.rows[0].name $.rows[a=1,b=1].name \"x\" > \"y\"", "changed $.rows[1].name $.rows[a=1,b=2].name \"y\" > \"x\""],
        );
        // Rows without the key are aligned as if there were none.
        let options = Options { key: vec![(selector("$"), vec![selector("$.k")])], ..Options::default() };
        check_with(
            r#"[{"k":1,"v":1},{"v":5},{"v":6}]"#,
            r#"[{"v":6},{"v":5},{"k":1,"v":2}]"#,
            &options,
            &["reordered $ [1,null,null] > [null,null,1]", "changed $[0].v $[k=1].v 1 > 2"],
        );
    }

    #[test]
    fn lists_of_scalars_show_what_came_went_changed_and_moved() {
        check(r#"["a","b","c"]"#, r#"["a","x","c"]"#, &["changed $[1] \"b\" > \"x\""]);
        check(r#"["a","b","c"]"#, r#"["a","c","d"]"#, &["removed $[1] $[=\"b\"] \"b\" > ", "added $[2] $[=\"d\"]  > \"d\""]);
        check("[1,2,3,4]", "[2,3,4,1]", &["reordered $ [1,2,3,4] > [2,3,4,1]"]);
        check("[1,1,1]", "[1]", &["removed $[1] $[=1] 1 > ", "removed $[2] $[=1]#2 1 > "]);
    }

    #[test]
    fn unordered_lists_hide_their_order_and_say_so() {
        let options = Options { unordered: vec![selector("$[*].tags")], ..Options::default() };
        check_with(r#"[{"tags":["a","b"]}]"#, r#"[{"tags":["b","a"]}]"#, &options, &["hidden unordered $[*].tags 1"]);
        check_with(
            r#"[{"tags":["a","b"]}]"#,
            r#"[{"tags":["c","a"]}]"#,
            &options,
            &["added $[0].tags[0] $[0].tags[=\"c\"]  > \"c\"", "removed $[0].tags[1] $[0].tags[=\"b\"] \"b\" > "],
        );
        check(r#"[{"tags":["a","b"]}]"#, r#"[{"tags":["b","a"]}]"#, &["reordered $[0].tags [\"a\",\"b\"] > [\"b\",\"a\"]"]);
    }

    #[test]
    fn rules_with_filters_and_positions_hold_where_they_point() {
        let options = Options { unordered: vec![selector("$[?@.set].x"), selector("$[-1].y")], ..Options::default() };
        check_with(
            r#"[{"id":1,"set":true,"x":[1,2]},{"id":2,"x":[1,2],"y":[1,2]}]"#,
            r#"[{"id":1,"set":true,"x":[2,1]},{"id":2,"x":[2,1],"y":[2,1]}]"#,
            &options,
            &["reordered $[1].x $[id=2].x [1,2] > [2,1]", "hidden unordered $[-1].y 1", "hidden unordered $[?@.set].x 1"],
        );
    }

    #[test]
    fn numbers_within_tolerance_are_hidden_and_others_are_not() {
        let tolerance = |text: &str| text.parse().unwrap();
        let options = Options {
            tolerance: vec![(selector("$..installs"), tolerance("5%")), (selector("$.n"), tolerance("1"))],
            ..Options::default()
        };
        check_with(
            r#"{"installs":100,"n":5,"a":{"installs":100}}"#,
            r#"{"installs":104,"n":7,"a":{"installs":null}}"#,
            &options,
            &["retyped $.a.installs 100 > null", "changed $.n 5 > 7", "hidden tolerance $..installs 1"],
        );
    }

    #[test]
    fn rows_of_another_version_are_skew_but_keep_their_shape() {
        let options = Options { version_by: vec![(selector("$"), selector("$.version"))], ..Options::default() };
        check_with(
            r#"[{"name":"a","version":"1","x":"s","y":1},{"name":"b","version":"1","x":1}]"#,
            r#"[{"name":"a","version":"2","x":null,"z":1},{"name":"b","version":"1","x":2}]"#,
            &options,
            &[
                "retyped $[0].x $[name=a].x \"s\" > null",
                "removed $[0].y $[name=a].y 1 > ",
                "added $[0].z $[name=a].z  > 1",
                "changed $[1].x $[name=b].x 1 > 2",
                "skew $[name=a] \"1\" > \"2\"",
                "hidden version_by $ 1",
            ],
        );
        // Only the text of the version differs: no skew, and a number's form is minor.
        check_with(r#"{"1":{"version":1}}"#, r#"{"1":{"version":1.0}}"#, &options, &["changed minor $['1'].version 1 > 1.0"]);
    }

    #[test]
    fn maps_keyed_by_ids_are_maps() {
        let pattern = |expected: &str, actual: &str| compared(expected, actual, &Options::default()).differences[0].pattern.clone();
        assert_eq!(pattern(r#"{"m":{"2026-01-01":1,"2026-01-02":2}}"#, r#"{"m":{"2026-01-01":1,"2026-01-02":3}}"#), "$.m{*}");
        assert_eq!(pattern(r#"{"m":{"2026-01-01":1}}"#, r#"{"m":{}}"#), "$.m{*}");
        assert_eq!(pattern(r#"{"m":{"total":1}}"#, r#"{"m":{"total":2}}"#), "$.m.total");
        let many = |value: u32| {
            let entries: Vec<String> =
                (0..60).map(|n| format!("\"napari-{}\":{{\"x\":{value}}}", ["a", "b", "c"][n % 3].repeat(n + 1))).collect();
            format!("{{{}}}", entries.join(","))
        };
        assert_eq!(pattern(&many(1), &many(2)), "${*}.x");
    }

    #[test]
    fn hostile_documents_end_in_time() {
        let deep = |leaf: &str| format!("{}{leaf}{}", "[{\"a\":".repeat(499), "}]".repeat(499));
        assert_eq!(compared(&deep("1"), &deep("2"), &Options::default()).n_differences, 1);
        // Unlike rows without a key: quadratic if nobody minds.
        let rows = |from: usize| {
            format!("[{}]", (from..from + 3_000).map(|n| format!("{{\"x\":{},\"y\":{}}}", n % 700, n % 701)).collect::<Vec<_>>().join(","))
        };
        let comparison = compared(&rows(0), &rows(100_000), &Options::default());
        assert!(
            comparison.statements.iter().any(|statement| statement.text.starts_with("too many unlike rows")),
            "{:?}",
            comparison.statements
        );
        // More differences than anybody reads.
        let numbers = |from: usize| format!("[{}]", (from..from + 120_000).map(|n| n.to_string()).collect::<Vec<_>>().join(","));
        let comparison = compared(&numbers(0), &numbers(500_000), &Options::default());
        assert_eq!((comparison.n_differences, comparison.differences.len()), (120_000, super::super::MAX_DIFFERENCES));
        assert_eq!(comparison.statements[0].text, "120000 differences, of which 100000 are listed");
    }

    fn document() -> impl Strategy<Value = Json> {
        let number = prop_oneof![Just("1"), Just("1.0"), Just("2"), Just("-3.5")]
            .prop_map(|text| Json::Number(crate::json::Number::parse(text).unwrap()));
        let leaf = prop_oneof![Just(Json::Null), any::<bool>().prop_map(Json::Bool), number, "[ab]{0,2}".prop_map(Json::from)];
        leaf.prop_recursive(4, 40, 5, |inner| {
            let key = prop_oneof![Just("id"), Just("name"), Just("a"), Just("b")].prop_map(str::to_owned);
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Json::List),
                prop::collection::vec((key, inner), 0..4).prop_map(Json::Map),
            ]
        })
    }

    /// Every list in another order.
    fn shuffled(json: &Json, seed: usize) -> Json {
        match json {
            Json::List(elements) => {
                let mut elements: Vec<Json> = elements.iter().map(|element| shuffled(element, seed)).collect();
                if !elements.is_empty() {
                    let by = seed % elements.len();
                    elements.rotate_left(by);
                }
                if seed.is_multiple_of(2) {
                    elements.reverse();
                }
                Json::List(elements)
            }
            Json::Map(entries) => Json::Map(entries.iter().map(|(key, value)| (key.clone(), shuffled(value, seed))).collect()),
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => json.clone(),
        }
    }

    fn count(comparison: &Comparison, kind: Kind) -> usize {
        comparison.differences.iter().filter(|difference| difference.kind == kind).count()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_document_equals_itself(document in document()) {
            prop_assert_eq!(json(&document, &document, &Options::default()), Comparison::default());
        }

        #[test]
        fn swapping_sides_swaps_added_and_removed(one in document(), two in document()) {
            let (there, back) = (json(&one, &two, &Options::default()), json(&two, &one, &Options::default()));
            prop_assert_eq!(count(&there, Kind::Added), count(&back, Kind::Removed));
            prop_assert_eq!(count(&there, Kind::Removed), count(&back, Kind::Added));
            prop_assert_eq!(there.n_differences, back.n_differences);
        }

        #[test]
        fn differences_are_told_exactly_when_documents_are_not_equal(one in document(), two in document()) {
            let comparison = json(&one, &two, &Options::default());
            let full = comparison.differences.iter().any(|difference| difference.weight == Weight::Full);
            prop_assert!(one == two || comparison.n_differences > 0);
            prop_assert!(one != two || !full, "{:?}", comparison.differences);
        }

        #[test]
        fn a_shuffle_of_unordered_lists_is_no_difference(document in document(), seed in 0_usize..20) {
            let options = Options { unordered: vec![selector("$"), selector("$..*")], ..Options::default() };
            let comparison = json(&document, &shuffled(&document, seed), &options);
            // Equal numbers that are written differently may meet within elements that are lists themselves.
            let full = comparison.differences.iter().find(|difference| difference.weight == Weight::Full);
            prop_assert!(full.is_none(), "{:?}", full);
        }

        #[test]
        fn places_lead_to_the_values(one in document(), two in document()) {
            for difference in json(&one, &two, &Options::default()).differences {
                let crate::compare::Place::Json(path) = &difference.at else { panic!("a JSON place") };
                let side = if difference.kind == Kind::Added { &two } else { &one };
                prop_assert!(path.resolve(side).is_some(), "{}", path);
            }
        }
    }
}
