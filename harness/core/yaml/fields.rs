//! The keys of one map, taken one by one; what nobody took is a mistake.

use std::{
    cell::{Cell, RefCell},
    time::Duration,
};

use super::{
    limits::MAX_DIAGNOSTICS,
    lower::Collector,
    node::{Entry, Node, cut},
};
use crate::diagnostic::{Diagnostic, Span, did_you_mean};

/// A map that is being read.
///
/// Taking a key also tells that it exists in the language; `finish` reports the keys that were not taken, with the
/// nearest of those that were asked for. It must be called once all keys were asked for, those that are not there included.
#[must_use = "keys that nobody knows are reported by `finish`"]
pub struct Fields<'n> {
    map: &'n Node,
    entries: &'n [Entry],
    is_taken: Vec<Cell<bool>>,
    known: RefCell<Vec<&'n str>>,
    collector: &'n Collector,
}

impl<'n> Fields<'n> {
    pub(super) fn new(map: &'n Node, entries: &'n [Entry], collector: &'n Collector) -> Self {
        Self { map, entries, is_taken: vec![Cell::new(false); entries.len()], known: RefCell::default(), collector }
    }

    /// Where complaints go.
    #[must_use]
    pub fn collector(&self) -> &'n Collector {
        self.collector
    }

    /// The map itself.
    #[must_use]
    pub fn node(&self) -> &'n Node {
        self.map
    }

    /// A place for complaints about the whole map: its first key, or the map where it is empty.
    #[must_use]
    pub fn span(&self) -> &'n Span {
        self.entries.first().map_or(&self.map.span, |entry| &entry.key_span)
    }

    /// Whether the map has no keys.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether a key is there, without taking it.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|entry| entry.key == key)
    }

    /// Takes a key.
    pub fn take(&self, key: &'n str) -> Option<&'n Node> {
        self.take_entry(key).map(|entry| &entry.value)
    }

    /// Takes a key with its place.
    pub fn take_entry(&self, key: &'n str) -> Option<&'n Entry> {
        self.known.borrow_mut().push(key);
        let mut found = None;
        // A duplicate was reported when the file was read.
        for (entry, is_taken) in self.entries.iter().zip(&self.is_taken).filter(|(entry, _)| entry.key == key) {
            is_taken.set(true);
            found = found.or(Some(entry));
        }
        found
    }

    /// Takes a key that must be there; `what` says what it is: "the name of the case".
    pub fn require(&self, key: &'n str, what: &str) -> Option<&'n Node> {
        let node = self.take(key);
        if node.is_none() {
            self.collector.error(self.span(), format!("`{key}` is missing: {what}"));
        }
        node
    }

    /// Takes a key of the language that this version does not know how to do, and says so at its line.
    pub fn not_supported_yet(&self, keys: &[&'n str]) {
        for key in keys {
            if let Some(entry) = self.take_entry(key) {
                self.collector.error(&entry.key_span, format!("`{key}` is not supported yet"));
            }
        }
    }

    /// Takes all keys that are left, for maps whose keys people choose.
    pub fn take_rest(&self) -> impl Iterator<Item = &'n Entry> {
        let rest: Vec<&'n Entry> =
            self.entries.iter().zip(&self.is_taken).filter(|(_, is_taken)| !is_taken.replace(true)).map(|(entry, _)| entry).collect();
        rest.into_iter()
    }

    /// Takes the one key among `keys` that is there, such as a step's verb. Several are reported at the second; none is not.
    pub fn take_one_of(&self, keys: impl IntoIterator<Item = &'n str>, what: &str) -> Option<&'n Entry> {
        let keys: Vec<&'n str> = keys.into_iter().collect();
        let mut first: Option<&'n Entry> = None;
        self.known.borrow_mut().extend(&keys);
        for (entry, is_taken) in self.entries.iter().zip(&self.is_taken).filter(|(entry, _)| keys.contains(&entry.key.as_str())) {
            is_taken.set(true);
            match first {
                Some(first) if first.key != entry.key => {
                    let message = format!("`{}` and `{}`: only one {what} can stand here", first.key, entry.key);
                    self.collector.error(&entry.key_span, message);
                }
                Some(_) => {}
                None => first = Some(entry),
            }
        }
        first
    }

    /// Reports every key that was not taken. `what` names them: "key", "matcher", "key of an environment".
    pub fn finish(self, what: &str) {
        self.finish_with(what, &[]);
    }

    /// The same, where more keys exist than were asked for.
    pub fn finish_with(self, what: &str, more: &[&str]) {
        let known = self.known.borrow();
        let (what, of) = what.split_at(what.find(" of ").unwrap_or(what.len()));
        for (entry, _) in self.entries.iter().zip(&self.is_taken).filter(|(_, is_taken)| !is_taken.get()) {
            let mut diagnostic = Diagnostic::error(&entry.key_span, format!("unknown {what} `{}`{of}", cut(&entry.key)));
            // Of more complaints nobody reads the help.
            let is_read = self.collector.count() < MAX_DIAGNOSTICS;
            let meant = is_read.then(|| did_you_mean(&entry.key, known.iter().copied().chain(more.iter().copied()))).flatten();
            match meant {
                Some(meant) => {
                    diagnostic.help = Some(format!("did you mean `{meant}`?"));
                    // A second key of that name would be no better.
                    diagnostic.fix = (!self.has(meant) && entry.key_span.text() == entry.key).then(|| meant.to_owned());
                }
                None if known.len() + more.len() <= 12 && known.len() + more.len() > 0 => {
                    let all = known.iter().copied().chain(more.iter().copied()).map(|key| format!("`{key}`")).collect::<Vec<_>>();
                    diagnostic.help = Some(format!("the keys here are {}", all.join(", ")));
                }
                None => {}
            }
            self.collector.report(diagnostic);
        }
    }

    /// Takes text; a plain number is text as it is written.
    pub fn text(&self, key: &'n str, expected: &str) -> Option<&'n str> {
        self.collector.text(self.take(key)?, expected)
    }

    /// Takes text that is not empty.
    pub fn name(&self, key: &'n str, expected: &str) -> Option<&'n str> {
        self.collector.name(self.take(key)?, expected)
    }

    /// Takes `true` or `false`.
    pub fn bool(&self, key: &'n str) -> Option<bool> {
        self.collector.bool(self.take(key)?, "`true` or `false`")
    }

    /// Takes a whole number from 0.
    pub fn whole(&self, key: &'n str, expected: &str) -> Option<u64> {
        self.collector.whole(self.take(key)?, expected)
    }

    /// Takes a duration.
    pub fn duration(&self, key: &'n str) -> Option<Duration> {
        self.collector.duration(self.take(key)?, "a duration such as `10s`")
    }

    /// Takes a size in bytes.
    pub fn size(&self, key: &'n str) -> Option<u64> {
        self.collector.size(self.take(key)?, "a size such as `2 MB`")
    }

    /// Takes a list of texts, with their nodes; nothing if the key is not there.
    pub fn list_of_text(&self, key: &'n str, expected: &str, item: &str) -> Option<Vec<(&'n str, &'n Node)>> {
        self.collector.list_of_text(self.take(key)?, expected, item)
    }

    /// Takes one of several words.
    pub fn choice<T: Clone>(&self, key: &'n str, what: &str, choices: &[(&str, T)]) -> Option<T> {
        self.collector.choice(self.take(key)?, what, choices)
    }

    /// Takes a map.
    pub fn fields(&self, key: &'n str, expected: &str) -> Option<Fields<'n>> {
        self.collector.fields(self.take(key)?, expected)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{diagnostic::Source, yaml::read};

    /// Reads a map with `reader`; gives the complaints.
    fn check(text: &str, reader: impl for<'n> Fn(Fields<'n>), expected: &[&str]) {
        let (tree, diagnostics) = read(&Source::new("a.yaml", text));
        assert!(diagnostics.iter().all(|diagnostic| diagnostic.message.starts_with("duplicate")), "{diagnostics:?}");
        let (tree, collector) = (tree.expect("the text was read"), Collector::new());
        if let Some(fields) = collector.fields(&tree, "a map of case keys") {
            reader(fields);
        }
        let complaints: Vec<String> = collector
            .into_diagnostics()
            .iter()
            .map(|diagnostic| {
                let place = diagnostic.span.as_ref().map(Span::position).expect("a complaint has a place");
                let fix = diagnostic.fix.as_ref().map(|fix| format!(" [{fix}]")).unwrap_or_default();
                format!("{}:{} {}; {}{fix}", place.line, place.column, diagnostic.message, diagnostic.help.as_deref().unwrap_or("-"))
            })
            .collect();
        assert_eq!(complaints, expected, "{text}");
    }

    fn case(fields: Fields<'_>) {
        fields.require("case", "the name of the case").and_then(|node| fields.collector().name(node, "the name of the case"));
        fields.bool("soft");
        fields.duration("timeout");
        fields.whole("retries", "a number of attempts");
        fields.list_of_text("tags", "a list of tags", "a tag");
        fields.not_supported_yet(&["browser"]);
        fields.finish("key");
    }

    #[test]
    fn a_sound_map_has_no_complaints() {
        check("case: x\nsoft: true\ntimeout: 1s\nretries: 2\ntags: [a]", case, &[]);
    }

    #[test]
    fn every_mistake_of_a_map_is_reported() {
        check(
            "soft: 5\ntimout: 1s\nretries: x\nbanana: 1\nbrowser: {}\ntags: [[]]",
            case,
            &[
                "1:1 `case` is missing: the name of the case; -",
                "1:7 expected `true` or `false`, found the number 5; -",
                "2:1 unknown key `timout`; did you mean `timeout`? [timeout]",
                "3:10 expected a number of attempts, found the text `x`; -",
                "4:1 unknown key `banana`; the keys here are `case`, `soft`, `timeout`, `retries`, `tags`, `browser`",
                "5:1 `browser` is not supported yet; -",
                "6:8 expected a tag, found a list; quote it to mean text: '[]' ['[]']",
            ],
        );
        check("[case]", case, &["1:1 expected a map of case keys, found a list; -"]);
        check("{}", case, &["1:1 `case` is missing: the name of the case; -"]);
    }

    #[test]
    fn a_key_is_not_corrected_into_one_that_is_there() {
        check("case: x\ncas: y", case, &["2:1 unknown key `cas`; did you mean `case`?"]);
        check("case: x\n'sofd': y", case, &["2:1 unknown key `sofd`; did you mean `soft`?"]);
    }

    #[test]
    fn a_duplicate_is_not_unknown() {
        check("case: x\ncase: y", case, &[]);
    }

    #[test]
    fn one_verb_a_step() {
        let step = |fields: Fields<'_>| {
            let verb = fields.take_one_of(["get", "post"], "verb").map(|entry| entry.key.clone());
            fields.text("name", "a name");
            if verb.is_none() {
                fields.collector().error(fields.span(), "a verb is missing");
            }
            fields.finish_with("key", &["expect"]);
        };
        check("get: /", step, &[]);
        check("name: x", step, &["1:1 a verb is missing; -"]);
        check(
            "get: /\npost: /\nexpct: 1",
            step,
            &["2:1 `get` and `post`: only one verb can stand here; -", "3:1 unknown key `expct`; did you mean `expect`? [expect]"],
        );
    }

    #[test]
    fn maps_whose_keys_people_choose_take_the_rest() {
        let vars = |fields: Fields<'_>| {
            fields.text("description", "a text");
            let names: Vec<&str> = fields.take_rest().map(|entry| entry.key.as_str()).collect();
            assert_eq!(names, ["x", "y"]);
            fields.finish("key");
        };
        check("x: 1\ndescription: a\ny: 2", vars, &[]);
    }
}
