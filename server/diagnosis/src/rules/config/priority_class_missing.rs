//! Symptom: a workload has no Pods, and none is Pending.
//! Cause: its Pod template names a PriorityClass that does not exist, so that the API
//! server refuses the Pods.
//! Fix: create the PriorityClass, or correct the name.
//! Source: <https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/>

use crate::facts::Kind;
use crate::findings::Findings;
use crate::kubectl;
use crate::near;
use crate::proof;
use crate::rule::{Rank, Rule};
use crate::rules::refusal::{Reason, Refusal, on_refusals};
use crate::snapshot::{Lookup, Snapshot};
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "priority-class-missing",
    source: "https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/",
    rank: Rank::Root,
    runs: on_refusals!(found),
    texts: &[
        text(
            "title",
            "PriorityClass {class} does not exist, so {kind} {name} cannot create its Pods",
            "PriorityClass {class} が存在しないため、{kind} {name} が Pod を作成できない",
        ),
        text(
            "explanation",
            "The Pod template names it in priorityClassName, and the cluster has none of that name. {kind} {name} has {have} of {wanted} {created}; the missing ones do not exist, so they are not Pending either.",
            "Pod テンプレートの priorityClassName が指す PriorityClass がクラスターにありません。{kind} {name} の {created} は {wanted} 個中 {have} 個で、不足分は存在しないため Pending としても現れません。",
        ),
        text(
            "explanation.others",
            "The Pod template names it in priorityClassName, and the cluster has only {others}. {kind} {name} has {have} of {wanted} {created}; the missing ones do not exist, so they are not Pending either.",
            "Pod テンプレートの priorityClassName が指す PriorityClass がクラスターにありません。存在するのは {others} です。{kind} {name} の {created} は {wanted} 個中 {have} 個で、不足分は存在しないため Pending としても現れません。",
        ),
        text(
            "fix.near",
            "If {near} is meant, correct priorityClassName in {kind} {name}.",
            "{near} のことであれば、{kind} {name} の priorityClassName を修正します。",
        ),
        text(
            "fix.template",
            "Name a PriorityClass that exists in {kind} {name}, or none.",
            "{kind} {name} に存在する PriorityClass を指定するか、指定を外します。",
        ),
        text(
            "fix.create",
            "Or create the PriorityClass, with the value that it should have.",
            "または適切な値で PriorityClass を作成します。",
        ),
    ],
};

/// The most PriorityClasses that are named.
const MOST: usize = 8;

fn found(refusal: &Refusal<'_>, snapshot: &Snapshot, findings: &mut Findings) {
    let Reason::PriorityClassMissing { name } = refusal.reason else {
        return;
    };
    // Created since: the controller has not tried again yet.
    if let Lookup::Found(_) = snapshot.priority_classes.find("", name) {
        return;
    }
    let classes = || {
        snapshot
            .priority_classes
            .iter()
            .map(|class| &*class.meta.name)
    };
    let mut finding = refusal.finding(snapshot).arg("class", name);
    let others: Vec<String> = classes()
        .filter(|class| !class.starts_with("system-"))
        .take(MOST)
        .map(str::to_owned)
        .collect();
    if !others.is_empty() {
        finding = finding
            .explanation("explanation.others")
            .arg("others", others);
    }
    let top = refusal.top.object_ref();
    let set = |class: Option<&str>| {
        kubectl::set_in_template(&top, &serde_json::json!({"priorityClassName": class}))
    };
    finding = match near::name(name, classes()) {
        Some(near) => finding
            .arg("near", near)
            .fix_with("fix.near", set(Some(near))),
        // Without one the Pods have the priority of the default class, or none.
        None => finding.fix_with("fix.template", set(None)),
    };
    // A webhook may have put another name into the Pod than the template has.
    if &*refusal.template.spec.placement.priority_class == name
        && refusal.shortage.created == "Pods"
    {
        finding = finding.proof(proof::absence(
            proof::object(Kind::PriorityClass, "", name),
            &refusal.owner,
            "/spec/template/spec/priorityClassName",
        ));
    }
    let create = format!(
        "{} create priorityclass {} --value=VALUE",
        kubectl::prefix(None),
        kubectl::word(name)
    );
    findings.add(finding.fix_with("fix.create", create));
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    const JOB: &str = r#"
apiVersion: batch/v1
kind: CronJob
metadata: {name: nightly, namespace: b, uid: c}
spec: {schedule: '0 1 * * *', jobTemplate: {spec: {template: {spec: {containers: []}}}}}
---
apiVersion: batch/v1
kind: Job
metadata:
  {name: nightly-1, namespace: b, uid: j, ownerReferences: [{apiVersion: batch/v1, kind: CronJob, name: nightly, uid: c, controller: true}]}
spec: {template: {spec: {priorityClassName: high, containers: [{name: a, image: x}]}}}
status: {}
---
apiVersion: scheduling.k8s.io/v1
kind: PriorityClass
metadata: {name: CLASS}
value: 10
---
apiVersion: v1
kind: Event
metadata: {name: e, namespace: b}
involvedObject: {kind: Job, namespace: b, name: nightly-1, uid: j}
reason: FailedCreate
type: Warning
message: 'Error creating: pods "nightly-1-x" is forbidden: no PriorityClass with name high was found'
lastTimestamp: '2026-01-01T11:59:00Z'
"#;

    #[test]
    fn a_job_of_a_cron_job_names_the_cron_job() {
        check(&JOB.replace("CLASS", "higher"))
            .finds("priority-class-missing", "CronJob b/nightly")
            .tells("explanation.others")
            .with_list("others", ["higher"])
            .offers("fix.near")
            .with("near", "higher")
            .proves("high");
    }

    #[test]
    fn a_class_that_exists_by_now_is_not_missing() {
        check(&JOB.replace("CLASS", "high")).does_not_find("priority-class-missing");
    }

    #[test]
    fn a_finished_job_needs_no_pods() {
        let done = "status: {conditions: [{type: Complete, status: 'True'}]}";
        check(&JOB.replace("CLASS", "low").replace("status: {}", done))
            .does_not_find("priority-class-missing");
    }
}
