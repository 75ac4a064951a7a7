//! Symptom: a Service refuses connections; from within the Pod the same port answers.
//! Cause: the process listens on 127.0.0.1 only, so the Pod's address refuses.
//! Fix: let it listen on all addresses.
//! Source: <https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/#are-the-pods-working>

use super::listening::addresses;
use super::ports::its_backends;
use crate::facts::{Container, EnvValue, Object, Pod, PortRef, Service};
use crate::finding::Finding;
use crate::findings::Findings;
use crate::kubectl;
use crate::proof::{self, Proof};
use crate::rule::{Rank, Rule, Run};
use crate::snapshot::{LogOf, Snapshot};
use crate::text::text;

pub(super) const RULE: Rule = Rule {
    cause: "service-listens-on-localhost",
    source: "https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/#are-the-pods-working",
    rank: Rank::Root,
    runs: &[Run::Service(run)],
    texts: &[
        text(
            "title",
            "Container {container} listens on {address} only, so Service {service} is refused",
            "コンテナ {container} が {address} でのみ待ち受けているため、Service {service} の接続が拒否される",
        ),
        text(
            "explanation",
            "127.0.0.1 is the Pod's own inside: only processes of the same Pod can connect. The Service sends its connections to the Pod's address, and there nothing listens on {port}.",
            "127.0.0.1 は Pod の内側だけで通じるアドレスで、同じ Pod のプロセスしか接続できません。Service は Pod のアドレスに接続を送りますが、そこでは {port} で何も待ち受けていません。",
        ),
        text(
            "fix",
            "Let the process listen on all addresses (0.0.0.0:{port}, or :{port}) in {kind} {name}.",
            "{kind} {name} で、プロセスがすべてのアドレス（0.0.0.0:{port} または :{port}）で待ち受けるようにします。",
        ),
        text(
            "proof.setting",
            "It is told to listen there",
            "待ち受けるアドレスの設定",
        ),
    ],
};

/// In a cluster with more Services than this, only those are listened to whose Pods'
/// settings speak of the local address: logs are not free.
const MOST: usize = 200;

fn run<'s>(service: &'s Service, snapshot: &'s Snapshot, findings: &mut Findings<'s>) {
    let pods = its_backends(service, snapshot, findings);
    let Some(pod) = pods.iter().find(|p| !p.node.is_empty()) else {
        return;
    };
    for port in &service.ports {
        let Some((container, number)) = target(pod, &port.target) else {
            continue;
        };
        let setting = setting(pod, container, number);
        let is_running = pod
            .status_of(container)
            .is_some_and(crate::facts::ContainerStatus::is_running);
        if !is_running || (setting.is_none() && snapshot.services.len() > MOST) {
            continue;
        }
        let Some(log) = findings.log(snapshot, pod, &container.name, false) else {
            continue;
        };
        let said = addresses(log);
        let mut own = said.iter().filter(|l| l.port == number).peekable();
        let Some(first) = own.peek().copied().filter(|l| l.is_local()) else {
            continue;
        };
        if !own.all(super::listening::Listening::is_local) {
            continue;
        }
        let mut finding = Finding::on_container(snapshot, pod, container)
            .arg("service", &*service.meta.name)
            .arg("address", format!("{}:{number}", first.host))
            .arg("port", number)
            .proofs(
                log.lines()
                    .get(first.line)
                    .map(|line| proof::log_line(&LogOf::of(pod, &container.name, false), line)),
            )
            .proofs(setting)
            .fix_with("fix", kubectl::edit(&snapshot.top_of(*pod).object_ref()))
            .affects(
                service.object_ref(),
                podside_model::Relation::Backs,
                podside_model::Message::new("state.refused"),
            );
        for other in pods
            .iter()
            .filter(|p| snapshot.top_of(**p) == snapshot.top_of(*pod))
        {
            finding = finding.breaks(other);
        }
        findings.add(finding.severity(podside_model::Severity::Critical));
    }
}

/// The container that a Service's port means, and its number: the one that declares it,
/// or the only lasting one.
fn target<'a>(pod: &'a Pod, target: &PortRef) -> Option<(&'a Container, i64)> {
    let declares = pod
        .spec
        .lasting()
        .find_map(|c| c.port(target).map(|p| (c, p.number)));
    declares.or_else(|| {
        let PortRef::Number(number) = target else {
            return None;
        };
        let mut lasting = pod.spec.lasting();
        let only = lasting.next()?;
        lasting.next().is_none().then_some((only, *number))
    })
}

/// The variable or argument that tells a process to listen on the local address.
fn setting(pod: &Pod, container: &Container, port: i64) -> Option<Proof> {
    let local = |text: &str| {
        ["127.0.0.1", "localhost", "[::1]"]
            .iter()
            .any(|host| text.contains(&format!("{host}:{port}")) || text.ends_with(host))
    };
    let path = container.path();
    let variable = container.env.iter().find_map(|var| match &var.value {
        EnvValue::Plain(value) if local(value) => {
            Some((format!("{path}/env/{}/value", var.index), value))
        }
        _ => None,
    });
    let argument = || {
        let args = container.args.iter().enumerate();
        args.filter(|(_, arg)| local(arg))
            .map(|(index, arg)| (format!("{path}/args/{index}"), arg))
            .next()
    };
    let (pointer, value) = variable.or_else(argument)?;
    Some(
        proof::field(pod, pointer, value)
            .in_container(&container.name)
            .saying("proof.setting"),
    )
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    const OBJECTS: &str = "
apiVersion: v1
kind: Service
metadata: {name: ui, namespace: web}
spec: {clusterIP: 10.0.0.9, selector: {app: ui}, ports: [{port: 80, protocol: TCP, targetPort: 5000}]}
---
apiVersion: v1
kind: Pod
metadata: {name: ui-0, namespace: web, uid: p, labels: {app: ui}}
spec: {nodeName: n1, containers: [{name: c, args: ['--bind', '127.0.0.1:5000']}]}
status: {phase: Running, conditions: [{type: Ready, status: 'True'}], containerStatuses: [{name: c, ready: true, state: {running: {}}}]}
";

    #[test]
    fn the_log_says_that_it_listens_on_the_local_address() {
        check(OBJECTS)
            .log("web/ui-0", "c", false, "Running on http://127.0.0.1:5000\n")
            .finds("service-listens-on-localhost", "Pod web/ui-0[c]")
            .tells("title")
            .with("address", "127.0.0.1:5000")
            .proves("127.0.0.1:5000")
            .affects("Service web/ui");
    }

    #[test]
    fn a_process_that_listens_everywhere_too() {
        check(OBJECTS)
            .log(
                "web/ui-0",
                "c",
                false,
                "listening on 127.0.0.1:5000\nlistening on 10.1.2.3:5001\nlistening on :5000\n",
            )
            .does_not_find("service-listens-on-localhost");
    }

    #[test]
    fn without_its_log_nothing_is_said() {
        check(OBJECTS)
            .wants_log("c")
            .does_not_find("service-listens-on-localhost");
    }
}
