//! What runs on a Node and what of it is spoken for, as `kubectl describe node` ends.

use super::super::worst::Worst;
use super::related::state_of;
use podside_app::ObservedWords;
use podside_diagnosis::facts::{Amounts, ContainerKind, Node, Object, Pod, Quantity, Str};
use podside_diagnosis::rules::amount;
use podside_diagnosis::snapshot::Snapshot;
use podside_model::Lang;
use podside_model::view::{Content, Row, Section, Value};

/// The namespace in which the kubelets renew their Leases.
const NODE_LEASES: &str = "kube-node-lease";

/// The resources of which `kubectl describe` tells for each Pod.
const OF_EACH: [&str; 2] = ["cpu", "memory"];

/// The most Pods that are shown; the kubelet runs no more than this unless it is told to.
const MOST_PODS: usize = 110;

/// The sections about a Node that its own JSON does not tell: its lease, its Pods that have
/// not ended, and what they have been promised.
pub(super) fn sections(
    snapshot: &Snapshot,
    worst: &Worst<'_>,
    name: &str,
    lang: Lang,
) -> Vec<Section> {
    let Some(node) = snapshot.nodes.get("", name) else {
        return Vec::new();
    };
    let pods = snapshot.pods_on_node(name);
    let pods: Vec<&Pod> = pods.filter(|pod| !pod.is_finished()).collect();
    let lease = lease(snapshot, name);
    let allocated = (!pods.is_empty()).then(|| allocated(node, &pods));
    let running = (!pods.is_empty()).then(|| {
        let words = ObservedWords::of(lang);
        let state = |pod: &Pod| state_of(snapshot, worst, &pod.object_ref(), false, words);
        running(node, &pods, state, words)
    });
    lease.into_iter().chain(allocated).chain(running).collect()
}

fn lease(snapshot: &Snapshot, name: &str) -> Option<Section> {
    let lease = snapshot.leases.get(NODE_LEASES, name)?;
    let row = |label: &str, values: Vec<Value>| Row {
        label: label.to_owned(),
        nested: false,
        values,
    };
    let renewed = lease.renewed.map(Value::Moment).into_iter().collect();
    let seconds = lease.duration_seconds;
    let lasts = seconds.map(|seconds| Value::Text(format!("{seconds} s")));
    Some(Section {
        title: "Lease".to_owned(),
        name: None,
        content: Content::Rows(vec![
            row(
                "HolderIdentity",
                vec![Value::Mono(lease.holder.to_string())],
            ),
            row("RenewTime", renewed),
            row("LeaseDuration", lasts.into_iter().collect()),
            row("Lease", vec![Value::Object(lease.object_ref())]),
        ]),
    })
}

/// `Non-terminated Pods`: those that ask for most CPU first.
fn running(
    node: &Node,
    pods: &[&Pod],
    state: impl Fn(&Pod) -> Value,
    words: &ObservedWords,
) -> Section {
    let mut pods: Vec<(&Pod, Amounts, Amounts)> = pods
        .iter()
        .map(|pod| (*pod, pod.spec.demand(), limits(pod)))
        .collect();
    pods.sort_by_key(|(_, asked, _)| std::cmp::Reverse(asked.get("cpu").copied().unwrap_or(0)));
    let total = pods.len();
    let mut rows: Vec<Vec<Vec<Value>>> = pods
        .iter()
        .take(MOST_PODS)
        .map(|(pod, asked, limited)| {
            let mut cells = vec![
                vec![Value::Mono(pod.meta.namespace.to_string())],
                vec![Value::Object(pod.object_ref())],
                vec![state(pod)],
            ];
            for resource in OF_EACH {
                cells.push(share(node, resource, asked));
                cells.push(share(node, resource, limited));
            }
            cells
        })
        .collect();
    if total > MOST_PODS {
        let more = (words.more)(total.saturating_sub(MOST_PODS));
        rows.push(vec![vec![], vec![Value::Quiet(more)]]);
    }
    Section {
        title: "Non-terminated Pods".to_owned(),
        name: Some(total.to_string()),
        content: Content::Table {
            head: [
                "Namespace",
                "Name",
                "Status",
                "CPU Requests",
                "CPU Limits",
                "Memory Requests",
                "Memory Limits",
            ]
            .map(str::to_owned)
            .into(),
            rows,
        },
    }
}

/// `Allocated resources`: the sums of requests and limits, and how much of the Node that is.
fn allocated(node: &Node, pods: &[&Pod]) -> Section {
    let (mut asked, mut limited) = (Amounts::new(), Amounts::new());
    for pod in pods {
        add_all(&mut asked, &pod.spec.demand());
        add_all(&mut limited, &limits(pod));
    }
    let rows = node
        .allocatable
        .keys()
        // How many Pods there are stands above their list.
        .filter(|resource| &***resource != "pods")
        .map(|resource| {
            vec![
                vec![Value::Text(resource.to_string())],
                share(node, resource, &asked),
                share(node, resource, &limited),
            ]
        })
        .collect();
    Section {
        title: "Allocated resources".to_owned(),
        name: None,
        content: Content::Table {
            head: ["Resource", "Requests", "Limits"].map(str::to_owned).into(),
            rows,
        },
    }
}

/// An amount of a resource and how much that is of what Pods may have of the Node.
fn share(node: &Node, resource: &str, amounts: &Amounts) -> Vec<Value> {
    let milli = amounts.get(resource).copied().unwrap_or(0);
    let whole = node.allocatable.get(resource).map_or(0, Quantity::milli);
    let mut values = vec![Value::Mono(amount(resource, milli))];
    if whole > 0 {
        let percent = i128::from(milli).saturating_mul(100) / i128::from(whole);
        values.push(Value::Quiet(format!("({percent}%)")));
    }
    values
}

/// The limits of a Pod's lasting containers, or those of the Pod as a whole.
fn limits(pod: &Pod) -> Amounts {
    let mut sum = Amounts::new();
    for container in &pod.spec.containers {
        let lasts = matches!(
            container.kind,
            ContainerKind::Regular | ContainerKind::Sidecar
        );
        for (name, quantity) in container.limits.iter().filter(|_| lasts) {
            add(&mut sum, name, quantity.milli());
        }
    }
    for (name, quantity) in &pod.spec.limits {
        sum.insert(name.clone(), quantity.milli());
    }
    sum
}

fn add_all(sum: &mut Amounts, amounts: &Amounts) {
    for (name, milli) in amounts {
        add(sum, name, *milli);
    }
}

fn add(sum: &mut Amounts, name: &Str, milli: i64) {
    let so_far = sum.entry(name.clone()).or_insert(0);
    *so_far = so_far.saturating_add(milli);
}

#[cfg(test)]
mod tests {
    use podside_diagnosis::facts::{Sharing, from_object};
    use serde_json::{Value as Any, json};

    use super::*;

    /// A sight of a snapshot in which no rule has looked yet.
    fn unjudged(snapshot: &Snapshot) -> podside_cluster::Sight {
        podside_cluster::Sight {
            snapshot: std::sync::Arc::new(snapshot.clone()),
            diagnosis: None,
            awaited: 0,
            events_since: None,
            liveness: podside_model::Liveness::Live {
                at: snapshot.observed_at(),
            },
        }
    }

    fn snapshot(objects: &[Any]) -> Snapshot {
        let mut snapshot = Snapshot::new("2026-01-01T12:00:00Z".parse().unwrap());
        for object in objects {
            snapshot.insert(from_object(object, &Sharing::default()).unwrap());
        }
        snapshot
    }

    fn pod(name: &str, phase: &str, cpu: &str) -> Any {
        json!({"kind": "Pod", "apiVersion": "v1", "metadata": {"name": name, "namespace": "shop", "uid": name},
            "spec": {"nodeName": "n1", "containers": [{"name": "app",
                "resources": {"requests": {"cpu": cpu}, "limits": {"cpu": "1", "memory": "64Mi"}}}]},
            "status": {"phase": phase}})
    }

    #[test]
    fn what_the_pods_of_a_node_ask_for_is_summed_and_shared() {
        let snapshot = snapshot(&[
            json!({"kind": "Node", "apiVersion": "v1", "metadata": {"name": "n1"},
                "status": {"allocatable": {"cpu": "2", "memory": "128Mi", "pods": "110"}}}),
            json!({"kind": "Lease", "apiVersion": "coordination.k8s.io/v1",
                "metadata": {"name": "n1", "namespace": "kube-node-lease"},
                "spec": {"holderIdentity": "n1", "leaseDurationSeconds": 40, "renewTime": "2026-01-01T11:59:55.000000Z"}}),
            pod("small", "Running", "100m"),
            pod("large", "Pending", "900m"),
            pod("ended", "Succeeded", "1"),
        ]);
        let sight = unjudged(&snapshot);
        let worst = Worst::of(&sight);
        let sections = sections(&snapshot, &worst, "n1", Lang::En);
        let titles: Vec<&str> = sections.iter().map(|it| it.title.as_str()).collect();
        assert_eq!(
            titles,
            ["Lease", "Allocated resources", "Non-terminated Pods"]
        );
        let mono = |text: &str| Value::Mono(text.to_owned());
        let quiet = |text: &str| Value::Quiet(text.to_owned());
        let Content::Table { rows, .. } = &sections[1].content else {
            panic!("{sections:?}");
        };
        assert_eq!(
            rows[0][1..],
            [
                vec![mono("1"), quiet("(50%)")],
                vec![mono("2"), quiet("(100%)")]
            ]
        );
        assert_eq!(rows[1][2], [mono("128Mi"), quiet("(100%)")]);
        let Content::Table { rows, .. } = &sections[2].content else {
            panic!("{sections:?}");
        };
        assert_eq!(rows.len(), 2, "what has ended asks for nothing: {rows:?}");
        assert_eq!(rows[0][2], [Value::Text("Pending".to_owned())]);
        assert_eq!(rows[0][3], [mono("900m"), quiet("(45%)")]);
        assert!(super::sections(&snapshot, &worst, "another", Lang::En).is_empty());
    }
}
