//! Templates: texts in which `{{ … }}` stands for a value that is known when a step runs.
//!
//! What stands between the braces is a MiniJinja expression. Its values, its filters and its tests
//! are MiniJinja's own; the grammar is read here, because four promises of the suite language need
//! to see the expression: names may hold a hyphen, numbers keep every digit, durations multiply
//! and add, and whatever a secret touched is known to be secret. `{% %}` and `{# #}` are plain text.
//!
//! Of MiniJinja's built-in filters and tests all stay (`upper`, `default`, `join`, `replace`, …), save
//! that `int` and `float` are stricter here and `safe`, `escape`, `e` are absent: nothing is ever
//! escaped for HTML. Its functions `range` and `dict` stay.
//!
//! Holds no clock and no generator: the time and the seed come in with the [`Scope`].

mod arguments;
mod dynamic;
mod evaluate;
mod expression;
mod filter;
mod function;
mod moment;
mod number;
mod period;
mod scope;
mod text;
mod token;
mod value;

pub use dynamic::Dynamic;
pub use scope::{Random, Scope, Surroundings, Variable};
pub use text::{Name, RenderError, Rendered, RenderedText, Template};

/// Words that mean something in every template and cannot be the name of a variable or of a URL.
pub const RESERVED_NAMES: [&str; 12] = ["secret", "environment", "true", "false", "none", "and", "or", "not", "in", "is", "if", "else"];
