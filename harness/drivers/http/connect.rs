//! How connections come about: names to addresses, and what became of each attempt to connect.

use std::{
    collections::BTreeMap,
    error::Error,
    fmt,
    future::Future,
    io,
    net::{IpAddr, SocketAddr, ToSocketAddrs},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
    thread,
    time::Duration,
};

use hyper_util::client::legacy::connect::{Connected, Connection, HttpInfo};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::{sync::oneshot, time::Instant};
use tower_layer::Layer;
use tower_service::Service;

tokio::task_local! {
    /// The attempt on whose behalf a connection is made. The pool asks for connections in the task of the request.
    pub(super) static ATTEMPT: Arc<Attempt>;
}

/// One try at sending a request, and the connections that were made for it.
#[derive(Debug)]
pub(super) struct Attempt {
    start: Instant,
    progress: Mutex<Progress>,
}

#[derive(Debug, Default)]
struct Progress {
    has_started: bool,
    /// The local address of each connection that came up, and how long it took.
    up: Vec<(Option<SocketAddr>, Duration)>,
}

/// Which connection a request went over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Via {
    /// One made for it, which took so long to be up.
    New(Duration),
    /// One that was open already.
    Kept,
}

impl Attempt {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self { start: Instant::now(), progress: Mutex::default() })
    }

    /// Whether a connection is being made and none is up yet.
    pub(super) fn is_connecting(&self) -> bool {
        let progress = self.progress();
        progress.has_started && progress.up.is_empty()
    }

    /// Which connection was used, told by the local address of its socket.
    ///
    /// A request that started to connect may still have got a connection that another request gave back meanwhile,
    /// so that having connected proves nothing.
    pub(super) fn via(&self, local: Option<SocketAddr>) -> Via {
        let progress = self.progress();
        match progress.up.iter().find(|(up, _)| local.is_none() || *up == local) {
            Some((_, took)) => Via::New(*took),
            None => Via::Kept,
        }
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The local address of a connection.
pub(super) fn local_address(connected: &Connected) -> Option<SocketAddr> {
    let mut extensions = http::Extensions::new();
    connected.get_extras(&mut extensions);
    extensions.get::<HttpInfo>().map(HttpInfo::local_addr)
}

/// Tells each [`Attempt`] of the connections that are made for it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Watch;

impl<S> Layer<S> for Watch {
    type Service = Watched<S>;

    fn layer(&self, inner: S) -> Watched<S> {
        Watched { inner }
    }
}

/// A connector that is watched.
#[derive(Debug, Clone)]
pub(super) struct Watched<S> {
    inner: S,
}

impl<S, R> Service<R> for Watched<S>
where
    S: Service<R>,
    S::Response: Connection,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: R) -> Self::Future {
        let attempt = ATTEMPT.try_with(Arc::clone).ok();
        if let Some(attempt) = &attempt {
            attempt.progress().has_started = true;
        }
        let connecting = self.inner.call(request);
        Box::pin(async move {
            let connection = connecting.await?;
            if let Some(attempt) = attempt {
                let up = (local_address(&connection.connected()), attempt.start.elapsed());
                attempt.progress().up.push(up);
            }
            Ok(connection)
        })
    }
}

/// Turns names into addresses: those of the environment's `resolve` first, else the system's resolver.
#[derive(Debug)]
pub(super) struct Resolver {
    fixed: BTreeMap<String, IpAddr>,
}

impl Resolver {
    pub(super) fn new(fixed: &BTreeMap<String, IpAddr>) -> Self {
        // Host names compare without case (RFC 9110, 4.2.3).
        Self { fixed: fixed.iter().map(|(host, address)| (host.to_ascii_lowercase(), *address)).collect() }
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().to_ascii_lowercase();
        if let Some(address) = self.fixed.get(&host) {
            let addresses: Addrs = Box::new(std::iter::once(SocketAddr::new(*address, 0)));
            return Box::pin(std::future::ready(Ok(addresses)));
        }
        Box::pin(async move {
            let (sender, receiver) = oneshot::channel();
            // A thread of its own and not the runtime's: the system's resolver can hang for half a minute, and the
            // runtime would wait for it when the process ends.
            let asked = host.clone();
            let thread = move || {
                // The receiver is gone when the request was given up meanwhile.
                let _ = sender.send((asked.as_str(), 0).to_socket_addrs());
            };
            thread::Builder::new().name("resolver".to_owned()).spawn(thread)?;
            let addresses = match receiver.await.unwrap_or_else(|_| Err(io::Error::other("the resolver ended"))) {
                Ok(addresses) => addresses,
                Err(source) => return Err(NameNotFound { host, source: Some(source) }.into()),
            };
            if addresses.len() == 0 {
                return Err(NameNotFound { host, source: None }.into());
            }
            let addresses: Addrs = Box::new(addresses);
            Ok(addresses)
        })
    }
}

/// A name that has no address.
#[derive(Debug)]
pub(super) struct NameNotFound {
    /// The name that was asked for.
    pub(super) host: String,
    source: Option<io::Error>,
}

impl fmt::Display for NameNotFound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "no address for `{}`", self.host)?;
        match &self.source {
            // The standard library's words before the resolver's own say nothing more.
            Some(source) => write!(f, ": {}", source.to_string().trim_start_matches("failed to lookup address information: ")),
            None => Ok(()),
        }
    }
}

impl Error for NameNotFound {}
