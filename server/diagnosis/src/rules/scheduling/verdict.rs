//! Why the scheduler finds no node for a Pod: the scheduler's own words, and what the
//! nodes show.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use super::fit::{self, Asker, Obstacle, Room, Shortage};
use crate::facts::{Condition, Labels, Node, Pod, PodSpec, Str};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::proof;
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
    blame: Option<Blame>,
}

/// What keeps the Pods of one template from the nodes.
#[derive(Debug)]
pub(crate) struct Fits<'s> {
    /// All nodes; none when they could not be read.
    nodes: Vec<Judged<'s>>,
    /// What is to blame, as far as the nodes show it.
    blame: Option<Blame>,
    /// The node that is nearest to taking a Pod, of those that a blame names, and the
    /// resource that it is short of.
    nearest: OnceLock<(Blame, Option<(&'s Node, Shortage)>)>,
}

/// What makes Pods alike for the nodes, if none of them has one: those of one template are.
pub(crate) type TemplateOf = (Str, Same<Labels>, Same<PodSpec>);

/// Why a Pod gets no node.
pub(crate) struct Verdict<'s> {
    /// The condition `PodScheduled`, with the scheduler's words.
    pub(crate) condition: &'s Condition,
    fits: Arc<Fits<'s>>,
    /// What is to blame.
    pub(crate) blame: Blame,
}

/// What the scheduler says of each kind of obstacle, from 1.27 to 1.36, the surest
/// first.
const WORDS: &[(Blame, &[&str])] = &[
    (Blame::UsedUp, &["Insufficient ", "Too many pods"]),
    (
        Blame::HostPort,
        &["have free ports for the requested pod ports"],
    ),
    (
        Blame::AntiAffinity,
        &[
            "match pod anti-affinity rules",
            "satisfy existing pods anti-affinity rules",
        ],
    ),
    (Blame::Affinity, &["match pod affinity rules"]),
    (Blame::Spread, &["match pod topology spread constraints"]),
    (Blame::State, &["were unschedulable"]),
    (
        Blame::Taint,
        &["had untolerated taint", "that the pod didn't tolerate"],
    ),
    (
        Blame::Selector,
        &[
            "match Pod's node affinity",
            "match node selector",
            "match node affinity",
            "pod affinity terms conflict",
            "match scheduler-enforced node affinity",
        ],
    ),
];

/// Why the scheduler finds no node for a Pod, when one of these kinds is to blame.
///
/// `None` for a Pod that has a node, that the scheduler has not judged, that is about to
/// get the room of another (`nominatedNodeName`), or that an autoscaler makes room for.
pub(crate) fn verdict<'s>(
    pod: &'s Pod,
    snapshot: &'s Snapshot,
    findings: &mut Findings<'s>,
    kinds: &[Blame],
) -> Option<Verdict<'s>> {
    let condition = pod
        .condition("PodScheduled")
        .filter(|_| pod.is_unscheduled() && pod.nominated_node.is_empty())
        .filter(|c| c.is_false() && &*c.reason == "Unschedulable")?;
    let said = reasons(condition.message.as_deref().unwrap_or_default());
    // Most Pods wait for another reason than the one that is asked for.
    let possible = WORDS.iter().any(|(blame, words)| {
        kinds.iter().any(|kind| same_words(*kind, *blame)) && words.iter().any(|w| said.contains(w))
    });
    if !possible || is_scaling_up(pod, snapshot) {
        return None;
    }
    let meta = &pod.meta;
    let template = (
        Str::clone(&meta.namespace),
        Same::of(&meta.labels),
        Same::of(&pod.spec),
    );
    let Findings { fits, rooms, .. } = findings;
    let fits = fits.recall(template, |_| {
        let rooms = rooms.recall((), |()| fit::rooms(snapshot).into());
        Arc::new(Fits::of(pod, snapshot, &rooms))
    });
    let blame = fits
        .blame
        .filter(|blame| is_said(*blame, said))
        .or_else(|| by_words(said))?;
    kinds.contains(&blame).then_some(Verdict {
        condition,
        fits,
        blame,
    })
}

impl<'s> Verdict<'s> {
    /// A problem of the Pod's owner, with the scheduler's words as its proof.
    pub(crate) fn finding(&self, pod: &Pod, snapshot: &Snapshot) -> Finding {
        Finding::on_pod(snapshot, pod)
            .arg("nodes", self.nodes().len())
            .proof(proof::condition(pod, self.condition, "message"))
            .since(self.condition.changed.or(pod.meta.created))
    }

    /// All nodes; none when they could not be read.
    pub(crate) fn nodes(&self) -> &[Judged<'s>] {
        &self.fits.nodes
    }

    /// What `find` makes of the nodes, once for the Pods of a template: whatever looks for
    /// the nearest node looks for it in the same way.
    pub(super) fn nearest(
        &self,
        find: impl Fn(&Self) -> Option<(&'s Node, Shortage)>,
    ) -> Option<(&'s Node, Shortage)> {
        let (of, nearest) = self.fits.nearest.get_or_init(|| (self.blame, find(self)));
        if *of == self.blame {
            nearest.clone()
        } else {
            find(self)
        }
    }

    /// The nodes that only obstacles of one kind keep from taking the Pod.
    pub(crate) fn blamed(&self) -> impl Iterator<Item = &Judged<'s>> {
        self.nodes().iter().filter(|n| n.blame == Some(self.blame))
    }
}

impl<'s> Fits<'s> {
    fn of(pod: &'s Pod, snapshot: &'s Snapshot, rooms: &[(&'s Node, Room)]) -> Self {
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

/// The scheduler's reasons, without what it says of preemption after them.
pub(super) fn reasons(message: &str) -> &str {
    message
        .split_once(" preemption:")
        .map_or(message, |(reasons, _)| reasons)
}

/// Whether an autoscaler has said within ten minutes that it adds a node for the Pod.
fn is_scaling_up(pod: &Pod, snapshot: &Snapshot) -> bool {
    const PATIENCE: i64 = 600;
    snapshot
        .events_of(pod)
        .find(|e| {
            matches!(
                &*e.reason,
                "TriggeredScaleUp" | "NotTriggerScaleUp" | "Nominated"
            )
        })
        .is_some_and(|e| {
            &*e.reason != "NotTriggerScaleUp"
                && e.last.is_some_and(|at| !snapshot.has_passed(at, PATIENCE))
        })
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

/// Which words of the scheduler tell of a kind of obstacle.
fn same_words(a: Blame, b: Blame) -> bool {
    let words = |blame| match blame {
        Blame::TooLarge | Blame::Lacks => Blame::UsedUp,
        Blame::Reserved => Blame::Taint,
        other => other,
    };
    // A node's state is a taint too.
    words(a) == words(b) || (a == Blame::State && b == Blame::Taint)
}

fn is_said(blame: Blame, said: &str) -> bool {
    WORDS
        .iter()
        .filter(|(kind, _)| same_words(blame, *kind))
        .any(|(_, words)| words.iter().any(|w| said.contains(w)))
}

fn by_words(said: &str) -> Option<Blame> {
    WORDS
        .iter()
        .find(|(_, words)| words.iter().any(|w| said.contains(w)))
        .map(|(blame, _)| *blame)
}
