//! Symptom: a container waits with `CreateContainerConfigError`.
//! Cause: `runAsNonRoot` is set, and the image or the securityContext runs as root, or as a
//! user by name, of which the kubelet cannot tell.
//! Fix: `runAsUser` with a number above 0, or an image with a numeric USER.
//! Source: <https://kubernetes.io/docs/tasks/configure-pod-container/security-context/>

use crate::facts::{ContainerKind, Pod};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "run-as-non-root-violation",
    source: "https://kubernetes.io/docs/tasks/configure-pod-container/security-context/",
    rank: Rank::Root,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "Container {container} of {name} must not run as root, and image {image} does",
            "{name} のコンテナ {container} は root で実行できないが、イメージ {image} は root で実行される",
        ),
        text(
            "title.user",
            "Container {container} of {name} must not run as root, and its securityContext says runAsUser 0",
            "{name} のコンテナ {container} は root で実行できないが、securityContext に runAsUser 0 が指定されている",
        ),
        text(
            "title.named",
            "Container {container} of {name} must not run as root, and the user of image {image} is a name ({user}), not a number",
            "{name} のコンテナ {container} は root で実行できないが、イメージ {image} のユーザーが数値でなく名前（{user}）である",
        ),
        text(
            "explanation",
            "runAsNonRoot is true, so the kubelet refuses to create a container that would run with user id 0. {pods} {pods|Pod waits|Pods wait}.",
            "runAsNonRoot が true のため、kubelet はユーザー ID 0 で動くコンテナの作成を拒否します。{pods} 個の Pod が待機しています。",
        ),
        text(
            "explanation.named",
            "runAsNonRoot is true, and the kubelet can tell only of a number that it is not root; the image names its user {user}. {pods} {pods|Pod waits|Pods wait}.",
            "runAsNonRoot が true ですが、kubelet が root でないと確認できるのは数値のユーザーだけです。イメージのユーザーは名前（{user}）です。{pods} 個の Pod が待機しています。",
        ),
        text(
            "fix.user",
            "Set securityContext.runAsUser of container {container} to a user id above 0 that may use the files of the image.",
            "コンテナ {container} の securityContext.runAsUser に、イメージのファイルを使える 0 より大きいユーザー ID を設定します。",
        ),
        text(
            "fix.image",
            "Or build the image with a numeric USER, such as USER 10001.",
            "または、USER 10001 のように数値の USER でイメージをビルドします。",
        ),
    ],
};

fn run(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    if pod.is_terminating() {
        return;
    }
    for (container, status) in pod.containers() {
        let Some(status) = status.filter(|_| container.kind != ContainerKind::Ephemeral) else {
            continue;
        };
        let Some((_, Some(message))) = status.waiting() else {
            continue;
        };
        // kuberuntime, verifyRunAsNonRoot: three messages with these fixed parts.
        if !message.contains("runAsNonRoot") && !message.contains("breaks non-root policy") {
            continue;
        }
        let finding = Finding::on_container(snapshot, pod, container)
            .arg("image", &*container.image)
            .proof(proof::waiting_message(pod, status))
            .since(pod.started);
        let named = message
            .split_once("non-numeric user (")
            .and_then(|(_, rest)| rest.split_once(')'));
        let finding = if let Some((user, _)) = named {
            // Whether that user is root the kubelet does not know.
            finding
                .likely()
                .arg("user", user)
                .title("title.named")
                .explanation("explanation.named")
        } else if container
            .security
            .run_as_user
            .or(pod.spec.security.run_as_user)
            == Some(0)
        {
            finding.title("title.user")
        } else {
            finding
        };
        let set = if container.security.run_as_non_root.is_some() {
            Some((
                format!("{}/securityContext/runAsNonRoot", container.path()),
                true,
            ))
        } else {
            pod.spec
                .security
                .run_as_non_root
                .map(|value| ("/spec/securityContext/runAsNonRoot".to_owned(), value))
        };
        findings.add(
            finding
                .proofs(set.map(|(path, value)| proof::field(pod, path, value)))
                .fix_with(
                    "fix.user",
                    kubectl::change(&snapshot.top_of(pod).object_ref()),
                )
                .fix("fix.image"),
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    fn waiting(message: &str) -> String {
        "
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop, uid: p}
spec:
  nodeName: node-1
  containers: [{name: app, image: nginx, securityContext: {runAsNonRoot: true}}]
status:
  phase: Pending
  containerStatuses:
    - {name: app, state: {waiting: {reason: CreateContainerConfigError, message: 'MESSAGE'}}}
"
        .replace("MESSAGE", message)
    }

    #[test]
    fn an_image_that_runs_as_root() {
        check(&waiting("container has runAsNonRoot and image will run as root (pod: \"web_shop\", container: app)"))
            .finds("run-as-non-root-violation", "Pod shop/web[app]")
            .tells("title").with("image", "nginx")
            .alone();
    }

    #[test]
    fn a_user_of_the_security_context() {
        let objects = waiting(
            "container''s runAsUser breaks non-root policy (pod: \"web_shop\", container: app)",
        )
        .replace("runAsNonRoot: true", "runAsNonRoot: true, runAsUser: 0");
        check(&objects)
            .finds("run-as-non-root-violation", "Pod shop/web[app]")
            .tells("title.user")
            .alone();
    }

    #[test]
    fn a_user_by_name() {
        check(&waiting("container has runAsNonRoot and image has non-numeric user (appuser), cannot verify user is non-root"))
            .finds("run-as-non-root-violation", "Pod shop/web[app]")
            .tells("title.named").with("user", "appuser")
            .alone();
    }

    #[test]
    fn another_configuration_error_is_another_cause() {
        check(&waiting("configmap \"x\" not found")).does_not_find("run-as-non-root-violation");
    }
}
