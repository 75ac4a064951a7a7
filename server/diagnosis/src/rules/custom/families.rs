//! How custom resources hang together: what is made from which, and which needs which.

use std::collections::HashMap;

use podside_model::ObjectRef;

use crate::facts::{Condition, KindRef, Object, Other, Str};
use crate::snapshot::Snapshot;

/// The longest way from an object down to the one at which it fails. cert-manager's is four
/// long.
const LONGEST: usize = 6;

/// States with which a part of something says that it is done.
const DONE: &[&str] = &["valid", "ready", "Succeeded", "Completed", "COMPLETED"];

/// An API group and a kind of it.
type GroupKind = (&'static str, &'static str);

/// What controllers make step by step from an object: its group and kind, and the groups and
/// kinds of the steps.
const STEPS: &[(&str, &str, &[GroupKind])] = &[(
    "cert-manager.io",
    "Certificate",
    &[
        ("cert-manager.io", "CertificateRequest"),
        ("acme.cert-manager.io", "Order"),
        ("acme.cert-manager.io", "Challenge"),
    ],
)];

/// The kinds of the steps in which an object is made; none for most.
pub(super) fn steps(other: &Other) -> impl Iterator<Item = KindRef> {
    let of = (other.group(), &*other.kind);
    let known = STEPS.iter().find(|(group, kind, _)| (*group, *kind) == of);
    let steps = known.map_or(&[][..], |(_, _, steps)| steps);
    steps.iter().map(|(group, kind)| KindRef {
        name: Str::from(*kind),
        group: Str::from(*group),
    })
}

/// The custom resources of a snapshot, by what they were made from and what they need.
pub(super) struct Families<'a> {
    by_owner: HashMap<&'a Str, Vec<&'a Other>>,
    by_need: HashMap<ObjectRef, Vec<&'a Other>>,
}

impl<'a> Families<'a> {
    pub(super) fn of(snapshot: &'a Snapshot) -> Self {
        let mut families = Self {
            by_owner: HashMap::new(),
            by_need: HashMap::new(),
        };
        for other in snapshot.others.seen() {
            let owner = other.meta.controller().map(|owner| &owner.uid);
            if let Some(owner) = owner.filter(|uid| !uid.is_empty()) {
                families.by_owner.entry(owner).or_default().push(other);
            }
            for need in &other.needs {
                let object = need.kind.object(&need.namespace, &need.name);
                families.by_need.entry(object).or_default().push(other);
            }
        }
        families
    }

    /// The way from an object down to the part at which it fails, the object not among them:
    /// the newest part of each that is not done.
    pub(super) fn way_down(&self, from: &'a Other) -> Vec<&'a Other> {
        let mut way: Vec<&Other> = Vec::new();
        let mut at = from;
        for _ in 0..LONGEST {
            let parts = self
                .by_owner
                .get(&at.meta.uid)
                .map_or(&[][..], Vec::as_slice);
            let open = parts.iter().copied().filter(|part| !is_done(part));
            let newest = open.max_by_key(|part| (part.meta.created, &part.meta.name));
            let Some(part) = newest else { break };
            way.push(part);
            at = part;
        }
        way
    }

    /// The objects that need this one.
    pub(super) fn in_need_of(&self, object: &Other) -> &[&'a Other] {
        let users = self.by_need.get(&object.object_ref());
        users.map_or(&[], Vec::as_slice)
    }
}

fn is_done(part: &Other) -> bool {
    let is_ready = |condition: &Condition| &*condition.kind == "Ready" && condition.is_true();
    part.conditions.iter().any(is_ready)
        || part.states.iter().any(|it| DONE.contains(&&*it.value))
        || DONE.contains(&&*part.phase)
}
