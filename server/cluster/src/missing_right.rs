//! Which right a refused request lacked.

use podside_model::MissingRight;

/// The right that a request needs, read off its path.
pub(crate) fn right_of(what: &str) -> MissingRight {
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
    }
}
