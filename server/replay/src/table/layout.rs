//! Which columns a resource has and what fills them.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::printed::Printed;
use super::{
    age, autoscaling, cluster_config, event, namespace_config, networking, node, pod, rbac,
    storage, workload,
};
use crate::{catalogue::Resource, fields::Fields};

/// What the recorded API server says about its columns: resource (or `*`),
/// column, description, with `\n` for a line break.
const DESCRIPTIONS: &str = include_str!("descriptions.tsv");

/// One column; `kubectl get` shows those of priority 0, `-o wide` all.
pub(super) struct Column {
    name: &'static str,
    kind: &'static str,
    priority: u8,
}

/// A column of text that is always shown.
pub(super) const fn text(name: &'static str) -> Column {
    Column {
        name,
        kind: "string",
        priority: 0,
    }
}

/// A column of text for `-o wide`.
pub(super) const fn wide(name: &'static str) -> Column {
    Column {
        name,
        kind: "string",
        priority: 1,
    }
}

/// A column of another JSON type (`integer`, `boolean`).
pub(super) const fn typed(name: &'static str, kind: &'static str) -> Column {
    Column {
        name,
        kind,
        priority: 0,
    }
}

/// The columns of a resource and the function that fills them, in order.
pub(super) struct Layout {
    pub(super) columns: &'static [Column],
    pub(super) cells: fn(&Value, Timestamp) -> Vec<Value>,
}

impl Layout {
    /// The `columnDefinitions` of a Table.
    pub(super) fn definitions(&self, resource: &Resource) -> Value {
        let own = resource.printed.iter().map(Printed::definition);
        // Its own columns stand in the place of all but the name.
        let columns = if resource.printed.is_empty() {
            self.columns
        } else {
            &NAME
        };
        columns
            .iter()
            .map(|c| {
                json!({
                    "name": c.name, "type": c.kind,
                    "format": if c.name == "Name" { "name" } else { "" },
                    "description": description(&resource.plural, c.name), "priority": c.priority,
                })
            })
            .chain(own)
            .collect()
    }
}

static NAME: [Column; 1] = [text("Name")];

fn description(plural: &str, column: &str) -> String {
    DESCRIPTIONS
        .lines()
        .filter_map(|line| {
            let mut fields = line.splitn(3, '\t');
            Some((fields.next()?, fields.next()?, fields.next()?))
        })
        .find(|(resource, name, _)| (*resource == plural || *resource == "*") && *name == column)
        .map_or_else(String::new, |(_, _, text)| text.replace("\\n", "\n"))
}

/// The layout of a resource; name and age where Kubernetes has no own one, as
/// for custom resources.
pub(super) fn of(resource: &Resource) -> &'static Layout {
    match (resource.group.as_str(), resource.plural.as_str()) {
        ("", "pods") => &pod::PODS,
        ("", "podtemplates") => &workload::POD_TEMPLATES,
        ("", "replicationcontrollers") => &workload::REPLICATION_CONTROLLERS,
        ("apps", "deployments") => &workload::DEPLOYMENTS,
        ("apps", "replicasets") => &workload::REPLICA_SETS,
        ("apps", "statefulsets") => &workload::STATEFUL_SETS,
        ("apps", "daemonsets") => &workload::DAEMON_SETS,
        ("apps", "controllerrevisions") => &workload::CONTROLLER_REVISIONS,
        ("batch", "jobs") => &workload::JOBS,
        ("batch", "cronjobs") => &workload::CRON_JOBS,
        ("autoscaling", "horizontalpodautoscalers") => &autoscaling::AUTOSCALERS,
        ("policy", "poddisruptionbudgets") => &autoscaling::DISRUPTION_BUDGETS,
        ("", "services") => &networking::SERVICES,
        ("", "endpoints") => &networking::ENDPOINTS,
        ("discovery.k8s.io", "endpointslices") => &networking::ENDPOINT_SLICES,
        ("networking.k8s.io", "ingresses") => &networking::INGRESSES,
        ("networking.k8s.io", "ingressclasses") => &networking::INGRESS_CLASSES,
        ("networking.k8s.io", "networkpolicies") => &networking::NETWORK_POLICIES,
        ("" | "events.k8s.io", "events") => &event::EVENTS,
        ("", "nodes") => &node::NODES,
        ("", "namespaces") => &namespace_config::NAMESPACES,
        ("", "configmaps") => &namespace_config::CONFIG_MAPS,
        ("", "secrets") => &namespace_config::SECRETS,
        ("", "resourcequotas") => &namespace_config::RESOURCE_QUOTAS,
        ("", "limitranges")
        | ("rbac.authorization.k8s.io", "roles" | "clusterroles")
        | ("apiextensions.k8s.io", "customresourcedefinitions") => &namespace_config::CREATED_AT,
        ("coordination.k8s.io", "leases") => &namespace_config::LEASES,
        ("", "persistentvolumeclaims") => &storage::CLAIMS,
        ("", "persistentvolumes") => &storage::VOLUMES,
        ("storage.k8s.io", "storageclasses") => &storage::CLASSES,
        ("storage.k8s.io", "volumeattachments") => &storage::ATTACHMENTS,
        ("storage.k8s.io", "csinodes") => &storage::CSI_NODES,
        ("rbac.authorization.k8s.io", "rolebindings" | "clusterrolebindings") => &rbac::BINDINGS,
        ("scheduling.k8s.io", "priorityclasses") => &cluster_config::PRIORITY_CLASSES,
        ("node.k8s.io", "runtimeclasses") => &cluster_config::RUNTIME_CLASSES,
        (
            "admissionregistration.k8s.io",
            "validatingwebhookconfigurations" | "mutatingwebhookconfigurations",
        ) => &cluster_config::WEBHOOKS,
        ("apiregistration.k8s.io", "apiservices") => &cluster_config::API_SERVICES,
        ("certificates.k8s.io", "certificatesigningrequests") => &cluster_config::SIGNING_REQUESTS,
        _ => &OTHER,
    }
}

static OTHER: Layout = Layout {
    columns: &[text("Name"), text("Age")],
    cells: |o, now| vec![name(o), created(o, now)],
};

/// The name cell.
pub(super) fn name(object: &Value) -> Value {
    json!(object.text("/metadata/name"))
}

/// The age cell.
pub(super) fn created(object: &Value, now: Timestamp) -> Value {
    json!(age::since(object.text("/metadata/creationTimestamp"), now))
}

/// A whole number, 0 where it is absent.
pub(super) fn count(object: &Value, pointer: &str) -> Value {
    json!(object.number(pointer).unwrap_or(0))
}
