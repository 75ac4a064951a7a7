//! Where a Pod's spec names ConfigMaps and Secrets, and which of them hold it up.

use std::collections::BTreeSet;

use crate::facts::{Container, ContainerKind, EnvValue, FilesRef, Kind, Pod, VolumeSource};
use crate::findings::Findings;
use crate::kubectl;
use crate::log_reading::Claim;
use crate::proof::Proof;
use crate::rules::container::crash::crashes;
use crate::snapshot::Snapshot;

/// A place in a Pod's spec that needs a ConfigMap or a Secret.
#[derive(Clone, Debug)]
pub(super) struct Reference<'a> {
    /// `ConfigMap` or `Secret`.
    pub(super) kind: Kind,
    /// The object's name.
    pub(super) name: &'a str,
    /// The keys that are asked for, each with the JSON Pointer of its name in the Pod;
    /// none when the object as a whole is.
    pub(super) keys: Vec<(&'a str, String)>,
    /// The container whose environment needs it; `None` when a volume does, which
    /// concerns the Pod as a whole.
    pub(super) container: Option<&'a Container>,
    /// JSON Pointer of the object's name in the Pod.
    pub(super) pointer: String,
    /// The variable that the container misses, where it starts without the object.
    pub(super) missed: Option<Missed>,
}

/// A variable that an optional reference should have set, and the line in which the
/// process says that it needs it.
#[derive(Clone, Debug)]
pub(super) struct Missed {
    pub(super) variable: String,
    pub(super) proof: Proof,
}

impl Reference<'_> {
    /// Whether a single key is mounted by `subPath`, so that what is mended later does not
    /// reach the Pod.
    pub(super) fn is_sub_path(&self) -> bool {
        self.keys.iter().any(|(_, at)| at.ends_with("/subPath"))
    }
}

/// The places that need a ConfigMap or Secret and for which the Pod still waits. Optional
/// ones are left out: the Pod starts without them.
pub(super) fn awaited(pod: &Pod, kind: Kind) -> Vec<Reference<'_>> {
    if pod.is_terminating() || pod.is_finished() || pod.node.is_empty() {
        return Vec::new();
    }
    let mut all = Vec::new();
    for container in pod
        .spec
        .containers
        .iter()
        .filter(|c| is_not_created(pod, c))
    {
        of_container(container, &mut all);
    }
    // Volumes are mounted before the first container of a Pod is created.
    if pod.spec.containers.iter().all(|c| is_not_created(pod, c)) {
        of_volumes(pod, &mut all);
    }
    all.retain(|reference| reference.kind == kind);
    all
}

/// The options of `kubectl create` that give an object every key that the Pod asks it for,
/// each with a value to be filled in. Where it asks for the object as a whole, the key is the
/// variable that the process misses, or is to be named too.
pub(super) fn literals(pod: &Pod, kind: Kind, name: &str, missed: Option<&Missed>) -> String {
    let mut all = Vec::new();
    for container in &pod.spec.containers {
        of_container(container, &mut all);
    }
    of_volumes(pod, &mut all);
    let keys: BTreeSet<&str> = all
        .iter()
        .filter(|reference| reference.kind == kind && reference.name == name)
        .flat_map(|reference| reference.keys.iter().map(|(key, _)| *key))
        .collect();
    if keys.is_empty() {
        let key = missed.map_or("KEY", |missed| &missed.variable);
        return format!(" --from-literal={}", kubectl::word(&format!("{key}=VALUE")));
    }
    let value = |key: &&str| kubectl::word(&format!("{key}=VALUE"));
    keys.iter()
        .map(|key| format!(" --from-literal={}", value(key)))
        .collect()
}

/// Whether the kubelet has not got as far as creating the container, so that what its
/// environment needs may be what holds it up.
fn is_not_created(pod: &Pod, container: &Container) -> bool {
    match pod.status_of(container) {
        None => true,
        Some(status) => status.waiting().is_some_and(|(reason, _)| {
            matches!(
                reason,
                "ContainerCreating" | "PodInitializing" | "CreateContainerConfigError"
            )
        }),
    }
}

fn of_container<'a>(container: &'a Container, all: &mut Vec<Reference<'a>>) {
    let path = container.path();
    for var in &container.env {
        let (kind, key, field) = match &var.value {
            EnvValue::ConfigMapKey(key) => (Kind::ConfigMap, key, "configMapKeyRef"),
            EnvValue::SecretKey(key) => (Kind::Secret, key, "secretKeyRef"),
            _ => continue,
        };
        let at = format!("{path}/env/{}/valueFrom/{field}", var.index);
        if !key.optional {
            all.push(Reference {
                kind,
                name: &key.name,
                keys: vec![(&*key.key, format!("{at}/key"))],
                container: Some(container),
                pointer: format!("{at}/name"),
                missed: None,
            });
        }
    }
    for source in container.env_from.iter().filter(|s| !s.optional) {
        let (kind, field) = if source.secret {
            (Kind::Secret, "secretRef")
        } else {
            (Kind::ConfigMap, "configMapRef")
        };
        all.push(Reference {
            kind,
            name: &source.name,
            keys: Vec::new(),
            container: Some(container),
            pointer: format!("{path}/envFrom/{}/{field}/name", source.index),
            missed: None,
        });
    }
}

/// The optional references of crashing containers that would have set a variable which the
/// process says it misses: to it they are not optional.
pub(super) fn missed<'a>(
    pod: &'a Pod,
    kind: Kind,
    snapshot: &'a Snapshot,
    findings: &mut Findings,
) -> Vec<Reference<'a>> {
    let mut all = Vec::new();
    for crash in crashes(pod, snapshot).filter(|crash| crash.end.1.exit_code != 0) {
        let container = crash.container;
        let is_optional = |value: &EnvValue| match value {
            EnvValue::ConfigMapKey(key) => kind == Kind::ConfigMap && key.optional,
            EnvValue::SecretKey(key) => kind == Kind::Secret && key.optional,
            _ => false,
        };
        let sources = || {
            let env_from = container.env_from.iter();
            env_from.filter(|s| s.optional && s.secret == (kind == Kind::Secret))
        };
        if !container.env.iter().any(|v| is_optional(&v.value)) && sources().next().is_none() {
            continue;
        }
        let words = findings.last_words(snapshot, pod, crash.status);
        for told in &words.told {
            let Claim::MissingVariable { name } = &told.claim else {
                continue;
            };
            let missed = Some(Missed {
                variable: name.clone(),
                proof: told.proof(pod),
            });
            let path = container.path();
            let reference = |name: &'a str, keys, at: &str| Reference {
                kind,
                name,
                keys,
                container: Some(container),
                pointer: format!("{at}/name"),
                missed: missed.clone(),
            };
            let var = container
                .env
                .iter()
                .find(|v| *v.name == **name && is_optional(&v.value));
            match var.map(|v| (v.index, &v.value)) {
                Some((index, EnvValue::ConfigMapKey(key))) => {
                    let at = format!("{path}/env/{index}/valueFrom/configMapKeyRef");
                    let keys = vec![(&*key.key, format!("{at}/key"))];
                    all.push(reference(&key.name, keys, &at));
                }
                Some((index, EnvValue::SecretKey(key))) => {
                    let at = format!("{path}/env/{index}/valueFrom/secretKeyRef");
                    let keys = vec![(&*key.key, format!("{at}/key"))];
                    all.push(reference(&key.name, keys, &at));
                }
                _ => {
                    let field = if kind == Kind::Secret {
                        "secretRef"
                    } else {
                        "configMapRef"
                    };
                    all.extend(sources().filter(|s| name.starts_with(&*s.prefix)).map(|s| {
                        let at = format!("{path}/envFrom/{}/{field}", s.index);
                        reference(&s.name, Vec::new(), &at)
                    }));
                }
            }
        }
    }
    all
}

/// The mounts of single keys by `subPath` in containers that do not work. Where there is no
/// such key the kubelet makes an empty directory of that name, and the container meets a
/// directory where it needs a file.
pub(super) fn sub_paths(pod: &Pod, kind: Kind) -> Vec<Reference<'_>> {
    if pod.is_terminating() || pod.is_finished() || pod.node.is_empty() {
        return Vec::new();
    }
    let mut all = Vec::new();
    for (container, status) in pod.containers() {
        if container.kind == ContainerKind::Ephemeral || status.is_none_or(|s| s.ready) {
            continue;
        }
        for mount in container.mounts.iter().filter(|m| !m.sub_path.is_empty()) {
            let Some(volume) = pod.spec.volume(&mount.volume) else {
                continue;
            };
            let (of, files, field) = match &volume.source {
                VolumeSource::ConfigMap(files) => (Kind::ConfigMap, files, "configMap/name"),
                VolumeSource::Secret(files) => (Kind::Secret, files, "secret/secretName"),
                _ => continue,
            };
            // Of chosen items, the paths need not be the keys; and `$(…)` is not written out.
            if of != kind || !files.keys.is_empty() || mount.sub_path.contains('$') {
                continue;
            }
            let key = mount.sub_path.split('/').next().unwrap_or_default();
            let at = format!("{}/volumeMounts/{}/subPath", container.path(), mount.index);
            all.push(Reference {
                kind,
                name: &files.name,
                keys: vec![(key, at)],
                container: Some(container),
                pointer: format!("/spec/volumes/{}/{field}", volume.index),
                missed: None,
            });
        }
    }
    all
}

fn of_volumes<'a>(pod: &'a Pod, all: &mut Vec<Reference<'a>>) {
    for volume in &pod.spec.volumes {
        let path = format!("/spec/volumes/{}", volume.index);
        match &volume.source {
            VolumeSource::ConfigMap(files) => {
                of_files(
                    files,
                    Kind::ConfigMap,
                    &format!("{path}/configMap"),
                    "name",
                    all,
                );
            }
            VolumeSource::Secret(files) => {
                of_files(
                    files,
                    Kind::Secret,
                    &format!("{path}/secret"),
                    "secretName",
                    all,
                );
            }
            VolumeSource::Projected(sources) => {
                for source in sources {
                    let (kind, field) = if source.secret {
                        (Kind::Secret, "secret")
                    } else {
                        (Kind::ConfigMap, "configMap")
                    };
                    let at = format!("{path}/projected/sources/{}/{field}", source.index);
                    of_files(&source.files, kind, &at, "name", all);
                }
            }
            _ => {}
        }
    }
}

fn of_files<'a>(
    files: &'a FilesRef,
    kind: Kind,
    at: &str,
    name: &str,
    all: &mut Vec<Reference<'a>>,
) {
    if !files.optional {
        all.push(Reference {
            kind,
            name: &files.name,
            keys: files
                .keys
                .iter()
                .enumerate()
                .map(|(i, key)| (&**key, format!("{at}/items/{i}/key")))
                .collect(),
            container: None,
            pointer: format!("{at}/{name}"),
            missed: None,
        });
    }
}
