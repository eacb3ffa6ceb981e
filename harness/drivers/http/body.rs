//! Reads a body: counts it, decodes it, digests it, keeps it within limits.

use std::{fmt::Write, sync::Arc, time::Duration};

use prodiff_core::observation::{Body, Content, Fault, FaultKind};
use sha2::{Digest, Sha256};
use tokio::time::{Instant, timeout_at};

use super::{
    decode::{Chain, Stop},
    fault::{Cause, Route},
};
use crate::drivers::budget::Share;

/// The time of one exchange. What was spent waiting for our own memory is not the site's and does not count.
#[derive(Debug)]
pub(super) struct Clock {
    start: Instant,
    waited: Duration,
    timeout: Duration,
}

impl Clock {
    pub(super) fn start(timeout: Duration) -> Self {
        /// Far enough, and no clock overflows.
        const LONGEST: Duration = Duration::from_secs(365 * 24 * 3600);
        Self { start: Instant::now(), waited: Duration::ZERO, timeout: timeout.min(LONGEST) }
    }

    pub(super) fn elapsed(&self) -> Duration {
        self.start.elapsed().saturating_sub(self.waited)
    }

    pub(super) fn deadline(&self) -> Instant {
        self.start + self.timeout + self.waited
    }

    pub(super) fn timeout(&self) -> Duration {
        self.timeout
    }

    pub(super) fn fault(&self, cause: Cause) -> Fault {
        Fault { kind: cause.kind, detail: cause.detail, after: self.elapsed() }
    }
}

/// Reads the body of a response to its end, to the limit, or to what breaks it.
pub(super) async fn read(
    mut response: reqwest::Response,
    limit: u64,
    route: &Route,
    clock: &mut Clock,
    mut share: Option<&mut Share>,
) -> Body {
    let mut sink = Sink::new(limit);
    let mut wire_size = 0_u64;
    let codings: Vec<String> = response
        .headers()
        .get_all(http::header::CONTENT_ENCODING)
        .iter()
        .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
        .collect();
    let outcome = async {
        let mut chain = match Chain::of(codings.iter().map(String::as_str)) {
            Ok(chain) => chain,
            // A coding nobody can undo matters only where there is something to undo.
            Err(stop) => match chunk(&mut response, route, clock, 0).await? {
                None => return Ok(()),
                Some(bytes) => {
                    wire_size += bytes.len() as u64;
                    return Err(End::of(stop));
                }
            },
        };
        if let Some(announced) = response.content_length().filter(|_| chain.is_identity()) {
            sink.expect(announced);
        }
        while let Some(bytes) = chunk(&mut response, route, clock, wire_size).await? {
            wire_size += bytes.len() as u64;
            chain.push(&bytes, &mut |decoded| sink.receive(decoded)).map_err(End::of)?;
            account(&sink, clock, share.as_deref_mut()).await;
        }
        chain.finish(&mut |decoded| sink.receive(decoded)).map_err(End::of)?;
        account(&sink, clock, share.as_deref_mut()).await;
        Ok(())
    }
    .await;
    // Unless it came to its end, this closes the connection: nothing more is read.
    drop(response);
    let sha256 = sink.sha256();
    let size = sink.size;
    let content = match outcome {
        Ok(()) => Content::Whole(Arc::from(sink.kept)),
        Err(End::OverLimit) => Content::OverLimit { limit },
        Err(End::Broken(cause)) => Content::Broken(clock.fault(cause)),
    };
    if let Some(share) = share {
        match content {
            Content::Whole(_) => share.settle(),
            Content::OverLimit { .. } | Content::Broken(_) => share.clear(),
        }
    }
    Body { content, size, wire_size, sha256 }
}

/// Counts what has been decoded in the run's budget, and waits until there is room for it.
///
/// A piece is counted after it was decoded, when its size is known; it is no more than a piece of the wire makes.
async fn account(sink: &Sink, clock: &mut Clock, share: Option<&mut Share>) {
    let Some(share) = share else { return };
    let asked = Instant::now();
    share.take(sink.size.saturating_sub(share.held())).await;
    clock.waited += asked.elapsed();
}

/// The next piece of the body as it is on the wire, or nothing at its end.
async fn chunk(response: &mut reqwest::Response, route: &Route, clock: &Clock, so_far: u64) -> Result<Option<bytes::Bytes>, End> {
    match timeout_at(clock.deadline(), response.chunk()).await {
        Ok(Ok(chunk)) => Ok(chunk),
        Ok(Err(error)) => {
            let mut cause = Cause::of_body(&error, route);
            if cause.kind == FaultKind::Truncated {
                let announced = response.headers().get(http::header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
                let announced = announced.and_then(|length| length.trim().parse::<u64>().ok());
                cause.detail = match announced {
                    Some(announced) => format!("the body ended after {so_far} of {announced} bytes"),
                    None => format!("the body ended after {so_far} bytes, before its end was marked"),
                };
            }
            Err(End::Broken(cause))
        }
        Err(_) => {
            let detail = format!("the body did not end within {:?}; {so_far} bytes had come", clock.timeout());
            Err(End::Broken(Cause::new(FaultKind::Timeout, detail)))
        }
    }
}

/// Why reading ended before the body did.
enum End {
    OverLimit,
    Broken(Cause),
}

impl End {
    fn of(stop: Stop) -> Self {
        match stop {
            Stop::Full => Self::OverLimit,
            Stop::Bad(detail) => Self::Broken(Cause::new(FaultKind::BadEncoding, detail)),
        }
    }
}

/// Takes decoded bytes up to a limit.
struct Sink {
    kept: Vec<u8>,
    size: u64,
    limit: u64,
    digest: Sha256,
}

impl Sink {
    fn new(limit: u64) -> Self {
        Self { kept: Vec::new(), size: 0, limit, digest: Sha256::new() }
    }

    /// Makes room for a body of an announced size, within reason: announcing is free.
    fn expect(&mut self, size: u64) {
        const REASON: u64 = 1 << 20;
        let size = size.min(self.limit).min(REASON);
        self.kept.reserve_exact(usize::try_from(size).unwrap_or_default());
    }

    /// Takes bytes up to the limit exactly, so that size and digest do not depend on how the body was cut into pieces.
    fn receive(&mut self, bytes: &[u8]) -> Result<(), Stop> {
        let room = self.limit - self.size;
        let is_over = bytes.len() as u64 > room;
        let taken = if is_over { &bytes[..usize::try_from(room).expect("less than the length of a slice")] } else { bytes };
        self.digest.update(taken);
        self.size += taken.len() as u64;
        self.kept.extend_from_slice(taken);
        if is_over { Err(Stop::Full) } else { Ok(()) }
    }

    fn sha256(&mut self) -> String {
        let digest = self.digest.finalize_reset();
        digest.iter().fold(String::with_capacity(64), |mut text, byte| {
            write!(text, "{byte:02x}").expect("writing to a string cannot fail");
            text
        })
    }
}
