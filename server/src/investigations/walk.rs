//! One investigation with what its target looks like now.

use std::sync::Arc;

use podside_app::{PortalError, RefusalWords};
use podside_cluster::effects::{Progress, Sights, walk};
use podside_cluster::{Connection, Sight};
use podside_diagnosis::runbook::{
    Event, Names, Runbook, State, Target, Vocabulary, find, read, replay,
};
use podside_diagnosis::snapshot::Snapshot;
use podside_model::view::ChartHead;
use podside_model::{Cause, Diagnosis, Lang, Message, ObjectRef};
use podside_store::Investigation;

use super::Investigations;
use crate::session::Seen;

/// One investigation with what its target looks like now.
pub(crate) struct Walk {
    pub(crate) investigation: Investigation,
    pub(crate) runbook: Arc<Runbook>,
    pub(crate) state: State,
    pub(crate) head: ChartHead,
    /// The facts, where anything is seen.
    pub(crate) sight: Option<Arc<Sight>>,
    /// The cluster, where it could be connected to.
    pub(crate) connection: Option<Connection>,
}

impl Walk {
    /// Looks at the target of an investigation, and runs the check of its present step.
    pub(crate) async fn of(
        investigations: &Investigations<'_>,
        investigation: Investigation,
    ) -> Result<Self, PortalError> {
        let runbook = runbook_of(&investigation, investigations.session.lang())?;
        let seen = investigations.seen(&investigation).await?;
        let entries = investigation
            .entries
            .iter()
            .map(|entry| (entry.at, &entry.body));
        let names = names(&seen, &investigation);
        let state = replay(&runbook, names, entries);
        // Nothing is recorded by looking, and nothing is waited for.
        let Ok(state) = walk(
            &runbook,
            &investigation.target,
            state,
            Event::Look,
            &seen,
            &mut (),
            &Progress::untold(),
        )
        .await;
        Ok(Self {
            head: seen.head,
            sight: seen.sight,
            connection: seen.connection,
            investigation,
            runbook,
            state,
        })
    }
}

impl Sights for Seen {
    async fn seen(&self) -> Option<(Arc<Snapshot>, Arc<Diagnosis<Message>>)> {
        let sight = self.sight.as_ref()?;
        let diagnosis = Arc::clone(sight.diagnosis.as_ref()?);
        Some((Arc::clone(&sight.snapshot), diagnosis))
    }
}

fn names(seen: &Seen, investigation: &Investigation) -> Names {
    match &seen.sight {
        Some(sight) => Target::find(&sight.snapshot, &investigation.target).names(),
        None => names_of(&investigation.target),
    }
}

/// The names that are known of a target of which nothing is seen.
pub(super) fn names_of(target: &ObjectRef) -> Names {
    Names {
        target: target.clone(),
        pod: target.is("Pod").then(|| target.name.clone()),
        container: None,
    }
}

/// The runbook as it was when the investigation began.
pub(super) fn runbook_of(
    investigation: &Investigation,
    lang: Lang,
) -> Result<Arc<Runbook>, PortalError> {
    let Some(followed) = &investigation.runbook else {
        return Err(PortalError::Invalid {
            what: RefusalWords::of(lang).follows_none.to_owned(),
        });
    };
    if let Some(built_in) = find(&followed.id)
        && built_in.source == followed.source
    {
        return Ok(Arc::new(built_in.runbook.clone()));
    }
    // It was without fault when it was kept; causes and runbooks may have gone since.
    let there_were = runbooks_named(&followed.source);
    let there_were: Vec<&str> = there_were.iter().map(String::as_str).collect();
    let vocabulary = Vocabulary {
        is_cause: &|slug| Cause::parse(slug).is_some(),
        runbooks: &there_were,
    };
    read(&followed.source, vocabulary)
        .map(Arc::new)
        .map_err(|faults| {
            tracing::warn!(id = %investigation.id, ?faults, "a kept runbook cannot be read");
            PortalError::Unavailable {
                what: (RefusalWords::of(lang).runbook_unreadable)(&followed.id),
            }
        })
}

/// The ids after `runbook:` in a kept runbook.
fn runbooks_named(source: &str) -> Vec<String> {
    source
        .split("runbook:")
        .skip(1)
        .filter_map(|rest| rest.split([',', '}', '\n']).next())
        .map(|id| id.trim().to_owned())
        .collect()
}

/// What a failure of the store means for a page.
pub(crate) fn failed(lang: Lang, e: podside_store::Error) -> PortalError {
    match e {
        podside_store::Error::NoInvestigation(id) => PortalError::NotFound {
            what: (RefusalWords::of(lang).no_investigation)(id.0),
        },
        podside_store::Error::TooLarge { .. } | podside_store::Error::TooLong { .. } => {
            PortalError::Invalid {
                what: e.to_string(),
            }
        }
        e => {
            tracing::error!(error = %e, "the store failed");
            PortalError::Unavailable {
                what: e.to_string(),
            }
        }
    }
}
