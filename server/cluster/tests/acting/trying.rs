//! Changes that are tried and not made.

use podside_cluster::Error;
use podside_cluster::acting::{Action, DryRun, NotDone, PatchForm};
use podside_model::ObjectRef;
use podside_replay::{Access, practice};
use serde_json::{Value, json};

use super::stage::{Stage, web};

fn deployment(spec: &Value) -> DryRun {
    DryRun::Create(json!({
        "apiVersion": "apps/v1", "kind": "Deployment",
        "metadata": {"name": "api", "namespace": "shop"},
        "spec": spec,
    }))
}

fn good() -> Value {
    json!({
        "selector": {"matchLabels": {"app": "api"}},
        "template": {"metadata": {"labels": {"app": "api"}},
            "spec": {"containers": [{"name": "api", "image": "api:1"}]}},
    })
}

#[tokio::test]
async fn what_would_be_created_is_told_and_not_created() {
    let stage = Stage::open().await;
    let tried = stage
        .connection
        .dry_run(&deployment(&good()))
        .await
        .unwrap();
    assert_eq!(tried["kind"], "Deployment");
    assert_eq!(
        tried["spec"]["template"]["spec"]["containers"][0]["image"],
        "api:1"
    );
    assert!(tried["metadata"]["uid"].is_string());
    let there = ObjectRef::namespaced("Deployment", "shop", "api");
    let there = stage.connection.object(&there).await;
    assert!(matches!(there, Err(Error::NotFound { .. })), "{there:?}");
}

#[tokio::test]
async fn a_field_that_nobody_knows_is_refused_by_name() {
    let stage = Stage::open().await;
    let mut misspelt = good();
    misspelt["template"]["spec"]["containers"][0]["commnd"] = json!(["sh"]);
    let mut missing = good();
    missing.as_object_mut().unwrap().remove("selector");
    for (spec, said) in [
        (
            misspelt,
            "strict decoding error: unknown field \"spec.template.spec.containers[0].commnd\"",
        ),
        (
            missing,
            "Deployment \"api\" is invalid: spec.selector: Required value",
        ),
        (
            json!({"replicas": "three"}),
            "cannot unmarshal string into field spec.replicas of type integer",
        ),
    ] {
        let error = stage.connection.dry_run(&deployment(&spec)).await;
        let Err(NotDone::Refused { message, .. }) = error else {
            panic!("{error:?}");
        };
        assert!(message.contains(said), "{message}");
    }
}

#[tokio::test]
async fn a_patch_is_tried_in_each_form() {
    let stage = Stage::open().await;
    let service = ObjectRef::namespaced("Service", "shop", "web");
    for (form, patch) in [
        (
            PatchForm::Strategic,
            json!({"spec": {"ports": [{"port": 80, "targetPort": "http"}]}}),
        ),
        (
            PatchForm::Merge,
            json!({"spec": {"ports": [{"port": 80, "targetPort": "http"}]}}),
        ),
        (
            PatchForm::Json,
            json!([{"op": "add", "path": "/spec/ports/0/targetPort", "value": "http"}]),
        ),
    ] {
        let tried = DryRun::Patch {
            object: service.clone(),
            form,
            patch,
        };
        let object = stage.connection.dry_run(&tried).await.unwrap();
        let ports = json!([{"port": 80, "targetPort": "http"}]);
        assert_eq!(object["spec"]["ports"], ports, "{form:?}");
    }
    let kept = stage.connection.object(&service).await.unwrap();
    assert_eq!(kept.value["spec"]["ports"], json!([{"port": 80}]));
}

#[tokio::test]
async fn what_may_not_be_changed_is_refused() {
    let stage = Stage::open().await;
    let patch = |patch: Value| DryRun::Patch {
        object: web().object(),
        form: PatchForm::Strategic,
        patch,
    };
    let image = json!({"spec": {"containers": [{"name": "app", "image": "busybox:2"}]}});
    let tried = stage.connection.dry_run(&patch(image)).await.unwrap();
    assert_eq!(tried["spec"]["containers"][0]["image"], "busybox:2");
    let command = json!({"spec": {"containers": [{"name": "app", "command": ["sh"]}]}});
    let error = stage.connection.dry_run(&patch(command)).await.unwrap_err();
    assert!(
        matches!(&error, NotDone::Refused { message, .. } if message.contains("pod updates may not change fields other than")),
        "{error:?}"
    );
    let old = json!({"metadata": {"resourceVersion": "0"}});
    let error = stage.connection.dry_run(&patch(old)).await.unwrap_err();
    assert!(matches!(error, NotDone::Conflict { .. }), "{error:?}");
    let gone = DryRun::Patch {
        object: ObjectRef::namespaced("Pod", "shop", "none"),
        form: PatchForm::Merge,
        patch: json!({}),
    };
    let error = stage.connection.dry_run(&gone).await.unwrap_err();
    assert!(matches!(error, NotDone::Gone { .. }), "{error:?}");
}

#[tokio::test]
async fn what_cannot_be_tried_is_told() {
    let stage = Stage::open().await;
    let ingress = DryRun::Create(json!({
        "apiVersion": "networking.k8s.io/v1", "kind": "Ingress",
        "metadata": {"name": "web", "namespace": "shop"}, "spec": {},
    }));
    let error = stage.connection.dry_run(&ingress).await.unwrap_err();
    assert!(matches!(error, NotDone::NotRecorded { .. }), "{error:?}");
    let widget = DryRun::Create(json!({
        "apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "w", "namespace": "shop"},
    }));
    let error = stage.connection.dry_run(&widget).await.unwrap_err();
    assert!(matches!(error, NotDone::NotSupported { .. }), "{error:?}");
    let nothing = DryRun::Create(json!({"metadata": {"name": "w"}}));
    let error = stage.connection.dry_run(&nothing).await.unwrap_err();
    assert!(matches!(error, NotDone::Refused { .. }), "{error:?}");
}

#[tokio::test]
async fn the_values_of_a_secret_do_not_come_back() {
    let stage = Stage::open().await;
    let secret = DryRun::Create(json!({
        "apiVersion": "v1", "kind": "Secret", "type": "Opaque",
        "metadata": {"name": "db", "namespace": "shop"}, "data": {"password": "aHVudGVyMg=="},
    }));
    let tried = stage.connection.dry_run(&secret).await.unwrap();
    assert_eq!(tried["data"]["password"], podside_cluster::HIDDEN);
    assert!(!tried.to_string().contains("aHVudGVyMg"), "{tried}");
}

#[tokio::test]
async fn every_recorded_workload_could_be_created_anew() {
    let recording = practice::open("healthy-deployment").unwrap();
    let mut objects: Vec<Value> = recording
        .objects()
        .iter()
        .map(|object| Value::clone(object))
        .collect();
    objects.retain(|object| {
        ["Deployment", "ReplicaSet", "Service", "ConfigMap"]
            .contains(&object["kind"].as_str().unwrap())
            && object["metadata"]["namespace"] != "kube-system"
    });
    assert!(objects.len() >= 2, "{}", objects.len());
    let stage = Stage::of(recording, Access::default()).await;
    for mut object in objects {
        object["metadata"]["name"] = json!("anew");
        let tried = stage
            .connection
            .dry_run(&DryRun::Create(object.clone()))
            .await;
        assert!(tried.is_ok(), "{tried:?} {object}");
    }
}

#[tokio::test]
async fn before_it_is_tried_it_is_shown() {
    let stage = Stage::open().await;
    let plan = stage
        .connection
        .plan(&Action::DryRun(deployment(&good())))
        .await
        .unwrap();
    assert!(
        plan.kubectl.starts_with(
            "kubectl -n shop create --dry-run=server --validate=strict -o yaml -f - <<'EOF'\n{\n"
        ),
        "{}",
        plan.kubectl
    );
    assert_eq!((plan.object, plan.lacking), (None, None));
}
