//! What is broken in the fixture's cluster.

use podside_model::{
    Affected, Cause, Certainty, Checked, Diagnosis, Evidence, EvidenceKind, FixStep, LookedAt,
    MissingRight, ObjectRef, Problem, Relation, Severity, Strip, StripSpan, StripState, Unknown,
    Why,
};

use crate::fixture::{at, now};

fn in_retail(kind: &str, name: &str) -> ObjectRef {
    ObjectRef::namespaced(kind, "retail", name)
}

fn piece(kind: EvidenceKind, what: &str, object: ObjectRef, value: &str) -> Evidence<String> {
    Evidence {
        kind,
        what: what.to_owned(),
        kubectl: format!("kubectl get {} {}", object.kind.to_lowercase(), object.name),
        object,
        path: None,
        referrer: None,
        reason: None,
        value: value.to_owned(),
        mark: None,
        count: None,
        at: None,
    }
}

fn broken(
    kind: &str,
    name: &str,
    by: &ObjectRef,
    relation: Relation,
    state: &str,
) -> Affected<String> {
    Affected {
        object: in_retail(kind, name),
        by: by.clone(),
        relation,
        state: state.to_owned(),
    }
}

pub(crate) fn claim() -> Problem<String> {
    let claim = in_retail("PersistentVolumeClaim", "data-postgres-0");
    let postgres = in_retail("StatefulSet", "postgres");
    let api = in_retail("Deployment", "orders-api");
    let service = in_retail("Service", "orders-api");
    Problem {
        cause: Cause::known("pvc-unbound"),
        severity: Severity::Critical,
        certainty: Certainty::Certain,
        subject: claim.clone(),
        title: "Nothing provisions StorageClass fast-ssd, so the database has no disk".to_owned(),
        explanation: "Claim data-postgres-0 waits for csi.acme.internal, which does not answer. Five objects fail after it; they recover by themselves once the claim is bound.".to_owned(),
        fix: vec![
            FixStep {
                text: "See whether the provisioner runs, and mend it if it does not.".to_owned(),
                command: Some("kubectl get csidrivers,pods -A".to_owned()),
            },
            FixStep {
                text: "Or use a StorageClass that has one. A claim’s class cannot be changed: delete the claim and the Pod, and the StatefulSet makes them anew.".to_owned(),
                command: Some("kubectl get storageclass".to_owned()),
            },
        ],
        evidence: vec![
            Evidence {
                path: Some("/status/phase".to_owned()),
                at: Some(now()),
                ..piece(EvidenceKind::Field, "The claim is not bound", claim.clone(), "Pending")
            },
            Evidence {
                reason: Some("ExternalProvisioning".to_owned()),
                mark: Some("'csi.acme.internal'".to_owned()),
                count: Some(4),
                at: Some(at("20:28:48")),
                ..piece(
                    EvidenceKind::Event,
                    "The controller waits for a provisioner that does not answer",
                    claim.clone(),
                    "Waiting for a volume to be created either by the external provisioner 'csi.acme.internal' or manually by the system administrator.",
                )
            },
            Evidence {
                at: Some(at("20:28:05")),
                ..piece(
                    EvidenceKind::Log,
                    "So web cannot reach orders-api",
                    in_retail("Pod", "web-58dcb9f5d9-cw48h").with_container("web"),
                    "dial tcp 10.96.146.155:80: connect: connection refused",
                )
            },
        ],
        affects: vec![
            broken("StatefulSet", "postgres", &claim, Relation::MountedBy, "0 of 1 ready"),
            broken("Deployment", "orders-api", &postgres, Relation::DialledBy, "0 of 2 ready"),
            broken("Service", "orders-api", &api, Relation::Backs, "0 of 2 endpoints"),
            broken("Deployment", "web", &service, Relation::DialledBy, "2 of 2 ready, every request fails"),
            broken("Deployment", "order-mailer", &service, Relation::DialledBy, "CrashLoopBackOff, 3 restarts"),
        ],
        more_affected: 0,
        since: Some(at("20:28:03")),
    }
}

pub(crate) fn worker() -> Problem<String> {
    let pod = ObjectRef::namespaced("Pod", "orders", "order-worker-7486b8848-ht95b");
    Problem {
        cause: Cause::known("env-missing"),
        severity: Severity::Critical,
        certainty: Certainty::Certain,
        subject: ObjectRef::namespaced("Deployment", "orders", "order-worker")
            .with_container("worker"),
        title: "Process worker exits at start: DATABASE_URL is not set".to_owned(),
        explanation: "The process ends itself with exit code 1.".to_owned(),
        fix: Vec::new(),
        evidence: vec![piece(
            EvidenceKind::Log,
            "It says so",
            pod.clone(),
            "FATAL: DATABASE_URL is not set",
        )],
        affects: vec![Affected {
            object: pod,
            by: ObjectRef::namespaced("Deployment", "orders", "order-worker"),
            relation: Relation::Owns,
            state: "4 restarts".to_owned(),
        }],
        more_affected: 0,
        since: Some(at("20:27:18")),
    }
}

pub(crate) fn cart() -> Problem<String> {
    let cart = ObjectRef::namespaced("Service", "shop", "cart");
    Problem {
        cause: Cause::known("service-selector-mismatch"),
        severity: Severity::Warning,
        certainty: Certainty::Likely,
        subject: cart.clone(),
        title: "Service cart selects no Pod: app=shopping-cart, but 2 Pods have app=cart"
            .to_owned(),
        explanation: String::new(),
        fix: Vec::new(),
        evidence: vec![Evidence {
            path: Some("/spec/selector/app".to_owned()),
            ..piece(EvidenceKind::Field, "The selector", cart, "shopping-cart")
        }],
        affects: Vec::new(),
        more_affected: 0,
        since: Some(at("20:22:00")),
    }
}

pub(crate) fn diagnosis() -> Diagnosis<String> {
    Diagnosis {
        observed_at: now(),
        problems: vec![claim(), worker(), cart()],
        unsettled: Vec::new(),
        unexplained: Vec::new(),
        unknown: vec![
            Unknown {
                what: "Events before 19:29 have expired.".to_owned(),
                why: Why::Expired,
                settle: Some("Look at the node's log.".to_owned()),
                object: None,
                rights: Vec::new(),
                causes: Vec::new(),
                spare: false,
            },
            Unknown {
                what: "Cannot tell whether Secret ledger-token exists.".to_owned(),
                why: Why::Denied,
                settle: None,
                object: None,
                rights: vec![MissingRight {
                    verb: "list".to_owned(),
                    group: String::new(),
                    resource: "secrets".to_owned(),
                    namespace: Some("marketplace".to_owned()),
                }],
                causes: Vec::new(),
                spare: false,
            },
        ],
        checked: vec![
            Checked {
                object: ObjectRef::namespaced("Job", "retail", "backfill"),
                why: "completed".to_owned(),
            },
            Checked {
                object: ObjectRef::namespaced("CronJob", "retail", "digest"),
                why: "suspended on purpose".to_owned(),
            },
        ],
        looked_at: vec![
            LookedAt {
                kind: "Pod".to_owned(),
                count: 4,
            },
            LookedAt {
                kind: "Service".to_owned(),
                count: 1,
            },
        ],
        rules: 98,
    }
}

/// The strips of the problems of [`diagnosis`], over two minutes.
pub(crate) fn strips() -> Vec<Strip> {
    let strip = |states: &[(&str, StripState)], ticks: &[&str], restarts| Strip {
        from: at("20:26:59"),
        to: now(),
        spans: states
            .iter()
            .map(|&(until, state)| StripSpan {
                until: at(until),
                state,
            })
            .collect(),
        ticks: ticks.iter().map(|clock| at(clock)).collect(),
        restarts,
    };
    let broken = StripState::Broken(Severity::Critical);
    vec![
        strip(
            &[("20:28:03", StripState::Absent), ("20:28:59", broken)],
            &["20:28:03"],
            0,
        ),
        strip(
            &[("20:27:18", StripState::Absent), ("20:28:59", broken)],
            &["20:27:18", "20:28:41"],
            4,
        ),
        strip(
            &[("20:28:59", StripState::Broken(Severity::Warning))],
            &[],
            0,
        ),
    ]
}
