//! The sentences that terminal, JSON, JUnit, Markdown and HTML share.

use std::fmt::Write as _;

use super::summary::Summary;
use crate::{
    record::{Finding, Readings, Role, Severity, SnapshotOutcome, Verdict},
    verdict::Status,
};

/// What is said of a run whose record has no end.
pub const BEFORE_ITS_END: &str = "INTERRUPTED before its end";

/// What a run came to: the first thing every report says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// How it should look.
    pub mood: Mood,
    /// A verdict in capitals and why; for a comparison the answer to "may it stay live?".
    pub sentence: String,
}

/// How an answer should look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mood {
    /// Everything that was asked held.
    Good,
    /// Something is wrong.
    Bad,
    /// Could not look, or not to the end.
    Unknown,
    /// Somebody must look.
    Look,
}

impl Mood {
    /// A word for class names.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Bad => "bad",
            Self::Unknown => "unknown",
            Self::Look => "look",
        }
    }

    /// A mark for places that have no colours.
    #[must_use]
    pub fn mark(self) -> &'static str {
        match self {
            Self::Good => "✓",
            Self::Bad => "✗",
            Self::Unknown => "?",
            Self::Look => "!",
        }
    }
}

/// What a run came to. The exit code that was judged decides; nothing is judged here.
pub(super) fn answer(summary: &Summary) -> Answer {
    let is_compare = summary.run.command == "compare";
    let Some(end) = &summary.end else {
        return Answer { mood: Mood::Unknown, sentence: format!("{BEFORE_ITS_END}: {}", done_so_far(summary)) };
    };
    let (mood, verdict) = match (end.exit_code, is_compare) {
        (0, false) => (Mood::Good, "PASSED"),
        (0, true) => (Mood::Good, "Yes"),
        (1, false) => (Mood::Bad, "FAILED"),
        (1, true) => (Mood::Bad, "No"),
        (2, false) => (Mood::Bad, "SUITE ERROR"),
        (4, false) => (Mood::Unknown, "NOTHING TESTED"),
        (5, false) => (Mood::Look, "UNREVIEWED"),
        (5, true) => (Mood::Look, "Look first"),
        (130, false) => (Mood::Unknown, "INTERRUPTED"),
        (_, false) => (Mood::Unknown, "COULD NOT FIND OUT"),
        (_, true) => (Mood::Unknown, "Not known"),
    };
    let because = match end.exit_code {
        0 => all_is_well(summary, is_compare),
        1 => what_is_wrong(summary),
        2 => format!("a suite could not be read; of the others, {}", tally(summary)),
        4 => nothing_tested(summary, is_compare),
        5 => somebody_must_look(summary),
        130 if is_compare => format!("interrupted, {}", done_so_far(summary)),
        130 => done_so_far(summary),
        _ => could_not_look(summary),
    };
    let mut sentence = format!("{verdict}: {because}");
    if let Some(reason) = &end.reason {
        let _ = write!(sentence, "; {reason}");
    }
    if let Some(early) = end.ended_early.as_deref().filter(|_| end.exit_code != 130) {
        let _ = write!(sentence, " (ended early: {early})");
    }
    Answer { mood, sentence }
}

fn all_is_well(summary: &Summary, is_compare: bool) -> String {
    let cases = summary.counts.cases;
    let mut text = if is_compare {
        format!("{} compared, nothing regressed", counted(cases.passed + cases.flaky, "case"))
    } else {
        format!("{} passed", counted(cases.passed + cases.flaky, "case"))
    };
    append(&mut text, cases.flaky, "flaky");
    append(&mut text, cases.skipped, "skipped");
    text
}

fn what_is_wrong(summary: &Summary) -> String {
    let causes = failing_causes(&summary.findings);
    let cases = summary.counts.cases;
    let mut text = String::new();
    if !causes.is_empty() {
        text = enumerate(&causes);
    }
    if cases.failed > 0 {
        if !text.is_empty() {
            text.push_str("; ");
        }
        text.push_str(&of_all(summary, cases.failed, "failed"));
    }
    if text.is_empty() {
        text.push_str("no case failed");
        append(&mut text, cases.flaky, "flaky");
    }
    append(&mut text, cases.blocked, "blocked");
    append(&mut text, cases.unreviewed, "unreviewed");
    text
}

/// The findings that fail, counted by verdict in the order of [`Verdict`].
fn failing_causes(findings: &[Finding]) -> Vec<String> {
    const ALL: [Verdict; 11] = [
        Verdict::CandidateOnly,
        Verdict::Diverged,
        Verdict::NotReleased,
        Verdict::Different,
        Verdict::Changed,
        Verdict::Unsure,
        Verdict::Released,
        Verdict::Lagging,
        Verdict::Standing,
        Verdict::Gone,
        Verdict::Unchanged,
    ];
    let count = |verdict| findings.iter().filter(|finding| finding.fails && finding.verdict == verdict).count() as u64;
    ALL.into_iter().map(|verdict| (verdict, count(verdict))).filter(|&(_, n)| n > 0).map(|(verdict, n)| cause(verdict, n)).collect()
}

fn cause(verdict: Verdict, n: u64) -> String {
    match verdict {
        Verdict::CandidateOnly => counted(n, "candidate-only regression"),
        Verdict::Diverged => counted(n, "diverged value"),
        Verdict::NotReleased => format!("{} not released", counted(n, "expected change")),
        Verdict::Different => counted(n, "difference"),
        Verdict::Changed => counted(n, "changed snapshot value"),
        Verdict::Unsure => format!("{n} unsure"),
        Verdict::Released => counted(n, "released change"),
        Verdict::Lagging => format!("{n} lagging for too long"),
        Verdict::Standing => counted(n, "standing difference"),
        Verdict::Gone => format!("{n} gone"),
        Verdict::Unchanged => format!("{n} unchanged"),
    }
}

fn could_not_look(summary: &Summary) -> String {
    let mut text = of_all(summary, summary.counts.cases.blocked, "blocked");
    append(&mut text, summary.counts.cases.unreviewed, "unreviewed");
    text
}

fn somebody_must_look(summary: &Summary) -> String {
    let mut text = of_all(summary, summary.counts.cases.unreviewed, "unreviewed");
    append(&mut text, summary.counts.cases.flaky, "flaky");
    text
}

fn nothing_tested(summary: &Summary, is_compare: bool) -> String {
    match (summary.counts.cases.skipped, is_compare) {
        (0, false) => "no case was selected".to_owned(),
        (0, true) => "nothing was compared, no case was selected".to_owned(),
        (skipped, false) => format!("{} skipped", counted(skipped, "case")),
        (skipped, true) => format!("nothing was compared, {} skipped", counted(skipped, "case")),
    }
}

fn done_so_far(summary: &Summary) -> String {
    let planned = (summary.run.planned as u64).max(summary.counts.cases.total());
    let mut text = format!("{} of {} done", summary.counts.cases.total(), counted(planned, "case"));
    append(&mut text, summary.counts.cases.failed, "failed");
    append(&mut text, summary.counts.cases.blocked, "blocked");
    append(&mut text, summary.counts.cases.unreviewed, "unreviewed");
    text
}

fn append(text: &mut String, n: u64, what: &str) {
    if n > 0 {
        let _ = write!(text, ", {} {what}", grouped(n));
    }
}

fn of_all(summary: &Summary, n: u64, what: &str) -> String {
    format!("{} of {} {what}", grouped(n), counted(summary.counts.cases.total(), "case"))
}

/// The cases by status, worst first: `1 failed, 9 passed`; statuses without a case are left out.
#[must_use]
pub fn tally(summary: &Summary) -> String {
    let parts: Vec<String> =
        by_status(summary).into_iter().filter(|&(_, n)| n > 0).map(|(status, n)| format!("{} {}", grouped(n), status.name())).collect();
    if parts.is_empty() { "no cases".to_owned() } else { parts.join(", ") }
}

/// The number of cases of each status, worst first, skipped last.
#[must_use]
pub fn by_status(summary: &Summary) -> [(Status, u64); 6] {
    let cases = summary.counts.cases;
    [
        (Status::Failed, cases.failed),
        (Status::Blocked, cases.blocked),
        (Status::Unreviewed, cases.unreviewed),
        (Status::Flaky, cases.flaky),
        (Status::Passed, cases.passed),
        (Status::Skipped, cases.skipped),
    ]
}

/// How much was tested: `40 requests, 61 expectations, 12 snapshots; 5 differences hidden, …`.
#[must_use]
pub fn tested(summary: &Summary) -> String {
    let counts = summary.counts;
    format!(
        "{}, {}, {}; {} hidden, {} not observed, {} skipped, {}",
        counted(counts.requests, "request"),
        counted(counts.expectations, "expectation"),
        counted(counts.snapshots, "snapshot"),
        counted(counts.hidden, "difference"),
        counted(summary.not_observed.len() as u64, "thing"),
        counted(counts.cases.skipped, "case"),
        counted(counts.warnings, "warning"),
    )
}

/// `run` or `compare`, and of what: `compare staging → production, release 26.11.2`.
#[must_use]
pub fn title(summary: &Summary) -> String {
    let run = &summary.run;
    let mut names: Vec<&str> = Vec::new();
    for environment in &run.environments {
        names.push(&environment.name);
    }
    let mut text = match run.command.as_str() {
        "compare" => format!("compare {}", names.join(" → ")),
        other => format!("{other} on {}", names.join(", ")),
    };
    if let Some(release) = &run.release {
        let _ = write!(text, ", release {release}");
    }
    text
}

/// What a verdict means, in one sentence.
#[must_use]
pub fn verdict_means(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::CandidateOnly => "only the candidate changed: the reference is as the candidate was before",
        Verdict::Diverged => "reference, candidate and before all differ",
        Verdict::NotReleased => "the reference has the change, the candidate still has what it had before",
        Verdict::Different => "the two sides differ, and it cannot be said which of them changed",
        Verdict::Changed => "this run differs from the accepted baseline",
        Verdict::Unsure => "it varied too little to be noise and too much to be a difference",
        Verdict::Released => "both sides changed alike since the last release",
        Verdict::Lagging => "the sides show data of another age",
        Verdict::Standing => "known and accepted until its date",
        Verdict::Gone => "a known difference that is no longer seen",
        Verdict::Unchanged => "nothing differs",
    }
}

/// What a severity covers.
#[must_use]
pub fn severity_means(severity: Severity) -> &'static str {
    match severity {
        Severity::Breaking => "something that users or programs rely on is gone or has another type",
        Severity::Change => "a value, a text or an order is another one",
        Severity::Slower => "time, size or number of requests beyond the budget",
        Severity::Minor => "a field more, white space, the form of a number",
    }
}

/// What became of a snapshot, in a word or two.
#[must_use]
pub fn outcome(outcome: SnapshotOutcome) -> &'static str {
    match outcome {
        SnapshotOutcome::Equal => "equal",
        SnapshotOutcome::New => "new, waits for review",
        SnapshotOutcome::Changed => "changed",
        SnapshotOutcome::NotReviewable => "not reviewable, its step failed",
    }
}

/// A side's name.
#[must_use]
pub fn role(role: Role) -> &'static str {
    match role {
        Role::Reference => "reference",
        Role::Candidate => "candidate",
    }
}

/// The readings of a place by name, in the order in which they are shown.
#[must_use]
pub fn readings(readings: &Readings) -> Vec<(&'static str, Option<&str>)> {
    match readings {
        Readings::Compare { before, reference, candidate } => {
            vec![("before", before.as_deref()), ("reference", reference.as_deref()), ("candidate", candidate.as_deref())]
        }
        Readings::Run { expected, actual } => vec![("expected", expected.as_deref()), ("actual", actual.as_deref())],
    }
}

/// `1 case`, `2 cases`, `1,204 cases`.
#[must_use]
pub fn counted(n: u64, what: &str) -> String {
    format!("{} {what}{}", grouped(n), if n == 1 { "" } else { "s" })
}

/// A whole number with its thousands apart.
#[must_use]
pub fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Milliseconds for people: `12.5 ms`, `1.24 s`, `2 min 5 s`.
#[must_use]
pub fn duration(milliseconds: f64) -> String {
    if !milliseconds.is_finite() || milliseconds < 0.0 {
        return "?".to_owned();
    }
    if milliseconds < 10.0 {
        format!("{milliseconds:.1} ms")
    } else if milliseconds < 999.5 {
        format!("{milliseconds:.0} ms")
    } else if milliseconds < 59_995.0 {
        format!("{:.2} s", milliseconds / 1000.0)
    } else {
        let seconds = (milliseconds / 1000.0).round();
        format!("{:.0} min {:.0} s", (seconds / 60.0).floor(), seconds % 60.0)
    }
}

/// `a, b and c`.
#[must_use]
pub fn enumerate(parts: &[String]) -> String {
    match parts {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::{Mood, answer, duration, enumerate, grouped, tested, title};
    use crate::{
        record::{Counts, Entry},
        report::{check, sample::Sample},
    };

    /// The answer of a sample with another end.
    fn check(sample: Sample, exit_code: u8, cases: [u64; 6], reason: Option<&str>, mood: Mood, sentence: &str) {
        let mut summary = check::summary(&sample.entries());
        summary.findings.clear();
        let end = summary.end.as_mut().unwrap();
        (end.exit_code, end.reason) = (exit_code, reason.map(str::to_owned));
        let counted = &mut summary.counts.cases;
        [counted.passed, counted.flaky, counted.failed, counted.blocked, counted.unreviewed, counted.skipped] = cases;
        let answer = answer(&summary);
        assert_eq!((answer.mood, answer.sentence.as_str()), (mood, sentence));
    }

    #[test]
    fn every_exit_code_has_its_sentence() {
        for (exit_code, cases, mood, of_run, of_compare) in [
            (
                0,
                [38, 1, 0, 0, 0, 1],
                Mood::Good,
                "PASSED: 39 cases passed, 1 flaky, 1 skipped",
                "Yes: 39 cases compared, nothing regressed, 1 flaky, 1 skipped",
            ),
            (1, [37, 0, 2, 1, 0, 0], Mood::Bad, "FAILED: 2 of 40 cases failed, 1 blocked", "No: 2 of 40 cases failed, 1 blocked"),
            (3, [37, 0, 0, 3, 0, 0], Mood::Unknown, "COULD NOT FIND OUT: 3 of 40 cases blocked", "Not known: 3 of 40 cases blocked"),
            (4, [0, 0, 0, 0, 0, 5], Mood::Unknown, "NOTHING TESTED: 5 cases skipped", "Not known: nothing was compared, 5 cases skipped"),
            (5, [38, 0, 0, 0, 2, 0], Mood::Look, "UNREVIEWED: 2 of 40 cases unreviewed", "Look first: 2 of 40 cases unreviewed"),
            (
                130,
                [12, 0, 1, 0, 0, 0],
                Mood::Unknown,
                "INTERRUPTED: 13 of 13 cases done, 1 failed",
                "Not known: interrupted, 13 of 13 cases done, 1 failed",
            ),
        ] {
            check(Sample::Run, exit_code, cases, None, mood, of_run);
            check(Sample::Compare, exit_code, cases, None, mood, of_compare);
        }
        let of_suite = "SUITE ERROR: a suite could not be read; of the others, 3 passed";
        check(Sample::Run, 2, [3, 0, 0, 0, 0, 0], None, Mood::Bad, of_suite);
    }

    #[test]
    fn what_no_case_says_the_end_says() {
        let reason = Some("9 cases were tested, --expect-at-least asks for 12");
        let sentence = "FAILED: no case failed; 9 cases were tested, --expect-at-least asks for 12";
        check(Sample::Run, 1, [9, 0, 0, 0, 0, 0], reason, Mood::Bad, sentence);
    }

    #[test]
    fn a_comparison_answers_with_its_causes() {
        let summary = check::summary(&Sample::Compare.entries());
        assert_eq!(
            answer(&summary).sentence,
            "No: 2 candidate-only regressions, 1 diverged value and 1 expected change not released; 3 of 4 cases failed"
        );
        assert_eq!(title(&summary), "compare staging → production, release 26.11.2");
        assert_eq!(
            tested(&summary),
            "8 requests, 8 expectations, 0 snapshots; 17 differences hidden, 1 thing not observed, 0 cases skipped, 1 warning"
        );
    }

    #[test]
    fn a_record_without_an_end_was_interrupted() {
        let mut entries = Sample::Run.entries();
        entries.retain(|entry| !matches!(entry, Entry::End(_)));
        let summary = check::summary(&entries);
        assert_eq!(answer(&summary).sentence, "INTERRUPTED before its end: 9 of 10 cases done, 3 failed, 1 blocked, 1 unreviewed");
        let counted = Counts { requests: 9, expectations: 10, snapshots: 3, hidden: 2, warnings: 1, ..summary.counts };
        assert_eq!(summary.counts, counted);
    }

    #[test]
    fn numbers_and_times_are_for_people() {
        for (n, expected) in [(0, "0"), (999, "999"), (1000, "1,000"), (1_234_567, "1,234,567")] {
            assert_eq!(grouped(n), expected);
        }
        for (milliseconds, expected) in [
            (0.04, "0.0 ms"),
            (12.5, "12 ms"),
            (999.4, "999 ms"),
            (999.6, "1.00 s"),
            (59_990.0, "59.99 s"),
            (125_000.0, "2 min 5 s"),
            (f64::NAN, "?"),
        ] {
            assert_eq!(duration(milliseconds), expected);
        }
        assert_eq!(enumerate(&["a".to_owned(), "b".to_owned(), "c".to_owned()]), "a, b and c");
    }
}
