//! Symptom: a Service has no endpoints, or an Ingress answers 503.
//! Cause: the workload behind the Service is scaled to zero.
//! Fix: scale it up.
//! Source: <https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/>

use podside_model::{Message, ObjectRef, Relation, Severity};

use crate::callees;
use crate::facts::{ApiService, Kind, Object, Pod, ReplicaSet, Replicas, Service, Str, Template};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::proof::{self, Proof};
use crate::rule::{Rank, Rule, Run};
use crate::rules::dns::cluster_dns_down::is_cluster_dns;
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "replicas-zero",
    source: "https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/",
    rank: Rank::Root,
    runs: &[
        Run::Deployment(|o, s, f| run(o, o.replicas, &o.template, s, f)),
        Run::StatefulSet(|o, s, f| run(o, o.replicas, &o.template, s, f)),
        Run::ReplicaSet(replica_set),
    ],
    texts: &[
        text(
            "title",
            "{kind} {name} is scaled to zero, so no Pod answers behind Service {services}",
            "{kind} {name} のレプリカ数が 0 のため、Service {services} の背後に応答する Pod がない",
        ),
        text(
            "explanation",
            "Its Pods are what Service {services} sends traffic to, and there is none because spec.replicas is 0. {needed_by} needs them: whoever connects is refused.",
            "Service {services} はこの Pod を選択しますが、spec.replicas が 0 のため Pod がありません。{needed_by} が必要としており、接続は拒否されます。",
        ),
        text(
            "fix",
            "Scale it up, to the number of Pods that it needs.",
            "必要な Pod 数にスケールします。",
        ),
        text(
            "proof.selector",
            "The Service selects Pods of {kind} {name}",
            "Service は {kind} {name} の Pod を選択する",
        ),
    ],
};

/// A ReplicaSet of a Deployment is at zero whenever it is an old revision.
fn replica_set(set: &ReplicaSet, snapshot: &Snapshot, findings: &mut Findings) {
    if set.meta.controller().is_none() {
        run(set, set.replicas, &set.template, snapshot, findings);
    }
}

fn run(
    workload: &impl Object,
    replicas: Replicas,
    template: &Template,
    snapshot: &Snapshot,
    findings: &mut Findings,
) {
    let meta = workload.meta();
    if replicas.wanted != 0 || meta.deleting.is_some() || meta.controller().is_some() {
        return;
    }
    let namespace = &meta.namespace;
    let services: Vec<&Service> = snapshot
        .services
        .in_namespace(namespace)
        .filter(|s| s.selects(&template.labels) && !s.is_external_name())
        .filter(|s| serves_nobody(s, snapshot) && !is_cluster_dns(s))
        .collect();
    let Some(first) = services.first() else {
        return;
    };
    if scales_from_zero(workload, snapshot) {
        return;
    }
    let needs = services.iter().find_map(|s| needed_by(s, snapshot));
    // What nothing asks for may rest, whoever may connect to it one day.
    let Some(needs) = needs else {
        return;
    };
    let routed = !Kind::Pod.is(&needs);
    let names: Vec<String> = services.iter().map(|s| s.meta.name.to_string()).collect();
    let mut finding = Finding::on(workload)
        .severity(if routed {
            Severity::Critical
        } else {
            Severity::Warning
        })
        .arg("services", names)
        .arg("needed_by", format!("{} {}", needs.kind, needs.name))
        .proof(proof::field(workload, "/spec/replicas", 0))
        .proofs(selector(first))
        .proofs(scaled_down(workload, snapshot))
        .fix_with("fix", scale(workload));
    for service in services {
        let state = Message::new("state.endpoints")
            .with("ready", 0_usize)
            .with("wanted", 0_usize);
        finding = finding.affects(service.object_ref(), Relation::Backs, state);
    }
    findings.add(finding);
}

/// Whether a Service has no Pod at all: where it has some, they are what is to be mended.
fn serves_nobody(service: &Service, snapshot: &Snapshot) -> bool {
    snapshot
        .pods_of_service(service)
        .iter()
        .all(|pod| pod.is_finished() || pod.is_terminating())
}

/// Whether an autoscaler keeps it at zero until somebody needs it.
fn scales_from_zero(workload: &impl Object, snapshot: &Snapshot) -> bool {
    let meta = workload.meta();
    snapshot
        .autoscalers
        .in_namespace(&meta.namespace)
        .any(|hpa| {
            // KEDA makes its autoscaler with a minimum of one and scales to zero itself.
            let by_keda = hpa.meta.controller().is_some_and(|owner| {
                &*owner.kind.name == "ScaledObject" && &*owner.kind.group == "keda.sh"
            });
            (hpa.min == 0 || by_keda)
                && super::hpa_target_missing::target(hpa) == workload.object_ref()
        })
}

/// What needs the Pods of a Service now: an Ingress that routes to it, a webhook or an API that
/// the API server calls through it, or a Pod that is not well and calls it.
fn needed_by(service: &Service, snapshot: &Snapshot) -> Option<ObjectRef> {
    let ingress = snapshot
        .ingresses_to(service)
        .next()
        .map(Object::object_ref);
    let webhook = || {
        let mut all = snapshot.webhooks_through(service);
        all.next().map(Object::object_ref)
    };
    let api = || {
        let serves = |api: &&ApiService| {
            let of = api.service.as_ref();
            of.is_some_and(|(namespace, name)| {
                *namespace == service.meta.namespace && *name == service.meta.name
            })
        };
        snapshot
            .api_services
            .iter()
            .find(serves)
            .map(Object::object_ref)
    };
    ingress
        .or_else(webhook)
        .or_else(api)
        .or_else(|| failing_caller(service, snapshot).map(Object::object_ref))
}

/// A Pod of the Service's namespace that is not ready and that names the Service.
fn failing_caller<'s>(service: &Service, snapshot: &'s Snapshot) -> Option<&'s Pod> {
    let namespace = &*service.meta.namespace;
    let calls = |pod: &&Pod| {
        let containers = &pod.spec.containers;
        !pod.is_ready()
            && !pod.is_terminating()
            && &*pod.phase != "Succeeded"
            && containers
                .iter()
                .any(|c| callees::names(c, namespace, service))
    };
    snapshot.pods.in_namespace(namespace).find(calls)
}

fn selector(service: &Service) -> Option<Proof> {
    let (key, value): (&Str, &Str) = service.selector.iter().next()?;
    let pointer = format!("/spec/selector/{}", crate::facts::escape_pointer(key));
    Some(proof::field(service, pointer, value).saying("proof.selector"))
}

/// The event that tells when it was scaled down, while it lasts.
fn scaled_down(workload: &impl Object, snapshot: &Snapshot) -> Option<Proof> {
    let mut events = snapshot.events_of(workload);
    let event = events.find(|e| &*e.reason == "ScalingReplicaSet" && e.message.ends_with(" to 0"));
    event.map(proof::event)
}

fn scale(workload: &impl Object) -> String {
    format!(
        "{} scale {} --replicas=1",
        kubectl::prefix(Some(&workload.meta().namespace)),
        kubectl::target(&workload.object_ref())
    )
}

#[cfg(test)]
mod tests {
    use podside_model::Severity;

    use crate::testing::check;

    const STATEFUL_SET: &str = "
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: queue, namespace: n, uid: s}
spec: {replicas: 0, template: {metadata: {labels: {app: queue}}}}
---
apiVersion: v1
kind: Service
metadata: {name: queue, namespace: n}
spec: {clusterIP: None, selector: {app: queue}, ports: [{port: 5672}]}
";

    const INGRESS: &str = "---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: front, namespace: n}
spec: {defaultBackend: {service: {name: queue, port: {number: 5672}}}}
";

    #[test]
    fn an_ingress_needs_it() {
        check(&(STATEFUL_SET.to_owned() + INGRESS))
            .finds("replicas-zero", "StatefulSet n/queue")
            .tells("title")
            .with_list("services", ["queue"])
            .tells("explanation")
            .with("needed_by", "Ingress front")
            .affects("Service n/queue")
            .affects("Ingress n/front")
            .advises("kubectl -n n scale statefulset/queue --replicas=1")
            .is(Severity::Critical);
    }

    #[test]
    fn a_caller_that_fails_needs_it() {
        let caller = "---
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: n, uid: w, creationTimestamp: '2026-01-01T11:00:00Z'}
spec: {nodeName: n1, containers: [{name: app, image: x, env: [{name: QUEUE, value: 'amqp://queue:5672'}]}]}
status: {phase: Running, conditions: [{type: Ready, status: 'False'}], containerStatuses: [{name: app, restartCount: 0, ready: false, state: {running: {startedAt: '2026-01-01T11:00:10Z'}}}]}
";
        check(&(STATEFUL_SET.to_owned() + caller))
            .finds("replicas-zero", "StatefulSet n/queue")
            .tells("explanation")
            .with("needed_by", "Pod web")
            .is(Severity::Warning);
        let well = caller.replace("status: 'False'", "status: 'True'");
        check(&(STATEFUL_SET.to_owned() + &well)).does_not_find("replicas-zero");
    }

    #[test]
    fn what_nothing_needs_may_rest() {
        check(STATEFUL_SET).finds_nothing();
        let (alone, _) = STATEFUL_SET.split_once("---").unwrap();
        check(alone).finds_nothing();
        let other = STATEFUL_SET.replace("selector: {app: queue}", "selector: {app: other}");
        check(&(other + INGRESS)).does_not_find("replicas-zero");
    }

    #[test]
    fn another_workload_may_serve_in_its_place() {
        let pod = "---
apiVersion: v1
kind: Pod
metadata: {name: queue-green, namespace: n, uid: p, labels: {app: queue}}
status: {phase: Running, conditions: [{type: Ready, status: 'True'}]}
";
        check(&(STATEFUL_SET.to_owned() + INGRESS + pod)).does_not_find("replicas-zero");
    }

    #[test]
    fn an_autoscaler_may_keep_it_at_zero() {
        let hpa = "---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: {name: queue, namespace: n}
spec: {minReplicas: 0, maxReplicas: 3, scaleTargetRef: {apiVersion: apps/v1, kind: StatefulSet, name: queue}}
";
        check(&(STATEFUL_SET.to_owned() + INGRESS + hpa)).does_not_find("replicas-zero");
    }
}
