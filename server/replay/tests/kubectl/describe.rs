//! `kubectl describe`.

use std::{collections::BTreeMap, sync::Arc};

use podside_replay::{Recording, ServeOptions};

use crate::{client::Client, difference, every_scenario, normal, printed::printed};

/// Kinds that kubectl 1.20 describes from the same API version as 1.36 does.
const KINDS: [&str; 6] = [
    "pod",
    "deployment",
    "replicaset",
    "statefulset",
    "daemonset",
    "persistentvolumeclaim",
];

/// How lines begin that only one of kubectl 1.20 and 1.36 prints, or that
/// they print differently.
const WORDED_DIFFERENTLY: [&str; 8] = [
    "Service Account:",
    "Optional:",
    "ConfigMapOptional:",
    "Node-Selectors:",
    "Tolerations:",
    "Topology Spread Constraints:",
    // 1.36 adds the ports' names.
    "Port",
    // 1.20 knows no old ReplicaSets without Pods.
    "OldReplicaSets:",
];

/// Where the recorded text and the recorded objects are of different moments,
/// a second or two apart, or the two versions of kubectl disagree: what differs.
const KNOWN: [(&str, &[&str]); 6] = [
    (
        "crashloop-app-error",
        &[
            "State: ",
            "Reason: ",
            "Exit Code: ",
            "Started: ",
            "Finished: ",
            "BackOff ",
        ],
    ),
    (
        "admission-webhook-mutated",
        &["State: ", "Reason: ", "Pulling ", "Failed ", "BackOff "],
    ),
    ("limitrange-conflict", &["FailedCreate "]),
    ("daemonset-partial", &["Namespace: "]),
    ("volume-mount-failed", &["Namespace: "]),
    // 1.20 calls a finished Pod that is being deleted Terminating.
    (
        "stuck-terminating-finalizer",
        &["Status: ", "Termination Grace Period: "],
    ),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn objects_of_all_recordings_are_described_as_they_were() {
    let printed = Arc::new(printed());
    let complaints = every_scenario(|recording| {
        let printed = printed.clone();
        async move {
            let id = recording.name().to_owned();
            let files = recorded(&recording, &printed[&id]);
            let client = Client::new(recording, ServeOptions::default()).await;
            let mut complaints = Vec::new();
            for ((kind, namespace), objects) in files {
                let names: Vec<&str> = objects.iter().map(|(name, _)| name.as_str()).collect();
                let mut arguments = vec!["describe", kind.as_str()];
                arguments.extend(&names);
                if !namespace.is_empty() {
                    arguments.extend(["-n", namespace.as_str()]);
                }
                let got = lines(&client.print(&arguments).await);
                let wanted: Vec<String> =
                    objects.iter().flat_map(|(_, text)| lines(text)).collect();
                let unlike = difference(&wanted, &got);
                let known = KNOWN
                    .iter()
                    .find(|(scenario, _)| *scenario == id)
                    .map_or(&[] as &[&str], |(_, lines)| *lines);
                let serious = unlike
                    .into_iter()
                    .filter(|l| !known.iter().any(|k| l.contains(k)));
                complaints.extend(serious.map(|l| format!("{id}: {kind}: {l}")));
            }
            client.served.shutdown().await;
            complaints
        }
    })
    .await;
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

type Described = BTreeMap<(String, String), Vec<(String, String)>>;

/// The recorded descriptions by kind and namespace, each with its name.
fn recorded(recording: &Recording, files: &BTreeMap<String, String>) -> Described {
    let mut described = Described::new();
    for object in recording.objects() {
        let kind = object.kind().to_lowercase();
        let (name, namespace) = (object.name(), object.namespace());
        // Of kube-system only what mattered was recorded.
        if !KINDS.contains(&kind.as_str()) || namespace == "kube-system" {
            continue;
        }
        if let Some(file) = files.get(&format!("describe/{kind}-{name}.txt")) {
            described
                .entry((kind, namespace.to_owned()))
                .or_default()
                .push((name.to_owned(), file.clone()));
        }
    }
    described
}

/// The lines that both versions of kubectl print alike.
fn lines(text: &str) -> Vec<String> {
    normal::lines(text)
        .into_iter()
        .filter(|l| {
            let l = l.strip_prefix("Host ").unwrap_or(l);
            !WORDED_DIFFERENTLY.iter().any(|w| l.starts_with(w))
        })
        // A toleration's further lines, and what 1.36 says of an event's container.
        .filter(|l| !(l.contains(" op=Exists") && l.contains("node.kubernetes.io/")))
        .map(|l| without_count(&without_container(&l)))
        .collect()
}

fn without_container(line: &str) -> String {
    for list in [
        "spec.containers{",
        "spec.initContainers{",
        "spec.ephemeralContainers{",
    ] {
        if let Some((before, rest)) = line.split_once(list)
            && let Some((_, after)) = rest.split_once("}: ")
        {
            return format!("{before}{after}");
        }
    }
    line.to_owned()
}

/// Without how often an event came, which 1.20 does not know of newer events
/// and which goes on while texts are taken.
fn without_count(line: &str) -> String {
    match (line.find("(x"), line.find(" over AGE)")) {
        (Some(start), Some(end)) if start < end => {
            format!("{}{}", &line[..start], &line[end + " over AGE) ".len()..])
        }
        _ => line.to_owned(),
    }
}
