//! Elements of an HTML body by CSS, and their text.

use scraper::{ElementRef, Html, Selector};

use crate::json::Json;

/// Reads a CSS selector.
///
/// # Errors
/// What is wrong with it, in one line.
pub fn compile(css: &str) -> Result<Selector, String> {
    let error = |reason: String| format!("`{css}` is not a CSS selector: {reason}");
    if css.trim().is_empty() {
        return Err(error(String::from("it is empty")));
    }
    // Selectors nest through recursion in the library.
    if css.bytes().filter(|byte| *byte == b'(').count() > 50 || css.len() > 4_000 {
        return Err(error(String::from("it is too long or nests too deep")));
    }
    Selector::parse(css).map_err(|problem| {
        let text = problem.to_string();
        // For what the library does not name itself it asks for a report to its authors.
        let reason = text.lines().next().filter(|line| !line.contains("Please report")).unwrap_or("it cannot be read");
        error(reason.trim_end_matches('.').to_owned())
    })
}

/// How deep elements may nest: the parser's work grows with the square of it. Browsers stop at 512.
const MAX_NESTING: usize = 1_000;

/// How many tags a page may have: each costs some 200 bytes of memory.
const MAX_TAGS: usize = 1_000_000;

/// Elements that have no content (HTML, 13.1.2).
const VOID: [&str; 13] = ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];

/// Elements that the next of their kind closes, so that they do not nest by themselves (HTML, 13.1.2.4).
const CLOSED_BY_OTHERS: [&str; 19] = [
    "html", "head", "body", "p", "li", "dt", "dd", "td", "th", "tr", "tbody", "thead", "tfoot", "colgroup", "caption", "option",
    "optgroup", "rt", "rp",
];

/// Elements whose content is text, whatever it looks like (HTML, 13.1.2).
const RAW: [&str; 4] = ["script", "style", "textarea", "title"];

/// Reads a page.
///
/// # Errors
/// When it nests too deep or has too many tags to be read in reasonable time.
pub fn parse(text: &str) -> Result<Html, String> {
    measure(text).map(|()| Html::parse_document(text))
}

/// Looks at the tags alone, without building anything.
fn measure(text: &str) -> Result<(), String> {
    let mut open: Vec<String> = Vec::new();
    let (mut rest, mut n_tags) = (text, 0_usize);
    // Within SVG and MathML the content of such elements is markup after all.
    let has_raw_text = !["<svg", "<math"].iter().any(|foreign| contains_ignoring_case(text, foreign));
    while let Some(start) = rest.find('<') {
        rest = &rest[start + 1..];
        if let Some(comment) = rest.strip_prefix("!--") {
            rest = after_comment(comment);
            continue;
        }
        let (is_end, name_and_more) = rest.strip_prefix('/').map_or((false, rest), |rest| (true, rest));
        if !name_and_more.starts_with(|first: char| first.is_ascii_alphabetic()) {
            continue;
        }
        let end = name_and_more
            .find(|character: char| character.is_ascii_whitespace() || matches!(character, '>' | '/'))
            .unwrap_or(name_and_more.len());
        let name = name_and_more[..end].to_ascii_lowercase();
        rest = after_tag(&name_and_more[end..]);
        n_tags += 1;
        if n_tags > MAX_TAGS {
            return Err(format!("the page has more than {MAX_TAGS} tags"));
        }
        if is_end {
            // An end tag of something that is not open closes nothing. Only the nearest are looked at: missing one
            // makes the page seem deeper, never flatter.
            let nearest = open.len().saturating_sub(16);
            if let Some(at) = open[nearest..].iter().rposition(|open| *open == name) {
                open.truncate(nearest + at);
            }
        } else if has_raw_text && RAW.contains(&name.as_str()) {
            let closing = format!("</{name}");
            rest = find_ignoring_case(rest, &closing).map_or("", |end| &rest[end..]);
        } else if !VOID.contains(&name.as_str()) && !CLOSED_BY_OTHERS.contains(&name.as_str()) {
            open.push(name);
            if open.len() > MAX_NESTING {
                return Err(format!("the page nests deeper than {MAX_NESTING} elements"));
            }
        }
    }
    Ok(())
}

fn find_ignoring_case(text: &str, ascii: &str) -> Option<usize> {
    text.as_bytes().windows(ascii.len()).position(|window| window.eq_ignore_ascii_case(ascii.as_bytes()))
}

fn contains_ignoring_case(text: &str, ascii: &str) -> bool {
    find_ignoring_case(text, ascii).is_some()
}

/// What follows a comment, given what follows its `<!--` (HTML, 13.2.5.43 and on).
fn after_comment(text: &str) -> &str {
    if let Some(rest) = text.strip_prefix('>').or_else(|| text.strip_prefix("->")) {
        return rest;
    }
    // One walk for both ends: looking for each in turn would look to the end of the page from every comment.
    let mut rest = text;
    while let Some(dashes) = rest.find("--") {
        let after = &rest[dashes + 2..];
        if let Some(after) = after.strip_prefix('>').or_else(|| after.strip_prefix("!>")) {
            return after;
        }
        rest = &rest[dashes + 1..];
    }
    ""
}

/// What follows the `>` that ends a tag, `>` in quoted attributes left aside.
fn after_tag(text: &str) -> &str {
    let mut quote = None;
    let end = text.bytes().position(|byte| {
        match (quote, byte) {
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            (None, b'>') => return true,
            (None | Some(_), _) => {}
        }
        false
    });
    end.map_or("", |end| &text[end + 1..])
}

/// What is taken of each element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part<'a> {
    /// Its text.
    Text,
    /// An attribute; elements without it yield nothing.
    Attribute(&'a str),
}

/// What the elements of a selector yield, in document order.
#[must_use]
pub fn select(document: &Html, selector: &Selector, part: Part<'_>) -> Vec<Json> {
    let take = |element: ElementRef<'_>| match part {
        Part::Text => Some(Json::String(text(element))),
        Part::Attribute(name) => element.attr(&name.to_ascii_lowercase()).map(Json::text),
    };
    document.select(selector).filter_map(take).collect()
}

/// The text of an element: of scripts and the like as it is, else with white space folded and scripts left out.
fn text(element: ElementRef<'_>) -> String {
    if matches!(element.value().name(), "script" | "style" | "template" | "noscript" | "textarea" | "pre") {
        return element.text().collect::<String>().trim().to_owned();
    }
    let mut folded = String::new();
    for node in element.descendants() {
        let Some(text) = node.value().as_text() else { continue };
        let parent = node.parent().and_then(|parent| parent.value().as_element().map(|element| element.name().to_owned()));
        if matches!(parent.as_deref(), Some("script" | "style")) {
            continue;
        }
        for character in text.chars() {
            if !character.is_whitespace() {
                folded.push(character);
            } else if !folded.ends_with(' ') {
                folded.push(' ');
            }
        }
    }
    folded.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(css: &str, part: Part<'_>, expected: &[&str]) {
        let document = parse(
            "<title>Hub</title><a href=/a>one\n  <b>two</b></a><a href='/b' class=x>three</a><a>four</a>\
             <script id=d>{\"a\":  \"b  c\"}</script><p>see<script>no()</script> it</p>",
        )
        .unwrap();
        let found = select(&document, &compile(css).unwrap(), part);
        assert_eq!(found, expected.iter().map(|text| Json::text(*text)).collect::<Vec<_>>(), "{css}");
    }

    #[test]
    fn text_is_folded_and_scripts_are_kept_whole() {
        check("title", Part::Text, &["Hub"]);
        check("a", Part::Text, &["one two", "three", "four"]);
        check("script#d", Part::Text, &["{\"a\":  \"b  c\"}"]);
        check("p", Part::Text, &["see it"]);
        check("h1", Part::Text, &[]);
    }

    #[test]
    fn attributes_are_taken_where_they_are() {
        check("a", Part::Attribute("HREF"), &["/a", "/b"]);
        check("a.x", Part::Attribute("href"), &["/b"]);
    }

    #[test]
    fn pages_that_would_take_forever_are_refused() {
        let check = |text: &str, expected: Option<&str>| assert_eq!(parse(text).err().as_deref(), expected);
        let deep = Some("the page nests deeper than 1000 elements");
        check(&"<div>".repeat(400_000), deep);
        check(&"<div></span>".repeat(1_001), deep);
        check(&"<div><p>".repeat(1_001), deep);
        check(&"<p>x<li>y<br><img src='a>b'>".repeat(2_000), None);
        check(&"<div class='</div>'>x</DIV>".repeat(2_000), None);
        check(&format!("<script>{}</script><!--{}-->a", "<div>".repeat(2_000), "<div>".repeat(2_000)), None);
        check(&format!("<!-->{}", "<div>".repeat(1_001)), deep);
        check(&format!("<!-- --!>{}-->", "<div>".repeat(1_001)), deep);
        check(&format!("<svg><title>{}</title>", "<div>".repeat(1_001)), deep);
        check(&"<".repeat(100_000), None);
        check(&"a<br>".repeat(1_000_001), Some("the page has more than 1000000 tags"));
    }

    #[test]
    fn bad_selectors_say_so() {
        for css in ["", "a[", "a:nonsense(", "::", &"(".repeat(60)] {
            let message = compile(css).unwrap_err();
            assert!(message.starts_with(&format!("`{css}` is not a CSS selector: ")) && !message.contains('\n'), "{message}");
        }
    }
}
