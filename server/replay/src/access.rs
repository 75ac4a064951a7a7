//! What the one user of a served cluster may do: everything that can be read or
//! played, or, to try how a client behaves without rights, only a part of it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{
    api::Refusal,
    catalogue::{Catalogue, Resource},
};

/// The user that the bearer token stands for.
pub(crate) const USER: &str = "practice";

/// The parts of Pods behind which there is a live process. To read one is to act.
const LIVE: [&str; 3] = ["exec", "attach", "portforward"];

/// What is asked of a resource in an access review or a rule.
const READING: [&str; 3] = ["get", "list", "watch"];

/// The rights of the bearer token.
#[derive(Debug, Clone, Default)]
pub struct Access {
    /// Only these namespaces may be looked into, and nothing cluster-wide; all of
    /// them and the cluster-scoped objects if `None`.
    pub namespaces: Option<Vec<String>>,
    /// What may not be done: nothing with a resource (`secrets`, `nodes`,
    /// `ingresses.networking.k8s.io`, `pods/log`), or one thing with it (`create pods`,
    /// `get pods/exec`).
    pub denied: Vec<String>,
    /// Whether everything may be read only.
    pub reads_only: bool,
    /// Whether a review of the rules leaves them out, as that of an authorizer that
    /// cannot list them; single rights are still told.
    pub incomplete: bool,
}

impl Access {
    fn may(&self, verb: &str, qualified: &str, namespace: Option<&str>) -> bool {
        let one = format!("{verb} {qualified}");
        let denied = self.denied.iter().any(|d| d == qualified || *d == one);
        let inside = match (&self.namespaces, namespace.filter(|n| !n.is_empty())) {
            (None, _) => true,
            (Some(allowed), Some(namespace)) => allowed.iter().any(|a| a == namespace),
            (Some(_), None) => false,
        };
        !denied && inside && !(self.reads_only && is_acting(verb, qualified))
    }

    /// Refuse, as RBAC does, what may not be done.
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
        if self.may(verb, &resource.qualified(), namespace) {
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
        if self.may(verb, qualified, namespace) {
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
        if !is_played(verb, group, resource, subresource) {
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
        (!self.may(verb, &qualified, Some(namespace))).then(|| "no rule allows this".to_owned())
    }

    /// The status of a SelfSubjectRulesReview for a namespace.
    pub(crate) fn rules(&self, namespace: &str) -> Value {
        let mut rules = vec![
            json!({"verbs": ["create"], "apiGroups": ["authorization.k8s.io"], "resources": ["selfsubjectaccessreviews", "selfsubjectrulesreviews"]}),
            json!({"verbs": ["create"], "apiGroups": ["authentication.k8s.io"], "resources": ["selfsubjectreviews"]}),
        ];
        let inside = self
            .namespaces
            .as_ref()
            .is_none_or(|allowed| allowed.iter().any(|a| a == namespace));
        if inside && !self.incomplete {
            rules.extend(self.rules_inside(namespace));
        }
        json!({
            "resourceRules": rules,
            "nonResourceRules": [{
                "verbs": ["get"],
                "nonResourceURLs": ["/api", "/api/*", "/apis", "/apis/*", "/healthz", "/livez", "/readyz", "/version"],
            }],
            "incomplete": self.incomplete,
        })
    }

    /// What may be done in a namespace that may be looked into: one rule for the resources of
    /// a group with which the same may be done.
    fn rules_inside(&self, namespace: &str) -> Vec<Value> {
        if self.denied.is_empty() && !self.reads_only {
            return vec![
                json!({"verbs": ["create", "get", "list", "patch", "watch"], "apiGroups": ["*"], "resources": ["*"]}),
                json!({"verbs": ["delete"], "apiGroups": [""], "resources": ["pods"]}),
            ];
        }
        let mut rules: BTreeMap<(String, Vec<&str>), Vec<String>> = BTreeMap::new();
        for (group, plurals) in Catalogue::kubernetes().readable() {
            let parts = if group.is_empty() {
                &OF_PODS as &[_]
            } else {
                &[]
            };
            let parts = parts.iter().map(|part| format!("pods/{part}"));
            for resource in plurals.into_iter().chain(parts) {
                let (plural, part) = resource.split_once('/').unwrap_or((&resource, ""));
                let qualified = if group.is_empty() {
                    resource.clone()
                } else {
                    format!("{resource}.{group}")
                };
                let verbs: Vec<&str> = VERBS
                    .into_iter()
                    .filter(|verb| {
                        is_played(verb, &group, plural, part)
                            && self.may(verb, &qualified, Some(namespace))
                    })
                    .collect();
                if !verbs.is_empty() {
                    rules
                        .entry((group.clone(), verbs))
                        .or_default()
                        .push(resource);
                }
            }
        }
        rules
            .into_iter()
            .map(|((group, verbs), resources)| {
                json!({"verbs": verbs, "apiGroups": [group], "resources": resources})
            })
            .collect()
    }
}

/// The verbs of which rules tell.
const VERBS: [&str; 6] = ["create", "delete", "get", "list", "patch", "watch"];

/// The parts of Pods of which rules tell.
const OF_PODS: [&str; 3] = ["ephemeralcontainers", "exec", "log"];

/// Whether a verb does more than reading.
fn is_acting(verb: &str, qualified: &str) -> bool {
    let part = qualified.split_once('/').map_or("", |(_, part)| part);
    !READING.contains(&verb) || LIVE.contains(&part)
}

/// Whether it can be done at all, if only to be tried.
fn is_played(verb: &str, group: &str, resource: &str, part: &str) -> bool {
    let is_pod = group.is_empty() && resource == "pods";
    match part {
        "" if READING.contains(&verb) || matches!(verb, "create" | "patch") => true,
        "" => is_pod && verb == "delete",
        "log" => is_pod && verb == "get",
        "exec" => is_pod && matches!(verb, "create" | "get"),
        "ephemeralcontainers" => is_pod && verb == "patch",
        _ => false,
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
