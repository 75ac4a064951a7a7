use podside_model::{Answer, ObjectRef};

use super::*;
use crate::judge::judge;
use crate::runbook::sample::SHOP;
use crate::runbook::{Event, Vocabulary, check, read};
use crate::snapshot::{Reading, Snapshot};
use crate::testing;

fn shop() -> Snapshot {
    testing::check(SHOP).snapshot().clone()
}

/// What a step shows of an object: path and value, or the value alone.
fn shown(snapshot: &Snapshot, object: &ObjectRef, what: Show) -> Vec<String> {
    let evidence = show(&Target::find(snapshot, object), &[what]);
    let shown = evidence.iter().map(|evidence| match &evidence.path {
        Some(path) => format!("{path} {}", evidence.value),
        None => evidence.value.clone(),
    });
    shown.collect()
}

fn object(kind: &str, name: &str) -> ObjectRef {
    match kind {
        "Node" => ObjectRef::cluster(kind, name),
        _ => ObjectRef::namespaced(kind, "shop", name),
    }
}

#[test]
fn every_kind_of_target_shows_what_it_has() {
    let snapshot = shop();
    for ((kind, name), what, expected) in [
        (
            ("Deployment", "cart"),
            Show::Replicas,
            &["/spec/replicas 1", "/status/replicas 1"][..],
        ),
        (
            ("Deployment", "cart"),
            Show::TargetConditions,
            &["/status/conditions/0/status False"],
        ),
        (
            ("Deployment", "cart"),
            Show::Phase,
            &["/status/phase Pending"],
        ),
        (("Deployment", "cart"), Show::TargetPhase, &[]),
        (
            ("Deployment", "cart"),
            Show::Selectors,
            &["/spec/selector app=cart"],
        ),
        (
            ("Service", "cart"),
            Show::Endpoints,
            &["ready: 0, not ready: 1"],
        ),
        (
            ("Service", "cart"),
            Show::NodeConditions,
            &["/status/conditions/1/message full"],
        ),
        (
            ("Service", "cart"),
            Show::Warnings,
            &["Back-off restarting failed container"],
        ),
        (
            ("Node", "n1"),
            Show::TargetConditions,
            &[
                "/status/conditions/0/status True",
                "/status/conditions/1/message full",
            ],
        ),
        (
            ("PersistentVolumeClaim", "data"),
            Show::TargetPhase,
            &["/status/phase Bound"],
        ),
        (("CronJob", "nightly"), Show::Replicas, &[]),
        (("CronJob", "nightly"), Show::TargetDeletion, &[]),
    ] {
        let object = object(kind, name);
        assert_eq!(
            shown(&snapshot, &object, what),
            expected,
            "{object}: {what:?}"
        );
    }
}

#[test]
fn what_cannot_be_read_shows_nothing() {
    let mut snapshot = shop();
    snapshot.set_reading(
        crate::facts::Kind::EndpointSlice,
        None,
        Reading::Unknown(podside_model::Why::Denied),
    );
    let cart = object("Service", "cart");
    assert_eq!(shown(&snapshot, &cart, Show::Endpoints), [""; 0]);
    assert_eq!(shown(&snapshot, &cart, Show::Selectors).len(), 1);
}

/// A runbook that can be started on a Deployment or a Service.
const RUNBOOK: &str = "\
id: traffic
version: 1
title: {en: Traffic, ja: 通信}
about: {en: About, ja: 説明}
targets: [Deployment, Service]
steps:
  - id: endpoints
    question: {en: 'Is there an endpoint?', ja: 'エンドポイントはありますか？'}
    why: {en: Because., ja: 理由。}
    check:
      cel: (target.kind == 'Service' && target.headless) || endpoints.exists(e, e.ready)
      shows: [endpoints, selectors]
    docs: {url: 'https://kubernetes.io/', title: {en: Docs, ja: 文書}}
    yes: {nothing-wrong: {en: 'Fine.', ja: '正常。'}}
    no: {open: {en: 'Ask.', ja: '尋ねる。'}}
    unknown: {open: {en: 'Ask.', ja: '尋ねる。'}}
";

#[test]
fn a_step_on_other_kinds_than_pods_answers_and_shows_why() {
    let vocabulary = Vocabulary {
        is_cause: &|_| true,
        runbooks: &[],
    };
    let runbook = read(RUNBOOK, vocabulary).unwrap_or_else(|faults| panic!("{faults:#?}"));
    let snapshot = shop();
    let diagnosis = judge(&snapshot).diagnosis;
    for kind in ["Deployment", "Service"] {
        let object = object(kind, "cart");
        let target = Target::find(&snapshot, &object);
        let Event::Checked { finding, .. } = check(&runbook.steps[0], &target, &diagnosis) else {
            panic!("a check reports what it found");
        };
        assert_eq!(finding.suggests, Ok(Answer::No), "{kind}");
        let values: Vec<&str> = finding.evidence.iter().map(|e| e.value.as_str()).collect();
        assert_eq!(values, ["ready: 0, not ready: 1", "app=cart"], "{kind}");
        assert!(
            finding.evidence[0]
                .kubectl
                .contains("get endpointslices -l"),
            "{kind}"
        );
    }
    let wrong = RUNBOOK.replace("target.kind == 'Service' && ", "");
    let faults = read(&wrong, vocabulary).unwrap_err();
    assert!(faults[0].to_string().starts_with("11:"), "{faults:?}");
    assert!(
        faults[0]
            .message
            .contains("a Deployment has no field `headless`"),
        "{faults:?}"
    );
}
