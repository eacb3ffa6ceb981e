//! Pairs played against sites that are functions: what goes out, what comes in, what is said of it.

mod lockstep;
mod noisy;
mod sampling;
mod three;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};
use url::Url;

use super::*;
use crate::{
    action::{HttpRequest, Limit, Session, Transport},
    attribute,
    diagnostic::Source,
    environment::{
        model::{Baselines, Protect},
        site::{Guards, Mutations, Site},
    },
    execute,
    finding::{self, Judged, Judgement, Terms},
    json,
    known::{Approved, Known},
    mask::{Naming, Origins, Secrets},
    observation::{Body, Content, FaultKind, HttpResponse, Timing},
    plan::{self, PlannedCase},
    record::Severity,
    suite,
    template::Surroundings,
    yaml::{self, Collector},
};

/// What a site answers: status, headers, body.
pub(super) type Answered = Result<(u16, Vec<(&'static str, String)>, String), FaultKind>;

pub(super) fn ok(body: impl Into<String>) -> Answered {
    Ok((200, vec![("content-type", String::from("application/json"))], body.into()))
}

fn began() -> DateTime<Utc> {
    "2026-11-23T10:00:00Z".parse().unwrap()
}

fn site(role: Role) -> Arc<Site> {
    let name = match role {
        Role::Reference => "staging",
        Role::Candidate => "production",
    };
    Arc::new(Site {
        name: name.to_owned(),
        urls: vec![(String::from("web"), Url::parse(&format!("https://{name}.test")).unwrap())],
        aliases: Vec::new(),
        any_name: false,
        default_url: None,
        variables: BTreeMap::new(),
        headers: Vec::new(),
        cookies: Vec::new(),
        authorization: None,
        refresh: None,
        settle: None,
        indexable: None,
        revision: None,
        protect: Protect::Open,
        limit: Limit::default(),
        transport: Transport::default(),
        baselines: Baselines::Shared,
        pages: crate::environment::site::SitePages::default(),
        guards: Arc::new(Guards::new([], Mutations::Guarded)),
    })
}

/// The one case of a suite, its `cases` as written.
pub(super) fn case(steps: &str) -> Arc<PlannedCase> {
    let text = format!("suite: S\n{steps}");
    let source = Source::new("suites/s.yaml", text);
    let (tree, diagnostics) = yaml::read(&source);
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let collector = Collector::new();
    let suite = suite::read(&tree.unwrap(), &source, "s", &collector);
    let diagnostics = collector.into_diagnostics();
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let options = plan::Options {
        selection: plan::Selection::default(),
        timeout: None,
        default_timeout: None,
        browsers: Vec::new(),
        retries: None,
        seed: 7,
        began: began(),
    };
    let surroundings = Arc::new(Surroundings::default());
    let plan = plan::build(&[Arc::new(suite.unwrap())], &site(Role::Reference), &surroundings, &BTreeMap::new(), &options).unwrap();
    Arc::clone(plan.cases().next().unwrap())
}

/// The steps of the one case of a suite.
pub(super) fn steps(steps: &str) -> Arc<PlannedCase> {
    let indented: String = steps.lines().map(|line| format!("      {line}\n")).collect();
    case(&format!("cases:\n  - case: c\n    steps:\n{indented}"))
}

pub(super) fn live(case: &Arc<PlannedCase>, role: Role) -> Side {
    let site = site(role);
    let naming = Naming::new(Secrets::default(), Arc::new(Origins::new(site.urls.clone())));
    let urls = site.urls.iter().map(|(name, url)| (name.clone(), url.as_str().trim_end_matches('/').to_owned())).collect();
    let setup = execute::Setup {
        case: Arc::clone(case),
        site,
        surroundings: Arc::new(Surroundings { urls, ..Surroundings::default() }),
        keep: execute::Keep::ForComparison,
        inherited: Vec::new(),
        session: Session::default(),
        seed: 7,
        began: began(),
    };
    Side::Live(Box::new(Live { setup, naming }))
}

pub(super) fn pair(case: &Arc<PlannedCase>) -> Setup {
    Setup {
        case: Arc::clone(case),
        reference: live(case, Role::Reference),
        candidate: live(case, Role::Candidate),
        before: None,
        n_samples: 7,
        seed: 7,
    }
}

/// What a pair did and said.
pub(super) struct Played {
    /// Every effect: `both GET /a`, `candidate GET /a`, `sleep 1s`.
    pub(super) effects: Vec<String>,
    pub(super) compared: Vec<Compared>,
    pub(super) not_observed: Vec<String>,
    pub(super) own: [crate::verdict::Status; 2],
}

impl Played {
    pub(super) fn requests(&self) -> usize {
        self.effects.iter().filter(|effect| !effect.starts_with("sleep")).count()
    }

    pub(super) fn judged(&self) -> Vec<Judged> {
        let (approved, known) = (Approved::default(), Known::default());
        let today = began().date_naive();
        let terms = Terms { fail_on: Severity::Change, approved: &approved, known: &known, today, slower_refresh: None };
        self.compared.iter().flat_map(|compared| finding::judge_step(attribute::attribute(&compared.sides).0, &terms)).collect()
    }

    /// What was found, a line a place.
    pub(super) fn findings(&self) -> Vec<String> {
        let judged = self.judged();
        let line = |judged: &Judged| {
            let sign = match judged.judgement {
                Judgement::Fail => "",
                Judgement::Unreviewed => "? ",
                Judgement::Pass => "~ ",
            };
            format!("{sign}{} {} {}", judged.verdict.name(), judged.difference.kind, judged.difference.key)
        };
        judged.iter().map(line).collect()
    }

    pub(super) fn hidden(&self) -> Vec<String> {
        let hidden = self.compared.iter().flat_map(|compared| &compared.hidden);
        hidden.map(|hidden| format!("{} {} {}", hidden.rule, hidden.path, hidden.count)).collect()
    }
}

fn response(request: &HttpRequest, answered: Answered) -> Box<Result<Observation, Fault>> {
    let (status, headers, body) = match answered {
        Ok(answered) => answered,
        Err(kind) => return Box::new(Err(Fault { kind, detail: String::from("x"), after: Duration::ZERO })),
    };
    let bytes = body.into_bytes();
    let size = bytes.len() as u64;
    let sha256: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    Box::new(Ok(Observation::Http(HttpResponse {
        url: request.url.clone(),
        status,
        version: "1.1",
        headers: headers.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
        body: Body { content: Content::Whole(bytes.into()), size, wire_size: size, sha256 },
        timing: Timing::default(),
    })))
}

/// Plays a pair to its end; `site` is asked for every answer, in the order in which requests go out.
pub(super) fn play(setup: Setup, mut site: impl FnMut(Role, &HttpRequest) -> Answered) -> Played {
    let mut run = PairRun::new(setup);
    let mut played =
        Played { effects: Vec::new(), compared: Vec::new(), not_observed: Vec::new(), own: [crate::verdict::Status::Passed; 2] };
    let mut at = Duration::ZERO;
    let mut turn = run.advance(Input::Start, at);
    for _ in 0..10_000 {
        for event in turn.events {
            match event {
                Event::Side { .. } => {}
                Event::Compared(compared) => played.compared.push(*compared),
                Event::NotObserved { what, why, lack } => played.not_observed.push(format!("{lack:?} {what}: {why}")),
            }
        }
        at += Duration::from_millis(1);
        let mut ask = |role: Role, action: &Action| {
            let Action::Http(request) = action else { panic!("{action:?}") };
            response(request, site(role, request))
        };
        let words = |action: &Action| {
            let Action::Http(request) = action else { panic!("{action:?}") };
            format!("{} {}", request.method, request.url.path())
        };
        let input = match turn.next {
            Effect::Done(outcome) => {
                played.own = outcome.own;
                return played;
            }
            Effect::Sleep(until) => {
                played.effects.push(format!("sleep {}", crate::value::format_duration(until - at)));
                at = until;
                Input::Woke
            }
            Effect::One { role, action } => {
                let name = match role {
                    Role::Reference => "reference",
                    Role::Candidate => "candidate",
                };
                played.effects.push(format!("{name} {}", words(&action)));
                Input::One(ask(role, &action))
            }
            Effect::Both { first, reference, candidate } => {
                played.effects.push(format!("both {}", words(&reference)));
                let (reference, candidate) = match first {
                    Role::Reference => {
                        let reference = ask(Role::Reference, &reference);
                        (reference, ask(Role::Candidate, &candidate))
                    }
                    Role::Candidate => {
                        let candidate = ask(Role::Candidate, &candidate);
                        (ask(Role::Reference, &reference), candidate)
                    }
                };
                Input::Both { reference, candidate }
            }
        };
        turn = run.advance(input, at);
    }
    panic!("it never ends");
}

/// A record of one step.
pub(super) fn recorded(answers: &[(&str, &str)]) -> Recorded {
    let step = |(path, body): &(&str, &str)| {
        let reading = crate::reading::Reading {
            url: String::from("{{ web }}/a"),
            status: 200,
            version: String::from("1.1"),
            redirects: Vec::new(),
            headers: vec![(String::from("content-type"), String::from("application/json"))],
            cookies: Vec::new(),
            body: crate::reading::ReadingBody::Json(Arc::new(json::read(*body).unwrap().json)),
            size: body.len() as u64,
            timing: Timing::default(),
        };
        let answer = crate::pair::Answer::Reading(Arc::new(reading));
        ((*path).to_owned(), RecordedStep { title: String::from("GET /a"), answer, asked: None })
    };
    Recorded { record: String::from("run-1"), steps: answers.iter().map(step).collect() }
}
