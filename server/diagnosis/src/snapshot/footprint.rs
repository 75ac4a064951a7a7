//! What somebody read of a snapshot, so that they need not look again while it reads the same.

use super::Snapshot;
use super::reads::record;

/// What was read of a snapshot. What depends on the time alone is not part of it.
#[derive(Clone, Debug)]
pub struct Footprint {
    /// The hashes of the keys, in order.
    keys: Vec<u64>,
}

impl Footprint {
    /// What some work reads.
    pub fn of(read: impl FnOnce()) -> Self {
        let ((), reads) = record(read);
        Self { keys: reads.keys }
    }

    /// Whether any of it may read otherwise in a newer snapshot than in an older one.
    pub fn differs(&self, older: &Snapshot, newer: &Snapshot) -> bool {
        let changed = newer.difference(older).keys;
        changed
            .iter()
            .any(|key| self.keys.binary_search(key).is_ok())
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;
    use crate::facts::{Fact, Kind, Sharing, from_object};

    fn pod(name: &str, node: &str) -> Fact {
        let pod = json!({"kind": "Pod", "apiVersion": "v1", "spec": {"nodeName": node},
            "metadata": {"name": name, "namespace": "shop"}});
        from_object(&pod, &Sharing::default()).unwrap()
    }

    #[test]
    fn who_read_one_object_looks_again_when_that_one_changed() {
        let mut older = Snapshot::new(Timestamp::UNIX_EPOCH);
        older.insert(pod("web", "one"));
        let footprint = Footprint::of(|| {
            older.meta_of(Kind::Pod, "shop", "web");
        });
        let mut newer = older.clone();
        newer.set_observed_at(Timestamp::MAX);
        newer.insert(pod("api", "one"));
        assert!(!footprint.differs(&older, &newer));
        newer.insert(pod("web", "two"));
        assert!(footprint.differs(&older, &newer));
    }
}
