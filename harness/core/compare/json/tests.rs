//! What the comparison of documents says, and the laws it keeps.

use proptest::prelude::*;

use super::{MAX_DIFFERENCES, json};
use crate::{
    compare::{Comparison, Kind, Options, Place, Weight},
    json::{Json, Number, Selector, read, to_compact},
};

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
    let options =
        Options { tolerance: vec![(selector("$..installs"), tolerance("5%")), (selector("$.n"), tolerance("1"))], ..Options::default() };
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
    let bottom = |leaf: &str| format!("{}{leaf}{}", "[".repeat(1_000), "]".repeat(1_000));
    let rules = Options { unordered: vec![selector("$..x"), selector("$..*")], ..Options::default() };
    assert_eq!(compared(&bottom("1"), &bottom("2"), &rules).n_differences, 2);
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
    assert_eq!((comparison.n_differences, comparison.differences.len()), (120_000, MAX_DIFFERENCES));
    assert_eq!(comparison.statements[0].text, "120000 differences, of which 100000 are listed");
}

fn document() -> impl Strategy<Value = Json> {
    let number = prop_oneof![Just("1"), Just("1.0"), Just("2"), Just("-3.5")].prop_map(|text| Json::Number(Number::parse(text).unwrap()));
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
            let Place::Json(path) = &difference.at else { panic!("a JSON place") };
            let side = if difference.kind == Kind::Added { &two } else { &one };
            prop_assert!(path.resolve(side).is_some(), "{}", path);
        }
    }
}
