//! Digests of every value of a document, bottom-up, so that equal subtrees cost nothing.
//!
//! 128 bits, not cryptographic: two different values meet by accident once in 2^64 comparisons, and nobody gains by
//! building two that do.

use std::collections::HashMap;

use crate::json::{Json, Position, Trace, Trail};

/// The digests of a document's values, in document order.
pub(super) struct Digests(Vec<Digest>);

/// The digest of one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Digest {
    /// Equal for equal values: numbers by value, maps without the order of keys, unordered lists without theirs.
    pub(super) value: u128,
    /// Differs where equal values are written differently (`1` and `1.0`, another order of an unordered list); zero where
    /// there is neither a number nor such a list.
    pub(super) form: u64,
    /// How many values there are from here down.
    size: u32,
    /// Whether it is a map in which a key stands more than once.
    pub(super) repeats_keys: bool,
}

impl Digest {
    /// Whether two values are equal down to the text of their numbers.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.value == other.value && self.form == other.form
    }
}

impl Digests {
    /// Digests a whole document. `trace` selects the lists whose order does not count, for the side that is `document` in it.
    pub(super) fn of(json: &Json, unordered: &Trace<'_>, document: usize) -> Self {
        let mut builder = Builder { digests: Vec::new(), keys: Vec::new(), unordered, document };
        let trail = unordered.root();
        builder.add(json, &trail);
        Self(builder.digests)
    }

    /// The digest of the value with that number.
    pub(super) fn get(&self, id: usize) -> &Digest {
        &self.0[id]
    }

    /// The numbers of the children of a list or map, in order.
    pub(super) fn children(&self, id: usize) -> impl Iterator<Item = usize> {
        let end = id + self.0[id].size as usize;
        let mut next = id + 1;
        std::iter::from_fn(move || {
            let child = next;
            if child >= end {
                return None;
            }
            next += self.0[child].size as usize;
            Some(child)
        })
    }
}

/// The digest of a scalar by itself; lists and maps are digested by their compact text.
pub(super) fn digest(json: &Json) -> u128 {
    match json {
        Json::Null => join(mixed([1, 0], [0, 0])),
        Json::Bool(value) => join(mixed([2, u64::from(*value)], [0, 0])),
        Json::Number(number) => join(number_digest(number)),
        Json::String(text) => join(bytes(text.as_bytes(), 4)),
        Json::List(_) | Json::Map(_) => join(bytes(crate::json::to_compact(json).as_bytes(), 7)),
    }
}

/// One digest of several, in order.
pub(super) fn combine(digests: impl IntoIterator<Item = u128>) -> u128 {
    digests.into_iter().fold(0x5bd1_e995, |sum, digest| join(mixed(split(sum), split(digest))))
}

struct Builder<'t, 's> {
    digests: Vec<Digest>,
    /// Scratch for finding duplicate keys.
    keys: Vec<[u64; 2]>,
    unordered: &'t Trace<'s>,
    document: usize,
}

impl Builder<'_, '_> {
    // Recursion is bounded by the reader's limit on depth.
    fn add(&mut self, json: &Json, trail: &Trail) {
        let (value, form) = match json {
            Json::Null => (mixed([1, 0], [0, 0]), 0),
            Json::Bool(value) => (mixed([2, u64::from(*value)], [0, 0]), 0),
            Json::Number(number) => (number_digest(number), bytes(number.as_str().as_bytes(), 9)[0]),
            Json::String(text) => (bytes(text.as_bytes(), 4), 0),
            Json::List(elements) => return self.list(elements, trail),
            Json::Map(entries) => return self.map(entries, trail),
        };
        self.digests.push(Digest { value: join(value), form, size: 1, repeats_keys: false });
    }

    fn list(&mut self, elements: &[Json], trail: &Trail) {
        let id = self.open();
        let is_unordered = !self.unordered.hits(trail).is_empty();
        let is_over = self.unordered.is_over(trail);
        let (mut value, mut form) = ([5, elements.len() as u64], 0_u64);
        for (index, element) in elements.iter().enumerate() {
            let child = self.digests.len();
            if is_over {
                self.add(element, &Trail::default());
            } else {
                let mut positions = [None, None];
                positions[self.document] = Some(Position { index, length: elements.len() });
                let trail = self.unordered.index(trail, positions);
                self.add(element, &trail);
            }
            let child = self.digests[child];
            if is_unordered {
                value = sum(value, mixed(split(child.value), [11, 13]));
                // The order is part of the form, so that a rule that hides it is seen to.
                form = fold(form ^ child.form ^ low(child.value), K[2]) ^ 1;
            } else {
                value = mixed(value, split(child.value));
                form = if child.form == 0 { form } else { fold(form ^ child.form, K[index & 3]) };
            }
        }
        self.close(id, mixed(value, [5, 5]), form, false);
    }

    fn map(&mut self, entries: &[(String, Json)], trail: &Trail) {
        let id = self.open();
        let first_key = self.keys.len();
        let is_over = self.unordered.is_over(trail);
        let (mut value, mut form) = ([6, entries.len() as u64], 0_u64);
        for (key, json) in entries {
            let child = self.digests.len();
            if is_over {
                self.add(json, &Trail::default());
            } else {
                let trail = self.unordered.key(trail, key);
                self.add(json, &trail);
            }
            let child = self.digests[child];
            let key = bytes(key.as_bytes(), 8);
            self.keys.push(key);
            // A sum does not know the order of its parts, as a map does not.
            value = sum(value, mixed(key, split(child.value)));
            if child.form != 0 {
                form = form.wrapping_add(fold(key[0] ^ child.form, K[1]));
            }
        }
        let keys = &mut self.keys[first_key..];
        keys.sort_unstable();
        let has_duplicates = keys.windows(2).any(|pair| pair[0] == pair[1]);
        self.keys.truncate(first_key);
        if has_duplicates {
            value = sum(value, self.order_of_duplicates(entries, id));
        }
        self.close(id, mixed(value, [6, 6]), form, has_duplicates);
    }

    /// Among the values of one key the order counts: most readers take the last.
    fn order_of_duplicates(&self, entries: &[(String, Json)], id: usize) -> [u64; 2] {
        let mut times: HashMap<&str, u64> = HashMap::new();
        let mut total = [0, 0];
        let mut child = id + 1;
        for (key, _) in entries {
            let count = times.entry(key).or_default();
            *count += 1;
            let digest = self.digests[child];
            total = sum(total, mixed(mixed(bytes(key.as_bytes(), 8), split(digest.value)), [*count, 17]));
            child += digest.size as usize;
        }
        total
    }

    fn open(&mut self) -> usize {
        self.digests.push(Digest { value: 0, form: 0, size: 0, repeats_keys: false });
        self.digests.len() - 1
    }

    fn close(&mut self, id: usize, value: [u64; 2], form: u64, repeats_keys: bool) {
        let size = u32::try_from(self.digests.len() - id).expect("a document in memory has fewer than 2^32 values");
        self.digests[id] = Digest { value: join(value), form, size, repeats_keys };
    }
}

/// Odd constants with as many ones as zeros, as multiplicative hashes want them (the first digits of π).
const K: [u64; 4] = [0x243f_6a88_85a3_08d3, 0x1319_8a2e_0370_7345, 0xa409_3822_299f_31d1, 0x082e_fa98_ec4e_6c89];

fn fold(one: u64, two: u64) -> u64 {
    let product = u128::from(one) * u128::from(two);
    low(product) ^ low(product >> 64)
}

#[expect(clippy::cast_possible_truncation, reason = "the lower half is what is asked for")]
fn low(wide: u128) -> u64 {
    wide as u64
}

fn mixed(one: [u64; 2], two: [u64; 2]) -> [u64; 2] {
    [
        fold(one[0] ^ K[0], two[0] ^ K[1]).wrapping_add(fold(one[1] ^ K[2], two[1] ^ K[3]).rotate_left(23)),
        fold(one[0] ^ K[3], two[1] ^ K[2]).wrapping_add(fold(one[1] ^ K[1], two[0] ^ K[0]).rotate_left(41)),
    ]
}

fn sum(one: [u64; 2], two: [u64; 2]) -> [u64; 2] {
    [one[0].wrapping_add(two[0]), one[1].wrapping_add(two[1])]
}

fn join(halves: [u64; 2]) -> u128 {
    (u128::from(halves[0]) << 64) | u128::from(halves[1])
}

fn split(wide: u128) -> [u64; 2] {
    [low(wide >> 64), low(wide)]
}

fn bytes(data: &[u8], kind: u64) -> [u64; 2] {
    let mut state = [kind ^ K[0], data.len() as u64 ^ K[1]];
    let mut chunks = data.chunks_exact(16);
    for chunk in &mut chunks {
        let (one, two) = chunk.split_at(8);
        state = step(state, word(one), word(two));
    }
    let rest = chunks.remainder();
    let (one, two) = rest.split_at(rest.len().min(8));
    state = step(state, word(one), word(two));
    mixed(state, [kind, data.len() as u64])
}

fn step(state: [u64; 2], one: u64, two: u64) -> [u64; 2] {
    [fold(state[0] ^ one, K[2] ^ two), fold(state[1] ^ two.rotate_left(32), K[3] ^ one).wrapping_add(state[0])]
}

fn word(data: &[u8]) -> u64 {
    let mut word = [0; 8];
    word[..data.len()].copy_from_slice(data);
    u64::from_le_bytes(word)
}

fn number_digest(number: &crate::json::Number) -> [u64; 2] {
    match number.to_i64() {
        Some(integer) => mixed([3, 0], [integer.cast_unsigned(), 3]),
        None => bytes(number.canonical().as_bytes(), 3),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::{Selector, read};

    fn check(one: &str, two: &str, unordered: &[&str], equal: bool, same: bool) {
        let selectors: Vec<Selector> = unordered.iter().map(|text| Selector::parse(text).unwrap()).collect();
        let (a, b) = (read(one).unwrap().json, read(two).unwrap().json);
        let trace = Trace::new(&selectors, &[&a, &b]);
        let (a, b) = (*Digests::of(&a, &trace, 0).get(0), *Digests::of(&b, &trace, 1).get(0));
        assert_eq!((a.value == b.value, a.is_same(&b)), (equal, same), "{one} {two}");
    }

    #[test]
    fn equal_values_have_equal_digests_and_others_have_not() {
        check(r#"{"a":1,"b":[2]}"#, r#"{"b":[2],"a":1}"#, &[], true, true);
        check("[1, 10, 100e-1, 12345678901234567890]", "[1.0, 1e1, 10, 12345678901234567890.0]", &[], true, false);
        check("[100000000000000000000]", "[1e20]", &[], true, false);
        check("[1000000000000000000, 0, -5]", "[1e18, -0, -5.0]", &[], true, false);
        for (one, two) in [
            ("[1,2]", "[2,1]"),
            ("12345678901234567890", "12345678901234567891"),
            ("\"1\"", "1"),
            ("null", "false"),
            ("[]", "{}"),
            ("[[],[]]", "[[[]]]"),
            ("\"\"", "\"\\u0000\""),
            (r#"{"a":1,"a":2}"#, r#"{"a":2,"a":1}"#),
            (r#"{"a":1,"a":1}"#, r#"{"a":1}"#),
            (r#"{"a":1,"b":2}"#, r#"{"a":2,"b":1}"#),
            ("\"0123456789abcdef\"", "\"0123456789abcdeg\""),
        ] {
            check(one, two, &[], false, false);
        }
    }

    #[test]
    fn unordered_lists_have_one_digest() {
        check(r#"{"tags":[1,2,2],"x":[1]}"#, r#"{"tags":[2,1,2],"x":[1]}"#, &["$.tags"], true, false);
        check(r#"{"tags":[1,2,2]}"#, r#"{"tags":[1,1,2]}"#, &["$.tags"], false, false);
        check(r#"{"tags":[[1,2],[3]]}"#, r#"{"tags":[[3],[2,1]]}"#, &["$.tags"], false, false);
        check(r#"[{"tags":["a","b"]}]"#, r#"[{"tags":["b","a"]}]"#, &["$[*].tags"], true, false);
        check(r#"{"tags":["a","b"]}"#, r#"{"tags":["a","b"]}"#, &["$.tags"], true, true);
    }

    #[test]
    fn children_are_found_by_number() {
        let json = read(r#"{"a":[1,[2,3]],"b":{},"c":4}"#).unwrap().json;
        let digests = Digests::of(&json, &Trace::new([], &[&json]), 0);
        assert_eq!(digests.children(0).collect::<Vec<_>>(), [1, 6, 7]);
        assert_eq!(digests.children(1).collect::<Vec<_>>(), [2, 3]);
        assert_eq!(digests.children(6).count(), 0);
    }
}
