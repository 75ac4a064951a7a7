//! Symptom: a container waits with `ErrImagePull` or `ImagePullBackOff`, and the registry
//! wants credentials.
//! Cause: `imagePullSecrets` names a Secret that does not exist in the Pod's namespace.
//! Fix: create it there, or correct the name.
//! Source: <https://kubernetes.io/docs/concepts/containers/images/#specifying-imagepullsecrets-on-a-pod>

use super::pull::{Refusal, failures, pull_secrets, registry};
use crate::facts::{Event, Kind, Pod};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::near;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::rules::custom::makers::answers_for_secret;
use crate::snapshot::{Lookup, Snapshot};
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "image-pull-secret-missing",
    source: "https://kubernetes.io/docs/concepts/containers/images/#specifying-imagepullsecrets-on-a-pod",
    rank: Rank::Root,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "Pull secret {secret} does not exist, so registry {registry} refuses the image",
            "pull secret {secret} が存在しないため、レジストリ {registry} がイメージの取得を拒否している",
        ),
        text(
            "explanation",
            "imagePullSecrets names {secret}, and namespace {namespace} has no Secret of that name, so the kubelet asks without credentials. {pods} {pods|Pod waits|Pods wait} for {image}.",
            "imagePullSecrets に {secret} が指定されていますが、Namespace {namespace} にその Secret がないため、kubelet は認証情報なしで要求しています。{pods} 個の Pod が {image} を待っています。",
        ),
        text(
            "fix.near",
            "If Secret {near} is meant, correct the name in {kind} {name}.",
            "Secret {near} のことであれば、{kind} {name} の名前を修正します。",
        ),
        text(
            "fix.create",
            "Create the Secret in namespace {namespace}, from the file in which docker login keeps the credentials of {registry}: a Secret of another namespace is not seen.",
            "docker login が {registry} の認証情報を保存したファイルから、Namespace {namespace} に Secret を作成します。別の Namespace の Secret は参照できません。",
        ),
        text(
            "fix.then",
            "If {image} is not found with credentials either, correct its name or tag in {kind} {name}.",
            "認証情報があっても {image} が見つからない場合は、{kind} {name} のイメージの名前またはタグを修正します。",
        ),
        text(
            "explanation.hidden",
            "imagePullSecrets names {secret}, and namespace {namespace} has no Secret of that name, so the kubelet asks without credentials. Registry {registry} says that {image} does not exist, which many registries say of a private image to anyone who may not see it. {pods} {pods|Pod waits|Pods wait}.",
            "imagePullSecrets に {secret} が指定されていますが、Namespace {namespace} にその Secret がないため、kubelet は認証情報なしで要求しています。レジストリ {registry} は {image} が存在しないと応答していますが、多くのレジストリは権限のない相手に非公開イメージの存在を示しません。{pods} 個の Pod が待機しています。",
        ),
    ],
};

fn run(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    let namespace = &*pod.meta.namespace;
    for failure in failures(pod, snapshot) {
        // A registry that wants credentials may also answer that there is no such image.
        if !matches!(
            failure.refusal,
            Some(Refusal::Unauthorized | Refusal::NotFound)
        ) {
            continue;
        }
        let image = &*failure.container.image;
        for secret in pull_secrets(pod) {
            match snapshot.secrets.find(namespace, secret) {
                Lookup::Found(_) => continue,
                Lookup::Unknown(why) if said(pod, secret, snapshot).is_none() => {
                    findings.unknown_object(Kind::Secret, namespace, secret, why);
                    continue;
                }
                // What is to make it says why it has not.
                Lookup::Missing if answers_for_secret(namespace, secret, snapshot, findings) => {
                    continue;
                }
                Lookup::Unknown(_) | Lookup::Missing => {}
            }
            let index = pod
                .spec
                .image_pull_secrets
                .iter()
                .position(|s| &**s == secret);
            let names = snapshot.secrets.in_namespace(namespace);
            let finding = match near::name(secret, names.map(|s| &*s.meta.name)) {
                Some(near) => Finding::on_pod(snapshot, pod)
                    .arg("near", near)
                    .fix("fix.near"),
                None => Finding::on_pod(snapshot, pod),
            };
            let finding = match failure.refusal {
                Some(Refusal::NotFound) => finding.likely().explanation("explanation.hidden"),
                _ => finding,
            };
            let asks_again = failure.refusal == Some(Refusal::NotFound);
            let command = format!(
                "{} create secret docker-registry {} --from-file=.dockerconfigjson=$HOME/.docker/config.json",
                kubectl::prefix(Some(namespace)),
                kubectl::word(secret),
            );
            let finding = finding
                .shows_in(failure.container)
                .one_fault(proof::object(Kind::Secret, namespace, secret), "")
                .arg("secret", secret)
                .arg("registry", registry(image))
                .arg("image", image)
                .proof(proof::absence(
                    proof::object(Kind::Secret, namespace, secret),
                    pod,
                    format!("/spec/imagePullSecrets/{}/name", index.unwrap_or(0)),
                ))
                .proofs(said(pod, secret, snapshot).map(proof::event))
                .proofs(failure.proofs(pod))
                .fix_with("fix.create", command)
                .since(pod.started.or(pod.meta.created));
            findings.add(if asks_again {
                finding.fix("fix.then")
            } else {
                finding
            });
        }
    }
}

/// Whether a pull secret that the Pod names does not exist.
pub(super) fn lacks_a_pull_secret(pod: &Pod, snapshot: &Snapshot) -> bool {
    let namespace = &*pod.meta.namespace;
    pull_secrets(pod).any(|secret| match snapshot.secrets.find(namespace, secret) {
        Lookup::Found(_) => false,
        Lookup::Missing => true,
        Lookup::Unknown(_) => said(pod, secret, snapshot).is_some(),
    })
}

/// The event with which kubelets since 1.28 say that they did not get a pull secret.
fn said<'a>(pod: &'a Pod, secret: &str, snapshot: &'a Snapshot) -> Option<&'a Event> {
    let names = |message: &str| {
        message
            .split(|c: char| !(c.is_ascii_alphanumeric() || "-.".contains(c)))
            .any(|word| word == secret)
    };
    snapshot
        .events_of(pod)
        .find(|e| &*e.reason == "FailedToRetrieveImagePullSecret" && names(&e.message))
}

#[cfg(test)]
mod tests {
    use super::super::pull::testing::pod_waiting;
    use crate::testing::check;

    fn naming_a_secret(message: &str) -> String {
        pod_waiting("ImagePullBackOff", message).replace(
            "  containers:",
            "  imagePullSecrets: [{name: regcred}]\n  containers:",
        )
    }

    #[test]
    fn it_explains_the_refusal() {
        check(&naming_a_secret("pull access denied"))
            .finds("image-pull-secret-missing", "Pod shop/web")
            .tells("title")
            .with("secret", "regcred")
            .alone();
    }

    #[test]
    fn it_does_not_explain_a_registry_that_is_not_reached() {
        check(&naming_a_secret("dial tcp: i/o timeout")).does_not_find("image-pull-secret-missing");
    }

    #[test]
    fn the_kubelet_knows_better_than_one_who_may_not_look() {
        let objects = naming_a_secret("401 Unauthorized")
            + "---
apiVersion: v1
kind: Event
metadata: {name: e, namespace: shop}
involvedObject: {kind: Pod, namespace: shop, name: web, uid: p}
reason: FailedToRetrieveImagePullSecret
type: Warning
message: 'Unable to retrieve some image pull secrets (regcred); attempting to pull the image may not succeed.'
";
        check(&objects)
            .denying("secrets")
            .finds("image-pull-secret-missing", "Pod shop/web")
            .proves("Unable to retrieve some image pull secrets (regcred)");
    }

    #[test]
    fn without_the_right_to_read_secrets_it_is_unknown() {
        check(&naming_a_secret("401 Unauthorized"))
            .denying("secrets")
            .does_not_find("image-pull-secret-missing")
            .cannot_tell("unknown.object")
            .with("kind", "Secret")
            .with("name", "regcred");
    }
}
