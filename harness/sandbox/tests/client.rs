//! A client as small as it can be: one request a connection, bytes in and out.

use std::time::Duration;

use prodiff_sandbox::{Environment, Options, Sandbox};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// An answer, with header names in lower case.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(held, _)| held == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error} in {}", self.text))
    }

    /// The build id of a page.
    pub(crate) fn build(&self) -> String {
        self.data()["buildId"].as_str().unwrap().to_owned()
    }

    /// A page's own data, which its scripts read.
    pub(crate) fn props(&self) -> Value {
        self.data()["props"]["pageProps"].clone()
    }

    fn data(&self) -> Value {
        let start = "<script id=\"__NEXT_DATA__\" type=\"application/json\">";
        let data = self.text.split_once(start).unwrap().1.split_once("</script>").unwrap().0;
        serde_json::from_str(data).unwrap()
    }
}

/// Runs a test on a sandbox, and shuts it down.
pub(crate) fn on<F: AsyncFnOnce(&Sandbox)>(options: Options, test: F) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let sandbox = Sandbox::start(options).await.unwrap();
        test(&sandbox).await;
        sandbox.shutdown().await;
    });
}

/// Sends bytes as they are and reads until the server closes.
pub(crate) async fn raw(base: &str, request: &[u8]) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(base.strip_prefix("http://").unwrap()).await?;
    stream.write_all(request).await?;
    let mut bytes = Vec::new();
    tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut bytes)).await.expect("the server closes in time")?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Any method on `base` + `path`, with header lines of one's own.
pub(crate) async fn send(base: &str, method: &str, path: &str, headers: &[&str]) -> Answer {
    let mut request = format!("{method} {path} HTTP/1.1\r\nhost: hub.test\r\nconnection: close\r\n");
    for header in headers {
        request.push_str(header);
        request.push_str("\r\n");
    }
    request.push_str("\r\n");
    let received = raw(base, request.as_bytes()).await.unwrap();
    let (head, text) = received.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no whole answer to {path}: {received:?}"));
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let header = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_owned(), value.to_owned()));
    Answer { status, headers: lines.filter_map(header).collect(), text: text.to_owned() }
}

pub(crate) async fn api(sandbox: &Sandbox, environment: Environment, path: &str) -> Answer {
    send(&sandbox.urls(environment).api, "GET", path, &[]).await
}

pub(crate) async fn web(sandbox: &Sandbox, environment: Environment, path: &str) -> Answer {
    send(&sandbox.urls(environment).web, "GET", path, &[]).await
}

/// The rows of the index by name.
pub(crate) async fn index(sandbox: &Sandbox, environment: Environment) -> std::collections::BTreeMap<String, Value> {
    let rows = api(sandbox, environment, "/plugins/index").await.json();
    rows.as_array().unwrap().iter().map(|row| (row["name"].as_str().unwrap().to_owned(), row.clone())).collect()
}
