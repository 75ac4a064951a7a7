//! What keeps a Pod from a node, as the scheduler's filter plugins decide it
//! (<https://kubernetes.io/docs/reference/scheduling/config/#scheduling-plugins>).

use super::neighbours::Neighbours;
use crate::facts::{Amounts, Node, Pod, Str, Taint, VolumeSource};
use crate::snapshot::Snapshot;

/// One thing that keeps a Pod from a node.
#[derive(Clone, Debug)]
pub(crate) enum Obstacle<'a> {
    /// nodeSelector or required node affinity does not match.
    Selector,
    /// The node is cordoned.
    Cordoned,
    /// A taint that Kubernetes itself sets for the node's state is not tolerated.
    State(&'a Taint),
    /// Another taint is not tolerated.
    Taint(&'a Taint),
    /// Less is free than the Pod requests.
    Resource(Shortage),
    /// A hostPort is taken.
    HostPort {
        /// The port.
        port: i64,
        /// The Pod that has it.
        holder: &'a Pod,
    },
    /// Required Pod affinity finds no Pod there.
    Affinity(usize),
    /// Required Pod anti-affinity finds a Pod there.
    AntiAffinity {
        /// The index of the term; `None` when it is the other Pod that keeps away.
        term: Option<usize>,
        /// The Pod there.
        other: &'a Pod,
    },
    /// A topology spread constraint would be violated.
    Spread(usize),
    /// The volume of a claim may not be used there.
    Volume,
}

/// A resource of which a node has less free than a Pod requests; in thousandths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shortage {
    /// The resource.
    pub(crate) resource: Str,
    /// What the Pod requests.
    pub(crate) asked: i64,
    /// What is not promised to other Pods.
    pub(crate) free: i64,
    /// What the node has in all for Pods.
    pub(crate) allocatable: i64,
}

/// Taints that the node controller and the kubelet set for a node's state.
const STATE: &str = "node.kubernetes.io/";

/// A Pod that is held against nodes, and what is the same for all of them.
pub(super) struct Asker<'s> {
    pod: &'s Pod,
    snapshot: &'s Snapshot,
    demand: Amounts,
    /// `None` where not all Pods are known: what is free is not known then.
    neighbours: Option<Neighbours<'s>>,
}

impl<'s> Asker<'s> {
    pub(super) fn of(pod: &'s Pod, snapshot: &'s Snapshot) -> Self {
        let all_pods = snapshot.pods.unreadable("").is_none();
        Self {
            pod,
            snapshot,
            demand: pod.spec.demand(),
            neighbours: all_pods.then(|| Neighbours::of(pod, snapshot)),
        }
    }

    /// All that keeps the Pod from a node. Empty when it would fit.
    pub(super) fn obstacles(&self, node: &'s Node, room: &Room) -> Vec<Obstacle<'s>> {
        let (pod, snapshot) = (self.pod, self.snapshot);
        let mut found = Vec::new();
        if !is_selected(pod, node) {
            found.push(Obstacle::Selector);
        }
        let tolerates = |key: &str, value: &str, effect: &str| {
            let tolerations = &pod.spec.placement.tolerations;
            tolerations.iter().any(|t| t.tolerates(key, value, effect))
        };
        if node.unschedulable && !tolerates("node.kubernetes.io/unschedulable", "", "NoSchedule") {
            found.push(Obstacle::Cordoned);
        }
        found.extend(
            node.taints
                .iter()
                .filter(|t| matches!(&*t.effect, "NoSchedule" | "NoExecute"))
                .filter(|t| &*t.key != "node.kubernetes.io/unschedulable")
                .filter(|t| !tolerates(&t.key, &t.value, &t.effect))
                .map(|t| {
                    if t.key.starts_with(STATE) {
                        Obstacle::State(t)
                    } else {
                        Obstacle::Taint(t)
                    }
                }),
        );
        if let Some(neighbours) = &self.neighbours {
            found.extend(room.shortages(&self.demand).map(Obstacle::Resource));
            found.extend(
                port_holder(pod, &node.meta.name, snapshot)
                    .map(|(port, holder)| Obstacle::HostPort { port, holder }),
            );
            found.extend(neighbours.obstacles(node));
        }
        if !may_use_volumes(pod, node, snapshot) {
            found.push(Obstacle::Volume);
        }
        found
    }
}

/// Whether nodeSelector and required node affinity allow a node.
pub(crate) fn is_selected(pod: &Pod, node: &Node) -> bool {
    let placement = &pod.spec.placement;
    let labels = &node.meta.labels;
    placement
        .node_selector
        .iter()
        .all(|(key, value)| labels.get(key) == Some(value))
        && placement
            .node_terms
            .as_deref()
            .is_none_or(|terms| terms.iter().any(|t| t.matches(&node.meta.name, labels)))
}

/// What a node has of its resources.
#[derive(Debug)]
pub(crate) struct Room {
    /// By resource, in thousandths: what it has in all for Pods, and what of this is not
    /// promised to any. Empty when the node has not reported its resources yet.
    resources: Vec<(Str, i64, i64)>,
}

impl Room {
    fn on(node: &Node, snapshot: &Snapshot) -> Self {
        let used = snapshot.used_on(&node.meta.name);
        let resources = node.allocatable.iter().map(|(resource, quantity)| {
            let used = used.and_then(|u| u.get(resource)).copied().unwrap_or(0);
            let allocatable = quantity.milli();
            let free = allocatable.saturating_sub(used).max(0);
            (Str::clone(resource), allocatable, free)
        });
        Self {
            resources: resources.collect(),
        }
    }

    /// What the node has in all and free of a resource.
    fn of(&self, resource: &str) -> (i64, i64) {
        let has = self.resources.iter().find(|(name, ..)| **name == *resource);
        has.map_or((0, 0), |(_, allocatable, free)| (*allocatable, *free))
    }

    fn shortages<'a>(&'a self, demand: &'a Amounts) -> impl Iterator<Item = Shortage> {
        let demanded = demand.iter().map(|(name, asked)| (Some(name), *asked));
        demanded
            // Every Pod takes one of the places for Pods.
            .chain(std::iter::once((None, 1000)))
            // A node that has not reported its resources says nothing about them.
            .filter(|(_, asked)| *asked > 0 && !self.resources.is_empty())
            .filter_map(|(name, asked)| {
                let resource = name.map_or("pods", |name| &**name);
                let (allocatable, free) = self.of(resource);
                (asked > free).then(|| Shortage {
                    resource: name.map_or_else(|| Str::from(resource), Str::clone),
                    asked,
                    free,
                    allocatable,
                })
            })
    }
}

/// All nodes and their room, by name. Many Pods are held against the same.
pub(crate) fn rooms(snapshot: &Snapshot) -> Vec<(&Node, Room)> {
    snapshot
        .nodes
        .iter()
        .map(|node| (node, Room::on(node, snapshot)))
        .collect()
}

/// The ports of the node that a Pod takes, with protocol and address.
fn host_ports(pod: &Pod) -> impl Iterator<Item = (i64, &str, &str)> {
    pod.spec
        .containers
        .iter()
        .flat_map(|c| c.ports.iter())
        .filter_map(|p| {
            let port = if pod.spec.host_network {
                Some(p.number)
            } else {
                p.host_port
            };
            Some((port.filter(|n| *n > 0)?, &*p.protocol, &*p.host_ip))
        })
}

/// The first of a Pod's ports of the node that another Pod there has, and that Pod.
pub(crate) fn port_holder<'a>(
    pod: &Pod,
    node: &str,
    snapshot: &'a Snapshot,
) -> Option<(i64, &'a Pod)> {
    host_ports(pod).find_map(|(port, protocol, ip)| {
        let any = |ip: &str| ip.is_empty() || ip == "0.0.0.0";
        snapshot
            .pods_on_node(node)
            .filter(|other| !other.is_finished())
            .find(|other| {
                host_ports(other)
                    .any(|(p, q, i)| p == port && q == protocol && (any(ip) || any(i) || ip == i))
            })
            .map(|holder| (port, holder))
    })
}

fn may_use_volumes(pod: &Pod, node: &Node, snapshot: &Snapshot) -> bool {
    pod.spec.volumes.iter().all(|volume| {
        let VolumeSource::Claim(name) = &volume.source else {
            return true;
        };
        let claim = snapshot.claims.get(&pod.meta.namespace, name);
        let volume = claim.and_then(|c| snapshot.volumes.get("", &c.volume));
        let terms = volume.and_then(|v| v.node_terms.as_deref());
        terms.is_none_or(|terms| {
            terms
                .iter()
                .any(|t| t.matches(&node.meta.name, &node.meta.labels))
        })
    })
}
