//! What other Pods mean for where a Pod may run: Pod affinity, anti-affinity and
//! topology spread (<https://kubernetes.io/docs/concepts/scheduling-eviction/>).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::fit::{Obstacle, is_selected};
use crate::facts::{Labels, Node, Pod, PodTerm, Spread};
use crate::snapshot::Snapshot;

/// The value of a topology key.
type Domain<'s> = &'s str;

/// What the other Pods mean for a Pod. All of them are looked at once, not for each node.
pub(super) struct Neighbours<'s> {
    pod: &'s Pod,
    snapshot: &'s Snapshot,
    /// By term of affinity: where it finds company.
    company: Vec<(&'s PodTerm, Company<'s>)>,
    /// By term of anti-affinity: where another Pod is, the first one by name.
    others: Vec<(&'s PodTerm, BTreeMap<Domain<'s>, &'s Pod>)>,
    /// By constraint: where how many Pods are.
    spreads: Vec<(&'s Spread, Counts<'s>)>,
}

/// Where a term of affinity finds a Pod that it asks for.
enum Company<'s> {
    In(BTreeSet<Domain<'s>>),
    /// It finds none, and means the Pod itself: the first Pod of a group may go anywhere.
    Anywhere,
}

/// How many Pods a constraint finds in each domain that the Pod may use.
struct Counts<'s> {
    of: HashMap<Domain<'s>, i64>,
    /// How many may be where one more is put.
    most: i64,
}

impl<'s> Neighbours<'s> {
    pub(super) fn of(pod: &'s Pod, snapshot: &'s Snapshot) -> Self {
        let placement = &pod.spec.placement;
        let placed = Placed::of(pod, snapshot);
        let company = placement.pod_affinity.iter();
        let others = placement.pod_anti_affinity.iter();
        let spreads = placement.spread.iter();
        Self {
            pod,
            snapshot,
            company: company.map(|t| (t, placed.company(t))).collect(),
            others: others.map(|t| (t, placed.others(t))).collect(),
            spreads: spreads
                .filter(|spread| &*spread.when_unsatisfiable == "DoNotSchedule")
                .map(|spread| (spread, placed.counts(spread)))
                .collect(),
        }
    }

    /// What of this keeps the Pod from a node.
    pub(super) fn obstacles(&self, node: &'s Node) -> Vec<Obstacle<'s>> {
        let domain = |key: &str| node.meta.labels.get(key).map(|domain| &**domain);
        let mut found = Vec::new();
        for (term, company) in &self.company {
            let is_there = domain(&term.topology_key).is_some_and(|domain| match company {
                Company::In(domains) => domains.contains(domain),
                Company::Anywhere => true,
            });
            if !is_there {
                found.push(Obstacle::Affinity(term.index));
            }
        }
        for (term, others) in &self.others {
            let there = domain(&term.topology_key).and_then(|domain| others.get(domain));
            found.extend(there.map(|other| Obstacle::AntiAffinity {
                term: Some(term.index),
                other,
            }));
        }
        // A Pod that is there may keep this one away too.
        let mut there = self.snapshot.pods_keeping_away(&node.meta.name);
        let refused = there.find(|other| {
            other.spec.placement.pod_anti_affinity.iter().any(|term| {
                domain(&term.topology_key).is_some()
                    && is_meant(other, term, self.pod, self.snapshot)
            }) && !other.is_finished()
        });
        if let Some(other) = refused
            && self.others.is_empty()
        {
            found.push(Obstacle::AntiAffinity { term: None, other });
        }
        for (spread, counts) in &self.spreads {
            let own = domain(&spread.topology_key);
            let there = own.map(|own| counts.of.get(own).copied().unwrap_or(0));
            if there.is_none_or(|there| there > counts.most) {
                found.push(Obstacle::Spread(spread.index));
            }
        }
        found
    }
}

/// The Pods that have a node, as one Pod looks at them.
struct Placed<'s> {
    pod: &'s Pod,
    snapshot: &'s Snapshot,
    /// The nodes by name; none when the Pod does not ask where others are.
    nodes: HashMap<&'s str, &'s Node>,
}

impl<'s> Placed<'s> {
    fn of(pod: &'s Pod, snapshot: &'s Snapshot) -> Self {
        let placement = &pod.spec.placement;
        let asks = !placement.pod_affinity.is_empty()
            || !placement.pod_anti_affinity.is_empty()
            || !placement.spread.is_empty();
        let nodes = asks.then(|| snapshot.nodes.iter().map(|n| (&*n.meta.name, n)));
        Self {
            pod,
            snapshot,
            nodes: nodes.into_iter().flatten().collect(),
        }
    }

    /// The other Pods on nodes that have not finished, by namespace and name.
    fn pods(&self) -> impl Iterator<Item = &'s Pod> {
        let pods = self.snapshot.pods.iter();
        pods.filter(|p| !p.node.is_empty() && !p.is_finished())
    }

    fn meant(&self, term: &'s PodTerm) -> impl Iterator<Item = &'s Pod> {
        self.pods()
            .filter(move |other| is_meant(self.pod, term, other, self.snapshot))
    }

    fn domain(&self, other: &Pod, key: &str) -> Option<Domain<'s>> {
        let node = self.nodes.get(&*other.node)?;
        node.meta.labels.get(key).map(|domain| &**domain)
    }

    fn company(&self, term: &'s PodTerm) -> Company<'s> {
        let mut found = self.meant(term).peekable();
        if found.peek().is_none() && is_meant(self.pod, term, self.pod, self.snapshot) {
            return Company::Anywhere;
        }
        Company::In(
            found
                .filter_map(|other| self.domain(other, &term.topology_key))
                .collect(),
        )
    }

    fn others(&self, term: &'s PodTerm) -> BTreeMap<Domain<'s>, &'s Pod> {
        let mut others = BTreeMap::new();
        for other in self.meant(term) {
            if let Some(domain) = self.domain(other, &term.topology_key) {
                others.entry(domain).or_insert(other);
            }
        }
        others
    }

    fn counts(&self, spread: &'s Spread) -> Counts<'s> {
        let usable = self.nodes.iter().filter(|(_, n)| is_selected(self.pod, n));
        let domains: HashMap<&str, Domain<'s>> = usable
            .filter_map(|(name, node)| {
                Some((*name, &**node.meta.labels.get(&spread.topology_key)?))
            })
            .collect();
        let mut of: HashMap<Domain<'s>, i64> = domains.values().map(|d| (*d, 0)).collect();
        let siblings = self.snapshot.pods.in_namespace(&self.pod.meta.namespace);
        for other in siblings
            .filter(|p| !p.is_finished() && !p.is_terminating())
            .filter(|p| counts_for(self.pod, spread, p))
        {
            let domain = domains.get(&*other.node);
            if let Some(count) = domain.and_then(|domain| of.get_mut(domain)) {
                *count += 1;
            }
        }
        let too_few = |least| i64::try_from(of.len()).is_ok_and(|domains| domains < least);
        let least = if spread.min_domains.is_some_and(too_few) {
            0
        } else {
            of.values().copied().min().unwrap_or(0)
        };
        let itself = i64::from(counts_for(self.pod, spread, self.pod));
        Counts {
            of,
            most: spread.max_skew.saturating_add(least - itself),
        }
    }
}

/// Whether a term of `pod` means `other`.
fn is_meant(pod: &Pod, term: &PodTerm, other: &Pod, snapshot: &Snapshot) -> bool {
    let namespace = &other.meta.namespace;
    let listed = term.namespaces.contains(namespace);
    let selected = || {
        let labels = snapshot
            .namespaces
            .get("", namespace)
            .map(|n| &*n.meta.labels);
        let none = Labels::default();
        term.namespace_selector
            .as_ref()
            .is_some_and(|s| s.matches(labels.unwrap_or(&none)))
    };
    let own = term.namespaces.is_empty()
        && term.namespace_selector.is_none()
        && *namespace == pod.meta.namespace;
    (own || listed || selected()) && term.selector.matches(&other.meta.labels)
}

/// Whether a constraint of `pod` counts `other`: its selector matches, and of the labels in
/// `matchLabelKeys` it has those of `pod`. The scheduler passes over keys that `pod` lacks.
fn counts_for(pod: &Pod, spread: &Spread, other: &Pod) -> bool {
    spread.selector.matches(&other.meta.labels)
        && spread.match_label_keys.iter().all(|key| {
            let own = pod.meta.labels.get(key);
            own.is_none() || own == other.meta.labels.get(key)
        })
}
