//! The stream of changes of one kind, as the API server sends it.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures::stream::{self, BoxStream};
use futures::{StreamExt, TryStreamExt};
use http::StatusCode;
use jiff::Timestamp;
use podside_diagnosis::facts::{Fact, Kind, Sharing, from_object_of};
use serde::Deserialize;
use serde_json::Value;

use crate::answer::Asked;
use crate::connection::{Connection, JSON, Status};
use crate::error::{Error, Result};
use crate::list::asked;
use crate::path::query;
use crate::secret::{self, SecretShape};
use crate::weight::weigh;

/// How long the API server is asked to keep one watch open, in seconds: client-go's
/// five to ten minutes, at the lower end.
pub(crate) const OPEN_FOR: u32 = 290;

/// The longest event that is read. etcd holds no object above 1.5 MiB by default.
const LONGEST_EVENT: usize = 16 * 1024 * 1024;

/// One event of a watch
/// (<https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes>).
#[derive(Clone, Debug)]
pub(crate) enum Change {
    /// An object is new or was changed.
    Put(Fact),
    /// An object is gone.
    Removed(Fact),
    /// Nothing changed up to here.
    Bookmark,
    /// A bookmark, too: all that there was at the beginning has been told.
    AllTold,
}

/// A change and the version up to which the watch has thereby come.
#[derive(Clone, Debug)]
pub(crate) struct Versioned {
    pub(crate) change: Change,
    pub(crate) version: String,
}

/// What a bookmark carries that ends what there was at the beginning of a watch
/// (<https://kubernetes.io/docs/reference/using-api/api-concepts/#streaming-lists>).
const ALL_TOLD: &str = "/object/metadata/annotations/k8s.io~1initial-events-end";

/// Opens a watch of a kind from a version on.
pub(crate) async fn changes(
    connection: &Connection,
    kind: Kind,
    namespace: Option<&str>,
    version: &str,
    sharing: &Arc<Sharing>,
) -> Result<BoxStream<'static, Result<Versioned>>> {
    let from = [("resourceVersion", version.to_owned())];
    let (_, changes) = open(connection, kind, namespace, &from, sharing).await?;
    Ok(changes)
}

/// Opens a watch of a kind that begins with what there is, and gives the API server's clock
/// beside it. Servers that do not offer this say so (400 or 422), or, before 1.27, never come
/// to the [end](Change::AllTold) of it.
pub(crate) async fn from_the_beginning(
    connection: &Connection,
    kind: Kind,
    namespace: Option<&str>,
    sharing: &Arc<Sharing>,
) -> Result<(Option<Timestamp>, BoxStream<'static, Result<Versioned>>)> {
    let from = [
        ("sendInitialEvents", "true".to_owned()),
        ("resourceVersionMatch", "NotOlderThan".to_owned()),
    ];
    open(connection, kind, namespace, &from, sharing).await
}

async fn open(
    connection: &Connection,
    kind: Kind,
    namespace: Option<&str>,
    from: &[(&str, String)],
    sharing: &Arc<Sharing>,
) -> Result<(Option<Timestamp>, BoxStream<'static, Result<Versioned>>)> {
    let resource = connection.served(kind).await?;
    let mut pairs = vec![
        ("watch", "1".to_owned()),
        ("allowWatchBookmarks", "true".to_owned()),
        ("timeoutSeconds", OPEN_FOR.to_string()),
    ];
    pairs.extend_from_slice(from);
    let path = resource.objects_path(namespace)? + &query(&pairs);
    let what = format!("GET {path}");
    let named = what.clone();
    let form = if kind == Kind::Secret {
        secret::WATCH
    } else {
        JSON
    };
    let (at, chunks) = connection.stream_dated(&path, form).await?;
    let connection = connection.clone();
    let asked = asked(&resource, namespace);
    let sharing = Arc::clone(sharing);
    let event =
        move |line: Result<Bytes>| parse(&connection, kind, &asked, &what, &line?, &sharing);
    Ok((at, lines(chunks, named).map(event).boxed()))
}

fn lines(
    chunks: BoxStream<'static, Result<Bytes>>,
    what: String,
) -> BoxStream<'static, Result<Bytes>> {
    let batches = stream::unfold(Some((chunks, BytesMut::new())), move |state| {
        let what = what.clone();
        async move {
            let (mut chunks, mut begun) = state?;
            // A last line without its line feed was cut off; the watch goes on
            // from the version before it.
            match chunks.next().await? {
                Err(error) => Some((Err(error), None)),
                Ok(chunk) => {
                    begun.extend_from_slice(&chunk);
                    let mut whole = Vec::new();
                    while let Some(end) = begun.iter().position(|byte| *byte == b'\n') {
                        whole.push(Ok(begun.split_to(end + 1).freeze()));
                    }
                    if begun.len() > LONGEST_EVENT {
                        let limit = LONGEST_EVENT;
                        return Some((Err(Error::TooLarge { what, limit }), None));
                    }
                    Some((Ok(stream::iter(whole)), Some((chunks, begun))))
                }
            }
        }
    });
    batches.try_flatten().boxed()
}

#[derive(Deserialize)]
struct Typed {
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Deserialize)]
struct Failed {
    object: Status,
}

fn parse(
    connection: &Connection,
    kind: Kind,
    asked: &Asked,
    what: &str,
    line: &[u8],
    sharing: &Sharing,
) -> Result<Versioned> {
    let broken = |reason| Error::Garbled {
        what: what.to_owned(),
        reason,
    };
    weigh(line, what)?;
    let typed: Typed = asked.parsed(line).map_err(broken)?;
    if typed.kind == "ERROR" {
        let status = asked.parsed::<Failed>(line).map_err(broken)?.object;
        let code = StatusCode::from_u16(status.code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        return Err(connection.refusal(what, code, status));
    }
    let is_bookmark = !matches!(typed.kind.as_str(), "ADDED" | "MODIFIED" | "DELETED");
    let object = if kind == Kind::Secret {
        let shape = asked.event::<SecretShape>(line, is_bookmark);
        shape.map(SecretShape::into_object)
    } else {
        asked.event::<Value>(line, is_bookmark)
    };
    let object = object.map_err(broken)?;
    let version = object
        .pointer("/metadata/resourceVersion")
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned();
    let fact = || {
        from_object_of(kind, &object, sharing)
            .ok_or_else(|| broken(format!("an event without a {}", kind.name())))
    };
    let change = match typed.kind.as_str() {
        "ADDED" | "MODIFIED" => Change::Put(fact()?),
        "DELETED" => Change::Removed(fact()?),
        // Of Secrets no annotation is read; a bookmark holds none of their own.
        "BOOKMARK" => {
            let bookmark: Value = asked.parsed(line).map_err(broken)?;
            match bookmark.pointer(ALL_TOLD).and_then(Value::as_str) {
                Some("true") => Change::AllTold,
                _ => Change::Bookmark,
            }
        }
        // Types that are added later change nothing for those who do not know them.
        _ => Change::Bookmark,
    };
    Ok(Versioned { change, version })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discovery::Resource;

    async fn read(kind: Kind, chunks: &[&'static str]) -> Vec<Result<Versioned>> {
        let connection = Connection::to_address("c", "http://127.0.0.1:1", None)
            .await
            .unwrap();
        let chunks: Vec<_> = chunks
            .iter()
            .map(|c| Ok(Bytes::from_static(c.as_bytes())))
            .collect();
        let asked = asked(&Resource::of(kind), None);
        lines(stream::iter(chunks).boxed(), "x".into())
            .map(move |line| parse(&connection, kind, &asked, "x", &line?, &Sharing::default()))
            .collect()
            .await
    }

    #[tokio::test]
    async fn events_are_read_however_the_chunks_fall() {
        let read = read(
            Kind::Pod,
            &[
                "{\"type\":\"ADDED\",\"object\":{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"a\",\"resourceVe",
                "rsion\":\"5\"}}}\n{\"type\":\"BOOKMARK\",\"object\":{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{\"resourceVersion\":\"9\"}}}\n{\"type\":\"DEL",
            ],
        )
        .await;
        assert_eq!(read.len(), 2);
        let first = read[0].as_ref().unwrap();
        assert!(matches!(&first.change, Change::Put(fact) if &*fact.meta().name == "a"));
        assert_eq!(first.version, "5");
        assert_eq!(read[1].as_ref().unwrap().version, "9");
    }

    #[tokio::test]
    async fn the_bookmark_that_ends_the_beginning_is_told_from_others() {
        let bookmark = |annotations: &str| -> &'static str {
            format!("{{\"type\":\"BOOKMARK\",\"object\":{{\"kind\":\"Pod\",\"apiVersion\":\"v1\",\"metadata\":{{\"resourceVersion\":\"9\"{annotations}}}}}}}\n").leak()
        };
        let end = bookmark(",\"annotations\":{\"k8s.io/initial-events-end\":\"true\"}");
        let of_secrets = end
            .replace("\"Pod\"", "\"PartialObjectMetadata\"")
            .replace("\"v1\"", "\"meta.k8s.io/v1\"");
        let mut read_of_pods = read(Kind::Pod, &[bookmark(""), end]).await;
        read_of_pods.extend(read(Kind::Secret, &[of_secrets.leak()]).await);
        let changes: Vec<_> = read_of_pods
            .into_iter()
            .map(|it| it.unwrap().change)
            .collect();
        assert!(
            matches!(
                changes[..],
                [Change::Bookmark, Change::AllTold, Change::AllTold]
            ),
            "{changes:?}"
        );
    }

    #[tokio::test]
    async fn an_event_that_would_take_all_memory_is_not_parsed() {
        let event = |object: String| format!("{{\"type\":\"ADDED\",\"object\":{object}}}\n");
        let many: &str = event(format!("[{}0]", "{\"a\":0},".repeat(1_000_000))).leak();
        let error = read(Kind::Pod, &[many]).await.remove(0);
        assert!(matches!(error, Err(Error::TooLarge { .. })), "{error:?}");
        let deep: &str = event("[".repeat(1000)).leak();
        let error = read(Kind::Secret, &[deep]).await.remove(0);
        assert!(matches!(error, Err(Error::Garbled { .. })), "{error:?}");
    }

    #[tokio::test]
    async fn an_error_event_is_the_error_that_its_code_says() {
        let gone = read(
            Kind::Pod,
            &["{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"code\":410,\"reason\":\"Expired\"}}\n"],
        )
        .await;
        assert!(matches!(gone[0], Err(Error::Gone { .. })), "{gone:?}");
        let garbage = read(Kind::Secret, &["<html>aHVudGVyMg==</html>\n"]).await;
        let error = garbage[0].as_ref().unwrap_err();
        assert!(!error.to_string().contains("aHVudGVyMg"), "{error}");
    }

    #[tokio::test]
    async fn an_event_about_another_kind_is_an_error() {
        for event in [
            "{\"type\":\"ADDED\",\"object\":{\"kind\":\"Service\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"a\"}}}\n",
            "{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"a\"}}}\n",
            "{\"type\":\"DELETED\",\"object\":{\"kind\":\"Pod\",\"apiVersion\":\"v1\"}}\n",
            "{\"type\":\"BOOKMARK\",\"object\":{\"metadata\":{\"resourceVersion\":\"9\"}}}\n",
            "{\"type\":\"ADDED\"}\n",
            "{}\n",
        ] {
            let read = read(Kind::Pod, &[event]).await;
            assert!(matches!(read[0], Err(Error::Garbled { .. })), "{read:?}");
        }
    }
}
