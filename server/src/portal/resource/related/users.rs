//! What a Pod or the template of one uses, and who uses an object.

use podside_diagnosis::facts::{EnvValue, Kind, Object, Pod, PodSpec, Template, VolumeSource};
use podside_diagnosis::snapshot::Snapshot;
use podside_model::ObjectRef;

/// An object that a Pod uses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Used {
    pub(super) object: ObjectRef,
    /// Whether the Pod starts without it.
    pub(super) is_optional: bool,
}

/// What the Pods of a spec use: claims, `ConfigMaps` and Secrets, each once, in the order in
/// which they stand there. `pod` names the Pod, of which claims of its own have their names.
pub(super) fn used(namespace: &str, spec: &PodSpec, pod: Option<&str>) -> Vec<Used> {
    let mut all: Vec<Used> = Vec::new();
    let mut add = |kind: Kind, name: &str, is_optional: bool| {
        if name.is_empty() {
            return;
        }
        let object = ObjectRef::namespaced(kind.name(), namespace, name).in_group(kind.group());
        match all.iter_mut().find(|it| it.object == object) {
            Some(known) => known.is_optional &= is_optional,
            None => all.push(Used {
                object,
                is_optional,
            }),
        }
    };
    let of_files = |secret: bool| {
        if secret {
            Kind::Secret
        } else {
            Kind::ConfigMap
        }
    };
    for volume in &spec.volumes {
        match &volume.source {
            VolumeSource::Claim(name) => add(Kind::PersistentVolumeClaim, name, false),
            VolumeSource::Ephemeral => {
                if let Some(pod) = pod {
                    let name = format!("{pod}-{}", volume.name);
                    add(Kind::PersistentVolumeClaim, &name, false);
                }
            }
            VolumeSource::ConfigMap(files) => add(Kind::ConfigMap, &files.name, files.optional),
            VolumeSource::Secret(files) => add(Kind::Secret, &files.name, files.optional),
            VolumeSource::Projected(sources) => {
                for source in sources {
                    add(
                        of_files(source.secret),
                        &source.files.name,
                        source.files.optional,
                    );
                }
            }
            _ => {}
        }
    }
    for container in &spec.containers {
        for from in &container.env_from {
            add(of_files(from.secret), &from.name, from.optional);
        }
        for var in &container.env {
            match &var.value {
                EnvValue::ConfigMapKey(key) => add(Kind::ConfigMap, &key.name, key.optional),
                EnvValue::SecretKey(key) => add(Kind::Secret, &key.name, key.optional),
                _ => {}
            }
        }
    }
    for secret in &spec.image_pull_secrets {
        // The kubelet goes on without one that is missing.
        add(Kind::Secret, secret, true);
    }
    all
}

/// Who uses an object of a namespace: the workloads whose templates name it, then the Pods
/// that have no such owner.
pub(super) fn users(
    snapshot: &Snapshot,
    namespace: &str,
    uses: impl Fn(&PodSpec, Option<&str>) -> bool,
) -> Vec<ObjectRef> {
    let mut all = Vec::new();
    macro_rules! with_templates {
        ($($table:ident),*) => {$(
            for it in snapshot.$table.in_namespace(namespace) {
                let template: &Template = &it.template;
                // What another one owns says what its owner says.
                if it.meta.controller().is_none() && uses(&template.spec, None) {
                    all.push(it.object_ref());
                }
            }
        )*};
    }
    with_templates!(
        deployments,
        stateful_sets,
        daemon_sets,
        cron_jobs,
        jobs,
        replica_sets,
        replication_controllers
    );
    let pods = snapshot.pods.in_namespace(namespace);
    for pod in pods.filter(|pod| uses(&pod.spec, Some(&pod.meta.name))) {
        let is_told = all.contains(&snapshot.top_of(pod).object_ref());
        if !is_told {
            all.push(pod.object_ref());
        }
    }
    all
}

/// The Pods that use a claim, by name.
pub(super) fn pods_with<'a>(snapshot: &'a Snapshot, claim: &'a ObjectRef) -> Vec<&'a Pod> {
    let namespace = claim.namespace.as_deref().unwrap_or_default();
    let pods = snapshot.pods.in_namespace(namespace);
    pods.filter(|pod| names(namespace, &pod.spec, Some(&pod.meta.name), claim))
        .collect()
}

/// Whether the Pods of a spec use an object.
pub(super) fn names(
    namespace: &str,
    spec: &PodSpec,
    pod: Option<&str>,
    object: &ObjectRef,
) -> bool {
    used(namespace, spec, pod)
        .iter()
        .any(|used| used.object == *object)
}
