//! Links: made from what somebody has looked at, and revoked.

use std::fmt::Write;

use jiff::{SignedDuration, Timestamp};
use podside_app::{Place, PortalError, RefusalWords};
use podside_diagnosis::texts::resolve;
use podside_model::view::SinceSeen;
use podside_model::{Conclusion, EntryBody, InvestigationId, Lang, Problem, ProblemId, Texts};
use podside_store::{
    Entry, Investigation, NewEntry, NewInvestigation, NewShare, Share, ShareForm, ShareScope,
    ShareToken, ToShare,
};
use sha2::{Digest, Sha256};

use super::shared_page::preview;
use super::{Investigations, failed};
use crate::session::{Seen, Session};

/// What a form asks for that makes a link.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    /// The form's id.
    pub(crate) form: ShareForm,
    /// Whether the link goes on with the investigation.
    pub(crate) live: bool,
    /// How many days it opens.
    pub(crate) days: u32,
}

/// What came of a form that makes a link.
#[derive(Debug)]
pub(crate) enum Sharing {
    /// The link.
    Made {
        /// The link as it is listed.
        share: Box<Share>,
        /// Its token, this once.
        token: ShareToken,
        /// How many values are hidden in what it shows.
        hidden: usize,
        /// How what it shows differs from what its maker looked at.
        since: Option<SinceSeen>,
    },
    /// The form had made its link before; nothing was made.
    Before(InvestigationId),
}

impl Investigations<'_> {
    /// Makes a link to an investigation.
    ///
    /// A frozen one stands still at `seen`, the last entry that its maker has seen: what
    /// others added since was never looked at with sharing in mind.
    pub(crate) async fn share(
        &self,
        id: InvestigationId,
        seen: u32,
        asked: Asked,
    ) -> Result<Sharing, PortalError> {
        let mut kept = self.read(id).await?;
        let last = kept.last_seq();
        let seen = seen.min(last);
        let (scope, until) = if asked.live {
            (ShareScope::Live, last)
        } else {
            (ShareScope::Frozen(seen), seen)
        };
        kept.entries.retain(|entry| entry.seq <= until);
        let hidden = preview(kept, self.session, Timestamp::now()).hidden.len();
        let since = (until < last).then(|| SinceSeen::MoreEntries(last - until));
        let of = ToShare::Kept(id);
        self.make(of, scope, hidden, since, &asked).await
    }

    /// Keeps a problem as it is found now, and makes a link to it. `seen` is the fingerprint
    /// of the problem that its maker looked at.
    pub(crate) async fn share_problem(
        &self,
        place: &Place,
        id: &ProblemId,
        seen: &str,
        asked: Asked,
    ) -> Result<Sharing, PortalError> {
        let (sight, problem) = self.found(place, id).await?;
        let since = (fingerprint(&problem) != seen).then_some(SinceSeen::ProblemChanged);
        let now = Timestamp::now();
        let unkept = as_investigation(self.session, sight.head.cluster, problem, now);
        let hidden = preview(unkept.clone(), self.session, now).hidden.len();
        let scope = if asked.live {
            ShareScope::Live
        } else {
            ShareScope::Frozen(1)
        };
        let kept = NewInvestigation {
            runbook: None,
            cluster: unkept.cluster,
            target: unkept.target,
            started_by: unkept.started_by,
            started_at: unkept.started_at,
        };
        let entries = unkept.entries.into_iter().map(|entry| NewEntry {
            at: entry.at,
            who: entry.who,
            body: entry.body,
        });
        let of = ToShare::New(Box::new(kept), entries.collect());
        self.make(of, scope, hidden, since, &asked).await
    }

    async fn make(
        &self,
        of: ToShare,
        scope: ShareScope,
        hidden: usize,
        since: Option<SinceSeen>,
        asked: &Asked,
    ) -> Result<Sharing, PortalError> {
        let now = Timestamp::now();
        let new = NewShare {
            form: asked.form.clone(),
            of,
            scope,
            created_by: self.session.who(),
            created_at: now,
            expires_at: now + SignedDuration::from_hours(24 * i64::from(asked.days)),
        };
        match self.session.kept().share(new).await {
            Ok((share, token)) => Ok(Sharing::Made {
                share: Box::new(share),
                token,
                hidden,
                since,
            }),
            Err(podside_store::Error::FormUsed(id)) => Ok(Sharing::Before(id)),
            Err(e) => Err(failed(self.session.lang(), e)),
        }
    }

    /// Makes a link dead.
    pub(crate) async fn revoke(&self, share: i64) -> Result<(), PortalError> {
        let (kept, who) = (self.session.kept(), self.session.who());
        match kept.revoke(share, &who, Timestamp::now()).await {
            // It is dead either way.
            Ok(()) | Err(podside_store::Error::NoShare(_)) => Ok(()),
            Err(e) => Err(failed(self.session.lang(), e)),
        }
    }

    /// A problem as it is found now, and what is seen beside it.
    pub(crate) async fn found(
        &self,
        place: &Place,
        id: &ProblemId,
    ) -> Result<(Seen, Problem), PortalError> {
        let seen = self.session.look(place).await?;
        let Some(diagnosis) = seen.sight.as_ref().and_then(|it| it.diagnosis.as_ref()) else {
            return Err(PortalError::Unavailable {
                what: (RefusalWords::of(self.session.lang()).not_read_yet)(&seen.head.cluster),
            });
        };
        match diagnosis.problem(id).cloned() {
            Some(problem) => Ok((seen, problem)),
            None => Err(PortalError::NotFound {
                what: (RefusalWords::of(self.session.lang()).problem_gone)(
                    id.cause.as_str(),
                    &id.subject.to_string(),
                ),
            }),
        }
    }
}

/// A problem as an investigation that nobody keeps yet, with the one entry that holds it.
pub(crate) fn as_investigation(
    session: &Session,
    cluster: String,
    problem: Problem,
    now: Timestamp,
) -> Investigation {
    let target = problem.subject.clone();
    let conclusion = Conclusion::Cause {
        cause: problem.cause.clone(),
        text: Texts {
            en: resolve(&problem.title, Lang::En),
            ja: resolve(&problem.title, Lang::Ja),
        },
        problem: Some(Box::new(problem.bounded())),
    };
    Investigation {
        // The store gives it a number when it keeps it.
        id: InvestigationId(0),
        runbook: None,
        cluster,
        target,
        started_by: session.who(),
        started_at: now,
        entries: vec![Entry {
            seq: 1,
            at: now,
            who: session.who(),
            body: EntryBody::Concluded {
                step: String::new(),
                conclusion,
            },
        }],
    }
}

/// What tells a problem from the same one found otherwise. How often an event was seen and
/// when last are not part of it: they change with every look.
pub(crate) fn fingerprint(problem: &Problem) -> String {
    let mut told = problem.clone();
    told.since = None;
    for evidence in &mut told.evidence {
        (evidence.count, evidence.at) = (None, None);
    }
    // A problem always becomes JSON; if it did not, it would count as changed.
    let json = serde_json::to_vec(&told).unwrap_or_default();
    let mut text = String::new();
    for byte in Sha256::digest(json).iter().take(16) {
        // A String takes whatever is written to it.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
