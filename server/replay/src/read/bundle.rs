//! Troubleshoot support bundles: `cluster-resources/` with a file a kind and
//! namespace, and `cluster-resources/pods/logs/NAMESPACE/POD/CONTAINER.log`
//! (<https://troubleshoot.sh/docs/collect/cluster-resources/>).

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{lists, objects::Objects, times, tree::Tree};
use crate::{
    catalogue::Catalogue,
    error::Result,
    recording::{ContainerLog, LogKey, Recording},
};

const RESOURCES: &str = "cluster-resources/";
const VERSION: &str = "cluster-info/cluster_version.json";

/// What the files of a folder or name hold, where their items do not say.
const KINDS: [(&str, &str, &str); 30] = [
    (
        "clusterrolebindings",
        "rbac.authorization.k8s.io/v1",
        "ClusterRoleBinding",
    ),
    (
        "clusterroles",
        "rbac.authorization.k8s.io/v1",
        "ClusterRole",
    ),
    ("configmaps", "v1", "ConfigMap"),
    ("cronjobs", "batch/v1", "CronJob"),
    (
        "custom-resource-definitions",
        "apiextensions.k8s.io/v1",
        "CustomResourceDefinition",
    ),
    ("daemonsets", "apps/v1", "DaemonSet"),
    ("deployments", "apps/v1", "Deployment"),
    ("endpoints", "v1", "Endpoints"),
    ("endpointslices", "discovery.k8s.io/v1", "EndpointSlice"),
    ("events", "v1", "Event"),
    ("ingress", "networking.k8s.io/v1", "Ingress"),
    ("jobs", "batch/v1", "Job"),
    ("leases", "coordination.k8s.io/v1", "Lease"),
    ("limitranges", "v1", "LimitRange"),
    ("namespaces", "v1", "Namespace"),
    ("network-policy", "networking.k8s.io/v1", "NetworkPolicy"),
    ("nodes", "v1", "Node"),
    ("pod-disruption-budgets", "policy/v1", "PodDisruptionBudget"),
    ("pods", "v1", "Pod"),
    ("priorityclasses", "scheduling.k8s.io/v1", "PriorityClass"),
    ("pvcs", "v1", "PersistentVolumeClaim"),
    ("pvs", "v1", "PersistentVolume"),
    ("replicasets", "apps/v1", "ReplicaSet"),
    ("resource-quota", "v1", "ResourceQuota"),
    (
        "rolebindings",
        "rbac.authorization.k8s.io/v1",
        "RoleBinding",
    ),
    ("roles", "rbac.authorization.k8s.io/v1", "Role"),
    ("serviceaccounts", "v1", "ServiceAccount"),
    ("services", "v1", "Service"),
    ("statefulsets", "apps/v1", "StatefulSet"),
    ("storage-classes", "storage.k8s.io/v1", "StorageClass"),
];

/// The folder that holds `cluster-resources/`.
pub(super) fn root(tree: &Tree) -> Option<String> {
    tree.names()
        .find_map(|n| n.find(RESOURCES).and_then(|at| n.get(..at)))
        .filter(|root| root.is_empty() || root.ends_with('/'))
        .map(str::to_owned)
}

/// Read the bundle.
pub(super) fn read(name: &str, mut tree: Tree) -> Result<Recording> {
    let version = tree
        .json(VERSION)?
        .and_then(|document| document.get("info").cloned())
        .map(Arc::new);
    let mut objects = Objects::default();
    // A file that is there and empty says that there are none of its kind.
    let mut kinds = BTreeSet::new();
    let mut logs: BTreeMap<LogKey, ContainerLog> = BTreeMap::new();
    let files: Vec<String> = tree
        .names()
        .filter(|n| n.starts_with(RESOURCES))
        .map(str::to_owned)
        .collect();
    for file in files {
        let parts: Vec<&str> = file.split('/').skip(1).collect();
        if let ["pods", "logs", namespace, pod, leaf] = parts.as_slice() {
            let Some(stem) = leaf.strip_suffix(".log") else {
                continue;
            };
            let (container, previous) = match stem.strip_suffix("-previous") {
                Some(container) => (container, true),
                None => (stem, false),
            };
            let text = tree.log(&file)?;
            let log = logs
                .entry(LogKey {
                    namespace: (*namespace).to_owned(),
                    pod: (*pod).to_owned(),
                    container: container.to_owned(),
                })
                .or_default();
            if previous {
                log.previous = text;
            } else {
                log.current = text;
            }
            continue;
        }
        let Some(stem) = file.strip_suffix(".json") else {
            continue;
        };
        let what = match parts.as_slice() {
            // Custom resources say what they are.
            ["custom-resources", ..] => None,
            [what] => Some(what.strip_suffix(".json").unwrap_or(what)),
            [what, _] => Some(*what),
            _ => continue,
        };
        let assumed = KINDS
            .iter()
            .find(|(folder, _, _)| Some(*folder) == what)
            .map(|(_, api_version, kind)| (*api_version, *kind));
        // Errors, access reviews and discovery are not objects of the cluster.
        let objects_of_cluster = assumed.is_some() || what.is_none();
        if !objects_of_cluster || stem.ends_with("-errors") {
            continue;
        }
        kinds.extend(assumed.map(|(_, kind)| kind));
        objects.extend(lists::objects(&mut tree, &file, assumed)?);
    }
    let span = times::span(None, objects.latest, &[], &logs);
    let not_recorded = Catalogue::kubernetes().others_than(&kinds);
    Ok(Recording {
        name: name.to_owned(),
        objects: objects.list,
        changes: Vec::new(),
        logs,
        transcripts: Vec::new(),
        truth: None,
        version,
        not_recorded,
        started_at: span.start,
        ended_at: span.end,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bundle_is_read() {
        let mut tree = Tree::default();
        let mut file = |name: &str, text: &str| {
            tree.insert(format!("support-bundle-1/{name}"), text.as_bytes().to_vec());
        };
        file(
            "cluster-info/cluster_version.json",
            r#"{"info":{"gitVersion":"v1.29.1"},"string":"v1.29.1"}"#,
        );
        file(
            "cluster-resources/nodes.json",
            r#"{"kind":"NodeList","apiVersion":"v1","items":[{"metadata":{"name":"n"}}]}"#,
        );
        file(
            "cluster-resources/deployments/shop.json",
            r#"[{"metadata":{"name":"web","namespace":"shop"}}]"#,
        );
        file("cluster-resources/pods-errors.json", r#"["denied"]"#);
        file(
            "cluster-resources/auth-cani-list/shop.json",
            r#"{"status":{}}"#,
        );
        file(
            "cluster-resources/custom-resources/widgets.acme.dev/shop.json",
            r#"[{"apiVersion":"acme.dev/v1","kind":"Widget","metadata":{"name":"w","namespace":"shop"}}]"#,
        );
        file("cluster-resources/pods/logs/shop/web/app.log", "now\n");
        file(
            "cluster-resources/pods/logs/shop/web/app-previous.log",
            "then\n",
        );
        let root = root(&tree).unwrap();
        tree.enter(&root);
        let recording = read("b", tree).unwrap();
        let kinds: Vec<_> = recording
            .objects
            .iter()
            .map(|o| format!("{}/{}", o.api_version(), o.kind()))
            .collect();
        assert_eq!(
            kinds,
            ["acme.dev/v1/Widget", "apps/v1/Deployment", "v1/Node"]
        );
        let log = recording.logs.values().next().unwrap();
        assert_eq!(log.current.as_deref(), Some("now\n"));
        assert_eq!(log.previous.as_deref(), Some("then\n"));
        assert_eq!(recording.version.unwrap()["gitVersion"], "v1.29.1");
    }
}
