//! `report.html`: one file that needs nothing else and can do nothing else.
//!
//! The page is `page.html` with the places marked `<!--@name-->` filled in. Verdict, counts, findings, what was
//! hidden and what could not be observed are written as markup; cases are data, shown by `app.js` as they are
//! asked for. Hostile content stays inert three times over: in markup everything is escaped, data are JSON in
//! which no tag can start and reach the page as text nodes alone, and a policy allows exactly this style and
//! this script by their digests.

mod attached;
mod data;
mod page;

use std::io;

use base64::{Engine, engine::general_purpose::STANDARD};
use sha2::{Digest, Sha256};

use super::{
    format::{Entries, Files, Format},
    summary::Summary,
    text::markup,
    words,
};

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("app.js");

/// The format `html`.
#[derive(Debug, Clone, Copy)]
pub struct Html;

impl Format for Html {
    fn name(&self) -> &'static str {
        "html"
    }

    fn file_name(&self) -> &'static str {
        "report.html"
    }

    fn render(&self, summary: &Summary, entries: &Entries<'_>, files: &Files<'_>, out: &mut dyn io::Write) -> io::Result<()> {
        let mut rest = PAGE;
        while let Some((before, marked)) = rest.split_once("<!--@") {
            out.write_all(before.as_bytes())?;
            let (place, after) = marked.split_once("-->").expect("the template closes its places");
            fill(place, summary, entries, files, out)?;
            rest = after;
        }
        out.write_all(rest.as_bytes())
    }
}

fn fill(place: &str, summary: &Summary, entries: &Entries<'_>, files: &Files<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    match place {
        "policy" => write!(
            out,
            "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; img-src data:; base-uri 'none'; form-action 'none'",
            digest(STYLE),
            digest(SCRIPT),
        ),
        "title" => write!(out, "{} · {}", markup(&summary.answer().sentence), markup(&words::title(summary))),
        "style" => out.write_all(STYLE.as_bytes()),
        "script" => out.write_all(SCRIPT.as_bytes()),
        "mood" => out.write_all(summary.answer().mood.name().as_bytes()),
        "answer" => page::answer(summary, out),
        "navigation" => page::navigation(summary, out),
        "findings" => page::findings(summary, out),
        "cases" => data::cases(summary, entries, files, out),
        "lists" => page::lists(summary, out),
        "foot" => page::foot(summary, out),
        "details" => data::details(summary, entries, files, out),
        unknown => unreachable!("the template names `{unknown}`, which nothing fills"),
    }
}

fn digest(text: &str) -> String {
    STANDARD.encode(Sha256::digest(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use base64::{Engine, engine::general_purpose::STANDARD};

    use super::{Html, PAGE, SCRIPT, STYLE, digest};
    use crate::{
        record::Entry,
        report::{
            check,
            sample::{HOSTILE, PNG, Sample, Spread, many},
        },
    };

    /// The page without what is the tool's own: what is left came from the record.
    fn without_own_code(sample: Sample) -> String {
        check::render(&Html, &sample.entries()).replace(STYLE, "").replace(SCRIPT, "")
    }

    /// The texts of the JSON blocks.
    fn blocks(page: &str) -> Vec<&str> {
        page.split("<script type=\"application/json\"")
            .skip(1)
            .map(|rest| rest.split_once('>').unwrap().1.split("</script>").next().unwrap())
            .collect()
    }

    #[test]
    fn the_policy_names_exactly_this_style_and_this_script() {
        let page = check::render(&Html, &Sample::Green.entries());
        let policy = page.split("content=\"default-src").nth(1).unwrap().split('"').next().unwrap();
        assert!(!policy.contains("unsafe"), "{policy}");
        for (name, text) in [("style", STYLE), ("script", SCRIPT)] {
            assert!(policy.contains(&digest(text)), "{name}");
            assert!(page.contains(&format!("<{name}>{text}</{name}>")), "{name} is not what was digested");
        }
        assert!(policy.starts_with(" 'none';"), "{policy}");
        // Pictures are in the page or nowhere.
        assert!(policy.contains("; img-src data:;"), "{policy}");
    }

    #[test]
    fn nothing_in_the_page_needs_what_the_policy_refuses() {
        assert!(!PAGE.contains("style=") && !PAGE.contains(" on"), "inline style or handler");
        let page = without_own_code(Sample::Compare);
        assert!(!page.contains("style=\"") && !page.contains(" onclick") && !page.contains("src=\"http") && !page.contains("url("));
        for forbidden in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"] {
            assert!(!SCRIPT.contains(forbidden), "{forbidden}");
        }
        assert!(!STYLE.contains("@import") && !STYLE.contains("</") && !SCRIPT.contains("</script") && !SCRIPT.contains("<!--"));
    }

    #[test]
    fn hostile_text_is_only_text() {
        let page = without_own_code(Sample::Hostile);
        for forbidden in ["<img", "onerror=alert(1)>", "</script><", "]]>", "\0", "\u{202e}", "\u{1b}"] {
            assert!(!page.contains(forbidden), "{forbidden:?}");
        }
        // Our own blocks and the one that holds the program; a forged end would add to them.
        assert_eq!(page.matches("<script").count(), page.matches("</script").count());
        for block in blocks(&page) {
            assert!(!block.contains(['<', '>', '&', '\u{2028}', '\u{2029}']));
            serde_json::from_str::<serde_json::Value>(block).unwrap();
        }
        assert!(HOSTILE.contains("</script>"));
        // What a browser saw is among it: title, address, console, requests, accessible tree and HTML.
        assert_eq!(page.matches("id=\"text-").count(), 2);
    }

    #[test]
    fn a_failed_step_of_a_browser_brings_its_picture_along_and_a_passed_one_none() {
        let page = without_own_code(Sample::Run);
        let pictures: Vec<&str> = page
            .split("<script type=\"text/plain\" id=\"picture-")
            .skip(1)
            .map(|rest| rest.split_once('>').unwrap().1.split("</script>").next().unwrap())
            .collect();
        // One of the failing step, one of the step before it.
        assert_eq!(pictures.len(), 2);
        for picture in pictures {
            assert_eq!(STANDARD.decode(picture).unwrap(), PNG);
        }
        assert_eq!(without_own_code(Sample::Green).matches("id=\"picture-").count(), 0);
        assert!(page.contains("reports/latest/artifacts/"), "where it is too large to be embedded, and without a script, its path tells");
    }

    #[test]
    fn every_place_of_the_template_is_filled() {
        for sample in Sample::ALL {
            assert!(!without_own_code(sample).contains("<!--@"), "{sample:?}");
        }
    }

    #[test]
    fn verdict_findings_and_failed_cases_need_no_script() {
        let page = without_own_code(Sample::Run);
        let markup: String = page
            .split("<script")
            .enumerate()
            .map(|(n, part)| if n == 0 { part } else { part.split_once("</script>").unwrap().1 })
            .collect();
        for text in [
            ">FAILED<",
            "2 changed snapshot values; 3 of 9 cases failed",
            "authors lost their affiliation",
            "<mark> of the Lab</mark>",
            "status is not as expected",
            "connection refused",
        ] {
            assert!(markup.contains(text), "{text}");
        }
    }

    #[test]
    fn every_step_can_be_found_from_its_case() {
        let entries = many(3000, Spread::Mixed);
        let page = check::render(&Html, &entries);
        let blocks = blocks(&page);
        let value = |block: &str| serde_json::from_str::<serde_json::Value>(block).unwrap();
        let rows = value(blocks.first().unwrap())["rows"].as_array().unwrap().len();
        let references = value(blocks.last().unwrap());
        let references = references.as_array().unwrap();
        assert_eq!((rows, references.len()), (3000, 3000));
        let chunks: Vec<usize> =
            blocks[1..blocks.len() - 1].iter().map(|block| value(block)["records"].as_array().unwrap().len()).collect();
        assert!(chunks.len() > 1, "one chunk only");
        let expected = entries.iter().filter(|entry| matches!(entry, Entry::Step(_) | Entry::Snapshot(_))).count();
        assert_eq!(chunks.iter().sum::<usize>(), expected);
        assert_eq!(references.iter().map(|list| list.as_array().unwrap().len()).sum::<usize>(), expected);
    }
}
