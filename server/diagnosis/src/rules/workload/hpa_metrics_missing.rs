//! Symptom: a HorizontalPodAutoscaler shows `<unknown>` and never scales.
//! Cause: it cannot read its metrics: nothing serves the metrics API, or the Pods do not
//! request the resource that it compares with, or the metric does not exist.
//! Fix: install what serves the metrics, or state the requests.
//! Source: <https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/>

use podside_model::{Message, ObjectRef, Relation, Severity};

use super::foreign_pods::{foreign, missing_resource, of_another};
use super::rival_autoscalers::ambiguous;
use crate::facts::{ApiService, Condition, HorizontalPodAutoscaler, Kind, Metric, Template};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::patience::METRICS;
use crate::proof::{self, Proof};
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::{Snapshot, Top};
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "hpa-metrics-missing",
    source: "https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/",
    rank: Rank::Root,
    runs: &[Run::HorizontalPodAutoscaler(run)],
    texts: &[
        text(
            "title",
            "HorizontalPodAutoscaler {name} cannot read its metrics, so it does not scale {target_kind} {target_name}",
            "HorizontalPodAutoscaler {name} がメトリクスを取得できず、{target_kind} {target_name} をスケールできない",
        ),
        text(
            "title.api",
            "HorizontalPodAutoscaler {name} cannot read its metrics: the cluster does not serve {api}",
            "クラスターが {api} を提供していないため、HorizontalPodAutoscaler {name} がメトリクスを取得できない",
        ),
        text(
            "title.api-down",
            "HorizontalPodAutoscaler {name} cannot read its metrics: {api} does not answer",
            "{api} が応答しないため、HorizontalPodAutoscaler {name} がメトリクスを取得できない",
        ),
        text(
            "title.request",
            "HorizontalPodAutoscaler {name} cannot compute the usage of {resource}: {target_kind} {target_name} does not request any in {containers}",
            "{target_kind} {target_name} の {containers} に {resource} の request がないため、HorizontalPodAutoscaler {name} が使用率を計算できない",
        ),
        text(
            "title.ambiguous",
            "HorizontalPodAutoscalers {name} and {others} would scale the same Pods, so {name} scales nothing",
            "HorizontalPodAutoscaler {name} は {others} と同じ Pod を対象にしているため、何もスケールしない",
        ),
        text(
            "title.selector",
            "HorizontalPodAutoscaler {name} cannot tell which Pods belong to {target_kind} {target_name}, so it scales nothing",
            "HorizontalPodAutoscaler {name} は {target_kind} {target_name} の Pod を特定できないため、何もスケールしない",
        ),
        text(
            "explanation.ambiguous",
            "The selector of {target_kind} {target_name} matches Pods that {others} {rivals|counts|count} too, and the controller refuses to scale what two autoscalers would change. Either both name one target, or the selectors of two targets overlap.",
            "{target_kind} {target_name} のセレクターに一致する Pod は、{others}（{rivals} 個）の対象でもあります。複数の HorizontalPodAutoscaler の対象になった Pod はスケールされません。同じ対象を指定しているか、2 つの対象のセレクターが重なっています。",
        ),
        text(
            "explanation.ambiguous-target",
            "Both name {target_kind} {target_name} as their target, and the controller refuses to scale what two autoscalers would change.",
            "どちらも {target_kind} {target_name} を対象にしています。複数の HorizontalPodAutoscaler の対象になった Pod はスケールされません。",
        ),
        text(
            "explanation.selector",
            "Its controller says: {said}. The scale of {target_kind} {target_name} must show the selector of its Pods. While this lasts the number of Pods stays as it is.",
            "コントローラーのエラー: {said}。{target_kind} {target_name} の scale には Pod のセレクターが必要です。この状態が続く間、Pod 数は変わりません。",
        ),
        text(
            "explanation",
            "Its controller says: {said}. While this lasts the number of Pods stays as it is.",
            "コントローラーのエラー: {said}。この状態が続く間、Pod 数は変わりません。",
        ),
        text(
            "explanation.request",
            "A target in percent is a share of what the containers request, and every container of the Pod must state a request of {resource}. While this lasts the number of Pods stays as it is.",
            "パーセントの目標は requests に対する割合なので、Pod のすべてのコンテナに {resource} の request が必要です。この状態が続く間、Pod 数は変わりません。",
        ),
        text(
            "fix.resource-api",
            "Install metrics-server, which serves the usage of CPU and memory.",
            "CPU とメモリーの使用量を提供する metrics-server をインストールします。",
        ),
        text(
            "fix.custom-api",
            "Install or repair the adapter that serves {api}.",
            "{api} を提供するアダプターをインストールするか修復します。",
        ),
        text(
            "fix.api-down",
            "See why {api} does not answer.",
            "{api} が応答しない原因を確認します。",
        ),
        text(
            "fix.request",
            "State a request of {resource} for every container of {target_kind} {target_name}.",
            "{target_kind} {target_name} のすべてのコンテナに {resource} の request を指定します。",
        ),
        text(
            "title.foreign",
            "HorizontalPodAutoscaler {name} cannot compute the usage of {resource}: Pod {pod} is not of {target_kind} {target_name}, has its labels and does not request any",
            "{target_kind} {target_name} のものではない Pod {pod} が同じラベルを持ち {resource} の request がないため、HorizontalPodAutoscaler {name} が使用率を計算できない",
        ),
        text(
            "explanation.foreign",
            "The controller measures every Pod that the selector of {target_kind} {target_name} matches, whoever owns it. Its own Pods state a request of {resource}; Pod {pod} does not. While this lasts the number of Pods stays as it is.",
            "コントローラーは、所有者にかかわらず {target_kind} {target_name} のセレクターに一致するすべての Pod を測定します。自身の Pod には {resource} の request がありますが、Pod {pod} にはありません。この状態が続く間、Pod 数は変わりません。",
        ),
        text(
            "fix.foreign",
            "Give {owner_kind} {owner} other labels, or a request of {resource}, or remove it if it is left over. {target_kind} {target_name} needs no change.",
            "{owner_kind} {owner} に別のラベルを付けるか {resource} の request を指定します。不要であれば削除します。{target_kind} {target_name} の変更は不要です。",
        ),
        text(
            "fix.rival",
            "If both have the same target, keep one of them, with the metrics of both.",
            "対象が同じであれば、両方のメトリクスをまとめて 1 つだけ残します。",
        ),
        text(
            "fix.labels",
            "If their targets differ, give the Pods of each a label of their own and put it into both selectors.",
            "対象が異なる場合は、それぞれの Pod に固有のラベルを付け、両方のセレクターに加えます。",
        ),
        text(
            "fix.selector",
            "Correct the selector of {target_kind} {target_name}, or the scale subresource of its kind.",
            "{target_kind} {target_name} のセレクター、またはその種類の scale サブリソースを修正します。",
        ),
        text(
            "fix.metric",
            "See that the metric exists and that its name and selector are right.",
            "メトリクスが存在し、名前とセレクターが正しいか確認します。",
        ),
        text(
            "proof.metric",
            "The metric that is to be read",
            "取得対象のメトリクス",
        ),
    ],
};

fn run(hpa: &HorizontalPodAutoscaler, snapshot: &Snapshot, findings: &mut Findings) {
    let Some(condition) = hpa.condition("ScalingActive").filter(|c| c.is_false()) else {
        return;
    };
    // At zero replicas scaling is switched off, which is somebody's wish.
    if &*condition.reason == "ScalingDisabled" || hpa.meta.deleting.is_some() {
        return;
    }
    let words = [condition.message.as_deref(), Some(&*condition.reason)];
    let mut words = words
        .into_iter()
        .flatten()
        .filter(|words| !words.is_empty());
    let said = words.next().unwrap_or("ScalingActive is False");
    let said = said
        .strip_prefix("the HPA was unable to compute the replica count: ")
        .unwrap_or(said);
    let metric = hpa.metrics.first();
    let mut finding = Finding::on(hpa)
        .severity(Severity::Warning)
        .arg("target_kind", &*hpa.target.kind.name)
        .arg("target_name", &*hpa.target.name)
        .arg("said", said.trim_end_matches('.'))
        .proof(proof::condition(hpa, condition, "message"))
        .since(condition.changed)
        .affects(
            super::hpa_target_missing::target(hpa),
            Relation::Scales,
            Message::new("state.waits"),
        );
    if &*condition.reason == "AmbiguousSelector" {
        if let Some(finding) = ambiguous(finding, hpa, said, snapshot) {
            findings.add(finding);
        }
        return;
    }
    finding = match fault(said) {
        _ if &*condition.reason == "InvalidSelector" => finding
            .title("title.selector")
            .explanation("explanation.selector")
            .fix("fix.selector"),
        Fault::Request => match unrequested(hpa, metric, snapshot) {
            Some(missing) => stated(finding, hpa, &missing, snapshot),
            None => {
                let resource = missing_resource(said).or(metric.map(|m| &*m.name));
                let finding = finding.arg("resource", resource.unwrap_or("the metric"));
                match resource
                    .zip(top(hpa, snapshot))
                    .and_then(|(of, top)| foreign(&top, of, snapshot))
                {
                    Some(pod) => of_another(finding, pod, snapshot),
                    None => finding.fix("fix.request"),
                }
            }
        },
        Fault::ApiMissing => api(finding, hpa, condition, said, snapshot),
        Fault::NotYet if is_young(hpa, condition, snapshot) => return,
        Fault::NotYet | Fault::Other => finding.fix("fix.metric"),
    };
    findings.add(finding);
}

/// What the controller's message says is missing.
enum Fault {
    /// A container requests none of the resource.
    Request,
    /// The API that serves the metrics is not there or does not answer.
    ApiMissing,
    /// There is no sample: of Pods that are not ready or too young, or of a metric that
    /// does not exist.
    NotYet,
    Other,
}

fn fault(said: &str) -> Fault {
    const FORMS: [(&str, Fault); 9] = [
        ("missing request for", Fault::Request),
        ("could not find the requested resource", Fault::ApiMissing),
        ("currently unable to handle the request", Fault::ApiMissing),
        ("no custom metrics API", Fault::ApiMissing),
        ("no external metrics API", Fault::ApiMissing),
        ("no metrics returned", Fault::NotYet),
        ("did not receive metrics", Fault::NotYet),
        ("no metrics known for pod", Fault::NotYet),
        ("no pods returned by selector", Fault::NotYet),
    ];
    FORMS
        .into_iter()
        .find(|(words, _)| said.contains(words))
        .map_or(Fault::Other, |(_, fault)| fault)
}

/// Whether the samples may merely not be there yet, or cannot be as no Pod is ready.
fn is_young(hpa: &HorizontalPodAutoscaler, condition: &Condition, snapshot: &Snapshot) -> bool {
    let young = |at: Option<jiff::Timestamp>| at.is_none() || !METRICS.has_ended(at, snapshot);
    let top = top(hpa, snapshot);
    let pods = top.map(|top| snapshot.pods_of(&top)).unwrap_or_default();
    young(hpa.meta.created)
        || young(condition.changed)
        || !pods.iter().any(|pod| pod.is_ready() && !young(pod.started))
}

fn top(hpa: &HorizontalPodAutoscaler, snapshot: &Snapshot) -> Option<Top> {
    let kind = [Kind::Deployment, Kind::StatefulSet, Kind::ReplicaSet]
        .into_iter()
        .find(|kind| hpa.target.kind.is(*kind))?;
    let meta = snapshot.meta_of(kind, &hpa.meta.namespace, &hpa.target.name)?;
    Some(Top {
        kind: hpa.target.kind.clone(),
        namespace: hpa.meta.namespace.clone(),
        name: hpa.target.name.clone(),
        uid: meta.uid.clone(),
    })
}

/// The containers that do not request the resource of a metric.
struct Unrequested<'a> {
    metric: &'a Metric,
    containers: Vec<String>,
}

fn unrequested<'a>(
    hpa: &'a HorizontalPodAutoscaler,
    first: Option<&'a Metric>,
    snapshot: &Snapshot,
) -> Option<Unrequested<'a>> {
    let top = top(hpa, snapshot)?;
    let template: &Template = snapshot.template_of(&top)?;
    let of_pod = &template.spec.requests;
    let metrics = hpa.metrics.iter().filter(|m| m.utilization.is_some());
    // What the Pod as a whole requests serves all of its containers.
    let alone = |m: &&Metric| !of_pod.contains_key(&m.name) || &*m.kind == "ContainerResource";
    metrics.chain(first).filter(alone).find_map(|metric| {
        let containers: Vec<String> = template
            .spec
            .lasting()
            .filter(|c| {
                !c.requests.contains_key(&metric.name) && !c.limits.contains_key(&metric.name)
            })
            .map(|c| c.name.to_string())
            .collect();
        (!containers.is_empty()).then_some(Unrequested { metric, containers })
    })
}

fn stated(
    finding: Finding,
    hpa: &HorizontalPodAutoscaler,
    missing: &Unrequested<'_>,
    snapshot: &Snapshot,
) -> Finding {
    let amount = if &*missing.metric.name == "memory" {
        "128Mi"
    } else {
        "100m"
    };
    let command = format!(
        "{} set resources {} -c {} --requests={}={amount}",
        kubectl::prefix(Some(&hpa.meta.namespace)),
        kubectl::target(&super::hpa_target_missing::target(hpa)),
        kubectl::word(&missing.containers.join(",")),
        kubectl::word(&missing.metric.name),
    );
    let pods = top(hpa, snapshot).map_or(0, |top| snapshot.pods_of(&top).len());
    let pointer = format!("/spec/metrics/{}/type", missing.metric.index);
    finding
        .title("title.request")
        .explanation("explanation.request")
        .arg("resource", &*missing.metric.name)
        .arg("containers", missing.containers.clone())
        .arg("pods", pods)
        .proof(proof::field(hpa, pointer, &missing.metric.kind).saying("proof.metric"))
        .fix_with("fix.request", command)
}

/// The API that serves the metrics is not there, or does not answer.
fn api(
    finding: Finding,
    hpa: &HorizontalPodAutoscaler,
    condition: &Condition,
    said: &str,
    snapshot: &Snapshot,
) -> Finding {
    let group = group_of(said, condition);
    let service = serving(snapshot, group);
    let finding = finding.arg("api", group);
    let down = service.and_then(unavailable);
    // The API server answers so of an API that is registered and does not answer.
    if down.is_some() || said.contains("unable to handle the request") {
        return finding.title("title.api-down").proofs(down).fix_with(
            "fix.api-down",
            format!("{} get apiservice", kubectl::prefix(None)),
        );
    }
    let pointer = hpa
        .metrics
        .first()
        .map(|m| format!("/spec/metrics/{}", m.index));
    let absent = pointer.filter(|_| service.is_none()).map(|pointer| {
        let version = if group == "metrics.k8s.io" {
            "v1beta1"
        } else {
            "v1beta2"
        };
        let missing = ObjectRef::cluster(Kind::ApiService.name(), format!("{version}.{group}"));
        proof::absence(missing, hpa, pointer)
    });
    let finding = finding.title("title.api").proofs(absent);
    if group == "metrics.k8s.io" {
        finding.fix_with(
            "fix.resource-api",
            format!(
                "{} apply -f https://github.com/kubernetes-sigs/metrics-server/releases/latest/download/components.yaml",
                kubectl::prefix(None)
            ),
        )
    } else {
        finding.fix("fix.custom-api")
    }
}

fn group_of(said: &str, condition: &Condition) -> &'static str {
    let external = said.contains("external.metrics.k8s.io")
        || said.contains("external metrics API")
        || &*condition.reason == "FailedGetExternalMetric";
    let custom = said.contains("custom.metrics.k8s.io")
        || said.contains("custom metrics API")
        || matches!(
            &*condition.reason,
            "FailedGetPodsMetric" | "FailedGetObjectMetric"
        );
    if external {
        "external.metrics.k8s.io"
    } else if custom {
        "custom.metrics.k8s.io"
    } else {
        "metrics.k8s.io"
    }
}

fn serving<'a>(snapshot: &'a Snapshot, group: &str) -> Option<&'a ApiService> {
    snapshot.api_services.iter().find(|service| {
        service
            .meta
            .name
            .split_once('.')
            .is_some_and(|(_, of)| of == group)
    })
}

fn unavailable(service: &ApiService) -> Option<Proof> {
    let condition = service
        .conditions
        .iter()
        .find(|c| &*c.kind == "Available")?;
    let field = if condition.message.is_some() {
        "message"
    } else {
        "reason"
    };
    (!condition.is_true()).then(|| proof::condition(service, condition, field))
}

#[cfg(test)]
#[path = "hpa_metrics_missing_tests.rs"]
mod tests;
