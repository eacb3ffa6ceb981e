//! Rust sources as far as the house's tests need them: which paths a file names, without comments, texts and its own tests.

use std::{
    fs,
    ops::Range,
    path::{Path, PathBuf},
};

/// Every `.rs` file below a folder, sorted.
pub(crate) fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.expect("a folder of the house can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// A path that a source names: `crate::suite::Step` has the root `crate` and the first segment `suite`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    /// Line, from 1.
    pub(crate) line: usize,
    /// `crate`, or a crate's name.
    pub(crate) root: String,
    /// What stands behind the root's `::`; `*` for a glob, empty where the root stands alone.
    pub(crate) first: String,
}

/// The source with comments, texts and characters blanked; lines stay where they are.
///
/// Lifetimes stay. Doc comments are comments: an example may name what its room may not.
pub(crate) fn without_texts(source: &str) -> String {
    let bytes = source.as_bytes();
    let mut code = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let end = match bytes[at] {
            b'/' if bytes.get(at + 1) == Some(&b'/') => end_of_line(bytes, at),
            b'/' if bytes.get(at + 1) == Some(&b'*') => end_of_block(bytes, at),
            b'"' => end_of_text(bytes, at),
            b'\'' => end_of_character(bytes, at).unwrap_or(at),
            b'r' if !continues_name(bytes, at) => end_of_raw(bytes, at).unwrap_or(at),
            _ => at,
        };
        for byte in &mut code[at..end] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
        at = end.max(at + 1);
    }
    String::from_utf8(code).expect("whole texts were replaced by spaces")
}

fn end_of_line(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |length| at + length)
}

fn end_of_block(bytes: &[u8], at: usize) -> usize {
    let (mut depth, mut end) = (0_usize, at);
    while end < bytes.len() {
        match &bytes[end..bytes.len().min(end + 2)] {
            b"/*" => (depth, end) = (depth + 1, end + 2),
            b"*/" => (depth, end) = (depth - 1, end + 2),
            _ => end += 1,
        }
        if depth == 0 {
            return end;
        }
    }
    bytes.len()
}

fn end_of_text(bytes: &[u8], at: usize) -> usize {
    let mut end = at + 1;
    while end < bytes.len() {
        match bytes[end] {
            b'\\' => end += 2,
            b'"' => return end + 1,
            _ => end += 1,
        }
    }
    bytes.len()
}

/// `'a'`, `'\n'`, `'é'`; nothing for a lifetime.
fn end_of_character(bytes: &[u8], at: usize) -> Option<usize> {
    if bytes.get(at + 1) == Some(&b'\\') {
        let close = bytes[at + 3..].iter().position(|byte| *byte == b'\'')?;
        return Some(at + 3 + close + 1);
    }
    let length = std::str::from_utf8(&bytes[at + 1..bytes.len().min(at + 5)])
        .or_else(|error| std::str::from_utf8(&bytes[at + 1..at + 1 + error.valid_up_to()]))
        .ok()?
        .chars()
        .next()?
        .len_utf8();
    (bytes.get(at + 1 + length) == Some(&b'\'')).then_some(at + length + 2)
}

/// `r"…"`, `r#"…"#`; nothing for a raw identifier.
fn end_of_raw(bytes: &[u8], at: usize) -> Option<usize> {
    let n_hashes = bytes[at + 1..].iter().take_while(|byte| **byte == b'#').count();
    let open = at + 1 + n_hashes;
    if bytes.get(open) != Some(&b'"') {
        return None;
    }
    let close: Vec<u8> = [b"\"".as_slice(), "#".repeat(n_hashes).as_bytes()].concat();
    let length = bytes[open + 1..].windows(close.len()).position(|window| window == close)?;
    Some(open + 1 + length + close.len())
}

/// Whether the byte before belongs to the same name; the `b` of a byte text does not.
fn continues_name(bytes: &[u8], at: usize) -> bool {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let before = |back: usize| at.checked_sub(back).map(|at| bytes[at]);
    match before(1) {
        Some(b'b') => before(2).is_some_and(is_name),
        Some(byte) => is_name(byte),
        None => false,
    }
}

/// Code with every item under `#[cfg(test)]` blanked, and the names of modules that are declared there without a body.
pub(crate) fn without_tests(code: &str) -> (String, Vec<String>) {
    const ATTRIBUTE: &str = "#[cfg(test)]";
    let mut left = code.to_owned();
    let mut modules = Vec::new();
    let mut from = 0;
    while let Some(found) = left[from..].find(ATTRIBUTE) {
        let start = from + found;
        let end = end_of_item(&left, start + ATTRIBUTE.len());
        let item = &left[start + ATTRIBUTE.len()..end];
        let mut words = item.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty());
        if item.ends_with(';') && words.any(|word| word == "mod") {
            modules.extend(words.next().map(str::to_owned));
        }
        blank(&mut left, start..end);
        from = start;
    }
    (left, modules)
}

/// Behind the `;` or the closing brace of the item that begins here.
fn end_of_item(code: &str, from: usize) -> usize {
    let mut depth = 0_usize;
    for (offset, c) in code[from..].char_indices() {
        match c {
            '{' | '(' | '[' => depth += 1,
            '}' | ')' | ']' => {
                depth = depth.saturating_sub(1);
                if depth == 0 && c == '}' {
                    return from + offset + 1;
                }
            }
            ';' if depth == 0 => return from + offset + 1,
            _ => {}
        }
    }
    code.len()
}

fn blank(code: &mut String, range: Range<usize>) {
    let blanked: String = code[range.clone()].chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
    code.replace_range(range, &blanked);
}

/// Every path that begins with one of these roots, in code without texts.
///
/// `depth` is how deep the file's module lies below its crate: so many `super::` reach the crate, and count as `crate`.
/// Groups are opened: `use crate::{a, b::c}` names `a` and `b`.
pub(crate) fn named(code: &str, roots: &[&str], depth: usize) -> Vec<Named> {
    let mut found = Vec::new();
    let mut end_of_last = 0;
    for (at, word) in words(code) {
        if at < end_of_last {
            continue;
        }
        let mut rest = &code[at + word.len()..];
        let root = if word == "super" {
            let mut climbed = 1;
            while let Some(further) = rest.trim_start().strip_prefix("::").map(str::trim_start).and_then(|rest| rest.strip_prefix("super"))
            {
                climbed += 1;
                rest = further;
            }
            end_of_last = code.len() - rest.len();
            if climbed < depth || depth == 0 {
                continue;
            }
            "crate"
        } else if roots.contains(&word) {
            word
        } else {
            continue;
        };
        let firsts = match rest.trim_start().strip_prefix("::") {
            Some(path) => first_segments(path.trim_start()),
            None => renamed(rest),
        };
        let line = 1 + code[..at].bytes().filter(|byte| *byte == b'\n').count();
        found.extend(firsts.into_iter().map(|first| Named { line, root: root.to_owned(), first }));
    }
    found
}

/// `use crate as core` would hide every path behind it; `pub(crate)` and a field that is called like a crate hide nothing.
fn renamed(rest: &str) -> Vec<String> {
    let hides = rest.trim_start().strip_prefix("as").is_some_and(|rest| rest.starts_with(char::is_whitespace));
    if hides { vec![String::new()] } else { Vec::new() }
}

/// The first segment of a path, or those of each path in a group.
fn first_segments(path: &str) -> Vec<String> {
    let Some(group) = path.strip_prefix('{') else {
        if path.starts_with('*') {
            return vec![String::from("*")];
        }
        let end = path.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(path.len());
        return vec![path[..end].to_owned()];
    };
    let mut segments = Vec::new();
    let (mut depth, mut start) = (0_usize, 0);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            '}' | ',' if depth == 0 => {
                let element = group[start..at].trim();
                if !element.is_empty() {
                    segments.extend(first_segments(element));
                }
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    segments
}

/// Every name and keyword with its place.
fn words(code: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let mut from = 0;
    std::iter::from_fn(move || {
        let start = from + code[from..].find(is_name)?;
        let end = code[start..].find(|c| !is_name(c)).map_or(code.len(), |length| start + length);
        from = end;
        Some((start, &code[start..end]))
    })
}

mod tests {
    use super::*;

    fn check(source: &str, depth: usize, expected: &[(usize, &str)]) {
        let (code, _) = without_tests(&without_texts(source));
        let found = named(&code, &["crate", "prodiff_core"], depth);
        let found: Vec<(usize, &str)> = found.iter().map(|named| (named.line, named.first.as_str())).collect();
        assert_eq!(found, expected, "{source}");
    }

    #[test]
    fn plain_grouped_and_inline_paths_are_seen() {
        check("use crate::suite::Step;", 1, &[(1, "suite")]);
        check(
            "use crate::{\n    a,\n    b::{c, d::e},\n    f::*,\n};\nfn g() { crate::h::i() }",
            1,
            &[(1, "a"), (1, "b"), (1, "f"), (6, "h")],
        );
        check("use prodiff_core::{suite, json::Json};\nlet x: prodiff_core::plan::Plan;", 1, &[(1, "suite"), (1, "json"), (2, "plan")]);
        check("fn a(b: &crate::c::D) -> ::prodiff_core::e::F {}", 1, &[(1, "c"), (1, "e")]);
    }

    #[test]
    fn climbing_to_the_crate_counts_and_climbing_within_a_room_does_not() {
        check("use super::plan::Plan;", 1, &[(1, "plan")]);
        check("use super::plan::Plan;", 2, &[]);
        check("use super::super::{plan, suite::Step};", 2, &[(1, "plan"), (1, "suite")]);
        check("use super :: super::plan;", 2, &[(1, "plan")]);
        check("pub(super) fn a() {} pub(crate) struct B;", 1, &[]);
    }

    #[test]
    fn what_hides_its_paths_is_seen() {
        check("use crate::*;", 1, &[(1, "*")]);
        check("use crate as core;", 1, &[(1, "")]);
        check("use prodiff_core as core;", 1, &[(1, "")]);
        check("struct A { prodiff_core: String }", 1, &[]);
        check("struct A { of: other::crate_name::B, c: a::crate_b }", 1, &[]);
    }

    #[test]
    fn comments_texts_and_tests_may_name_what_they_like() {
        check("/// See [`crate::plan`].\n// crate::a\n/* crate::b /* crate::c */ crate::d */\nuse crate::e;", 1, &[(4, "e")]);
        check(r##"let a = "crate::a"; let b = r#"crate::"b"#; let c = b"crate::c"; let d = '"'; use crate::e;"##, 1, &[(1, "e")]);
        check("fn a<'a>(b: &'a str) { '\\''; 'é'; } use crate::c;", 1, &[(1, "c")]);
        check("#[cfg(test)]\nmod tests {\n    use crate::plan;\n    fn a() { { } }\n}\nuse crate::a;", 1, &[(6, "a")]);
        check("#[cfg(test)]\nuse crate::{plan};\nuse crate::a;", 1, &[(3, "a")]);
        check("#[cfg(test)]\n#[derive(Debug)]\nstruct A { b: crate::plan::C }\nuse crate::a;", 1, &[(4, "a")]);
    }

    #[test]
    fn modules_of_tests_in_files_of_their_own_are_named() {
        assert_eq!(without_tests("#[cfg(test)]\npub(crate) mod testing;\nmod other;").1, ["testing"]);
        assert_eq!(without_tests("#[cfg(test)]\nmod tests {}").1, Vec::<String>::new());
    }
}
