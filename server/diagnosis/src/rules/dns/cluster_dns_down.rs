//! Symptom: names do not resolve in any Pod.
//! Cause: the Service of the cluster's DNS has no ready endpoints.
//! Fix: bring the Pods of the DNS server back.
//! Source: <https://kubernetes.io/docs/tasks/administer-cluster/dns-debugging-resolution/>

use podside_model::ObjectRef;

use crate::facts::{Deployment, Kind, Object, Pod, Service, State};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::log_reading::brief;
use crate::patience::DNS_STARTS;
use crate::proof::{self, Proof};
use crate::rule::{Rank, Rule, Run};
use crate::rules::container::crash::crashes;
use crate::snapshot::{Snapshot, Top};
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "cluster-dns-down",
    source: "https://kubernetes.io/docs/tasks/administer-cluster/dns-debugging-resolution/",
    // What keeps the Pods of the DNS server from running says more, where it is known.
    rank: Rank::Mechanism,
    runs: &[Run::Service(run), Run::Deployment(server)],
    texts: &[
        text(
            "title",
            "The cluster's DNS does not answer: Service {service} has no ready endpoints",
            "クラスターの DNS が応答しない: Service {service} に Ready なエンドポイントがない",
        ),
        text(
            "title.zero",
            "The cluster's DNS does not run: {kind} {name} is scaled to zero",
            "クラスターの DNS が動作していない: {kind} {name} のレプリカ数が 0",
        ),
        text(
            "title.selector",
            "The cluster's DNS does not answer: Service {service} has no selector, so it leads to no Pod",
            "クラスターの DNS が応答しない: Service {service} にセレクターがなく、どの Pod にもつながらない",
        ),
        text(
            "title.service",
            "The cluster's DNS cannot be reached: Service {service} does not exist",
            "クラスターの DNS に到達できない: Service {service} が存在しない",
        ),
        text(
            "explanation.selector",
            "Every Pod asks this Service when it looks up a name, whether of a Service or of something outside the cluster. Without a selector nobody gives the Service endpoints, and it has none that is ready.",
            "Pod は、Service の名前も外部の名前も、この Service に問い合わせて解決します。セレクターのない Service にはエンドポイントが設定されず、Ready なものもありません。",
        ),
        text(
            "explanation.service",
            "The kubelet gives every Pod the address of this Service as its nameserver. The Pods of Deployment {server} answer names, but no Service leads to them, so no name resolves in any Pod that uses the cluster's DNS.",
            "kubelet は、この Service のアドレスをネームサーバーとしてすべての Pod に設定します。Deployment {server} の Pod は名前解決に応答できますが、そこにつながる Service がないため、クラスターの DNS を使うすべての Pod で名前を解決できません。",
        ),
        text(
            "explanation",
            "Every Pod asks this Service when it looks up a name, whether of a Service or of something outside the cluster. Until a Pod of {kind} {name} is ready, no name resolves in any Pod that uses the cluster's DNS.",
            "Pod は、Service の名前も外部の名前も、この Service に問い合わせて解決します。{kind} {name} の Pod が Ready になるまで、クラスターの DNS を使うすべての Pod で名前を解決できません。",
        ),
        text(
            "explanation.crash",
            "Every Pod asks this Service when it looks up a name, whether of a Service or of something outside the cluster. The Pods of {kind} {name} end, and the last that container {crashed} says is: {said}.",
            "Pod は、Service の名前も外部の名前も、この Service に問い合わせて解決します。{kind} {name} の Pod は終了しており、コンテナ {crashed} の最後の出力は「{said}」です。",
        ),
        text(
            "fix.selector",
            "Give the Service the labels of the DNS server's Pods as its selector again, k8s-app=kube-dns where kubeadm made them.",
            "Service のセレクターに DNS サーバーの Pod のラベル（kubeadm では k8s-app=kube-dns）を設定し直します。",
        ),
        text(
            "fix.service",
            "Create the Service again with its former clusterIP, which the nameserver line of /etc/resolv.conf in any Pod shows, and ports 53 UDP and TCP.",
            "以前の clusterIP（任意の Pod の /etc/resolv.conf の nameserver に表示されます）とポート 53（UDP と TCP）で Service を作り直します。",
        ),
        text(
            "fix.scale",
            "Scale {kind} {name} up again.",
            "{kind} {name} のレプリカ数を戻します。",
        ),
        text(
            "fix.pods",
            "See why the Pods of {kind} {name} are not ready.",
            "{kind} {name} の Pod が Ready にならない理由を確認します。",
        ),
    ],
};

/// The name that the cluster's DNS Service bears wherever it comes from, as the kubelet's
/// own documentation and kubeadm fix it; and OpenShift's.
const SERVICE: (&str, &str) = ("kube-system", "kube-dns");
const OPENSHIFT: (&str, &str) = ("openshift-dns", "dns-default");

fn run(service: &Service, snapshot: &Snapshot, findings: &mut Findings) {
    let (namespace, name) = (&*service.meta.namespace, &*service.meta.name);
    if !is_cluster_dns(service) {
        return;
    }
    if snapshot.pods.unreadable(namespace).is_some()
        || snapshot.endpoint_slices.unreadable(namespace).is_some()
        || service.is_external_name()
    {
        return;
    }
    let ready = snapshot
        .slices_of(service)
        .flat_map(|s| s.endpoints.iter())
        .any(|e| e.ready);
    if service.selector.is_empty() {
        if !ready && service.meta.deleting.is_none() {
            findings.add(without_selector(service));
        }
        return;
    }
    let pods = snapshot.pods_of_service(service);
    if ready
        || pods
            .iter()
            .any(|p| p.is_ready() || is_starting(p, snapshot))
    {
        return;
    }
    let deployment = snapshot
        .deployments
        .in_namespace(namespace)
        .find(|d| service.selects(&d.template.labels));
    let subject = match (deployment, pods.first()) {
        (Some(deployment), _) => deployment.object_ref(),
        (None, Some(pod)) => Top::object_ref(&snapshot.top_of(*pod)),
        (None, None) => service.object_ref(),
    };
    let zero = deployment.is_some_and(|d| d.replicas.wanted == 0);
    let mut finding = Finding::on_ref(subject.clone())
        .arg("service", format!("{namespace}/{name}"))
        .affects(
            service.object_ref(),
            podside_model::Relation::Backs,
            podside_model::Message::new("state.no-endpoints"),
        )
        .severity(podside_model::Severity::Critical);
    for pod in &pods {
        finding = finding.breaks(pod);
    }
    if let Some((container, said)) = last_words(&pods, snapshot, findings) {
        finding = finding
            .explanation("explanation.crash")
            .arg("crashed", container)
            .arg("said", said.text)
            .proof(said.proof);
    }
    let selected = crate::facts::selector::join(&service.selector);
    finding = if zero {
        finding
            .title("title.zero")
            .proofs(deployment.map(|d| proof::field(d, "/spec/replicas", 0)))
            .fix_with(
                "fix.scale",
                format!(
                    "{} scale {} {} --replicas=2",
                    kubectl::prefix(Some(namespace)),
                    subject.kind.to_lowercase(),
                    kubectl::word(&subject.name)
                ),
            )
    } else {
        finding
            .proof(proof::command(
                service.object_ref(),
                kubectl::list(
                    Some(namespace),
                    &format!("endpointslices -l kubernetes.io/service-name={name}"),
                ),
                "no ready endpoint",
            ))
            .fix_with(
                "fix.pods",
                kubectl::list(
                    Some(namespace),
                    &format!("pods -l {}", kubectl::word(&selected)),
                ),
            )
    };
    findings.add(finding);
}

/// The Service has lost its selector, and nobody wrote endpoints for it by hand.
fn without_selector(service: &Service) -> Finding {
    let (namespace, name) = (&*service.meta.namespace, &*service.meta.name);
    Finding::on(service)
        .title("title.selector")
        .explanation("explanation.selector")
        .arg("service", format!("{namespace}/{name}"))
        .severity(podside_model::Severity::Critical)
        .proof(proof::command(
            service.object_ref(),
            kubectl::get_field(&service.object_ref(), "/spec/selector"),
            "no selector",
        ))
        .fix_with(
            "fix.selector",
            kubectl::set(
                &service.object_ref(),
                &serde_json::json!({"spec": {"selector": {"k8s-app": "kube-dns"}}}),
            ),
        )
}

/// A DNS server to which no Service leads, because the one that every Pod asks is gone.
fn server(of: &Deployment, snapshot: &Snapshot, findings: &mut Findings) {
    let labels = &of.template.labels;
    let is_dns = labels.get("k8s-app").is_some_and(|v| &**v == "kube-dns");
    if !is_dns || &*of.meta.namespace != SERVICE.0 || of.meta.deleting.is_some() {
        return;
    }
    let led_to = |service: &Service| {
        let labelled = service.meta.label("k8s-app");
        service.selects(labels) || labelled.is_some_and(|v| &**v == "kube-dns")
    };
    if !snapshot.services.find(SERVICE.0, SERVICE.1).is_missing()
        || snapshot.services.in_namespace(SERVICE.0).any(led_to)
    {
        return;
    }
    let missing = proof::object(Kind::Service, SERVICE.0, SERVICE.1);
    let label = "/spec/template/metadata/labels/k8s-app";
    findings.add(
        Finding::on_ref(missing.clone())
            .title("title.service")
            .explanation("explanation.service")
            .arg("service", format!("{}/{}", SERVICE.0, SERVICE.1))
            .arg("server", &*of.meta.name)
            .severity(podside_model::Severity::Critical)
            .proof(proof::absence(missing, of, label))
            .fix("fix.service"),
    );
}

/// Whether a Service is the one that Pods ask for names.
pub(in crate::rules) fn is_cluster_dns(service: &Service) -> bool {
    let (namespace, name) = (&*service.meta.namespace, &*service.meta.name);
    let labelled = service.meta.label("k8s-app");
    let is_labelled = labelled.is_some_and(|v| &**v == "kube-dns");
    let is_it = (namespace == SERVICE.0 && (name == SERVICE.1 || is_labelled))
        || (namespace, name) == OPENSHIFT;
    is_it && !service.is_headless()
}

/// Whether an object is the Service that Pods ask for names, and nobody answers there.
pub fn is_down(object: &ObjectRef, snapshot: &Snapshot) -> bool {
    let namespace = object.namespace.as_deref().unwrap_or_default();
    Kind::Service.is(object)
        && snapshot
            .services
            .get(namespace, &object.name)
            .is_some_and(|service| {
                is_cluster_dns(service)
                    && !service.is_external_name()
                    && snapshot.pods.unreadable(namespace).is_none()
                    && !snapshot
                        .pods_of_service(service)
                        .iter()
                        .any(|pod| pod.is_ready())
            })
}

/// What a Pod that crashes said last.
struct Said {
    text: String,
    proof: Proof,
}

/// The last words of the first of these Pods that crashes, such as CoreDNS' complaint about
/// its Corefile: they would be lost, as what fails in the Pods is explained by this.
fn last_words(
    pods: &[&Pod],
    snapshot: &Snapshot,
    findings: &mut Findings,
) -> Option<(String, Said)> {
    let (pod, crash) = pods
        .iter()
        .find_map(|pod| Some((*pod, crashes(pod, snapshot).next()?)))?;
    let words = findings.last_words(snapshot, pod, crash.status);
    let told = words.best()?;
    let said = Said {
        text: brief(&told.line.text),
        proof: told.proof(pod),
    };
    Some((crash.container.name.to_string(), said))
}

/// Whether a Pod runs for the first time and has just begun.
fn is_starting(pod: &Pod, snapshot: &Snapshot) -> bool {
    let begun = pod.started.or(pod.meta.created);
    !DNS_STARTS.has_ended(begun, snapshot)
        && !pod.is_terminating()
        && !pod.is_finished()
        && pod.statuses.iter().all(|status| {
            status.restarts == 0
                && match &status.state {
                    State::Waiting { reason, .. } => {
                        matches!(&**reason, "" | "ContainerCreating" | "PodInitializing")
                    }
                    State::Running { .. } | State::Absent => true,
                    State::Terminated(end) => end.exit_code == 0,
                }
        })
}

#[cfg(test)]
#[path = "cluster_dns_down_tests.rs"]
mod tests;
