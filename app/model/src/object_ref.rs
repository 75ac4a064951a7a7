use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::own_group;

/// A Kubernetes object by API group, kind, namespace and name, and one of its containers
/// where the container is what is meant.
///
/// Two kinds of one name in two groups are two kinds. The
/// version of the group is left out: it says how an object is written down, and not
/// which one it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "Written")]
pub struct ObjectRef {
    /// The API kind, such as `Deployment`.
    pub kind: String,
    /// The API group, such as `apps`; empty for the core group.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub group: String,
    /// The namespace; `None` for a cluster-scoped object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// `metadata.name`.
    pub name: String,
    /// The container, when only one container is meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container: Option<String>,
}

/// How a reference stands in entries and views: without a group, the kind is
/// [Kubernetes' own](own_group). So what was stored before references had
/// groups reads as it was meant.
#[derive(Deserialize)]
struct Written {
    kind: String,
    group: Option<String>,
    namespace: Option<String>,
    name: String,
    container: Option<String>,
}

impl From<Written> for ObjectRef {
    fn from(written: Written) -> Self {
        Self {
            group: written
                .group
                .unwrap_or_else(|| unsaid_group(&written.kind).to_owned()),
            kind: written.kind,
            namespace: written.namespace,
            name: written.name,
            container: written.container,
        }
    }
}

impl ObjectRef {
    /// A namespaced object of one of [Kubernetes' own](own_group) kinds, or of a kind of
    /// the core group.
    pub fn namespaced(
        kind: impl Into<String>,
        namespace: impl Into<String>,
        name: impl Into<String>,
    ) -> Self {
        Self {
            namespace: Some(namespace.into()),
            ..Self::cluster(kind, name)
        }
    }

    /// A cluster-scoped object of such a kind.
    pub fn cluster(kind: impl Into<String>, name: impl Into<String>) -> Self {
        let kind = kind.into();
        Self {
            group: own_group(&kind).to_owned(),
            kind,
            namespace: None,
            name: name.into(),
            container: None,
        }
    }

    /// The object of that name whose kind is of this API group.
    #[must_use]
    pub fn in_group(mut self, group: impl Into<String>) -> Self {
        self.group = group.into();
        self
    }

    /// One container of the same object.
    #[must_use]
    pub fn with_container(mut self, container: impl Into<String>) -> Self {
        self.container = Some(container.into());
        self
    }

    /// The same object without a container.
    #[must_use]
    pub fn without_container(&self) -> Self {
        Self {
            container: None,
            ..self.clone()
        }
    }

    /// Whether the object is of [Kubernetes' own](own_group) kind of that name.
    pub fn is(&self, kind: &str) -> bool {
        self.kind == kind && self.group == own_group(kind)
    }

    /// The kind as people name it: with its group where that is not one of Kubernetes,
    /// such as `StatefulSet.apps.kruise.io`. Those of Kubernetes have no dot or end in
    /// `k8s.io`; others need a dot, and approval to end so
    /// (<https://kubernetes.io/docs/reference/labels-annotations-taints/#api-approved-kubernetes-io>).
    pub fn kind_named(&self) -> Cow<'_, str> {
        if !self.group.contains('.') || self.group.ends_with(".k8s.io") {
            Cow::Borrowed(&self.kind)
        } else {
            self.kind_in_group()
        }
    }

    /// The kind with its group, as `KIND.GROUP`; of the core group, the kind alone.
    pub fn kind_in_group(&self) -> Cow<'_, str> {
        if self.group.is_empty() {
            Cow::Borrowed(&self.kind)
        } else {
            Cow::Owned(format!("{}.{}", self.kind, self.group))
        }
    }

    /// `namespace/name`, or the bare name of a cluster-scoped object.
    pub fn path(&self) -> String {
        match &self.namespace {
            Some(namespace) => format!("{namespace}/{}", self.name),
            None => self.name.clone(),
        }
    }
}

/// The group of a kind whose group is left out: that of Kubernetes' own. The browser leaves
/// it out, too, and the server knows it: so the table of kinds does not travel.
#[cfg(not(target_arch = "wasm32"))]
fn unsaid_group(kind: &str) -> &'static str {
    own_group(kind)
}

#[cfg(target_arch = "wasm32")]
fn unsaid_group(_: &str) -> &'static str {
    ""
}

/// Kind and group of `KIND.GROUP`, or of a kind alone, which is
/// [Kubernetes' own](own_group). No kind holds a dot.
pub fn kind_and_group(text: &str) -> (&str, &str) {
    text.split_once('.')
        .unwrap_or_else(|| (text, unsaid_group(text)))
}

impl fmt::Display for ObjectRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ", self.kind_named())?;
        if let Some(namespace) = &self.namespace {
            write!(f, "{namespace}/")?;
        }
        f.write_str(&self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_kinds_of_one_name_are_told_apart() {
        let own = ObjectRef::namespaced("StatefulSet", "shop", "web");
        let foreign = own.clone().in_group("apps.kruise.io");
        assert_eq!(own.group, "apps");
        assert_ne!(own, foreign);
        assert!(own.is("StatefulSet") && !foreign.is("StatefulSet"));
        assert_eq!(own.to_string(), "StatefulSet shop/web");
        assert_eq!(foreign.to_string(), "StatefulSet.apps.kruise.io shop/web");
    }

    #[test]
    fn what_was_stored_without_a_group_is_of_kubernetes_own() {
        let stored = r#"{"kind":"Deployment","namespace":"shop","name":"web"}"#;
        let read: ObjectRef = serde_json::from_str(stored).unwrap();
        assert_eq!(read, ObjectRef::namespaced("Deployment", "shop", "web"));
        assert_eq!(read.group, "apps");
    }

    #[test]
    fn a_group_survives_being_stored() {
        for (kind, group) in [
            ("Deployment", "example.com"),
            ("Deployment", "apps"),
            ("Pod", ""),
        ] {
            let object = ObjectRef::namespaced(kind, "shop", "web").in_group(group);
            let stored = serde_json::to_string(&object).unwrap();
            assert_eq!(serde_json::from_str::<ObjectRef>(&stored).unwrap(), object);
        }
    }

    #[test]
    fn a_kind_is_read_with_or_without_its_group() {
        assert_eq!(kind_and_group("Pod"), ("Pod", ""));
        assert_eq!(kind_and_group("Deployment"), ("Deployment", "apps"));
        assert_eq!(
            kind_and_group("Service.serving.knative.dev"),
            ("Service", "serving.knative.dev")
        );
        assert_eq!(kind_and_group("Rollout"), ("Rollout", ""));
    }
}
