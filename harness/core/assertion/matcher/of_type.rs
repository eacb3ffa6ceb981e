//! `type`: the kind of a value.

use std::sync::Arc;

use super::{Check, Kind, Parsing, Subject, equality, parse::push};
use crate::{
    assertion::{Context, Failure, Outcome},
    diagnostic::{Diagnostic, did_you_mean},
    extract::{Argument, Unresolved, argument, shown::shown},
    json::Json,
    template::{Dynamic, Scope},
    yaml::{Node, Yaml},
};

/// The kind `type`.
pub(super) struct Type;

const NAMES: [&str; 7] = ["string", "number", "integer", "boolean", "null", "list", "map"];

#[derive(Debug)]
struct TypeCheck {
    wanted: Argument<&'static str>,
}

impl Kind for Type {
    fn name(&self) -> &'static str {
        "type"
    }

    fn documentation(&self) -> &'static str {
        "The kind of the value: `string`, `number`, `integer`, `boolean`, `null`, `list` or `map`. `1.0` is an integer."
    }

    fn example(&self) -> &'static str {
        "{type: string}"
    }

    fn schema(&self) -> serde_json::Value {
        serde_json::json!({"enum": ["string", "number", "integer", "boolean", "null", "list", "map", null]})
    }

    fn parse(&self, node: &Node, parsing: &mut Parsing<'_>) -> Option<Arc<dyn Check>> {
        if let Yaml::List(_) = &node.value {
            let help = "several are written `any_of: [{type: string}, {type: 'null'}]`";
            parsing.complain(Diagnostic::error(&node.span, "a value has one type").help(help));
            return None;
        }
        Some(Arc::new(TypeCheck { wanted: Argument::parse(node, parsing.diagnostics, read)? }))
    }
}

fn read(value: &Json) -> Result<&'static str, String> {
    // Without quotes the word is YAML's null, and can only mean the type.
    let name = if matches!(value, Json::Null) { "null" } else { value.as_str().unwrap_or_default() };
    let near =
        || did_you_mean(name, NAMES).map_or_else(|| format!("one of {}", NAMES.join(", ")), |near| format!("did you mean `{near}`?"));
    NAMES.into_iter().find(|known| *known == name).ok_or_else(|| format!("{} is not a type: {}", argument::found(value), near()))
}

fn words(name: &str) -> String {
    match name {
        "null" => String::from("null"),
        "integer" => String::from("an integer"),
        other => format!("a {other}"),
    }
}

impl Check for TypeCheck {
    fn judge(&self, subject: &Subject<'_>, context: &Context<'_>) -> Result<Outcome, Unresolved> {
        let wanted = *self.wanted.resolve(context.scope)?;
        let Some(actual) = subject.value else {
            return Ok(equality::nothing(subject, &words(wanted)).into());
        };
        let holds = match (wanted, actual) {
            ("integer", Json::Number(number)) => number.is_integer(),
            _ => actual.kind() == wanted,
        };
        Ok(if holds { Outcome::Holds } else { Failure::different(subject.place.within(), words(wanted), shown(actual)).into() })
    }

    fn phrase(&self, context: &Context<'_>) -> String {
        self.wanted.resolve(context.scope).map_or_else(|_| self.wanted.phrase(context.scope), |wanted| words(&wanted))
    }

    fn dynamics<'a>(&'a self, found: &mut Vec<&'a Dynamic>) {
        push(&self.wanted, found);
    }

    fn takes_list(&self, _n_values: usize, _scope: &Scope) -> bool {
        self.wanted.constant() == Some(&"list")
    }
}

#[cfg(test)]
mod tests {
    use crate::assertion::matcher::{
        Mode,
        testing::{check, check_nothing, complaints},
    };

    #[test]
    fn every_kind_is_told() {
        let values = [("string", "\"\""), ("number", "1.5"), ("boolean", "false"), ("null", "null"), ("list", "[]"), ("map", "{}")];
        for (name, _) in values {
            for (other, value) in values {
                let article = if name == "null" { "" } else { "a " };
                let expected = if name == other { String::new() } else { format!("expected {article}{name}, actual {value}") };
                check(&format!("{{type: '{name}'}}"), value, &expected);
            }
        }
        check("{type: integer}", "1.0", "");
        check("{type: integer}", "1.5", "expected an integer, actual 1.5");
        check("{type: number}", "1", "");
        check("{type: null}", "null", "");
        check_nothing("{type: 'null'}", "expected null, actual nothing");
        complaints("{type: strin}", Mode::Json, &["`strin` is not a type: did you mean `string`?"]);
        complaints(
            "{type: [string, 'null']}",
            Mode::Json,
            &["a value has one type (several are written `any_of: [{type: string}, {type: 'null'}]`)"],
        );
    }
}
