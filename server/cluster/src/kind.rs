//! Where the API serves each kind.

use podside_diagnosis::facts::Kind;

use crate::error::Result;
use crate::path::segment;

/// The version of a kind's group that is asked for: one that every Kubernetes from
/// 1.27 on serves.
pub(crate) const fn version(kind: Kind) -> &'static str {
    match kind {
        Kind::HorizontalPodAutoscaler => "v2",
        _ => "v1",
    }
}

/// `apiVersion` of a kind's objects.
pub(crate) fn api_version(kind: Kind) -> String {
    match kind.group() {
        "" => version(kind).to_owned(),
        group => format!("{group}/{}", version(kind)),
    }
}

/// The path of a kind's objects: in one namespace, or everywhere for `None` and for
/// a kind that has no namespaces.
pub(crate) fn path(kind: Kind, namespace: Option<&str>) -> Result<String> {
    let root = if kind.group().is_empty() {
        "/api"
    } else {
        "/apis"
    };
    let version = api_version(kind);
    let plural = kind.plural();
    Ok(match namespace.filter(|_| kind.is_namespaced()) {
        Some(namespace) => format!(
            "{root}/{version}/namespaces/{}/{plural}",
            segment(namespace)?
        ),
        None => format!("{root}/{version}/{plural}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_follow_group_and_scope() {
        assert_eq!(path(Kind::Pod, None).unwrap(), "/api/v1/pods");
        assert_eq!(
            path(Kind::StorageClass, Some("shop")).unwrap(),
            "/apis/storage.k8s.io/v1/storageclasses"
        );
        assert!(path(Kind::Pod, Some("../kube-system")).is_err());
    }
}
