//! Symptom: a workload has no Pods, and none is Pending.
//! Cause: the namespace enforces a Pod Security level that the Pod template violates.
//! Fix: set what the level asks for in the template, or lower the namespace's level.
//! Source: <https://kubernetes.io/docs/concepts/security/pod-security-admission/>

use std::collections::BTreeSet;

use serde_json::json;

use crate::facts::{Kind, escape_pointer};
use crate::findings::Findings;
use crate::kubectl;
use crate::proof;
use crate::rule::{Rank, Rule};
use crate::rules::refusal::{Reason, Refusal, on_refusals};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "pod-security-violation",
    source: "https://kubernetes.io/docs/concepts/security/pod-security-admission/",
    rank: Rank::Root,
    runs: on_refusals!(found),
    texts: &[
        text(
            "title",
            "Namespace {namespace} enforces Pod Security level {level}, and the Pods of {kind} {name} violate it: {violations}",
            "Namespace {namespace} は Pod Security のレベル {level} を強制しており、{kind} {name} の Pod が違反している: {violations}",
        ),
        text(
            "explanation",
            "Pod Security admission refuses every Pod that the level does not allow. {kind} {name} has {have} of {wanted} {created}. What to set: {details}.",
            "Pod Security admission はレベルが許可しない Pod をすべて拒否します。{kind} {name} の {created} は {wanted} 個中 {have} 個です。必要な設定: {details}。",
        ),
        text(
            "fix.template",
            "Set in the Pod template of {kind} {name} what the level asks for. The image must be able to run so, for example as a non-root user.",
            "レベルが求める設定を {kind} {name} の Pod テンプレートに追加します。イメージがその設定で動作する（root 以外で動くなど）必要があります。",
        ),
        text(
            "fix.level",
            "If the Pods need these rights, run them in a namespace that is meant for such Pods: this one is kept from them on purpose.",
            "これらの権限が必要であれば、そのような Pod のための Namespace で動作させます。この Namespace では意図的に禁止されています。",
        ),
        text(
            "proof.level",
            "The level that Namespace {namespace} enforces",
            "Namespace {namespace} が強制するレベル",
        ),
    ],
};

/// The label by which a namespace enforces a level.
const ENFORCE: &str = "pod-security.kubernetes.io/enforce";

fn found(refusal: &Refusal<'_>, snapshot: &Snapshot, findings: &mut Findings) {
    let Reason::PodSecurity { level, violations } = &refusal.reason else {
        return;
    };
    let namespace = refusal.namespace();
    let names: Vec<String> = violations.iter().map(|v| name(v).to_owned()).collect();
    let details: Vec<String> = violations.iter().map(|v| (*v).to_owned()).collect();
    let label = snapshot.namespaces.get("", namespace).and_then(|object| {
        let value = object.meta.label(ENFORCE)?;
        let pointer = format!("/metadata/labels/{}", escape_pointer(ENFORCE));
        Some(proof::field(object, pointer, value).saying("proof.level"))
    });
    findings.add(
        refusal
            .finding(snapshot)
            .one_fault(proof::object(Kind::Namespace, "", namespace), level)
            .arg("level", *level)
            .arg("violations", names)
            .arg("details", details)
            .proofs(label)
            .fix_with("fix.template", change(refusal, violations))
            .fix("fix.level"),
    );
}

/// A violation without its detail: `hostPort (container "a" uses hostPort 80)`.
fn name(violation: &str) -> &str {
    violation
        .split_once(" (")
        .map_or(violation, |(name, _)| name)
}

/// The command that sets what is missing, where setting is all that is needed; else the
/// template is to be edited, as something must be taken out.
fn change(refusal: &Refusal<'_>, violations: &[&str]) -> String {
    const SETTABLE: [&str; 4] = [
        "allowPrivilegeEscalation != false",
        "unrestricted capabilities",
        "runAsNonRoot != true",
        "seccompProfile",
    ];
    let top = refusal.top.object_ref();
    let settable = violations.iter().all(|v| SETTABLE.contains(&name(v)));
    if !settable
        || !matches!(
            Kind::of(&top),
            Some(Kind::Deployment | Kind::StatefulSet | Kind::DaemonSet)
        )
    {
        return kubectl::edit(&top);
    }
    let violated: BTreeSet<&str> = violations.iter().map(|v| name(v)).collect();
    let mut pod = json!({});
    if violated.contains("runAsNonRoot != true") {
        merge(&mut pod, "runAsNonRoot", json!(true));
    }
    if violated.contains("seccompProfile") {
        merge(
            &mut pod,
            "seccompProfile",
            json!({"type": "RuntimeDefault"}),
        );
    }
    let mut own = json!({});
    if violated.contains("allowPrivilegeEscalation != false") {
        merge(&mut own, "allowPrivilegeEscalation", json!(false));
    }
    if violated.contains("unrestricted capabilities") {
        merge(&mut own, "capabilities", json!({"drop": ["ALL"]}));
    }
    let mut spec = json!({});
    if pod != json!({}) {
        merge(&mut spec, "securityContext", pod);
    }
    if own != json!({}) {
        for list in ["initContainers", "containers"] {
            let containers: Vec<_> = refusal
                .template
                .spec
                .containers
                .iter()
                .filter(|c| c.kind.spec_list() == list)
                .map(|c| json!({"name": &*c.name, "securityContext": own}))
                .collect();
            if !containers.is_empty() {
                merge(&mut spec, list, json!(containers));
            }
        }
    }
    let patch = json!({"spec": {"template": {"spec": spec}}});
    format!(
        "{} patch {} {} -p {}",
        kubectl::prefix(Some(refusal.namespace())),
        top.kind.to_ascii_lowercase(),
        kubectl::word(&top.name),
        kubectl::word(&patch.to_string())
    )
}

fn merge(object: &mut serde_json::Value, key: &str, value: serde_json::Value) {
    if let Some(map) = object.as_object_mut() {
        map.insert(key.to_owned(), value);
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    fn with(level: &str, violations: &str, current: u32) -> String {
        format!(
            r#"
apiVersion: v1
kind: Namespace
metadata: {{name: agents, labels: {{pod-security.kubernetes.io/enforce: {level}}}}}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {{name: agent, namespace: agents, uid: d}}
spec:
  template: {{spec: {{hostNetwork: true, containers: [{{name: a, image: x}}, {{name: b, image: x}}]}}}}
status: {{desiredNumberScheduled: 3, currentNumberScheduled: {current}}}
---
apiVersion: v1
kind: Event
metadata: {{name: e, namespace: agents}}
involvedObject: {{kind: DaemonSet, namespace: agents, name: agent, uid: d}}
reason: FailedCreate
type: Warning
message: 'Error creating: pods "agent-x" is forbidden: violates PodSecurity "{level}:latest": {violations}'
lastTimestamp: '2026-01-01T11:59:00Z'
"#
        )
    }

    #[test]
    fn a_daemon_set_that_wants_too_much_is_to_be_edited() {
        check(&with(
            "baseline",
            "host namespaces (hostNetwork=true), hostPath volumes (volume \"logs\")",
            0,
        ))
        .finds("pod-security-violation", "DaemonSet agents/agent")
        .tells("title")
        .with_list("violations", ["host namespaces", "hostPath volumes"])
        .proves("baseline")
        .advises("kubectl -n agents edit daemonset agent");
    }

    #[test]
    fn settings_that_are_missing_are_set_by_a_patch() {
        check(&with(
            "restricted",
            "allowPrivilegeEscalation != false (containers \"a\", \"b\" must set securityContext.allowPrivilegeEscalation=false)",
            0,
        ))
        .finds("pod-security-violation", "DaemonSet agents/agent")
        .advises("\"allowPrivilegeEscalation\":false");
    }

    #[test]
    fn pods_that_exist_violate_nothing() {
        check(&with("baseline", "host namespaces (hostNetwork=true)", 3))
            .does_not_find("pod-security-violation");
    }
}
