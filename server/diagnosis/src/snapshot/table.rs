use std::collections::BTreeMap;
use std::sync::Arc;

use podside_model::Why;

use super::chunks::Chunks;
use super::misses::{Kinds, miss};
use super::reads::{Key, note};
use crate::facts::{Kind, Str};

/// How far the objects of one kind could be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reading {
    /// All of them are here: one that is not here does not exist.
    Known,
    /// Not all of them are here.
    Unknown(Why),
    /// Nobody has looked yet.
    #[default]
    NotYet,
}

impl Reading {
    /// Why not all is known; `None` when it is.
    pub const fn why(self) -> Option<Why> {
        match self {
            Self::Known => None,
            Self::Unknown(why) => Some(why),
            Self::NotYet => Some(Why::NotSeen),
        }
    }

    /// Whether somebody looked, and could not see all.
    pub const fn is_unknown(self) -> bool {
        matches!(self, Self::Unknown(_))
    }
}

/// The objects of one kind, by namespace and name.
///
/// A copy shares what neither changes with its original.
#[derive(Clone, Debug)]
pub struct Table<T> {
    kind: Kind,
    reading: Reading,
    readings: BTreeMap<Str, Reading>,
    items: BTreeMap<Str, Arc<Chunks<Str, Arc<T>>>>,
    count: usize,
}

/// What is known of one object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lookup<T> {
    /// It is here.
    Found(T),
    /// It does not exist.
    Missing,
    /// It is not here, and may exist all the same.
    Unknown(Why),
}

/// What became of an object that was put into a table.
#[derive(Debug)]
pub(super) enum Put<T> {
    /// It was there already, just the same.
    Same,
    /// It is new.
    New,
    /// It stands instead of this one.
    Instead(Arc<T>),
}

impl<T> Lookup<T> {
    /// The object, when it is here.
    pub fn found(self) -> Option<T> {
        match self {
            Self::Found(object) => Some(object),
            Self::Missing | Self::Unknown(_) => None,
        }
    }

    /// Whether it is known not to exist.
    pub const fn is_missing(&self) -> bool {
        matches!(self, Self::Missing)
    }
}

impl<T> Table<T> {
    pub(super) fn new(kind: Kind) -> Self {
        Self {
            kind,
            reading: Reading::default(),
            readings: BTreeMap::new(),
            items: BTreeMap::new(),
            count: 0,
        }
    }

    /// The kind of the objects.
    pub(crate) const fn kind(&self) -> Kind {
        self.kind
    }

    /// What is known of the object of that name; `namespace` is empty for a
    /// cluster-scoped kind.
    pub fn find(&self, namespace: &str, name: &str) -> Lookup<&T> {
        match self.get(namespace, name) {
            Some(object) => Lookup::Found(object),
            None => match self.reading(namespace).why() {
                None => Lookup::Missing,
                Some(why) => Lookup::Unknown(why),
            },
        }
    }

    /// The object of that name, when it is here.
    pub fn get(&self, namespace: &str, name: &str) -> Option<&T> {
        note(Key::Object(self.kind, namespace, name));
        let known = self.known(namespace, name);
        if known.is_none() {
            self.doubt(namespace);
        }
        known
    }

    /// The object of a name that was found in an index. What was read is the index; its
    /// key changes with every object that it leads to.
    pub(super) fn known(&self, namespace: &str, name: &str) -> Option<&T> {
        self.items.get(namespace)?.get(name).map(|item| &**item)
    }

    /// The objects of one namespace, by name.
    pub fn in_namespace(&self, namespace: &str) -> impl Iterator<Item = &T> {
        note(Key::Within(self.kind, namespace));
        self.doubt(namespace);
        self.items
            .get(namespace)
            .into_iter()
            .flat_map(|items| items.values().map(|item| &**item))
    }

    /// All objects, by namespace and name.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.doubt_all();
        self.seen()
    }

    /// All objects that were read, for what tells of these alone: whoever may not list the kind
    /// misses nothing by it.
    pub fn seen(&self) -> impl Iterator<Item = &T> {
        note(Key::All(self.kind));
        self.items
            .values()
            .flat_map(|items| items.values().map(|item| &**item))
    }

    /// The objects of the namespaces that are asked for, shared with this table.
    pub(super) fn shared(&self, is_asked_for: impl Fn(&str) -> bool) -> Vec<Arc<T>> {
        self.items
            .iter()
            .filter(|(namespace, _)| is_asked_for(namespace))
            .flat_map(|(_, items)| items.values().map(Arc::clone))
            .collect()
    }

    /// How far the objects of a namespace could be read.
    pub fn reading(&self, namespace: &str) -> Reading {
        self.doubt(namespace);
        self.reading_in(namespace)
    }

    fn reading_in(&self, namespace: &str) -> Reading {
        self.readings
            .get(namespace)
            .copied()
            .unwrap_or(self.reading)
    }

    /// Says, if the objects of a namespace are not all known, that some may be missed. How far
    /// they are known is read for that.
    pub(super) fn doubt(&self, namespace: &str) {
        note(Key::Reading(self.kind));
        if self.reading_in(namespace) != Reading::Known {
            miss(Kinds::of(self.kind));
        }
    }

    /// The same of all namespaces.
    pub(super) fn doubt_all(&self) {
        note(Key::Reading(self.kind));
        let mut all = std::iter::once(&self.reading).chain(self.readings.values());
        if all.any(|reading| *reading != Reading::Known) {
            miss(Kinds::of(self.kind));
        }
    }

    /// Why the objects of a namespace are not all known; `None` when they are.
    pub fn unreadable(&self, namespace: &str) -> Option<Why> {
        self.reading(namespace).why()
    }

    /// How many objects are here.
    pub fn len(&self) -> usize {
        note(Key::All(self.kind));
        self.doubt_all();
        self.count
    }

    /// Whether none is here.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(super) fn set_reading(&mut self, namespace: Option<Str>, reading: Reading) {
        match namespace {
            Some(namespace) => {
                self.readings.insert(namespace, reading);
            }
            None => self.reading = reading,
        }
    }

    /// The readings of single namespaces, where they differ from the kind's own.
    pub(super) fn readings(&self) -> impl Iterator<Item = (Option<&Str>, Reading)> {
        std::iter::once((None, self.reading)).chain(
            self.readings
                .iter()
                .map(|(namespace, reading)| (Some(namespace), *reading)),
        )
    }

    /// Adds an object, or replaces the one of that name.
    pub(super) fn insert(&mut self, namespace: &Str, name: &Str, item: Arc<T>) -> Put<T>
    where
        T: Eq,
    {
        let same =
            |items: &Arc<Chunks<Str, Arc<T>>>| items.get(name).is_some_and(|old| *old == item);
        if self.items.get(namespace).is_some_and(same) {
            return Put::Same;
        }
        let items = self.items.entry(namespace.clone()).or_default();
        let old = Arc::make_mut(items).insert(Str::clone(name), item);
        self.count += usize::from(old.is_none());
        old.map_or(Put::New, Put::Instead)
    }

    pub(super) fn remove(&mut self, namespace: &str, name: &str) -> Option<Arc<T>> {
        let items = self.items.get_mut(namespace)?;
        items.get(name)?;
        let items = Arc::make_mut(items);
        let old = items.remove(name)?;
        if items.is_empty() {
            self.items.remove(namespace);
        }
        self.count -= 1;
        Some(old)
    }

    /// Whether the kind could be read as far in another table.
    pub(super) fn is_read_like(&self, other: &Self) -> bool {
        self.reading == other.reading && self.readings == other.readings
    }

    /// Calls `each` with every object that another, older table has otherwise or has not,
    /// and every one that only that has: its name, what it was and what it is.
    pub(super) fn differences(
        &self,
        older: &Self,
        mut each: impl FnMut(&Str, Option<&Arc<T>>, Option<&Arc<T>>),
    ) where
        T: Eq,
    {
        for (namespace, items) in &self.items {
            match older.items.get(namespace) {
                Some(old) if Arc::ptr_eq(items, old) => {}
                Some(old) => items.differences(old, &mut each),
                None => items.differences(&Chunks::default(), &mut each),
            }
        }
        for (namespace, old) in &older.items {
            if !self.items.contains_key(namespace) {
                Chunks::default().differences(old, &mut each);
            }
        }
    }
}
