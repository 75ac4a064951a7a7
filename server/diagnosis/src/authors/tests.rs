use podside_model::{Lang, ObjectRef};

use super::{Keeper, Undone, of};
use crate::testing::check;
use crate::texts::resolve_strictly;

/// The keepers of a Deployment with that `metadata`.
fn of_deployment(metadata: &str) -> Vec<Keeper> {
    let yaml = format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: api, namespace: n, uid: d, {metadata}}}\n"
    );
    keepers(&yaml, &deployment("api"))
}

fn deployment(name: &str) -> ObjectRef {
    ObjectRef::namespaced("Deployment", "n", name).in_group("apps")
}

/// The keepers of an object among others; what they say must read in every language.
fn keepers(yaml: &str, object: &ObjectRef) -> Vec<Keeper> {
    let check = check(yaml);
    let authors = of(check.snapshot(), object);
    for author in &authors {
        for lang in Lang::ALL {
            resolve_strictly(&author.says(), lang).unwrap();
        }
    }
    authors.into_iter().map(|author| author.keeper).collect()
}

#[test]
fn pipelines_are_known_by_their_marks() {
    let helm = Keeper::Helm {
        release: "shop".to_owned(),
        namespace: "prod".to_owned(),
    };
    let flux = |kind: &str, group: &str| {
        Some(ObjectRef::namespaced(kind, "flux-system", "apps").in_group(group))
    };
    let marks = [
        (
            "annotations: {meta.helm.sh/release-name: shop, meta.helm.sh/release-namespace: prod}",
            helm,
        ),
        (
            "annotations: {argocd.argoproj.io/tracking-id: 'shop:apps/Deployment:n/api'}, labels: {app.kubernetes.io/managed-by: Helm, app.kubernetes.io/instance: x}",
            Keeper::ArgoCd("shop".to_owned()),
        ),
        (
            "labels: {app.kubernetes.io/instance: shop}, managedFields: [{manager: argocd-controller, operation: Apply}]",
            Keeper::ArgoCd("shop".to_owned()),
        ),
        (
            "labels: {kustomize.toolkit.fluxcd.io/name: apps, kustomize.toolkit.fluxcd.io/namespace: flux-system}",
            Keeper::Flux(flux("Kustomization", "kustomize.toolkit.fluxcd.io")),
        ),
        (
            "labels: {helm.toolkit.fluxcd.io/name: apps, helm.toolkit.fluxcd.io/namespace: flux-system, app.kubernetes.io/managed-by: Helm}",
            Keeper::FluxHelm(flux("HelmRelease", "helm.toolkit.fluxcd.io")),
        ),
        (
            "managedFields: [{manager: kustomize-controller, operation: Apply}]",
            Keeper::Flux(None),
        ),
        (
            "labels: {app.kubernetes.io/managed-by: kustomize-v5}",
            Keeper::Kustomize,
        ),
        (
            "managedFields: [{manager: Terraform, operation: Apply}]",
            Keeper::Pipeline("Terraform".to_owned()),
        ),
        (
            "labels: {app.kubernetes.io/managed-by: search-operator}",
            Keeper::Operator("search-operator".to_owned()),
        ),
        (
            "labels: {addonmanager.kubernetes.io/mode: Reconcile}",
            Keeper::AddonManager,
        ),
    ];
    for (metadata, keeper) in marks {
        assert_eq!(of_deployment(metadata), [keeper], "{metadata}");
    }
}

#[test]
fn nobody_keeps_what_a_person_applied() {
    for metadata in [
        "",
        "labels: {app.kubernetes.io/managed-by: team-a}",
        "labels: {app.kubernetes.io/instance: shop}",
        "labels: {addonmanager.kubernetes.io/mode: EnsureExists}",
        "managedFields: [{manager: kubectl-client-side-apply, operation: Update}]",
        "managedFields: [{manager: argocd-controller, operation: Update, subresource: status}]",
    ] {
        assert_eq!(of_deployment(metadata), [], "{metadata}");
    }
}

#[test]
fn the_way_leads_up_to_what_a_pipeline_wrote() {
    let yaml = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: gateway, namespace: n, uid: d, ownerReferences: [{apiVersion: example.com/v1, kind: Mesh, name: main, uid: m, controller: true}]}
---
apiVersion: example.com/v1
kind: Mesh
metadata: {name: main, namespace: n, uid: m, annotations: {meta.helm.sh/release-name: mesh, meta.helm.sh/release-namespace: n}}
";
    let mesh = ObjectRef::namespaced("Mesh", "n", "main").in_group("example.com");
    let helm = Keeper::Helm {
        release: "mesh".to_owned(),
        namespace: "n".to_owned(),
    };
    assert_eq!(
        keepers(yaml, &deployment("gateway")),
        [Keeper::Owner(mesh.clone()), helm]
    );
    let check = check(yaml);
    let nearest = of(check.snapshot(), &deployment("gateway")).remove(0);
    assert_eq!(nearest.undone(), Undone::AtOnce);
    let command = nearest.command().unwrap();
    assert!(command.contains("mesh.example.com main"), "{command}");
}

#[test]
fn a_solver_s_ingress_is_changed_at_its_issuer() {
    let yaml = "
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: solver-1, namespace: n, uid: s, labels: {acme.cert-manager.io/http01-solver: 'true'}}
spec: {rules: [{host: a.example.org, http: {paths: [{path: /x, backend: {service: {name: s, port: {number: 80}}}}]}}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: app, namespace: n, uid: a, annotations: {cert-manager.io/cluster-issuer: prod}}
spec: {tls: [{hosts: [a.example.org], secretName: app-tls}]}
";
    let issuer = ObjectRef::cluster("ClusterIssuer", "prod").in_group("cert-manager.io");
    let solver = ObjectRef::namespaced("Ingress", "n", "solver-1").in_group("networking.k8s.io");
    assert_eq!(keepers(yaml, &solver), [Keeper::AcmeSolver(Some(issuer))]);
    let other = yaml.replace("hosts: [a.example.org]", "hosts: [b.example.org]");
    assert_eq!(keepers(&other, &solver), [Keeper::AcmeSolver(None)]);
}

#[test]
fn a_claim_is_of_the_stateful_set_whose_template_and_ordinal_it_names() {
    let yaml = "
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: n, uid: s}
spec: {volumeClaimTemplates: [{metadata: {name: data}, spec: {}}]}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data-db-0, namespace: n, uid: c}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data-db-backup, namespace: n, uid: b}
";
    let set = ObjectRef::namespaced("StatefulSet", "n", "db").in_group("apps");
    let claim = |name: &str| ObjectRef::namespaced("PersistentVolumeClaim", "n", name);
    assert_eq!(
        keepers(yaml, &claim("data-db-0")),
        [Keeper::ClaimTemplate(set)]
    );
    assert_eq!(keepers(yaml, &claim("data-db-backup")), []);
}
