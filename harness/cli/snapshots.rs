//! Snapshots of a `run`: taken, held against their baselines, put where people review them.

use std::sync::Arc;

use prodiff_core::{
    compare,
    environment::{model::Baselines as Where, site::Site},
    execute::trace::StepTrace,
    finding::{Against, Findings, Judgement, Spot, Terms, judge_changed},
    json::{self, Json},
    normalise::Rules,
    plan::{Browser, Part, PlannedCase},
    record::{
        Aspect, Difference, Entry, Failure, Hidden, Kind, Snapshot, SnapshotOutcome, Step,
        observe::{EXCERPT, cut},
    },
    review::{self, Comparison, Pending, Taken, TakenContent, Waiting},
    snapshot::{Canonical, SnapshotKey, Variant},
    suite::model::SnapshotSpec,
    verdict::Status,
};

use super::recorder::Recorder;
use crate::store::baselines::{BaselineError, Baselines, Head};

/// The differences of one snapshot that the record lists.
const MOST_DIFFERENCES: usize = 200;

/// What snapshots are held against, and whether new ones may wait for review.
#[derive(Debug)]
pub struct Snapshots {
    /// The accepted ones.
    pub baselines: Baselines,
    /// Whether files are written.
    pub pending: Pending,
    /// The release's label.
    pub release: Option<String>,
}

/// A snapshot that did not change.
const NO_CAUSES: (Aspect, Vec<compare::Difference>) = (Aspect::Body, Vec::new());

/// A snapshot, judged.
#[derive(Debug)]
pub struct Judged {
    /// What the record says.
    pub entry: Snapshot,
    /// Why its case fails or is blocked for it.
    pub failure: Option<Failure>,
    waiting: Waiting,
    head: Head,
    canonical: Option<Canonical>,
    causes: (Aspect, Vec<compare::Difference>),
}

impl Judged {
    /// Puts its differences under their causes. Where all of them are known, its case does not fail for it.
    pub fn find(&mut self, findings: &mut Findings, terms: &Terms<'_>) {
        let (aspect, differences) = std::mem::replace(&mut self.causes, NO_CAUSES);
        if differences.is_empty() {
            return;
        }
        let judged = judge_changed(aspect, differences, terms);
        for place in &judged {
            if !self.entry.fingerprints.contains(&place.fingerprint) {
                self.entry.fingerprints.push(place.fingerprint.clone());
            }
            let spot = Spot { case: &self.entry.case, step: &self.entry.step, title: &self.entry.title, against: Against::Baseline };
            findings.add(spot, place);
        }
        if judged.iter().all(|place| place.judgement == Judgement::Pass) {
            self.failure = None;
            self.entry.outcome = SnapshotOutcome::Equal;
        }
    }

    /// What it makes of its case.
    #[must_use]
    pub fn status(&self) -> Status {
        match (&self.failure, self.entry.outcome) {
            (Some(failure), _) => failure.status,
            (None, SnapshotOutcome::New) => Status::Unreviewed,
            (None, SnapshotOutcome::Changed) => Status::Failed,
            (None, SnapshotOutcome::Equal | SnapshotOutcome::NotReviewable) => Status::Passed,
        }
    }
}

impl Snapshots {
    /// Takes and judges everything that a step's snapshot keeps.
    pub fn judge(
        &self,
        trace: &StepTrace,
        seen: &Seen<'_>,
        step: &Step,
        case: &PlannedCase,
        site: &Arc<Site>,
        recorder: &Recorder,
    ) -> Vec<Judged> {
        let written = &case.steps(trace.section)[trace.index];
        let Some(spec) = &written.snapshot else { return Vec::new() };
        let rules = case.rules(written);
        let taken = if trace.failures.is_empty() { Taken::Soundly } else { Taken::WhileFailing };
        let mut judged = Vec::new();
        for content in (seen.take)(spec, &rules) {
            for hidden in &content.hidden {
                recorder.put(&Entry::Hidden(Hidden {
                    rule: hidden.rule.to_owned(),
                    path: hidden.path.clone(),
                    count: hidden.count as u64,
                    why: format!("the suite says so ({})", case.id),
                }));
            }
            let key = key(case, content.name.clone());
            let place = Place { spec, step, key: &key, site, browser: case.browser.as_ref(), seen };
            judged.push(match content.canonical {
                Ok(canonical) => self.hold((canonical, content.form), taken, &rules, &place, recorder),
                Err(why) => self.not_taken(why, &place),
            });
        }
        judged
    }

    fn hold(
        &self,
        (canonical, form): (Canonical, review::Form),
        taken: Taken,
        rules: &Rules,
        place: &Place<'_>,
        recorder: &Recorder,
    ) -> Judged {
        let found = match self.baselines.find(place.key, &place.variant()) {
            Ok(found) => found,
            Err(error) => return self.not_taken(error.to_string(), place),
        };
        let compared = found.as_ref().map(|baseline| review::compare(&baseline.text, &canonical, rules));
        let comparison = match &compared {
            None => Comparison::NoBaseline,
            Some(compared) if compared.is_equal => Comparison::Equal,
            Some(_) => Comparison::Different,
        };
        let (outcome, waiting) = review::decide(comparison, taken, self.pending);
        // Where nobody has accepted anything yet, the environment says where its baseline will stand.
        let variant = match place.site.baselines {
            Where::Shared => Variant::default(),
            Where::Own => Variant { environment: Some(place.site.name.clone()), ..Variant::default() },
        };
        let path = found.as_ref().map_or_else(|| place.key.path(&variant), |baseline| baseline.path.clone());
        let actual = recorder.store(&canonical.text).unwrap_or_default();
        let expected = found.as_ref().and_then(|baseline| recorder.store(&format!("{}\n", baseline.text)));
        let differences = compared.as_ref().map(|compared| compared.comparison.differences.as_slice()).unwrap_or_default();
        let entry = Snapshot {
            differences: differences.iter().take(MOST_DIFFERENCES).map(|difference| listed(difference, canonical.json.is_some())).collect(),
            count: compared.as_ref().map_or(0, |compared| compared.comparison.n_differences),
            path,
            expected,
            actual,
            outcome,
            ..place.entry()
        };
        let failure = (outcome == SnapshotOutcome::Changed).then(|| place.failure(&entry));
        let causes = match (&found, compared) {
            (Some(baseline), Some(compared)) if outcome == SnapshotOutcome::Changed => {
                review::causes(&baseline.text, &canonical, form, rules).unwrap_or((Aspect::Body, compared.comparison.differences))
            }
            (_, _) => NO_CAUSES,
        };
        Judged { entry, failure, waiting, head: self.head(place, canonical.trailing_newline), canonical: Some(canonical), causes }
    }

    fn not_taken(&self, why: String, place: &Place<'_>) -> Judged {
        let entry = Snapshot { path: place.key.path(&Variant::default()), ..place.entry() };
        let failure = Failure { message: format!("snapshot `{}`: {why}", entry.name), ..place.failure(&entry) };
        Judged { entry, failure: Some(failure), waiting: Waiting::Leave, head: self.head(place, true), canonical: None, causes: NO_CAUSES }
    }

    fn head(&self, place: &Place<'_>, trailing_newline: bool) -> Head {
        Head {
            source: place.step.file.clone(),
            description: place.step.title.clone(),
            environment: place.site.name.clone(),
            release: self.release.clone(),
            status: place.seen.status,
            content_type: place.seen.content_type.clone(),
            trailing_newline,
        }
    }

    /// Writes or removes the file that waits for review.
    ///
    /// # Errors
    /// When that cannot be done.
    pub fn carry_out(&self, judged: &Judged) -> Result<(), BaselineError> {
        match (judged.waiting, &judged.canonical) {
            (Waiting::Write, Some(canonical)) => self.baselines.put_waiting(&judged.entry.path, &judged.head, canonical),
            (Waiting::Remove, _) => self.baselines.drop_waiting(&judged.entry.path).map(|_| ()),
            (Waiting::Write | Waiting::Leave, _) => Ok(()),
        }
    }
}

/// The key of a case's snapshot.
#[must_use]
pub fn key(case: &PlannedCase, name: String) -> SnapshotKey {
    let slug = match &case.part {
        Part::Case(written) => written.slug.clone(),
        Part::Before => String::from("before"),
        Part::After => String::from("after"),
    };
    SnapshotKey { suite: case.suite.path.clone(), case: slug, row: case.row_id.clone(), name }
}

/// What a snapshot is taken of.
pub struct Seen<'a> {
    /// Takes everything that a snapshot keeps of it.
    pub take: &'a dyn Fn(&SnapshotSpec, &Rules) -> Vec<TakenContent>,
    /// Status of the response; nothing for a page.
    pub status: Option<u16>,
    /// Its content type.
    pub content_type: Option<String>,
}

/// Where a snapshot was taken.
struct Place<'a> {
    spec: &'a SnapshotSpec,
    step: &'a Step,
    key: &'a SnapshotKey,
    site: &'a Site,
    browser: Option<&'a Browser>,
    seen: &'a Seen<'a>,
}

impl Place<'_> {
    /// For whom it was taken.
    fn variant(&self) -> Variant {
        Variant {
            environment: Some(self.site.name.clone()),
            browser: self.browser.map(|browser| browser.name.clone()),
            viewport: self.browser.map(|browser| browser.viewport.to_string()),
        }
    }

    fn entry(&self) -> Snapshot {
        Snapshot {
            case: self.step.case.clone(),
            environment: self.site.name.clone(),
            step: self.step.step.clone(),
            title: self.step.title.clone(),
            file: self.spec.span.source.name.clone(),
            line: self.spec.span.line(),
            name: self.key.name.clone(),
            outcome: SnapshotOutcome::NotReviewable,
            path: String::new(),
            expected: None,
            actual: String::new(),
            differences: Vec::new(),
            count: 0,
            fingerprints: Vec::new(),
            status: self.seen.status,
            content_type: self.seen.content_type.clone(),
        }
    }

    fn failure(&self, entry: &Snapshot) -> Failure {
        let position = self.spec.span.position();
        let first = entry.differences.first();
        let told = |value: Option<&String>| value.cloned().unwrap_or_else(|| String::from("nothing"));
        let at = first.map(|first| format!(", first {}", first.at)).unwrap_or_default();
        Failure {
            status: Status::Failed,
            environment: self.site.name.clone(),
            file: self.spec.span.source.name.clone(),
            line: position.line,
            column: position.column,
            step: self.step.title.clone(),
            message: format!("snapshot `{}` differs from {} in {}{at}", entry.name, entry.path, places(entry.count)),
            expected: first.map(|first| told(first.expected.as_ref())).unwrap_or_default(),
            actual: first.map(|first| told(first.actual.as_ref())).unwrap_or_default(),
            excerpt: String::new(),
            curl: self.step.exchange.as_ref().map(|exchange| exchange.curl.clone()).unwrap_or_default(),
            screenshot: String::new(),
        }
    }
}

fn places(count: usize) -> String {
    if count == 1 { String::from("1 place") } else { format!("{count} places") }
}

/// A difference as the record lists it.
#[must_use]
pub fn listed(difference: &compare::Difference, is_json: bool) -> Difference {
    let shown = |value: &Json| match value {
        Json::String(text) if !is_json => cut(text, EXCERPT),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::List(_) | Json::Map(_) => {
            cut(&json::to_compact(value), EXCERPT)
        }
    };
    Difference {
        aspect: if is_json { Aspect::Body } else { Aspect::Text },
        kind: kind(difference.kind),
        at: difference.at.to_string(),
        path: difference.pattern.clone(),
        expected: difference.expected.as_ref().map(shown),
        actual: difference.actual.as_ref().map(shown),
    }
}

fn kind(kind: compare::Kind) -> Kind {
    match kind {
        compare::Kind::Added => Kind::Added,
        compare::Kind::Removed => Kind::Removed,
        compare::Kind::Changed => Kind::Changed,
        compare::Kind::Retyped => Kind::Retyped,
        compare::Kind::Reordered => Kind::Reordered,
    }
}
