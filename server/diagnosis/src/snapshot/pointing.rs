//! Which objects of kinds without facts of their own the cluster itself points at.
//!
//! Who owns what is broken is [pointed at](super::pointed) while it is judged. What the
//! cluster says of an object that nobody watches is heard here: so that one can tell how it
//! is, it is worth a request.

use std::collections::BTreeMap;

use podside_model::ObjectRef;

use super::Snapshot;
use crate::facts::Str;

/// Why an object is pointed at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PointedBy {
    /// A warning event is about it, for this reason.
    Warning(Str),
}

impl Snapshot {
    /// The objects of kinds without facts of their own that the cluster points at, each with
    /// why: those of which it warned last come first. Finalizers and conditions name the
    /// kinds and the controllers that they wait for, and no objects.
    pub fn points_at(&self) -> Vec<(ObjectRef, PointedBy)> {
        let mut found = BTreeMap::new();
        for event in self.events.iter().filter(|event| event.warning) {
            let about = &event.about;
            if about.name.is_empty() || about.kind.name.is_empty() || about.kind.known().is_some() {
                continue;
            }
            let object = about.kind.object(&about.namespace, &about.name);
            let (last, reason) = found
                .entry(object)
                .or_insert_with(|| (event.last, event.reason.clone()));
            if *last < event.last {
                (*last, *reason) = (event.last, event.reason.clone());
            }
        }
        let mut found: Vec<_> = found.into_iter().collect();
        // Equal ones stay in the order of their names.
        found.sort_by_key(|(_, (last, _))| std::cmp::Reverse(*last));
        found
            .into_iter()
            .map(|(object, (_, reason))| (object, PointedBy::Warning(reason)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::facts::{Sharing, from_object};

    fn event(kind: &str, api_version: &str, name: &str, what: (&str, &str, u32)) -> Value {
        let (of_type, reason, minute) = what;
        json!({"apiVersion": "v1", "kind": "Event", "type": of_type, "reason": reason,
            "metadata": {"name": format!("{name}.{minute}"), "namespace": "shop", "uid": format!("{name}.{minute}")},
            "involvedObject": {"apiVersion": api_version, "kind": kind, "namespace": "shop", "name": name},
            "message": "m", "lastTimestamp": format!("2026-11-20T10:{minute:02}:00Z")})
    }

    #[test]
    fn what_the_cluster_warns_of_and_nobody_watches_is_pointed_at() {
        let mut snapshot = Snapshot::new("2026-11-20T11:00:00Z".parse().unwrap());
        for said in [
            event("Rollout", "argoproj.io/v1", "web", ("Warning", "Older", 1)),
            event(
                "Rollout",
                "argoproj.io/v1",
                "web",
                ("Warning", "Aborted", 3),
            ),
            event(
                "Certificate",
                "cert-manager.io/v1",
                "tls",
                ("Warning", "Failed", 5),
            ),
            event(
                "Certificate",
                "cert-manager.io/v1",
                "well",
                ("Normal", "Issued", 6),
            ),
            event("Pod", "v1", "web-1", ("Warning", "BackOff", 7)),
            event("", "", "nobody", ("Warning", "Odd", 8)),
        ] {
            snapshot.insert(from_object(&said, &Sharing::default()).unwrap());
        }
        let warned = |kind: &str, group: &str, name: &str, reason: &str| {
            let object = ObjectRef::namespaced(kind, "shop", name).in_group(group);
            (object, PointedBy::Warning(Str::from(reason)))
        };
        assert_eq!(
            snapshot.points_at(),
            [
                warned("Certificate", "cert-manager.io", "tls", "Failed"),
                warned("Rollout", "argoproj.io", "web", "Aborted"),
            ]
        );
    }
}
