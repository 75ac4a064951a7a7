//! What goes on in a generated cluster: Pods restart, events are counted on, nodes renew
//! their Leases.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::time::{MissedTickBehavior, interval};

use super::{Size, mixed};
use crate::cluster::Cluster;
use crate::fields::Fields;
use crate::recording::ChangeKind;
use crate::store::Key;

/// How often changes are made, a part of a second's each time.
const EVERY: Duration = Duration::from_millis(100);

/// The course of changes of one cluster.
pub(crate) struct Churn {
    size: Size,
    /// How many changes were made.
    made: u64,
}

/// Keeps what changes apart from what is broken, which the same seed chooses.
const COURSE: u64 = 0x6368_7572;

/// What one change is about: of ten, five events, three Leases, two Pods.
const KINDS: [(&str, &str); 10] = [
    EVENT, LEASE, EVENT, POD, EVENT, LEASE, EVENT, POD, EVENT, LEASE,
];
const EVENT: (&str, &str) = ("v1", "Event");
const LEASE: (&str, &str) = ("coordination.k8s.io/v1", "Lease");
const POD: (&str, &str) = ("v1", "Pod");

impl Churn {
    pub(crate) fn of(size: Size) -> Self {
        Self { size, made: 0 }
    }

    /// Lets it go on until the server stops.
    pub(crate) async fn go_on(mut self, cluster: Arc<Cluster>) {
        let names: Vec<(&(&str, &str), Vec<Key>)> = [&EVENT, &LEASE, &POD]
            .into_iter()
            .map(|kind| (kind, keys(&cluster, *kind)))
            .collect();
        let mut ticks = interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut due = 0.0;
        loop {
            tokio::select! {
                () = cluster.stopping.cancelled() => return,
                _ = ticks.tick() => {}
            }
            due += f64::from(self.size.churn) * EVERY.as_secs_f64();
            while due >= 1.0 {
                due -= 1.0;
                self.change(&cluster, &names);
            }
        }
    }

    fn change(&mut self, cluster: &Cluster, names: &[(&(&str, &str), Vec<Key>)]) {
        let number = self.made;
        self.made += 1;
        let place = usize::try_from(number % KINDS.len() as u64).unwrap_or_default();
        let Some(kind) = KINDS.get(place) else {
            return;
        };
        let Some((_, keys)) = names.iter().find(|(of, _)| *of == kind) else {
            return;
        };
        let chance = mixed(self.size.seed ^ COURSE, number);
        let chosen = usize::try_from(chance % keys.len().max(1) as u64).unwrap_or_default();
        let Some((namespace, name)) = keys.get(chosen) else {
            return;
        };
        let Some(resource) = cluster.catalogue.of_object(kind.0, kind.1) else {
            return;
        };
        let storage = Arc::clone(&resource.storage);
        let Some(object) = cluster.store.get(&storage, namespace, name) else {
            return;
        };
        if let Some(object) = later(&object, cluster.now()) {
            cluster.store.apply(ChangeKind::Modified, &storage, object);
        }
    }
}

fn keys(cluster: &Cluster, (api_version, kind): (&str, &str)) -> Vec<Key> {
    let Some(resource) = cluster.catalogue.of_object(api_version, kind) else {
        return Vec::new();
    };
    let listed = cluster.store.list(&resource.storage, None, None, None);
    let objects = listed.map(|(_, objects)| objects).unwrap_or_default();
    objects.iter().map(crate::store::key_of).collect()
}

/// The object as it is after its next change; `None` for one that has none.
fn later(object: &Value, now: Timestamp) -> Option<Value> {
    let mut object = object.clone();
    let second = Timestamp::from_second(now.as_second())
        .unwrap_or(now)
        .to_string();
    match object.text("/kind") {
        "Event" => {
            let count = object.pointer("/count")?.as_u64()?;
            *object.pointer_mut("/count")? = json!(count + 1);
            *object.pointer_mut("/lastTimestamp")? = json!(second);
        }
        "Lease" => *object.pointer_mut("/spec/renewTime")? = json!(now.to_string()),
        _ => {
            // A container that runs is started anew, as after a fault that went by.
            let status = object.pointer_mut("/status/containerStatuses/0")?;
            let started = status.pointer("/state/running/startedAt")?.clone();
            let restarts = status.pointer("/restartCount")?.as_u64()?;
            let status = status.as_object_mut()?;
            status.insert("restartCount".to_owned(), json!(restarts + 1));
            status.insert(
                "state".to_owned(),
                json!({"running": {"startedAt": second}}),
            );
            status.insert(
                "lastState".to_owned(),
                json!({"terminated": {"exitCode": 0, "reason": "Completed", "startedAt": started, "finishedAt": second}}),
            );
        }
    }
    Some(object)
}

#[cfg(test)]
mod tests {
    use tokio_util::sync::CancellationToken;

    use super::*;
    use crate::assemble::{Staging, assemble};
    use crate::{Access, Play, Times};

    fn cluster(size: Size) -> Cluster {
        let staging = Staging {
            play: Play::Frozen,
            skip: Duration::ZERO,
            times: Times::Recorded,
            access: Access::default(),
            token: "t".to_owned(),
            addr: "127.0.0.1:1".parse().unwrap(),
            stopping: CancellationToken::new(),
        };
        assemble(vec![size.recording()], staging).unwrap().0
    }

    /// Which objects changed, in order, by so many changes.
    fn changed(size: Size, changes: usize) -> Vec<(Arc<str>, Key)> {
        let cluster = cluster(size);
        let before = cluster.store.revision();
        let names = [&EVENT, &LEASE, &POD].map(|kind| (kind, keys(&cluster, *kind)));
        let mut churn = Churn::of(size);
        for _ in 0..changes {
            churn.change(&cluster, &names);
        }
        let mut steps = Vec::new();
        for kind in [EVENT, LEASE, POD] {
            let storage = &cluster.catalogue.of_object(kind.0, kind.1).unwrap().storage;
            steps.extend(cluster.store.since(storage, before).unwrap().1);
        }
        steps.sort_by_key(|step| step.revision);
        steps
            .into_iter()
            .map(|step| (step.storage, step.key))
            .collect()
    }

    #[test]
    fn the_course_of_changes_is_the_same_again_and_touches_every_kind() {
        let size: Size = "nodes=5,pods=100,broken=0%,churn=10".parse().unwrap();
        let course = changed(size, 60);
        assert_eq!(course.len(), 60, "each is a change");
        assert_eq!(course, changed(size, 60));
        assert_ne!(course, changed(Size { seed: 2, ..size }, 60));
        for storage in ["events", "pods", "leases"] {
            assert!(
                course.iter().any(|(of, _)| of.contains(storage)),
                "{storage}"
            );
        }
    }

    #[test]
    fn a_cluster_without_pods_has_no_course_and_no_panic() {
        let size: Size = "nodes=1,pods=0,churn=10".parse().unwrap();
        let course = changed(size, 20);
        assert!(course.iter().all(|(of, _)| of.contains("leases")));
    }
}
