//! Where a reader may look: everywhere at once, or one namespace at a time.

use futures::{StreamExt, stream};
use podside_diagnosis::facts::Kind;
use podside_diagnosis::facts::clean::{SHORT, clean};
use podside_model::Why;

use crate::access::Rights;
use crate::connection::Connection;
use crate::error::{Error, Result};
use crate::list;

/// The most namespaces that are read one at a time. Each costs one watch a kind, and a
/// watch is a connection.
const MOST_NAMESPACES: usize = 12;

/// The most namespaces that the reader's rights are asked for.
const MOST_ASKED: usize = 200;

/// How many rights are asked for at once.
const AT_ONCE: usize = 8;

/// The namespaces that are read one at a time, with what may be read in each.
pub(crate) struct Namespaces {
    known: Vec<(String, Rights)>,
}

impl Namespaces {
    /// The namespaces that the reader may list and read something in, or else those in
    /// `asked` and the one of the context; at most [`MOST_NAMESPACES`].
    pub(crate) async fn find(connection: &Connection, asked: &[String]) -> Self {
        let mut first = asked.to_vec();
        first.push(connection.default_namespace().to_owned());
        let mut names = names(connection).await.unwrap_or_else(|_| first.clone());
        // Those asked for come first, so that the bound cuts others.
        names.sort_by_key(|name| (!first.contains(name), name.clone()));
        names.dedup();
        names.truncate(MOST_ASKED);
        let mut known: Vec<(String, Rights)> = stream::iter(names)
            .map(|name| async move {
                // Without an answer, trying is what tells.
                let rights = connection.rights(&name).await;
                (name, rights.unwrap_or_else(|_| Rights::unknown()))
            })
            .buffered(AT_ONCE)
            .collect()
            .await;
        known.retain(|(_, rights)| Kind::ALL.iter().any(|kind| rights.may_read(*kind)));
        known.truncate(MOST_NAMESPACES);
        Self { known }
    }

    /// The namespaces in which a kind may be read.
    pub(crate) fn readable(&self, kind: Kind) -> impl Iterator<Item = &str> {
        self.known
            .iter()
            .filter(move |(_, rights)| rights.may_read(kind))
            .map(|(name, _)| name.as_str())
    }
}

/// The names of all namespaces, as far as one page goes.
async fn names(connection: &Connection) -> Result<Vec<String>> {
    let page = list::page(connection, Kind::Namespace, None, None, |object| {
        let name = object.pointer("/metadata/name")?.as_str()?;
        Some(clean(name, SHORT).into_owned())
    })
    .await?;
    Ok(page.items)
}

/// Why a kind is not known, when the API server does not give it; `None` when the
/// request failed in a way that says nothing about the kind.
pub(crate) fn why_not(error: &Error) -> Option<Why> {
    match error {
        Error::Denied { .. } => Some(Why::Denied),
        Error::NotFound { .. } => Some(Why::NotRecorded),
        _ => None,
    }
}
