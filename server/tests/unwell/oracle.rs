//! What is not well, read from raw objects: a second opinion that shares nothing with the
//! rules or the facts.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use podside_model::ObjectRef;
use serde_json::Value;

/// An object that is visibly not well, with its owners, any of which may be told instead.
#[derive(Debug)]
pub(crate) struct NotWell {
    pub(crate) why: String,
    pub(crate) object: ObjectRef,
    pub(crate) owners: Vec<ObjectRef>,
}

/// Every object that is visibly not well at a moment.
pub(crate) fn not_well(objects: &[Value], at: Timestamp) -> Vec<NotWell> {
    let by_uid: BTreeMap<&str, &Value> = objects
        .iter()
        .filter_map(|object| Some((object["metadata"]["uid"].as_str()?, object)))
        .collect();
    let mut found = Vec::new();
    for object in objects {
        if let Some(why) = why_not_well(object, objects, &by_uid, at) {
            let owners = owners(object, &by_uid);
            found.push(NotWell {
                why,
                object: reference(object),
                owners,
            });
        }
    }
    found
}

fn why_not_well(
    object: &Value,
    objects: &[Value],
    by_uid: &BTreeMap<&str, &Value>,
    at: Timestamp,
) -> Option<String> {
    let (spec, status) = (&object["spec"], &object["status"]);
    if let Some(deleted) = time(&object["metadata"]["deletionTimestamp"]) {
        let long = deleted + SignedDuration::from_mins(10) < at;
        return long.then(|| "deleted more than ten minutes ago".to_owned());
    }
    let number = |value: &Value| value.as_i64().unwrap_or(0);
    let short = |ready: &Value, wanted: i64| {
        let ready = number(ready);
        (ready < wanted).then(|| format!("{ready} of {wanted} ready"))
    };
    match object["kind"].as_str()? {
        "Deployment" | "StatefulSet" | "ReplicationController" => short(
            &status["readyReplicas"],
            spec["replicas"].as_i64().unwrap_or(1),
        ),
        "DaemonSet" => short(
            &status["numberReady"],
            number(&status["desiredNumberScheduled"]),
        ),
        "Pod" => pod(object, by_uid),
        "Job" => {
            let owner = controller(object).and_then(|uid| by_uid.get(uid));
            let since = owner.and_then(|cron| time(&cron["status"]["lastSuccessfulTime"]));
            let failed = condition(status, "Failed", "True")?;
            let made_up_for = since > time(&failed["lastTransitionTime"]);
            (!made_up_for).then(|| "failed".to_owned())
        }
        "PersistentVolumeClaim" => {
            let phase = status["phase"].as_str().unwrap_or("Pending");
            let is_used = || objects.iter().any(|pod| uses(pod, object));
            (phase != "Bound" && is_used()).then(|| format!("{phase} and used"))
        }
        "Node" => condition(status, "Ready", "True")
            .is_none()
            .then(|| "not ready".to_owned()),
        "APIService" => condition(status, "Available", "False").map(|_| "not available".to_owned()),
        _ => None,
    }
}

/// A Pod that should be ready or ended. One that runs to its end, and of whose containers
/// some have ended well while others run, is at work.
fn pod(pod: &Value, by_uid: &BTreeMap<&str, &Value>) -> Option<String> {
    let status = &pod["status"];
    let phase = status["phase"].as_str().unwrap_or("Pending");
    if matches!(phase, "Succeeded" | "Failed") || condition(status, "Ready", "True").is_some() {
        return None;
    }
    let owner = controller(pod).and_then(|uid| by_uid.get(uid));
    let ends = pod["spec"]["restartPolicy"] != "Always"
        || owner.is_some_and(|owner| owner["kind"] == "Job");
    let all = status["containerStatuses"].as_array().into_iter().flatten();
    let at_work = ends
        && phase == "Running"
        && all.clone().any(|c| c["state"]["running"].is_object())
        && all.clone().all(|c| {
            (c["state"]["running"].is_object() && c["ready"] == true)
                || c["state"]["terminated"]["exitCode"] == 0
        });
    (!at_work).then(|| format!("{phase} and not ready"))
}

fn uses(pod: &Value, claim: &Value) -> bool {
    let phase = pod["status"]["phase"].as_str().unwrap_or_default();
    let volumes = pod["spec"]["volumes"].as_array().into_iter().flatten();
    pod["kind"] == "Pod"
        && pod["metadata"]["namespace"] == claim["metadata"]["namespace"]
        && pod["metadata"]["deletionTimestamp"].is_null()
        && !matches!(phase, "Succeeded" | "Failed")
        && volumes
            .into_iter()
            .any(|v| v["persistentVolumeClaim"]["claimName"] == claim["metadata"]["name"])
}

fn condition<'a>(status: &'a Value, kind: &str, is: &str) -> Option<&'a Value> {
    let mut conditions = status["conditions"].as_array().into_iter().flatten();
    conditions.find(|condition| condition["type"] == kind && condition["status"] == is)
}

fn time(value: &Value) -> Option<Timestamp> {
    value.as_str()?.parse().ok()
}

fn controller(object: &Value) -> Option<&str> {
    let owners = object["metadata"]["ownerReferences"].as_array()?;
    let owner = owners.iter().find(|owner| owner["controller"] == true)?;
    owner["uid"].as_str()
}

/// The owners of an object, nearest first; those that are not there by the name they are
/// given.
fn owners(object: &Value, by_uid: &BTreeMap<&str, &Value>) -> Vec<ObjectRef> {
    const MOST: usize = 8;
    let mut owners = Vec::new();
    let mut at = object;
    for _ in 0..MOST {
        let references = at["metadata"]["ownerReferences"].as_array();
        let owner = references
            .into_iter()
            .flatten()
            .find(|owner| owner["controller"] == true);
        let Some(owner) = owner else {
            break;
        };
        let namespace = object["metadata"]["namespace"].as_str().unwrap_or_default();
        let name = owner["name"].as_str().unwrap_or_default();
        let kind = owner["kind"].as_str().unwrap_or_default();
        owners.push(ObjectRef::namespaced(kind, namespace, name));
        match owner["uid"].as_str().and_then(|uid| by_uid.get(uid)) {
            Some(next) => at = next,
            None => break,
        }
    }
    owners
}

fn reference(object: &Value) -> ObjectRef {
    let meta = &object["metadata"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let kind = text(&object["kind"]);
    match meta["namespace"].as_str() {
        Some(namespace) => ObjectRef::namespaced(&kind, namespace, text(&meta["name"])),
        None => ObjectRef::cluster(&kind, text(&meta["name"])),
    }
}
