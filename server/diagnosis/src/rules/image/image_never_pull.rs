//! Symptom: a container waits with `ErrImageNeverPull`.
//! Cause: `imagePullPolicy: Never` forbids the pull, and the image is not on the node.
//! Fix: another pull policy, or bring the image to every node.
//! Source: <https://kubernetes.io/docs/concepts/containers/images/#image-pull-policy>

use crate::facts::{ContainerKind, Pod};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "image-never-pull",
    source: "https://kubernetes.io/docs/concepts/containers/images/#image-pull-policy",
    rank: Rank::Root,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "Image {image} is not on the node, and imagePullPolicy Never forbids to pull it",
            "イメージ {image} がノードになく、imagePullPolicy Never のため取得もできない",
        ),
        text(
            "explanation",
            "Container {container} of {kind} {name} may only use an image that somebody has put on its node. {pods} {pods|Pod waits|Pods wait} on nodes that do not have it.",
            "{kind} {name} のコンテナ {container} は、ノードにあらかじめ置かれたイメージしか使えません。{pods} 個の Pod が、イメージのないノードで待機しています。",
        ),
        text(
            "fix.policy",
            "Set imagePullPolicy to IfNotPresent, so that the kubelet pulls the image.",
            "kubelet がイメージを取得できるように、imagePullPolicy を IfNotPresent にします。",
        ),
        text(
            "fix.load",
            "Or load the image on every node where the Pods may run.",
            "または、Pod が動作しうるすべてのノードにイメージを読み込みます。",
        ),
    ],
};

fn run(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    for (container, status) in pod.containers() {
        // A debugging container that cannot start breaks nothing.
        let concerned = container.kind != ContainerKind::Ephemeral && !pod.is_terminating();
        let Some(status) = status
            .filter(|s| concerned && s.waiting().is_some_and(|(r, _)| r == "ErrImageNeverPull"))
        else {
            continue;
        };
        let top = snapshot.top_of(pod).object_ref();
        let path = container.path();
        findings.add(
            Finding::on_container(snapshot, pod, container)
                .arg("image", &*container.image)
                .proof(proof::waiting_message(pod, status))
                .proof(proof::field(
                    pod,
                    format!("{path}/imagePullPolicy"),
                    &container.pull_policy,
                ))
                .fix_with(
                    "fix.policy",
                    kubectl::set_in_template(
                        &top,
                        &container.patched(&serde_json::json!({"imagePullPolicy": "IfNotPresent"})),
                    ),
                )
                .fix("fix.load")
                .since(pod.started.or(pod.meta.created)),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::super::pull::testing::pod_waiting;
    use crate::testing::check;

    #[test]
    fn the_kubelet_says_so() {
        let objects = pod_waiting(
            "ErrImageNeverPull",
            "Container image is not present with pull policy of Never",
        )
        .replace("image: ", "imagePullPolicy: Never, image: ");
        check(&objects)
            .finds("image-never-pull", "Pod shop/web[app]")
            .tells("title")
            .with("image", "reg.example/web:1")
            .alone();
    }

    #[test]
    fn the_policy_alone_is_no_fault() {
        let objects = pod_waiting("ContainerCreating", "")
            .replace("image: ", "imagePullPolicy: Never, image: ");
        check(&objects).finds_nothing();
    }
}
