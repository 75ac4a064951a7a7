use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, LazyLock};

use jiff::Timestamp;
use podside_model::ObjectRef;

use super::clients::Dials;
use super::readers::Readers;
use super::unreadable;
use crate::facts::{Kind, Str};
use crate::findings::{Findings, Heard};
use crate::rule::Runs;
use crate::rules;
use crate::snapshot::pointing::warned_of;
use crate::snapshot::reads::record;
use crate::snapshot::{Difference, Snapshot};
use crate::unwell::{self, Unwell};

/// Every run of every rule.
pub(super) static RUNS: LazyLock<Runs> = LazyLock::new(|| Runs::of(rules::all()));

/// An object that rules look at: kind, namespace and name.
pub(super) type Place = (Kind, Str, Str);

/// What was handed in about one object.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Said {
    pub(super) heard: Heard,
    /// The Services that it calls, if it is a Pod that does not work.
    pub(super) dials: Option<Dials>,
    /// What is visibly not well about it; for the snapshot as a whole, about objects of kinds
    /// that no rule looks at.
    pub(super) unwell: Vec<Unwell>,
    /// If it is an event, the object of a kind that nobody watches of which it warns, and when
    /// it last did.
    pub(super) warned_of: Option<(Option<Timestamp>, ObjectRef)>,
}

impl Said {
    fn of(
        (kind, namespace, name): (Kind, &str, &str),
        snapshot: &Snapshot,
        mut heard: Heard,
    ) -> Self {
        let dials = if kind == Kind::Pod {
            let pod = snapshot.pods.get(namespace, name);
            pod.and_then(|pod| Dials::of(pod, snapshot))
        } else {
            None
        };
        let event = (kind == Kind::Event)
            .then(|| snapshot.events.get(namespace, name))
            .flatten();
        let unwell = unwell::look((kind, namespace, name), snapshot);
        if unwell.is_empty()
            && let Some(checked) = unwell::harmless((kind, namespace, name), snapshot)
        {
            let key = (checked.object.clone(), checked.why.clone());
            heard.checked.entry(key).or_insert((kind as u32, checked));
        }
        Self {
            heard,
            dials,
            unwell,
            warned_of: event.and_then(|event| Some((event.last, warned_of(event)?))),
        }
    }

    fn is_nothing(&self) -> bool {
        self.heard.is_nothing()
            && self.dials.is_none()
            && self.unwell.is_empty()
            && self.warned_of.is_none()
    }
}

/// A change of what is said about an object.
#[derive(Debug)]
pub(super) struct Change {
    pub(super) place: Place,
    pub(super) old: Option<Arc<Said>>,
    pub(super) new: Option<Arc<Said>>,
}

/// The objects that rules looked at, what they read of the snapshot on that occasion, and
/// what they said. Of a healthy object that is nothing, and no more than what was read is
/// kept.
#[derive(Debug, Default)]
pub(super) struct Objects {
    ids: HashMap<Place, u32>,
    places: Vec<Option<Place>>,
    free: Vec<u32>,
    readers: Readers<u32>,
    said: HashMap<u32, Arc<Said>>,
}

/// The place of what no single object leads to. No object has no name.
fn whole() -> Place {
    (Kind::Other, Str::from(""), Str::from(""))
}

/// Lets the rules look at all objects and hands on what they say; nothing is kept.
pub(super) fn look_once(snapshot: &Snapshot, mut hear: impl FnMut(Change)) {
    let mut findings = Findings::new();
    RUNS.on_all(snapshot, |kind, meta, look| {
        look(&mut findings);
        let at = (kind, &*meta.namespace, &*meta.name);
        let said = Said::of(at, snapshot, findings.take());
        if !said.is_nothing() {
            hear(Change {
                place: (kind, meta.namespace.clone(), meta.name.clone()),
                old: None,
                new: Some(Arc::new(said)),
            });
        }
    });
    let said = look_at_whole(snapshot, &mut findings);
    hear(Change {
        place: whole(),
        old: None,
        new: Some(Arc::new(said)),
    });
}

impl Objects {
    /// Lets the rules look at all objects, and remembers.
    pub(super) fn look(&mut self, snapshot: &Snapshot, mut hear: impl FnMut(Change)) {
        let mut findings = Findings::new();
        RUNS.on_all(snapshot, |kind, meta, look| {
            let place = (kind, meta.namespace.clone(), meta.name.clone());
            let id = self.id(&place);
            let (said, reads) = record(|| {
                look(&mut findings);
                let at = (kind, &*meta.namespace, &*meta.name);
                Said::of(at, snapshot, findings.take())
            });
            self.readers.set(id, reads);
            self.keep(id, place, said, &mut hear);
        });
        self.look_again(whole(), snapshot, &mut findings, &mut hear);
    }

    /// Lets the rules look again at what is new or changed, at what looked at something
    /// that is, and at what is another matter at this moment.
    pub(super) fn follow(
        &mut self,
        change: &Difference,
        snapshot: &Snapshot,
        mut hear: impl FnMut(Change),
    ) {
        let mut findings = Findings::new();
        let mut places: BTreeSet<Place> = change.objects.iter().cloned().collect();
        let known = self.readers.of_change(change).into_iter().filter_map(|id| {
            let place = self.places.get(usize::try_from(id).ok()?)?;
            place.clone()
        });
        places.extend(known);
        for place in places {
            self.look_again(place, snapshot, &mut findings, &mut hear);
        }
    }

    fn look_again<'s>(
        &mut self,
        place: Place,
        snapshot: &'s Snapshot,
        findings: &mut Findings<'s>,
        hear: &mut impl FnMut(Change),
    ) {
        let at = (place.0, &*place.1, &*place.2);
        let (said, reads) = record(|| {
            if place == whole() {
                return Some(look_at_whole(snapshot, findings));
            }
            RUNS.on(at, snapshot, findings)?;
            Some(Said::of(at, snapshot, findings.take()))
        });
        match said {
            Some(said) => {
                let id = self.id(&place);
                self.readers.set(id, reads);
                self.keep(id, place, said, hear);
            }
            // It is gone, or of a kind that no rule looks at.
            None => self.forget(place, hear),
        }
    }

    fn keep(&mut self, id: u32, place: Place, said: Said, hear: &mut impl FnMut(Change)) {
        let old = self.said.remove(&id);
        let new = (!said.is_nothing()).then(|| Arc::new(said));
        if let Some(new) = &new {
            self.said.insert(id, Arc::clone(new));
        }
        if old != new {
            hear(Change { place, old, new });
        }
    }

    fn forget(&mut self, place: Place, hear: &mut impl FnMut(Change)) {
        let Some(id) = self.ids.remove(&place) else {
            return;
        };
        if let Some(known) = usize::try_from(id)
            .ok()
            .and_then(|at| self.places.get_mut(at))
        {
            *known = None;
        }
        self.free.push(id);
        self.readers.forget(id);
        if let Some(old) = self.said.remove(&id) {
            hear(Change {
                place,
                old: Some(old),
                new: None,
            });
        }
    }

    fn id(&mut self, place: &Place) -> u32 {
        if let Some(id) = self.ids.get(place) {
            return *id;
        }
        let fresh = u32::try_from(self.places.len()).unwrap_or(u32::MAX);
        let id = self.free.pop().unwrap_or(fresh);
        match usize::try_from(id)
            .ok()
            .and_then(|at| self.places.get_mut(at))
        {
            Some(free) => *free = Some(place.clone()),
            None => self.places.push(Some(place.clone())),
        }
        self.ids.insert(place.clone(), id);
        id
    }
}

fn look_at_whole<'s>(snapshot: &'s Snapshot, findings: &mut Findings<'s>) -> Said {
    RUNS.on_snapshot(snapshot, findings);
    findings.speak_last();
    unreadable::report(snapshot, findings);
    Said {
        heard: findings.take(),
        dials: None,
        unwell: unwell::look_at_others(snapshot),
        warned_of: None,
    }
}
