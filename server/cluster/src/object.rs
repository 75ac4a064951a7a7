//! One object as the API server has it, for those who want to see all of it.

use podside_diagnosis::facts::Kind;
use podside_diagnosis::facts::clean::clean_json;
use podside_model::ObjectRef;
use serde::Deserialize;
use serde_json::Value;

use crate::answer::{Answer, Asked};
use crate::connection::Connection;
use crate::discovery::Resource;
use crate::error::Result;
use crate::secret::SecretShape;
use crate::terminal;

/// What stands in the place of the value of a Secret, which is never read.
pub const HIDDEN: &str = "(hidden)";

/// The form in which a server gives rows and columns, and the object itself where it
/// cannot.
const AS_TABLE: &str = "application/json;as=Table;g=meta.k8s.io;v=v1";

/// The longest value of a column, in bytes.
const LONGEST_CELL: usize = 512;

/// The most columns that are shown.
const MOST_COLUMNS: usize = 32;

/// The largest object that is read. etcd holds none above 1.5 MiB by default.
const LARGEST: usize = 8 * 1024 * 1024;

impl Connection {
    /// An object of any kind that the API server has, without what nobody reads
    /// (`metadata.managedFields`) and without what looks secret; a Secret has its keys and
    /// no values.
    ///
    /// # Errors
    /// When the server has no such kind, or it cannot be told whether it has; when the
    /// object does not exist, is too large, or may not be seen.
    pub async fn object(&self, object: &ObjectRef) -> Result<Found> {
        let resource = self.known_resource(object).await?;
        let namespace = object.namespace.as_deref();
        let path = resource.object_path(namespace, &object.name)?;
        let answer = self.get_up_to(&path, LARGEST).await?;
        let asked = Asked::one_of(&resource, namespace, &object.name);
        let object = ObjectRef {
            kind: resource.kind,
            group: resource.group,
            namespace: object.namespace.clone().filter(|_| resource.is_namespaced),
            ..object.clone()
        };
        let value = shown(&object, &answer, &asked)?;
        Ok(Found { object, value })
    }

    /// What `kubectl get` prints of an object: the columns of its kind, which a
    /// CustomResourceDefinition names for its own (`additionalPrinterColumns`), with the
    /// values of this object, in order.
    ///
    /// # Errors
    /// As of [`object`](Self::object).
    pub async fn printed(&self, object: &ObjectRef) -> Result<Vec<(String, String)>> {
        let resource = self.known_resource(object).await?;
        let path = resource.object_path(object.namespace.as_deref(), &object.name)?;
        let answer = self.get_as(&path, AS_TABLE, LARGEST).await?;
        let table: Table = answer.object(&Asked::table())?;
        Ok(columns(table))
    }

    /// Where the objects of a kind are. Those that the facts know are where every Kubernetes
    /// has them; of others the API server is asked.
    pub(crate) async fn known_resource(&self, object: &ObjectRef) -> Result<Resource> {
        match Kind::of(object) {
            Some(kind) => Ok(Resource::of(kind)),
            None => self.resource(object).await,
        }
    }
}

/// An object that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// What it is, with the kind and the group that the API server has; who asked may have
    /// named them otherwise.
    pub object: ObjectRef,
    /// The object.
    pub value: Value,
}

/// Rows and columns (<https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables>).
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Table {
    column_definitions: Vec<Column>,
    rows: Vec<Row>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Column {
    name: String,
    /// Above 0 for what `kubectl get` shows with `-o wide` only.
    priority: i64,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Row {
    cells: Vec<Value>,
}

/// The columns of the one row that there is.
fn columns(table: Table) -> Vec<(String, String)> {
    let cells = table.rows.into_iter().next().unwrap_or_default().cells;
    let columns = table.column_definitions.into_iter().zip(cells);
    columns
        .filter(|(column, cell)| column.priority <= 0 && !cell.is_null())
        .map(|(column, cell)| {
            let said = match &cell {
                Value::String(text) => terminal::quoted(text, LONGEST_CELL),
                other => terminal::quoted(&other.to_string(), LONGEST_CELL),
            };
            (terminal::quoted(&column.name, LONGEST_CELL), said)
        })
        .take(MOST_COLUMNS)
        .collect()
}

/// The object that an answer holds as it may be shown: without what nobody reads
/// (`metadata.managedFields`) and without what looks secret.
pub(crate) fn shown(object: &ObjectRef, answer: &Answer, asked: &Asked) -> Result<Value> {
    let mut read = read(object, answer, asked)?;
    if let Some(Value::Object(metadata)) = read.pointer_mut("/metadata") {
        metadata.remove("managedFields");
    }
    clean_json(&mut read);
    podside_redact::object(&mut read, &mut podside_redact::Tokens);
    hide_keys(&mut read);
    // JSON that stood in a text has been read and written anew, without its escapes.
    clean_json(&mut read);
    Ok(read)
}

fn read(object: &ObjectRef, answer: &Answer, asked: &Asked) -> Result<Value> {
    if Kind::Secret.is(object) {
        let mut object = answer.object::<SecretShape>(asked)?.into_object();
        if let Some(Value::Object(values)) = object.get_mut("data") {
            for value in values.values_mut() {
                *value = HIDDEN.into();
            }
        }
        return Ok(object);
    }
    answer.object(asked)
}

/// Hides what looks like a secret in the names of fields too: those of labels,
/// annotations and data are free.
fn hide_keys(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(hide_keys),
        Value::Object(fields) => {
            fields.values_mut().for_each(hide_keys);
            let telling: Vec<String> = fields
                .keys()
                .filter(|key| !podside_redact::find(key).is_empty())
                .cloned()
                .collect();
            for key in telling {
                if let Some(value) = fields.remove(&key) {
                    fields.insert(podside_redact::hide(&key).into_owned(), value);
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use bytes::Bytes;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_secret_has_keys_and_no_values() {
        let body = Bytes::from_static(
            br#"{"kind":"Secret","apiVersion":"v1","metadata":{"name":"db","namespace":"shop"},"type":"Opaque","data":{"password":"aHVudGVyMg=="}}"#,
        );
        let answer = Answer::new("GET /x".into(), body, None, &Arc::default());
        let asked = Asked::one(Kind::Secret, Some("shop"), "db");
        let object = ObjectRef::namespaced("Secret", "shop", "db");
        let secret = read(&object, &answer, &asked).unwrap();
        assert_eq!(secret["data"]["password"], HIDDEN);
        assert!(!secret.to_string().contains("aHVudGVyMg"));
    }

    #[test]
    fn the_columns_of_a_kind_are_those_that_are_printed() {
        let table: Table = serde_json::from_value(json!({
            "columnDefinitions": [{"name": "Name", "type": "string", "priority": 0}, {"name": "Ready", "priority": 0},
                {"name": "Wide", "priority": 1}, {"name": "None", "priority": 0}],
            "rows": [{"cells": ["web", 3, "only wide", null]}],
        }))
        .unwrap();
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(columns(table), [pair("Name", "web"), pair("Ready", "3")]);
        assert_eq!(columns(Table::default()), []);
        // A cell of a server that lies steers nothing.
        let hostile: Table = serde_json::from_value(json!({
            "columnDefinitions": [{"name": "N\u{1b}[2J"}], "rows": [{"cells": ["a\u{202e}b", "beyond"]}],
        }))
        .unwrap();
        assert_eq!(columns(hostile), [pair("N", "ab")]);
    }
}
