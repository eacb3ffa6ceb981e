//! Which build answers: read before and after a run, so that nobody compares two builds and calls them one.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use prodiff_core::{
    action::CookieJar,
    execute::call::{Authorization, Call, Flight, Leg},
    extract,
    json::Json,
    plan,
    record::{Entry, Revision, Role, Warning},
    suite::model::Redirects,
    template::{Random, Scope},
};
use tokio_util::sync::CancellationToken;

use super::{
    builds::{Builds, Round},
    play::Clock,
    recorder::Recorder,
    side::Side,
};

/// The largest page that is read for its build.
const BODY_LIMIT: u64 = 32_000_000;

/// How often builds are read while a run goes on.
pub const PACE: std::time::Duration = std::time::Duration::from_secs(60);

/// When a build is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Before the first case.
    Before,
    /// While cases are played. What is as before is not kept.
    During,
    /// After the last case.
    After,
}

impl When {
    fn name(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::During => "during",
            Self::After => "after",
        }
    }
}

/// Reads the build of every side and keeps it in the record; a side without `revision` does not say. When one changed, the
/// cases that were seen meanwhile are blocked, with both names.
pub async fn read(sides: &[(Role, &Side)], when: When, run: &Watched<'_>) -> Round {
    let mut readings = Vec::new();
    for (role, side) in sides {
        let Some(probe) = &side.site.revision else { continue };
        let (place, name) = (place(*role), side.site.name.as_str());
        let (build, fault) = match ask(side, run.began).await {
            Ok(build) => (Some(build), None),
            Err(fault) => (None, Some(fault)),
        };
        let is_told = when == When::During && build == run.builds.last(place);
        if !is_told {
            run.recorder.put(&Entry::Revision(Revision {
                role: *role,
                environment: name.to_owned(),
                build: build.clone(),
                when: when.name().to_owned(),
                fault: fault.map(|fault| format!("{}: {fault}", probe.url.path())),
            }));
        }
        readings.push((place, name, build));
    }
    let round = run.builds.read(&readings, run.clock.now());
    if let Round::Moved { messages, cases } = &round {
        for message in messages {
            let message = format!("{message}: what was seen meanwhile is of both");
            run.recorder.put(&Entry::Warning(Warning { case: None, message }));
        }
        run.recorder.block(cases);
    }
    round
}

/// Reads builds as long as a run goes on. Never returns.
pub async fn watch(sides: &[(Role, &Side)], run: &Watched<'_>, mut take: impl FnMut(&Round)) {
    loop {
        tokio::time::sleep(PACE).await;
        take(&read(sides, When::During, run).await);
    }
}

/// The run whose builds are read.
pub struct Watched<'a> {
    /// What was read so far.
    pub builds: &'a Builds,
    /// Its record.
    pub recorder: &'a Recorder,
    /// Its clock.
    pub clock: Clock,
    /// The wall clock at which it began.
    pub began: DateTime<Utc>,
}

/// The place of a side among the builds.
#[must_use]
pub fn place(role: Role) -> usize {
    match role {
        Role::Reference => 0,
        Role::Candidate => 1,
    }
}

async fn ask(side: &Side, began: DateTime<Utc>) -> Result<String, String> {
    let probe = side.site.revision.as_ref().ok_or("no revision is set")?;
    let call = Arc::new(Call {
        method: String::from("GET"),
        url: probe.url.clone(),
        headers: Vec::new(),
        own_headers: Vec::new(),
        authorization: Authorization::Environment,
        cookies: Vec::new(),
        body: None,
        timeout: plan::DEFAULT_TIMEOUT,
        body_limit: BODY_LIMIT,
        redirects: Redirects::Follow,
        safe: false,
    });
    let mut jar = CookieJar::default();
    let cancel = CancellationToken::new();
    let (mut flight, mut leg) = Flight::begin(call, Arc::clone(&side.site), &jar, began);
    // A flight lands after its redirects are followed or refused: ten at most.
    let landed = loop {
        match leg {
            Leg::Landed(landed) => break *landed,
            Leg::Send(request) => {
                let answer = side.perform(request, &cancel).await;
                leg = flight.answered(answer, &mut jar, began);
            }
        }
    };
    let exchange = landed.map_err(|fault| format!("{}: {}", fault.kind.name(), fault.detail))?;
    let scope = Scope::new(Arc::clone(&side.surroundings), Random::new(0, "revision"), began);
    let taken = probe.capture.take(&extract::Response::new(&exchange), &scope).map_err(|failure| failure.message)?;
    match taken.value {
        Json::String(build) if !build.is_empty() => Ok(build),
        other => Ok(prodiff_core::json::to_compact(&other)),
    }
}
