//! What a case's browser is like: resolved once, by its first browser step.

use super::request::{self, Trouble};
use crate::{
    action::page::{Mock, OriginStorage, PageSetup},
    environment::{model::Protect, site::Site},
    json,
    plan::PlannedCase,
    suite::model::{Auth, MockBody},
    template::{Scope, Template},
};

/// What a case's browser is like.
pub(super) fn resolve(case: &PlannedCase, site: &Site, scope: &Scope, storage: Vec<OriginStorage>) -> Result<PageSetup, Trouble> {
    let text = |template: &Template| template.render_text(scope).map(|rendered| rendered.text).map_err(Trouble::from);
    let browser = case.browser.as_ref().ok_or_else(|| Trouble::from(String::from("the plan gave this case no browser")))?;
    let own_case = match &case.part {
        crate::plan::Part::Case(written) => Some(&written.pages),
        crate::plan::Part::Before | crate::plan::Part::After => None,
    };
    let levels = || own_case.into_iter().chain([&case.suite.pages]);
    let mut mocks = Vec::new();
    for mock in levels().flat_map(|pages| &pages.mocks) {
        let mut headers = Vec::new();
        for (name, value) in &mock.headers {
            headers.push((name.clone(), text(value)?));
        }
        let (content_type, body) = match &mock.body {
            MockBody::Json(value) => {
                let value = value.render(scope).map_err(Trouble::from)?.value;
                let body = if value.as_str() == Some("") { String::new() } else { json::to_compact(&value) };
                ("application/json", body)
            }
            MockBody::Text(template) => ("text/plain; charset=utf-8", text(template)?),
        };
        if !headers.iter().any(|(name, _)| name == "content-type") {
            headers.push((String::from("content-type"), content_type.to_owned()));
        }
        mocks.push(Mock { url: text(&mock.url)?, method: mock.method.clone(), status: mock.status, headers, body: body.into_bytes() });
    }
    let mut headers: Vec<(String, String)> = Vec::new();
    for (name, value) in &case.suite.headers {
        headers.push((name.clone(), text(value)?));
    }
    for (name, value) in &site.headers {
        if !headers.iter().any(|(known, _)| known == name) {
            headers.push((name.clone(), value.clone()));
        }
    }
    let mut pen = request::Pen::new(scope);
    let authorization = match &case.suite.auth {
        None => site.authorization.clone(),
        Some(Auth::None) => None,
        Some(auth) => Some(request::authorization(auth, &mut pen)?),
    };
    if let (Some(value), false) = (authorization, headers.iter().any(|(name, _)| name == "authorization")) {
        headers.push((String::from("authorization"), value));
    }
    let guarded = site.guards.hosts().filter(|(_, guarded)| guarded.protect == Protect::ReadOnly && !site.guards.is_open());
    let protected_origins = guarded.filter_map(|(authority, _)| {
        let scheme = if authority.port == Some(443) { "https" } else { "http" };
        let port = authority.port.map(|port| format!(":{port}")).unwrap_or_default();
        url::Url::parse(&format!("{scheme}://{}{port}", authority.host)).ok()
    });
    Ok(PageSetup {
        browser: browser.name.clone(),
        viewport: browser.viewport,
        ready: site.pages.ready.clone(),
        navigation_timeout: case.timeout,
        headers,
        own_origins: site.urls.iter().chain(&site.aliases).map(|(_, url)| url.clone()).collect(),
        protected_origins: protected_origins.collect(),
        mocks,
        blocked: levels().flat_map(|pages| &pages.blocked).map(text).collect::<Result<_, _>>()?,
        storage,
        grid: site.pages.grid.clone(),
    })
}
