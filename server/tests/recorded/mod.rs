//! The recordings, what is really wrong in them, and what is read of each through kube.
#![allow(
    dead_code,
    reason = "each test takes what it needs, and is compiled with all of it"
)]

pub(crate) mod later;

use std::path::Path;

use podside_cluster::{Connection, Examined, Kubeconfig};
use podside_diagnosis::rules;
use podside_model::{Cause, Message, ObjectRef, Problem};
use podside_replay::{Recording, ReplayError, ServeOptions, Times, practice};
use serde::Deserialize;

/// What is really wrong in a recording (`truth.json`).
#[derive(Debug, Deserialize)]
pub(crate) struct Truth {
    pub(crate) healthy: bool,
    #[serde(default)]
    pub(crate) accept: Vec<Answer>,
    /// Further problems, each with the answers that count as naming it.
    #[serde(default)]
    pub(crate) also: Vec<Vec<Answer>>,
}

/// One answer that counts as right.
#[derive(Debug, Deserialize)]
pub(crate) struct Answer {
    pub(crate) cause: Cause,
    pub(crate) subject: ObjectRef,
}

impl Answer {
    /// Whether a problem is this answer. An answer that names no container leaves it open.
    pub(crate) fn is(&self, problem: &Problem<Message>) -> bool {
        let subject = if self.subject.container.is_none() {
            problem.subject.without_container()
        } else {
            problem.subject.clone()
        };
        self.cause == problem.cause && self.subject == subject
    }

    pub(crate) fn has_rule(&self) -> bool {
        rules::of(self.cause.as_str()).is_some()
    }
}

/// Every recording that the product ships.
pub(crate) fn all() -> Vec<Recording> {
    let mut recordings = Vec::new();
    practice::each(|recording| {
        recordings.push(recording);
        Ok::<(), ReplayError>(())
    })
    .unwrap();
    assert!(recordings.len() > 100, "{} recordings", recordings.len());
    recordings
}

/// What is really wrong in a recording.
pub(crate) fn truth(recording: &Recording) -> Truth {
    serde_json::from_value(recording.truth().unwrap().clone()).unwrap()
}

/// Facts and diagnosis through the same code as a live cluster's, at the recording's own
/// time.
pub(crate) async fn examined(recording: Recording) -> Examined {
    let name = recording.name().to_owned();
    let options = ServeOptions {
        times: Times::Recorded,
        ..ServeOptions::default()
    };
    let served = podside_replay::serve(vec![recording], options)
        .await
        .unwrap();
    let kubeconfig = Kubeconfig::parse(Path::new(&name), &served.kubeconfig(&name)).unwrap();
    let connection = Connection::from_kubeconfig(&kubeconfig, None)
        .await
        .unwrap();
    let snapshot = connection.read_once(&[]).await.unwrap();
    let examined = connection.examine(snapshot).await.unwrap();
    served.shutdown().await;
    examined
}
