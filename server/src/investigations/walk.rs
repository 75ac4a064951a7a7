//! One investigation with what its target looks like now.

use std::sync::Arc;

use jiff::Timestamp;
use podside_app::{Place, PortalError, RefusalWords};
use podside_diagnosis::runbook::{
    Effect, Event, Names, Runbook, State, Step, Target, Vocabulary, check, find, read, replay, step,
};
use podside_model::view::ChartHead;
use podside_model::{Cause, EntryBody, Finding, InvestigationId, Lang, NoSuggestion, Problem, Why};
use podside_store::Investigation;

use super::{Investigations, place_of};
use crate::session::Seen;

/// One investigation with what its target looks like now.
pub(crate) struct Walk {
    pub(crate) investigation: Investigation,
    pub(crate) runbook: Arc<Runbook>,
    pub(crate) state: State,
    pub(crate) head: ChartHead,
    seen: Seen,
}

impl Walk {
    /// Reads an investigation, looks at its target, and runs the check of its present step.
    pub(crate) async fn load(
        investigations: Investigations<'_>,
        id: InvestigationId,
    ) -> Result<Self, PortalError> {
        let investigation = investigations.read(id).await?;
        Self::of(investigations, investigation).await
    }

    /// The same of an investigation that was read.
    pub(crate) async fn of(
        investigations: Investigations<'_>,
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
        let mut walk = Self {
            head: seen.head.clone(),
            investigation,
            runbook,
            state,
            seen,
        };
        // Nothing is recorded by looking.
        walk.happen_and_look(Event::Look);
        Ok(walk)
    }

    /// The place of the investigation's pages.
    pub(crate) fn place(&self) -> Place {
        place_of(&self.investigation)
    }

    /// Lets something happen; gives the entries that are to be kept.
    pub(crate) fn happen(&mut self, event: Event) -> Vec<(Timestamp, EntryBody)> {
        self.happen_and_look(event)
    }

    /// Carries effects out until there are no more: each check that the engine asks
    /// for is run and reported. It ends, because a runbook has no circles.
    fn happen_and_look(&mut self, event: Event) -> Vec<(Timestamp, EntryBody)> {
        let mut entries = Vec::new();
        let mut events = vec![event];
        while let Some(event) = events.pop() {
            let now = Timestamp::now();
            let state =
                std::mem::replace(&mut self.state, State::new(&self.runbook, Names::default()));
            let (state, effects) = step(&self.runbook, state, event, now);
            self.state = state;
            for effect in effects {
                match effect {
                    Effect::Record(entry) => entries.push((now, entry)),
                    Effect::Check(id) => {
                        if let Some(step) = self.runbook.step(&id) {
                            events.push(self.check(step));
                        }
                    }
                    // Shown on the page, from the step itself.
                    Effect::AskConsent(_) => {}
                    Effect::Refuse(why) => tracing::debug!(?why, "refused"),
                }
            }
        }
        entries
    }

    fn check(&self, step: &Step) -> Event {
        let sight = self.seen.sight.as_ref();
        match sight.and_then(|sight| Some((&sight.snapshot, sight.diagnosis.as_ref()?))) {
            Some((snapshot, diagnosis)) => check(
                step,
                &Target::find(snapshot, &self.investigation.target),
                diagnosis,
            ),
            None => Event::Checked {
                step: step.id.clone(),
                finding: Finding {
                    observed_at: self.head.now,
                    suggests: Err(NoSuggestion::Unread {
                        what: self.investigation.target.to_string(),
                        why: Why::NotSeen,
                    }),
                    fact: None,
                    evidence: Vec::new(),
                },
                problems: Vec::<Problem>::new(),
            },
        }
    }
}

fn names(seen: &Seen, investigation: &Investigation) -> Names {
    match &seen.sight {
        Some(sight) => Target::find(&sight.snapshot, &investigation.target).names(),
        None => Names {
            target: investigation.target.clone(),
            pod: (investigation.target.is("Pod")).then(|| investigation.target.name.clone()),
            container: None,
        },
    }
}

/// The runbook as it was when the investigation began.
fn runbook_of(investigation: &Investigation, lang: Lang) -> Result<Arc<Runbook>, PortalError> {
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
