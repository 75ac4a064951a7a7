//! Symptom: Pods on one node behave otherwise than on others, or new fields have no effect.
//! Cause: the kubelet is newer than the API server, or more than three minor versions
//! older (two before 1.28), which Kubernetes does not support.
//! Fix: bring the node to a supported version.
//! Source: <https://kubernetes.io/releases/version-skew-policy/>

use podside_model::{Relation, Severity};

use crate::facts::Node;
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::proof::{self, Proof};
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "kubelet-version-skew",
    source: "https://kubernetes.io/releases/version-skew-policy/",
    rank: Rank::Root,
    runs: &[Run::Node(run), Run::Snapshot(among_nodes)],
    texts: &[
        text(
            "title",
            "The kubelet of node {name} is {kubelet}, newer than the API server ({server})",
            "ノード {name} の kubelet（{kubelet}）が API サーバー（{server}）より新しい",
        ),
        text(
            "title.old",
            "The kubelet of node {name} is {kubelet}, too far behind the API server ({server})",
            "ノード {name} の kubelet（{kubelet}）が API サーバー（{server}）に対して古すぎる",
        ),
        text(
            "title.among",
            "The kubelet of node {name} is {kubelet}, too far behind the API server, which cannot be older than node {newest} ({server})",
            "ノード {name} の kubelet（{kubelet}）が API サーバーに対して古すぎる（API サーバーはノード {newest}（{server}）より古くなり得ない）",
        ),
        text(
            "explanation",
            "A kubelet may be of the same minor version as the API server or up to three behind it (two before Kubernetes 1.28), and never ahead. Outside of that nothing is tested: fields may be ignored and calls may fail.",
            "kubelet は API サーバーと同じマイナーバージョンか、3 つ前まで（Kubernetes 1.28 より前は 2 つ前まで）が許され、より新しいことは許されません。範囲外の組み合わせは検証されておらず、フィールドが無視されたり、呼び出しが失敗したりすることがあります。",
        ),
        text(
            "fix.control-plane",
            "Upgrade the control plane first, or put the node back to {server}.",
            "先にコントロールプレーンをアップグレードするか、ノードを {server} に戻します。",
        ),
        text(
            "fix.node",
            "Drain the node and upgrade its kubelet.",
            "ノードを drain し、kubelet をアップグレードします。",
        ),
    ],
};

/// Major and minor of a version such as `v1.36.2` or `v1.27.3-gke.100`.
fn minor(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.trim_start_matches('v').split('.');
    let major = parts.next()?.parse().ok()?;
    let minor = parts.next()?;
    let digits = minor
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(minor.len());
    Some((major, minor.get(..digits)?.parse().ok()?))
}

fn run(node: &Node, snapshot: &Snapshot, findings: &mut Findings) {
    let (Some(server), Some(kubelet)) = (
        minor(snapshot.server_version()),
        minor(&node.kubelet_version),
    ) else {
        return;
    };
    let newer = kubelet > server;
    if !newer && !is_too_old(kubelet, server) {
        return;
    }
    let finding = skew(node, snapshot.server_version());
    findings.add(if newer {
        finding.fix_with("fix.control-plane", "kubectl version")
    } else {
        finding.title("title.old").fix_with("fix.node", drain(node))
    });
}

/// Where the version of the API server is not known, the newest kubelet tells of it: none may
/// be newer than its API server.
fn among_nodes(snapshot: &Snapshot, findings: &mut Findings) {
    if minor(snapshot.server_version()).is_some() {
        return;
    }
    let known = || {
        let nodes = snapshot.nodes.seen();
        nodes.filter_map(|node| Some((minor(&node.kubelet_version)?, node)))
    };
    // Of several that are as new, the first by name.
    let Some((server, newest)) = known().reduce(|a, b| if b.0 > a.0 { b } else { a }) else {
        return;
    };
    for (_, node) in known().filter(|(kubelet, _)| is_too_old(*kubelet, server)) {
        findings.add(
            skew(node, &newest.kubelet_version)
                .title("title.among")
                .arg("newest", &*newest.meta.name)
                .proof(version(newest))
                .fix_with("fix.node", drain(node)),
        );
    }
}

/// Whether a kubelet is further behind the API server than is supported.
fn is_too_old(kubelet: (u32, u32), server: (u32, u32)) -> bool {
    let behind = if server >= (1, 28) { 3 } else { 2 };
    kubelet.0 == server.0 && kubelet.1.saturating_add(behind) < server.1
}

fn skew(node: &Node, server: &str) -> Finding {
    Finding::on(node)
        .relation(Relation::Runs)
        .severity(Severity::Warning)
        .arg("kubelet", &*node.kubelet_version)
        .arg("server", server)
        .proof(version(node))
}

fn version(node: &Node) -> Proof {
    proof::field(
        node,
        "/status/nodeInfo/kubeletVersion",
        &node.kubelet_version,
    )
}

fn drain(node: &Node) -> String {
    let name = kubectl::word(&node.meta.name);
    format!("kubectl drain {name} --ignore-daemonsets")
}

#[cfg(test)]
mod tests {
    use crate::testing::{Check, check};

    fn kubelet(version: &str) -> Check {
        check(&format!(
            "apiVersion: v1\nkind: Node\nmetadata: {{name: n1}}\nstatus: {{nodeInfo: {{kubeletVersion: {version}}}}}\n"
        ))
    }

    #[test]
    fn newer_than_the_api_server() {
        kubelet("v1.34.0")
            .server("v1.33.4")
            .finds("kubelet-version-skew", "Node n1")
            .tells("title")
            .with("server", "v1.33.4");
    }

    #[test]
    fn too_far_behind() {
        kubelet("v1.29.9-eks-1")
            .server("v1.33.0")
            .finds("kubelet-version-skew", "Node n1")
            .tells("title.old");
        kubelet("v1.24.0")
            .server("v1.27.1")
            .finds("kubelet-version-skew", "Node n1");
    }

    #[test]
    fn what_the_policy_allows() {
        kubelet("v1.30.0").server("v1.33.0").finds_nothing();
        kubelet("v1.33.9").server("v1.33.0").finds_nothing();
        kubelet("odd").server("v1.33.0").finds_nothing();
        kubelet("v1.20.0").finds_nothing();
    }

    #[test]
    fn an_unknown_api_server_is_at_least_as_new_as_the_newest_kubelet() {
        let node = |name: &str, version: &str| {
            format!(
                "apiVersion: v1\nkind: Node\nmetadata: {{name: {name}}}\nstatus: {{nodeInfo: {{kubeletVersion: {version}}}}}\n"
            )
        };
        let nodes = |old: &str| format!("{}---\n{}", node("n1", old), node("n2", "v1.36.2"));
        check(&nodes("v1.29.0"))
            .finds("kubelet-version-skew", "Node n1")
            .tells("title.among")
            .with("newest", "n2");
        check(&nodes("v1.33.0")).finds_nothing();
        // What the API server says counts where it says something.
        check(&nodes("v1.33.0")).server("v1.36.2").finds_nothing();
    }
}
