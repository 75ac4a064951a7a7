//! What a Pod is, against what the template of its owner says by now.
//!
//! A template that is mended does not mend the Pods that were made before, and what a webhook
//! adds to a Pod stands in no template. A fix that says "set it in the template" is wrong for
//! both.

use podside_model::{Message, ObjectRef};

use crate::facts::{Container, Kind, Labels, Object, Pod, PodSpec, Webhook, WebhookConfiguration};
use crate::kubectl;
use crate::snapshot::Snapshot;
use crate::text::{Text, text};

/// The texts about templates.
pub(crate) const TEXTS: &[Text] = &[
    text(
        "template.mended",
        "Delete the {pods|Pod|Pods}: the template of {kind} {name} does not say this any more, and {pods|this Pod is|these Pods are} older. {kind} {name} makes {pods|it|them} again as its template says now.",
        "{kind} {name} のテンプレートは修正済みで、{pods} 個の Pod はそれより古いため、Pod を削除します。{kind} {name} が現在のテンプレートから作り直します。",
    ),
    text(
        "template.injected",
        "Change what adds container {container}: it is not in the template of {kind} {name}. Webhook {webhooks} may change its Pods when they are made.",
        "コンテナ {container} は {kind} {name} のテンプレートになく、作成時に追加されたものなので、追加している側を変更します。作成時の Pod を変更しうる webhook は {webhooks} です。",
    ),
    text(
        "template.injected-unknown",
        "Change what adds container {container}: it is not in the template of {kind} {name}, so a webhook adds it when a Pod is made.",
        "コンテナ {container} は {kind} {name} のテンプレートになく、作成時に webhook が追加したものなので、追加している側を変更します。",
    ),
];

/// What a template says of a container of a Pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Template {
    /// It has the container.
    Has,
    /// It has not, and these webhooks may have added it.
    Lacks(Vec<Injector>),
    /// The container was not made with the Pod, or the template is empty.
    Unknown,
}

/// A webhook that may change Pods when they are made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Injector {
    /// The configuration that holds it.
    pub(crate) configuration: ObjectRef,
    /// Its name.
    pub(crate) webhook: String,
}

/// Whether a Pod was made from an older template than the one that would replace it. Only of
/// those owners a deleted Pod comes back as the newest template says.
pub(crate) fn is_older(pod: &Pod, snapshot: &Snapshot) -> bool {
    let Some(owner) = pod.meta.controller() else {
        return false;
    };
    let Some(made_from) = pod.meta.label("controller-revision-hash") else {
        return false;
    };
    let (namespace, name) = (&*pod.meta.namespace, &*owner.name);
    match owner.kind.known() {
        Some(Kind::StatefulSet) => snapshot
            .stateful_sets
            .get(namespace, name)
            .is_some_and(|set| {
                !set.update_revision.is_empty() && set.update_revision != *made_from
            }),
        Some(Kind::DaemonSet) => {
            let revisions = snapshot.controller_revisions.in_namespace(namespace);
            let own =
                revisions.filter(|of| of.meta.controller().is_some_and(|c| c.uid == owner.uid));
            let newest = own.max_by_key(|of| of.revision);
            newest.is_some_and(|of| !of.meta.name.ends_with(&**made_from))
        }
        _ => false,
    }
}

/// Whether a template says something else than a Pod at a JSON Pointer of the Pod. Of fields
/// that are not compared it is not known, so `false`.
pub(crate) fn says_otherwise(pod: &Pod, template: &PodSpec, pointer: &str) -> bool {
    let mut steps = pointer.split('/').skip(1);
    if steps.next() != Some("spec") {
        return false;
    }
    let Some(field) = steps.next() else {
        return false;
    };
    let (own, other) = (&pod.spec, template);
    match field {
        "containers" | "initContainers" => {
            let index = steps.next().and_then(|index| index.parse::<usize>().ok());
            let list = format!("/spec/{field}/");
            let mut containers = own.containers.iter();
            let is_meant = |c: &&Container| Some(c.index) == index && c.path().starts_with(&list);
            let Some(now) = containers.find(is_meant) else {
                return false;
            };
            let Some(then) = other.container(&now.name) else {
                return false;
            };
            steps.next().is_some_and(|of| differs(now, then, of))
        }
        "nodeSelector" => own.placement.node_selector != other.placement.node_selector,
        "serviceAccountName" => own.service_account_name() != other.service_account_name(),
        // A template that names none gets those of its ServiceAccount.
        "imagePullSecrets" => {
            !other.image_pull_secrets.is_empty()
                && own.image_pull_secrets != other.image_pull_secrets
        }
        _ => false,
    }
}

/// Whether two containers differ in a field of that name.
fn differs(a: &Container, b: &Container, field: &str) -> bool {
    match field {
        "image" => a.image != b.image,
        "imagePullPolicy" => a.pull_policy != b.pull_policy,
        "command" => a.command != b.command,
        "args" => a.args != b.args,
        "env" => a.env != b.env,
        "envFrom" => a.env_from != b.env_from,
        "ports" => a.ports != b.ports,
        "resources" => a.requests != b.requests || a.limits != b.limits,
        "livenessProbe" => a.liveness != b.liveness,
        "readinessProbe" => a.readiness != b.readiness,
        "startupProbe" => a.startup != b.startup,
        "securityContext" => a.security != b.security,
        "workingDir" => a.working_dir != b.working_dir,
        _ => false,
    }
}

/// What a template says of a container of a Pod.
pub(crate) fn of_container(
    pod: &Pod,
    container: &str,
    template: &PodSpec,
    snapshot: &Snapshot,
) -> Template {
    let made_with_it = pod.spec.container(container).is_some();
    if template.containers.is_empty() || !made_with_it {
        return Template::Unknown;
    }
    if template.container(container).is_some() {
        return Template::Has;
    }
    Template::Lacks(injectors(&pod.meta.namespace, &pod.meta.labels, snapshot))
}

/// The webhooks that may change Pods with these labels when they are made in a namespace.
pub(crate) fn injectors(namespace: &str, labels: &Labels, snapshot: &Snapshot) -> Vec<Injector> {
    webhooks(namespace, labels, snapshot)
        .into_iter()
        .map(|(configuration, webhook)| Injector {
            configuration: configuration.object_ref(),
            webhook: webhook.name.to_string(),
        })
        .collect()
}

/// The mutating webhooks that are called for Pods with these labels in a namespace.
pub(crate) fn webhooks<'a>(
    namespace: &str,
    labels: &Labels,
    snapshot: &'a Snapshot,
) -> Vec<(&'a WebhookConfiguration, &'a Webhook)> {
    let namespace = snapshot.namespaces.get("", namespace);
    let concerns = |webhook: &Webhook| {
        let pods = webhook
            .resources
            .iter()
            .any(|resource| matches!(&**resource, "pods" | "*" | "*/*" | "pods/*"));
        let there = match namespace {
            Some(namespace) => webhook.namespaces.matches(&namespace.meta.labels),
            None => webhook.namespaces.is_all(),
        };
        pods && there && webhook.objects.matches(labels)
    };
    snapshot
        .mutating_webhooks
        .iter()
        .flat_map(|c| c.webhooks.iter().map(move |w| (c, w)))
        .filter(|(_, webhook)| concerns(webhook))
        .collect()
}

/// Says that a container is not in the template, and who may add it.
pub(crate) fn injection(
    kind: &str,
    name: &str,
    container: &str,
    injectors: &[Injector],
) -> Message {
    let names: Vec<String> = injectors.iter().map(|of| of.webhook.clone()).collect();
    let message = if names.is_empty() {
        Message::new("template.injected-unknown")
    } else {
        Message::new("template.injected").with("webhooks", names)
    };
    message
        .with("kind", kind)
        .with("name", name)
        .with("container", container)
}

/// The command that shows who may add a container.
pub(crate) fn show(injectors: &[Injector]) -> String {
    match injectors {
        [one] => kubectl::get_yaml(&one.configuration),
        _ => kubectl::list(None, Kind::MutatingWebhookConfiguration.plural()),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::check;

    /// A StatefulSet whose Pod is of the revision before.
    fn with(revision: &str, image: &str) -> String {
        format!(
            "
apiVersion: apps/v1
kind: StatefulSet
metadata: {{name: web, namespace: n, uid: s}}
spec:
  replicas: 1
  template: {{metadata: {{labels: {{app: web}}}}, spec: {{containers: [{{name: app, image: {image}}}]}}}}
status: {{replicas: 1, currentRevision: web-1, updateRevision: web-2}}
---
apiVersion: v1
kind: Pod
metadata: {{name: web-0, namespace: n, uid: p, labels: {{app: web, controller-revision-hash: {revision}}}, ownerReferences: [{{kind: StatefulSet, name: web, uid: s, controller: true}}]}}
spec: {{nodeName: n1, containers: [{{name: app, image: 'shop:nix'}}]}}
status: {{phase: Pending, containerStatuses: [{{name: app, restartCount: 0, state: {{waiting: {{reason: ImagePullBackOff, message: 'Back-off pulling image \"shop:nix\": ErrImagePull: docker.io/library/shop:nix: not found'}}}}}}]}}
"
        )
    }

    #[test]
    fn a_pod_that_is_older_than_the_mended_template_is_deleted() {
        let found = check(&with("web-1", "'shop:1'"))
            .finds("image-not-found", "StatefulSet n/web[app]")
            .offers("template.mended")
            .with("pods", 1)
            .advises("kubectl -n n delete pod web-0");
        assert_eq!(found.steps(), 1);
    }

    #[test]
    fn a_template_that_still_says_it_is_corrected() {
        for yaml in [with("web-1", "'shop:nix'"), with("web-2", "'shop:1'")] {
            check(&yaml)
                .finds("image-not-found", "StatefulSet n/web[app]")
                .advises("set image statefulset/web");
        }
    }

    #[test]
    fn a_container_that_no_template_has_is_mended_where_it_is_added() {
        let yaml = with("web-2", "'shop:1'")
            .replace("name: app, image: 'shop:1'", "name: main, image: 'shop:1'");
        let webhook = "---
apiVersion: admissionregistration.k8s.io/v1
kind: MutatingWebhookConfiguration
metadata: {name: mesh}
webhooks: [{name: inject.mesh.example, clientConfig: {url: 'https://x'}, rules: [{operations: [CREATE], apiGroups: [''], apiVersions: [v1], resources: [pods]}]}]
";
        let found = check(&(yaml.clone() + webhook));
        found
            .finds("image-not-found", "StatefulSet n/web[app]")
            .offers("template.injected")
            .with_list("webhooks", ["inject.mesh.example"])
            .advises("get mutatingwebhookconfiguration mesh -o yaml");
        check(&yaml)
            .finds("image-not-found", "StatefulSet n/web[app]")
            .offers("template.injected-unknown");
    }

    #[test]
    fn a_change_that_is_undone_at_once_is_made_where_it_lasts() {
        let owned = with("web-2", "'shop:nix'").replace(
            "name: web, namespace: n, uid: s}",
            "name: web, namespace: n, uid: s, ownerReferences: [{apiVersion: example.com/v1, kind: Site, name: main, uid: x, controller: true}]}",
        );
        check(&owned).finds("image-not-found", "Site.example.com n/main[app]");
        let operated = with("web-2", "'shop:nix'").replace(
            "name: web, namespace: n, uid: s}",
            "name: web, namespace: n, uid: s, labels: {app.kubernetes.io/managed-by: site-operator}}",
        );
        check(&operated)
            .finds("image-not-found", "StatefulSet n/web[app]")
            .offers("author.operator")
            .with("keeper", "site-operator")
            .does_not_advise("set image");
        let released = with("web-2", "'shop:nix'").replace(
            "name: web, namespace: n, uid: s}",
            "name: web, namespace: n, uid: s, annotations: {meta.helm.sh/release-name: site, meta.helm.sh/release-namespace: n}}",
        );
        check(&released)
            .finds("image-not-found", "StatefulSet n/web[app]")
            .advises("set image statefulset/web")
            .offers("author.helm")
            .with("release", "site");
    }
}
