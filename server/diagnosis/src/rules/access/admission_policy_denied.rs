//! Symptom: a workload has no Pods, and none is Pending.
//! Cause: a ValidatingAdmissionPolicy refuses them.
//! Fix: do what it asks for, or have it or its binding changed.
//! Source: <https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/>

use podside_model::ObjectRef;

use crate::findings::Findings;
use crate::kubectl;
use crate::rule::{Rank, Rule};
use crate::rules::refusal::{Reason, Refusal, on_refusals};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "admission-policy-denied",
    source: "https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/",
    rank: Rank::Root,
    runs: on_refusals!(found),
    texts: &[
        text(
            "title",
            "ValidatingAdmissionPolicy {policy} refuses the {created} of {kind} {name}: {said}",
            "ValidatingAdmissionPolicy {policy} が {kind} {name} の {created} を拒否している: {said}",
        ),
        text(
            "explanation",
            "The API server itself holds every new object against the expressions of the policy, in the namespaces to which its binding applies it. {kind} {name} has {have} of {wanted} {created}; the missing ones do not exist, so they are not Pending either.",
            "API サーバー自身が、バインディングの対象となる Namespace の新しいオブジェクトをポリシーの式で検証します。{kind} {name} の {created} は {wanted} 個中 {have} 個で、不足分は存在しないため Pending としても現れません。",
        ),
        text(
            "fix.template",
            "Change the Pod template of {kind} {name} to what the policy asks for.",
            "ポリシーの要求に合うように {kind} {name} の Pod テンプレートを変更します。",
        ),
        text(
            "fix.policy",
            "Where the policy is not meant for it, have those who run the policy exclude it, in the policy's matchConditions or in its binding's matchResources.",
            "このポリシーの対象とすべきでない場合は、管理者に依頼して、ポリシーの matchConditions またはバインディングの matchResources で除外します。",
        ),
    ],
};

fn found(refusal: &Refusal<'_>, snapshot: &Snapshot, findings: &mut Findings) {
    let Reason::PolicyDenied { policy, said } = refusal.reason else {
        return;
    };
    let show = format!(
        "kubectl get validatingadmissionpolicy {} -o yaml",
        kubectl::word(policy)
    );
    findings.add(
        refusal
            .finding(snapshot)
            .one_fault(
                ObjectRef::namespaced("ValidatingAdmissionPolicy", refusal.namespace(), policy),
                refusal.rule_of(said),
            )
            .arg("policy", policy)
            .arg("said", said)
            .fix_with("fix.template", kubectl::edit(&refusal.top.object_ref()))
            .fix_with("fix.policy", show),
    );
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    fn with(message: &str) -> String {
        format!(
            "
apiVersion: batch/v1
kind: CronJob
metadata: {{name: nightly, namespace: b, uid: c}}
spec: {{schedule: '0 1 * * *', jobTemplate: {{spec: {{template: {{spec: {{containers: []}}}}}}}}}}
---
apiVersion: v1
kind: Event
metadata: {{name: e, namespace: b}}
involvedObject: {{kind: CronJob, namespace: b, name: nightly, uid: c}}
reason: FailedCreate
type: Warning
message: \"Error creating job: {message}\"
lastTimestamp: '2026-01-01T11:59:00Z'
"
        )
    }

    #[test]
    fn a_policy_that_refuses_is_named_with_its_words() {
        let words = "jobs.batch 'x' is forbidden: ValidatingAdmissionPolicy 'no-root' with binding 'all' denied request: root is not allowed";
        check(&with(words))
            .finds("admission-policy-denied", "CronJob b/nightly")
            .tells("title")
            .with("policy", "no-root")
            .with("said", "root is not allowed")
            .advises("validatingadmissionpolicy no-root")
            .alone();
    }

    #[test]
    fn a_webhook_that_refuses_is_another_cause() {
        let words = "admission webhook \\\"a.b\\\" denied the request: no";
        check(&with(words))
            .does_not_find("admission-policy-denied")
            .finds("admission-webhook-denied", "CronJob b/nightly");
    }

    #[test]
    fn what_is_refused_for_nobody_knows_what_is_no_policy_s_doing() {
        check(&with("jobs.batch 'x' already exists")).does_not_find("admission-policy-denied");
    }
}
