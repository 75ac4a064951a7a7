//! Lists of objects, page by page.

use std::sync::Arc;

use jiff::Timestamp;
use podside_diagnosis::facts::{Fact, Kind, Sharing, from_object_of};
use serde::Deserialize;
use serde_json::Value;

use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::kind::{api_version, path};
use crate::path::query;
use crate::secret::SecretShape;

/// How many objects one page holds: client-go's own number.
pub(crate) const PAGE: usize = 500;

/// One page of a list.
#[derive(Clone, Debug)]
pub(crate) struct Page<T> {
    /// What was made of the objects.
    pub(crate) items: Vec<T>,
    /// The token that asks for the next page; `None` on the last one.
    pub(crate) next: Option<String>,
    /// The version from which a watch goes on.
    pub(crate) version: String,
    /// The API server's clock.
    pub(crate) at: Option<Timestamp>,
}

/// Asks for one page of a kind's objects, in one namespace or everywhere, and makes
/// facts of them.
pub(crate) async fn facts(
    connection: &Connection,
    kind: Kind,
    namespace: Option<&str>,
    token: Option<&str>,
    sharing: &Arc<Sharing>,
) -> Result<Page<Fact>> {
    let sharing = Arc::clone(sharing);
    page(connection, kind, namespace, token, move |object| {
        from_object_of(kind, &object, &sharing)
    })
    .await
}

/// Asks for one page of a kind's objects and makes something of each.
pub(crate) async fn page<T: Send + 'static>(
    connection: &Connection,
    kind: Kind,
    namespace: Option<&str>,
    token: Option<&str>,
    convert: impl Fn(Value) -> Option<T> + Send + 'static,
) -> Result<Page<T>> {
    let of_kind = path(kind, namespace)?;
    let mut limit = PAGE;
    let (path, answer) = loop {
        let mut pairs = vec![("limit", limit.to_string())];
        if let Some(token) = token {
            pairs.push(("continue", token.to_owned()));
        }
        let path = format!("{of_kind}{}", query(&pairs));
        match connection.get(&path).await {
            // Helm's Secrets may be a megabyte each: fewer at once are read all the same.
            Err(Error::TooLarge { .. }) if limit > 1 => limit = (limit / 10).max(1),
            answer => break (path, answer?),
        }
    };
    // A page of 500 large objects takes long enough to hold up others on this thread.
    let parsed = tokio::task::spawn_blocking(move || {
        let list = parse(kind, &answer.body)?;
        let items = list.items.unwrap_or_default();
        Ok((
            list.metadata,
            items.into_iter().filter_map(convert).collect(),
        ))
    })
    .await
    .unwrap_or_else(|error| Err(error.to_string()));
    let (metadata, items) = parsed.map_err(|reason| Error::Garbled {
        what: format!("GET {path}"),
        reason,
    })?;
    Ok(Page {
        items,
        next: Some(metadata.next).filter(|token| !token.is_empty()),
        version: metadata.version,
        at: answer.at,
    })
}

#[derive(Deserialize)]
struct List<T> {
    #[serde(default)]
    metadata: ListMeta,
    // Go writes an empty list as null here and there.
    items: Option<Vec<T>>,
}

/// A list's own metadata
/// (<https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/list-meta/>).
#[derive(Default, Deserialize)]
#[serde(default)]
struct ListMeta {
    #[serde(rename = "continue")]
    next: String,
    #[serde(rename = "resourceVersion")]
    version: String,
}

fn parse(kind: Kind, body: &[u8]) -> std::result::Result<List<Value>, String> {
    let broken = |error: serde_json::Error| unparsed(kind, &error);
    let mut list = if kind == Kind::Secret {
        let list: List<SecretShape> = serde_json::from_slice(body).map_err(broken)?;
        List {
            metadata: list.metadata,
            items: list
                .items
                .map(|items| items.into_iter().map(SecretShape::into_object).collect()),
        }
    } else {
        serde_json::from_slice(body).map_err(broken)?
    };
    for item in list.items.iter_mut().flatten() {
        name_kind(kind, item);
    }
    Ok(list)
}

/// What is wrong with an answer that holds objects of a kind. serde_json's own
/// message can quote a value, and that a Secret's: only the place is told.
pub(crate) fn unparsed(kind: Kind, error: &serde_json::Error) -> String {
    format!(
        "it does not hold {} (line {}, column {})",
        kind.plural(),
        error.line(),
        error.column()
    )
}

/// Gives an object of a list its `apiVersion` and `kind`, which lists leave out.
fn name_kind(kind: Kind, item: &mut Value) {
    if let Value::Object(object) = item {
        object.insert("apiVersion".to_owned(), api_version(kind).into());
        object.insert("kind".to_owned(), kind.name().into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_learn_their_kind() {
        let body = br#"{"kind":"PodList","metadata":{"resourceVersion":"7","continue":"x"},"items":[{"metadata":{"name":"a"}}]}"#;
        let list = parse(Kind::Pod, body).unwrap();
        assert_eq!(list.items.unwrap()[0]["kind"], "Pod");
        assert_eq!((&*list.metadata.version, &*list.metadata.next), ("7", "x"));
        assert!(
            parse(Kind::Pod, br#"{"items":null}"#)
                .unwrap()
                .items
                .is_none()
        );
    }

    #[test]
    fn a_broken_list_of_secrets_does_not_tell_its_values() {
        let body = br#"{"items":[{"metadata":{},"data":"aHVudGVyMg=="}]}"#;
        let error = parse(Kind::Secret, body).err().unwrap();
        assert!(!error.contains("aHVudGVyMg"), "{error}");
    }
}
