//! Which build answers: read before and after a run, so that nobody compares two builds and calls them one.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use prodiff_core::{
    action::{Action, CookieJar},
    execute::call::{Authorization, Call, Flight, Leg},
    extract,
    json::Json,
    observation::Observation,
    plan,
    record::{Entry, Revision, Role, Warning},
    suite::model::Redirects,
    template::{Random, Scope},
};
use tokio_util::sync::CancellationToken;

use super::{recorder::Recorder, side::Side};

/// The largest page that is read for its build.
const BODY_LIMIT: u64 = 32_000_000;

/// Reads the build of a side and keeps it in the record. Nothing for an environment that does not say how it is told.
pub async fn read(side: &Side, role: Role, when: &str, began: DateTime<Utc>, recorder: &Recorder) -> Option<String> {
    let probe = side.site.revision.as_ref()?;
    let (build, fault) = match ask(side, began).await {
        Ok(build) => (Some(build), None),
        Err(fault) => (None, Some(fault)),
    };
    recorder.put(&Entry::Revision(Revision {
        role,
        environment: side.site.name.clone(),
        build: build.clone(),
        when: when.to_owned(),
        fault: fault.map(|fault| format!("{}: {fault}", probe.url.path())),
    }));
    build
}

/// Says so when a build changed mid-run.
#[must_use]
pub fn report_moved(environment: &str, before: Option<&str>, after: Option<&str>, recorder: &Recorder) -> bool {
    match (before, after) {
        (Some(before), Some(after)) if before != after => {
            let message = format!("the build of {environment} changed mid-run, from {before} to {after}: what was seen is of both");
            recorder.put(&Entry::Warning(Warning { case: None, message }));
            true
        }
        _ => false,
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
                let answer = side.perform(Action::Http(request), &cancel).await.and_then(Observation::into_http);
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
