//! What filters, tests and functions are given.

use minijinja::Value;

use super::expression::{Expression, Kind};

#[derive(Debug, Clone, Default)]
pub(super) struct Arguments {
    pub(super) plain: Vec<Expression>,
    pub(super) named: Vec<(String, Expression)>,
}

impl Arguments {
    /// How many there are; those with names arrive as one.
    pub(super) fn len(&self) -> usize {
        self.plain.len() + usize::from(!self.named.is_empty())
    }

    /// Their values, when all of them are written out and none has a name.
    pub(super) fn constants(&self) -> Option<Vec<Value>> {
        if !self.named.is_empty() {
            return None;
        }
        self.plain.iter().map(|argument| constant(argument).cloned()).collect()
    }
}

/// The value of an expression that is written out.
pub(super) fn constant(expression: &Expression) -> Option<&Value> {
    match &*expression.kind {
        Kind::Constant(value) => Some(value),
        _ => None,
    }
}
