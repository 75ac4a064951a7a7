//! Symptom: a workload has no Pods, and `kubectl apply` fails with `failed calling webhook`.
//! Cause: an admission webhook with `failurePolicy: Fail` cannot be called: its Service
//! does not exist, has no ready endpoint, does not answer in time, or shows a
//! certificate that `caBundle` does not trust.
//! Fix: bring the webhook back, or let requests pass while it is away.
//! Source: <https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#failure-policy>

use podside_model::Severity;

use crate::facts::{Kind, Object, Webhook, WebhookConfiguration};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::rules::refusal::{Reason, Refusal, on_refusals};
use crate::snapshot::{Lookup, Snapshot};
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "admission-webhook-unavailable",
    source: "https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/#failure-policy",
    // What the webhook's own Pods suffer from says more than that they do not answer.
    rank: Rank::Mechanism,
    runs: on_refusals!(
        found,
        Run::ValidatingWebhookConfiguration(without_service),
        Run::MutatingWebhookConfiguration(without_service)
    ),
    texts: &[
        text(
            "title",
            "Webhook {webhook} cannot be called, so the API server refuses every object that it should look at",
            "Webhook {webhook} を呼び出せないため、API サーバーが対象のオブジェクトをすべて拒否している",
        ),
        text(
            "explanation",
            "failurePolicy is Fail, so nothing passes without its answer. The API server says: {failure}. {owner_kind} {owner} has {have} of {wanted} {created}.",
            "failurePolicy が Fail のため、応答がなければ何も通りません。API サーバーのエラー: {failure}。{owner_kind} {owner} の {created} は {wanted} 個中 {have} 個です。",
        ),
        text(
            "explanation.owner",
            "The API server says: {failure}. {kind} {name} has {have} of {wanted} {created}. The configuration of the webhook could not be looked at.",
            "API サーバーのエラー: {failure}。{kind} {name} の {created} は {wanted} 個中 {have} 個です。Webhook の設定は確認できませんでした。",
        ),
        text(
            "explanation.missing",
            "failurePolicy is Fail, so nothing passes without its answer, and Service {service} in namespace {service_namespace}, through which it is called, does not exist.",
            "failurePolicy が Fail のため、応答がなければ何も通りません。呼び出し先である Namespace {service_namespace} の Service {service} が存在しません。",
        ),
        text(
            "fix.service",
            "Install what serves the webhook: Service {service} in namespace {service_namespace} and its Pods.",
            "Webhook を提供する Namespace {service_namespace} の Service {service} とその Pod をインストールします。",
        ),
        text(
            "fix.endpoints",
            "Get the Pods behind the webhook's Service ready.",
            "Webhook の Service の背後にある Pod を Ready にします。",
        ),
        text(
            "fix.certificate",
            "Make clientConfig.caBundle trust the certificate that the webhook shows, and the certificate name the Service.",
            "clientConfig.caBundle が Webhook の証明書を信頼し、証明書の名前が Service と一致するようにします。",
        ),
        text(
            "fix.reach",
            "See that the API server reaches the webhook: its port, its NetworkPolicies, its load, timeoutSeconds.",
            "API サーバーから Webhook に到達できるか確認します（ポート、NetworkPolicy、負荷、timeoutSeconds）。",
        ),
        text(
            "fix.own",
            "Leave namespace {service_namespace} out of the webhook with its namespaceSelector: it is asked about its own Pods, which cannot be made while it does not answer.",
            "namespaceSelector で Namespace {service_namespace} を Webhook の対象から外します。Webhook 自身の Pod も対象になっており、応答しない間は作成できないためです。",
        ),
        text(
            "proof.policy",
            "What happens when webhook {webhook} does not answer",
            "Webhook {webhook} が応答しないときの動作",
        ),
    ],
};

fn found(refusal: &Refusal<'_>, snapshot: &Snapshot, findings: &mut Findings) {
    let Reason::WebhookUnavailable { webhook, failure } = &refusal.reason else {
        return;
    };
    let configured = configurations(snapshot)
        .flat_map(|c| c.webhooks.iter().map(move |w| (c, w)))
        .find(|(_, w)| &*w.name == *webhook);
    let Some((configuration, hook)) = configured else {
        findings.add(
            refusal
                .finding(snapshot)
                .explanation("explanation.owner")
                .arg("webhook", *webhook)
                .arg("failure", *failure)
                .fix(advice(failure)),
        );
        return;
    };
    let finding = refusal
        .finding_on(configuration.object_ref(), snapshot)
        .arg("failure", *failure);
    let advice = if missing_service(hook, snapshot) {
        "fix.service"
    } else {
        advice(failure)
    };
    findings.add(on_configuration(
        finding,
        configuration,
        hook,
        snapshot,
        advice,
    ));
}

/// The Service of a webhook that must answer does not exist: what it should look at
/// will be refused, whether or not anybody has tried.
fn without_service(
    configuration: &WebhookConfiguration,
    snapshot: &Snapshot,
    findings: &mut Findings,
) {
    if configuration.meta.deleting.is_some() {
        return;
    }
    for hook in &configuration.webhooks {
        // Of a namespace that is not here its Services may not be here either.
        let seen = |service: &crate::facts::WebhookService| {
            snapshot.namespaces.get("", &service.namespace).is_some()
        };
        if &*hook.failure_policy != "Fail"
            || !hook.service.as_ref().is_some_and(seen)
            || !missing_service(hook, snapshot)
        {
            continue;
        }
        let finding = Finding::on(configuration)
            .severity(Severity::Warning)
            .explanation("explanation.missing");
        findings.add(on_configuration(
            finding,
            configuration,
            hook,
            snapshot,
            "fix.service",
        ));
    }
}

/// What is the same however it was found.
fn on_configuration(
    finding: Finding,
    configuration: &WebhookConfiguration,
    hook: &Webhook,
    snapshot: &Snapshot,
    advice: &'static str,
) -> Finding {
    let mut finding = finding.arg("webhook", &*hook.name);
    if let Some(service) = &hook.service {
        finding = finding
            .arg("service", &*service.name)
            .arg("service_namespace", &*service.namespace);
        if missing_service(hook, snapshot) {
            let missing = proof::object(Kind::Service, &service.namespace, &service.name);
            let pointer = format!("/webhooks/{}/clientConfig/service/name", hook.index);
            finding = finding.proof(proof::absence(missing, configuration, pointer));
        }
    }
    if hook.failure_policy_stated {
        let pointer = format!("/webhooks/{}/failurePolicy", hook.index);
        finding = finding.proof(
            proof::field(configuration, pointer, &hook.failure_policy).saying("proof.policy"),
        );
    }
    let finding = finding.fix(advice);
    // Its own Pods wait for its answer, which nobody can give before they run.
    if guards_itself(hook, snapshot) {
        finding.fix_with("fix.own", kubectl::edit(&configuration.object_ref()))
    } else {
        finding
    }
}

/// Whether a webhook is asked about the Pods of the namespace that it is served from.
fn guards_itself(hook: &Webhook, snapshot: &Snapshot) -> bool {
    let pods = hook
        .resources
        .iter()
        .any(|resource| matches!(&**resource, "pods" | "*" | "*/*" | "pods/*"));
    let Some(service) = hook.service.as_ref().filter(|_| pods) else {
        return false;
    };
    snapshot
        .namespaces
        .get("", &service.namespace)
        .is_some_and(|own| hook.namespaces.matches(&own.meta.labels))
}

fn configurations(snapshot: &Snapshot) -> impl Iterator<Item = &WebhookConfiguration> {
    snapshot
        .validating_webhooks
        .iter()
        .chain(snapshot.mutating_webhooks.iter())
}

fn missing_service(hook: &Webhook, snapshot: &Snapshot) -> bool {
    hook.service.as_ref().is_some_and(|service| {
        matches!(
            snapshot.services.find(&service.namespace, &service.name),
            Lookup::Missing
        )
    })
}

/// What to do about a failure, by the words of the API server's HTTP client.
fn advice(failure: &str) -> &'static str {
    const ADVICE: [(&str, &str); 5] = [
        ("no endpoints available", "fix.endpoints"),
        ("not found", "fix.endpoints"),
        ("connection refused", "fix.endpoints"),
        ("x509", "fix.certificate"),
        ("tls:", "fix.certificate"),
    ];
    ADVICE
        .into_iter()
        .find(|(words, _)| failure.contains(words))
        .map_or("fix.reach", |(_, fix)| fix)
}

#[cfg(test)]
mod tests {
    use podside_model::Severity;

    use crate::testing::check;

    const OBJECTS: &str = "
apiVersion: v1
kind: Namespace
metadata: {name: guard}
---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: {name: inject}
webhooks:
  - {name: other.x.io, failurePolicy: Ignore, clientConfig: {service: {namespace: guard, name: gone}}}
  - {name: inject.x.io, failurePolicy: POLICY, clientConfig: {service: {namespace: guard, name: injector}}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: data, uid: s}
spec: {replicas: 1, template: {spec: {containers: [{name: a}]}}}
status: {}
";

    const EVENT: &str = r#"---
apiVersion: v1
kind: Event
metadata: {name: e, namespace: data}
involvedObject: {kind: StatefulSet, namespace: data, name: db, uid: s}
reason: FailedCreate
type: Warning
message: 'create Pod db-0 in StatefulSet db failed error: Internal error occurred: failed calling webhook "inject.x.io": failed to call webhook: Post "https://injector.guard.svc:443/m?timeout=10s": WHY'
lastTimestamp: '2026-01-01T11:59:00Z'
"#;

    const SERVICE: &str = "---
apiVersion: v1
kind: Service
metadata: {name: injector, namespace: guard}
spec: {selector: {app: injector}, ports: [{port: 443}]}
";

    fn fail() -> String {
        OBJECTS.replace("POLICY", "Fail")
    }

    #[test]
    fn a_missing_service_refuses_pods() {
        let objects = fail() + &EVENT.replace("WHY", "service \"injector\" not found");
        check(&objects)
            .finds(
                "admission-webhook-unavailable",
                "MutatingWebhookConfiguration inject",
            )
            .tells("title")
            .with("webhook", "inject.x.io")
            .proves("injector")
            .affects("StatefulSet data/db")
            .is(Severity::Critical);
    }

    #[test]
    fn a_certificate_that_is_not_trusted_is_told() {
        let why =
            "tls: failed to verify certificate: x509: certificate signed by unknown authority";
        check(&(fail() + SERVICE + &EVENT.replace("WHY", why)))
            .finds(
                "admission-webhook-unavailable",
                "MutatingWebhookConfiguration inject",
            )
            .tells("explanation")
            .with(
                "failure",
                "tls: failed to verify certificate: x509: certificate signed by unknown authority",
            )
            .offers("fix.certificate");
    }

    #[test]
    fn a_missing_service_that_refused_nothing_yet_is_a_warning() {
        check(&fail())
            .finds(
                "admission-webhook-unavailable",
                "MutatingWebhookConfiguration inject",
            )
            .is(Severity::Warning);
    }

    #[test]
    fn what_may_be_ignored_refuses_nothing() {
        check(&OBJECTS.replace("POLICY", "Ignore")).does_not_find("admission-webhook-unavailable");
        check(&(fail() + SERVICE)).does_not_find("admission-webhook-unavailable");
    }

    #[test]
    fn without_its_configuration_the_owner_is_named() {
        let objects = fail() + &EVENT.replace("WHY", "context deadline exceeded");
        check(&objects)
            .denying("mutatingwebhookconfigurations")
            .finds("admission-webhook-unavailable", "StatefulSet data/db");
    }
}
