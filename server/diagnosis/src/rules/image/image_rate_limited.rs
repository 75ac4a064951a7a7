//! Symptom: a container waits with `ErrImagePull` or `ImagePullBackOff`; the registry
//! answers 429.
//! Cause: too many pulls from this address or account within the registry's window.
//! Fix: pull with an account that may pull more, or from a mirror; or wait.
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
    cause: "image-rate-limited",
    source: "https://kubernetes.io/docs/concepts/containers/images/#imagepullbackoff",
    rank: Rank::Root,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "Registry {registry} refuses image {image} for now: too many requests",
            "レジストリ {registry} がリクエスト過多のためイメージ {image} の取得を一時的に拒否している",
        ),
        text(
            "explanation",
            "The registry answers 429 Too Many Requests, so the name and the tag may well be right. {pods} {pods|Pod waits|Pods wait}; the kubelet tries again after up to five minutes, and each try counts.",
            "レジストリは 429 Too Many Requests を返しています。名前とタグは正しい可能性があります。{pods} 個の Pod が待機しています。kubelet は最長 5 分の間隔で再試行し、その試行も回数に数えられます。",
        ),
        text(
            "fix.account",
            "Pull with an account that may pull more: create a Secret of type kubernetes.io/dockerconfigjson and name it in imagePullSecrets of {kind} {name}.",
            "上限の高いアカウントで取得します。kubernetes.io/dockerconfigjson 型の Secret を作成し、{kind} {name} の imagePullSecrets に指定します。",
        ),
        text(
            "fix.mirror",
            "Or copy the image to a registry of your own and name that, and use imagePullPolicy IfNotPresent with a fixed tag so that nodes do not pull it again.",
            "または、イメージを自分のレジストリにコピーして指定し、固定タグと imagePullPolicy IfNotPresent でノードが再取得しないようにします。",
        ),
    ],
};

fn run(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    for failure in failures(pod, snapshot) {
        if failure.refusal != Some(Refusal::RateLimited) {
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
                .fix("fix.account")
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
metadata: {name: db-0, namespace: shop, uid: p}
spec: {nodeName: n1, initContainers: [{name: load, image: 'alpine:3'}], containers: [{name: db, image: 'db:1'}]}
status:
  phase: Pending
  initContainerStatuses:
    - {name: load, state: {waiting: {reason: ErrImagePull, message: 'MESSAGE'}}}
";

    #[test]
    fn docker_hub_s_limit() {
        check(&POD.replace("MESSAGE", "failed to pull and unpack image \"docker.io/library/alpine:3\": failed to copy: httpReadSeeker: failed open: unexpected status code https://registry-1.docker.io/v2/library/alpine/manifests/sha256:1: 429 Too Many Requests - Server message: toomanyrequests: You have reached your unauthenticated pull rate limit. https://www.docker.com/increase-rate-limit"))
            .finds("image-rate-limited", "Pod shop/db-0")
            .tells("title").with("registry", "docker.io").with("image", "alpine:3")
            .alone();
    }

    #[test]
    fn another_refusal_is_not_it() {
        check(&POD.replace("MESSAGE", "docker.io/library/alpine:3: not found"))
            .does_not_find("image-rate-limited");
    }
}
