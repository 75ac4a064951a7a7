//! Symptom: a Pod stays Pending; the scheduler says that nodes do not have free ports.
//! Cause: the Pod asks for a hostPort that another Pod has on every fitting node.
//! Fix: use a Service instead of a hostPort, another port, or fewer replicas than nodes.
//! Source: <https://kubernetes.io/docs/concepts/configuration/overview/#services>

use super::refused::{self, Refused, refused};
use super::verdict::verdict;
use crate::facts::Pod;
use crate::finding::Finding;
use crate::findings::Findings;
use crate::fitting::{Blame, Obstacle, port_holder};
use crate::kubectl;
use crate::proof::{self, Proof};
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "host-port-conflict",
    source: "https://kubernetes.io/docs/tasks/debug/debug-application/debug-pods/",
    rank: Rank::Root,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "hostPort {port}, which {kind} {name} asks for, is taken on every node that fits",
            "{kind} {name} が求める hostPort {port} は、適合するすべてのノードで使用中",
        ),
        text(
            "title.told",
            "A hostPort that {kind} {name} asks for is taken on every node that fits",
            "{kind} {name} が求める hostPort は、適合するすべてのノードで使用中",
        ),
        text(
            "title.rejected",
            "Node {node} refuses {kind} {name}: hostPort {port}, which it asks for, is taken by {holder}",
            "hostPort {port} が {holder} に使用されているため、ノード {node} が {kind} {name} の Pod を拒否した",
        ),
        text(
            "title.refused",
            "Node {node} refuses {kind} {name}: a hostPort that it asks for was taken",
            "hostPort が使用中だったため、ノード {node} が {kind} {name} の Pod を拒否した",
        ),
        text(
            "explanation.rejected",
            "A port of a node belongs to one Pod. The Pod came to {node} without the scheduler (by spec.nodeName, for example), and the kubelet refused it. A Pod that is refused like this is not tried again. {pods} {pods|Pod|Pods}.",
            "ノードのポートは 1 つの Pod だけが使えます。Pod は spec.nodeName などによりスケジューラーを通さずに {node} に割り当てられ、kubelet に拒否されました。拒否された Pod は再試行されません。Pod {pods} 個です。",
        ),
        text(
            "explanation",
            "A port of a node belongs to one Pod. On {node} {holder} has {port} already. {pods} {pods|Pod waits|Pods wait}.",
            "ノードのポートは 1 つの Pod だけが使えます。{node} では {holder} がすでに {port} を使っています。{pods} 個の Pod が待機しています。",
        ),
        text(
            "explanation.own",
            "A port of a node belongs to one Pod, so a workload with a hostPort runs at most once on each node: on {node} its own {holder} has {port}. {pods} {pods|Pod waits|Pods wait}.",
            "ノードのポートは 1 つの Pod だけが使えるため、hostPort を使うワークロードは各ノードで 1 つしか動作しません。{node} では同じワークロードの {holder} が {port} を使っています。{pods} 個の Pod が待機しています。",
        ),
        text(
            "explanation.told",
            "A port of a node belongs to one Pod. Which Pods have it could not be read, so the scheduler's own words are the proof. {pods} {pods|Pod waits|Pods wait}.",
            "ノードのポートは 1 つの Pod だけが使えます。使用中の Pod は読み取れなかったため、スケジューラーのメッセージが根拠です。{pods} 個の Pod が待機しています。",
        ),
        text(
            "fix.service",
            "Remove hostPort from {kind} {name} and reach it through a Service, if it need not be on the node's own address.",
            "ノード自身のアドレスで公開する必要がなければ、{kind} {name} から hostPort を外し、Service を使います。",
        ),
        text(
            "fix.port",
            "Or use another port, run no more replicas than there are nodes, or move what has the port.",
            "または、別のポートを使う、レプリカをノード数以下にする、ポートを使用中の Pod を移す、のいずれかを行います。",
        ),
    ],
};

fn run<'s>(pod: &'s Pod, snapshot: &'s Snapshot, findings: &mut Findings<'s>) {
    if refused(pod, snapshot) == Some(Refused::HostPort) {
        findings.add(rejected(pod, snapshot));
        return;
    }
    let Some(verdict) = verdict(pod, snapshot, findings, &[Blame::HostPort]) else {
        return;
    };
    let taken = verdict.blamed().find_map(|judged| {
        judged.obstacles.iter().find_map(|o| match o {
            Obstacle::HostPort { port, holder } => Some((judged.node, *port, *holder)),
            _ => None,
        })
    });
    let top = snapshot.top_of(pod);
    let finding = verdict
        .finding(pod, snapshot)
        .fix_with(
            "fix.service",
            without_host_port(pod, taken.map(|(_, port, _)| port), snapshot),
        )
        .fix("fix.port");
    let Some((node, port, holder)) = taken else {
        findings.add(finding.title("title.told").explanation("explanation.told"));
        return;
    };
    let own = snapshot.top_of(holder) == top;
    let finding = finding
        .arg("port", port)
        .arg("node", &*node.meta.name)
        .arg(
            "holder",
            format!("Pod {}/{}", holder.meta.namespace, holder.meta.name),
        )
        .deciding(port_of(pod, port).into_iter().chain(port_of(holder, port)));
    findings.add(if own {
        finding.explanation("explanation.own")
    } else {
        finding
    });
}

/// The command that takes a port of the node away from the containers of a template: the port
/// that is taken, or the only one that there is.
fn without_host_port(pod: &Pod, taken: Option<i64>, snapshot: &Snapshot) -> String {
    let top = snapshot.top_of(pod);
    let template = snapshot.template_of(&top);
    let containers = template.iter().flat_map(|it| it.spec.containers.iter());
    let mut ports = containers
        .flat_map(|it| {
            let ports = it.ports.iter().enumerate();
            ports.map(move |(index, port)| (format!("{}/ports/{index}", it.path()), port))
        })
        .filter(|(_, port)| match (port.host_port, taken) {
            (Some(own), Some(taken)) => own == taken,
            (own, None) => own.is_some(),
            (None, Some(_)) => false,
        });
    match (ports.next(), ports.next()) {
        (Some((path, _)), None) => {
            let pointer = format!("{}/hostPort", path.trim_start_matches("/spec"));
            kubectl::set_exactly_in_template(&top.object_ref(), "remove", &pointer, None)
        }
        _ => kubectl::change(&top.object_ref()),
    }
}

/// A Pod that its node refused, with who has the port there now.
fn rejected(pod: &Pod, snapshot: &Snapshot) -> Finding {
    let finding = refused::finding(pod, snapshot)
        .fix_with(
            "fix.service",
            without_host_port(
                pod,
                port_holder(pod, &pod.node, snapshot).map(|(port, _)| port),
                snapshot,
            ),
        )
        .fix("fix.port");
    match port_holder(pod, &pod.node, snapshot) {
        Some((port, holder)) => finding
            .title("title.rejected")
            .arg("port", port)
            .arg(
                "holder",
                format!("Pod {}/{}", holder.meta.namespace, holder.meta.name),
            )
            .proofs(port_of(pod, port).into_iter().chain(port_of(holder, port))),
        None => finding.title("title.refused"),
    }
}

/// The field in which a Pod asks for a port of its node.
fn port_of(pod: &Pod, port: i64) -> Option<Proof> {
    pod.spec.containers.iter().find_map(|container| {
        let index = container.ports.iter().position(|p| {
            p.host_port == Some(port) || (pod.spec.host_network && p.number == port)
        })?;
        let asked = container.ports.get(index)?;
        let name = if asked.host_port == Some(port) {
            "hostPort"
        } else {
            "containerPort"
        };
        let pointer = format!("{}/ports/{index}/{name}", container.path());
        Some(proof::field(pod, pointer, port).in_container(&container.name))
    })
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    const OBJECTS: &str = "
apiVersion: v1
kind: Node
metadata: {name: n1}
---
apiVersion: v1
kind: Pod
metadata: {name: proxy, namespace: edge, uid: o}
spec: {nodeName: n1, containers: [{name: c, ports: [{containerPort: 8443, hostPort: 443, protocol: HELD}]}]}
status: {phase: Running}
---
apiVersion: v1
kind: Pod
metadata: {name: gate, namespace: edge, uid: p}
spec: {containers: [{name: c, ports: [{containerPort: 80}, {containerPort: 443, hostPort: 443}]}]}
status:
  phase: Pending
  conditions: [{type: PodScheduled, status: 'False', reason: Unschedulable, message: \"0/1 nodes are available: 1 node(s) didn't have free ports for the requested pod ports.\"}]
";

    #[test]
    fn another_pod_has_the_port() {
        check(&OBJECTS.replace("HELD", "TCP"))
            .finds("host-port-conflict", "Pod edge/gate")
            .tells("explanation")
            .with("node", "n1")
            .with("holder", "Pod edge/proxy")
            .with("port", 443)
            .alone();
    }

    #[test]
    fn a_node_refuses_a_pod_that_names_it() {
        let refused = OBJECTS.replace("HELD", "TCP").replace(
            "spec: {containers: [{name: c, ports: [{containerPort: 80}",
            "spec: {nodeName: n1, containers: [{name: c, ports: [{containerPort: 80}",
        );
        let refused = refused.split_once("  phase: Pending").map(|(before, _)| {
            format!("{before}  phase: Failed\n  reason: NodePorts\n  message: 'Pod was rejected: Predicate NodePorts failed: node(s) didn''t have free ports for the requested pod ports'\n")
        });
        check(&refused.unwrap_or_default())
            .finds("host-port-conflict", "Pod edge/gate")
            .tells("title.rejected")
            .with("node", "n1")
            .with("kind", "Pod")
            .with("name", "gate")
            .with("port", 443)
            .with("holder", "Pod edge/proxy")
            .alone();
    }

    #[test]
    fn who_has_it_may_not_be_readable() {
        check(&OBJECTS.replace("HELD", "TCP"))
            .denying("nodes")
            .finds("host-port-conflict", "Pod edge/gate")
            .tells("explanation.told");
    }

    #[test]
    fn the_same_number_of_another_protocol_is_free() {
        let udp = OBJECTS
            .replace("HELD", "UDP")
            .replace("didn't have free ports for the requested pod ports", "x");
        check(&udp).does_not_find("host-port-conflict");
    }
}
