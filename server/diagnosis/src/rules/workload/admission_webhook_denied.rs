//! Symptom: a workload has no Pods, and none is Pending.
//! Cause: an admission webhook answered and refused them.
//! Fix: do what it asks for, or change the policy.
//! Source: <https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/>

use podside_model::ObjectRef;

use crate::facts::WebhookConfiguration;
use crate::findings::Findings;
use crate::kubectl;
use crate::proof::{self, Proof};
use crate::rule::{Rank, Rule};
use crate::rules::refusal::{Reason, Refusal, on_refusals};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "admission-webhook-denied",
    source: "https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/",
    rank: Rank::Root,
    runs: on_refusals!(found),
    texts: &[
        text(
            "title",
            "Admission webhook {webhook} refuses the {created} of {kind} {name}: {said}",
            "Admission webhook {webhook} が {kind} {name} の {created} を拒否している: {said}",
        ),
        text(
            "title.silent",
            "Admission webhook {webhook} refuses the {created} of {kind} {name} without saying why",
            "Admission webhook {webhook} が理由を示さずに {kind} {name} の {created} を拒否している",
        ),
        text(
            "explanation",
            "The API server asks it about every new object, and it answered no. {kind} {name} has {have} of {wanted} {created}; the missing ones do not exist, so they are not Pending either.",
            "API サーバーは新しいオブジェクトごとに問い合わせ、拒否の応答を受けています。{kind} {name} の {created} は {wanted} 個中 {have} 個で、不足分は存在しないため Pending としても現れません。",
        ),
        text(
            "fix.template",
            "Change the Pod template of {kind} {name} to what it asks for.",
            "要求に合うように {kind} {name} の Pod テンプレートを変更します。",
        ),
        text(
            "fix.policy",
            "Or have those who run it make an exception.",
            "または管理者に例外の設定を依頼します。",
        ),
        text(
            "proof.webhook",
            "The configuration that makes the API server call this webhook",
            "この webhook を呼び出す設定",
        ),
    ],
};

fn found(refusal: &Refusal<'_>, snapshot: &Snapshot, findings: &mut Findings) {
    let Reason::WebhookDenied { webhook, said } = refusal.reason else {
        return;
    };
    let finding = refusal
        .finding(snapshot)
        .one_fault(
            ObjectRef::namespaced("Webhook", refusal.namespace(), webhook),
            refusal.rule_of(said.unwrap_or_default()),
        )
        .arg("webhook", webhook)
        .proofs(configured(snapshot, webhook));
    let finding = match said {
        Some(said) => finding.arg("said", said),
        None => finding.title("title.silent"),
    };
    findings.add(
        finding
            .fix_with("fix.template", kubectl::edit(&refusal.top.object_ref()))
            .fix("fix.policy"),
    );
}

/// Where the webhook of that name is configured.
fn configured(snapshot: &Snapshot, name: &str) -> Option<Proof> {
    let configurations = snapshot
        .validating_webhooks
        .iter()
        .chain(snapshot.mutating_webhooks.iter());
    let (configuration, webhook) = configurations
        .flat_map(|c: &WebhookConfiguration| c.webhooks.iter().map(move |w| (c, w)))
        .find(|(_, webhook)| &*webhook.name == name)?;
    let pointer = format!("/webhooks/{}/name", webhook.index);
    Some(proof::field(configuration, pointer, &webhook.name).saying("proof.webhook"))
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
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: {{name: owners}}
webhooks: [{{name: a.owners.io}}, {{name: team.owners.io}}]
---
apiVersion: v1
kind: Event
metadata: {{name: e, namespace: b}}
involvedObject: {{kind: CronJob, namespace: b, name: nightly, uid: c}}
reason: FailedCreate
type: Warning
message: 'Error creating job: {message}'
lastTimestamp: '2026-01-01T11:59:00Z'
"
        )
    }

    #[test]
    fn jobs_of_a_cron_job_may_be_refused_too() {
        check(&with(
            "admission webhook \"team.owners.io\" denied the request: label team is missing",
        ))
        .finds("admission-webhook-denied", "CronJob b/nightly")
        .tells("title")
        .with("created", "Jobs")
        .with("kind", "CronJob")
        .with("name", "nightly")
        .with("said", "label team is missing")
        .proves("team.owners.io");
    }

    #[test]
    fn a_refusal_without_words_is_told_as_such() {
        check(&with(
            "admission webhook \"team.owners.io\" denied the request without explanation",
        ))
        .finds("admission-webhook-denied", "CronJob b/nightly")
        .tells("title.silent");
    }

    #[test]
    fn a_webhook_that_refuses_nothing_is_no_problem() {
        check(&with("jobs.batch \"x\" already exists")).does_not_find("admission-webhook-denied");
    }
}
