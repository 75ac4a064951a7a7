//! The Role that gives rights, with the binding that gives it to somebody
//! (Kubernetes documentation, "Using RBAC Authorization").

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use crate::MissingRight;

/// Words that YAML takes for something else than text.
const NOT_TEXT: [&str; 9] = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];

/// What stands for the user where nobody knows who asks.
const NOBODY: &str = "YOUR-USER # `kubectl auth whoami` tells it";

/// How the user of a ServiceAccount is called: `system:serviceaccount:NAMESPACE:NAME`.
const SERVICE_ACCOUNT: &str = "system:serviceaccount:";

/// The Role, or ClusterRole, that gives rights which are all of the first one's namespace, as
/// YAML; empty without rights.
pub fn role(rights: &[MissingRight]) -> String {
    let Some(first) = rights.first() else {
        return String::new();
    };
    let name = match rights {
        [right] => name_of(right),
        _ => "podside-view".to_owned(),
    };
    let mut text = role_head(&name, first.namespace.as_deref());
    // The browser makes this one: it is written without the maps that `grant` takes, and
    // joins what stands together.
    let mut rest = rights;
    while let Some(first) = rest.first() {
        let alike = rest
            .iter()
            .take_while(|right| (&right.group, &right.verb) == (&first.group, &first.verb))
            .count();
        let (these, others) = rest.split_at_checked(alike).unwrap_or((rest, &[]));
        let resources: Vec<String> = these.iter().map(|right| in_yaml(&right.resource)).collect();
        push_rule(
            &mut text,
            &first.group,
            &resources.join(", "),
            &in_yaml(&first.verb),
        );
        rest = others;
    }
    text
}

/// The smallest Roles that give `rights`, one for each namespace and a ClusterRole for those
/// of the whole cluster, each with the binding that gives it to `user`, as YAML. Without a
/// user a placeholder stands there. Empty without rights.
pub fn grant(rights: &[MissingRight], user: Option<&str>) -> String {
    let mut places: BTreeMap<Option<&str>, Vec<&MissingRight>> = BTreeMap::new();
    for right in rights {
        let place = places.entry(right.namespace.as_deref()).or_default();
        place.push(right);
    }
    let mut text = String::new();
    for (place, rights) in places {
        let Some(name) = rights.first().map(|right| name_of(right)) else {
            continue;
        };
        if !text.is_empty() {
            text.push_str("---\n");
        }
        text.push_str(&only_role(&name, place, &rights));
        text.push_str("---\n");
        text.push_str(&binding(&name, place, user));
    }
    text
}

fn name_of(right: &MissingRight) -> String {
    let resource = right.resource.replace(['/', '.'], "-");
    in_yaml(&format!("podside-{resource}-{}", right.verb))
}

fn only_role(name: &str, place: Option<&str>, rights: &[&MissingRight]) -> String {
    let mut rules: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    for right in rights {
        let of = (right.group.as_str(), right.resource.as_str());
        rules.entry(of).or_default().insert(&right.verb);
    }
    let mut text = role_head(name, place);
    for ((group, resource), verbs) in rules {
        let verbs: Vec<String> = verbs.into_iter().map(in_yaml).collect();
        push_rule(&mut text, group, &in_yaml(resource), &verbs.join(", "));
    }
    text
}

fn role_head(name: &str, place: Option<&str>) -> String {
    format!("{}rules:\n", head("Role", name, place))
}

fn push_rule(text: &mut String, group: &str, resources: &str, verbs: &str) {
    // Writing to a String cannot fail.
    let _ = write!(
        text,
        "- apiGroups: [{}]\n  resources: [{resources}]\n  verbs: [{verbs}]\n",
        quoted(group),
    );
}

fn binding(name: &str, place: Option<&str>, user: Option<&str>) -> String {
    let account = user
        .and_then(|user| user.strip_prefix(SERVICE_ACCOUNT))
        .and_then(|account| account.split_once(':'));
    let subject = match (account, user) {
        (Some((namespace, name)), _) => format!(
            "- kind: ServiceAccount\n  namespace: {}\n  name: {}\n",
            in_yaml(namespace),
            in_yaml(name)
        ),
        (None, Some(user)) => of_user(&in_yaml(user)),
        (None, None) => of_user(NOBODY),
    };
    format!(
        "{}roleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: {}\n  name: {name}\nsubjects:\n{subject}",
        head("RoleBinding", name, place),
        of_place("Role", place)
    )
}

fn of_user(name: &str) -> String {
    format!("- apiGroup: rbac.authorization.k8s.io\n  kind: User\n  name: {name}\n")
}

fn head(kind: &str, name: &str, place: Option<&str>) -> String {
    let kind = of_place(kind, place);
    let metadata = match place {
        Some(namespace) => format!("{{ namespace: {}, name: {name} }}", in_yaml(namespace)),
        None => format!("{{ name: {name} }}"),
    };
    format!("apiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata: {metadata}\n")
}

/// The kind that there is in a namespace, or that of the whole cluster.
fn of_place(kind: &str, place: Option<&str>) -> String {
    let scope = if place.is_some() { "" } else { "Cluster" };
    format!("{scope}{kind}")
}

/// A name as it stands in YAML. That of a namespace can come from an address, and the
/// Role is there to be copied: it must give no right that is not read on the page.
fn in_yaml(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-./".contains(c);
    let starts = name.starts_with(|c: char| c.is_ascii_lowercase());
    if starts && name.chars().all(is_plain) && !NOT_TEXT.contains(&name) {
        name.to_owned()
    } else {
        // Within single quotes nothing but the quote means anything.
        format!("'{}'", name.replace('\'', "''").replace('\n', " "))
    }
}

/// An API group, which may be empty and is quoted as documentation does.
fn quoted(group: &str) -> String {
    match in_yaml(group) {
        plain if plain == group => format!("\"{group}\""),
        _ if group.is_empty() => "\"\"".to_owned(),
        quoted => quoted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn right(verb: &str, resource: &str, namespace: Option<&str>) -> MissingRight {
        MissingRight {
            verb: verb.to_owned(),
            group: String::new(),
            resource: resource.to_owned(),
            namespace: namespace.map(str::to_owned),
        }
    }

    #[test]
    fn the_role_gives_the_one_right_that_is_missing() {
        assert_eq!(
            role(&[right("list", "pods/log", Some("shop"))]),
            "apiVersion: rbac.authorization.k8s.io/v1\n\
             kind: Role\n\
             metadata: { namespace: shop, name: podside-pods-log-list }\n\
             rules:\n\
             - apiGroups: [\"\"]\n  resources: [pods/log]\n  verbs: [list]\n"
        );
    }

    #[test]
    fn rights_that_are_missing_together_are_one_role() {
        let mut rights = vec![
            right("list", "events", Some("shop")),
            right("list", "pods", Some("shop")),
            right("list", "jobs", Some("shop")),
        ];
        rights[2].group = "batch".to_owned();
        assert_eq!(
            role(&rights),
            "apiVersion: rbac.authorization.k8s.io/v1\n\
             kind: Role\n\
             metadata: { namespace: shop, name: podside-view }\n\
             rules:\n\
             - apiGroups: [\"\"]\n  resources: [events, pods]\n  verbs: [list]\n\
             - apiGroups: [\"batch\"]\n  resources: [jobs]\n  verbs: [list]\n"
        );
        assert_eq!(role(&[]), "");
    }

    #[test]
    fn a_namespace_from_an_address_gives_no_further_right() {
        let role = role(&[right("list", "events", Some("a' }\nrules: [x"))]);
        assert!(
            role.contains("namespace: 'a'' } rules: [x', name"),
            "{role}"
        );
        assert_eq!(role.matches("\nrules:").count(), 1, "{role}");
    }

    #[test]
    fn rights_in_one_namespace_are_one_role_and_one_binding() {
        let rights = [
            right("create", "pods/exec", Some("shop")),
            right("get", "pods/exec", Some("shop")),
        ];
        assert_eq!(
            grant(&rights, Some("alice@example.com")),
            "apiVersion: rbac.authorization.k8s.io/v1\n\
             kind: Role\n\
             metadata: { namespace: shop, name: podside-pods-exec-create }\n\
             rules:\n\
             - apiGroups: [\"\"]\n  resources: [pods/exec]\n  verbs: [create, get]\n\
             ---\n\
             apiVersion: rbac.authorization.k8s.io/v1\n\
             kind: RoleBinding\n\
             metadata: { namespace: shop, name: podside-pods-exec-create }\n\
             roleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: Role\n  name: podside-pods-exec-create\n\
             subjects:\n\
             - apiGroup: rbac.authorization.k8s.io\n  kind: User\n  name: 'alice@example.com'\n"
        );
    }

    #[test]
    fn a_right_of_the_whole_cluster_needs_the_cluster_s_kinds() {
        let text = grant(&[right("list", "pods", None)], None);
        assert!(text.contains("kind: ClusterRole\n"), "{text}");
        assert!(text.contains("kind: ClusterRoleBinding\n"), "{text}");
        assert!(text.contains("name: YOUR-USER # `kubectl"), "{text}");
        assert_eq!(grant(&[], Some("alice")), "");
    }

    #[test]
    fn a_service_account_is_bound_as_one() {
        let text = grant(
            &[right("get", "pods", Some("shop"))],
            Some("system:serviceaccount:tools:podside"),
        );
        assert!(
            text.ends_with(
                "subjects:\n- kind: ServiceAccount\n  namespace: tools\n  name: podside\n"
            ),
            "{text}"
        );
        // A user who is called so, and is none.
        let text = grant(
            &[right("get", "pods", Some("shop"))],
            Some("system:serviceaccount:odd"),
        );
        assert!(
            text.contains("kind: User\n  name: 'system:serviceaccount:odd'"),
            "{text}"
        );
    }
}
