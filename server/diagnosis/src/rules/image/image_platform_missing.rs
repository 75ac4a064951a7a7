//! Symptom: a container waits with `ErrImagePull` or `ImagePullBackOff`.
//! Cause: the image exists, and there is no build of it for the node's architecture or system.
//! Fix: build it for that as well; or place the Pods on nodes for which there is one.
//! Source: <https://kubernetes.io/docs/concepts/containers/images/#multi-architecture-images-with-image-indexes>

use podside_model::ObjectRef;

use super::pull::{Refusal, failures, registry};
use crate::facts::Pod;
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "image-platform-missing",
    source: "https://kubernetes.io/docs/concepts/containers/images/#multi-architecture-images-with-image-indexes",
    rank: Rank::Root,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "Image {image} has no build for the node's platform, so container {container} cannot start",
            "イメージ {image} にノードのプラットフォーム用のビルドがないため、コンテナ {container} を起動できない",
        ),
        text(
            "explanation",
            "The image exists in {registry}, but not for the architecture and operating system of the node. {pods} {pods|Pod waits|Pods wait} for it.",
            "イメージは {registry} にありますが、ノードのアーキテクチャと OS に対応するものがありません。{pods} 個の Pod がイメージを待っています。",
        ),
        text(
            "explanation.arch",
            "The image exists in {registry}, but not for {arch}, the architecture of node {node}. {pods} {pods|Pod waits|Pods wait} for it.",
            "イメージは {registry} にありますが、ノード {node} のアーキテクチャ {arch} に対応するものがありません。{pods} 個の Pod がイメージを待っています。",
        ),
        text(
            "fix.build",
            "Build and push the image for the node's platform too (docker buildx build --platform).",
            "ノードのプラットフォーム用にもイメージをビルドし、push します（docker buildx build --platform）。",
        ),
        text(
            "fix.place",
            "Or place the Pods on nodes for which there is a build, with a nodeSelector on kubernetes.io/arch.",
            "または、kubernetes.io/arch の nodeSelector で、ビルドのあるアーキテクチャのノードに配置します。",
        ),
        text(
            "proof.arch",
            "The architecture of the node",
            "ノードのアーキテクチャ",
        ),
    ],
};

fn run(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    for failure in failures(pod, snapshot) {
        if failure.refusal != Some(Refusal::NotForPlatform) {
            continue;
        }
        let image = &*failure.container.image;
        let finding = Finding::on_container(snapshot, pod, failure.container)
            .one_fault(ObjectRef::cluster("Image", image), "platform")
            .arg("image", image)
            .arg("registry", registry(image))
            .proofs(failure.proofs(pod))
            .since(pod.started.or(pod.meta.created))
            .fix("fix.build")
            .fix_with(
                "fix.place",
                kubectl::change(&snapshot.top_of(pod).object_ref()),
            );
        let node = snapshot.nodes.get("", &pod.node);
        findings.add(match node.filter(|node| !node.architecture.is_empty()) {
            Some(node) => finding
                .arg("arch", &*node.architecture)
                .arg("node", &*pod.node)
                .explanation("explanation.arch")
                .proof(
                    proof::field(node, "/status/nodeInfo/architecture", &node.architecture)
                        .saying("proof.arch"),
                ),
            None => finding,
        });
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    const OBJECTS: &str = "
apiVersion: v1
kind: Pod
metadata: {name: cart, namespace: shop, uid: p}
spec: {nodeName: n1, containers: [{name: app, image: 'reg.example/cart:9'}]}
status:
  phase: Pending
  containerStatuses:
    - name: app
      state: {waiting: {reason: ErrImagePull, message: 'MESSAGE'}}
---
apiVersion: v1
kind: Node
metadata: {name: n1}
status: {nodeInfo: {architecture: arm64, operatingSystem: linux}, conditions: [{type: Ready, status: 'True'}]}
";

    #[test]
    fn the_architecture_that_there_is_no_build_for_is_named() {
        for message in [
            "rpc error: code = NotFound desc = failed to pull and unpack image \"reg.example/cart:9\": no match for platform in manifest: not found",
            "no matching manifest for linux/arm64/v8 in the manifest list entries",
            "choosing image instance: no image found in manifest list for architecture arm64, variant \"v8\", OS linux",
        ] {
            check(&OBJECTS.replace("MESSAGE", message))
                .finds("image-platform-missing", "Pod shop/cart[app]")
                .tells("explanation.arch")
                .with("arch", "arm64")
                .offers("fix.build")
                .alone();
        }
    }

    #[test]
    fn an_image_that_does_not_exist_is_another_cause() {
        check(&OBJECTS.replace("MESSAGE", "reg.example/cart:9: not found"))
            .does_not_find("image-platform-missing");
    }

    #[test]
    fn a_container_that_runs_has_its_image() {
        let healthy = OBJECTS.replace(
            "state: {waiting: {reason: ErrImagePull, message: 'MESSAGE'}}",
            "state: {running: {startedAt: '2026-01-01T00:00:00Z'}}\n      ready: true",
        );
        check(&healthy).does_not_find("image-platform-missing");
    }
}
