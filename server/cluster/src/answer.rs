//! Answers, and whether they are what was asked for.
//!
//! A proxy, a login page or a server at the wrong address answers with 200 as well, and an
//! empty object reads as an empty list. So the body of an answer can be had only by saying
//! what was asked for ([`Asked`]): what is something else is an error, and an error for the
//! [`Pace`] at which the API server is asked.

mod list;

use std::sync::Arc;

use bytes::Bytes;
use jiff::Timestamp;
use podside_diagnosis::facts::Kind;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::discovery::Resource;
use crate::error::{Error, Result};
use crate::pace::Pace;
use crate::terminal;
use list::read_list;
pub(crate) use list::{Head, Item};

/// The longest name of a foreign kind that is quoted.
const LONGEST_KIND: usize = 64;

/// The longest message of a Status that is quoted.
const LONGEST_MESSAGE: usize = 512;

/// The kind of an object of which only the metadata was asked for, and the `apiVersion` of
/// that form.
pub(crate) const METADATA: &str = "PartialObjectMetadata";
const METADATA_VERSION: &str = "meta.k8s.io/v1";

/// What was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Asked {
    api_version: String,
    kind: String,
    /// Its objects in words, for messages.
    named: String,
    namespace: Option<String>,
    name: Option<String>,
    /// Whether the metadata alone is an answer, too.
    or_metadata: bool,
}

impl Asked {
    /// The objects of a kind, or changes to them: in one namespace, or everywhere.
    pub(crate) fn all(kind: Kind, namespace: Option<&str>) -> Self {
        Self::all_of(&Resource::of(kind), namespace)
    }

    /// The same of a kind as the server has it.
    pub(crate) fn all_of(resource: &Resource, namespace: Option<&str>) -> Self {
        Self {
            api_version: resource.api_version(),
            kind: resource.kind.clone(),
            named: resource.plural.clone(),
            namespace: namespace
                .filter(|_| resource.is_namespaced)
                .map(str::to_owned),
            name: None,
            or_metadata: false,
        }
    }

    /// The same of their metadata. A server that does not know that form gives the objects.
    pub(crate) fn metadata_of(resource: &Resource, namespace: Option<&str>) -> Self {
        Self {
            or_metadata: true,
            ..Self::all_of(resource, namespace)
        }
    }

    /// One object.
    pub(crate) fn one(kind: Kind, namespace: Option<&str>, name: &str) -> Self {
        Self::one_of(&Resource::of(kind), namespace, name)
    }

    /// One object of a kind that the server has.
    pub(crate) fn one_of(resource: &Resource, namespace: Option<&str>, name: &str) -> Self {
        Self {
            api_version: resource.api_version(),
            kind: resource.kind.clone(),
            named: format!("the {} {name}", resource.kind),
            namespace: namespace
                .filter(|_| resource.is_namespaced)
                .map(str::to_owned),
            name: Some(name.to_owned()),
            or_metadata: false,
        }
    }

    /// Rows and columns of what was asked for
    /// (<https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables>).
    pub(crate) fn table() -> Self {
        Self {
            named: "a table".to_owned(),
            ..Self::review("meta.k8s.io/v1", "Table")
        }
    }

    /// A review, which has no name.
    pub(crate) fn review(api_version: &str, kind: &str) -> Self {
        Self {
            api_version: api_version.to_owned(),
            kind: kind.to_owned(),
            named: format!("a {kind}"),
            namespace: None,
            name: None,
            or_metadata: false,
        }
    }

    /// Reads a list of what was asked for, and makes something of each object as it is
    /// read: no two of them need be in memory as values. What was made is dropped when the
    /// list turns out to be something else.
    pub(crate) fn list<T: Item, U>(
        &self,
        body: &[u8],
        make: impl FnMut(T) -> Option<U>,
    ) -> Result<List<U>, String> {
        let read = read_list(body, self, make);
        let read = read.map_err(|error| self.misread(&error))?;
        let kind = format!("{}List", self.kind);
        let metadata = format!("{METADATA}List");
        self.is_kind(&read.kind, &read.api_version, (&kind, &metadata), body)?;
        // Go writes an empty list as null here and there, and never leaves it out.
        let (Some(metadata), Some(items)) = (read.metadata, read.items) else {
            return Err(format!("it is a {kind} without metadata or items"));
        };
        if let Some(fault) = read.fault {
            return Err(fault);
        }
        if metadata.version.is_empty() {
            return Err(format!("it is a {kind} without a resourceVersion"));
        }
        if metadata.next.is_empty() && metadata.remaining > 0 {
            return Err(format!(
                "it is cut off: {} more cannot be asked for",
                metadata.remaining
            ));
        }
        Ok(List { metadata, items })
    }

    /// Reads the object that was asked for.
    pub(crate) fn object<T: DeserializeOwned>(&self, body: &[u8]) -> Result<T, String> {
        let head: ObjectHead = self.parsed(body)?;
        self.is_kind(
            head.kind.as_deref().unwrap_or_default(),
            head.api_version.as_deref().unwrap_or_default(),
            (&self.kind, METADATA),
            body,
        )?;
        if let Some(name) = &self.name {
            let metadata = head.metadata.unwrap_or_default();
            let namespace = self.namespace.as_deref().unwrap_or_default();
            if metadata.name != *name || metadata.namespace != namespace {
                return Err(format!(
                    "it is another {} than the one asked for",
                    self.kind
                ));
            }
        }
        self.parsed(body)
    }

    /// Reads the object of a watch's event; that of a bookmark has no name.
    pub(crate) fn event<T: DeserializeOwned>(
        &self,
        line: &[u8],
        is_bookmark: bool,
    ) -> Result<T, String> {
        let Carried { object: head } = self.parsed::<Carried<ObjectHead>>(line)?;
        self.is_kind(
            head.kind.as_deref().unwrap_or_default(),
            head.api_version.as_deref().unwrap_or_default(),
            (&self.kind, METADATA),
            b"",
        )?;
        if !is_bookmark {
            self.is_item(&head.as_head())?;
        }
        Ok(self.parsed::<Carried<T>>(line)?.object)
    }

    /// Parses without a check, and without quoting a value, which may be a Secret's:
    /// of serde's own message only the place is told.
    pub(crate) fn parsed<T: DeserializeOwned>(&self, text: &[u8]) -> Result<T, String> {
        serde_json::from_slice(text).map_err(|error| self.misread(&error))
    }

    fn misread(&self, error: &serde_json::Error) -> String {
        format!(
            "it does not hold {} (line {}, column {})",
            self.named,
            error.line(),
            error.column()
        )
    }

    /// Whether a kind is the one that is wanted, or that of its metadata.
    fn is_kind(
        &self,
        kind: &str,
        api_version: &str,
        (wanted, metadata): (&str, &str),
        body: &[u8],
    ) -> Result<(), String> {
        let is_metadata = kind == metadata && api_version == METADATA_VERSION;
        if kind == wanted && api_version == self.api_version || self.or_metadata && is_metadata {
            return Ok(());
        }
        if kind == "Status" {
            let said: Said = serde_json::from_slice(body).unwrap_or_default();
            let said = terminal::quoted(&said.message, LONGEST_MESSAGE);
            return Err(format!("it is a Status and no {wanted}: {said}"));
        }
        if kind.is_empty() {
            return Err(format!("it is no {wanted}: it says no kind"));
        }
        Err(format!(
            "it is a {} of {:?} and no {wanted} of {:?}",
            terminal::plain(kind, LONGEST_KIND),
            terminal::plain(api_version, LONGEST_KIND),
            self.api_version
        ))
    }

    /// The objects of a list leave out their kind, or say the list's.
    pub(crate) fn is_item(&self, item: &Head<'_>) -> Result<(), String> {
        let says = |said: &str, wanted: &str| said.is_empty() || said == wanted;
        let is_object = says(item.kind, &self.kind) && says(item.api_version, &self.api_version);
        let is_metadata = item.kind == METADATA && item.api_version == METADATA_VERSION;
        if !(is_object || self.or_metadata && is_metadata) {
            return Err(format!("it holds what is no {}", self.kind));
        }
        if item.name.is_empty() {
            return Err(format!("it holds a {} without a name", self.kind));
        }
        match &self.namespace {
            Some(namespace) if item.namespace != namespace => Err(format!(
                "it holds a {} of another namespace than {namespace}",
                self.kind
            )),
            _ => Ok(()),
        }
    }
}

/// A whole answer. What it holds can be had only as what was asked for.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    /// The request, for messages.
    pub(crate) what: String,
    body: Bytes,
    /// The API server's own clock when it answered, to the second.
    pub(crate) at: Option<Timestamp>,
    pace: Arc<Pace>,
}

impl Answer {
    pub(crate) fn new(what: String, body: Bytes, at: Option<Timestamp>, pace: &Arc<Pace>) -> Self {
        Self {
            what,
            body,
            at,
            pace: Arc::clone(pace),
        }
    }

    /// The list that was asked for, with what `make` makes of each object.
    pub(crate) fn list<T: Item, U>(
        &self,
        asked: &Asked,
        make: impl FnMut(T) -> Option<U>,
    ) -> Result<List<U>> {
        self.judged(asked.list(&self.body, make))
    }

    /// The object that was asked for.
    pub(crate) fn object<T: DeserializeOwned>(&self, asked: &Asked) -> Result<T> {
        self.judged(asked.object(&self.body))
    }

    /// What `read` makes of a document that is neither an object nor a list.
    pub(crate) fn read<T>(&self, read: impl FnOnce(&[u8]) -> Result<T, String>) -> Result<T> {
        self.judged(read(&self.body))
    }

    /// The answer to `GET /version`: all of it, and its `gitVersion`.
    pub(crate) fn version(&self, address: &str) -> Result<(Value, String)> {
        let no_version = || format!("it is no version; is {address} a Kubernetes API server?");
        let version = serde_json::from_slice(&self.body)
            .map_err(|_| no_version())
            .and_then(|version: Value| {
                let text = version.get("gitVersion").and_then(Value::as_str);
                let is_one = |text: &&str| {
                    let number = text.strip_prefix('v').unwrap_or_default();
                    number.starts_with(|c: char| c.is_ascii_digit())
                };
                let text = text.filter(is_one).ok_or_else(no_version)?;
                let text = terminal::plain(text, LONGEST_KIND);
                Ok((version, text))
            });
        self.judged(version)
    }

    /// Only what was asked for shows that the API server works.
    fn judged<T>(&self, read: Result<T, String>) -> Result<T> {
        match read {
            Ok(read) => {
                self.pace.succeeded();
                Ok(read)
            }
            Err(reason) => {
                self.pace.failed();
                Err(Error::Garbled {
                    what: self.what.clone(),
                    reason,
                })
            }
        }
    }
}

/// A list that is what was asked for.
#[derive(Debug)]
pub(crate) struct List<T> {
    /// What it says of itself.
    pub(crate) metadata: ListMeta,
    /// Its objects.
    pub(crate) items: Vec<T>,
}

/// A list's own metadata
/// (<https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/list-meta/>).
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ListMeta {
    /// The token that asks for the next page; empty on the last one.
    #[serde(rename = "continue")]
    pub(crate) next: String,
    /// The version that is shown; the same on every page.
    #[serde(rename = "resourceVersion")]
    pub(crate) version: String,
    /// How many objects the further pages hold, where it is known.
    #[serde(rename = "remainingItemCount")]
    pub(crate) remaining: usize,
}

#[derive(Deserialize)]
struct Carried<T> {
    object: T,
}

/// What an object is and which one.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ObjectHead {
    kind: Option<String>,
    api_version: Option<String>,
    metadata: Option<Identity>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Identity {
    name: String,
    namespace: String,
}

impl ObjectHead {
    fn as_head(&self) -> Head<'_> {
        let metadata = self.metadata.as_ref();
        Head {
            kind: self.kind.as_deref().unwrap_or_default(),
            api_version: self.api_version.as_deref().unwrap_or_default(),
            name: metadata.map_or("", |it| &it.name),
            namespace: metadata.map_or("", |it| &it.namespace),
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Said {
    message: String,
}

#[cfg(test)]
mod tests;
