//! Where everything that a run tells goes: into the record first, then onto the screen.

use std::{
    collections::BTreeMap,
    io,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use prodiff_core::{
    execute::trace::StepTrace,
    mask::{Naming, Origins, Secrets},
    record::{Counts, Entry, observe},
    verdict::Status,
};

use super::screen::Screen;
use crate::store::record::{RecordWriter, SharedSecrets};

/// Who is told every entry of a record as well, as it is: unmasked.
pub type Listener = Box<dyn Fn(&Entry, &Recorder) + Send + Sync>;

/// The record of a run under way.
pub struct Recorder {
    writer: RecordWriter,
    listener: Option<Listener>,
    screen: Arc<Screen>,
    secrets: SharedSecrets,
    counts: Mutex<Counts>,
    broken: Mutex<Option<io::Error>>,
}

impl Recorder {
    /// Begins a record in `folder`.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn begin(folder: &Path, screen: Arc<Screen>, secrets: SharedSecrets) -> io::Result<Self> {
        let writer = RecordWriter::create(folder, Arc::clone(&secrets))?;
        Ok(Self { writer, listener: None, screen, secrets, counts: Mutex::default(), broken: Mutex::default() })
    }

    /// Tells somebody else as well.
    #[must_use]
    pub fn heard_by(self, listener: Listener) -> Self {
        Self { listener: Some(listener), ..self }
    }

    /// Keeps an entry and shows it.
    pub fn put(&self, entry: &Entry) {
        self.count(entry);
        if let Err(error) = self.writer.append(entry) {
            self.broke(error);
        }
        self.screen.show(entry, self.writer.folder());
        if let Some(listener) = &self.listener {
            listener(entry, self);
        }
    }

    /// Blocks cases that have ended already: they turned out to be of no one build.
    pub fn block(&self, cases: &BTreeMap<String, String>) {
        match self.writer.block(cases) {
            Ok(were) => {
                let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
                for status in &were {
                    counts.cases.change(*status, Status::Blocked);
                }
            }
            Err(error) => self.broke(error),
        }
        for (case, reason) in cases {
            self.screen.say(&format!("blocked    {case}  {reason}"));
        }
    }

    /// Puts a body away and says under which name; nothing when it cannot be written.
    pub fn store(&self, text: &str) -> Option<String> {
        match self.writer.store_body(text) {
            Ok(name) => Some(name),
            Err(error) => {
                self.broke(error);
                None
            }
        }
    }

    /// Puts an image away and says in which file below the record; nothing when it cannot be written.
    pub fn store_png(&self, bytes: &[u8]) -> Option<String> {
        match self.writer.store_artifact(bytes, "png") {
            Ok(name) => Some(name),
            Err(error) => {
                self.broke(error);
                None
            }
        }
    }

    /// Masks a value from now on, under a name. What is too short to tell from other text is left alone.
    pub fn learn(&self, name: &str, value: &str) {
        let _too_short = self.secrets.write().unwrap_or_else(PoisonError::into_inner).add(name, value);
    }

    /// Masks the cookies that the site throws back outside of the headers that carry them.
    pub fn learn_cookies(&self, trace: &StepTrace) {
        for (name, value) in observe::cookies_thrown_back(trace) {
            self.learn(&format!("cookie.{name}"), &value);
        }
    }

    /// How values of an environment are called by name, as of now.
    #[must_use]
    pub fn naming(&self, origins: &Arc<Origins>) -> Naming {
        Naming::new(self.secrets(), Arc::clone(origins))
    }

    /// The secrets as of now.
    #[must_use]
    pub fn secrets(&self) -> Secrets {
        self.secrets.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What was counted so far. Requests are the sides' to count.
    #[must_use]
    pub fn counts(&self) -> Counts {
        *self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The screen.
    #[must_use]
    pub fn screen(&self) -> &Screen {
        &self.screen
    }

    /// The record's folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.writer.folder()
    }

    /// Why the record is not whole, if it is not.
    #[must_use]
    pub fn broken(&self) -> Option<String> {
        self.broken.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(ToString::to_string)
    }

    fn broke(&self, error: io::Error) {
        self.broken.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
    }

    fn count(&self, entry: &Entry) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        match entry {
            Entry::Case(case) => {
                counts.cases.add(case.status);
                counts.expectations += u64::from(case.expectations);
                counts.snapshots += u64::from(case.snapshots);
            }
            Entry::Hidden(hidden) => counts.hidden += hidden.count,
            Entry::Warning(_) => counts.warnings += 1,
            Entry::Run(_)
            | Entry::CaseStarted(_)
            | Entry::Step(_)
            | Entry::Snapshot(_)
            | Entry::Finding(_)
            | Entry::NotObserved(_)
            | Entry::Revision(_)
            | Entry::Note(_)
            | Entry::End(_) => {}
        }
    }
}

impl observe::Shelf for &Recorder {
    fn text(&mut self, text: &str) -> Option<String> {
        self.store(text).map(|name| format!("bodies/{name}"))
    }

    fn png(&mut self, bytes: &[u8]) -> Option<String> {
        self.store_png(bytes)
    }
}
