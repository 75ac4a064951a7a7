//! What Podside created and is still there.

use std::sync::Arc;

use futures::{StreamExt, stream};
use podside_diagnosis::facts::{Fact, Kind, Pod, Sharing, from_object_of};
use podside_model::MissingRight;
use serde_json::Value;

use super::mark::{MANAGED_BY, Mark};
use super::not_done::NotDone;
use super::seen::PodId;
use crate::answer::Asked;
use crate::connection::Connection;
use crate::discovery::Resource;
use crate::error::{Error, Result};
use crate::kind::path;
use crate::path::query;
use crate::scope::Namespaces;

/// How many Pods one page holds.
const PAGE: usize = 500;

/// The most pages that are read: Podside creates one Pod at a time for each who asks.
const MOST_PAGES: usize = 10;

/// How many namespaces are read at once.
const AT_ONCE: usize = 4;

/// A Pod that Podside created, or that says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnPod {
    /// Which one.
    pub id: PodId,
    /// What its annotations say; `None` where these are not Podside's.
    pub mark: Option<Mark>,
    /// The Pod: when it was created, its phase, whether it goes.
    pub pod: Arc<Pod>,
}

/// What Podside created in a cluster and is still there, as far as it may be seen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Leftovers {
    /// The Pods. Containers added to Pods of others carry no label: only who added one knows
    /// it.
    pub pods: Vec<OwnPod>,
    /// The namespaces that were looked at; `None` for all.
    pub looked_in: Option<Vec<String>>,
    /// The right with which all would be seen, where it is missing.
    pub lacks: Option<MissingRight>,
    /// Whether there are more Pods than were read.
    pub cut: bool,
}

impl Connection {
    /// The Pods that carry Podside's label: everywhere, or else in those namespaces and in
    /// those that can be found.
    ///
    /// # Errors
    /// When none could be looked for.
    pub async fn leftovers(&self, namespaces: &[String]) -> Result<Leftovers, NotDone> {
        let mut left = Leftovers::default();
        let right = match self.own_pods(None, &mut left).await {
            Ok(()) => return Ok(left),
            Err(Error::Denied { right, .. }) => right,
            Err(error) => return Err(self.not_done(error)),
        };
        let found = Namespaces::find(self, namespaces).await;
        let places: Vec<String> = found.readable(Kind::Pod).map(str::to_owned).collect();
        let read: Vec<(String, Result<Leftovers>)> = stream::iter(places)
            .map(|place| async move {
                let mut left = Leftovers::default();
                let read = self.own_pods(Some(&place), &mut left).await;
                (place, read.map(|()| left))
            })
            .buffered(AT_ONCE)
            .collect()
            .await;
        let mut looked_in = Vec::new();
        for (place, read) in read {
            match read {
                Ok(read) => {
                    left.pods.extend(read.pods);
                    left.cut |= read.cut;
                    looked_in.push(place);
                }
                Err(Error::Denied { .. } | Error::NotFound { .. }) => {}
                Err(error) => return Err(self.not_done(error)),
            }
        }
        left.looked_in = Some(looked_in);
        left.lacks = Some(right);
        Ok(left)
    }

    /// The Pod of that name, if it carries Podside's label.
    ///
    /// # Errors
    /// When it cannot be read. That there is none is no error.
    pub async fn own_pod(&self, namespace: &str, name: &str) -> Result<Option<OwnPod>, NotDone> {
        let path = Resource::of(Kind::Pod).object_path(Some(namespace), name);
        let path = path.map_err(NotDone::Failed)?;
        let answer = match self.get(&path).await {
            Err(Error::NotFound { .. }) => return Ok(None),
            answer => answer.map_err(|error| self.not_done(error))?,
        };
        let asked = Asked::one(Kind::Pod, Some(namespace), name);
        let object: Value = answer.object(&asked).map_err(NotDone::Failed)?;
        Ok(own(object))
    }

    async fn own_pods(&self, namespace: Option<&str>, left: &mut Leftovers) -> Result<()> {
        let all = path(Kind::Pod, namespace)?;
        let asked = Asked::all(Kind::Pod, namespace);
        let (label, podside) = MANAGED_BY;
        let mut next = String::new();
        for _ in 0..MOST_PAGES {
            let mut pairs = vec![
                ("labelSelector", format!("{label}={podside}")),
                ("limit", PAGE.to_string()),
            ];
            if !next.is_empty() {
                pairs.push(("continue", next));
            }
            let answer = self.get(&format!("{all}{}", query(&pairs))).await?;
            let list = answer.list(&asked, own)?;
            left.pods.extend(list.items);
            next = list.metadata.next;
            if next.is_empty() {
                return Ok(());
            }
        }
        left.cut = true;
        Ok(())
    }
}

/// The Pod that an object is, or an item of a list, if it is Podside's.
fn own(mut item: Value) -> Option<OwnPod> {
    let object = item.as_object_mut()?;
    object.insert(
        "apiVersion".to_owned(),
        Resource::of(Kind::Pod).api_version().into(),
    );
    object.insert("kind".to_owned(), Kind::Pod.name().into());
    let Some(Fact::Pod(pod)) = from_object_of(Kind::Pod, &item, &Sharing::default()) else {
        return None;
    };
    // A server that does not know selectors gives all Pods, and those are others'.
    let (label, podside) = MANAGED_BY;
    let is_own = pod
        .meta
        .labels
        .iter()
        .any(|(name, value)| **name == *label && **value == *podside);
    is_own.then(|| OwnPod {
        id: PodId {
            namespace: pod.meta.namespace.to_string(),
            name: pod.meta.name.to_string(),
            uid: pod.meta.uid.to_string(),
        },
        mark: Mark::read(&item),
        pod,
    })
}
