//! Symptom: an object, or a namespace, stays in `Terminating`.
//! Cause: a finalizer that nobody removes holds it: the controller that put it there is gone
//! or fails.
//! Fix: bring the controller back; or remove the finalizer by hand.
//! Source: <https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/>

use jiff::Timestamp;
use podside_model::{Message, Relation, Severity};

use super::finalizer_owner::{self, Owner};
use crate::facts::{
    Condition, Kind, Meta, Namespace, Object, PersistentVolumeClaim, Pod, VolumeSource,
    for_each_kind,
};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::patience::{FINALIZER, FINALIZER_CERTAIN, FINALIZER_OF_KUBERNETES};
use crate::proof;
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::Snapshot;
use crate::text::text;

macro_rules! define_runs {
    ($($kind:ident($fact:ty) $group:literal $plural:literal $scope:ident $table:ident |$o:ident| $read:expr;)*) => {
        const RUNS: &[Run] = &[$(Run::$kind(run),)* Run::Snapshot(others)];

        /// Reports the objects of a namespace that finalizers hold; returns how many there
        /// are. Reports none when they are more than `most`.
        fn report_held(namespace: &str, most: usize, snapshot: &Snapshot, findings: &mut Findings) -> usize {
            let mut count = 0;
            $(count += snapshot.$table.in_namespace(namespace).filter(|o| held(*o, snapshot).is_some()).count();)*
            count += snapshot.others.in_namespace(namespace).filter(|o| held(*o, snapshot).is_some()).count();
            if count <= most {
                $(for object in snapshot.$table.in_namespace(namespace) {
                    report(object, snapshot, findings);
                })*
                for object in snapshot.others.in_namespace(namespace) {
                    report(object, snapshot, findings);
                }
            }
            count
        }
    };
}
for_each_kind!(define_runs);

pub(super) const RULE: Rule = Rule {
    cause: "finalizer-stuck",
    source: "https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/",
    rank: Rank::Root,
    runs: RUNS,
    texts: &[
        text(
            "title",
            "{kind} {name} stays in Terminating: nobody removes its finalizer {finalizer}",
            "{kind} {name} が Terminating のままになっている: ファイナライザー {finalizer} が取り除かれない",
        ),
        text(
            "title.namespace",
            "Namespace {name} stays in Terminating: {said}",
            "Namespace {name} が Terminating のままになっている: {said}",
        ),
        text(
            "explanation",
            "A deleted object remains until every finalizer has been removed by the controller that put it there. This one was deleted {age} ago, and {finalizer} is still there: its controller is gone, or fails.",
            "削除されたオブジェクトは、ファイナライザーを付けたコントローラーがすべて取り除くまで残ります。{age}前に削除されましたが {finalizer} が残っており、コントローラーが存在しないか失敗しています。",
        ),
        text(
            "explanation.namespace",
            "A namespace goes when everything in it is gone. It was deleted {age} ago.",
            "Namespace は中のオブジェクトがすべてなくなると削除されます。削除されたのは {age} 前です。",
        ),
        text(
            "fix.named",
            "See in the log of {owner_kind} {owner}, which by its name removes {finalizer}, why it does not, and mend that. It then removes it, after it has done what is to be done before the object goes.",
            "名前から {finalizer} を取り除くと思われる {owner_kind} {owner} のログで、処理できない理由を確認して解消します。必要な後始末の後、ファイナライザーは取り除かれます。",
        ),
        text(
            "fix.kubernetes",
            "See what {finalizer} waits for: a controller of Kubernetes or of the cloud removes it once that is gone. The events of the object and the controller's log tell.",
            "{finalizer} が待っているものを確認します。それがなくなると Kubernetes またはクラウドのコントローラーが取り除きます。オブジェクトのイベントとコントローラーのログで確認できます。",
        ),
        text(
            "fix.find",
            "Find the controller that removes {finalizer}: it mostly runs in a workload that is named like the finalizer. Its log says why it does not.",
            "{finalizer} を取り除くコントローラーを探します。多くはファイナライザーに似た名前のワークロードで動作しており、ログで理由を確認できます。",
        ),
        text(
            "fix.controller",
            "Bring the controller back that removes {finalizer}: no workload here is named like it. It does what is to be done before the object goes.",
            "{finalizer} を取り除くコントローラーを復旧します。それに似た名前のワークロードはここにありません。コントローラーはオブジェクトが消える前に必要な後始末を行います。",
        ),
        text(
            "fix.remove",
            "Only if that controller is gone for good: remove the finalizer by hand. What it was to clean up, such as data, accounts or machines outside the cluster, then stays behind, and nothing here tells of it any more.",
            "そのコントローラーが二度と戻らない場合に限り、ファイナライザーを手動で取り除きます。後始末されるはずだったもの（クラスター外のデータやアカウント、マシンなど）は残り、ここからは分からなくなります。",
        ),
        text(
            "fix.list",
            "List what is left in the namespace, and fix or remove what holds it.",
            "Namespace に残っているものを一覧し、原因を取り除きます。",
        ),
        text(
            "fix.api",
            "Bring the API back that does not answer, or delete its APIService if it is gone for good.",
            "応答しない API を復旧するか、不要であれば APIService を削除します。",
        ),
        text(
            "proof.finalizer",
            "The finalizer that remains",
            "残っているファイナライザー",
        ),
        text("proof.deleted", "When it was deleted", "削除された時刻"),
        text(
            "state.holds",
            "stays in Terminating with it",
            "同様に Terminating のまま",
        ),
    ],
};

/// The most objects of one namespace that are reported one by one.
const MOST: usize = 3;

fn run(object: &impl Object, snapshot: &Snapshot, findings: &mut Findings) {
    let meta = object.meta();
    if meta.deleting.is_none() {
        return;
    }
    if object.kind() == Kind::Namespace.name() {
        if let Some(namespace) = snapshot.namespaces.get("", &meta.name) {
            of_namespace(namespace, snapshot, findings);
        }
        return;
    }
    // The objects of a namespace that is being deleted are reported with it.
    let with_namespace = snapshot
        .namespaces
        .get("", &meta.namespace)
        .is_some_and(|namespace| namespace.meta.deleting.is_some());
    if !with_namespace {
        report(object, snapshot, findings);
    }
}

/// Objects of kinds that no rule reads.
fn others(snapshot: &Snapshot, findings: &mut Findings) {
    for object in snapshot.others.iter() {
        run(object, snapshot, findings);
    }
}

fn report(object: &impl Object, snapshot: &Snapshot, findings: &mut Findings) {
    if let Some(held) = held(object, snapshot) {
        findings.add(finding(object, &held, snapshot));
    }
}

/// The finalizer that holds an object.
struct Held<'a> {
    finalizer: &'a str,
    index: usize,
    deleted: Timestamp,
    seconds: i64,
}

/// What holds an object; `None` while it may be on its way.
fn held<'a>(object: &'a impl Object, snapshot: &Snapshot) -> Option<Held<'a>> {
    let meta = object.meta();
    let deleted = meta.deleting?;
    let (index, finalizer) = holding(meta)?;
    let patience = if is_kubernetes(finalizer) {
        &FINALIZER_OF_KUBERNETES
    } else {
        &FINALIZER
    };
    let waited = patience.has_ended(Some(deleted), snapshot);
    (waited && !waits_for_something_else(object, finalizer, snapshot)).then(|| Held {
        finalizer,
        index,
        deleted,
        seconds: snapshot.age(deleted),
    })
}

/// The finalizer that is to blame: one of somebody's own before one of Kubernetes.
fn holding(meta: &Meta) -> Option<(usize, &str)> {
    let mut all = meta.finalizers.iter().enumerate().map(|(i, f)| (i, &**f));
    let own = all.clone().find(|(_, finalizer)| !is_kubernetes(finalizer));
    own.or_else(|| all.next())
}

/// Whether a controller of Kubernetes itself removes it: `foregroundDeletion`, `orphan`,
/// `kubernetes`, or one of its domains.
pub(super) fn is_kubernetes(finalizer: &str) -> bool {
    match finalizer.split_once('/') {
        None => true,
        Some((domain, _)) => ["kubernetes.io", "k8s.io"]
            .iter()
            .any(|own| domain == *own || domain.ends_with(&format!(".{own}"))),
    }
}

/// Whether an object would remain even without the finalizer, or waits rightly: a Pod whose
/// containers still run, a claim that a Pod still uses, an owner whose dependants go first.
fn waits_for_something_else(object: &impl Object, finalizer: &str, snapshot: &Snapshot) -> bool {
    let meta = object.meta();
    let (namespace, name) = (&*meta.namespace, &*meta.name);
    if matches!(finalizer, "foregroundDeletion" | "orphan") {
        return true;
    }
    match object.kind() {
        "Pod" => snapshot.pods.get(namespace, name).is_some_and(runs),
        "PersistentVolumeClaim" => snapshot
            .claims
            .get(namespace, name)
            .is_some_and(|claim| is_used(claim, snapshot)),
        "PersistentVolume" => snapshot
            .volumes
            .get("", name)
            .is_some_and(|volume| &*volume.phase == "Bound"),
        _ => false,
    }
}

fn runs(pod: &Pod) -> bool {
    !pod.is_finished()
        && pod
            .statuses
            .iter()
            .any(crate::facts::ContainerStatus::is_running)
}

fn is_used(claim: &PersistentVolumeClaim, snapshot: &Snapshot) -> bool {
    let names = |pod: &&Pod| {
        pod.spec.volumes.iter().any(|volume| {
            matches!(&volume.source, VolumeSource::Claim(name) if *name == claim.meta.name)
        })
    };
    snapshot
        .pods
        .in_namespace(&claim.meta.namespace)
        .filter(|pod| !pod.is_finished())
        .any(|pod| names(&pod))
}

fn finding(object: &impl Object, held: &Held<'_>, snapshot: &Snapshot) -> Finding {
    let pointer = format!("/metadata/finalizers/{}", held.index);
    let patch = format!(r#"[{{"op":"remove","path":"{pointer}"}}]"#);
    let reference = object.object_ref();
    let mut finding = Finding::on(object)
        .severity(Severity::Warning)
        .arg("finalizer", held.finalizer)
        .arg("age", podside_model::Arg::Seconds(held.seconds))
        .proof(proof::field(object, pointer, held.finalizer).saying("proof.finalizer"))
        .proof(
            proof::field(object, "/metadata/deletionTimestamp", held.deleted)
                .saying("proof.deleted"),
        )
        .since(Some(held.deleted));
    finding = match finalizer_owner::of(held.finalizer, snapshot) {
        Owner::Probably(owner) => finding
            .arg("owner", owner.name.clone())
            .arg("owner_kind", owner.kind.clone())
            .fix_with("fix.named", kubectl::all_logs(&owner)),
        Owner::OfKubernetes => finding.fix_with("fix.kubernetes", kubectl::describe(&reference)),
        Owner::Unknown => finding.fix_with("fix.find", finalizer_owner::listing()),
        Owner::Gone => finding
            .fix_with("fix.controller", finalizer_owner::listing())
            .fix_with(
                "fix.remove",
                format!(
                    "{} --type=json -p {}",
                    kubectl::patch(&reference),
                    kubectl::word(&patch)
                ),
            ),
    };
    if held.seconds < FINALIZER_CERTAIN.seconds {
        finding = finding.likely();
    }
    let namespace = snapshot.namespaces.get("", &object.meta().namespace);
    if let Some(namespace) = namespace.filter(|n| n.meta.deleting.is_some()) {
        finding = finding.affects(
            namespace.object_ref(),
            Relation::ReferredToBy,
            Message::new("finalizer-stuck.state.holds"),
        );
    }
    finding
}

/// A namespace that does not go: because of some objects, which are then reported, or of
/// many, or for a reason that its controller tells.
fn of_namespace(namespace: &Namespace, snapshot: &Snapshot, findings: &mut Findings) {
    const TELLING: [&str; 5] = [
        "NamespaceDeletionDiscoveryFailure",
        "NamespaceDeletionGroupVersionParsingFailure",
        "NamespaceDeletionContentFailure",
        "NamespaceFinalizersRemaining",
        "NamespaceContentRemaining",
    ];
    let Some(deleted) = namespace.meta.deleting else {
        return;
    };
    let held = report_held(&namespace.meta.name, MOST, snapshot, findings);
    let told = TELLING
        .into_iter()
        .filter_map(|kind| namespace.condition(kind))
        .find(|c| c.is_true());
    let (Some(told), true) = (told, FINALIZER.has_ended(Some(deleted), snapshot)) else {
        return;
    };
    // Content alone may still be on its way; the objects that hold it are named above.
    let own_reason = told.kind.ends_with("Failure");
    let waits =
        !own_reason && (held > 0 || !FINALIZER_OF_KUBERNETES.has_ended(Some(deleted), snapshot));
    if waits && held <= MOST {
        return;
    }
    let seconds = snapshot.age(deleted);
    findings.add(namespace_finding(
        namespace, told, deleted, seconds, snapshot,
    ));
}

fn namespace_finding(
    namespace: &Namespace,
    told: &Condition,
    deleted: Timestamp,
    seconds: i64,
    snapshot: &Snapshot,
) -> Finding {
    let said = told.message.as_deref().unwrap_or(&told.reason);
    let mut finding = Finding::on(namespace)
        .severity(Severity::Warning)
        .title("title.namespace")
        .explanation("explanation.namespace")
        .arg("said", said.trim_end_matches('.'))
        .arg("age", podside_model::Arg::Seconds(seconds))
        .proof(proof::condition(namespace, told, "message"))
        .proof(
            proof::field(namespace, "/metadata/deletionTimestamp", deleted).saying("proof.deleted"),
        )
        .since(Some(deleted));
    let down = snapshot.api_services.iter().find_map(|service| {
        let condition = service
            .conditions
            .iter()
            .find(|c| &*c.kind == "Available")?;
        (!condition.is_true()).then(|| proof::condition(service, condition, "message"))
    });
    if &*told.kind == "NamespaceDeletionDiscoveryFailure" {
        finding = finding.proofs(down).fix_with(
            "fix.api",
            format!("{} get apiservices", kubectl::prefix(None)),
        );
    }
    finding.fix_with(
        "fix.list",
        format!(
            "kubectl api-resources --verbs=list --namespaced -o name | xargs -n 1 kubectl -n {} get --ignore-not-found --show-kind",
            kubectl::word(&namespace.meta.name)
        ),
    )
}

#[cfg(test)]
#[path = "finalizer_stuck_tests.rs"]
mod tests;
