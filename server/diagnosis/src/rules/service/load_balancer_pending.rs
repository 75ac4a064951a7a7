//! Symptom: a Service of type `LoadBalancer` shows `<pending>` and is not reached from outside.
//! Cause: what gives such Services their addresses refuses it and says why, does not work, or
//! is not there.
//! Fix: what the provider asks for; or install one; or reach the Service in another way.
//! Source: <https://kubernetes.io/docs/concepts/services-networking/service/#loadbalancer>

use podside_model::Severity;

use crate::facts::{Event, Object, Service};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::patience::{CONTROLLER_ACTS, LOAD_BALANCER};
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

use super::providers::{self, Provider};

pub(super) const RULE: Rule = Rule {
    cause: "load-balancer-pending",
    source: "https://kubernetes.io/docs/concepts/services-networking/service/#loadbalancer",
    // Where the provider's own Pods fail, that says more.
    rank: Rank::Mechanism,
    runs: &[Run::Service(run)],
    texts: &[
        text(
            "title",
            "Service {name} gets no load balancer address: {said}",
            "Service {name} にロードバランサーのアドレスが割り当てられない: {said}",
        ),
        text(
            "title.none",
            "Service {name} waits for a load balancer address, and nothing here gives out any",
            "Service {name} がロードバランサーのアドレスを待っているが、割り当てるものがない",
        ),
        text(
            "title.down",
            "Service {name} gets no load balancer address: {provider}, which gives them out, is not ready",
            "Service {name} にロードバランサーのアドレスが割り当てられない: アドレスを割り当てる {provider} が Ready ではない",
        ),
        text(
            "title.silent",
            "Service {name} has had no load balancer address since it was made, and {provider} does not say why",
            "Service {name} に作成以来ロードバランサーのアドレスがなく、{provider} も理由を示していない",
        ),
        text(
            "explanation",
            "{reporter} was to give the Service an address and could not. Until it can, the Service is reached from inside the cluster and by its node ports only.",
            "{reporter} がこの Service にアドレスを割り当てようとして失敗しました。割り当てられるまで、この Service にはクラスター内部と NodePort からしか到達できません。",
        ),
        text(
            "explanation.none",
            "Kubernetes itself gives no addresses to Services of type LoadBalancer: a cloud's controller, MetalLB, kube-vip or the like does. None is seen in this cluster, and no other Service has such an address. The Service is reached from inside the cluster and by its node ports.",
            "type: LoadBalancer の Service にアドレスを割り当てるのは Kubernetes 自身ではなく、クラウドのコントローラー、MetalLB、kube-vip などです。このクラスターにはそれらが見当たらず、アドレスを持つ Service もほかにありません。この Service にはクラスター内部と NodePort から到達できます。",
        ),
        text(
            "explanation.down",
            "{provider} in namespace {of} is to give the Service its address, and none of its Pods is ready. Until one is, the Service is reached from inside the cluster and by its node ports only.",
            "Namespace {of} の {provider} がこの Service にアドレスを割り当てますが、Ready な Pod がありません。復旧するまで、この Service にはクラスター内部と NodePort からしか到達できません。",
        ),
        text(
            "explanation.silent",
            "Something in this cluster gives addresses to Services of type LoadBalancer, and this one got none. It may be of a class (spec.loadBalancerClass) that nobody serves, or no pool may select it; the log of {provider} tells.",
            "このクラスターでは type: LoadBalancer の Service にアドレスが割り当てられますが、この Service には割り当てられていません。担当するもののないクラス（spec.loadBalancerClass）であるか、どのプールの対象にもなっていない可能性があります。{provider} のログで確認できます。",
        ),
        text(
            "fix.metallb",
            "Look at the pools of MetalLB: one must have a free address (spec.addresses), be used without being asked for (spec.autoAssign), and select this Service (spec.serviceAllocation selects none when it is empty).",
            "MetalLB のプールを確認します。空きアドレス（spec.addresses）があること、自動割り当て（spec.autoAssign）が有効であること、この Service が対象（spec.serviceAllocation。空の場合は何も選択しません）であることが必要です。",
        ),
        text(
            "fix.aws",
            "Do what the message asks for in the cloud account: usually subnets that are tagged for load balancers (kubernetes.io/role/elb or kubernetes.io/role/internal-elb), or the rights of the controller's role.",
            "メッセージが示す点をクラウドアカウント側で修正します。多くは、ロードバランサー用のタグ（kubernetes.io/role/elb または kubernetes.io/role/internal-elb）を付けたサブネットか、コントローラーのロールの権限です。",
        ),
        text(
            "fix.said",
            "Do what the message asks for, in the Service or at the provider (quota, subnet, address, rights); the controller then tries again by itself.",
            "メッセージが示す点を、Service またはプロバイダー側（クォータ、サブネット、アドレス、権限）で修正します。コントローラーは自動的に再試行します。",
        ),
        text(
            "fix.down",
            "Fix {provider}: see why its Pods are not ready.",
            "{provider} を修復します。Pod が Ready にならない理由を確認します。",
        ),
        text(
            "fix.log",
            "See what {provider} logs of the Service.",
            "{provider} のログで、この Service に関する記録を確認します。",
        ),
        text(
            "fix.install",
            "Install what gives addresses in this kind of cluster: the cloud's controller manager, MetalLB on machines of one's own, the addon of a local cluster (minikube tunnel, cloud-provider-kind).",
            "クラスターの種類に応じて、アドレスを割り当てるものを導入します（クラウドの controller manager、自前のマシンでは MetalLB、ローカルクラスターでは minikube tunnel や cloud-provider-kind など）。",
        ),
        text(
            "fix.other",
            "Or, where no outside address is needed, make it a NodePort or ClusterIP Service, or put an Ingress in front.",
            "外部のアドレスが不要な場合は、NodePort または ClusterIP の Service にするか、前段に Ingress を置きます。",
        ),
        text(
            "proof.type",
            "The Service asks for a load balancer",
            "Service がロードバランサーを要求",
        ),
        text(
            "proof.none",
            "No Service of the cluster has a load balancer address",
            "ロードバランサーのアドレスを持つ Service がない",
        ),
    ],
};

/// Reasons of warnings with which controllers say that they cannot give an address: those of
/// the service controller of cloud-provider, of MetalLB and of the AWS Load Balancer Controller.
const REFUSED: &[&str] = &[
    "SyncLoadBalancerFailed",
    "CreatingLoadBalancerFailed",
    "UpdateLoadBalancerFailed",
    "LoadBalancerUpdateFailed",
    "UnAvailableLoadBalancer",
    "AllocationFailed",
    "FailedBuildModel",
    "FailedDeployModel",
    "FailedAddFinalizer",
];

/// What they say when they have given one, or begin anew.
const GIVEN: &[&str] = &[
    "EnsuredLoadBalancer",
    "IPAllocated",
    "SuccessfullyReconciled",
];

fn run(service: &Service, snapshot: &Snapshot, findings: &mut Findings) {
    let waits = &*service.kind == "LoadBalancer" && service.load_balancer.is_empty();
    if !waits || service.meta.deleting.is_some() {
        return;
    }
    let last = snapshot
        .events_of(service)
        .find(|e| REFUSED.contains(&&*e.reason) || GIVEN.contains(&&*e.reason));
    let finding = Finding::on(service)
        .severity(Severity::Warning)
        .proof(proof::field(service, "/spec/type", &service.kind).saying("proof.type"))
        .since(service.meta.created);
    if let Some(event) = last.filter(|event| REFUSED.contains(&&*event.reason)) {
        findings.add(refused(finding, event));
        return;
    }
    let provider = providers::find(snapshot);
    let waited = LOAD_BALANCER.has_ended(service.meta.created, snapshot);
    match provider {
        Some(provider) if waited && provider.ready == 0 => {
            findings.add(down(finding, &provider));
        }
        Some(provider) if waited => findings.add(silent(finding, &provider)),
        // Nobody works at it, so there is nothing to be patient for.
        None if nobody_provides(service, snapshot) => {
            let absent =
                proof::command(service.object_ref(), kubectl::list(None, "services -A"), "");
            findings.add(
                finding
                    .title("title.none")
                    .explanation("explanation.none")
                    .likely()
                    .proof(absent.absent().saying("proof.none"))
                    .fix("fix.install")
                    .fix_with(
                        "fix.other",
                        kubectl::set(
                            &service.object_ref(),
                            &serde_json::json!({"spec": {"type": "NodePort"}}),
                        ),
                    ),
            );
        }
        Some(_) | None => {}
    }
}

/// Whether it is known that nothing gives out addresses. Who may not see the workloads of all
/// namespaces cannot tell; and a cloud's controller may run where nobody sees it, but says at
/// once that it begins (`EnsuringLoadBalancer`).
fn nobody_provides(service: &Service, snapshot: &Snapshot) -> bool {
    let begun = || {
        let mut events = snapshot.events_of(service);
        events.any(|event| event.reason.contains("LoadBalancer"))
    };
    let any_has_address = || {
        let mut services = snapshot.services.iter();
        services.any(|service| !service.load_balancer.is_empty())
    };
    let patience = if begun() {
        &LOAD_BALANCER
    } else {
        &CONTROLLER_ACTS
    };
    patience.has_ended(service.meta.created, snapshot)
        && snapshot
            .events
            .unreadable(&service.meta.namespace)
            .is_none()
        && providers::all_seen(snapshot)
        && !any_has_address()
}

/// What the provider said when it could not.
fn refused(finding: Finding, event: &Event) -> Finding {
    let reporter = if event.reporter.is_empty() {
        "its controller"
    } else {
        &*event.reporter
    };
    let finding = finding
        .arg("said", said(event))
        .arg("reporter", reporter)
        .deciding([proof::event(event)])
        .since(event.first);
    let word = |word: &str| event.reporter.contains(word) || event.message.contains(word);
    if word("metallb") {
        finding.fix_with(
            "fix.metallb",
            "kubectl get ipaddresspools.metallb.io -A -o yaml",
        )
    } else if matches!(&*event.reason, "FailedBuildModel" | "FailedDeployModel") {
        finding.fix("fix.aws")
    } else {
        finding.fix_with("fix.said", kubectl::describe(&proof_object(event)))
    }
}

fn proof_object(event: &Event) -> podside_model::ObjectRef {
    let about = &event.about;
    about.kind.object(&about.namespace, &about.name)
}

/// The deciding words: without what every such message begins with.
fn said(event: &Event) -> String {
    const LONGEST: usize = 160;
    const OPENINGS: &[&str] = &[
        "Error syncing load balancer: ",
        "failed to ensure load balancer: ",
        "Failed build model due to ",
        "Failed deploy model due to ",
    ];
    let mut told = event.said().lines().next().unwrap_or_default();
    for opening in OPENINGS {
        told = told.strip_prefix(opening).unwrap_or(told);
    }
    told.chars().take(LONGEST).collect()
}

/// The provider is there and none of its Pods is ready.
fn down(finding: Finding, provider: &Provider) -> Finding {
    finding
        .title("title.down")
        .explanation("explanation.down")
        .arg("provider", provider.shown())
        .arg(
            "of",
            provider.workload.namespace.as_deref().unwrap_or_default(),
        )
        .proof(proof::command(
            provider.workload.clone(),
            kubectl::get(&provider.workload),
            format!("0/{}", provider.wanted),
        ))
        .fix_with("fix.down", kubectl::describe(&provider.workload))
}

/// The provider is there, works, and has said nothing of this Service.
fn silent(finding: Finding, provider: &Provider) -> Finding {
    finding
        .title("title.silent")
        .explanation("explanation.silent")
        .likely()
        .arg("provider", provider.shown())
        .fix_with("fix.log", kubectl::all_logs(&provider.workload))
        .fix("fix.other")
}

#[cfg(test)]
#[path = "load_balancer_pending_tests.rs"]
mod tests;
