//! JSONPath (RFC 9535) over our own values, so that digits, order and duplicate keys survive.
//!
//! `serde_json_path` decides what is a JSONPath. It is then evaluated here, in document order and without a copy of the
//! document; the library's numbers are doubles.

use std::{fmt, str::FromStr};

use serde_json_path::JsonPath;

use super::{
    Json, Path, Segment,
    filter::{self, Query},
    steps::{Pick, Step, nesting, position, steps},
    value::last_entries,
};

/// The longest JSONPath that is read, in bytes.
const MAX_LENGTH: usize = 4_000;

/// How deep parentheses and brackets of one JSONPath may nest.
const MAX_NESTING: usize = 50;

/// A JSONPath, ready to be asked.
#[derive(Clone)]
pub struct Selector {
    source: String,
    evaluation: Evaluation,
}

/// Why a text is not a JSONPath.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{source_text}` is not a JSONPath: {message} at character {position}")]
pub struct SelectorError {
    /// The text.
    pub source_text: String,
    /// What is wrong, in words.
    pub message: String,
    /// Where, in characters from 1.
    pub position: usize,
}

#[derive(Clone)]
enum Evaluation {
    Ours(Vec<Step>),
    /// The path holds a filter.
    Filtered(Query),
}

impl Selector {
    /// Reads a JSONPath.
    ///
    /// # Errors
    /// What RFC 9535 does not allow, and paths of unreasonable length or nesting.
    pub fn parse(text: &str) -> Result<Self, SelectorError> {
        let error = |message: String, position: usize| SelectorError { source_text: shortened(text), message, position };
        if text.len() > MAX_LENGTH {
            return Err(error(format!("longer than {MAX_LENGTH} bytes"), 1));
        }
        if nesting(text) > MAX_NESTING {
            return Err(error(format!("brackets nest deeper than {MAX_NESTING}"), 1));
        }
        if !text.starts_with('$') {
            return Err(error("it begins with `$`".to_owned(), 1));
        }
        JsonPath::parse(text).map_err(|problem| {
            // The library reports the innermost of its parsers last; its wording is for its authors.
            let words =
                problem.message().trim_start_matches("parser error").trim().trim_end_matches("parser error").trim_end_matches([' ', ',']);
            let words = if words.is_empty() { "cannot be read".to_owned() } else { format!("cannot be read ({words})") };
            error(words, problem.position())
        })?;
        let filtered = || filter::query(text).ok_or_else(|| error(String::from("cannot be read"), 1));
        let evaluation = match steps(text) {
            Some(steps) => Evaluation::Ours(steps),
            None => Evaluation::Filtered(filtered()?),
        };
        Ok(Self { source: text.to_owned(), evaluation })
    }

    /// The text it was read from.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.source
    }

    /// Whether it ends in one value: only names and positions. A path with `[*]`, `..`, a filter, a slice or several
    /// names in one bracket yields a list instead, also of one or none.
    #[must_use]
    pub fn is_singular(&self) -> bool {
        self.as_relative_steps().is_some()
    }

    /// The names and positions of a path that ends in one value, else nothing.
    fn as_relative_steps(&self) -> Option<Vec<&Pick>> {
        self.steps()?
            .iter()
            .map(|step| match &step.picks[..] {
                [pick @ (Pick::Key(_) | Pick::Index(_))] if !step.descends => Some(pick),
                _ => None,
            })
            .collect()
    }

    /// The segments, unless the path holds a filter.
    pub(crate) fn steps(&self) -> Option<&[Step]> {
        match &self.evaluation {
            Evaluation::Ours(steps) => Some(steps),
            Evaluation::Filtered(_) => None,
        }
    }

    /// Every value it selects and where that stands, in document order. Of a key that was sent twice the last one counts.
    #[must_use]
    pub fn query<'a>(&self, json: &'a Json) -> Vec<(Path, &'a Json)> {
        let mut found = Vec::new();
        let mut path = Path::root();
        let mut keep = |path: &mut Path, json| found.push((path.clone(), json));
        match &self.evaluation {
            Evaluation::Ours(steps) => select(json, steps, &mut path, &mut keep),
            Evaluation::Filtered(query) => query.select(json, &mut path, &mut keep),
        }
        found
    }

    /// Every value it selects; cheaper than [`Self::query`] where places do not matter.
    #[must_use]
    pub fn values<'a>(&self, json: &'a Json) -> Vec<&'a Json> {
        let mut found = Vec::new();
        let mut keep = |(): &mut (), json| found.push(json);
        match &self.evaluation {
            Evaluation::Ours(steps) => select(json, steps, &mut (), &mut keep),
            Evaluation::Filtered(query) => query.select(json, &mut (), &mut keep),
        }
        found
    }

    /// The first value it selects.
    #[must_use]
    pub fn first<'a>(&self, json: &'a Json) -> Option<&'a Json> {
        if let Some(picks) = self.as_relative_steps() {
            return picks.into_iter().try_fold(json, |json, pick| match (pick, json) {
                (Pick::Key(key), Json::Map(_)) => json.get(key),
                (Pick::Index(index), Json::List(elements)) => position(*index, elements.len()).map(|index| &elements[index]),
                _ => None,
            });
        }
        self.values(json).into_iter().next()
    }

    /// Where the values stand that it selects.
    pub(crate) fn locate(&self, json: &Json) -> Vec<Path> {
        self.query(json).into_iter().map(|(path, _)| path).collect()
    }
}

/// Where the walk keeps track of its place, if anybody asks.
pub(super) trait Track {
    fn down_key(&mut self, key: &str);
    fn down_index(&mut self, index: usize);
    fn up(&mut self);
}

impl Track for Path {
    fn down_key(&mut self, key: &str) {
        self.push(Segment::Key(key.to_owned()));
    }
    fn down_index(&mut self, index: usize) {
        self.push(Segment::Index(index));
    }
    fn up(&mut self) {
        self.pop();
    }
}

// Recursion goes one level of the document down each time, and the reader limits those.
fn select<'a, T: Track>(json: &'a Json, steps: &[Step], track: &mut T, found: &mut impl FnMut(&mut T, &'a Json)) {
    let Some((step, rest)) = steps.split_first() else { return found(track, json) };
    for pick in &step.picks {
        match json {
            Json::List(elements) => {
                for index in pick.positions(elements.len()) {
                    track.down_index(index);
                    select(&elements[index], rest, track, found);
                    track.up();
                }
            }
            Json::Map(entries) => match pick {
                Pick::Key(key) => {
                    if let Some(value) = json.get(key) {
                        track.down_key(key);
                        select(value, rest, track, found);
                        track.up();
                    }
                }
                Pick::All => {
                    for (key, value) in last_entries(entries) {
                        track.down_key(key);
                        select(value, rest, track, found);
                        track.up();
                    }
                }
                Pick::Index(_) | Pick::Slice { .. } => {}
            },
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
        }
    }
    if step.descends {
        match json {
            Json::List(elements) => {
                for (index, element) in elements.iter().enumerate() {
                    track.down_index(index);
                    select(element, steps, track, found);
                    track.up();
                }
            }
            Json::Map(entries) => {
                for (key, value) in last_entries(entries) {
                    track.down_key(key);
                    select(value, steps, track, found);
                    track.up();
                }
            }
            Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) => {}
        }
    }
}

fn shortened(text: &str) -> String {
    const LONGEST: usize = 80;
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

impl FromStr for Selector {
    type Err = SelectorError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.source)
    }
}

impl fmt::Debug for Selector {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Selector({})", self.source)
    }
}

impl PartialEq for Selector {
    fn eq(&self, other: &Self) -> bool {
        match (&self.evaluation, &other.evaluation) {
            (Evaluation::Ours(one), Evaluation::Ours(two)) => one == two,
            (Evaluation::Filtered(_), Evaluation::Filtered(_)) => self.source == other.source,
            (Evaluation::Ours(_), Evaluation::Filtered(_)) | (Evaluation::Filtered(_), Evaluation::Ours(_)) => false,
        }
    }
}

impl Eq for Selector {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::json::{read, to_compact, to_value};

    const HUB: &str = r#"{"odd key":1,"plugins":[{"name":"a","id":12345678901234567890},{"name":"b","tags":["x","y","z"]}],"x":{"name":1.10,"name":2.50}}"#;

    fn check(selector: &str, expected: &[&str]) {
        let json = read(HUB).unwrap().json;
        let selector = Selector::parse(selector).unwrap();
        let found: Vec<String> = selector.query(&json).into_iter().map(|(path, json)| format!("{path} = {}", to_compact(json))).collect();
        assert_eq!(found, expected, "{selector}");
        let values: Vec<String> = selector.values(&json).into_iter().map(to_compact).collect();
        assert!(values.iter().zip(&found).all(|(value, found)| found.ends_with(&format!(" = {value}"))) && values.len() == found.len());
        assert_eq!(selector.first(&json).map(to_compact), values.first().cloned());
    }

    #[test]
    fn selects_with_digits_in_document_order() {
        check("$['odd key']", &["$['odd key'] = 1"]);
        check("$.plugins[*].name", &["$.plugins[0].name = \"a\"", "$.plugins[1].name = \"b\""]);
        check("$..name", &["$.plugins[0].name = \"a\"", "$.plugins[1].name = \"b\"", "$.x.name = 2.50"]);
        check(
            "$.plugins[-1].tags[::-1]",
            &["$.plugins[1].tags[2] = \"z\"", "$.plugins[1].tags[1] = \"y\"", "$.plugins[1].tags[0] = \"x\""],
        );
        check("$.plugins[0].id", &["$.plugins[0].id = 12345678901234567890"]);
        check("$.plugins[?@.name == 'a'].id", &["$.plugins[0].id = 12345678901234567890"]);
        check("$.plugins[7].name", &[]);
        check("$[ 'x' , \"odd key\" ] [ 'name' ]", &["$.x.name = 2.50"]);
    }

    #[test]
    fn only_names_and_positions_end_in_one_value() {
        for selector in ["$", "$.a", "$['a b'][0].c", "$[-1]"] {
            assert!(Selector::parse(selector).unwrap().is_singular(), "{selector}");
        }
        for selector in ["$[*]", "$..a", "$.*", "$[?@.a]", "$[0:1]", "$['a','b']", "$.a[*].b"] {
            assert!(!Selector::parse(selector).unwrap().is_singular(), "{selector}");
        }
    }

    #[test]
    fn what_is_no_jsonpath_is_refused() {
        for text in ["", "name", "$.", "$.a-b", "$[01]", "$['a'", "$.a b", "$[?]", " $"] {
            assert!(Selector::parse(text).is_err(), "{text}");
        }
        assert_eq!(Selector::parse("name").unwrap_err().to_string(), "`name` is not a JSONPath: it begins with `$` at character 1");
        assert!(Selector::parse(&format!("$[?{}@.a{}]", "(".repeat(1_500), ")".repeat(1_500))).is_err());
        assert!(Selector::parse(&format!("$[{}0]", " ".repeat(5_000))).is_err());
    }

    #[test]
    fn equality_is_of_meaning() {
        assert_eq!(Selector::parse("$.a[0]").unwrap(), Selector::parse("$['a'][ 0 ]").unwrap());
        assert_ne!(Selector::parse("$.a").unwrap(), Selector::parse("$..a").unwrap());
    }

    #[test]
    fn deep_documents_do_not_overflow() {
        let depth = crate::json::MAX_DEPTH;
        let json = read(format!("{}1{}", "[".repeat(depth), "]".repeat(depth))).unwrap().json;
        assert_eq!(Selector::parse("$..*").unwrap().values(&json).len(), depth);
    }

    fn selector_text() -> impl Strategy<Value = String> {
        let key =
            prop_oneof![Just(".a"), Just("['b']"), Just("[\"c\\u0064\"]"), Just("['😀']"), Just("[ 'it\\'s' ]")].prop_map(str::to_owned);
        let number = -4_i64..5;
        let optional = || prop::option::of(-5_i64..6).prop_map(|number| number.map(|number| number.to_string()).unwrap_or_default());
        let slice = (optional(), optional(), optional()).prop_map(|(start, end, step)| format!("[{start}:{end}:{step}]"));
        let short = (optional(), optional()).prop_map(|(start, end)| format!("[ {start} : {end} ]"));
        let step = prop_oneof![
            key,
            number.prop_map(|number| format!("[{number}]")),
            slice,
            short,
            Just(".*".to_owned()),
            Just("[*]".to_owned()),
            Just("..a".to_owned()),
            Just("..*".to_owned()),
            Just("..[0,'a', *]".to_owned()),
            Just(" .b".to_owned()),
        ];
        prop::collection::vec(step, 0..4).prop_map(|steps| format!("${}", steps.concat()))
    }

    fn document() -> impl Strategy<Value = serde_json::Value> {
        use serde_json::Value;
        let leaf = prop_oneof![Just(Value::Null), (0..9_i64).prop_map(Value::from), "[ab]{0,1}".prop_map(Value::from)];
        leaf.prop_recursive(4, 40, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::btree_map(
                    prop_oneof!["[abx]", Just("cd".to_owned()), Just("😀".to_owned()), Just("it's".to_owned())],
                    inner,
                    0..4
                )
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn agrees_with_serde_json_path(text in selector_text(), value in document()) {
            let selector = Selector::parse(&text).unwrap();
            prop_assert!(selector.steps().is_some(), "{}", text);
            let json = read(value.to_string()).unwrap().json;
            let ours: Vec<String> = selector.values(&json).into_iter().map(|json| to_value(json).to_string()).collect();
            let theirs: Vec<String> = JsonPath::parse(&text).unwrap().query(&value).all().into_iter().map(ToString::to_string).collect();
            prop_assert_eq!(ours, theirs, "{}", text);
        }
    }
}
