//! Ending containers that were added to Pods.

use podside_cluster::acting::{
    Became, ContainerEnd, DebugContainer, NotDone, PodId, Profile, ending,
};
use podside_replay::{Access, Recording, Transcript};

use super::stage::{NO_IMAGE, SOON, Stage, short, small, web};

fn debugger(command: &[&str]) -> DebugContainer {
    DebugContainer {
        pod: web(),
        name: "debugger".to_owned(),
        image: "busybox:1.38".to_owned(),
        target: Some("app".to_owned()),
        command: command.iter().map(|word| (*word).to_owned()).collect(),
        profile: Profile::General,
    }
}

/// The small cluster, in which the command that ends the container was recorded.
fn with_the_ending() -> Recording {
    small().with_transcripts(vec![Transcript {
        namespace: "shop".to_owned(),
        pod: "web".to_owned(),
        container: "debugger".to_owned(),
        command: ending(&web(), "debugger").command,
        stdout: String::new(),
        stderr: String::new(),
        exit_code: 137,
        took_ms: 0,
    }])
}

async fn running(recording: Recording, access: Access, command: &[&str]) -> Stage {
    let stage = Stage::of(recording, access).await;
    let connection = &stage.connection;
    connection.add_container(&debugger(command)).await.unwrap();
    let became = connection.await_container(&web(), "debugger", SOON).await;
    assert_eq!(became, Ok(Became::Running));
    stage
}

#[tokio::test]
async fn that_it_has_ended_is_looked_at() {
    let stage = running(with_the_ending(), Access::default(), &["sleep", "2"]).await;
    let end = stage.connection.end_container(&web(), "debugger").await;
    assert_eq!(end, Ok(ContainerEnd::Ended));
    // And again: what has ended stays in the Pod.
    let end = stage.connection.end_container(&web(), "debugger").await;
    assert_eq!(end, Ok(ContainerEnd::Ended));
}

#[tokio::test]
async fn one_that_does_not_end_is_not_taken_for_ended() {
    let stage = running(with_the_ending(), Access::default(), &["sleep", "1d"]).await;
    let end = stage.connection.end_container(&web(), "debugger").await;
    let said = "its processes do not end".to_owned();
    assert_eq!(end, Ok(ContainerEnd::GoesOn(said)));
}

#[tokio::test]
async fn why_it_cannot_be_ended_is_said() {
    let access = Access {
        denied: vec!["pods/exec".to_owned()],
        ..Access::default()
    };
    for (recording, access, why) in [
        (small(), Access::default(), "recording"),
        (with_the_ending(), access, "forbidden"),
    ] {
        let stage = running(recording, access, &["sleep", "1d"]).await;
        let end = stage.connection.end_container(&web(), "debugger").await;
        let Ok(ContainerEnd::GoesOn(said)) = end else {
            panic!("{end:?}");
        };
        assert!(said.contains(why), "{said}");
    }
}

#[tokio::test]
async fn what_has_not_begun_or_never_was_is_told_from_it() {
    let stage = Stage::open().await;
    let connection = &stage.connection;
    let end = connection.end_container(&web(), "debugger").await;
    assert_eq!(end, Ok(ContainerEnd::NeverWas));
    let waiting = DebugContainer {
        image: NO_IMAGE.to_owned(),
        ..debugger(&[])
    };
    connection.add_container(&waiting).await.unwrap();
    let became = connection.await_container(&web(), "debugger", SOON).await;
    assert!(
        matches!(became, Ok(Became::NotStarted { .. })),
        "{became:?}"
    );
    let end = connection.end_container(&web(), "debugger").await;
    assert!(
        matches!(&end, Ok(ContainerEnd::GoesOn(said)) if said.starts_with("it waits: ")),
        "{end:?}"
    );
    let another = PodId {
        uid: "uid-before".to_owned(),
        ..web()
    };
    let end = connection.end_container(&another, "debugger").await;
    assert!(matches!(end, Err(NotDone::Gone { .. })), "{end:?}");
}

#[tokio::test]
async fn a_pod_of_podside_s_own_is_known_by_its_label() {
    let stage = Stage::open().await;
    let connection = &stage.connection;
    let pod = short("shop", &["sleep", "1d"]);
    let id = connection.create_pod(&pod).await.unwrap();
    let own = connection
        .own_pod("shop", &pod.name)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((own.id, own.mark), (id, Some(pod.mark)));
    for (namespace, name) in [("shop", "web"), ("shop", "none"), ("none", "web")] {
        let none = connection.own_pod(namespace, name).await.unwrap();
        assert_eq!(none, None, "{namespace}/{name}");
    }
}
