//! Getting one object and listing many, in every representation.

use std::sync::Arc;

use axum::{
    body::Body,
    http::{Response, StatusCode},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::Serialize;
use serde_json::{Value, json};

use super::{
    Query,
    accept::{Representation, negotiate},
    number,
    status::{Refusal, bytes_response, json_response},
};
use crate::{
    catalogue::Resource,
    cluster::Cluster,
    convert,
    fields::Fields,
    object::Object,
    select::Selection,
    store::{Key, key_of},
    table::{self, Include},
};

/// What a request is about.
#[derive(Clone)]
pub(super) struct Scope {
    pub(super) cluster: Arc<Cluster>,
    pub(super) resource: Resource,
    pub(super) namespace: Option<String>,
    pub(super) name: Option<String>,
}

impl Scope {
    /// The request's selectors, narrowed to one name if the path has one.
    pub(super) fn selection(&self, query: &Query) -> Result<Selection, Refusal> {
        Selection::parse(
            &self.resource,
            query.get("labelSelector").map(String::as_str),
            query.get("fieldSelector").map(String::as_str),
        )
        .map_err(Refusal::bad_request)
    }

    /// Whether an object, in this resource's version, is asked for.
    pub(super) fn holds(&self, selection: &Selection, object: &Object) -> bool {
        self.namespace
            .as_deref()
            .is_none_or(|n| object.namespace() == n)
            && self.name.as_deref().is_none_or(|n| object.name() == n)
            && selection.holds(&self.resource, object)
    }
}

/// Objects, tables and metadata can be asked of a resource; discovery cannot.
pub(super) fn representations(representation: Representation) -> bool {
    !matches!(representation, Representation::Discovery(_))
}

/// `includeObject` of a Table request.
pub(super) fn include(query: &Query) -> Result<Include, Refusal> {
    match query.get("includeObject").map(String::as_str) {
        None | Some("" | "Metadata") => Ok(Include::Metadata),
        Some("None") => Ok(Include::None),
        Some("Object") => Ok(Include::Object),
        Some(other) => Err(Refusal::bad_request(format!(
            "unrecognized includeObject value: {other:?}"
        ))),
    }
}

/// `GET` of one object.
pub(super) fn get(
    scope: &Scope,
    name: &str,
    query: &Query,
    accept: Option<&str>,
) -> Result<Response<Body>, Refusal> {
    let representation = negotiate(accept, representations)?;
    let resource = &scope.resource;
    let object = scope
        .cluster
        .store
        .get(
            &resource.storage,
            scope.namespace.as_deref().unwrap_or(""),
            name,
        )
        .and_then(|o| convert::to(resource, &o))
        .ok_or_else(|| Refusal::no_object(resource, name))?;
    let body = match representation {
        Representation::Table(api_version) => {
            let metadata = json!({"resourceVersion": object.text("/metadata/resourceVersion")});
            table::of(
                resource,
                std::slice::from_ref(&object),
                scope.cluster.now(),
                include(query)?,
                api_version,
                &metadata,
            )
        }
        Representation::Metadata(api_version) => {
            table::partial(object.get("metadata").cloned(), api_version)
        }
        _ => {
            return Ok(bytes_response(
                StatusCode::OK,
                "application/json",
                object.to_string(),
            ));
        }
    };
    Ok(json_response(StatusCode::OK, &body))
}

/// `GET` of a collection.
pub(super) fn list(
    scope: &Scope,
    query: &Query,
    accept: Option<&str>,
) -> Result<Response<Body>, Refusal> {
    let representation = negotiate(accept, representations)?;
    let selection = scope.selection(query)?;
    let limit = number(query, "limit")?.unwrap_or(0);
    let page = match query.get("continue").filter(|t| !t.is_empty()) {
        Some(token) => Some(Page::decode(token)?),
        None => None,
    };
    let exact = query.get("resourceVersionMatch").map(String::as_str) == Some("Exact");
    let asked = number(query, "resourceVersion")?.unwrap_or(0);
    let at = match &page {
        Some(page) => Some(page.rv),
        None if exact => Some(asked),
        None => None,
    };
    if asked > scope.cluster.store.revision() {
        return Err(Refusal::expired(format!(
            "resource version {asked} is not of this cluster, which is at {}",
            scope.cluster.store.revision()
        )));
    }
    let (revision, objects) = scope
        .cluster
        .store
        .list(
            &scope.resource.storage,
            scope.namespace.as_deref(),
            at,
            page.as_ref().map(|page| &page.start),
        )
        .map_err(|_| match &page {
            Some(page) => Refusal {
                continue_token: Some(Page { rv: scope.cluster.store.revision(), start: page.start.clone() }.encode()),
                ..Refusal::expired("The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.")
            },
            None => Refusal::expired(format!("The resourceVersion for the provided list is too old: {asked}")),
        })?;
    let mut chosen = objects
        .iter()
        .filter_map(|o| convert::kept(&scope.resource, o))
        .filter(|o| scope.holds(&selection, o));
    let items: Vec<Object> = match usize::try_from(limit) {
        Ok(limit) if limit > 0 => chosen.by_ref().take(limit).collect(),
        _ => chosen.by_ref().collect(),
    };
    let mut metadata = json!({"resourceVersion": revision.to_string()});
    if let Some(next) = chosen.next()
        && let Some(map) = metadata.as_object_mut()
    {
        let token = Page {
            rv: revision,
            start: key_of(&next),
        }
        .encode();
        map.insert("continue".to_owned(), json!(token));
        // As in the API server, the rest is counted only when nothing selects.
        if selection.is_everything() {
            map.insert("remainingItemCount".to_owned(), json!(chosen.count() + 1));
        }
    }
    let resource = &scope.resource;
    let body = match representation {
        Representation::Table(api_version) => table::of(
            resource,
            &values(&items),
            scope.cluster.now(),
            include(query)?,
            api_version,
            &metadata,
        )
        .to_string(),
        Representation::Metadata(api_version) => {
            let items: Vec<Value> = items
                .iter()
                .map(|o| table::partial(o.at("/metadata"), api_version))
                .collect();
            json!({
                "kind": "PartialObjectMetadataList", "apiVersion": api_version,
                "metadata": metadata, "items": items,
            })
            .to_string()
        }
        _ => joined(resource, &metadata, &items),
    };
    Ok(bytes_response(StatusCode::OK, "application/json", body))
}

/// Where the next page begins and of which revision it is, as the API server
/// encodes it: a client must not look inside.
#[derive(Serialize, serde::Deserialize)]
struct Page {
    rv: u64,
    start: Key,
}

impl Page {
    fn encode(&self) -> String {
        URL_SAFE_NO_PAD
            .encode(json!({"v": "meta.k8s.io/v1", "rv": self.rv, "start": self.start}).to_string())
    }

    fn decode(token: &str) -> Result<Self, Refusal> {
        URL_SAFE_NO_PAD
            .decode(token.trim_end_matches('='))
            .ok()
            .and_then(|bytes| serde_json::from_slice(&bytes).ok())
            .ok_or_else(|| Refusal::bad_request("continue key is not valid"))
    }
}

/// A list of objects. They are put into it as they are kept, without the kind that the
/// list has.
fn joined(resource: &Resource, metadata: &Value, items: &[Object]) -> String {
    let (kind, api_version) = (
        json!(format!("{}List", resource.kind)),
        json!(resource.api_version()),
    );
    let mut text = format!(
        "{{\"kind\":{kind},\"apiVersion\":{api_version},\"metadata\":{metadata},\"items\":["
    );
    let length: usize = items.iter().map(|item| item.text().len() + 1).sum();
    text.reserve_exact(length + "]}".len());
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        text.push_str(item.text());
    }
    text.push_str("]}");
    text
}

/// The objects, parsed.
pub(super) fn values(objects: &[Object]) -> Vec<Arc<Value>> {
    objects
        .iter()
        .map(|object| Arc::new(object.value()))
        .collect()
}
