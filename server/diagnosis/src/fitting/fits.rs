//! What is to blame that the Pods of a template get no node, as far as the nodes show it.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::fit::{Asker, Obstacle, Room, Shortage};
use crate::facts::{Labels, Node, Pod, PodSpec, Str};
use crate::remembered::Same;
use crate::snapshot::Snapshot;

/// What is to blame that a Pod gets no node: the obstacle whose removal would give it
/// one. In the order in which ties are settled: what is easiest to give comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Blame {
    /// The state of nodes that would take the Pod: cordoned, not ready, under pressure.
    State,
    /// A resource that is used up.
    UsedUp,
    /// A hostPort that is taken.
    HostPort,
    /// Pod anti-affinity.
    AntiAffinity,
    /// Pod affinity.
    Affinity,
    /// Topology spread.
    Spread,
    /// A resource of which a node has less in all than is requested.
    TooLarge,
    /// A taint that keeps a node for others.
    Taint,
    /// A resource that a node does not have at all, such as a GPU.
    Lacks,
    /// A taint that keeps a node for the control plane.
    Reserved,
    /// nodeSelector or node affinity.
    Selector,
}

/// One node and all that keeps the Pod from it.
#[derive(Debug)]
pub(crate) struct Judged<'s> {
    /// The node.
    pub(crate) node: &'s Node,
    /// What keeps the Pod from it.
    pub(crate) obstacles: Vec<Obstacle<'s>>,
    /// What of this is to blame; `None` when nothing keeps the Pod from it.
    pub(crate) blame: Option<Blame>,
}

/// What keeps the Pods of one template from the nodes.
#[derive(Debug)]
pub(crate) struct Fits<'s> {
    /// All nodes; none when they could not be read.
    pub(crate) nodes: Vec<Judged<'s>>,
    /// What is to blame, as far as the nodes show it.
    pub(crate) blame: Option<Blame>,
    /// The node that is nearest to taking a Pod, of those that a blame names, and the
    /// resource that it is short of.
    pub(crate) nearest: OnceLock<(Blame, Option<(&'s Node, Shortage)>)>,
}

/// What makes Pods alike for the nodes, if none of them has one: those of one template are.
pub(crate) type TemplateOf = (Str, Same<Labels>, Same<PodSpec>);

impl<'s> Fits<'s> {
    pub(crate) fn of(pod: &'s Pod, snapshot: &'s Snapshot, rooms: &[(&'s Node, Room)]) -> Self {
        let asker = Asker::of(pod, snapshot);
        let nodes = rooms.iter().map(|(node, room)| {
            let obstacles = asker.obstacles(node, room);
            Judged {
                node,
                blame: blame_of(&obstacles),
                obstacles,
            }
        });
        let nodes: Vec<Judged<'_>> = nodes.collect();
        Self {
            blame: blame(&nodes),
            nodes,
            nearest: OnceLock::new(),
        }
    }
}

/// What is to blame, by what keeps the Pod from each node. Nodes that the Pod's selector
/// excludes count only when it excludes all. Among the others, what alone keeps it from
/// most nodes is to blame; taints that keep a node for others, and nodes that lack the
/// resource altogether, only when nothing else is.
fn blame(nodes: &[Judged<'_>]) -> Option<Blame> {
    let is_excluded = |n: &&Judged<'_>| n.obstacles.iter().any(|o| matches!(o, Obstacle::Selector));
    if nodes.iter().all(|n| is_excluded(&n)) {
        return (!nodes.is_empty()).then_some(Blame::Selector);
    }
    let mut counts: BTreeMap<Blame, usize> = BTreeMap::new();
    for node in nodes.iter().filter(|n| !is_excluded(n)) {
        *counts.entry(node.blame?).or_insert(0) += 1;
    }
    let late = |blame: &Blame| matches!(blame, Blame::Taint | Blame::Lacks | Blame::Reserved);
    let most = counts
        .iter()
        .filter(|(blame, _)| !late(blame))
        .max_by_key(|(blame, count)| (**count, std::cmp::Reverse(**blame)));
    most.or_else(|| counts.first_key_value())
        .map(|(blame, _)| *blame)
}

/// What alone keeps a Pod from one node. Of obstacles of several kinds, the one that is
/// hardest to remove is to blame.
fn blame_of(obstacles: &[Obstacle<'_>]) -> Option<Blame> {
    obstacles
        .iter()
        .map(|obstacle| match obstacle {
            // What a volume demands is said of the volume.
            Obstacle::Selector | Obstacle::Volume => Blame::Selector,
            Obstacle::Cordoned | Obstacle::State(_) => Blame::State,
            Obstacle::Taint(t) if t.key.starts_with("node-role.kubernetes.io/") => Blame::Reserved,
            Obstacle::Taint(_) => Blame::Taint,
            Obstacle::Resource(s) if s.allocatable == 0 => Blame::Lacks,
            Obstacle::Resource(s) if s.asked > s.allocatable => Blame::TooLarge,
            Obstacle::Resource(_) => Blame::UsedUp,
            Obstacle::HostPort { .. } => Blame::HostPort,
            Obstacle::Affinity(_) => Blame::Affinity,
            Obstacle::AntiAffinity { .. } => Blame::AntiAffinity,
            Obstacle::Spread(_) => Blame::Spread,
        })
        .max()
}
