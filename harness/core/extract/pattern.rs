//! Regular expressions as written in a suite.

use regex::{Regex, RegexBuilder};

/// How large a compiled expression may become, in bytes; larger ones are refused.
const MAX_COMPILED: usize = 4 << 20;

/// Reads a regular expression.
///
/// # Errors
/// What is wrong with it, in one line.
pub fn compile(pattern: &str) -> Result<Regex, String> {
    RegexBuilder::new(pattern).size_limit(MAX_COMPILED).build().map_err(|error| {
        let reason = match &error {
            regex::Error::CompiledTooBig(_) => String::from("it is too large"),
            // The library draws a picture; its last line says what is wrong.
            other => {
                let text = other.to_string();
                text.lines().last().unwrap_or_default().trim().trim_start_matches("error: ").to_owned()
            }
        };
        format!("`{pattern}` is not a regular expression: {reason}")
    })
}

/// Reads a regular expression that takes something out: with one group, or none for the whole match.
///
/// # Errors
/// As [`compile`], and when it has several groups.
pub fn compile_capture(pattern: &str) -> Result<Regex, String> {
    let regex = compile(pattern)?;
    let n_groups = regex.captures_len() - 1;
    if n_groups > 1 {
        return Err(format!("`{pattern}` has {n_groups} groups: one says what to take; the others are written `(?:…)`"));
    }
    Ok(regex)
}

/// What an expression of [`compile_capture`] takes out of a text: every match in order.
pub fn take<'t>(regex: &Regex, text: &'t str) -> impl Iterator<Item = &'t str> {
    // A group that took no part in its match took nothing.
    let group = regex.captures_len() - 1;
    regex.captures_iter(text).filter_map(move |captures| captures.get(group)).map(|found| found.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(pattern: &str, text: &str, expected: Result<&[&str], &str>) {
        let taken = compile_capture(pattern).map(|regex| take(&regex, text).map(str::to_owned).collect::<Vec<_>>());
        let expected = expected.map(|found| found.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>());
        assert_eq!(taken, expected.map_err(str::to_owned), "{pattern}");
    }

    #[test]
    fn one_group_or_the_whole_match_is_taken() {
        check(r"id=(\d+)", "id=1 id=22", Ok(&["1", "22"]));
        check(r"\d+", "id=1 id=22", Ok(&["1", "22"]));
        check(r"(?:id|no)=(\d+)", "no=3", Ok(&["3"]));
        check(r"x(y)?", "x", Ok(&[]));
    }

    #[test]
    fn bad_expressions_say_why() {
        check("(", "", Err("`(` is not a regular expression: unclosed group"));
        check("(a)(b)", "", Err("`(a)(b)` has 2 groups: one says what to take; the others are written `(?:…)`"));
        check(r"(\w{1000}){1000}", "", Err(r"`(\w{1000}){1000}` is not a regular expression: it is too large"));
    }
}
