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
        let document = Html::parse_document(
            "<title>Hub</title><a href=/a>one\n  <b>two</b></a><a href='/b' class=x>three</a><a>four</a>\
             <script id=d>{\"a\":  \"b  c\"}</script><p>see<script>no()</script> it</p>",
        );
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
    fn bad_selectors_say_so() {
        for css in ["", "a[", "a:nonsense(", "::", &"(".repeat(60)] {
            let message = compile(css).unwrap_err();
            assert!(message.starts_with(&format!("`{css}` is not a CSS selector: ")) && !message.contains('\n'), "{message}");
        }
    }
}
