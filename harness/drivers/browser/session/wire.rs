//! HTTP to a WebDriver server: what fantoccini's connections are made with, and the few calls around a session's life.

use bytes::Bytes;
use http::{Method, Request, header};
use http_body_util::{BodyExt, Full};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use serde_json::Value;
use url::Url;

use crate::drivers::http::tls;

/// How connections to a WebDriver server are made: plain ones, and over TLS for a remote server.
pub type Connector = HttpsConnector<HttpConnector>;

/// A client for a WebDriver server.
#[derive(Debug, Clone)]
pub struct Wire {
    client: Client<Connector, Full<Bytes>>,
    connector: Connector,
}

/// Why a call brought no answer.
#[derive(Debug, thiserror::Error)]
pub enum WireError {
    /// TLS cannot be set up.
    #[error("cannot set up TLS: {0}")]
    Tls(#[from] rustls::Error),
    /// The server cannot be reached, or breaks off.
    #[error("{0}")]
    Broken(String),
    /// The answer is not WebDriver's.
    #[error("{url} answers with no WebDriver: {start}")]
    Foreign {
        /// What was asked.
        url: Url,
        /// The beginning of the answer.
        start: String,
    },
    /// The server refuses.
    #[error("{message}")]
    Refused {
        /// The error code of WebDriver.
        code: String,
        /// What the server says.
        message: String,
    },
}

impl Wire {
    /// For a driver on this machine.
    ///
    /// # Errors
    /// Never in practice: TLS is set up without authorities.
    pub fn plain() -> Result<Self, WireError> {
        Ok(Self::with(tls::no_authorities()?))
    }

    /// For a server elsewhere, by `https` with the authorities of this machine.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn remote() -> Result<Self, WireError> {
        Ok(Self::with(tls::machine()?))
    }

    fn with(mut config: rustls::ClientConfig) -> Self {
        // The builder sets what is negotiated, and insists on doing so itself.
        config.alpn_protocols.clear();
        let connector = HttpsConnectorBuilder::new().with_tls_config(config).https_or_http().enable_http1().build();
        Self { client: Client::builder(TokioExecutor::new()).build(connector.clone()), connector }
    }

    /// For fantoccini.
    #[must_use]
    pub fn connector(&self) -> Connector {
        self.connector.clone()
    }

    /// `GET` below the server's URL.
    ///
    /// # Errors
    /// When there is no answer, or one that refuses.
    pub async fn get(&self, server: &Url, path: &str) -> Result<Value, WireError> {
        self.call(Method::GET, server, path, None).await
    }

    /// `POST` below the server's URL.
    ///
    /// # Errors
    /// When there is no answer, or one that refuses.
    pub async fn post(&self, server: &Url, path: &str, body: &Value) -> Result<Value, WireError> {
        self.call(Method::POST, server, path, Some(body)).await
    }

    /// `DELETE` below the server's URL.
    ///
    /// # Errors
    /// When there is no answer, or one that refuses.
    pub async fn delete(&self, server: &Url, path: &str) -> Result<Value, WireError> {
        self.call(Method::DELETE, server, path, None).await
    }

    async fn call(&self, method: Method, server: &Url, path: &str, body: Option<&Value>) -> Result<Value, WireError> {
        let broken = |error: &dyn std::error::Error| WireError::Broken(causes(error));
        let url = server.join(path).map_err(|error| broken(&error))?;
        let mut request = Request::builder().method(method).uri(url.as_str());
        if let Some(credentials) = credentials(server) {
            request = request.header(header::AUTHORIZATION, credentials);
        }
        let body = match body {
            Some(body) => {
                request = request.header(header::CONTENT_TYPE, "application/json; charset=utf-8");
                Bytes::from(body.to_string())
            }
            None => Bytes::new(),
        };
        let request = request.body(Full::new(body)).map_err(|error| broken(&error))?;
        let response = self.client.request(request).await.map_err(|error| broken(&error))?;
        let is_success = response.status().is_success();
        let bytes = response.into_body().collect().await.map_err(|error| broken(&error))?.to_bytes();
        let foreign = || WireError::Foreign { url: url.clone(), start: String::from_utf8_lossy(&bytes).chars().take(200).collect() };
        let mut answer: Value = serde_json::from_slice(&bytes).map_err(|_| foreign())?;
        let value = answer.get_mut("value").map(Value::take).ok_or_else(foreign)?;
        if is_success {
            return Ok(value);
        }
        let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        Err(WireError::Refused { code: text("error"), message: first_line(&text("message")) })
    }
}

/// `Authorization` for a URL that holds a user.
#[must_use]
pub fn credentials(server: &Url) -> Option<String> {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let plain = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
    let (user, password) = (plain(server.username()), plain(server.password().unwrap_or_default()));
    let is_anonymous = user.is_empty() && password.is_empty();
    (!is_anonymous).then(|| format!("Basic {}", STANDARD.encode(format!("{user}:{password}"))))
}

/// Drivers append stack traces, which help nobody who tests a site.
#[must_use]
pub fn first_line(message: &str) -> String {
    message.lines().next().unwrap_or_default().trim().to_owned()
}

/// An error with what is behind it.
fn causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
