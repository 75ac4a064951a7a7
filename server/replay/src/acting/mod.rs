//! What may be done in a served cluster beside reading it: a recorded command is run again,
//! a Pod is created or deleted, a container is added to one, and every change may be tried
//! without being made.
//!
//! What was created or taken away stands in the store like what was recorded, so that lists
//! and watches show it, and goes on as it would on a node ([`Agenda`]). Commands answer what
//! they answered when they were recorded, and no other command answers anything.

mod agenda;
mod body;
pub(crate) mod container;
mod course;
pub(crate) mod create;
mod defaults;
pub(crate) mod delete;
mod exec;
mod merge;
mod pod_security;
mod state;
mod strict;
pub(crate) mod trial;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde_json::Value;
use tokio::sync::Semaphore;

use crate::{fields::Fields, recording::Transcript};

use agenda::Agenda;
pub(crate) use agenda::keep;
pub(crate) use body::Change;
pub(crate) use exec::Request as ExecRequest;

/// The most Pods that are kept of those that were created.
const MOST_CREATED: usize = 200;

/// The most containers that are added to Pods.
const MOST_ADDED: usize = 200;

/// How many commands may run at once.
const MOST_RUNNING: usize = 64;

/// What was done in a served cluster, and what is still to come of it.
#[derive(Debug)]
pub(crate) struct Acting {
    transcripts: BTreeMap<Place, Vec<Transcript>>,
    agenda: Agenda,
    running: Arc<Semaphore>,
    done: Mutex<Done>,
}

/// A container of a Pod: namespace, Pod, container.
type Place = (String, String, String);

/// What was done to objects, by their uid: what was recorded of them, and is still to be
/// played, does not undo it.
#[derive(Debug, Default)]
struct Done {
    created: BTreeSet<String>,
    deleted: BTreeSet<String>,
    /// Containers that were added, with their state.
    added: BTreeMap<String, Vec<Added>>,
}

/// A container that was added to a Pod.
#[derive(Debug)]
struct Added {
    spec: Value,
    status: Option<Value>,
}

impl Acting {
    /// With the commands that were recorded.
    pub(crate) fn new(recorded: Vec<Transcript>) -> Self {
        let mut transcripts: BTreeMap<Place, Vec<Transcript>> = BTreeMap::new();
        for transcript in recorded {
            let place = (
                transcript.namespace.clone(),
                transcript.pod.clone(),
                transcript.container.clone(),
            );
            transcripts.entry(place).or_default().push(transcript);
        }
        Self {
            transcripts,
            agenda: Agenda::default(),
            running: Arc::new(Semaphore::new(MOST_RUNNING)),
            done: Mutex::default(),
        }
    }

    /// Whether a recorded change of an object still happens, and how: one that was deleted
    /// is not changed any more, and containers that were added to a Pod stay in it.
    pub(crate) fn admits(&self, object: &mut Value) -> bool {
        let done = self.done();
        let uid = object.text("/metadata/uid");
        if done.deleted.contains(uid) {
            return false;
        }
        if let Some(added) = done.added.get(uid) {
            container::keep(object, added);
        }
        true
    }

    /// What was done. Whoever changes an object holds this meanwhile, so that no change is
    /// lost to another.
    fn done(&self) -> MutexGuard<'_, Done> {
        self.done.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
