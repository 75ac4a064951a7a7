//! What NetworkPolicies let through, as Kubernetes defines it
//! (<https://kubernetes.io/docs/concepts/services-networking/network-policies/>): a Pod that
//! some policy selects for a direction gets or sends only what some such policy allows.

use std::net::IpAddr;

use super::cidr::contains;
use crate::facts::{NetworkPolicy, Peer, Pod, PolicyRule};
use crate::snapshot::Snapshot;

/// Which way traffic goes, seen from the Pod that a policy selects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::rules) enum Direction {
    /// To the Pod.
    In,
    /// From the Pod.
    Out,
}

/// The port that is to be reached on a Pod.
#[derive(Clone, Copy, Debug)]
pub(super) struct Port<'a> {
    pub(super) protocol: &'a str,
    pub(super) number: i64,
    /// The container port's own name; empty when it has none.
    pub(super) name: &'a str,
}

/// The policy that keeps a Pod and another one apart: of those that select the Pod in that
/// direction none allows the other one and the port. Of several the one is given that allows
/// least. `None` when they may talk, or none selects the Pod.
pub(super) fn between<'a>(
    pod: &Pod,
    direction: Direction,
    other: &Pod,
    port: Port<'_>,
    snapshot: &'a Snapshot,
) -> Option<&'a NetworkPolicy> {
    let mut isolating: Vec<&NetworkPolicy> = Vec::new();
    for policy in isolating_of(pod, direction, snapshot) {
        let mut rules = rules(policy, direction).iter();
        if rules.any(|rule| allows(rule, policy, other, port, snapshot)) {
            return None;
        }
        isolating.push(policy);
    }
    isolating
        .into_iter()
        .min_by_key(|p| (rules(p, direction).len(), &p.meta.name))
}

/// The policies that select a Pod in a direction. Pods in the network of their node are not
/// meant: what a policy does to them is not defined.
pub(in crate::rules) fn isolating_of<'a>(
    pod: &Pod,
    direction: Direction,
    snapshot: &'a Snapshot,
) -> impl Iterator<Item = &'a NetworkPolicy> {
    snapshot
        .network_policies
        .in_namespace(&pod.meta.namespace)
        .filter(move |policy| match direction {
            Direction::In => policy.governs_ingress,
            Direction::Out => policy.governs_egress,
        })
        .filter(|policy| !pod.spec.host_network && policy.pods.matches(&pod.meta.labels))
}

fn rules(policy: &NetworkPolicy, direction: Direction) -> &[PolicyRule] {
    match direction {
        Direction::In => &policy.ingress,
        Direction::Out => &policy.egress,
    }
}

fn allows(
    rule: &PolicyRule,
    policy: &NetworkPolicy,
    other: &Pod,
    port: Port<'_>,
    snapshot: &Snapshot,
) -> bool {
    let peer = rule.peers.is_empty()
        || rule
            .peers
            .iter()
            .any(|peer| is_meant(peer, policy, other, snapshot));
    peer && (rule.ports.is_empty()
        || rule
            .ports
            .iter()
            .any(|p| p.allows(port.protocol, port.number, port.name)))
}

/// Whether a peer of a rule is that Pod. What cannot be told counts as yes.
fn is_meant(peer: &Peer, policy: &NetworkPolicy, pod: &Pod, snapshot: &Snapshot) -> bool {
    match peer {
        Peer::Block { cidr, except } => pod.ip.parse::<IpAddr>().map_or(true, |address| {
            contains(cidr, address) && !except.iter().any(|range| contains(range, address))
        }),
        Peer::Pods { pods, namespaces } => {
            let namespace = match namespaces {
                None => pod.meta.namespace == policy.meta.namespace,
                Some(selector) if selector.is_all() => true,
                Some(selector) => snapshot
                    .namespaces
                    .get("", &pod.meta.namespace)
                    .is_none_or(|namespace| selector.matches(&namespace.meta.labels)),
            };
            namespace
                && pods
                    .as_ref()
                    .is_none_or(|selector| selector.matches(&pod.meta.labels))
        }
    }
}
