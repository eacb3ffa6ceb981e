//! Remembers hosts that never answered, so that a run does not wait for each of their cases anew.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use prodiff_core::{
    environment::site::Authority,
    observation::{Fault, FaultKind},
};

/// After so many failed connects a host that never answered in this run is not asked again.
const FAILURES: u32 = 2;

/// Which hosts answered in this run and which did not.
#[derive(Debug, Default)]
pub struct Latch {
    hosts: Mutex<HashMap<Authority, Host>>,
}

#[derive(Debug, Default, Clone)]
struct Host {
    answered: bool,
    failures: u32,
    last: String,
}

impl Latch {
    /// Why a host is not to be asked, if it is not.
    #[must_use]
    pub fn fault(&self, host: &Authority) -> Option<Fault> {
        let hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        let known = hosts.get(host)?;
        (!known.answered && known.failures >= FAILURES).then(|| Fault {
            kind: FaultKind::HostDown,
            detail: format!("{} did not answer {FAILURES} times in this run: {}", name(host), known.last),
            after: std::time::Duration::ZERO,
        })
    }

    /// Takes note of what came of a request.
    pub fn note<T>(&self, host: &Authority, answer: &Result<T, Fault>) {
        let mut hosts = self.hosts.lock().unwrap_or_else(PoisonError::into_inner);
        match answer {
            Err(fault) if fault.kind.is_connect_failure() => {
                let known = hosts.entry(host.clone()).or_default();
                known.failures = known.failures.saturating_add(1);
                known.last = format!("{}: {}", fault.kind.name(), fault.detail);
            }
            // Silence after a connect is a slow site, not an absent one; whatever else failed says nothing of the host.
            Err(fault) if fault.kind.blocks() => {}
            Ok(_) | Err(_) => match hosts.get_mut(host) {
                Some(known) => known.answered = true,
                None => {
                    hosts.insert(host.clone(), Host { answered: true, ..Host::default() });
                }
            },
        }
    }
}

fn name(host: &Authority) -> String {
    match host.port {
        Some(port) => format!("{}:{port}", host.host),
        None => host.host.clone(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn check(answers: &[Result<(), FaultKind>], is_down: bool) {
        let host = Authority { host: String::from("a.org"), port: Some(443) };
        let latch = Latch::default();
        for answer in answers {
            let answer = answer.map_err(|kind| Fault { kind, detail: String::from("x"), after: Duration::ZERO });
            latch.note(&host, &answer);
        }
        assert_eq!(latch.fault(&host).is_some(), is_down, "{answers:?}");
        assert!(latch.fault(&Authority { port: Some(444), ..host }).is_none());
    }

    #[test]
    fn two_failed_connects_close_it_for_a_host_that_never_answered() {
        check(&[Err(FaultKind::Refused)], false);
        check(&[Err(FaultKind::Refused), Err(FaultKind::ConnectTimeout)], true);
        check(&[Ok(()), Err(FaultKind::Refused), Err(FaultKind::Refused)], false);
        check(&[Err(FaultKind::Timeout), Err(FaultKind::Refused), Err(FaultKind::Refused)], false);
        check(&[Err(FaultKind::Cancelled), Err(FaultKind::Cancelled)], false);
    }
}
