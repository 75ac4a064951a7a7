use super::fields::Fields;
use super::meta::Meta;
use super::sharing::Str;

/// A ServiceAccount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceAccount {
    /// `metadata`.
    pub meta: Meta,
    /// `imagePullSecrets[].name`, which its Pods inherit.
    pub image_pull_secrets: Box<[Str]>,
}

/// A Role or ClusterRole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// `metadata`; the namespace is empty for a ClusterRole.
    pub meta: Meta,
    /// `rules`.
    pub rules: Box<[PolicyRule]>,
}

/// One rule of a Role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyRule {
    /// `verbs`.
    pub verbs: Box<[Str]>,
    /// `apiGroups`.
    pub groups: Box<[Str]>,
    /// `resources`.
    pub resources: Box<[Str]>,
    /// `resourceNames`; empty for every name.
    pub names: Box<[Str]>,
}

/// A RoleBinding or ClusterRoleBinding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleBinding {
    /// `metadata`; the namespace is empty for a ClusterRoleBinding.
    pub meta: Meta,
    /// `roleRef.kind`: `Role` or `ClusterRole`.
    pub role_kind: Str,
    /// `roleRef.name`.
    pub role: Str,
    /// `subjects`.
    pub subjects: Box<[BoundSubject]>,
}

/// Whom a binding grants its role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoundSubject {
    /// `kind`: `ServiceAccount`, `User` or `Group`.
    pub kind: Str,
    /// `name`.
    pub name: Str,
    /// `namespace` of a ServiceAccount; empty otherwise.
    pub namespace: Str,
}

impl ServiceAccount {
    pub(crate) fn read(object: Fields<'_>) -> Self {
        Self {
            meta: Meta::read(object, true),
            image_pull_secrets: object
                .list("imagePullSecrets")
                .filter_map(|(_, s)| s.filled("name"))
                .collect(),
        }
    }
}

impl Role {
    pub(crate) fn read(object: Fields<'_>) -> Self {
        Self {
            meta: Meta::read(object, true),
            rules: object
                .list("rules")
                .map(|(_, r)| PolicyRule {
                    verbs: r.strs("verbs").into(),
                    groups: r.strs("apiGroups").into(),
                    resources: r.strs("resources").into(),
                    names: r.strs("resourceNames").into(),
                })
                .collect(),
        }
    }
}

impl RoleBinding {
    pub(crate) fn read(object: Fields<'_>) -> Self {
        let role = object.at("roleRef");
        Self {
            meta: Meta::read(object, true),
            role_kind: role.name("kind"),
            role: role.name("name"),
            subjects: object
                .list("subjects")
                .map(|(_, s)| BoundSubject {
                    kind: s.name("kind"),
                    name: s.name("name"),
                    namespace: s.name("namespace"),
                })
                .collect(),
        }
    }
}
