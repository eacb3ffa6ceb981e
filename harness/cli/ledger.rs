//! `approved.yaml` and `known.yaml`: what people have decided about differences.

use std::{fs, io, path::Path};

use prodiff_core::{
    diagnostic::{Diagnostic, Severity},
    known::{Approved, Known},
    yaml,
};

use super::load::{self, Refusal};
use crate::store::{
    atomic::{self, Access, Durability},
    suites::slashed,
};

/// The file of approvals below the baselines.
pub const APPROVED: &str = "approved.yaml";
/// The file of known differences below the baselines.
pub const KNOWN: &str = "known.yaml";

/// Both files.
#[derive(Debug, Default)]
pub struct Ledger {
    /// Changes that were approved.
    pub approved: Approved,
    /// Differences that are lived with.
    pub known: Known,
}

impl Ledger {
    /// Reads both files; one that is not there holds nothing.
    ///
    /// # Errors
    /// When one is there and broken: what it approves must not be guessed.
    pub fn read(baselines: &Path) -> Result<Self, Refusal> {
        let mut complaints: Vec<Diagnostic> = Vec::new();
        let mut take = |name: &str| -> Result<Option<std::sync::Arc<prodiff_core::diagnostic::Source>>, Refusal> {
            let path = baselines.join(name);
            match fs::read(&path) {
                Ok(bytes) => match yaml::from_bytes(slashed(&path), &bytes) {
                    Ok(source) => Ok(Some(source)),
                    Err(problem) => {
                        complaints.push(*problem);
                        Ok(None)
                    }
                },
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                Err(error) => Err(Refusal::usage(format!("{}: {error}", path.display()))),
            }
        };
        let (approved, known) = (take(APPROVED)?, take(KNOWN)?);
        let mut ledger = Self::default();
        if let Some(source) = approved {
            let (read, found) = Approved::read(&source);
            ledger.approved = read;
            complaints.extend(found);
        }
        if let Some(source) = known {
            let (read, found) = Known::read(&source);
            ledger.known = read;
            complaints.extend(found);
        }
        if complaints.iter().any(|found| found.severity == Severity::Error) {
            return Err(Refusal::usage(load::complaints(&complaints)));
        }
        Ok(ledger)
    }

    /// Writes the approvals.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write_approved(&self, baselines: &Path) -> io::Result<()> {
        write(baselines, APPROVED, &self.approved.to_text())
    }

    /// Writes the known differences.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write_known(&self, baselines: &Path) -> io::Result<()> {
        write(baselines, KNOWN, &self.known.to_text())
    }
}

fn write(baselines: &Path, name: &str, text: &str) -> io::Result<()> {
    atomic::make_folder(baselines, Access::Shared)?;
    atomic::write(&baselines.join(name), text.as_bytes(), Access::Shared, Durability::Synced)
}
