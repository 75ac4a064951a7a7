//! Symptom: a HorizontalPodAutoscaler shows `<unknown>` and nothing is scaled.
//! Cause: the object that `scaleTargetRef` names does not exist.
//! Fix: correct the reference.
//! Source: <https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/>

use podside_model::{ObjectRef, Severity, Why};

use crate::facts::{HorizontalPodAutoscaler, Kind, TargetRef};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::near;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::{Lookup, Snapshot};
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "hpa-target-missing",
    source: "https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/",
    rank: Rank::Root,
    runs: &[Run::HorizontalPodAutoscaler(run)],
    texts: &[
        text(
            "title",
            "HorizontalPodAutoscaler {name} is to scale {target_kind} {target_name}, which does not exist",
            "HorizontalPodAutoscaler {name} のスケール対象 {target_kind} {target_name} が存在しない",
        ),
        text(
            "explanation",
            "scaleTargetRef names it, and namespace {namespace} has none of that name. So nothing is scaled.",
            "scaleTargetRef が指す対象が Namespace {namespace} にないため、何もスケールされません。",
        ),
        text(
            "explanation.near",
            "scaleTargetRef names it, and namespace {namespace} has none of that name; there is {near}. So nothing is scaled.",
            "scaleTargetRef が指す対象が Namespace {namespace} になく、{near} があります。そのため何もスケールされません。",
        ),
        text(
            "fix.near",
            "If {near} is meant, correct scaleTargetRef.",
            "{near} のことであれば、scaleTargetRef を修正します。",
        ),
        text(
            "fix.edit",
            "Correct scaleTargetRef, or delete the autoscaler if its target is gone for good.",
            "scaleTargetRef を修正するか、対象がもう不要であれば HorizontalPodAutoscaler を削除します。",
        ),
    ],
};

fn run(hpa: &HorizontalPodAutoscaler, snapshot: &Snapshot, findings: &mut Findings) {
    if hpa.meta.deleting.is_some() || hpa.target.name.is_empty() {
        return;
    }
    let namespace = &*hpa.meta.namespace;
    let failed = hpa
        .condition("AbleToScale")
        .filter(|c| c.is_false() && &*c.reason == "FailedGetScale");
    let said = failed
        .and_then(|c| c.message.as_deref())
        .unwrap_or_default();
    let says_missing = said.contains("not found") || said.contains("no matches for kind");
    match lookup(hpa, snapshot) {
        Lookup::Found(()) if !said.contains("no matches for kind") => return,
        Lookup::Unknown(why) if !says_missing => {
            if failed.is_some()
                && let Some(kind) = scalable(hpa)
            {
                findings.unknown_object(kind, namespace, &hpa.target.name, why);
            }
            return;
        }
        _ => {}
    }
    let near = near(hpa, snapshot);
    let mut finding = Finding::on(hpa)
        .severity(Severity::Warning)
        .arg("target_kind", &*target(hpa).kind_named())
        .arg("target_name", &*hpa.target.name)
        .proof(proof::absence(
            target(hpa),
            hpa,
            "/spec/scaleTargetRef/name",
        ));
    if let Some(condition) = failed {
        finding = finding
            .proof(proof::condition(hpa, condition, "message"))
            .since(condition.changed);
    }
    if let Some(near) = near {
        finding = finding
            .arg("near", &near)
            .explanation("explanation.near")
            .fix_with("fix.near", aim(hpa, &near));
    }
    findings.add(finding.fix_with(
        "fix.edit",
        kubectl::edit(&proof::object(
            Kind::HorizontalPodAutoscaler,
            namespace,
            &hpa.meta.name,
        )),
    ));
}

/// The command that lets an autoscaler scale another object, given as `KIND NAME`.
fn aim(hpa: &HorizontalPodAutoscaler, near: &str) -> String {
    let namespace = &hpa.meta.namespace;
    let hpa = proof::object(Kind::HorizontalPodAutoscaler, namespace, &hpa.meta.name);
    let Some((kind, name)) = near.split_once(' ') else {
        return kubectl::edit(&hpa);
    };
    let target = serde_json::json!({"kind": kind, "name": name});
    kubectl::set(
        &hpa,
        &serde_json::json!({"spec": {"scaleTargetRef": target}}),
    )
}

/// The object that an autoscaler scales.
pub(super) fn target(hpa: &HorizontalPodAutoscaler) -> ObjectRef {
    let TargetRef { kind, name } = &hpa.target;
    kind.object(&hpa.meta.namespace, name)
}

/// The target's kind, where it is one that the facts know and can be scaled.
fn scalable(hpa: &HorizontalPodAutoscaler) -> Option<Kind> {
    [Kind::Deployment, Kind::StatefulSet, Kind::ReplicaSet]
        .into_iter()
        .find(|kind| hpa.target.kind.is(*kind))
}

fn lookup(hpa: &HorizontalPodAutoscaler, snapshot: &Snapshot) -> Lookup<()> {
    let (namespace, name) = (&*hpa.meta.namespace, &*hpa.target.name);
    let Some(kind) = scalable(hpa) else {
        return Lookup::Unknown(Why::NotSeen);
    };
    if snapshot.meta_of(kind, namespace, name).is_some() {
        return Lookup::Found(());
    }
    let unreadable = match kind {
        Kind::StatefulSet => snapshot.stateful_sets.unreadable(namespace),
        Kind::ReplicaSet => snapshot.replica_sets.unreadable(namespace),
        _ => snapshot.deployments.unreadable(namespace),
    };
    unreadable.map_or(Lookup::Missing, Lookup::Unknown)
}

/// What was probably meant: the same name of another kind, or a similar one of the same.
fn near(hpa: &HorizontalPodAutoscaler, snapshot: &Snapshot) -> Option<String> {
    let (namespace, name) = (&*hpa.meta.namespace, &*hpa.target.name);
    let other = [Kind::Deployment, Kind::StatefulSet]
        .into_iter()
        .find(|kind| snapshot.meta_of(*kind, namespace, name).is_some());
    if let Some(kind) = other {
        return Some(format!("{} {name}", kind.name()));
    }
    let similar = match scalable(hpa)? {
        Kind::StatefulSet => {
            let all = snapshot.stateful_sets.in_namespace(namespace);
            near::name(name, all.map(|o| &*o.meta.name))
        }
        Kind::Deployment => {
            let all = snapshot.deployments.in_namespace(namespace);
            near::name(name, all.map(|o| &*o.meta.name))
        }
        _ => None,
    };
    similar.map(|similar| format!("{} {similar}", hpa.target.kind.name))
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    fn with(kind: &str, name: &str, status: &str) -> String {
        format!(
            "
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {{name: web, namespace: n}}
spec: {{scaleTargetRef: {{apiVersion: apps/v1, kind: {kind}, name: {name}}}, maxReplicas: 5}}
status: {status}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {{name: ledger, namespace: n}}
spec: {{replicas: 0}}
"
        )
    }

    #[test]
    fn a_target_of_another_kind_or_name_is_named() {
        check(&with("Deployment", "ledger", "{}"))
            .finds("hpa-target-missing", "HorizontalPodAutoscaler n/web")
            .tells("explanation.near")
            .with("near", "StatefulSet ledger");
        check(&with("StatefulSet", "legder", "{}"))
            .finds("hpa-target-missing", "HorizontalPodAutoscaler n/web")
            .tells("explanation.near")
            .with("near", "StatefulSet ledger");
    }

    #[test]
    fn of_a_foreign_kind_the_controller_is_believed() {
        let failed = "{conditions: [{type: AbleToScale, status: 'False', reason: FailedGetScale, message: 'WHY'}]}";
        let missing = failed.replace("WHY", "rollouts.argoproj.io \"web\" not found");
        check(&with("Rollout", "web", &missing))
            .finds("hpa-target-missing", "HorizontalPodAutoscaler n/web");
        let forbidden = failed.replace("WHY", "rollouts is forbidden");
        check(&with("Rollout", "web", &forbidden)).does_not_find("hpa-target-missing");
    }

    #[test]
    fn a_kind_of_another_group_is_another_kind() {
        // Of the foreign kind nothing is known, so nobody says that it is missing; and the
        // one of Kubernetes does not stand for it.
        let foreign = |name: &str, status: &str| {
            with("StatefulSet", name, status).replacen("apps/v1", "apps.kruise.io/v1beta1", 1)
        };
        check(&foreign("web", "{}")).does_not_find("hpa-target-missing");
        let failed = "{conditions: [{type: AbleToScale, status: 'False', reason: FailedGetScale, message: 'statefulsets.apps.kruise.io \"ledger\" not found'}]}";
        check(&foreign("ledger", failed))
            .finds("hpa-target-missing", "HorizontalPodAutoscaler n/web")
            .tells("title")
            .with("target_kind", "StatefulSet.apps.kruise.io")
            .with("target_name", "ledger");
    }

    #[test]
    fn a_target_that_exists_is_not_missing() {
        check(&with("StatefulSet", "ledger", "{}")).does_not_find("hpa-target-missing");
    }

    #[test]
    fn a_target_that_cannot_be_read_is_unknown() {
        let failed = "{conditions: [{type: AbleToScale, status: 'False', reason: FailedGetScale, message: timeout}]}";
        check(&with("Deployment", "x", failed))
            .denying("deployments")
            .does_not_find("hpa-target-missing")
            .cannot_tell("unknown.object")
            .with("kind", "Deployment")
            .with("name", "x");
    }
}
