//! Which right a refused request lacked.

use podside_model::MissingRight;

/// The right for want of which a request was refused: that which the API server names, and
/// else the one that its path needs. A request may need more than one: since Kubernetes 1.35
/// `exec` over a WebSocket is a `get` that must be allowed to `create` as well.
pub(crate) fn denied(what: &str, message: &str) -> MissingRight {
    let mut right = right_of(what);
    if let Some(refusal) = Refusal::read(message)
        && refusal.resource == right.resource
    {
        refusal.verb.clone_into(&mut right.verb);
    }
    right
}

/// What an authorizer says of somebody who may not
/// (`k8s.io/apiserver/pkg/endpoints/handlers/responsewriters`): `User "alice" cannot get
/// resource "pods/exec" in API group "" in the namespace "shop"`. Admission refuses with the
/// same code (403) and in other words.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Refusal<'a> {
    /// Who asked, as the API server knows them.
    pub(crate) user: &'a str,
    verb: &'a str,
    resource: &'a str,
}

impl<'a> Refusal<'a> {
    /// Reads it where a message is one.
    pub(crate) fn read(message: &'a str) -> Option<Self> {
        let (_, said) = message.split_once(" is forbidden: User \"")?;
        let (user, said) = said.split_once("\" cannot ")?;
        let (verb, said) = said.split_once(" resource \"")?;
        let (resource, _) = said.split_once('"')?;
        let is_verb = !verb.is_empty() && verb.bytes().all(|byte| byte.is_ascii_lowercase());
        is_verb.then_some(Self {
            user,
            verb,
            resource,
        })
    }
}

/// The right that a request needs, read off its path.
fn right_of(what: &str) -> MissingRight {
    let (verb, path) = what.split_once(' ').unwrap_or(("GET", what));
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let mut parts = path.split('/').filter(|part| !part.is_empty());
    let group = match parts.next() {
        Some("apis") => parts.next().unwrap_or_default().to_owned(),
        _ => String::new(),
    };
    let mut rest: Vec<&str> = parts.skip(1).collect();
    let namespace = (rest.first() == Some(&"namespaces") && rest.len() > 2).then(|| {
        let namespace = rest.get(1).copied().unwrap_or_default().to_owned();
        rest.drain(..2);
        namespace
    });
    let named = rest.len() > 1;
    let mut resource = rest.first().copied().unwrap_or_default().to_owned();
    if let Some(part) = rest.get(2) {
        resource = format!("{resource}/{part}");
    }
    let verb = match (verb, named) {
        ("POST", _) => "create",
        ("PUT", _) => "update",
        ("PATCH", _) => "patch",
        ("DELETE", true) => "delete",
        ("DELETE", false) => "deletecollection",
        (_, true) => "get",
        _ if query.split('&').any(|pair| pair == "watch=1") => "watch",
        _ => "list",
    };
    MissingRight {
        verb: verb.to_owned(),
        group,
        resource,
        namespace,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_missing_right_is_read_off_the_path() {
        let right = |what: &str| {
            let right = right_of(what);
            format!(
                "{} {}/{} in {}",
                right.verb,
                right.group,
                right.resource,
                right.namespace.unwrap_or_default()
            )
        };
        assert_eq!(right("GET /api/v1/pods?limit=500"), "list /pods in ");
        assert_eq!(
            right("GET /apis/apps/v1/namespaces/shop/deployments?watch=1&x=y"),
            "watch apps/deployments in shop"
        );
        assert_eq!(
            right("GET /api/v1/namespaces/shop/pods/web/log?container=a"),
            "get /pods/log in shop"
        );
        assert_eq!(right("GET /api/v1/namespaces/shop"), "get /namespaces in ");
        for (method, verb) in [("PATCH", "patch"), ("DELETE", "delete"), ("PUT", "update")] {
            assert_eq!(
                right(&format!("{method} /api/v1/namespaces/shop/pods/web")),
                format!("{verb} /pods in shop")
            );
        }
    }

    #[test]
    fn the_api_server_s_own_word_for_the_verb_counts() {
        let exec = "GET /api/v1/namespaces/shop/pods/web/exec";
        let said = |verb: &str| {
            format!(
                "pods \"web\" is forbidden: User \"alice\" cannot {verb} resource \"pods/exec\" \
                 in API group \"\" in the namespace \"shop\""
            )
        };
        assert_eq!(denied(exec, &said("get")).verb, "get");
        assert_eq!(denied(exec, &said("create")).verb, "create");
        assert_eq!(
            Refusal::read(&said("get")).map(|refusal| refusal.user),
            Some("alice")
        );
        for other in [
            "",
            "pods \"web\" is forbidden: violates PodSecurity \"restricted:latest\": host namespaces",
            "pods \"web\" is forbidden: exceeded quota: small, requested: pods=1",
            "User \"a\" cannot",
        ] {
            assert_eq!(Refusal::read(other), None, "{other}");
            assert_eq!(denied(exec, other).verb, "get", "{other}");
        }
    }
}
