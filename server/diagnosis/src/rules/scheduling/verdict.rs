//! Why the scheduler finds no node for a Pod: the scheduler's own words, and what the
//! nodes show.

use std::sync::Arc;

use crate::facts::{Condition, Node, Pod, Str};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::fitting::{Blame, Fits, Judged, Shortage, rooms};
use crate::patience::SCALE_UP;
use crate::proof;
use crate::remembered::Same;
use crate::snapshot::Snapshot;

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
    let Findings {
        fits,
        rooms: known_rooms,
        ..
    } = findings;
    let fits = fits.recall(template, |_| {
        let rooms = known_rooms.recall((), |()| rooms(snapshot).into());
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

/// The scheduler's reasons, without what it says of preemption after them.
pub(super) fn reasons(message: &str) -> &str {
    message
        .split_once(" preemption:")
        .map_or(message, |(reasons, _)| reasons)
}

/// Whether an autoscaler has said within ten minutes that it adds a node for the Pod.
fn is_scaling_up(pod: &Pod, snapshot: &Snapshot) -> bool {
    snapshot
        .events_of(pod)
        .find(|e| {
            matches!(
                &*e.reason,
                "TriggeredScaleUp" | "NotTriggerScaleUp" | "Nominated"
            )
        })
        .is_some_and(|e| &*e.reason != "NotTriggerScaleUp" && !SCALE_UP.has_ended(e.last, snapshot))
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
