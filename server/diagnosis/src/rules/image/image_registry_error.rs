//! Symptom: a container waits with `ErrImagePull` or `ImagePullBackOff`; the registry
//! answers with a status of the 500s.
//! Cause: the registry, or the proxy before it, is broken or overloaded.
//! Fix: mend the registry; the Pod needs no change.
//! Source: <https://kubernetes.io/docs/concepts/containers/images/#imagepullbackoff>

use podside_model::ObjectRef;

use super::pull::{Refusal, failures, registry};
use crate::facts::Pod;
use crate::finding::Finding;
use crate::findings::Findings;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "image-registry-error",
    source: "https://kubernetes.io/docs/concepts/containers/images/#imagepullbackoff",
    rank: Rank::Root,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "Registry {registry} answers with a server error, so image {image} cannot be pulled",
            "レジストリ {registry} がサーバーエラーを返し、イメージ {image} を取得できない",
        ),
        text(
            "explanation",
            "The registry was reached and failed by itself; the image's name is not what is wrong. {pods} {pods|Pod waits|Pods wait}, and the kubelet goes on trying.",
            "レジストリには到達していますが、レジストリ自身が失敗しています。イメージの名前の問題ではありません。{pods} 個の Pod が待機しており、kubelet は再試行を続けます。",
        ),
        text(
            "fix.registry",
            "Check the registry {registry}, or tell those who run it; the Pods start by themselves once it answers.",
            "レジストリ {registry} の状態を確認するか、管理者に連絡します。応答が戻れば Pod は自動的に起動します。",
        ),
        text(
            "fix.mirror",
            "If it cannot wait, name the same image in another registry.",
            "待てない場合は、別のレジストリにある同じイメージを指定します。",
        ),
    ],
};

fn run(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    for failure in failures(pod, snapshot) {
        if failure.refusal != Some(Refusal::Server) {
            continue;
        }
        let image = &*failure.container.image;
        findings.add(
            Finding::on_pod(snapshot, pod)
                .shows_in(failure.container)
                .arg("image", image)
                .one_fault(ObjectRef::cluster("Registry", registry(image)), "")
                .arg("registry", registry(image))
                .proofs(failure.proofs(pod))
                .fix("fix.registry")
                .fix("fix.mirror")
                .since(pod.started.or(pod.meta.created)),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    const POD: &str = "
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, uid: p}
spec: {nodeName: n1, containers: [{name: app, image: 'reg.example:5000/web:1'}]}
status:
  phase: Pending
  containerStatuses:
    - {name: app, state: {waiting: {reason: ImagePullBackOff, message: 'MESSAGE'}}}
";

    #[test]
    fn statuses_of_the_500s() {
        for status in [
            "500 Internal Server Error",
            "502 Bad Gateway",
            "503 Service Unavailable",
        ] {
            let message = format!(
                "failed to resolve image: unexpected status from HEAD request to https://reg.example:5000/v2/web/manifests/1: {status}"
            );
            check(&POD.replace("MESSAGE", &message))
                .finds("image-registry-error", "Pod shop/web")
                .tells("title")
                .with("registry", "reg.example:5000")
                .alone();
        }
    }

    #[test]
    fn a_registry_that_is_not_reached_is_another_cause() {
        check(&POD.replace(
            "MESSAGE",
            "dial tcp 10.0.0.1:5000: connect: connection refused",
        ))
        .does_not_find("image-registry-error");
    }
}
