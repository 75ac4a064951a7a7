//! What a container that does not work says is the reason: the one way to a line of a log for
//! every rule whose proof is such a line, whatever the container is (init, native sidecar,
//! regular, injected by a webhook) and however it fails (it ends, it is not ready, it waits).
//!
//! Where it says that somebody whom it calls fails, those are heard too, though they are ready:
//! what they say is the reason, and the caller a consequence.

use std::sync::Arc;

use jiff::Timestamp;
use podside_model::{Message, Relation};

use super::crash::{Crash, crashes, is_concerned};
use super::start_error::start_error;
use crate::callees::{named_hosts, names};
use crate::facts::{Container, ContainerKind, ContainerStatus, Object, Pod, Service};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::log_reading::{Address, Claim, LastWords, Told, brief};
use crate::patience::COMPLAINS;
use crate::proof::{self, Proof};
use crate::rules::service::dial::{cluster_host, is_recent};
use crate::snapshot::Snapshot;

/// The most ready Pods behind a Service that are heard. Those of one template say the same.
const MOST_BACKENDS: usize = 3;

/// So many calls from one to the next are followed.
const MOST_CALLS: usize = 2;

/// A container that does not work, and the line that says why.
pub(in crate::rules) struct Complaint<'s> {
    /// The Pod whose container says it.
    pub(in crate::rules) pod: &'s Pod,
    /// The container.
    pub(in crate::rules) container: &'s Container,
    /// The line.
    pub(in crate::rules) told: Told,
    status: &'s ContainerStatus,
    since: Option<Timestamp>,
    /// Of a container that is ready: the Service through which one is called that fails by it,
    /// and the line with which that one says so.
    called: Option<(&'s Service, Proof)>,
}

/// What the containers of a Pod that do not work, and the ready ones whom they call, say is the
/// reason, as far as it is meant.
pub(in crate::rules) fn complaints<'s>(
    pod: &'s Pod,
    snapshot: &'s Snapshot,
    findings: &mut Findings<'s>,
    is_meant: impl Fn(&Claim) -> bool,
) -> Vec<Complaint<'s>> {
    let mut found = Vec::new();
    let works = |status: &ContainerStatus| status.ready && status.last_end().is_none();
    if pod.statuses.iter().all(works) || !is_concerned(pod, snapshot) {
        return found;
    }
    let crashes: Vec<Crash<'_>> = crashes(pod, snapshot).collect();
    for (container, status) in pod.containers() {
        let Some(status) = status.filter(|_| container.kind != ContainerKind::Ephemeral) else {
            continue;
        };
        let crash = crashes.iter().find(|c| c.container.name == container.name);
        let Some(words) = heard(pod, container, status, crash, snapshot, findings) else {
            continue;
        };
        // What the last run said it said of its end.
        let is_of_now = |told: &&Told| crash.is_some() || is_recent(told, status, snapshot);
        let Some(told) = decisive(&words).filter(is_of_now) else {
            continue;
        };
        if is_meant(&told.claim) {
            found.push(Complaint {
                pod,
                container,
                told: told.clone(),
                status,
                since: crash
                    .and_then(|crash| crash.since(pod, snapshot))
                    .or_else(|| status.running_since()),
                called: None,
            });
            continue;
        }
        let call = Call {
            pod,
            container,
            told,
        };
        follow(&call, 0, snapshot, findings, &is_meant, &mut found);
    }
    found
}

/// What a container says that ends with an error, or runs and is not ready for longer than a
/// start may take.
fn heard(
    pod: &Pod,
    container: &Container,
    status: &ContainerStatus,
    crash: Option<&Crash<'_>>,
    snapshot: &Snapshot,
    findings: &mut Findings<'_>,
) -> Option<Arc<LastWords>> {
    if let Some(crash) = crash {
        // What the kernel or the runtime kept from going on has no say in it.
        let own = crash.end.1.exit_code != 0
            && &*crash.end.1.reason != "OOMKilled"
            && start_error(pod, status).is_none();
        return own.then(|| findings.last_words(snapshot, pod, status));
    }
    let since = status.running_since()?;
    let waits = !status.ready || container.kind == ContainerKind::Init;
    if !waits || !COMPLAINS.has_ended(Some(since), snapshot) {
        return None;
    }
    Some(findings.last_words(snapshot, pod, status))
}

/// The line that says most: the first that says what is wrong, or else that a call failed.
fn decisive(words: &LastWords) -> Option<&Told> {
    words
        .find(|claim| !claim.is_vague())
        .or_else(|| words.find(|claim| matches!(claim, Claim::CallFailed(_))))
}

/// A container that says that a call failed.
struct Call<'a, 's> {
    pod: &'s Pod,
    container: &'s Container,
    told: &'a Told,
}

/// Hears the ready Pods of the Service that is called.
fn follow<'s>(
    call: &Call<'_, 's>,
    depth: usize,
    snapshot: &'s Snapshot,
    findings: &mut Findings<'s>,
    is_meant: &impl Fn(&Claim) -> bool,
    found: &mut Vec<Complaint<'s>>,
) {
    let (Claim::Refused(to) | Claim::NoAnswer(to) | Claim::CallFailed(to)) = &call.told.claim
    else {
        return;
    };
    let Some(service) = service(to, call, snapshot) else {
        return;
    };
    let ready = snapshot.pods_of_service(service);
    let ready = ready
        .into_iter()
        .filter(|pod| pod.is_ready() && !pod.is_terminating() && pod.meta.uid != call.pod.meta.uid);
    for pod in ready.take(MOST_BACKENDS) {
        for (container, status) in pod.containers() {
            let Some(status) = status.filter(|status| status.is_running()) else {
                continue;
            };
            let lasts = matches!(
                container.kind,
                ContainerKind::Regular | ContainerKind::Sidecar
            );
            if !lasts {
                continue;
            }
            let words = findings.present_words(snapshot, pod, status);
            let told = decisive(&words).filter(|told| is_recent(told, status, snapshot));
            let Some(told) = told else { continue };
            if is_meant(&told.claim) {
                found.push(Complaint {
                    pod,
                    container,
                    told: told.clone(),
                    status,
                    since: told.line.at,
                    called: Some((service, call.told.proof(call.pod))),
                });
            } else if depth + 1 < MOST_CALLS {
                let next = Call {
                    pod,
                    container,
                    told,
                };
                follow(&next, depth + 1, snapshot, findings, is_meant, found);
            }
        }
    }
}

/// The Service that a failing call goes to: the one that the line names, by its name or its
/// address; where it names none the only one that the container is configured with.
fn service<'s>(to: &Address, call: &Call<'_, 's>, snapshot: &'s Snapshot) -> Option<&'s Service> {
    let namespace = &*call.pod.meta.namespace;
    let by_name = |host: &str| {
        let target = cluster_host(host, namespace, snapshot)?;
        snapshot.services.get(&target.namespace, &target.name)
    };
    if to.host.is_empty() {
        let hosts = named_hosts(namespace, &call.pod.spec, call.container, snapshot);
        let mut named: Vec<&Service> = hosts.iter().filter_map(|n| by_name(&n.host.host)).collect();
        named.dedup_by(|a, b| std::ptr::eq(*a, *b));
        return match named.as_slice() {
            [only] => Some(only),
            _ => None,
        };
    }
    if to.host.parse::<std::net::IpAddr>().is_ok() {
        return snapshot.services.iter().find(|s| *s.cluster_ip == *to.host);
    }
    by_name(&to.host)
}

impl Complaint<'_> {
    /// The exit code of the container's last end.
    pub(in crate::rules) fn exit_code(&self) -> Option<i64> {
        self.status.last_end().map(|(_, end)| end.exit_code)
    }

    /// The Services of the Pod's namespace that the line names, by name or address; where it
    /// names none those that the container is configured with.
    pub(in crate::rules) fn services<'s>(&self, snapshot: &'s Snapshot) -> Vec<&'s Service> {
        let namespace = &*self.pod.meta.namespace;
        let said = &*self.told.line.text;
        let words: Vec<&str> = said
            .split(|c: char| !(c.is_ascii_alphanumeric() || ".-".contains(c)))
            .collect();
        let of_namespace = || snapshot.services.in_namespace(namespace);
        let is_named = |service: &&Service| {
            let address = words.contains(&&*service.cluster_ip);
            address || words.contains(&&*service.meta.name)
        };
        let named: Vec<&Service> = of_namespace().filter(is_named).collect();
        if named.is_empty() {
            let is_called = |service: &&Service| names(self.container, namespace, service);
            return of_namespace().filter(is_called).collect();
        }
        named
    }

    /// The finding on the container, with the line as `line` and all that proves it.
    pub(in crate::rules) fn finding(&self, snapshot: &Snapshot) -> Finding {
        let finding = Finding::on_container(snapshot, self.pod, self.container)
            .arg("line", brief(&self.told.line.text))
            .proof(self.told.proof(self.pod))
            .since(self.since);
        match (&self.called, self.status.last_end()) {
            (Some((service, proof)), _) => finding.proof(proof.clone()).affects(
                service.object_ref(),
                Relation::Backs,
                Message::new("state.broken"),
            ),
            (None, Some(end)) => finding
                .proof(proof::ended(self.pod, self.status, end, "exitCode"))
                .proofs(proof::restarts(self.pod, self.status)),
            (None, None) => finding.proof(
                proof::field(self.pod, self.status.path("ready"), self.status.ready)
                    .in_container(&self.container.name),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::rules::container::testing::crashing;
    use crate::rules::service::testing::client;
    use crate::testing::{Check, check};

    const LOGIN: &str =
        "2026-01-01T11:59:57Z pq: password authentication failed for user \"app\"\n";

    /// A container that is not ready and calls Service `cart`, whose Pod is ready.
    fn unready() -> String {
        client("http://cart:8080/")
            .replace("ready: true, started", "ready: false, started")
            .replace("status: 'True'", "status: 'False'")
            .replace(
                "image: x\n",
                "image: x\n      readinessProbe: {httpGet: {path: /, port: 80}, periodSeconds: 5}\n",
            )
            + CART
    }

    const CART: &str = "---
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {clusterIP: 10.96.0.7, selector: {app: cart}, ports: [{port: 8080}]}
---
apiVersion: v1
kind: Pod
metadata: {name: cart-1, namespace: shop, uid: c, labels: {app: cart}}
spec:
  nodeName: node-1
  containers: [{name: cart, image: y, ports: [{containerPort: 8080}]}]
status:
  phase: Running
  podIP: 10.1.0.9
  conditions: [{type: Ready, status: 'True'}]
  containerStatuses: [{name: cart, ready: true, started: true, state: {running: {startedAt: '2026-01-01T10:00:00Z'}}}]
";

    fn says(objects: &str, line: &str) -> Check {
        check(objects).log(
            "shop/web",
            "app",
            false,
            &format!("2026-01-01T11:59:58Z {line}\n"),
        )
    }

    #[test]
    fn ready_pods_that_a_failing_caller_complains_of_are_heard() {
        for line in [
            "requests.exceptions.HTTPError: 503 Server Error: Service Unavailable for url: http://cart:8080/items",
            "Get \"http://cart:8080/items\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)",
            "Get \"http://cart:8080/items\": read tcp 10.1.0.4:51234->10.96.0.7:8080: read: connection reset by peer",
            // Only one Service is named anywhere.
            "AxiosError: Request failed with status code 503",
        ] {
            says(&unready(), line).wants_log("cart");
            says(&unready(), line)
                .log("shop/cart-1", "cart", false, LOGIN)
                .finds("credentials-refused", "Pod shop/cart-1[cart]")
                .proves("pq: password authentication failed for user \"app\"")
                .affects("Service shop/cart")
                .affects("Pod shop/web")
                .alone();
        }
    }

    #[test]
    fn a_backend_that_says_nothing_of_it_is_not_blamed() {
        let line = "GET http://cart:8080/items: unexpected status: 502";
        for log in [
            "GET /items 200\n",
            "2026-01-01T09:00:00Z pq: password authentication failed for user \"app\"\n2026-01-01T09:01:00Z reconnected\n2026-01-01T11:59:00Z served 12 requests\n",
        ] {
            says(&unready(), line)
                .log("shop/cart-1", "cart", false, log)
                .does_not_find("credentials-refused")
                .finds("readiness-probe-failing", "Pod shop/web[app]");
        }
    }

    #[test]
    fn a_caller_that_is_well_has_nobody_blamed() {
        says(&(client("http://cart:8080/") + CART), "status code 503")
            .log("shop/cart-1", "cart", false, LOGIN)
            .does_not_find("credentials-refused");
    }

    #[test]
    fn every_kind_of_container_is_heard_alike() {
        let regular = crashing("exitCode: 1, reason: Error");
        let main = "      image: reg.example/web:1\n  containers: [{name: main, image: x}]";
        let init = regular
            .replace(
                "  containers:\n    - name: app",
                "  initContainers:\n    - name: app",
            )
            .replace("      image: reg.example/web:1", main)
            .replace("containerStatuses", "initContainerStatuses");
        let sidecar = init.replace(main, &format!("      restartPolicy: Always\n{main}"));
        let unready = client("http://x/")
            .replace("ready: true, started", "ready: false, started")
            .replace("status: 'True'", "status: 'False'");
        // A webhook adds it to the Pod, and no template has it.
        let injected = regular.replace(
            "  containers:\n",
            "  containers:\n    - {name: main, image: x}\n",
        );
        for objects in [regular, init, sidecar, unready, injected] {
            check(&objects)
                .log("shop/web", "app", false, LOGIN)
                .finds("credentials-refused", "Pod shop/web[app]");
        }
        let starting = client("http://x/")
            .replace("ready: true, started", "ready: false, started")
            .replace("status: 'True'", "status: 'False'")
            .replace("11:00:00", "11:59:30");
        check(&starting)
            .log("shop/web", "app", false, LOGIN)
            .does_not_find("credentials-refused");
    }
}
