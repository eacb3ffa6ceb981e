//! From page to page, until the next one is there and ready.

use prodiff_core::observation::FaultKind;
use serde_json::{Value, json};
use tokio::time::{Duration, Instant, sleep};
use url::Url;

use super::{script, watch::Watch};
use crate::drivers::browser::{
    act::ActError,
    error::BrowserError,
    locate::{self, AgentError},
    session::{call::World, session::Session},
};

/// Where a navigation goes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Way<'a> {
    To(&'a Url),
    Back,
    Forward,
    Again,
}

/// One window of a session, and what is known of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    pub(super) session: &'a Session,
    pub(super) watch: Option<&'a Watch>,
    pub(super) window: &'a str,
}

impl Place<'_> {
    /// Goes there and waits until the page is loaded and `ready`. A dialog that opens meanwhile ends the wait.
    pub(super) async fn go(&self, way: Way<'_>, ready: Option<&str>, until: Instant) -> Result<(), ActError> {
        match self.watch {
            Some(watch) => {
                watch.seen().turn_page(self.window);
                let until_dialog = watch.until(until, |seen| seen.dialog.is_some());
                tokio::select! {
                    outcome = self.by_bidi(way, until) => match outcome {
                        // What was to be opened may be a file: there is no page then, and none fails to come.
                        Err(error) if error.kind == FaultKind::PageFailed => {
                            let soon = until.min(Instant::now() + Duration::from_secs(1));
                            let is_file = watch.until(soon, |seen| !seen.downloads().is_empty()).await;
                            return if is_file { Ok(()) } else { Err(error) };
                        }
                        outcome => outcome?,
                    },
                    true = until_dialog => return Ok(()),
                }
            }
            None => self.by_classic(way, until).await?,
        }
        match ready {
            Some(ready) => script::until_true(self.session, ready, until).await,
            None => Ok(()),
        }
    }

    async fn by_bidi(&self, way: Way<'_>, until: Instant) -> Result<(), ActError> {
        let left = until.saturating_duration_since(Instant::now());
        let (method, params) = match way {
            Way::To(url) => ("browsingContext.navigate", json!({"context": self.window, "url": url.as_str(), "wait": "complete"})),
            Way::Again => ("browsingContext.reload", json!({"context": self.window, "wait": "complete"})),
            Way::Back => return self.traverse(-1, until).await,
            Way::Forward => return self.traverse(1, until).await,
        };
        self.session.bidi(method, params, left).await.map(|_| ()).map_err(failed)
    }

    /// A page from history may come without being loaded again, and may be the same document: what tells is that the document or
    /// its address is another one.
    async fn traverse(&self, delta: i32, until: Instant) -> Result<(), ActError> {
        let left = until.saturating_duration_since(Instant::now());
        let mark = format!("{}", self.session.next_number());
        let request = json!({"command": "leave", "mark": mark});
        let before = locate::ask(self.session, request, None, left).await?;
        let gone = self.session.bidi("browsingContext.traverseHistory", json!({"context": self.window, "delta": delta}), left).await;
        match gone {
            Err(error) if error.has_code("no such history entry") => {
                return Err(ActError::new(FaultKind::NotActionable, "there is no such page in history"));
            }
            outcome => outcome.map_err(failed)?,
        };
        loop {
            let left = until.saturating_duration_since(Instant::now());
            match locate::ask(self.session, json!({"command": "arrived"}), None, left.max(Duration::from_millis(200))).await {
                Ok(now) if now["state"] == "complete" && (now["mark"] != mark.as_str() || now["url"] != before["url"]) => return Ok(()),
                Ok(_) | Err(AgentError::Replaced) if Instant::now() < until => sleep(Duration::from_millis(15)).await,
                Ok(_) | Err(AgentError::Replaced) => return Err(ActError::new(FaultKind::PageTimeout, "the page did not come in time")),
                Err(error) => return Err(error.into()),
            }
        }
    }

    async fn by_classic(&self, way: Way<'_>, until: Instant) -> Result<(), ActError> {
        let client = self.session.client();
        let left = until.saturating_duration_since(Instant::now());
        let outcome = match way {
            Way::To(url) => {
                let gone = self.session.command("open the page", left, client.goto(url.as_str())).await;
                gone.map_err(failed)?;
                return self.is_somewhere(url).await;
            }
            Way::Back => self.session.command("go back", left, client.back()).await,
            Way::Forward => self.session.command("go forward", left, client.forward()).await,
            Way::Again => self.session.command("load the page again", left, client.refresh()).await,
        };
        outcome.map_err(failed)
    }

    /// A browser that tells of no failure is where it was: nowhere.
    async fn is_somewhere(&self, url: &Url) -> Result<(), ActError> {
        let asked = "return Promise.resolve([location.href])";
        match self.session.call("ask for the address", World::Own, asked, &[], Duration::from_secs(10)).await {
            Ok(now) if now.text.as_deref().is_some_and(|now| now.starts_with("about:")) && url.scheme() != "about" => {
                Err(ActError::new(FaultKind::PageFailed, format!("{url} could not be opened; the browser does not say why")))
            }
            // A dialog is open, and the page that opened it is there.
            Err(error) if error.has_code("unexpected alert open") => Ok(()),
            outcome => Ok(outcome.map(|_| ())?),
        }
    }

    /// After an action: waits for the page that it may have asked for. One that does not come in time is no fault of the
    /// action; what is there is looked at.
    pub(super) async fn settle(&self, until: Instant) -> Result<(), ActError> {
        let left = until.saturating_duration_since(Instant::now()).max(Duration::from_millis(500));
        // Two frames: a click has been handled, and what it set off has begun.
        match locate::ask(self.session, json!({"command": "frames"}), None, left).await {
            Ok(_) | Err(AgentError::Replaced | AgentError::Dialog) => {}
            Err(AgentError::Browser(error @ BrowserError::Refused { .. })) if error.has_code("no such window") => {}
            Err(error) => return Err(error.into()),
        }
        let Some(watch) = self.watch else { return Ok(()) };
        watch.catch_up(self.session).await?;
        watch.until(until, |seen| !seen.is_navigating(self.window) || seen.dialog.is_some()).await;
        Ok(())
    }
}

/// Words of browsers for what went wrong on the way to a page.
const WORDS: &[(&str, FaultKind)] = &[
    ("ERR_NAME_NOT_RESOLVED", FaultKind::NameNotFound),
    ("NS_ERROR_UNKNOWN_HOST", FaultKind::NameNotFound),
    ("ERR_CONNECTION_REFUSED", FaultKind::Refused),
    ("NS_ERROR_CONNECTION_REFUSED", FaultKind::Refused),
    ("Could not connect", FaultKind::Refused),
    ("ERR_ADDRESS_UNREACHABLE", FaultKind::Unroutable),
    ("ERR_INTERNET_DISCONNECTED", FaultKind::Unroutable),
    // A port that browsers never ask: nothing was found out about the site.
    ("ERR_UNSAFE_PORT", FaultKind::Unsupported),
    ("ERR_CONNECTION_TIMED_OUT", FaultKind::ConnectTimeout),
    ("NS_ERROR_NET_TIMEOUT", FaultKind::ConnectTimeout),
    ("PROXY", FaultKind::Proxy),
    ("TUNNEL", FaultKind::Proxy),
    ("ERR_CERT_AUTHORITY_INVALID", FaultKind::UntrustedCertificate),
    ("SEC_ERROR_UNKNOWN_ISSUER", FaultKind::UntrustedCertificate),
    ("MOZILLA_PKIX_ERROR_SELF_SIGNED_CERT", FaultKind::UntrustedCertificate),
    ("ERR_CERT_DATE_INVALID", FaultKind::ExpiredCertificate),
    ("SEC_ERROR_EXPIRED_CERTIFICATE", FaultKind::ExpiredCertificate),
    ("ERR_CERT_COMMON_NAME_INVALID", FaultKind::WrongHostCertificate),
    ("SSL_ERROR_BAD_CERT_DOMAIN", FaultKind::WrongHostCertificate),
    ("ERR_SSL_", FaultKind::TlsHandshake),
    ("ERR_TOO_MANY_REDIRECTS", FaultKind::TooManyRedirects),
    ("NS_ERROR_REDIRECT_LOOP", FaultKind::TooManyRedirects),
    ("ERR_CONNECTION_RESET", FaultKind::Reset),
    ("NS_ERROR_NET_RESET", FaultKind::Reset),
    ("NS_ERROR_NET_INTERRUPT", FaultKind::Reset),
    ("ERR_EMPTY_RESPONSE", FaultKind::Reset),
    ("ERR_CONNECTION_CLOSED", FaultKind::Reset),
];

/// Why a page did not come.
fn failed(error: BrowserError) -> ActError {
    match error {
        BrowserError::Slow { within, .. } => {
            let within = prodiff_core::value::format_duration(within);
            ActError::new(FaultKind::PageTimeout, format!("the page was not loaded within {within}"))
        }
        BrowserError::Refused { message, code, .. } => {
            let known = WORDS.iter().find(|(words, _)| message.contains(words)).map(|(_, kind)| *kind);
            let kind = match known {
                Some(kind) => kind,
                None if code == "unexpected alert open" => FaultKind::Dialog,
                None => FaultKind::PageFailed,
            };
            ActError::new(kind, message)
        }
        error => error.into(),
    }
}

/// What the page says of itself.
pub(super) fn address(facts: &Value) -> Option<Url> {
    Url::parse(facts.get("url")?.as_str()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_went_wrong_is_known_by_the_words_of_browsers() {
        let check = |message: &str, expected: FaultKind| {
            let error = BrowserError::Refused { doing: String::new(), code: String::from("unknown error"), message: String::from(message) };
            assert_eq!(failed(error).kind, expected, "{message}");
        };
        check("net::ERR_CONNECTION_REFUSED", FaultKind::Refused);
        check("Address rejected: NS_ERROR_UNKNOWN_HOST", FaultKind::NameNotFound);
        check("net::ERR_CERT_DATE_INVALID", FaultKind::ExpiredCertificate);
        check("net::ERR_UNSAFE_PORT", FaultKind::Unsupported);
        check("net::ERR_BLOCKED_BY_CLIENT", FaultKind::PageFailed);
    }
}
