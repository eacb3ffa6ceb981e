//! One browser step: the action, its expectations tried again until they hold, what is kept, and what helps when it failed.

use std::{sync::Arc, time::Duration};

use super::{
    Keep,
    picture::{self, Concealed},
    request::{self, Trouble},
    rest::Rest,
    trace::{Captured, Kept, PageSeen, StepFailure},
};
use crate::{
    action::{
        Locator,
        page::{Emulation, Extract, PageAction, PageSetup, PageVerb, Probe},
    },
    assertion::{Context, Judgement, PageExpectations},
    environment::site::Site,
    extract::{Unresolved, locator::LocatorSpec},
    normalise::Rules,
    observation::{
        Fault, FaultKind,
        page::{Answer, PageObservation},
    },
    plan::PlannedCase,
    suite::model::{Compare, PageStep, PageVerbSpec, SnapshotContent, Step, Verb},
    template::{Scope, Template},
    verdict::Status,
};

/// The pause between two looks at a page whose expectations do not hold yet.
pub(super) const LOOK_EVERY: Duration = Duration::from_millis(100);
/// How long a page gets to show what an action did before `until` repeats it.
const ACT_AGAIN_AFTER: Duration = Duration::from_millis(500);
/// How long the element of a repeated action gets to be ready.
const REPEATED_WITHIN: Duration = Duration::from_secs(1);

/// A browser step under way.
#[derive(Debug)]
pub(super) struct PageFlight {
    action: PageAction,
    /// How many answers belong to `until`, to `expect`; the rest belong to the captures.
    n_until: usize,
    n_expect: usize,
    wait: Duration,
    phase: Phase,
    /// When the action was first begun, and when the page was first seen after it was done last.
    began: Duration,
    settled: Option<Duration>,
    seen: Option<PageObservation>,
    kept: Vec<Kept>,
    fault: Option<Fault>,
    rest: Rest,
    /// How `until` was judged once it held: from then on nothing is repeated, and the rest gets its own time.
    met: Option<Vec<Judgement>>,
    /// Whether the action was done at least once, and what refused it when it was to be done again.
    acted: bool,
    refused: Option<Fault>,
    navigations: u32,
    concealed: Concealed,
    /// Whether a picture is taken when the step has ended well, and what was taken.
    takes_picture: bool,
    picture: Vec<Kept>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Acting,
    Looking,
    Keeping,
    /// Taking a picture of a step that ended well.
    Picturing,
    /// Looking for what helps people to see why it failed.
    Explaining,
}

/// What a browser step needs next.
#[derive(Debug)]
pub(super) enum Leg {
    /// Perform this.
    Perform(Box<PageAction>),
    /// Wait until then, and look or act again.
    Wait(Duration),
    /// It has ended.
    Ended(Box<Ended>),
}

/// How a browser step ended.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) seen: Option<PageSeen>,
    /// How the page looked behind a step that ended well, where that was asked for.
    pub(super) picture: Vec<Kept>,
    pub(super) fault: Option<Fault>,
    pub(super) judgements: Vec<Judgement>,
    pub(super) captures: Vec<Captured>,
    pub(super) failures: Vec<StepFailure>,
    pub(super) navigations: u32,
}

/// What was found of a page at one look.
struct Look {
    judgements: Vec<Judgement>,
    captures: Vec<Captured>,
    failures: Vec<StepFailure>,
}

impl PageFlight {
    pub(super) fn new(action: PageAction, page: &PageStep, n_until: usize, n_expect: usize, wait: Duration, at: Duration) -> Self {
        let navigations = u32::from(matches!(page.verb, PageVerbSpec::Open(_) | PageVerbSpec::Reload));
        Self {
            action,
            n_until,
            n_expect,
            wait,
            phase: Phase::Acting,
            began: at,
            settled: None,
            seen: None,
            kept: Vec::new(),
            fault: None,
            rest: Rest::default(),
            met: None,
            acted: false,
            refused: None,
            navigations,
            concealed: Concealed::default(),
            takes_picture: false,
            picture: Vec::new(),
        }
    }

    /// Says what must not be seen in pictures, and whether one is taken when the step ends well.
    pub(super) fn picturing(mut self, concealed: Concealed, takes_picture: bool) -> Self {
        self.concealed = concealed;
        self.takes_picture = takes_picture && picture::is_worth_a_picture(&self.action.verb);
        self
    }

    /// The first leg: the action.
    pub(super) fn act(&mut self) -> Leg {
        self.phase = Phase::Acting;
        Leg::Perform(Box::new(self.action.clone()))
    }

    /// After a pause: the action again where `until` does not hold, else another look.
    pub(super) fn woke(&mut self, at: Duration) -> Leg {
        if self.phase == Phase::Keeping {
            return self.probe(self.rest.probes.clone());
        }
        let is_time = !self.acted || self.settled.is_some_and(|settled| at >= settled + ACT_AGAIN_AFTER);
        if self.n_until > 0 && self.met.is_none() && is_time {
            self.settled = None;
            self.navigations += u32::from(matches!(self.action.verb, PageVerb::Open(_) | PageVerb::Reload));
            return self.act_again();
        }
        self.look()
    }

    /// The action once more. It has little time: the action before may be heard late, and then nobody needs this one.
    fn act_again(&mut self) -> Leg {
        self.phase = Phase::Acting;
        let mut action = self.action.clone();
        let takes_its_time =
            matches!(action.verb, PageVerb::Open(_) | PageVerb::Back | PageVerb::Forward | PageVerb::Reload | PageVerb::Script(_));
        if self.acted && !takes_its_time {
            action.timeout = action.timeout.min(REPEATED_WITHIN);
        }
        Leg::Perform(Box::new(action))
    }

    fn look(&mut self) -> Leg {
        self.phase = Phase::Looking;
        let probes = self.action.probes.clone();
        self.probe(probes)
    }

    fn probe(&self, probes: Vec<Probe>) -> Leg {
        Leg::Perform(Box::new(PageAction { verb: PageVerb::Look, probes, cookies: Vec::new(), ..self.action.clone() }))
    }

    /// Takes what came of the last leg.
    pub(super) fn observed(
        &mut self,
        observed: Result<PageObservation, Fault>,
        (step, page): (&Step, &PageStep),
        context: &Context<'_>,
        keeps: &Keeps,
        at: Duration,
    ) -> Leg {
        match (self.phase, observed) {
            (Phase::Acting, Err(fault)) if self.n_until > 0 && may_come(&fault) && self.acted => {
                // The action before may have been heard after all: then what it opened covers what it was done on.
                self.refused = Some(fault);
                self.look()
            }
            (Phase::Acting, Err(fault)) if self.n_until > 0 && may_come(&fault) && at < self.began + self.wait => {
                // What could not be acted on may be there after the page has done something.
                self.settled = Some(at.saturating_sub(ACT_AGAIN_AFTER));
                Leg::Wait(at + LOOK_EVERY)
            }
            (Phase::Acting | Phase::Looking | Phase::Keeping, Err(fault)) => self.fail(fault),
            (Phase::Acting | Phase::Looking, Ok(observation)) => {
                self.acted |= self.phase == Phase::Acting;
                self.settled.get_or_insert(at);
                self.merge(observation);
                self.judge((step, page), context, keeps, at)
            }
            (Phase::Keeping, Ok(observation)) => {
                if !self.rest.take(&observation, at, self.wait) {
                    return Leg::Wait(at + LOOK_EVERY);
                }
                let PageObservation { answers, .. } = observation.clone();
                // What was judged stays judged; all else is as it is now that the page is at rest.
                let judged = self.seen.as_ref().map(|seen| seen.answers.clone()).unwrap_or_default();
                self.merge(PageObservation { answers: judged, ..observation });
                self.kept = keeps.probes.iter().zip(answers).map(|((what, _), answer)| Kept { what: what.clone(), answer }).collect();
                let look = self.judged((step, page), context);
                if look.as_ref().is_some_and(|look| !look.failures.is_empty()) {
                    // What came while the page came to rest is looked at for people as any other failure is.
                    return self.explain();
                }
                self.end_well(look)
            }
            (Phase::Picturing, observed) => {
                // A picture is for people: that there is none changes nothing of the step.
                if let Ok(observation) = observed {
                    self.picture = self.concealed.kept(self.is_in_frame(), observation.answers);
                }
                self.end(self.judged((step, page), context))
            }
            (Phase::Explaining, observed) => {
                if let Ok(mut observation) = observed {
                    let mut answers = std::mem::take(&mut observation.answers);
                    let of_picture = answers.split_off(EVIDENCE.len().min(answers.len()));
                    self.kept = EVIDENCE.iter().zip(answers).map(|(what, answer)| Kept { what: (*what).to_owned(), answer }).collect();
                    self.kept.extend(self.concealed.kept(self.is_in_frame(), of_picture));
                    if self.fault.is_some() {
                        self.seen = Some(observation);
                        return self.end(None);
                    }
                }
                self.end(self.judged((step, page), context))
            }
        }
    }

    /// What only the action yields is kept over later looks.
    fn merge(&mut self, mut fresh: PageObservation) {
        if let Some(before) = self.seen.take() {
            fresh.result = fresh.result.or(before.result);
            fresh.document = fresh.document.or(before.document);
            fresh.withheld.splice(0..0, before.withheld);
        }
        self.seen = Some(fresh);
    }

    fn judge(&mut self, (step, page): (&Step, &PageStep), context: &Context<'_>, keeps: &Keeps, at: Duration) -> Leg {
        let Some(look) = self.judged((step, page), context) else { return self.end(None) };
        if self.n_until > 0 && self.met.is_none() {
            let n_judged = self.judged_until(page, context).len();
            let until = &look.judgements[..n_judged.min(look.judgements.len())];
            if until.iter().all(|judgement| judgement.holds) {
                self.met = Some(until.to_vec());
                self.settled = Some(at);
                self.refused = None;
            }
        }
        let settled = self.settled.unwrap_or(at);
        let deadline = if self.n_until > 0 && self.met.is_none() { self.began + self.wait } else { settled + self.wait };
        if look.failures.is_empty() {
            let wants_rest = [&page.until, &page.expect].into_iter().flatten().any(PageExpectations::wants_rest);
            if keeps.probes.is_empty() && !wants_rest {
                return self.end_well(Some(look));
            }
            self.phase = Phase::Keeping;
            self.rest = Rest::of(keeps.probes.iter().map(|(_, probe)| probe.clone()).collect());
            return self.probe(self.rest.probes.clone());
        }
        let can_change = look.failures.iter().any(|failure| failure.status == Status::Failed);
        if can_change && at + LOOK_EVERY <= deadline {
            return Leg::Wait(at + LOOK_EVERY);
        }
        match self.refused.take() {
            Some(fault) => self.fail(fault),
            None => self.explain(),
        }
    }

    fn judged(&self, (step, page): (&Step, &PageStep), context: &Context<'_>) -> Option<Look> {
        let seen = self.seen.as_ref()?;
        let (_, rest) = seen.answers.split_at(self.n_until.min(seen.answers.len()));
        let (expect, captures) = rest.split_at(self.n_expect.min(rest.len()));
        let judge = |expectations: &Option<PageExpectations>, answers: &[Answer]| {
            expectations.as_ref().map(|expectations| expectations.judge(seen, answers, context)).unwrap_or_default()
        };
        let mut judgements = self.judged_until(page, context);
        judgements.extend(judge(&page.expect, expect));
        let mut failures: Vec<StepFailure> =
            judgements.iter().filter(|judgement| !judgement.holds).map(|one| failure_of(one, step)).collect();
        let mut taken = Vec::new();
        let mut answers = captures.iter();
        for (name, capture) in &page.captures {
            let answer = if matches!(capture.probe(context.scope), Ok(Some(_))) { answers.next() } else { None };
            match capture.take(seen, answer, context.scope) {
                Ok(captured) => taken.push(Captured { name: name.name.clone(), value: captured.value, secret: captured.secret }),
                Err(failure) => failures.push(StepFailure {
                    status: Status::Failed,
                    span: name.span.clone(),
                    message: format!("capture `{}`: {}", name.name, failure.message),
                    expected: String::new(),
                    actual: String::new(),
                }),
            }
        }
        Some(Look { judgements, captures: taken, failures })
    }

    /// `until` as it held once, else by what is seen now.
    fn judged_until(&self, page: &PageStep, context: &Context<'_>) -> Vec<Judgement> {
        let (Some(seen), Some(until)) = (&self.seen, &page.until) else { return Vec::new() };
        let answers = &seen.answers[..self.n_until.min(seen.answers.len())];
        self.met.clone().unwrap_or_else(|| until.judge(seen, answers, context))
    }

    /// The action could not be done. Where there still is a page, it is looked at so that people see why.
    fn fail(&mut self, fault: Fault) -> Leg {
        let leaves_a_page =
            matches!(fault.kind, FaultKind::NotActionable | FaultKind::PageTimeout | FaultKind::Script | FaultKind::PageFailed);
        self.fault = Some(fault);
        if leaves_a_page { self.explain() } else { self.end(None) }
    }

    fn explain(&mut self) -> Leg {
        self.phase = Phase::Explaining;
        let mut probes = vec![Probe::Aria(Extract::default()), Probe::Html(Extract::default())];
        probes.extend(self.concealed.probes(self.is_in_frame()));
        self.probe(probes)
    }

    fn is_in_frame(&self) -> bool {
        !self.action.frames.is_empty()
    }

    fn end_well(&mut self, look: Option<Look>) -> Leg {
        if self.takes_picture {
            self.phase = Phase::Picturing;
            return self.probe(self.concealed.probes(self.is_in_frame()));
        }
        self.end(look)
    }

    fn end(&mut self, look: Option<Look>) -> Leg {
        let Look { judgements, captures, failures } =
            look.unwrap_or_else(|| Look { judgements: Vec::new(), captures: Vec::new(), failures: Vec::new() });
        let seen = self.seen.take().map(|page| PageSeen { page, kept: std::mem::take(&mut self.kept), before: Vec::new() });
        let fault = self.fault.take();
        let picture = std::mem::take(&mut self.picture);
        Leg::Ended(Box::new(Ended { seen, picture, fault, judgements, captures, failures, navigations: self.navigations }))
    }

    /// Navigations that were begun so far: they count as requests.
    pub(super) fn navigations(&self) -> u32 {
        self.navigations
    }
}

/// The tree of a page that was opened, which is kept to be compared.
const PAGE: &str = "page";

/// What is looked at when a step has failed, besides a picture, by the names under which it is kept.
const EVIDENCE: [&str; 2] = ["aria", "html"];

/// Whether a fault may be gone after the page has done something.
fn may_come(fault: &Fault) -> bool {
    matches!(fault.kind, FaultKind::NotActionable)
}

fn failure_of(judgement: &Judgement, step: &Step) -> StepFailure {
    StepFailure {
        status: if judgement.was_observed { Status::Failed } else { Status::Blocked },
        span: judgement.span.clone().unwrap_or_else(|| step.span.clone()),
        message: format!("{}: {}", judgement.subject, judgement.message),
        expected: judgement.expected.clone(),
        actual: judgement.actual.clone(),
    }
}

/// What a step keeps of its page once all that it expects holds, with the names of what is kept.
#[derive(Debug, Default)]
pub(super) struct Keeps {
    pub(super) probes: Vec<(String, Probe)>,
}

impl Keeps {
    /// What a step's snapshot keeps: the names are the places of its contents.
    pub(super) fn of(step: &Step, ignored: &Rules, scope: &Scope, keep: Keep) -> Result<Self, Unresolved> {
        let except = ignored.locators().map(|spec| spec.resolve(scope)).collect::<Result<Vec<_>, _>>()?;
        let mut probes = Vec::new();
        let is_open = matches!(&step.verb, Verb::Page(page) if matches!(page.verb, PageVerbSpec::Open(_)));
        if is_open && keep == Keep::ForComparison && step.compare == Compare::Yes {
            probes.push((String::from(PAGE), Probe::Aria(Extract { at: None, except: except.clone() })));
        }
        for (index, content) in step.snapshot.iter().flat_map(|snapshot| snapshot.contents.iter().enumerate()) {
            let part = |at: &Option<Box<LocatorSpec>>| {
                let at = at.as_ref().map(|at| at.resolve(scope)).transpose()?;
                Ok::<_, Unresolved>(Extract { at, except: except.clone() })
            };
            let probe = match content {
                SnapshotContent::Aria(at) => Probe::Aria(part(at)?),
                SnapshotContent::PageText(at) => Probe::Text(part(at)?),
                SnapshotContent::PageHtml(at) => Probe::Html(part(at)?),
                SnapshotContent::Body
                | SnapshotContent::Json
                | SnapshotContent::Text
                | SnapshotContent::Shape
                | SnapshotContent::Headers(_) => continue,
            };
            probes.extend(content.kept_as(index).map(|what| (what, probe)));
        }
        Ok(Self { probes })
    }
}

/// A browser step ready to be performed.
pub(super) struct Resolved {
    pub(super) action: PageAction,
    pub(super) n_until: usize,
    pub(super) n_expect: usize,
    pub(super) title: String,
    /// The element that it fills with a secret.
    pub(super) conceals: Option<Locator>,
}

/// Resolves a browser step in a scope.
pub(super) fn resolve(
    page: &PageStep,
    step: &Step,
    case: &PlannedCase,
    site: &Site,
    setup: &Arc<PageSetup>,
    scope: &Scope,
    title: &mut String,
) -> Result<Resolved, Trouble> {
    let at = |spec: &LocatorSpec| spec.resolve(scope).map_err(|error| trouble(spec, error));
    let text = |template: &Template| template.render_text(scope).map(|rendered| rendered.text).map_err(Trouble::from);
    let texts = |templates: &[Template]| templates.iter().map(text).collect::<Result<Vec<_>, _>>();
    let shown = |spec: &LocatorSpec| spec.phrase(scope);
    let wait = page.wait.unwrap_or(case.wait);
    let navigation = step.timeout.unwrap_or(case.timeout);
    let mut timeout = wait;
    let mut conceals = None;
    let verb = match &page.verb {
        PageVerbSpec::Open(target) => {
            timeout = navigation;
            let rendered = text(target)?;
            *title = format!("open {rendered}");
            PageVerb::Open(request::locate(&rendered, target.source(), case, site)?)
        }
        PageVerbSpec::Back | PageVerbSpec::Forward | PageVerbSpec::Reload => {
            timeout = navigation;
            let (name, verb) = match &page.verb {
                PageVerbSpec::Back => ("back", PageVerb::Back),
                PageVerbSpec::Forward => ("forward", PageVerb::Forward),
                _ => ("reload", PageVerb::Reload),
            };
            name.clone_into(title);
            verb
        }
        PageVerbSpec::Gesture(gesture) => {
            *title = format!("{} {}", gesture.gesture.name(), shown(&gesture.on));
            PageVerb::Gesture { gesture: gesture.gesture, on: at(&gesture.on)? }
        }
        PageVerbSpec::Fill { into, value } => {
            *title = format!("fill {}", shown(into));
            let into = at(into)?;
            let rendered = value.render_text(scope).map_err(Trouble::from)?;
            conceals = rendered.secret.then(|| into.clone());
            PageVerb::Fill { into, value: rendered.text }
        }
        PageVerbSpec::Select { within, options } => {
            let options = texts(options)?;
            *title = format!("select {} in {}", options.join(", "), shown(within));
            PageVerb::Select { within: at(within)?, options }
        }
        PageVerbSpec::Upload { to, files } => {
            *title = format!("upload to {}", shown(to));
            // Which folder they are relative to is for the shell to say.
            PageVerb::Upload { to: at(to)?, files: texts(files)?.into_iter().map(Into::into).collect() }
        }
        PageVerbSpec::Drag { from, to } => {
            *title = format!("drag {} to {}", shown(from), shown(to));
            PageVerb::Drag { from: at(from)?, to: at(to)? }
        }
        PageVerbSpec::Press { keys, on } => {
            let keys = text(keys)?;
            *title = format!("press {keys}");
            PageVerb::Press { keys, on: on.as_ref().map(at).transpose()? }
        }
        PageVerbSpec::ScrollTo(to) => {
            *title = format!("scroll to {}", shown(to));
            PageVerb::ScrollTo(at(to)?)
        }
        PageVerbSpec::ScrollBy { x, y } => {
            *title = format!("scroll by {x}, {y}");
            PageVerb::ScrollBy { x: *x, y: *y }
        }
        PageVerbSpec::AcceptDialog(answer) => {
            "accept_dialog".clone_into(title);
            PageVerb::AcceptDialog(answer.as_ref().map(text).transpose()?)
        }
        PageVerbSpec::DismissDialog => {
            "dismiss_dialog".clone_into(title);
            PageVerb::DismissDialog
        }
        PageVerbSpec::Switch(window) => {
            "switch window".clone_into(title);
            PageVerb::Switch(*window)
        }
        PageVerbSpec::CloseWindow => {
            "close_window".clone_into(title);
            PageVerb::CloseWindow
        }
        PageVerbSpec::Resize(viewport) => {
            *title = format!("resize {viewport}");
            PageVerb::Resize(*viewport)
        }
        PageVerbSpec::Emulate(spec) => {
            "emulate".clone_into(title);
            let some = |template: &Option<Template>| template.as_ref().map(text).transpose();
            PageVerb::Emulate(Emulation {
                dark: spec.dark,
                reduced_motion: spec.reduced_motion,
                offline: spec.offline,
                timezone: some(&spec.timezone)?,
                locale: some(&spec.locale)?,
                geolocation: spec.geolocation.clone(),
                user_agent: some(&spec.user_agent)?,
                device: spec.device,
            })
        }
        PageVerbSpec::Script(script) => {
            "script".clone_into(title);
            PageVerb::Script(text(script)?)
        }
        PageVerbSpec::Look => {
            "look".clone_into(title);
            PageVerb::Look
        }
    };
    let probes_of = |expectations: &Option<PageExpectations>| match expectations {
        Some(expectations) => expectations.probes(scope).map_err(|error| Trouble::from(error.message)),
        None => Ok(Vec::new()),
    };
    let mut probes = probes_of(&page.until)?;
    let n_until = probes.len();
    probes.extend(probes_of(&page.expect)?);
    let n_expect = probes.len() - n_until;
    for (_, capture) in &page.captures {
        probes.extend(capture.probe(scope).map_err(|error| Trouble::from(error.message))?);
    }
    let action = PageAction {
        setup: Arc::clone(setup),
        cookies: Vec::new(),
        frames: page.frames.iter().map(at).collect::<Result<_, _>>()?,
        verb,
        probes,
        timeout,
    };
    Ok(Resolved { action, n_until, n_expect, title: std::mem::take(title), conceals })
}

fn trouble(spec: &LocatorSpec, error: Unresolved) -> Trouble {
    Trouble { span: Some(spec.span().clone()), message: error.message }
}
