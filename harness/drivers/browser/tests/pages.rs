//! A site for one test: pages from a list.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tokio_util::task::AbortOnDropHandle;

/// A site that is served until it is dropped.
pub(in crate::drivers::browser) struct Site {
    address: std::net::SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
    _server: AbortOnDropHandle<()>,
}

impl Site {
    /// The URL of a path.
    pub(in crate::drivers::browser) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The heads of the requests that came, in order.
    pub(in crate::drivers::browser) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

/// Serves pages by path. A page that begins with `HTTP/` is sent as it is, headers and all.
pub(in crate::drivers::browser) async fn serve(pages: &[(&str, &str)]) -> Site {
    let pages: HashMap<String, String> = pages.iter().map(|(path, page)| (String::from(*path), String::from(*page))).collect();
    let pages = Arc::new(pages);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let requests = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&requests);
    let address = listener.local_addr().unwrap();
    let server = AbortOnDropHandle::new(tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer(stream, Arc::clone(&pages), Arc::clone(&log)));
        }
    }));
    Site { address, requests, _server: server }
}

async fn answer(mut stream: TcpStream, pages: Arc<HashMap<String, String>>, log: Arc<Mutex<Vec<String>>>) {
    let mut request = Vec::new();
    let mut chunk = [0; 4096];
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut chunk).await {
            Ok(0) | Err(_) => return,
            Ok(n) => request.extend_from_slice(&chunk[..n]),
        }
    }
    let text = String::from_utf8_lossy(&request);
    log.lock().unwrap().push(text.clone().into_owned());
    let target = text.split(' ').nth(1).unwrap_or("/");
    let path = target.split('?').next().unwrap_or(target);
    let answer = match pages.get(path) {
        Some(raw) if raw.starts_with("HTTP/") => raw.clone(),
        Some(page) => format!(
            "HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{page}",
            page.len()
        ),
        None => String::from("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"),
    };
    let _ = stream.write_all(answer.as_bytes()).await;
    let _ = stream.shutdown().await;
}
