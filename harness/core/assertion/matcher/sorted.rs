//! `sorted`: the elements of a list stand in order.

use std::{cmp::Ordering, sync::Arc};

use chrono::{DateTime, Utc};

use super::{
    Check, Kind, Parsing, Place, Subject, date, equality,
    quantity::kind,
    rows::{OnEmpty, elements, lacks, parse_by},
};
use crate::{
    assertion::{Context, Failure, Ground, Outcome},
    diagnostic::Diagnostic,
    extract::{Argument, Unresolved, shown::shown},
    json::{Json, Number, Selector},
    template::{Dynamic, Scope},
    yaml::{Node, Yaml},
};

/// The kind `sorted`.
pub(super) struct Sorted;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Direction {
    Ascending,
    Descending,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Case {
    Counts,
    Ignored,
}

#[derive(Debug)]
struct SortedCheck {
    direction: Direction,
    by: Option<Argument<Selector>>,
    case: Case,
    on_empty: OnEmpty,
}

/// The keys of a list, all of one kind.
enum Keys<'a> {
    Numbers(Vec<&'a Number>),
    Dates(Vec<DateTime<Utc>>),
    Texts(Vec<String>),
}

impl Kind for Sorted {
    fn name(&self) -> &'static str {
        "sorted"
    }

    fn documentation(&self) -> &'static str {
        "The elements stand in order: numbers as decimals, dates by time, other text by code point. An empty list fails."
    }

    fn example(&self) -> &'static str {
        "{sorted: {by: $.name, order: descending, ignore_case: true}}"
    }

    fn schema(&self) -> serde_json::Value {
        let order = serde_json::json!({"enum": ["ascending", "descending"]});
        serde_json::json!({"oneOf": [order, {"type": "object", "minProperties": 1, "additionalProperties": false,
            "properties": {"by": {"type": "string"}, "order": order, "ignore_case": {"type": "boolean"}}}]})
    }

    fn parse(&self, node: &Node, parsing: &mut Parsing<'_>) -> Option<Arc<dyn Check>> {
        let on_empty = OnEmpty::of(parsing);
        let mut check = SortedCheck { direction: Direction::Ascending, by: None, case: Case::Counts, on_empty };
        let Yaml::Map(entries) = &node.value else {
            check.direction = parse_direction(node, parsing)?;
            return Some(Arc::new(check));
        };
        if entries.is_empty() {
            parsing.complain(Diagnostic::error(&node.span, "an empty map says no order").help("write `sorted: ascending`"));
            return None;
        }
        let mut is_sound = true;
        for entry in entries {
            match entry.key.as_str() {
                "by" => {
                    check.by = parse_by(&entry.value, parsing.diagnostics);
                    is_sound &= check.by.is_some();
                }
                "order" => match parse_direction(&entry.value, parsing) {
                    Some(direction) => check.direction = direction,
                    None => is_sound = false,
                },
                "ignore_case" => match entry.value.value {
                    Yaml::Bool(true) => check.case = Case::Ignored,
                    Yaml::Bool(false) => check.case = Case::Counts,
                    Yaml::Blank | Yaml::Null | Yaml::Number(_) | Yaml::Text { .. } | Yaml::List(_) | Yaml::Map(_) => {
                        parsing.complain(Diagnostic::error(&entry.value.span, "expected `true` or `false`"));
                        is_sound = false;
                    }
                },
                other => {
                    let help = "such as `sorted: {by: $.name, order: descending, ignore_case: true}`";
                    parsing.complain(Diagnostic::error(&entry.key_span, format!("unknown key `{other}`")).help(help));
                    is_sound = false;
                }
            }
        }
        is_sound.then(|| Arc::new(check) as Arc<dyn Check>)
    }
}

fn parse_direction(node: &Node, parsing: &mut Parsing<'_>) -> Option<Direction> {
    match &node.value {
        Yaml::Text { text, .. } if text == "ascending" => Some(Direction::Ascending),
        Yaml::Text { text, .. } if text == "descending" => Some(Direction::Descending),
        Yaml::Blank | Yaml::Null | Yaml::Bool(_) | Yaml::Number(_) | Yaml::Text { .. } | Yaml::List(_) | Yaml::Map(_) => {
            parsing.complain(Diagnostic::error(&node.span, "expected `ascending` or `descending`"));
            None
        }
    }
}

impl Check for SortedCheck {
    fn judge(&self, subject: &Subject<'_>, context: &Context<'_>) -> Result<Outcome, Unresolved> {
        let rows = match subject.value {
            Some(Json::List(_)) => subject.value.and_then(|value| elements(value, subject)).unwrap_or_default(),
            Some(_) => return Ok(equality::unsuited(subject, &self.phrase(context), "the value is not a list").into()),
            None => return Ok(equality::nothing(subject, &self.phrase(context)).into()),
        };
        if rows.is_empty() {
            return Ok(self.on_empty.outcome(subject, &self.phrase(context)));
        }
        let by = self.by.as_ref().map(|by| by.resolve(context.scope)).transpose()?;
        let by: Option<&Selector> = by.as_deref();
        let mut values = Vec::with_capacity(rows.len());
        for row in &rows {
            match (by, row.value) {
                (Some(by), Some(element)) => match by.first(element) {
                    Some(value) => values.push(value),
                    None => return Ok(lacks(row, by, &self.phrase(context)).into()),
                },
                (None, Some(element)) => values.push(element),
                (_, None) => {}
            }
        }
        let place = |index: usize| match by {
            Some(by) => Place::Below(&rows[index].place, by.as_str()).within(),
            None => rows[index].place.within(),
        };
        let keys = match self.keys(&values) {
            Ok(keys) => keys,
            Err((index, why)) => {
                let failure = Failure::different(place(index), self.phrase(context), shown(values[index]));
                return Ok(failure.note(why).ground(Ground::Unsuited).into());
            }
        };
        let broken = match &keys {
            Keys::Numbers(numbers) => self.first_descent(numbers),
            Keys::Dates(dates) => self.first_descent(dates),
            Keys::Texts(texts) => self.first_descent(texts),
        };
        let Some(index) = broken else { return Ok(Outcome::Holds) };
        let side = match self.direction {
            Direction::Ascending => "after",
            Direction::Descending => "before",
        };
        let expected = format!("{} or what comes {side} it", shown(values[index - 1]));
        Ok(Failure::different(place(index), expected, shown(values[index])).note(format!("not {}", self.phrase(context))).into())
    }

    fn phrase(&self, context: &Context<'_>) -> String {
        let direction = match self.direction {
            Direction::Ascending => "ascending",
            Direction::Descending => "descending",
        };
        let by = self.by.as_ref().map_or_else(String::new, |by| format!(" by {}", by.phrase_bare(context.scope)));
        format!("sorted {direction}{by}")
    }

    fn dynamics<'a>(&'a self, found: &mut Vec<&'a Dynamic>) {
        found.extend(self.by.iter().filter_map(Argument::dynamic));
    }

    fn takes_list(&self, _n_values: usize, _scope: &Scope) -> bool {
        true
    }
}

impl SortedCheck {
    /// The values as keys of one kind, or the first that is of another.
    fn keys<'a>(&self, values: &[&'a Json]) -> Result<Keys<'a>, (usize, String)> {
        let Some(first) = values.first() else { return Ok(Keys::Numbers(Vec::new())) };
        match first {
            Json::Number(_) => collect(values, "a number", Json::as_number).map(Keys::Numbers),
            Json::String(_) => {
                let texts = collect(values, "text", Json::as_str)?;
                // A list of digits is no list of dates: only forms that say so are.
                let is_dated = |text: &&str| !text.bytes().all(|byte| byte.is_ascii_digit());
                let dates: Option<Vec<DateTime<Utc>>> =
                    texts.iter().map(|text| Some(text).filter(|text| is_dated(text)).and_then(|text| date::from_text(text))).collect();
                Ok(match (dates, self.case) {
                    (Some(dates), _) => Keys::Dates(dates),
                    (None, Case::Counts) => Keys::Texts(texts.into_iter().map(str::to_owned).collect()),
                    (None, Case::Ignored) => Keys::Texts(texts.into_iter().map(str::to_lowercase).collect()),
                })
            }
            Json::Null | Json::Bool(_) | Json::List(_) | Json::Map(_) => Err((0, format!("{} has no order", kind(first)))),
        }
    }

    /// The position of the first key that stands on the wrong side of the one before it.
    fn first_descent<K: Ord>(&self, keys: &[K]) -> Option<usize> {
        let wrong = match self.direction {
            Direction::Ascending => Ordering::Greater,
            Direction::Descending => Ordering::Less,
        };
        keys.windows(2).position(|pair| pair[0].cmp(&pair[1]) == wrong).map(|index| index + 1)
    }
}

fn collect<'a, K: ?Sized>(
    values: &[&'a Json],
    what: &str,
    pick: impl Fn(&'a Json) -> Option<&'a K>,
) -> Result<Vec<&'a K>, (usize, String)> {
    let pick =
        |(index, value): (usize, &&'a Json)| pick(value).ok_or_else(|| (index, format!("{} has no order beside {what}", kind(value))));
    values.iter().enumerate().map(pick).collect()
}

#[cfg(test)]
mod tests {
    use crate::assertion::matcher::{
        Mode,
        testing::{check, check_nothing, complaints},
    };

    #[test]
    fn numbers_dates_and_text_have_an_order() {
        check("{sorted: ascending}", "[1, 2, 2.0, 10]", "");
        check("{sorted: ascending}", "[1, 10, 9]", "at $[2]: expected 10 or what comes after it, actual 9; not sorted ascending");
        check("{sorted: ascending}", "[\"B\", \"a\", \"b\"]", "");
        check(
            "{sorted: {ignore_case: true}}",
            "[\"B\", \"a\"]",
            "at $[1]: expected \"B\" or what comes after it, actual \"a\"; not sorted ascending",
        );
        check("{sorted: descending}", "[\"2024-05-01T12:00:00+02:00\", \"2024-05-01T09:30:00Z\"]", "");
        check("{sorted: ascending}", "[\"10\", \"9\"]", "");
        check("{sorted: ascending}", "[1]", "");
    }

    #[test]
    fn rows_are_ordered_by_a_path() {
        let rows = r#"[{"n": "b"}, {"n": "a"}]"#;
        check("{sorted: {by: $.n, order: descending}}", rows, "");
        check("{sorted: {by: $.n}}", rows, "at $[1].n: expected \"b\" or what comes after it, actual \"a\"; not sorted ascending by $.n");
        check("{sorted: {by: $.n}}", r#"[{"n": 1}, {}]"#, "at $[1].n: expected sorted ascending by $.n, actual nothing");
    }

    #[test]
    fn what_has_no_order_fails() {
        check("{sorted: ascending}", "[1, \"2\"]", "at $[1]: expected sorted ascending, actual \"2\"; text has no order beside a number");
        check("{sorted: ascending}", "[null]", "at $[0]: expected sorted ascending, actual null; null has no order");
        check("{sorted: ascending}", "5", "expected sorted ascending, actual 5; the value is not a list");
        check_nothing("{sorted: ascending}", "expected sorted ascending, actual nothing");
        let note = "; there is nothing to check; `count` or `empty` beside it would allow that";
        check("{sorted: ascending}", "[]", &format!("expected sorted ascending, actual an empty list{note}"));
        check("{sorted: ascending, count: {at_most: 9}}", "[]", "");
    }

    #[test]
    fn mistakes_are_named() {
        complaints("{sorted: up}", Mode::Json, &["expected `ascending` or `descending`"]);
        complaints(
            "{sorted: {by: name}}",
            Mode::Json,
            &["`name` is not a JSONPath: it begins with `$` at character 1 (did you mean `$.name`?)"],
        );
        complaints("{sorted: {by: '$[*].name'}}", Mode::Json, &["`$[*].name` can select several values: a row needs one"]);
    }
}
