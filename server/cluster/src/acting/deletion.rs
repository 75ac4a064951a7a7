//! Taking away what was created.

use std::time::Duration;

use http::Method;
use podside_diagnosis::kubectl;
use podside_model::{MissingRight, ObjectRef};
use serde_json::json;

use super::not_done::NotDone;
use crate::access::Need;
use crate::connection::{Connection, JSON};
use crate::discovery::Resource;
use crate::error::{Error, Result};

/// An object to be taken away: that one, and no other of its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deletion {
    /// The object.
    pub object: ObjectRef,
    /// Its `metadata.uid`.
    pub uid: String,
    /// How long its processes have to end, in whole seconds; the object's own time for
    /// `None`.
    pub grace: Option<Duration>,
}

/// What came of taking something away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deleted {
    /// The API server has taken it on: it is gone, or goes when its processes have ended.
    Asked,
    /// It was gone already. There may be another one of that name, which stays.
    WasGone,
}

impl Deletion {
    /// The same with kubectl, which takes no uid: it is for somebody who looks first.
    pub fn kubectl(&self) -> String {
        let command = kubectl::delete(&self.object);
        match self.grace {
            Some(grace) => format!("{command} --grace-period={}", grace.as_secs()),
            None => command,
        }
    }

    fn need(&self, resource: &Resource) -> Need {
        Need {
            right: MissingRight {
                verb: "delete".to_owned(),
                group: resource.group.clone(),
                resource: resource.plural.clone(),
                namespace: namespace(&self.object, resource),
            },
            name: Some(self.object.name.clone()),
        }
    }
}

/// The namespace of an object, where its kind has them.
pub(super) fn namespace(object: &ObjectRef, resource: &Resource) -> Option<String> {
    object.namespace.clone().filter(|_| resource.is_namespaced)
}

impl Connection {
    /// The rights that taking something away needs.
    ///
    /// # Errors
    /// When the server has no such kind, or cannot be asked.
    pub async fn deletion_needs(&self, deletion: &Deletion) -> Result<Vec<Need>> {
        let resource = self.known_resource(&deletion.object).await?;
        Ok(vec![deletion.need(&resource)])
    }

    /// Takes an object away, if it is still the one that is meant.
    ///
    /// # Errors
    /// When the API server does not do it.
    pub async fn delete(&self, deletion: &Deletion) -> Result<Deleted, NotDone> {
        let object = &deletion.object;
        let resource = self.known_resource(object).await?;
        let path = resource.object_path(object.namespace.as_deref(), &object.name)?;
        let mut options = json!({
            "apiVersion": "v1",
            "kind": "DeleteOptions",
            "preconditions": {"uid": deletion.uid},
            // As kubectl: what it owns goes too, and is not waited for.
            "propagationPolicy": "Background",
        });
        if let (Some(grace), Some(options)) = (deletion.grace, options.as_object_mut()) {
            options.insert("gracePeriodSeconds".to_owned(), grace.as_secs().into());
        }
        let body = options.to_string().into_bytes();
        match self.change(&Method::DELETE, &path, JSON, body).await {
            Ok(_) => Ok(Deleted::Asked),
            // The uid is another one: what was meant is gone.
            Err(Error::NotFound { .. } | Error::Refused { code: 409, .. }) => Ok(Deleted::WasGone),
            Err(error) => Err(self.not_done(error)),
        }
    }
}
