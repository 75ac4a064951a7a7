//! Asking what would come of a change, without making it
//! (<https://kubernetes.io/docs/reference/using-api/api-concepts/#dry-run>).

use http::Method;
use podside_diagnosis::kubectl;
use podside_model::{MissingRight, ObjectRef};
use serde_json::Value;

use super::deletion::namespace;
use super::not_done::NotDone;
use super::short_pod::pretty;
use crate::access::Need;
use crate::answer::Asked;
use crate::connection::{Connection, JSON};
use crate::discovery::Resource;
use crate::error::{Error, Result};
use crate::object::shown;
use crate::path::query;

/// The largest object that is sent. etcd holds none above 1.5 MiB by default.
const LARGEST: usize = 3 * 1024 * 1024;

/// A change to be tried.
#[derive(Clone, Debug, PartialEq)]
pub enum DryRun {
    /// An object is created.
    Create(Value),
    /// An object is changed.
    Patch {
        /// The object.
        object: ObjectRef,
        /// How the patch is written.
        form: PatchForm,
        /// The patch.
        patch: Value,
    },
}

/// How a patch is written
/// (<https://kubernetes.io/docs/reference/using-api/api-concepts/#patch-and-apply>).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatchForm {
    /// What is to be there; lists are merged as Kubernetes knows them.
    Strategic,
    /// What is to be there; lists as a whole (RFC 7386).
    Merge,
    /// What is to be done (RFC 6902).
    Json,
}

impl PatchForm {
    const fn kubectl(self) -> &'static str {
        match self {
            Self::Strategic => "strategic",
            Self::Merge => "merge",
            Self::Json => "json",
        }
    }

    const fn content_type(self) -> &'static str {
        match self {
            Self::Strategic => super::debug_container::STRATEGIC_MERGE,
            Self::Merge => "application/merge-patch+json",
            Self::Json => "application/json-patch+json",
        }
    }
}

impl DryRun {
    /// The same with kubectl.
    pub fn kubectl(&self) -> String {
        match self {
            Self::Create(object) => {
                let namespace = text(object, "/metadata/namespace");
                kubectl::try_create(namespace, &pretty(object))
            }
            Self::Patch {
                object,
                form,
                patch,
            } => kubectl::try_patch(object, form.kubectl(), &patch.to_string()),
        }
    }

    /// The object that it is about; its name is empty where the API server is to choose it.
    ///
    /// # Errors
    /// When what is to be created says no kind.
    fn object(&self) -> Result<ObjectRef, NotDone> {
        let object = match self {
            Self::Patch { object, .. } => return Ok(object.clone()),
            Self::Create(object) => object,
        };
        let (Some(api_version), Some(kind)) = (text(object, "/apiVersion"), text(object, "/kind"))
        else {
            return Err(NotDone::Refused {
                what: "the object".to_owned(),
                message: "it says no apiVersion or no kind".to_owned(),
            });
        };
        let (group, _) = group_version(api_version);
        Ok(ObjectRef {
            kind: kind.to_owned(),
            group: group.to_owned(),
            namespace: text(object, "/metadata/namespace").map(str::to_owned),
            name: text(object, "/metadata/name")
                .unwrap_or_default()
                .to_owned(),
            container: None,
        })
    }

    const fn verb(&self) -> &'static str {
        match self {
            Self::Create(_) => "create",
            Self::Patch { .. } => "patch",
        }
    }
}

fn text<'a>(object: &'a Value, pointer: &str) -> Option<&'a str> {
    object.pointer(pointer).and_then(Value::as_str)
}

/// `("apps", "v1")` of `apps/v1`.
fn group_version(api_version: &str) -> (&str, &str) {
    api_version.split_once('/').unwrap_or(("", api_version))
}

impl Connection {
    /// The rights that trying a change needs: those of the change itself.
    ///
    /// # Errors
    /// When the server has no such kind, or cannot be asked.
    pub async fn dry_run_needs(&self, dry_run: &DryRun) -> Result<Vec<Need>, NotDone> {
        let object = dry_run.object()?;
        let resource = self.known_resource(&object).await?;
        Ok(vec![Need {
            right: MissingRight {
                verb: dry_run.verb().to_owned(),
                group: resource.group.clone(),
                resource: resource.plural.clone(),
                namespace: namespace(&object, &resource),
            },
            name: Some(object.name).filter(|_| dry_run.verb() == "patch"),
        }])
    }

    /// What the API server would make of a change, with all that it adds; nothing is changed.
    /// Fields that it does not know are refused. The object is as of
    /// [`object`](Self::object): without values of Secrets and what looks secret.
    ///
    /// # Errors
    /// When the API server would not do it: [`NotDone::Refused`] with its own words.
    pub async fn dry_run(&self, dry_run: &DryRun) -> Result<Value, NotDone> {
        let object = dry_run.object()?;
        let mut resource = self.known_resource(&object).await?;
        let options = query(&[
            ("dryRun", "All".to_owned()),
            ("fieldValidation", "Strict".to_owned()),
        ]);
        let place = object.namespace.as_deref();
        let (method, path, form, body) = match dry_run {
            DryRun::Create(body) => {
                let version = text(body, "/apiVersion").unwrap_or_default();
                group_version(version).1.clone_into(&mut resource.version);
                (Method::POST, resource.path(place)?, JSON, body)
            }
            DryRun::Patch { form, patch, .. } => {
                let path = resource.object_path(place, &object.name)?;
                (Method::PATCH, path, form.content_type(), patch)
            }
        };
        let body = body.to_string().into_bytes();
        if body.len() > LARGEST {
            return Err(NotDone::Refused {
                what: object.to_string(),
                message: format!("it is larger than {LARGEST} bytes"),
            });
        }
        let answer = self.change(&method, &(path + &options), form, body).await;
        let answer = answer.map_err(|error| self.not_done(error))?;
        let asked = match object.name.as_str() {
            "" => Asked::review(&resource.api_version(), &resource.kind),
            name => Asked::one_of(&resource, place, name),
        };
        let read = shown(&object, &answer, &asked);
        read.map_err(NotDone::Failed)
    }
}

impl Resource {
    /// The path of all its objects, in one namespace where it has them.
    fn path(&self, namespace: Option<&str>) -> Result<String, Error> {
        // The path of an object without the object.
        let mut path = self.object_path(namespace, "x")?;
        path.truncate(path.len().saturating_sub("/x".len()));
        Ok(path)
    }
}
