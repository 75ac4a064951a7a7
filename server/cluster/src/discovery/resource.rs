use podside_diagnosis::facts::Kind;

use crate::error::Result;
use crate::kind;
use crate::path::segment;

/// A kind of object that the API server has, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// The API group; empty for the core group.
    pub group: String,
    /// The version in which it is asked for.
    pub version: String,
    /// The API's name of the kind, such as `Rollout`.
    pub kind: String,
    /// Its name in paths, such as `rollouts`.
    pub plural: String,
    /// Its name for one object, such as `rollout`; may be empty.
    pub singular: String,
    /// What people call it for short, such as `ro`.
    pub short_names: Vec<String>,
    /// Whether its objects live in namespaces.
    pub is_namespaced: bool,
}

impl Resource {
    /// A kind that the facts know, without asking whether the server has it.
    pub(crate) fn of(kind: Kind) -> Self {
        Self {
            group: kind.group().to_owned(),
            version: kind::version(kind).to_owned(),
            kind: kind.name().to_owned(),
            plural: kind.plural().to_owned(),
            singular: String::new(),
            short_names: Vec::new(),
            is_namespaced: kind.is_namespaced(),
        }
    }

    /// Whether people call it so; kubectl does not tell large letters from small ones.
    pub(super) fn is_called(&self, name: &str) -> bool {
        let names = [&self.kind, &self.plural, &self.singular];
        let mut names = names.into_iter().chain(&self.short_names);
        !name.is_empty() && names.any(|each| each.eq_ignore_ascii_case(name))
    }

    /// `apiVersion` of its objects.
    pub(crate) fn api_version(&self) -> String {
        if self.group.is_empty() {
            self.version.clone()
        } else {
            format!("{}/{}", self.group, self.version)
        }
    }

    /// The word for it that means no other kind, as kubectl takes it: its plural, with the
    /// group where there is one.
    pub fn word(&self) -> String {
        if self.group.is_empty() {
            self.plural.clone()
        } else {
            format!("{}.{}", self.plural, self.group)
        }
    }

    /// The path of its objects: in one namespace, or everywhere for `None` and for a kind
    /// that has no namespaces. Its parts may come from a server that lies.
    pub(crate) fn objects_path(&self, namespace: Option<&str>) -> Result<String> {
        let root = if self.group.is_empty() {
            "/api".to_owned()
        } else {
            format!("/apis/{}", segment(&self.group)?)
        };
        let version = segment(&self.version)?;
        let plural = segment(&self.plural)?;
        Ok(match namespace.filter(|_| self.is_namespaced) {
            Some(namespace) => {
                format!(
                    "{root}/{version}/namespaces/{}/{plural}",
                    segment(namespace)?
                )
            }
            None => format!("{root}/{version}/{plural}"),
        })
    }

    /// The path of one object.
    pub(crate) fn object_path(&self, namespace: Option<&str>, name: &str) -> Result<String> {
        Ok(format!(
            "{}/{}",
            self.objects_path(namespace)?,
            segment(name)?
        ))
    }
}
