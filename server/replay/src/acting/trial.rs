//! What would come of a change: the object as it would be, or why it is refused. Every change
//! goes through here, whether it is made or not.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{
    body::{Change, Unknown},
    defaults, merge, pod_security, state,
    strict::Schemas,
};
use crate::{api::Refusal, catalogue::Resource, cluster::Cluster, fields::Fields};

/// The fields of a Pod's `spec` that may be changed once it is there
/// (`ValidatePodUpdate` of `k8s.io/kubernetes/pkg/apis/core/validation`).
const CHANGEABLE: [&str; 3] = [
    "activeDeadlineSeconds",
    "terminationGracePeriodSeconds",
    "tolerations",
];

/// The fields of `metadata` that are the API server's own.
const FIXED: [&str; 4] = ["name", "namespace", "uid", "creationTimestamp"];

/// An object as it is after a change.
#[derive(Debug, Clone)]
pub(crate) struct Tried {
    pub(crate) object: Value,
    /// What the client is told beside it.
    pub(crate) warnings: Vec<String>,
}

/// The object that would be created.
pub(crate) fn create(
    cluster: &Arc<Cluster>,
    resource: &Resource,
    namespace: Option<&str>,
    wanted: &Change,
) -> Result<Tried, Refusal> {
    if wanted.form != "application/json" {
        return Err(Refusal::unsupported_media());
    }
    let mut object = wanted.body.clone();
    is_kind(resource, &object)?;
    is_in(namespace, &mut object)?;
    let name = named(resource, &mut object)?;
    let warnings = checked(resource, &mut object, wanted.options.unknown, &name)?;
    exists(cluster, namespace)?;
    let place = namespace.unwrap_or_default();
    if cluster.store.get(&resource.storage, place, &name).is_some() {
        return Err(Refusal::exists(resource, &name));
    }
    if let Some(metadata) = object.get_mut("metadata") {
        state::set(metadata, "uid", json!(state::new_uid()));
        state::set(metadata, "creationTimestamp", json!(state::now(cluster)));
        state::set(metadata, "generation", json!(1));
        if let Some(metadata) = metadata.as_object_mut() {
            metadata.remove("resourceVersion");
            metadata.remove("managedFields");
        }
    }
    if is_pod(resource) {
        containers(&object, &name)?;
        let spec = object.get_mut("spec").and_then(Value::as_object_mut);
        spec.map(defaults::pod);
        state::set(
            &mut object,
            "status",
            json!({"phase": "Pending", "qosClass": "Burstable"}),
        );
    } else if let Some(fields) = object.as_object_mut() {
        fields.remove("status");
    }
    admitted(cluster, resource, &object)?;
    Ok(Tried { object, warnings })
}

/// The object as a patch would make it.
pub(crate) fn patched(
    resource: &Resource,
    before: &Value,
    wanted: &Change,
) -> Result<Tried, Refusal> {
    let name = before.text("/metadata/name");
    let schemas = Schemas::of(resource);
    let schema = schemas
        .as_ref()
        .and_then(|schemas| Some((schemas, schemas.kind(resource)?)));
    let mut object = before.clone();
    merge::patch(&wanted.form, &mut object, &wanted.body, schema)?;
    if !object.is_object() || !object.has("/metadata") {
        return Err(Refusal::bad_request("the patch leaves no object"));
    }
    let version = object.text("/metadata/resourceVersion");
    if version != before.text("/metadata/resourceVersion") {
        return Err(Refusal::conflict(
            resource,
            name,
            "the object has been modified; please apply your changes to the latest version and try again",
        ));
    }
    for field in FIXED {
        let pointer = format!("/metadata/{field}");
        if object.pointer(&pointer) != before.pointer(&pointer) {
            return Err(Refusal::invalid_object(
                &resource.kind,
                name,
                &format!("metadata.{field}"),
                "Invalid value: field is immutable",
            ));
        }
    }
    let warnings = checked(resource, &mut object, wanted.options.unknown, name)?;
    Ok(Tried { object, warnings })
}

/// The object as a patch of the whole of it would make it, which may change less.
pub(crate) fn patch(
    cluster: &Arc<Cluster>,
    resource: &Resource,
    before: &Value,
    wanted: &Change,
) -> Result<Tried, Refusal> {
    let tried = patched(resource, before, wanted)?;
    let name = before.text("/metadata/name");
    if is_pod(resource) && fixed(before) != fixed(&tried.object) {
        return Err(Refusal::invalid_object(
            "Pod",
            name,
            "spec",
            "Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)",
        ));
    }
    let selector = "/spec/selector";
    let has_fixed_selector = resource.group == "apps" || resource.group == "batch";
    if has_fixed_selector && before.pointer(selector) != tried.object.pointer(selector) {
        return Err(Refusal::invalid_object(
            &resource.kind,
            name,
            "spec.selector",
            "Invalid value: field is immutable",
        ));
    }
    admitted(cluster, resource, &tried.object)?;
    Ok(tried)
}

/// Whether admission lets an object be.
pub(crate) fn admitted(
    cluster: &Cluster,
    resource: &Resource,
    object: &Value,
) -> Result<(), Refusal> {
    if !is_pod(resource) {
        return Ok(());
    }
    let name = object.text("/metadata/name");
    let namespace = object.text("/metadata/namespace");
    let of = cluster.store.get("namespaces", "", namespace);
    let refused = of.and_then(|namespace| pod_security::refusal(&namespace, object));
    match refused {
        Some(said) => Err(Refusal::forbidden(
            format!("pods {name:?} is forbidden: {said}"),
            "pods",
            name,
        )),
        None => Ok(()),
    }
}

fn is_pod(resource: &Resource) -> bool {
    resource.group.is_empty() && resource.plural == "pods"
}

/// What of a Pod's `spec` may not be changed.
fn fixed(pod: &Value) -> Value {
    let mut spec = pod.get("spec").cloned().unwrap_or_default();
    if let Some(fields) = spec.as_object_mut() {
        fields.retain(|field, _| !CHANGEABLE.contains(&field.as_str()));
        for list in ["containers", "initContainers"] {
            let containers = fields.get_mut(list).and_then(Value::as_array_mut);
            for container in containers.into_iter().flatten() {
                container
                    .as_object_mut()
                    .map(|fields| fields.remove("image"));
            }
        }
    }
    spec
}

fn is_kind(resource: &Resource, object: &Value) -> Result<(), Refusal> {
    let (api_version, kind) = (object.text("/apiVersion"), object.text("/kind"));
    if kind.is_empty() || api_version.is_empty() {
        return Err(Refusal::bad_request(format!(
            "the object provided is unrecognized (must be of type {}): couldn't get version/kind",
            resource.kind
        )));
    }
    if kind != resource.kind || api_version != resource.api_version() {
        return Err(Refusal::bad_request(format!(
            "{kind} in version {api_version:?} cannot be handled as a {}",
            resource.kind
        )));
    }
    Ok(())
}

fn is_in(namespace: Option<&str>, object: &mut Value) -> Result<(), Refusal> {
    let said = object.text("/metadata/namespace");
    if !said.is_empty() && Some(said) != namespace {
        return Err(Refusal::bad_request(
            "the namespace of the provided object does not match the namespace sent on the request",
        ));
    }
    if !object.get("metadata").is_some_and(Value::is_object) {
        state::set(object, "metadata", Value::Object(Map::new()));
    }
    if let (Some(namespace), Some(metadata)) = (namespace, object.get_mut("metadata")) {
        state::set(metadata, "namespace", json!(namespace));
    }
    Ok(())
}

/// The name that it has or gets.
fn named(resource: &Resource, object: &mut Value) -> Result<String, Refusal> {
    let mut name = object.text("/metadata/name").to_owned();
    let prefix = object.text("/metadata/generateName");
    if name.is_empty() && !prefix.is_empty() {
        let end: String = state::new_uid().chars().take(5).collect();
        name = format!("{prefix}{end}");
    }
    if name.is_empty() {
        return Err(Refusal::invalid_object(
            &resource.kind,
            "",
            "metadata.name",
            "Required value: name or generateName is required",
        ));
    }
    let is_edge = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let is_one = name.len() <= 253
        && name.starts_with(is_edge)
        && name.ends_with(is_edge)
        && name.chars().all(|c| is_edge(c) || c == '-' || c == '.');
    // The names of rights may hold colons and large letters.
    if !is_one && resource.group != "rbac.authorization.k8s.io" {
        return Err(Refusal::invalid_object(
            &resource.kind,
            &name,
            "metadata.name",
            &format!(
                "Invalid value: {name:?}: a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character"
            ),
        ));
    }
    if let Some(metadata) = object.get_mut("metadata") {
        state::set(metadata, "name", json!(name));
    }
    Ok(name)
}

/// Looks at the fields; what nobody knows is dropped or refused. Gives what the client is
/// told.
fn checked(
    resource: &Resource,
    object: &mut Value,
    unknown: Unknown,
    name: &str,
) -> Result<Vec<String>, Refusal> {
    let schemas = Schemas::of(resource);
    let schema = schemas
        .as_ref()
        .and_then(|schemas| Some((schemas, schemas.kind(resource)?)));
    let Some((schemas, schema)) = schema else {
        return match unknown {
            Unknown::Refused => Err(Refusal::unrecorded(&format!(
                "OpenAPI document of {}, which says what fields there are",
                resource.qualified()
            ))),
            Unknown::Told | Unknown::Ignored => Ok(Vec::new()),
        };
    };
    let faults = schemas.faults(schema, object);
    let cannot = |why: &str| {
        Refusal::bad_request(format!(
            "{kind} in version {version:?} cannot be handled as a {kind}: {why}",
            kind = resource.kind,
            version = resource.version
        ))
    };
    if let Some(mistyped) = &faults.mistyped {
        return Err(cannot(mistyped));
    }
    let unknown_fields: Vec<String> = faults
        .unknown
        .iter()
        .map(|path| format!("unknown field {path:?}"))
        .collect();
    if unknown == Unknown::Refused && !unknown_fields.is_empty() {
        return Err(cannot(&format!(
            "strict decoding error: {}",
            unknown_fields.join(", ")
        )));
    }
    if let Some(missing) = faults.missing.first() {
        return Err(Refusal::invalid_object(
            &resource.kind,
            name,
            missing,
            "Required value",
        ));
    }
    schemas.drop_unknown(schema, object);
    Ok(match unknown {
        Unknown::Told => unknown_fields,
        Unknown::Refused | Unknown::Ignored => Vec::new(),
    })
}

/// Whether the namespace is there and takes new objects.
fn exists(cluster: &Cluster, namespace: Option<&str>) -> Result<(), Refusal> {
    let Some(namespace) = namespace else {
        return Ok(());
    };
    let found = cluster.store.get("namespaces", "", namespace);
    let Some(found) = found else {
        // A recording of one namespace need not hold the Namespace itself.
        let is_used = |storage: &str| {
            let listed = cluster.store.list(storage, Some(namespace), None);
            listed.is_ok_and(|(_, objects)| !objects.is_empty())
        };
        if is_used("pods") || is_used("events") {
            return Ok(());
        }
        return Err(Refusal::no_namespace(namespace));
    };
    if found.has("/metadata/deletionTimestamp") {
        return Err(Refusal::forbidden(
            format!(
                "unable to create new content in namespace {namespace} because it is being terminated"
            ),
            "namespaces",
            namespace,
        ));
    }
    Ok(())
}

/// What a Pod that is created must say of its containers.
fn containers(pod: &Value, name: &str) -> Result<(), Refusal> {
    let refuse = |field: &str, message: &str| Refusal::invalid_object("Pod", name, field, message);
    let containers = pod.list("/spec/containers");
    if containers.is_empty() {
        return Err(refuse("spec.containers", "Required value"));
    }
    if !pod.list("/spec/ephemeralContainers").is_empty() {
        return Err(refuse(
            "spec.ephemeralContainers",
            "Forbidden: cannot be set on create",
        ));
    }
    for (index, container) in containers.iter().enumerate() {
        for field in ["name", "image"] {
            if container.text(&format!("/{field}")).is_empty() {
                return Err(refuse(
                    &format!("spec.containers[{index}].{field}"),
                    "Required value",
                ));
            }
        }
    }
    Ok(())
}
