//! The case's cookies, into the browser and out of it.

use fantoccini::cookies::Cookie;
use prodiff_core::action::page::PageCookie;
use serde_json::{Value, json};
use tokio::time::Duration;

use super::{
    navigate::Place,
    seen::{text, value_of},
};
use crate::drivers::browser::error::BrowserError;

const PATIENCE: Duration = Duration::from_secs(20);

/// Takes cookies over.
pub(super) async fn set(place: Place<'_>, user_context: Option<&str>, cookies: &[PageCookie]) -> Result<(), BrowserError> {
    for cookie in cookies {
        match user_context {
            Some(user_context) => {
                let params = json!({"cookie": described(cookie), "partition": {"type": "storageKey", "userContext": user_context}});
                place.session.bidi("storage.setCookie", params, PATIENCE).await?;
            }
            None => {
                let mut classic = Cookie::new(cookie.name.clone(), cookie.value.clone());
                classic.set_domain(cookie.domain.clone());
                classic.set_path(cookie.path.clone());
                classic.set_secure(cookie.secure);
                classic.set_http_only(cookie.http_only);
                place.session.command("set a cookie", PATIENCE, place.session.client().add_cookie(classic)).await?;
            }
        }
    }
    Ok(())
}

fn described(cookie: &PageCookie) -> Value {
    let mut described = json!({
        "name": cookie.name,
        "value": {"type": "string", "value": cookie.value},
        "domain": cookie.domain,
        "path": cookie.path,
        "secure": cookie.secure,
        "httpOnly": cookie.http_only,
    });
    if let Some(same_site) = &cookie.same_site {
        described["sameSite"] = json!(same_site.to_lowercase());
    }
    if let Some(expires) = cookie.expires {
        described["expiry"] = json!(expires.max(0));
    }
    described
}

/// All cookies of the case. Without BiDi: those of the page.
pub(super) async fn all(place: Place<'_>, user_context: Option<&str>) -> Result<Vec<PageCookie>, BrowserError> {
    let Some(user_context) = user_context else {
        let cookies = place.session.command("read the cookies", PATIENCE, place.session.client().get_all_cookies()).await?;
        return Ok(cookies.iter().map(from_classic).collect());
    };
    let params = json!({"partition": {"type": "storageKey", "userContext": user_context}});
    let answer = place.session.bidi("storage.getCookies", params, PATIENCE).await?;
    Ok(answer.get("cookies").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default().iter().map(read).collect())
}

fn read(cookie: &Value) -> PageCookie {
    let truth = |key: &str| cookie.get(key).and_then(Value::as_bool).unwrap_or(false);
    PageCookie {
        name: text(cookie, "name"),
        value: value_of(cookie.get("value")),
        domain: text(cookie, "domain"),
        path: text(cookie, "path"),
        secure: truth("secure"),
        http_only: truth("httpOnly"),
        same_site: same_site(&text(cookie, "sameSite")),
        expires: cookie.get("expiry").and_then(|expiry| expiry.as_i64().or_else(|| whole_seconds(expiry.as_f64()?))),
    }
}

fn same_site(said: &str) -> Option<String> {
    ["Strict", "Lax", "None"].into_iter().find(|known| known.eq_ignore_ascii_case(said)).map(String::from)
}

fn whole_seconds(seconds: f64) -> Option<i64> {
    i64::try_from(Duration::try_from_secs_f64(seconds).ok()?.as_secs()).ok()
}

fn from_classic(cookie: &Cookie<'_>) -> PageCookie {
    PageCookie {
        name: cookie.name().to_owned(),
        value: cookie.value().to_owned(),
        domain: cookie.domain().unwrap_or_default().to_owned(),
        path: cookie.path().unwrap_or("/").to_owned(),
        secure: cookie.secure().unwrap_or(false),
        http_only: cookie.http_only().unwrap_or(false),
        same_site: cookie.same_site().map(|same_site| same_site.to_string()),
        expires: cookie.expires_datetime().map(|at| at.unix_timestamp()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_survives_the_way_there_and_back() {
        let cookie = PageCookie {
            name: String::from("sid"),
            value: String::from("x"),
            domain: String::from(".a.test"),
            path: String::from("/"),
            secure: true,
            http_only: true,
            same_site: Some(String::from("Lax")),
            expires: Some(2_000_000_000),
        };
        assert_eq!(read(&described(&cookie)), cookie);
    }
}
