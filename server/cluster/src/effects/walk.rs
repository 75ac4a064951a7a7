//! Follows a runbook: carries out what its engine asks for.

use std::convert::Infallible;
use std::sync::Arc;

use jiff::Timestamp;
use podside_diagnosis::runbook::{Effect, Event, Here, Runbook, State, Step, Target, check, step};
use podside_diagnosis::snapshot::Snapshot;
use podside_model::{Diagnosis, EntryBody, Finding, Message, NoSuggestion, ObjectRef, Why};

use super::progress::Progress;
use crate::examine::Examined;

/// What the checks of a walk look at: a cluster that is watched, a recording, or what was
/// examined once.
pub trait Sights: Send + Sync {
    /// The facts and what the rules make of them, once as much is read as will be; `None`
    /// where nothing could be read.
    fn seen(&self)
    -> impl Future<Output = Option<(Arc<Snapshot>, Arc<Diagnosis<Message>>)>> + Send;
}

/// Where the entries of a walk go.
pub trait Entries: Send {
    /// Why a walk is to stop where it is.
    type Stop;

    /// Keeps them, in their order.
    ///
    /// # Errors
    /// When the walk is to stop where it is: they cannot be kept, or somebody was faster.
    fn keep(
        &mut self,
        entries: Vec<(Timestamp, EntryBody)>,
    ) -> impl Future<Output = Result<(), Self::Stop>> + Send;
}

/// Lets something happen in a walk, and carries out what the engine asks for until it asks
/// for nothing more: each check runs and is reported, and what is to be kept is kept as it
/// comes. It ends, because a runbook has no circles.
///
/// # Errors
/// When what is to be kept could not be.
pub async fn walk<E: Entries>(
    runbook: &Runbook,
    target: &ObjectRef,
    mut state: State,
    event: Event,
    sights: &impl Sights,
    entries: &mut E,
    progress: &Progress,
) -> Result<State, E::Stop> {
    let mut events = vec![event];
    while let Some(event) = events.pop() {
        let now = Timestamp::now();
        let (next, effects) = step(runbook, state, event, now);
        state = next;
        let mut keep = Vec::new();
        for effect in effects {
            match effect {
                Effect::Record(entry) => keep.push((now, entry)),
                Effect::Check(id) => {
                    if let Some(asked) = runbook.step(&id) {
                        events.push(run(asked, target, sights).await);
                    }
                }
                // Shown on the page, from the step itself.
                Effect::AskConsent(_) => {}
                Effect::Refuse(why) => tracing::debug!(?why, "refused"),
            }
        }
        if !keep.is_empty() {
            entries.keep(keep).await?;
        }
        let done = state.path().count();
        let ahead = match &state.here {
            Here::Step(id) => runbook.longest_from(id),
            Here::Concluded { .. } => 0,
        };
        progress.tell(done, done + ahead);
    }
    Ok(state)
}

/// The report of a step's check.
async fn run(asked: &Step, target: &ObjectRef, sights: &impl Sights) -> Event {
    match sights.seen().await {
        Some((snapshot, diagnosis)) => check(asked, &Target::find(&snapshot, target), &diagnosis),
        None => Event::Checked {
            step: asked.id.clone(),
            finding: Finding {
                observed_at: Timestamp::now(),
                suggests: Err(NoSuggestion::Unread {
                    what: target.to_string(),
                    why: Why::NotSeen,
                }),
                fact: None,
                evidence: Vec::new(),
            },
            problems: Vec::new(),
        },
    }
}

impl Sights for Examined {
    async fn seen(&self) -> Option<(Arc<Snapshot>, Arc<Diagnosis<Message>>)> {
        Some((Arc::clone(&self.snapshot), Arc::clone(&self.diagnosis)))
    }
}

/// A walk that is only looked at keeps nothing.
impl Entries for () {
    type Stop = Infallible;

    async fn keep(&mut self, _: Vec<(Timestamp, EntryBody)>) -> Result<(), Infallible> {
        Ok(())
    }
}

impl Entries for Vec<EntryBody> {
    type Stop = Infallible;

    async fn keep(&mut self, entries: Vec<(Timestamp, EntryBody)>) -> Result<(), Infallible> {
        self.extend(entries.into_iter().map(|(_, body)| body));
        Ok(())
    }
}
