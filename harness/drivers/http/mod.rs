//! One HTTP exchange: a single hop, with the bytes counted, the content decoded within limits, every failure named.
//!
//! Absent here: redirects, cookies, retries that a suite asked for, judgement. The environment's proxy
//! variables (`HTTP_PROXY` and friends) are not looked at: a run goes where its suites say.

mod body;
mod connect;
mod decode;
mod exchange;
mod fault;
pub(in crate::drivers) mod tls;

pub use exchange::Http;
pub use tls::SetupError;

#[cfg(test)]
mod evil;
#[cfg(test)]
mod tests;
