//! A recording of a cluster whose every free text is the same one.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use podside_replay::{ContainerLog, Recording, practice};
use serde_json::Value;

/// Fields whose text is an identity, an address or one of a few words: with another one
/// the object would be another object, or none that the rules know.
const STRUCTURAL: [&str; 62] = [
    "access_modes",
    "accessModes",
    "addressType",
    "apiGroup",
    "apiVersion",
    "claimName",
    "clusterIP",
    "clusterIPs",
    "concurrencyPolicy",
    "conditionType",
    "containerID",
    "controllerName",
    "dnsPolicy",
    "effect",
    "fieldPath",
    "generateName",
    "hostIP",
    "hostIPs",
    "imagePullPolicy",
    "internalTrafficPolicy",
    "ip",
    "ipFamilies",
    "ipFamilyPolicy",
    "key",
    "kind",
    "labels",
    "limits",
    "matchLabels",
    "metricName",
    "name",
    "namespace",
    "nodeName",
    "nodeSelector",
    "operator",
    "phase",
    "podCIDR",
    "podCIDRs",
    "podIP",
    "podIPs",
    "podManagementPolicy",
    "protocol",
    "provider",
    "providerID",
    "provisioner",
    "qosClass",
    "reason",
    "requests",
    "resourceVersion",
    "restartPolicy",
    "roleRef",
    "schedule",
    "schedulerName",
    "secretName",
    "selector",
    "sessionAffinity",
    "status",
    "storageClassName",
    "targetPort",
    "type",
    "uid",
    "volumeBindingMode",
    "volumeName",
];

/// The recording of many scenarios at once with `text` in every text that is free, and
/// in every third reason, annotations' and labels' names and log line.
pub(crate) fn with_text(text: &str) -> Recording {
    let recording = practice::open("live").unwrap();
    let mut number = 0;
    let objects = recording.objects().iter().map(|object| {
        let mut object = object.value();
        spoil(&mut object, text);
        number += 1;
        if object["kind"] == "Event" && number % 3 == 0 {
            object["reason"] = format!("BackOff {text}").into();
        }
        for map in ["annotations", "labels"] {
            if object["metadata"][map].is_null() {
                object["metadata"][map] = serde_json::json!({});
            }
            object["metadata"][map][text] = text.into();
        }
        Arc::new(object)
    });
    let objects = objects.collect();
    let logs = recording.logs().iter();
    let logs = logs.map(|(key, log)| (key.clone(), spoilt_log(log, text)));
    Recording::new(
        "hostile",
        recording.recorded_start(),
        recording.recorded_end(),
        objects,
    )
    .with_logs(logs.collect())
    .with_version(
        serde_json::json!({"major": "1", "minor": "36", "gitVersion": format!("v1.36.0{text}")}),
    )
}

/// The same recording with `end` after the name of every Pod and what owns Pods or leads
/// to them, wherever it is named.
pub(crate) fn with_names(end: &str) -> Recording {
    const NAMED: [&str; 6] = [
        "Pod",
        "Deployment",
        "ReplicaSet",
        "StatefulSet",
        "Service",
        "PersistentVolumeClaim",
    ];
    let recording = practice::open("live").unwrap();
    let of = |object: &Value| {
        let kind = object["kind"].as_str()?;
        NAMED
            .contains(&kind)
            .then(|| object["metadata"]["name"].as_str().map(str::to_owned))?
    };
    let names: Vec<String> = recording
        .objects()
        .iter()
        .filter_map(|it| of(&it.value()))
        .collect();
    let objects = recording.objects().iter().map(|object| {
        let mut object = object.value();
        rename(&mut object, &names, end);
        Arc::new(object)
    });
    Recording::new(
        "named",
        recording.recorded_start(),
        recording.recorded_end(),
        objects.collect(),
    )
}

/// Writes a recording where the command line will find it.
pub(crate) fn kept(recording: &Recording, folder: &Path, name: &str) -> std::path::PathBuf {
    let path = folder.join(name);
    recording.write(&path).unwrap();
    path
}

fn spoil(value: &mut Value, text: &str) {
    match value {
        Value::String(was) if was.parse::<Timestamp>().is_err() => was.push_str(text),
        Value::Array(items) => items.iter_mut().for_each(|item| spoil(item, text)),
        Value::Object(fields) => {
            for (key, field) in fields {
                if !STRUCTURAL.contains(&key.as_str()) || field.is_object() && key == "status" {
                    spoil(field, text);
                }
            }
        }
        _ => {}
    }
}

fn rename(value: &mut Value, names: &[String], end: &str) {
    match value {
        Value::String(was) if names.contains(was) => was.push_str(end),
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, names, end)),
        Value::Object(fields) => fields.values_mut().for_each(|it| rename(it, names, end)),
        _ => {}
    }
}

fn spoilt_log(log: &ContainerLog, text: &str) -> ContainerLog {
    let spoilt = |log: &Arc<str>| -> Arc<str> {
        let mut lines: Vec<String> = log.lines().map(|line| format!("{line}{text}")).collect();
        if let Some(at) = log
            .lines()
            .next_back()
            .and_then(|line| line.split_once(' '))
        {
            let escaped =
                serde_json::json!({"level": "fatal", "msg": format!("cannot start: {text}")});
            // Every character that is not ASCII as JSON escapes it.
            let escaped: String = escaped
                .to_string()
                .chars()
                .flat_map(|c| if c.is_ascii() { vec![c] } else { escape(c) })
                .collect();
            lines.push(format!("{} {escaped}", at.0));
        }
        Arc::from(lines.join("\n") + "\n")
    };
    ContainerLog {
        current: log.current.as_ref().map(spoilt),
        previous: log.previous.as_ref().map(spoilt),
    }
}

fn escape(c: char) -> Vec<char> {
    let mut units = [0; 2];
    let units = c.encode_utf16(&mut units);
    units
        .iter()
        .flat_map(|unit| format!("\\u{unit:04x}").chars().collect::<Vec<_>>())
        .collect()
}
