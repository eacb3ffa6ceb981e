//! What the tests of the whole house share. Reads sources, plays a site, runs the binary; judges nothing.

pub(crate) mod hub;
pub(crate) mod project;
pub(crate) mod script;
pub(crate) mod site;
pub(crate) mod source;
pub(crate) mod yaml;
