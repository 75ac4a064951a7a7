//! The objects of the served cluster now, and the changes that led there, so
//! that lists can be paged and watches resumed.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard},
};

use serde_json::{Value, json};
use tokio::sync::watch;

use crate::{fields::Fields, recording::ChangeKind};

/// How many changes are kept to resume from; older resourceVersions are gone.
const HISTORY: usize = 50_000;

/// Namespace ("" for cluster-scoped objects) and name: the order of etcd's keys.
pub(crate) type Key = (String, String);

/// One change that happened while serving.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) revision: u64,
    pub(crate) kind: ChangeKind,
    pub(crate) storage: Arc<str>,
    pub(crate) key: Key,
    pub(crate) object: Arc<Value>,
    pub(crate) before: Option<Arc<Value>>,
}

/// The asked revision is no longer known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Gone {
    /// The oldest revision that can still be asked for.
    pub(crate) oldest: u64,
}

#[derive(Debug, Default)]
struct Contents {
    objects: HashMap<Arc<str>, BTreeMap<Key, Arc<Value>>>,
    revision: u64,
    /// Changes up to this revision are forgotten.
    floor: u64,
    history: VecDeque<Step>,
}

/// The objects and their history, shared by all requests.
#[derive(Debug)]
pub(crate) struct Store {
    contents: RwLock<Contents>,
    revision: watch::Sender<u64>,
}

impl Store {
    /// A store that begins with `objects`, in the order of their recorded
    /// resourceVersions, which are kept where they already increase.
    pub(crate) fn new(objects: Vec<(Arc<str>, Value)>) -> Self {
        let store = Self {
            contents: RwLock::default(),
            revision: watch::Sender::new(0),
        };
        let mut objects = objects;
        objects.sort_by_key(|(_, o)| recorded_revision(o));
        for (storage, object) in objects {
            store.apply(ChangeKind::Added, &storage, object);
        }
        let mut contents = store
            .contents
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        contents.history.clear();
        contents.floor = contents.revision;
        drop(contents);
        store
    }

    /// Apply one change and tell the watches. The object gets a
    /// resourceVersion above all before it.
    pub(crate) fn apply(&self, kind: ChangeKind, storage: &Arc<str>, mut object: Value) {
        let mut contents = self
            .contents
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let revision = recorded_revision(&object).max(contents.revision + 1);
        if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
            metadata.insert("resourceVersion".to_owned(), json!(revision.to_string()));
        }
        let key = key_of(&object);
        let object = Arc::new(object);
        let table = contents.objects.entry(storage.clone()).or_default();
        let before = if kind == ChangeKind::Deleted {
            table.remove(&key)
        } else {
            table.insert(key.clone(), object.clone())
        };
        let kind = match (kind, &before) {
            (ChangeKind::Deleted, None) => return,
            (ChangeKind::Deleted, Some(_)) => ChangeKind::Deleted,
            (_, None) => ChangeKind::Added,
            (_, Some(_)) => ChangeKind::Modified,
        };
        contents.revision = revision;
        contents.history.push_back(Step {
            revision,
            kind,
            storage: storage.clone(),
            key,
            object,
            before,
        });
        if contents.history.len() > HISTORY
            && let Some(step) = contents.history.pop_front()
        {
            contents.floor = step.revision;
        }
        drop(contents);
        self.revision.send_replace(revision);
    }

    /// The newest revision.
    pub(crate) fn revision(&self) -> u64 {
        self.read().revision
    }

    /// Wakes with every change.
    pub(crate) fn subscribe(&self) -> watch::Receiver<u64> {
        self.revision.subscribe()
    }

    /// How many subscriptions there are.
    pub(crate) fn watches(&self) -> usize {
        self.revision.receiver_count()
    }

    /// One object.
    pub(crate) fn get(&self, storage: &str, namespace: &str, name: &str) -> Option<Arc<Value>> {
        let key = (namespace.to_owned(), name.to_owned());
        self.read().objects.get(storage)?.get(&key).cloned()
    }

    /// All objects of a storage (of one namespace, if given) in key order, as
    /// they were at revision `at` or are now, and that revision.
    pub(crate) fn list(
        &self,
        storage: &str,
        namespace: Option<&str>,
        at: Option<u64>,
    ) -> Result<(u64, Vec<Arc<Value>>), Gone> {
        let contents = self.read();
        let at = at.unwrap_or(contents.revision).min(contents.revision);
        if at < contents.floor {
            return Err(Gone {
                oldest: contents.floor,
            });
        }
        let empty = BTreeMap::new();
        let mut table = contents.objects.get(storage).unwrap_or(&empty);
        let earlier: BTreeMap<Key, Arc<Value>>;
        if at < contents.revision {
            let mut past = table.clone();
            for step in contents
                .history
                .iter()
                .rev()
                .take_while(|s| s.revision > at)
            {
                if &*step.storage == storage {
                    match &step.before {
                        Some(before) => past.insert(step.key.clone(), before.clone()),
                        None => past.remove(&step.key),
                    };
                }
            }
            earlier = past;
            table = &earlier;
        }
        let objects = table
            .iter()
            .filter(|(key, _)| namespace.is_none_or(|n| key.0 == n))
            .map(|(_, object)| object.clone())
            .collect();
        Ok((at, objects))
    }

    /// The changes of a storage after revision `after`, and the newest revision.
    pub(crate) fn since(&self, storage: &str, after: u64) -> Result<(u64, Vec<Step>), Gone> {
        let contents = self.read();
        if after < contents.floor {
            return Err(Gone {
                oldest: contents.floor,
            });
        }
        let start = contents.history.partition_point(|s| s.revision <= after);
        let steps = contents
            .history
            .range(start..)
            .filter(|s| &*s.storage == storage)
            .cloned()
            .collect();
        Ok((contents.revision, steps))
    }

    /// How many objects there are.
    pub(crate) fn len(&self) -> usize {
        self.read().objects.values().map(BTreeMap::len).sum()
    }

    fn read(&self) -> RwLockReadGuard<'_, Contents> {
        // A writer cannot leave the contents half-changed in a way a reader
        // would stumble over, so a poisoned lock is still readable.
        self.contents.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Where an object is kept.
pub(crate) fn key_of(object: &Value) -> Key {
    (
        object.text("/metadata/namespace").to_owned(),
        object.text("/metadata/name").to_owned(),
    )
}

fn recorded_revision(object: &Value) -> u64 {
    object
        .text("/metadata/resourceVersion")
        .parse()
        .unwrap_or(0)
}
