//! Reads cases, and gives each its slug.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{
    content,
    model::{Case, ExpectedFailure, Named, Row, Rows, Step},
    read::Common,
    step,
    words::{self, Use},
};
use crate::{
    diagnostic::{Diagnostic, Span},
    snapshot,
    template::Template,
    yaml::{Collector, Fields, Node, Yaml},
};

/// Slugs that stand for a suite's own blocks and for a file that cannot be read.
const TAKEN_SLUGS: [&str; 3] = ["before", "after", "file"];

/// The cases of a suite. `around` are the steps that all of them share.
pub(super) fn list(nodes: &[Node], around: &[&[Step]; 2], collector: &Collector) -> Vec<Case> {
    let mut cases = Vec::new();
    let mut names: BTreeMap<String, Span> = BTreeMap::new();
    for node in nodes {
        let Some(fields) = collector.fields(node, "a case, such as `case: it answers` with `steps:`") else { continue };
        let name_node = fields.require("case", "the name of the case");
        let name = name_node.and_then(|node| Some((collector.name(node, "the name of the case")?, node)));
        if let Some((name, node)) = name {
            if let Some(first) = names.get(name) {
                let message = format!("two cases are called `{name}`");
                collector.error_with_help(&node.span, message, format!("the first stands at line {}", first.line()));
            } else {
                names.insert(name.to_owned(), node.span.clone());
            }
        }
        let case = read(fields, name.map_or("", |(name, _)| name), around);
        cases.push(case);
    }
    name_apart(&mut cases);
    cases
}

fn read(fields: Fields<'_>, name: &str, around: &[&[Step]; 2]) -> Case {
    let collector = fields.collector();
    let entries = fields.node().entries().unwrap_or_default();
    let span = entries.iter().find(|entry| entry.key == "case").map_or(fields.span(), |entry| &entry.key_span).clone();
    let common = Common::read(&fields);
    let rows = fields.take("rows").and_then(|node| rows(node, collector));
    let id = row_id(&fields);
    let expected_failure = expected_failure(&fields);
    let needs = fields.take("needs").map(|node| needs(node, collector)).unwrap_or_default();
    let normalise = content::normalise(&fields);
    let before = step::list(&fields, "before");
    let steps = match fields.require("steps", "what the case does") {
        Some(node) => step::of_list(node, collector),
        None => Vec::new(),
    };
    let after = step::list(&fields, "after");
    snapshot_names(&fields, [around[0], &before, &steps, &after, around[1]]);
    let whole = &fields.node().span;
    let lines = whole.line()..=whole.source.line_at(whole.end.saturating_sub(1).max(whole.start));
    fields.finish("key of a case");
    let Common { description, tags, url, environments, skip, timeout, retries, session, lock, pages } = common;
    Case {
        span,
        lines,
        name: name.to_owned(),
        slug: snapshot::slug(name),
        description,
        tags,
        url,
        rows,
        id,
        environments,
        skip,
        timeout,
        retries,
        session,
        lock,
        pages,
        needs,
        expected_failure,
        normalise,
        before,
        after,
        steps,
    }
}

/// Where slugs of different names would meet, a digest tells them apart: of each of them, so that order does not count.
fn name_apart(cases: &mut [Case]) {
    let mut bearers: BTreeMap<String, usize> = BTreeMap::new();
    for slug in TAKEN_SLUGS {
        bearers.insert(slug.to_owned(), 1);
    }
    // Names that are equal have their complaint and need no digest. Case does not count: there are file systems where it does not.
    let mut seen = std::collections::BTreeSet::new();
    for case in cases.iter().filter(|case| seen.insert(case.name.clone())) {
        *bearers.entry(case.slug.to_lowercase()).or_default() += 1;
    }
    for case in cases {
        if bearers.get(&case.slug.to_lowercase()).is_some_and(|n_cases| *n_cases > 1) {
            case.slug = snapshot::slug_with_digest(&case.name);
        }
    }
}

fn row_id(fields: &Fields<'_>) -> Option<Template> {
    let node = fields.take("id")?;
    if !fields.has("rows") {
        fields.collector().error(&node.span, "`id` names the rows of a case, and this one has none");
    }
    words::template(node, "how a row is called, such as `'{{ name }}'`", fields.collector())
}

fn rows(node: &Node, collector: &Collector) -> Option<Rows> {
    match &node.value {
        Yaml::List(nodes) => {
            collector.filled_list(node, "a list of rows")?;
            let rows = nodes.iter().filter_map(|node| {
                let map = collector.fields(node, "a row: a map of variables")?;
                if map.is_empty() {
                    collector.error(&node.span, "a row needs a variable at least");
                }
                let row = Row { span: node.span.clone(), cells: words::cells(&map) };
                map.finish("variable");
                Some(row)
            });
            Some(Rows::List(rows.collect()))
        }
        Yaml::Map(_) => {
            let map = collector.fields(node, "rows")?;
            let kind = map.take_one_of(["file", "matrix"], "kind of rows");
            if kind.is_none() && map.is_empty() {
                collector.error(&node.span, "expected `file` or `matrix`, found an empty map");
            }
            map.finish("kind of rows");
            let kind = kind?;
            if kind.key == "file" { row_file(&kind.value, collector) } else { matrix(&kind.value, collector) }
        }
        Yaml::Blank | Yaml::Null | Yaml::Bool(_) | Yaml::Number(_) | Yaml::Text { .. } => {
            collector.expected(node, "a list of rows, `{file: rows.csv}` or `{matrix: {…}}`");
            None
        }
    }
}

fn row_file(node: &Node, collector: &Collector) -> Option<Rows> {
    let path = words::reference(node, "a CSV or JSON file", collector)?;
    let lower = path.name.to_ascii_lowercase();
    if !(lower.ends_with(".csv") || lower.ends_with(".json")) {
        collector.error(&node.span, format!("`{}` is neither a `.csv` nor a `.json` file", path.name));
        return None;
    }
    Some(Rows::File { path })
}

fn matrix(node: &Node, collector: &Collector) -> Option<Rows> {
    let map = collector.fields(node, "a map of variables and lists of their values")?;
    if map.is_empty() {
        collector.error(&node.span, "expected variables and their values, found an empty map");
        return None;
    }
    let axes = map.take_rest().filter_map(|entry| {
        let is_name = words::check_name(&entry.key, &entry.key_span, "a variable", Use::Template, collector);
        let nodes = collector.filled_list(&entry.value, "a list of values")?;
        let values = nodes.iter().filter_map(|node| words::dynamic(node, collector)).collect();
        is_name.then(|| (words::named(&entry.key, &entry.key_span), values))
    });
    Some(Rows::Matrix(axes.collect()))
}

/// `needs: case name`, or a list of them.
fn needs(node: &Node, collector: &Collector) -> Vec<Named> {
    let nodes = match &node.value {
        Yaml::List(_) => collector.filled_list(node, "a list of cases").unwrap_or_default(),
        Yaml::Blank | Yaml::Null | Yaml::Bool(_) | Yaml::Number(_) | Yaml::Text { .. } | Yaml::Map(_) => std::slice::from_ref(node),
    };
    nodes.iter().filter_map(|node| words::reference(node, "a case", collector)).collect()
}

fn expected_failure(fields: &Fields<'_>) -> Option<ExpectedFailure> {
    let map = fields.fields("expected_failure", "a map such as `{issue: '#12', until: 2027-01-31}`")?;
    let collector = map.collector();
    let issue = map.require("issue", "what will mend it").and_then(|node| collector.name(node, "the issue, such as `'#12'`"));
    let until = map.take("until").and_then(|node| {
        let text = collector.text(node, "a date such as `2027-01-31`")?;
        let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().filter(|date| date.to_string() == text);
        if date.is_none() {
            collector.expected(node, "a date such as `2027-01-31`");
        }
        date
    });
    let span = fields.node().entries().unwrap_or_default().iter().find(|entry| entry.key == "expected_failure")?.key_span.clone();
    map.finish("key of `expected_failure`");
    Some(ExpectedFailure { issue: issue?.to_owned(), until, span })
}

/// Two snapshots of one case cannot be called alike, and only a lone one goes without a name.
fn snapshot_names(fields: &Fields<'_>, steps: [&[Step]; 5]) {
    let mut names: BTreeMap<String, Span> = BTreeMap::new();
    let snapshots: Vec<_> = steps.into_iter().flatten().filter_map(|step| step.snapshot.as_ref()).collect();
    for snapshot in &snapshots {
        let collector = fields.collector();
        // Case does not count: there are file systems where it does not.
        if let Some(first) = names.get(&snapshot.name.to_lowercase()) {
            let help = format!("the first stands at line {}; give each a name of its own", first.line());
            collector
                .report(Diagnostic::error(&snapshot.span, format!("two snapshots of this case are called `{}`", snapshot.name)).help(help));
        } else {
            names.insert(snapshot.name.to_lowercase(), snapshot.span.clone());
        }
    }
}
