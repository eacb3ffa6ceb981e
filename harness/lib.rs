//! l

pub mod drivers;
