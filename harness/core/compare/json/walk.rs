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
