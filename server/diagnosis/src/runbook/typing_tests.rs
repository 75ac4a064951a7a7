use super::super::expression::Expression;
use super::*;

fn read(source: &str, targets: &[Kind]) -> Result<(), String> {
    let read = Expression::read(source, targets);
    read.map(drop).map_err(|error| error.to_string())
}

const WORKLOADS: [Kind; 2] = [Kind::Deployment, Kind::Service];

#[test]
fn every_kind_of_target_has_its_own_fields() {
    for (source, kind) in [
        ("target.phase == 'Pending'", Kind::Pod),
        (
            "target.replicas.ready < target.replicas.wanted",
            Kind::Deployment,
        ),
        ("target.misscheduled > 0", Kind::DaemonSet),
        ("target.serviceName == ''", Kind::StatefulSet),
        ("has(target.completions) && target.failed > 0", Kind::Job),
        ("target.suspended", Kind::CronJob),
        (
            "target.ports.exists(p, p.targetPort == 'http')",
            Kind::Service,
        ),
        ("target.backends.all(b, b.service != '')", Kind::Ingress),
        ("target.phase == 'Lost'", Kind::PersistentVolumeClaim),
        (
            "target.taints.exists(t, t.effect == 'NoExecute')",
            Kind::Node,
        ),
        (
            "target.scaleTarget.kind == 'Deployment'",
            Kind::HorizontalPodAutoscaler,
        ),
        ("has(target.attachError)", Kind::VolumeAttachment),
        (
            "target.parents.exists(p, has(p.conditions.Accepted))",
            Kind::HttpRoute,
        ),
        (
            "target.labels['app'] == 'cart' && 'app' in target.labels",
            Kind::Secret,
        ),
    ] {
        assert_eq!(read(source, &[kind]), Ok(()), "{source}");
    }
}

#[test]
fn what_stands_around_a_target_is_there_for_every_kind() {
    let source = "owner.kind == 'Deployment' && services.exists(s, s.selector.size() > 0) \
                  && nodes.all(n, n.ready) && events.exists(e, e.warning) && endpoints.size() == 0";
    for kind in Kind::ALL {
        assert_eq!(read(source, &[*kind]), Ok(()), "{}", kind.name());
    }
}

#[test]
fn what_does_not_fit_is_named() {
    for (source, said) in [
        (
            "target.replica.ready == 0",
            "a Deployment has no field `replica`; perhaps `replicas` is meant",
        ),
        (
            "target.replicas.ready == '0'",
            "`==` does not take a whole number and a text",
        ),
        (
            "target.replicas == 3",
            "`==` does not take a Replicas and a whole number",
        ),
        (
            "target.paused > 3",
            "`>` does not take true or false and a whole number",
        ),
        ("target.name", "gives a text, not true or false"),
        ("pods.phase == ''", "a list has no field `phase`"),
        ("pod.name.first == ''", "a text has no field `first`"),
        (
            "target.paused.exists(x, x)",
            "true or false is no list to go through",
        ),
        (
            "pods.exists(p, p.name)",
            "stands where true or false is wanted",
        ),
        (
            "pods.map(p, p.name).exists(n, n > 3)",
            "`>` does not take a text and a whole number",
        ),
        (
            "target.name in [1, 2]",
            "`in` does not take a text and a list",
        ),
        (
            "target.name in ['a', 2]",
            "a list holds a text and a whole number",
        ),
        (
            "size(target.paused) == 1",
            "`size` does not take true or false",
        ),
        (
            "target.kind == 'Pods'",
            "no target is of kind `Pods`; there are: Deployment",
        ),
        ("has(target.phase)", "a Deployment has no field `phase`"),
        (
            "target.paused ? 1 : 'a'",
            "`? :` gives a whole number or a text",
        ),
    ] {
        let error = read(source, &[Kind::Deployment]).unwrap_err();
        assert!(error.contains(said), "{source}: {error}");
    }
}

#[test]
fn what_only_some_targets_have_is_asked_for_first() {
    for source in [
        "has(target.replicas) && target.replicas.ready == 0",
        "!has(target.replicas) || target.replicas.ready == 0",
        "has(target.replicas) ? target.replicas.ready == 0 : target.headless",
        "target.kind == 'Service' && target.headless",
        "target.kind != 'Service' || target.headless",
        "target.kind in ['Service'] && target.headless",
        "'Service' == target.kind && target.headless && target.name == 'a'",
    ] {
        assert_eq!(read(source, &WORKLOADS), Ok(()), "{source}");
    }
    for source in [
        "target.headless",
        "target.headless && target.kind == 'Service'",
        "target.kind == 'Deployment' && target.headless",
        "target.kind == 'Service' || target.headless",
    ] {
        let error = read(source, &WORKLOADS).unwrap_err();
        assert!(
            error.contains("a Deployment has no field `headless`"),
            "{source}: {error}"
        );
    }
}

#[test]
fn a_loop_keeps_its_own_names() {
    for source in [
        "pods.exists(target, target.phase == 'Running')",
        "pods.filter(p, p.ready).size() == pods.map(p, p.name).size()",
        "pods.exists_one(p, p.ready)",
        "pods.map(p, p.ready, p.name).exists(n, n.startsWith('a'))",
        "target.labels.exists(key, key == 'app')",
    ] {
        assert_eq!(read(source, &[Kind::Deployment]), Ok(()), "{source}");
    }
    assert!(read("pods.exists(p, p.ready) && p.ready", &[Kind::Deployment]).is_err());
}
