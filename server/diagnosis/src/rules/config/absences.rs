//! Which ConfigMaps, Secrets and keys that Pods need do not exist.

use podside_model::{ObjectRef, Why};

use super::references::{Reference, awaited, missed, sub_paths};
use crate::facts::{Kind, Pod, Str};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::near;
use crate::proof::{self, Proof};
use crate::snapshot::{Lookup, Snapshot};

/// An object that a Pod waits for and that does not exist.
pub(super) struct Absent<'a> {
    pub(super) reference: Reference<'a>,
    /// A name that is probably meant.
    pub(super) near: Option<Str>,
    /// Another namespace that has an object of this name.
    pub(super) elsewhere: Option<&'a str>,
    pub(super) proofs: Vec<Proof>,
}

/// The objects of a kind that a Pod waits for and that do not exist: because the
/// snapshot knows that they do not, or because the kubelet says so.
pub(super) fn absent<'a>(
    pod: &'a Pod,
    kind: Kind,
    snapshot: &'a Snapshot,
    findings: &mut Findings,
) -> Vec<Absent<'a>> {
    let namespace = &pod.meta.namespace;
    let mut all = Vec::new();
    let missed = missed(pod, kind, snapshot, findings);
    for reference in awaited(pod, kind).into_iter().chain(missed) {
        let said = said_of(pod, snapshot, |message| {
            message.contains(&format!("\"{}\" not found", reference.name))
        });
        let known = exists(snapshot, kind, namespace, reference.name);
        match known {
            Lookup::Found(()) => continue,
            Lookup::Unknown(why) if said.is_empty() => {
                findings.unknown_object(kind, namespace, reference.name, why);
                continue;
            }
            Lookup::Unknown(_) | Lookup::Missing => {}
        }
        let missing = proof::object(kind, namespace, reference.name);
        let absence = proof::absence(missing, pod, reference.pointer.clone());
        all.push(Absent {
            near: findings.near.recall(
                (kind, Str::clone(namespace), Str::from(reference.name)),
                |_| near_name(snapshot, kind, namespace, reference.name),
            ),
            elsewhere: snapshot
                .elsewhere(kind, namespace, reference.name)
                .next()
                .map(|n| &**n),
            proofs: std::iter::once(absence)
                .chain(reference.missed.iter().map(|m| m.proof.clone()))
                .chain(said)
                .collect(),
            reference,
        });
    }
    all
}

/// A key that a Pod waits for and that an existing object does not have.
pub(super) struct AbsentKey<'a> {
    pub(super) reference: Reference<'a>,
    pub(super) key: &'a str,
    /// A key that is probably meant.
    pub(super) near: Option<&'a str>,
    /// The keys that the object has, when they are known.
    pub(super) keys: Vec<String>,
    pub(super) proofs: Vec<Proof>,
}

/// The keys that a Pod waits for and that the named object does not have.
pub(super) fn absent_keys<'a>(
    pod: &'a Pod,
    kind: Kind,
    snapshot: &'a Snapshot,
    findings: &mut Findings,
) -> Vec<AbsentKey<'a>> {
    let namespace = &*pod.meta.namespace;
    let mut all = Vec::new();
    let missed = missed(pod, kind, snapshot, findings);
    let others = missed.into_iter().chain(sub_paths(pod, kind));
    for reference in awaited(pod, kind).into_iter().chain(others) {
        if reference.keys.is_empty()
            || exists(snapshot, kind, namespace, reference.name).is_missing()
        {
            continue;
        }
        let known = keys(snapshot, kind, namespace, reference.name, findings);
        for (key, pointer) in reference.keys.clone() {
            let said = said_of(pod, snapshot, |message| {
                let environment = message.contains(&format!(
                    "couldn't find key {key} in {} {namespace}/{}",
                    kind.name(),
                    reference.name
                ));
                let volume = message.contains("references non-existent")
                    && message.ends_with(&format!(" key: {key}"));
                environment || volume
            });
            match &known {
                Ok(keys) if keys.contains(&key) => continue,
                Ok(_) => {}
                Err(_) if !said.is_empty() => {}
                Err(why) => {
                    findings.unknown_keys(kind, namespace, reference.name, *why);
                    continue;
                }
            }
            let others = known.as_deref().unwrap_or_default();
            let object = proof::object(kind, namespace, reference.name);
            all.push(AbsentKey {
                key,
                near: near::name(key, others.iter().copied()),
                keys: others.iter().map(|k| (*k).to_owned()).collect(),
                proofs: std::iter::once(proof::absent_key_of(object, key, pod, pointer))
                    .chain(reference.missed.iter().map(|m| m.proof.clone()))
                    .chain(said)
                    .collect(),
                reference: reference.clone(),
            });
        }
    }
    all
}

/// The subject: the container whose environment needs it, or the Pod as a whole.
pub(super) fn finding(snapshot: &Snapshot, pod: &Pod, reference: &Reference<'_>) -> Finding {
    match reference.container {
        Some(container) => Finding::on_container(snapshot, pod, container),
        None => Finding::on_pod(snapshot, pod),
    }
    .since(pod.started.or(pod.meta.created))
}

/// What tells more of a missing object than that it is missing: what is probably meant, that
/// another namespace has it, or that the process misses it though the Pod does not. The
/// rule's texts have the variants `title.missed`, `explanation.missed`, `…near`, `…elsewhere`.
pub(super) fn explained(
    finding: Finding,
    absent: &Absent<'_>,
    snapshot: &Snapshot,
    pod: &Pod,
) -> Finding {
    let finding = match (&absent.near, absent.elsewhere) {
        (Some(near), _) => finding
            .arg("near", &**near)
            .explanation("explanation.near")
            .fix_with(
                "fix.near",
                correct_name(&absent.reference, near, &snapshot.top_of(pod).object_ref()),
            ),
        (None, Some(other)) => finding
            .arg("other", other)
            .explanation("explanation.elsewhere"),
        (None, None) => finding,
    };
    match &absent.reference.missed {
        Some(missed) => finding
            .arg("variable", &missed.variable)
            .title("title.missed")
            .explanation("explanation.missed"),
        None => finding,
    }
}

/// What tells more of a missing key: that the process misses it though the Pod does not, or
/// that it is mounted as a file. The rule's texts have the variants `…missed` and `…file`.
pub(super) fn key_explained(finding: Finding, reference: &Reference<'_>) -> Finding {
    let by_sub_path = |(_, pointer): &(&str, String)| pointer.ends_with("/subPath");
    match &reference.missed {
        Some(missed) => finding
            .arg("variable", &missed.variable)
            .title("title.missed")
            .explanation("explanation.missed"),
        None if reference.keys.iter().any(by_sub_path) => {
            finding.title("title.file").explanation("explanation.file")
        }
        None => finding,
    }
}

/// The command that lets the variable of a container take the key that was meant; where a
/// volume or several keys are concerned, the template is edited.
pub(super) fn correct_key(reference: &Reference<'_>, key: &str, owner: &ObjectRef) -> String {
    correct(reference, owner, &serde_json::json!({ "key": key }))
}

/// The same with the name of the object that was meant.
fn correct_name(reference: &Reference<'_>, name: &str, owner: &ObjectRef) -> String {
    correct(reference, owner, &serde_json::json!({ "name": name }))
}

/// Variables are merged by their names; what stands in other lists has none.
fn correct(reference: &Reference<'_>, owner: &ObjectRef, value: &serde_json::Value) -> String {
    let field = if reference.kind == Kind::Secret {
        "secretKeyRef"
    } else {
        "configMapKeyRef"
    };
    let variable = reference.container.and_then(|container| {
        let of_env = reference.pointer.strip_prefix(&container.path())?;
        let index = of_env.strip_prefix("/env/")?.split('/').next()?;
        let index: usize = index.parse().ok()?;
        let variable = container.env.iter().find(|var| var.index == index)?;
        Some((container, &*variable.name))
    });
    match variable {
        Some((container, name)) => {
            let source = serde_json::json!({ field: value });
            let env = serde_json::json!({"env": [{"name": name, "valueFrom": source}]});
            kubectl::set_in_template(owner, &container.patched(&env))
        }
        None => kubectl::change(owner),
    }
}

/// The command that gives a ConfigMap or Secret a key.
pub(super) fn add_key(kind: Kind, namespace: &str, name: &str, key: &str) -> String {
    let field = if kind == Kind::Secret {
        "stringData"
    } else {
        "data"
    };
    let patch = serde_json::json!({ field: { key: "VALUE" } }).to_string();
    let object = proof::object(kind, namespace, name);
    format!("{} -p {}", kubectl::patch(&object), kubectl::word(&patch))
}

fn exists(snapshot: &Snapshot, kind: Kind, namespace: &str, name: &str) -> Lookup<()> {
    fn known<T>(lookup: &Lookup<T>) -> Lookup<()> {
        match lookup {
            Lookup::Found(_) => Lookup::Found(()),
            Lookup::Missing => Lookup::Missing,
            Lookup::Unknown(why) => Lookup::Unknown(*why),
        }
    }
    if kind == Kind::Secret {
        known(&snapshot.secrets.find(namespace, name))
    } else {
        known(&snapshot.config_maps.find(namespace, name))
    }
}

/// The object of a kind that is probably meant by a name that nothing has.
fn near_name(snapshot: &Snapshot, kind: Kind, namespace: &str, name: &str) -> Option<Str> {
    if kind == Kind::Secret {
        let secrets = snapshot.secrets.in_namespace(namespace);
        near::name(name, secrets.map(|s| &*s.meta.name)).map(Str::from)
    } else {
        let config_maps = snapshot.config_maps.in_namespace(namespace);
        near::name(name, config_maps.map(|c| &*c.meta.name)).map(Str::from)
    }
}

fn keys<'a>(
    snapshot: &'a Snapshot,
    kind: Kind,
    namespace: &str,
    name: &str,
    findings: &mut Findings,
) -> Result<Vec<&'a str>, Why> {
    let unreadable = |why: Option<Why>| why.unwrap_or(Why::NotSeen);
    let keys = if kind == Kind::Secret {
        match snapshot.secrets.get(namespace, name) {
            Some(secret) => findings.secret_keys(secret)?,
            None => return Err(unreadable(snapshot.secrets.unreadable(namespace))),
        }
    } else {
        let config_map = snapshot.config_maps.get(namespace, name);
        config_map
            .map(|c| &*c.keys)
            .ok_or_else(|| unreadable(snapshot.config_maps.unreadable(namespace)))?
    };
    Ok(keys.iter().map(|k| &**k).collect())
}

/// What the kubelet says: the message of a waiting container, or the newest event of a
/// volume that cannot be mounted, of which `about` holds.
fn said_of(pod: &Pod, snapshot: &Snapshot, about: impl Fn(&str) -> bool) -> Vec<Proof> {
    let waiting = pod
        .containers()
        .filter_map(|(_, status)| status)
        .filter(|s| s.waiting().is_some_and(|(_, m)| m.is_some_and(&about)))
        .map(|status| proof::waiting_message(pod, status))
        .take(1);
    let mount = snapshot
        .events_of(pod)
        .filter(|e| &*e.reason == "FailedMount" && about(&e.message))
        .map(proof::event)
        .take(1);
    waiting.chain(mount).collect()
}
