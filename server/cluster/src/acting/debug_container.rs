//! A container that is added to a Pod that runs, to look at it from within
//! (<https://kubernetes.io/docs/concepts/workloads/pods/ephemeral-containers/>).

use http::Method;
use podside_diagnosis::facts::ContainerKind;
use podside_diagnosis::kubectl;
use serde_json::{Value, json};

use super::needs::to_pod;
use super::not_done::NotDone;
use super::seen::PodId;
use crate::access::Need;
use crate::connection::Connection;
use crate::error::Error;

/// How objects are merged as kubectl does it
/// (<https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/>).
pub(super) const STRATEGIC_MERGE: &str = "application/strategic-merge-patch+json";

/// What a container that is added may do, as kubectl's profiles of that name
/// (<https://kubernetes.io/docs/tasks/debug/debug-application/debug-running-pod/#debugging-profiles>).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Profile {
    /// It may look into the processes of others (`SYS_PTRACE`).
    #[default]
    General,
    /// What the Pod Security Standard of that name allows.
    Baseline,
    /// What the Pod Security Standard of that name allows: its image must name a user that
    /// is not root.
    Restricted,
    /// It may change the Pod's network (`NET_ADMIN`, `NET_RAW`).
    Netadmin,
    /// It may do everything on the node.
    Sysadmin,
}

impl Profile {
    /// As kubectl calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::General => "general",
            Self::Baseline => "baseline",
            Self::Restricted => "restricted",
            Self::Netadmin => "netadmin",
            Self::Sysadmin => "sysadmin",
        }
    }

    fn security_context(self) -> Option<Value> {
        match self {
            Self::General => Some(json!({"capabilities": {"add": ["SYS_PTRACE"]}})),
            Self::Baseline => None,
            Self::Restricted => Some(json!({
                "runAsNonRoot": true,
                "allowPrivilegeEscalation": false,
                "capabilities": {"drop": ["ALL"]},
                "seccompProfile": {"type": "RuntimeDefault"},
            })),
            Self::Netadmin => Some(json!({"capabilities": {"add": ["NET_ADMIN", "NET_RAW"]}})),
            Self::Sysadmin => Some(json!({"privileged": true})),
        }
    }
}

/// A container to be added to a Pod. It cannot be taken away again: it stays, ended, until
/// the Pod goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DebugContainer {
    /// The Pod.
    pub pod: PodId,
    /// What the container is called; unlike any other of the Pod.
    pub name: String,
    /// Its image.
    pub image: String,
    /// The container whose processes it sees, where the runtime can do that.
    pub target: Option<String>,
    /// What it runs; what its image runs where it is empty.
    pub command: Vec<String>,
    /// What it may do.
    pub profile: Profile,
}

impl DebugContainer {
    /// The container as it is added, with precisely what `kubectl debug` says.
    pub fn object(&self) -> Value {
        let mut object = json!({
            "name": self.name,
            "image": self.image,
            "resources": {},
            "terminationMessagePolicy": "File",
        });
        let mut add = |field: &str, value: Value| {
            if let Some(object) = object.as_object_mut() {
                object.insert(field.to_owned(), value);
            }
        };
        if !self.command.is_empty() {
            add("command", json!(self.command));
        }
        if let Some(target) = &self.target {
            add("targetContainerName", json!(target));
        }
        if let Some(context) = self.profile.security_context() {
            add("securityContext", context);
        }
        object
    }

    /// The same with kubectl.
    pub fn kubectl(&self) -> String {
        kubectl::debug(&kubectl::Debug {
            namespace: &self.pod.namespace,
            pod: &self.pod.name,
            container: &self.name,
            image: &self.image,
            target: self.target.as_deref(),
            profile: self.profile.name(),
            command: &self.command,
        })
    }

    /// The rights that it needs: to add it, and to see what becomes of it.
    pub fn needs(&self) -> Vec<Need> {
        let (namespace, name) = (&self.pod.namespace, Some(self.pod.name.as_str()));
        vec![
            to_pod("get", "pods", namespace, name),
            to_pod("patch", "pods/ephemeralcontainers", namespace, name),
        ]
    }

    /// What is sent: with the containers that were added before, as kubectl has them in its
    /// patch to keep their order.
    fn patch(&self, before: &[String]) -> Value {
        let order: Vec<Value> = before
            .iter()
            .chain([&self.name])
            .map(|name| json!({"name": name}))
            .collect();
        json!({"spec": {
            "$setElementOrder/ephemeralContainers": order,
            "ephemeralContainers": [self.object()],
        }})
    }
}

impl Connection {
    /// Adds a container to a Pod. Whether it starts is told by
    /// [`await_container`](Self::await_container).
    ///
    /// # Errors
    /// When the Pod is gone or another one ([`NotDone::Gone`]), has a container of that name
    /// ([`NotDone::Conflict`]), or the API server does not add it.
    pub async fn add_container(&self, container: &DebugContainer) -> Result<(), NotDone> {
        let pod = self.pod(&container.pod).await?;
        let mut names = pod.containers().map(|(container, _)| &*container.name);
        if names.any(|name| name == container.name) {
            return Err(NotDone::Conflict {
                what: container.kubectl(),
                message: format!(
                    "the Pod has a container {:?} already; choose another name",
                    container.name
                ),
            });
        }
        let before: Vec<String> = pod
            .containers()
            .filter(|(container, _)| container.kind == ContainerKind::Ephemeral)
            .map(|(container, _)| container.name.to_string())
            .collect();
        let path = format!("{}/ephemeralcontainers", container.pod.path()?);
        let body = container.patch(&before).to_string().into_bytes();
        let method = Method::PATCH;
        match self.change(&method, &path, STRATEGIC_MERGE, body).await {
            Ok(_) => Ok(()),
            // The Pod was there a moment ago: then it is this part of it that is not.
            Err(Error::NotFound { what, message }) => match self.pod(&container.pod).await {
                Ok(_) => Err(NotDone::NotSupported { what, message }),
                Err(error) => Err(error),
            },
            Err(error) => Err(self.not_done(error)),
        }
    }
}
