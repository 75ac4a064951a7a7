//! Which rights an action needs, and which of them somebody lacks.

use podside_model::MissingRight;

use super::not_done::{Lacking, NotDone};
use crate::access::Need;
use crate::connection::Connection;
use crate::error::{Error, Result};

/// From this version on, to connect to a Pod must be allowed as creating something.
const CREATES_FROM: (u32, u32) = (1, 35);

/// The verbs that `exec`, `attach` and `portforward` need over a WebSocket on a server of
/// that version.
///
/// Opening a WebSocket is a GET, and so a `get`. Since Kubernetes 1.35 it must be allowed to
/// `create` as well (`AuthorizePodWebsocketUpgradeCreatePermission`,
/// <https://github.com/kubernetes/kubernetes/pull/134577>). Of a version that is not known
/// both are asked for, because with both it works on every server.
pub fn connect_verbs(server_version: &str) -> &'static [&'static str] {
    match numbers(server_version) {
        Some(version) if version < CREATES_FROM => &["get"],
        _ => &["create", "get"],
    }
}

/// `1` and `36` of `v1.36.2` or `v1.36.1-gke.100`.
fn numbers(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.strip_prefix('v')?.split('.');
    let mut number = || {
        let part = parts.next()?;
        let end = part.find(|c: char| !c.is_ascii_digit());
        part.get(..end.unwrap_or(part.len()))?.parse().ok()
    };
    Some((number()?, number()?))
}

/// A right to one of the Pods of a namespace, to a part of it such as `pods/exec`, or to all
/// of them.
pub(super) fn to_pod(verb: &str, resource: &str, namespace: &str, name: Option<&str>) -> Need {
    Need {
        right: MissingRight {
            verb: verb.to_owned(),
            group: String::new(),
            resource: resource.to_owned(),
            namespace: Some(namespace.to_owned()),
        },
        name: name.map(str::to_owned),
    }
}

impl Connection {
    /// What the reader lacks of what is needed, as it was within the last minute; `None`
    /// where nothing is missing as far as the API server tells.
    ///
    /// # Errors
    /// When the API server cannot be asked.
    pub async fn lacking(&self, needs: &[Need]) -> Result<Option<Lacking>> {
        let mut rights = Vec::new();
        for need in needs {
            if !self.may(need).await? {
                rights.push(need.right.clone());
            }
        }
        if rights.is_empty() {
            return Ok(None);
        }
        let user = self.user().await;
        Ok(Some(Lacking::of(rights, user.as_deref())))
    }

    /// Why an action was not carried out. After a refusal for want of a right, what was known
    /// of the rights is asked for again.
    pub(super) fn not_done(&self, error: Error) -> NotDone {
        let not_done = NotDone::from(error);
        if matches!(not_done, NotDone::Denied { .. }) {
            self.known().forget_rights();
        }
        not_done
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn to_connect_needs_other_verbs_since_1_35() {
        for (version, verbs) in [
            ("v1.27.3", &["get"] as &[_]),
            ("v1.34.9-gke.1200", &["get"]),
            ("v1.35.0", &["create", "get"]),
            ("v1.36.2+k3s1", &["create", "get"]),
            ("v1.35+", &["create", "get"]),
            ("v2.0.0", &["create", "get"]),
            ("", &["create", "get"]),
            ("nonsense", &["create", "get"]),
        ] {
            assert_eq!(connect_verbs(version), verbs, "{version}");
        }
    }
}
