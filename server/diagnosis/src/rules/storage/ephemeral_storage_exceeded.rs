//! Symptom: a Pod is Failed with reason `Evicted`.
//! Cause: it, one of its containers or an emptyDir used more local storage than its limit.
//! Fix: write less, elsewhere, or raise the limit.
//! Source: <https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#resource-emphemeralstorage-consumption>

use crate::facts::{Container, Pod};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "ephemeral-storage-exceeded",
    source: "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#local-ephemeral-storage",
    rank: Rank::Root,
    runs: &[Run::Pod(run)],
    texts: &[
        text(
            "title",
            "{kind} {name} was evicted for using more local storage than its limit",
            "{kind} {name} がローカルストレージの上限を超えて退避された",
        ),
        text(
            "title.container",
            "Container {container} used more local storage than its limit{limit}, so its Pod was evicted",
            "コンテナ {container} がローカルストレージの上限{limit} を超え、Pod が退避された",
        ),
        text(
            "title.volume",
            "emptyDir volume {volume} grew beyond its sizeLimit{limit}, so the Pod was evicted",
            "emptyDir ボリューム {volume} が sizeLimit{limit} を超え、Pod が退避された",
        ),
        text(
            "explanation",
            "What containers write into their own file system, into their logs and into emptyDir volumes counts as ephemeral storage of the node. The kubelet ends a Pod that uses more than its limits allow; nothing that it wrote there is kept.",
            "コンテナが自身のファイルシステム、ログ、emptyDir ボリュームに書き込んだ量は、ノードの一時ストレージとして数えられます。上限を超えた Pod は kubelet によって終了され、書き込んだ内容は失われます。",
        ),
        text(
            "fix.limit",
            "Raise the limit (resources.limits.ephemeral-storage, or sizeLimit of the emptyDir), and the request with it, in {kind} {name}.",
            "{kind} {name} の上限（resources.limits.ephemeral-storage、または emptyDir の sizeLimit）と要求を引き上げます。",
        ),
        text(
            "fix.volume",
            "Or write the data to a PersistentVolumeClaim, and remove what is no longer needed while the process runs.",
            "または、データを PersistentVolumeClaim に書き込み、不要なファイルは実行中に削除します。",
        ),
    ],
};

/// What went over its limit, from the message of the kubelet's eviction manager.
enum Over<'a> {
    Pod,
    Container(&'a str),
    Volume(&'a str),
}

/// The words of the kubelet's eviction manager (`pkg/kubelet/eviction`).
fn over(message: &str) -> Option<(Over<'_>, Option<&str>)> {
    let quoted =
        |text: &'static str| -> Option<&str> { message.split_once(text)?.1.split('"').nth(1) };
    if let Some(limit) = message
        .strip_prefix("Pod ephemeral local storage usage exceeds the total limit of containers ")
    {
        return Some((Over::Pod, Some(limit.trim().trim_end_matches('.'))));
    }
    if let Some((container, rest)) = message
        .strip_prefix("Container ")
        .and_then(|m| m.split_once(" exceeded its local ephemeral storage limit"))
    {
        return Some((Over::Container(container), rest.split('"').nth(1)));
    }
    let volume = message
        .strip_prefix("Usage of EmptyDir volume \"")?
        .split('"')
        .next()?;
    Some((Over::Volume(volume), quoted("exceeds the limit")))
}

fn run(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    if &*pod.reason != "Evicted" || pod.is_terminating() {
        return;
    }
    let Some((over, limit)) = pod.message.as_deref().and_then(over) else {
        return;
    };
    // A Pod that was evicted while others of its owner serve well is history.
    let top = snapshot.top_of(pod);
    let siblings = snapshot.pods_of(&top);
    let mut others = siblings.iter().filter(|p| !p.is_finished()).peekable();
    if others.peek().is_some() && others.all(|p| p.is_ready()) {
        return;
    }
    let container = match over {
        Over::Container(name) => pod.spec.container(name),
        Over::Pod => only(
            pod.spec
                .containers
                .iter()
                .filter(|c| c.limits.contains_key("ephemeral-storage")),
        ),
        Over::Volume(name) => only(
            pod.spec
                .containers
                .iter()
                .filter(|c| c.mounts.iter().any(|m| &*m.volume == name)),
        ),
    };
    let finding = match container {
        Some(container) => Finding::on_container(snapshot, pod, container),
        None => Finding::on_pod(snapshot, pod),
    };
    let finding = match over {
        Over::Volume(volume) => finding.arg("volume", volume).title("title.volume"),
        _ if container.is_some() => finding.title("title.container"),
        _ => finding,
    };
    let limit = limit.map(|l| format!(" {l}")).unwrap_or_default();
    findings.add(
        finding
            .arg("limit", limit)
            .proof(proof::field(
                pod,
                "/status/message",
                pod.message.as_deref().unwrap_or_default(),
            ))
            .proof(proof::field(pod, "/status/reason", &pod.reason))
            .proofs(
                snapshot
                    .events_of(pod)
                    .filter(|e| &*e.reason == "Evicted")
                    .map(proof::event)
                    .take(1),
            )
            .fix_with("fix.limit", kubectl::edit(&top.object_ref()))
            .fix("fix.volume")
            .since(pod.condition("DisruptionTarget").and_then(|c| c.changed)),
    );
}

/// The container, when there is exactly one.
fn only<'a>(mut containers: impl Iterator<Item = &'a Container>) -> Option<&'a Container> {
    let first = containers.next()?;
    containers.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    const POD: &str = "
apiVersion: v1
kind: Pod
metadata: {name: sort, namespace: data, uid: p}
spec:
  nodeName: n1
  volumes: [{name: tmp, emptyDir: {sizeLimit: 1Gi}}]
  containers:
    - {name: app, image: x, resources: {limits: {ephemeral-storage: 64Mi}}}
    - {name: side, image: x, volumeMounts: [{name: tmp, mountPath: /tmp}]}
status: {phase: Failed, reason: Evicted, message: 'MESSAGE'}
";

    #[test]
    fn each_of_the_kubelet_s_three_sentences() {
        for (message, subject, title, args) in [
            (
                "Pod ephemeral local storage usage exceeds the total limit of containers 64Mi. ",
                "Pod data/sort[app]",
                "title.container",
                &[("limit", " 64Mi")][..],
            ),
            (
                "Container app exceeded its local ephemeral storage limit \"64Mi\". ",
                "Pod data/sort[app]",
                "title.container",
                &[("limit", " 64Mi")][..],
            ),
            (
                "Usage of EmptyDir volume \"tmp\" exceeds the limit \"1Gi\". ",
                "Pod data/sort[side]",
                "title.volume",
                &[("volume", "tmp"), ("limit", " 1Gi")][..],
            ),
        ] {
            check(&POD.replace("MESSAGE", message))
                .finds("ephemeral-storage-exceeded", subject)
                .tells(title)
                .with_all(args);
        }
    }

    #[test]
    fn an_eviction_for_the_node_s_sake_is_another_cause() {
        check(&POD.replace(
            "MESSAGE",
            "The node was low on resource: ephemeral-storage. Threshold quantity: 1, available: 0.",
        ))
        .does_not_find("ephemeral-storage-exceeded");
    }

    #[test]
    fn one_that_its_owner_has_replaced_is_history() {
        let owner = "ownerReferences: [{kind: ReplicaSet, name: sort, uid: r, controller: true}], ";
        let evicted = POD
            .replace(
                "MESSAGE",
                "Container app exceeded its local ephemeral storage limit \"64Mi\". ",
            )
            .replace("{name: sort,", &format!("{{{owner}name: sort,"));
        let ready = format!(
            "---\napiVersion: v1\nkind: Pod\nmetadata: {{{owner}name: sort-2, namespace: data, uid: q}}\nspec: {{nodeName: n1}}\nstatus: {{phase: Running, conditions: [{{type: Ready, status: 'True'}}]}}\n"
        );
        check(&(evicted + &ready)).does_not_find("ephemeral-storage-exceeded");
    }
}
