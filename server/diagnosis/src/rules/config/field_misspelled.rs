//! Symptom: a setting has no effect; the container runs its default command, a probe or a
//! limit is not there.
//! Cause: the manifest has a field that the API does not know, so it was dropped.
//! Fix: spell it as the API does, or put it where it belongs.
//! Source: <https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation>

use podside_model::Severity;

use super::api_fields::{Fields, fields_at};
use crate::facts::{
    ConfigMap, CronJob, DaemonSet, Deployment, DroppedField, HorizontalPodAutoscaler, Ingress, Job,
    NetworkPolicy, Object, PersistentVolumeClaim, Pod, PodDisruptionBudget, PodSpec, Service,
    StatefulSet,
};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::near;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "field-misspelled",
    source: "https://kubernetes.io/docs/reference/using-api/api-concepts/#field-validation",
    rank: Rank::Root,
    runs: &[
        Run::Pod(pod),
        Run::Deployment(deployment),
        Run::StatefulSet(stateful_set),
        Run::DaemonSet(daemon_set),
        Run::Job(job),
        Run::CronJob(cron_job),
        Run::Service(service),
        Run::PersistentVolumeClaim(claim),
        Run::Ingress(ingress),
        Run::NetworkPolicy(network_policy),
        Run::HorizontalPodAutoscaler(autoscaler),
        Run::PodDisruptionBudget(disruption_budget),
        Run::ConfigMap(config_map),
    ],
    texts: &[
        text(
            "title",
            "Field {field} of {kind} {name} is not known to the API and was dropped; probably {near} is meant",
            "{kind} {name} のフィールド {field} は API にないため無視された。{near} の誤りと思われる",
        ),
        text(
            "title.misplaced",
            "Field {field} of {kind} {name} stands in the wrong place and was dropped; it belongs to {place}",
            "{kind} {name} のフィールド {field} は位置が誤っているため無視された。正しい位置は {place}",
        ),
        text(
            "title.unknown",
            "Field {field} of {kind} {name} is not known to the API and was dropped",
            "{kind} {name} のフィールド {field} は API にないため無視された",
        ),
        text(
            "explanation",
            "The manifest that was applied has {field} at {parent}, and the object has not: the API server leaves out what it does not know. What the field should do does not happen.",
            "適用されたマニフェストの {parent} には {field} がありますが、オブジェクトにはありません。API サーバーは未知のフィールドを無視します。そのためこの設定は効いていません。",
        ),
        text(
            "explanation.top",
            "The manifest that was applied has {field} at its top, beside metadata, and the object has not: the API server leaves out what it does not know. What the field should do does not happen.",
            "適用されたマニフェストの最上位（metadata と同じ階層）には {field} がありますが、オブジェクトにはありません。API サーバーは未知のフィールドを無視します。そのためこの設定は効いていません。",
        ),
        text(
            "fix",
            "Write {near} instead of {field} and apply again. With --validate=strict kubectl refuses what the API does not know.",
            "{field} を {near} に修正して再度適用します。--validate=strict を付けると、kubectl は API にないフィールドを拒否します。",
        ),
        text(
            "fix.misplaced",
            "Move {field} to {place} and apply again. With --validate=strict kubectl refuses what the API does not know.",
            "{field} を {place} に移動して再度適用します。--validate=strict を付けると、kubectl は API にないフィールドを拒否します。",
        ),
        text(
            "fix.unknown",
            "Remove {field}, or look up how the API spells it, and apply again. With --validate=strict kubectl refuses what the API does not know.",
            "{field} を削除するか、API での正しい名前を確認して再度適用します。--validate=strict を付けると、kubectl は API にないフィールドを拒否します。",
        ),
        text(
            "proof.dropped",
            "The applied manifest has {field} here, and the object has not",
            "適用されたマニフェストのこの位置には {field} があるが、オブジェクトにはない",
        ),
    ],
};

fn pod(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    look(pod, Some(&pod.spec), snapshot, findings);
}

fn deployment(of: &Deployment, snapshot: &Snapshot, findings: &mut Findings) {
    look(of, Some(&of.template.spec), snapshot, findings);
}

fn stateful_set(of: &StatefulSet, snapshot: &Snapshot, findings: &mut Findings) {
    look(of, Some(&of.template.spec), snapshot, findings);
}

fn daemon_set(of: &DaemonSet, snapshot: &Snapshot, findings: &mut Findings) {
    look(of, Some(&of.template.spec), snapshot, findings);
}

fn job(of: &Job, snapshot: &Snapshot, findings: &mut Findings) {
    look(of, Some(&of.template.spec), snapshot, findings);
}

fn cron_job(of: &CronJob, snapshot: &Snapshot, findings: &mut Findings) {
    look(of, Some(&of.template.spec), snapshot, findings);
}

fn service(of: &Service, snapshot: &Snapshot, findings: &mut Findings) {
    look(of, None, snapshot, findings);
}

fn claim(of: &PersistentVolumeClaim, snapshot: &Snapshot, findings: &mut Findings) {
    look(of, None, snapshot, findings);
}

fn ingress(of: &Ingress, snapshot: &Snapshot, findings: &mut Findings) {
    look(of, None, snapshot, findings);
}

fn network_policy(of: &NetworkPolicy, snapshot: &Snapshot, findings: &mut Findings) {
    look(of, None, snapshot, findings);
}

fn autoscaler(of: &HorizontalPodAutoscaler, snapshot: &Snapshot, findings: &mut Findings) {
    look(of, None, snapshot, findings);
}

fn disruption_budget(of: &PodDisruptionBudget, snapshot: &Snapshot, findings: &mut Findings) {
    look(of, None, snapshot, findings);
}

fn config_map(of: &ConfigMap, snapshot: &Snapshot, findings: &mut Findings) {
    look(of, None, snapshot, findings);
}

/// Fields without which a Pod works: whatever ails it, their absence does not.
const HARMLESS: &[&str] = &[
    "annotations",
    "automountServiceAccountToken",
    "imagePullPolicy",
    "labels",
    "limits",
    "livenessProbe",
    "minReadySeconds",
    "ports",
    "preStop",
    "progressDeadlineSeconds",
    "readinessProbe",
    "replicas",
    "requests",
    "resources",
    "revisionHistoryLimit",
    "strategy",
    "terminationGracePeriodSeconds",
    "topologySpreadConstraints",
];

fn look(
    object: &impl Object,
    spec: Option<&PodSpec>,
    snapshot: &Snapshot,
    findings: &mut Findings,
) {
    let meta = object.meta();
    if meta.dropped.is_empty() || meta.deleting.is_some() {
        return;
    }
    for dropped in &meta.dropped {
        // A field that the API knows was taken away by somebody, which is their right.
        let known = fields_at(object.kind(), &dropped.parent);
        if let Some(known) = known.filter(|known| !known.contains_key(&*dropped.name)) {
            findings.add(finding(object, spec, dropped, known, snapshot));
        }
    }
}

fn finding(
    object: &impl Object,
    spec: Option<&PodSpec>,
    dropped: &DroppedField,
    known: &Fields,
    snapshot: &Snapshot,
) -> Finding {
    let reference = object.object_ref();
    let top = snapshot.top_of(object);
    let pods = snapshot.pods_of(&top);
    // With Pods that do not work it may well be why; without, it is an error all the same.
    let broken: Vec<&&Pod> = pods
        .iter()
        .filter(|p| !p.is_ready() && !p.is_terminating())
        .collect();
    let container = spec.and_then(|spec| container_at(spec, &dropped.parent));
    let mut finding = Finding::on_ref(match container {
        Some(container) => reference.clone().with_container(container),
        None => reference.clone(),
    })
    .severity(Severity::Warning)
    .arg("field", &*dropped.name)
    .arg("parent", &*dropped.parent)
    .proof(
        proof::absence(reference.clone(), object, &*dropped.parent)
            .valued(&*dropped.name)
            .shown_by(format!(
                "{} apply view-last-applied {}",
                kubectl::prefix(reference.namespace.as_deref()),
                kubectl::target(&reference)
            ))
            .saying("proof.dropped"),
    );
    let mut names: Vec<&str> = known.keys().copied().collect();
    names.sort_unstable();
    let near = near::name(&dropped.name, names);
    let place = place_of(object.kind(), dropped);
    let meant = near.unwrap_or(&dropped.name);
    // What the API has nowhere says of nothing that it is missing.
    let may_explain = near.is_some() || place.is_some();
    if may_explain && !HARMLESS.contains(&meant) {
        for pod in broken {
            finding = finding.breaks(pod);
        }
    }
    if dropped.parent.is_empty() {
        finding = finding.explanation("explanation.top");
    }
    let apply = "kubectl apply --validate=strict -f FILE";
    if let Some(near) = near {
        finding.arg("near", near).fix_with("fix", apply)
    } else if let Some(place) = place {
        finding
            .arg("place", place)
            .title("title.misplaced")
            .fix_with("fix.misplaced", apply)
    } else {
        finding
            .title("title.unknown")
            .fix_with("fix.unknown", apply)
    }
}

/// The container whose part of the manifest a pointer leads into.
fn container_at<'a>(spec: &'a PodSpec, pointer: &str) -> Option<&'a str> {
    let mut steps = pointer.split('/');
    let list = steps.find(|step| matches!(*step, "containers" | "initContainers"))?;
    let index: usize = steps.next()?.parse().ok()?;
    spec.containers
        .iter()
        .find(|c| c.kind.spec_list() == list && c.index == index)
        .map(|c| &*c.name)
}

/// The pointer of an object around the field, or of one of its parts, where the API knows
/// a field of that name: what a wrong indentation does.
fn place_of(kind: &str, dropped: &DroppedField) -> Option<String> {
    let knows = |pointer: &str| {
        fields_at(kind, pointer).is_some_and(|fields| fields.contains_key(&*dropped.name))
    };
    let mut around = &*dropped.parent;
    while let Some((parent, _)) = around.rsplit_once('/') {
        if !parent.is_empty() && knows(parent) {
            return Some(parent.to_owned());
        }
        around = parent;
    }
    let parts = fields_at(kind, &dropped.parent)?;
    let mut parts: Vec<&str> = parts.keys().copied().collect();
    parts.sort_unstable();
    parts
        .into_iter()
        .map(|part| format!("{}/{part}", dropped.parent))
        .find(|pointer| knows(pointer))
}

#[cfg(test)]
#[path = "field_misspelled_tests.rs"]
mod tests;
