//! The sentences of a finding.

use crate::{
    compare::Kind,
    record::{Aspect, Verdict},
};

/// What happened, without how often.
pub(super) struct Cause<'a> {
    pub(super) aspect: Aspect,
    pub(super) kind: Kind,
    pub(super) pattern: &'a str,
    pub(super) transformation: &'a str,
}

/// One sentence for people: "`points{1}` → `points` in `$[*].writer_save_layers`, 23 rows".
pub(super) fn summary(cause: &Cause<'_>, count: u64) -> String {
    let Cause { aspect, kind, pattern, transformation } = *cause;
    match aspect {
        Aspect::Redirect if transformation == "elsewhere" => format!("`{pattern}` leads elsewhere on {}", counted(count, "response")),
        Aspect::Status => format!("status {transformation} on {}", counted(count, "response")),
        Aspect::Header | Aspect::Cookie | Aspect::Redirect | Aspect::Tls => {
            let responses = counted(count, "response");
            match kind {
                Kind::Removed => format!("`{pattern}` lost on {responses}"),
                Kind::Added => format!("`{pattern}` new on {responses}"),
                Kind::Changed | Kind::Retyped | Kind::Reordered => format!("`{pattern}`: {} on {responses}", became(transformation)),
            }
        }
        _ if pattern == "line" => {
            let lines = counted(count, "line");
            match kind {
                Kind::Removed => format!("{lines} of text lost{}", which(transformation)),
                Kind::Added => format!("{lines} of text new{}", which(transformation)),
                Kind::Changed | Kind::Retyped | Kind::Reordered => format!("{} in {lines} of text", became(transformation)),
            }
        }
        Aspect::Body
        | Aspect::Page
        | Aspect::Aria
        | Aspect::Text
        | Aspect::Html
        | Aspect::Image
        | Aspect::Console
        | Aspect::Requests
        | Aspect::Accessibility
        | Aspect::Timing
        | Aspect::Identity
        | Aspect::Revision => in_document(kind, pattern, transformation, count),
    }
}

fn in_document(kind: Kind, pattern: &str, transformation: &str, count: u64) -> String {
    let list = pattern.strip_suffix("[*]").or_else(|| pattern.strip_suffix("{*}"));
    match (kind, list) {
        (Kind::Removed, Some(list)) if transformation.is_empty() => format!("{} lost from `{list}`", counted(count, "row")),
        (Kind::Added, Some(list)) if transformation.is_empty() => format!("{} new in `{list}`", counted(count, "row")),
        (Kind::Removed, Some(list)) => format!("{} lost from `{list}`{}", marked(transformation), times(list, count)),
        (Kind::Added, Some(list)) => format!("{} new in `{list}`{}", marked(transformation), times(list, count)),
        (Kind::Removed, None) => format!("`{pattern}` gone{}", times(pattern, count)),
        (Kind::Added, None) => format!("`{pattern}` new{}", times(pattern, count)),
        (Kind::Changed | Kind::Retyped, _) => format!("{} in `{pattern}`{}", became(transformation), times(pattern, count)),
        (Kind::Reordered, _) => format!("another order of `{pattern}`{}", times(pattern, count)),
    }
}

/// A transformation in words: `` `a` → `b` ``, or "number changed".
fn became(transformation: &str) -> String {
    match transformation.split_once(" → ") {
        Some((before, after)) => format!("{} → {}", marked(before), marked(after)),
        None if transformation.is_empty() => String::from("changed"),
        None if transformation.starts_with(['+', '-', '×', '÷']) => marked(transformation),
        None => format!("{transformation} changed"),
    }
}

fn marked(text: &str) -> String {
    if text.is_empty() { String::from("nothing") } else { format!("`{}`", text.replace('`', "'")) }
}

fn which(transformation: &str) -> String {
    if transformation.is_empty() { String::new() } else { format!(": {}", marked(transformation)) }
}

fn times(pattern: &str, count: u64) -> String {
    match (count, pattern.contains("[*]") || pattern.contains("{*}")) {
        (1, _) => String::new(),
        (_, true) => format!(", {}", counted(count, "row")),
        (_, false) => format!(", {}", counted(count, "place")),
    }
}

fn counted(count: u64, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// Which sides agree, in one sentence.
pub(super) fn agreement(verdict: Verdict, has_before: bool) -> &'static str {
    match verdict {
        Verdict::CandidateOnly => "the reference is as the candidate was before; the candidate alone differs",
        Verdict::Diverged => "the candidate, the reference and the candidate before are three different things",
        Verdict::NotReleased => "the candidate is as before; what the reference shows has not reached it",
        Verdict::Different if has_before => "the candidate and the reference differ, each within tolerance of before",
        Verdict::Different => "the candidate and the reference differ; there is no before that could say which of them changed",
        Verdict::Changed => "this run differs from the accepted baseline",
        Verdict::Unsure => "the candidate and the reference differ, but samples could not confirm it",
        Verdict::Released => "the candidate is as the reference, and both differ from before: the release changed it",
        Verdict::Lagging => "the row is of another version on the two sides",
        Verdict::Standing => "a known difference",
        Verdict::Gone => "a known difference that is not there any more",
        Verdict::Unchanged => "nothing differs",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(aspect: Aspect, kind: Kind, pattern: &str, transformation: &str, count: u64, expected: &str) {
        assert_eq!(summary(&Cause { aspect, kind, pattern, transformation }, count), expected);
    }

    #[test]
    fn summaries_are_sentences() {
        use Aspect::{Body, Header, Status};
        check(Status, Kind::Changed, "status", "200 → 404", 2, "status 200 → 404 on 2 responses");
        check(Header, Kind::Removed, "cache-control", "", 41, "`cache-control` lost on 41 responses");
        check(Aspect::Redirect, Kind::Changed, "redirect[1]", "elsewhere", 2, "`redirect[1]` leads elsewhere on 2 responses");
        check(Header, Kind::Added, "vary", "", 1, "`vary` new on 1 response");
        check(Header, Kind::Changed, "vary", "a → b", 1, "`vary`: `a` → `b` on 1 response");
        let layers = "$[*].writer_save_layers";
        check(Body, Kind::Changed, layers, "points{1} → points", 23, "`points{1}` → `points` in `$[*].writer_save_layers`, 23 rows");
        check(Body, Kind::Changed, "$.n", "number", 1, "number changed in `$.n`");
        check(Body, Kind::Changed, "$.n", "× 100", 2, "`× 100` in `$.n`, 2 places");
        check(Body, Kind::Removed, "$[*].version", "", 23, "`$[*].version` gone, 23 rows");
        check(Body, Kind::Removed, "$[*]", "", 2, "2 rows lost from `$`");
        check(Body, Kind::Added, "$.tags[*]", "\"x\"", 1, "`\"x\"` new in `$.tags`");
        check(Body, Kind::Retyped, "$[*].summary", "string → null", 5, "`string` → `null` in `$[*].summary`, 5 rows");
        check(Body, Kind::Reordered, "$.tags", "", 1, "another order of `$.tags`");
        check(Body, Kind::Removed, "line", "\"a\"", 1, "1 line of text lost: `\"a\"`");
        check(Body, Kind::Changed, "line", "text", 2, "text changed in 2 lines of text");
    }
}
