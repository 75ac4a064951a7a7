//! What the one user of a served cluster may do: read everything, or, to try
//! how a client behaves without rights, only a part of it.

use serde_json::{Value, json};

use crate::{
    api::Refusal,
    catalogue::{Catalogue, Resource},
};

/// The user that the bearer token stands for.
pub(crate) const USER: &str = "practice";

/// The rights of the bearer token. Writing is never among them.
#[derive(Debug, Clone, Default)]
pub struct Access {
    /// Only these namespaces may be read, and nothing cluster-wide; all of
    /// them and the cluster-scoped objects if `None`.
    pub namespaces: Option<Vec<String>>,
    /// These resources (`secrets`, `nodes`, `ingresses.networking.k8s.io`,
    /// `pods/log`) may not be read.
    pub denied: Vec<String>,
}

impl Access {
    fn may_read(&self, qualified: &str, namespace: Option<&str>) -> bool {
        let denied = self.denied.iter().any(|d| d == qualified);
        let inside = match (&self.namespaces, namespace.filter(|n| !n.is_empty())) {
            (None, _) => true,
            (Some(allowed), Some(namespace)) => allowed.iter().any(|a| a == namespace),
            (Some(_), None) => false,
        };
        !denied && inside
    }

    /// Refuse, as RBAC does, what may not be read.
    pub(crate) fn check(
        &self,
        verb: &str,
        resource: &Resource,
        namespace: Option<&str>,
        name: Option<&str>,
    ) -> Result<(), Refusal> {
        // A user may look at the Namespace object of a namespace that is theirs.
        let namespace = match (resource.plural.as_str(), name) {
            ("namespaces", Some(name)) => Some(name),
            _ => namespace,
        };
        if self.may_read(&resource.qualified(), namespace) {
            return Ok(());
        }
        Err(denial(
            verb,
            &resource.plural,
            &resource.group,
            namespace,
            name,
        ))
    }

    /// [`Access::check`] for a subresource, given as `pods/log`.
    pub(crate) fn check_named(
        &self,
        verb: &str,
        qualified: &str,
        group: &str,
        namespace: Option<&str>,
        name: Option<&str>,
    ) -> Result<(), Refusal> {
        if self.may_read(qualified, namespace) {
            return Ok(());
        }
        Err(denial(verb, qualified, group, namespace, name))
    }

    /// Why an access review answers no; `None` for yes.
    pub(crate) fn refusal(
        &self,
        catalogue: &Catalogue,
        verb: &str,
        group: &str,
        resource: &str,
        subresource: &str,
        namespace: &str,
    ) -> Option<String> {
        let reading = matches!(verb, "get" | "list" | "watch");
        let log = group.is_empty() && resource == "pods" && subresource == "log" && verb == "get";
        if !reading || !(subresource.is_empty() || log) {
            return Some("the practice cluster plays a recording and is read-only".to_owned());
        }
        if !catalogue.has(group, resource) {
            return Some("the practice cluster has no such resource".to_owned());
        }
        let mut qualified = resource.to_owned();
        if !group.is_empty() {
            qualified = format!("{resource}.{group}");
        }
        if !subresource.is_empty() {
            qualified = format!("{qualified}/{subresource}");
        }
        (!self.may_read(&qualified, Some(namespace))).then(|| "no rule allows this".to_owned())
    }

    /// The status of a SelfSubjectRulesReview for a namespace.
    pub(crate) fn rules(&self, namespace: &str) -> Value {
        let reviews = json!([
            {"verbs": ["create"], "apiGroups": ["authorization.k8s.io"], "resources": ["selfsubjectaccessreviews", "selfsubjectrulesreviews"]},
            {"verbs": ["create"], "apiGroups": ["authentication.k8s.io"], "resources": ["selfsubjectreviews"]},
        ]);
        let mut rules = reviews.as_array().cloned().unwrap_or_default();
        let inside = self
            .namespaces
            .as_ref()
            .is_none_or(|allowed| allowed.iter().any(|a| a == namespace));
        if inside {
            if self.denied.is_empty() {
                rules.push(json!({"verbs": ["get", "list", "watch"], "apiGroups": ["*"], "resources": ["*"]}));
            } else {
                let catalogue = Catalogue::kubernetes();
                for (group, plurals) in catalogue.readable() {
                    let resources: Vec<String> = plurals
                        .into_iter()
                        .filter(|p| {
                            let qualified = if group.is_empty() {
                                p.clone()
                            } else {
                                format!("{p}.{group}")
                            };
                            !self.denied.contains(&qualified)
                        })
                        .collect();
                    rules.push(json!({"verbs": ["get", "list", "watch"], "apiGroups": [group], "resources": resources}));
                }
            }
        }
        json!({
            "resourceRules": rules,
            "nonResourceRules": [{
                "verbs": ["get"],
                "nonResourceURLs": ["/api", "/api/*", "/apis", "/apis/*", "/healthz", "/livez", "/readyz", "/version"],
            }],
            "incomplete": false,
        })
    }
}

fn denial(
    verb: &str,
    resource: &str,
    group: &str,
    namespace: Option<&str>,
    name: Option<&str>,
) -> Refusal {
    let subject = name.map_or_else(
        || resource.to_owned(),
        |n| format!("{} {n:?}", resource.split('/').next().unwrap_or(resource)),
    );
    let place = match namespace.filter(|n| !n.is_empty()) {
        Some(namespace) => format!("in the namespace {namespace:?}"),
        None => "at the cluster scope".to_owned(),
    };
    Refusal::forbidden(
        format!(
            "{subject} is forbidden: User {USER:?} cannot {verb} resource {resource:?} in API group {group:?} {place}"
        ),
        resource.split('/').next().unwrap_or(resource),
        name.unwrap_or(""),
    )
}
