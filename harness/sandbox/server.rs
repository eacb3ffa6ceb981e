//! Hosts a site's two ports: bytes in, values across, bytes out.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::reply::{self, Ask, Reply};
use crate::site::{Side, Site};

/// Serves until `stop` is sent or dropped; connections that are idle end then, others after their answer.
pub(crate) fn serve(listener: TcpListener, site: Arc<Site>, side: Side, mut stop: watch::Receiver<bool>) -> JoinHandle<()> {
    let router = Router::new().fallback(handle).with_state((site, side));
    tokio::spawn(async move {
        let stopped = async move {
            // An error means that the sandbox was dropped, which is a stop as well.
            let _ = stop.wait_for(|stop| *stop).await;
        };
        // It loops for ever and has no error to give: accepting is tried again inside.
        let _ = axum::serve(listener, router).with_graceful_shutdown(stopped).await;
    })
}

async fn handle(State((site, side)): State<(Arc<Site>, Side)>, request: Request) -> Response {
    let reply = site.answer(side, ask(&request));
    if !reply.delay.is_zero() {
        tokio::time::sleep(reply.delay).await;
    }
    response(reply)
}

fn ask(request: &Request) -> Ask {
    Ask {
        method: request.method().clone(),
        path: reply::decode(request.uri().path()),
        query: request.uri().query().unwrap_or_default().to_owned(),
        api_key: text(request.headers(), HeaderName::from_static("x-api-key")),
        if_none_match: text(request.headers(), header::IF_NONE_MATCH),
        number: 0,
    }
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

fn response(reply: Reply) -> Response {
    let mut response = Response::new(Body::from(reply.body));
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in reply.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().append(HeaderName::from_static(name), value);
        }
    }
    response
}
