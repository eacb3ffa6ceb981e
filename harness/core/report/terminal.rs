//! What a terminal shows, as lines of text: a finished case, a failure, a finding, the end. Writes nothing itself.
//!
//! All text that came from the site or a suite is made harmless first: it can neither move the cursor nor start a
//! command of a CI. Colours are the caller's decision (`NO_COLOR` is read in `cli`).

use std::fmt::Write as _;

use serde::Serialize;

use super::{
    format::path_in,
    summary::Summary,
    text::{cut, first_line, inert_json},
    words::{self, Mood},
};
use crate::{
    mask::{sanitize, sanitize_line},
    record::{Case, CaseStarted, End, Entry, Failure, Finding, Hidden, NotObserved, Revision, Role, Run, SnapshotOutcome, Warning},
    verdict::Status,
};

/// Whether text is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Style {
    /// Text alone.
    Plain,
    /// With ANSI colours (ECMA-48, select graphic rendition).
    Ansi,
}

/// Where lines will be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Screen {
    /// Whether text is coloured.
    pub style: Style,
    /// Columns; `usize::MAX` where nothing needs to be cut, as in a file.
    pub width: usize,
}

/// How many bytes of a message or value are told at once, so that one list does not push all else off the screen. The
/// report has more.
const TOLD_BYTES: usize = 600;

/// The least width that is honoured: below it lines would say nothing.
const MIN_WIDTH: usize = 30;

/// How many lines of one value are shown.
const MAX_VALUE_LINES: usize = 12;

/// How many elements of one list are shown.
const MAX_LISTED: usize = 10;

/// One line for a finished case, without a line feed: status, identity, how long it took, why.
#[must_use]
pub fn case_line(case: &Case, screen: Screen) -> String {
    let mut notes = vec![words::duration(case.duration_ms)];
    if case.attempts > 1 {
        notes.push(format!("{} attempts", case.attempts));
    }
    if case.status == Status::Skipped {
        notes.clear();
    }
    if let Some(reason) = &case.reason {
        notes.push(one_line(&cut(&first_line(reason), TOLD_BYTES)));
    }
    let status = format!("{:<10}", case.status.name());
    let note = if notes.is_empty() { String::new() } else { format!("  {}", notes.join(", ")) };
    let id = one_line(&case.id);
    let width = screen.width.max(MIN_WIDTH);
    // The identity is what people search for: the note gives way first.
    let id = fit(&id, width.saturating_sub(11));
    let note = fit(&note, width.saturating_sub(11 + columns(&id)));
    format!("{} {id}{}", screen.paint(colour_of(case.status), &status), screen.paint(Colour::Faint, &note))
}

/// A failure as it is shown at once, each line ended: identity, place, step, expected and actual, the smallest
/// telling part of the response, the `curl` line, and for pages where the screenshot is. `folder` is the record's.
#[must_use]
pub fn failure_block(case: &str, failure: &Failure, folder: &str, screen: Screen) -> String {
    let Failure { status, environment, file, line, column, step, message, expected, actual, excerpt, curl, screenshot } = failure;
    let mut block = String::new();
    let head = format!("{} {}", screen.paint(colour_of(*status), status.name()), screen.paint(Colour::Strong, &one_line(case)));
    let _ = writeln!(block, "{head}");
    let _ = writeln!(block, "  {}:{line}:{column}", one_line(file));
    let _ = writeln!(block, "  {} on {}", one_line(step), one_line(environment));
    push_text(&mut block, "  ", "  ", &cut(message, TOLD_BYTES), screen);
    if !expected.is_empty() || !actual.is_empty() {
        push_text(&mut block, "    expected  ", "              ", &cut(&or_nothing(expected), TOLD_BYTES), screen);
        push_text(&mut block, "    actual    ", "              ", &cut(&or_nothing(actual), TOLD_BYTES), screen);
    }
    if !excerpt.is_empty() {
        push_text(&mut block, "    response  ", "              ", excerpt, screen);
    }
    if !curl.is_empty() {
        // Whole and neither wrapped nor indented further, so that it can be copied: a line feed in it is the body's own.
        let _ = writeln!(block, "    {}", screen.paint(Colour::Faint, &safe(curl)));
    }
    if !screenshot.is_empty() {
        // Whole as well: terminals open a path that stands on one line.
        let path = one_line(&path_in(folder, screenshot));
        let _ = writeln!(block, "    screenshot  {}", screen.paint(Colour::Faint, &path));
    }
    block
}

/// A finding with its first places, each line ended.
#[must_use]
pub fn finding_block(finding: &Finding, screen: Screen) -> String {
    const SHOWN: usize = 3;
    const SHOWN_BYTES: usize = 300;
    let mut block = finding_line(finding, screen);
    push_text(&mut block, "    ", "    ", &finding.why, screen);
    for place in finding.places.iter().take(SHOWN) {
        push_text(&mut block, "    ", "      ", &format!("{}  {}  {}", place.case, place.step, place.at), screen);
        for (name, reading) in words::readings(&place.readings) {
            let reading = reading.map_or_else(|| String::from("(nothing)"), |reading| cut(reading, SHOWN_BYTES).into_owned());
            push_text(&mut block, &format!("      {name:<10}"), "                ", &reading, screen);
        }
    }
    if finding.count > SHOWN as u64 && finding.places.len() > SHOWN {
        let more = finding.count - SHOWN as u64;
        let _ = writeln!(block, "    … {} more place{}", words::grouped(more), if more == 1 { "" } else { "s" });
    }
    block
}

fn finding_line(finding: &Finding, screen: Screen) -> String {
    let colour = if finding.fails { Colour::Red } else { Colour::Yellow };
    let mut line = String::new();
    push_text(
        &mut line,
        &format!("  {} ", screen.paint(colour, finding.verdict.name())),
        "    ",
        &format!(
            "{} {} {}: {} ({}) {}",
            finding.severity.name(),
            finding.aspect.name(),
            finding.path,
            finding.summary,
            words::counted(finding.count, "place"),
            fit(&one_line(&finding.fingerprint), 8).trim_end_matches('…'),
        ),
        screen,
    );
    line
}

/// The end: verdict first, then what to look at, counts, and where the report is. Each line ended.
#[must_use]
pub fn summary_block(summary: &Summary, report: &str, screen: Screen) -> String {
    let answer = summary.answer();
    let colour = match answer.mood {
        Mood::Good => Colour::Green,
        Mood::Bad => Colour::Red,
        Mood::Unknown => Colour::Magenta,
        Mood::Look => Colour::Yellow,
    };
    let mut block = format!("{}\n", screen.paint_strong(colour, &one_line(&answer.sentence)));
    let failing = summary.findings.iter().filter(|finding| finding.fails).count();
    for finding in summary.findings.iter().take(MAX_LISTED.max(failing.min(2 * MAX_LISTED))) {
        block.push_str(&finding_line(finding, screen));
    }
    for status in [Status::Failed, Status::Blocked, Status::Unreviewed, Status::Flaky] {
        list_cases(&mut block, summary, status, screen);
    }
    for warning in summary.warnings.iter().take(MAX_LISTED) {
        let of = warning.case.as_deref().map(|case| format!("{case}: ")).unwrap_or_default();
        push_text(
            &mut block,
            &format!("  {}  ", screen.paint(Colour::Yellow, "warning")),
            "    ",
            &format!("{of}{}", warning.message),
            screen,
        );
    }
    for what in summary.not_observed.iter().take(MAX_LISTED) {
        push_text(&mut block, "  not observed  ", "    ", &format!("{}: {}: {}", what.case, what.what, what.why), screen);
    }
    for (name, n) in
        [("warnings", summary.warnings.len()), ("not observed", summary.not_observed.len()), ("findings", summary.findings.len())]
    {
        let shown = if name == "findings" { MAX_LISTED.max(failing.min(2 * MAX_LISTED)) } else { MAX_LISTED };
        if n > shown {
            let _ = writeln!(block, "  … {} more {name} in the report", n - shown);
        }
    }
    let _ = writeln!(block, "{}", words::tally(summary));
    let _ = writeln!(block, "{}", words::tested(summary));
    if summary.counts.cases.unreviewed > 0 {
        let _ = writeln!(block, "what is meant is accepted by: prodiff accept");
    }
    if !report.is_empty() {
        let _ = writeln!(block, "report: {}", one_line(report));
    }
    block
}

fn list_cases(block: &mut String, summary: &Summary, status: Status, screen: Screen) {
    let mut of_status = summary.rows.iter().filter(|row| row.status == status);
    for row in of_status.by_ref().take(MAX_LISTED) {
        let place = format!("{}:{}", row.file, row.line);
        let _ = writeln!(block, "  {:<10}  {}  {}", status.name(), one_line(&row.id), screen.paint(Colour::Faint, &one_line(&place)));
    }
    let more = of_status.count();
    if more > 0 {
        let _ = writeln!(block, "  … {more} more {}", status.name());
    }
}

/// One event as a line of JSON for `--format json`, without a line feed; nothing for what people did afterwards.
///
/// The entries of the record with what is long left to the record: of exchanges only what was asked and the status.
#[must_use]
pub fn event_line(entry: &Entry) -> Option<String> {
    let event = match entry {
        Entry::Run(run) => Event::Run(run),
        Entry::CaseStarted(started) => Event::CaseStarted(started),
        Entry::Step(step) => {
            let exchange = step.exchange.as_ref();
            Event::Step(StepEvent {
                case: &step.case,
                attempt: step.attempt,
                environment: &step.environment,
                role: step.role,
                step: &step.step,
                file: &step.file,
                line: step.line,
                title: &step.title,
                status: step.status,
                at_ms: step.at_ms,
                duration_ms: step.duration_ms,
                requests: step.requests,
                url: exchange.map(|exchange| exchange.url.as_str()),
                response_status: exchange.and_then(|exchange| exchange.response.as_ref()).map(|response| response.status),
                failures: &step.failures,
            })
        }
        Entry::Snapshot(snapshot) => Event::Snapshot(SnapshotEvent {
            case: &snapshot.case,
            environment: &snapshot.environment,
            name: &snapshot.name,
            outcome: snapshot.outcome,
            path: &snapshot.path,
            count: snapshot.count,
            fingerprints: &snapshot.fingerprints,
        }),
        Entry::Case(case) => Event::Case(case),
        Entry::Finding(finding) => Event::Finding(finding),
        Entry::Hidden(hidden) => Event::Hidden(hidden),
        Entry::NotObserved(what) => Event::NotObserved(what),
        Entry::Warning(warning) => Event::Warning(warning),
        Entry::Revision(revision) => Event::Revision(revision),
        Entry::End(end) => Event::End(end),
        Entry::Note(_) => return None,
    };
    let json = serde_json::to_string(&event).expect("events hold text, numbers and lists");
    Some(inert_json(&json))
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Event<'a> {
    Run(&'a Run),
    CaseStarted(&'a CaseStarted),
    Step(StepEvent<'a>),
    Snapshot(SnapshotEvent<'a>),
    Case(&'a Case),
    Finding(&'a Finding),
    Hidden(&'a Hidden),
    NotObserved(&'a NotObserved),
    Warning(&'a Warning),
    Revision(&'a Revision),
    End(&'a End),
}

#[derive(Serialize)]
struct StepEvent<'a> {
    case: &'a str,
    attempt: u32,
    environment: &'a str,
    role: Role,
    step: &'a str,
    file: &'a str,
    line: usize,
    title: &'a str,
    status: Status,
    at_ms: f64,
    duration_ms: f64,
    requests: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_status: Option<u16>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    failures: &'a [Failure],
}

#[derive(Serialize)]
struct SnapshotEvent<'a> {
    case: &'a str,
    environment: &'a str,
    name: &'a str,
    outcome: SnapshotOutcome,
    path: &'a str,
    count: usize,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    fingerprints: &'a [String],
}

#[derive(Debug, Clone, Copy)]
enum Colour {
    Red,
    Green,
    Yellow,
    Magenta,
    Cyan,
    Faint,
    Strong,
}

impl Colour {
    fn code(self) -> &'static str {
        match self {
            Self::Red => "31",
            Self::Green => "32",
            Self::Yellow => "33",
            Self::Magenta => "35",
            Self::Cyan => "36",
            Self::Faint => "2",
            Self::Strong => "1",
        }
    }
}

fn colour_of(status: Status) -> Colour {
    match status {
        Status::Failed => Colour::Red,
        Status::Blocked => Colour::Magenta,
        Status::Unreviewed => Colour::Yellow,
        Status::Flaky => Colour::Cyan,
        Status::Passed => Colour::Green,
        Status::Skipped => Colour::Faint,
    }
}

impl Screen {
    fn paint(self, colour: Colour, text: &str) -> String {
        match self.style {
            Style::Ansi if !text.is_empty() => format!("\u{1b}[{}m{text}\u{1b}[0m", colour.code()),
            Style::Ansi | Style::Plain => text.to_owned(),
        }
    }

    fn paint_strong(self, colour: Colour, text: &str) -> String {
        match self.style {
            Style::Ansi => format!("\u{1b}[1;{}m{text}\u{1b}[0m", colour.code()),
            Style::Plain => text.to_owned(),
        }
    }
}

fn or_nothing(value: &str) -> String {
    if value.is_empty() { "(nothing)".to_owned() } else { value.to_owned() }
}

/// Appends text line by line, wrapped to the screen; `first` leads its first line, `rest` the others.
fn push_text(block: &mut String, first: &str, rest: &str, text: &str, screen: Screen) {
    let text = safe(&cut(text, super::VALUE_LIMIT));
    let width = |lead: &str| screen.width.max(MIN_WIDTH).saturating_sub(columns(lead)).max(MIN_WIDTH / 2);
    let (width_of_first, width_of_rest) = (width(first), width(rest));
    let of_line = |(number, line)| wrap(line, if number == 0 { width_of_first } else { width_of_rest }, width_of_rest);
    let mut lines = text.trim_end().lines().enumerate().flat_map(of_line);
    let mut indent = first;
    let mut n_lines = 0;
    for line in lines.by_ref().take(MAX_VALUE_LINES) {
        let _ = writeln!(block, "{}", format!("{indent}{line}").trim_end());
        indent = rest;
        n_lines += 1;
    }
    if n_lines == 0 {
        let _ = writeln!(block, "{}", first.trim_end());
    }
    let more = lines.count();
    if more > 0 {
        let _ = writeln!(block, "{rest}… {more} more lines");
    }
}

/// Breaks a line at spaces, or anywhere where there is none, into pieces of at most so many columns.
fn wrap(line: &str, width_of_first: usize, width_of_rest: usize) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = line;
    loop {
        let width = if pieces.is_empty() { width_of_first } else { width_of_rest };
        if columns(rest) <= width {
            break;
        }
        let (mut used, mut end, mut at_space) = (0, rest.len(), None);
        for (position, character) in rest.char_indices() {
            if used + width_of(character) > width && position > 0 {
                end = position;
                if character == ' ' {
                    at_space = Some(position);
                }
                break;
            }
            used += width_of(character);
            if character == ' ' && position > 0 {
                at_space = Some(position);
            }
        }
        // A word longer than half a line is better broken than the line left half empty.
        let end = at_space.filter(|&space| space > end / 2).unwrap_or(end);
        pieces.push(&rest[..end]);
        rest = rest[end..].trim_start_matches(' ');
    }
    if !rest.is_empty() || pieces.is_empty() {
        pieces.push(rest);
    }
    pieces
}

/// Cuts to a number of columns, with a mark where something is missing.
fn fit(text: &str, width: usize) -> String {
    if columns(text) <= width {
        return text.to_owned();
    }
    let mut used = 0;
    let mut shown = String::new();
    for character in text.chars() {
        if used + width_of(character) + 1 > width {
            break;
        }
        used += width_of(character);
        shown.push(character);
    }
    if width > 0 {
        shown.push('…');
    }
    shown
}

fn columns(text: &str) -> usize {
    // Colours of our own may stand in a lead; they take no room.
    let mut n_columns = 0;
    let mut is_colour = false;
    for character in text.chars() {
        match character {
            '\u{1b}' => is_colour = true,
            'm' if is_colour => is_colour = false,
            _ if is_colour => {}
            other => n_columns += width_of(other),
        }
    }
    n_columns
}

/// The columns of a character: the wide and the combining blocks of Unicode, roughly.
fn width_of(character: char) -> usize {
    match u32::from(character) {
        0x300..=0x36f | 0x200b..=0x200f | 0xfe00..=0xfe0f => 0,
        0x1100..=0x115f | 0x2e80..=0xa4cf | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xfe30..=0xfe6f | 0xff00..=0xff60 | 0xffe0..=0xffe6 => 2,
        0x1f300..=0x1faff | 0x20000..=0x3fffd => 2,
        _ => 1,
    }
}

/// Text that cannot act on a terminal or in the log of a CI, with tabs of a width that can be counted.
fn safe(text: &str) -> String {
    sanitize(text).replace('\t', "    ")
}

/// The same for what must stay on one line.
fn one_line(text: &str) -> String {
    sanitize_line(text).replace('\t', "    ")
}

#[cfg(test)]
mod tests {
    use super::{Screen, Style, TOLD_BYTES, case_line, columns, event_line, failure_block, finding_block, summary_block, wrap};
    use crate::{
        record::{Case, Entry, Failure},
        report::{check, sample::Sample},
        verdict::Status,
    };

    const FILE: Screen = Screen { style: Style::Plain, width: usize::MAX };

    fn cases(sample: Sample) -> Vec<Case> {
        let case = |entry| match entry {
            Entry::Case(case) => Some(case),
            _ => None,
        };
        sample.entries().into_iter().filter_map(case).collect()
    }

    #[test]
    fn a_finished_case_is_one_line() {
        let lines: Vec<String> = cases(Sample::Run).iter().map(|case| case_line(case, FILE)).collect();
        assert_eq!(
            lines,
            [
                "failed     api/plugins::the-index-lists-every-plugin  20 ms, 2 attempts",
                "passed     api/plugins::a-plugin-answers-by-its-name[affinder]  30 ms",
                "failed     api/plugins::a-plugin-answers-by-its-name[napari-svg]  38 ms",
                "flaky      api/home::shields-say-the-name  30 ms, 2 attempts, the first attempt said: no answer within 10 s",
                "blocked    api/metrics::downloads-are-counted  30 ms, cannot connect to api.staging.example.org: connection refused",
                "unreviewed api/home::the-home-sections-have-their-shape  20 ms",
                "failed     web/plugins::the-list-can-be-searched  82 ms",
                "passed     web/plugins::the-list-is-shown  20 ms",
                "skipped    api/plugins::a-plugin-can-be-renamed  protected",
            ]
        );
    }

    #[test]
    fn a_narrow_terminal_cuts_the_note_before_the_identity() {
        let case = &cases(Sample::Run)[4];
        for (width, expected) in [
            (80, "blocked    api/metrics::downloads-are-counted  30 ms, cannot connect to api.sta…"),
            (52, "blocked    api/metrics::downloads-are-counted  30 m…"),
            (40, "blocked    api/metrics::downloads-are-c…"),
            (1, "blocked    api/metrics::downl…"),
        ] {
            assert_eq!(case_line(case, Screen { style: Style::Plain, width }), expected);
        }
        let coloured = case_line(case, Screen { style: Style::Ansi, width: 40 });
        assert!(coloured.starts_with("\u{1b}[35mblocked   \u{1b}[0m api/"), "{coloured:?}");
        assert_eq!(columns(&coloured), 40);
    }

    #[test]
    fn a_failure_says_where_what_and_how_to_repeat_it() {
        let case = &cases(Sample::Run)[0];
        assert_eq!(
            failure_block(&case.id, &case.failures[0], "reports/latest", FILE),
            "failed api/plugins::the-index-lists-every-plugin\n  \
               suites/api/plugins.yaml:44:13\n  \
               GET /plugins/index on staging\n  \
               status is not as expected\n    \
                 expected  200\n    \
                 actual    500\n    \
                 response  {\"message\": \"Internal Server Error\", \"trace\": \"at index.py:41\"}\n    \
                 curl --header 'authorization: Bearer $STAGING_TOKEN' 'https://api.staging.example.org/plugins/index'\n"
        );
    }

    #[test]
    fn a_failure_of_a_page_says_where_its_picture_is() {
        let cases = cases(Sample::Run);
        let case = cases.iter().find(|case| case.id.starts_with("web/plugins::") && case.status == Status::Failed).unwrap();
        let block = failure_block(&case.id, &case.failures[0], "reports/latest", FILE);
        let path = format!("\n    screenshot  reports/latest/{}\n", case.failures[0].screenshot);
        assert!(block.ends_with(&path), "{block}");
        assert!(case.failures[0].screenshot.starts_with("artifacts/"));
    }

    #[test]
    fn a_long_list_does_not_push_all_else_off_the_screen() {
        let case = &cases(Sample::Run)[0];
        let long = || "y".repeat(5 * TOLD_BYTES);
        let failure = Failure { message: long(), expected: long(), actual: long(), ..case.failures[0].clone() };
        let block = failure_block(&case.id, &failure, "reports/latest", FILE);
        assert_eq!(block.lines().filter(|line| line.ends_with("y…")).count(), 3);
        assert!(block.len() < 4 * TOLD_BYTES, "{} bytes", block.len());
        let case = Case { reason: Some(long()), ..case.clone() };
        assert!(case_line(&case, FILE).ends_with("y…"));
    }

    #[test]
    fn a_finding_shows_its_first_places() {
        let summary = check::summary(&Sample::Compare.entries());
        assert_eq!(
            finding_block(&summary.findings[0], Screen { style: Style::Plain, width: 90 }),
            "  candidate-only breaking body $[*].version: `version` is gone from 23 rows of the index\n    (23 places) 9f3a1c7\n    production lacks it now; staging has it, and so had production before (run\n    2026-11-20). 7 samples a side never varied.\n    api/plugins::the-index-lists-every-plugin  GET /plugins/index  $[4].version\n      before    \"0.0.0\"\n      reference \"0.0.0\"\n      candidate (nothing)\n    api/plugins::the-index-lists-every-plugin  GET /plugins/index  $[7].version\n      before    \"0.1.1\"\n      reference \"0.1.1\"\n      candidate (nothing)\n    api/plugins::the-index-lists-every-plugin  GET /plugins/index  $[10].version\n      before    \"0.2.2\"\n      reference \"0.2.2\"\n      candidate (nothing)\n    … 20 more places\n"
        );
    }

    #[test]
    fn the_end_says_the_verdict_first_and_where_the_report_is() {
        let text = summary_block(&check::summary(&Sample::Run.entries()), "reports/latest/report.html", FILE);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "FAILED: 2 changed snapshot values; 3 of 9 cases failed, 1 blocked, 1 unreviewed");
        assert!(lines.contains(&"3 failed, 1 blocked, 1 unreviewed, 1 flaky, 2 passed, 1 skipped"), "{text}");
        assert_eq!(lines.last(), Some(&"report: reports/latest/report.html"));
        for (sample, expected) in [
            (Sample::Green, "PASSED: 3 cases passed"),
            (Sample::Compare, "No: 2 candidate-only regressions, 1 diverged value and 1 expected change not released; 3 of 4 cases failed"),
        ] {
            let text = summary_block(&check::summary(&sample.entries()), "", FILE);
            assert_eq!(text.lines().next(), Some(expected));
        }
    }

    #[test]
    fn quoted_text_neither_moves_the_cursor_nor_commands() {
        let entries = Sample::Hostile.entries();
        let case = &cases(Sample::Hostile)[0];
        let summary = check::summary(&entries);
        assert_eq!(case_line(case, FILE).lines().count(), 1);
        let mut text = case_line(case, FILE) + "\n" + &summary_block(&summary, "", FILE) + &finding_block(&summary.findings[0], FILE);
        for failure in &case.failures {
            text += &failure_block(&case.id, failure, "reports/latest", FILE);
        }
        for entry in &entries {
            text += &event_line(entry).unwrap_or_default();
            text.push('\n');
        }
        assert!(text.chars().all(|character| character == '\n' || !character.is_control()), "{text:?}");
        assert!(text.lines().all(|line| !line.trim_start().starts_with("::") && !line.contains("##")), "{text}");
        assert!(!text.contains('\u{202e}'));
    }

    #[test]
    fn an_event_is_one_line_of_json_without_bodies() {
        let entries = Sample::Run.entries();
        let lines: Vec<String> = entries.iter().filter_map(event_line).collect();
        assert_eq!(lines.len(), entries.len());
        let types: Vec<String> = lines
            .iter()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["type"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!((types[0].as_str(), types[1].as_str(), types.last().unwrap().as_str()), ("run", "revision", "end"));
        assert!(lines.iter().all(|line| !line.contains('\n') && !line.contains("Ada Example\\\"\\n")));
    }

    #[test]
    fn lines_are_wrapped_at_spaces_or_where_there_is_none() {
        for (line, width, expected) in [
            ("one two three", 8, vec!["one two", "three"]),
            ("abcdefghij", 4, vec!["abcd", "efgh", "ij"]),
            ("a bcdefghij", 6, vec!["a bcde", "fghij"]),
            ("", 4, vec![""]),
            ("日本語", 4, vec!["日本", "語"]),
        ] {
            assert_eq!(wrap(line, width, width), expected, "{line}");
        }
    }
}
