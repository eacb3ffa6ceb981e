//! What is read of a page, and how the agent's answers become an observation's.

use prodiff_core::{
    action::page::Probe,
    observation::page::{Answer, Element, Violation},
};
use serde_json::{Value, json};
use tokio::time::Duration;

use super::{axe, image, navigate::Place};
use crate::drivers::browser::{
    act::ActError,
    error::BrowserError,
    locate::{self, AgentError},
    session::call::{Argument, World},
};

const PATIENCE: Duration = Duration::from_secs(60);

/// How the agent reads probes; what it cannot answer is asked for elsewhere.
pub(super) fn described(probes: &[Probe]) -> Value {
    probes
        .iter()
        .map(|probe| match probe {
            Probe::Elements { at, attributes } => json!({"kind": "elements", "at": locate::locator(at), "attributes": attributes}),
            Probe::Aria(part) => locate::extract("aria", part),
            Probe::Text(part) => locate::extract("text", part),
            Probe::Html(part) => locate::extract("html", part),
            Probe::Storage => json!({"kind": "storage"}),
            Probe::Image(_) | Probe::Accessibility { .. } | Probe::Vitals | Probe::Clipboard | Probe::Screenshot => {
                json!({"kind": "elsewhere"})
            }
        })
        .collect()
}

/// The answers in the order of the probes: what the agent said, and what is asked for now.
pub(super) async fn answers(place: Place<'_>, probes: &[Probe], mut said: Value, is_in_frame: bool) -> Result<Vec<Answer>, ActError> {
    let mut answers = Vec::new();
    for (index, probe) in probes.iter().enumerate() {
        let said = said.get_mut(index).map(Value::take).unwrap_or_default();
        let answer = match probe {
            Probe::Elements { .. } | Probe::Aria(_) | Probe::Text(_) | Probe::Html(_) | Probe::Storage => read(&said),
            Probe::Image(_) if is_in_frame => Answer::NotObserved(String::from("pictures are taken of whole pages, not within a frame")),
            Probe::Image(image) => image::still(place, image).await?,
            Probe::Screenshot => image::now(place).await?,
            Probe::Accessibility { level } => match axe::script() {
                Ok(script) => violations(place, level, &script).await?,
                Err(why) => Answer::NotObserved(why),
            },
            Probe::Vitals => vitals(place).await?,
            Probe::Clipboard => clipboard(place).await?,
        };
        answers.push(answer);
    }
    Ok(answers)
}

/// Every probe's answer where nothing could be looked at.
pub(super) fn nothing(probes: &[Probe], why: &str) -> Vec<Answer> {
    probes.iter().map(|_| Answer::Nothing(why.to_owned())).collect()
}

fn read(said: &Value) -> Answer {
    if let Some(why) = said.get("nothing").and_then(Value::as_str) {
        return Answer::Nothing(why.to_owned());
    }
    if let Some(text) = said.get("text").and_then(Value::as_str) {
        return Answer::Text(text.to_owned());
    }
    if let Some(elements) = said.get("elements").and_then(Value::as_array) {
        return Answer::Elements(elements.iter().map(element).collect());
    }
    if let Some(pairs) = said.get("storage").and_then(Value::as_array) {
        let text = |pair: &Value, index: usize| pair.get(index).and_then(Value::as_str).unwrap_or_default().to_owned();
        return Answer::Storage(pairs.iter().map(|pair| (text(pair, 0), text(pair, 1))).collect());
    }
    Answer::NotObserved(String::from("the page gave no answer"))
}

fn element(said: &Value) -> Element {
    let text = |key: &str| said.get(key).and_then(Value::as_str).map(String::from);
    let truth = |key: &str| said.get(key).and_then(Value::as_bool);
    let attributes = said.get("attributes").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    Element {
        described: text("described").unwrap_or_default(),
        visible: truth("visible").unwrap_or(false),
        rendered: truth("rendered").unwrap_or(false),
        enabled: truth("enabled").unwrap_or(false),
        checked: truth("checked"),
        focused: truth("focused").unwrap_or(false),
        text: text("text").unwrap_or_default(),
        value: text("value"),
        attributes: attributes.iter().map(|value| value.as_str().map(String::from)).collect(),
    }
}

/// Runs axe-core in the page, and takes it out again.
async fn violations(place: Place<'_>, level: &str, axe: &str) -> Result<Answer, ActError> {
    let script = format!(
        "const tags = JSON.parse(arguments[0]);\n\
         const before = window.axe;\n\
         (function () {{ var module, exports, define; {axe}\n}}).call(window);\n\
         const axe = window.axe;\n\
         return axe.run(document, {{runOnly: {{type: 'tag', values: tags}}, resultTypes: ['violations']}}).then(\n\
         result => [JSON.stringify(result.violations.map(({{id, impact, help, nodes}}) => ({{rule: id, impact: impact || '', help,\n\
         targets: nodes.map(node => node.target.flat().join(' '))}}))), null, null],\n\
         error => [null, null, String(error)]).finally(() => {{ window.axe = before; }});"
    );
    let arguments = [Argument::Text(json!(tags(level)).to_string())];
    let answer = match place.session.call("look for violations", World::Own, &script, &arguments, PATIENCE).await {
        Ok(answer) => answer,
        Err(BrowserError::Refused { message, .. }) => return Ok(Answer::NotObserved(format!("axe-core does not run here: {message}"))),
        Err(error) => return Err(error.into()),
    };
    match answer.text.and_then(|text| serde_json::from_str::<Vec<Value>>(&text).ok()) {
        Some(found) => Ok(Answer::Violations(found.iter().map(violation).collect())),
        None => Ok(Answer::NotObserved(format!("axe-core: {}", answer.thrown.as_deref().unwrap_or("it gave no answer")))),
    }
}

fn violation(said: &Value) -> Violation {
    let text = |key: &str| said.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let targets = said.get("targets").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    Violation {
        rule: text("rule"),
        impact: text("impact"),
        help: text("help"),
        targets: targets.iter().filter_map(|target| target.as_str().map(String::from)).collect(),
    }
}

/// Rules of a level hold those of the levels below it, and good practice.
fn tags(level: &str) -> Vec<&'static str> {
    let mut tags = vec!["best-practice", "wcag2a", "wcag21a", "wcag22a"];
    if level != "a" {
        tags.extend(["wcag2aa", "wcag21aa", "wcag22aa"]);
    }
    if level == "aaa" {
        tags.extend(["wcag2aaa", "wcag21aaa", "wcag22aaa"]);
    }
    tags
}

async fn vitals(place: Place<'_>) -> Result<Answer, ActError> {
    let said = match locate::ask(place.session, json!({"command": "vitals"}), None, PATIENCE).await {
        Err(AgentError::Replaced) => return Ok(Answer::Nothing(String::from("the page was replaced meanwhile"))),
        outcome => outcome?,
    };
    let duration = |key: &str| Duration::try_from_secs_f64(said.get(key)?.as_f64()? / 1000.0).ok();
    let cls = said.get("cls").and_then(Value::as_f64).and_then(ten_thousandths);
    Ok(Answer::Vitals { lcp: duration("lcp"), cls, ttfb: duration("ttfb") })
}

fn ten_thousandths(shift: f64) -> Option<u32> {
    format!("{:.0}", shift * 10_000.0).parse().ok()
}

async fn clipboard(place: Place<'_>) -> Result<Answer, ActError> {
    place.session.permit("clipboard-read", place.window).await;
    // A browser that asks a person for leave waits for ever: it is not asked for longer than that takes.
    let script = "if (!navigator.clipboard) return Promise.resolve([null, null, 'a page that is not secure has none']);\n\
        const late = new Promise(resolve => setTimeout(() => resolve([null, null, 'the browser does not answer']), 2000));\n\
        return Promise.race([late, navigator.clipboard.readText().then(text => [text, null, null], error => [null, null, String(error)])]);";
    let read = place.session.call("read the clipboard", World::Page, script, &[], PATIENCE).await?;
    Ok(match read.text {
        Some(text) => Answer::Text(text),
        None => Answer::NotObserved(format!("the clipboard cannot be read: {}", read.thrown.unwrap_or_default())),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_holds_those_below_it() {
        assert_eq!(tags("a").len(), 4);
        assert!(tags("aa").contains(&"wcag2aa") && !tags("aa").contains(&"wcag2aaa"));
        assert!(tags("aaa").contains(&"wcag2a"));
    }

    #[test]
    fn an_answer_that_is_none_is_not_taken_for_one() {
        assert!(matches!(read(&Value::Null), Answer::NotObserved(_)));
        assert_eq!(read(&json!({"nothing": "it is not there"})), Answer::Nothing(String::from("it is not there")));
        assert_eq!(read(&json!({"elements": []})), Answer::Elements(vec![]));
    }

    #[test]
    fn shifts_are_whole_numbers() {
        assert_eq!(ten_thousandths(0.1234), Some(1234));
        assert_eq!(ten_thousandths(0.0), Some(0));
    }
}
