//! A JSONPath as written in a suite: read at once, or when it is used where it holds a template.

use super::Argument;
use crate::{
    diagnostic::{Diagnostic, Span},
    json::{Json, Selector},
    yaml::{Node, Yaml},
};

/// Reads a JSONPath that stands at `span`, as a value or as a key. A mistake points at its character.
pub fn parse(text: &str, span: &Span, diagnostics: &mut Vec<Diagnostic>) -> Option<Argument<Selector>> {
    if !text.contains("{{")
        && let Err(error) = Selector::parse(text)
    {
        let diagnostic = Diagnostic::error(&inside(span, text, error.position), error.to_string());
        diagnostics.push(match text.chars().next() {
            Some('$') => match with_odd_keys_quoted(text) {
                Some(meant) => diagnostic.help(format!("did you mean `{meant}`?")),
                None => diagnostic,
            },
            None => diagnostic,
            Some('@') if Selector::parse(&text.replacen('@', "$", 1)).is_ok() => {
                diagnostic.help(format!("did you mean `{}`?", text.replacen('@', "$", 1)))
            }
            Some('.' | '[') => diagnostic.help(format!("did you mean `${text}`?")),
            Some(_) => diagnostic.help(format!("did you mean `$.{text}`?")),
        });
        return None;
    }
    let node = Node { span: span.clone(), value: Yaml::Text { text: text.to_owned(), plain: false } };
    Argument::parse(&node, diagnostics, read)
}

/// The path with every key in brackets that cannot stand behind a dot: `$.headers.x-id` is `$.headers['x-id']`.
fn with_odd_keys_quoted(text: &str) -> Option<String> {
    if !text.contains('-') || text.contains(['[', '\'', '"', '?']) {
        return None;
    }
    let keys = text.strip_prefix("$.")?.split('.');
    let meant =
        keys.fold(String::from("$"), |path, key| if key.contains('-') { format!("{path}['{key}']") } else { format!("{path}.{key}") });
    Selector::parse(&meant).is_ok().then_some(meant)
}

fn read(value: &Json) -> Result<Selector, String> {
    match value {
        Json::String(text) => Selector::parse(text).map_err(|error| error.to_string()),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::List(_) | Json::Map(_) => Err(String::from("expected a JSONPath")),
    }
}

/// The span of one character (from 1) of a text that stands within `span` as it is, else the whole span.
fn inside(span: &Span, text: &str, character: usize) -> Span {
    let Some(start) = span.text().find(text) else { return span.clone() };
    let index = character.saturating_sub(1);
    let offset = text.char_indices().nth(index).map_or(text.len(), |(offset, _)| offset);
    let length = text[offset..].chars().next().map_or(0, char::len_utf8);
    let start = span.start + start + offset;
    Span { source: span.source.clone(), start, end: start + length }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::testing::{node, sentence};

    #[test]
    fn a_mistake_points_at_its_character() {
        let check = |written: &str, expected: &str| {
            let node = node(written);
            let Yaml::Text { text, .. } = &node.value else { panic!("{written}") };
            let mut diagnostics = Vec::new();
            assert!(parse(text, &node.span, &mut diagnostics).is_none(), "{written}");
            let [diagnostic] = diagnostics.as_slice() else { panic!("{diagnostics:?}") };
            let column = diagnostic.span.as_ref().map_or(0, |span| span.position().column);
            assert_eq!(format!("{column}: {}", sentence(diagnostic)), expected);
        };
        check("'$.a['", "4: `$.a[` is not a JSONPath: cannot be read at character 3");
        check("'.a'", "2: `.a` is not a JSONPath: it begins with `$` at character 1 (did you mean `$.a`?)");
        check("a.b", "1: `a.b` is not a JSONPath: it begins with `$` at character 1 (did you mean `$.a.b`?)");
        check("'@.a[0]'", "2: `@.a[0]` is not a JSONPath: it begins with `$` at character 1 (did you mean `$.a[0]`?)");
        check(
            "$.headers.x-id.n",
            "11: `$.headers.x-id.n` is not a JSONPath: cannot be read at character 11 (did you mean `$.headers['x-id'].n`?)",
        );
        check("$.a-b c", "3: `$.a-b c` is not a JSONPath: cannot be read at character 3 (did you mean `$['a-b c']`?)");
    }
}
