//! The parts of the page that are data: a row a case, and what happened in it, in blocks that are read when asked for.
//!
//! `rows` holds what the list shows. Steps and snapshots stand in the order of the record in blocks of about
//! [`CHUNK`] bytes, each with a table of its own texts, so that what repeats (headers, bodies) stands once a block.
//! `references` says for each row which records of which blocks are its own: `block * 1024 + number`.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    io,
};

use serde_json::{Value, json};

use super::{
    super::{
        diff::{self, Piece},
        format::{Entries, Files},
        order,
        summary::Summary,
        text::{VALUE_LIMIT, cut, inert_json, markup, visible},
        words,
    },
    attached::{Attached, Moment, Picture},
    page,
};
use crate::{
    record::{BodyReference, Case, Entry, Exchange, Failure, Page, Response, Snapshot, Step, Wanted},
    verdict::Status,
};

/// About how many bytes a block of details has.
const CHUNK: usize = 256 << 10;

/// Records of a block: what a reference can tell apart.
const MAX_RECORDS: usize = 1024;

/// From so many cases on, bodies of passed steps are cut, so that the page stays small enough to open at once.
const MANY_CASES: usize = 2000;

/// To so many bytes.
const SHORT_EXCERPT: usize = 300;

/// How many cases are shown without a script.
const MAX_WITHOUT_SCRIPT: usize = 200;

/// The statuses as the page numbers them.
const STATUSES: [Status; 6] = [Status::Failed, Status::Blocked, Status::Unreviewed, Status::Flaky, Status::Passed, Status::Skipped];

fn number_of(status: Status) -> usize {
    STATUSES.iter().position(|&one| one == status).expect("the list has every status")
}

/// The rows, and for readers without a script the cases that did not pass.
pub(super) fn cases(summary: &Summary, entries: &Entries<'_>, files: &Files<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let statuses: Vec<&str> = STATUSES.iter().map(|status| status.name()).collect();
    let is_compare = summary.run.command == "compare";
    write!(out, "<script type=\"application/json\" id=\"rows\">{{\"statuses\":{},\"compare\":{is_compare},\"rows\":[", json!(statuses))?;
    let mut shared = Texts::default();
    let mut without_script = String::new();
    let mut n_without_script = 0;
    let mut is_first = true;
    order::each_case(summary, entries, |row, case| {
        let separator = if is_first { "\n" } else { ",\n" };
        is_first = false;
        out.write_all(separator.as_bytes())?;
        let tags: Vec<usize> = case.tags.iter().map(|tag| shared.number(tag)).collect();
        let failures: Vec<Value> = case.failures.iter().map(failure).collect();
        let started = row.started_ms.map_or(-1.0, tenths);
        let value = json!([
            shown(&case.id),
            shown(&case.name),
            shared.number(&case.suite),
            number_of(case.status),
            case.attempts,
            tenths(case.duration_ms),
            started,
            shared.number(&case.file),
            case.line,
            tags,
            case.reason.as_deref().map(shown),
            failures,
            summary.finding_numbers_of(&case.id),
            [case.requests, case.expectations, case.snapshots, case.compared],
        ]);
        out.write_all(inert_json(&value.to_string()).as_bytes())?;
        let needs_showing = matches!(case.status, Status::Failed | Status::Blocked | Status::Unreviewed);
        if needs_showing {
            n_without_script += 1;
            if n_without_script <= MAX_WITHOUT_SCRIPT {
                push_without_script(&mut without_script, summary, case, files);
            }
        }
        Ok(())
    })?;
    writeln!(out, "],\"texts\":{}}}</script>", inert_json(&serde_json::to_string(&shared.all)?))?;
    writeln!(out, "<noscript><p>Without a script only the cases that did not pass are shown.</p>\n{without_script}")?;
    if n_without_script > MAX_WITHOUT_SCRIPT {
        writeln!(out, "<p>{} more are in report.json.</p>", words::grouped((n_without_script - MAX_WITHOUT_SCRIPT) as u64))?;
    }
    writeln!(out, "</noscript>")
}

fn push_without_script(text: &mut String, summary: &Summary, case: &Case, files: &Files<'_>) {
    use std::fmt::Write as _;
    let _ =
        writeln!(text, "<article class=\"plain-case\"><h3><span class=\"s-{0}\">{0}</span> {1}</h3>", case.status.name(), markup(&case.id));
    if let Some(reason) = &case.reason {
        let _ = writeln!(text, "<p>{}</p>", markup(&cut(reason, VALUE_LIMIT)));
    }
    for failure in &case.failures {
        let _ = writeln!(
            text,
            "<p><code>{}:{}:{}</code> {} on {}: {}</p>",
            markup(&failure.file),
            failure.line,
            failure.column,
            markup(&failure.step),
            markup(&failure.environment),
            markup(&cut(&failure.message, VALUE_LIMIT))
        );
        if !failure.expected.is_empty() || !failure.actual.is_empty() {
            let (expected, actual) = diff::mark(&failure.expected, &failure.actual);
            let _ = writeln!(
                text,
                "<dl><dt>expected</dt><dd><pre>{}</pre></dd><dt>actual</dt><dd><pre>{}</pre></dd></dl>",
                page::marked(&expected),
                page::marked(&actual)
            );
        }
    }
    let pictures: BTreeSet<&str> =
        case.failures.iter().map(|failure| failure.screenshot.as_str()).filter(|file| !file.is_empty()).collect();
    for file in pictures {
        let _ = writeln!(text, "<p>screenshot: <code>{}</code></p>", markup(&files.path(file)));
    }
    for finding in summary.findings_of(&case.id) {
        let _ = writeln!(text, "<p>{}: {}</p>", finding.verdict.name(), markup(&finding.summary));
    }
    text.push_str("</article>\n");
}

/// Everything that happened, in blocks, and where each case's part of it stands.
pub(super) fn details(summary: &Summary, entries: &Entries<'_>, files: &Files<'_>, out: &mut dyn io::Write) -> io::Result<()> {
    let passed: HashSet<&str> = summary.rows.iter().filter(|row| row.status == Status::Passed).map(|row| row.id.as_str()).collect();
    let is_long = summary.rows.len() >= MANY_CASES;
    let mut references: HashMap<String, Vec<usize>> = HashMap::new();
    let mut chunk = Chunk::default();
    let mut n_chunks = 0;
    let mut attached = Attached::new(files);
    for entry in entries(Wanted::Happenings)? {
        let case = match entry {
            Entry::Step(step) => {
                let limit = if is_long && passed.contains(step.case.as_str()) { SHORT_EXCERPT } else { VALUE_LIMIT };
                chunk.push_step(&step, limit, &mut attached, out)?;
                step.case
            }
            Entry::Snapshot(snapshot) => {
                chunk.push_snapshot(&snapshot);
                snapshot.case
            }
            Entry::Run(_)
            | Entry::CaseStarted(_)
            | Entry::Case(_)
            | Entry::Finding(_)
            | Entry::Hidden(_)
            | Entry::NotObserved(_)
            | Entry::Warning(_)
            | Entry::Revision(_)
            | Entry::Note(_)
            | Entry::End(_) => continue,
        };
        references.entry(case).or_default().push(n_chunks * MAX_RECORDS + chunk.records.len() - 1);
        if chunk.is_full() {
            std::mem::take(&mut chunk).write(n_chunks, out)?;
            n_chunks += 1;
        }
    }
    if !chunk.records.is_empty() {
        chunk.write(n_chunks, out)?;
    }
    write!(out, "<script type=\"application/json\" id=\"references\">[")?;
    for (number, row) in summary.rows.iter().enumerate() {
        if number > 0 {
            out.write_all(b",")?;
        }
        let own: &[usize] = references.get(&row.id).map_or(&[], Vec::as_slice);
        out.write_all(json!(own).to_string().as_bytes())?;
    }
    writeln!(out, "]</script>")
}

/// A block under construction.
#[derive(Default)]
struct Chunk {
    texts: Texts,
    records: Vec<Value>,
    size: usize,
}

impl Chunk {
    fn is_full(&self) -> bool {
        self.records.len() >= MAX_RECORDS || self.size + self.texts.size >= CHUNK
    }

    fn write(self, number: usize, out: &mut dyn io::Write) -> io::Result<()> {
        let texts = inert_json(&serde_json::to_string(&self.texts.all)?);
        write!(out, "<script type=\"application/json\" id=\"chunk-{number}\">{{\"texts\":{texts},\"records\":")?;
        // Numbers and lists only: there is nothing in it that could act.
        serde_json::to_writer(&mut *out, &self.records)?;
        writeln!(out, "}}</script>")
    }

    fn push(&mut self, record: Value) {
        self.size += 200;
        self.records.push(record);
    }

    fn push_step(&mut self, step: &Step, excerpt_limit: usize, attached: &mut Attached<'_>, out: &mut dyn io::Write) -> io::Result<()> {
        let expectations: Vec<Value> = step
            .expectations
            .iter()
            .map(|expectation| {
                let (expected, actual) = if expectation.holds {
                    (diff::plain(&expectation.expected), diff::plain(&expectation.actual))
                } else {
                    diff::mark(&expectation.expected, &expectation.actual)
                };
                json!([
                    expectation.line,
                    self.texts.number(&expectation.subject),
                    u8::from(expectation.holds),
                    self.texts.pieces(&expected),
                    self.texts.pieces(&actual)
                ])
            })
            .collect();
        let captures: Vec<[usize; 2]> = self.texts.pairs(&step.captures);
        let messages: Vec<usize> = step.failures.iter().map(|failure| self.texts.number(&failure.message)).collect();
        self.size += 40 * expectations.len();
        let record = json!([
            0,
            self.texts.number(&step.title),
            number_of(step.status),
            self.texts.number(words::role(step.role)),
            self.texts.number(&step.environment),
            step.attempt,
            self.texts.number(&format!("{}:{}", step.file, step.line)),
            tenths(step.at_ms),
            tenths(step.duration_ms),
            step.requests,
            step.exchange.as_ref().map(|exchange| self.exchange(exchange, excerpt_limit)),
            expectations,
            captures,
            messages,
            self.texts.number(&step.step),
            step.page.as_ref().map(|page| self.page(page, attached, out)).transpose()?,
        ]);
        self.push(record);
        Ok(())
    }

    fn page(&mut self, page: &Page, attached: &mut Attached<'_>, out: &mut dyn io::Write) -> io::Result<Value> {
        let Page { browser, url, title, status, redirects, console, requests, failed_requests, artifacts, no_picture, before, .. } = page;
        let redirects: Vec<Value> = redirects.iter().map(|redirect| json!([redirect.status, self.texts.number(&redirect.to)])).collect();
        let console: Option<Vec<[usize; 2]>> = console.as_ref().map(|lines| {
            let of_line =
                |line: &String| line.split_once(": ").map_or((String::new(), line.clone()), |(level, said)| (level.into(), said.into()));
            self.texts.pairs(&lines.iter().map(of_line).collect::<Vec<_>>())
        });
        let failed: Vec<usize> = failed_requests.iter().map(|request| self.texts.number(request)).collect();
        let (mut picture, mut kept) = (None, Vec::new());
        for (what, file) in artifacts {
            let path = self.texts.number(&attached.files.path(file));
            if what == "screenshot" {
                picture = Some(shot(path, attached.picture(file, Moment::Failed, out)?));
            } else {
                let text = attached.text(file, out)?;
                kept.push(json!([self.texts.number(what), path, text.block, text.is_whole]));
            }
        }
        let mut earlier = Vec::new();
        for (title, file) in before {
            let path = self.texts.number(&attached.files.path(file));
            earlier.push(json!([self.texts.number(title), shot(path, attached.picture(file, Moment::Before, out)?)]));
        }
        Ok(json!([
            self.texts.number(browser),
            self.texts.number(url),
            self.texts.number(title),
            status,
            redirects,
            console,
            requests,
            failed,
            picture,
            kept,
            earlier,
            no_picture.as_deref().map(|why| self.texts.number(why)),
        ]))
    }

    fn exchange(&mut self, exchange: &Exchange, excerpt_limit: usize) -> Value {
        let redirects: Vec<Value> =
            exchange.redirects.iter().map(|redirect| json!([redirect.status, self.texts.number(&redirect.to)])).collect();
        json!([
            self.texts.number(&exchange.method),
            self.texts.number(&exchange.url),
            self.texts.pairs(&exchange.request_headers),
            exchange.request_body.as_ref().map(|body| self.body(body, VALUE_LIMIT)),
            self.texts.number(&exchange.curl),
            redirects,
            exchange.response.as_ref().map(|response| self.response(response, excerpt_limit)),
            exchange.fault.as_deref().map(|fault| self.texts.number(fault)),
        ])
    }

    fn response(&mut self, response: &Response, excerpt_limit: usize) -> Value {
        json!([
            response.status,
            self.texts.number(&response.version),
            self.texts.number(&response.url),
            self.texts.pairs(&response.headers),
            self.body(&response.body, excerpt_limit),
            response.connect_ms.map(tenths),
            tenths(response.first_byte_ms),
            tenths(response.total_ms),
        ])
    }

    fn body(&mut self, body: &BodyReference, limit: usize) -> Value {
        let kind = serde_json::to_value(body.kind).expect("a kind is a word");
        let excerpt = cut(&body.excerpt, limit);
        json!([
            self.texts.number(kind.as_str().expect("a kind is a word")),
            body.size,
            self.texts.number(&excerpt),
            body.stored.as_deref().or(body.sha256.as_deref()).map(|name| self.texts.number(name)),
        ])
    }

    fn push_snapshot(&mut self, snapshot: &Snapshot) {
        let differences: Vec<Value> = snapshot
            .differences
            .iter()
            .map(|difference| {
                let (expected, actual) = match (&difference.expected, &difference.actual) {
                    (Some(expected), Some(actual)) => {
                        let (expected, actual) = diff::mark(expected, actual);
                        (Some(expected), Some(actual))
                    }
                    (expected, actual) => (expected.as_deref().map(diff::plain), actual.as_deref().map(diff::plain)),
                };
                json!([
                    self.texts.number(difference.kind.name()),
                    self.texts.number(&difference.at),
                    expected.map(|pieces| self.texts.pieces(&pieces)),
                    actual.map(|pieces| self.texts.pieces(&pieces)),
                ])
            })
            .collect();
        self.size += 60 * differences.len();
        let record = json!([
            1,
            self.texts.number(&snapshot.name),
            self.texts.number(words::outcome(snapshot.outcome)),
            self.texts.number(&snapshot.environment),
            self.texts.number(&snapshot.path),
            self.texts.number(&format!("{}:{}", snapshot.file, snapshot.line)),
            differences,
            snapshot.count,
            self.texts.number(&snapshot.title),
        ]);
        self.push(record);
    }
}

fn shot(path: usize, picture: Picture) -> Value {
    json!([path, picture.block, picture.size.0, picture.size.1])
}

/// Texts by number, each once.
#[derive(Default)]
struct Texts {
    all: Vec<String>,
    numbers: HashMap<String, usize>,
    size: usize,
}

impl Texts {
    fn number(&mut self, text: &str) -> usize {
        let cut = cut(text, VALUE_LIMIT);
        let text = visible(&cut);
        if let Some(&number) = self.numbers.get(&*text) {
            return number;
        }
        let number = self.all.len();
        self.size += text.len() + 4;
        self.all.push(text.clone().into_owned());
        self.numbers.insert(text.into_owned(), number);
        number
    }

    fn pairs(&mut self, pairs: &[(String, String)]) -> Vec<[usize; 2]> {
        pairs.iter().map(|(name, value)| [self.number(name), self.number(value)]).collect()
    }

    /// Pieces, alternately equal and different, beginning with an equal one.
    fn pieces(&mut self, pieces: &[Piece<'_>]) -> Vec<usize> {
        alternating(pieces).into_iter().map(|text| self.number(text)).collect()
    }
}

fn alternating<'a>(pieces: &[Piece<'a>]) -> Vec<&'a str> {
    let mut texts = Vec::with_capacity(pieces.len() + 1);
    if pieces.first().is_some_and(|piece| piece.differs) {
        texts.push("");
    }
    texts.extend(pieces.iter().map(|piece| piece.text));
    texts
}

fn failure(failure: &Failure) -> Value {
    let Failure { status, environment, file, line, column, step, message, expected, actual, excerpt, curl, screenshot: _ } = failure;
    let (expected, actual) = (cut(expected, VALUE_LIMIT), cut(actual, VALUE_LIMIT));
    let (marked_expected, marked_actual) = diff::mark(&expected, &actual);
    let texts = |pieces: &[Piece<'_>]| -> Vec<String> { alternating(pieces).into_iter().map(shown).collect() };
    json!([
        number_of(*status),
        shown(environment),
        format!("{}:{line}:{column}", shown(file)),
        shown(step),
        shown(message),
        texts(&marked_expected),
        texts(&marked_actual),
        shown(excerpt),
        shown(curl),
    ])
}

/// Text as the page shows it.
fn shown(text: &str) -> String {
    visible(&cut(text, VALUE_LIMIT)).into_owned()
}

/// Milliseconds to a tenth: what a page can show.
fn tenths(milliseconds: f64) -> f64 {
    (milliseconds * 10.0).round() / 10.0
}
