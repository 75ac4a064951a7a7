use podside_model::ObjectRef;

use super::{Keeper, owned};
use crate::facts::{Meta, Str};

/// Who keeps an object as its labels, annotations and field managers tell. What steers others
/// comes first: Flux applies Helm releases, and Argo CD what Helm renders.
pub(super) fn keeper(meta: &Meta) -> Option<Keeper> {
    argo_cd(meta)
        .or_else(|| flux(meta))
        .or_else(|| helm(meta))
        .or_else(|| addon(meta))
        .or_else(|| named_manager(meta))
        .or_else(|| of_operator(meta))
        .or_else(|| field_manager(meta))
}

/// <https://argo-cd.readthedocs.io/en/stable/user-guide/resource_tracking/>
fn argo_cd(meta: &Meta) -> Option<Keeper> {
    let tracked = meta.annotation("argocd.argoproj.io/tracking-id");
    let tracked = tracked
        .and_then(|id| id.split_once(':'))
        .map(|(app, _)| app);
    let labelled = || {
        let by_label = meta.label("argocd.argoproj.io/instance").map(|app| &**app);
        // The label of the default tracking method is one that others set, too.
        let applied = || {
            let is_argo = |name: &str| name.starts_with("argocd-");
            let instance = meta.label("app.kubernetes.io/instance");
            instance
                .map(|app| &**app)
                .filter(|_| applied_by(meta, is_argo))
        };
        by_label.or_else(applied)
    };
    tracked
        .or_else(labelled)
        .map(|app| Keeper::ArgoCd(app.to_owned()))
}

/// <https://fluxcd.io/flux/components/kustomize/kustomizations/#controlling-the-apply-behavior-of-resources>
fn flux(meta: &Meta) -> Option<Keeper> {
    let owner = |group: &str, kind: &str| {
        let label = |field: &str| meta.label(&format!("{group}/{field}"));
        let namespace = label("namespace").map_or(&*meta.namespace, |its| &**its);
        label("name").map(|name| ObjectRef::namespaced(kind, namespace, &**name).in_group(group))
    };
    let release = owner("helm.toolkit.fluxcd.io", "HelmRelease");
    if release.is_some() || applied_by(meta, |name| name == "helm-controller") {
        return Some(Keeper::FluxHelm(release));
    }
    let kustomization = owner("kustomize.toolkit.fluxcd.io", "Kustomization");
    let applied = || applied_by(meta, |name| name == "kustomize-controller");
    (kustomization.is_some() || applied()).then_some(Keeper::Flux(kustomization))
}

/// <https://helm.sh/docs/chart_best_practices/labels/>: Helm itself sets both annotations.
fn helm(meta: &Meta) -> Option<Keeper> {
    let release = meta.annotation("meta.helm.sh/release-name");
    let is_helm = |value: &&Str| matches!(&***value, "Helm" | "Tiller");
    let managed = || meta.label("app.kubernetes.io/managed-by").filter(is_helm);
    let release = release.or_else(|| managed().and(meta.label("app.kubernetes.io/instance")))?;
    let namespace = meta
        .annotation("meta.helm.sh/release-namespace")
        .map_or(&meta.namespace, |its| its);
    Some(Keeper::Helm {
        release: owned(release),
        namespace: owned(namespace),
    })
}

/// <https://github.com/kubernetes/kubernetes/tree/master/cluster/addons/addon-manager>: with
/// the mode `EnsureExists` a change lasts.
fn addon(meta: &Meta) -> Option<Keeper> {
    meta.label("addonmanager.kubernetes.io/mode")
        .filter(|mode| &***mode == "Reconcile")
        .map(|_| Keeper::AddonManager)
}

/// Values of `app.kubernetes.io/managed-by` that name no operator.
const TOOLS: [(&str, Option<&str>); 8] = [
    ("helm", None),
    ("tiller", None),
    ("kubectl", None),
    ("manual", None),
    ("terraform", Some("Terraform")),
    ("pulumi", Some("Pulumi")),
    ("ansible", Some("Ansible")),
    ("skaffold", Some("Skaffold")),
];

fn named_manager(meta: &Meta) -> Option<Keeper> {
    let by = meta.label("app.kubernetes.io/managed-by")?;
    let lower = by.to_ascii_lowercase();
    if lower.is_empty() {
        return None;
    }
    if lower.starts_with("kustomize") {
        return Some(Keeper::Kustomize);
    }
    match TOOLS.iter().find(|(name, _)| *name == lower) {
        Some((_, tool)) => tool.map(|tool| Keeper::Pipeline(tool.to_owned())),
        // An operator calls itself so; the name of a team or a person does not.
        None => (lower.contains("operator") || lower.contains("controller"))
            .then(|| Keeper::Operator(owned(by))),
    }
}

/// What the Operator Lifecycle Manager installed, and what k3s deploys
/// (<https://olm.operatorframework.io/docs/>, <https://docs.k3s.io/installation/packaged-components>).
fn of_operator(meta: &Meta) -> Option<Keeper> {
    meta.label("olm.owner")
        .or_else(|| meta.annotation("objectset.rio.cattle.io/owner-name"))
        .map(|owner| Keeper::Operator(owned(owner)))
}

/// Names under which tools write fields, with what they are called.
const MANAGERS: [(&str, &str); 3] = [
    ("Terraform", "Terraform"),
    ("HashiCorp", "Terraform"),
    ("pulumi-kubernetes", "Pulumi"),
];

fn field_manager(meta: &Meta) -> Option<Keeper> {
    if meta.annotation("config.kubernetes.io/origin").is_some() {
        return Some(Keeper::Kustomize);
    }
    let tool = MANAGERS
        .iter()
        .find(|(name, _)| applied_by(meta, |manager| manager == *name));
    tool.map(|(_, tool)| Keeper::Pipeline((*tool).to_owned()))
}

/// Whether a manager of that name writes the object itself, not its status.
fn applied_by(meta: &Meta, is_meant: impl Fn(&str) -> bool) -> bool {
    let mut managers = meta.managers.iter();
    managers.any(|manager| manager.subresource.is_empty() && is_meant(&manager.name))
}
