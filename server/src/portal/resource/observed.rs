//! What the facts tell of an object beside its own JSON, value by value: how the containers
//! of a Pod fared over time, what their exit codes mean, how many keys an environment is
//! taken from. The description asks for each where it makes the row that it belongs to.

use podside_app::ObservedWords;
use podside_diagnosis::facts::{ContainerStatus, Pod, State, StatusList};
use podside_diagnosis::observations::{strip_of_container, strips_from};
use podside_diagnosis::rules::bare_exit_meaning;
use podside_diagnosis::snapshot::Snapshot;
use podside_diagnosis::texts::resolve;
use podside_model::view::Value;
use podside_model::{Lang, ObjectRef, Problem, Severity};

use super::describe::Verdict;

/// What the facts tell of one object, for readers of one language.
#[derive(Clone, Copy)]
pub(super) struct Observed<'a> {
    /// `None` where nothing was observed.
    snapshot: Option<&'a Snapshot>,
    /// The object itself, when it is a Pod that was seen.
    pod: Option<&'a Pod>,
    /// The problems on the object and its owners, worst first.
    problems: &'a [Problem<String>],
    lang: Lang,
}

impl<'a> Observed<'a> {
    /// Where nothing was observed.
    #[cfg(test)]
    pub(super) const NOTHING: Self = Self {
        snapshot: None,
        pod: None,
        problems: &[],
        lang: Lang::En,
    };

    /// What a snapshot tells of an object with these problems.
    pub(super) fn of(
        snapshot: &'a Snapshot,
        object: &ObjectRef,
        problems: &'a [Problem<String>],
        lang: Lang,
    ) -> Self {
        let namespace = object.namespace.as_deref().unwrap_or_default();
        let pod = object
            .is("Pod")
            .then(|| snapshot.pods.get(namespace, &object.name));
        Self {
            snapshot: Some(snapshot),
            pod: pod.flatten(),
            problems,
            lang,
        }
    }

    /// Whether any problem on the object is worse than a note.
    pub(super) fn verdict(&self) -> Verdict {
        let is_broken = |problem: &Problem<String>| problem.severity != Severity::Info;
        if self.problems.iter().any(is_broken) {
            Verdict::Broken
        } else {
            Verdict::NothingFound
        }
    }

    /// That the phase `Running` does not say that the containers run: a Pod is Running as
    /// long as one of its containers is, or is to be started again.
    pub(super) fn only_the_phase(&self) -> Option<Value> {
        let pod = self.pod?;
        let of = pod
            .statuses
            .iter()
            .filter(|it| it.list == StatusList::Regular);
        let stopped = of
            .clone()
            .filter(|status| !matches!(status.state, State::Running { .. }))
            .count();
        if &*pod.phase != "Running" || stopped == 0 {
            return None;
        }
        let words = ObservedWords::of(self.lang);
        Some(Value::Quiet((words.only_the_phase)(stopped, of.count())))
    }

    /// How many keys a ConfigMap or a Secret has, where that is known.
    pub(super) fn keys(&self, kind: &str, namespace: &str, name: &str) -> Option<Value> {
        let snapshot = self.snapshot?;
        let keys = match kind {
            "ConfigMap" => snapshot.config_maps.get(namespace, name)?.keys.len(),
            "Secret" => {
                let secret = snapshot.secrets.get(namespace, name)?;
                secret.keys.as_ref().ok()?.len()
            }
            _ => return None,
        };
        Some(Value::Quiet((ObservedWords::of(self.lang).keys)(keys)))
    }

    /// How a container of the Pod fared over time. Names are unique among all containers of
    /// a Pod.
    pub(super) fn strip(&self, container: &str) -> Option<Value> {
        let (snapshot, pod) = (self.snapshot?, self.pod?);
        let status = pod.statuses.iter().find(|it| &*it.name == container)?;
        let from = strips_from(snapshot.observed_at(), pod.meta.created);
        let problem = (!status.ready).then(|| self.broken(status)).flatten();
        let strip = strip_of_container(snapshot, pod, &status.name, problem, from);
        Some(Value::Strip(strip))
    }

    /// What an exit code other than zero means; the code itself is on the page already.
    pub(super) fn exit_meaning(&self, code: &str) -> Option<Value> {
        let code: i64 = code.parse().ok()?;
        (code != 0).then(|| Value::Quiet(resolve(&bare_exit_meaning(code), self.lang)))
    }

    /// Since when a container that is not ready is broken, and how badly: as the worst
    /// problem says that means it, or all containers.
    fn broken(&self, status: &ContainerStatus) -> Option<(jiff::Timestamp, Severity)> {
        let problem = self
            .problems
            .iter()
            .filter(|problem| problem.severity != Severity::Info)
            .find(|problem| {
                let container = problem.subject.container.as_deref();
                container.is_none_or(|name| name == &*status.name)
            })?;
        Some((problem.since?, problem.severity))
    }
}

#[cfg(test)]
mod tests {
    use podside_diagnosis::facts::{Sharing, from_object};
    use podside_model::StripState;
    use podside_model::view::{Content, Section};
    use serde_json::{Value as Any, json};

    use super::super::describe::sections;
    use super::*;

    fn pod() -> Any {
        json!({
            "kind": "Pod", "apiVersion": "v1",
            "metadata": {"name": "web", "namespace": "shop", "creationTimestamp": "2026-01-01T11:59:00Z"},
            "spec": {"containers": [
                {"name": "app", "envFrom": [
                    {"configMapRef": {"name": "settings", "optional": true}},
                    {"secretRef": {"name": "settings"}},
                ]},
                {"name": "side"},
            ]},
            "status": {"phase": "Running", "containerStatuses": [
                {"name": "app", "restartCount": 2, "ready": false,
                 "state": {"waiting": {"reason": "CrashLoopBackOff"}},
                 "lastState": {"terminated": {"exitCode": 137, "finishedAt": "2026-01-01T11:59:30Z"}}},
                {"name": "side", "restartCount": 0, "ready": true,
                 "state": {"running": {"startedAt": "2026-01-01T11:59:10Z"}}},
            ]},
        })
    }

    fn snapshot(objects: &[Any]) -> Snapshot {
        let mut snapshot = Snapshot::new("2026-01-01T12:00:00Z".parse().unwrap());
        for object in objects {
            snapshot.insert(from_object(object, &Sharing::default()).unwrap());
        }
        snapshot
    }

    /// An object described with what a snapshot tells of it.
    fn described(object: &Any, snapshot: &Snapshot, lang: Lang) -> Vec<Section> {
        let kind = object["kind"].as_str().unwrap();
        let name = object["metadata"]["name"].as_str().unwrap();
        let refer = ObjectRef::namespaced(kind, "shop", name);
        let observed = Observed::of(snapshot, &refer, &[], lang);
        sections(&refer, object, observed.verdict(), &observed)
    }

    /// The values of a row, in the section of this title and name.
    fn values(sections: &[Section], title: &str, name: Option<&str>, label: &str) -> Vec<Value> {
        let section = sections
            .iter()
            .find(|it| it.title == title && it.name.as_deref() == name);
        match &section.unwrap().content {
            Content::Rows(rows) => {
                let row = rows.iter().find(|row| !row.nested && row.label == label);
                row.unwrap().values.clone()
            }
            other => panic!("{other:?}"),
        }
    }

    fn quiet(words: &str) -> Value {
        Value::Quiet(words.to_owned())
    }

    fn text(words: &str) -> Value {
        Value::Text(words.to_owned())
    }

    #[test]
    fn the_phase_is_told_from_what_the_containers_do() {
        let sections = described(&pod(), &snapshot(&[pod()]), Lang::En);
        assert_eq!(
            values(&sections, "Pod", None, "Status"),
            [
                text("Running"),
                quiet("(the Pod’s phase; 1 of 2 containers are not)")
            ]
        );
        // What is being deleted does not show its phase.
        let mut leaving = pod();
        leaving["metadata"]["deletionTimestamp"] = json!("2026-01-01T11:59:59Z");
        let sections = described(&leaving, &snapshot(&[leaving.clone()]), Lang::En);
        assert_eq!(
            values(&sections, "Pod", None, "Status"),
            [text("Terminating")]
        );
    }

    #[test]
    fn keys_are_counted_wherever_an_environment_is_taken_from_them() {
        let settings = |kind: &str, data| {
            json!({
                "kind": kind, "apiVersion": "v1",
                "metadata": {"name": "settings", "namespace": "shop"}, "data": data,
            })
        };
        let deployment = json!({
            "kind": "Deployment", "apiVersion": "apps/v1",
            "metadata": {"name": "web", "namespace": "shop"},
            "spec": {"template": {"spec": pod()["spec"]}},
        });
        let snapshot = snapshot(&[
            settings("ConfigMap", json!({"a": "1", "b": "2"})),
            settings("Secret", json!({"c": null})),
        ]);
        let refer = |kind: &str| Value::Object(ObjectRef::namespaced(kind, "shop", "settings"));
        for (object, lang, two, one) in [
            (pod(), Lang::En, "2 keys", "1 key"),
            (deployment, Lang::Ja, "キー 2 個", "キー 1 個"),
        ] {
            let sections = described(&object, &snapshot, lang);
            assert_eq!(
                values(&sections, "Container", Some("app"), "Environment from"),
                [
                    refer("ConfigMap"),
                    quiet(two),
                    quiet("optional"),
                    refer("Secret"),
                    quiet(one)
                ]
            );
        }
    }

    #[test]
    fn containers_have_a_strip_and_the_meaning_of_their_exit_codes() {
        for (lang, means) in [
            (
                Lang::En,
                "SIGKILL, something killed it (the kernel for want of memory, or the kubelet)",
            ),
            (
                Lang::Ja,
                "SIGKILL、外部からの強制終了（メモリー不足によるカーネル、または kubelet）",
            ),
        ] {
            let sections = described(&pod(), &snapshot(&[pod()]), lang);
            let of = |name: &str, label: &str| values(&sections, "Container", Some(name), label);
            assert_eq!(of("app", "State"), [text("Waiting: CrashLoopBackOff")]);
            assert_eq!(
                of("app", "Last State"),
                [
                    text("Terminated,"),
                    Value::Strong("exit code 137".to_owned()),
                    quiet(means)
                ]
            );
            let strip = |name: &str| match of(name, "Restart Count").as_slice() {
                [Value::Text(_), Value::Strip(strip)] => strip.clone(),
                other => panic!("{other:?}"),
            };
            assert_eq!(strip("app").restarts, 2);
            let states: Vec<StripState> =
                strip("side").spans.iter().map(|span| span.state).collect();
            assert_eq!(
                states,
                [StripState::Absent, StripState::Unobserved, StripState::Ran]
            );
        }
    }
}
