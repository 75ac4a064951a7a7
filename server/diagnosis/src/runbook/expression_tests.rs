use podside_model::{ObjectRef, Why};

use super::*;
use crate::runbook::sample::SHOP;
use crate::snapshot::{Reading, Snapshot};
use crate::testing;

fn shop() -> Snapshot {
    testing::check(SHOP).snapshot().clone()
}

fn object(named: &str) -> ObjectRef {
    let mut parts = named.split('/');
    let (kind, name) = (parts.next().unwrap(), parts.next_back().unwrap());
    match kind {
        "Node" => ObjectRef::cluster(kind, name),
        _ => ObjectRef::namespaced(kind, "shop", name),
    }
}

fn answer(snapshot: &Snapshot, named: &str, source: &str) -> Result<bool, Unanswered> {
    let object = object(named);
    let kind = Kind::of(&object).unwrap();
    let expression = Expression::read(source, &[kind]);
    let expression = expression.unwrap_or_else(|error| panic!("{source}: {error}"));
    expression.holds(&Target::find(snapshot, &object))
}

fn read(source: &str) -> Result<Expression, ExpressionError> {
    Expression::read(source, &[Kind::Pod])
}

#[test]
fn an_expression_reads_every_kind_of_target_and_what_is_around_it() {
    let snapshot = shop();
    for (target, source) in [
        (
            "Pod/cart-1",
            "target.phase == 'Pending' && target.nodeName == 'n1' && !target.ready",
        ),
        (
            "Pod/cart-1",
            "owner.kind == 'Deployment' && owner.group == 'apps' && owner.name == 'cart'",
        ),
        (
            "Pod/cart-1",
            "pod.containers.exists(c, c.restartCount > 2 && has(c.state.waiting))",
        ),
        (
            "Pod/cart-1",
            "target.volumes.exists(v, v.kind == 'persistentVolumeClaim' && v.source == 'data')",
        ),
        (
            "Deployment/cart",
            "target.replicas.wanted == 1 && target.replicas.ready == 0",
        ),
        (
            "Deployment/cart",
            "target.conditions.Available.status == 'False' && !has(target.observedGeneration)",
        ),
        (
            "Deployment/cart",
            "pods.size() == 1 && pod.name == 'cart-1' && owner.name == target.name",
        ),
        (
            "Deployment/cart",
            "services.exists(s, s.name == 'cart') && !endpoints.exists(e, e.ready)",
        ),
        (
            "Deployment/cart",
            "events.exists(e, e.reason == 'BackOff' && e.aboutKind == 'Pod')",
        ),
        (
            "ReplicaSet/cart-a",
            "owner.kind == 'Deployment' && pods.all(p, p.namespace == 'shop')",
        ),
        (
            "Service/cart",
            "target.ports[0].targetPort == 'http' && target.type == 'ClusterIP'",
        ),
        (
            "Service/cart",
            "endpoints.exists(e, e.pod == 'cart-1' && '8080/TCP' in e.ports)",
        ),
        (
            "Service/cart",
            "nodes.exists(n, n.conditions.DiskPressure.status == 'True')",
        ),
        (
            "Ingress/web",
            "target.backends[0].service == 'cart' && services.size() == 1 && pods.size() == 1",
        ),
        (
            "Node/n1",
            "target.ready && pods.exists(p, p.name == 'cart-1') && services.size() == 0",
        ),
        (
            "PersistentVolumeClaim/data",
            "target.phase == 'Bound' && pod.name == 'cart-1'",
        ),
        (
            "HorizontalPodAutoscaler/cart",
            "target.scaleTarget.name == 'cart' && pods.size() == 1",
        ),
        (
            "CronJob/nightly",
            "target.suspended && !target.wasScheduled && pods.size() == 0",
        ),
        ("Secret/login", "target.name == 'login' && pods.size() == 0"),
    ] {
        assert_eq!(
            answer(&snapshot, target, source),
            Ok(true),
            "{target}: {source}"
        );
    }
}

#[test]
fn what_cannot_be_read_is_unknown_and_never_false() {
    let unread = |what: &str, why| {
        Err(Unanswered::Unread {
            what: what.to_owned(),
            why,
        })
    };
    for (kind, what, target, source) in [
        (
            Kind::Service,
            "services",
            "Pod/cart-1",
            "services.exists(s, s.headless)",
        ),
        (
            Kind::Service,
            "services",
            "Deployment/cart",
            "endpoints.exists(e, e.ready)",
        ),
        (
            Kind::EndpointSlice,
            "endpointslices",
            "Service/cart",
            "endpoints.exists(e, e.ready)",
        ),
        (
            Kind::Node,
            "nodes",
            "Deployment/cart",
            "nodes.exists(n, !n.ready)",
        ),
        (
            Kind::Event,
            "events",
            "Service/cart",
            "events.exists(e, e.warning)",
        ),
        (Kind::Pod, "pods", "Service/cart", "pods.exists(p, p.ready)"),
        (Kind::Pod, "Service shop/cart", "Service/cart", "pod.ready"),
        (
            Kind::Service,
            "Service shop/gone",
            "Service/gone",
            "target.headless",
        ),
        (
            Kind::ReplicaSet,
            "replicasets",
            "Deployment/cart",
            "pods.exists(p, p.ready)",
        ),
    ] {
        let mut snapshot = shop();
        snapshot.set_reading(kind, None, Reading::Unknown(Why::Denied));
        let told = answer(&snapshot, target, source);
        assert_eq!(told, unread(what, Why::Denied), "{target}: {source}");
        // It is said of what is read only.
        assert_eq!(
            answer(&snapshot, "CronJob/nightly", "target.suspended"),
            Ok(true)
        );
    }
    let snapshot = shop();
    let keys = answer(&snapshot, "Secret/login", "target.keys.exists(k, k == 'a')");
    assert_eq!(keys, unread("Secret shop/login", Why::NotSeen));
    let gone = answer(&snapshot, "Deployment/gone", "target.paused");
    assert_eq!(gone, unread("Deployment shop/gone", Why::Expired));
}

#[test]
fn an_owner_behind_what_may_not_be_read_is_unknown() {
    let mut snapshot = testing::check(SHOP)
        .denying("replicasets")
        .snapshot()
        .clone();
    let told = answer(&snapshot, "Pod/cart-1", "owner.kind == 'Deployment'");
    assert!(matches!(told, Err(Unanswered::Unread { .. })), "{told:?}");
    snapshot.set_reading(Kind::ReplicaSet, None, Reading::Known);
    let told = answer(&snapshot, "Pod/cart-1", "owner.kind == 'ReplicaSet'");
    assert_eq!(told, Ok(true));
}

#[test]
fn what_does_not_fit_after_all_is_an_error() {
    let snapshot = shop();
    for source in [
        "pod.containers[9].name == ''",
        "pod.containers[0].state.running == pod.containers[0].state.running || 1 / 0 == 1",
        "pod.conditions.Ready.status == 'True'",
        "1 / 0 == 1",
        "int(pod.name) == 1",
    ] {
        let Ok(expression) = read(source) else {
            continue;
        };
        let told = expression.holds(&Target::find(&snapshot, &object("Pod/cart-1")));
        assert!(
            matches!(told, Err(Unanswered::Unfit(ExpressionError::Evaluation(_)))),
            "{source}: {told:?}"
        );
    }
}

#[test]
fn what_is_no_expression_is_refused() {
    for source in [
        "",
        "pod.",
        "pod..x",
        "))",
        "'unterminated",
        "pod.x ==",
        "\u{0}",
        "a b c",
    ] {
        assert!(read(source).is_err(), "{source:?}");
    }
    for source in [
        "node.name == 'a'",
        "pods.exists(c, d)",
        "pod.now() == 1",
        "c && pods.all(c, c.ready)",
    ] {
        assert!(
            matches!(read(source), Err(ExpressionError::UnknownName { .. })),
            "{source}"
        );
    }
}

#[test]
fn an_expression_has_bounds() {
    let long = format!("{}true", "true && ".repeat(200));
    let deep = format!("1{} > 0", "+1".repeat(60));
    let looping =
        "pods.exists(a, pods.exists(b, pods.exists(c, a.name == b.name && b.name == c.name)))";
    let through = "pods.exists(a, pods.exists(b, a.name in b.finalizers))";
    for source in [&long, &deep, looping, through, "{'a': 1} == {'a': 1}"] {
        assert!(
            matches!(read(source), Err(ExpressionError::Bounds(_))),
            "{source}"
        );
    }
}

#[test]
fn the_deepest_expressions_do_not_overflow_the_stack() {
    for source in [
        format!("1{} > 0", "+1".repeat(290)),
        format!("pod{}", ".a".repeat(290)),
        format!("{}true", "!".repeat(590)),
        format!("{}1", "-".repeat(590)),
        format!("{}true", "true?true:".repeat(59)),
        "(".repeat(600),
        "[".repeat(600),
        format!("{}1{}", "(".repeat(299), ")".repeat(299)),
        format!("{}1{}", "[".repeat(299), "]".repeat(299)),
        "pod[".repeat(150),
    ] {
        let _ = read(&source);
    }
}

/// A node with so many Pods that going through them twice would take long.
fn crowd(pods: usize) -> Snapshot {
    let pods: Vec<String> = (0..pods)
        .map(|n| {
            format!(
                "
apiVersion: v1
kind: Pod
metadata: {{name: p{n}, namespace: shop, uid: p{n}}}
spec: {{nodeName: n1, containers: [{{name: app}}]}}
status: {{phase: Running}}
"
            )
        })
        .collect();
    let node = "
apiVersion: v1
kind: Node
metadata: {name: n1}
---";
    testing::check(&format!("{node}{}", pods.join("---")))
        .snapshot()
        .clone()
}

#[test]
fn more_than_can_be_gone_through_is_an_error_and_not_false() {
    let snapshot = crowd(2_000);
    let once = answer(&snapshot, "Node/n1", "pods.exists(p, p.phase == 'Failed')");
    assert_eq!(once, Ok(false));
    let twice = "pods.exists(a, pods.exists(b, a.name == b.phase))";
    let told = answer(&snapshot, "Node/n1", twice);
    assert!(
        matches!(&told, Err(Unanswered::Unfit(error)) if error.to_string().contains("more than")),
        "{told:?}"
    );
}
