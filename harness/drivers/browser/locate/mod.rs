//! Finding elements: a locator is looked for in the page itself, by the agent.
//!
//! The agent is JavaScript (`agent/`), sent whole with every call: nothing of it stays in the page, and it uses no `eval`, so that
//! a strict policy of the page does not matter.

mod agent;
mod json;

pub(super) use agent::{AgentError, BUDGET, ask};
pub(super) use json::{extract, locator, locators};
