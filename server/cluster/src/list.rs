//! Lists of objects, page by page.

use std::sync::Arc;

use jiff::Timestamp;
use podside_diagnosis::facts::{Fact, Kind, Sharing, from_object_of};
use serde_json::Value;

use crate::answer::{Answer, Asked, List};
use crate::connection::{Connection, JSON};
use crate::discovery::Resource;
use crate::error::{Error, Result};
use crate::path::query;
use crate::secret::{self, SecretShape};
use crate::weight::LARGEST_ANSWER;

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

/// The most pages of one list: far more objects than a cluster may have, and an end for a
/// server that always has one more, be it empty.
const MOST_PAGES: usize = 10_000;

/// The most objects of one list, however it comes.
pub(crate) const MOST_OBJECTS: usize = MOST_PAGES * PAGE;

/// The pages of one list, put together. They are pages of the same list only when they show
/// the same version, and lead to an end only when each has another token.
#[derive(Debug)]
pub(crate) struct Pages<T> {
    pub(crate) items: Vec<T>,
    count: usize,
    version: Option<String>,
    token: Option<String>,
}

impl<T> Default for Pages<T> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            count: 0,
            version: None,
            token: None,
        }
    }
}

impl<T> Pages<T> {
    /// The token that asks for the next page; `None` for the first one.
    pub(crate) fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// Adds the next page; gives the whole list, as one page, when it was the last one.
    pub(crate) fn add(&mut self, mut page: Page<T>) -> Result<Option<Page<T>>> {
        let version = self.version.get_or_insert_with(|| page.version.clone());
        let broken = |reason: &str| Error::Garbled {
            what: "list".to_owned(),
            reason: reason.to_owned(),
        };
        if *version != page.version {
            return Err(broken("its pages are of different versions"));
        }
        if page.next.is_some() && page.next == self.token {
            return Err(broken("a page leads to itself"));
        }
        self.count += 1;
        if self.count > MOST_PAGES {
            return Err(broken("its pages do not end"));
        }
        self.items.append(&mut page.items);
        self.token.clone_from(&page.next);
        if page.next.is_some() {
            return Ok(None);
        }
        page.items = std::mem::take(&mut self.items);
        Ok(Some(page))
    }
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
    let resource = connection.served(kind).await?;
    let of_kind = resource.objects_path(namespace)?;
    let mut limit = PAGE;
    let answer = loop {
        let mut pairs = vec![("limit", limit.to_string())];
        if let Some(token) = token {
            pairs.push(("continue", token.to_owned()));
        }
        let path = format!("{of_kind}{}", query(&pairs));
        let form = if kind == Kind::Secret {
            secret::LIST
        } else {
            JSON
        };
        match connection.get_as(&path, form, LARGEST_ANSWER).await {
            // Helm's Secrets may be a megabyte each: fewer at once are read all the same.
            Err(Error::TooLarge { .. }) if limit > 1 => limit = (limit / 10).max(1),
            answer => break answer?,
        }
    };
    // A page of 500 large objects takes long enough to hold up others on this thread.
    let asked = asked(&resource, namespace);
    let at = answer.at;
    let what = answer.what.clone();
    let parsed = tokio::task::spawn_blocking(move || read(&resource, &answer, &asked, convert));
    let list = parsed.await.unwrap_or_else(|error| {
        Err(Error::Garbled {
            what,
            reason: error.to_string(),
        })
    })?;
    Ok(Page::of(list, at))
}

impl<T> Page<T> {
    /// The page that an answer is, with the API server's clock.
    pub(crate) fn of(list: List<T>, at: Option<Timestamp>) -> Self {
        Self {
            items: list.items,
            next: Some(list.metadata.next).filter(|token| !token.is_empty()),
            version: list.metadata.version,
            at,
        }
    }
}

/// What the objects of a kind are asked for as: Secrets by their metadata.
pub(crate) fn asked(resource: &Resource, namespace: Option<&str>) -> Asked {
    if is_secret(resource) {
        Asked::metadata_of(resource, namespace)
    } else {
        Asked::all_of(resource, namespace)
    }
}

fn is_secret(resource: &Resource) -> bool {
    resource.group.is_empty() && resource.kind == Kind::Secret.name()
}

fn read<T>(
    resource: &Resource,
    answer: &Answer,
    asked: &Asked,
    convert: impl Fn(Value) -> Option<T>,
) -> Result<List<T>> {
    let made = |mut item: Value| {
        name_kind(resource, &mut item);
        convert(item)
    };
    if is_secret(resource) {
        answer.list(asked, |shape: SecretShape| made(shape.into_object()))
    } else {
        answer.list(asked, made)
    }
}

/// Gives an object of a list its `apiVersion` and `kind`, which lists leave out.
fn name_kind(resource: &Resource, item: &mut Value) {
    if let Value::Object(object) = item {
        object.insert("apiVersion".to_owned(), resource.api_version().into());
        object.insert("kind".to_owned(), resource.kind.as_str().into());
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn answer(body: &'static str) -> Answer {
        let body = Bytes::from_static(body.as_bytes());
        Answer::new("GET /x".into(), body, None, &Arc::default())
    }

    #[test]
    fn items_learn_their_kind() {
        let body = answer(
            r#"{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"7"},"items":[{"metadata":{"name":"a"}}]}"#,
        );
        let list = read(
            &Resource::of(Kind::Pod),
            &body,
            &Asked::all(Kind::Pod, None),
            Some,
        )
        .unwrap();
        assert_eq!(list.items[0]["kind"], "Pod");
    }

    #[test]
    fn a_broken_list_of_secrets_does_not_tell_its_values() {
        let body = answer(
            r#"{"kind":"SecretList","apiVersion":"v1","metadata":{"resourceVersion":"7"},"items":[{"metadata":{"name":"a"},"data":"aHVudGVyMg=="}]}"#,
        );
        let secrets = Resource::of(Kind::Secret);
        let error = read(&secrets, &body, &asked(&secrets, None), Some).unwrap_err();
        assert!(!error.to_string().contains("aHVudGVyMg"), "{error}");
    }
}
