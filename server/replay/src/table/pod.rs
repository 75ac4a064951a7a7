//! Pods: one word for the state of all containers.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    age,
    layout::{Layout, created, name, text, wide},
    words::or,
};
use crate::fields::Fields;

pub(super) static PODS: Layout = Layout {
    columns: &[
        text("Name"),
        text("Ready"),
        text("Status"),
        text("Restarts"),
        text("Age"),
        wide("IP"),
        wide("Node"),
        wide("Nominated Node"),
        wide("Readiness Gates"),
    ],
    cells,
};

fn cells(pod: &Value, now: Timestamp) -> Vec<Value> {
    let summary = Summary::of(pod);
    let restarts = match summary.last_restart.filter(|_| summary.restarts != 0) {
        Some(last) => format!(
            "{} ({} ago)",
            summary.restarts,
            age::human(now.duration_since(last).as_secs())
        ),
        None => summary.restarts.to_string(),
    };
    vec![
        name(pod),
        json!(format!("{}/{}", summary.ready, summary.total)),
        json!(summary.status),
        json!(restarts),
        created(pod, now),
        json!(or(pod.text("/status/podIPs/0/ip"), "<none>")),
        json!(or(pod.text("/spec/nodeName"), "<none>")),
        json!(or(pod.text("/status/nominatedNodeName"), "<none>")),
        json!(readiness_gates(pod)),
    ]
}

struct Summary {
    ready: usize,
    total: usize,
    restarts: i64,
    last_restart: Option<Timestamp>,
    status: String,
}

impl Summary {
    /// The rules of the API server's printer, in its order: later ones win.
    fn of(pod: &Value) -> Self {
        let gated = pod
            .list("/status/conditions")
            .iter()
            .any(|c| c.text("/type") == "PodScheduled" && c.text("/reason") == "SchedulingGated");
        let mut summary = Self {
            ready: 0,
            total: pod.list("/spec/containers").len()
                + pod
                    .list("/spec/initContainers")
                    .iter()
                    .filter(|c| is_sidecar(c))
                    .count(),
            restarts: 0,
            last_restart: None,
            status: if gated {
                "SchedulingGated".to_owned()
            } else {
                or(pod.text("/status/reason"), pod.text("/status/phase"))
            },
        };
        let initializing = summary.init_containers(pod);
        let initialized = super::words::condition(pod, "Initialized");
        if !initializing || initialized {
            summary.containers(pod);
        }
        if pod.has("/metadata/deletionTimestamp") {
            let over = matches!(pod.text("/status/phase"), "Succeeded" | "Failed");
            if pod.text("/status/reason") == "NodeLost" {
                "Unknown".clone_into(&mut summary.status);
            } else if !over {
                "Terminating".clone_into(&mut summary.status);
            }
        }
        summary
    }

    /// Look at the init containers; whether one of them is still to finish.
    fn init_containers(&mut self, pod: &Value) -> bool {
        let specs = pod.list("/spec/initContainers");
        for (index, status) in pod.list("/status/initContainerStatuses").iter().enumerate() {
            self.count_restarts(status);
            let sidecar = specs
                .iter()
                .any(|s| s.text("/name") == status.text("/name") && is_sidecar(s));
            let terminated = status.pointer("/state/terminated");
            if terminated.is_some_and(|t| t.number("/exitCode") == Some(0)) {
                continue;
            }
            if sidecar && status.flag("/started") {
                self.ready += usize::from(status.flag("/ready"));
                continue;
            }
            let waiting = status.text("/state/waiting/reason");
            self.status = if let Some(terminated) = terminated {
                format!("Init:{}", termination(terminated))
            } else if !waiting.is_empty() && waiting != "PodInitializing" {
                format!("Init:{waiting}")
            } else {
                format!("Init:{index}/{}", specs.len())
            };
            return true;
        }
        false
    }

    /// Look at the containers. Restarts of init containers that are done do
    /// not count any more; those of sidecars do.
    fn containers(&mut self, pod: &Value) {
        self.restarts = 0;
        self.last_restart = None;
        let specs = pod.list("/spec/initContainers");
        for status in pod.list("/status/initContainerStatuses") {
            if specs
                .iter()
                .any(|s| s.text("/name") == status.text("/name") && is_sidecar(s))
            {
                self.count_restarts(status);
            }
        }
        let mut running = false;
        for status in pod.list("/status/containerStatuses").iter().rev() {
            self.count_restarts(status);
            let waiting = status.text("/state/waiting/reason");
            if !waiting.is_empty() {
                waiting.clone_into(&mut self.status);
            } else if let Some(terminated) = status.pointer("/state/terminated") {
                self.status = termination(terminated);
            } else if status.flag("/ready") && status.has("/state/running") {
                running = true;
                self.ready += 1;
            }
        }
        if self.status == "Completed" && running {
            let ready = super::words::condition(pod, "Ready");
            if ready { "Running" } else { "NotReady" }.clone_into(&mut self.status);
        }
    }

    fn count_restarts(&mut self, status: &Value) {
        self.restarts += status.number("/restartCount").unwrap_or(0);
        let finished = status.text("/lastState/terminated/finishedAt").parse().ok();
        self.last_restart = self.last_restart.max(finished);
    }
}

/// The reason of a termination, or its signal or exit code where none is given.
fn termination(terminated: &Value) -> String {
    let reason = terminated.text("/reason");
    if !reason.is_empty() {
        return reason.to_owned();
    }
    match terminated.number("/signal") {
        Some(signal) if signal != 0 => format!("Signal:{signal}"),
        _ => format!("ExitCode:{}", terminated.number("/exitCode").unwrap_or(0)),
    }
}

/// An init container that keeps running beside the others
/// (<https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/>).
fn is_sidecar(container: &Value) -> bool {
    container.text("/restartPolicy") == "Always"
}

fn readiness_gates(pod: &Value) -> String {
    let gates = pod.list("/spec/readinessGates");
    if gates.is_empty() {
        return "<none>".to_owned();
    }
    let open = gates
        .iter()
        .filter(|g| super::words::condition(pod, g.text("/conditionType")))
        .count();
    format!("{open}/{}", gates.len())
}
