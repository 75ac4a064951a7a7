//! Podside's own layout: `objects.json`, `watch.jsonl`, `logs/`, `exec.jsonl`,
//! `truth.json`, `version.json`, `recording.json`.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::Value;

use super::{times, tree::Tree};
use crate::{
    error::{ReplayError, Result},
    fields::Fields,
    recording::{Change, ChangeKind, ContainerLog, LogKey, Recording, Transcript},
};

/// The folders that hold an `objects.json`, nearest to the top: one for a
/// recording, several for a folder of recordings.
pub(super) fn roots(tree: &Tree) -> Vec<String> {
    let roots: Vec<&str> = tree
        .names()
        .filter_map(|n| n.strip_suffix("objects.json"))
        .filter(|root| root.is_empty() || root.ends_with('/'))
        .collect();
    let depth = |root: &str| root.matches('/').count();
    let top = roots.iter().map(|r| depth(r)).min();
    roots
        .into_iter()
        .filter(|r| Some(depth(r)) == top)
        .map(str::to_owned)
        .collect()
}

/// Read the layout from its files.
pub(super) fn read(name: &str, mut tree: Tree) -> Result<Recording> {
    let objects = objects(&mut tree)?;
    let changes = changes(&mut tree)?;
    let transcripts = transcripts(&mut tree)?;
    let truth = document(&mut tree, "truth.json")?;
    let version = document(&mut tree, "version.json")?;
    let about = document(&mut tree, "recording.json")?;
    let not_recorded = about.iter().flat_map(|about| about.list("/not_recorded"));
    let not_recorded = not_recorded
        .filter_map(|resource| resource.as_str().map(str::to_owned))
        .collect();
    let logs = logs(&mut tree, &objects)?;
    let span = times::span(
        about.as_deref().or(truth.as_deref()),
        &objects,
        &changes,
        &logs,
    );
    Ok(Recording {
        name: name.to_owned(),
        objects,
        changes,
        logs,
        transcripts,
        truth,
        version,
        not_recorded,
        started_at: span.start,
        ended_at: span.end,
    })
}

fn document(tree: &mut Tree, file: &str) -> Result<Option<Arc<Value>>> {
    Ok(tree.json(file)?.map(Arc::new))
}

fn objects(tree: &mut Tree) -> Result<Vec<Arc<Value>>> {
    const FILE: &str = "objects.json";
    let mut list = tree.json(FILE)?.unwrap_or_default();
    let Some(Value::Array(items)) = list.get_mut("items").map(Value::take) else {
        return Err(ReplayError::whole(
            FILE,
            "it is not a List: it has no array \"items\"",
        ));
    };
    items
        .into_iter()
        .enumerate()
        .map(|(index, object)| {
            check(&object)
                .map_err(|what| ReplayError::whole(FILE, format!("items[{index}] {what}")))?;
            Ok(Arc::new(object))
        })
        .collect()
}

/// What every object must have to be served at all.
pub(super) fn check(object: &Value) -> std::result::Result<(), String> {
    for field in ["/apiVersion", "/kind", "/metadata/name"] {
        if object.text(field).is_empty() {
            return Err(format!(
                "has no {}",
                field.trim_start_matches('/').replace('/', ".")
            ));
        }
    }
    Ok(())
}

fn changes(tree: &mut Tree) -> Result<Vec<Change>> {
    const FILE: &str = "watch.jsonl";
    let mut changes = Vec::new();
    for (line, mut value) in tree.json_lines(FILE)? {
        let broken = |what: &str| ReplayError::Malformed {
            recording: std::path::PathBuf::new(),
            file: FILE.to_owned(),
            line,
            column: 0,
            what: what.to_owned(),
        };
        let kind = match value.text("/event/type") {
            "ADDED" => ChangeKind::Added,
            "MODIFIED" => ChangeKind::Modified,
            "DELETED" => ChangeKind::Deleted,
            // A bookmark says how far the stream is; an error that it ended.
            "BOOKMARK" | "ERROR" => continue,
            _ => {
                return Err(broken(
                    "event.type is none of ADDED, MODIFIED, DELETED, BOOKMARK, ERROR",
                ));
            }
        };
        let at_ms = value
            .get("t_ms")
            .and_then(Value::as_u64)
            .ok_or_else(|| broken("t_ms is not a number of milliseconds"))?;
        let object = value
            .pointer_mut("/event/object")
            .map(Value::take)
            .unwrap_or_default();
        check(&object).map_err(|what| broken(&format!("event.object {what}")))?;
        changes.push(Change {
            at_ms,
            kind,
            object: Arc::new(object),
        });
    }
    changes.sort_by_key(|c| c.at_ms);
    Ok(changes)
}

fn transcripts(tree: &mut Tree) -> Result<Vec<Transcript>> {
    Ok(tree
        .json_lines("exec.jsonl")?
        .into_iter()
        .map(|(_, v)| Transcript {
            namespace: v.text("/namespace").to_owned(),
            pod: v.text("/pod").to_owned(),
            container: v.text("/container").to_owned(),
            command: v
                .list("/command")
                .iter()
                .filter_map(|w| w.as_str().map(str::to_owned))
                .collect(),
            stdout: v.text("/stdout").to_owned(),
            stderr: v.text("/stderr").to_owned(),
            exit_code: v
                .number("/exit_code")
                .and_then(|n| i32::try_from(n).ok())
                .unwrap_or(0),
            took_ms: v
                .number("/took_ms")
                .and_then(|n| u64::try_from(n).ok())
                .unwrap_or(0),
        })
        .collect())
}

/// `logs/[NAMESPACE/]POD/CONTAINER[.previous].log`. Without a namespace it is
/// that of the one recorded Pod of this name.
fn logs(tree: &mut Tree, objects: &[Arc<Value>]) -> Result<BTreeMap<LogKey, ContainerLog>> {
    let mut logs: BTreeMap<LogKey, ContainerLog> = BTreeMap::new();
    let files: Vec<String> = tree
        .names()
        .filter(|n| n.starts_with("logs/"))
        .map(str::to_owned)
        .collect();
    for file in files {
        let parts: Vec<&str> = file.split('/').skip(1).collect();
        let (namespace, pod, leaf) = match parts.as_slice() {
            [namespace, pod, leaf] => ((*namespace).to_owned(), *pod, *leaf),
            [pod, leaf] => (namespace_of(objects, pod), *pod, *leaf),
            _ => continue,
        };
        let Some(stem) = leaf.strip_suffix(".log") else {
            continue;
        };
        let (container, previous) = match stem.strip_suffix(".previous") {
            Some(container) => (container, true),
            None => (stem, false),
        };
        let text = tree.log(&file)?;
        let log = logs
            .entry(LogKey {
                namespace,
                pod: pod.to_owned(),
                container: container.to_owned(),
            })
            .or_default();
        if previous {
            log.previous = text;
        } else {
            log.current = text;
        }
    }
    Ok(logs)
}

fn namespace_of(objects: &[Arc<Value>], pod: &str) -> String {
    objects
        .iter()
        .find(|o| o.text("/kind") == "Pod" && o.text("/metadata/name") == pod)
        .or_else(|| {
            // The Pod may be gone at the end; its events still name its namespace.
            objects.iter().find(|o| {
                o.text("/involvedObject/kind") == "Pod" && o.text("/involvedObject/name") == pod
            })
        })
        .map(|o| o.text("/metadata/namespace").to_owned())
        .unwrap_or_default()
}
