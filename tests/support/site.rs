//! A small site on a free loopback port that answers by its script: well, wrongly, late or not at all.
//!
//! A thread a connection, raw sockets: a server of good manners could not lie about a length. Ends with its value.

use std::{
    io::{self, Read, Write},
    net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread::JoinHandle,
    time::Duration,
};

use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};

use super::script::{Answer, Misdeed, Route};

/// Heads that are longer are not read.
const MAX_HEAD: usize = 64 * 1024;

/// A request as it came in; header names in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Seen {
    /// The first value of a header, named in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// `GET /path`
    pub(crate) fn title(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    fn echo(&self) -> Value {
        let headers: serde_json::Map<String, Value> = self.headers.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        json!({"method": self.method, "path": self.path, "query": self.query, "headers": headers, "body": String::from_utf8_lossy(&self.body)})
    }
}

/// A running site. Its connections end when it is dropped.
#[derive(Debug)]
pub(crate) struct Site {
    name: String,
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    routes: Vec<(Route, AtomicUsize)>,
    /// What `${name}` stands for.
    urls: Vec<(String, String)>,
    own: String,
    seen: Mutex<Vec<Seen>>,
    open: Mutex<Vec<Arc<TcpStream>>>,
    stopped: Mutex<bool>,
    stop: Condvar,
}

impl Site {
    /// Starts sites that know each other's URLs.
    pub(crate) fn start_all(scripts: Vec<(String, Vec<Route>)>) -> Vec<Self> {
        let bound: Vec<(String, Vec<Route>, TcpListener)> = scripts
            .into_iter()
            .map(|(name, routes)| (name, routes, TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has a free port")))
            .collect();
        let urls: Vec<(String, String)> = bound
            .iter()
            .map(|(name, _, listener)| (name.clone(), format!("http://{}", listener.local_addr().expect("a bound socket has an address"))))
            .collect();
        bound
            .into_iter()
            .map(|(name, routes, listener)| {
                let address = listener.local_addr().expect("a bound socket has an address");
                let shared = Arc::new(Shared {
                    routes: routes.into_iter().map(|route| (route, AtomicUsize::new(0))).collect(),
                    urls: urls.clone(),
                    own: format!("http://{address}"),
                    seen: Mutex::default(),
                    open: Mutex::default(),
                    stopped: Mutex::new(false),
                    stop: Condvar::new(),
                });
                let accepting = std::thread::spawn({
                    let shared = Arc::clone(&shared);
                    move || accept(&listener, &shared)
                });
                Self { name, address, shared, accepting: Some(accepting) }
            })
            .collect()
    }

    /// Its name in the script.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// `http://127.0.0.1:PORT`
    pub(crate) fn url(&self) -> String {
        self.shared.own.clone()
    }

    /// Every request so far, in the order in which they came in.
    pub(crate) fn requests(&self) -> Vec<Seen> {
        lock(&self.shared.seen).clone()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        *lock(&self.shared.stopped) = true;
        self.shared.stop.notify_all();
        // Wakes the thread that accepts.
        let _ = TcpStream::connect(self.address);
        if let Some(accepting) = self.accepting.take() {
            let _ = accepting.join();
        }
        for stream in lock(&self.shared.open).drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming() {
        if *lock(&shared.stopped) {
            return;
        }
        let Ok(stream) = stream else { continue };
        let stream = Arc::new(stream);
        lock(&shared.open).push(Arc::clone(&stream));
        let shared = Arc::clone(shared);
        std::thread::spawn(move || {
            // What a client that went away leaves behind is no concern of a test.
            let _ = serve(&stream, &shared);
            lock(&shared.open).retain(|open| !Arc::ptr_eq(open, &stream));
        });
    }
}

/// Whether the connection is used for another request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    GoOn,
    Close,
}

fn serve(stream: &TcpStream, shared: &Shared) -> io::Result<()> {
    stream.set_nodelay(true)?;
    loop {
        // The head is looked at where it lies: a socket that is closed with unread bytes is reset.
        let Some(head) = peek_head(stream, shared)? else { return Ok(()) };
        let Some((mut seen, keeps_open)) = parse(&head) else {
            return write_all(stream, b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        };
        let answer = shared.next_answer(&seen.method, &seen.path);
        if answer.fault == Some(Misdeed::Reset) {
            lock(&shared.seen).push(seen);
            shared.wait(Duration::from_millis(answer.delay_ms));
            return Ok(());
        }
        let mut reader = stream;
        reader.read_exact(&mut vec![0; head.len()])?;
        let length = seen.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        seen.body = vec![0; length];
        reader.read_exact(&mut seen.body)?;
        lock(&shared.seen).push(seen.clone());
        if send(stream, shared, &answer, &seen)? == Then::Close || !keeps_open {
            return Ok(());
        }
    }
}

/// The bytes up to the empty line, still unread; nothing when the client is done.
fn peek_head(stream: &TcpStream, shared: &Shared) -> io::Result<Option<Vec<u8>>> {
    let mut buffer = vec![0; MAX_HEAD];
    let mut known = 0;
    loop {
        let n_bytes = stream.peek(&mut buffer)?;
        if n_bytes == 0 || *lock(&shared.stopped) {
            return Ok(None);
        }
        if let Some(end) = buffer[..n_bytes].windows(4).position(|window| window == b"\r\n\r\n") {
            buffer.truncate(end + 4);
            return Ok(Some(buffer));
        }
        if n_bytes == buffer.len() {
            return Ok(None);
        }
        if n_bytes == known {
            // Half a head: the rest is on its way.
            std::thread::sleep(Duration::from_millis(1));
        }
        known = n_bytes;
    }
}

/// The request without its body, and whether the client keeps the connection open.
fn parse(head: &[u8]) -> Option<(Seen, bool)> {
    let head = std::str::from_utf8(head).ok()?;
    let mut lines = head.split("\r\n");
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?, first.next()?);
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let headers: Vec<(String, String)> = lines
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_lowercase(), value.trim().to_owned()))
        .collect();
    let keeps_open = !headers.iter().any(|(name, value)| name == "connection" && value.eq_ignore_ascii_case("close"));
    Some((Seen { method: method.to_owned(), path: path.to_owned(), query: query.to_owned(), headers, body: Vec::new() }, keeps_open))
}

impl Shared {
    fn next_answer(&self, method: &str, path: &str) -> Answer {
        let Some((route, n_asked)) = self.routes.iter().find(|(route, _)| route.fits(method, path)) else {
            return Answer { status: Some(404), text: Some(format!("no route for {method} {path}")), ..Answer::default() };
        };
        let number = n_asked.fetch_add(1, Ordering::Relaxed);
        route.answers[number.min(route.answers.len() - 1)].clone()
    }

    /// Waits so long, or until the site ends.
    fn wait(&self, duration: Duration) {
        if !duration.is_zero() {
            let stopped = lock(&self.stopped);
            drop(self.stop.wait_timeout_while(stopped, duration, |stopped| !*stopped));
        }
    }

    /// Text with its `${name}` filled in.
    fn filled(&self, text: &str) -> String {
        let text = text.replace("${site}", &self.own);
        self.urls.iter().fold(text, |text, (name, url)| text.replace(&format!("${{{name}}}"), url))
    }
}

fn send(stream: &TcpStream, shared: &Shared, answer: &Answer, seen: &Seen) -> io::Result<Then> {
    shared.wait(Duration::from_millis(answer.delay_ms));
    match answer.fault {
        Some(Misdeed::Close | Misdeed::Reset) => return Ok(Then::Close),
        Some(Misdeed::Silence) => {
            let mut reader = stream;
            // Until the client gives up, or the site ends.
            while reader.read(&mut [0; 1024])? > 0 {}
            return Ok(Then::Close);
        }
        None => {}
    }
    if let Some(raw) = &answer.raw {
        write_all(stream, shared.filled(raw).as_bytes())?;
        return Ok(Then::Close);
    }
    let (head, body) = compose(shared, answer, seen)?;
    write_all(stream, head.as_bytes())?;
    let has_no_body = seen.method == "HEAD" || matches!(answer.status, Some(204 | 304));
    if has_no_body {
        return Ok(Then::GoOn);
    }
    let sent = &body[..answer.cut.unwrap_or(body.len()).min(body.len())];
    if answer.drip_ms > 0 {
        for byte in sent {
            shared.wait(Duration::from_millis(answer.drip_ms));
            write_all(stream, &[*byte])?;
        }
    } else {
        write_all(stream, sent)?;
    }
    Ok(if answer.cut.is_some() || answer.length.is_some() { Then::Close } else { Then::GoOn })
}

fn compose(shared: &Shared, answer: &Answer, seen: &Seen) -> io::Result<(String, Vec<u8>)> {
    let status = answer.status.unwrap_or(200);
    let mut head = format!("HTTP/1.1 {status} Status\r\n");
    let said = |name: &str| answer.headers.keys().any(|own| own.eq_ignore_ascii_case(name));
    for (name, value) in &answer.headers {
        let values = match value {
            Value::Array(values) => values.as_slice(),
            one @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_)) => std::slice::from_ref(one),
        };
        for value in values {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            head.push_str(&format!("{name}: {}\r\n", shared.filled(&value)));
        }
    }
    let (text, is_json) = match (&answer.json, answer.echo) {
        (_, true) => (seen.echo().to_string(), true),
        (Some(json), false) => (json.to_string(), true),
        (None, false) => (answer.text.clone().unwrap_or_default(), false),
    };
    if is_json && !said("content-type") {
        head.push_str("content-type: application/json\r\n");
    }
    let mut body = shared.filled(&text).into_bytes().repeat(answer.repeat.unwrap_or(1));
    if answer.gzip {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(&body)?;
        body = encoder.finish()?;
        head.push_str("content-encoding: gzip\r\n");
    }
    if answer.chunked {
        body = [format!("{:x}\r\n", body.len()).as_bytes(), &body, b"\r\n0\r\n\r\n"].concat();
        head.push_str("transfer-encoding: chunked\r\n");
    } else if !said("content-length") {
        head.push_str(&format!("content-length: {}\r\n", answer.length.unwrap_or(body.len() as u64)));
    }
    head.push_str("\r\n");
    Ok((head, body))
}

fn write_all(mut stream: &TcpStream, bytes: &[u8]) -> io::Result<()> {
    stream.write_all(bytes)
}

mod tests {
    use super::*;
    use crate::support::script::Script;

    fn site(script: &str) -> Site {
        Site::start_all(Script::read(script).unwrap()).remove(0)
    }

    /// Everything that comes back for a request, until the site closes.
    fn ask(site: &Site, request: &str) -> io::Result<String> {
        let mut stream = TcpStream::connect(site.address)?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        stream.write_all(format!("{request} HTTP/1.1\r\nHost: x\r\nconnection: close\r\n\r\n").as_bytes())?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }

    fn check(answer: &str, expected: &str) {
        let site = site(&format!("routes: {{/a: {answer}}}"));
        let expected = expected.replace("SITE", &site.url());
        assert_eq!(ask(&site, "GET /a").unwrap(), expected.replace('\n', "\r\n"), "{answer}");
    }

    #[test]
    fn an_answer_is_what_its_script_says() {
        check("{status: 201, text: hi}", "HTTP/1.1 201 Status\ncontent-length: 2\n\nhi");
        check("{json: {b: 1}}", "HTTP/1.1 200 Status\ncontent-type: application/json\ncontent-length: 7\n\n{\"b\":1}");
        check("{headers: {x: [1, '${site}/y']}}", "HTTP/1.1 200 Status\nx: 1\nx: SITE/y\ncontent-length: 0\n\n");
        check("{text: ab, repeat: 3}", "HTTP/1.1 200 Status\ncontent-length: 6\n\nababab");
        check("{text: abc, chunked: true}", "HTTP/1.1 200 Status\ntransfer-encoding: chunked\n\n3\nabc\n0\n\n");
        check("{text: ab, drip_ms: 1}", "HTTP/1.1 200 Status\ncontent-length: 2\n\nab");
    }

    #[test]
    fn a_site_can_lie_cut_and_be_silent() {
        check("{text: abc, length: 9}", "HTTP/1.1 200 Status\ncontent-length: 9\n\nabc");
        check("{text: abc, cut: 1}", "HTTP/1.1 200 Status\ncontent-length: 3\n\na");
        check("{raw: \"nonsense\"}", "nonsense");
        check("{fault: close}", "");
        let silent = site("routes: {/a: {fault: silence}, /b: {fault: reset}}");
        assert_eq!(ask(&silent, "GET /b").unwrap_err().kind(), io::ErrorKind::ConnectionReset);
        let address = silent.address;
        let waiting = std::thread::spawn(move || {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.write_all(b"GET /a HTTP/1.1\r\n\r\n").unwrap();
            stream.read(&mut [0; 8]).unwrap_or(0)
        });
        while silent.requests().len() < 2 {
            std::thread::yield_now();
        }
        drop(silent);
        assert_eq!(waiting.join().unwrap(), 0);
    }

    #[test]
    fn answers_come_in_their_order_and_the_last_one_stays() {
        let site = site("routes: {GET /a: [{status: 503}, {status: 200}], /gzip: {text: abc, gzip: true}}");
        let statuses: Vec<String> = (0..3).map(|_| ask(&site, "GET /a").unwrap()[9..12].to_owned()).collect();
        assert_eq!(statuses, ["503", "200", "200"]);
        assert!(ask(&site, "POST /a").unwrap().starts_with("HTTP/1.1 404"));
        assert!(ask(&site, "GET /gzip").unwrap().contains("content-encoding: gzip"));
    }

    #[test]
    fn what_was_asked_is_kept_and_can_be_echoed() {
        let site = site("routes: {/*: {echo: true}}");
        let mut stream = TcpStream::connect(site.address).unwrap();
        // Two requests on one connection, the first with a body.
        stream.write_all(b"POST /a?b=1 HTTP/1.1\r\nX-Y: z\r\ncontent-length: 2\r\n\r\nhi").unwrap();
        stream.write_all(b"GET /c HTTP/1.1\r\nconnection: close\r\n\r\n").unwrap();
        let mut answers = String::new();
        stream.read_to_string(&mut answers).unwrap();
        assert!(
            answers.contains(r#""body":"hi","headers":{"content-length":"2","x-y":"z"},"method":"POST","path":"/a","query":"b=1""#),
            "{answers}"
        );
        let [first, second]: [Seen; 2] = site.requests().try_into().unwrap();
        assert_eq!((first.title().as_str(), first.header("x-y"), first.body.as_slice()), ("POST /a", Some("z"), &b"hi"[..]));
        assert_eq!(second.title(), "GET /c");
        assert_eq!(site.name(), "site");
    }
}
