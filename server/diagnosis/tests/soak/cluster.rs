//! A Pod, played second by second as its kubelet or its scheduler treats it.

use serde_json::{Value, json};

use super::at;
use super::recorder::Recorder;

/// How a run ends.
#[derive(Clone)]
pub(crate) enum Ends {
    Itself {
        after: i64,
    },
    /// Its liveness probe failed for the third time, and it ends when it is asked to.
    Probe {
        after: i64,
    },
    /// Its postStart hook fails at once, and it does not end when it is asked to.
    Hook,
}

#[derive(Clone)]
pub(crate) struct Container {
    pub(crate) liveness: Option<Value>,
    pub(crate) readiness: Option<Value>,
    pub(crate) hook: Option<Value>,
    pub(crate) ends: Ends,
    pub(crate) code: i64,
    /// What each run logs until it ends.
    pub(crate) log: &'static str,
}

impl Default for Container {
    fn default() -> Self {
        Self {
            liveness: None,
            readiness: None,
            hook: None,
            ends: Ends::Itself { after: 1 },
            code: 0,
            log: "",
        }
    }
}

enum State {
    Unscheduled,
    Creating,
    Running { since: i64 },
    Waiting { until: i64, delay: i64 },
}

pub(crate) struct Pod {
    container: Container,
    state: State,
    restarts: i64,
    last: Option<(i64, i64)>,
    delay: i64,
    events: Recorder,
}

/// `terminationGracePeriodSeconds`.
const GRACE: i64 = 2;
const UNSCHEDULABLE: &str = "0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.";
const UNMOUNTED: &str = "MountVolume.SetUp failed for volume \"data\" : hostPath type check failed: /dev/spool is not a directory";

impl Pod {
    fn new(container: Container, state: State) -> Self {
        Self {
            container,
            state,
            restarts: 0,
            last: None,
            delay: 0,
            events: Recorder::default(),
        }
    }

    /// One whose container runs and ends, again and again.
    pub(crate) fn with(container: Container) -> Self {
        Self::new(container, State::Running { since: 0 })
    }

    /// One that asks for more than the only node has.
    pub(crate) fn unschedulable() -> Self {
        Self::new(Container::default(), State::Unscheduled)
    }

    /// One whose volume cannot be mounted.
    pub(crate) fn unmounted() -> Self {
        Self::new(Container::default(), State::Creating)
    }

    /// What happens within a second.
    pub(crate) fn live_through(&mut self, second: i64) {
        match self.state {
            // The scheduler tries again at least every five minutes.
            State::Unscheduled if second % 300 == 1 => {
                self.events
                    .event(second, "FailedScheduling", UNSCHEDULABLE, false);
            }
            // The kubelet's back-off for a volume ends at two minutes and two seconds.
            State::Creating if second % 122 == 1 => {
                self.events.event(second, "FailedMount", UNMOUNTED, false);
            }
            State::Unscheduled | State::Creating => {}
            State::Running { since } => self.run(since, second),
            State::Waiting { until, .. } if second >= until => {
                self.restarts += 1;
                self.start(second);
            }
            State::Waiting { until, delay } => {
                if (until - delay - second) % 13 == 0 {
                    let message = "Back-off restarting failed container app in pod web_shop(p)";
                    self.events.event(second, "BackOff", message, true);
                }
            }
        }
    }

    fn start(&mut self, second: i64) {
        let said = [
            ("Pulled", "Container image already present on machine"),
            ("Created", "Container created"),
            ("Started", "Container started"),
        ];
        for (reason, message) in said {
            self.events.event(second, reason, message, true);
        }
        if matches!(self.container.ends, Ends::Hook) {
            self.events
                .event(second, "FailedPostStartHook", "PostStartHook failed", true);
            self.events
                .event(second, "Killing", "FailedPostStartHook", true);
        }
        self.state = State::Running { since: second };
    }

    fn run(&mut self, since: i64, second: i64) {
        if since == 0 && second == 1 {
            self.start(1);
            return;
        }
        let ran = second - since;
        let after = match self.container.ends {
            Ends::Itself { after } => after,
            Ends::Hook => GRACE,
            Ends::Probe { after } => {
                if ran > after - 15 && (after - ran) % 5 == 0 {
                    let port = &self.container.liveness.as_ref().unwrap()["httpGet"]["port"];
                    let failed = if port == 8080 {
                        "Liveness probe failed: HTTP probe failed with statuscode: 500".to_owned()
                    } else {
                        format!(
                            "Liveness probe failed: Get \"http://10.0.0.1:{port}/\": dial tcp 10.0.0.1:{port}: connect: connection refused"
                        )
                    };
                    self.events.event(second, "Unhealthy", &failed, true);
                    if self.container.readiness.is_some() {
                        let failed = failed.replace("Liveness", "Readiness");
                        self.events.event(second, "Unhealthy", &failed, true);
                    }
                }
                after
            }
        };
        if ran < after {
            return;
        }
        if matches!(self.container.ends, Ends::Probe { .. }) {
            let message = "Container app failed liveness probe, will be restarted";
            self.events.event(second, "Killing", message, true);
        }
        self.last = Some((since, second));
        // The first restart comes at once, each further one after twice as long.
        let delay = self.delay;
        self.delay = (delay * 2).clamp(10, 300);
        self.state = State::Waiting {
            until: second + delay,
            delay,
        };
    }

    /// The log of the run that is or was last, or of the one before.
    pub(crate) fn log(&self, previous: bool) -> &'static str {
        let is_running = matches!(self.state, State::Running { .. });
        if is_running && !previous {
            return self
                .container
                .log
                .split_inclusive('\n')
                .next()
                .unwrap_or("");
        }
        self.container.log
    }

    /// Everything that the API server has.
    pub(crate) fn objects(&mut self, second: i64) -> Vec<Value> {
        let node = json!({
            "apiVersion": "v1", "kind": "Node", "metadata": {"name": "node-1"},
            "status": {
                "allocatable": {"cpu": "2", "memory": "4Gi", "pods": "110"},
                "conditions": [{"type": "Ready", "status": "True", "reason": "KubeletReady"}],
            },
        });
        let mut objects = vec![node, self.pod()];
        objects.extend(self.events.objects(second));
        objects
    }

    fn pod(&self) -> Value {
        let Container {
            liveness,
            readiness,
            hook,
            code,
            ..
        } = &self.container;
        let mut container = json!({"name": "app", "image": "reg.example/web:1", "ports": [{"containerPort": 8080}]});
        if let Some(probe) = liveness {
            container["livenessProbe"] = probe.clone();
        }
        if let Some(probe) = readiness {
            container["readinessProbe"] = probe.clone();
        }
        if let Some(hook) = hook {
            container["lifecycle"] = json!({"postStart": hook});
        }
        let mut spec = json!({
            "restartPolicy": "Always", "terminationGracePeriodSeconds": GRACE, "schedulerName": "default-scheduler",
        });
        let runs = matches!(self.state, State::Running { .. });
        let ready = runs && readiness.is_none();
        let mut conditions = vec![json!({"type": "PodScheduled", "status": "True"})];
        let state = match self.state {
            State::Unscheduled => {
                container["resources"] = json!({"requests": {"cpu": "8"}});
                conditions = vec![
                    json!({"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": UNSCHEDULABLE, "lastTransitionTime": at(1).to_string()}),
                ];
                Value::Null
            }
            State::Creating => {
                spec["volumes"] = json!([{"name": "data", "hostPath": {"path": "/dev/spool", "type": "Directory"}}]);
                container["volumeMounts"] = json!([{"name": "data", "mountPath": "/data"}]);
                json!({"waiting": {"reason": "ContainerCreating"}})
            }
            State::Running { since } => json!({"running": {"startedAt": at(since).to_string()}}),
            State::Waiting { delay, .. } => {
                json!({"waiting": {"reason": "CrashLoopBackOff", "message": format!("back-off {delay}s restarting failed container=app pod=web_shop(p)")}})
            }
        };
        let changed = match (self.state_since(), readiness) {
            (Some(since), None) => since,
            _ => 0,
        };
        if !matches!(self.state, State::Unscheduled) {
            spec["nodeName"] = json!("node-1");
            conditions.push(json!({"type": "Ready", "status": if ready { "True" } else { "False" }, "lastTransitionTime": at(changed).to_string()}));
        }
        spec["containers"] = json!([container]);
        let mut status = json!({
            "phase": if matches!(self.state, State::Unscheduled | State::Creating) { "Pending" } else { "Running" },
            "conditions": conditions,
        });
        if !state.is_null() {
            status["startTime"] = json!(at(0).to_string());
            let mut of_container = json!({"name": "app", "ready": ready, "started": runs, "restartCount": self.restarts, "state": state});
            if let Some((started, finished)) = self.last {
                of_container["lastState"] = json!({"terminated": {
                    "exitCode": code, "reason": if *code == 0 { "Completed" } else { "Error" },
                    "startedAt": at(started).to_string(), "finishedAt": at(finished).to_string(),
                }});
            }
            status["containerStatuses"] = json!([of_container]);
        }
        json!({
            "apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": "web", "namespace": "shop", "uid": "p", "creationTimestamp": at(0).to_string()},
            "spec": spec, "status": status,
        })
    }

    fn state_since(&self) -> Option<i64> {
        match (&self.state, self.last) {
            (State::Running { since }, _) => Some(*since),
            (_, last) => last.map(|(_, finished)| finished),
        }
    }
}
