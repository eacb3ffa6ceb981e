//! Ctrl-C and termination: politely the first time, at once the second.

use std::sync::Arc;

use tokio_util::task::AbortOnDropHandle;

use super::{
    exit::Exit,
    recorder::Recorder,
    stop::{Reason, Stop, Urgency},
};

/// Watches for signals until the handle is dropped.
pub fn watch(stop: &Stop, recorder: &Arc<Recorder>) -> AbortOnDropHandle<()> {
    let (stop, recorder) = (stop.clone(), Arc::clone(recorder));
    AbortOnDropHandle::new(tokio::spawn(async move {
        signal().await;
        stop.ask(Urgency::Cancel { reason: Reason::Interrupted });
        recorder.screen().say("interrupted: ending what runs, then the report; once more ends at once");
        signal().await;
        recorder.screen().clear();
        // The record holds everything up to here; `prodiff report` renders it.
        std::process::exit(i32::from(Exit::Interrupted.code()));
    }))
}

/// Waits for one signal.
pub async fn wait() {
    signal().await;
}

#[cfg(unix)]
async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut interrupt), Ok(mut terminate)) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate())) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}

#[cfg(not(unix))]
async fn signal() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
