//! Symptom: a workload has no Pods, and none is Pending.
//! Cause: a LimitRange of the namespace forbids the requests or limits of its containers,
//! or sets a default limit below what a container requests.
//! Fix: bring the containers within the bounds, or change the LimitRange.
//! Source: <https://kubernetes.io/docs/concepts/policy/limit-range/>

use crate::facts::{Container, Kind, Limit, LimitRange, Object, Quantity, escape_pointer};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::proof::{self, Proof};
use crate::rule::{Rank, Rule};
use crate::rules::refusal::{Bound, LimitBreach, Reason, Refusal, on_refusals};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "limit-range-violated",
    source: "https://kubernetes.io/docs/concepts/policy/limit-range/",
    rank: Rank::Root,
    runs: on_refusals!(found),
    texts: &[
        text(
            "title",
            "{range} allows {bound} {value} {resource} per {of} and {kind} {name} has a {field} of {found}, so no Pod is created",
            "{range} の {of} あたりの {resource} は {bound} {value} だが、{kind} {name} の {field} は {found} のため、Pod が作成されない",
        ),
        text(
            "title.unstated",
            "{range} sets {bound} {value} {resource} per {of} and {kind} {name} states no {field}, so no Pod is created",
            "{range} の {of} あたりの {resource} は {bound} {value} だが、{kind} {name} に {field} の指定がないため、Pod が作成されない",
        ),
        text(
            "title.default",
            "{range} gives containers a {resource} limit of {value}, below the request of {found} in {kind} {name}, so no Pod is created",
            "{range} の既定の {resource} limit {value} が {kind} {name} の request {found} より小さいため、Pod が作成されない",
        ),
        text(
            "explanation",
            "The API server refuses every Pod outside the bounds of namespace {namespace}. {kind} {name} has {have} of {wanted} {created}; the missing ones do not exist, so they are not Pending either.",
            "API サーバーは Namespace {namespace} の範囲を外れる Pod をすべて拒否します。{kind} {name} の {created} は {wanted} 個中 {have} 個で、不足分は存在しないため Pending としても現れません。",
        ),
        text(
            "explanation.default",
            "The container requests {resource} without stating a limit, so the LimitRange fills in its default, and a request above its limit is invalid. {kind} {name} has {have} of {wanted} {created}.",
            "コンテナが {resource} の request だけを指定しているため LimitRange の既定の limit が入り、request が limit を超えて無効になります。{kind} {name} の {created} は {wanted} 個中 {have} 個です。",
        ),
        text(
            "fix.template",
            "Bring requests and limits of {kind} {name} within the bounds.",
            "{kind} {name} の requests と limits を範囲内にします。",
        ),
        text(
            "fix.state",
            "State a {resource} limit in {kind} {name} that is not below the request.",
            "{kind} {name} に request 以上の {resource} limit を指定します。",
        ),
        text(
            "fix.range",
            "Or change the bounds of the LimitRange; the Pods are created within some minutes.",
            "または LimitRange の範囲を変更します。Pod は数分以内に作成されます。",
        ),
        text("proof.bound", "What {range} sets", "{range} の設定"),
        text(
            "proof.template",
            "What the Pod template asks for",
            "Pod テンプレートの値",
        ),
    ],
};

fn found(refusal: &Refusal<'_>, snapshot: &Snapshot, findings: &mut Findings) {
    match &refusal.reason {
        Reason::LimitRange(breaches) => {
            if let Some((first, others)) = breaches.split_first() {
                let finding = out_of_bounds(refusal, first, snapshot);
                findings.add(others.iter().fold(finding, |finding, breach| {
                    finding.proofs(proofs(refusal, breach, snapshot))
                }));
            }
        }
        Reason::RequestAboveLimit { resource, request } => {
            if let Some(finding) = below_request(refusal, resource, request, snapshot) {
                findings.add(finding);
            }
        }
        _ => {}
    }
}

fn out_of_bounds(refusal: &Refusal<'_>, breach: &LimitBreach<'_>, snapshot: &Snapshot) -> Finding {
    let namespace = refusal.namespace();
    let range = broken(refusal, breach, snapshot).map(|(range, ..)| range);
    let bound = match breach.bound {
        Bound::Min => "min",
        Bound::Max => "max",
        Bound::Ratio => "max limit/request",
    };
    let container = breaking(refusal, breach);
    let finding = refusal
        .finding(snapshot)
        .one_fault(
            proof::object(
                Kind::LimitRange,
                namespace,
                range.map_or("", |range| &range.meta.name),
            ),
            format!("{bound} {} {}", breach.resource, breach.of),
        )
        .arg("range", range_name(range))
        .arg("bound", bound)
        .arg("value", breach.value)
        .arg("resource", breach.resource)
        .arg("of", breach.of)
        .arg("field", breach.field)
        .arg("found", breach.found)
        .proofs(proofs(refusal, breach, snapshot))
        .fix_with("fix.template", set_resources(refusal, container, breach))
        .fix_with("fix.range", edit(namespace, range));
    if breach.found.is_empty() {
        finding.title("title.unstated")
    } else {
        finding
    }
}

/// The LimitRange whose bound is broken, and where in it that stands.
fn broken<'a>(
    refusal: &Refusal<'_>,
    breach: &LimitBreach<'_>,
    snapshot: &'a Snapshot,
) -> Option<(&'a LimitRange, &'a Limit, &'a Quantity)> {
    let mut ranges = snapshot.limit_ranges.in_namespace(refusal.namespace());
    ranges.find_map(|range| {
        let (limit, value) = bound_of(range, breach)?;
        Some((range, limit, value))
    })
}

/// The container of the template that breaks the bound.
fn breaking<'a>(refusal: &Refusal<'a>, breach: &LimitBreach<'_>) -> Option<&'a Container> {
    let mut containers = refusal.template.spec.containers.iter();
    containers.find(|container| stated(container, breach).is_some())
}

/// The bound, and the value that breaks it.
fn proofs(refusal: &Refusal<'_>, breach: &LimitBreach<'_>, snapshot: &Snapshot) -> Vec<Proof> {
    let bound = broken(refusal, breach, snapshot).map(|(range, limit, value)| {
        bound_proof(range, limit, breach.bound.field(), breach.resource, value)
    });
    let value = breaking(refusal, breach).and_then(|c| template_proof(refusal, c, breach));
    bound.into_iter().chain(value).collect()
}

/// A request that is above the limit that a LimitRange fills in. Silent when the
/// template states the limit itself: then no LimitRange is to blame.
fn below_request(
    refusal: &Refusal<'_>,
    resource: &str,
    request: &str,
    snapshot: &Snapshot,
) -> Option<Finding> {
    let container = refusal.template.spec.containers.iter().find(|c| {
        !c.limits.contains_key(resource)
            && c.requests
                .get(resource)
                .is_some_and(|q| q.to_string() == request)
    })?;
    let asked = container.requests.get(resource)?;
    let (range, limit, value) = snapshot
        .limit_ranges
        .in_namespace(refusal.namespace())
        .flat_map(|range| range.limits.iter().map(move |limit| (range, limit)))
        .find_map(|(range, limit)| {
            let value = limit.default.get(resource)?;
            (value < asked).then_some((range, limit, value))
        })?;
    let pointer = format!(
        "/spec/template{}/resources/requests/{}",
        container.path(),
        escape_pointer(resource)
    );
    Some(
        refusal
            .finding(snapshot)
            .title("title.default")
            .explanation("explanation.default")
            .one_fault(range.object_ref(), format!("default {resource}"))
            .arg("range", range_name(Some(range)))
            .arg("resource", resource)
            .arg("value", value.to_string())
            .arg("found", request)
            .proof(bound_proof(range, limit, "default", resource, value))
            .proofs(
                has_pod_template(refusal)
                    .then(|| proof::field(&refusal.owner, pointer, asked).saying("proof.template")),
            )
            .fix("fix.state")
            .fix_with("fix.range", edit(refusal.namespace(), Some(range))),
    )
}

/// The bound that was broken, in a LimitRange.
fn bound_of<'a>(
    range: &'a LimitRange,
    breach: &LimitBreach<'_>,
) -> Option<(&'a Limit, &'a Quantity)> {
    range
        .limits
        .iter()
        .filter(|limit| &*limit.kind == breach.of)
        .find_map(|limit| {
            let values = match breach.bound {
                Bound::Min => &limit.min,
                Bound::Max => &limit.max,
                Bound::Ratio => &limit.max_ratio,
            };
            Some((limit, values.get(breach.resource)?))
        })
}

fn bound_proof(
    range: &LimitRange,
    limit: &Limit,
    list: &str,
    resource: &str,
    value: &Quantity,
) -> Proof {
    let pointer = format!(
        "/spec/limits/{}/{list}/{}",
        limit.index,
        escape_pointer(resource)
    );
    proof::field(range, pointer, value).saying("proof.bound")
}

/// The value of a container's template that breaks the bound.
fn stated<'a>(container: &'a Container, breach: &LimitBreach<'_>) -> Option<&'a Quantity> {
    let values = if breach.field == "limit" {
        &container.limits
    } else {
        &container.requests
    };
    values
        .get(breach.resource)
        .filter(|value| value.to_string() == breach.found)
}

fn template_proof(
    refusal: &Refusal<'_>,
    container: &Container,
    breach: &LimitBreach<'_>,
) -> Option<Proof> {
    let value = stated(container, breach)?;
    let pointer = format!(
        "/spec/template{}/resources/{}s/{}",
        container.path(),
        breach.field,
        escape_pointer(breach.resource)
    );
    has_pod_template(refusal)
        .then(|| proof::field(&refusal.owner, pointer, value).saying("proof.template"))
}

/// Whether the owner's template is a Pod's: a CronJob's is a Job's.
fn has_pod_template(refusal: &Refusal<'_>) -> bool {
    refusal.shortage.created == "Pods"
}

fn set_resources(
    refusal: &Refusal<'_>,
    container: Option<&Container>,
    breach: &LimitBreach<'_>,
) -> String {
    let top = refusal.top.object_ref();
    let settable = matches!(
        Kind::of(&top),
        Some(Kind::Deployment | Kind::StatefulSet | Kind::DaemonSet | Kind::ReplicaSet)
    );
    match container {
        Some(container) if settable && matches!(breach.field, "limit" | "request") => format!(
            "{} set resources {} -c {} --{}s={}={}",
            kubectl::prefix(Some(refusal.namespace())),
            kubectl::target(&top),
            kubectl::word(&container.name),
            breach.field,
            kubectl::word(breach.resource),
            kubectl::word(breach.value),
        ),
        _ => kubectl::edit(&top),
    }
}

fn range_name(range: Option<&LimitRange>) -> String {
    range.map_or_else(
        || Kind::LimitRange.name().to_owned(),
        |range| format!("{} {}", Kind::LimitRange.name(), range.meta.name),
    )
}

fn edit(namespace: &str, range: Option<&LimitRange>) -> String {
    match range {
        Some(range) => kubectl::edit(&proof::object(
            Kind::LimitRange,
            namespace,
            &range.meta.name,
        )),
        None => kubectl::list(Some(namespace), Kind::LimitRange.plural()),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    fn with(resources: &str, limits: &str, message: &str) -> String {
        format!(
            "
apiVersion: batch/v1
kind: Job
metadata: {{name: report, namespace: b, uid: j}}
spec:
  template:
    spec:
      containers: [{{name: run, image: x, resources: {resources}}}]
status: {{}}
---
apiVersion: v1
kind: LimitRange
metadata: {{name: small, namespace: b}}
spec: {{limits: [{limits}]}}
---
apiVersion: v1
kind: Event
metadata: {{name: e, namespace: b}}
regarding: {{kind: Job, namespace: b, name: report, uid: j}}
reason: FailedCreate
type: Warning
note: {message}
eventTime: '2026-01-01T11:59:00Z'
"
        )
    }

    #[test]
    fn a_job_above_the_maximum_is_found() {
        check(&with(
            "{limits: {memory: 2Gi}}",
            "{type: Pod, max: {cpu: 1}}, {type: Container, max: {memory: 1Gi}}",
            "'Error creating: pods \"report-x\" is forbidden: maximum memory usage per Container is 1Gi, but limit is 2Gi'",
        ))
        .finds("limit-range-violated", "Job b/report")
        .tells("title").with("range", "LimitRange small").with("bound", "max").with("value", "1Gi").with("resource", "memory").with("of", "Container")
        .proves("2Gi");
    }

    #[test]
    fn several_broken_bounds_are_one_problem() {
        check(&with(
            "{requests: {cpu: 10m}, limits: {memory: 2Gi}}",
            "{type: Container, min: {cpu: 100m}, max: {memory: 1Gi}}",
            "'Error creating: pods \"report-x\" is forbidden: [minimum cpu usage per Container is 100m, but request is 10m, maximum memory usage per Container is 1Gi, but limit is 2Gi]'",
        ))
        .finds("limit-range-violated", "Job b/report")
        .tells("title").with("bound", "min").with("value", "100m").with("resource", "cpu").with("of", "Container")
        .proves("10m")
        .proves("2Gi");
    }

    #[test]
    fn a_default_limit_below_the_request_is_found() {
        check(&with(
            "{requests: {memory: 1Gi}}",
            "{type: Container, default: {memory: 64Mi}}",
            "'Error creating: Pod \"report-x\" is invalid: spec.containers[0].resources.requests: Invalid value: \"1Gi\": must be less than or equal to memory limit of 64Mi'",
        ))
        .finds("limit-range-violated", "Job b/report")
        .tells("title.default").with("resource", "memory").with("value", "64Mi");
    }

    #[test]
    fn a_limit_of_the_template_itself_is_no_limit_ranges_fault() {
        check(&with(
            "{requests: {memory: 1Gi}, limits: {memory: 64Mi}}",
            "{type: Container, default: {memory: 32Mi}}",
            "'Error creating: Pod \"report-x\" is invalid: spec.containers[0].resources.requests: Invalid value: \"1Gi\": must be less than or equal to memory limit of 64Mi'",
        ))
        .does_not_find("limit-range-violated");
    }

    #[test]
    fn bounds_that_nothing_breaks_are_no_problem() {
        check(&with(
            "{limits: {memory: 512Mi}}",
            "{type: Container, max: {memory: 1Gi}}",
            "'Error creating: pods \"report-x\" is forbidden: something else'",
        ))
        .does_not_find("limit-range-violated");
    }
}
