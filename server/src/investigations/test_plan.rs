//! The test of a step: what would be run, and where.

use std::fmt::Write;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use podside_cluster::acting::{
    Action, DebugContainer, Exec, Mark, OWN_CONTAINER, PodId, Profile, RunPlace, ShortPod, name_of,
    one_command, place,
};
use podside_diagnosis::facts::Pod;
use podside_diagnosis::kubectl;
use podside_diagnosis::runbook::{Names, Probe};
use podside_model::{EntryBody, NoSuggestion, NotRun};
use podside_store::Investigation;
use sha2::{Digest, Sha256};

use crate::session::Session;

/// How long what is created may live.
const LIVES: Duration = Duration::from_mins(2);

/// A deadline is a multiple of this, so that what is shown stays the same for a while.
const DEADLINE_EVERY: SignedDuration = SignedDuration::from_mins(5);

/// A test as it would be run.
#[derive(Clone, Debug)]
pub(crate) struct TestPlan {
    /// What is done.
    pub(crate) does: Does,
    /// The Pod in which it is run. One of Podside's own has no uid yet.
    pub(crate) pod: PodId,
    /// The image of what is created.
    pub(crate) image: String,
    /// What names exactly this: whoever allows it allows nothing else.
    pub(crate) fingerprint: String,
}

/// What is done for a test.
#[derive(Clone, Debug)]
pub(crate) enum Does {
    /// A command is run in a container that is there.
    Exec(Exec),
    /// A container is added whose command it is.
    Add(DebugContainer),
    /// A Pod is created whose command it is.
    Create(ShortPod),
}

impl TestPlan {
    /// How the test of a step would be run in an investigation, with the Pod that is looked
    /// at; `None` where there is no place for it.
    pub(crate) fn of(
        session: &Session,
        investigation: &Investigation,
        step: &str,
        probe: &Probe,
        names: &Names,
        pod: Option<&Pod>,
    ) -> Option<Self> {
        let command = probe.words(names);
        if command.is_empty() {
            return None;
        }
        let lacking = lacking(investigation, step);
        let place = place(pod, &lacking, probe.anywhere)?;
        let image = session.test_image().to_owned();
        let created = match place {
            RunPlace::In(_) => None,
            RunPlace::Beside(_) | RunPlace::OwnPod => Some(name(investigation, step)),
        };
        let told = (
            &investigation.cluster,
            pod.map(|pod| &*pod.meta.uid),
            &created,
            created.as_ref().map(|_| &image),
            format!("{place:?}"),
            &command,
        );
        // A tuple of texts always becomes JSON.
        let fingerprint = hex(&digest(&serde_json::to_vec(&told).unwrap_or_default()));
        let id = |pod: &Pod| PodId {
            namespace: pod.meta.namespace.to_string(),
            name: pod.meta.name.to_string(),
            uid: pod.meta.uid.to_string(),
        };
        let name = created.unwrap_or_default();
        let (pod, does) = match place {
            RunPlace::In(container) => {
                let pod = id(pod?);
                let exec = Exec {
                    namespace: pod.namespace.clone(),
                    pod: pod.name.clone(),
                    container,
                    command,
                };
                (pod, Does::Exec(exec))
            }
            RunPlace::Beside(target) => {
                let pod = id(pod?);
                let container = DebugContainer {
                    pod: pod.clone(),
                    name,
                    image: image.clone(),
                    target,
                    command,
                    // It needs to see nothing of others, and more is not allowed everywhere.
                    profile: Profile::Baseline,
                };
                (pod, Does::Add(container))
            }
            RunPlace::OwnPod => {
                let namespace = investigation.target.namespace.clone()?;
                let pod = PodId {
                    namespace: namespace.clone(),
                    name: name.clone(),
                    uid: String::new(),
                };
                let own = ShortPod {
                    namespace,
                    name,
                    spec: one_command(&image, &command),
                    mark: Mark {
                        owner: session.who(),
                        investigation: investigation.id.to_string(),
                        deadline: deadline(Timestamp::now()),
                    },
                    lives: LIVES,
                };
                (pod, Does::Create(own))
            }
        };
        Some(Self {
            does,
            pod,
            image,
            fingerprint,
        })
    }

    /// What is done, as an action.
    pub(crate) fn action(&self) -> Action {
        match &self.does {
            Does::Exec(exec) => Action::Exec(exec.clone()),
            Does::Add(container) => Action::AddContainer(container.clone()),
            Does::Create(pod) => Action::CreatePod(pod.clone()),
        }
    }

    /// The container in which it runs.
    pub(crate) fn container(&self) -> &str {
        match &self.does {
            Does::Exec(exec) => &exec.container,
            Does::Add(container) => &container.name,
            Does::Create(_) => OWN_CONTAINER,
        }
    }

    /// The same with kubectl: what runs it, and what reads the output where that is not the
    /// same.
    pub(crate) fn commands(&self) -> Vec<String> {
        let mut commands = vec![self.action().kubectl()];
        if !matches!(self.does, Does::Exec(_)) {
            let PodId {
                namespace, name, ..
            } = &self.pod;
            commands.push(kubectl::logs(namespace, name, self.container(), false));
        }
        commands
    }

    /// When exactly this was allowed last.
    pub(crate) fn allowed(&self, investigation: &Investigation) -> Option<Timestamp> {
        let mut entries = investigation.entries.iter().rev();
        let allowed = entries.find(|entry| {
            matches!(&entry.body, EntryBody::Allowed { plan, .. } if *plan == self.fingerprint)
        });
        allowed.map(|entry| entry.at)
    }
}

/// When what is created goes at the latest.
pub(super) fn deadline(now: Timestamp) -> Timestamp {
    let every = DEADLINE_EVERY.as_secs();
    let at_least = now.as_second().saturating_add_unsigned(LIVES.as_secs());
    let rounded = (at_least / every).saturating_add(1).saturating_mul(every);
    Timestamp::from_second(rounded).unwrap_or(now)
}

/// The containers that are known to lack the program of a step's test.
fn lacking<'a>(investigation: &'a Investigation, step: &str) -> Vec<&'a str> {
    let entries = investigation.entries.iter();
    let lacking = entries.filter_map(|entry| match &entry.body {
        EntryBody::Ran {
            step: of, finding, ..
        } if of == step => match &finding.suggests {
            Err(NoSuggestion::NotRun(NotRun::NoProgram { container })) => Some(&**container),
            _ => None,
        },
        _ => None,
    });
    lacking.collect()
}

/// The name of what is created the next time that a step's test is run. It is known before,
/// so that it can be shown, and nobody else chooses it.
fn name(investigation: &Investigation, step: &str) -> String {
    let entries = investigation.entries.iter();
    let before = entries.filter(|entry| matches!(entry.body, EntryBody::Allowed { .. }));
    let told = format!(
        "{}\n{}\n{}\n{step}\n{}",
        investigation.cluster,
        investigation.id,
        investigation.started_at,
        before.count()
    );
    let mut bytes = [0; 8];
    for (byte, of) in bytes.iter_mut().zip(digest(told.as_bytes())) {
        *byte = of;
    }
    name_of(bytes)
}

fn digest(told: &[u8]) -> [u8; 16] {
    let mut short = [0; 16];
    for (byte, of) in short.iter_mut().zip(Sha256::digest(told)) {
        *byte = of;
    }
    short
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::new();
    for byte in bytes {
        // A String takes whatever is written to it.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_leaves_time_and_stays_for_a_while() {
        let at = |text: &str| deadline(text.parse().unwrap()).to_string();
        assert_eq!(at("2026-11-20T10:00:00Z"), "2026-11-20T10:05:00Z");
        assert_eq!(at("2026-11-20T10:02:59Z"), "2026-11-20T10:05:00Z");
        assert_eq!(at("2026-11-20T10:03:00Z"), "2026-11-20T10:10:00Z");
    }
}
