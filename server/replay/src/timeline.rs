//! What changes when, in a recording that is played: its watch stream, and
//! objects of kinds that were not watched at the moment they were created.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use crate::{
    object::{Identity, Object},
    recording::{ChangeKind, Recording},
};

/// How far the start of a recording, told in whole seconds, is put later to
/// agree with what its first objects say.
const START_SLACK: SignedDuration = SignedDuration::from_secs(2);

/// One change at a recorded moment.
pub(crate) struct Moment {
    pub(crate) at: Timestamp,
    pub(crate) kind: ChangeKind,
    pub(crate) object: Object,
}

/// A recording as a beginning and what happens after it.
pub(crate) struct Timeline {
    /// When it begins, on the recorded clock.
    pub(crate) start: Timestamp,
    /// What is there at the beginning.
    pub(crate) initial: Vec<Object>,
    /// What happens, in order.
    pub(crate) moments: Vec<Moment>,
}

impl Timeline {
    /// The timeline of a recording; it ends in the recording's end state.
    pub(crate) fn of(recording: &Recording) -> Self {
        let start = start(recording);
        let mut initial: BTreeMap<Identity, Object> = BTreeMap::new();
        let mut moments = Vec::new();
        // The last version of every object that the stream told of.
        let mut last: BTreeMap<Identity, (u64, ChangeKind)> = BTreeMap::new();
        for change in recording.changes() {
            let key = change.object.identity();
            let existed = change.kind != ChangeKind::Added
                || change
                    .object
                    .created()
                    .is_some_and(|t| t < recording.started_at);
            if existed && !last.contains_key(&key) {
                initial.insert(key.clone(), change.object.clone());
            }
            last.insert(key, (change.object.revision(), change.kind));
            moments.push(Moment {
                at: at(start, change.at_ms).min(recording.ended_at),
                kind: change.kind,
                object: change.object.clone(),
            });
        }
        for object in recording.objects() {
            let key = object.identity();
            match last.get(&key) {
                // The stream ended before the object's last change.
                Some((seen, _)) if *seen < object.revision() => moments.push(Moment {
                    at: recording.ended_at,
                    kind: ChangeKind::Modified,
                    object: object.clone(),
                }),
                Some(_) => {}
                None => match object.created().filter(|t| *t > start) {
                    Some(at) => moments.push(Moment {
                        at: at.min(recording.ended_at),
                        kind: ChangeKind::Added,
                        object: object.clone(),
                    }),
                    None => {
                        initial.insert(key, object.clone());
                    }
                },
            }
        }
        moments.extend(vanished(recording, &last));
        moments.sort_by_key(|m| m.at);
        Self {
            start,
            initial: initial.into_values().collect(),
            moments,
        }
    }
}

/// Objects whose deletion the stream did not tell of any more. Events only
/// expire, and cluster-scoped objects were recorded in part.
fn vanished(recording: &Recording, last: &BTreeMap<Identity, (u64, ChangeKind)>) -> Vec<Moment> {
    let left: BTreeSet<Identity> = recording.objects().iter().map(Object::identity).collect();
    let gone = |key: &Identity| {
        !left.contains(key)
            && key.0.kind() != "Event"
            && !key.0.namespace().is_empty()
            && last
                .get(key)
                .is_some_and(|(_, kind)| *kind != ChangeKind::Deleted)
    };
    let mut newest: BTreeMap<Identity, Object> = BTreeMap::new();
    for change in recording.changes() {
        let key = change.object.identity();
        if gone(&key) {
            newest.insert(key, change.object.clone());
        }
    }
    newest
        .into_values()
        .map(|object| Moment {
            at: recording.ended_at,
            kind: ChangeKind::Deleted,
            object,
        })
        .collect()
}

/// The moment that `t_ms` counts from: not before what was created then says.
fn start(recording: &Recording) -> Timestamp {
    let told = recording.started_at;
    let latest = told.checked_add(START_SLACK).unwrap_or(told);
    recording
        .changes()
        .iter()
        .filter(|c| c.kind == ChangeKind::Added)
        .filter_map(|c| {
            let since = SignedDuration::from_millis(i64::try_from(c.at_ms).ok()?);
            c.object.created()?.checked_sub(since).ok()
        })
        .filter(|t| *t <= latest)
        .fold(told, Timestamp::max)
}

fn at(start: Timestamp, at_ms: u64) -> Timestamp {
    i64::try_from(at_ms)
        .ok()
        .and_then(|ms| start.checked_add(SignedDuration::from_millis(ms)).ok())
        .unwrap_or(start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::practice;

    /// Played to its end, every recording holds what its end state holds, in
    /// its last version.
    #[test]
    fn every_recording_ends_in_its_end_state() {
        practice::each(|recording| {
            let timeline = Timeline::of(&recording);
            let mut state: BTreeMap<Identity, u64> = timeline
                .initial
                .iter()
                .map(|o| (o.identity(), o.revision()))
                .collect();
            for moment in &timeline.moments {
                assert!(
                    moment.at <= recording.recorded_end(),
                    "{}",
                    recording.name()
                );
                if moment.kind == ChangeKind::Deleted {
                    state.remove(&moment.object.identity());
                } else {
                    state.insert(moment.object.identity(), moment.object.revision());
                }
            }
            for object in recording.objects() {
                let key = object.identity();
                let reached = state.get(&key).copied();
                assert!(
                    reached >= Some(object.revision()),
                    "{}: {key:?} {reached:?}",
                    recording.name()
                );
            }
            assert!(!timeline.moments.is_empty(), "{}", recording.name());
            Ok::<(), crate::ReplayError>(())
        })
        .unwrap();
    }
}
