//! Which kinds of objects the API server has
//! (<https://kubernetes.io/docs/concepts/overview/kubernetes-api/#discovery-api>).
//!
//! The aggregated documents tell all in two answers; a server that does not give them is
//! asked for the documents of each group. A group that cannot be read does not keep the
//! others from being known: it is [unread](Discovery::unread), and nothing is said of what
//! it has.

mod documents;
mod meant;
mod resource;

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use futures::stream;
use kube::core::discovery::v2::ACCEPT_AGGREGATED_DISCOVERY_V2;
use podside_diagnosis::facts::Kind;
use podside_model::ObjectRef;
use tokio::sync::Mutex;
use tokio::time::Instant;

use self::documents::Document;
pub use self::meant::Meant;
pub use self::resource::Resource;
use crate::connection::{Connection, JSON};
use crate::error::{Error, Result};
use crate::path::segment;
use crate::scope::why_not;

/// The largest document that is read: some ten thousand kinds.
const LARGEST: usize = 16 * 1024 * 1024;

/// How many documents of single groups are asked for at a time.
const AT_A_TIME: usize = 8;

/// The most groups whose documents are asked for one by one.
const MOST_GROUPS: usize = 500;

/// How long what was discovered is believed.
const FRESH: Duration = Duration::from_mins(1);

/// After how long a kind that was not there is looked for again: its
/// CustomResourceDefinition may just have been made.
const SOON: Duration = Duration::from_secs(5);

/// What the API server has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Discovery {
    /// Each kind once, in the version that the server prefers, in the server's order.
    resources: Vec<Resource>,
    /// Groups of which it cannot be told what they have, and why.
    unread: Vec<(String, String)>,
}

impl Discovery {
    /// Each kind once, in the server's order.
    pub fn resources(&self) -> &[Resource] {
        &self.resources
    }

    /// The groups of which it cannot be told what they have, each with why.
    pub fn unread_groups(&self) -> &[(String, String)] {
        &self.unread
    }

    /// The kind of an object, which may be named in any of the ways of kubectl.
    fn kind_of(&self, object: &ObjectRef) -> Option<&Resource> {
        self.find(&object.kind, &object.group)
            .or_else(|| self.called(&object.kind_in_group()))
    }

    /// The kind of that name in that group.
    fn find(&self, kind: &str, group: &str) -> Option<&Resource> {
        let mut all = self.resources.iter();
        all.find(|resource| resource.kind == kind && resource.group == group)
    }

    /// The first kind that is called so in any group, as kubectl takes it: by its kind,
    /// its plural, its singular or a short name, with or without the group after a dot.
    fn called(&self, word: &str) -> Option<&Resource> {
        let (name, group) = match word.split_once('.') {
            Some((name, group)) => (name, Some(group)),
            None => (word, None),
        };
        let mut all = self.resources.iter();
        all.find(|resource| {
            group.is_none_or(|group| resource.group == group) && resource.is_called(name)
        })
    }

    /// Why it cannot be told what a group has.
    fn unread(&self, group: &str) -> Option<&str> {
        let mut unread = self.unread.iter();
        let found = unread.find(|(name, _)| name == group);
        found.map(|(_, why)| why.as_str())
    }

    /// Takes in a group's kinds of one version; what an earlier version had stays.
    fn add(&mut self, resources: Vec<Resource>) {
        for resource in resources {
            if self.find(&resource.kind, &resource.group).is_none() {
                self.resources.push(resource);
            }
        }
    }
}

/// What was discovered of one API server, and when.
#[derive(Debug, Default)]
pub(crate) struct Discovered(Mutex<Option<(Instant, Arc<Discovery>)>>);

impl Connection {
    /// The kind of an object as the API server has it. A kind that is named in any of the
    /// ways of kubectl is found too.
    ///
    /// # Errors
    /// When the server has no such kind, or it cannot be told whether it has.
    pub(crate) async fn resource(&self, object: &ObjectRef) -> Result<Resource> {
        let discovery = self
            .discovery(|discovery| discovery.kind_of(object).is_some())
            .await?;
        let found = discovery.kind_of(object).cloned();
        found.ok_or_else(|| self.no_kind(object, &discovery))
    }

    /// The kinds that the API server has.
    ///
    /// # Errors
    /// When the API server does not answer, or with something else.
    pub async fn kinds(&self) -> Result<Arc<Discovery>> {
        self.discovery(|_| true).await
    }

    /// Which of the server's kinds a word means: a kind, a plural, a singular or a short
    /// name, with or without the group after a dot.
    ///
    /// # Errors
    /// As of [`kinds`](Self::kinds).
    pub async fn meant(&self, word: &str) -> Result<Meant> {
        let is_found = |discovery: &Discovery| discovery.called(word).is_some();
        Ok(self.discovery(is_found).await?.meant(word))
    }

    /// What the API server has: as it said a while ago, unless what `has` looks for is not
    /// in that.
    async fn discovery(&self, has: impl Fn(&Discovery) -> bool) -> Result<Arc<Discovery>> {
        // One asks, and the others wait for the same answer.
        let mut known = self.discovered().0.lock().await;
        if let Some((at, discovery)) = &*known {
            let believed = if has(discovery) { FRESH } else { SOON };
            if at.elapsed() < believed {
                return Ok(Arc::clone(discovery));
            }
        }
        let discovery = Arc::new(self.discover().await?);
        *known = Some((Instant::now(), Arc::clone(&discovery)));
        Ok(discovery)
    }

    /// Where a kind that the facts know is served. The server is asked for those only that it
    /// may well be without.
    ///
    /// # Errors
    /// [`Error::NoKind`] when it says that it has none, [`Error::KindUnread`] when what it
    /// says cannot be read, another error when it does not answer.
    pub(crate) async fn served(&self, kind: Kind) -> Result<Resource> {
        if !kind.is_optional() {
            return Ok(Resource::of(kind));
        }
        let object = ObjectRef::cluster(kind.name(), "").in_group(kind.group());
        match self.resource(&object).await {
            Ok(found) if found.kind == object.kind && found.group == object.group => Ok(found),
            Ok(_) => Err(self.no_kind(&object, &Discovery::default())),
            Err(error @ Error::KindUnread { .. }) => Err(error),
            Err(error) if error.is_of_one_kind() || why_not(&error).is_some() => {
                Err(Error::KindUnread {
                    kind: object.kind_in_group().into_owned(),
                    group: object.group,
                    reason: error.to_string(),
                })
            }
            Err(error) => Err(error),
        }
    }

    fn no_kind(&self, object: &ObjectRef, discovery: &Discovery) -> Error {
        let kind = object.kind_in_group().into_owned();
        match discovery.unread(&object.group) {
            Some(reason) => Error::KindUnread {
                kind,
                group: object.group.clone(),
                reason: reason.to_owned(),
            },
            None => Error::NoKind {
                cluster: self.name().to_owned(),
                kind,
            },
        }
    }

    async fn discover(&self) -> Result<Discovery> {
        let (core, groups) = futures::try_join!(self.documents("/api"), self.documents("/apis"))?;
        let mut discovery = Discovery::default();
        for document in [core, groups] {
            match document {
                Document::Aggregated(read) => {
                    discovery.add(read.resources);
                    discovery.unread.extend(read.unread);
                }
                Document::Groups(groups) => self.each(groups, &mut discovery).await,
            }
        }
        Ok(discovery)
    }

    async fn documents(&self, path: &str) -> Result<Document> {
        let accept = ACCEPT_AGGREGATED_DISCOVERY_V2;
        let answer = self.get_as(path, accept, LARGEST).await?;
        answer.read(documents::document)
    }

    /// The documents of groups one by one, each in the version that it prefers.
    async fn each(&self, groups: Vec<(String, String)>, discovery: &mut Discovery) {
        let left_out = groups.get(MOST_GROUPS..).unwrap_or_default().to_vec();
        let asked = groups
            .into_iter()
            .take(MOST_GROUPS)
            .map(|(group, version)| {
                let connection = self.clone();
                async move {
                    let read = connection.group(&group, &version).await;
                    (group, read)
                }
            });
        let mut answers = stream::iter(asked).buffered(AT_A_TIME);
        while let Some((group, read)) = answers.next().await {
            match read {
                Ok(resources) => discovery.add(resources),
                Err(error) => discovery.unread.push((group, error.to_string())),
            }
        }
        let why = format!("more than {MOST_GROUPS} groups are not read");
        let left_out = left_out.into_iter().map(|(group, _)| (group, why.clone()));
        discovery.unread.extend(left_out);
    }

    async fn group(&self, group: &str, version: &str) -> Result<Vec<Resource>> {
        let path = if group.is_empty() {
            format!("/api/{}", segment(version)?)
        } else {
            format!("/apis/{}/{}", segment(group)?, segment(version)?)
        };
        let answer = self.get_as(&path, JSON, LARGEST).await?;
        answer.read(|body| documents::of_group(group, version, body))
    }
}

#[cfg(test)]
mod tests;
