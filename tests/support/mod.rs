//! What the tests of the whole house share. Reads sources, plays a site, runs the binary; judges nothing.

pub(crate) mod source;
