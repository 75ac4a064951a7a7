use std::collections::BTreeMap;

use super::env::{EnvFrom, EnvVar, env, env_from};
use super::fields::Fields;
use super::port::PortRef;
use super::probe::{Handler, Probe};
use super::quantity::Quantity;
use super::sharing::Str;

/// A container as its Pod's `spec` describes it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Container {
    /// What part it plays in the Pod.
    pub kind: ContainerKind,
    /// Its index in the list that holds it.
    pub index: usize,
    /// `name`.
    pub name: Str,
    /// `image`; empty when absent.
    pub image: Str,
    /// `imagePullPolicy`; empty when absent.
    pub pull_policy: Str,
    /// `command`.
    pub command: Box<[Str]>,
    /// `args`.
    pub args: Box<[Str]>,
    /// `workingDir`; empty when absent.
    pub working_dir: Str,
    /// `ports`.
    pub ports: Box<[ContainerPort]>,
    /// `env`.
    pub env: Box<[EnvVar]>,
    /// `envFrom`.
    pub env_from: Box<[EnvFrom]>,
    /// `resources.requests`, by resource name.
    pub requests: BTreeMap<Str, Quantity>,
    /// `resources.limits`, by resource name.
    pub limits: BTreeMap<Str, Quantity>,
    /// `volumeMounts`, without the mount of the ServiceAccount token.
    pub mounts: Box<[Mount]>,
    /// `livenessProbe`.
    pub liveness: Option<Box<Probe>>,
    /// `readinessProbe`.
    pub readiness: Option<Box<Probe>>,
    /// `startupProbe`.
    pub startup: Option<Box<Probe>>,
    /// `lifecycle.postStart`.
    pub post_start: Option<Box<Handler>>,
    /// `lifecycle.preStop`.
    pub pre_stop: Option<Box<Handler>>,
    /// `securityContext`.
    pub security: Security,
    /// `terminationMessagePath`; empty when absent.
    pub termination_message_path: Str,
    /// `tty` and `stdin`.
    pub stdin: bool,
    /// `tty`.
    pub tty: bool,
}

/// What part a container plays in its Pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ContainerKind {
    /// An init container that must end before the next one starts.
    Init,
    /// An init container with `restartPolicy: Always`, which runs beside the others.
    Sidecar,
    /// One of `spec.containers`.
    Regular,
    /// One of `spec.ephemeralContainers`, added by `kubectl debug`.
    Ephemeral,
}

impl ContainerKind {
    /// The list in `spec` that holds containers of this kind.
    pub const fn spec_list(self) -> &'static str {
        match self {
            Self::Init | Self::Sidecar => "initContainers",
            Self::Regular => "containers",
            Self::Ephemeral => "ephemeralContainers",
        }
    }

    /// The list in `status` that holds containers of this kind.
    pub const fn status_list(self) -> &'static str {
        match self {
            Self::Init | Self::Sidecar => "initContainerStatuses",
            Self::Regular => "containerStatuses",
            Self::Ephemeral => "ephemeralContainerStatuses",
        }
    }
}

/// One of a container's `ports`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ContainerPort {
    /// `name`; empty when it has none.
    pub name: Str,
    /// `containerPort`.
    pub number: i64,
    /// `protocol`; `TCP` when absent.
    pub protocol: Str,
    /// `hostPort`.
    pub host_port: Option<i64>,
    /// `hostIP`; empty when absent.
    pub host_ip: Str,
}

/// One of a container's `volumeMounts`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Mount {
    /// Its index in the object.
    pub index: usize,
    /// `name`: the volume.
    pub volume: Str,
    /// `mountPath`.
    pub path: Str,
    /// `subPath` or `subPathExpr`; empty when absent.
    pub sub_path: Str,
    /// `readOnly`.
    pub read_only: bool,
}

/// `securityContext` of a container.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Security {
    /// `runAsUser`.
    pub run_as_user: Option<i64>,
    /// `runAsGroup`.
    pub run_as_group: Option<i64>,
    /// `runAsNonRoot`.
    pub run_as_non_root: Option<bool>,
    /// `readOnlyRootFilesystem`.
    pub read_only_root: bool,
    /// `privileged`.
    pub privileged: bool,
    /// `allowPrivilegeEscalation`.
    pub allow_privilege_escalation: Option<bool>,
    /// `capabilities.add`.
    pub added_capabilities: Box<[Str]>,
    /// `capabilities.drop`.
    pub dropped_capabilities: Box<[Str]>,
}

impl Container {
    /// JSON Pointer of this container in a Pod.
    pub fn path(&self) -> String {
        format!("/spec/{}/{}", self.kind.spec_list(), self.index)
    }

    /// The patch of a Pod's `spec` that sets fields of this container alone, and leaves the
    /// others.
    pub fn patched(&self, fields: &serde_json::Value) -> serde_json::Value {
        let mut container = serde_json::json!({"name": &*self.name});
        if let (Some(all), Some(fields)) = (container.as_object_mut(), fields.as_object()) {
            all.extend(fields.clone());
        }
        serde_json::json!({self.kind.spec_list(): [container]})
    }

    /// The declared port that a probe or a Service means by `port`.
    pub fn port(&self, port: &PortRef) -> Option<&ContainerPort> {
        self.ports.iter().find(|p| match port {
            PortRef::Number(number) => p.number == *number,
            PortRef::Name(name) => p.name == *name,
        })
    }

    /// The probes that are set, by the name of their field.
    pub fn probes(&self) -> impl Iterator<Item = (&'static str, &Probe)> {
        [
            ("startupProbe", &self.startup),
            ("livenessProbe", &self.liveness),
            ("readinessProbe", &self.readiness),
        ]
        .into_iter()
        .filter_map(|(name, probe)| Some((name, &**probe.as_ref()?)))
    }

    fn read(kind: ContainerKind, index: usize, container: Fields<'_>) -> Self {
        let resources = container.at("resources");
        let lifecycle = container.at("lifecycle");
        let probe = |key| Probe::read(container.at(key)).map(Box::new);
        let handler = |key| Handler::read(lifecycle.at(key)).map(Box::new);
        Self {
            kind,
            index,
            name: container.name("name"),
            image: container.name("image"),
            pull_policy: container.name("imagePullPolicy"),
            command: container.strs("command").into(),
            args: container.strs("args").into(),
            working_dir: container.name("workingDir"),
            ports: container
                .list("ports")
                .filter_map(|(_, p)| port(p))
                .collect(),
            env: env(container),
            env_from: env_from(container),
            requests: resources.quantities("requests"),
            limits: resources.quantities("limits"),
            mounts: container.list("volumeMounts").filter_map(mount).collect(),
            liveness: probe("livenessProbe"),
            readiness: probe("readinessProbe"),
            startup: probe("startupProbe"),
            post_start: handler("postStart"),
            pre_stop: handler("preStop"),
            security: security(container.at("securityContext")),
            termination_message_path: container.name("terminationMessagePath"),
            stdin: container.is("stdin"),
            tty: container.is("tty"),
        }
    }
}

/// The containers of a Pod's `spec`, of every kind.
pub(crate) fn containers(spec: Fields<'_>) -> Box<[Container]> {
    let init = spec.list("initContainers").map(|(i, c)| {
        let kind = match c.raw("restartPolicy") {
            Some("Always") => ContainerKind::Sidecar,
            _ => ContainerKind::Init,
        };
        Container::read(kind, i, c)
    });
    let regular = spec
        .list("containers")
        .map(|(i, c)| Container::read(ContainerKind::Regular, i, c));
    let ephemeral = spec
        .list("ephemeralContainers")
        .map(|(i, c)| Container::read(ContainerKind::Ephemeral, i, c));
    init.chain(regular).chain(ephemeral).collect()
}

fn port(port: Fields<'_>) -> Option<ContainerPort> {
    Some(ContainerPort {
        name: port.name("name"),
        number: port.int("containerPort")?,
        protocol: port
            .filled("protocol")
            .unwrap_or_else(|| port.sharing().str("TCP")),
        host_port: port.int("hostPort").filter(|p| *p != 0),
        host_ip: port.name("hostIP"),
    })
}

/// Where the ServiceAccount token is mounted. Its volume has a random name and is
/// the same everywhere else, so neither it nor its mount is kept.
const TOKEN_PATH: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

fn mount((index, mount): (usize, Fields<'_>)) -> Option<Mount> {
    let path = mount.name("mountPath");
    (&*path != TOKEN_PATH).then(|| Mount {
        index,
        volume: mount.name("name"),
        path,
        sub_path: mount
            .filled("subPath")
            .unwrap_or_else(|| mount.name("subPathExpr")),
        read_only: mount.is("readOnly"),
    })
}

fn security(security: Fields<'_>) -> Security {
    let capabilities = security.at("capabilities");
    Security {
        run_as_user: security.int("runAsUser"),
        run_as_group: security.int("runAsGroup"),
        run_as_non_root: security.flag("runAsNonRoot"),
        read_only_root: security.is("readOnlyRootFilesystem"),
        privileged: security.is("privileged"),
        allow_privilege_escalation: security.flag("allowPrivilegeEscalation"),
        added_capabilities: capabilities.strs("add").into(),
        dropped_capabilities: capabilities.strs("drop").into(),
    }
}
