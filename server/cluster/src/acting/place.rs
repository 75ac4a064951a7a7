//! Where a command is run that looks around in a Pod.

use podside_diagnosis::facts::{ContainerKind, Pod, State};

use super::exec::Ended;

/// The exit codes by which a shell, or what stands for one, says that there is no such program
/// or that it cannot be run (POSIX, "Exit Status for Commands").
const NO_PROGRAM: [i64; 2] = [126, 127];

/// Where a command is run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunPlace {
    /// In this container of the Pod, which runs.
    In(String),
    /// In a container that is added to the Pod, beside this one where one runs.
    Beside(Option<String>),
    /// In a Pod of Podside's own.
    OwnPod,
}

/// Where a command is run that looks around in a Pod: in one of its containers that run and
/// are not known to lack the program, else in one that is added, else, where any Pod does
/// (`anywhere`), in a Pod of Podside's own. `None` where there is no such place.
pub fn place(pod: Option<&Pod>, lacking: &[&str], anywhere: bool) -> Option<RunPlace> {
    let own = anywhere.then_some(RunPlace::OwnPod);
    let Some(pod) = pod else {
        return own;
    };
    let mut running: Vec<_> = pod
        .containers()
        .filter(|(container, status)| {
            let runs = status.is_some_and(|it| matches!(it.state, State::Running { .. }));
            // One that was added before is somebody's own.
            runs && container.kind != ContainerKind::Ephemeral
        })
        .map(|(container, _)| container)
        .collect();
    let default = pod.default_container();
    // The one that is meant first, then those of the application, then what stands beside it.
    running.sort_by_key(|container| {
        let is_meant = default.is_some_and(|default| *default == container.name);
        (!is_meant, container.kind != ContainerKind::Regular)
    });
    let running: Vec<&str> = running.iter().map(|it| &*it.name).collect();
    let has_it = running.iter().find(|name| !lacking.contains(name));
    if let Some(container) = has_it {
        return Some(RunPlace::In((*container).to_owned()));
    }
    let is_over = matches!(&*pod.phase, "Succeeded" | "Failed") || pod.meta.deleting.is_some();
    if pod.node.is_empty() || is_over {
        return own;
    }
    Some(RunPlace::Beside(
        running.first().map(|name| (*name).to_owned()),
    ))
}

/// Whether a command ended because its container has not the program.
pub fn has_no_program(ended: &Ended) -> bool {
    match ended {
        Ended::Exited(code) => NO_PROGRAM.contains(&i64::from(*code)),
        // The words of runc, crun and gVisor.
        Ended::NotStarted(said) => {
            let said = said.to_lowercase();
            [
                "executable file not found",
                "no such file or directory",
                "permission denied",
            ]
            .iter()
            .any(|words| said.contains(words))
        }
        Ended::TimedOut(_) | Ended::BrokeOff(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use podside_diagnosis::facts::{Fact, Kind, Sharing, from_object_of};
    use serde_json::{Value, json};

    use super::*;

    /// A Pod of these containers, `!` before the name of one that does not run.
    fn pod(containers: &[&str], change: impl FnOnce(&mut Value)) -> Arc<Pod> {
        let name = |it: &str| it.trim_start_matches('!').to_owned();
        let specs: Vec<Value> = containers
            .iter()
            .map(|it| json!({"name": name(it), "image": "busybox"}))
            .collect();
        let statuses: Vec<Value> = containers
            .iter()
            .map(|it| {
                let state = if it.starts_with('!') {
                    json!({"waiting": {"reason": "CrashLoopBackOff"}})
                } else {
                    json!({"running": {}})
                };
                json!({"name": name(it), "image": "busybox", "imageID": "", "ready": true,
                    "restartCount": 0, "state": state})
            })
            .collect();
        let mut object = json!({"apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": "web", "namespace": "shop", "uid": "u"},
            "spec": {"nodeName": "n", "containers": specs},
            "status": {"phase": "Running", "containerStatuses": statuses}});
        change(&mut object);
        match from_object_of(Kind::Pod, &object, &Sharing::default()) {
            Some(Fact::Pod(pod)) => pod,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_command_is_run_where_it_changes_least() {
        let inside = |name: &str| Some(RunPlace::In(name.to_owned()));
        let beside = |name: Option<&str>| Some(RunPlace::Beside(name.map(str::to_owned)));
        let same = |_: &mut Value| {};
        let two = || pod(&["web", "proxy"], same);
        let default = pod(&["proxy", "web"], |object| {
            object["metadata"]["annotations"] =
                json!({"kubectl.kubernetes.io/default-container": "web"});
        });
        let with_sidecar = pod(&["web"], |object| {
            object["spec"]["initContainers"] =
                json!([{"name": "a-sidecar", "image": "x", "restartPolicy": "Always"}]);
            object["status"]["initContainerStatuses"] = json!([{"name": "a-sidecar", "image": "x",
                "imageID": "", "ready": true, "restartCount": 0, "state": {"running": {}}}]);
        });
        let added = pod(&["!web"], |object| {
            object["spec"]["ephemeralContainers"] = json!([{"name": "debugger", "image": "x"}]);
            object["status"]["ephemeralContainerStatuses"] = json!([{"name": "debugger",
                "image": "x", "imageID": "", "ready": false, "restartCount": 0,
                "state": {"running": {}}}]);
        });
        let nowhere = pod(&["!web"], |object| object["spec"]["nodeName"] = Value::Null);
        let over = pod(&["!web"], |object| {
            object["status"]["phase"] = "Failed".into();
        });
        let going = pod(&["!web"], |object| {
            object["metadata"]["deletionTimestamp"] = "2026-11-20T10:00:00Z".into();
        });
        for (what, pod, lacking, expected) in [
            ("it runs", two(), &[] as &[&str], inside("web")),
            (
                "the first has not the program",
                two(),
                &["web"],
                inside("proxy"),
            ),
            ("none has it", two(), &["proxy", "web"], beside(Some("web"))),
            ("the one that is meant", default.clone(), &[], inside("web")),
            ("that one has it not", default, &["web"], inside("proxy")),
            (
                "a sidecar comes last",
                with_sidecar.clone(),
                &[],
                inside("web"),
            ),
            ("but it comes", with_sidecar, &["web"], inside("a-sidecar")),
            ("one that crashes", pod(&["!web"], same), &[], beside(None)),
            ("one was added by somebody", added, &[], beside(None)),
            ("no node has it", nowhere, &[], None),
            ("it has ended", over, &[], None),
            ("it is on its way out", going, &[], None),
        ] {
            assert_eq!(place(Some(&pod), lacking, false), expected, "{what}");
            let or_own = expected.or(Some(RunPlace::OwnPod));
            assert_eq!(place(Some(&pod), lacking, true), or_own, "{what}");
        }
        assert_eq!(place(None, &[], false), None);
        assert_eq!(place(None, &[], true), Some(RunPlace::OwnPod));
    }

    #[test]
    fn a_missing_program_is_told_from_one_that_fails() {
        let said = |said: &str| Ended::NotStarted(said.to_owned());
        for ended in [
            Ended::Exited(126),
            Ended::Exited(127),
            said("OCI runtime exec failed: exec: \"nslookup\": executable file not found in $PATH"),
            said("exec: \"/bin/nope\": stat /bin/nope: no such file or directory"),
        ] {
            assert!(has_no_program(&ended), "{ended:?}");
        }
        for ended in [
            Ended::Exited(0),
            Ended::Exited(1),
            said("container not running"),
            Ended::BrokeOff("executable file not found".to_owned()),
        ] {
            assert!(!has_no_program(&ended), "{ended:?}");
        }
    }
}
