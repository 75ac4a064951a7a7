use std::collections::BTreeMap;

use super::fields::Fields;
use super::selector::{Requirement, Selector};
use super::sharing::Str;

/// What a Pod's `spec` says about where it may run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Placement {
    /// `nodeSelector`.
    pub node_selector: BTreeMap<Str, Str>,
    /// Required node affinity: `nodeSelectorTerms`, of which one must match.
    pub node_terms: Option<Box<[NodeTerm]>>,
    /// Required Pod affinity terms.
    pub pod_affinity: Box<[PodTerm]>,
    /// Required Pod anti-affinity terms.
    pub pod_anti_affinity: Box<[PodTerm]>,
    /// `tolerations`.
    pub tolerations: Box<[Toleration]>,
    /// `topologySpreadConstraints`.
    pub spread: Box<[Spread]>,
    /// `schedulerName`; empty when absent.
    pub scheduler: Str,
    /// `schedulingGates[].name`.
    pub gates: Box<[Str]>,
    /// `priorityClassName`; empty when absent.
    pub priority_class: Str,
    /// `priority`.
    pub priority: Option<i64>,
    /// `runtimeClassName`; empty when absent.
    pub runtime_class: Str,
}

/// One node selector term: all of its requirements must hold.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct NodeTerm {
    /// `matchExpressions`, over node labels.
    pub labels: Box<[Requirement]>,
    /// `matchFields`, over node fields (`metadata.name` only).
    pub fields: Box<[Requirement]>,
}

/// One required Pod affinity or anti-affinity term.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PodTerm {
    /// Its index in the list.
    pub index: usize,
    /// `labelSelector`.
    pub selector: Selector,
    /// `topologyKey`.
    pub topology_key: Str,
    /// `namespaces`; empty for the Pod's own.
    pub namespaces: Box<[Str]>,
    /// `namespaceSelector`, when set.
    pub namespace_selector: Option<Selector>,
}

/// One of a Pod's `tolerations`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Toleration {
    /// `key`; empty for every key.
    pub key: Str,
    /// `operator`; `Equal` when absent.
    pub operator: Str,
    /// `value`.
    pub value: Str,
    /// `effect`; empty for every effect.
    pub effect: Str,
    /// `tolerationSeconds`.
    pub seconds: Option<i64>,
}

/// One of a Pod's `topologySpreadConstraints`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Spread {
    /// Its index in the list.
    pub index: usize,
    /// `maxSkew`.
    pub max_skew: i64,
    /// `topologyKey`.
    pub topology_key: Str,
    /// `whenUnsatisfiable`: `DoNotSchedule` or `ScheduleAnyway`.
    pub when_unsatisfiable: Str,
    /// `labelSelector`.
    pub selector: Selector,
    /// `minDomains`.
    pub min_domains: Option<i64>,
    /// `matchLabelKeys`: labels in which the Pods that are counted are like the Pod itself.
    pub match_label_keys: Box<[Str]>,
}

impl Placement {
    pub(crate) fn read(spec: Fields<'_>) -> Self {
        const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";
        let affinity = spec.at("affinity");
        let node = affinity.at("nodeAffinity").at(REQUIRED);
        Self {
            node_selector: spec.map("nodeSelector"),
            node_terms: node.exists().then(|| {
                node.list("nodeSelectorTerms")
                    .map(|(_, t)| NodeTerm::read(t))
                    .collect()
            }),
            pod_affinity: pod_terms(affinity.at("podAffinity"), REQUIRED),
            pod_anti_affinity: pod_terms(affinity.at("podAntiAffinity"), REQUIRED),
            tolerations: spec
                .list("tolerations")
                .map(|(_, t)| toleration(t))
                .collect(),
            spread: spec.list("topologySpreadConstraints").map(spread).collect(),
            scheduler: spec.name("schedulerName"),
            gates: spec
                .list("schedulingGates")
                .filter_map(|(_, g)| g.filled("name"))
                .collect(),
            priority_class: spec.name("priorityClassName"),
            priority: spec.int("priority"),
            runtime_class: spec.name("runtimeClassName"),
        }
    }
}

impl NodeTerm {
    pub(crate) fn read(term: Fields<'_>) -> Self {
        Self {
            labels: Requirement::list(term, "matchExpressions"),
            fields: Requirement::list(term, "matchFields"),
        }
    }

    /// Whether a node of that name and with those labels satisfies the term. A term
    /// without requirements matches nothing.
    pub fn matches(&self, name: &str, labels: &BTreeMap<Str, Str>) -> bool {
        if self.labels.is_empty() && self.fields.is_empty() {
            return false;
        }
        self.labels
            .iter()
            .all(|r| r.matches(labels.get(&r.key).map(|v| &**v)))
            && self
                .fields
                .iter()
                .all(|r| r.matches((&*r.key == "metadata.name").then_some(name)))
    }
}

impl Toleration {
    /// Whether this toleration tolerates a taint, as
    /// <https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/> tells it.
    pub fn tolerates(&self, key: &str, value: &str, effect: &str) -> bool {
        if !self.effect.is_empty() && &*self.effect != effect {
            return false;
        }
        if !self.key.is_empty() && &*self.key != key {
            return false;
        }
        match &*self.operator {
            "Exists" => true,
            "Gt" | "Lt" => match (value.parse::<i64>(), self.value.parse::<i64>()) {
                (Ok(taint), Ok(own)) if &*self.operator == "Gt" => taint > own,
                (Ok(taint), Ok(own)) => taint < own,
                _ => false,
            },
            _ => !self.key.is_empty() && &*self.value == value,
        }
    }
}

fn pod_terms(affinity: Fields<'_>, required: &str) -> Box<[PodTerm]> {
    affinity
        .list(required)
        .map(|(index, term)| PodTerm {
            index,
            selector: Selector::read(term.at("labelSelector")),
            topology_key: term.name("topologyKey"),
            namespaces: term.strs("namespaces").into(),
            namespace_selector: Some(term.at("namespaceSelector"))
                .filter(|s| s.exists())
                .map(Selector::read),
        })
        .collect()
}

fn toleration(toleration: Fields<'_>) -> Toleration {
    Toleration {
        key: toleration.name("key"),
        operator: toleration
            .filled("operator")
            .unwrap_or_else(|| toleration.sharing().str("Equal")),
        value: toleration.name("value"),
        effect: toleration.name("effect"),
        seconds: toleration.int("tolerationSeconds"),
    }
}

fn spread((index, spread): (usize, Fields<'_>)) -> Spread {
    Spread {
        index,
        max_skew: spread.int("maxSkew").unwrap_or(1),
        topology_key: spread.name("topologyKey"),
        when_unsatisfiable: spread.name("whenUnsatisfiable"),
        selector: Selector::read(spread.at("labelSelector")),
        min_domains: spread.int("minDomains"),
        match_label_keys: spread.strs("matchLabelKeys").into(),
    }
}
