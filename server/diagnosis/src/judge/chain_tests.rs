use podside_model::MOST_AFFECTED;

use crate::testing::check;

const DB: &str = "
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {selector: {app: db}, ports: [{port: 5432}]}
---
apiVersion: v1
kind: Pod
metadata: {name: db, namespace: shop, uid: db, labels: {app: db}}
spec:
  nodeName: n
  containers: [{name: db, image: 'reg.example/db:9'}]
status:
  phase: Pending
  containerStatuses: [{name: db, state: {waiting: {reason: ImagePullBackOff, message: 'manifest unknown'}}}]
";

/// A Deployment of one Pod with containers `app`, which names what ENV says, and `shipper`.
fn web(env: &str, status: &str) -> String {
    caller("web", env, status)
}

/// The same by another name.
fn caller(name: &str, env: &str, status: &str) -> String {
    let containers = format!(
        "[{{name: app, image: x, env: [{{name: DB, value: '{env}'}}]}}, {{name: shipper, image: y}}]"
    );
    format!(
        "---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}, namespace: shop, uid: {name}-d}}
spec: {{replicas: 1, template: {{spec: {{containers: {containers}}}}}}}
---
apiVersion: apps/v1
kind: ReplicaSet
metadata: {{name: {name}-1, namespace: shop, uid: {name}-r, ownerReferences: [{{kind: Deployment, name: {name}, uid: {name}-d, controller: true}}]}}
spec: {{replicas: 1}}
---
apiVersion: v1
kind: Pod
metadata: {{name: {name}-1-a, namespace: shop, uid: {name}-w, ownerReferences: [{{kind: ReplicaSet, name: {name}-1, uid: {name}-r, controller: true}}]}}
spec:
  nodeName: n
  containers: {containers}
status:
  phase: Running
{status}"
    )
}

const READY: &str = "  conditions: [{type: Ready, status: 'True'}]
  containerStatuses:
    - {name: app, ready: true, state: {running: {startedAt: '2026-01-01T10:00:00Z'}}}
    - {name: shipper, ready: true, state: {running: {startedAt: '2026-01-01T10:00:00Z'}}}
";

const CRASHING: &str = "{waiting: {reason: CrashLoopBackOff}}, restartCount: 4, lastState: {terminated: {exitCode: 1, reason: Error, startedAt: '2026-01-01T11:58:00Z', finishedAt: '2026-01-01T11:58:01Z'}}";

fn crashing(app: &str, shipper: &str) -> String {
    format!(
        "  conditions: [{{type: Ready, status: 'False'}}]
  containerStatuses:
    - {{name: app, ready: false, state: {app}}}
    - {{name: shipper, ready: false, state: {shipper}}}
"
    )
}

#[test]
fn who_calls_a_dead_service_and_looks_well_is_affected() {
    let found = |env: &str| {
        check(&format!("{DB}{}", web(env, READY))).finds("image-not-found", "Pod shop/db[db]")
    };
    for env in [
        "db:5432",
        "postgres://user@db.shop.svc.cluster.local/orders",
    ] {
        found(env)
            .affects("Service shop/db")
            .affects("Deployment shop/web")
            .alone();
    }
    for env in ["db-replica:5432", "db.bank:5432", "mydb"] {
        let check = check(&format!("{DB}{}", web(env, READY)));
        let judged = check.judge().diagnosis;
        let named =
            |p: &podside_model::Problem<_>| p.affects.iter().any(|a| a.object.name == "web");
        assert!(!judged.problems.iter().any(named), "{env}");
    }
}

#[test]
fn what_fails_because_of_the_service_is_no_problem_of_its_own() {
    let status = crashing(CRASHING, "{running: {startedAt: '2026-01-01T10:00:00Z'}}");
    check(&format!("{DB}{}", web("db:5432", &status)))
        .finds("image-not-found", "Pod shop/db[db]")
        .affects("Deployment shop/web")
        .alone();
}

#[test]
fn a_container_beside_the_caller_that_ends_has_a_fault_of_its_own() {
    let status = crashing("{running: {startedAt: '2026-01-01T10:00:00Z'}}", CRASHING);
    check(&format!("{DB}{}", web("db:5432", &status)))
        .log(
            "shop/web-1-a",
            "shipper",
            false,
            "FATAL: LOG_TOKEN is not set\n",
        )
        .finds("app-exits-with-error", "Deployment shop/web[shipper]");
}

#[test]
fn a_caller_that_names_a_reason_of_its_own_has_one() {
    let status = crashing(CRASHING, "{running: {startedAt: '2026-01-01T10:00:00Z'}}");
    let objects = format!("{DB}{}", web("db:5432", &status));
    check(&objects)
        .log(
            "shop/web-1-a",
            "app",
            false,
            "FATAL: LICENSE_KEY is not set\n",
        )
        .finds("app-exits-with-error", "Deployment shop/web[app]")
        .tells("title.variable")
        .with("variable", "LICENSE_KEY");
    for log in [
        "FATAL: giving up\n",
        "LICENSE_KEY is not set\ndial tcp 10.0.0.1:5432: connect: connection refused\n",
    ] {
        check(&objects)
            .log("shop/web-1-a", "app", false, log)
            .does_not_find("app-exits-with-error");
    }
}

#[test]
fn all_who_call_a_dead_service_are_its_and_the_nearest_are_shown() {
    const CALLERS: usize = 200;
    let crashing = crashing(CRASHING, "{running: {startedAt: '2026-01-01T10:00:00Z'}}");
    let objects: String = (0..CALLERS)
        .map(|nth| {
            let works = nth % 2 == 0;
            let status = if works { READY } else { &crashing };
            caller(&format!("web-{nth:03}"), "db:5432", status)
        })
        .collect();
    let check = check(&format!("{DB}{objects}"));
    let judged = check.judge().diagnosis;
    let [only] = &judged.problems[..] else {
        panic!("{} problems", judged.problems.len());
    };
    assert_eq!(only.cause.as_str(), "image-not-found");
    assert_eq!(
        only.affected(),
        CALLERS + 1,
        "the Service, and who calls it"
    );
    let shown = only.clone().bounded();
    assert_eq!(shown.affects.len(), MOST_AFFECTED);
    assert_eq!(shown.more_affected, CALLERS + 1 - MOST_AFFECTED);
    assert_eq!(shown.affects[0].object.name, "db");
}

#[test]
fn a_service_of_the_last_of_many_pods_is_found() {
    let pod = |nth: usize, label: &str, status: &str| {
        format!(
            "---
apiVersion: v1
kind: Pod
metadata: {{name: web-{nth:03}, namespace: shop, uid: p{nth}, labels: {{app: web, track: {label}}}, ownerReferences: [{{kind: ReplicaSet, name: web, uid: r, controller: true}}]}}
spec: {{nodeName: n, containers: [{{name: app, image: 'reg.example/web:9'}}]}}
status: {{phase: Pending, containerStatuses: [{{name: app, state: {{waiting: {{reason: ImagePullBackOff, message: '{status}'}}}}}}]}}
"
        )
    };
    let mut objects = "
apiVersion: v1
kind: Service
metadata: {name: canary, namespace: shop}
spec: {selector: {app: web, track: canary}, ports: [{port: 80}]}
"
    .to_owned();
    objects.extend((0..100).map(|nth| pod(nth, "stable", "manifest unknown")));
    objects.push_str(&pod(100, "canary", "manifest unknown"));
    check(&objects)
        .finds("image-not-found", "ReplicaSet shop/web[app]")
        .affects("Service shop/canary");
}
