//! The objects of the served cluster now, and the changes that led there, so
//! that lists can be paged and watches resumed.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    ops::Bound,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard},
};

use serde_json::{Value, json};
use tokio::sync::watch;

use crate::{fields::Fields, object::Object, recording::ChangeKind};

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
    pub(crate) object: Object,
    pub(crate) before: Option<Object>,
}

/// The asked revision is no longer known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Gone {
    /// The oldest revision that can still be asked for.
    pub(crate) oldest: u64,
}

#[derive(Debug, Default)]
struct Contents {
    objects: HashMap<Arc<str>, BTreeMap<Key, Object>>,
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
    pub(crate) fn new(mut objects: Vec<(Arc<str>, Object)>) -> Self {
        let mut contents = Contents::default();
        objects.sort_by_key(|(_, o)| o.revision());
        for (storage, object) in objects {
            let revision = object.revision().max(contents.revision + 1);
            let object = if object.revision() == revision {
                object
            } else {
                at_revision(object.value(), revision)
            };
            contents.revision = revision;
            let table = contents.objects.entry(storage).or_default();
            table.insert(key_of(&object), object);
        }
        contents.floor = contents.revision;
        Self {
            revision: watch::Sender::new(contents.revision),
            contents: RwLock::new(contents),
        }
    }

    /// Apply one change and tell the watches. The object gets a
    /// resourceVersion above all before it.
    pub(crate) fn apply(&self, kind: ChangeKind, storage: &Arc<str>, object: Value) {
        let mut contents = self
            .contents
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let revision = recorded_revision(&object).max(contents.revision + 1);
        let object = at_revision(object, revision);
        let key = key_of(&object);
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
        let object = self.read().objects.get(storage)?.get(&key).cloned()?;
        Some(Arc::new(object.value()))
    }

    /// All objects of a storage (of one namespace, if given) in key order, those before
    /// `from` left out, as they were at revision `at` or are now, and that revision.
    pub(crate) fn list(
        &self,
        storage: &str,
        namespace: Option<&str>,
        at: Option<u64>,
        from: Option<&Key>,
    ) -> Result<(u64, Vec<Object>), Gone> {
        let contents = self.read();
        let at = at.unwrap_or(contents.revision).min(contents.revision);
        if at < contents.floor {
            return Err(Gone {
                oldest: contents.floor,
            });
        }
        let empty = BTreeMap::new();
        let mut table = contents.objects.get(storage).unwrap_or(&empty);
        let earlier: BTreeMap<Key, Object>;
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
        let first = match (from, namespace) {
            (Some(from), _) => Some(from.clone()),
            (None, Some(namespace)) => Some((namespace.to_owned(), String::new())),
            (None, None) => None,
        };
        let objects = table
            .range((
                first.map_or(Bound::Unbounded, Bound::Included),
                Bound::Unbounded,
            ))
            // Those of a namespace stand together.
            .skip_while(|(key, _)| namespace.is_some_and(|n| key.0 != n))
            .take_while(|(key, _)| namespace.is_none_or(|n| key.0 == n))
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
pub(crate) fn key_of(object: &Object) -> Key {
    (object.namespace().to_owned(), object.name().to_owned())
}

/// The object with this resourceVersion.
fn at_revision(mut object: Value, revision: u64) -> Object {
    if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.insert("resourceVersion".to_owned(), json!(revision.to_string()));
    }
    Object::new(object)
}

fn recorded_revision(object: &Value) -> u64 {
    object
        .text("/metadata/resourceVersion")
        .parse()
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(namespace: &str, name: &str, revision: &str) -> Object {
        Object::new(
            json!({"metadata": {"namespace": namespace, "name": name, "resourceVersion": revision}}),
        )
    }

    #[test]
    fn objects_keep_their_versions_where_these_increase() {
        let storage: Arc<str> = "pods".into();
        let objects = [("b", "7"), ("a", "3"), ("c", "7"), ("d", "")];
        let objects =
            objects.map(|(name, revision)| (storage.clone(), object("n", name, revision)));
        let store = Store::new(objects.into());
        let (revision, listed) = store.list("pods", None, None, None).unwrap();
        let versions: Vec<_> = listed.iter().map(|o| (o.name(), o.revision())).collect();
        assert_eq!(versions, [("a", 3), ("b", 7), ("c", 8), ("d", 1)]);
        assert_eq!((revision, store.revision()), (8, 8));
        assert!(store.list("pods", None, Some(7), None).is_err());
        assert_eq!(listed[2].at("/metadata/resourceVersion"), Some(json!("8")));
    }

    #[test]
    fn a_list_goes_on_where_it_is_told_to() {
        let storage: Arc<str> = "pods".into();
        // Namespaces of which one begins like another.
        let keys = [
            ("shop", "a"),
            ("shop", "b"),
            ("shop-2", "a"),
            ("shop.x", "a"),
            ("shop2", "a"),
        ];
        let objects = keys.map(|(namespace, name)| (storage.clone(), object(namespace, name, "")));
        let store = Store::new(objects.into());
        for (at, (namespace, name)) in keys.iter().enumerate() {
            let from = ((*namespace).to_owned(), (*name).to_owned());
            let (_, listed) = store.list("pods", None, None, Some(&from)).unwrap();
            let listed: Vec<_> = listed.iter().map(key_of).collect();
            assert_eq!(listed.len(), keys.len() - at, "{listed:?}");
            assert_eq!(listed.first(), Some(&from));
        }
        let of = |namespace, from: Option<&Key>| {
            store
                .list("pods", Some(namespace), None, from)
                .unwrap()
                .1
                .len()
        };
        assert_eq!(
            (of("shop", None), of("shop-2", None), of("none", None)),
            (2, 1, 0)
        );
        assert_eq!(of("shop", Some(&("shop".to_owned(), "b".to_owned()))), 1);
    }
}
