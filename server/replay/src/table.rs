//! Objects as rows and columns, as the API server prints them for
//! `kubectl get` (<https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables>).
//! The columns and their words are those of Kubernetes 1.36.

mod age;
mod autoscaling;
mod cluster_config;
mod event;
mod layout;
mod namespace_config;
mod networking;
mod node;
mod pod;
pub(crate) mod printed;
mod rbac;
mod storage;
mod words;
mod workload;

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::catalogue::Resource;

/// What of the object a row carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Include {
    /// Nothing.
    None,
    /// Its metadata.
    Metadata,
    /// All of it.
    Object,
}

/// A Table of `objects`.
pub(crate) fn of(
    resource: &Resource,
    objects: &[Arc<Value>],
    now: Timestamp,
    include: Include,
    api_version: &str,
    metadata: &Value,
) -> Value {
    let layout = layout::of(resource);
    let printed = &resource.printed;
    let cells = |object: &Value| {
        if printed.is_empty() {
            return (layout.cells)(object, now);
        }
        let own = printed.iter().map(|column| column.cell(object, now));
        std::iter::once(layout::name(object)).chain(own).collect()
    };
    let rows: Vec<Value> = objects
        .iter()
        .map(|o| {
            let mut row = json!({"cells": cells(o)});
            let object = match include {
                Include::None => None,
                Include::Metadata => Some(partial(o.get("metadata").cloned(), api_version)),
                Include::Object => Some((**o).clone()),
            };
            if let (Some(object), Some(map)) = (object, row.as_object_mut()) {
                map.insert("object".to_owned(), object);
            }
            row
        })
        .collect();
    json!({
        "kind": "Table", "apiVersion": api_version, "metadata": metadata,
        "columnDefinitions": layout.definitions(resource), "rows": rows,
    })
}

/// An object's metadata only.
pub(crate) fn partial(metadata: Option<Value>, api_version: &str) -> Value {
    json!({
        "kind": "PartialObjectMetadata", "apiVersion": api_version,
        "metadata": metadata,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::{catalogue::Catalogue, object::Object, practice};

    /// Put every strange value at every place of an object, one at a time.
    fn bend(object: &Value, pointer: &str, try_it: &mut dyn FnMut(&str, Value)) {
        let strange = [
            Value::Null,
            json!(-1),
            json!("<b>\u{1b}[31m"),
            json!([]),
            json!({}),
            json!([null, 7]),
        ];
        for value in strange {
            try_it(pointer, value);
        }
        match object.pointer(pointer) {
            Some(Value::Object(map)) => {
                for key in map.keys() {
                    let key = key.replace('~', "~0").replace('/', "~1");
                    bend(object, &format!("{pointer}/{key}"), try_it);
                }
            }
            Some(Value::Array(items)) => {
                for index in 0..items.len().min(2) {
                    bend(object, &format!("{pointer}/{index}"), try_it);
                }
            }
            _ => {}
        }
    }

    #[test]
    fn no_object_is_too_strange_for_a_row() {
        let mut catalogue = Catalogue::kubernetes();
        let mut samples: BTreeMap<String, Object> = BTreeMap::new();
        for id in [
            "live",
            "hpa-at-maximum",
            "ingress-tls-secret-missing",
            "daemonset-partial",
        ] {
            for object in practice::open(id).unwrap().objects() {
                samples
                    .entry(object.kind().to_owned())
                    .or_insert_with(|| object.clone());
            }
        }
        catalogue.learn(&samples.values());
        let now = Timestamp::now();
        let mut rows = 0;
        for sample in samples.values() {
            let resource = catalogue
                .of_object(sample.api_version(), sample.kind())
                .unwrap();
            let columns = layout::of(resource).columns.len();
            // Who wrote a field is in no table; leave it out for speed.
            let mut plain = sample.value();
            if let Some(metadata) = plain.get_mut("metadata").and_then(Value::as_object_mut) {
                metadata.remove("managedFields");
            }
            bend(&plain, "", &mut |pointer, value| {
                let mut bent = plain.clone();
                if let Some(place) = bent.pointer_mut(pointer) {
                    *place = value;
                }
                let cells = (layout::of(resource).cells)(&bent, now);
                assert_eq!(cells.len(), columns, "{}", resource.plural);
                rows += 1;
            });
        }
        assert!(rows > 5_000, "{rows}");
    }
}
