//! Who removes a finalizer: the controller that put it on an object.
//!
//! Nothing in the object names it. By convention a finalizer is called after the domain of its
//! controller, and so are the workloads that controllers run in.

use podside_model::ObjectRef;

use crate::facts::{Kind, Object};
use crate::snapshot::Snapshot;

/// What is known of the controller that must remove a finalizer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// One of Kubernetes itself, which is there for as long as the cluster is.
    OfKubernetes,
    /// It is probably this workload.
    Probably(ObjectRef),
    /// All workloads are known, and none is named like it.
    Gone,
    /// Not all workloads may be seen.
    Unknown,
}

/// Words of finalizers and workloads that many share, so that they say nothing of whose they are.
const COMMON: &[&str] = &[
    "app",
    "apps",
    "cluster",
    "cloud",
    "controller",
    "dev",
    "finalizer",
    "finalizers",
    "internal",
    "kubernetes",
    "local",
    "manager",
    "operator",
    "protection",
    "resource",
    "resources",
    "cleanup",
    "system",
];

/// The shortest word that tells one controller from another.
const SHORTEST: usize = 4;

/// Who removes a finalizer, by its name.
pub(super) fn of(finalizer: &str, snapshot: &Snapshot) -> Owner {
    let words = words(finalizer);
    let known = [
        snapshot.deployments.unreadable("").is_none(),
        snapshot.stateful_sets.unreadable("").is_none(),
        snapshot.daemon_sets.unreadable("").is_none(),
    ];
    let deployments = snapshot
        .deployments
        .iter()
        .map(|o| (o.object_ref(), &o.meta));
    let stateful_sets = snapshot
        .stateful_sets
        .iter()
        .map(|o| (o.object_ref(), &o.meta));
    let daemon_sets = snapshot
        .daemon_sets
        .iter()
        .map(|o| (o.object_ref(), &o.meta));
    let mut workloads = deployments.chain(stateful_sets).chain(daemon_sets);
    let is_named = |name: &str| words.iter().any(|word| has_word(name, word));
    let found = workloads.find(|(_, meta)| is_named(&meta.name) || is_named(&meta.namespace));
    match found {
        Some((object, _)) => Owner::Probably(object),
        None if super::finalizer_stuck::is_kubernetes(finalizer) => Owner::OfKubernetes,
        None if known.contains(&false) => Owner::Unknown,
        None => Owner::Gone,
    }
}

/// The command that lists the workloads in which controllers run.
pub(super) fn listing() -> String {
    let kinds = [Kind::Deployment, Kind::StatefulSet, Kind::DaemonSet].map(Kind::plural);
    format!("kubectl get {} -A", kinds.join(","))
}

/// The words of a finalizer that may be its controller's name: the labels of its domain but the
/// last, and what stands behind the domain.
fn words(finalizer: &str) -> Vec<String> {
    let (domain, rest) = finalizer.split_once('/').unwrap_or((finalizer, ""));
    let domain = domain.rsplit_once('.').map_or(domain, |(labels, _)| labels);
    let parts = domain.split('.').chain(rest.split('/'));
    let words = parts.filter(|part| part.len() >= SHORTEST && !COMMON.contains(part));
    words.map(str::to_lowercase).collect()
}

/// Whether a name has a word as a part between hyphens.
fn has_word(name: &str, word: &str) -> bool {
    name == word
        || name
            .strip_prefix(word)
            .is_some_and(|rest| rest.starts_with('-'))
        || name
            .strip_suffix(word)
            .is_some_and(|rest| rest.ends_with('-'))
        || name.contains(&format!("-{word}-"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::check;

    const DEPLOYMENT: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: ledger-operator, namespace: platform, uid: d}
spec: {replicas: 1}
";

    #[test]
    fn it_is_known_by_the_words_of_its_name() {
        assert_eq!(
            words("ledger.example.com/unlock"),
            ["ledger", "example", "unlock"]
        );
        assert_eq!(
            words("resources-finalizer.argocd.argoproj.io"),
            ["resources-finalizer", "argocd", "argoproj"]
        );
        let cluster = check(DEPLOYMENT);
        assert!(
            matches!(of("ledger.acme.io/unlock", cluster.snapshot()), Owner::Probably(it) if it.name == "ledger-operator")
        );
        assert_eq!(of("book.acme.io/unlock", cluster.snapshot()), Owner::Gone);
        assert_eq!(
            of("kubernetes.io/pvc-protection", cluster.snapshot()),
            Owner::OfKubernetes
        );
    }

    #[test]
    fn who_may_not_see_all_workloads_does_not_say_that_it_is_gone() {
        let cluster = check(DEPLOYMENT).denying("daemonsets");
        assert_eq!(
            of("book.acme.io/unlock", cluster.snapshot()),
            Owner::Unknown
        );
    }
}
