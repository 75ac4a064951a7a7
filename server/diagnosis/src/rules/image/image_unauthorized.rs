//! Symptom: a container waits with `ErrImagePull` or `ImagePullBackOff`.
//! Cause: the registry refuses the pull: there are no credentials, or not those that it wants.
//! Fix: give the Pod the right pull secret.
//! Source: <https://kubernetes.io/docs/tasks/configure-pod-container/pull-image-private-registry/>

use super::pull::{Refusal, failures, pull_secrets, registry};
use crate::facts::{Object, Pod};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "image-unauthorized",
    source: "https://kubernetes.io/docs/tasks/configure-pod-container/pull-image-private-registry/",
    // A pull secret that does not exist is the deeper cause of the same refusal.
    rank: Rank::Mechanism,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "Registry {registry} refuses image {image}: the Pod has no pull secret for it",
            "レジストリ {registry} がイメージ {image} の取得を拒否している: Pod に pull secret がない",
        ),
        text(
            "title.wrong",
            "Registry {registry} refuses image {image}: the credentials in {secrets} are not accepted",
            "レジストリ {registry} がイメージ {image} の取得を拒否している: {secrets} の認証情報が受け入れられない",
        ),
        text(
            "title.kind",
            "Registry {registry} refuses image {image}: pull secret {secret} is of type {type}, which the kubelet does not use",
            "レジストリ {registry} がイメージ {image} の取得を拒否している: pull secret {secret} の type が {type} で、kubelet は使用しない",
        ),
        text(
            "explanation.kind",
            "A pull secret must be of type kubernetes.io/dockerconfigjson (or kubernetes.io/dockercfg). The kubelet ignores {secret} and asks without credentials.",
            "pull secret の type は kubernetes.io/dockerconfigjson（または kubernetes.io/dockercfg）でなければなりません。kubelet は {secret} を無視し、認証情報なしで要求しています。",
        ),
        text(
            "fix.kind",
            "Create {secret} again, as a docker-registry secret; the type of a Secret cannot be changed.",
            "{secret} を docker-registry の Secret として作り直します。Secret の type は変更できません。",
        ),
        text(
            "explanation",
            "Neither {kind} {name} nor its ServiceAccount names an imagePullSecret, so the kubelet asks without credentials. Some registries also refuse in this way what does not exist.",
            "{kind} {name} にも ServiceAccount にも imagePullSecret がないため、kubelet は認証情報なしで要求しています。存在しないイメージをこのように拒否するレジストリもあります。",
        ),
        text(
            "explanation.wrong",
            "The kubelet asks with the credentials of {secrets}; they are for another registry, have expired, or may not read this image. Some registries also refuse in this way what does not exist.",
            "kubelet は {secrets} の認証情報で要求しましたが、別のレジストリ用であるか、期限切れか、このイメージを読む権限がありません。存在しないイメージをこのように拒否するレジストリもあります。",
        ),
        text(
            "fix.create",
            "Create a pull secret for {registry}, from the file in which docker login keeps its credentials.",
            "docker login が認証情報を保存したファイルから、{registry} 用の pull secret を作成します。",
        ),
        text(
            "fix.use",
            "Name it under imagePullSecrets in {kind} {name} or in its ServiceAccount.",
            "その名前を {kind} {name} または ServiceAccount の imagePullSecrets に指定します。",
        ),
        text(
            "fix.renew",
            "Renew the credentials in {secrets}, and see that they are for {registry} and may read the image.",
            "{secrets} の認証情報を更新し、{registry} 用であること、このイメージを読む権限があることを確認します。",
        ),
    ],
};

fn run(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    for failure in failures(pod, snapshot) {
        if failure.refusal != Some(Refusal::Unauthorized) {
            continue;
        }
        let image = &*failure.container.image;
        let secrets: Vec<String> = pull_secrets(pod).map(str::to_owned).collect();
        let finding = Finding::on_container(snapshot, pod, failure.container)
            .arg("image", image)
            .arg("registry", registry(image))
            .proofs(failure.proofs(pod))
            .since(pod.started.or(pod.meta.created));
        let namespace = &*pod.meta.namespace;
        let create = |name: &str| {
            format!(
                "{} create secret docker-registry {} --from-file=.dockerconfigjson=$HOME/.docker/config.json",
                kubectl::prefix(Some(namespace)),
                kubectl::word(name),
            )
        };
        let useless = pull_secrets(pod)
            .filter_map(|name| snapshot.secrets.get(namespace, name))
            .filter(|secret| findings.secret_keys(secret).is_ok())
            .find(|secret| !secret.kind.is_empty() && !KINDS.contains(&&*secret.kind));
        findings.add(if secrets.is_empty() {
            let named = serde_json::json!({"imagePullSecrets": [{"name": "registry-credentials"}]});
            let top = snapshot.top_of(pod).object_ref();
            finding
                .fix_with("fix.create", create("registry-credentials"))
                .fix_with("fix.use", kubectl::set_in_template(&top, &named))
        } else if let Some(secret) = useless {
            let name = &*secret.meta.name;
            finding
                .arg("secret", name)
                .arg("type", &*secret.kind)
                .title("title.kind")
                .explanation("explanation.kind")
                .deciding([proof::field(secret, "/type", &secret.kind)])
                .fix_with(
                    "fix.kind",
                    format!(
                        "{} && {}",
                        kubectl::delete(&secret.object_ref()),
                        create(name)
                    ),
                )
        } else {
            finding
                .arg("secrets", secrets)
                .title("title.wrong")
                .explanation("explanation.wrong")
                .fix("fix.renew")
        });
    }
}

/// The types of Secret whose credentials the kubelet uses.
const KINDS: [&str; 2] = ["kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg"];

#[cfg(test)]
mod tests {
    use super::super::pull::testing::pod_waiting;
    use crate::testing::check;

    const DENIED: &str = "pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials";

    #[test]
    fn without_a_pull_secret_one_is_asked_for() {
        check(&pod_waiting("ImagePullBackOff", DENIED))
            .finds("image-unauthorized", "Pod shop/web[app]")
            .tells("title")
            .advises("create secret docker-registry")
            .alone();
    }

    #[test]
    fn with_one_its_credentials_are_doubted() {
        let objects = pod_waiting("ErrImagePull", "403 Forbidden").replace(
            "  containers:",
            "  imagePullSecrets: [{name: regcred}]\n  containers:",
        ) + "---\napiVersion: v1\nkind: Secret\nmetadata: {name: regcred, namespace: shop}\ntype: kubernetes.io/dockerconfigjson\n";
        check(&objects)
            .finds("image-unauthorized", "Pod shop/web[app]")
            .tells("title.wrong")
            .with_list("secrets", ["regcred"])
            .alone();
    }

    #[test]
    fn a_secret_of_another_type_is_said_so() {
        let objects = pod_waiting("ErrImagePull", "403 Forbidden").replace(
            "  containers:",
            "  imagePullSecrets: [{name: regcred}]\n  containers:",
        ) + "---\napiVersion: v1\nkind: Secret\nmetadata: {name: regcred, namespace: shop}\ntype: Opaque\n";
        check(&objects)
            .finds("image-unauthorized", "Pod shop/web[app]")
            .tells("title.kind")
            .with("secret", "regcred")
            .with("type", "Opaque")
            .advises("create secret docker-registry regcred")
            .proves("Opaque");
    }

    #[test]
    fn a_missing_tag_is_no_refusal() {
        check(&pod_waiting("ErrImagePull", "manifest unknown")).does_not_find("image-unauthorized");
    }
}
