//! Symptom: a container waits with `ErrImagePull` or `ImagePullBackOff`.
//! Cause: the registry answers that the image's name or tag does not exist.
//! Fix: name an image that exists, or push it.
//! Source: <https://kubernetes.io/docs/concepts/containers/images/#imagepullbackoff>

use podside_model::ObjectRef;

use super::image_pull_secret_missing::lacks_a_pull_secret;
use super::pull::{Refusal, failures, registry, repository, running_images, set_image, similar};
use crate::facts::{Container, Kind, Pod, Str};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "image-not-found",
    source: "https://kubernetes.io/docs/concepts/containers/images/#imagepullbackoff",
    rank: Rank::Root,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "Image {image} does not exist, so container {container} cannot start",
            "イメージ {image} が存在しないため、コンテナ {container} を起動できない",
        ),
        text(
            "explanation",
            "The registry {registry} answers that this name or tag does not exist. {pods} {pods|Pod waits|Pods wait} for it and the kubelet goes on trying.",
            "レジストリ {registry} は、この名前またはタグが存在しないと応答しています。{pods} 個の Pod がイメージを待っており、kubelet は再試行を続けます。",
        ),
        text(
            "explanation.near",
            "The registry {registry} answers that this name or tag does not exist; other Pods of namespace {namespace} run {near}. {pods} {pods|Pod waits|Pods wait} and the kubelet goes on trying.",
            "レジストリ {registry} は、この名前またはタグが存在しないと応答しています。Namespace {namespace} の他の Pod は {near} を実行しています。{pods} 個の Pod がイメージを待っており、kubelet は再試行を続けます。",
        ),
        text(
            "fix.set",
            "Correct the image in {kind} {name}: name and tag must be ones that the registry has.",
            "{kind} {name} のイメージを修正します。名前とタグはレジストリに存在するものにします。",
        ),
        text(
            "fix.undo",
            "Or go back to the revision whose Pods still run.",
            "または、まだ動作している前のリビジョンに戻します。",
        ),
        text(
            "fix.push",
            "Or push {image} to {registry}; the Pods start by themselves.",
            "または {image} を {registry} に push します。Pod は自動的に起動します。",
        ),
    ],
};

fn run(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    for failure in failures(pod, snapshot) {
        // Without the credentials that it should have asked with, the kubelet cannot know.
        if failure.refusal != Some(Refusal::NotFound) || lacks_a_pull_secret(pod, snapshot) {
            continue;
        }
        let image = &*failure.container.image;
        let finding = Finding::on_container(snapshot, pod, failure.container)
            .one_fault(ObjectRef::cluster("Image", image), "")
            .arg("image", image)
            .arg("registry", registry(image))
            .proofs(failure.proofs(pod))
            .since(pod.started.or(pod.meta.created));
        let finding = corrected(finding, pod, failure.container, snapshot, findings);
        findings.add(finding);
    }
}

/// The ways out: the image that is probably meant, the revision before, or a push.
fn corrected(
    finding: Finding,
    pod: &Pod,
    container: &Container,
    snapshot: &Snapshot,
    findings: &mut Findings,
) -> Finding {
    let (namespace, image) = (&pod.meta.namespace, &container.image);
    let key = (Str::clone(namespace), Str::clone(image));
    let near = findings.near_images.recall(key, |_| {
        similar(image, &running_images(snapshot, namespace)).map(Str::from)
    });
    let near = near.as_deref();
    let finding = match near {
        Some(near) => finding.arg("near", near).explanation("explanation.near"),
        None => finding,
    };
    let meant = near.map_or_else(|| format!("{}:TAG", repository(image)), str::to_owned);
    let finding = match set_image(snapshot, pod, container, &meant) {
        Some(command) => finding.fix_with("fix.set", command),
        None => finding.fix("fix.set"),
    };
    let top = snapshot.top_of(pod);
    let runs_another = |other: &&Pod| {
        other.is_ready()
            && other
                .spec
                .containers
                .iter()
                .any(|c| c.name == container.name && c.image != *image)
    };
    let finding = if matches!(
        top.kind.known(),
        Some(Kind::Deployment | Kind::StatefulSet | Kind::DaemonSet)
    ) && snapshot.pods_of(&top).iter().any(runs_another)
    {
        finding.fix_with("fix.undo", kubectl::undo(&top.object_ref()))
    } else {
        finding
    };
    finding.fix("fix.push")
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    const DEPLOYMENT: &str = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: cart, namespace: shop, uid: d}
spec: {replicas: 1}
---
apiVersion: apps/v1
kind: ReplicaSet
metadata:
  {name: cart-1, namespace: shop, uid: r, ownerReferences: [{kind: Deployment, name: cart, uid: d, controller: true}]}
---
apiVersion: v1
kind: Pod
metadata:
  {name: cart-1-a, namespace: shop, uid: p, ownerReferences: [{kind: ReplicaSet, name: cart-1, uid: r, controller: true}]}
spec: {nodeName: n1, containers: [{name: app, image: 'reg.example/cart:9'}]}
status:
  phase: Pending
  containerStatuses:
    - name: app
      state: {waiting: {reason: REASON, message: 'MESSAGE'}}
";

    fn with(reason: &str, message: &str) -> String {
        DEPLOYMENT
            .replace("REASON", reason)
            .replace("MESSAGE", message)
    }

    #[test]
    fn the_runtime_s_answer_is_in_the_waiting_message() {
        check(&with(
            "ErrImagePull",
            "rpc error: code = NotFound desc = failed to resolve reference \"reg.example/cart:9\": reg.example/cart:9: not found",
        ))
        .finds("image-not-found", "Deployment shop/cart[app]")
        .tells("title").with("image", "reg.example/cart:9")
        .advises("kubectl -n shop set image deployment/cart app=reg.example/cart:TAG");
    }

    #[test]
    fn the_tag_that_runs_beside_it_is_named_and_the_revision_can_be_undone() {
        let objects = with("ImagePullBackOff", "Back-off pulling image: reg.example/cart:9: not found")
            + "
---
apiVersion: v1
kind: Pod
metadata:
  {name: cart-0-a, namespace: shop, uid: o, ownerReferences: [{kind: ReplicaSet, name: cart-0, uid: q, controller: true}]}
spec: {nodeName: n1, containers: [{name: app, image: 'reg.example/cart:8'}]}
status:
  phase: Running
  conditions: [{type: Ready, status: 'True'}]
  containerStatuses: [{name: app, ready: true, state: {running: {}}}]
---
apiVersion: apps/v1
kind: ReplicaSet
metadata:
  {name: cart-0, namespace: shop, uid: q, ownerReferences: [{kind: Deployment, name: cart, uid: d, controller: true}]}
";
        check(&objects)
            .finds("image-not-found", "Deployment shop/cart[app]")
            .tells("explanation.near")
            .with("namespace", "shop")
            .with("near", "reg.example/cart:8")
            .advises("app=reg.example/cart:8")
            .advises("rollout undo deployment/cart");
    }

    #[test]
    fn events_that_were_counted_together_tell_it_too() {
        let objects = with("ImagePullBackOff", "Back-off pulling image \"reg.example/cart:9\"")
            + "
---
apiVersion: events.k8s.io/v1
kind: Event
metadata: {name: e, namespace: shop}
regarding: {kind: Pod, namespace: shop, name: cart-1-a, uid: p, fieldPath: 'spec.containers{app}'}
reason: Failed
type: Warning
note: '(combined from similar events): Failed to pull image \"reg.example/cart:9\": reg.example/cart:9: not found'
";
        check(&objects).finds("image-not-found", "Deployment shop/cart[app]");
    }

    #[test]
    fn a_kubelet_before_1_31_tells_it_only_in_the_event() {
        let objects = with("ImagePullBackOff", "Back-off pulling image \"reg.example/cart:9\"")
            + "
---
apiVersion: v1
kind: Event
metadata: {name: e, namespace: shop}
involvedObject: {kind: Pod, namespace: shop, name: cart-1-a, uid: p, fieldPath: 'spec.containers{app}'}
reason: Failed
type: Warning
message: 'Failed to pull image \"reg.example/cart:9\": rpc error: code = NotFound desc = manifest unknown'
";
        check(&objects).finds("image-not-found", "Deployment shop/cart[app]");
    }

    #[test]
    fn an_image_for_another_platform_is_another_cause() {
        check(&with(
            "ErrImagePull",
            "no match for platform in manifest: not found",
        ))
        .does_not_find("image-not-found");
    }

    #[test]
    fn a_refused_pull_is_another_cause() {
        check(&with(
            "ErrImagePull",
            "pull access denied, repository does not exist or may require authorization",
        ))
        .does_not_find("image-not-found");
    }

    #[test]
    fn a_running_container_has_its_image() {
        let healthy = DEPLOYMENT.replace(
            "state: {waiting: {reason: REASON, message: 'MESSAGE'}}",
            "state: {running: {startedAt: '2026-01-01T00:00:00Z'}}\n      ready: true",
        );
        check(&healthy).finds_nothing();
    }
}
