//! The WebSocket itself, plain or over TLS.

use std::{pin::Pin, sync::Arc, task::Context, task::Poll, time::Duration};

use rustls::pki_types::ServerName;
use tokio::{
    io::{self, AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::{TlsConnector, client::TlsStream};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{client::IntoClientRequest, http::HeaderValue, protocol::WebSocketConfig},
};
use url::Url;

use crate::drivers::{browser::session::wire, http::tls};

/// A connection to a browser.
pub(super) type Socket = WebSocketStream<Stream>;

/// Bytes, plain or over TLS.
#[derive(Debug)]
pub(super) enum Stream {
    Plain(TcpStream),
    Secure(Box<TlsStream<TcpStream>>),
}

/// How long a connection may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// The largest message: an answer may hold the body of a response, or a picture of a long page.
const MAX_MESSAGE: usize = 256 << 20;

/// Connects to a `ws:` or `wss:` URL.
pub(super) async fn connect(url: &Url) -> Result<Socket, String> {
    timeout(PATIENCE, connected(url)).await.map_err(|_| format!("no connection within {} s", PATIENCE.as_secs()))?
}

async fn connected(url: &Url) -> Result<Socket, String> {
    let host = url.host_str().ok_or("its URL has no host")?.trim_matches(['[', ']']);
    let port = url.port_or_known_default().ok_or("its URL has no port")?;
    let plain = TcpStream::connect((host, port)).await.map_err(|error| error.to_string())?;
    // A command is one small message: waiting for more to send with it only costs time.
    plain.set_nodelay(true).map_err(|error| error.to_string())?;
    let stream = if url.scheme() == "wss" {
        let mut config = tls::machine().map_err(|error| error.to_string())?;
        config.alpn_protocols.clear();
        let name = ServerName::try_from(host.to_owned()).map_err(|error| error.to_string())?;
        let secure = TlsConnector::from(Arc::new(config)).connect(name, plain).await;
        Stream::Secure(Box::new(secure.map_err(|error| error.to_string())?))
    } else {
        Stream::Plain(plain)
    };
    let mut request = url.as_str().into_client_request().map_err(|error| error.to_string())?;
    if let Some(credentials) = wire::credentials(url).and_then(|text| HeaderValue::from_str(&text).ok()) {
        request.headers_mut().insert("authorization", credentials);
    }
    let config = WebSocketConfig::default().max_message_size(Some(MAX_MESSAGE)).max_frame_size(Some(MAX_MESSAGE));
    let (socket, _) = client_async_with_config(request, stream, Some(config)).await.map_err(|error| error.to_string())?;
    Ok(socket)
}

impl AsyncRead for Stream {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(cx, buf),
            Self::Secure(stream) => Pin::new(stream).poll_read(cx, buf),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(cx, buf),
            Self::Secure(stream) => Pin::new(stream).poll_write(cx, buf),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(cx),
            Self::Secure(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(cx),
            Self::Secure(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
