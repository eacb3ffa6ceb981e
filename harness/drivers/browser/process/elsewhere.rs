//! Where there are no process groups: browsers are driven on Linux and macOS, and elsewhere on a WebDriver server.

use std::{convert::Infallible, io, path::Path};

/// A program to start.
#[derive(Debug, Clone, Copy)]
pub struct Program<'a> {
    /// Its file.
    pub path: &'a Path,
    /// Its arguments.
    pub arguments: &'a [String],
    /// Variables besides ours.
    pub variables: &'a [(String, String)],
}

/// There is none.
#[derive(Debug)]
pub struct Group(Infallible);

impl Group {
    /// Starts nothing: what cannot be ended for certain is not begun.
    ///
    /// # Errors
    /// Always.
    pub fn start(_: &Program<'_>) -> io::Result<Self> {
        let why = "browsers are started on Linux and macOS; name a WebDriver server with --grid";
        Err(io::Error::new(io::ErrorKind::Unsupported, why))
    }

    /// The folder that it writes into.
    #[must_use]
    pub fn folder(&self) -> &Path {
        match self.0 {}
    }

    /// The number of the group.
    #[must_use]
    pub fn id(&self) -> u32 {
        match self.0 {}
    }

    /// How the program ended.
    #[must_use]
    pub fn ended(&self) -> Option<String> {
        match self.0 {}
    }

    /// All that the program printed.
    #[must_use]
    pub fn output(&self) -> String {
        match self.0 {}
    }

    /// The end of what the program printed.
    #[must_use]
    pub fn tail(&self) -> String {
        match self.0 {}
    }

    /// Ends the group.
    pub async fn end(self) {
        match self.0 {}
    }
}
