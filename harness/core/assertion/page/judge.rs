//! Judges a page by what its step expects. Every expectation is evaluated, and what could not be observed is never a pass.

use super::expectation::{Aspect, Console, PageExpectations, Read, State, Vital};
use crate::{
    assertion::{
        Context, Failure, Judgement, Outcome,
        matcher::Matcher,
        response::{judge_selected, judge_value, judge_written},
    },
    diagnostic::Span,
    extract::{
        Unresolved,
        locator::LocatorSpec,
        shown::{cut, quoted, shown},
    },
    json::{Json, Number},
    observation::page::{Answer, ConsoleLevel, Element, PageObservation, Violation, Watched},
};

/// How many elements or messages a failure lists.
const MOST_LISTED: usize = 5;

impl PageExpectations {
    /// Judges a page. `answers` are those to [`PageExpectations::probes`], in their order.
    #[must_use]
    pub fn judge(&self, page: &PageObservation, answers: &[Answer], context: &Context<'_>) -> Vec<Judgement> {
        let mut judgements = Vec::new();
        let mut answers = answers.iter();
        for expectation in &self.all {
            let asked = matches!(expectation.aspect.probe(context.scope), Ok(Some(_)));
            let answer = if asked { answers.next() } else { None };
            let mut court = Court { span: &expectation.span, page, context, judgements: &mut judgements };
            court.judge(&expectation.aspect, answer);
        }
        judgements
    }
}

struct Court<'a, 'c> {
    span: &'a Span,
    page: &'a PageObservation,
    context: &'a Context<'c>,
    judgements: &'a mut Vec<Judgement>,
}

impl Court<'_, '_> {
    fn judge(&mut self, aspect: &Aspect, answer: Option<&Answer>) {
        let span = self.span;
        let judgement = match aspect {
            Aspect::Url(url) => return self.judgements.extend(url.judge(&self.page.url, "url", self.context)),
            Aspect::Title(matcher) => judge_value(span, "title", matcher, Some(&Json::text(self.page.title.as_str())), self.context),
            Aspect::State { state, at } => self.state(*state, at, answer),
            Aspect::Read { read, at, matcher } => self.read(read, at, matcher, answer),
            Aspect::Meta { name, matcher } => {
                let value = self.meta(name);
                judge_value(span, format!("meta {name}"), matcher, value.as_ref(), self.context)
            }
            Aspect::Console(console) => return self.console(console),
            Aspect::Failed { matcher, ignore } => self.failed(matcher, ignore),
            Aspect::Sent { url, method, count } => match url.resolve(self.context.scope) {
                Ok(pattern) => self.sent(&pattern, method.as_deref(), count.as_ref()),
                Err(Unresolved { message }) => self.fails("requests sent", String::from("a pattern"), message, None),
            },
            Aspect::Accessibility { level, ignore } => self.accessibility(level, ignore, answer),
            Aspect::Vitals { part, matcher } => self.vitals(*part, matcher, answer),
            Aspect::NoOverflow => {
                let overflow = self.page.overflow;
                if overflow == 0 {
                    self.holds("overflow", "hidden", String::from("hidden"))
                } else {
                    self.fails("overflow", String::from("hidden"), format!("the page is {overflow} px wider than the window"), None)
                }
            }
            Aspect::Download { name, bytes } => self.download(name.as_ref(), bytes.as_ref()),
            Aspect::Clipboard(matcher) => match answer {
                Some(Answer::Text(text)) => judge_value(span, "clipboard", matcher, Some(&Json::text(text.as_str())), self.context),
                other => self.unseen("clipboard", matcher.phrase(self.context), other),
            },
            Aspect::Result(matcher) => judge_value(span, "result", matcher, self.page.result.as_ref(), self.context),
            Aspect::Value { of, matcher } => judge_written(span, of, matcher, self.context),
        };
        self.judgements.push(judgement);
    }

    fn holds(&self, subject: &str, expected: &str, actual: String) -> Judgement {
        Judgement::new(Some(self.span), subject, Ok(Outcome::Holds), || (expected.to_owned(), actual))
    }

    fn fails(&self, subject: &str, expected: String, actual: String, note: Option<String>) -> Judgement {
        let failure = Failure { note, ..Failure::different(None, expected, cut(actual)) };
        Judgement::new(Some(self.span), subject, Ok(failure.into()), Default::default)
    }

    /// What could not be looked at: blocked where the browser cannot tell, failed where the page was asked for something that is not there.
    fn unseen(&self, subject: &str, expected: String, answer: Option<&Answer>) -> Judgement {
        match answer {
            Some(Answer::NotObserved(why)) => Judgement::not_observed(self.span, subject, expected, why),
            Some(Answer::Nothing(why)) => self.fails(subject, expected, why.clone(), None),
            Some(_) | None => Judgement::not_observed(self.span, subject, expected, "the browser gave no answer"),
        }
    }

    fn elements<'p>(&self, answer: Option<&'p Answer>) -> Result<&'p [Element], Option<&'p Answer>> {
        match answer {
            Some(Answer::Elements(elements)) => Ok(elements),
            other => Err(other),
        }
    }

    fn state(&self, state: State, at: &LocatorSpec, answer: Option<&Answer>) -> Judgement {
        let subject = format!("{} {}", state.name(), at.phrase(self.context.scope));
        let expected = state.name().to_owned();
        let elements = match self.elements(answer) {
            Ok(elements) => elements,
            Err(other) => return self.unseen(&subject, expected, other),
        };
        let seen: Vec<&Element> = elements.iter().filter(|element| element.visible).collect();
        let without = || if elements.is_empty() { "nothing matches" } else { "what matches cannot be seen" };
        match state {
            State::Visible if seen.is_empty() => self.fails(&subject, expected, without().to_owned(), invisible(elements)),
            State::Visible => self.holds(&subject, "visible", listed(&seen)),
            State::Hidden if seen.is_empty() => {
                let actual = if elements.is_empty() { "absent" } else { "invisible" };
                self.holds(&subject, "hidden", actual.to_owned())
            }
            State::Hidden => self.fails(&subject, expected, format!("visible: {}", listed(&seen)), None),
            State::Enabled | State::Disabled | State::Checked | State::Focused => match seen.as_slice() {
                [] => self.fails(&subject, expected, without().to_owned(), invisible(elements)),
                [element] => {
                    let (is_so, actual) = match state {
                        State::Enabled => (element.enabled, if element.enabled { "enabled" } else { "disabled" }),
                        State::Disabled => (!element.enabled, if element.enabled { "enabled" } else { "disabled" }),
                        State::Checked => match element.checked {
                            Some(true) => (true, "checked"),
                            Some(false) => (false, "not checked"),
                            None => (false, "nothing that can be checked"),
                        },
                        State::Focused | State::Visible | State::Hidden => {
                            (element.focused, if element.focused { "focused" } else { "not focused" })
                        }
                    };
                    if is_so {
                        self.holds(&subject, state.name(), actual.to_owned())
                    } else {
                        self.fails(&subject, expected, format!("{actual}: {}", element.described), None)
                    }
                }
                several => {
                    let note = String::from("narrow the locator, or take `nth`");
                    self.fails(&subject, expected, format!("{} elements match: {}", several.len(), listed(several)), Some(note))
                }
            },
        }
    }

    fn read(&self, read: &Read, at: &LocatorSpec, matcher: &Matcher, answer: Option<&Answer>) -> Judgement {
        let of = match read {
            Read::Text => String::from("text"),
            Read::Value => String::from("value"),
            Read::Count => String::from("count"),
            Read::Attribute(name) => format!("attribute {}", name.phrase_bare(self.context.scope)),
        };
        let subject = format!("{of} {}", at.phrase(self.context.scope));
        let elements = match self.elements(answer) {
            Ok(elements) => elements,
            Err(other) => return self.unseen(&subject, matcher.phrase(self.context), other),
        };
        // What never renders, such as `<meta>`, can only have been asked for on purpose.
        let counted: Vec<&Element> = elements.iter().filter(|element| element.visible || !element.rendered).collect();
        let values: Vec<Json> = match read {
            Read::Count => {
                let count = Json::Number(Number::from(counted.len()));
                let judgement = judge_value(self.span, subject, matcher, Some(&count), self.context);
                return noted(judgement, elements, &counted);
            }
            Read::Text => counted.iter().map(|element| Json::text(element.text.as_str())).collect(),
            Read::Value => counted.iter().filter_map(|element| element.value.as_deref().map(Json::text)).collect(),
            Read::Attribute(_) => counted.iter().filter_map(|element| element.attributes.first()?.as_deref().map(Json::text)).collect(),
        };
        let judgement = judge_selected(self.span, subject, matcher, values, self.context);
        noted(judgement, elements, &counted)
    }

    fn meta(&self, name: &str) -> Option<Json> {
        let named = |all: &[(String, String)]| all.iter().find(|(known, _)| known == name).map(|(_, value)| Json::text(value.as_str()));
        named(&self.page.meta).or_else(|| named(&self.page.links))
    }

    fn ignored(&self, text: &str, ignore: &[Matcher]) -> bool {
        let value = Json::text(text);
        ignore.iter().any(|matcher| judge_value(self.span, "", matcher, Some(&value), self.context).holds)
    }

    fn console(&mut self, console: &Console) {
        let messages = match &self.page.console {
            Watched::Seen(messages) => messages,
            Watched::NotObserved(why) => {
                let judgement = Judgement::not_observed(self.span, "console", String::from("what the console says"), why);
                return self.judgements.push(judgement);
            }
        };
        let texts = |levels: &[ConsoleLevel]| -> Vec<Json> {
            let fitting = messages.iter().filter(|message| levels.contains(&message.level));
            fitting
                .filter(|message| !self.ignored(&message.text, &console.ignore))
                .map(|message| Json::text(message.text.as_str()))
                .collect()
        };
        let errors = texts(&[ConsoleLevel::Error, ConsoleLevel::Uncaught]);
        let warnings = texts(&[ConsoleLevel::Warning]);
        let is_plain = console.errors.is_none() && console.warnings.is_none();
        let mut judgements = Vec::new();
        if is_plain {
            judgements.push(if errors.is_empty() {
                self.holds("console", "clean", String::from("clean"))
            } else {
                self.fails("console", String::from("clean"), said(&errors), None)
            });
        }
        for (subject, matcher, texts) in [("console errors", &console.errors, errors), ("console warnings", &console.warnings, warnings)] {
            if let Some(matcher) = matcher {
                judgements.push(judge_list(self.span, subject, matcher, texts, self.context));
            }
        }
        self.judgements.extend(judgements);
    }

    fn failed(&self, matcher: &Matcher, ignore: &[Matcher]) -> Judgement {
        let requests = match &self.page.requests {
            Watched::Seen(requests) => requests,
            Watched::NotObserved(why) => {
                return Judgement::not_observed(self.span, "requests failed", matcher.phrase(self.context), why);
            }
        };
        let failed = requests.iter().filter_map(|request| {
            let how = match (&request.failure, request.status) {
                (Some(failure), _) => failure.clone(),
                (None, Some(status)) if status >= 400 => status.to_string(),
                (None, Some(_) | None) => return None,
            };
            (!self.ignored(&request.url, ignore)).then(|| Json::text(format!("{} {}: {how}", request.method, request.url)))
        });
        judge_list(self.span, "requests failed", matcher, failed.collect(), self.context)
    }

    fn sent(&self, pattern: &str, method: Option<&str>, count: Option<&Matcher>) -> Judgement {
        let subject = cut(format!("requests sent {}{pattern}", method.map(|method| format!("{method} ")).unwrap_or_default()));
        let expected = count.map_or_else(|| String::from("at least 1"), |count| count.phrase(self.context));
        let requests = match &self.page.requests {
            Watched::Seen(requests) => requests,
            Watched::NotObserved(why) => return Judgement::not_observed(self.span, &subject, expected, why),
        };
        let fits = requests.iter().filter(|request| {
            method.is_none_or(|method| request.method.eq_ignore_ascii_case(method)) && crate::action::page::fits(pattern, &request.url)
        });
        let n_sent = fits.count();
        match count {
            Some(count) => judge_value(self.span, subject, count, Some(&Json::Number(Number::from(n_sent))), self.context),
            None if n_sent > 0 => self.holds(&subject, &expected, n_sent.to_string()),
            None => self.fails(&subject, expected, String::from("0"), None),
        }
    }

    fn accessibility(&self, level: &str, ignore: &[String], answer: Option<&Answer>) -> Judgement {
        let subject = "accessibility";
        let expected = format!("no violation of WCAG {level}");
        let violations = match answer {
            Some(Answer::Violations(violations)) => violations,
            other => return self.unseen(subject, expected, other),
        };
        let counted: Vec<&Violation> = violations.iter().filter(|violation| !ignore.contains(&violation.rule)).collect();
        if counted.is_empty() {
            return self.holds(subject, &expected, String::from("none"));
        }
        let told = counted.iter().take(MOST_LISTED).map(|violation| {
            let target = violation.targets.first().map(|target| format!(" at {target}")).unwrap_or_default();
            format!("{}: {}{target} ({})", violation.rule, violation.help, violation.targets.len())
        });
        let actual = format!("{} rules are broken: {}", counted.len(), told.collect::<Vec<_>>().join("; "));
        self.fails(subject, expected, actual, None)
    }

    fn vitals(&self, part: Vital, matcher: &Matcher, answer: Option<&Answer>) -> Judgement {
        let subject = format!("vitals {}", part.name());
        let Some(Answer::Vitals { lcp, cls, ttfb }) = answer else {
            return self.unseen(&subject, matcher.phrase(self.context), answer);
        };
        let duration = |duration: &std::time::Duration| Json::text(format!("{}ms", duration.as_nanos().div_ceil(1_000_000)));
        let value = match part {
            Vital::LargestContentfulPaint => lcp.as_ref().map(duration),
            Vital::TimeToFirstByte => ttfb.as_ref().map(duration),
            Vital::CumulativeLayoutShift => {
                cls.and_then(|shift| Number::parse(&format!("{}.{:04}", shift / 10_000, shift % 10_000))).map(Json::Number)
            }
        };
        match value {
            Some(value) => judge_value(self.span, subject, matcher, Some(&value), self.context),
            None => Judgement::not_observed(self.span, &subject, matcher.phrase(self.context), "this browser does not tell"),
        }
    }

    fn download(&self, name: Option<&Matcher>, bytes: Option<&Matcher>) -> Judgement {
        let expected = || {
            let name = name.map(|name| format!("name {}", name.phrase(self.context)));
            let bytes = bytes.map(|bytes| format!("bytes {}", bytes.phrase(self.context)));
            name.into_iter().chain(bytes).collect::<Vec<_>>().join(", ")
        };
        let downloads = match &self.page.downloads {
            Watched::Seen(downloads) => downloads,
            Watched::NotObserved(why) => return Judgement::not_observed(self.span, "download", expected(), why),
        };
        let holds = |matcher: Option<&Matcher>, value: Option<Json>| {
            matcher.is_none_or(|matcher| judge_value(self.span, "", matcher, value.as_ref(), self.context).holds)
        };
        let fitting = downloads.iter().find(|download| {
            holds(name, Some(Json::text(download.name.as_str())))
                && holds(bytes, download.bytes.map(|bytes| Json::Number(Number::from(bytes))))
        });
        let told = |download: &crate::observation::page::Download| match download.bytes {
            Some(bytes) => format!("{} ({bytes} bytes)", quoted(&download.name)),
            None => quoted(&download.name),
        };
        match fitting {
            Some(download) => self.holds("download", &expected(), told(download)),
            None if downloads.is_empty() => self.fails("download", expected(), String::from("no file was downloaded"), None),
            None => self.fails("download", expected(), downloads.iter().map(told).collect::<Vec<_>>().join(", "), None),
        }
    }
}

/// Judges a list by a matcher of lists; one that judges a single text must hold for the only one there is.
fn judge_list(span: &Span, subject: &str, matcher: &Matcher, texts: Vec<Json>, context: &Context<'_>) -> Judgement {
    judge_selected(span, subject.to_owned(), matcher, texts, context)
}

/// Why nothing that can be seen matches.
fn invisible(elements: &[Element]) -> Option<String> {
    let first = elements.first()?;
    Some(format!("there is {}", first.described))
}

/// A failure about nothing says what is hidden.
fn noted(judgement: Judgement, elements: &[Element], counted: &[&Element]) -> Judgement {
    let hidden = elements.len() - counted.len();
    if judgement.holds || hidden == 0 || !counted.is_empty() {
        return judgement;
    }
    let message = cut(format!("{}; {hidden} hidden: {}", judgement.message, elements[0].described));
    Judgement { message, ..judgement }
}

fn listed(elements: &[&Element]) -> String {
    let mut told: Vec<&str> = elements.iter().take(MOST_LISTED).map(|element| element.described.as_str()).collect();
    if elements.len() > MOST_LISTED {
        told.push("…");
    }
    told.join(", ")
}

fn said(texts: &[Json]) -> String {
    let told = texts.iter().take(MOST_LISTED).map(shown).collect::<Vec<_>>().join(", ");
    match texts.len() {
        1 => told,
        n => format!("{n} messages: {told}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        assertion::{Sites, matcher::testing::node},
        extract::testing::{now, page, scope},
        observation::page::PageRequest,
    };

    #[track_caller]
    fn check(written: &str, page: &PageObservation, expected: &[&str]) {
        let expectations = PageExpectations::parse(&node(written), &mut Vec::new()).unwrap();
        let context = Context { scope: scope(), now: now(), sites: Sites::default() };
        let judgements = expectations.judge(page, &[], &context);
        let failures: Vec<String> =
            judgements.iter().filter(|one| !one.holds).map(|one| format!("{}: {}", one.subject, one.message)).collect();
        assert_eq!(failures, expected, "{written}");
    }

    #[test]
    fn a_request_with_a_query_was_sent_all_the_same() {
        let request = PageRequest {
            method: String::from("GET"),
            url: String::from("https://www.example.org/track?id=1"),
            status: Some(200),
            failure: None,
            mime_type: None,
            bytes: None,
            took: None,
        };
        let page = PageObservation { requests: Watched::Seen(vec![request]), ..page() };
        check("{requests: {sent: [{url: '**/track'}]}}", &page, &[]);
        check(
            "{requests: {sent: [{url: '**/track', method: POST}]}}",
            &page,
            &["requests sent POST **/track: expected at least 1, actual 0"],
        );
        check("{requests: {sent: [{url: '**/track', count: 0}]}}", &page, &["requests sent **/track: expected 0, actual 1"]);
    }

    #[test]
    fn what_the_browser_does_not_tell_is_no_pass() {
        let page = PageObservation { requests: Watched::NotObserved(String::from("webkit does not tell")), ..page() };
        let expectations = PageExpectations::parse(&node("{requests: {failed: {count: 0}}}"), &mut Vec::new()).unwrap();
        let context = Context { scope: scope(), now: now(), sites: Sites::default() };
        let judgements = expectations.judge(&page, &[], &context);
        assert!(!judgements[0].holds && !judgements[0].was_observed, "{judgements:?}");
    }
}
