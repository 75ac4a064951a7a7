//! Which pages of the Kubernetes documentation there are in Japanese.

use podside_model::Lang;

/// Where the documentation begins; a page in Japanese begins with [`JAPANESE`] instead.
const ENGLISH: &str = "https://kubernetes.io/docs/";
/// Where the same pages begin in Japanese.
const JAPANESE: &str = "https://kubernetes.io/ja/docs/";

/// The pages that are translated, and of each the sections that bear the same anchor there.
/// Most headings are translated and their anchors with them: a link to such a section leads
/// to the page. Source: `content/ja/docs` of <https://github.com/kubernetes/website>.
const TRANSLATED: [(&str, &[&str]); 40] = [
    ("concepts/architecture/nodes/", &[]),
    ("concepts/configuration/configmap/", &[]),
    ("concepts/configuration/manage-resources-containers/", &[]),
    ("concepts/configuration/secret/", &[]),
    ("concepts/containers/container-lifecycle-hooks/", &[]),
    ("concepts/containers/images/", &[]),
    ("concepts/containers/runtime-class/", &[]),
    ("concepts/overview/working-with-objects/finalizers/", &[]),
    ("concepts/policy/limit-range/", &[]),
    ("concepts/policy/resource-quotas/", &[]),
    ("concepts/scheduling-eviction/assign-pod-node/", &[]),
    ("concepts/scheduling-eviction/node-pressure-eviction/", &[]),
    ("concepts/scheduling-eviction/pod-priority-preemption/", &[]),
    (
        "concepts/scheduling-eviction/pod-scheduling-readiness/",
        &[],
    ),
    ("concepts/scheduling-eviction/taint-and-toleration/", &[]),
    (
        "concepts/scheduling-eviction/topology-spread-constraints/",
        &[],
    ),
    (
        "concepts/services-networking/dns-pod-service/",
        &["pod-s-dns-policy"],
    ),
    ("concepts/services-networking/ingress/", &[]),
    ("concepts/services-networking/network-policies/", &[]),
    ("concepts/services-networking/service/", &[]),
    ("concepts/storage/persistent-volumes/", &[]),
    ("concepts/storage/storage-classes/", &[]),
    ("concepts/storage/volumes/", &[]),
    ("concepts/workloads/controllers/cron-jobs/", &[]),
    ("concepts/workloads/controllers/deployment/", &[]),
    ("concepts/workloads/controllers/job/", &[]),
    ("concepts/workloads/controllers/statefulset/", &[]),
    ("concepts/workloads/pods/init-containers/", &[]),
    (
        "concepts/workloads/pods/pod-lifecycle/",
        &["pod-conditions"],
    ),
    ("tasks/configure-pod-container/assign-memory-resource/", &[]),
    (
        "tasks/configure-pod-container/configure-liveness-readiness-startup-probes/",
        &[],
    ),
    (
        "tasks/configure-pod-container/configure-pod-configmap/",
        &[],
    ),
    (
        "tasks/configure-pod-container/pull-image-private-registry/",
        &[],
    ),
    ("tasks/configure-pod-container/security-context/", &[]),
    ("tasks/debug/debug-application/debug-init-containers/", &[]),
    ("tasks/debug/debug-application/debug-pods/", &[]),
    (
        "tasks/debug/debug-application/debug-running-pod/",
        &["container-exec", "examine-pod-logs"],
    ),
    ("tasks/debug/debug-application/debug-service/", &[]),
    (
        "tasks/debug/debug-application/determine-reason-pod-failure/",
        &[],
    ),
    (
        "tasks/inject-data-application/define-command-argument-container/",
        &[],
    ),
];

/// A page of the documentation in the reader's language where it is translated, else as it
/// was given. Addresses of other sites stay as they are.
pub(super) fn translated(url: &str, lang: Lang) -> String {
    let in_japanese = || {
        let (page, section) = match url.split_once('#') {
            Some((page, section)) => (page, Some(section)),
            None => (url, None),
        };
        let path = page.strip_prefix(ENGLISH)?;
        let (path, sections) = TRANSLATED.iter().find(|(known, _)| *known == path)?;
        let section = section.filter(|section| sections.contains(section));
        let section = section.map(|section| format!("#{section}"));
        Some(format!("{JAPANESE}{path}{}", section.unwrap_or_default()))
    };
    let found = match lang {
        Lang::En => None,
        Lang::Ja => in_japanese(),
    };
    found.unwrap_or_else(|| url.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runbook::built_in;

    #[test]
    fn a_page_is_shown_in_the_readers_language_where_there_is_one() {
        let pods = "https://kubernetes.io/docs/tasks/debug/debug-application/debug-pods/";
        let logs = "https://kubernetes.io/docs/tasks/debug/debug-application/debug-running-pod/#examine-pod-logs";
        for (url, in_japanese) in [
            (
                pods.to_owned(),
                "https://kubernetes.io/ja/docs/tasks/debug/debug-application/debug-pods/",
            ),
            // The heading, and the anchor with it, reads otherwise there.
            (
                format!("{pods}#my-pod-stays-pending"),
                "https://kubernetes.io/ja/docs/tasks/debug/debug-application/debug-pods/",
            ),
            (
                logs.to_owned(),
                "https://kubernetes.io/ja/docs/tasks/debug/debug-application/debug-running-pod/#examine-pod-logs",
            ),
            (
                "https://kubernetes.io/docs/no/such/page/".to_owned(),
                "https://kubernetes.io/docs/no/such/page/",
            ),
            (
                "https://wiki.example/docs/tasks/".to_owned(),
                "https://wiki.example/docs/tasks/",
            ),
        ] {
            assert_eq!(translated(&url, Lang::En), url);
            assert_eq!(translated(&url, Lang::Ja), in_japanese, "{url}");
        }
    }

    #[test]
    fn the_pages_are_in_order_and_each_stands_once() {
        assert!(TRANSLATED.is_sorted_by(|(a, _), (b, _)| a < b));
        for (path, _) in TRANSLATED {
            assert!(path.ends_with('/') && !path.starts_with('/'), "{path}");
        }
    }

    #[test]
    fn what_the_built_in_runbooks_give_to_read_is_there_in_japanese() {
        let docs = built_in()
            .iter()
            .flat_map(|it| it.runbook.steps.iter().map(|step| &step.docs));
        for docs in docs {
            let url = docs.url_in(Lang::Ja);
            assert!(url.starts_with(JAPANESE), "{url}");
        }
    }
}
