use std::sync::Arc;

use jiff::Timestamp;

use super::condition::{self, Condition};
use super::container::{Container, ContainerKind};
use super::fields::Fields;
use super::meta::Meta;
use super::pod_spec::PodSpec;
use super::sharing::Str;

/// The annotation with the container that is meant where none is named.
const DEFAULT_CONTAINER: &str = "kubectl.kubernetes.io/default-container";

/// A Pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pod {
    /// `metadata`.
    pub meta: Meta,
    /// `spec`, shared by the Pods of one template.
    pub spec: Arc<PodSpec>,
    /// `spec.nodeName`; empty while unscheduled.
    pub node: Str,
    /// `status.nominatedNodeName`; empty when absent.
    pub nominated_node: Str,
    /// `status.phase`; empty when absent.
    pub phase: Str,
    /// `status.reason`, such as `Evicted`; empty when absent.
    pub reason: Str,
    /// `status.message`.
    pub message: Option<Str>,
    /// `status.podIP`; empty when absent.
    pub ip: Str,
    /// `status.qosClass`; empty when absent.
    pub qos: Str,
    /// `status.startTime`: when the kubelet took the Pod up.
    pub started: Option<Timestamp>,
    /// `status.conditions`.
    pub conditions: Box<[Condition]>,
    /// The states of the containers, of every kind.
    pub statuses: Box<[ContainerStatus]>,
}

/// The state of one container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContainerStatus {
    /// The list that it stands in.
    pub list: StatusList,
    /// Its index in that list.
    pub index: usize,
    /// The container's name.
    pub name: Str,
    /// `ready`.
    pub ready: bool,
    /// `started`.
    pub started: Option<bool>,
    /// `restartCount`.
    pub restarts: u32,
    /// `state`.
    pub state: State,
    /// `lastState`.
    pub last: State,
}

/// Which list of `status` a container's state stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StatusList {
    /// `initContainerStatuses`.
    Init,
    /// `containerStatuses`.
    Regular,
    /// `ephemeralContainerStatuses`.
    Ephemeral,
}

/// `state` or `lastState` of a container.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// No state is given.
    #[default]
    Absent,
    /// `waiting`.
    Waiting {
        /// `reason`; empty when absent.
        reason: Str,
        /// `message`.
        message: Option<Str>,
    },
    /// `running`.
    Running {
        /// `startedAt`.
        since: Option<Timestamp>,
    },
    /// `terminated`.
    Terminated(Box<Terminated>),
}

/// How a container ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terminated {
    /// `exitCode`.
    pub exit_code: i64,
    /// `signal`, when the runtime gives it.
    pub signal: Option<i64>,
    /// `reason`, such as `Error`, `OOMKilled`, `Completed`; empty when absent.
    pub reason: Str,
    /// `message`: what the container left in its termination message file.
    pub message: Option<Str>,
    /// `startedAt`.
    pub started: Option<Timestamp>,
    /// `finishedAt`.
    pub finished: Option<Timestamp>,
}

impl Pod {
    pub(crate) fn read(object: Fields<'_>) -> Self {
        let (spec, status) = (object.at("spec"), object.at("status"));
        Self {
            meta: Meta::read(object, false),
            spec: object.sharing().spec(PodSpec::read(spec)),
            node: spec.name("nodeName"),
            nominated_node: status.name("nominatedNodeName"),
            phase: status.name("phase"),
            reason: status.name("reason"),
            message: status.message("message"),
            ip: status.name("podIP"),
            qos: status.name("qosClass"),
            started: status.time("startTime"),
            conditions: condition::read(status),
            statuses: statuses(status),
        }
    }

    /// The containers with their states, in the order of `spec`. A container that the
    /// kubelet has not reported on has no state.
    pub fn containers(&self) -> impl Iterator<Item = (&Container, Option<&ContainerStatus>)> {
        self.spec.containers.iter().map(|c| (c, self.status_of(c)))
    }

    /// The name of the container that kubectl takes where none is named: that of the
    /// annotation, if there is one, else the first regular one
    /// (<https://kubernetes.io/docs/reference/labels-annotations-taints/#kubectl-kubernetes-io-default-container>).
    pub fn default_container(&self) -> Option<&Str> {
        let meant = self.meta.annotation(DEFAULT_CONTAINER);
        let containers = || self.spec.containers.iter();
        let named = containers().find(|it| meant.is_some_and(|meant| *meant == it.name));
        let regular = || containers().find(|it| it.kind == ContainerKind::Regular);
        named.or_else(regular).map(|it| &it.name)
    }

    /// The state of a container.
    pub fn status_of(&self, container: &Container) -> Option<&ContainerStatus> {
        self.statuses
            .iter()
            .find(|s| s.name == container.name && s.list == StatusList::of(container.kind))
    }

    /// The condition of that type.
    pub fn condition(&self, kind: &str) -> Option<&Condition> {
        condition::find(&self.conditions, kind)
    }

    /// Whether the Pod has ended (`Succeeded` or `Failed`).
    pub fn is_finished(&self) -> bool {
        matches!(&*self.phase, "Succeeded" | "Failed")
    }

    /// Whether the Pod has been asked to go.
    pub fn is_terminating(&self) -> bool {
        self.meta.deleting.is_some()
    }

    /// Whether the Pod is ready for traffic.
    pub fn is_ready(&self) -> bool {
        self.condition("Ready").is_some_and(Condition::is_true)
    }

    /// Whether the scheduler has not found a node for it.
    pub fn is_unscheduled(&self) -> bool {
        self.node.is_empty() && !self.is_finished() && !self.is_terminating()
    }
}

impl StatusList {
    /// The list in which the state of a container of this kind stands.
    pub const fn of(kind: ContainerKind) -> Self {
        match kind {
            ContainerKind::Init | ContainerKind::Sidecar => Self::Init,
            ContainerKind::Regular => Self::Regular,
            ContainerKind::Ephemeral => Self::Ephemeral,
        }
    }

    /// The list's name in `status`.
    pub const fn field(self) -> &'static str {
        match self {
            Self::Init => ContainerKind::Init.status_list(),
            Self::Regular => ContainerKind::Regular.status_list(),
            Self::Ephemeral => ContainerKind::Ephemeral.status_list(),
        }
    }
}

impl ContainerStatus {
    /// JSON Pointer of this state in the Pod, with `rest` (such as
    /// `state/waiting/reason`) appended.
    pub fn path(&self, rest: &str) -> String {
        format!("/status/{}/{}/{rest}", self.list.field(), self.index)
    }

    /// The reason and message with which it waits.
    pub fn waiting(&self) -> Option<(&str, Option<&str>)> {
        match &self.state {
            State::Waiting { reason, message } => Some((reason, message.as_deref())),
            _ => None,
        }
    }

    /// How it last ended, and whether that is its present `state` or its `lastState`.
    pub fn last_end(&self) -> Option<(&'static str, &Terminated)> {
        match (&self.state, &self.last) {
            (State::Terminated(end), _) => Some(("state", end)),
            (_, State::Terminated(end)) => Some(("lastState", end)),
            _ => None,
        }
    }

    /// Since when it runs, if it does.
    pub fn running_since(&self) -> Option<Timestamp> {
        match self.state {
            State::Running { since } => since,
            _ => None,
        }
    }

    /// Whether it runs.
    pub fn is_running(&self) -> bool {
        matches!(self.state, State::Running { .. })
    }
}

impl State {
    fn read(state: Fields<'_>) -> Self {
        let (waiting, running) = (state.at("waiting"), state.at("running"));
        let ended = state.at("terminated");
        if ended.exists() {
            Self::Terminated(Box::new(Terminated {
                exit_code: ended.int("exitCode").unwrap_or(0),
                signal: ended.int("signal").filter(|s| *s != 0),
                reason: ended.name("reason"),
                message: ended.message("message"),
                started: ended.time("startedAt"),
                finished: ended.time("finishedAt"),
            }))
        } else if running.exists() {
            Self::Running {
                since: running.time("startedAt"),
            }
        } else if waiting.exists() {
            Self::Waiting {
                reason: waiting.name("reason"),
                message: waiting.message("message"),
            }
        } else {
            Self::Absent
        }
    }
}

fn statuses(status: Fields<'_>) -> Box<[ContainerStatus]> {
    [StatusList::Init, StatusList::Regular, StatusList::Ephemeral]
        .into_iter()
        .flat_map(|list| {
            status
                .list(list.field())
                .map(move |(index, s)| ContainerStatus {
                    list,
                    index,
                    name: s.name("name"),
                    ready: s.is("ready"),
                    started: s.flag("started"),
                    restarts: s.count("restartCount").unwrap_or(0),
                    state: State::read(s.at("state")),
                    last: State::read(s.at("lastState")),
                })
        })
        .collect()
}
