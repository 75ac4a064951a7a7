//! Which resource is missing on which nodes, for the rules of the single resources.

use std::collections::BTreeMap;

use super::amount::amount;
use super::refused::{self, Refused, refused};
use super::verdict::{Verdict, reasons, verdict};
use crate::facts::{Node, Object, Pod};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::fitting::{Blame, Obstacle, Shortage};
use crate::proof;
use crate::snapshot::Snapshot;

/// Hands in a finding when the resource that is most in the way of a Pod is one that
/// `is_meant` names.
///
/// Texts: `title` and `explanation` when the nodes have enough in all, `…too-large` when
/// none has, `…told` when only the scheduler's words are known, `title.several` where more
/// than one resource is short.
pub(super) fn find<'s>(
    pod: &'s Pod,
    snapshot: &'s Snapshot,
    findings: &mut Findings<'s>,
    is_meant: fn(&str) -> bool,
) {
    const KINDS: [Blame; 3] = [Blame::UsedUp, Blame::TooLarge, Blame::Lacks];
    if let Some(Refused::Resource(resource)) = refused(pod, snapshot) {
        if is_meant(resource) {
            findings.add(rejected(pod, resource, snapshot));
        }
        return;
    }
    let Some(verdict) = verdict(pod, snapshot, findings, &KINDS) else {
        return;
    };
    let told = || -> Option<String> {
        let message = verdict.condition.message.as_deref()?;
        named(reasons(message)).map(str::to_owned)
    };
    let nearest = verdict.nearest(nearest);
    let resource = match &nearest {
        Some((_, shortage)) => shortage.resource.to_string(),
        None => match told() {
            Some(resource) => resource,
            None => return,
        },
    };
    if !is_meant(&resource) {
        return;
    }
    let finding = verdict
        .finding(pod, snapshot)
        .arg("resource", resource.as_str());
    let said = verdict.condition.message.as_deref().unwrap_or_default();
    findings.add(match nearest {
        Some((node, shortage)) => {
            let all = shortages(&verdict, node);
            let finding = detailed(finding, pod, node, &shortage);
            if all.len() < 2 {
                finding
            } else {
                let others = all.iter().map(|of| &*of.resource);
                let others = others.filter(|of| **of != *shortage.resource);
                let proofs: Vec<_> = others.filter_map(|of| request(pod, of)).collect();
                finding
                    .title("title.several")
                    .arg(
                        "shortages",
                        all.iter().map(|of| show(of)).collect::<Vec<_>>(),
                    )
                    .proofs(proofs)
            }
        }
        None => {
            let finding = told_only(finding, pod, &resource);
            let all = all_named(reasons(said));
            if all.len() < 2 {
                finding
            } else {
                finding.title("title.told-several").arg("shortages", all)
            }
        }
    });
}

/// All resources of which a node has less than the Pod requests, each once.
fn shortages<'v>(verdict: &'v Verdict<'_>, node: &Node) -> Vec<&'v Shortage> {
    let mut all: Vec<&Shortage> = verdict
        .nodes()
        .iter()
        .filter(|judged| judged.node.meta.name == node.meta.name)
        .flat_map(|judged| &judged.obstacles)
        .filter_map(|obstacle| match obstacle {
            Obstacle::Resource(shortage) => Some(shortage),
            _ => None,
        })
        .collect();
    all.sort_by_key(|shortage| &shortage.resource);
    all.dedup_by_key(|shortage| &shortage.resource);
    all
}

/// A resource with what is requested and what is there: `cpu 9 > 4`.
fn show(shortage: &Shortage) -> String {
    let amount = |milli| amount(&shortage.resource, milli);
    let there = if shortage.asked > shortage.allocatable {
        shortage.allocatable
    } else {
        shortage.free
    };
    format!(
        "{} {} > {}",
        shortage.resource,
        amount(shortage.asked),
        amount(there)
    )
}

/// The resources that the scheduler names, each once.
fn all_named(reasons: &str) -> Vec<String> {
    let mut all: Vec<String> = reasons
        .split("Insufficient ")
        .skip(1)
        .filter_map(|rest| rest.get(..rest.find([',', ' ']).unwrap_or(rest.len())))
        .map(|name| name.trim_end_matches('.').to_owned())
        .collect();
    all.sort();
    all.dedup();
    all
}

fn rejected(pod: &Pod, resource: &str, snapshot: &Snapshot) -> Finding {
    refused::finding(pod, snapshot)
        .arg("resource", resource)
        .title("title.told")
        .proofs(request(pod, resource))
        .fix_with(
            "fix.lower",
            crate::kubectl::change(&snapshot.top_of(pod).object_ref()),
        )
        .fix("fix.room")
}

/// The node that is nearest to taking the Pod, and the resource that it is short of: of
/// the resource that is short on most nodes, the node with most of it free.
fn nearest<'s>(verdict: &Verdict<'s>) -> Option<(&'s Node, Shortage)> {
    let mut short: BTreeMap<(usize, &str), Vec<(&'s Node, &Shortage)>> = BTreeMap::new();
    for judged in verdict.blamed() {
        for obstacle in &judged.obstacles {
            if let Obstacle::Resource(shortage) = obstacle {
                let place = match &*shortage.resource {
                    "cpu" => 0,
                    "memory" => 1,
                    _ => 2,
                };
                short
                    .entry((place, &shortage.resource))
                    .or_default()
                    .push((judged.node, shortage));
            }
        }
    }
    let (_, nodes) = short
        .into_iter()
        .max_by_key(|(place, nodes)| (nodes.len(), std::cmp::Reverse(*place)))?;
    nodes
        .into_iter()
        .max_by_key(|(node, s)| (s.free, std::cmp::Reverse(&node.meta.name)))
        .map(|(node, shortage)| (node, shortage.clone()))
}

/// The resource that the scheduler names for most nodes.
fn named(reasons: &str) -> Option<&str> {
    if let Some((_, rest)) = reasons.split_once("Insufficient ") {
        let end = rest.find([',', ' ']).unwrap_or(rest.len());
        return rest.get(..end).map(|name| name.trim_end_matches('.'));
    }
    reasons.contains("Too many pods").then_some("pods")
}

fn detailed(finding: Finding, pod: &Pod, node: &Node, shortage: &Shortage) -> Finding {
    let show = |milli| amount(&shortage.resource, milli);
    let finding = finding
        .arg("asked", show(shortage.asked))
        .arg("free", show(shortage.free))
        .arg("allocatable", show(shortage.allocatable))
        .arg("node", &*node.meta.name)
        .deciding(request(pod, &shortage.resource))
        .proofs(node.allocatable.get(&shortage.resource).map(|quantity| {
            let step = shortage.resource.replace('~', "~0").replace('/', "~1");
            proof::field(node, format!("/status/allocatable/{step}"), quantity)
        }))
        .fix_with("fix.lower", crate::kubectl::describe(&node.object_ref()));
    if shortage.asked > shortage.allocatable {
        finding
            .title("title.too-large")
            .explanation("explanation.too-large")
            .fix("fix.larger")
    } else {
        finding.fix("fix.room")
    }
}

fn told_only(finding: Finding, pod: &Pod, resource: &str) -> Finding {
    finding
        .title("title.told")
        .explanation("explanation.told")
        .deciding(request(pod, resource))
        .fix_with("fix.lower", "kubectl describe nodes")
        .fix("fix.room")
}

/// The Pod's own request for the resource, or else the largest one of a container.
fn request(pod: &Pod, resource: &str) -> Option<proof::Proof> {
    let step = resource.replace('~', "~0").replace('/', "~1");
    if let Some(quantity) = pod.spec.requests.get(resource) {
        let pointer = format!("/spec/resources/requests/{step}");
        return Some(proof::field(pod, pointer, quantity));
    }
    let container = pod
        .spec
        .containers
        .iter()
        .filter(|c| c.requests.contains_key(resource))
        .max_by_key(|c| c.requests.get(resource).map(crate::facts::Quantity::milli))?;
    let quantity = container.requests.get(resource)?;
    let pointer = format!("{}/resources/requests/{step}", container.path());
    Some(proof::field(pod, pointer, quantity).in_container(&container.name))
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn the_resource_is_named_in_the_scheduler_s_words() {
        assert_eq!(
            named("0/2 nodes are available: 2 Insufficient nvidia.com/gpu. "),
            Some("nvidia.com/gpu")
        );
        assert_eq!(
            named("0/3 nodes are available: 1 Too many pods, 2 node(s) x."),
            Some("pods")
        );
        assert_eq!(
            named("0/3 nodes are available: 1 Insufficient cpu, 2 Insufficient memory."),
            Some("cpu")
        );
        assert_eq!(named(""), None);
    }

    #[test]
    fn a_node_refuses_what_it_has_no_room_for() {
        let pod = "
apiVersion: v1
kind: Pod
metadata: {name: big, namespace: shop, uid: p}
spec: {nodeName: n1, containers: [{name: c, resources: {requests: {cpu: 4}}}]}
status: {phase: Failed, reason: OutOfcpu, message: 'Pod was rejected: Node didn''t have enough resource: cpu, requested: 4000, used: 950, capacity: 2000'}
";
        crate::testing::check(pod)
            .finds("insufficient-cpu", "Pod shop/big")
            .tells("explanation.rejected")
            .with("node", "n1")
            .proves("requested: 4000, used: 950")
            .alone();
        let device = pod
            .replace("OutOfcpu", "UnexpectedAdmissionError")
            .replace("Node didn''t have enough resource: cpu, requested: 4000, used: 950, capacity: 2000", "Allocate failed due to requested number of devices unavailable for example.com/gpu. Requested: 1, Available: 0, which is unexpected");
        crate::testing::check(&device)
            .finds("insufficient-resource", "Pod shop/big")
            .tells("title.told")
            .with("resource", "example.com/gpu")
            .alone();
        crate::testing::check(&pod.replace("OutOfcpu", "OutOfmemory"))
            .does_not_find("insufficient-cpu")
            .finds("insufficient-memory", "Pod shop/big");
    }
}
