//! `summary.md`: the report as a GitHub step summary shows it, at most 1 MiB.
//!
//! Sections are cut at whole rows and whole failures, each within its own share, so that neither a table nor a
//! fence stays open and what comes last is there however much failed; a section that was cut says how much is missing.

use std::{fmt::Write as _, io};

use super::{
    format::{Entries, Files, Format},
    order,
    summary::Summary,
    text::{cut, visible},
    words,
};
use crate::{
    record::{Case, Failure, Finding, Hidden, NotObserved, Warning},
    verdict::Status,
};

/// The most that GitHub takes for one step, in bytes.
pub const LIMIT: usize = 1 << 20;

/// Of the limit, for each list: together with heads and closing statements they stay below it.
const FINDINGS_SHARE: usize = 256 << 10;
const FAILURES_SHARE: usize = 384 << 10;
const LIST_SHARE: usize = 64 << 10;

/// There are five lists; the head is the run's own and short.
const _: () = assert!(FINDINGS_SHARE + FAILURES_SHARE + 5 * LIST_SHARE + (16 << 10) <= LIMIT);

/// Of one value, in bytes: the tables stay readable, the whole is in the other reports.
const VALUE_SHARE: usize = 400;

/// The format `markdown`.
#[derive(Debug, Clone, Copy)]
pub struct Markdown;

impl Format for Markdown {
    fn name(&self) -> &'static str {
        "markdown"
    }

    fn file_name(&self) -> &'static str {
        "summary.md"
    }

    fn render(&self, summary: &Summary, entries: &Entries<'_>, files: &Files<'_>, out: &mut dyn io::Write) -> io::Result<()> {
        write_head(summary, out)?;
        write_findings(summary, out)?;
        write_failures(summary, entries, files, out)?;
        writeln!(out, "\n## How much was tested\n\n{}.\n", words::tested(summary))?;
        write_hidden(&summary.hidden, out)?;
        write_not_observed(&summary.not_observed, out)?;
        write_warnings(&summary.warnings, out)?;
        let mut unfinished = Section::new("Begun, but interrupted", LIST_SHARE);
        for case in &summary.unfinished {
            unfinished.push(&format!("- {}\n", code(case)));
        }
        unfinished.write("cases", out)
    }
}

fn write_head(summary: &Summary, out: &mut dyn io::Write) -> io::Result<()> {
    let answer = summary.answer();
    writeln!(out, "# {} {}\n", answer.mood.mark(), inline(&answer.sentence))?;
    writeln!(out, "{}\n", inline(&words::title(summary)))?;
    writeln!(out, "| failed | blocked | unreviewed | flaky | passed | skipped |\n|---:|---:|---:|---:|---:|---:|")?;
    for (_, n) in words::by_status(summary) {
        write!(out, "| {} ", words::grouped(n))?;
    }
    writeln!(out, "|\n\n| side | environment | builds read | addresses |\n|---|---|---|---|")?;
    for environment in &summary.run.environments {
        let mut builds: Vec<String> = summary.builds(environment.role, &environment.name).map(code).collect();
        builds.dedup();
        let urls: Vec<String> = environment.urls.iter().map(|(name, url)| format!("{} {}", inline(name), code(url))).collect();
        writeln!(
            out,
            "| {} | {} | {} | {} |",
            words::role(environment.role),
            inline(&environment.name),
            if builds.is_empty() { "not known".to_owned() } else { builds.join(", ") },
            urls.join("<br>"),
        )?;
    }
    Ok(())
}

fn write_findings(summary: &Summary, out: &mut dyn io::Write) -> io::Result<()> {
    let mut rows = Section::new("Findings", FINDINGS_SHARE / 2);
    rows.push("| verdict | severity | where | what | places |\n|---|---|---|---|---:|\n");
    for finding in &summary.findings {
        rows.push(&format!(
            "| {}{}{} | {} | {} {} | {} | {} |\n",
            if finding.fails { "**" } else { "" },
            finding.verdict.name(),
            if finding.fails { "**" } else { "" },
            finding.severity.name(),
            finding.aspect.name(),
            code(&finding.path),
            inline(&finding.summary),
            words::grouped(finding.count),
        ));
    }
    if summary.findings.is_empty() {
        return Ok(());
    }
    rows.write("findings", out)?;
    let mut blocks = Section::new("", FINDINGS_SHARE / 2);
    for finding in summary.findings.iter().filter(|finding| finding.fails) {
        blocks.push(&finding_block(finding));
    }
    blocks.write("findings in detail", out)
}

/// The first places of a finding, folded.
fn finding_block(finding: &Finding) -> String {
    const SHOWN: usize = 3;
    let mut text = format!(
        "<details><summary>{} {}: {}</summary>\n\n{}\n\n",
        finding.verdict.name(),
        html_code(&finding.path),
        inline(&finding.summary),
        inline(&finding.why),
    );
    let Some(first) = finding.places.first() else {
        text.push_str("</details>\n\n");
        return text;
    };
    let names: Vec<&str> = words::readings(&first.readings).into_iter().map(|(name, _)| name).collect();
    let _ = writeln!(text, "| place | {} |\n|---|{}", names.join(" | "), "---|".repeat(names.len()));
    for place in finding.places.iter().take(SHOWN) {
        let _ = write!(text, "| {} {} {} |", code(&place.case), inline(&place.step), code(&place.at));
        for (_, reading) in words::readings(&place.readings) {
            let _ = write!(text, " {} |", reading.map_or_else(|| "*nothing*".to_owned(), code));
        }
        text.push('\n');
    }
    let missing = finding.count.saturating_sub(SHOWN as u64);
    if missing > 0 {
        let _ = writeln!(text, "\n… and {} more.", words::counted(missing, "place"));
    }
    let _ = writeln!(text, "\nFingerprint {}\n\n</details>\n", code(&finding.fingerprint));
    text
}

fn write_failures(summary: &Summary, entries: &Entries<'_>, files: &Files<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let mut section = Section::new("Cases that did not pass", FAILURES_SHARE);
    order::each_case(summary, entries, |_, case| {
        match case.status {
            Status::Failed | Status::Blocked | Status::Unreviewed => section.push(&case_block(summary, case, files)),
            Status::Flaky | Status::Passed | Status::Skipped => {}
        }
        Ok(())
    })?;
    section.write("cases", out)?;
    let mut others = Section::new("Flaky and skipped", LIST_SHARE);
    order::each_case(summary, entries, |_, case| {
        match case.status {
            Status::Flaky | Status::Skipped => {
                let reason = case.reason.as_deref().unwrap_or("no reason given");
                others.push(&format!("- {} {}: {}\n", case.status.name(), code(&case.id), inline(reason)));
            }
            Status::Failed | Status::Blocked | Status::Unreviewed | Status::Passed => {}
        }
        Ok(())
    })?;
    others.write("cases", out)
}

fn case_block(summary: &Summary, case: &Case, files: &Files<'_>) -> String {
    let mut text = format!("### {}: {}\n\n{}\n\n", case.status.name(), code(&case.id), code(&format!("{}:{}", case.file, case.line)));
    for failure in &case.failures {
        push_failure(&mut text, failure, files);
    }
    if case.failures.is_empty() {
        if let Some(reason) = &case.reason {
            let _ = writeln!(text, "{}\n", inline(reason));
        }
        for finding in summary.findings_of(&case.id) {
            let _ = writeln!(text, "- {} {}: {}", finding.verdict.name(), code(&finding.path), inline(&finding.summary));
        }
        text.push('\n');
    }
    text
}

fn push_failure(text: &mut String, failure: &Failure, files: &Files<'_>) {
    let Failure { status: _, environment, file, line, column, step, message, expected, actual, excerpt, curl, screenshot } = failure;
    let _ = writeln!(text, "**{}** on {} at {}\n", inline(step), inline(environment), code(&format!("{file}:{line}:{column}")));
    let _ = writeln!(text, "{}\n", inline(message));
    if !expected.is_empty() || !actual.is_empty() {
        let _ = writeln!(text, "| expected | actual |\n|---|---|\n| {} | {} |\n", code(expected), code(actual));
    }
    for block in [excerpt, curl] {
        if !block.is_empty() {
            let _ = writeln!(text, "{}\n", fenced(block));
        }
    }
    if !screenshot.is_empty() {
        let _ = writeln!(text, "Screenshot: {}\n", code(&files.path(screenshot)));
    }
}

fn write_hidden(hidden: &[Hidden], out: &mut dyn io::Write) -> io::Result<()> {
    let mut section = Section::new("Hidden by tolerances", LIST_SHARE);
    for Hidden { rule, path, count, why } in hidden {
        section.push(&format!("- {} {}, {}: {}\n", inline(rule), code(path), words::counted(*count, "time"), inline(why)));
    }
    section.write("rules", out)
}

fn write_not_observed(not_observed: &[NotObserved], out: &mut dyn io::Write) -> io::Result<()> {
    let mut section = Section::new("Not observed", LIST_SHARE);
    for NotObserved { case, what, why } in not_observed {
        section.push(&format!("- {}: {}: {}\n", code(case), inline(what), inline(why)));
    }
    section.write("things", out)
}

fn write_warnings(warnings: &[Warning], out: &mut dyn io::Write) -> io::Result<()> {
    let mut section = Section::new("Warnings", LIST_SHARE);
    for Warning { case, message } in warnings {
        let case = case.as_deref().map(|case| format!("{}: ", code(case))).unwrap_or_default();
        section.push(&format!("- {case}{}\n", inline(message)));
    }
    section.write("warnings", out)
}

/// A heading and blocks that are taken whole, as long as they fit into the section's share.
struct Section {
    heading: &'static str,
    share: usize,
    text: String,
    n_missing: u64,
}

impl Section {
    fn new(heading: &'static str, share: usize) -> Self {
        Self { heading, share, text: String::new(), n_missing: 0 }
    }

    fn push(&mut self, block: &str) {
        // After the first that did not fit none is taken, or the order would have holes.
        if self.n_missing == 0 && self.text.len() + block.len() <= self.share {
            self.text.push_str(block);
        } else {
            self.n_missing += 1;
        }
    }

    fn write(self, what: &str, out: &mut dyn io::Write) -> io::Result<()> {
        if self.text.is_empty() && self.n_missing == 0 {
            return Ok(());
        }
        if self.heading.is_empty() {
            writeln!(out, "\n{}", self.text)?;
        } else {
            writeln!(out, "\n## {}\n\n{}", self.heading, self.text)?;
        }
        if self.n_missing > 0 {
            writeln!(out, "Cut here: {} more {what} are in report.html and report.json.\n", words::grouped(self.n_missing))?;
        }
        Ok(())
    }
}

/// Text that no reader of Markdown takes for markup: what could be is written as an entity, line feeds as spaces.
fn inline(text: &str) -> String {
    let text = cut(text, VALUE_SHARE);
    let text = visible(&text);
    let mut escaped = String::with_capacity(text.len() + 16);
    let mut rest = text.trim_start().chars().peekable();
    while let Some(character) = rest.next() {
        let begins_a_line = escaped.is_empty() || escaped.bytes().all(|byte| byte.is_ascii_digit());
        let acts = match character {
            '`' | '*' | '_' | '~' | '[' | ']' | '<' | '>' | '&' | '|' | '\\' | '$' | '@' | '#' => true,
            // Readers make links of bare addresses.
            ':' => rest.peek() == Some(&'/'),
            '.' => begins_a_line || escaped.ends_with("www") || escaped.ends_with("WWW"),
            // Lists and underlines of headings begin a line.
            other => other.is_ascii_punctuation() && begins_a_line,
        };
        match character {
            '\n' | '\t' => escaped.push(' '),
            acting if acts => {
                let _ = write!(escaped, "&#{};", u32::from(acting));
            }
            other => escaped.push(other),
        }
    }
    escaped
}

/// The same, set as code.
fn code(text: &str) -> String {
    let text = cut(text, VALUE_SHARE);
    // A code span shows everything as it is, save these: the cell of a table ends at a bar even in it.
    let fits_a_span = !text.contains(['`', '|', '\n', '\t', '\\']) && text.trim() == text && visible(&text) == text;
    match (text.is_empty(), fits_a_span) {
        (true, _) => "*empty*".to_owned(),
        (false, true) => format!("`{text}`"),
        (false, false) => html_code(&text),
    }
}

/// The same where Markdown is not read: within the lines of an HTML element.
fn html_code(text: &str) -> String {
    format!("<code>{}</code>", inline(text))
}

/// Lines as they are, between fences that are longer than any in them.
fn fenced(text: &str) -> String {
    let text = cut(text, super::VALUE_LIMIT);
    let text = visible(&text);
    let longest = text.split(|character| character != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}text\n{}\n{fence}", text.trim_end_matches('\n'))
}

#[cfg(test)]
mod tests {
    use super::{LIMIT, Markdown, code, fenced, inline};
    use crate::{
        record::Entry,
        report::{
            check,
            sample::{HOSTILE, Sample, Spread, many},
        },
    };

    #[test]
    fn the_verdict_comes_first_then_counts_findings_and_failures() {
        let text = check::render(&Markdown, &Sample::Compare.entries());
        let order = [
            "# ✗ No: 2 candidate-only regressions",
            "| failed |",
            "## Findings",
            "## Cases that did not pass",
            "## How much was tested",
            "## Hidden",
            "## Not observed",
        ];
        let found: Vec<_> = order.iter().map(|part| text.find(part).unwrap_or_else(|| panic!("{part} in {text}"))).collect();
        assert!(found.is_sorted(), "{found:?}");
        assert!(text.contains("| **candidate-only** | breaking | body `$[*].version` |"), "{text}");
    }

    #[test]
    fn text_of_the_site_stays_text() {
        for (text, expected) in [
            ("a plugin answers", "a plugin answers"),
            ("FAILED: 2 of 3 (a::b)", "FAILED: 2 of 3 (a::b)"),
            ("https://x.example/a-b", "https&#58;//x.example/a-b"),
            ("www.example.org", "www&#46;example.org"),
            ("  - item\n# head", "&#45; item &#35; head"),
            ("12. item", "12&#46; item"),
            ("===", "&#61;=="),
            ("[x](y) `c` |<b>&amp;", "&#91;x&#93;(y) &#96;c&#96; &#124;&#60;b&#62;&#38;amp;"),
            ("@team $x$ *b* _i_ ~s~ \\", "&#64;team &#36;x&#36; &#42;b&#42; &#95;i&#95; &#126;s&#126; &#92;"),
        ] {
            assert_eq!(inline(text), expected);
        }
        assert_eq!(code(""), "*empty*");
        assert_eq!(code("$[*].<b>"), "`$[*].<b>`");
        assert_eq!(code("a|`b`"), "<code>a&#124;&#96;b&#96;</code>");
        assert_eq!(fenced("a\n```\n````x\n"), "`````text\na\n```\n````x\n`````");
    }

    #[test]
    fn hostile_text_cannot_become_markup() {
        let text = check::render(&Markdown, &Sample::Hostile.entries());
        let mut outside = String::new();
        let mut is_inside = false;
        for line in text.lines() {
            if line.starts_with("```") {
                is_inside = !is_inside;
            } else if !is_inside {
                outside.push_str(line);
                outside.push('\n');
            }
        }
        assert!(!is_inside, "a fence stays open");
        for forbidden in ["<img", "</script", "[x](", "**b**", "@everyone", "\u{202e}", "\0", "\n::error", "##["] {
            assert!(!outside.contains(forbidden), "{forbidden:?}:\n{outside}");
        }
        assert!(HOSTILE.contains("[x]("));
    }

    #[test]
    fn a_report_that_is_too_long_is_cut_at_whole_blocks_and_says_so() {
        let mut entries = many(8000, Spread::AllPassed);
        let failures = match Sample::Run.entries().into_iter().find_map(|entry| match entry {
            Entry::Case(case) if !case.failures.is_empty() => Some(case.failures),
            _ => None,
        }) {
            Some(failures) => failures,
            None => unreachable!("the sample has failures"),
        };
        for entry in &mut entries {
            if let Entry::Case(case) = entry {
                case.status = crate::verdict::Status::Failed;
                case.failures.clone_from(&failures);
            }
        }
        let text = check::render(&Markdown, &entries);
        assert!(text.len() <= LIMIT, "{}", text.len());
        assert!(text.len() > 256 << 10, "{}", text.len());
        assert!(text.contains("Cut here: "), "no closing statement");
        assert!(text.contains("## How much was tested"), "what comes last is missing");
        assert_eq!(text.lines().filter(|line| line.starts_with("```")).count() % 2, 0);
    }
}
