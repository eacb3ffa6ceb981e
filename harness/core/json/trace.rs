//! Follows many JSONPaths at once while somebody else walks a document.
//!
//! Evaluating each rule by itself and looking every place up again would cost a path per value; here a walk carries the
//! few states that are still alive.

use std::collections::HashMap;

use super::{Json, Path, Segment, Selector, steps::Pick, steps::Step};

/// A list of JSONPaths that a walk asks "which of you select this value?".
pub(crate) struct Trace<'s> {
    selectors: Vec<Followed<'s>>,
    n_documents: usize,
    /// The places that selectors with a filter select, as a tree; the roots, one for each document, stand first.
    located: Vec<Located>,
}

enum Followed<'s> {
    Steps(&'s [Step]),
    /// Its places are in `Trace::located`.
    Located,
}

#[derive(Default)]
struct Located {
    keys: HashMap<String, usize>,
    indices: HashMap<usize, usize>,
    selected_by: Vec<usize>,
}

/// What is still alive at one value of the walk.
#[derive(Clone, Default)]
pub(crate) struct Trail(Vec<State>);

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// The selector has so many steps behind it.
    Followed { selector: usize, done: usize },
    /// The walk stands at this node of the located places of one document.
    Located { document: usize, node: usize },
}

/// A position in a list of one document, and how long that list is.
#[derive(Clone, Copy)]
pub(crate) struct Position {
    pub(crate) index: usize,
    pub(crate) length: usize,
}

impl<'s> Trace<'s> {
    /// Prepares the selectors for a walk over these documents side by side (or over one).
    pub(crate) fn new(selectors: impl IntoIterator<Item = &'s Selector>, documents: &[&Json]) -> Self {
        let mut trace =
            Self { selectors: Vec::new(), n_documents: documents.len(), located: documents.iter().map(|_| Located::default()).collect() };
        for (number, selector) in selectors.into_iter().enumerate() {
            match selector.steps() {
                Some(steps) => trace.selectors.push(Followed::Steps(steps)),
                None => {
                    trace.selectors.push(Followed::Located);
                    for (document, json) in documents.iter().enumerate() {
                        for path in selector.locate(json) {
                            trace.insert(document, &path, number);
                        }
                    }
                }
            }
        }
        trace
    }

    fn insert(&mut self, document: usize, path: &Path, selector: usize) {
        let mut node = document;
        for segment in path.segments() {
            let next = self.located.len();
            let located = &mut self.located[node];
            node = match segment {
                Segment::Key(key) => *located.keys.entry(key.clone()).or_insert(next),
                Segment::Index(index) => *located.indices.entry(*index).or_insert(next),
            };
            if node == next {
                self.located.push(Located::default());
            }
        }
        self.located[node].selected_by.push(selector);
    }

    /// Where the walk begins.
    pub(crate) fn root(&self) -> Trail {
        let mut states: Vec<State> = Vec::new();
        for (selector, followed) in self.selectors.iter().enumerate() {
            match followed {
                Followed::Steps(_) => states.push(State::Followed { selector, done: 0 }),
                Followed::Located => {}
            }
        }
        if self.selectors.iter().any(|followed| matches!(followed, Followed::Located)) {
            states.extend((0..self.n_documents).map(|document| State::Located { document, node: document }));
        }
        Trail(states)
    }

    /// One step down into a map.
    pub(crate) fn key(&self, trail: &Trail, key: &str) -> Trail {
        self.down(
            trail,
            |pick| match pick {
                Pick::Key(name) => name == key,
                Pick::All => true,
                Pick::Index(_) | Pick::Slice { .. } => false,
            },
            |located, _| located.keys.get(key).copied(),
        )
    }

    /// One step down into a list: the element's position in each document that has it.
    pub(crate) fn index(&self, trail: &Trail, positions: [Option<Position>; 2]) -> Trail {
        self.down(
            trail,
            |pick| positions.iter().flatten().any(|position| pick.selects(*position)),
            |located, document| positions[document].and_then(|position| located.indices.get(&position.index).copied()),
        )
    }

    fn down(&self, trail: &Trail, picks: impl Fn(&Pick) -> bool, follow: impl Fn(&Located, usize) -> Option<usize>) -> Trail {
        let mut states: Vec<State> = Vec::new();
        let mut add = |state: State| {
            if !states.contains(&state) {
                states.push(state);
            }
        };
        for state in &trail.0 {
            match *state {
                State::Followed { selector, done } => {
                    let Followed::Steps(steps) = self.selectors[selector] else { continue };
                    let Some(step) = steps.get(done) else { continue };
                    if step.picks.iter().any(&picks) {
                        add(State::Followed { selector, done: done + 1 });
                    }
                    if step.descends {
                        add(*state);
                    }
                }
                State::Located { document, node } => {
                    if let Some(node) = follow(&self.located[node], document) {
                        add(State::Located { document, node });
                    }
                }
            }
        }
        Trail(states)
    }

    /// The selectors (by their number) that select the value where the trail stands, in their order.
    pub(crate) fn hits(&self, trail: &Trail) -> Vec<usize> {
        let mut hits = Vec::new();
        for state in &trail.0 {
            match *state {
                State::Followed { selector, done } => {
                    let is_complete = matches!(self.selectors[selector], Followed::Steps(steps) if steps.len() == done);
                    if is_complete {
                        hits.push(selector);
                    }
                }
                State::Located { node, .. } => hits.extend(&self.located[node].selected_by),
            }
        }
        hits.sort_unstable();
        hits.dedup();
        hits
    }

    /// Whether nothing below this value can be selected any more.
    pub(crate) fn is_over(&self, trail: &Trail) -> bool {
        trail.0.iter().all(|state| match *state {
            State::Followed { selector, done } => matches!(self.selectors[selector], Followed::Steps(steps) if steps.len() == done),
            State::Located { node, .. } => self.located[node].keys.is_empty() && self.located[node].indices.is_empty(),
        })
    }
}

impl Pick {
    /// Whether it selects that position of a list.
    fn selects(&self, position: Position) -> bool {
        match self {
            Self::Key(_) => false,
            Self::All => true,
            Self::Index(index) if *index >= 0 => usize::try_from(*index) == Ok(position.index),
            Self::Index(index) => usize::try_from(index.unsigned_abs()).is_ok_and(|back| position.index + back == position.length),
            Self::Slice { .. } => self.slice_contains(position),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{read, to_compact};

    /// Walks the whole document and lists what is selected; the same as asking each selector by itself.
    fn check(document: &str, selectors: &[&str]) {
        let json = read(document).unwrap().json;
        let selectors: Vec<Selector> = selectors.iter().map(|text| Selector::parse(text).unwrap()).collect();
        let trace = Trace::new(&selectors, &[&json]);
        let mut seen = Vec::new();
        let mut open = vec![(trace.root(), Path::root(), &json)];
        while let Some((trail, path, json)) = open.pop() {
            seen.extend(trace.hits(&trail).into_iter().map(|selector| (selector, path.clone(), to_compact(json))));
            match json {
                Json::Map(entries) => {
                    open.extend(entries.iter().map(|(key, value)| (trace.key(&trail, key), path.clone().key(key), value)));
                }
                Json::List(elements) => open.extend(elements.iter().enumerate().map(|(index, element)| {
                    let position = Position { index, length: elements.len() };
                    (trace.index(&trail, [Some(position), None]), path.clone().index(index), element)
                })),
                _ => {}
            }
        }
        seen.sort();
        let mut expected: Vec<(usize, Path, String)> = Vec::new();
        for (number, selector) in selectors.iter().enumerate() {
            expected.extend(selector.query(&json).into_iter().map(|(path, json)| (number, path, to_compact(json))));
        }
        expected.sort();
        expected.dedup();
        assert_eq!(seen, expected);
        assert!(!seen.is_empty());
    }

    #[test]
    fn a_walk_sees_what_each_selector_selects() {
        let document = r#"{"rows":[{"a":1,"tags":["x","y"]},{"a":2,"b":{"a":3}},{"a":4}],"a":{"a":5}}"#;
        check(document, &["$", "$.a", "$..a", "$.rows[*].a", "$.rows[-1]", "$..tags[0]", "$.rows[1:]..a", "$..*", "$.rows[::2].a"]);
        check(document, &["$.rows[?@.a > 1].a", "$..[?@ == 'x']", "$.rows[0]['a','tags']", "$.rows[5:0:-2]"]);
    }
}
