use podside_diagnosis::facts::{Kind, group_of};
use podside_model::ObjectRef;
use serde::Deserialize;

use super::pods::{LONGEST_REASON, NOT_PLACED};
use crate::terminal;

/// The state of a container as far as its log depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContainerRun {
    /// The Pod is gone, or has no such container.
    Gone,
    /// It is there.
    There {
        /// How often it was started again.
        restarts: i32,
        /// The exit code of the run that ended last.
        exit_code: Option<i32>,
        /// Whether it runs.
        state: RunState,
    },
}

/// Whether a container runs, or will.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RunState {
    /// It is not started yet, or waits to be started again.
    Waiting,
    /// It runs.
    Running,
    /// It has terminated and will not be started again.
    Finished,
}

/// The parts of a Pod that logs need
/// (<https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/>).
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Pod {
    pub(crate) metadata: Metadata,
    spec: Spec,
    status: Status,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(crate) struct Metadata {
    pub(crate) name: String,
    namespace: String,
    uid: String,
    labels: std::collections::BTreeMap<String, String>,
    owner_references: Vec<Owner>,
    pub(crate) creation_timestamp: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Owner {
    #[serde(rename = "apiVersion")]
    api_version: String,
    kind: String,
    name: String,
    controller: bool,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Spec {
    containers: Vec<Container>,
    init_containers: Vec<Container>,
    ephemeral_containers: Vec<Container>,
    restart_policy: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Container {
    name: String,
    restart_policy: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Status {
    phase: String,
    container_statuses: Vec<ContainerStatus>,
    init_container_statuses: Vec<ContainerStatus>,
    ephemeral_container_statuses: Vec<ContainerStatus>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ContainerStatus {
    name: String,
    restart_count: i32,
    state: State,
    last_state: State,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct State {
    waiting: Option<Waiting>,
    running: Option<serde_json::Value>,
    terminated: Option<Terminated>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Waiting {
    reason: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Terminated {
    exit_code: i32,
}

impl Pod {
    /// The names of its containers: those that do the work first, as one looks for
    /// them first.
    pub(crate) fn containers(&self) -> impl Iterator<Item = &str> {
        let Spec {
            containers,
            init_containers,
            ephemeral_containers,
            ..
        } = &self.spec;
        containers
            .iter()
            .chain(init_containers)
            .chain(ephemeral_containers)
            .map(|c| c.name.as_str())
    }

    /// How often a container was started again.
    pub(crate) fn restart_count(&self, container: &str) -> i32 {
        match self.run(container) {
            ContainerRun::There { restarts, .. } => restarts,
            ContainerRun::Gone => 0,
        }
    }

    /// Why a container waits, if it does.
    pub(crate) fn waits(&self, container: &str) -> Option<String> {
        let Some(status) = self.status_of(container) else {
            return (self.status.phase == NOT_PLACED).then(|| NOT_PLACED.to_owned());
        };
        let waiting = status.state.waiting.as_ref()?;
        Some(terminal::quoted(&waiting.reason, LONGEST_REASON)).filter(|it| !it.is_empty())
    }

    fn status_of(&self, container: &str) -> Option<&ContainerStatus> {
        let Status {
            container_statuses,
            init_container_statuses,
            ephemeral_container_statuses,
            ..
        } = &self.status;
        container_statuses
            .iter()
            .chain(init_container_statuses)
            .chain(ephemeral_container_statuses)
            .find(|status| status.name == container)
    }

    /// Tells the Pod from one of the same name that came before.
    pub(crate) fn uid(&self) -> &str {
        &self.metadata.uid
    }

    /// The object at the top that owns it: a ReplicaSet's name without the hash is its
    /// Deployment's.
    pub(crate) fn owner(&self) -> Option<ObjectRef> {
        let owner = self
            .metadata
            .owner_references
            .iter()
            .find(|o| o.controller)?;
        let hash = self.metadata.labels.get("pod-template-hash");
        let owner = ObjectRef::namespaced(&owner.kind, &self.metadata.namespace, &owner.name)
            .in_group(group_of(&owner.api_version, &owner.kind));
        Some(deployment_of(&owner, hash.map(String::as_str)).unwrap_or(owner))
    }

    /// The state of one of its containers.
    pub(crate) fn run(&self, container: &str) -> ContainerRun {
        if !self.containers().any(|c| c == container) {
            return ContainerRun::Gone;
        }
        let pod_is_over = matches!(self.status.phase.as_str(), "Succeeded" | "Failed");
        let status = self.status_of(container);
        let not_running = |over| {
            if over {
                RunState::Finished
            } else {
                RunState::Waiting
            }
        };
        let Some(status) = status else {
            return ContainerRun::There {
                restarts: 0,
                exit_code: None,
                state: not_running(pod_is_over),
            };
        };
        let exit_code = |state: &State| state.terminated.as_ref().map(|t| t.exit_code);
        let ended = exit_code(&status.state);
        let state = if status.state.running.is_some() {
            RunState::Running
        } else {
            let stays_so = ended.is_some_and(|code| !self.restarts(container, code));
            not_running(pod_is_over || stays_so)
        };
        ContainerRun::There {
            restarts: status.restart_count,
            exit_code: ended.or(exit_code(&status.last_state)),
            state,
        }
    }

    /// Whether the kubelet starts a container again that exited so
    /// (<https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy>).
    fn restarts(&self, container: &str, exit_code: i32) -> bool {
        let Spec {
            init_containers,
            ephemeral_containers,
            restart_policy,
            ..
        } = &self.spec;
        if ephemeral_containers.iter().any(|c| c.name == container) {
            return false;
        }
        if let Some(init) = init_containers.iter().find(|c| c.name == container) {
            // A sidecar is an init container that always restarts.
            return init.restart_policy == "Always"
                || (exit_code != 0 && restart_policy != "Never");
        }
        match restart_policy.as_str() {
            "Never" => false,
            "OnFailure" => exit_code != 0,
            _ => true,
        }
    }
}

/// The Deployment of a ReplicaSet whose Pods carry a hash of their template.
pub(super) fn deployment_of(owner: &ObjectRef, hash: Option<&str>) -> Option<ObjectRef> {
    let name = owner.name.strip_suffix(hash?)?.strip_suffix('-')?;
    Kind::ReplicaSet.is(owner).then(|| ObjectRef {
        kind: Kind::Deployment.name().to_owned(),
        name: name.to_owned(),
        ..owner.clone()
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn pod(policy: &str, phase: &str, status: &Value) -> Pod {
        serde_json::from_value(json!({
            "metadata": {"name": "web-5d9f-abcde", "namespace": "shop", "labels": {"pod-template-hash": "5d9f"},
                "ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web-5d9f", "controller": true}]},
            "spec": {"restartPolicy": policy, "containers": [{"name": "app"}],
                "initContainers": [{"name": "setup"}, {"name": "proxy", "restartPolicy": "Always"}]},
            "status": {"phase": phase, "containerStatuses": [status]},
        }))
        .unwrap()
    }

    fn there(restarts: i32, exit_code: Option<i32>, state: RunState) -> ContainerRun {
        ContainerRun::There {
            restarts,
            exit_code,
            state,
        }
    }

    #[test]
    fn a_container_that_will_be_started_again_is_waited_for() {
        let failed =
            json!({"name": "app", "restartCount": 2, "state": {"terminated": {"exitCode": 1}}});
        let run = |policy| pod(policy, "Running", &failed).run("app");
        assert_eq!(run("Always"), there(2, Some(1), RunState::Waiting));
        assert_eq!(run("OnFailure"), there(2, Some(1), RunState::Waiting));
        assert_eq!(run("Never"), there(2, Some(1), RunState::Finished));
    }

    #[test]
    fn a_container_that_runs_says_how_the_run_before_ended() {
        let status = json!({"name": "app", "restartCount": 3, "state": {"running": {}},
            "lastState": {"terminated": {"exitCode": 137}}});
        let pod = pod("Always", "Running", &status);
        assert_eq!(pod.run("app"), there(3, Some(137), RunState::Running));
        assert_eq!(pod.run("other"), ContainerRun::Gone);
        assert_eq!(pod.run("setup"), there(0, None, RunState::Waiting));
        assert_eq!(
            pod.owner(),
            Some(ObjectRef::namespaced("Deployment", "shop", "web"))
        );
        assert_eq!(
            pod.containers().collect::<Vec<_>>(),
            ["app", "setup", "proxy"]
        );
    }

    #[test]
    fn a_container_that_waits_says_why() {
        let waiting = json!({"name": "app", "state": {"waiting": {"reason": "ImagePullBackOff"}}});
        let pulling = pod("Always", "Pending", &waiting);
        assert_eq!(pulling.waits("app").as_deref(), Some("ImagePullBackOff"));
        assert_eq!(pulling.waits("setup").as_deref(), Some("Pending"));
        let running = json!({"name": "app", "state": {"running": {}}});
        assert_eq!(pod("Always", "Running", &running).waits("app"), None);
    }

    #[test]
    fn init_containers_end_and_sidecars_do_not() {
        let done = |name: &str| {
            let mut pod = pod("Always", "Running", &json!({}));
            let status = json!({"name": name, "state": {"terminated": {"exitCode": 0}}});
            pod.status.init_container_statuses = vec![serde_json::from_value(status).unwrap()];
            pod.run(name)
        };
        assert_eq!(done("setup"), there(0, Some(0), RunState::Finished));
        assert_eq!(done("proxy"), there(0, Some(0), RunState::Waiting));
    }
}
