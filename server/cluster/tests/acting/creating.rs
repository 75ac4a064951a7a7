//! Pods of Podside's own: created, waited for, found again and taken away.

use std::time::Duration;

use podside_cluster::acting::{Action, Deleted, Deletion, Mark, NotDone, PodEnd, PodId, ShortPod};
use podside_replay::Access;
use serde_json::json;

use super::stage::{NO_IMAGE, SOON, Stage, mark, short, small, web};

fn taken_away(pod: &PodId, grace: Option<u64>) -> Deletion {
    Deletion {
        object: pod.object(),
        uid: pod.uid.clone(),
        grace: grace.map(Duration::from_secs),
    }
}

#[tokio::test]
async fn a_pod_runs_its_command_and_ends() {
    let stage = Stage::open().await;
    let pod = short("shop", &["sleep", "1"]);
    let id = stage.connection.create_pod(&pod).await.unwrap();
    assert_eq!((&id.namespace, &id.name), (&pod.namespace, &pod.name));
    let started = stage.connection.await_container(&id, "main", SOON).await;
    assert!(started.is_ok(), "{started:?}");
    let end = stage.connection.await_end(&id, SOON).await.unwrap();
    let PodEnd::Succeeded(ended) = end else {
        panic!("{end:?}");
    };
    assert_eq!(*ended.node, *"node-1");
    assert_eq!(
        *ended.meta.labels["app.kubernetes.io/managed-by"],
        *"podside"
    );

    let fails = short("shop", &["false"]);
    let id = stage.connection.create_pod(&fails).await.unwrap();
    let end = stage.connection.await_end(&id, SOON).await.unwrap();
    assert!(matches!(end, PodEnd::Failed(_)), "{end:?}");
}

#[tokio::test]
async fn a_pod_does_not_outlive_its_time() {
    let stage = Stage::open().await;
    let pod = ShortPod {
        lives: Duration::from_secs(1),
        ..short("shop", &["sleep", "infinity"])
    };
    let id = stage.connection.create_pod(&pod).await.unwrap();
    let end = stage.connection.await_end(&id, SOON).await.unwrap();
    assert!(
        matches!(&end, PodEnd::Failed(ended) if *ended.reason == *"DeadlineExceeded"),
        "{end:?}"
    );
}

#[tokio::test]
async fn a_pod_is_waited_for_no_longer_than_asked() {
    let stage = Stage::open().await;
    let pod = short("shop", &["sleep", "1d"]);
    let id = stage.connection.create_pod(&pod).await.unwrap();
    let within = Duration::from_millis(500);
    let end = stage.connection.await_end(&id, within).await.unwrap();
    assert!(matches!(end, PodEnd::StillThere(_)), "{end:?}");
}

#[tokio::test]
async fn a_pod_whose_image_cannot_be_had_does_not_start() {
    let stage = Stage::open().await;
    let mut pod = short("shop", &["true"]);
    pod.spec["containers"][0]["image"] = json!(NO_IMAGE);
    let id = stage.connection.create_pod(&pod).await.unwrap();
    let became = stage.connection.await_container(&id, "main", SOON).await;
    let said = format!("{:?}", became.unwrap());
    assert!(said.contains("ErrImagePull"), "{said}");
}

#[tokio::test]
async fn one_of_that_name_is_a_conflict() {
    let stage = Stage::open().await;
    let pod = short("shop", &["sleep", "1d"]);
    stage.connection.create_pod(&pod).await.unwrap();
    let error = stage.connection.create_pod(&pod).await.unwrap_err();
    assert!(
        matches!(&error, NotDone::Conflict { message, .. } if message.ends_with("already exists")),
        "{error:?}"
    );
}

#[tokio::test]
async fn what_a_namespace_or_the_api_refuses_is_told_in_its_words() {
    let stage = Stage::open().await;
    // What Podside runs by itself may run nearly everywhere.
    let modest = short("locked", &["true"]);
    assert!(stage.connection.create_pod(&modest).await.is_ok());
    let mut bold = short("locked", &["true"]);
    bold.spec["hostPID"] = json!(true);
    let mut misspelt = short("shop", &["true"]);
    misspelt.spec["containers"][0]["commnd"] = json!(["sh"]);
    let mut nowhere = short("nowhere", &["true"]);
    nowhere.name = "x".to_owned();
    for (pod, said) in [
        (
            bold,
            "violates PodSecurity \"restricted:latest\": host namespaces (hostPID=true)",
        ),
        (
            misspelt,
            "strict decoding error: unknown field \"spec.containers[0].commnd\"",
        ),
        (nowhere, "namespaces \"nowhere\" not found"),
    ] {
        let error = stage.connection.create_pod(&pod).await.unwrap_err();
        assert!(error.to_string().contains(said), "{error}");
        let is_refused = matches!(error, NotDone::Refused { .. } | NotDone::Gone { .. });
        assert!(is_refused, "{error:?}");
    }
}

#[tokio::test]
async fn a_pod_is_taken_away_and_then_it_is_gone() {
    let stage = Stage::open().await;
    let pod = short("shop", &["sleep", "1d"]);
    let id = stage.connection.create_pod(&pod).await.unwrap();
    stage
        .connection
        .await_container(&id, "main", SOON)
        .await
        .unwrap();
    let asked = stage.connection.delete(&taken_away(&id, Some(5))).await;
    assert_eq!(asked, Ok(Deleted::Asked));
    let going = stage.connection.pod(&id).await.unwrap();
    assert_eq!(going.meta.grace_seconds, Some(5));
    assert!(going.meta.deleting.is_some());
    assert_eq!(
        stage.connection.await_end(&id, SOON).await,
        Ok(PodEnd::Gone)
    );
    let again = stage.connection.delete(&taken_away(&id, None)).await;
    assert_eq!(again, Ok(Deleted::WasGone));
}

#[tokio::test]
async fn another_one_of_that_name_is_not_taken_away() {
    let stage = Stage::open().await;
    let before = PodId {
        uid: "uid-before".to_owned(),
        ..web()
    };
    let asked = stage.connection.delete(&taken_away(&before, Some(0))).await;
    assert_eq!(asked, Ok(Deleted::WasGone));
    assert!(stage.connection.pod(&web()).await.is_ok());
    assert_eq!(
        stage.connection.delete(&taken_away(&web(), Some(0))).await,
        Ok(Deleted::Asked)
    );
    let gone = stage.connection.pod(&web()).await;
    assert!(matches!(gone, Err(NotDone::Gone { .. })), "{gone:?}");
}

#[tokio::test]
async fn what_cannot_be_deleted_here_is_not_supported() {
    let stage = Stage::open().await;
    let service = Deletion {
        object: podside_model::ObjectRef::namespaced("Service", "shop", "web"),
        uid: "x".to_owned(),
        grace: None,
    };
    let error = stage.connection.delete(&service).await.unwrap_err();
    assert!(matches!(error, NotDone::NotSupported { .. }), "{error:?}");
}

#[tokio::test]
async fn what_podside_left_is_found_again() {
    let stage = Stage::open().await;
    assert!(
        stage
            .connection
            .leftovers(&[])
            .await
            .unwrap()
            .pods
            .is_empty()
    );
    let mut created = Vec::new();
    for namespace in ["shop", "locked"] {
        let pod = short(namespace, &["sleep", "1d"]);
        created.push(stage.connection.create_pod(&pod).await.unwrap());
    }
    let left = stage.connection.leftovers(&[]).await.unwrap();
    let mut found: Vec<PodId> = left.pods.iter().map(|pod| pod.id.clone()).collect();
    found.sort();
    created.sort();
    assert_eq!(found, created);
    assert_eq!(left.pods[0].mark, Some(mark()));
    assert_eq!((left.looked_in, left.lacks, left.cut), (None, None, false));
}

#[tokio::test]
async fn who_may_not_look_everywhere_is_told_where_it_was_looked() {
    let access = Access {
        namespaces: Some(vec!["shop".to_owned()]),
        ..Access::default()
    };
    let stage = Stage::of(small(), access).await;
    let pod = short("shop", &["sleep", "1d"]);
    stage.connection.create_pod(&pod).await.unwrap();
    let left = stage.connection.leftovers(&["shop".to_owned()]).await;
    let left = left.unwrap();
    assert_eq!(left.pods.len(), 1);
    assert_eq!(left.looked_in, Some(vec!["shop".to_owned()]));
    let lacks = left.lacks.unwrap();
    assert_eq!((lacks.verb.as_str(), lacks.namespace), ("list", None));
}

#[tokio::test]
async fn before_it_is_created_it_is_shown() {
    let stage = Stage::open().await;
    let pod = ShortPod {
        name: "podside-x".to_owned(),
        mark: Mark {
            owner: "alice".to_owned(),
            ..mark()
        },
        ..short("shop", &["true"])
    };
    let plan = stage.connection.plan(&Action::CreatePod(pod.clone())).await;
    let plan = plan.unwrap();
    let object = plan.object.unwrap();
    assert_eq!(object, pod.object());
    assert_eq!(
        object["metadata"]["annotations"],
        json!({"podside/owner": "alice", "podside/investigation": "inv-7", "podside/deadline": mark().deadline.to_string()})
    );
    assert!(
        plan.kubectl
            .starts_with("kubectl -n shop create -f - <<'EOF'\n")
    );
    assert_eq!(plan.lacking, None);
    assert!(
        stage
            .connection
            .leftovers(&[])
            .await
            .unwrap()
            .pods
            .is_empty()
    );
    let away = Action::Delete(taken_away(&web(), Some(1)));
    let plan = stage.connection.plan(&away).await.unwrap();
    assert_eq!(
        plan.kubectl,
        "kubectl -n shop delete pod web --grace-period=1"
    );
    assert_eq!((plan.object, plan.lacking), (None, None));
}
