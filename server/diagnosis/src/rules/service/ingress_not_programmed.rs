//! Symptom: an Ingress gets no address, or its rules are not served; events of its controller
//! repeat.
//! Cause: the controller of its class refuses it or cannot set it up, and says why.
//! Fix: what the message asks for, in the Ingress or in the cloud account.
//! Source: <https://kubernetes.io/docs/concepts/services-networking/ingress-controllers/>

use podside_model::Severity;

use crate::facts::{Condition, Event, Gateway, GatewayClass, Ingress, Kind, Object};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::patience::CONDITION;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "ingress-not-programmed",
    source: "https://kubernetes.io/docs/concepts/services-networking/ingress-controllers/",
    // A Service, class or Secret that does not exist says more.
    rank: Rank::Mechanism,
    runs: &[Run::Ingress(run), Run::Gateway(of_gateway)],
    texts: &[
        text(
            "title",
            "The controller of Ingress {name} cannot set it up: {said}",
            "コントローラーが Ingress {name} を設定できない: {said}",
        ),
        text(
            "explanation",
            "{reporter} takes up the Ingresses of this class, tries again and again, and has reported {reason}. Until it succeeds the Ingress has no address, and no request reaches its Services through it.",
            "{reporter} がこのクラスの Ingress を担当し、再試行を繰り返して {reason} を報告しています。成功するまで Ingress にアドレスはなく、これを通したリクエストは Service に届きません。",
        ),
        text(
            "explanation.stale",
            "{reporter} takes up the Ingresses of this class, and has reported {reason}. The Ingress has an address from before; what was changed since is not in force.",
            "{reporter} がこのクラスの Ingress を担当し、{reason} を報告しています。Ingress には以前のアドレスが残っていますが、その後の変更は反映されていません。",
        ),
        text(
            "fix.subnets",
            "Tag the subnets in which the load balancer may be, kubernetes.io/role/elb=1 for one that faces the internet and kubernetes.io/role/internal-elb=1 for an internal one, in at least two zones; or name them in the annotation alb.ingress.kubernetes.io/subnets of Ingress {name}.",
            "ロードバランサーを配置するサブネットにタグを付けます（インターネット向けは kubernetes.io/role/elb=1、内部向けは kubernetes.io/role/internal-elb=1、2 つ以上のゾーン）。または Ingress {name} の annotation alb.ingress.kubernetes.io/subnets で指定します。",
        ),
        text(
            "fix.rights",
            "Give the controller's account the right that the message names in the cloud.",
            "メッセージが示す権限を、クラウド側でコントローラーのアカウントに付与します。",
        ),
        text(
            "title.gateway",
            "The controller of Gateway {name} cannot set it up: {said}",
            "コントローラーが Gateway {name} を設定できない: {said}",
        ),
        text(
            "title.listener",
            "The controller of Gateway {name} cannot set up listener {listener}: {said}",
            "コントローラーが Gateway {name} のリスナー {listener} を設定できない: {said}",
        ),
        text(
            "explanation.gateway",
            "The controller of class {class} took it up and says {state}. Until that changes nothing is reached through it.",
            "クラス {class} のコントローラーが担当し、{state} を報告しています。解決するまで、これを通しては何にも到達できません。",
        ),
        text(
            "explanation.listener",
            "The controller of class {class} says {state} of this listener. Until that changes no route is served by it; the other listeners are not touched by this.",
            "クラス {class} のコントローラーが、このリスナーについて {state} を報告しています。解決するまで、このリスナーではどのルートも提供されません。ほかのリスナーには影響しません。",
        ),
        text(
            "fix.certificate",
            "Create Secret {secret} of type kubernetes.io/tls in namespace {secret_namespace}, or correct certificateRefs of listener {listener}; a Secret of another namespace needs a ReferenceGrant there.",
            "Namespace {secret_namespace} に kubernetes.io/tls タイプの Secret {secret} を作成するか、リスナー {listener} の certificateRefs を修正します。別の Namespace の Secret には、そこに ReferenceGrant が必要です。",
        ),
        text(
            "fix.gateway",
            "Correct what the message names in Gateway {name}, or give its controller what it asks for (addresses, a load balancer, free ports).",
            "メッセージが示す点を Gateway {name} で修正するか、コントローラーが必要とするもの（アドレス、ロードバランサー、空きポート）を用意します。",
        ),
        text(
            "fix",
            "Correct what the message names, in Ingress {name} (its rules and annotations) or where it points; the controller then tries again by itself.",
            "メッセージが示す点を、Ingress {name}（ルールと annotation）またはその参照先で修正します。コントローラーは自動的に再試行します。",
        ),
    ],
};

/// Reasons of warnings with which controllers say that they cannot set an Ingress up: the AWS
/// Load Balancer Controller, GKE's, F5's of NGINX, Kong's, and Azure's of the Application
/// Gateway.
const REFUSED: &[&str] = &[
    "FailedBuildModel",
    "FailedDeployModel",
    "FailedAddFinalizer",
    "Translate",
    "Sync",
    "GCE",
    "Rejected",
    "AddedOrUpdatedWithError",
    "UpdatedWithError",
    "KongConfigurationTranslationFailed",
    "KongConfigurationApplyFailed",
    "FailedApplyingAppGwConfig",
];

/// Reasons with which the same controllers say that it is set up.
const DONE: &[&str] = &[
    "SuccessfullyReconciled",
    "AddedOrUpdated",
    "KongConfigurationSucceeded",
    "IPChanged",
];

fn run(ingress: &Ingress, snapshot: &Snapshot, findings: &mut Findings) {
    if ingress.meta.deleting.is_some() {
        return;
    }
    let decides = |event: &&Event| {
        let reasons = if event.warning { REFUSED } else { DONE };
        reasons.contains(&&*event.reason)
    };
    // The last word counts: what was set up since is well.
    let last = snapshot.events_of(ingress).find(decides);
    let Some(event) = last.filter(|event| event.warning) else {
        return;
    };
    let has_address = !ingress.addresses.is_empty();
    let reporter = if event.reporter.is_empty() {
        "The controller"
    } else {
        &*event.reporter
    };
    let finding = Finding::on(ingress)
        .severity(if has_address {
            Severity::Warning
        } else {
            Severity::Critical
        })
        .arg("said", said(event))
        .arg("reporter", reporter)
        .arg("reason", &*event.reason)
        .proof(proof::event(event))
        .since(event.first);
    let finding = if has_address {
        finding.explanation("explanation.stale")
    } else {
        finding
    };
    let describe = kubectl::describe(&ingress.object_ref());
    let message = event.said();
    findings.add(if message.contains("subnet") {
        finding.fix_with("fix.subnets", describe)
    } else if message.contains("AccessDenied") || message.contains("not authorized") {
        finding.fix_with("fix.rights", describe)
    } else {
        finding.fix_with("fix", kubectl::edit(&ingress.object_ref()))
    });
}

/// A Gateway that its controller does not accept or cannot set up, as a whole or at one of its
/// listeners. What has just been asked for is waited for.
fn of_gateway(gateway: &Gateway, snapshot: &Snapshot, findings: &mut Findings) {
    if gateway.meta.deleting.is_some() {
        return;
    }
    // A class that nobody accepts leaves all Gateways alone, and is a cause of its own.
    let class = snapshot.gateway_classes.get("", &gateway.class);
    let is_served = |class: &GatewayClass| class.conditions.iter().any(Condition::is_true);
    if !class.is_some_and(is_served) {
        return;
    }
    let no = |condition: &&Condition| {
        matches!(&*condition.kind, "Accepted" | "Programmed" | "ResolvedRefs")
            && condition.is_false()
            && !matches!(&*condition.reason, "Pending" | "ListenersNotValid")
            && CONDITION.has_ended(condition.changed, snapshot)
    };
    let told = |condition: &Condition| match &condition.message {
        Some(message) => first_line(message),
        None => condition.reason.to_string(),
    };
    let state = |condition: &Condition| {
        format!(
            "{}={} ({})",
            condition.kind, condition.status, condition.reason
        )
    };
    let listeners = gateway.listeners.iter().filter_map(|listener| {
        let condition = listener.conditions.iter().find(no)?;
        Some((listener, condition))
    });
    let finding = Finding::on(gateway).arg("class", &*gateway.class);
    let edit = kubectl::edit(&gateway.object_ref());
    let mut any = false;
    for (listener, condition) in listeners {
        any = true;
        let pointer = |field: &str| {
            let at = listener.status_index.unwrap_or_default();
            format!(
                "/status/listeners/{at}/conditions/{}/{field}",
                condition.index
            )
        };
        let finding = finding
            .clone()
            .title("title.listener")
            .explanation("explanation.listener")
            .severity(Severity::Warning)
            .arg("listener", &*listener.name)
            .arg("said", told(condition))
            .arg("state", state(condition))
            .proof(proof::field(gateway, pointer("reason"), &condition.reason))
            .proofs(
                condition
                    .message
                    .iter()
                    .map(|it| proof::field(gateway, pointer("message"), it)),
            )
            .since(condition.changed);
        let gone = listener
            .certificates
            .iter()
            .enumerate()
            .find(|(_, (of, name))| snapshot.secrets.find(of, name).is_missing());
        findings.add(match gone {
            Some((at, (of, name))) => finding
                .arg("secret", &**name)
                .arg("secret_namespace", &**of)
                .proof(proof::absence(
                    proof::object(Kind::Secret, of, name),
                    gateway,
                    format!(
                        "/spec/listeners/{}/tls/certificateRefs/{at}/name",
                        listener.index
                    ),
                ))
                .fix_with("fix.certificate", edit.clone()),
            None => finding.fix_with("fix.gateway", edit.clone()),
        });
    }
    let condition = gateway.conditions.iter().find(no);
    if let Some(condition) = condition.filter(|_| !any) {
        findings.add(
            finding
                .title("title.gateway")
                .explanation("explanation.gateway")
                .severity(Severity::Critical)
                .arg("said", told(condition))
                .arg("state", state(condition))
                .proof(proof::condition(gateway, condition, "message"))
                .proof(proof::condition(gateway, condition, "reason"))
                .since(condition.changed)
                .fix_with("fix.gateway", edit),
        );
    }
}

/// The longest quotation in a title, in characters.
const LONGEST: usize = 160;

fn first_line(message: &str) -> String {
    let line = message.lines().next().unwrap_or_default();
    line.trim_end_matches('.').chars().take(LONGEST).collect()
}

/// The deciding words: one line, without what every such message begins with.
fn said(event: &Event) -> String {
    const OPENINGS: &[&str] = &[
        "Failed build model due to ",
        "Failed deploy model due to ",
        "Translation failed: ",
        "Error syncing to GCP: ",
    ];
    let mut told = event.said().lines().next().unwrap_or_default();
    for opening in OPENINGS {
        told = told.strip_prefix(opening).unwrap_or(told);
    }
    told.chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use podside_model::Severity;

    use crate::testing::check;

    fn objects(status: &str) -> String {
        format!(
            "
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {{name: site, namespace: web, uid: i, creationTimestamp: '2026-01-01T11:00:00Z'}}
spec: {{ingressClassName: public}}
status: {{{status}}}
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {{name: public}}
spec: {{controller: example.com/ingress}}
"
        )
    }

    fn event(name: &str, kind: &str, reason: &str, message: &str, minute: u8) -> String {
        format!(
            "---
apiVersion: v1
kind: Event
metadata: {{name: {name}, namespace: web}}
involvedObject: {{apiVersion: networking.k8s.io/v1, kind: Ingress, namespace: web, name: site, uid: i}}
reason: {reason}
type: {kind}
message: \"{message}\"
source: {{component: ingress}}
lastTimestamp: '2026-01-01T11:{minute:02}:00Z'
"
        )
    }

    #[test]
    fn a_controller_that_finds_no_subnet() {
        let words = "Failed build model due to couldn't auto-discover subnets: unable to resolve at least one subnet";
        check(&(objects("") + &event("e", "Warning", "FailedBuildModel", words, 50)))
            .finds("ingress-not-programmed", "Ingress web/site")
            .tells("title")
            .with(
                "said",
                "couldn't auto-discover subnets: unable to resolve at least one subnet",
            )
            .offers("fix.subnets")
            .is(Severity::Critical)
            .alone();
    }

    #[test]
    fn a_change_that_is_refused_leaves_the_old_rules() {
        let address = "loadBalancer: {ingress: [{ip: 192.0.2.1}]}";
        let words = "spec.rules[0].host: Duplicate value";
        check(&(objects(address) + &event("e", "Warning", "Rejected", words, 50)))
            .finds("ingress-not-programmed", "Ingress web/site")
            .tells("explanation.stale")
            .is(Severity::Warning);
    }

    #[test]
    fn one_that_was_set_up_since_is_well() {
        let failed = event("e", "Warning", "FailedBuildModel", "once", 10);
        let done = event(
            "f",
            "Normal",
            "SuccessfullyReconciled",
            "Successfully reconciled",
            12,
        );
        check(&[&*objects(""), &failed, &done].concat()).finds_nothing();
    }

    /// A Gateway, with the condition of it or of its listener.
    fn gateway(own: &str, listener: &str) -> String {
        format!(
            "
apiVersion: gateway.networking.k8s.io/v1
kind: GatewayClass
metadata: {{name: public}}
spec: {{controllerName: example.com/gateway}}
status: {{conditions: [{{type: Accepted, status: 'True', reason: Accepted}}]}}
---
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {{name: edge, namespace: web}}
spec: {{gatewayClassName: public, listeners: [{{name: https, port: 443, protocol: HTTPS, tls: {{certificateRefs: [{{name: site-tls}}]}}}}]}}
status: {{conditions: [{own}], listeners: [{{name: https, conditions: [{listener}]}}]}}
"
        )
    }

    #[test]
    fn a_listener_without_its_certificate() {
        let no = "{type: ResolvedRefs, status: 'False', reason: InvalidCertificateRef, message: Secret site-tls not found, lastTransitionTime: '2026-01-01T11:00:00Z'}";
        check(&gateway("", no))
            .finds("ingress-not-programmed", "Gateway web/edge")
            .tells("title.listener")
            .with("listener", "https")
            .with("said", "Secret site-tls not found")
            .offers("fix.certificate")
            .with("secret", "site-tls")
            .is(Severity::Warning)
            .alone();
    }

    #[test]
    fn a_gateway_without_an_address_is_waited_for_and_then_told() {
        let no = "{type: Programmed, status: 'False', reason: AddressNotAssigned, message: no pool has a free address, lastTransitionTime: '2026-01-01T11:00:00Z'}";
        check(&gateway(no, ""))
            .finds("ingress-not-programmed", "Gateway web/edge")
            .tells("title.gateway")
            .with("said", "no pool has a free address")
            .is(Severity::Critical);
        let new = no.replace("T11:00", "T11:58");
        check(&gateway(&new, "")).finds_nothing();
        check(&gateway(&no.replace("'False'", "'True'"), "")).finds_nothing();
    }

    #[test]
    fn a_warning_of_another_controller_about_it_is_no_refusal() {
        let words = "issuer is not ready";
        check(&(objects("") + &event("e", "Warning", "BadConfig", words, 50)))
            .does_not_find("ingress-not-programmed");
    }
}
