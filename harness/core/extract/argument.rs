//! A value of a suite that may hold templates, read into what is needed of it.

use std::{borrow::Cow, fmt, ops::Deref};

use super::shown::{cut, shown};
use crate::{
    diagnostic::{Diagnostic, Span},
    json::Json,
    template::{Dynamic, Scope},
    yaml::Node,
};

/// A value written in a suite and read as `T`: at once if it holds no template, else when it is used.
#[derive(Clone)]
pub struct Argument<T> {
    source: Source<T>,
    read: fn(&Json) -> Result<T, String>,
    span: Span,
}

/// What is written could not be evaluated: a template in it failed, or yielded what is not wanted there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Unresolved {
    /// One line, lower case, no full stop.
    pub message: String,
}

#[derive(Clone)]
enum Source<T> {
    Constant(T, Json),
    Later(Dynamic),
}

/// An argument as it is used.
pub struct Resolved<'a, T> {
    value: Value<'a, T>,
    written: Cow<'a, Json>,
    secret: bool,
}

enum Value<'a, T> {
    Constant(&'a T),
    Rendered(T),
}

impl<T> Argument<T> {
    /// Reads a node. `read` says in one line what is wrong with a value, such as "`x` is not a regular expression".
    pub fn parse(node: &Node, diagnostics: &mut Vec<Diagnostic>, read: fn(&Json) -> Result<T, String>) -> Option<Self> {
        let dynamic = Dynamic::from_node(node, diagnostics)?;
        let span = node.span.clone();
        let Some(written) = dynamic.literal() else {
            return Some(Self { source: Source::Later(dynamic), read, span });
        };
        match read(&written) {
            Ok(value) => Some(Self { source: Source::Constant(value, written), read, span }),
            Err(message) => {
                diagnostics.push(Diagnostic::error(&span, message));
                None
            }
        }
    }

    /// The value, given the variables.
    ///
    /// # Errors
    /// When the template cannot be rendered, or yields what is not wanted here.
    pub fn resolve<'a>(&'a self, scope: &Scope) -> Result<Resolved<'a, T>, Unresolved> {
        match &self.source {
            Source::Constant(value, written) => {
                Ok(Resolved { value: Value::Constant(value), written: Cow::Borrowed(written), secret: false })
            }
            Source::Later(dynamic) => {
                let rendered = dynamic.render(scope).map_err(|error| Unresolved { message: error.to_string() })?;
                let value = (self.read)(&rendered.value).map_err(|message| Unresolved {
                    message: if rendered.secret { String::from("the secret is not of the kind that is needed here") } else { message },
                })?;
                Ok(Resolved { value: Value::Rendered(value), written: Cow::Owned(rendered.value), secret: rendered.secret })
            }
        }
    }

    /// The value, if it holds no template.
    pub fn constant(&self) -> Option<&T> {
        match &self.source {
            Source::Constant(value, _) => Some(value),
            Source::Later(_) => None,
        }
    }

    /// What is written, for a phrase; the template itself where it cannot be rendered.
    pub fn phrase(&self, scope: &Scope) -> String {
        match self.resolve(scope) {
            Ok(resolved) => resolved.shown(),
            Err(_) => cut(self.span.text().to_owned()),
        }
    }

    /// The same for text inside a phrase: without quotes.
    pub fn phrase_bare(&self, scope: &Scope) -> String {
        match self.resolve(scope) {
            Ok(resolved) => resolved.bare(),
            Err(_) => cut(self.span.text().to_owned()),
        }
    }

    /// The template in it, if there is one.
    pub fn dynamic(&self) -> Option<&Dynamic> {
        match &self.source {
            Source::Constant(..) => None,
            Source::Later(dynamic) => Some(dynamic),
        }
    }

    /// Where it is written.
    pub fn span(&self) -> &Span {
        &self.span
    }
}

impl<T> Deref for Resolved<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        match &self.value {
            Value::Constant(value) => value,
            Value::Rendered(value) => value,
        }
    }
}

impl<T> Resolved<'_, T> {
    /// The value as a person wrote it, for a phrase; dots where it is secret.
    pub fn shown(&self) -> String {
        if self.secret { String::from("•••") } else { shown(&self.written) }
    }

    /// The same for text inside a phrase: without quotes.
    pub fn bare(&self) -> String {
        match (&*self.written, self.secret) {
            (Json::String(text), false) => cut(text.clone()),
            _ => self.shown(),
        }
    }

    /// Whether a secret went into it.
    pub fn is_secret(&self) -> bool {
        self.secret
    }
}

impl<T> fmt::Debug for Argument<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Argument({})", self.span)
    }
}

/// Takes any value as it is.
///
/// # Errors
/// Never: the signature is that of a reader.
pub fn any(value: &Json) -> Result<Json, String> {
    Ok(value.clone())
}

/// Takes text, and a plain number as the digits that were written.
///
/// # Errors
/// On other kinds.
pub fn text(value: &Json) -> Result<String, String> {
    match value {
        Json::String(text) => Ok(text.clone()),
        Json::Number(number) => Ok(number.as_str().to_owned()),
        Json::Null | Json::Bool(_) | Json::List(_) | Json::Map(_) => Err(format!("expected text, found {}", found(value))),
    }
}

/// Takes `true` and `false`.
///
/// # Errors
/// On everything else.
pub fn truth(value: &Json) -> Result<bool, String> {
    match value {
        Json::Bool(truth) => Ok(*truth),
        Json::Null | Json::Number(_) | Json::String(_) | Json::List(_) | Json::Map(_) => {
            Err(format!("expected `true` or `false`, found {}", found(value)))
        }
    }
}

/// Takes a list.
///
/// # Errors
/// On everything else.
pub fn list(value: &Json) -> Result<Vec<Json>, String> {
    match value {
        Json::List(elements) => Ok(elements.clone()),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::String(_) | Json::Map(_) => {
            Err(format!("expected a list, found {}", found(value)))
        }
    }
}

/// A value in a complaint: small ones as written, others by their kind.
pub fn found(value: &Json) -> String {
    match value {
        Json::Null | Json::Bool(_) | Json::Number(_) => format!("`{}`", shown(value)),
        Json::String(text) if text.len() <= 80 => format!("`{text}`"),
        Json::String(_) => String::from("long text"),
        Json::List(_) => String::from("a list"),
        Json::Map(_) => String::from("a map"),
    }
}
