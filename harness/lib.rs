//! prodiff: the shell around the pure core. Drivers touch the world, the store touches files, the command line decides the
//! order of play.

pub mod cli;
pub mod drivers;
pub mod store;

pub use cli::libtest;
