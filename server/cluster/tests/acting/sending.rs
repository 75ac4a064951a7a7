//! How changes are sent, and what an API server that is none of the served ones answers.

use podside_cluster::Error;
use podside_cluster::acting::{Action, DebugContainer, ExecLimits, NotDone, Profile};

use super::stage::{command, short, web};
use super::stub::Stub;

#[tokio::test]
async fn a_change_is_sent_once_whatever_is_answered() {
    for code in [429, 500, 503, 504] {
        let stub = match code {
            429 => Stub::start(|_| (429, "{}".to_owned())).await,
            500 => Stub::start(|_| (500, "{}".to_owned())).await,
            503 => Stub::start(|_| (503, "{}".to_owned())).await,
            _ => Stub::start(|_| (504, "{}".to_owned())).await,
        };
        let created = stub.connection.create_pod(&short("shop", &["true"])).await;
        let Err(NotDone::Failed(Error::Refused { code: told, .. })) = created else {
            panic!("{code}: {created:?}");
        };
        assert_eq!((told, stub.asked("POST ")), (code, 1));
    }
}

#[tokio::test]
async fn rights_are_asked_for_once_a_namespace() {
    let stub = Stub::start(|line| {
        let kind = match line {
            "GET /version" => return (200, r#"{"gitVersion":"v1.36.2"}"#.to_owned()),
            line if line.ends_with("selfsubjectrulesreviews") => "SelfSubjectRulesReview",
            line if line.ends_with("selfsubjectaccessreviews") => "SelfSubjectAccessReview",
            _ => return (404, "{}".to_owned()),
        };
        let group = "authorization.k8s.io/v1";
        let status = r#"{"incomplete":true,"allowed":true,"resourceRules":[{"verbs":["create"],"apiGroups":[""],"resources":["pods/exec"]}]}"#;
        let text = format!(r#"{{"kind":"{kind}","apiVersion":"{group}","status":{status}}}"#);
        (201, text)
    })
    .await;
    let action = Action::Exec(command(&["id"]));
    let plans = (0..10).map(|_| stub.connection.plan(&action));
    for plan in futures::future::join_all(plans).await {
        assert_eq!(plan.unwrap().lacking, None);
    }
    let reviews = "POST /apis/authorization.k8s.io/v1/selfsubject";
    assert_eq!(stub.asked(&format!("{reviews}rulesreviews")), 1);
    // Of the two rights that are needed the rules tell one.
    assert_eq!(stub.asked(&format!("{reviews}accessreviews")), 1);
    assert_eq!(stub.asked("GET /version"), 1);
}

#[tokio::test]
async fn a_server_without_such_containers_is_told_from_a_pod_that_is_gone() {
    let stub = Stub::start(|line| {
        let pod = r#"{"kind":"Pod","apiVersion":"v1","metadata":{"name":"web","namespace":"shop","uid":"uid-web"},"spec":{}}"#;
        match line.split(' ').next() {
            Some("GET") => (200, pod.to_owned()),
            _ => (404, "{}".to_owned()),
        }
    })
    .await;
    let added = DebugContainer {
        pod: web(),
        name: "debugger".to_owned(),
        image: "busybox:1.38".to_owned(),
        target: None,
        command: Vec::new(),
        profile: Profile::Baseline,
    };
    let error = stub.connection.add_container(&added).await.unwrap_err();
    assert!(matches!(error, NotDone::NotSupported { .. }), "{error:?}");
}

#[tokio::test]
async fn what_opens_no_channels_is_no_command() {
    let stub = Stub::start(|_| (200, "{}".to_owned())).await;
    let ran = stub
        .connection
        .exec(&command(&["id"]), &ExecLimits::default())
        .await;
    let Err(NotDone::Failed(Error::Garbled { reason, .. })) = ran else {
        panic!("{ran:?}");
    };
    assert_eq!(reason, "it opens no WebSocket: it answered 200 OK");
}
