//! Pods and what is in them.

use super::common::by_type;
use super::describe::describe;
use super::shape::{Field, Shape, Type};
use super::view::{Described, Fields, Seen};
use crate::facts::{
    Condition, Container, ContainerKind, ContainerPort, ContainerStatus, Pod, State, Terminated,
    Volume, VolumeSource,
};

/// A container with its state, when the kubelet has told it.
pub(super) struct WithState<'a>(&'a Container, Option<&'a ContainerStatus>);

/// Why a container waits.
pub(super) struct Waiting<'a> {
    reason: &'a str,
    message: &'a str,
}

/// That a container runs.
pub(super) struct Running;

describe! {
    object Pod as pod: Pod, "A Pod." {
        phase: text, "`status.phase`: `Pending`, `Running`, `Succeeded`, `Failed` or `Unknown`." => &*pod.phase;
        reason: text, "`status.reason`, such as `Evicted`." => &*pod.reason;
        message: text, "`status.message`." => pod.message.as_deref().unwrap_or_default();
        nodeName: text, "The node that it is on, `''` while it has none." => &*pod.node;
        ip: text, "`status.podIP`, `''` while it has none." => &*pod.ip;
        qosClass: text, "`status.qosClass`." => &*pod.qos;
        ready: flag, "Whether it is ready for traffic." => pod.is_ready();
        conditions: {Condition}, "`status.conditions`, by type." => by_type(&pod.conditions);
        containers: [WithState<'_>], "All containers: init, sidecar, regular and ephemeral ones, in that order." => pod.containers().map(|(container, status)| WithState(container, status));
        volumes: [Volume], "`spec.volumes`, without that of the ServiceAccount's token." => &*pod.spec.volumes;
        serviceAccountName: text, "`spec.serviceAccountName`, `''` for `default`." => &*pod.spec.service_account;
        imagePullSecrets: texts, "The names in `spec.imagePullSecrets`." => &*pod.spec.image_pull_secrets;
        restartPolicy: text, "`spec.restartPolicy`." => &*pod.spec.restart_policy;
        nodeSelector: named_texts, "`spec.nodeSelector`, by label." => &pod.spec.placement.node_selector;
        priorityClassName: text, "`spec.priorityClassName`." => &*pod.spec.placement.priority_class;
        hostNetwork: flag, "`spec.hostNetwork`." => pod.spec.host_network;
        shareProcessNamespace: flag, "`spec.shareProcessNamespace`." => pod.spec.share_process_namespace;
        dnsPolicy: text, "`spec.dnsPolicy`." => &*pod.spec.dns_policy;
        subdomain: text, "`spec.subdomain`: the headless Service that names the Pod." => &*pod.spec.subdomain;
    }

    part Container as it: WithState<'_>, "A container of a Pod, with its state." {
        name: text, "Its name." => &*it.0.name;
        kind: text, "`init`, `sidecar` (an init container that runs on), `regular` or `ephemeral`." => kind(it.0.kind);
        image: text, "`image`." => &*it.0.image;
        imagePullPolicy: text, "`imagePullPolicy`." => &*it.0.pull_policy;
        command: texts, "`command`, empty where the image says it." => &*it.0.command;
        args: texts, "`args`." => &*it.0.args;
        ports: [ContainerPort], "`ports`." => &*it.0.ports;
        ready: flag, "`ready`, false while the kubelet has told nothing." => it.1.is_some_and(|status| status.ready);
        started: flag, "`started`: whether its startup probe is over, false while the kubelet has told nothing." => it.1.is_some_and(|status| status.started == Some(true));
        restartCount: int, "How often it was restarted." => it.1.map_or(0, |status| i64::from(status.restarts));
        state: (State), "How it is; none of the fields while the kubelet has told nothing." => it.1.map_or(&State::Absent, |status| &status.state);
        lastState: (State), "How it was before it was last restarted." => it.1.map_or(&State::Absent, |status| &status.last);
        hasLivenessProbe: flag, "Whether it has a liveness probe." => it.0.liveness.is_some();
        hasReadinessProbe: flag, "Whether it has a readiness probe." => it.0.readiness.is_some();
        hasStartupProbe: flag, "Whether it has a startup probe." => it.0.startup.is_some();
        requests: named_texts, "`resources.requests` as written, by resource." => it.0.requests.iter().map(|(name, of)| (name, of.to_string()));
        limits: named_texts, "`resources.limits` as written, by resource." => it.0.limits.iter().map(|(name, of)| (name, of.to_string()));
        terminationMessagePath: text, "`terminationMessagePath`." => &*it.0.termination_message_path;
    }

    part ContainerPort as port: ContainerPort, "A port of a container." {
        name: text, "Its name, `''` when it has none." => &*port.name;
        containerPort: int, "Its number." => port.number;
        protocol: text, "`TCP`, `UDP` or `SCTP`." => &*port.protocol;
    }

    part ContainerState as state: State, "How a container is or was: one of the fields is there." {
        waiting: (Waiting?), "It waits." => waiting(state);
        running: (Running?), "It runs." => matches!(state, State::Running { .. }).then_some(Running);
        terminated: (Terminated?), "It ended." => ended(state);
    }

    part Waiting as waiting: Waiting<'_>, "Why a container waits." {
        reason: text, "The reason, such as `CrashLoopBackOff`." => waiting.reason;
        message: text, "The message, `''` when there is none." => waiting.message;
    }

    part Running as running: Running, "A container that runs: it has no fields." {}

    part Terminated as end: Terminated, "How a container ended." {
        exitCode: int, "`exitCode`." => end.exit_code;
        signal: maybe_int, "`signal`, where the runtime gives it." => end.signal;
        reason: text, "The reason, such as `Error`, `OOMKilled` or `Completed`." => &*end.reason;
        message: text, "What it left in its termination message file, `''` when that is nothing." => end.message.as_deref().unwrap_or_default();
    }

    part Volume as volume: Volume, "A volume of a Pod." {
        name: text, "Its name." => &*volume.name;
        kind: text, "What it holds: the name of its field, such as `configMap` or `persistentVolumeClaim`." => holds(&volume.source).0;
        source: text, "The name of the ConfigMap, Secret or claim, or the path on the node; `''` for others." => holds(&volume.source).1;
    }
}

const fn kind(kind: ContainerKind) -> &'static str {
    match kind {
        ContainerKind::Init => "init",
        ContainerKind::Sidecar => "sidecar",
        ContainerKind::Regular => "regular",
        ContainerKind::Ephemeral => "ephemeral",
    }
}

fn waiting(state: &State) -> Option<Waiting<'_>> {
    match state {
        State::Waiting { reason, message } => Some(Waiting {
            reason,
            message: message.as_deref().unwrap_or_default(),
        }),
        _ => None,
    }
}

fn ended(state: &State) -> Option<&Terminated> {
    match state {
        State::Terminated(end) => Some(end),
        _ => None,
    }
}

fn holds(source: &VolumeSource) -> (&str, &str) {
    match source {
        VolumeSource::ConfigMap(files) => ("configMap", &files.name),
        VolumeSource::Secret(files) => ("secret", &files.name),
        VolumeSource::Projected(_) => ("projected", ""),
        VolumeSource::Claim(claim) => ("persistentVolumeClaim", claim),
        VolumeSource::Ephemeral => ("ephemeral", ""),
        VolumeSource::HostPath { path, .. } => ("hostPath", path),
        VolumeSource::EmptyDir { .. } => ("emptyDir", ""),
        VolumeSource::Nfs { path, .. } => ("nfs", path),
        VolumeSource::Csi(driver) => ("csi", driver),
        VolumeSource::Other(field) => (field, ""),
    }
}
