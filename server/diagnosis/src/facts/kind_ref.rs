use podside_model::{ObjectRef, own_group};

use super::fields::Fields;
use super::kind::Kind;
use super::sharing::Str;

/// The kind of an object that others refer to: an owner, the target of an autoscaler,
/// what an event is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KindRef {
    /// `kind`, such as `Deployment`; empty when absent.
    pub name: Str,
    /// The API group of `apiVersion`, empty for the core group. Of a reference without
    /// `apiVersion`, that of [Kubernetes' own](own_group) kind.
    pub group: Str,
}

impl KindRef {
    /// One of the kinds that the facts know.
    pub fn of(kind: Kind) -> Self {
        Self {
            name: Str::from(kind.name()),
            group: Str::from(kind.group()),
        }
    }

    /// Reads `apiVersion` and `kind` of a reference.
    pub(crate) fn read(reference: Fields<'_>) -> Self {
        let name = reference.name("kind");
        let sharing = reference.sharing();
        let group = group_of(reference.raw("apiVersion").unwrap_or_default(), &name);
        Self {
            group: sharing.str(group),
            name,
        }
    }

    /// The kind as the facts know it; `None` for one that they do not.
    pub fn known(&self) -> Option<Kind> {
        Kind::find(&self.name, &self.group)
    }

    /// Whether it is this kind.
    pub fn is(&self, kind: Kind) -> bool {
        *self.name == *kind.name() && *self.group == *kind.group()
    }

    /// The object of this kind with that name; an empty namespace stands for none.
    pub fn object(&self, namespace: &str, name: &str) -> ObjectRef {
        ObjectRef {
            kind: self.name.to_string(),
            group: self.group.to_string(),
            namespace: (!namespace.is_empty()).then(|| namespace.to_owned()),
            name: name.to_owned(),
            container: None,
        }
    }
}

/// The group of an `apiVersion`, `GROUP/VERSION` or `VERSION`; for an empty one that of
/// [Kubernetes' own](own_group) kind.
///
/// References made before Kubernetes 1.16 may still speak of `extensions`, the group
/// from which Deployments, DaemonSets, ReplicaSets, Ingresses and `NetworkPolicies` moved.
pub fn group_of<'a>(api_version: &'a str, kind: &str) -> &'a str {
    match api_version.rsplit_once('/') {
        None if api_version.is_empty() => own_group(kind),
        None => "",
        Some(("extensions", _)) => own_group(kind),
        Some((group, _)) => group,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::gateway::GATEWAY_GROUP;

    #[test]
    fn every_kind_of_the_facts_is_of_the_group_that_references_take_it_for() {
        // The Gateway API is installed, and others have kinds of these names, too.
        let is_own = |kind: &&Kind| kind.group() != GATEWAY_GROUP;
        for kind in Kind::ALL.iter().filter(is_own) {
            assert_eq!(own_group(kind.name()), kind.group(), "{}", kind.name());
        }
    }

    #[test]
    fn the_group_is_what_stands_before_the_version() {
        assert_eq!(group_of("v1", "Pod"), "");
        assert_eq!(group_of("", "Deployment"), "apps");
        assert_eq!(group_of("apps/v1", "Deployment"), "apps");
        assert_eq!(group_of("extensions/v1beta1", "ReplicaSet"), "apps");
        assert_eq!(group_of("argoproj.io/v1alpha1", "Rollout"), "argoproj.io");
    }
}
