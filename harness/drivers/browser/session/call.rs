//! Functions that run in a page: over BiDi where the browser speaks it, else over a classic command.
//!
//! BiDi has two advantages: nothing waits behind a function that takes its time, and ours can run in a world of its own, where
//! a page sees nothing of them and they nothing of what a page has made of JavaScript's own objects.

use serde_json::{Value, json};
use tokio::time::Duration;

use super::session::Session;
use crate::drivers::browser::error::BrowserError;

/// Where a function runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::drivers::browser) enum World {
    /// With the page's own scripts.
    Page,
    /// Beside them, where the browser knows such a place.
    Own,
}

/// What a function is given.
#[derive(Debug, Clone)]
pub(in crate::drivers::browser) enum Argument<'a> {
    Text(String),
    /// An element, by its id.
    Element(&'a str),
}

/// What a function returned: a promise of a list of a text, a node, and what was thrown.
#[derive(Debug, Default, PartialEq, Eq)]
pub(in crate::drivers::browser) struct Returned {
    pub(in crate::drivers::browser) text: Option<String>,
    /// The id of an element, or the name of a window's context.
    pub(in crate::drivers::browser) node: Option<String>,
    pub(in crate::drivers::browser) thrown: Option<String>,
}

/// How WebDriver writes a reference to an element.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// The name of our world.
const SANDBOX: &str = "prodiff";

/// An element as classic commands take it.
pub(in crate::drivers::browser) fn reference(id: &str) -> Value {
    json!({ELEMENT: id})
}

impl Session {
    /// Runs the body of a function in the current window or frame. A dialog that opens meanwhile ends the wait.
    ///
    /// # Errors
    /// When it cannot be run or does not end in time, a dialog is open, or the browser is gone.
    pub(in crate::drivers::browser) async fn call(
        &self,
        doing: &str,
        world: World,
        body: &str,
        arguments: &[Argument<'_>],
        within: Duration,
    ) -> Result<Returned, BrowserError> {
        if self.connection().is_none() {
            return self.call_classic(doing, body, arguments, within).await;
        }
        let arguments: Vec<Value> = arguments
            .iter()
            .map(|argument| match argument {
                Argument::Text(text) => json!({"type": "string", "value": text}),
                Argument::Element(id) => json!({"sharedId": id}),
            })
            .collect();
        let mut target = json!({"context": self.current()});
        if world == World::Own {
            target["sandbox"] = json!(SANDBOX);
        }
        let params = json!({
            "functionDeclaration": format!("function () {{\n{body}\n}}"),
            "arguments": arguments,
            "target": target,
            "awaitPromise": true,
            "serializationOptions": {"maxDomDepth": 0},
            // As if a person had just done something: the clipboard and full screen ask for it.
            "userActivation": world == World::Page,
        });
        let answer = self.bidi_unless_dialog("script.callFunction", params, within).await.map_err(|error| renamed(error, doing))?;
        returned(&answer, doing)
    }

    async fn call_classic(&self, doing: &str, body: &str, arguments: &[Argument<'_>], within: Duration) -> Result<Returned, BrowserError> {
        let arguments = arguments
            .iter()
            .map(|argument| match argument {
                Argument::Text(text) => json!(text),
                Argument::Element(id) => reference(id),
            })
            .collect();
        let script = format!(
            "const prodiffDone = arguments[arguments.length - 1];\n\
             (function () {{\n{body}\n}}).apply(null, Array.prototype.slice.call(arguments, 0, -1)).then(prodiffDone);"
        );
        let answer = self.command(doing, within, self.client().execute_async(&script, arguments)).await?;
        let text = |index: usize| answer.get(index).and_then(Value::as_str).map(String::from);
        let node = answer.get(1).and_then(|node| node.get(ELEMENT)).and_then(Value::as_str).map(String::from);
        Ok(Returned { text: text(0), node, thrown: text(2) })
    }
}

fn renamed(error: BrowserError, to: &str) -> BrowserError {
    match error {
        BrowserError::Refused { code, message, .. } => BrowserError::Refused { doing: to.to_owned(), code, message },
        BrowserError::Slow { within, .. } => BrowserError::Slow { doing: to.to_owned(), within },
        error => error,
    }
}

fn returned(answer: &Value, doing: &str) -> Result<Returned, BrowserError> {
    if answer.get("type").and_then(Value::as_str) == Some("exception") {
        let message = answer.pointer("/exceptionDetails/text").and_then(Value::as_str).unwrap_or_default().to_owned();
        return Err(BrowserError::Refused { doing: doing.to_owned(), code: String::from("javascript error"), message });
    }
    let item = |index: usize| answer.pointer(&format!("/result/value/{index}"));
    let text = |index: usize| item(index).filter(|item| item["type"] == "string").and_then(|item| item["value"].as_str()).map(String::from);
    let node = item(1).and_then(|item| item.get("sharedId").or_else(|| item.pointer("/value/context"))).and_then(Value::as_str);
    Ok(Returned { text: text(0), node: node.map(String::from), thrown: text(2) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_elements_and_windows_come_back() {
        let of = |list: Value| returned(&json!({"type": "success", "result": {"type": "array", "value": list}}), "x").unwrap();
        let some = |text: &str| Some(String::from(text));
        let element = of(json!([{"type": "string", "value": "{}"}, {"type": "node", "sharedId": "e1"}, {"type": "null"}]));
        assert_eq!(element, Returned { text: some("{}"), node: some("e1"), thrown: None });
        let window = of(json!([{"type": "null"}, {"type": "window", "value": {"context": "c1"}}]));
        assert_eq!(window, Returned { text: None, node: some("c1"), thrown: None });
        let thrown = of(json!([{"type": "null"}, {"type": "null"}, {"type": "string", "value": "Error: no"}]));
        assert_eq!(thrown, Returned { thrown: some("Error: no"), ..Returned::default() });
    }

    #[test]
    fn what_cannot_be_read_as_javascript_is_refused() {
        let answer = json!({"type": "exception", "exceptionDetails": {"text": "SyntaxError: x"}});
        assert!(returned(&answer, "x").unwrap_err().has_code("javascript error"));
    }
}
