//! What happens in an investigation, carried out apart from the request that asked for it.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use podside_app::{Place, PortalError, RefusalWords};
use podside_cluster::effects::{Ended, Entries, NewEffect, NotBegun, Progress, Sights, walk};
use podside_diagnosis::runbook::{Event, Runbook, Target, replay};
use podside_diagnosis::snapshot::Snapshot;
use podside_model::view::Going;
use podside_model::{Diagnosis, EntryBody, InvestigationId, Liveness, Message};
use podside_store::{Investigation, NewEntry};
use tokio::time::{Instant, sleep};

use super::walk::{names_of, runbook_of};
use super::{Investigations, failed, place_of};
use crate::session::{Outcome, Session};

/// How long a walk may take. Its checks wait for logs and Secrets' keys that are read.
const WITHIN: Duration = Duration::from_mins(2);

/// How long a form waits for what it began: most walks are at their end by then, and the
/// page that comes next shows it.
const FORM_WAITS: Duration = Duration::from_secs(1);

/// How long a check waits until a cluster is read, and what the rules want to see beside it.
const READ_WITHIN: Duration = Duration::from_secs(30);

/// How often it looks.
const LOOK_EVERY: Duration = Duration::from_millis(200);

impl Investigations<'_> {
    /// Does what a person asks for, and keeps what comes of it. `after` is the last
    /// entry that they saw. What takes long goes on when this returns.
    pub(crate) async fn happen(
        &self,
        id: InvestigationId,
        after: u32,
        event: Event,
    ) -> Result<Place, PortalError> {
        let investigation = self.read(id).await?;
        let lang = self.session.lang();
        let place = place_of(&investigation);
        let runbook = runbook_of(&investigation, lang)?;
        // Somebody else was faster: the page that comes next shows what they did.
        if investigation.last_seq() != after {
            return Ok(place);
        }
        let session = self.session.clone();
        self.begin(id, WITHIN, |progress| {
            carry_out(session, investigation, runbook, event, after, progress)
        })
        .await?;
        Ok(place)
    }

    /// Begins something in an investigation, in which one thing goes on at a time, and waits
    /// a moment for it.
    pub(super) async fn begin<Work>(
        &self,
        id: InvestigationId,
        within: Duration,
        work: impl FnOnce(Progress) -> Work,
    ) -> Result<(), PortalError>
    where
        Work: Future<Output = Outcome> + Send + 'static,
    {
        let effects = self.session.effects();
        let new = NewEffect {
            owner: self.session.who(),
            about: about(id),
            within,
        };
        let effect = match effects.begin(new, work) {
            Ok(effect) => effect,
            Err(NotBegun::Going(_)) => return Ok(()),
            Err(NotBegun::TooMany(going)) => {
                return Err(PortalError::Unavailable {
                    what: (RefusalWords::of(self.session.lang()).too_many_effects)(going),
                });
            }
        };
        let standing = effects.wait(effect, FORM_WAITS).await;
        match standing.and_then(|standing| standing.ended) {
            Some(Ended::Done(Err(error))) => Err(error),
            _ => Ok(()),
        }
    }

    /// What goes on in an investigation.
    pub(crate) fn going(&self, kept: &Investigation) -> Option<Going> {
        let standing = self.session.effects().going(&about(kept.id))?;
        let runs = match kept.entries.last().map(|entry| &entry.body) {
            // What was allowed last has told nothing yet.
            Some(EntryBody::Allowed { command, .. }) => Some(command.clone()),
            _ => None,
        };
        Some(Going {
            runs,
            done: standing.stage.done,
            of: standing.stage.of,
            since: standing.since,
            until: standing.until,
            owner: standing.owner,
        })
    }

    /// Ends what goes on in an investigation. What was kept of it stays.
    pub(crate) async fn stop(&self, id: InvestigationId) -> Result<Place, PortalError> {
        let place = place_of(&self.read(id).await?);
        let effects = self.session.effects();
        if let Some(standing) = effects.going(&about(id)) {
            effects.stop(standing.id);
        }
        Ok(place)
    }
}

/// What an effect in an investigation is about.
fn about(id: InvestigationId) -> String {
    format!("investigation {id}")
}

/// Lets something happen after the entry of this number.
pub(super) async fn carry_out(
    session: Session,
    investigation: Investigation,
    runbook: Arc<Runbook>,
    event: Event,
    after: u32,
    progress: Progress,
) -> Outcome {
    let target = &investigation.target;
    let sights = Watched {
        session: &session,
        place: place_of(&investigation),
    };
    let seen = sights.seen().await;
    let names = match &seen {
        Some((snapshot, _)) => Target::find(snapshot, target).names(),
        None => names_of(target),
    };
    let entries = investigation.entries.iter();
    let state = replay(
        &runbook,
        names,
        entries.map(|entry| (entry.at, &entry.body)),
    );
    // What the person answers is kept with what the evidence says of it.
    let untold = Progress::untold();
    let Ok(state) = walk(
        &runbook,
        target,
        state,
        Event::Look,
        &sights,
        &mut (),
        &untold,
    )
    .await;
    let mut kept = Kept {
        session: &session,
        id: investigation.id,
        after,
    };
    match walk(
        &runbook, target, state, event, &sights, &mut kept, &progress,
    )
    .await
    {
        Ok(_) | Err(Stopped::Outrun) => Ok(()),
        Err(Stopped::NotKept(error)) => Err(error),
    }
}

/// A place that is watched.
struct Watched<'a> {
    session: &'a Session,
    place: Place,
}

impl Sights for Watched<'_> {
    async fn seen(&self) -> Option<(Arc<Snapshot>, Arc<Diagnosis<Message>>)> {
        let until = Instant::now() + READ_WITHIN;
        loop {
            let seen = self.session.look(&self.place).await.ok()?;
            let sight = Arc::clone(seen.sight.as_ref()?);
            let is_read = match sight.liveness {
                Liveness::Loading { .. } => false,
                Liveness::Live { .. } => sight.diagnosis.is_some() && sight.awaited == 0,
                Liveness::NotLive { .. } => true,
            };
            if is_read || Instant::now() >= until {
                let diagnosis = sight.diagnosis.clone()?;
                return Some((Arc::clone(&sight.snapshot), diagnosis));
            }
            sleep(LOOK_EVERY).await;
        }
    }
}

/// Appends the entries of a walk to its investigation.
pub(super) struct Kept<'a> {
    pub(super) session: &'a Session,
    pub(super) id: InvestigationId,
    /// The number of the last entry.
    pub(super) after: u32,
}

/// Why a walk is not to go on.
pub(super) enum Stopped {
    /// Somebody else was faster: the page that comes next shows what they did.
    Outrun,
    /// Its entries could not be kept.
    NotKept(PortalError),
}

impl Entries for Kept<'_> {
    type Stop = Stopped;

    async fn keep(&mut self, entries: Vec<(Timestamp, EntryBody)>) -> Result<(), Stopped> {
        let who = self.session.who();
        let entries = entries.into_iter().map(|(at, body)| NewEntry {
            at,
            who: who.clone(),
            body,
        });
        let kept = self.session.kept();
        match kept.append(self.id, self.after, entries.collect()).await {
            Ok(last) => {
                self.after = last;
                Ok(())
            }
            Err(podside_store::Error::Outrun { .. }) => Err(Stopped::Outrun),
            Err(e) => Err(Stopped::NotKept(failed(self.session.lang(), e))),
        }
    }
}
