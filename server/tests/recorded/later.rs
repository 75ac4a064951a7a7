//! What was recorded, some time later: the objects stand as they did, and the events have
//! expired that the API server keeps for an hour.

use std::sync::Arc;

use jiff::SignedDuration;
use podside_diagnosis::Want;
use podside_diagnosis::facts::Fact;
use podside_diagnosis::judge::judge;
use podside_diagnosis::snapshot::{LogTail, Snapshot};
use podside_model::{Diagnosis, Message, Why};

/// How long an event is kept by the API server (`--event-ttl`).
const EVENT_LIFE: SignedDuration = SignedDuration::from_hours(1);

/// Moments after a recording's end at which it is judged again.
pub(crate) const LATER: [SignedDuration; 4] = [
    SignedDuration::ZERO,
    SignedDuration::from_mins(20),
    SignedDuration::from_hours(2),
    SignedDuration::from_hours(72),
];

/// What is known of a cluster some time later, when nothing has changed but that events
/// have expired.
pub(crate) fn aged(snapshot: &Snapshot, later: SignedDuration) -> Snapshot {
    let mut aged = snapshot.clone();
    let at = snapshot.observed_at() + later;
    aged.set_observed_at(at);
    if later.is_zero() {
        return aged;
    }
    let expired: Vec<Fact> = snapshot
        .events
        .iter()
        .filter(|event| event.last.is_none_or(|last| last + EVENT_LIFE < at))
        .map(|event| Fact::Event(Arc::new(event.clone())))
        .collect();
    for event in &expired {
        aged.remove(event);
    }
    aged
}

/// Judges with the logs that are there; what is wanted beside them was not recorded.
pub(crate) fn judged(mut snapshot: Snapshot) -> Diagnosis<Message> {
    const ROUNDS: usize = 4;
    let mut judgement = judge(&snapshot);
    for _ in 0..ROUNDS {
        let mut any = false;
        for want in &judgement.wants {
            if let Want::Log(of) = want
                && snapshot.log(of).is_none()
            {
                any = true;
                snapshot.insert_log(of.clone(), LogTail::Unreadable(Why::NotRecorded));
            }
        }
        if !any {
            break;
        }
        judgement = judge(&snapshot);
    }
    judgement.diagnosis
}
