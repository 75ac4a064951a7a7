//! Where the API serves each kind.

use podside_diagnosis::facts::Kind;

use crate::discovery::Resource;
use crate::error::Result;

/// The version of a kind's group that is asked for: one that every Kubernetes from
/// 1.27 on serves.
pub(crate) const fn version(kind: Kind) -> &'static str {
    match kind {
        Kind::HorizontalPodAutoscaler => "v2",
        _ => "v1",
    }
}

/// The path of the objects of a kind that every server has: in one namespace, or everywhere
/// for `None` and for a kind that has no namespaces.
pub(crate) fn path(kind: Kind, namespace: Option<&str>) -> Result<String> {
    Resource::of(kind).objects_path(namespace)
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
