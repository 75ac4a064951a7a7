//! Objects of kinds that nobody watches, such as custom resources: what something points at,
//! and those of a kind among which the reason of something may be.

use std::sync::Arc;

use podside_diagnosis::facts::{Fact, Kind, Other, Sharing, from_object_of};
use podside_model::ObjectRef;
use serde_json::Value;

use crate::answer::Asked;
use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::path::query;

/// The largest object that is read. etcd holds none above 1.5 MiB by default.
const LARGEST: usize = 8 * 1024 * 1024;

/// The most objects of a kind that are read at once.
const MOST: usize = 200;

/// Reads what all objects have in common of one. Its namespace counts where its kind has any.
///
/// # Errors
/// When the server has no such kind or object, may not show it, or answers with something
/// else.
pub(crate) async fn read(
    connection: &Connection,
    object: &ObjectRef,
    sharing: &Sharing,
) -> Result<Arc<Other>> {
    let resource = connection.resource(object).await?;
    let namespace = object.namespace.as_deref();
    let path = resource.object_path(namespace, &object.name)?;
    let answer = connection.get_up_to(&path, LARGEST).await?;
    let asked = Asked::one_of(&resource, namespace, &object.name);
    let read: Value = answer.object(&asked)?;
    match from_object_of(Kind::Other, &read, sharing) {
        Some(Fact::Other(other)) => Ok(other),
        _ => Err(Error::Garbled {
            what: answer.what,
            reason: format!("it is no {}", resource.kind),
        }),
    }
}

/// Reads the same of the objects of a kind in a namespace, no more than [`MOST`] of them. `kind`
/// names kind and group; the namespace counts where its objects have any.
///
/// # Errors
/// When the server has no such kind, may not list it there, or answers with something else.
pub(crate) async fn read_all(
    connection: &Connection,
    kind: &ObjectRef,
    namespace: &str,
    sharing: &Sharing,
) -> Result<Vec<Arc<Other>>> {
    let resource = connection.resource(kind).await?;
    let namespace = Some(namespace).filter(|it| !it.is_empty() && resource.is_namespaced);
    let path = resource.objects_path(namespace)?;
    let limit = query(&[("limit", MOST.to_string())]);
    let answer = connection.get(&format!("{path}{limit}")).await?;
    let asked = Asked::all_of(&resource, namespace);
    let (name, version) = (resource.kind.clone(), resource.api_version());
    let read = answer.list(&asked, |mut object: Value| {
        // The items of a typed list carry neither.
        let fields = object.as_object_mut()?;
        fields.entry("kind").or_insert_with(|| name.clone().into());
        fields
            .entry("apiVersion")
            .or_insert_with(|| version.clone().into());
        match from_object_of(Kind::Other, &object, sharing) {
            Some(Fact::Other(other)) => Some(other),
            _ => None,
        }
    })?;
    Ok(read.items.into_iter().take(MOST).collect())
}
