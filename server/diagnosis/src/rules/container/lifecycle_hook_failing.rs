//! Symptom: a container is killed soon after its start, or takes the whole grace period to
//! end; events `FailedPostStartHook`, `FailedPreStopHook`.
//! Cause: a postStart or preStop hook fails.
//! Fix: mend the hook.
//! Source: <https://kubernetes.io/docs/concepts/containers/container-lifecycle-hooks/>

use podside_model::Severity;

use super::crash::crashes;
use crate::facts::{Container, ContainerStatus, Deployment, Event, Handler, Kind, Object, Pod};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::proof::{self, Proof};
use crate::rule::{Rank, Rule, Run};
use crate::rules::probe::{grace, is_asked, is_unsaid, run_seconds};
use crate::snapshot::Snapshot;
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "lifecycle-hook-failing",
    source: "https://kubernetes.io/docs/concepts/containers/container-lifecycle-hooks/",
    rank: Rank::Root,
    runs: &[Run::Pod(run), Run::Deployment(stopped)],
    texts: &[
        text(
            "title",
            "The postStart hook of container {user} of {name} fails, so the container is killed",
            "{name} のコンテナ {user} の postStart フックが失敗し、コンテナが強制終了される",
        ),
        text(
            "title.stop",
            "The preStop hook of container {user} of {name} fails, so the container is not ended as it is meant to",
            "{name} のコンテナ {user} の preStop フックが失敗し、コンテナが意図どおりに終了しない",
        ),
        text(
            "explanation",
            "The kubelet runs the hook right after the container has started. When it fails, the kubelet kills the container and restarts it: {restarts} {restarts|time|times} so far. What the hook prints does not stand in the container's log.",
            "kubelet はコンテナの起動直後にフックを実行し、失敗するとコンテナを強制終了して再起動します（これまでに {restarts} 回）。フックの出力はコンテナのログに残りません。",
        ),
        text(
            "explanation.likely",
            "The kubelet runs the hook right after the container has started, and kills the container when it fails. Each run ends right after its start, by a signal and not by itself ({restarts} {restarts|restart|restarts} so far), and no probe does that. Events that would say so are not there any more, as they last for an hour and are held back when there are many.",
            "kubelet はコンテナの起動直後にフックを実行し、失敗するとコンテナを強制終了します。どの実行も起動直後に、自らではなくシグナルにより終了しており（再起動はこれまでに {restarts} 回）、probe によるものではありません。それを示すイベントは残っていません（保持は 1 時間で、多いと抑制されます）。",
        ),
        text(
            "explanation.stop",
            "The kubelet runs the hook before it asks the container to end. It failed, so the container got SIGTERM without what the hook should have done before.",
            "kubelet はコンテナに終了を要求する前にフックを実行します。フックが失敗したため、必要な処理なしに SIGTERM が送られています。",
        ),
        text(
            "explanation.gone",
            "The kubelet runs the hook before it asks the container to end. It failed in {gone}, which is gone by now; the container got SIGTERM without what the hook should have done before. The template of {kind} {name} has the same hook still.",
            "kubelet はコンテナに終了を要求する前にフックを実行します。削除済みの {gone} でフックが失敗し、必要な処理なしに SIGTERM が送られました。{kind} {name} のテンプレートには同じフックが残っています。",
        ),
        text(
            "fix",
            "Fix the hook {hook}; try it by hand in the container, as it has neither the log nor a shell of its own.",
            "フック {hook} を修正します。ログにもシェルにも残らないため、コンテナ内で手動で実行して確認します。",
        ),
        text("proof.hook", "This is what the hook runs", "フックの内容"),
    ],
};

fn run(pod: &Pod, snapshot: &Snapshot, findings: &mut Findings) {
    for container in &pod.spec.containers {
        if let Some(hook) = &container.post_start
            && !pod.is_terminating()
            && let Some(status) = pod
                .status_of(container)
                .filter(|s| s.restarts > 0 || !s.ready)
        {
            let goes_on =
                crashes(pod, snapshot).any(|crash| crash.container.name == container.name);
            // A hook that once failed and has gone well since is history.
            let event = event(pod, container, "FailedPostStartHook", snapshot).filter(|event| {
                goes_on
                    || status
                        .running_since()
                        .is_none_or(|since| event.last.is_some_and(|last| last >= since))
            });
            let finding = match event {
                Some(event) => finding(pod, container, hook, "postStart", Some(event), snapshot),
                None if goes_on && is_ended_at_once(pod, container, status, snapshot) => {
                    finding(pod, container, hook, "postStart", None, snapshot)
                        .explanation("explanation.likely")
                        .proofs(
                            status
                                .last_end()
                                .map(|end| proof::ended(pod, status, end, "exitCode")),
                        )
                        .likely()
                }
                None => continue,
            };
            findings.add(finding.arg("restarts", status.restarts));
        }
        if let Some(hook) = &container.pre_stop
            && pod.is_terminating()
            && let Some(event) = event(pod, container, "FailedPreStopHook", snapshot)
        {
            findings.add(
                finding(pod, container, hook, "preStop", Some(event), snapshot)
                    .severity(Severity::Warning)
                    .title("title.stop")
                    .explanation("explanation.stop"),
            );
        }
    }
}

/// A hook that failed in Pods which are gone: the event is all that is left of them. It says
/// something of the Deployment while its template has the same hook as theirs.
fn stopped(deployment: &Deployment, snapshot: &Snapshot, findings: &mut Findings) {
    let namespace = &*deployment.meta.namespace;
    let hooked = |c: &&Container| c.pre_stop.is_some();
    let mut containers = deployment
        .template
        .spec
        .containers
        .iter()
        .filter(hooked)
        .peekable();
    if containers.peek().is_none() || deployment.meta.deleting.is_some() {
        return;
    }
    for container in containers {
        let failed = snapshot.events.in_namespace(namespace).find(|e| {
            &*e.reason == "FailedPreStopHook"
                && e.container() == Some(&*container.name)
                && e.about.kind.is(Kind::Pod)
                && snapshot.pods.find(namespace, &e.about.name).is_missing()
                && had_same_hook(deployment, container, &e.about.name, snapshot)
        });
        if let (Some(event), Some(hook)) = (failed, &container.pre_stop) {
            let subject = deployment.object_ref().with_container(&*container.name);
            let at = format!("/spec/template{}/lifecycle/preStop", container.path());
            findings.add(
                Finding::on_ref(subject)
                    .severity(Severity::Warning)
                    .title("title.stop")
                    .explanation("explanation.gone")
                    .arg("user", &*container.name)
                    .arg("hook", words(hook))
                    .arg("gone", format!("Pod {}", event.about.name))
                    .proof(proof::event(event))
                    .proofs(
                        configured(deployment, &at, hook).map(|proof| proof.saying("proof.hook")),
                    )
                    .since(event.first),
            );
        }
    }
}

/// Whether a Pod of that name was made by a ReplicaSet of the Deployment whose template has the
/// same hook as the Deployment's has now.
fn had_same_hook(
    deployment: &Deployment,
    container: &Container,
    pod: &str,
    snapshot: &Snapshot,
) -> bool {
    let Some((name, _)) = pod.rsplit_once('-') else {
        return false;
    };
    let Some(set) = snapshot.replica_sets.get(&deployment.meta.namespace, name) else {
        return false;
    };
    let owner = set.meta.controller();
    owner.is_some_and(|owner| owner.uid == deployment.meta.uid)
        && set
            .template
            .spec
            .container(&container.name)
            .is_some_and(|then| then.pre_stop == container.pre_stop)
}

fn event<'a>(
    pod: &'a Pod,
    container: &Container,
    reason: &str,
    snapshot: &'a Snapshot,
) -> Option<&'a Event> {
    snapshot
        .events_of(pod)
        .find(|e| &*e.reason == reason && e.container() == Some(&*container.name))
}

fn finding(
    pod: &Pod,
    container: &Container,
    hook: &Handler,
    field: &str,
    event: Option<&Event>,
    snapshot: &Snapshot,
) -> Finding {
    Finding::on_container(snapshot, pod, container)
        .arg("user", &*container.name)
        .arg("hook", words(hook))
        .proofs(event.map(proof::event))
        .proofs(
            configured(
                pod,
                &format!("{}/lifecycle/{field}", container.path()),
                hook,
            )
            .map(|p| p.saying("proof.hook")),
        )
        .proofs(
            pod.status_of(container)
                .and_then(|status| proof::restarts(pod, status)),
        )
        .since(event.and_then(|event| event.first).or(pod.started))
}

/// Whether a container is ended from outside right after its start, again and again, and
/// neither for its memory nor by a probe: the kubelet does so when the postStart hook fails,
/// with SIGTERM and, after the grace period, SIGKILL. A process that ends well might as well
/// have ended by itself.
fn is_ended_at_once(
    pod: &Pod,
    container: &Container,
    status: &ContainerStatus,
    snapshot: &Snapshot,
) -> bool {
    /// What the hook itself may have taken until it failed.
    const HOOK_SECONDS: i64 = 5;
    const HABIT: u32 = 2;
    let Some((_, end)) = status.last_end() else {
        return false;
    };
    let Some(ran) = run_seconds(end) else {
        return false;
    };
    let grace = grace(pod);
    let is_at_once = match end.exit_code {
        137 => (grace..=grace.saturating_add(HOOK_SECONDS)).contains(&ran),
        143 => ran <= HOOK_SECONDS,
        _ => false,
    };
    is_at_once
        && status.restarts >= HABIT
        && is_asked(end)
        && container.liveness.is_none()
        && container.startup.is_none()
        && is_unsaid(pod, status, end.finished, snapshot)
}

fn words(hook: &Handler) -> String {
    match hook {
        Handler::Exec(command) => command.join(" "),
        Handler::Http { path, .. } => format!("httpGet {path}"),
        other => other.field().to_owned(),
    }
}

/// The last part of the command of a hook at that pointer, which says most, or the port that
/// it asks.
fn configured(object: &impl Object, at: &str, hook: &Handler) -> Option<Proof> {
    let path = format!("{at}/{}", hook.field());
    match hook {
        Handler::Exec(command) => {
            let last = command.len().checked_sub(1)?;
            Some(proof::field(
                object,
                format!("{path}/command/{last}"),
                command.last()?,
            ))
        }
        Handler::Http { port, .. } => {
            Some(proof::field(object, format!("{path}/port"), port.as_ref()?))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::crashing;
    use crate::testing::check;

    fn with_hook(reason: &str) -> String {
        crashing("exitCode: 137, reason: Error").replace(
            "image: ",
            "lifecycle: {postStart: {exec: {command: [sh, -c, warm-up]}}}\n      image: ",
        ) + &format!(
            "---
apiVersion: v1
kind: Event
metadata: {{name: e, namespace: shop}}
involvedObject: {{kind: Pod, namespace: shop, name: web, uid: p, fieldPath: 'spec.containers{{app}}'}}
reason: {reason}
type: Warning
message: PostStartHook failed
"
        )
    }

    #[test]
    fn the_hook_is_named() {
        check(&with_hook("FailedPostStartHook"))
            .finds("lifecycle-hook-failing", "Pod shop/web[app]")
            .tells("title")
            .with("user", "app")
            .offers("fix")
            .with("hook", "sh -c warm-up")
            .alone();
    }

    #[test]
    fn without_the_event_the_hook_is_not_to_blame() {
        check(&with_hook("BackOff")).does_not_find("lifecycle-hook-failing");
    }

    #[test]
    fn when_the_event_is_gone_a_container_that_is_killed_at_its_start_tells_of_its_hook() {
        let killed_after = |seconds: &str| {
            crashing("exitCode: 137, reason: Error")
                .replace(
                    "image: ",
                    "lifecycle: {postStart: {exec: {command: [sh, -c, warm-up]}}}\n      image: ",
                )
                .replace(
                    "finishedAt: '2026-01-01T11:58:01Z'",
                    &format!("finishedAt: '2026-01-01T11:58:{seconds}Z'"),
                )
        };
        check(&killed_after("31"))
            .finds("lifecycle-hook-failing", "Pod shop/web[app]")
            .tells("explanation.likely")
            .is_likely()
            .alone();
        check(&killed_after("10")).does_not_find("lifecycle-hook-failing");
        let by_itself = killed_after("31").replace("exitCode: 137", "exitCode: 1");
        check(&by_itself).does_not_find("lifecycle-hook-failing");
    }

    #[test]
    fn a_hook_that_failed_in_a_pod_that_is_gone_is_the_template_s() {
        let objects = |then: &str| {
            let containers = |command: &str| {
                format!(
                    "[{{name: app, lifecycle: {{preStop: {{exec: {{command: [{command}]}}}}}}}}]"
                )
            };
            format!("
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web, namespace: shop, uid: d}}
spec: {{replicas: 1, template: {{spec: {{containers: {}}}}}}}
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {{name: web-5d, namespace: shop, uid: r, ownerReferences: [{{kind: Deployment, name: web, uid: d, controller: true}}]}}
spec: {{replicas: 0, template: {{spec: {{containers: {}}}}}}}
---
apiVersion: v1
kind: Event
metadata: {{name: e, namespace: shop}}
involvedObject: {{kind: Pod, namespace: shop, name: web-5d-x4kzq, uid: p, fieldPath: 'spec.containers{{app}}'}}
reason: FailedPreStopHook
type: Warning
message: PreStopHook failed
", containers("drain"), containers(then))
        };
        check(&objects("drain"))
            .finds("lifecycle-hook-failing", "Deployment shop/web[app]")
            .tells("explanation.gone")
            .with("gone", "Pod web-5d-x4kzq")
            .is(podside_model::Severity::Warning)
            .alone();
        check(&objects("drian")).finds_nothing();
        check(&objects("drain")).denying("pods").finds_nothing();
    }
}
