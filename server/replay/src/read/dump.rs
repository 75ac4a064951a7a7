//! What `kubectl cluster-info dump --output-directory=DIR` writes:
//! `nodes.json`, `NAMESPACE/KIND.json`, `NAMESPACE/POD/logs.txt`
//! (<https://kubernetes.io/docs/reference/kubectl/generated/kubectl_cluster-info/kubectl_cluster-info_dump/>).

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{lists, objects::Objects, times, tree::Tree};
use crate::{
    catalogue::Catalogue,
    error::Result,
    recording::{ContainerLog, LogKey, Recording},
};

/// The kinds that a dump holds; of all others it says nothing.
const DUMPED: [&str; 8] = [
    "Node",
    "Event",
    "ReplicationController",
    "Service",
    "DaemonSet",
    "Deployment",
    "ReplicaSet",
    "Pod",
];

/// The folder that holds `nodes.json` and namespaces with `pods.json`.
pub(super) fn root(tree: &Tree) -> Option<String> {
    tree.names()
        .filter_map(|n| n.strip_suffix("nodes.json"))
        .filter(|root| root.is_empty() || root.ends_with('/'))
        .find(|root| {
            tree.names().any(|n| {
                n.strip_prefix(root)
                    .and_then(|n| n.strip_suffix("/pods.json"))
                    .is_some_and(|namespace| !namespace.contains('/'))
            })
        })
        .map(str::to_owned)
}

/// Read the dump.
pub(super) fn read(name: &str, mut tree: Tree) -> Result<Recording> {
    let mut objects = Objects::default();
    let mut logs = BTreeMap::new();
    let files: Vec<String> = tree.names().map(str::to_owned).collect();
    for file in files {
        let parts: Vec<&str> = file.split('/').collect();
        match parts.as_slice() {
            ["nodes.json"] | [_, _] if file.strip_suffix(".json").is_some() => {
                objects.extend(lists::objects(&mut tree, &file, None)?);
            }
            [namespace, pod, "logs.txt"] => {
                let text = tree.log(&file)?.unwrap_or_default();
                for (container, log) in sections(&text, namespace, pod) {
                    let key = LogKey {
                        namespace: (*namespace).to_owned(),
                        pod: (*pod).to_owned(),
                        container,
                    };
                    let current = Some(Arc::from(log));
                    logs.insert(
                        key,
                        ContainerLog {
                            current,
                            previous: None,
                        },
                    );
                }
            }
            _ => {}
        }
    }
    let span = times::span(None, objects.latest, &[], &logs);
    let not_recorded = Catalogue::kubernetes().others_than(&BTreeSet::from(DUMPED));
    Ok(Recording {
        name: name.to_owned(),
        objects: objects.list,
        changes: Vec::new(),
        logs,
        transcripts: Vec::new(),
        truth: None,
        version: None,
        not_recorded,
        started_at: span.start,
        ended_at: span.end,
    })
}

/// The log of each container between its START and END lines. What `kubectl`
/// wrote in place of a log that it could not get is no log.
fn sections<'a>(text: &'a str, namespace: &str, pod: &str) -> Vec<(String, &'a str)> {
    let of_pod = format!(" of pod {namespace}/{pod} ====");
    let mut found = Vec::new();
    let mut open: Option<(String, usize)> = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let plain = line.trim_end();
        let marked = |word: &str| {
            plain
                .strip_prefix("==== ")
                .and_then(|l| l.strip_prefix(word))
                .and_then(|l| l.strip_prefix(" logs for container "))
                .and_then(|l| l.strip_suffix(of_pod.as_str()))
        };
        if let Some(container) = marked("START") {
            open = Some((container.to_owned(), at + line.len()));
        } else if let Some((container, start)) = open.take_if(|(c, _)| marked("END") == Some(c)) {
            let log = text.get(start..at).unwrap_or_default();
            if !log.starts_with("Request log error: ") {
                found.push((container, log));
            }
        }
        at += line.len();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dump() -> Tree {
        let mut tree = Tree::default();
        let mut file =
            |name: &str, text: &str| tree.insert(name.to_owned(), text.as_bytes().to_vec());
        file(
            "d/nodes.json",
            r#"{"kind":"NodeList","apiVersion":"v1","items":[]}"#,
        );
        file(
            "d/shop/pods.json",
            r#"{"kind":"PodList","apiVersion":"v1","items":[{"metadata":{"name":"web","namespace":"shop","creationTimestamp":"2026-11-20T20:00:00Z"},"status":{"conditions":[{"type":"Ready","lastTransitionTime":"2026-11-20T20:01:00Z"}]}}]}"#,
        );
        file(
            "d/shop/web/logs.txt",
            "==== START logs for container a of pod shop/web ====\none\n\ntwo\n==== END logs for container a of pod shop/web ====\n==== START logs for container b of pod shop/web ====\nRequest log error: no\n==== END logs for container b of pod shop/web ====\n",
        );
        tree
    }

    #[test]
    fn a_dump_is_read() {
        let mut tree = dump();
        let root = root(&tree).unwrap();
        tree.enter(&root);
        let recording = read("d", tree).unwrap();
        assert_eq!(recording.objects.len(), 1);
        assert_eq!(recording.objects[0].kind(), "Pod");
        let logs: Vec<_> = recording.logs.iter().collect();
        assert_eq!(logs.len(), 1);
        assert_eq!(logs[0].1.current.as_deref(), Some("one\n\ntwo\n"));
        assert_eq!(recording.ended_at, "2026-11-20T20:01:00Z".parse().unwrap());
    }

    #[test]
    fn a_broken_file_is_named() {
        let mut tree = dump();
        tree.insert(
            "d/shop/events.json".to_owned(),
            b"{\"items\": [\n {,".to_vec(),
        );
        tree.enter("d/");
        let error = read("d", tree).unwrap_err().to_string();
        assert!(
            error.contains(" is broken: shop/events.json, line 2, column 3: "),
            "{error}"
        );
    }
}
