//! Containers that are added to Pods.

use std::time::Duration;

use podside_cluster::acting::{Action, Became, DebugContainer, NotDone, PodId, Profile};
use podside_diagnosis::facts::State;
use serde_json::json;

use super::stage::{NO_IMAGE, SOON, Stage, web};

fn debugger(name: &str, command: &[&str]) -> DebugContainer {
    DebugContainer {
        pod: web(),
        name: name.to_owned(),
        image: "busybox:1.38".to_owned(),
        target: Some("app".to_owned()),
        command: command.iter().map(|word| (*word).to_owned()).collect(),
        profile: Profile::General,
    }
}

#[tokio::test]
async fn a_container_is_added_runs_and_ends() {
    let stage = Stage::open().await;
    let connection = &stage.connection;
    let added = debugger("debugger", &["sleep", "1"]);
    connection.add_container(&added).await.unwrap();
    let became = connection.await_container(&web(), "debugger", SOON).await;
    assert_eq!(became, Ok(Became::Running));
    let ended = connection
        .await_container_end(&web(), "debugger", SOON)
        .await
        .unwrap();
    assert!(
        matches!(&ended, Became::Ended(ended) if ended.exit_code == 0),
        "{ended:?}"
    );
    let state = connection
        .container_state(&web(), "debugger")
        .await
        .unwrap();
    assert!(matches!(state, State::Terminated(_)), "{state:?}");
    // One that never was has no state.
    let none = connection.container_state(&web(), "none").await.unwrap();
    assert_eq!(none, State::Absent);
}

#[tokio::test]
async fn one_that_goes_on_is_told_when_the_time_is_over() {
    let stage = Stage::open().await;
    let connection = &stage.connection;
    let added = debugger("debugger", &["sleep", "1d"]);
    connection.add_container(&added).await.unwrap();
    let became = connection.await_container(&web(), "debugger", SOON).await;
    assert_eq!(became, Ok(Became::Running));
    let within = Duration::from_millis(300);
    let still = connection
        .await_container_end(&web(), "debugger", within)
        .await;
    assert_eq!(still, Ok(Became::Running));
}

#[tokio::test]
async fn one_that_cannot_start_is_told_with_the_node_s_words() {
    let stage = Stage::open().await;
    let added = DebugContainer {
        image: NO_IMAGE.to_owned(),
        ..debugger("debugger", &[])
    };
    stage.connection.add_container(&added).await.unwrap();
    let became = stage
        .connection
        .await_container(&web(), "debugger", SOON)
        .await;
    assert_eq!(
        became.unwrap(),
        Became::NotStarted {
            reason: "ErrImagePull".to_owned(),
            message: "registry.example: no such host".to_owned(),
        }
    );
}

#[tokio::test]
async fn what_is_there_stays_as_it_is() {
    let stage = Stage::open().await;
    let connection = &stage.connection;
    for name in ["one", "two"] {
        let added = debugger(name, &["sleep", "1d"]);
        connection.add_container(&added).await.unwrap();
    }
    for taken in ["app", "one"] {
        let again = debugger(taken, &["sleep", "1d"]);
        let error = connection.add_container(&again).await.unwrap_err();
        assert!(matches!(error, NotDone::Conflict { .. }), "{error:?}");
    }
    let pod = connection.pod(&web()).await.unwrap();
    let names: Vec<String> = pod
        .containers()
        .map(|(container, _)| container.name.to_string())
        .collect();
    assert_eq!(names, ["app", "one", "two"]);
    let target = DebugContainer {
        target: Some("none".to_owned()),
        ..debugger("three", &[])
    };
    let error = connection.add_container(&target).await.unwrap_err();
    assert!(
        matches!(&error, NotDone::Refused { message, .. } if message.contains("targetContainerName: Not found: \"none\"")),
        "{error:?}"
    );
}

#[tokio::test]
async fn another_pod_of_that_name_gets_nothing() {
    let stage = Stage::open().await;
    let other = |name: &str, uid: &str| DebugContainer {
        pod: PodId {
            name: name.to_owned(),
            uid: uid.to_owned(),
            ..web()
        },
        ..debugger("debugger", &[])
    };
    for gone in [other("none", "uid-web"), other("web", "uid-before")] {
        let error = stage.connection.add_container(&gone).await.unwrap_err();
        assert!(matches!(error, NotDone::Gone { .. }), "{error:?}");
    }
    let pod = stage.connection.pod(&web()).await.unwrap();
    assert_eq!(pod.containers().count(), 1);
}

#[tokio::test]
async fn a_namespace_refuses_in_its_own_words() {
    let stage = Stage::open().await;
    let kept = |profile| DebugContainer {
        pod: PodId {
            namespace: "locked".to_owned(),
            name: "kept".to_owned(),
            uid: "uid-kept".to_owned(),
        },
        profile,
        ..debugger("debugger", &["sleep", "1d"])
    };
    let error = stage
        .connection
        .add_container(&kept(Profile::General))
        .await
        .unwrap_err();
    assert!(
        matches!(&error, NotDone::Refused { message, .. }
            if message.starts_with("pods \"kept\" is forbidden: violates PodSecurity \"restricted:latest\": ")
                && message.contains("container \"debugger\"")),
        "{error:?}"
    );
    let restricted = kept(Profile::Restricted);
    assert_eq!(stage.connection.add_container(&restricted).await, Ok(()));
}

#[tokio::test]
async fn before_it_is_added_it_is_shown() {
    let stage = Stage::open().await;
    let action = Action::AddContainer(debugger("debugger", &["sh", "-c", "sleep 1d"]));
    let plan = stage.connection.plan(&action).await.unwrap();
    assert_eq!(
        plan.kubectl,
        "kubectl -n shop debug web --image=busybox:1.38 --container=debugger --target=app \
         --profile=general --keep-labels --attach=false -- sh '-c' 'sleep 1d'"
    );
    assert_eq!(
        plan.object.unwrap(),
        json!({
            "name": "debugger", "image": "busybox:1.38", "command": ["sh", "-c", "sleep 1d"],
            "targetContainerName": "app", "resources": {}, "terminationMessagePolicy": "File",
            "securityContext": {"capabilities": {"add": ["SYS_PTRACE"]}},
        })
    );
    assert_eq!(plan.lacking, None);
    let pod = stage.connection.pod(&web()).await.unwrap();
    assert_eq!(pod.containers().count(), 1, "nothing was done");
}
