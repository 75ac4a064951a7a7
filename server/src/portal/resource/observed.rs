//! What the facts tell of a Pod and its containers beside what `kubectl describe` prints: how
//! they fared over time, what their exit codes mean, how many keys their environment is
//! taken from.

use podside_cluster::Sight;
use podside_diagnosis::facts::{ContainerStatus, Pod, State, StatusList};
use podside_diagnosis::observations::{strip_of_container, strips_from};
use podside_diagnosis::rules::exit_meaning;
use podside_diagnosis::snapshot::Snapshot;
use podside_diagnosis::texts::resolve;
use podside_model::view::{Content, Row, Section, Value};
use podside_model::{Lang, ObjectRef, Problem, Severity};

/// The rows of this label in all sections.
fn rows<'a>(sections: &'a mut [Section], label: &'a str) -> impl Iterator<Item = &'a mut Row> {
    sections
        .iter_mut()
        .filter_map(|section| match &mut section.content {
            Content::Rows(rows) => Some(rows),
            _ => None,
        })
        .flatten()
        .filter(move |row| !row.nested && row.label == label)
}

/// Adds it to an object's sections.
pub(super) fn add(
    sections: &mut [Section],
    sight: &Sight,
    object: &ObjectRef,
    problems: &[Problem<String>],
    lang: Lang,
) {
    let namespace = object.namespace.as_deref().unwrap_or_default();
    let snapshot = &sight.snapshot;
    for row in rows(sections, "Environment from") {
        count_keys(&mut row.values, snapshot, lang);
    }
    if !object.is("Pod") {
        return;
    }
    if let Some(pod) = snapshot.pods.get(namespace, &object.name) {
        of_pod(sections, snapshot, pod, problems, lang);
    }
}

fn of_pod(
    sections: &mut [Section],
    snapshot: &Snapshot,
    pod: &Pod,
    problems: &[Problem<String>],
    lang: Lang,
) {
    if let Some(status) = rows(sections, "Status").next() {
        status.values.extend(only_the_phase(pod, lang));
    }
    let from = strips_from(snapshot.observed_at(), pod.meta.created);
    for status in &pod.statuses {
        // Names are unique among all containers of a Pod.
        let section = sections.iter_mut().find(|section| {
            section.name.as_deref() == Some(&*status.name) && section.title.ends_with("Container")
        });
        let Some(Content::Rows(rows)) = section.map(|section| &mut section.content) else {
            continue;
        };
        let problem = (!status.ready).then(|| broken(status, problems)).flatten();
        for row in rows.iter_mut().filter(|row| !row.nested) {
            let more = match row.label.as_str() {
                "State" => meaning(&status.state, lang),
                "Last State" => meaning(&status.last, lang),
                "Restart Count" => Some(Value::Strip(strip_of_container(
                    snapshot,
                    pod,
                    &status.name,
                    problem,
                    from,
                ))),
                _ => None,
            };
            row.values.extend(more);
        }
    }
}

/// A Pod is Running as long as one of its containers is, or is to be started again.
fn only_the_phase(pod: &Pod, lang: Lang) -> Option<Value> {
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
    Some(Value::Quiet(match (lang, of.count()) {
        (Lang::En, 1) => "(the Pod’s phase; its container is not)".to_owned(),
        (Lang::En, of) => format!("(the Pod’s phase; {stopped} of {of} containers are not)"),
        (Lang::Ja, 1) => "（Pod のフェーズ。コンテナは動いていない）".to_owned(),
        (Lang::Ja, of) => {
            format!("（Pod のフェーズ。{of} 個中 {stopped} 個のコンテナは動いていない）")
        }
    }))
}

/// Adds to each ConfigMap and Secret how many keys it has, where that is known.
fn count_keys(values: &mut Vec<Value>, snapshot: &Snapshot, lang: Lang) {
    let told: Vec<Value> = std::mem::take(values)
        .into_iter()
        .flat_map(|value| {
            let keys = match &value {
                Value::Object(object) => keys_of(object, snapshot),
                _ => None,
            };
            let keys = keys.map(|keys| {
                Value::Quiet(match lang {
                    Lang::En if keys == 1 => "1 key".to_owned(),
                    Lang::En => format!("{keys} keys"),
                    Lang::Ja => format!("キー {keys} 個"),
                })
            });
            [Some(value), keys].into_iter().flatten()
        })
        .collect();
    *values = told;
}

fn keys_of(object: &ObjectRef, snapshot: &Snapshot) -> Option<usize> {
    let namespace = object.namespace.as_deref().unwrap_or_default();
    match object.kind.as_str() {
        "ConfigMap" => Some(
            snapshot
                .config_maps
                .get(namespace, &object.name)?
                .keys
                .len(),
        ),
        "Secret" => {
            let secret = snapshot.secrets.get(namespace, &object.name)?;
            Some(secret.keys.as_ref().ok()?.len())
        }
        _ => None,
    }
}

/// Since when a container that is not ready is broken, and how badly: as the worst problem
/// says that means it, or all containers.
fn broken(
    status: &ContainerStatus,
    problems: &[Problem<String>],
) -> Option<(jiff::Timestamp, Severity)> {
    let problem = problems
        .iter()
        .filter(|problem| problem.severity != Severity::Info)
        .find(|problem| {
            let container = problem.subject.container.as_deref();
            container.is_none_or(|name| name == &*status.name)
        })?;
    Some((problem.since?, problem.severity))
}

/// What an exit code other than zero means.
fn meaning(state: &State, lang: Lang) -> Option<Value> {
    let State::Terminated(end) = state else {
        return None;
    };
    if end.exit_code == 0 {
        return None;
    }
    let text = resolve(&exit_meaning(end.exit_code), lang);
    // The code itself stands before the colon, and on the page already.
    let meaning = text.split_once(": ").map_or(&*text, |(_, meaning)| meaning);
    Some(Value::Quiet(meaning.to_owned()))
}

#[cfg(test)]
mod tests {
    use podside_diagnosis::facts::{Sharing, from_object};
    use podside_model::StripState;
    use serde_json::json;

    use super::*;

    fn snapshot() -> Snapshot {
        let mut snapshot = Snapshot::new("2026-01-01T12:00:00Z".parse().unwrap());
        let pod = json!({
            "kind": "Pod", "apiVersion": "v1",
            "metadata": {"name": "web", "namespace": "shop", "creationTimestamp": "2026-01-01T11:59:00Z"},
            "spec": {"containers": [{"name": "app"}, {"name": "side"}]},
            "status": {"phase": "Running", "containerStatuses": [
                {"name": "app", "restartCount": 2, "ready": false,
                 "state": {"waiting": {"reason": "CrashLoopBackOff"}},
                 "lastState": {"terminated": {"exitCode": 137, "finishedAt": "2026-01-01T11:59:30Z"}}},
                {"name": "side", "restartCount": 0, "ready": true,
                 "state": {"running": {"startedAt": "2026-01-01T11:59:10Z"}}},
            ]},
        });
        snapshot.insert(from_object(&pod, &Sharing::default()).unwrap());
        snapshot
    }

    fn section(name: &str) -> Section {
        let row = |label: &str| Row {
            label: label.to_owned(),
            nested: false,
            values: Vec::new(),
        };
        Section {
            title: "Container".to_owned(),
            name: Some(name.to_owned()),
            content: Content::Rows(vec![row("State"), row("Last State"), row("Restart Count")]),
        }
    }

    #[test]
    fn the_phase_is_told_from_what_the_containers_do_and_keys_are_counted() {
        let mut snapshot = snapshot();
        for (kind, data) in [
            ("ConfigMap", json!({"a": "1", "b": "2"})),
            ("Secret", json!({"c": null})),
        ] {
            let object = json!({
                "kind": kind, "apiVersion": "v1",
                "metadata": {"name": "settings", "namespace": "shop"}, "data": data,
            });
            snapshot.insert(from_object(&object, &Sharing::default()).unwrap());
        }
        let refer = |kind: &str| Value::Object(ObjectRef::namespaced(kind, "shop", "settings"));
        let rows = |label: &str, values| {
            Content::Rows(vec![Row {
                label: label.to_owned(),
                nested: false,
                values,
            }])
        };
        let mut sections = [
            Section {
                title: "Pod".to_owned(),
                name: None,
                content: rows("Status", vec![Value::Text("Running".to_owned())]),
            },
            Section {
                content: rows(
                    "Environment from",
                    vec![refer("ConfigMap"), refer("Secret")],
                ),
                ..section("app")
            },
        ];
        let pod = snapshot.pods.get("shop", "web").unwrap();
        of_pod(&mut sections, &snapshot, pod, &[], Lang::En);
        for row in super::rows(&mut sections, "Environment from") {
            count_keys(&mut row.values, &snapshot, Lang::En);
        }
        let quiet = |words: &str| Value::Quiet(words.to_owned());
        let [pod, app] = sections;
        assert_eq!(
            pod.content,
            rows(
                "Status",
                vec![
                    Value::Text("Running".to_owned()),
                    quiet("(the Pod’s phase; 1 of 2 containers are not)")
                ]
            )
        );
        assert_eq!(
            app.content,
            rows(
                "Environment from",
                vec![
                    refer("ConfigMap"),
                    quiet("2 keys"),
                    refer("Secret"),
                    quiet("1 key")
                ]
            )
        );
    }

    #[test]
    fn containers_have_a_strip_and_the_meaning_of_their_exit_codes() {
        let snapshot = snapshot();
        let pod = snapshot.pods.get("shop", "web").unwrap();
        let mut sections = [section("side"), section("app")];
        of_pod(&mut sections, &snapshot, pod, &[], Lang::En);
        let values = |section: &Section, row: usize| match &section.content {
            Content::Rows(rows) => rows.get(row).unwrap().values.clone(),
            other => panic!("{other:?}"),
        };
        let [side, app] = sections;
        assert!(values(&app, 0).is_empty());
        assert!(
            matches!(values(&app, 1).as_slice(), [Value::Quiet(text)] if text.contains("killed")),
            "{:?}",
            values(&app, 1)
        );
        let strip = |section| match values(section, 2).as_slice() {
            [Value::Strip(strip)] => strip.clone(),
            other => panic!("{other:?}"),
        };
        let (app_strip, side_strip) = (strip(&app), strip(&side));
        assert_eq!(app_strip.restarts, 2);
        let states: Vec<StripState> = side_strip.spans.iter().map(|span| span.state).collect();
        assert_eq!(
            states,
            [StripState::Absent, StripState::Unobserved, StripState::Ran]
        );
    }
}
