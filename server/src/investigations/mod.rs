//! Investigations: the engine's effects carried out on a cluster and kept in the store.

mod export;
mod forms;
mod walk;

use std::sync::Arc;

use jiff::Timestamp;
use podside_app::{Place, PortalError, Viewer};
use podside_diagnosis::facts::clean::clean;
use podside_diagnosis::redact::redact;
use podside_diagnosis::runbook::{Event, Target, find};
use podside_diagnosis::texts::resolve;
use podside_model::{
    Conclusion, EntryBody, InvestigationId, Lang, ObjectRef, ProblemId, Redacted, Texts,
};
use podside_store::{
    FollowedRunbook, NewEntry, NewInvestigation, NewShare, ShareScope, ShareToken, Store,
};

use crate::clusters::Clusters;
use crate::portal::look;
pub(crate) use forms::routes;
pub(crate) use walk::{Walk, failed, seen};

/// The longest note, in bytes; the form takes 8000 characters.
const NOTE_BYTES: usize = 32 * 1024;

/// The longest name under which somebody's doings are kept, in bytes.
const WHO_BYTES: usize = 80;

/// The longest time that a link opens, in days.
const MOST_DAYS: i64 = 90;

/// How long a link opens whose maker did not say, in days.
const DAYS: i64 = 7;

/// What can be done with investigations.
#[derive(Clone)]
pub(crate) struct Investigations {
    pub(crate) clusters: Arc<Clusters>,
    pub(crate) store: Arc<dyn Store>,
}

impl std::fmt::Debug for Investigations {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Investigations").finish_non_exhaustive()
    }
}

impl Investigations {
    /// Starts a runbook on an object of a cluster.
    pub(crate) async fn start(
        &self,
        viewer: &Viewer,
        place: &Place,
        runbook: &str,
        target: ObjectRef,
    ) -> Result<(InvestigationId, Place), PortalError> {
        let built_in = find(runbook).ok_or_else(|| no_runbook(viewer.lang, runbook))?;
        if !built_in.runbook.targets.contains(&target.kind) {
            return Err(PortalError::Invalid {
                what: match viewer.lang {
                    Lang::En => format!("Runbook {runbook} does not start on a {}.", target.kind),
                    Lang::Ja => format!(
                        "ランブック {runbook} は {} では開始できません。",
                        target.kind
                    ),
                },
            });
        }
        let seen = look(&self.clusters, viewer, place).await?;
        if let Some(sight) = &seen.sight
            && !is_there(&sight.snapshot, &target)
        {
            return Err(PortalError::NotFound {
                what: match viewer.lang {
                    Lang::En => format!("There is no {target} in {}.", seen.head.cluster),
                    Lang::Ja => format!("{} に {target} はありません。", seen.head.cluster),
                },
            });
        }
        let place = Place {
            cluster: Some(seen.head.cluster.clone()),
            namespace: target.namespace.clone(),
        };
        let id = self
            .store
            .start(
                NewInvestigation {
                    runbook: Some(FollowedRunbook {
                        id: runbook.to_owned(),
                        source: built_in.source.to_owned(),
                    }),
                    cluster: seen.head.cluster,
                    target,
                    started_by: who(viewer),
                    started_at: Timestamp::now(),
                },
                Vec::new(),
            )
            .await
            .map_err(|e| failed(viewer.lang, e))?;
        Ok((id, place))
    }

    /// Does what a person asks for, and keeps what comes of it. `after` is the last
    /// entry that they saw.
    pub(crate) async fn happen(
        &self,
        viewer: &Viewer,
        id: InvestigationId,
        after: u32,
        event: Event,
    ) -> Result<Place, PortalError> {
        let mut walk = Walk::load(self, viewer, id).await?;
        let place = walk.place();
        // Somebody else was faster: the page that comes next shows what they did.
        if walk.investigation.last_seq() != after {
            return Ok(place);
        }
        let who = who(viewer);
        let entries: Vec<NewEntry> = walk
            .happen(event)
            .into_iter()
            .map(|(at, body)| NewEntry {
                at,
                who: who.clone(),
                body,
            })
            .collect();
        if entries.is_empty() {
            return Ok(place);
        }
        match self.store.append(id, after, entries).await {
            Ok(_) | Err(podside_store::Error::Outrun { .. }) => Ok(place),
            Err(e) => Err(failed(viewer.lang, e)),
        }
    }

    /// Keeps a note, its secrets replaced.
    pub(crate) async fn note(
        &self,
        viewer: &Viewer,
        id: InvestigationId,
        step: Option<String>,
        text: &str,
    ) -> Result<Place, PortalError> {
        if text.len() > NOTE_BYTES {
            return Err(PortalError::Invalid {
                what: match viewer.lang {
                    Lang::En => format!("A note has at most {NOTE_BYTES} bytes."),
                    Lang::Ja => format!("メモは {NOTE_BYTES} バイトまでです。"),
                },
            });
        }
        let text: Redacted = redact(text.trim());
        let mut last = self.read(viewer, id).await?;
        let place = place_of(&last);
        if text.parts.is_empty() {
            return Ok(place);
        }
        // A note does not depend on what others write at the same time.
        for _ in 0..5 {
            let entry = NewEntry {
                at: Timestamp::now(),
                who: who(viewer),
                body: EntryBody::Noted {
                    step: step.clone(),
                    text: text.clone(),
                },
            };
            match self.store.append(id, last.last_seq(), vec![entry]).await {
                Ok(_) => return Ok(place),
                Err(podside_store::Error::Outrun { .. }) => last = self.read(viewer, id).await?,
                Err(e) => return Err(failed(viewer.lang, e)),
            }
        }
        Err(PortalError::Unavailable {
            what: match viewer.lang {
                Lang::En => "Too many write to this investigation at once; try again.".to_owned(),
                Lang::Ja => "同時の書き込みが多すぎます。もう一度試します。".to_owned(),
            },
        })
    }

    /// Makes a link that opens for some days.
    pub(crate) async fn share(
        &self,
        viewer: &Viewer,
        id: InvestigationId,
        live: bool,
        days: i64,
    ) -> Result<ShareToken, PortalError> {
        let last = self.read(viewer, id).await?.last_seq();
        let now = Timestamp::now();
        let hours = 24 * days.clamp(1, MOST_DAYS);
        let new = NewShare {
            investigation: id,
            scope: if live {
                ShareScope::Live
            } else {
                ShareScope::Frozen(last)
            },
            created_by: who(viewer),
            created_at: now,
            expires_at: now + jiff::SignedDuration::from_hours(hours),
        };
        let (_, token) = self
            .store
            .share(new)
            .await
            .map_err(|e| failed(viewer.lang, e))?;
        Ok(token)
    }

    /// Makes a link dead.
    pub(crate) async fn revoke(&self, viewer: &Viewer, share: i64) -> Result<(), PortalError> {
        match self
            .store
            .revoke(share, &who(viewer), Timestamp::now())
            .await
        {
            // It is dead either way.
            Ok(()) | Err(podside_store::Error::NoShare(_)) => Ok(()),
            Err(e) => Err(failed(viewer.lang, e)),
        }
    }

    /// Keeps a problem as it is found now, and makes a frozen link to it.
    pub(crate) async fn share_problem(
        &self,
        viewer: &Viewer,
        place: &Place,
        id: &ProblemId,
    ) -> Result<ShareToken, PortalError> {
        let seen = look(&self.clusters, viewer, place).await?;
        let diagnosis = seen.sight.as_ref().and_then(|it| it.diagnosis.as_ref());
        let Some(problem) = diagnosis.and_then(|it| it.problem(id)).cloned() else {
            return Err(PortalError::NotFound {
                what: match viewer.lang {
                    Lang::En => format!("{} is not found on {} now.", id.cause, id.subject),
                    Lang::Ja => format!("{} の {} は現在見つかりません。", id.subject, id.cause),
                },
            });
        };
        let now = Timestamp::now();
        let conclusion = Conclusion::Cause {
            cause: problem.cause.clone(),
            text: Texts {
                en: resolve(&problem.title, Lang::En),
                ja: resolve(&problem.title, Lang::Ja),
            },
            problem: Some(Box::new(problem)),
        };
        let kept = NewInvestigation {
            runbook: None,
            cluster: seen.head.cluster,
            target: id.subject.clone(),
            started_by: who(viewer),
            started_at: now,
        };
        let entry = NewEntry {
            at: now,
            who: who(viewer),
            body: EntryBody::Concluded {
                step: String::new(),
                conclusion,
            },
        };
        let kept = self.store.start(kept, vec![entry]).await;
        let kept = kept.map_err(|e| failed(viewer.lang, e))?;
        self.share(viewer, kept, false, DAYS).await
    }

    pub(crate) async fn read(
        &self,
        viewer: &Viewer,
        id: InvestigationId,
    ) -> Result<podside_store::Investigation, PortalError> {
        let investigation = self.store.investigation(id).await;
        investigation.map_err(|e| failed(viewer.lang, e))
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

/// The name under which a person's doings are kept: their own, else that of the
/// account that runs this Podside.
fn who(viewer: &Viewer) -> String {
    let account = || {
        ["USER", "LOGNAME", "USERNAME"]
            .into_iter()
            .find_map(|name| std::env::var(name).ok())
    };
    viewer
        .name
        .clone()
        .or_else(account)
        .map(|name| clean(&name.replace('\n', " "), WHO_BYTES).into_owned())
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| "local".to_owned())
}

/// There is no such runbook.
pub(crate) fn no_runbook(lang: Lang, id: &str) -> PortalError {
    PortalError::NotFound {
        what: match lang {
            Lang::En => format!("There is no runbook {id}."),
            Lang::Ja => format!("ランブック {id} はありません。"),
        },
    }
}
