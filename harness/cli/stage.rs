//! Where one case acts: requests go through its side, and its browser is opened when it first needs one.

use std::{path::PathBuf, sync::Arc};

use prodiff_core::{
    action::{
        Action,
        page::{PageAction, PageVerb},
    },
    observation::{Fault, Observation, page::PageObservation},
    plan::PlannedCase,
    record::Role,
};
use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;

use super::{
    side::{Side, cancelled},
    stop::Stop,
};
use crate::drivers::browser::page::{Page, Seats};

/// One side of one case.
pub struct Stage {
    side: Arc<Side>,
    page: Option<Page>,
    /// Taken with the first page, for both sides at once where two are compared.
    seats: Arc<OnceCell<Seats>>,
    n_pages: usize,
}

impl Stage {
    /// A stage without a browser yet.
    #[must_use]
    pub fn new(side: &Arc<Side>) -> Self {
        Self { side: Arc::clone(side), page: None, seats: Arc::default(), n_pages: 1 }
    }

    /// Waits for the right to a browser, where the case needs one: what it takes then is its own time. Where there is none to be
    /// had, the action that asks for it says why.
    pub async fn seated(self, case: &PlannedCase, stop: &Stop) -> Self {
        if case.browser.is_some() {
            let seats = self.seats.get_or_try_init(|| self.side.browsers().seats(self.n_pages));
            tokio::select! {
                _ = seats => {}
                _ = stop.cancelled() => {}
            }
        }
        self
    }

    /// Performs an action within the limits of whoever owns the host.
    ///
    /// # Errors
    /// The fault, when nothing of an answer was seen.
    pub async fn perform(&mut self, action: Action, cancel: &CancellationToken) -> Result<Observation, Fault> {
        match action {
            Action::Http(request) => self.side.perform(request, cancel).await.map(Observation::Http),
            Action::Page(action) => self.act(*action, cancel).await.map(|page| Observation::Page(Box::new(page))),
        }
    }

    async fn act(&mut self, mut action: PageAction, cancel: &CancellationToken) -> Result<PageObservation, Fault> {
        if let PageVerb::Upload { files, .. } = &mut action.verb {
            for file in files {
                *file = self.side.file(file);
            }
        }
        if let PageVerb::Open(url) = &action.verb {
            // A navigation counts like any other request; what a page asks for then is its own affair.
            self.side.pass(url, cancel).await?;
        }
        if self.page.is_none() {
            let browsers = self.side.browsers();
            let opened = async {
                let seats = self.seats.get_or_try_init(|| browsers.seats(self.n_pages)).await?;
                browsers.page(seats, &action.setup).await
            };
            // Waiting for a seat, and for a browser to start, may take long.
            let page = tokio::select! {
                page = opened => page?,
                () = cancel.cancelled() => return Err(cancelled()),
            };
            self.page = Some(page);
        }
        let page = self.page.as_mut().expect("it was opened above");
        page.perform(&action, cancel).await
    }

    /// Closes the browser's context, if there is one.
    pub async fn end(self) {
        if let Some(page) = self.page {
            page.end().await;
        }
    }
}

/// Both sides of one case of a comparison; a recorded one acts nowhere.
pub struct Stages {
    /// The reference's.
    pub reference: Option<Stage>,
    /// The candidate's.
    pub candidate: Option<Stage>,
}

impl Stages {
    /// The stages of a comparison; two that act share their right to browsers, so that neither waits while it holds one.
    #[must_use]
    pub fn new(reference: Option<Stage>, candidate: Option<Stage>) -> Self {
        let n_pages = [&reference, &candidate].into_iter().flatten().count();
        let seats = Arc::<OnceCell<Seats>>::default();
        let shared = |stage: Option<Stage>| stage.map(|stage| Stage { seats: Arc::clone(&seats), n_pages, ..stage });
        Self { reference: shared(reference), candidate: shared(candidate) }
    }

    /// The stage of a side.
    ///
    /// # Panics
    /// For a record, which is never asked to perform.
    pub fn of(&mut self, role: Role) -> &mut Stage {
        let stage = match role {
            Role::Reference => &mut self.reference,
            Role::Candidate => &mut self.candidate,
        };
        stage.as_mut().expect("a record is never asked to perform")
    }

    /// Performs one action on each side: requests back to back, the first of the pair first; browsers side by side.
    pub async fn perform_both(
        &mut self,
        first: Role,
        reference: Action,
        candidate: Action,
        cancel: &CancellationToken,
    ) -> (Result<Observation, Fault>, Result<Observation, Fault>) {
        let one = self.reference.as_mut().expect("a record is never asked to perform");
        let two = self.candidate.as_mut().expect("a record is never asked to perform");
        match (reference, candidate) {
            (Action::Http(reference), Action::Http(candidate)) => {
                let (reference, candidate) = match first {
                    Role::Reference => Side::perform_both((&one.side, reference), (&two.side, candidate), cancel).await,
                    Role::Candidate => {
                        let (candidate, reference) = Side::perform_both((&two.side, candidate), (&one.side, reference), cancel).await;
                        (reference, candidate)
                    }
                };
                (reference.map(Observation::Http), candidate.map(Observation::Http))
            }
            (reference, candidate) => tokio::join!(one.perform(reference, cancel), two.perform(candidate, cancel)),
        }
    }

    /// Closes what browsers they have.
    pub async fn end(self) {
        for stage in [self.reference, self.candidate].into_iter().flatten() {
            stage.end().await;
        }
    }
}

/// A file of an upload, made absolute below the suites folder.
#[must_use]
pub fn absolute(base: &std::path::Path, file: &std::path::Path) -> PathBuf {
    let joined = base.join(file);
    std::path::absolute(&joined).unwrap_or(joined)
}
