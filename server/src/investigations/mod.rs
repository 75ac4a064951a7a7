//! Investigations: the engine's effects carried out on a cluster and kept in the store.

mod going;
mod hidden;
mod shared_page;
mod sharing;
mod shown;
mod test_plan;
mod test_run;
mod walk;

use jiff::Timestamp;
use podside_app::{Place, PortalError, RefusalWords};
use podside_diagnosis::facts::clean::clean;
use podside_diagnosis::runbook::{Target, find};
use podside_model::{EntryBody, InvestigationId, Lang, ObjectRef, Redacted, RedactedPart};
use podside_redact::hide_note;
use podside_store::{FollowedRunbook, NewEntry, NewInvestigation};

use crate::bounds::{Text, bounded};
use crate::session::{Seen, Session};
pub(crate) use shared_page::{Standing, as_shared, preview};
pub(crate) use sharing::{Asked, Sharing, as_investigation, fingerprint};
pub(crate) use shown::{concluded, conclusion_view, record_row};
pub(crate) use test_plan::{Does, TestPlan};
pub(crate) use walk::{Walk, failed};

/// The longest note, in bytes; the form takes 8000 characters.
const NOTE_BYTES: usize = 32 * 1024;

/// What a session can do with investigations.
#[derive(Debug)]
pub(crate) struct Investigations<'a> {
    session: &'a Session,
}

impl<'a> Investigations<'a> {
    /// The investigations that a session may know of.
    pub(crate) fn of(session: &'a Session) -> Self {
        Self { session }
    }

    /// Starts a runbook on an object of a cluster.
    pub(crate) async fn start(
        &self,
        place: &Place,
        runbook: &str,
        target: ObjectRef,
    ) -> Result<(InvestigationId, Place), PortalError> {
        let lang = self.session.lang();
        let built_in = find(runbook).ok_or_else(|| no_runbook(lang, runbook))?;
        if !built_in.runbook.targets.contains(&target.kind) {
            return Err(PortalError::Invalid {
                what: (RefusalWords::of(self.session.lang()).not_on_kind)(runbook, &target.kind),
            });
        }
        let seen = self.session.look(place).await?;
        if let Some(sight) = &seen.sight
            && !(self.session.may_see(&seen.head.cluster, &target)
                && is_there(&sight.snapshot, &target))
        {
            return Err(PortalError::NotFound {
                what: (RefusalWords::of(self.session.lang()).no_object_on)(
                    &target.to_string(),
                    &seen.head.cluster,
                ),
            });
        }
        let place = Place {
            cluster: Some(seen.head.cluster.clone()),
            namespace: target.namespace.clone(),
        };
        let id = self
            .session
            .kept()
            .start(
                NewInvestigation {
                    runbook: Some(FollowedRunbook {
                        id: runbook.to_owned(),
                        source: built_in.source.to_owned(),
                    }),
                    cluster: seen.head.cluster,
                    target,
                    started_by: self.session.who(),
                    started_at: Timestamp::now(),
                },
                Vec::new(),
            )
            .await
            .map_err(|e| failed(self.session.lang(), e))?;
        Ok((id, place))
    }

    /// Keeps a note, its secrets replaced.
    pub(crate) async fn note(
        &self,
        id: InvestigationId,
        step: Option<String>,
        text: &str,
    ) -> Result<Place, PortalError> {
        if text.len() > NOTE_BYTES {
            return Err(PortalError::Invalid {
                what: (RefusalWords::of(self.session.lang()).note_too_long)(NOTE_BYTES),
            });
        }
        let text = hidden(text);
        let place = place_of(&self.read(id).await?);
        if text.parts.is_empty() {
            return Ok(place);
        }
        let note = NewEntry {
            at: Timestamp::now(),
            who: self.session.who(),
            body: EntryBody::Noted { step, text },
        };
        // A note does not depend on what others write at the same time.
        self.session
            .kept()
            .append_last(id, vec![note])
            .await
            .map_err(|e| failed(self.session.lang(), e))?;
        Ok(place)
    }

    pub(crate) async fn read(
        &self,
        id: InvestigationId,
    ) -> Result<podside_store::Investigation, PortalError> {
        let investigation = self.session.kept().investigation(id).await;
        investigation.map_err(|e| failed(self.session.lang(), e))
    }

    /// What can be seen where an investigation looks.
    pub(crate) async fn seen(
        &self,
        investigation: &podside_store::Investigation,
    ) -> Result<Seen, PortalError> {
        let place = place_of(investigation);
        match self.session.look(&place).await {
            // The cluster is not shown any more; what was kept is.
            Err(PortalError::NotFound { what }) => Ok(self.session.nothing_at(&place, what)),
            seen => seen,
        }
    }
}

/// A note with tokens in the place of what looks like a secret. Control characters but line
/// breaks and tabs are dropped.
fn hidden(note: &str) -> Redacted {
    let note = note.replace("\r\n", "\n");
    let text = hide_note(&clean(note.trim(), NOTE_BYTES)).into_owned();
    Redacted {
        parts: Some(text)
            .filter(|text| !text.is_empty())
            .map(RedactedPart::Text)
            .into_iter()
            .collect(),
    }
}

/// The page's place of an investigation: its cluster, and its target's namespace.
fn place_of(investigation: &podside_store::Investigation) -> Place {
    Place {
        cluster: Some(investigation.cluster.clone()),
        namespace: investigation.target.namespace.clone(),
    }
}

/// Whether an object may be there: it is among the facts, or its kind is not known
/// completely.
fn is_there(snapshot: &podside_diagnosis::snapshot::Snapshot, target: &ObjectRef) -> bool {
    use podside_diagnosis::facts::Kind;
    let namespace = target.namespace.as_deref().unwrap_or_default();
    let found = Kind::ALL
        .iter()
        .find(|kind| kind.name() == target.kind)
        .and_then(|kind| snapshot.meta_of(*kind, namespace, &target.name));
    found.is_some()
        || Target::find(snapshot, target).pod().is_ok()
        || snapshot.pods.unreadable(namespace).is_some()
}

/// There is no such runbook, nor could there be one of a very long name.
pub(crate) fn no_runbook(lang: Lang, id: &str) -> PortalError {
    if let Err(refused) = bounded(lang, Text::Runbook, id) {
        return refused;
    }
    PortalError::NotFound {
        what: (RefusalWords::of(lang).no_runbook)(id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(note: &str) -> String {
        let parts = hidden(note).parts;
        let texts = parts.into_iter().map(|part| match part {
            RedactedPart::Text(text) => text,
            RedactedPart::Hidden { .. } => String::new(),
        });
        texts.collect()
    }

    #[test]
    fn a_note_is_kept_without_secrets_and_control_characters() {
        assert_eq!(text(" a\u{1b}[31mb\r\nc\td\u{0} "), "ab\nc\td");
        let said = text("the password is hunter2hunter2");
        assert!(
            said.starts_with("the password is [hidden: password "),
            "{said}"
        );
        assert!(hidden(" \n ").parts.is_empty());
    }
}
