//! Symptom: a container waits with `ErrImagePull` or `ImagePullBackOff`.
//! Cause: the node cannot resolve or reach the registry's host.
//! Fix: correct the host, or let the nodes reach it.
//! Source: <https://kubernetes.io/docs/concepts/containers/images/#imagepullbackoff>

use podside_model::ObjectRef;

use super::pull::{Refusal, failures, registry, running_images, set_image};
use crate::facts::Pod;
use crate::finding::Finding;
use crate::findings::Findings;
use crate::near;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "image-registry-unreachable",
    source: "https://kubernetes.io/docs/concepts/containers/images/#imagepullbackoff",
    rank: Rank::Root,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "Registry {registry} cannot be reached, so image {image} cannot be pulled",
            "レジストリ {registry} に到達できないため、イメージ {image} を取得できない",
        ),
        text(
            "explanation",
            "The node asks {registry} for the image and gets no connection: the name does not resolve, or nothing answers at its address. {pods} {pods|Pod waits|Pods wait} for it.",
            "ノードが {registry} にイメージを要求しましたが、接続できませんでした。名前を解決できないか、そのアドレスで応答がありません。{pods} 個の Pod が待機しています。",
        ),
        text(
            "explanation.near",
            "The node asks {registry} for the image and gets no connection: the name does not resolve, or nothing answers at its address. Other images of namespace {namespace} come from {near}. {pods} {pods|Pod waits|Pods wait} for it.",
            "ノードが {registry} にイメージを要求しましたが、接続できませんでした。名前を解決できないか、そのアドレスで応答がありません。Namespace {namespace} の他のイメージは {near} から取得されています。{pods} 個の Pod が待機しています。",
        ),
        text(
            "fix.near",
            "Probably {near} is meant: correct the image in {kind} {name}.",
            "{near} の誤りと思われます。{kind} {name} のイメージを修正します。",
        ),
        text(
            "fix.name",
            "If the host {registry} is misspelt, correct the image in {kind} {name}.",
            "ホスト {registry} が誤っている場合は、{kind} {name} のイメージを修正します。",
        ),
        text(
            "fix.network",
            "Otherwise see that the nodes resolve {registry} and may connect to it (DNS, proxy, firewall).",
            "そうでなければ、ノードが {registry} の名前を解決し、接続できること（DNS、プロキシ、ファイアウォール）を確認します。",
        ),
    ],
};

fn run(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    for failure in failures(pod, snapshot) {
        if failure.refusal != Some(Refusal::Unreachable) {
            continue;
        }
        let image = &*failure.container.image;
        let host = registry(image);
        let finding = Finding::on_container(snapshot, pod, failure.container)
            .arg("image", image)
            .one_fault(ObjectRef::cluster("Registry", host), "")
            .arg("registry", host)
            .proofs(failure.proofs(pod))
            .since(pod.started.or(pod.meta.created));
        let images = running_images(snapshot, &pod.meta.namespace);
        let near = near::name(host, images.iter().map(|image| registry(image)));
        let finding = match near {
            Some(near) => {
                let finding = finding.arg("near", near).explanation("explanation.near");
                let meant = image.replacen(host, near, 1);
                match set_image(snapshot, pod, failure.container, &meant) {
                    Some(command) => finding.fix_with("fix.near", command),
                    None => finding.fix("fix.near"),
                }
            }
            None => finding.fix("fix.name"),
        };
        findings.add(finding.fix("fix.network"));
    }
}

#[cfg(test)]
mod tests {
    use super::super::pull::testing::pod_waiting;
    use crate::testing::check;

    #[test]
    fn a_host_that_does_not_resolve() {
        check(&pod_waiting(
            "ErrImagePull",
            "dial tcp: lookup reg.example on 10.0.0.2:53: no such host",
        ))
        .finds("image-registry-unreachable", "Pod shop/web[app]")
        .tells("title")
        .with("registry", "reg.example")
        .alone();
    }

    #[test]
    fn the_host_that_the_neighbours_use_is_named() {
        let objects = pod_waiting("ErrImagePull", "dial tcp: lookup reg.exmaple: no such host")
            .replace("'reg.example/web:1'", "'reg.exmaple/web:1'")
            + "---
apiVersion: v1
kind: Pod
metadata: {name: cart, namespace: shop, uid: q}
spec: {nodeName: n, containers: [{name: app, image: 'reg.example/cart:3'}]}
status:
  phase: Running
  conditions: [{type: Ready, status: 'True'}]
  containerStatuses: [{name: app, ready: true, state: {running: {}}}]
";
        check(&objects)
            .finds("image-registry-unreachable", "Pod shop/web[app]")
            .tells("explanation.near")
            .with("near", "reg.example")
            .advises("set image pod/web app=reg.example/web:1");
    }

    #[test]
    fn a_time_out_and_a_refused_connection() {
        for error in [
            "dial tcp 10.0.0.1:443: i/o timeout",
            "dial tcp 10.0.0.1:443: connect: connection refused",
        ] {
            check(&pod_waiting("ImagePullBackOff", error))
                .finds("image-registry-unreachable", "Pod shop/web[app]");
        }
    }

    #[test]
    fn a_registry_that_answers_is_reached() {
        check(&pod_waiting("ErrImagePull", "manifest unknown"))
            .does_not_find("image-registry-unreachable");
    }
}
