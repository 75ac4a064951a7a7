//! Namespaces and the configuration that lies in them.

use serde_json::{Value, json};

use super::{
    layout::{Layout, created, name, text, typed},
    words::scalar,
};
use crate::fields::Fields;

pub(super) static NAMESPACES: Layout = Layout {
    columns: &[text("Name"), text("Status"), text("Age")],
    cells: |o, now| vec![name(o), json!(o.text("/status/phase")), created(o, now)],
};

pub(super) static CONFIG_MAPS: Layout = Layout {
    columns: &[text("Name"), text("Data"), text("Age")],
    cells: |o, now| {
        vec![
            name(o),
            json!(o.map_len("/data") + o.map_len("/binaryData")),
            created(o, now),
        ]
    },
};

pub(super) static SECRETS: Layout = Layout {
    columns: &[
        text("Name"),
        text("Type"),
        typed("Data", "integer"),
        text("Age"),
    ],
    cells: |o, now| {
        vec![
            name(o),
            json!(o.text("/type")),
            json!(o.map_len("/data")),
            created(o, now),
        ]
    },
};

/// Kinds whose creation is printed as a moment, not as an age.
pub(super) static CREATED_AT: Layout = Layout {
    columns: &[text("Name"), text("Created At")],
    cells: |o, _| vec![name(o), json!(o.text("/metadata/creationTimestamp"))],
};

pub(super) static RESOURCE_QUOTAS: Layout = Layout {
    columns: &[text("Name"), text("Request"), text("Limit"), text("Age")],
    cells: |o, now| {
        let (mut requests, mut limits) = (Vec::new(), Vec::new());
        let hard = o.pointer("/status/hard").and_then(Value::as_object);
        let mut entries: Vec<_> = hard.into_iter().flatten().collect();
        entries.sort_by_key(|(resource, _)| resource.as_str());
        for (resource, hard) in entries {
            let used = o.pointer("/status/used").and_then(|u| u.get(resource));
            let entry = format!(
                "{resource}: {}/{}",
                scalar(used).unwrap_or_else(|| "0".to_owned()),
                scalar(Some(hard)).unwrap_or_default()
            );
            if resource.starts_with("limits") {
                limits.push(entry);
            } else {
                requests.push(entry);
            }
        }
        vec![
            name(o),
            json!(requests.join(", ")),
            json!(limits.join(", ")),
            created(o, now),
        ]
    },
};

pub(super) static LEASES: Layout = Layout {
    columns: &[text("Name"), text("Holder"), text("Age")],
    cells: |o, now| {
        vec![
            name(o),
            json!(o.text("/spec/holderIdentity")),
            created(o, now),
        ]
    },
};
