//! The objects of any kind as the API server prints them for `kubectl get`: lines and
//! columns, which a CustomResourceDefinition names for its own kind
//! (<https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables>).

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use podside_diagnosis::facts::{Kind, group_of};
use podside_model::ObjectRef;
use serde::Deserialize;
use serde_json::Value;
use tokio::time::Instant;

use crate::answer::{Asked, ListMeta};
use crate::connection::Connection;
use crate::discovery::Resource;
use crate::error::{Error, Result};
use crate::label_selector::LabelSelector;
use crate::list::{PAGE, Page, Pages};
use crate::path::query;
use crate::terminal;
use crate::weight::LARGEST_ANSWER;

/// The most lines of one listing; what is beyond is left out, and that is said.
pub const MOST_LINES: usize = 20_000;

/// The form in which a server gives lines and columns.
const AS_TABLE: &str = "application/json;as=Table;g=meta.k8s.io;v=v1";

/// The most columns of a listing.
const MOST_COLUMNS: usize = 32;

/// The longest value of a column, in bytes.
const LONGEST_CELL: usize = 512;

/// How long a listing answers those who turn its pages, sort it, or look for words in it.
const FRESH: Duration = Duration::from_secs(15);

/// The most listings that are kept of one connection.
const MOST_KEPT: usize = 4;

/// The objects of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listing {
    /// The columns beside the namespace and the name, in the server's order.
    pub columns: Vec<Column>,
    /// A line for each object, in the server's order; at most [`MOST_LINES`].
    pub lines: Vec<Line>,
    /// Whether there are more objects than lines.
    pub is_cut: bool,
    /// When the server answered, by its own clock.
    pub at: Option<Timestamp>,
}

/// A column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name, such as `Ready`.
    pub name: String,
    /// Whether `kubectl get` shows it with `-o wide` only.
    pub is_wide: bool,
    /// Whether its values are numbers.
    pub is_number: bool,
}

/// One object's line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its namespace; `None` for an object of the whole cluster.
    pub namespace: Option<String>,
    /// Its name.
    pub name: String,
    /// What controls it.
    pub owner: Option<ObjectRef>,
    cells: Vec<String>,
}

impl Line {
    /// What stands in a column, to be compared; it may hold what looks like a secret.
    pub fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }

    /// What stands in the columns, with what looks like a secret hidden.
    pub fn shown(&self) -> Vec<String> {
        let cells = self.cells.iter();
        cells
            .map(|cell| podside_redact::hide(cell).into_owned())
            .collect()
    }

    /// Whether each of the words stands in its namespace, its name or a column; `words` are
    /// in small letters.
    pub fn says(&self, words: &[String]) -> bool {
        words.iter().all(|word| {
            let cells = self.cells.iter().chain(&self.namespace);
            let mut texts = cells.chain([&self.name]);
            texts.any(|text| text.to_lowercase().contains(word.as_str()))
        })
    }
}

/// The listings that were made a while ago, the newest first.
#[derive(Debug, Default)]
pub(crate) struct Listed(Mutex<Vec<(Instant, Key, Arc<Listing>)>>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Key {
    resource: Resource,
    namespace: Option<String>,
    labels: LabelSelector,
}

impl Listed {
    fn get(&self, key: &Key) -> Option<Arc<Listing>> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(at, _, _)| at.elapsed() < FRESH);
        let found = kept.iter().find(|(_, of, _)| of == key);
        found.map(|(_, _, listing)| Arc::clone(listing))
    }

    fn keep(&self, key: Key, listing: &Arc<Listing>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(_, of, _)| *of != key);
        kept.insert(0, (Instant::now(), key, Arc::clone(listing)));
        kept.truncate(MOST_KEPT);
    }
}

impl Connection {
    /// The objects of a kind that the labels select, in one namespace or everywhere, as they
    /// were within the last seconds.
    ///
    /// # Errors
    /// When the kind may not be listed there, or the API server does not answer, or with
    /// something else.
    pub async fn listing(
        &self,
        resource: &Resource,
        namespace: Option<&str>,
        labels: &LabelSelector,
    ) -> Result<Arc<Listing>> {
        let namespace = namespace.filter(|_| resource.is_namespaced);
        let key = Key {
            resource: resource.clone(),
            namespace: namespace.map(str::to_owned),
            labels: labels.clone(),
        };
        if let Some(listing) = self.listed().get(&key) {
            return Ok(listing);
        }
        let listing = Arc::new(self.list(resource, namespace, labels).await?);
        self.listed().keep(key, &listing);
        Ok(listing)
    }

    async fn list(
        &self,
        resource: &Resource,
        namespace: Option<&str>,
        labels: &LabelSelector,
    ) -> Result<Listing> {
        let of_kind = resource.objects_path(namespace)?;
        let mut pages = Pages::default();
        let mut columns = Vec::new();
        loop {
            let (named, page) = self
                .table(&of_kind, namespace, labels, pages.token())
                .await?;
            if columns.is_empty() {
                columns = named;
            }
            let at = page.at;
            let whole = pages.add(page)?;
            let is_cut = whole.is_none() && pages.items.len() >= MOST_LINES
                || whole
                    .as_ref()
                    .is_some_and(|page| page.items.len() > MOST_LINES);
            if whole.is_none() && !is_cut {
                continue;
            }
            let mut lines = whole.map_or_else(|| std::mem::take(&mut pages.items), |it| it.items);
            lines.truncate(MOST_LINES);
            return Ok(Listing {
                columns,
                lines,
                is_cut,
                at,
            });
        }
    }

    /// One page of a listing, with its columns.
    async fn table(
        &self,
        of_kind: &str,
        namespace: Option<&str>,
        labels: &LabelSelector,
        token: Option<&str>,
    ) -> Result<(Vec<Column>, Page<Line>)> {
        let mut limit = PAGE;
        let answer = loop {
            let mut pairs = vec![("limit", limit.to_string())];
            if !labels.is_everything() {
                pairs.push(("labelSelector", labels.as_str().to_owned()));
            }
            if let Some(token) = token {
                pairs.push(("continue", token.to_owned()));
            }
            let path = format!("{of_kind}{}", query(&pairs));
            match self.get_as(&path, AS_TABLE, LARGEST_ANSWER).await {
                // The metadata of some may be large: fewer at once are read all the same.
                Err(Error::TooLarge { .. }) if limit > 1 => limit = (limit / 10).max(1),
                answer => break answer?,
            }
        };
        let (at, what) = (answer.at, answer.what.clone());
        // A page takes long enough to hold up others on this thread.
        let read = tokio::task::spawn_blocking(move || answer.object::<Table>(&Asked::table()));
        let table = read.await.unwrap_or_else(|error| {
            Err(Error::Garbled {
                what: what.clone(),
                reason: error.to_string(),
            })
        })?;
        let next = Some(table.metadata.next.clone()).filter(|token| !token.is_empty());
        let version = table.metadata.version.clone();
        let (columns, items) = table
            .read(namespace)
            .map_err(|reason| Error::Garbled { what, reason })?;
        let page = Page {
            items,
            next,
            version,
            at,
        };
        Ok((columns, page))
    }
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Table {
    metadata: ListMeta,
    column_definitions: Vec<Definition>,
    rows: Option<Vec<Row>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Definition {
    name: String,
    #[serde(rename = "type")]
    sort: String,
    /// `name` for the column of the object's own.
    format: String,
    /// Above 0 for what `kubectl get` shows with `-o wide` only.
    priority: i64,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Row {
    cells: Vec<Value>,
    object: Partial,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Partial {
    metadata: Metadata,
}

/// What is read of an object's metadata: no annotation, which may hold all of a Secret.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Metadata {
    name: String,
    namespace: String,
    owner_references: Vec<Owner>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Owner {
    api_version: String,
    kind: String,
    name: String,
    controller: bool,
}

impl Table {
    /// Its columns without that of the name, which each line has, and its lines.
    fn read(self, namespace: Option<&str>) -> Result<(Vec<Column>, Vec<Line>), String> {
        let is_name = |definition: &Definition| definition.format == "name";
        let kept: Vec<bool> = self
            .column_definitions
            .iter()
            .map(|definition| !is_name(definition))
            .collect();
        let columns = self
            .column_definitions
            .iter()
            .filter(|definition| !is_name(definition))
            .take(MOST_COLUMNS)
            .map(|definition| Column {
                name: terminal::quoted(&definition.name, LONGEST_CELL),
                is_wide: definition.priority > 0,
                is_number: matches!(definition.sort.as_str(), "integer" | "number"),
            })
            .collect();
        let rows = self.rows.unwrap_or_default().into_iter();
        let lines: Result<Vec<Line>, String> = rows.map(|row| row.line(&kept, namespace)).collect();
        Ok((columns, lines?))
    }
}

impl Row {
    fn line(self, kept: &[bool], namespace: Option<&str>) -> Result<Line, String> {
        let metadata = self.object.metadata;
        if metadata.name.is_empty() {
            return Err("it holds a row of no object".to_owned());
        }
        if namespace.is_some_and(|asked| metadata.namespace != asked) {
            return Err("it holds a row of another namespace than the one asked for".to_owned());
        }
        let cells = self.cells.iter().zip(kept).filter(|(_, kept)| **kept);
        let plain = |text: &str| terminal::plain(text, LONGEST_CELL);
        let mut owners = metadata.owner_references.into_iter();
        let owner = owners.find(|owner| owner.controller).map(|owner| {
            let (kind, name) = (plain(&owner.kind), plain(&owner.name));
            let group = plain(group_of(&owner.api_version, &kind));
            let is_namespaced = Kind::find(&kind, &group).is_none_or(Kind::is_namespaced);
            let namespace =
                Some(plain(&metadata.namespace)).filter(|it| !it.is_empty() && is_namespaced);
            ObjectRef {
                namespace,
                ..ObjectRef::cluster(kind, name).in_group(group)
            }
        });
        Ok(Line {
            namespace: Some(plain(&metadata.namespace)).filter(|name| !name.is_empty()),
            name: plain(&metadata.name),
            owner,
            cells: cells
                .take(MOST_COLUMNS)
                .map(|(cell, _)| match cell {
                    Value::Null => String::new(),
                    Value::String(text) => plain(text),
                    other => plain(&other.to_string()),
                })
                .collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn table(rows: Value) -> Table {
        serde_json::from_value(json!({
            "columnDefinitions": [
                {"name": "Name", "type": "string", "format": "name", "priority": 0},
                {"name": "Ready", "type": "string", "priority": 0},
                {"name": "Restarts", "type": "integer", "priority": 0},
                {"name": "IP", "type": "string", "priority": 1}],
            "rows": rows,
        }))
        .unwrap()
    }

    fn row(namespace: &str, cells: Value) -> Value {
        json!({"cells": cells, "object": {"metadata": {"name": "web", "namespace": namespace,
            "annotations": {"a": "b"}, "ownerReferences": [
                {"apiVersion": "v1", "kind": "Other", "name": "o"},
                {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "web-1", "controller": true}]}}})
    }

    #[test]
    fn lines_have_the_columns_of_their_kind_but_the_name() {
        let rows = json!([row("shop", json!(["web", "1/1", 3, null]))]);
        let (columns, lines) = table(rows).read(Some("shop")).unwrap();
        let names: Vec<_> = columns
            .iter()
            .map(|it| (it.name.as_str(), it.is_wide, it.is_number))
            .collect();
        let expected = [
            ("Ready", false, false),
            ("Restarts", false, true),
            ("IP", true, false),
        ];
        assert_eq!(names, expected);
        let line = &lines[0];
        assert_eq!(line.shown(), ["1/1", "3", ""]);
        assert_eq!(
            (line.name.as_str(), line.cell(1), line.cell(9)),
            ("web", "3", "")
        );
        assert_eq!(
            line.owner,
            Some(ObjectRef::namespaced("ReplicaSet", "shop", "web-1"))
        );
        assert!(line.says(&["web".to_owned(), "1/1".to_owned()]));
        assert!(!line.says(&["web".to_owned(), "0/1".to_owned()]));
    }

    #[test]
    fn a_row_of_another_place_or_of_nothing_is_refused() {
        let elsewhere = json!([row("vault", json!(["web"]))]);
        assert!(table(elsewhere).read(Some("shop")).is_err());
        assert!(table(json!([{"cells": ["web"]}])).read(None).is_err());
        // Go writes an empty list as null here and there.
        assert_eq!(table(Value::Null).read(None).unwrap().1, []);
    }

    #[test]
    fn a_cell_steers_nothing_and_tells_no_secret() {
        let rows = json!([row(
            "shop",
            json!(["web", "a\u{202e}\u{1b}[2Jb", "password=hunter2hunter2"])
        )]);
        let (_, lines) = table(rows).read(None).unwrap();
        let shown = lines[0].shown();
        assert_eq!(shown[0], "ab");
        assert!(shown[1].starts_with("password=[hidden: "), "{shown:?}");
    }
}
