//! The parts of the page that are markup: what must be readable without a script.

use std::{fmt::Write as _, io};

use super::super::{
    diff::{self, Piece},
    summary::Summary,
    text::{cut, markup},
    words,
};
use crate::record::{Environment, Finding, Place, Role, Verdict};

/// How many findings show their places; the others have a line each.
const MAX_DETAILED: usize = 150;

/// How many lines of each list are shown.
const MAX_LISTED: usize = 500;

/// Of a value in a folded place, in bytes.
const FOLDED_VALUE: usize = 300;

/// What stands in the place of a reading that had nothing there.
const NOTHING: &str = "nothing here";

/// The answer, how much was tested, the environments.
pub(super) fn answer(summary: &Summary, out: &mut dyn io::Write) -> io::Result<()> {
    let answer = summary.answer();
    let (verdict, because) = answer.sentence.split_once(": ").unwrap_or((&answer.sentence, ""));
    let question = if summary.run.command == "compare" { " <span class=\"question\">May it stay live?</span>" } else { "" };
    writeln!(out, "<p class=\"eyebrow\">{}{question}</p>", markup(&first_upper(&words::title(summary))))?;
    writeln!(
        out,
        "<h1 id=\"answer\"><span class=\"verdict\">{}</span> <span class=\"because\">{}</span></h1>",
        markup(verdict),
        markup(&first_upper(because)),
    )?;
    bar(summary, out)?;
    writeln!(out, "<ul class=\"tally\" aria-label=\"Cases by status\">")?;
    for (status, n) in words::by_status(summary) {
        let status = status.name();
        let empty = if n == 0 { " none" } else { "" };
        writeln!(
            out,
            "<li><button type=\"button\" class=\"count s-{status}{empty}\" data-status=\"{status}\" aria-pressed=\"false\"><b>{}</b> {status}</button></li>",
            words::grouped(n),
        )?;
    }
    writeln!(out, "</ul>\n<p class=\"tested\">{}.</p>", markup(&words::tested(summary)))?;
    writeln!(out, "<div class=\"environments\">")?;
    for environment in &summary.run.environments {
        card(summary, environment, out)?;
    }
    writeln!(out, "</div>")
}

/// The cases by status as one bar. Its widths are attributes: the policy refuses inline styles.
fn bar(summary: &Summary, out: &mut dyn io::Write) -> io::Result<()> {
    let total = summary.counts.cases.total();
    if total == 0 {
        return Ok(());
    }
    writeln!(
        out,
        "<svg class=\"bar\" viewBox=\"0 0 1000 10\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{}\">",
        markup(&words::tally(summary))
    )?;
    let mut x = 0.0;
    for (status, n) in words::by_status(summary).into_iter().filter(|&(_, n)| n > 0) {
        // One of many thousands must still be seen.
        let width = (n as f64 / total as f64 * 1000.0).max(4.0);
        writeln!(out, "<rect class=\"s-{}\" x=\"{x:.1}\" y=\"0\" width=\"{width:.1}\" height=\"10\"/>", status.name())?;
        x += width;
    }
    writeln!(out, "</svg>")
}

fn card(summary: &Summary, environment: &Environment, out: &mut dyn io::Write) -> io::Result<()> {
    let role = if summary.run.command == "compare" { words::role(environment.role) } else { "environment" };
    writeln!(
        out,
        "<section class=\"environment\" aria-label=\"{role} {0}\"><p class=\"role\">{role}</p><p class=\"name\">{0}</p><dl>",
        markup(&environment.name)
    )?;
    let mut builds: Vec<&str> = summary.builds(environment.role, &environment.name).collect();
    let n_reads = builds.len();
    builds.dedup();
    let build = match (builds.as_slice(), n_reads) {
        ([], _) => "<span class=\"faint\">not known</span>".to_owned(),
        ([one], _) => format!("<code>{}</code> <span class=\"faint\">read {}</span>", markup(one), words::counted(n_reads as u64, "time")),
        (several, _) => several.iter().map(|build| format!("<code>{}</code>", markup(build))).collect::<Vec<_>>().join(", then "),
    };
    writeln!(out, "<dt>build</dt><dd>{build}</dd>")?;
    for (name, url) in &environment.urls {
        writeln!(out, "<dt>{}</dt><dd><code>{}</code></dd>", markup(name), markup(url))?;
    }
    if let Some(recorded) = &environment.recorded {
        writeln!(out, "<dt>recorded</dt><dd><code>{}</code></dd>", markup(recorded))?;
    }
    writeln!(out, "</dl></section>")
}

/// Links to the parts that have something in them.
pub(super) fn navigation(summary: &Summary, out: &mut dyn io::Write) -> io::Result<()> {
    for (anchor, name, n) in [
        ("findings", "Findings", summary.findings.len()),
        ("cases", "Cases", summary.rows.len()),
        ("hidden", "Hidden", summary.hidden.len()),
        ("not-observed", "Not observed", summary.not_observed.len()),
        ("warnings", "Warnings", summary.warnings.len()),
    ] {
        if n > 0 {
            writeln!(out, "<a href=\"#{anchor}\">{name} <span class=\"n\">{}</span></a>", words::grouped(n as u64))?;
        }
    }
    Ok(())
}

/// The findings: what fails open, the rest folded where something fails.
pub(super) fn findings(summary: &Summary, out: &mut dyn io::Write) -> io::Result<()> {
    if summary.findings.is_empty() {
        return Ok(());
    }
    let n_failing = summary.findings.iter().take_while(|finding| finding.fails).count();
    let (failing, others) = summary.findings.split_at(n_failing);
    writeln!(
        out,
        "<section id=\"findings\" aria-labelledby=\"findings-title\">\n<h2 id=\"findings-title\">Findings <span class=\"n\">{}</span></h2>",
        words::grouped(summary.findings.len() as u64)
    )?;
    for (number, finding) in failing.iter().enumerate() {
        article(summary, number, finding, out)?;
    }
    if !failing.is_empty() && !others.is_empty() {
        writeln!(
            out,
            "<details class=\"quiet\"><summary>{} that fail nothing</summary>",
            words::counted(others.len() as u64, "difference")
        )?;
    }
    for (number, finding) in others.iter().enumerate() {
        article(summary, n_failing + number, finding, out)?;
    }
    if !failing.is_empty() && !others.is_empty() {
        writeln!(out, "</details>")?;
    }
    writeln!(out, "</section>")
}

fn article(summary: &Summary, number: usize, finding: &Finding, out: &mut dyn io::Write) -> io::Result<()> {
    let (verdict, severity) = (finding.verdict.name(), finding.severity.name());
    let fails = if finding.fails { "fails" } else { "passes" };
    writeln!(out, "<article class=\"finding {fails} v-{verdict}\" id=\"finding-{number}\" aria-labelledby=\"finding-{number}-title\">")?;
    writeln!(
        out,
        "<p class=\"chips\"><span class=\"chip verdict\" title=\"{}\">{verdict}</span> <span class=\"chip severity-{severity}\" title=\"{}\">{severity}</span> <span class=\"where\">{} {} <code>{}</code></span> <span class=\"n\">{}</span></p>",
        words::verdict_means(finding.verdict),
        words::severity_means(finding.severity),
        finding.aspect.name(),
        markup(&finding.kind),
        markup(&cut(&finding.path, FOLDED_VALUE)),
        words::counted(finding.count, "place"),
    )?;
    writeln!(out, "<h3 id=\"finding-{number}-title\">{}</h3>", ticked(&finding.summary))?;
    writeln!(out, "<p class=\"why\">{}</p>", ticked(&finding.why))?;
    if number < MAX_DETAILED {
        places(summary, finding, out)?;
    }
    writeln!(
        out,
        "<p class=\"fingerprint\">{}. Fingerprint <code>{}</code></p>\n</article>",
        first_upper(words::verdict_means(finding.verdict)),
        markup(&finding.fingerprint)
    )
}

fn places(summary: &Summary, finding: &Finding, out: &mut dyn io::Write) -> io::Result<()> {
    let Some((first, others)) = finding.places.split_first() else { return Ok(()) };
    place(summary, finding.verdict, first, super::super::VALUE_LIMIT, out)?;
    if others.is_empty() {
        return Ok(());
    }
    let not_kept = finding.count.saturating_sub(finding.places.len() as u64);
    let rest = if not_kept == 0 { String::new() } else { format!(", and {} that are not kept", words::grouped(not_kept)) };
    writeln!(
        out,
        "<details class=\"more\"><summary>{} more place{}{rest}</summary>",
        others.len(),
        if others.len() == 1 { "" } else { "s" }
    )?;
    for other in others {
        place(summary, finding.verdict, other, FOLDED_VALUE, out)?;
    }
    writeln!(out, "</details>")
}

fn place(summary: &Summary, verdict: Verdict, place: &Place, limit: usize, out: &mut dyn io::Write) -> io::Result<()> {
    writeln!(
        out,
        "<div class=\"place\"><p class=\"at\"><a class=\"to-case\" href=\"#cases\" data-case=\"{0}\">{0}</a> <span>{1}</span> <code>{2}</code></p>",
        markup(&place.case),
        markup(&place.step),
        markup(&cut(&place.at, FOLDED_VALUE)),
    )?;
    let readings: Vec<(&str, Option<std::borrow::Cow<'_, str>>)> =
        words::readings(&place.readings).into_iter().map(|(name, reading)| (name, reading.map(|text| cut(text, limit)))).collect();
    // The last two are what is compared; what comes ahead of them tells which of the two changed.
    let (leading, compared) = readings.split_at(readings.len() - 2);
    let (expected, actual) = match (&compared[0].1, &compared[1].1) {
        (Some(expected), Some(actual)) => {
            let (expected, actual) = diff::mark(expected, actual);
            (Some(expected), Some(actual))
        }
        (expected, actual) => (expected.as_deref().map(diff::plain), actual.as_deref().map(diff::plain)),
    };
    writeln!(out, "<div class=\"sides sides-{}\">", readings.len())?;
    for (name, reading) in leading {
        // Without attribution there may be no record of before at all: silence of it is then not sameness.
        let is_known = reading.is_some() || tells_which_changed(verdict);
        let (note, absent) = match is_known {
            false => ("", "nothing known"),
            true if *reading == compared[0].1 => ("same as the reference", NOTHING),
            true if *reading == compared[1].1 => ("same as the candidate", NOTHING),
            true => ("", NOTHING),
        };
        side(summary, name, note, reading.as_deref().map(diff::plain).as_deref(), absent, out)?;
    }
    side(summary, compared[0].0, "", expected.as_deref(), NOTHING, out)?;
    side(summary, compared[1].0, "", actual.as_deref(), NOTHING, out)?;
    writeln!(out, "</div></div>")
}

/// Whether this verdict rests on what the candidate was before.
fn tells_which_changed(verdict: Verdict) -> bool {
    match verdict {
        Verdict::CandidateOnly | Verdict::Diverged | Verdict::NotReleased | Verdict::Released => true,
        Verdict::Different
        | Verdict::Changed
        | Verdict::Unsure
        | Verdict::Lagging
        | Verdict::Standing
        | Verdict::Gone
        | Verdict::Unchanged => false,
    }
}

fn side(summary: &Summary, name: &str, same: &str, pieces: Option<&[Piece<'_>]>, absent: &str, out: &mut dyn io::Write) -> io::Result<()> {
    let environment = |role| {
        summary.run.environments.iter().find(|environment| environment.role == role).map_or("", |environment| environment.name.as_str())
    };
    let of = match name {
        "reference" => environment(Role::Reference),
        "candidate" | "before" => environment(Role::Candidate),
        _ => "",
    };
    write!(out, "<figure class=\"side {name}\"><figcaption>{name}")?;
    for note in [of, same] {
        if !note.is_empty() {
            write!(out, " <span class=\"faint\">{}</span>", markup(note))?;
        }
    }
    write!(out, "</figcaption>")?;
    match pieces {
        None => write!(out, "<p class=\"nothing\">{absent}</p>")?,
        Some([]) => write!(out, "<p class=\"nothing\">empty text</p>")?,
        Some(pieces) => write!(out, "<pre>{}</pre>", marked(pieces))?,
    }
    writeln!(out, "</figure>")
}

/// Pieces of a value as markup.
pub(super) fn marked(pieces: &[Piece<'_>]) -> String {
    let mut text = String::new();
    for piece in pieces {
        let escaped = markup(piece.text);
        let _ = if piece.differs { write!(text, "<mark>{escaped}</mark>") } else { write!(text, "{escaped}") };
    }
    text
}

/// What was hidden, not observed, warned of; what people did; cases that were interrupted.
pub(super) fn lists(summary: &Summary, out: &mut dyn io::Write) -> io::Result<()> {
    let hidden = summary.hidden.iter().map(|hidden| {
        [
            format!("<code>{}</code>", markup(&hidden.rule)),
            format!("<code>{}</code>", markup(&hidden.path)),
            words::grouped(hidden.count),
            markup(&hidden.why),
        ]
    });
    table("hidden", "Hidden by tolerances", ["Rule", "Path", "Times", "Evidence"], hidden, out)?;
    let not_observed =
        summary.not_observed.iter().map(|what| [format!("<code>{}</code>", markup(&what.case)), markup(&what.what), markup(&what.why)]);
    table("not-observed", "Not observed", ["Case", "What", "Why"], not_observed, out)?;
    let warnings = summary.warnings.iter().map(|warning| {
        [warning.case.as_deref().map(|case| format!("<code>{}</code>", markup(case))).unwrap_or_default(), markup(&warning.message)]
    });
    table("warnings", "Warnings", ["Case", "Warning"], warnings, out)?;
    let notes = summary.notes.iter().map(|note| [markup(&note.action), format!("<code>{}</code>", markup(&note.what)), markup(&note.at)]);
    table("notes", "Since then", ["Action", "What", "When"], notes, out)?;
    let unfinished = summary.unfinished.iter().map(|case| [format!("<code>{}</code>", markup(case))]);
    table("unfinished", "Begun, but interrupted", ["Case"], unfinished, out)
}

fn table<const N: usize>(
    anchor: &str,
    title: &str,
    heads: [&str; N],
    rows: impl ExactSizeIterator<Item = [String; N]>,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let n = rows.len();
    if n == 0 {
        return Ok(());
    }
    writeln!(
        out,
        "<section id=\"{anchor}\" aria-labelledby=\"{anchor}-title\"><h2 id=\"{anchor}-title\">{title} <span class=\"n\">{}</span></h2>",
        words::grouped(n as u64)
    )?;
    writeln!(out, "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"{anchor}-title\"><table><thead><tr>")?;
    for head in heads {
        write!(out, "<th scope=\"col\">{head}</th>")?;
    }
    writeln!(out, "</tr></thead><tbody>")?;
    for row in rows.take(MAX_LISTED) {
        writeln!(out, "<tr><td>{}</td></tr>", row.join("</td><td>"))?;
    }
    writeln!(out, "</tbody></table></div>")?;
    if n > MAX_LISTED {
        writeln!(out, "<p class=\"faint\">{} more are in report.json.</p>", words::grouped((n - MAX_LISTED) as u64))?;
    }
    writeln!(out, "</section>")
}

/// When, with what, and the code that programs see.
pub(super) fn foot(summary: &Summary, out: &mut dyn io::Write) -> io::Result<()> {
    let run = &summary.run;
    write!(out, "<p>Started <time>{}</time>", markup(&run.started))?;
    match &summary.end {
        Some(end) => write!(out, ", finished <time>{}</time>, exit code {}", markup(&end.finished), end.exit_code)?,
        None => write!(out, ", not finished: the record ends in the middle")?,
    }
    write!(out, ". Seed {}. prodiff {}.", run.seed, markup(&run.prodiff))?;
    if !run.selection.is_empty() {
        write!(out, " Selected: <code>{}</code>.", markup(&run.selection.join(" ")))?;
    }
    writeln!(out, "</p>")
}

/// Text of ours in which code stands between backticks.
fn ticked(text: &str) -> String {
    let text = cut(text, super::super::VALUE_LIMIT);
    if text.matches('`').count() % 2 == 1 {
        return markup(&text);
    }
    let mut shown = String::new();
    for (number, part) in text.split('`').enumerate() {
        let escaped = markup(part);
        let _ = if number % 2 == 1 { write!(shown, "<code>{escaped}</code>") } else { write!(shown, "{escaped}") };
    }
    shown
}

fn first_upper(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}
