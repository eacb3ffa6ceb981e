//! Applies rules to content.

use std::collections::BTreeMap;

use super::{
    Rules,
    rule::{Rule, Stage},
};
use crate::{
    compare::Hidden,
    json::{Json, Pick, Position, Selector, Trace, Trail},
};

/// What stands in place of an ignored element of a list, whose neighbours must not move up.
const IGNORED: &str = "{{ ignored }}";

/// How often rules whose filters look at values that rules change are applied until nothing changes any more.
const MOST_ROUNDS: usize = 8;

/// A JSON document without what does not count.
#[derive(Debug, Clone, PartialEq)]
pub struct Normalised {
    /// The document.
    pub json: Json,
    /// What was hidden, by rule and path; sorted.
    pub hidden: Vec<Hidden>,
}

/// A text without what does not count.
#[derive(Debug, Clone, PartialEq)]
pub struct NormalisedText {
    /// The text.
    pub text: String,
    /// What was hidden, by rule and expression; sorted.
    pub hidden: Vec<Hidden>,
}

impl Rules {
    /// Applies the rules to a document. Applying them again changes nothing more.
    ///
    /// An ignored value is taken away, as if it had not been sent; an ignored element of a list that a position names
    /// (`$[0]`, `$[1:3]`) leaves `{{ ignored }}` in its place, so that its neighbours stay where they are.
    #[must_use]
    pub fn apply(&self, json: Json) -> Normalised {
        let mut counts = Counts::default();
        let mut json = json;
        let n_rounds = if self.looks_at_values() { MOST_ROUNDS } else { 1 };
        for _ in 0..n_rounds {
            let before = counts.total;
            self.ignore(&mut json, &mut counts);
            self.change(&mut json, &mut counts);
            if counts.total == before {
                break;
            }
        }
        Normalised { json, hidden: counts.hidden() }
    }

    /// Applies the rules to a text: `replace` alone speaks of texts.
    #[must_use]
    pub fn apply_text(&self, text: &str) -> NormalisedText {
        let mut counts = Counts::default();
        let mut text = text.to_owned();
        let rules: Vec<&dyn Rule> = self.of_stage(Stage::Replace).map(AsRef::as_ref).collect();
        replace(&rules, &mut text, &mut counts);
        NormalisedText { text, hidden: counts.hidden() }
    }

    /// Whether a filter decides where a rule works: then the work of one rule may decide about another's.
    fn looks_at_values(&self) -> bool {
        let mut places = [Stage::Ignore, Stage::Round, Stage::Kind].into_iter().flat_map(|stage| self.of_stage(stage));
        places.any(|rule| rule.place().is_some_and(|place| place.steps().is_none()))
    }

    /// Takes away what is ignored, until nothing more is: what is taken away may make room for what a position names.
    fn ignore(&self, json: &mut Json, counts: &mut Counts) {
        let rules: Vec<&dyn Rule> = self.of_stage(Stage::Ignore).map(AsRef::as_ref).collect();
        if rules.is_empty() {
            return;
        }
        let places: Vec<&Selector> = rules.iter().filter_map(|rule| rule.place()).collect();
        loop {
            let before = counts.total;
            let copy;
            let document: &Json = if places.iter().any(|place| place.steps().is_none()) {
                // Filters are evaluated once for the whole document, which changes under the walk.
                copy = json.clone();
                &copy
            } else {
                &Json::Null
            };
            let trace = Trace::new(places.iter().copied(), &[document]);
            let mut removal = Removal { trace, rules: &rules, places: &places, counts };
            let root = removal.trace.root();
            if let Some(rule) = removal.trace.hits(&root).first().copied()
                && json.as_str() != Some(IGNORED)
            {
                removal.counts.add(rules[rule]);
                *json = Json::from(IGNORED);
            }
            removal.walk(json, &root);
            if counts.total == before || !places.iter().any(|place| removes_elements(place)) {
                return;
            }
        }
    }

    /// Replaces, rounds and puts kinds in place of values, in this order at each value.
    fn change(&self, json: &mut Json, counts: &mut Counts) {
        let replace: Vec<&dyn Rule> = self.of_stage(Stage::Replace).map(AsRef::as_ref).collect();
        let placed: Vec<&dyn Rule> =
            [Stage::Round, Stage::Kind].into_iter().flat_map(|stage| self.of_stage(stage)).map(AsRef::as_ref).collect();
        if replace.is_empty() && placed.is_empty() {
            return;
        }
        let places: Vec<&Selector> = placed.iter().filter_map(|rule| rule.place()).collect();
        let copy;
        let document: &Json = if places.iter().any(|place| place.steps().is_none()) {
            copy = json.clone();
            &copy
        } else {
            &Json::Null
        };
        let mut change = Change { trace: Trace::new(places, &[document]), replace, placed, counts };
        let root = change.trace.root();
        change.walk(json, &root);
    }
}

/// Whether what a path selects of a list can go without moving what the path selects next.
fn removes_elements(place: &Selector) -> bool {
    place.steps().is_none_or(|steps| steps.last().is_some_and(|step| step.picks.contains(&Pick::All)))
}

struct Removal<'r, 'd> {
    trace: Trace<'d>,
    rules: &'r [&'d dyn Rule],
    places: &'r [&'d Selector],
    counts: &'r mut Counts,
}

impl Removal<'_, '_> {
    // Recursion is bounded by the reader's limit on depth.
    fn walk(&mut self, json: &mut Json, trail: &Trail) {
        if self.trace.is_over(trail) {
            return;
        }
        match json {
            Json::Map(entries) => entries.retain_mut(|(key, value)| {
                let trail = self.trace.key(trail, key);
                if let Some(rule) = self.trace.hits(&trail).first() {
                    self.counts.add(self.rules[*rule]);
                    return false;
                }
                self.walk(value, &trail);
                true
            }),
            Json::List(elements) => {
                let length = elements.len();
                let mut index = 0;
                elements.retain_mut(|value| {
                    let trail = self.trace.index(trail, [Some(Position { index, length }), None]);
                    index += 1;
                    let hits = self.trace.hits(&trail);
                    if let Some(rule) = hits.iter().find(|rule| removes_elements(self.places[**rule])) {
                        self.counts.add(self.rules[*rule]);
                        return false;
                    }
                    if let Some(rule) = hits.first() {
                        if value.as_str() != Some(IGNORED) {
                            self.counts.add(self.rules[*rule]);
                            *value = Json::from(IGNORED);
                        }
                        return true;
                    }
                    self.walk(value, &trail);
                    true
                });
            }
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
        }
    }
}

struct Change<'r, 'd> {
    trace: Trace<'d>,
    replace: Vec<&'d dyn Rule>,
    /// In the order of stages, as the trace numbers them.
    placed: Vec<&'d dyn Rule>,
    counts: &'r mut Counts,
}

impl Change<'_, '_> {
    // Recursion is bounded by the reader's limit on depth.
    fn walk(&mut self, json: &mut Json, trail: &Trail) {
        if self.replace.is_empty() && self.trace.is_over(trail) && self.trace.hits(trail).is_empty() {
            return;
        }
        match json {
            Json::Map(entries) => {
                for (key, value) in entries {
                    let trail = self.trace.key(trail, key);
                    self.walk(value, &trail);
                }
            }
            Json::List(elements) => {
                let length = elements.len();
                for (index, value) in elements.iter_mut().enumerate() {
                    let trail = self.trace.index(trail, [Some(Position { index, length }), None]);
                    self.walk(value, &trail);
                }
            }
            Json::String(text) if is_marker(text) => {}
            Json::String(text) => replace(&self.replace, text, self.counts),
            Json::Null | Json::Bool(_) | Json::Number(_) => {}
        }
        if json.as_str() == Some(IGNORED) {
            return;
        }
        for rule in self.trace.hits(trail) {
            let rule = self.placed[rule];
            if let Some(changed) = rule.change(json) {
                self.counts.add(rule);
                *json = changed;
            }
        }
    }
}

/// Replaces until nothing changes: one replacement may make what another matches.
fn replace(rules: &[&dyn Rule], text: &mut String, counts: &mut Counts) {
    for round in 0..MOST_ROUNDS {
        let mut next = text.clone();
        for rule in rules {
            if let Some(replaced) = rule.change_text(&next) {
                counts.add(*rule);
                next = replaced;
            }
        }
        let is_growing = round > 0 && next.len() > text.len();
        if next == *text || is_growing {
            return;
        }
        *text = next;
    }
}

/// Whether a text is what a rule or a naming put in place of a value.
fn is_marker(text: &str) -> bool {
    text.strip_prefix("{{ ").and_then(|rest| rest.strip_suffix(" }}")).is_some_and(|name| !name.contains(['{', '}']))
}

#[derive(Default)]
struct Counts {
    by_rule: BTreeMap<(&'static str, String), usize>,
    total: usize,
}

impl Counts {
    fn add(&mut self, rule: &dyn Rule) {
        self.total += 1;
        *self.by_rule.entry((rule.name(), rule.about().to_owned())).or_default() += 1;
    }

    fn hidden(self) -> Vec<Hidden> {
        self.by_rule.into_iter().map(|((rule, path), count)| Hidden { rule, path, count }).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        compare,
        diagnostic::Source,
        json::{read, to_compact},
        yaml::{self, Collector},
    };

    /// Rules written as a flow map, without complaints.
    fn rules(text: &str) -> Rules {
        let (rules, complaints) = read_rules(text);
        assert!(complaints.is_empty(), "{text}: {complaints:?}");
        rules
    }

    fn read_rules(text: &str) -> (Rules, Vec<String>) {
        let (tree, diagnostics) = yaml::read(&Source::new("a.yaml", text));
        assert!(diagnostics.is_empty(), "{text}: {diagnostics:?}");
        let (tree, collector) = (tree.unwrap(), Collector::new());
        let rules = collector.fields(&tree, "a map").map(|fields| {
            let rules = Rules::read(&fields);
            fields.finish("normalising key");
            rules
        });
        let complaints = collector.into_diagnostics().into_iter().map(|diagnostic| diagnostic.message);
        (rules.unwrap_or_default(), complaints.collect())
    }

    fn check(written: &str, document: &str, expected: &str, hidden: &[&str]) {
        let normalised = rules(written).apply(read(document).unwrap().json);
        let seen: Vec<String> =
            normalised.hidden.iter().map(|hidden| format!("{} {} {}", hidden.rule, hidden.path, hidden.count)).collect();
        assert_eq!((to_compact(&normalised.json).as_str(), seen), (expected, hidden.iter().map(|text| (*text).to_owned()).collect()));
        let again = rules(written).apply(normalised.json.clone());
        assert_eq!(to_compact(&again.json), expected, "twice");
    }

    #[test]
    fn ignored_values_are_gone_and_counted() {
        check(
            "ignore: ['$..etag', '$.x']",
            r#"{"etag":1,"a":[{"etag":2,"b":3}],"x":{},"y":0}"#,
            r#"{"a":[{"b":3}],"y":0}"#,
            &["ignore $..etag 2", "ignore $.x 1"],
        );
        check(
            "ignore: ['$.a[0]', '$.b[*]']",
            r#"{"a":[1,2],"b":[1,2]}"#,
            r#"{"a":["{{ ignored }}",2],"b":[]}"#,
            &["ignore $.a[0] 1", "ignore $.b[*] 2"],
        );
        check(
            "ignore: ['$[?@.ad]', '$[0].x']",
            r#"[{"ad":1,"x":1},{"x":2},{"x":3}]"#,
            r#"[{},{"x":3}]"#,
            &["ignore $[0].x 1", "ignore $[?@.ad] 1"],
        );
        check("ignore: ['$']", "[1]", "\"{{ ignored }}\"", &["ignore $ 1"]);
        check("ignore: ['$.a']", r#"{"a":1,"b":1,"a":2}"#, r#"{"b":1}"#, &["ignore $.a 2"]);
    }

    #[test]
    fn a_kind_stands_for_the_value_only_where_it_holds() {
        check(
            "kind: {'$.id': uuid, '$..at': date-time, '$.n': integer, '$.gone': uuid}",
            r#"{"id":"8c7f1c2e-0f7b-4f5e-9a53-3a0c1f0e9b11","at":"2026-11-23T10:00:00Z","x":{"at":null},"n":5}"#,
            r#"{"id":"{{ uuid }}","at":"{{ date-time }}","x":{"at":null},"n":"{{ integer }}"}"#,
            &["kind $..at 1", "kind $.id 1", "kind $.n 1"],
        );
        check(
            "kind: {'$.u': uri, '$.v': uri}",
            r#"{"u":"{{ api }}/plugins?x=1","v":"{{ api }} and more"}"#,
            r#"{"u":"{{ uri }}","v":"{{ api }} and more"}"#,
            &["kind $.u 1"],
        );
        check("kind: {'$.id': string}\nround: {'$.n': 1}", r#"{"id":"{{ uuid }}","n":null}"#, r#"{"id":"{{ uuid }}","n":null}"#, &[]);
        check("kind: {'$.id': uuid, '$.n': integer}", r#"{"id":"none","n":1.5}"#, r#"{"id":"none","n":1.5}"#, &[]);
        check(
            "kind: {'$.x': map, '$.x.y': string, '$.z': null}",
            r#"{"x":{"y":"a"},"z":null}"#,
            r#"{"x":"{{ map }}","z":"{{ null }}"}"#,
            &["kind $.x 1", "kind $.x.y 1", "kind $.z 1"],
        );
    }

    #[test]
    fn numbers_are_rounded_and_texts_replaced_before_kinds_are_looked_at() {
        check(
            "round: {'$..score': 2}",
            r#"{"score":1.239,"a":{"score":"1.239"}}"#,
            r#"{"score":1.24,"a":{"score":"1.239"}}"#,
            &["round $..score 1"],
        );
        check(
            "replace: [{matches: 'build-\\w+', with: build-…}]",
            r#"{"a":["/build-8f3/x.js",1],"build-1":"build-…"}"#,
            r#"{"a":["/build-…/x.js",1],"build-1":"build-…"}"#,
            &["replace build-\\w+ 1"],
        );
        check(
            "kind: {'$.id': uuid}\nreplace: [{matches: '^id:', with: ''}]",
            r#"{"id":"id:8c7f1c2e-0f7b-4f5e-9a53-3a0c1f0e9b11"}"#,
            r#"{"id":"{{ uuid }}"}"#,
            &["kind $.id 1", "replace ^id: 1"],
        );
        check("replace: [{matches: 'ab', with: ''}]", r#""aaabbb""#, "\"\"", &["replace ab 1"]);
        check(
            "replace: [{matches: 'uuid', with: x}]\nkind: {'$': uuid}",
            r#""8c7f1c2e-0f7b-4f5e-9a53-3a0c1f0e9b11""#,
            "\"{{ uuid }}\"",
            &["kind $ 1"],
        );
    }

    #[test]
    fn texts_know_replacements_alone() {
        let rules = rules("ignore: ['$.a']\nreplace: [{matches: '\\d+ ms', with: … ms}]");
        let normalised = rules.apply_text("took 15 ms\nand 3 ms\n");
        assert_eq!((normalised.text.as_str(), normalised.hidden.len()), ("took … ms\nand … ms\n", 1));
    }

    #[test]
    fn levels_add_and_the_later_one_holds() {
        let (suite, step) = (rules("ignore: ['$.a']\ntolerance: {'$.n': 1}"), rules("ignore: ['$.b']\ntolerance: {'$.n': 50%}"));
        let merged = suite.then(&step);
        assert_eq!(to_compact(&merged.apply(read(r#"{"a":1,"b":2,"c":3}"#).unwrap().json).json), r#"{"c":3}"#);
        let n = |n: &str| read(format!("{{\"n\":{n}}}")).unwrap().json;
        assert!(compare::json(&n("10"), &n("14"), &merged.options()).is_equal());
        assert!(!compare::json(&n("10"), &n("14"), &suite.options()).is_equal());
    }

    #[test]
    fn mistakes_are_told_at_their_place() {
        let check = |text: &str, complaint: &str| {
            let (rules, complaints) = read_rules(text);
            assert!(complaints.iter().any(|seen| seen.contains(complaint)) && rules.is_empty(), "{text}: {complaints:?}");
        };
        check("ignore: ['name']", "`name` is not a JSONPath: it begins with `$`");
        check("ignore: [{cs: .random}]", "unknown key `cs` of a locator");
        check("unordered: [{css: .random}]", "expected a path such as");
        check("ignor: ['$.a']", "ignor`");
        check("kind: {'$.a': guid}", "unknown kind `guid`");
        check("key: {'$': '$[*].name'}", "can select several values");
        check("key: {'$': ['$.a', '$..b']}", "can select several values");
        check("version_by: {'$': 5}", "is not a JSONPath");
        check("round: {'$.a': 31}", "expected a number of decimals from 0 to 30");
        check("tolerance: {'$.a': -1}", "is not a tolerance");
        check("replace: [{matches: '(', with: x}]", "not a regular expression: unclosed group");
        check("replace: [{matches: 'a', with: aa}]", "is matched again, and grows");
        check("replace: [{matches: 'a*', with: b}]", "matches nothing at all");
        check("replace: [{matches: 'a'}]", "`with` is missing");
        check("replace: [{matches: 'a', wiht: b}]", "unknown key `wiht` of a replacement");
    }

    #[test]
    fn depth_costs_no_more_stack_than_there_is() {
        let deep = format!("{}\"build-1\"{}", "[".repeat(1_000), "]".repeat(1_000));
        let normalised =
            rules("ignore: ['$..x']\nreplace: [{matches: 'build-1', with: b}]\nkind: {'$..y': uuid}").apply(read(deep).unwrap().json);
        assert_eq!(normalised.hidden.len(), 1);
    }

    fn document() -> impl Strategy<Value = Json> {
        let number = prop_oneof![Just("1"), Just("1.25"), Just("2.349"), Just("-3.5")].prop_map(|text| read(text).unwrap().json);
        let text =
            prop_oneof![Just("8c7f1c2e-0f7b-4f5e-9a53-3a0c1f0e9b11"), Just("aab"), Just("{{ uuid }}"), Just("build-1"), Just("2026-11-23")];
        let leaf = prop_oneof![Just(Json::Null), number, text.prop_map(Json::from)];
        leaf.prop_recursive(4, 30, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Json::List),
                prop::collection::vec(("[abx]", inner), 0..4).prop_map(Json::Map),
            ]
        })
    }

    fn written() -> impl Strategy<Value = String> {
        let path = || {
            prop_oneof![
                Just("$.a"),
                Just("$..b"),
                Just("$[0]"),
                Just("$[*]"),
                Just("$..[1:]"),
                Just("$..x[0]"),
                Just("$..[?@.a]"),
                Just("$"),
                Just("$.a[?@ == 'aab']"),
                Just("$..*")
            ]
        };
        let rule = prop_oneof![
            path().prop_map(|path| format!("ignore: [\"{path}\"]")),
            (path(), prop_oneof![Just("uuid"), Just("string"), Just("number"), Just("map"), Just("date")])
                .prop_map(|(path, kind)| format!("kind: {{\"{path}\": {kind}}}")),
            path().prop_map(|path| format!("round: {{\"{path}\": 1}}")),
            prop_oneof![Just(("ab", "")), Just(("a", "b")), Just(("build-\\\\w+", "build-…")), Just(("b", "x")), Just(("\\\\{\\\\{", "<"))]
                .prop_map(|(matches, with)| format!("replace: [{{matches: \"{matches}\", with: \"{with}\"}}]")),
        ];
        prop::collection::vec(rule, 1..4).prop_map(|rules| rules.join("\n---\n"))
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn doing_it_twice_is_doing_it_once(document in document(), written in written()) {
            let rules = written.split("\n---\n").fold(Rules::default(), |all, one| all.then(&self::rules(one)));
            let once = rules.apply(document).json;
            let twice = rules.apply(once.clone());
            prop_assert_eq!(to_compact(&once), to_compact(&twice.json), "{}", written);
            prop_assert!(twice.hidden.is_empty(), "{:?}", twice.hidden);
        }
    }
}
