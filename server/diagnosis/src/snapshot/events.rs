//! The log of events beside the facts: bounded, whatever a cluster tells.
//!
//! An object's events may come in thousands, and every rule that asks looks through them. Of
//! those about one object the log keeps [`MOST`], the most useful ones: by turns of the
//! reasons, first the newest of each wording, then the second newest of each, and so on. So
//! no reason is crowded out by another that comes more often, and no wording by its own
//! repetitions. The others are counted.
//!
//! What is kept depends on which events there were, not on the order in which they came: an
//! event that comes puts none behind another that was not behind it, so what was once left
//! out would be left out in the end. An event that goes makes room that only a new list
//! fills; those that go first are the oldest, which are left out first, too.

use std::collections::HashMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use podside_model::ObjectRef;

use super::chunks::Chunks;
use super::shards::{ByNamespace, Keep, Shards};
use super::{Put, Snapshot};
use crate::facts::{Event, KindRef, Object, Str};

/// How many events about one object are kept.
pub const MOST: usize = 50;

/// How long an event is kept after it was last seen, counted from the newest one. An API server keeps them for an hour, if
/// it was not told otherwise.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(24);

/// The events by the name and the namespace of what they are about.
#[derive(Clone, Debug, Default)]
pub(super) struct EventLog {
    about: Shards<ByNamespace<Told>>,
}

/// The events about whatever has one name in one namespace: objects of few kinds.
#[derive(Clone, Debug, Default)]
struct Told {
    /// Those that are kept, oldest first.
    events: Chunks<Order, Arc<Event>>,
    /// How many are left out, by the kind of the object; never none.
    left_out: Vec<(KindRef, u32)>,
}

/// Events are ordered by when they were last seen; ties by name, so that the order
/// in which they came in does not matter.
type Order = (Option<Timestamp>, Str, Str);

impl EventLog {
    /// The events about what has that name, newest first.
    pub(super) fn of(&self, namespace: &str, name: &str) -> impl Iterator<Item = &Event> {
        self.told(namespace, name)
            .into_iter()
            .flat_map(|told| told.events.values().rev().map(|event| &**event))
    }

    /// Takes in an event; gives back the one that is left out for it, which may be itself.
    fn insert(&mut self, event: &Arc<Event>) -> Option<Arc<Event>> {
        let mut last = None;
        self.change(event, |told| {
            told.events.insert(order(event), Arc::clone(event));
            last = told.last_of(&event.about.kind);
            if let Some(last) = &last {
                told.events.remove(&order(last));
                told.count(&event.about.kind, |count| count.saturating_add(1));
            }
        });
        last
    }

    /// Takes out an event that is kept.
    fn remove(&mut self, event: &Event) {
        self.change(event, |told| {
            told.events.remove(&order(event));
            let is_of_it = |other: &Arc<Event>| other.about.kind == event.about.kind;
            // Those that were left out were older, and have gone before.
            if !told.events.values().any(is_of_it) {
                told.count(&event.about.kind, |_| 0);
            }
        });
    }

    /// Takes in that an event is gone that was left out.
    fn forget(&mut self, event: &Event) {
        if self
            .told(&event.about.namespace, &event.about.name)
            .is_some_and(|told| !told.left_out.is_empty())
        {
            self.change(event, |told| {
                told.count(&event.about.kind, |count| count.saturating_sub(1));
            });
        }
    }

    /// The names and namespaces of which events are left out, with how many.
    fn counted(&self) -> impl Iterator<Item = (&Str, &Str, &Told)> {
        self.about.iter().flat_map(|(name, namespaces)| {
            let told = namespaces.iter();
            told.filter(|(_, told)| !told.left_out.is_empty())
                .map(move |(namespace, told)| (name, namespace, told))
        })
    }

    /// Sets how many are left out of what has that name; of what has none that is kept,
    /// none is.
    fn set_counts(&mut self, name: &Str, namespace: &Str, counts: Vec<(KindRef, u32)>) {
        self.about.change(name, |namespaces| {
            namespaces.change(namespace, |told| {
                told.left_out = counts;
                Keep::unless(told.events.is_empty())
            })
        });
    }

    fn told(&self, namespace: &str, name: &str) -> Option<&Told> {
        self.about.get(name)?.get(namespace)
    }

    fn change(&mut self, event: &Event, change: impl FnOnce(&mut Told)) {
        let about = &event.about;
        self.about.change(&about.name, |namespaces| {
            namespaces.change(&about.namespace, |told| {
                change(told);
                Keep::unless(told.events.is_empty())
            })
        });
    }
}

impl Told {
    /// The least useful event about the object of a kind, when there are too many of them.
    fn last_of(&self, kind: &KindRef) -> Option<Arc<Event>> {
        let of_kind = || {
            let newest_first = self.events.values().rev();
            newest_first.filter(|event| event.about.kind == *kind)
        };
        of_kind().nth(MOST)?;
        // How many newer ones have the same wording, and how many of those that stand as far
        // back in theirs have the same reason.
        let mut worded: HashMap<(&str, &str, &str), usize> = HashMap::new();
        let mut reasoned: HashMap<(&str, &str, usize), usize> = HashMap::new();
        let turns = of_kind().enumerate().map(|(age, event)| {
            let (reason, place) = (&*event.reason, &*event.about.field_path);
            let wording = next(worded.entry((reason, place, event.said())).or_default());
            let turn = next(reasoned.entry((reason, place, wording)).or_default());
            ((wording, turn, age), event)
        });
        let last = turns.max_by_key(|(place, _)| *place);
        last.map(|(_, event)| Arc::clone(event))
    }

    fn count(&mut self, kind: &KindRef, change: impl FnOnce(u32) -> u32) {
        let at = self.left_out.iter().position(|(of, _)| of == kind);
        let count = change(self.left_out_of(kind));
        match at.and_then(|at| self.left_out.get_mut(at)) {
            Some((_, old)) => *old = count,
            None => self.left_out.push((kind.clone(), count)),
        }
        self.left_out.retain(|(_, count)| *count > 0);
    }

    fn left_out_of(&self, kind: &KindRef) -> u32 {
        let of = self.left_out.iter().find(|(of, _)| of == kind);
        of.map_or(0, |(_, count)| *count)
    }
}

/// The number before it is counted up.
fn next(count: &mut usize) -> usize {
    let before = *count;
    *count += 1;
    before
}

fn order(event: &Event) -> Order {
    let meta = &event.meta;
    (
        event.last,
        Str::clone(&meta.name),
        Str::clone(&meta.namespace),
    )
}

/// The one door through which events come and go.
impl Snapshot {
    pub(super) fn insert_event(&mut self, event: Arc<Event>) {
        let (namespace, name) = (&event.meta.namespace, &event.meta.name);
        match self.events.insert(namespace, name, Arc::clone(&event)) {
            Put::Same => return,
            Put::New => {}
            Put::Instead(old) => self.event_log.remove(&old),
        }
        if let Some(last) = self.event_log.insert(&event) {
            self.events.remove(&last.meta.namespace, &last.meta.name);
        }
    }

    /// Tells whether it was there.
    pub(super) fn remove_event(&mut self, event: &Event) -> bool {
        let old = self.events.remove(&event.meta.namespace, &event.meta.name);
        match &old {
            Some(old) => self.event_log.remove(old),
            None => self.event_log.forget(event),
        }
        old.is_some()
    }

    /// Takes out the events that were last seen longer before a moment than any is kept.
    pub fn forget_old_events(&mut self, now: Timestamp) {
        // A cluster that answers of the past, such as a recording, keeps what it had then.
        let newest = self.events.iter().filter_map(|event| event.last).max();
        let Ok(first) = newest
            .map_or(now, |newest| newest.min(now))
            .saturating_sub(KEPT_FOR)
        else {
            return;
        };
        let is_old = |event: &Arc<Event>| event.last.is_some_and(|last| last < first);
        for event in self.events.shared(|_| true).into_iter().filter(is_old) {
            self.remove_event(&event);
        }
    }

    /// A list of events begins, of a namespace or of all: what it brings is counted anew.
    pub fn count_events_anew(&mut self, namespace: Option<&str>) {
        // Events about what lies in no namespace stand in "default".
        let is_listed = |of: &Str| match namespace {
            None => true,
            Some("default") if of.is_empty() => true,
            Some(namespace) => **of == *namespace,
        };
        let listed = self.event_log.counted();
        let listed: Vec<_> = listed
            .filter(|(_, namespace, _)| is_listed(namespace))
            .map(|(name, namespace, _)| (Str::clone(name), Str::clone(namespace)))
            .collect();
        for (name, namespace) in listed {
            self.event_log.set_counts(&name, &namespace, Vec::new());
        }
    }

    /// Takes over how many are left out from a snapshot of which this one is a part.
    pub(super) fn count_events_like(&mut self, whole: &Self) {
        for (name, namespace, told) in whole.event_log.counted() {
            let counts = told.left_out.clone();
            self.event_log.set_counts(name, namespace, counts);
        }
    }

    /// How many events about an object were told of and are not kept, because newer ones or
    /// ones of other reasons are. One that is changed after it was left out counts again.
    pub fn events_left_out(&self, object: &impl Object) -> u32 {
        self.events_left_out_of(&object.object_ref())
    }

    /// The same of an object that is only named.
    pub fn events_left_out_of(&self, object: &ObjectRef) -> u32 {
        let kind = KindRef {
            name: Str::from(&*object.kind),
            group: Str::from(&*object.group),
        };
        self.event_log
            .told(
                object.namespace.as_deref().unwrap_or_default(),
                &object.name,
            )
            .map_or(0, |told| told.left_out_of(&kind))
    }
}

#[cfg(test)]
#[path = "events_tests.rs"]
mod tests;
