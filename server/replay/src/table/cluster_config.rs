//! Configuration of the whole cluster.

use serde_json::{Value, json};

use super::{
    age,
    layout::{Layout, count, created, name, text, typed},
    words::or,
};
use crate::fields::Fields;

pub(super) static PRIORITY_CLASSES: Layout = Layout {
    columns: &[
        text("Name"),
        typed("Value", "integer"),
        typed("Global-Default", "boolean"),
        text("Age"),
        text("PreemptionPolicy"),
    ],
    cells: |o, now| {
        vec![
            name(o),
            count(o, "/value"),
            json!(o.flag("/globalDefault")),
            created(o, now),
            json!(or(o.text("/preemptionPolicy"), "<unset>")),
        ]
    },
};

pub(super) static RUNTIME_CLASSES: Layout = Layout {
    columns: &[text("Name"), text("Handler"), text("Age")],
    cells: |o, now| vec![name(o), json!(o.text("/handler")), created(o, now)],
};

pub(super) static WEBHOOKS: Layout = Layout {
    columns: &[text("Name"), typed("Webhooks", "integer"), text("Age")],
    cells: |o, now| vec![name(o), json!(o.list("/webhooks").len()), created(o, now)],
};

pub(super) static API_SERVICES: Layout = Layout {
    columns: &[
        text("Name"),
        text("Service"),
        text("Available"),
        text("Age"),
    ],
    cells: |o, now| {
        let service = if o.has("/spec/service") {
            format!(
                "{}/{}",
                o.text("/spec/service/namespace"),
                o.text("/spec/service/name")
            )
        } else {
            "Local".to_owned()
        };
        let available = o
            .list("/status/conditions")
            .iter()
            .find(|c| c.text("/type") == "Available");
        let available = match available.map(|c| (c.text("/status"), c.text("/reason"))) {
            Some(("True", _)) => "True".to_owned(),
            Some((status, reason)) => format!("{status} ({reason})"),
            None => "Unknown".to_owned(),
        };
        vec![name(o), json!(service), json!(available), created(o, now)]
    },
};

pub(super) static SIGNING_REQUESTS: Layout = Layout {
    columns: &[
        text("Name"),
        text("Age"),
        text("SignerName"),
        text("Requestor"),
        text("RequestedDuration"),
        text("Condition"),
    ],
    cells: |o, now| {
        let duration = o
            .number("/spec/expirationSeconds")
            .map_or_else(|| "<none>".to_owned(), age::human);
        vec![
            name(o),
            created(o, now),
            json!(or(o.text("/spec/signerName"), "<none>")),
            json!(o.text("/spec/username")),
            json!(duration),
            json!(signing_state(o)),
        ]
    },
};

fn signing_state(request: &Value) -> String {
    let of = |kind: &str| {
        request
            .list("/status/conditions")
            .iter()
            .any(|c| c.text("/type") == kind)
    };
    let mut state = if of("Denied") {
        "Denied"
    } else if of("Approved") {
        "Approved"
    } else {
        "Pending"
    }
    .to_owned();
    if of("Failed") {
        state.push_str(",Failed");
    }
    if !request.text("/status/certificate").is_empty() {
        state.push_str(",Issued");
    }
    state
}
