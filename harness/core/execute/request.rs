//! Resolves an HTTP step into a call: templates, URL, body, credentials.

use base64::Engine;
use url::Url;

use super::{
    call::{Authorization, Call},
    trace::StepFailure,
};
use crate::{
    environment::site::{Site, join},
    json::{self, Json},
    plan::PlannedCase,
    suite::model::{Auth, Body, HttpStep, Step},
    template::{Dynamic, RenderError, RenderedText, Scope, Template},
    verdict::Status,
};

/// How many bytes of a body are kept unless the step says otherwise: 32 MB.
const DEFAULT_BODY_LIMIT: u64 = 32_000_000;

/// A step ready to be sent.
pub(super) struct Resolved {
    pub(super) call: Call,
    /// `GET /plugins/index`
    pub(super) title: String,
    /// Values made from secrets, which must not be written either, with the name of what they were made for.
    pub(super) secrets: Vec<(String, String)>,
}

/// A step that cannot be sent.
pub(super) struct Unresolved {
    pub(super) title: String,
    pub(super) failure: StepFailure,
}

/// Resolves a step in a scope.
pub(super) fn resolve(http: &HttpStep, step: &Step, case: &PlannedCase, site: &Site, scope: &Scope) -> Result<Resolved, Box<Unresolved>> {
    let mut title = format!("{} {}", http.method, http.target.source());
    let mut pen = Pen::new(scope);
    let call = build(http, step, case, site, &mut pen, &mut title);
    match call {
        Ok(call) => Ok(Resolved { call, title, secrets: pen.secrets }),
        Err(Trouble { span, message }) => {
            let span = span.unwrap_or_else(|| step.span.clone());
            let failure = StepFailure { status: Status::Blocked, span, message, expected: String::new(), actual: String::new() };
            Err(Box::new(Unresolved { title, failure }))
        }
    }
}

pub(super) struct Trouble {
    pub(super) span: Option<crate::diagnostic::Span>,
    pub(super) message: String,
}

impl From<RenderError> for Trouble {
    fn from(error: RenderError) -> Self {
        Self { span: Some(error.span), message: error.message }
    }
}

impl From<String> for Trouble {
    fn from(message: String) -> Self {
        Self { span: None, message }
    }
}

/// Renders templates and remembers what became of secrets on the way.
pub(super) struct Pen<'a> {
    scope: &'a Scope,
    secrets: Vec<(String, String)>,
}

impl<'a> Pen<'a> {
    pub(super) fn new(scope: &'a Scope) -> Self {
        Self { scope, secrets: Vec::new() }
    }

    fn text(&mut self, what: &str, template: &Template) -> Result<String, RenderError> {
        let RenderedText { text, secret } = template.render_text(self.scope)?;
        self.note(what, secret, &text);
        Ok(text)
    }

    fn note(&mut self, what: &str, secret: bool, text: &str) {
        if secret && is_new_secret(text, self.scope) {
            self.secrets.push((what.to_owned(), text.to_owned()));
        }
    }

    fn value(&mut self, what: &str, value: &Dynamic) -> Result<Json, RenderError> {
        let rendered = value.render(self.scope)?;
        if rendered.secret {
            // Only the texts that a secret went into are secret, not their neighbours in the same body.
            for template in value.templates() {
                self.text(what, template)?;
            }
        }
        Ok(rendered.value)
    }
}

/// Whether a text made from a secret needs to be masked by itself: not when the secret stands in it as it is, which is masked
/// anyway, and not when it is too short to tell from other text.
fn is_new_secret(text: &str, scope: &Scope) -> bool {
    const SHORTEST: usize = 6;
    text.len() >= SHORTEST && !scope.surroundings().secrets.values().any(|secret| secret.len() >= 4 && text.contains(secret.as_str()))
}

/// All texts and numbers in a value, for masking.
pub(super) fn texts(value: &Json) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![value];
    while let Some(value) = open.pop() {
        match value {
            Json::String(text) => found.push(text.clone()),
            Json::Number(number) => found.push(number.as_str().to_owned()),
            Json::List(elements) => open.extend(elements),
            Json::Map(entries) => open.extend(entries.iter().map(|(_, value)| value)),
            Json::Null | Json::Bool(_) => {}
        }
    }
    found
}

fn build(http: &HttpStep, step: &Step, case: &PlannedCase, site: &Site, pen: &mut Pen<'_>, title: &mut String) -> Result<Call, Trouble> {
    let target = pen.text("url", &http.target)?;
    *title = format!("{} {target}", http.method);
    let mut url = locate(&target, http.target.source(), case, site)?;
    for (name, value) in &http.query {
        let value = pen.value(name, value)?;
        for text in repeated(&value)? {
            url.query_pairs_mut().append_pair(name, &text);
        }
    }
    let mut headers = rendered_headers(&http.headers, pen)?;
    let own_headers = rendered_headers(&case.suite.headers, pen)?;
    let mut cookies = Vec::new();
    for (name, value) in &http.cookies {
        cookies.push((name.clone(), pen.text(name, value)?));
    }
    let body = match &http.body {
        None => None,
        Some(body) => {
            let (content_type, bytes) = encode(body, pen)?;
            if !headers.iter().any(|(name, _)| name == "content-type") {
                headers.push((String::from("content-type"), content_type.to_owned()));
            }
            Some(bytes)
        }
    };
    let authorization = match http.auth.as_ref().or(case.suite.auth.as_ref()) {
        None => Authorization::Environment,
        Some(Auth::None) => Authorization::Nobody,
        Some(auth) => Authorization::Own(authorization(auth, pen)?),
    };
    Ok(Call {
        method: http.method.clone(),
        url,
        headers,
        own_headers,
        authorization,
        cookies,
        body,
        timeout: step.timeout.unwrap_or(case.timeout),
        body_limit: http.body_limit.unwrap_or(DEFAULT_BODY_LIMIT),
        redirects: http.redirects,
        safe: http.safe,
    })
}

fn rendered_headers(headers: &[(String, Template)], pen: &mut Pen<'_>) -> Result<Vec<(String, String)>, Trouble> {
    let mut rendered = Vec::new();
    for (name, template) in headers {
        let value = pen.text(name, template)?;
        if value.contains(['\r', '\n', '\0']) {
            return Err(Trouble {
                span: Some(template.span().clone()),
                message: format!("header `{name}`: a value cannot hold a line break"),
            });
        }
        rendered.push((name.clone(), value));
    }
    Ok(rendered)
}

/// The value of an `authorization` header.
pub(super) fn authorization(auth: &Auth, pen: &mut Pen<'_>) -> Result<String, Trouble> {
    match auth {
        Auth::None => Ok(String::new()),
        Auth::Bearer(token) => Ok(format!("Bearer {}", pen.text("authorization", token)?)),
        Auth::Basic { user, password } => {
            let (user, password) = (pen.text("user", user)?, pen.text("password", password)?);
            let encoded = base64::engine::general_purpose::STANDARD.encode(format!("{user}:{password}"));
            pen.secrets.push((String::from("authorization"), encoded.clone()));
            Ok(format!("Basic {encoded}"))
        }
    }
}

fn encode(body: &Body, pen: &mut Pen<'_>) -> Result<(&'static str, Vec<u8>), Trouble> {
    match body {
        Body::Json(value) => {
            let value = pen.value("body", value)?;
            Ok(("application/json", json::to_compact(&value).into_bytes()))
        }
        Body::Text(template) => Ok(("text/plain; charset=utf-8", pen.text("body", template)?.into_bytes())),
        Body::Form(fields) => {
            let mut form = url::form_urlencoded::Serializer::new(String::new());
            for (name, value) in fields {
                let value = pen.value(name, value)?;
                for text in repeated(&value)? {
                    form.append_pair(name, &text);
                }
            }
            Ok(("application/x-www-form-urlencoded", form.finish().into_bytes()))
        }
    }
}

/// The texts of a query parameter or form field: a list repeats its key, `null` leaves it out.
fn repeated(value: &Json) -> Result<Vec<String>, String> {
    match value {
        Json::Null => Ok(Vec::new()),
        Json::Bool(value) => Ok(vec![value.to_string()]),
        Json::Number(number) => Ok(vec![number.as_str().to_owned()]),
        Json::String(text) => Ok(vec![text.clone()]),
        Json::List(elements) => {
            let mut texts = Vec::new();
            for element in elements {
                if matches!(element, Json::List(_) | Json::Map(_)) {
                    return Err(format!("a list of a query or form cannot hold a {}", element.kind()));
                }
                texts.extend(repeated(element)?);
            }
            Ok(texts)
        }
        Json::Map(_) => Err(String::from("a query or form cannot hold a map")),
    }
}

/// The URL that a target means: absolute, or a URL's name and a path, or a path on the case's, suite's or default URL.
pub(super) fn locate(target: &str, written: &str, case: &PlannedCase, site: &Site) -> Result<Url, String> {
    if target.starts_with("http://") || target.starts_with("https://") {
        return Url::parse(target).map_err(|error| format!("`{target}` is not a URL: {error}"));
    }
    let (name, path) = match target.split_once(' ') {
        // A name is only what was written as one: a value that happens to hold a blank stays part of the path.
        Some((name, path)) if written.starts_with(&format!("{name} ")) && !name.starts_with('/') => (name, path.trim_start()),
        _ => (case.url_name(site), target),
    };
    let base = site.url(name).ok_or_else(|| format!("environment `{}` has no URL named `{name}`", site.name))?;
    join(base, path).ok_or_else(|| format!("`{path}` is not a path: it must begin with `/`, `?` or be empty"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_repeat_a_key_and_maps_are_refused() {
        let list = Json::List(vec![Json::from("a"), Json::Bool(true), Json::Null]);
        assert_eq!(repeated(&list).unwrap(), ["a", "true"]);
        assert!(repeated(&Json::Map(Vec::new())).is_err());
        assert!(repeated(&Json::List(vec![Json::List(Vec::new())])).is_err());
    }
}
