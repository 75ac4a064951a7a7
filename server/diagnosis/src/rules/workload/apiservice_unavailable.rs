//! Symptom: `kubectl top`, autoscalers or the deletion of namespaces fail; `kubectl` complains
//! that it cannot get the server's groups.
//! Cause: a part of the API is served by an extension that does not answer, or by a Service
//! that does not exist.
//! Fix: mend the extension, or take its APIService away when it is gone for good.
//! Source: <https://kubernetes.io/docs/tasks/extend-kubernetes/setup-extension-api-server/>

use podside_model::{Message, Relation, Severity};

use crate::facts::{ApiService, Condition, Kind, Object};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::patience::CONTROLLER_ACTS;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::{Lookup, Snapshot};
use crate::text::text;
use crate::unwell::conditions::failing_server;

pub(super) const RULE: Rule = Rule {
    cause: "apiservice-unavailable",
    source: "https://kubernetes.io/docs/tasks/extend-kubernetes/setup-extension-api-server/",
    rank: Rank::Root,
    runs: &[Run::ApiService(run)],
    texts: &[
        text(
            "title",
            "The API {name} is not available: Service {of}/{service}, which serves it, does not answer",
            "API {name} を利用できない: 提供元の Service {of}/{service} が応答しない",
        ),
        text(
            "title.missing",
            "The API {name} is not available: Service {of}/{service}, which is to serve it, does not exist",
            "API {name} を利用できない: 提供元の Service {of}/{service} が存在しない",
        ),
        text(
            "explanation",
            "The API server passes requests for this part of the API on to that Service and gets no good answer ({reason}). What reads it fails: kubectl lists of all kinds, autoscalers if it serves metrics, and the deletion of every namespace, which must first list all kinds.",
            "API サーバーはこの部分の API へのリクエストをその Service に転送しますが、正しい応答がありません（{reason}）。これを読み取る処理が失敗します。kubectl による全種類の一覧、メトリクスを提供する場合は autoscaler、さらに全種類の一覧を必要とする Namespace の削除も影響を受けます。",
        ),
        text(
            "fix.mend",
            "Mend Service {service} in namespace {of}: see whether its Pods are ready, listen on its port and may be reached from the API server (network policies, firewall, hostNetwork).",
            "Namespace {of} の Service {service} を修復します。Pod が Ready か、ポートで待ち受けているか、API サーバーから到達できるか（NetworkPolicy、ファイアウォール、hostNetwork）を確認します。",
        ),
        text(
            "fix.install",
            "Install again what served this API.",
            "この API を提供していたものを再度導入します。",
        ),
        text(
            "fix.delete",
            "Or, if it is gone for good, delete the APIService, so that nothing asks for it any more.",
            "または、今後使わない場合は APIService を削除し、問い合わせが行われないようにします。",
        ),
    ],
};

fn run(api: &ApiService, snapshot: &Snapshot, findings: &mut Findings) {
    let Some((namespace, name)) = &api.service else {
        return;
    };
    let mut conditions = api.conditions.iter();
    let unavailable = |c: &&Condition| &*c.kind == "Available" && c.is_false();
    let Some(condition) = conditions.find(unavailable) else {
        return;
    };
    // Pods of its own that are not ready say why.
    if api.meta.deleting.is_some() || failing_server(api, snapshot).is_some() {
        return;
    }
    let finding = Finding::on(api)
        .severity(Severity::Warning)
        .arg("of", &**namespace)
        .arg("service", &**name)
        .arg("reason", &*condition.reason)
        .proof(proof::condition(api, condition, "message"))
        .proof(proof::condition(api, condition, "reason"))
        .since(condition.changed);
    let service = proof::object(Kind::Service, namespace, name);
    let finding = match snapshot.services.find(namespace, name) {
        Lookup::Missing => finding
            .title("title.missing")
            .proof(proof::absence(service, api, "/spec/service/name"))
            .fix("fix.install")
            .fix_with("fix.delete", kubectl::delete(&api.object_ref())),
        // A part that has just lost its last Pod may be about to get the next.
        Lookup::Found(_) | Lookup::Unknown(_)
            if !CONTROLLER_ACTS.has_ended(condition.changed, snapshot) =>
        {
            return;
        }
        Lookup::Found(_) | Lookup::Unknown(_) => {
            finding.fix_with("fix.mend", kubectl::describe(&service))
        }
    };
    findings.add(with_affected(finding, api, snapshot));
}

/// What says itself that it waits for this part of the API: autoscalers of metrics, and
/// namespaces that cannot be emptied.
fn with_affected(mut finding: Finding, api: &ApiService, snapshot: &Snapshot) -> Finding {
    const MOST: usize = 32;
    let stuck = snapshot.namespaces.iter().filter(|namespace| {
        namespace.meta.deleting.is_some()
            && namespace
                .condition("NamespaceDeletionDiscoveryFailure")
                .is_some_and(Condition::is_true)
    });
    for namespace in stuck.take(MOST) {
        finding = finding.affects(
            namespace.object_ref(),
            Relation::ReferredToBy,
            Message::new("state.waits"),
        );
    }
    let group = api.meta.name.split_once('.').map_or("", |(_, group)| group);
    if !group.ends_with("metrics.k8s.io") {
        return finding;
    }
    let blind = snapshot.autoscalers.iter().filter(|hpa| {
        let mut conditions = hpa.conditions.iter();
        conditions.any(|condition| {
            let said = condition.message.as_deref().unwrap_or_default();
            &*condition.kind == "ScalingActive" && condition.is_false() && asks(said, group)
        })
    });
    for hpa in blind.take(MOST) {
        finding = finding.affects(
            hpa.object_ref(),
            Relation::ReferredToBy,
            Message::new("state.broken"),
        );
    }
    finding
}

/// Whether an autoscaler's message says that it asked that group, as in `(get
/// pods.metrics.k8s.io)`.
fn asks(said: &str, group: &str) -> bool {
    let mut words = said.split(|c: char| c.is_whitespace() || matches!(c, '(' | ')'));
    words.any(|word| word.split_once('.').is_some_and(|(_, of)| of == group))
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    fn objects(status: &str, reason: &str) -> String {
        format!(
            "
apiVersion: apiregistration.k8s.io/v1
kind: APIService
metadata: {{name: v1.quotes.example.com}}
spec: {{group: quotes.example.com, version: v1, service: {{namespace: quotes, name: api, port: 443}}}}
status: {{conditions: [{{type: Available, status: '{status}', reason: {reason}, message: no response, lastTransitionTime: '2026-01-01T11:00:00Z'}}]}}
"
        )
    }

    const SERVICE: &str = "
---
apiVersion: v1
kind: Service
metadata: {name: api, namespace: quotes}
spec: {clusterIP: 10.0.0.9, ports: [{port: 443}]}
";

    const NAMESPACE: &str = "
---
apiVersion: v1
kind: Namespace
metadata: {name: old, deletionTimestamp: '2026-01-01T11:59:00Z'}
spec: {finalizers: [kubernetes]}
status:
  phase: Terminating
  conditions: [{type: NamespaceDeletionDiscoveryFailure, status: 'True', reason: DiscoveryFailed, message: 'stale GroupVersion discovery: quotes.example.com/v1'}]
";

    #[test]
    fn an_extension_that_is_gone_is_installed_again_or_taken_away() {
        check(&objects("False", "ServiceNotFound"))
            .finds("apiservice-unavailable", "APIService v1.quotes.example.com")
            .tells("title.missing")
            .with("service", "api")
            .with("of", "quotes")
            .advises("kubectl delete apiservice v1.quotes.example.com")
            .alone();
    }

    #[test]
    fn one_that_does_not_answer_is_mended_and_holds_up_deletions() {
        check(
            &[
                &*objects("False", "FailedDiscoveryCheck"),
                SERVICE,
                NAMESPACE,
            ]
            .concat(),
        )
        .finds("apiservice-unavailable", "APIService v1.quotes.example.com")
        .tells("title")
        .offers("fix.mend")
        .affects("Namespace old");
    }

    #[test]
    fn one_that_has_just_lost_its_pods_is_waited_for() {
        let new = objects("False", "MissingEndpoints").replace("T11:00:00Z", "T11:59:40Z");
        check(&(new + SERVICE)).does_not_find("apiservice-unavailable");
    }

    #[test]
    fn one_that_answers_and_one_of_the_server_itself_are_well() {
        check(&(objects("True", "Passed") + SERVICE)).finds_nothing();
        let own = objects("False", "Odd")
            .replace("service: {namespace: quotes, name: api, port: 443}", "x: 1");
        check(&own).does_not_find("apiservice-unavailable");
    }

    #[test]
    fn an_autoscaler_asks_one_group() {
        let said = "unable to fetch metrics: the server is currently unable to handle the request (get pods.metrics.k8s.io)";
        assert!(super::asks(said, "metrics.k8s.io"));
        assert!(!super::asks(said, "custom.metrics.k8s.io"));
        let custom = said.replace("pods.metrics", "pods.custom.metrics");
        assert!(!super::asks(&custom, "metrics.k8s.io"));
    }
}
