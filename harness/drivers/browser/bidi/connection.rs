//! One connection: commands are answered in any order, events go to whoever listens, and its death is told to everybody.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use futures_util::{SinkExt, StreamExt, stream::SplitSink, stream::SplitStream};
use serde_json::Value;
use tokio::{
    sync::{mpsc, oneshot, watch},
    time::timeout,
};
use tokio_tungstenite::tungstenite;
use tokio_util::task::AbortOnDropHandle;
use url::Url;

use super::{
    event::{Event, Events, MAX_WAITING},
    message::{self, Message, Refusal},
    socket::{self, Socket},
};
use crate::drivers::browser::error::BrowserError;

/// A connection to a browser. Clones speak over the same one; it closes with the last of them.
#[derive(Debug, Clone)]
pub struct Bidi {
    shared: Arc<Shared>,
    _tasks: Arc<[AbortOnDropHandle<()>; 2]>,
}

#[derive(Debug)]
struct Shared {
    last_id: AtomicU64,
    outgoing: mpsc::UnboundedSender<String>,
    waiting: Mutex<HashMap<u64, oneshot::Sender<Result<Value, Refusal>>>>,
    listeners: Mutex<Vec<mpsc::Sender<Event>>>,
    /// Whether a dialog is open somewhere.
    has_dialog: watch::Sender<bool>,
    /// Why the connection is gone; nothing while it is there.
    death: watch::Sender<Option<String>>,
}

impl Bidi {
    /// Connects.
    ///
    /// # Errors
    /// When nobody answers there.
    pub async fn connect(url: &Url) -> Result<Self, BrowserError> {
        let socket = socket::connect(url).await.map_err(|why| BrowserError::Lost { detail: format!("no BiDi connection: {why}") })?;
        let (sink, stream) = socket.split();
        let (outgoing, queue) = mpsc::unbounded_channel();
        let shared = Arc::new(Shared {
            last_id: AtomicU64::new(0),
            outgoing,
            waiting: Mutex::default(),
            listeners: Mutex::default(),
            has_dialog: watch::Sender::new(false),
            death: watch::Sender::new(None),
        });
        let reading = AbortOnDropHandle::new(tokio::spawn(read(Arc::clone(&shared), stream)));
        let writing = AbortOnDropHandle::new(tokio::spawn(write(Arc::clone(&shared), sink, queue)));
        Ok(Self { shared, _tasks: Arc::new([reading, writing]) })
    }

    /// Sends a command and waits for its answer.
    ///
    /// # Errors
    /// When it is refused, takes longer than `within`, or the connection is gone.
    pub async fn command(&self, method: &str, params: &Value, within: Duration) -> Result<Value, BrowserError> {
        let id = self.shared.last_id.fetch_add(1, Ordering::Relaxed) + 1;
        let (answer, answered) = oneshot::channel();
        lock(&self.shared.waiting).insert(id, answer);
        // Asked after the waiter stands in the list: a connection that dies from here on finds it there.
        if let Some(detail) = self.death() {
            lock(&self.shared.waiting).remove(&id);
            return Err(BrowserError::Lost { detail });
        }
        // The queue is only closed by the connection's death, which the waiter is told of.
        let _ = self.shared.outgoing.send(message::command(id, method, params));
        let outcome = timeout(within, answered).await;
        match outcome {
            Ok(Ok(Ok(value))) => Ok(value),
            Ok(Ok(Err(Refusal { code, message }))) => Err(BrowserError::Refused { doing: method.to_owned(), code, message }),
            Ok(Err(_)) => Err(BrowserError::Lost { detail: self.death().unwrap_or_else(|| String::from("the connection closed")) }),
            Err(_) => {
                lock(&self.shared.waiting).remove(&id);
                Err(BrowserError::Slow { doing: method.to_owned(), within })
            }
        }
    }

    /// Listens to every event that comes from now on. Which ones come is asked for with `session.subscribe`.
    #[must_use]
    pub fn events(&self) -> Events {
        let (sender, receiver) = mpsc::channel(MAX_WAITING);
        if self.death().is_none() {
            lock(&self.shared.listeners).push(sender);
        }
        Events { receiver }
    }

    /// Puts a mark among the events, behind all that came so far: an event of this method, with these params.
    pub fn mark(&self, method: &str, params: Value) {
        self.shared.take(Message::Event(Event { method: method.to_owned(), params }));
    }

    /// Whether a dialog is open.
    #[must_use]
    pub fn has_dialog(&self) -> bool {
        *self.shared.has_dialog.borrow()
    }

    /// Waits until a dialog is open.
    pub async fn dialog_opened(&self) {
        let mut has_dialog = self.shared.has_dialog.subscribe();
        if has_dialog.wait_for(|open| *open).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// The page whose dialog was open is gone.
    pub fn forget_dialog(&self) {
        self.shared.has_dialog.send_replace(false);
    }

    /// Why the connection is gone, if it is.
    #[must_use]
    pub fn death(&self) -> Option<String> {
        self.shared.death.borrow().clone()
    }

    /// Waits until the connection is gone, and says why.
    pub async fn died(&self) -> String {
        let mut death = self.shared.death.subscribe();
        let why = death.wait_for(Option::is_some).await.ok().and_then(|why| why.clone());
        why.unwrap_or_default()
    }
}

impl Shared {
    /// Tells everybody, once.
    fn die(&self, why: &str) {
        self.death.send_if_modified(|death| {
            let is_first = death.is_none();
            if is_first {
                *death = Some(why.to_owned());
            }
            is_first
        });
        // Dropping the senders wakes who waits.
        lock(&self.waiting).clear();
        lock(&self.listeners).clear();
    }

    fn take(&self, message: Message) {
        match message {
            Message::Answer { id, result } => {
                if let Some(waiter) = lock(&self.waiting).remove(&id) {
                    // Whoever asked may have given up meanwhile.
                    let _ = waiter.send(result);
                }
            }
            // A listener that is gone, or so far behind that events would be lost, is not told any more: its stream ends, and it
            // knows that it has not seen everything.
            Message::Event(event) => {
                match event.method.as_str() {
                    "browsingContext.userPromptOpened" => {
                        self.has_dialog.send_replace(true);
                    }
                    "browsingContext.userPromptClosed" => {
                        self.has_dialog.send_replace(false);
                    }
                    _ => {}
                }
                lock(&self.listeners).retain(|listener| listener.try_send(event.clone()).is_ok());
            }
            Message::Other => {}
        }
    }
}

async fn read(shared: Arc<Shared>, mut stream: SplitStream<Socket>) {
    let why = loop {
        match stream.next().await {
            Some(Ok(tungstenite::Message::Text(text))) => shared.take(message::read(&text)),
            Some(Ok(tungstenite::Message::Close(_))) | None => break String::from("the browser closed the connection"),
            Some(Ok(_)) => {}
            Some(Err(error)) => break format!("the connection to the browser broke: {error}"),
        }
    };
    shared.die(&why);
}

async fn write(shared: Arc<Shared>, mut sink: SplitSink<Socket, tungstenite::Message>, mut queue: mpsc::UnboundedReceiver<String>) {
    while let Some(text) = queue.recv().await {
        if let Err(error) = sink.send(tungstenite::Message::text(text)).await {
            shared.die(&format!("the connection to the browser broke: {error}"));
            return;
        }
    }
}

/// A panic elsewhere leaves lists of senders whole: they are used all the same.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use tokio::net::TcpListener;

    use super::*;

    const SHORTLY: Duration = Duration::from_millis(50);
    const LONG: Duration = Duration::from_secs(20);

    /// A browser that answers `echo` with its params, `refuse` with an error, sends an event on `tell`, leaves on `leave`
    /// and says nothing to anything else.
    async fn browser() -> Bidi {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("ws://{}/session", listener.local_addr().unwrap())).unwrap();
        tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            let mut socket = tokio_tungstenite::accept_async(stream).await.unwrap();
            while let Some(Ok(tungstenite::Message::Text(text))) = socket.next().await {
                let command: Value = serde_json::from_str(&text).unwrap();
                let answer = match command["method"].as_str().unwrap() {
                    "echo" => json!({"type": "success", "id": command["id"], "result": command["params"]}),
                    "refuse" => json!({"type": "error", "id": command["id"], "error": "unknown command", "message": "no"}),
                    "tell" => json!({"type": "event", "method": "log.entryAdded", "params": {"text": "told"}}),
                    "leave" => return,
                    _ => continue,
                };
                socket.send(tungstenite::Message::text(answer.to_string())).await.unwrap();
            }
        });
        Bidi::connect(&url).await.unwrap()
    }

    #[tokio::test]
    async fn answers_find_who_asked() {
        let bidi = browser().await;
        let (one, two) = (json!({"n": 1}), json!({"n": 2}));
        let answers = tokio::join!(bidi.command("echo", &one, LONG), bidi.command("echo", &two, LONG));
        assert_eq!(answers, (Ok(one), Ok(two)));
        let refused = bidi.command("refuse", &json!({}), LONG).await.unwrap_err();
        assert!(refused.has_code("unknown command"), "{refused}");
    }

    #[tokio::test]
    async fn silence_ends_with_the_time_and_leaves_the_connection_usable() {
        let bidi = browser().await;
        let slow = bidi.command("silence", &json!({}), SHORTLY).await.unwrap_err();
        assert_eq!(slow, BrowserError::Slow { doing: String::from("silence"), within: SHORTLY });
        assert!(bidi.command("echo", &json!({}), LONG).await.is_ok());
    }

    #[tokio::test]
    async fn death_is_told_to_everybody() {
        let bidi = browser().await;
        let mut events = bidi.events();
        let (params, other) = (json!({}), bidi.clone());
        let (waiting, leaving) = tokio::join!(other.command("silence", &params, LONG), bidi.command("leave", &params, LONG));
        for outcome in [waiting, leaving, bidi.command("echo", &params, LONG).await] {
            assert!(outcome.as_ref().is_err_and(BrowserError::is_infrastructure), "{outcome:?}");
        }
        assert_eq!(events.next().await, None);
        assert!(!bidi.died().await.is_empty());
        assert_eq!(bidi.events().next().await, None);
    }

    #[tokio::test]
    async fn events_reach_every_listener() {
        let bidi = browser().await;
        let (mut one, mut two) = (bidi.events(), bidi.events());
        let _ = bidi.command("tell", &json!({}), SHORTLY).await;
        for listener in [&mut one, &mut two] {
            assert_eq!(listener.next().await.unwrap().params["text"], "told");
        }
    }
}
