use podside_model::Severity;

use crate::testing::check;
use crate::want::Want;

/// A certificate whose challenge is not answered, in all its steps.
const CERTIFICATE: &str = "
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: site, namespace: web, uid: c, creationTimestamp: '2026-01-01T11:00:00Z'}
spec: {secretName: site-tls, dnsNames: [site.example], issuerRef: {name: acme, kind: ClusterIssuer}}
status:
  conditions:
    - {type: Ready, status: 'False', reason: DoesNotExist, message: Issuing certificate as Secret does not exist, lastTransitionTime: '2026-01-01T11:00:00Z'}
---
apiVersion: cert-manager.io/v1
kind: CertificateRequest
metadata: {name: site-1, namespace: web, uid: r, creationTimestamp: '2026-01-01T11:00:01Z', ownerReferences: [{apiVersion: cert-manager.io/v1, kind: Certificate, name: site, uid: c, controller: true}]}
spec: {issuerRef: {name: acme, kind: ClusterIssuer}}
status:
  conditions:
    - {type: Ready, status: 'False', reason: Pending, message: Waiting for the order, lastTransitionTime: '2026-01-01T11:00:01Z'}
---
apiVersion: acme.cert-manager.io/v1
kind: Order
metadata: {name: site-1-7, namespace: web, uid: o, creationTimestamp: '2026-01-01T11:00:02Z', ownerReferences: [{apiVersion: cert-manager.io/v1, kind: CertificateRequest, name: site-1, uid: r, controller: true}]}
spec: {issuerRef: {name: acme, kind: ClusterIssuer}}
status: {state: pending}
---
apiVersion: acme.cert-manager.io/v1
kind: Challenge
metadata: {name: site-1-7-8, namespace: web, uid: h, creationTimestamp: '2026-01-01T11:00:03Z', ownerReferences: [{apiVersion: acme.cert-manager.io/v1, kind: Order, name: site-1-7, uid: o, controller: true}]}
spec: {issuerRef: {name: acme, kind: ClusterIssuer}}
status: {state: pending, reason: 'Waiting for HTTP-01 challenge propagation: no such host'}
";

const ISSUER: &str = "
---
apiVersion: cert-manager.io/v1
kind: ClusterIssuer
metadata: {name: acme}
status: {conditions: [{type: Ready, status: 'STATUS', reason: REASON, message: WORDS, lastTransitionTime: '2026-01-01T10:00:00Z'}]}
";

const INGRESS: &str = "
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: site, namespace: web, creationTimestamp: '2026-01-01T10:59:00Z'}
spec: {ingressClassName: public, tls: [{hosts: [site.example], secretName: site-tls}]}
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: public}
spec: {controller: example.com/ingress}
";

/// A Pod that waits for a Secret.
fn pod(secret: &str) -> String {
    format!(
        "
---
apiVersion: v1
kind: Pod
metadata: {{name: shop, namespace: web, uid: p}}
spec: {{nodeName: n, containers: [{{name: app, image: x, envFrom: [{{secretRef: {{name: {secret}}}}}]}}]}}
status:
  phase: Pending
  containerStatuses: [{{name: app, state: {{waiting: {{reason: CreateContainerConfigError, message: 'secret \"{secret}\" not found'}}}}}}]
"
    )
}

/// A custom resource of that status.
fn widget(status: &str) -> String {
    format!(
        "
apiVersion: example.com/v1
kind: Widget
metadata: {{name: one, namespace: web, uid: w, generation: 1}}
status: {{{status}}}
"
    )
}

fn issuer(status: &str, reason: &str, words: &str) -> String {
    ISSUER
        .replace("STATUS", status)
        .replace("REASON", reason)
        .replace("WORDS", words)
}

#[test]
fn the_step_at_which_a_certificate_fails_is_the_reason_of_the_missing_secret() {
    let objects = [CERTIFICATE, &issuer("True", "Registered", "ok"), INGRESS].concat();
    check(&objects)
        .finds(
            "custom-resource-not-ready",
            "Certificate.cert-manager.io web/site",
        )
        .tells("title.part")
        .with("part_kind", "Challenge")
        .with(
            "said",
            "Waiting for HTTP-01 challenge propagation: no such host",
        )
        .tells("explanation.secrets")
        .with_list("secrets", ["site-tls"])
        .proves("no such host")
        .offers("fix.challenge")
        .affects("Ingress web/site")
        .affects("Order.acme.cert-manager.io web/site-1-7")
        .is(Severity::Warning)
        .alone();
}

#[test]
fn an_issuer_that_is_not_ready_answers_for_its_certificates() {
    let objects = [
        CERTIFICATE,
        &issuer(
            "False",
            "ErrRegisterACMEAccount",
            "'403 account is deactivated'",
        ),
        INGRESS,
    ];
    check(&objects.concat())
        .finds(
            "custom-resource-not-ready",
            "ClusterIssuer.cert-manager.io acme",
        )
        .tells("title")
        .with("said", "403 account is deactivated")
        .affects("Certificate.cert-manager.io web/site")
        .alone();
}

#[test]
fn a_secret_that_cannot_be_fetched_is_not_to_be_created_by_hand() {
    let objects = "
apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: db, namespace: web, uid: e}
spec: {secretStoreRef: {name: vault, kind: SecretStore}, target: {name: db-password}}
status: {conditions: [{type: Ready, status: 'False', reason: SecretSyncedError, message: 'could not get secret data from provider', lastTransitionTime: '2026-01-01T11:00:00Z'}]}
";
    check(&(objects.to_owned() + &pod("db-password")))
        .finds(
            "custom-resource-not-ready",
            "ExternalSecret.external-secrets.io web/db",
        )
        .tells("explanation.secrets")
        .affects("Pod web/shop")
        .is(Severity::Critical)
        .alone();
}

#[test]
fn a_secret_that_nothing_makes_is_missing_and_its_makers_are_wanted() {
    let found = check(&("kind: List\napiVersion: v1\nitems: []".to_owned() + &pod("other")));
    let wants = found.judge().wants;
    let is_of_it = |want: &&Want| matches!(want, Want::Objects { kind, namespace, .. } if kind == "ExternalSecret" && namespace == "web");
    assert!(wants.iter().any(|want| is_of_it(&want)), "{wants:?}");
    found.finds("secret-missing", "Pod web/shop").alone();
}

#[test]
fn an_application_that_was_refused_names_the_account_to_create() {
    let objects = r#"
apiVersion: sparkoperator.k8s.io/v1beta2
kind: SparkApplication
metadata: {name: counts, namespace: data, uid: s}
status:
  applicationState:
    state: SUBMISSION_FAILED
    errorMessage: 'failed to run spark-submit: pods "counts-driver" is forbidden: error looking up service account data/runner: serviceaccount "runner" not found'
"#;
    check(objects)
        .finds("custom-resource-not-ready", "SparkApplication data/counts")
        .tells("title.failed")
        .offers("fix.account")
        .with("account", "runner")
        .offers("fix.again")
        .proves("serviceaccount \"runner\" not found")
        .alone();
}

#[test]
fn a_condition_of_anybody_s_type_counts_only_as_stalled() {
    check(&widget(
        "conditions: [{type: Degraded, status: 'True', reason: X, message: y}]",
    ))
    .finds_nothing();
    check(&widget(
        "conditions: [{type: Stalled, status: 'True', reason: BadSpec, message: no colour}]",
    ))
    .finds("custom-resource-not-ready", "Widget.example.com web/one")
    .tells("title")
    .with("said", "no colour")
    .offers("fix.spec")
    .alone();
}

#[test]
fn what_is_at_work_at_rest_or_well_is_no_problem() {
    for status in [
        "conditions: [{type: Ready, status: 'False', reason: Creating, message: soon, lastTransitionTime: '2026-01-01T11:58:00Z'}]",
        "conditions: [{type: Ready, status: 'False', reason: Suspended, message: off, lastTransitionTime: '2026-01-01T09:00:00Z'}]",
        "conditions: [{type: Ready, status: 'True', reason: Done, message: fine}]",
        "phase: Running, message: all is well",
        "",
    ] {
        check(&widget(status)).finds_nothing();
    }
    let suspended = widget("phase: Failed").replace("status:", "spec: {suspend: true}\nstatus:");
    check(&suspended).finds_nothing();
}

#[test]
fn a_try_whose_owner_is_well_by_now_is_history() {
    let objects = CERTIFICATE
        .replace(
            "type: Ready, status: 'False', reason: DoesNotExist",
            "type: Ready, status: 'True', reason: Ready",
        )
        .replace("status: {state: pending}", "status: {state: errored}");
    let secret = "
---
apiVersion: v1
kind: Secret
metadata: {name: site-tls, namespace: web}
";
    check(&(objects + secret)).does_not_find("custom-resource-not-ready");
}

#[test]
fn a_backup_that_failed_counts_until_a_later_one_is_well() {
    let backup = |name: &str, hour: u8, phase: &str| {
        format!(
            "
---
apiVersion: velero.io/v1
kind: Backup
metadata: {{name: {name}, namespace: velero, creationTimestamp: '2026-01-01T{hour:02}:00:00Z', labels: {{velero.io/schedule-name: nightly}}}}
status: {{phase: {phase}, failureReason: the bucket does not exist}}
"
        )
    };
    let first = backup("a", 8, "PartiallyFailed");
    let whole = "kind: List\napiVersion: v1\nitems: []";
    check(&(whole.to_owned() + &first))
        .finds("custom-resource-not-ready", "Backup.velero.io velero/a")
        .tells("title.failed")
        .with("said", "the bucket does not exist");
    check(&(whole.to_owned() + &first + &backup("b", 9, "Completed"))).finds_nothing();
}

#[test]
fn pods_of_its_own_that_fail_say_more() {
    let objects = widget("conditions: [{type: Ready, status: 'False', reason: Waiting, message: waits, lastTransitionTime: '2026-01-01T09:00:00Z'}]")
        + &pod("missing").replace("uid: p}", "uid: p, ownerReferences: [{apiVersion: example.com/v1, kind: Widget, name: one, uid: w, controller: true}]}");
    check(&objects)
        .does_not_find("custom-resource-not-ready")
        .finds("secret-missing", "Widget.example.com web/one")
        .alone();
}

#[test]
fn a_warning_that_goes_on_speaks_where_the_status_does_not() {
    let event = |count: u8, last: &str| {
        format!(
            "
---
apiVersion: v1
kind: Event
metadata: {{name: e, namespace: web}}
involvedObject: {{apiVersion: example.com/v1, kind: Widget, namespace: web, name: one, uid: w}}
reason: ReconcileError
type: Warning
message: 'the colour cannot be had'
count: {count}
source: {{component: painter}}
firstTimestamp: '2026-01-01T11:00:00Z'
lastTimestamp: '{last}'
"
        )
    };
    check(&(widget("") + &event(20, "2026-01-01T11:58:00Z")))
        .finds("custom-resource-not-ready", "Widget.example.com web/one")
        .tells("title.warned")
        .with("reason", "ReconcileError")
        .alone();
    check(&(widget("") + &event(2, "2026-01-01T11:58:00Z"))).finds_nothing();
    check(&(widget("") + &event(20, "2026-01-01T11:20:00Z"))).finds_nothing();
}

#[test]
fn an_ingress_that_was_made_for_a_challenge_answers_for_the_certificate() {
    let solver = "
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: solver, namespace: web, creationTimestamp: '2026-01-01T11:00:04Z', ownerReferences: [{apiVersion: acme.cert-manager.io/v1, kind: Challenge, name: site-1-7-8, uid: h, controller: true}]}
spec: {ingressClassName: publik}
";
    check(&[CERTIFICATE, INGRESS, solver].concat())
        .finds("ingress-class-missing", "Ingress web/solver")
        .affects("Certificate.cert-manager.io web/site")
        .alone();
}
