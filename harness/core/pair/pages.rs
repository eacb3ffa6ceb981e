//! Compares what a browser showed on two sides: address, title, tags, console, failed requests, tree and texts.
//!
//! The readings are named already; the suite's rules are applied here. Does not know which side is production.

use std::collections::BTreeMap;

use super::observation::{Closeness, STATUS, hide, named, redirects};
use crate::{
    attribute::Contrast,
    compare::{Difference, Kind, text},
    json::Json,
    normalise::Rules,
    observation::page::ConsoleLevel,
    reading::PageReading,
    record::Aspect,
};

/// Relations of `<link>` that say something of a page. Style sheets and what is loaded ahead are called otherwise in every build.
const LINKS: [&str; 6] = ["canonical", "alternate", "amphtml", "next", "prev", "manifest"];

/// Tags that say which environment a page is of: whether it may be indexed, and by which host it is known. They differ between
/// environments by design, so that only the path of such an address is compared; what they have to be, suites say.
const OF_ENVIRONMENT: [&str; 3] = ["canonical", "alternate", "og:url"];
const ROBOTS: &str = "robots";

/// Compares two pages. Equal ones cost next to nothing.
pub(super) fn compare_pages(expected: &PageReading, actual: &PageReading, rules: &Rules, closeness: Closeness) -> Contrast {
    let mut contrast = Contrast::default();
    if expected == actual {
        return contrast;
    }
    if let (Some(one), Some(two)) = (expected.status, actual.status)
        && one != two
    {
        let number = |status: u16| Some(Json::Number(i64::from(status).into()));
        let difference =
            Difference { expected: number(one), actual: number(two), ..named(STATUS, Kind::Changed, format!("{one} → {two}")) };
        contrast.add_one(Aspect::Status, difference);
    }
    redirects(&expected.redirects, &actual.redirects, closeness, &mut contrast);
    if closeness == Closeness::Values {
        for (name, one, two) in [("url", &expected.url, &actual.url), ("title", &expected.title, &actual.title)] {
            value(name, Some(one), Some(two), rules, &mut contrast);
        }
        tags("meta", &expected.meta, &actual.meta, rules, &mut contrast);
        let (one, two) = (telling(&expected.links), telling(&actual.links));
        tags("link", &one, &two, rules, &mut contrast);
        texts(expected, actual, rules, &mut contrast);
    }
    if let (Ok(one), Ok(two)) = (&expected.console, &actual.console) {
        let errors = |messages: &[(ConsoleLevel, String)]| -> Vec<String> {
            messages.iter().filter(|(level, _)| *level >= ConsoleLevel::Error).map(|(_, text)| rules.apply_text(text).text).collect()
        };
        lines(Aspect::Console, "console", &errors(one), &errors(two), &mut contrast);
    }
    if let (Ok(one), Ok(two)) = (&expected.requests, &actual.requests) {
        let failed = |requests: &[crate::reading::PageAsked]| -> Vec<String> {
            let failed = requests.iter().filter(|request| request.has_failed);
            let told =
                failed.map(|request| format!("{} {}: {}", request.method, request.url, request.outcome.as_deref().unwrap_or("no answer")));
            told.map(|line| rules.apply_text(&line).text).collect()
        };
        lines(Aspect::Requests, "requests", &failed(one), &failed(two), &mut contrast);
    }
    contrast.differences.sort_by(|one, two| (one.aspect, &one.difference.at).cmp(&(two.aspect, &two.difference.at)));
    contrast
}

fn telling(links: &[(String, String)]) -> Vec<(String, String)> {
    links.iter().filter(|(relation, _)| LINKS.contains(&relation.as_str())).cloned().collect()
}

/// An address without its origin, whichever environment's it is.
fn path_of(address: &str) -> &str {
    if let Some(rest) = address.strip_prefix("{{ ")
        && let Some((_, path)) = rest.split_once(" }}")
    {
        return path;
    }
    let Some((_, rest)) = address.split_once("://") else { return address };
    rest.find('/').map_or("", |at| &rest[at..])
}

/// One value of a page that has a name.
fn value(name: &str, expected: Option<&String>, actual: Option<&String>, rules: &Rules, contrast: &mut Contrast) {
    let [one, two] = [expected, actual].map(|value| value.map(|value| rules.apply_text(value).text));
    if one == two {
        return;
    }
    let kind = match (&one, &two) {
        (Some(_), Some(_)) | (None, None) => Kind::Changed,
        (Some(_), None) => Kind::Removed,
        (None, Some(_)) => Kind::Added,
    };
    let difference = Difference { expected: one.map(Json::String), actual: two.map(Json::String), ..named(name, kind, String::new()) };
    contrast.add_one(Aspect::Page, difference);
}

/// Tags by name; several of one name are one value, in document order.
fn tags(kind: &str, expected: &[(String, String)], actual: &[(String, String)], rules: &Rules, contrast: &mut Contrast) {
    let by_name = |tags: &[(String, String)]| {
        let mut named: BTreeMap<String, String> = BTreeMap::new();
        for (name, content) in tags.iter().filter(|(name, _)| name != ROBOTS) {
            let content = if OF_ENVIRONMENT.contains(&name.as_str()) { path_of(content) } else { content };
            named.entry(name.clone()).and_modify(|all| *all = format!("{all}\n{content}")).or_insert_with(|| content.to_owned());
        }
        named
    };
    let (one, two) = (by_name(expected), by_name(actual));
    let names: std::collections::BTreeSet<&String> = one.keys().chain(two.keys()).collect();
    for name in names {
        value(&format!("{kind}[{name}]"), one.get(name), two.get(name), rules, contrast);
    }
}

/// Lines whose order is chance: what one side has more often than the other.
fn lines(aspect: Aspect, name: &str, expected: &[String], actual: &[String], contrast: &mut Contrast) {
    let mut counts: BTreeMap<&str, i64> = BTreeMap::new();
    for line in actual {
        *counts.entry(line).or_default() += 1;
    }
    for line in expected {
        *counts.entry(line).or_default() -= 1;
    }
    for (line, count) in counts.into_iter().filter(|(_, count)| *count != 0) {
        let shown = Some(Json::text(line));
        let (kind, expected, actual) = if count > 0 { (Kind::Added, None, shown) } else { (Kind::Removed, shown, None) };
        let difference = Difference { key: format!("{name}[{line}]"), expected, actual, ..named(name, kind, line.to_owned()) };
        contrast.add_one(aspect, difference);
    }
}

/// Trees and texts, line by line. What both sides kept is compared.
fn texts(expected: &PageReading, actual: &PageReading, rules: &Rules, contrast: &mut Contrast) {
    for (what, one) in &expected.texts {
        let Some((_, two)) = actual.texts.iter().find(|(other, _)| other == what) else { continue };
        let aspect = match what.split('.').next().unwrap_or_default() {
            "text" => Aspect::Text,
            "html" => Aspect::Html,
            _ => Aspect::Aria,
        };
        match (one, two) {
            (Ok(one), Ok(two)) if one == two => {}
            (Ok(one), Ok(two)) => {
                let (one, two) = (rules.apply_text(one), rules.apply_text(two));
                hide(contrast, one.hidden, two.hidden);
                contrast.add(|_| aspect, text::text(&one.text, &two.text));
            }
            (Err(why), _) | (_, Err(why)) => contrast.unseen(aspect.name(), why.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page() -> PageReading {
        PageReading {
            url: String::from("{{ web }}/plugins"),
            title: String::from("Plugins"),
            status: Some(200),
            redirects: Vec::new(),
            meta: vec![
                (String::from("robots"), String::from("noindex")),
                (String::from("description"), String::from("A catalogue")),
                (String::from("og:url"), String::from("{{ web }}/plugins")),
            ],
            links: vec![
                (String::from("canonical"), String::from("{{ web }}/plugins")),
                (String::from("stylesheet"), String::from("{{ web }}/a.css")),
            ],
            console: Ok(vec![(ConsoleLevel::Info, String::from("hello"))]),
            requests: Ok(Vec::new()),
            texts: vec![(String::from("page"), Ok(String::from("- main:\n  - heading \"Plugins\" [level=1]")))],
        }
    }

    #[track_caller]
    fn check(change: impl Fn(&mut PageReading), expected: &[&str]) {
        let mut actual = page();
        change(&mut actual);
        let seen = |contrast: Contrast| -> Vec<String> {
            let told = |seen: &crate::attribute::Seen| {
                format!("{} {} {}", seen.aspect.name(), seen.difference.kind.name(), seen.difference.pattern)
            };
            contrast.differences.iter().map(told).collect()
        };
        assert_eq!(seen(compare_pages(&page(), &actual, &Rules::default(), Closeness::Values)), expected);
    }

    #[test]
    fn everything_that_a_page_tells_is_compared() {
        check(|_| {}, &[]);
        check(|page| page.title = String::from("Error"), &["page changed title"]);
        check(|page| page.url = String::from("{{ web }}/error"), &["page changed url"]);
        check(|page| page.status = Some(404), &["status changed status"]);
        check(|page| page.meta.truncate(1), &["page removed meta[description]", "page removed meta[og:url]"]);
        check(|page| page.links[0].1 = String::from("{{ web }}/plugins/x"), &["page changed link[canonical]"]);
        // Which environment a page is of is no difference between two of them.
        check(|page| page.meta[0].1 = String::from("all"), &[]);
        check(|page| page.meta[2].1 = String::from("https://www.example.org/plugins"), &[]);
        check(|page| page.links[0].1 = String::from("https://www.example.org/plugins"), &[]);
        check(|page| page.links[1].1 = String::from("{{ web }}/b.css"), &[]);
        check(
            |page| page.console = Ok(vec![(ConsoleLevel::Info, String::from("bye")), (ConsoleLevel::Uncaught, String::from("boom"))]),
            &["console added console"],
        );
        check(
            |page| {
                let failed = crate::reading::PageAsked {
                    method: String::from("GET"),
                    url: String::from("{{ api }}/x"),
                    outcome: Some(String::from("500")),
                    has_failed: true,
                };
                page.requests = Ok(vec![crate::reading::PageAsked { has_failed: false, ..failed.clone() }, failed]);
            },
            &["requests added requests"],
        );
        check(|page| page.texts[0].1 = Ok(String::from("- main:\n  - heading \"Plugin\" [level=1]")), &["aria changed line"]);
        check(|page| page.redirects.push((301, String::from("{{ web }}/plugins"))), &["redirect added redirect[1]"]);
    }

    #[test]
    fn what_one_side_could_not_observe_is_no_sameness() {
        let mut actual = page();
        actual.texts[0].1 = Err(String::from("the browser ended"));
        let contrast = compare_pages(&page(), &actual, &Rules::default(), Closeness::Values);
        assert_eq!((contrast.n_differences, contrast.unseen.len()), (0, 1));
    }
}
