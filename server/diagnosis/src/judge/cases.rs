use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use podside_model::{Cause, Checked, Message, ObjectRef, Unknown};

use super::chain;
use super::clients::Clients;
use super::fold::{Case, case, fold, message};
use super::objects::{Change, Place, RUNS, Said};
use super::readers::Readers;
use super::unreadable;
use crate::facts::Str;
use crate::finding::Finding;
use crate::findings::Untold;
use crate::snapshot::misses::Kinds;
use crate::snapshot::reads::record;
use crate::snapshot::{Difference, Snapshot};
use crate::unwell::Unwell;
use crate::want::Want;

/// What makes findings one problem: the place of their rule, their subject, and how their
/// titles read; or the place of their rule, what is broken, and in which way.
type GroupOf = (usize, ObjectRef, Message);

/// The order in which things are said: by run, then by the object's namespace and name, then
/// one after the other.
type Order = (u32, Str, Str, usize);

/// All that was said, joined: findings into cases, everything else so that what is said
/// twice counts once. A case is made anew when a finding of it changes, or something that
/// was read to make it.
#[derive(Debug, Default)]
pub(super) struct Cases {
    groups: BTreeMap<GroupOf, Group>,
    by_id: BTreeMap<u32, GroupOf>,
    next_id: u32,
    readers: Readers<u32>,
    clients: Clients,
    unknown: Once<(Message, Option<ObjectRef>), Untold>,
    /// Which kinds a cause's rule asked for in vain, and about how many objects.
    missed: BTreeMap<(&'static str, Kinds), usize>,
    checked: Once<(ObjectRef, Message), Checked<Message>>,
    wants: Once<Want, ()>,
    /// What tells of what is not well, or warns of what nobody watches, by where it was said.
    unwell: BTreeMap<Place, Arc<Said>>,
    /// The groups whose findings changed.
    dirty: BTreeSet<u32>,
    /// The keys that read otherwise because of what was said.
    keys: HashSet<u64>,
}

/// The findings that are one case, and the case.
#[derive(Debug)]
struct Group {
    id: u32,
    findings: BTreeMap<Order, Arc<Finding>>,
    case: Option<Case>,
}

/// Things that are said at several occasions and count once, as they are said first.
#[derive(Debug)]
struct Once<K, V> {
    said: BTreeMap<K, BTreeMap<Order, V>>,
}

impl<K, V> Default for Once<K, V> {
    fn default() -> Self {
        Self {
            said: BTreeMap::new(),
        }
    }
}

impl<K: Ord + Clone, V: Clone> Once<K, V> {
    fn add(&mut self, key: &K, order: Order, value: &V) {
        match self.said.get_mut(key) {
            Some(values) => {
                values.insert(order, value.clone());
            }
            None => {
                self.said
                    .insert(key.clone(), BTreeMap::from([(order, value.clone())]));
            }
        }
    }

    fn remove(&mut self, key: &K, order: &Order) {
        if let Some(values) = self.said.get_mut(key) {
            values.remove(order);
            if values.is_empty() {
                self.said.remove(key);
            }
        }
    }

    fn first(&self) -> impl Iterator<Item = &V> {
        self.all().filter_map(|mut values| values.next())
    }

    /// Of each thing all that was said, in the order in which it was.
    fn all(&self) -> impl Iterator<Item = impl Iterator<Item = &V>> {
        self.said.values().map(BTreeMap::values)
    }
}

impl Cases {
    /// Takes in what is said about an object, instead of what was.
    pub(super) fn hear<'c>(&mut self, change: &'c Change) {
        let Change { place, old, new } = change;
        if let Some(said) = old.as_deref() {
            self.take_back(place, said);
        }
        if let Some(said) = new.as_deref() {
            self.take_in(place, said);
        }
        match new {
            Some(said) if !said.unwell.is_empty() || said.warned_of.is_some() => {
                self.unwell.insert(place.clone(), Arc::clone(said));
            }
            _ => drop(self.unwell.remove(place)),
        }
        let dials = |said: &'c Option<Arc<Said>>| said.as_ref().and_then(|s| s.dials.as_ref());
        let keys = &mut self.keys;
        self.clients.change(
            &(place.1.clone(), place.2.clone()),
            dials(old),
            dials(new),
            |key| {
                keys.insert(key.hashed());
            },
        );
    }

    fn take_in(&mut self, place: &Place, said: &Said) {
        let order = |turn: u32, nth: usize| (turn, place.1.clone(), place.2.clone(), nth);
        for (nth, (turn, finding)) in said.heard.found.iter().enumerate() {
            let Some(of) = group_of(*turn, finding) else {
                continue;
            };
            let next_id = &mut self.next_id;
            let by_id = &mut self.by_id;
            let group = self.groups.entry(of.clone()).or_insert_with(|| {
                let id = *next_id;
                *next_id = next_id.wrapping_add(1);
                by_id.insert(id, of);
                Group {
                    id,
                    findings: BTreeMap::new(),
                    case: None,
                }
            });
            group
                .findings
                .insert(order(*turn, nth), Arc::clone(finding));
            self.dirty.insert(group.id);
        }
        for (key, (turn, unknown)) in &said.heard.unknown {
            self.unknown.add(key, order(*turn, 0), unknown);
        }
        for (key, (turn, checked)) in &said.heard.checked {
            self.checked.add(key, order(*turn, 0), checked);
        }
        for want in &said.heard.wants {
            self.wants.add(want, order(kind(place), 0), &());
        }
        for (cause, kinds) in &said.heard.missed {
            *self.missed.entry((cause, *kinds)).or_insert(0) += 1;
        }
    }

    fn take_back(&mut self, place: &Place, said: &Said) {
        let order = |turn: u32, nth: usize| (turn, place.1.clone(), place.2.clone(), nth);
        for (nth, (turn, finding)) in said.heard.found.iter().enumerate() {
            let group = group_of(*turn, finding).and_then(|of| self.groups.get_mut(&of));
            if let Some(group) = group {
                group.findings.remove(&order(*turn, nth));
                self.dirty.insert(group.id);
            }
        }
        for (key, (turn, _)) in &said.heard.unknown {
            self.unknown.remove(key, &order(*turn, 0));
        }
        for (key, (turn, _)) in &said.heard.checked {
            self.checked.remove(key, &order(*turn, 0));
        }
        for want in &said.heard.wants {
            self.wants.remove(want, &order(kind(place), 0));
        }
        for (cause, kinds) in &said.heard.missed {
            if let Entry::Occupied(mut count) = self.missed.entry((*cause, *kinds)) {
                match count.get() {
                    ..=1 => drop(count.remove()),
                    more => *count.get_mut() = more - 1,
                }
            }
        }
    }

    /// Makes the cases of what was said; nothing more is remembered.
    pub(super) fn settle_once(&mut self, snapshot: &Snapshot) {
        for group in self.groups.values_mut() {
            group.case = make(&group.findings, snapshot, &self.clients);
        }
    }

    /// Makes those cases anew whose findings changed, or that read something that did.
    pub(super) fn settle(&mut self, change: Option<&Difference>, snapshot: &Snapshot) {
        let keys = std::mem::take(&mut self.keys);
        let mut ids = std::mem::take(&mut self.dirty);
        ids.extend(self.readers.of(&keys));
        if let Some(change) = change {
            ids.extend(self.readers.of_change(change));
        }
        for id in ids {
            let Some(of) = self.by_id.get(&id) else {
                continue;
            };
            let Some(group) = self.groups.get_mut(of) else {
                continue;
            };
            if group.findings.is_empty() {
                self.groups.remove(of);
                self.by_id.remove(&id);
                self.readers.forget(id);
                continue;
            }
            let (case, reads) = record(|| make(&group.findings, snapshot, &self.clients));
            group.case = case;
            self.readers.set(id, reads);
        }
    }

    /// The cases, by rule, subject and title.
    pub(super) fn cases(&self) -> Vec<&Case> {
        let cases = self.groups.values().filter_map(|group| group.case.as_ref());
        cases.collect()
    }

    /// What cannot be told, each with all causes that it leaves open. That a kind which few
    /// answers need is unread is told only if it leaves one open.
    pub(super) fn unknown(&self) -> Vec<Unknown<Message>> {
        let unknown = self.unknown.all().filter_map(|mut said| {
            let mut untold = said.next()?.clone();
            said.for_each(|other| untold.join(other));
            let missed = self.missed.keys();
            let missed = missed.filter(|(_, kinds)| kinds.meets(untold.kinds));
            let asked: Vec<Cause> = missed.map(|(cause, _)| Cause::known(cause)).collect();
            untold.unknown.spare &= asked.is_empty();
            untold.unknown.causes.extend(asked);
            untold.unknown.causes.sort_unstable();
            untold.unknown.causes.dedup();
            let is_wanted = !untold.seldom_needed || !untold.unknown.causes.is_empty();
            is_wanted.then_some(untold.unknown)
        });
        unreadable::fold_logs(unknown)
    }

    /// What is not well, in the order of kinds and names.
    pub(super) fn unwell(&self) -> impl Iterator<Item = &Unwell> {
        self.unwell.values().flat_map(|said| &said.unwell)
    }

    pub(super) fn checked(&self) -> Vec<Checked<Message>> {
        self.checked.first().cloned().collect()
    }

    /// What is wanted. Of objects that nobody watches the first ones, as each costs a request:
    /// those that own what is broken, then those that the cluster itself points at.
    pub(super) fn wants(&self) -> BTreeSet<Want> {
        const MOST_OBJECTS: usize = 64;
        let mut objects = 0;
        let mut wants: BTreeSet<Want> = self.wants.said.keys().cloned().collect();
        wants.retain(|want| {
            let is_object = matches!(want, Want::Object(_) | Want::Objects { .. });
            objects += usize::from(is_object);
            !is_object || objects <= MOST_OBJECTS
        });
        let left = MOST_OBJECTS.saturating_sub(objects);
        let warned_of = self.warned_of().into_iter().take(left);
        wants.extend(warned_of.map(|object| Want::Object(object.clone())));
        wants
    }

    /// The objects of kinds that nobody watches of which the cluster warns, each once, the
    /// last one first.
    fn warned_of(&self) -> Vec<&ObjectRef> {
        let mut last: BTreeMap<&ObjectRef, Option<Timestamp>> = BTreeMap::new();
        for (at, object) in self.unwell.values().filter_map(|s| s.warned_of.as_ref()) {
            let known = last.entry(object).or_insert(*at);
            *known = (*known).max(*at);
        }
        let mut objects: Vec<(&ObjectRef, Option<Timestamp>)> = last.into_iter().collect();
        // Equal ones stay in the order of their names.
        objects.sort_by_key(|(_, at)| std::cmp::Reverse(*at));
        objects.into_iter().map(|(object, _)| object).collect()
    }
}

/// What tells apart what is wanted about objects of one name.
fn kind(place: &Place) -> u32 {
    place.0 as u32
}

fn group_of(turn: u32, finding: &Finding) -> Option<GroupOf> {
    let (rule, place) = RUNS.rule(turn)?;
    if let Some((broken, way)) = &finding.fault {
        return Some((place, broken.clone(), Message::new(&**way)));
    }
    let title = message(rule, finding.title, &finding.args);
    Some((place, finding.subject.clone(), title))
}

fn make(
    findings: &BTreeMap<Order, Arc<Finding>>,
    snapshot: &Snapshot,
    clients: &Clients,
) -> Option<Case> {
    let ((turn, ..), _) = findings.first_key_value()?;
    let (rule, place) = RUNS.rule(*turn)?;
    let finding = fold(findings.values().map(|finding| &**finding))?;
    let mut case = case(snapshot, rule, place, finding);
    let followed = chain::follow(snapshot, clients, &case);
    case.problem.affects = followed.affected;
    case.broken = followed.broken;
    case.breadth = followed.breadth;
    case.callers = followed.callers;
    Some(case)
}
