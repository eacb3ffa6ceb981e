//! What goes over the connection, as JSON.

use serde_json::{Value, json};

use super::event::Event;

/// One message of the browser's.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Message {
    /// The answer to a command.
    Answer {
        /// The command's number.
        id: u64,
        /// What it yielded, or why nothing.
        result: Result<Value, Refusal>,
    },
    /// Something happened.
    Event(Event),
    /// Nothing that belongs to us.
    Other,
}

/// Why a command was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    /// The error code: `no such frame`, `unknown command`.
    pub(super) code: String,
    /// What the browser says.
    pub(super) message: String,
}

/// The text of a command.
pub(super) fn command(id: u64, method: &str, params: &Value) -> String {
    json!({"id": id, "method": method, "params": params}).to_string()
}

/// Reads one message.
pub(super) fn read(text: &str) -> Message {
    let Ok(mut value) = serde_json::from_str::<Value>(text) else { return Message::Other };
    let kind = value.get("type").and_then(Value::as_str).map(String::from);
    let id = value.get("id").and_then(Value::as_u64);
    let text_of = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    match (kind.as_deref(), id) {
        (Some("success"), Some(id)) => Message::Answer { id, result: Ok(value["result"].take()) },
        (Some("error"), Some(id)) => {
            let refusal = Refusal { code: text_of(&value, "error"), message: text_of(&value, "message") };
            Message::Answer { id, result: Err(refusal) }
        }
        (Some("event"), _) => Message::Event(Event { method: text_of(&value, "method"), params: value["params"].take() }),
        // An error without a number answers a command that could not be read: none of ours.
        (_, _) => Message::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_events_and_noise_are_told_apart() {
        let answer = read(r#"{"type":"success","id":7,"result":{"a":1}}"#);
        assert_eq!(answer, Message::Answer { id: 7, result: Ok(json!({"a": 1})) });
        let refusal = Refusal { code: String::from("no such frame"), message: String::from("gone") };
        let answer = read(r#"{"type":"error","id":8,"error":"no such frame","message":"gone","stacktrace":"…"}"#);
        assert_eq!(answer, Message::Answer { id: 8, result: Err(refusal) });
        let event = Event { method: String::from("log.entryAdded"), params: json!({"text": "x"}) };
        assert_eq!(read(r#"{"type":"event","method":"log.entryAdded","params":{"text":"x"}}"#), Message::Event(event));
        assert_eq!(read(r#"{"type":"error","id":null,"error":"invalid argument"}"#), Message::Other);
        assert_eq!(read("no JSON"), Message::Other);
    }
}
