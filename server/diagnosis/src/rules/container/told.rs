//! What the line that tells why a process ends means, held against what its Pod is
//! configured with.

use crate::facts::{Container, Kind, Pod, VolumeSource};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::log_reading::{Claim, Told, brief};
use crate::near;
use crate::rules::reason::{advised, credentials};
use crate::snapshot::Snapshot;

/// Gives a finding the title, explanation and first step of the fix that the line calls for.
pub(super) fn explain(
    finding: Finding,
    told: &Told,
    pod: &Pod,
    container: &Container,
    snapshot: &Snapshot,
    findings: &mut Findings,
) -> Finding {
    if let Claim::MissingVariable { name } = &told.claim {
        return variable(finding, name, pod, container, snapshot, findings);
    }
    let finding = finding
        .arg("line", brief(&told.line.text))
        .title("title.line")
        .explanation("explanation.line");
    let finding = match &told.claim {
        Claim::MissingFile { path } => file(finding, path, pod, container, snapshot, findings),
        Claim::PermissionDenied { path } if !path.is_empty() => finding
            .arg("path", path)
            .explanation("explanation.permission"),
        Claim::LoginRefused | Claim::Unauthorized => match credentials(container) {
            sources if sources.is_empty() => finding,
            sources => finding
                .arg("sources", sources)
                .explanation("explanation.login"),
        },
        _ => finding,
    };
    advised(finding, &told.claim, pod, container, snapshot)
}

fn variable(
    finding: Finding,
    name: &str,
    pod: &Pod,
    container: &Container,
    snapshot: &Snapshot,
    findings: &mut Findings,
) -> Finding {
    let top = snapshot.top_of(pod).object_ref();
    let finding = finding.arg("variable", name).title("title.variable");
    let named = container.env.iter().any(|var| &*var.name == name);
    let finding = if named {
        finding.explanation("explanation.variable-empty")
    } else if let Some((near, place)) = near_variable(name, pod, container, snapshot, findings) {
        finding
            .arg("near", near)
            .arg("where", place)
            .explanation("explanation.variable-near")
            .fix("fix.near")
    } else {
        finding.explanation("explanation.variable")
    };
    if matches!(
        Kind::of(&top),
        Some(
            Kind::Deployment
                | Kind::StatefulSet
                | Kind::DaemonSet
                | Kind::ReplicaSet
                | Kind::CronJob
        )
    ) {
        let set = format!(
            "{} set env {} -c {} {}",
            kubectl::prefix(Some(&pod.meta.namespace)),
            kubectl::target(&top),
            kubectl::word(&container.name),
            kubectl::word(&format!("{name}=VALUE"))
        );
        finding.fix_with("fix.variable", set)
    } else {
        finding.fix_with("fix.variable", kubectl::change(&top))
    }
}

/// A variable that is spelt alike, and what gives it to the container.
fn near_variable(
    name: &str,
    pod: &Pod,
    container: &Container,
    snapshot: &Snapshot,
    findings: &mut Findings,
) -> Option<(String, String)> {
    let own = container.env.iter().map(|var| &*var.name);
    if let Some(near) = near::name(name, own) {
        return Some((
            near.to_owned(),
            format!("env of container {}", container.name),
        ));
    }
    let namespace = &*pod.meta.namespace;
    container.env_from.iter().find_map(|source| {
        let key = name.strip_prefix(&*source.prefix)?;
        let (kind, keys) = if source.secret {
            let secret = snapshot.secrets.get(namespace, &source.name)?;
            ("Secret", findings.secret_keys(secret).ok()?)
        } else {
            let config_map = snapshot.config_maps.get(namespace, &source.name)?;
            ("ConfigMap", &*config_map.keys)
        };
        let near = near::name(key, keys.iter().map(|k| &**k))?;
        Some((near.to_owned(), format!("{kind} {}", source.name)))
    })
}

/// A file that should have come from a mounted ConfigMap or Secret.
fn file(
    finding: Finding,
    path: &str,
    pod: &Pod,
    container: &Container,
    snapshot: &Snapshot,
    findings: &mut Findings,
) -> Finding {
    let below = |mount: &str| {
        let rest = path.strip_prefix(mount.trim_end_matches('/'))?;
        rest.strip_prefix('/').filter(|rest| !rest.is_empty())
    };
    let held = container
        .mounts
        .iter()
        .filter(|mount| mount.sub_path.is_empty())
        .filter_map(|mount| Some((mount, below(&mount.path)?)))
        .max_by_key(|(mount, _)| mount.path.len());
    let Some((mount, key)) = held else {
        return finding;
    };
    let namespace = &*pod.meta.namespace;
    let holder = match pod.spec.volume(&mount.volume).map(|v| &v.source) {
        // Of chosen items, the paths need not be the keys.
        Some(VolumeSource::ConfigMap(files)) if files.keys.is_empty() => snapshot
            .config_maps
            .get(namespace, &files.name)
            .map(|c| ("ConfigMap", &files.name, &*c.keys)),
        Some(VolumeSource::Secret(files)) if files.keys.is_empty() => snapshot
            .secrets
            .get(namespace, &files.name)
            .and_then(|s| Some(("Secret", &files.name, findings.secret_keys(s).ok()?))),
        _ => None,
    };
    let Some((what, object, keys)) =
        holder.filter(|(_, _, keys)| !keys.iter().any(|k| &**k == key))
    else {
        return finding;
    };
    let keys: Vec<String> = keys.iter().map(ToString::to_string).collect();
    finding
        .arg("path", path)
        .arg("what", what)
        .arg("object", &**object)
        .arg("mount", &*mount.path)
        .arg("key", key)
        .arg(
            "keys",
            if keys.is_empty() {
                vec!["-".to_owned()]
            } else {
                keys
            },
        )
        .explanation("explanation.file")
        .fix("fix.file")
}
