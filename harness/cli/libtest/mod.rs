//! Suites under `cargo test`: every case is a test of its own, with its identity as name.
//!
//! A Rust project puts one file into `tests/` and tells Cargo in `Cargo.toml` that it brings its own `main`:
//!
//! ```toml
//! [[test]]
//! name = "regression"
//! harness = false
//! ```
//!
//! ```no_run
//! // tests/regression.rs
//! fn main() {
//!     prodiff::libtest::main()
//! }
//! ```
//!
//! `PRODIFF_ON=staging cargo test --test regression` then plays the suites of `suites/` against `staging`, `cargo test --test
//! regression api/` those cases whose identity has `api/` in it, and `cargo nextest run` each case in a process of its own. What
//! else there is to say is said with [`Options`]:
//!
//! ```no_run
//! use prodiff::libtest::{Options, main_with};
//!
//! fn main() {
//!     main_with(Options {
//!         on: Some(String::from("web=http://localhost:8080")),
//!         select: vec![String::from("pages")],
//!         ..Options::default()
//!     })
//! }
//! ```
//!
//! A case that is `failed`, `blocked` or `unreviewed` fails its test, and what is skipped on this environment is ignored with its
//! reason. A broken suite fails everything before anything is listed. A run leaves its record and reports as `prodiff run` does.
//! A suite's `before` is played once in every process; its `after` too, and where that fails, the last of the suite's cases does.
//!
//! Under nextest every case is a process: it plays the `before` of its suite and the cases that it needs itself. Rate limits and
//! the `lock` of cases hold for all of them together, through locked files in the reports folder; the records of one run of nextest
//! stand side by side in `reports/nextest-<its id>/`.

#![expect(clippy::needless_doctest_main, reason = "the `main` of a test is what the examples show")]

mod nextest;
mod options;
mod results;
mod run;

pub use options::Options;
pub use run::{main, main_with, run};
