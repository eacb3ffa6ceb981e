//! Judges a response by what its step expects. Every expectation is evaluated.

use std::time::Duration;

use chrono::SecondsFormat;

use super::expectation::{Aspect, CookiePart, Expectation, Expectations, HopExpectation, Status, TimePart};
use crate::{
    action::SetCookie,
    assertion::{
        Context, Failure, Ground, Judgement, Outcome,
        matcher::{Matcher, Mode, Place, Subject},
    },
    diagnostic::Span,
    extract::{
        Argument, Response, Unresolved,
        html::{self, Part},
        shown::{cut, shown, shown_or_nothing},
    },
    json::{Json, Number, Selector},
};

/// The first status that an implied expectation does not allow.
const FIRST_ERROR: u16 = 400;

impl Expectations {
    /// Judges a response: the status first, then in the order written.
    #[must_use]
    pub fn judge(&self, response: &Response<'_>, context: &Context<'_>) -> Vec<Judgement> {
        let mut judgements = vec![self.judge_status(response, context)];
        for expectation in &self.rest {
            expectation.judge(response, context, &mut judgements);
        }
        judgements
    }

    /// The same for a step that looks once more at a response: only what it states is judged, since the implied status was
    /// judged where the response was asked for.
    #[must_use]
    pub fn judge_stated(&self, response: &Response<'_>, context: &Context<'_>) -> Vec<Judgement> {
        let mut judgements = self.judge(response, context);
        if matches!(self.status, Status::Implied) {
            judgements.remove(0);
        }
        judgements
    }

    fn judge_status(&self, response: &Response<'_>, context: &Context<'_>) -> Judgement {
        let status = response.status();
        let actual = Json::Number(Number::from(status));
        match &self.status {
            Status::Implied => {
                let expected = || String::from("below 400");
                let outcome =
                    if status < FIRST_ERROR { Outcome::Holds } else { Failure::different(None, expected(), status.to_string()).into() };
                Judgement::new(None, "status", Ok(outcome), || (expected(), status.to_string()))
            }
            Status::Any(span) => Judgement::new(Some(span), "status", Ok(Outcome::Holds), || (String::from("any"), status.to_string())),
            Status::Expected(matcher) => judge_value(matcher.span(), "status", matcher, Some(&actual), context),
        }
    }
}

/// Judges a value that is there or not.
pub(in crate::assertion) fn judge_value(
    span: &Span,
    subject: impl Into<String>,
    matcher: &Matcher,
    value: Option<&Json>,
    context: &Context<'_>,
) -> Judgement {
    let outcome = matcher.judge(&Subject { value, mode: matcher.mode(), place: Place::Whole }, context);
    Judgement::new(Some(span), subject, outcome, || (matcher.phrase(context), shown_or_nothing(value)))
}

/// A part of the response that could not be looked at, `exists: false` included.
fn unreadable(span: &Span, subject: impl Into<String>, matcher: &Matcher, why: &str, context: &Context<'_>) -> Judgement {
    let failure = Failure::different(None, matcher.phrase(context), "nothing").note(why).ground(Ground::Unsuited);
    Judgement::new(Some(span), subject, Ok(failure.into()), Default::default)
}

/// A template that could not be rendered before there was anything to judge.
fn unresolved(span: &Span, subject: impl Into<String>, error: Unresolved, matcher: &Matcher, context: &Context<'_>) -> Judgement {
    Judgement::new(Some(span), subject, Err(error), || (matcher.phrase(context), String::from("nothing")))
}

impl Expectation {
    fn judge(&self, response: &Response<'_>, context: &Context<'_>, judgements: &mut Vec<Judgement>) {
        let span = &self.span;
        let judgement = match &self.aspect {
            Aspect::Header { name, matcher } => {
                let value = response.header(name).map(Json::text);
                judge_value(span, format!("header {name}"), matcher, value.as_ref(), context)
            }
            Aspect::Cookie { name, part, matcher } => judge_cookie(span, name, *part, matcher, response, context),
            Aspect::Json { path, matcher } => judge_json(span, path, matcher, response, context),
            Aspect::Html { css, attribute, matcher } => {
                let subject = match attribute {
                    Some(attribute) => format!("html {} {}", css.phrase_bare(context.scope), attribute.phrase_bare(context.scope)),
                    None => format!("html {}", css.phrase_bare(context.scope)),
                };
                match select_html(css, attribute.as_ref(), response, context) {
                    Ok(Ok(values)) => judge_selected(span, subject, matcher, values, context),
                    Ok(Err(why)) => unreadable(span, subject, matcher, &why, context),
                    Err(error) => unresolved(span, subject, error, matcher, context),
                }
            }
            Aspect::Text(matcher) => match response.text() {
                Ok(text) => judge_value(span, "text", matcher, Some(&Json::text(text)), context),
                Err(why) => unreadable(span, "text", matcher, why, context),
            },
            Aspect::Bytes(matcher) => match response.size() {
                Ok(size) => judge_value(span, "bytes", matcher, Some(&Json::Number(Number::from(size))), context),
                Err(why) => unreadable(span, "bytes", matcher, &why, context),
            },
            Aspect::Sha256(matcher) => match response.sha256() {
                Ok(digest) => judge_value(span, "sha256", matcher, Some(&Json::text(digest)), context),
                Err(why) => unreadable(span, "sha256", matcher, &why, context),
            },
            Aspect::Url(url) => return judgements.extend(url.judge(response.url(), "url", context)),
            Aspect::RedirectCount(matcher) => {
                let count = Json::Number(Number::from(response.hops().len()));
                judge_value(span, "redirects", matcher, Some(&count), context)
            }
            Aspect::Redirects(hops) => return judge_redirects(span, hops, response, context, judgements),
            Aspect::Time { part, matcher } => {
                let (subject, nanoseconds) = match part {
                    TimePart::Whole => ("time", response.elapsed()),
                    TimePart::FirstByte => ("time first_byte", response.timing().first_byte.as_nanos()),
                    // Over a connection that was there already no time went into connecting.
                    TimePart::Connect => ("time connect", response.timing().connect.unwrap_or(Duration::ZERO).as_nanos()),
                };
                // Rounded up: what took a little more than the bound is over it.
                let value = Json::text(format!("{}ms", nanoseconds.div_ceil(1_000_000)));
                judge_value(span, subject, matcher, Some(&value), context)
            }
            Aspect::Value { of, matcher } => judge_written(span, of, matcher, context),
        };
        judgements.push(judgement);
    }
}

fn judge_cookie(span: &Span, name: &str, part: CookiePart, matcher: &Matcher, response: &Response<'_>, context: &Context<'_>) -> Judgement {
    let subject = if part == CookiePart::Value { format!("cookie {name}") } else { format!("cookie {name} {}", part.name()) };
    let Some(cookie) = response.cookie(name) else {
        let judgement = judge_value(span, subject, matcher, None, context);
        let message = if judgement.holds { String::new() } else { format!("{}; the response does not set it", judgement.message) };
        return Judgement { message, ..judgement };
    };
    judge_value(span, subject, matcher, cookie_part(cookie, part).as_ref(), context)
}

fn cookie_part(cookie: &SetCookie, part: CookiePart) -> Option<Json> {
    match part {
        CookiePart::Value => Some(Json::text(cookie.value.as_str())),
        CookiePart::Secure => Some(Json::Bool(cookie.secure)),
        CookiePart::HttpOnly => Some(Json::Bool(cookie.http_only)),
        CookiePart::SameSite => cookie.same_site.as_deref().map(Json::text),
        CookiePart::MaxAge => cookie.max_age.map(|seconds| Json::Number(Number::from(seconds))),
        CookiePart::Expires => cookie.expires.map(|date| Json::text(date.to_rfc3339_opts(SecondsFormat::Secs, true))),
        CookiePart::Domain => cookie.domain.as_deref().map(Json::text),
        CookiePart::Path => cookie.path.as_deref().map(Json::text),
    }
}

fn judge_json(span: &Span, path: &Argument<Selector>, matcher: &Matcher, response: &Response<'_>, context: &Context<'_>) -> Judgement {
    let path = match path.resolve(context.scope) {
        Ok(path) => path,
        Err(error) => return unresolved(span, format!("json {}", path.phrase_bare(context.scope)), error, matcher, context),
    };
    let subject = if path.is_secret() { String::from("json •••") } else { format!("json {}", path.as_str()) };
    let document = match response.json() {
        Ok(document) => document,
        Err(why) => return unreadable(span, subject, matcher, why, context),
    };
    if path.is_singular() {
        let value = path.first(document);
        let place = if path.is_secret() { Place::Whole } else { Place::At(path.as_str()) };
        let outcome = matcher.judge(&Subject { value, mode: Mode::Json, place }, context);
        return Judgement::new(Some(span), subject, outcome, || (matcher.phrase(context), shown_or_nothing(value)));
    }
    let list = Json::List(path.values(document).into_iter().cloned().collect());
    let selection = Subject::found(&list, Mode::Json);
    let mut outcome = matcher.judge(&selection.at(Place::Selected(&[])), context);
    // Only a failure needs to know where each value stands.
    if matches!(outcome, Ok(Outcome::Fails(_))) && !path.is_secret() {
        let places: Vec<String> = path.query(document).into_iter().map(|(place, _)| place.to_string()).collect();
        outcome = matcher.judge(&selection.at(Place::Selected(&places)), context);
    }
    Judgement::new(Some(span), subject, outcome, || (matcher.phrase(context), shown(&list)))
}

/// What a selector yields; inside, why the body cannot be looked at.
fn select_html(
    css: &Argument<scraper::Selector>,
    attribute: Option<&Argument<String>>,
    response: &Response<'_>,
    context: &Context<'_>,
) -> Result<Result<Vec<Json>, String>, Unresolved> {
    let css = css.resolve(context.scope)?;
    let attribute = attribute.map(|attribute| attribute.resolve(context.scope)).transpose()?;
    let part = attribute.as_ref().map_or(Part::Text, |name| Part::Attribute(name));
    Ok(response.html().map(|document| html::select(document, &css, part)).map_err(str::to_owned))
}

/// Judges what a selector yields: one value as text, several as a list where a list matcher is asked.
pub(in crate::assertion) fn judge_selected(
    span: &Span,
    subject: String,
    matcher: &Matcher,
    mut values: Vec<Json>,
    context: &Context<'_>,
) -> Judgement {
    if matcher.takes_list(values.len(), context.scope) {
        let list = Json::List(values);
        let outcome = matcher.judge(&Subject::found(&list, Mode::Texts).at(Place::Selected(&[])), context);
        return Judgement::new(Some(span), subject, outcome, || (matcher.phrase(context), shown(&list)));
    }
    if values.len() > 1 {
        let n_values = values.len();
        let list = shown(&Json::List(values));
        let failure = Failure::different(None, matcher.phrase(context), list)
            .note(format!("{n_values} elements match; use `each`, `some` or `count`"));
        return Judgement::new(Some(span), subject, Ok(failure.into()), Default::default);
    }
    judge_value(span, subject, matcher, values.pop().as_ref(), context)
}

fn judge_redirects(
    span: &Span,
    expected: &[HopExpectation],
    response: &Response<'_>,
    context: &Context<'_>,
    judgements: &mut Vec<Judgement>,
) {
    let hops = response.hops();
    let phrase = |n: usize| match n {
        0 => String::from("no redirect"),
        1 => String::from("1 redirect"),
        n => format!("{n} redirects"),
    };
    let chain = || {
        let hops: Vec<String> = hops.iter().map(|hop| format!("{} to {}", hop.status, hop.to)).collect();
        if hops.is_empty() { phrase(0) } else { cut(format!("{}: {}", phrase(hops.len()), hops.join(", "))) }
    };
    let outcome =
        if hops.len() == expected.len() { Outcome::Holds } else { Failure::different(None, phrase(expected.len()), chain()).into() };
    judgements.push(Judgement::new(Some(span), "redirects", Ok(outcome), || (phrase(expected.len()), chain())));
    for (index, (expected, hop)) in expected.iter().zip(hops).enumerate() {
        let subject = format!("redirects {}", index + 1);
        if let Some(matcher) = &expected.status {
            let status = Json::Number(Number::from(hop.status));
            judgements.push(judge_value(matcher.span(), format!("{subject} status"), matcher, Some(&status), context));
        }
        if let Some(to) = &expected.to {
            judgements.extend(to.judge(&hop.to, &format!("{subject} to"), context));
        }
    }
}

/// What stands in one lone `{{ x }}`: braces in a message mean that something was called by name.
fn unbraced(text: &str) -> &str {
    let inner = text.strip_prefix("{{").and_then(|text| text.strip_suffix("}}")).map(str::trim);
    inner.filter(|inner| !inner.contains("{{")).unwrap_or(text)
}

pub(in crate::assertion) fn judge_written(span: &Span, of: &Argument<Json>, matcher: &Matcher, context: &Context<'_>) -> Judgement {
    let subject = cut(format!("values {}", unbraced(of.span().text().trim_matches(['\'', '"']))));
    let value = match of.resolve(context.scope) {
        Ok(value) => value,
        Err(error) => return unresolved(span, subject, error, matcher, context),
    };
    let judgement = judge_value(span, subject, matcher, Some(&value), context);
    if !value.is_secret() {
        return judgement;
    }
    let actual = String::from("•••");
    let message = if judgement.holds { String::new() } else { format!("expected {}, actual {actual}", matcher.phrase(context)) };
    Judgement { expected: cut(matcher.phrase(context)), actual, message, ..judgement }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;
    use crate::{
        assertion::{Sites, matcher::testing},
        extract::response::testing::exchange,
        observation::{Content, Exchange, Hop},
    };

    const BODY: &str = r#"{"name": "affinder", "version": "1.10", "authors": [{"n": "Ada"}, {"n": "Bo"}], "none": [], "null": null}"#;

    fn json_exchange() -> Exchange {
        let headers = [
            ("content-type", "application/json"),
            ("vary", "accept"),
            ("vary", "origin"),
            ("x-count", "5"),
            (
                "set-cookie",
                "sid=abc; Secure; HttpOnly; SameSite=lax; Max-Age=3600; Path=/; Domain=.example.org; Expires=Thu, 02 May 2024 12:00:00 GMT",
            ),
            ("set-cookie", "plain=1"),
        ];
        exchange(200, &headers, BODY.as_bytes())
    }

    fn judge(written: &str, exchange: &Exchange) -> Vec<Judgement> {
        let mut diagnostics = Vec::new();
        let expectations = Expectations::parse(&testing::node(written), &mut diagnostics);
        assert!(diagnostics.is_empty(), "{written}: {diagnostics:?}");
        let urls: [(String, Url); 1] = [(String::from("api"), "https://api.example.org/stack".parse().unwrap())];
        let context = Context { sites: Sites { urls: &urls, aliases: &[] }, ..testing::context() };
        expectations.unwrap().judge(&Response::new(exchange), &context)
    }

    /// The expected failures, as `subject: message`; every judgement must say where it is written.
    fn check(written: &str, exchange: &Exchange, expected: &[&str]) {
        let judgements = judge(written, exchange);
        let failures: Vec<String> = judgements
            .iter()
            .filter(|judgement| !judgement.holds)
            .map(|judgement| {
                assert!(!judgement.expected.is_empty() && !judgement.actual.is_empty(), "{judgement:?}");
                format!("{}: {}", judgement.subject, judgement.message)
            })
            .collect();
        assert_eq!(failures, expected, "{written}");
        assert!(judgements.iter().all(|judgement| judgement.span.is_some() || judgement.subject == "status"));
    }

    #[test]
    fn the_status_is_always_judged() {
        let judgements = Expectations::implied().judge(&Response::new(&json_exchange()), &testing::context());
        let expected = Judgement {
            span: None,
            subject: String::from("status"),
            holds: true,
            expected: String::from("below 400"),
            actual: String::from("200"),
            message: String::new(),
            was_observed: true,
        };
        assert_eq!(judgements, [expected]);
        let error = exchange(503, &[], b"");
        check("{text: ''}", &error, &["status: expected below 400, actual 503"]);
        check("{status: any}", &error, &[]);
        check("{status: 200}", &error, &["status: expected 200, actual 503"]);
        check("{status: 2xx}", &error, &["status: expected 2xx, actual 503"]);
        check("{status: {one_of: [200, 404]}}", &error, &["status: expected one of 200, 404, actual 503"]);
        check("{status: 5xx}", &error, &[]);
        check("{text: ''}", &exchange(399, &[], b""), &[]);
        check("{text: ''}", &exchange(400, &[], b""), &["status: expected below 400, actual 400"]);
    }

    #[test]
    fn headers_are_text_without_case_of_names() {
        let exchange = json_exchange();
        check("{header: {Content-Type: {contains: json}, x-count: 5, vary: 'accept, origin', x-gone: {exists: false}}}", &exchange, &[]);
        check(
            "{header: {content-type: text/html, x-count: {at_least: 6}, x-gone: {not: {contains: a}}, vary: {exists: false}}}",
            &exchange,
            &[
                "header content-type: expected \"text/html\", actual \"application/json\"",
                "header x-count: expected at least 6, actual \"5\"",
                "header x-gone: expected not to contain \"a\", actual nothing",
                "header vary: expected nothing, actual \"accept, origin\"",
            ],
        );
    }

    #[test]
    fn cookies_have_a_value_and_attributes() {
        let exchange = json_exchange();
        let all = "{cookie: {sid: {value: abc, secure: true, http_only: true, same_site: Lax, max_age: 3600, path: /, domain: example.org, expires: {greater_than: '{{ now() }}'}}, plain: 1, gone: {exists: false}}}";
        check(all, &exchange, &[]);
        check("{cookie: {sid: {max_age: {at_least: 1h}}}}", &exchange, &[]);
        check(
            "{cookie: {plain: {secure: true, max_age: {at_least: 1}, same_site: Lax}, sid: {starts_with: x, count: 3}, gone: x}}",
            &exchange,
            &[
                "cookie plain secure: expected true, actual false",
                "cookie plain max_age: expected at least 1, actual nothing",
                "cookie plain same_site: expected \"Lax\", actual nothing",
                "cookie sid: expected to start with \"x\", actual \"abc\"",
                "cookie gone: expected \"x\", actual nothing; the response does not set it",
            ],
        );
    }

    #[test]
    fn json_is_judged_by_paths() {
        let exchange = json_exchange();
        check(
            "{json: {$.name: '{{ name }}', '$.authors[*].n': [Ada, Bo], '$.authors[?@.n == \"Bo\"].n': {count: 1}, $.null: null}}",
            &exchange,
            &[],
        );
        check(
            "{json: {$.gone: {exists: false}, '$..gone': {exists: false}, '$.none[*]': {count: 0}, $.authors: {count: {at_least: 1}}}}",
            &exchange,
            &[],
        );
        check(
            "{json: {$.version: 1.10, '$.authors[*].n': {each: {matches: ^A}}, $.gone: {not: x}, '$.none[*]': {each: {type: string}}, '$..n': {exists: false}}}",
            &exchange,
            &[
                "json $.version: expected 1.10, actual \"1.10\"; 1.1 and 1.10 are the same number; quote it to mean text",
                "json $.authors[*].n: at $.authors[1].n: expected to match ^A, actual \"Bo\"; 1 of 2 fails",
                "json $.gone: expected not \"x\", actual nothing",
                "json $.none[*]: expected each a string, actual an empty list; there is nothing to check; `count` or `empty` beside it would allow that",
                "json $..n: expected nothing, actual [\"Ada\", \"Bo\"]",
            ],
        );
        check(
            "{json: {$: {contains: {authors: [{n: Cy}]}}}}",
            &exchange,
            &["json $: at $.authors: expected to contain {\"n\": \"Cy\"}, actual [{\"n\": \"Ada\"}, {\"n\": \"Bo\"}]"],
        );
        check(
            "{json: {$.authors: {each: {$.n: {equals: Ada}}}}}",
            &exchange,
            &["json $.authors: at $.authors[1].n: expected \"Ada\", actual \"Bo\"; 1 of 2 fails"],
        );
    }

    #[test]
    fn a_body_that_is_not_json_says_what_it_is() {
        let page = exchange(200, &[("content-type", "text/html")], b"<!doctype html>\n<title>Down</title>");
        let why = "the body is not JSON but text/html; it begins \"<!doctype html>…\"";
        check(
            "{json: {$.name: x, $.gone: {exists: false}}}",
            &page,
            &[
                &format!("json $.name: expected \"x\", actual nothing; {why}"),
                &format!("json $.gone: expected nothing, actual nothing; {why}"),
            ],
        );
    }

    #[test]
    fn html_text_and_attributes_are_judged() {
        let page = exchange(200, &[("content-type", "text/html")], b"<h1>Plug\n ins</h1><a href=/1>one</a><a href=/2>two</a>");
        check(
            "{html: {h1: Plug ins, a: {count: 2, each: {type: string}}, h2: {exists: false}, 'a:first-of-type': {attribute: href, equals: /1}}}",
            &page,
            &[],
        );
        check("{html: {'a': {attribute: href, same_items: [/2, /1]}}}", &page, &[]);
        check(
            "{html: {h1: x, h2: x, a: one, h3: {each: x}}}",
            &page,
            &[
                "html h1: expected \"x\", actual \"Plug ins\"",
                "html h2: expected \"x\", actual nothing",
                "html a: expected \"one\", actual [\"one\", \"two\"]; 2 elements match; use `each`, `some` or `count`",
                "html h3: expected each \"x\", actual an empty list; there is nothing to check; `count` or `empty` beside it would allow that",
            ],
        );
    }

    #[test]
    fn one_empty_text_is_empty_and_a_list_stands_in_a_variable_too() {
        let page = exchange(200, &[("content-type", "text/html")], b"<title></title><h1>a</h1><li>1</li><li>2</li>");
        check("{html: {title: {empty: true}, h1: {not: {empty: true}}, li: {empty: false}, h2: {empty: true}}}", &page, &[]);
        check(
            "{html: {title: {empty: false}, h1: {empty: true}}}",
            &page,
            &["html title: expected not to be empty, actual \"\"", "html h1: expected to be empty, actual \"a\""],
        );
        check("{html: {li: '{{ [\"1\", \"2\"] }}', h1: {contains: '{{ [\"a\"] }}'}}}", &page, &[]);
        check(
            "{html: {li: '{{ [\"1\", \"3\"] }}', h1: {equals: '{{ [\"a\", \"b\"] }}'}}}",
            &page,
            &["html li: expected [\"1\", \"3\"], actual [\"1\", \"2\"]", "html h1: expected [\"a\", \"b\"], actual [\"a\"]"],
        );
    }

    #[test]
    fn the_body_counts_as_text_bytes_and_digest() {
        let exchange = exchange(200, &[], b"pong");
        check("{text: pong, bytes: 4, sha256: AB01}", &exchange, &[]);
        check(
            "{text: {contains: ping}, bytes: {less_than: 4}, sha256: ff}",
            &exchange,
            &[
                "text: expected to contain \"ping\", actual \"pong\"",
                "bytes: expected less than 4, actual 4",
                "sha256: expected \"ff\", actual \"ab01\"",
            ],
        );
    }

    #[test]
    fn a_body_that_was_not_read_fails_only_where_it_is_needed() {
        let mut exchange = json_exchange();
        exchange.response.body.content = Content::OverLimit { limit: 32_000_000 };
        check("{status: 200, header: {x-count: 5}}", &exchange, &[]);
        let why = "the body is over the limit of 32 MB";
        check(
            "{json: {$.a: 1}, bytes: {at_least: 1}}",
            &exchange,
            &[&format!("json $.a: expected 1, actual nothing; {why}"), &format!("bytes: expected at least 1, actual nothing; {why}")],
        );
    }

    #[test]
    fn url_and_redirects_are_judged() {
        let mut exchange = json_exchange();
        let to = |url: &str, status: u16| Hop { status, to: url.parse().unwrap() };
        exchange.hops = vec![to("https://api.example.org/stack/a", 301), to("https://api.example.org/stack/plugins?fields=all", 302)];
        check("{url: '/plugins?fields=all', redirects: 2}", &exchange, &[]);
        check("{redirects: [{status: 301, to: /a}, {status: 3xx, to: {path: /plugins, query: {fields: all}}}]}", &exchange, &[]);
        check(
            "{url: /plugins, redirects: [{status: 302, to: /b}]}",
            &exchange,
            &[
                "url: expected /plugins, actual https://api.example.org/stack/plugins?fields=all",
                "redirects: expected 1 redirect, actual 2 redirects: 301 to https://api.example.org/stack/a, 302 to https://api.example.org/stack/plugins?fields=all",
                "redirects 1 status: expected 302, actual 301",
                "redirects 1 to: expected /b, actual https://api.example.org/stack/a",
            ],
        );
        check("{redirects: []}", &json_exchange(), &[]);
        check("{redirects: {at_most: 1}}", &exchange, &["redirects: expected at most 1, actual 2"]);
    }

    #[test]
    fn time_is_judged_whole_or_in_parts() {
        let exchange = json_exchange();
        check("{time: {at_most: 120ms}}", &exchange, &[]);
        check("{time: {first_byte: {between: [80ms, 1s]}, connect: {at_most: 0}}}", &exchange, &[]);
        check("{time: {less_than: 120ms}}", &exchange, &["time: expected less than 120ms, actual 120ms"]);
    }

    #[test]
    fn values_are_judged_and_secrets_stay_hidden() {
        let exchange = json_exchange();
        check("{values: [{of: '{{ limit + 1 }}', equals: 4}, {of: '{{ names }}', contains: [a]}]}", &exchange, &[]);
        check(
            "{values: [{of: '{{ limit }}', at_least: 4}, {of: '{{ hidden }}', equals: x}, {of: '{{ unknown }}', equals: x}]}",
            &exchange,
            &[
                "values limit: expected at least 4, actual 3",
                "values hidden: expected \"x\", actual •••",
                "values unknown: could not be evaluated: unknown name `unknown`",
            ],
        );
    }

    #[test]
    fn every_judgement_says_where_it_is_written() {
        let judgements = judge("status: 200\nheader:\n  x-count: 6\n", &json_exchange());
        let places: Vec<String> = judgements.iter().filter_map(|judgement| judgement.span.as_ref()).map(Span::to_string).collect();
        assert_eq!(places, ["suites/test.yaml:1:9", "suites/test.yaml:3:3"]);
    }

    #[test]
    fn names_and_needs_are_known_before_the_run() {
        let mut diagnostics = Vec::new();
        let written =
            "{json: {'$[?@.n == \"{{ a }}\"]': '{{ b }}'}, url: {path: '{{ c }}'}, values: [{of: '{{ d }}', one_of: ['{{ secret.E }}']}]}";
        let expectations = Expectations::parse(&testing::node(written), &mut diagnostics).unwrap();
        let names: Vec<String> = expectations.names().into_iter().map(|name| name.text).collect();
        assert_eq!(names, ["a", "b", "c", "d", "secret.E"]);
        assert!(expectations.uses_body());
        assert!(!Expectations::implied().uses_body());
    }
}
