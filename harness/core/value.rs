//! Words with a unit that people write: durations and sizes.
