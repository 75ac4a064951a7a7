//! What a Pod asks of a node.

use std::collections::BTreeMap;

use super::container::ContainerKind;
use super::pod_spec::PodSpec;
use super::sharing::Str;

/// Amounts of resources in thousandths of their unit, by the resource's name.
pub type Amounts = BTreeMap<Str, i64>;

impl PodSpec {
    /// What the scheduler reserves for the Pod: the sum of its lasting containers, or the
    /// largest init container beside the native sidecars before it, whichever is more
    /// (<https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/#resource-sharing-within-containers>).
    /// What the Pod as a whole requests takes the place of that
    /// (<https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#pod-level-resource-specification>),
    /// and the overhead of its RuntimeClass comes on top.
    pub fn demand(&self) -> Amounts {
        let mut sidecars = Amounts::new();
        let mut lasting = Amounts::new();
        let mut starting = Amounts::new();
        for container in &self.containers {
            let asked = || {
                container
                    .requests
                    .iter()
                    .map(|(name, quantity)| (name, quantity.milli()))
            };
            match container.kind {
                ContainerKind::Sidecar => {
                    for (name, milli) in asked() {
                        add(&mut sidecars, name, milli);
                        add(&mut lasting, name, milli);
                    }
                }
                ContainerKind::Regular => {
                    for (name, milli) in asked() {
                        add(&mut lasting, name, milli);
                    }
                }
                ContainerKind::Init => {
                    for (name, milli) in asked() {
                        let beside = sidecars.get(name).copied().unwrap_or(0);
                        let most = starting.entry(name.clone()).or_insert(0);
                        *most = (*most).max(milli.saturating_add(beside));
                    }
                }
                ContainerKind::Ephemeral => {}
            }
        }
        for (name, milli) in starting {
            let most = lasting.entry(name).or_insert(0);
            *most = (*most).max(milli);
        }
        for (name, quantity) in &self.requests {
            lasting.insert(name.clone(), quantity.milli());
        }
        for (name, quantity) in &self.overhead {
            add(&mut lasting, name, quantity.milli());
        }
        lasting
    }
}

fn add(amounts: &mut Amounts, name: &Str, milli: i64) {
    let sum = amounts.entry(name.clone()).or_insert(0);
    *sum = sum.saturating_add(milli);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::facts::{Fact, Sharing, from_object};

    #[test]
    fn init_containers_count_by_the_largest_and_sidecars_stay() {
        let cpu = |amount: &str| json!({"requests": {"cpu": amount}});
        let pod = json!({"kind": "Pod", "metadata": {"name": "a", "namespace": "b"}, "spec": {
            "initContainers": [
                {"name": "first", "resources": cpu("900m")},
                {"name": "mesh", "restartPolicy": "Always", "resources": cpu("100m")},
                {"name": "second", "resources": cpu("1")},
            ],
            "containers": [
                {"name": "app", "resources": cpu("300m")},
                {"name": "log", "resources": cpu("200m")},
            ],
        }});
        let Some(Fact::Pod(pod)) = from_object(&pod, &Sharing::default()) else {
            panic!("a Pod");
        };
        assert_eq!(pod.spec.demand().get("cpu"), Some(&1100));
    }

    #[test]
    fn what_the_pod_requests_counts_instead_and_the_overhead_too() {
        let pod = json!({"kind": "Pod", "metadata": {"name": "a", "namespace": "b"}, "spec": {
            "resources": {"requests": {"cpu": "2"}, "limits": {"cpu": "2", "memory": "1Gi"}},
            "overhead": {"cpu": "250m", "memory": "64Mi"},
            "containers": [
                {"name": "app", "resources": {"requests": {"cpu": "300m", "memory": "64Mi"}}},
            ],
        }});
        let Some(Fact::Pod(pod)) = from_object(&pod, &Sharing::default()) else {
            panic!("a Pod");
        };
        let demand = pod.spec.demand();
        assert_eq!(demand.get("cpu"), Some(&2250));
        assert_eq!(demand.get("memory"), Some(&(128 * 1024 * 1024 * 1000)));
    }
}
