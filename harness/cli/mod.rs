//! The command line: arguments, order of play, terminal, exit codes. Sees every room, decides nothing of the domain.

pub mod accept;
pub mod args;
pub mod browsers;
pub mod builds;
pub mod check;
pub mod compare;
pub mod demo;
pub mod duet;
pub mod earlier;
pub mod exit;
pub mod ledger;
pub mod libtest;
pub mod list;
pub mod load;
pub mod play;
pub mod player;
pub mod recall;
pub mod recorder;
pub mod replay;
pub mod report;
pub mod reports;
pub mod revisions;
pub mod run;
pub mod runs;
pub mod sandbox;
pub mod schedule;
pub mod screen;
pub mod secrets;
pub mod sessions;
pub mod settle;
pub mod side;
pub mod sign_off;
pub mod signals;
pub mod snapshots;
pub mod stage;
pub mod stop;
pub mod tally;

mod dispatch;

pub use dispatch::main;
