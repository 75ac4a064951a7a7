use std::iter;

use podside_model::Severity;
use podside_model::view::{Section, Value};
use serde_json::Value as Any;

use super::json::{Json, plain};
use super::rows::{Rows, moment, neighbour};
use super::{Observed, Verdict, section};

/// Reasons of a waiting container that pass by themselves (kubelet,
/// `ContainerCreating` and `PodInitializing`).
const STARTING: [&str; 2] = ["ContainerCreating", "PodInitializing"];

/// One section for each container of a list, `spec/containers` and its like, with
/// the statuses that belong to them.
pub(super) fn sections(
    title: &str,
    pod: &Any,
    containers: &str,
    statuses: &str,
    verdict: Verdict,
    observed: &Observed,
) -> Vec<Section> {
    pod.list(containers)
        .iter()
        .filter_map(|container| {
            let name = container.text("/name")?;
            let status = pod
                .list(statuses)
                .iter()
                .find(|status| status.text("/name").as_deref() == Some(&name));
            let mut rows = Rows::default();
            status_rows(&mut rows, container, status, verdict, observed);
            spec_rows(&mut rows, container, pod, observed);
            section(title, Some(name), rows)
        })
        .collect()
}

/// The containers of a Pod template: the same without any status.
pub(super) fn template_sections(
    title: &str,
    owner: &Any,
    containers: &str,
    observed: &Observed,
) -> Vec<Section> {
    owner
        .list(containers)
        .iter()
        .filter_map(|container| {
            let mut rows = Rows::default();
            rows.mono("Image", container, "/image");
            ports(&mut rows, container);
            words(&mut rows, "Command", container, "/command");
            words(&mut rows, "Args", container, "/args");
            spec_rows(&mut rows, container, owner, observed);
            section(title, Some(container.text("/name")?), rows)
        })
        .collect()
}

fn status_rows(
    rows: &mut Rows,
    container: &Any,
    status: Option<&Any>,
    verdict: Verdict,
    observed: &Observed,
) {
    let none = Any::Null;
    let status = status.unwrap_or(&none);
    rows.mono("Image", container, "/image");
    if let Some(id) = status.text("/imageID") {
        rows.row("Image ID", vec![Value::Quiet(id)]);
    }
    ports(rows, container);
    words(rows, "Command", container, "/command");
    words(rows, "Args", container, "/args");
    state(rows, "State", status.at("/state"), verdict, observed);
    state(
        rows,
        "Last State",
        status.at("/lastState"),
        Verdict::NothingFound,
        observed,
    );
    if let Some(ready) = status.at("/ready").as_bool() {
        let ready = if ready { "True" } else { "False" };
        rows.row("Ready", vec![Value::Text(ready.to_owned())]);
    }
    if let Some(restarts) = status.text("/restartCount") {
        let name = container.text("/name");
        let strip = name.and_then(|name| observed.strip(&name));
        let values = iter::once(Value::Text(restarts)).chain(strip);
        rows.row("Restart Count", values.collect());
    }
}

/// `State` and what belongs to it (`kubectl describe`, `describeStatus`).
fn state(rows: &mut Rows, label: &str, state: &Any, verdict: Verdict, observed: &Observed) {
    if state.at("/running").is_object() {
        rows.row(label, vec![Value::Text("Running".to_owned())]);
        nested_moment(rows, "Started", state, "/running/startedAt");
    } else if state.at("/waiting").is_object() {
        let reason = state.text("/waiting/reason").unwrap_or_default();
        let words = with_reason("Waiting", &reason);
        let value = if verdict == Verdict::Broken && !STARTING.contains(&reason.as_str()) {
            Value::State(Severity::Critical, words)
        } else {
            Value::Text(words)
        };
        rows.row(label, vec![value]);
        nested_text(rows, "Message", state, "/waiting/message");
    } else if state.at("/terminated").is_object() {
        terminated(rows, label, state.at("/terminated"), verdict, observed);
    }
}

fn terminated(rows: &mut Rows, label: &str, state: &Any, verdict: Verdict, observed: &Observed) {
    let reason = state.text("/reason").unwrap_or_default();
    let words = with_reason("Terminated", &reason);
    let code = state.text("/exitCode").unwrap_or_default();
    let ended = format!("exit code {code}");
    let mut values = match code.as_str() {
        "" => vec![Value::Text(words)],
        "0" => vec![Value::Text(format!("{words}, {ended}"))],
        _ if verdict == Verdict::Broken => {
            vec![Value::State(
                Severity::Critical,
                format!("{words}, {ended}"),
            )]
        }
        _ => vec![Value::Text(format!("{words},")), Value::Strong(ended)],
    };
    values.extend(observed.exit_meaning(&code));
    rows.row(label, values);
    if let Some(signal) = state.text("/signal") {
        rows.nested("Signal", vec![Value::Text(signal)]);
    }
    nested_text(rows, "Message", state, "/message");
    nested_moment(rows, "Started", state, "/startedAt");
    nested_moment(rows, "Finished", state, "/finishedAt");
}

fn with_reason(state: &str, reason: &str) -> String {
    if reason.is_empty() {
        state.to_owned()
    } else {
        format!("{state}: {reason}")
    }
}

fn nested_text(rows: &mut Rows, label: &str, object: &Any, pointer: &str) {
    rows.nested(
        label,
        object.text(pointer).map(Value::Mono).into_iter().collect(),
    );
}

fn nested_moment(rows: &mut Rows, label: &str, object: &Any, pointer: &str) {
    rows.nested(
        label,
        moment(object, pointer)
            .map(Value::Moment)
            .into_iter()
            .collect(),
    );
}

fn spec_rows(rows: &mut Rows, container: &Any, beside: &Any, observed: &Observed) {
    quantities(rows, "Limits", container, "/resources/limits");
    quantities(rows, "Requests", container, "/resources/requests");
    for (label, pointer) in [
        ("Liveness", "/livenessProbe"),
        ("Readiness", "/readinessProbe"),
        ("Startup", "/startupProbe"),
    ] {
        let probe = container.at(pointer);
        if probe.is_object() {
            rows.row(
                label,
                vec![Value::Mono(asks(probe)), Value::Quiet(timing(probe))],
            );
        }
    }
    environment(rows, container, beside, observed);
    let mounts: Vec<Value> = container
        .list("/volumeMounts")
        .iter()
        .flat_map(|mount| {
            let access = if mount.at("/readOnly").as_bool() == Some(true) {
                "ro"
            } else {
                "rw"
            };
            let name = mount.text("/name").unwrap_or_default();
            [
                mount.text("/mountPath").map(Value::Mono),
                Some(Value::Quiet(format!("{name} ({access})"))),
            ]
        })
        .flatten()
        .collect();
    rows.row("Mounts", mounts);
}

fn ports(rows: &mut Rows, container: &Any) {
    let ports = container.list("/ports");
    let shown = |pointer: &str| -> Vec<Value> {
        ports
            .iter()
            .filter_map(|port| {
                let number = port.text(pointer)?;
                let protocol = port.text("/protocol").unwrap_or_else(|| "TCP".to_owned());
                let name = port
                    .text("/name")
                    .map(|name| format!(" ({name})"))
                    .unwrap_or_default();
                Some(Value::Mono(format!("{number}/{protocol}{name}")))
            })
            .collect()
    };
    rows.row("Port", shown("/containerPort"));
    let host = shown("/hostPort");
    if !host.is_empty() {
        rows.row("Host Port", host);
    }
}

/// A list of words, each as it stands: quoting them would suggest a shell.
fn words(rows: &mut Rows, label: &str, object: &Any, pointer: &str) {
    let words: Vec<Value> = object
        .list(pointer)
        .iter()
        .filter_map(plain)
        .map(Value::Mono)
        .collect();
    if !words.is_empty() {
        rows.row(label, words);
    }
}

fn quantities(rows: &mut Rows, label: &str, container: &Any, pointer: &str) {
    let Some(quantities) = container.map(pointer) else {
        return;
    };
    let values = quantities
        .iter()
        .flat_map(|(resource, quantity)| {
            [
                Value::Text(resource.clone()),
                Value::Mono(plain(quantity).unwrap_or_default()),
            ]
        })
        .collect();
    rows.row(label, values);
}

/// What a probe asks (`kubectl describe`, `DescribeProbe`).
fn asks(probe: &Any) -> String {
    let word = |pointer: &str| probe.text(pointer).unwrap_or_default();
    if probe.at("/exec").is_object() {
        let command: Vec<String> = probe
            .list("/exec/command")
            .iter()
            .filter_map(plain)
            .collect();
        format!("exec [{}]", command.join(" "))
    } else if probe.at("/httpGet").is_object() {
        let scheme = probe
            .text("/httpGet/scheme")
            .unwrap_or_else(|| "HTTP".to_owned());
        let (host, port) = (word("/httpGet/host"), word("/httpGet/port"));
        format!(
            "http-get {}://{host}:{port}{}",
            scheme.to_lowercase(),
            word("/httpGet/path")
        )
    } else if probe.at("/tcpSocket").is_object() {
        format!(
            "tcp-socket {}:{}",
            word("/tcpSocket/host"),
            word("/tcpSocket/port")
        )
    } else if probe.at("/grpc").is_object() {
        format!(
            "grpc <pod>:{} {}",
            word("/grpc/port"),
            word("/grpc/service")
        )
    } else {
        "unknown".to_owned()
    }
}

/// When a probe asks and how often it must answer, with the API's defaults.
fn timing(probe: &Any) -> String {
    let number =
        |pointer: &str, default: &str| probe.text(pointer).unwrap_or_else(|| default.to_owned());
    format!(
        "delay={}s timeout={}s period={}s #success={} #failure={}",
        number("/initialDelaySeconds", "0"),
        number("/timeoutSeconds", "1"),
        number("/periodSeconds", "10"),
        number("/successThreshold", "1"),
        number("/failureThreshold", "3"),
    )
}

fn environment(rows: &mut Rows, container: &Any, beside: &Any, observed: &Observed) {
    let namespace = beside.text("/metadata/namespace").unwrap_or_default();
    let namespace = namespace.as_str();
    let optional = |source: &Any| -> Option<Value> {
        (source.at("/optional").as_bool() == Some(true))
            .then(|| Value::Quiet("optional".to_owned()))
    };
    let from: Vec<Value> = container
        .list("/envFrom")
        .iter()
        .flat_map(|source| {
            [("ConfigMap", "/configMapRef"), ("Secret", "/secretRef")]
                .into_iter()
                .filter_map(move |(kind, pointer)| {
                    let name = source.at(pointer).text("/name")?;
                    let keys = observed.keys(kind, namespace, &name);
                    Some([
                        Some(neighbour(kind, name, beside)),
                        keys,
                        optional(source.at(pointer)),
                    ])
                })
                .flatten()
        })
        .flatten()
        .collect();
    if !from.is_empty() {
        rows.row("Environment from", from);
    }
    let variables: Vec<(String, Vec<Value>)> = container
        .list("/env")
        .iter()
        .filter_map(|variable| Some((variable.text("/name")?, variable_value(variable, beside))))
        .collect();
    rows.row(
        "Environment",
        if variables.is_empty() {
            Vec::new()
        } else {
            vec![count(variables.len())]
        },
    );
    for (name, value) in variables {
        rows.nested(
            &name,
            if value.is_empty() {
                vec![Value::Quiet("\"\"".to_owned())]
            } else {
                value
            },
        );
    }
}

fn count(variables: usize) -> Value {
    Value::Quiet(variables.to_string())
}

fn variable_value(variable: &Any, beside: &Any) -> Vec<Value> {
    for (kind, pointer) in [
        ("ConfigMap", "/valueFrom/configMapKeyRef"),
        ("Secret", "/valueFrom/secretKeyRef"),
    ] {
        let reference = variable.at(pointer);
        if let Some(name) = reference.text("/name") {
            let key = reference.text("/key").unwrap_or_default();
            return vec![
                Value::Quiet("key".to_owned()),
                Value::Mono(key),
                Value::Quiet("of".to_owned()),
                neighbour(kind, name, beside),
            ];
        }
    }
    if let Some(path) = variable.text("/valueFrom/fieldRef/fieldPath") {
        return vec![Value::Quiet("field".to_owned()), Value::Mono(path)];
    }
    if let Some(resource) = variable.text("/valueFrom/resourceFieldRef/resource") {
        return vec![Value::Quiet("resource".to_owned()), Value::Mono(resource)];
    }
    variable
        .text("/value")
        .map(Value::Mono)
        .into_iter()
        .collect()
}

#[cfg(test)]
mod tests {
    use podside_model::view::{Content, Row};
    use serde_json::json;

    use super::*;

    fn rows_of(pod: &Any) -> Vec<Row> {
        let sections = sections(
            "Container",
            pod,
            "/spec/containers",
            "/status/containerStatuses",
            Verdict::Broken,
            &Observed::NOTHING,
        );
        match sections.into_iter().next().unwrap().content {
            Content::Rows(rows) => rows,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_crashing_container_reads_as_kubectl_describes_it() {
        let pod = json!({
            "metadata": {"namespace": "orders"},
            "spec": {"containers": [{
                "name": "worker", "image": "worker:3.1.0",
                "resources": {"limits": {"memory": "64Mi"}, "requests": {"cpu": "10m"}},
                "livenessProbe": {"httpGet": {"path": "/healthz", "port": 8080}},
                "envFrom": [{"configMapRef": {"name": "worker-settings"}}],
                "env": [{"name": "TOKEN", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}],
            }]},
            "status": {"containerStatuses": [{
                "name": "worker", "restartCount": 4, "ready": false,
                "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 40s"}},
                "lastState": {"terminated": {"reason": "Error", "exitCode": 1, "finishedAt": "2026-11-20T20:28:41Z"}},
            }]},
        });
        let rows = rows_of(&pod);
        let labels: Vec<&str> = rows.iter().map(|row| row.label.as_str()).collect();
        assert_eq!(
            labels,
            [
                "Image",
                "Port",
                "State",
                "Message",
                "Last State",
                "Finished",
                "Ready",
                "Restart Count",
                "Limits",
                "Requests",
                "Liveness",
                "Environment from",
                "Environment",
                "TOKEN",
                "Mounts"
            ]
        );
        let row = |label: &str| rows.iter().find(|row| row.label == label).unwrap();
        assert_eq!(
            row("State").values,
            [Value::State(
                Severity::Critical,
                "Waiting: CrashLoopBackOff".to_owned()
            )]
        );
        assert_eq!(
            row("Last State").values,
            [
                Value::Text("Terminated: Error,".to_owned()),
                Value::Strong("exit code 1".to_owned()),
                Value::Quiet("the process itself reports an error".to_owned())
            ]
        );
        assert_eq!(
            row("Liveness").values,
            [
                Value::Mono("http-get http://:8080/healthz".to_owned()),
                Value::Quiet("delay=0s timeout=1s period=10s #success=1 #failure=3".to_owned())
            ]
        );
        assert!(row("Finished").nested);
    }

    #[test]
    fn a_container_without_variables_says_none() {
        let pod = json!({"spec": {"containers": [{"name": "a"}]}});
        let rows = rows_of(&pod);
        let environment = rows.iter().find(|row| row.label == "Environment").unwrap();
        assert!(environment.values.is_empty());
    }
}
