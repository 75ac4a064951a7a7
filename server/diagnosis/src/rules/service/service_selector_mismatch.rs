//! Symptom: a Service refuses every connection; it has no endpoints.
//! Cause: its selector matches no Pod, and Pods that it seems to mean have other labels.
//! Fix: the selector, or the labels.
//! Source: <https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/#does-the-service-have-any-endpointslices>

use podside_model::ObjectRef;

use crate::facts::selector::{self, contains};
use crate::facts::{Ingress, Kind, Labels, Service, Str, Template, escape_pointer};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::near;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "service-selector-mismatch",
    source: "https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/#does-the-service-have-any-endpointslices",
    rank: Rank::Root,
    runs: &[Run::Service(run)],
    texts: &[
        text(
            "title",
            "Service {name} selects no Pod: {wanted}, but {n} {n|Pod has|Pods have} {there}",
            "Service {name} がどの Pod も選択しない: {wanted} だが、{n} 個の Pod のラベルは {there}",
        ),
        text(
            "explanation",
            "The selector {selector} matches no Pod of namespace {namespace}, so the Service has no endpoints and refuses every connection. The Pods that are probably meant have names like {pod}.",
            "セレクター {selector} に一致する Pod が Namespace {namespace} にないため、Service にはエンドポイントがなく、接続はすべて拒否されます。対象と思われる Pod は {pod} などです。",
        ),
        text(
            "title.none",
            "Service {name}, to which Ingress {ingress} routes, selects no Pod: none in namespace {namespace} has {selector}",
            "Ingress {ingress} の転送先である Service {name} がどの Pod も選択しない: Namespace {namespace} に {selector} の Pod がない",
        ),
        text(
            "explanation.none",
            "Neither a Pod nor the template of a workload in namespace {namespace} has these labels, so the Service has no endpoints and refuses every connection. The workload behind it was deleted, never created, or has other labels.",
            "Namespace {namespace} の Pod にもワークロードのテンプレートにもこれらのラベルがないため、Service にはエンドポイントがなく、接続はすべて拒否されます。背後のワークロードが削除されたか、作成されていないか、ラベルが異なります。",
        ),
        text(
            "explanation.elsewhere",
            "A Service selects only Pods of its own namespace, and no Pod there has these labels. Pod {pod} in namespace {elsewhere} has them.",
            "Service は自身の Namespace の Pod だけを選択しますが、そこにこれらのラベルの Pod はありません。Namespace {elsewhere} の Pod {pod} がこれらのラベルを持っています。",
        ),
        text(
            "fix.none",
            "Create the workload in namespace {namespace}, or set the selector to the labels of the Pods that are meant.",
            "Namespace {namespace} にワークロードを作成するか、セレクターを対象の Pod のラベルに合わせます。",
        ),
        text(
            "fix",
            "Set the selector to the labels that the Pods have, if these Pods are meant:",
            "これらの Pod が対象であれば、セレクターを Pod のラベルに合わせます:",
        ),
        text(
            "fix.labels",
            "Or give the Pods the label in the template of their workload, not on the Pods themselves.",
            "または、ワークロードのテンプレートでラベルを付けます。Pod に直接付けてはいけません。",
        ),
        text(
            "proof.selector",
            "The selector asks for {wanted}",
            "セレクターは {wanted} を要求",
        ),
        text(
            "proof.pod",
            "Pod {pod} has {there}",
            "Pod {pod} のラベルは {there}",
        ),
    ],
};

fn run(service: &Service, snapshot: &Snapshot, findings: &mut Findings) {
    let namespace = &*service.meta.namespace;
    if service.selector.is_empty()
        || service.is_external_name()
        || service.meta.deleting.is_some()
        // An operator writes both the Service and the labels, and moves a role between
        // its Pods; one without a replica has a Service for replicas all the same.
        || service.meta.controller().is_some()
        || snapshot.pods.unreadable(namespace).is_some()
        || !snapshot.pods_of_service(service).is_empty()
        // Pods may be on their way, or their workload scaled to zero: then they are meant.
        || templates(snapshot, namespace).any(|t| service.selects(&t.labels))
    {
        return;
    }
    if let Some(meant) = meant(service, snapshot) {
        findings.add(finding(service, &meant, snapshot));
    } else if let Some(ingress) = router(service, snapshot) {
        findings.add(without_any(service, ingress, snapshot));
    }
}

/// The Ingress that routes to a Service: then somebody counts on it, though nothing says
/// which Pods it means.
fn router<'a>(service: &'a Service, snapshot: &'a Snapshot) -> Option<&'a Ingress> {
    let mut routers = snapshot.ingresses_to(service);
    routers.find(|ingress| ingress.meta.deleting.is_none())
}

fn without_any(service: &Service, ingress: &Ingress, snapshot: &Snapshot) -> Finding {
    let first = service.selector.iter().next();
    let selects = first.map(|(key, value)| {
        let pointer = format!("/spec/selector/{}", escape_pointer(key));
        proof::field(service, pointer, value)
    });
    let finding = Finding::on(service)
        .title("title.none")
        .explanation("explanation.none")
        .arg("selector", selector::join(&service.selector))
        .arg("ingress", &*ingress.meta.name)
        .proofs(selects)
        .since(service.meta.created);
    let there = snapshot
        .pods
        .iter()
        .filter(|pod| pod.meta.namespace != service.meta.namespace)
        .find(|pod| service.selects(&pod.meta.labels));
    let finding = match there {
        Some(pod) => finding
            .explanation("explanation.elsewhere")
            .arg("elsewhere", &*pod.meta.namespace)
            .arg("pod", &*pod.meta.name),
        None => finding,
    };
    let selected = kubectl::word(&selector::join(&service.selector));
    finding.fix_with(
        "fix.none",
        kubectl::list(
            Some(&service.meta.namespace),
            &format!("pods -l {selected}"),
        ),
    )
}

/// The Pods that a Service seems to mean: their labels, and which pair of the selector
/// they do not have.
struct Meant<'a> {
    labels: &'a Labels,
    pods: usize,
    key: &'a Str,
    value: &'a Str,
    /// The pair that the Pods have instead.
    there: String,
}

/// The set of labels that is nearest to the selector. A set comes into question when all
/// of the selector's pairs but one match and there are several, when every pair that does
/// not match has a counterpart (it is misspelt, say), or when the Pods are those of the
/// workload that bears the Service's name.
fn meant<'a>(service: &'a Service, snapshot: &'a Snapshot) -> Option<Meant<'a>> {
    let mut best: Option<(usize, Meant<'a>)> = None;
    let namesake = namesake(service, snapshot);
    for (labels, pods) in snapshot.label_sets(&service.meta.namespace) {
        let is_namesake = namesake.is_some_and(|of| contains(labels, of));
        let Some((score, meant)) = resemblance(service, labels, pods, is_namesake) else {
            continue;
        };
        if best.as_ref().is_none_or(|(known, _)| score > *known) {
            best = Some((score, meant));
        }
    }
    best.map(|(_, meant)| meant)
}

/// The labels of the Pods of the workload that is called as the Service is.
fn namesake<'a>(service: &Service, snapshot: &'a Snapshot) -> Option<&'a Labels> {
    let (namespace, name) = (&*service.meta.namespace, &*service.meta.name);
    let deployment = snapshot
        .deployments
        .get(namespace, name)
        .map(|w| &w.template);
    let template = deployment
        .or_else(|| {
            snapshot
                .stateful_sets
                .get(namespace, name)
                .map(|w| &w.template)
        })
        .or_else(|| {
            snapshot
                .daemon_sets
                .get(namespace, name)
                .map(|w| &w.template)
        })?;
    (!template.labels.is_empty()).then_some(&template.labels)
}

fn resemblance<'a>(
    service: &'a Service,
    labels: &'a Labels,
    pods: usize,
    is_namesake: bool,
) -> Option<(usize, Meant<'a>)> {
    let missing: Vec<(&Str, &Str, Option<String>)> = service
        .selector
        .iter()
        .filter(|(key, value)| labels.get(*key) != Some(*value))
        .map(|(key, value)| (key, value, counterpart(service, key, value, labels)))
        .collect();
    let matching = service.selector.len() - missing.len();
    let near = missing.iter().filter(|(.., there)| there.is_some()).count();
    let all_but_one = missing.len() == 1 && matching > 0;
    if !all_but_one && near < missing.len() && !is_namesake {
        return None;
    }
    // The pair is told that the Pods have otherwise, rather than one that they lack.
    let told = missing.iter().find(|(.., there)| there.is_some());
    let (key, value, there) = told.or_else(|| missing.first())?.clone();
    let there = there.unwrap_or_else(|| match labels.get(key) {
        Some(other) => format!("{key}={other}"),
        None => selector::join(&without_own(labels)),
    });
    let score = (matching + usize::from(is_namesake)) * 2 + near;
    let meant = Meant {
        labels,
        pods,
        key,
        value,
        there,
    };
    Some((score, meant))
}

/// The label that stands for a pair of the selector: the same key with a similar value or
/// the Service's name, or a similar key with the same value.
fn counterpart(service: &Service, key: &Str, value: &Str, labels: &Labels) -> Option<String> {
    if let Some(other) = labels.get(key) {
        let similar = near::name(value, [&**other]).is_some();
        let named = **other == *service.meta.name;
        return (similar || named).then(|| format!("{key}={other}"));
    }
    labels
        .iter()
        .find(|(k, v)| *v == value && (near::name(key, [&***k]).is_some() || is_same_word(key, k)))
        .map(|(k, v)| format!("{k}={v}"))
}

/// Keys that are commonly used for the same thing.
fn is_same_word(a: &str, b: &str) -> bool {
    const NAMES: [&str; 5] = [
        "app",
        "name",
        "app.kubernetes.io/name",
        "k8s-app",
        "component",
    ];
    NAMES.contains(&a) && NAMES.contains(&b)
}

/// The labels without those that controllers add.
fn without_own(labels: &Labels) -> Labels {
    const OWN: [&str; 6] = [
        "pod-template-hash",
        "controller-revision-hash",
        "pod-template-generation",
        "statefulset.kubernetes.io/pod-name",
        "apps.kubernetes.io/pod-index",
        "topology.kubernetes.io/",
    ];
    labels
        .iter()
        .filter(|(key, _)| !OWN.iter().any(|own| key.starts_with(own)))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

/// The templates of all workloads of a namespace.
fn templates<'a>(snapshot: &'a Snapshot, namespace: &'a str) -> impl Iterator<Item = &'a Template> {
    let deployments = snapshot.deployments.in_namespace(namespace);
    let stateful_sets = snapshot.stateful_sets.in_namespace(namespace);
    let daemon_sets = snapshot.daemon_sets.in_namespace(namespace);
    let replica_sets = snapshot.replica_sets.in_namespace(namespace);
    let jobs = snapshot.jobs.in_namespace(namespace);
    let cron_jobs = snapshot.cron_jobs.in_namespace(namespace);
    // An old revision's ReplicaSet says nothing of what its owner makes now.
    deployments
        .map(|w| &w.template)
        .chain(stateful_sets.map(|w| &w.template))
        .chain(daemon_sets.map(|w| &w.template))
        .chain(
            replica_sets
                .filter(|w| w.meta.controller().is_none())
                .map(|w| &w.template),
        )
        .chain(jobs.map(|w| &w.template))
        .chain(cron_jobs.map(|w| &w.template))
}

fn finding(service: &Service, meant: &Meant<'_>, snapshot: &Snapshot) -> Finding {
    let pod = snapshot
        .pods
        .in_namespace(&service.meta.namespace)
        .find(|pod| *pod.meta.labels == *meant.labels);
    let wanted = format!("{}={}", meant.key, meant.value);
    let pointer = format!("/spec/selector/{}", escape_pointer(meant.key));
    let reference = proof::object(Kind::Service, &service.meta.namespace, &service.meta.name);
    let finding = Finding::on(service)
        .arg("wanted", wanted)
        .arg("there", &meant.there)
        .arg("n", meant.pods)
        .arg("selector", selector::join(&service.selector))
        .arg("pod", pod.map_or("", |p| &*p.meta.name))
        .proof(proof::field(service, pointer, meant.value).saying("proof.selector"));
    let finding = match (pod, meant.there.split_once('=')) {
        (Some(pod), Some((key, value))) if pod.meta.label(key).is_some_and(|v| &**v == value) => {
            let pointer = format!("/metadata/labels/{}", escape_pointer(key));
            finding.proof(proof::field(pod, pointer, value).saying("proof.pod"))
        }
        _ => finding,
    };
    finding
        .fix_with("fix", select(&reference, meant))
        .fix("fix.labels")
        .since(service.meta.created)
}

/// The command that lets the Service select what is there instead.
fn select(service: &ObjectRef, meant: &Meant<'_>) -> String {
    let Some((key, value)) = meant.there.split_once('=') else {
        return kubectl::edit(service);
    };
    let mut selector = serde_json::Map::new();
    if *key != **meant.key {
        selector.insert(meant.key.to_string(), serde_json::Value::Null);
    }
    selector.insert(key.to_owned(), value.into());
    kubectl::set(
        service,
        &serde_json::json!({"spec": {"selector": selector}}),
    )
}

#[cfg(test)]
#[path = "service_selector_mismatch_tests.rs"]
mod tests;
