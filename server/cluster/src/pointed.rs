//! Single objects of kinds that nobody watches, such as custom resources: what something
//! points at.

use std::sync::Arc;

use podside_diagnosis::facts::{Fact, Kind, Other, Sharing, from_object_of};
use podside_model::ObjectRef;
use serde_json::Value;

use crate::answer::Asked;
use crate::connection::Connection;
use crate::error::{Error, Result};

/// The largest object that is read. etcd holds none above 1.5 MiB by default.
const LARGEST: usize = 8 * 1024 * 1024;

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
