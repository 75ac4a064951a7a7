//! Symptom: a container waits with `ErrImagePull` or `ImagePullBackOff`; the error speaks
//! of x509 or of HTTP and HTTPS.
//! Cause: the node does not trust the certificate of the registry, or speaks HTTPS to a
//! registry that serves plain HTTP.
//! Fix: make the nodes' container runtime trust the registry, or serve it over HTTPS.
//! Source: <https://kubernetes.io/docs/concepts/containers/images/#private-registries>

use podside_model::ObjectRef;

use super::pull::{Refusal, failures, registry};
use crate::facts::Pod;
use crate::finding::Finding;
use crate::findings::Findings;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "image-tls-error",
    source: "https://kubernetes.io/docs/concepts/containers/images/#using-a-private-registry",
    rank: Rank::Root,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "The node does not trust the certificate of registry {registry}, so image {image} cannot be pulled",
            "ノードがレジストリ {registry} の証明書を信頼せず、イメージ {image} を取得できない",
        ),
        text(
            "title.plain",
            "Registry {registry} serves plain HTTP but the node speaks HTTPS, so image {image} cannot be pulled",
            "レジストリ {registry} は HTTP だがノードは HTTPS で接続し、イメージ {image} を取得できない",
        ),
        text(
            "explanation",
            "The registry was reached, and the container runtime of the node refuses the connection because TLS fails. Nothing in the Pod decides that: which certificates are trusted is set on each node. {pods} {pods|Pod waits|Pods wait}.",
            "レジストリには到達していますが、TLS の検証に失敗し、ノードのコンテナランタイムが接続を拒否しています。信頼する証明書は Pod ではなく各ノードで設定します。{pods} 個の Pod が待機しています。",
        ),
        text(
            "explanation.plain",
            "The container runtime asks every registry over HTTPS unless its configuration on the node says otherwise, and this one answers in plain HTTP. {pods} {pods|Pod waits|Pods wait}.",
            "コンテナランタイムは、ノードの設定で指定しない限り、どのレジストリにも HTTPS で接続します。このレジストリは HTTP で応答しています。{pods} 個の Pod が待機しています。",
        ),
        text(
            "fix.trust",
            "Put the certificate authority that signed the certificate of {registry} where the container runtime of every node looks for it (containerd: /etc/containerd/certs.d/{registry}/hosts.toml, CRI-O: /etc/containers/certs.d/{registry}).",
            "{registry} の証明書に署名した認証局を、各ノードのコンテナランタイムが参照する場所に置きます（containerd: /etc/containerd/certs.d/{registry}/hosts.toml、CRI-O: /etc/containers/certs.d/{registry}）。",
        ),
        text(
            "fix.certificate",
            "Or give the registry a certificate that is valid now, for this host name, and signed by an authority that the nodes trust.",
            "または、有効期限内で、このホスト名に対する、ノードが信頼する認証局の署名がある証明書をレジストリに設定します。",
        ),
        text(
            "fix.https",
            "Serve the registry over HTTPS.",
            "レジストリを HTTPS で提供します。",
        ),
        text(
            "fix.insecure",
            "Or, on a network that you trust, name it as a plain HTTP registry in the configuration of the container runtime of every node (containerd: server = \"http://{registry}\" in /etc/containerd/certs.d/{registry}/hosts.toml).",
            "または、信頼できるネットワークであれば、各ノードのコンテナランタイムの設定で HTTP のレジストリとして指定します（containerd: /etc/containerd/certs.d/{registry}/hosts.toml に server = \"http://{registry}\"）。",
        ),
    ],
};

fn run(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    for failure in failures(pod, snapshot) {
        if failure.refusal != Some(Refusal::Tls) {
            continue;
        }
        let image = &*failure.container.image;
        let error = failure.error.to_lowercase();
        let plain = error.contains("gave http response to https client")
            || error.contains("does not look like a tls handshake");
        let finding = Finding::on_pod(snapshot, pod)
            .shows_in(failure.container)
            .arg("image", image)
            .one_fault(
                ObjectRef::cluster("Registry", registry(image)),
                if plain { "plain" } else { "" },
            )
            .arg("registry", registry(image))
            .proofs(failure.proofs(pod))
            .since(pod.started.or(pod.meta.created));
        findings.add(if plain {
            finding
                .title("title.plain")
                .explanation("explanation.plain")
                .fix("fix.https")
                .fix("fix.insecure")
        } else {
            finding.fix("fix.trust").fix("fix.certificate")
        });
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    const JOB: &str = "
apiVersion: batch/v1
kind: Job
metadata: {name: load, namespace: data, uid: j}
---
apiVersion: v1
kind: Pod
metadata:
  {name: load-x, namespace: data, uid: p, ownerReferences: [{kind: Job, name: load, uid: j, controller: true}]}
spec: {nodeName: n1, restartPolicy: Never, containers: [{name: app, image: 'reg.example/load:1'}]}
status:
  phase: Pending
  containerStatuses:
    - {name: app, state: {waiting: {reason: ErrImagePull, message: 'MESSAGE'}}}
";

    #[test]
    fn a_certificate_that_is_not_trusted_or_has_expired() {
        for error in [
            "tls: failed to verify certificate: x509: certificate signed by unknown authority",
            "x509: certificate has expired or is not yet valid: current time 2026-01-01T00:00:00Z is after 2025-01-01T00:00:00Z",
            "pinging container registry reg.example: Get \"https://reg.example/v2/\": x509: certificate is valid for other.example, not reg.example",
        ] {
            check(&JOB.replace("MESSAGE", error))
                .finds("image-tls-error", "Job data/load")
                .tells("title")
                .with("registry", "reg.example")
                .alone();
        }
    }

    #[test]
    fn https_to_a_plain_registry() {
        check(&JOB.replace(
            "MESSAGE",
            "failed to do request: Head \"https://reg.example/v2/load/manifests/1\": http: server gave HTTP response to HTTPS client",
        ))
        .finds("image-tls-error", "Job data/load")
        .tells("title.plain");
    }

    #[test]
    fn a_handshake_that_times_out_is_a_registry_that_is_not_reached() {
        check(&JOB.replace("MESSAGE", "net/http: TLS handshake timeout"))
            .does_not_find("image-tls-error");
    }
}
