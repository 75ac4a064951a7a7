//! Symptom: a Pod fails for something that its owner's template does not say, such as
//! another image.
//! Cause: a mutating admission webhook changed the Pod when it was created.
//! Fix: correct the webhook, or keep these Pods out of it.
//! Source: <https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/>

use podside_model::Relation;

use crate::facts::{Container, ContainerKind, ContainerStatus, Kind, Object, Pod, State, Template};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::templates;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "admission-webhook-mutated",
    source: "https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/",
    rank: Rank::Root,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title.image",
            "{webhook} changed the image of container {container} in the Pods of {owner_kind} {owner} from {was} to {is}, which cannot be pulled",
            "{webhook} が {owner_kind} {owner} の Pod のコンテナ {container} のイメージを {was} から {is} に変更し、取得できない",
        ),
        text(
            "title.command",
            "{webhook} changed what container {container} runs in the Pods of {owner_kind} {owner}, and it fails",
            "{webhook} が {owner_kind} {owner} の Pod のコンテナ {container} のコマンドを変更し、失敗している",
        ),
        text(
            "title.injected",
            "{webhook} added container {container} to the Pods of {owner_kind} {owner}, and it fails",
            "{webhook} が {owner_kind} {owner} の Pod に追加したコンテナ {container} が失敗している",
        ),
        text(
            "title",
            "{webhook} had the Pods of {owner_kind} {owner} placed by {is}, which their template does not ask for, and no node fits",
            "{webhook} が {owner_kind} {owner} の Pod にテンプレートにない配置条件 {is} を追加し、適合するノードがない",
        ),
        text(
            "explanation",
            "Pods are made from the template of {owner_kind} {owner}, but these differ from it: a mutating webhook may change every Pod while it is created. So a change of the template does not fix them.",
            "Pod は {owner_kind} {owner} のテンプレートから作成されますが、内容が異なります。Mutating webhook は作成時に Pod を変更できるため、テンプレートを修正しても解決しません。",
        ),
        text(
            "explanation.many",
            "Pods are made from the template of {owner_kind} {owner}, but these differ from it. Several mutating webhooks may have changed them: {candidates}.",
            "Pod は {owner_kind} {owner} のテンプレートから作成されますが、内容が異なります。変更した可能性のある mutating webhook: {candidates}。",
        ),
        text(
            "fix.webhook",
            "Correct what the webhook writes: the configuration of the program behind it.",
            "Webhook の背後のプログラムの設定を修正し、書き込む内容を正します。",
        ),
        text(
            "fix.exempt",
            "Or keep the namespace out of it with its namespaceSelector; Pods that are created then are as their template says.",
            "または namespaceSelector で Namespace を対象から外します。以降に作成される Pod はテンプレートどおりになります。",
        ),
        text("proof.pod", "What the Pod has", "Pod の値"),
        text(
            "proof.template",
            "What the template says",
            "テンプレートの値",
        ),
        text(
            "proof.webhook",
            "The webhook that may change Pods there",
            "この Pod を変更できる webhook",
        ),
    ],
};

/// A part of a Pod that its template says otherwise, and that makes the Pod fail.
enum Change<'a> {
    /// The image, which cannot be pulled.
    Image(&'a Container, &'a Container, &'a ContainerStatus),
    /// The command or its arguments.
    Command(&'a Container, &'a ContainerStatus),
    /// A container that the template does not have.
    Injected(&'a Container, &'a ContainerStatus),
    /// A node label that the Pod asks for.
    Placement(&'a str, &'a str),
}

fn run(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    if pod.is_ready() || pod.is_terminating() || &*pod.phase == "Succeeded" {
        return;
    }
    let Some((owner, template)) = template(pod, snapshot) else {
        return;
    };
    let Some(change) = change(pod, template) else {
        return;
    };
    let candidates = templates::webhooks(&pod.meta.namespace, &pod.meta.labels, snapshot);
    let unread = snapshot.mutating_webhooks.unreadable("").is_some();
    // Nobody is known who could have changed it but the person who edits the Pod.
    if candidates.is_empty() && !unread {
        return;
    }
    let top = snapshot.top_of(pod).object_ref();
    let mut finding = match &*candidates {
        [(configuration, webhook)] => Finding::on(*configuration)
            .relation(Relation::Admits)
            .arg("webhook", format!("Webhook {}", webhook.name)),
        _ => Finding::on_ref(top.clone())
            .likely()
            .arg("webhook", "A mutating webhook"),
    }
    .breaks(pod)
    .arg("owner_kind", &top.kind)
    .arg("owner", &top.name)
    .since(pod.meta.created);
    finding = tell(finding, pod, &owner, &change);
    if candidates.len() > 1 {
        let names: Vec<String> = candidates.iter().map(|(_, w)| w.name.to_string()).collect();
        finding = finding
            .explanation("explanation.many")
            .arg("candidates", names);
    }
    for (configuration, webhook) in &candidates {
        let pointer = format!("/webhooks/{}/name", webhook.index);
        finding = finding
            .proof(proof::field(*configuration, pointer, &webhook.name).saying("proof.webhook"));
    }
    let edit = match candidates.first() {
        Some((configuration, _)) => kubectl::edit(&configuration.object_ref()),
        None => kubectl::list(None, Kind::MutatingWebhookConfiguration.plural()),
    };
    findings.add(finding.fix("fix.webhook").fix_with("fix.exempt", edit));
}

fn tell(finding: Finding, pod: &Pod, owner: &Owner<'_>, change: &Change<'_>) -> Finding {
    match change {
        Change::Image(now, was, status) => finding
            .shows_in(now)
            .title("title.image")
            .arg("container", &*now.name)
            .arg("was", &*was.image)
            .arg("is", &*now.image)
            .proof(
                proof::field(pod, format!("{}/image", now.path()), &now.image).saying("proof.pod"),
            )
            .proof(
                proof::field(
                    owner,
                    format!("/spec/template{}/image", was.path()),
                    &was.image,
                )
                .saying("proof.template"),
            )
            .proof(proof::waiting_message(pod, status)),
        Change::Command(now, status) => {
            let field = if now.command.is_empty() {
                "args"
            } else {
                "command"
            };
            let words = if now.command.is_empty() {
                &now.args
            } else {
                &now.command
            };
            finding
                .shows_in(now)
                .title("title.command")
                .likely()
                .arg("container", &*now.name)
                .proofs(words.first().map(|word| {
                    proof::field(pod, format!("{}/{field}/0", now.path()), word).saying("proof.pod")
                }))
                .proofs(symptom(pod, status))
        }
        Change::Injected(now, status) => finding
            .shows_in(now)
            .title("title.injected")
            .likely()
            .arg("container", &*now.name)
            .proof(proof::field(pod, format!("{}/name", now.path()), &now.name).saying("proof.pod"))
            .proofs(symptom(pod, status)),
        Change::Placement(key, value) => finding
            .likely()
            .arg("is", format!("{key}={value}"))
            .proof(
                proof::field(
                    pod,
                    format!("/spec/nodeSelector/{}", crate::facts::escape_pointer(key)),
                    value,
                )
                .saying("proof.pod"),
            )
            .proofs(
                pod.condition("PodScheduled")
                    .map(|c| proof::condition(pod, c, "message")),
            ),
    }
}

fn symptom(pod: &Pod, status: &ContainerStatus) -> Option<proof::Proof> {
    match (status.waiting(), status.last_end()) {
        (_, Some(end)) => Some(proof::ended(pod, status, end, "exitCode")),
        (Some(_), None) => Some(proof::waiting_message(pod, status)),
        (None, None) => None,
    }
}

/// The owner that made a Pod, as an object.
struct Owner<'a> {
    kind: &'a str,
    meta: &'a crate::facts::Meta,
}

impl Object for Owner<'_> {
    fn meta(&self) -> &crate::facts::Meta {
        self.meta
    }

    fn kind(&self) -> &str {
        self.kind
    }
}

/// The object that made a Pod, and the template from which it did: a ReplicaSet's, not the
/// Deployment's, which may be newer.
fn template<'a>(pod: &'a Pod, snapshot: &'a Snapshot) -> Option<(Owner<'a>, &'a Template)> {
    let owner = pod.meta.controller()?;
    let (namespace, name) = (&*pod.meta.namespace, &*owner.name);
    let (meta, template) = match owner.kind.known()? {
        Kind::ReplicaSet => snapshot
            .replica_sets
            .get(namespace, name)
            .map(|o| (&o.meta, &o.template)),
        Kind::DaemonSet => snapshot
            .daemon_sets
            .get(namespace, name)
            .map(|o| (&o.meta, &o.template)),
        Kind::Job => snapshot
            .jobs
            .get(namespace, name)
            .map(|o| (&o.meta, &o.template)),
        // A StatefulSet's template may be newer than its Pods while they are updated.
        Kind::StatefulSet => snapshot
            .stateful_sets
            .get(namespace, name)
            .filter(|o| o.current_revision == o.update_revision)
            .map(|o| (&o.meta, &o.template)),
        _ => None,
    }?;
    let of_owner = Owner {
        kind: &owner.kind.name,
        meta,
    };
    (meta.uid == owner.uid && !template.spec.containers.is_empty()).then_some((of_owner, template))
}

fn change<'a>(pod: &'a Pod, template: &'a Template) -> Option<Change<'a>> {
    let of_container = pod
        .containers()
        .filter(|(container, _)| container.kind != ContainerKind::Ephemeral)
        .find_map(|(now, status)| {
            let status = status?;
            let Some(was) = template.spec.container(&now.name) else {
                return is_failing(status).then_some(Change::Injected(now, status));
            };
            if now.image != was.image && waits_for_image(status) {
                return Some(Change::Image(now, was, status));
            }
            let ran_otherwise = now.command != was.command || now.args != was.args;
            (ran_otherwise && is_failing(status)).then_some(Change::Command(now, status))
        });
    of_container.or_else(|| {
        let unscheduled = pod
            .condition("PodScheduled")
            .is_some_and(|c| c.is_false() && &*c.reason == "Unschedulable");
        let wanted = &template.spec.placement.node_selector;
        let now = &pod.spec.placement.node_selector;
        let added = now
            .iter()
            .find(|(key, value)| wanted.get(*key) != Some(*value));
        added
            .filter(|_| unscheduled)
            .map(|(key, value)| Change::Placement(key, value))
    })
}

fn waits_for_image(status: &ContainerStatus) -> bool {
    const REASONS: [&str; 5] = [
        "ErrImagePull",
        "ImagePullBackOff",
        "InvalidImageName",
        "ErrImageNeverPull",
        "ImageInspectError",
    ];
    status
        .waiting()
        .is_some_and(|(reason, _)| REASONS.contains(&reason))
}

fn is_failing(status: &ContainerStatus) -> bool {
    const STARTS: [&str; 3] = ["ContainerCreating", "PodInitializing", ""];
    match &status.state {
        State::Waiting { reason, .. } => !STARTS.contains(&&**reason),
        State::Terminated(end) => end.exit_code != 0,
        State::Running { .. } | State::Absent => false,
    }
}

#[cfg(test)]
#[path = "admission_webhook_mutated_tests.rs"]
mod tests;
