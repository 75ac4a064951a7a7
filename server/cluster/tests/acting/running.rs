//! Commands in containers.

use std::time::{Duration, Instant};

use podside_cluster::acting::{Ended, ExecLimits, NotDone};
use podside_replay::{Access, practice};

use super::stage::{Stage, command, small};

#[tokio::test]
async fn a_command_tells_its_outputs_and_its_end() {
    let stage = Stage::open().await;
    let limits = ExecLimits::default();
    let ran = stage.connection.exec(&command(&["id"]), &limits).await;
    let ran = ran.unwrap();
    assert_eq!(ran.stdout.text, "uid=0(root) gid=0(root)\n");
    assert_eq!((ran.stderr.text.as_str(), ran.stdout.dropped), ("", 0));
    assert_eq!(ran.ended, Ended::Exited(0));

    let fails = command(&["sh", "-c", "echo out; echo err >&2; exit 3"]);
    let ran = stage.connection.exec(&fails, &limits).await.unwrap();
    assert_eq!(ran.stdout.text, "out\n");
    assert_eq!(ran.stderr.text, "err\n", "without what kubectl adds");
    assert_eq!(ran.ended, Ended::Exited(3));
}

#[tokio::test]
async fn what_a_real_cluster_answered_is_answered_again() {
    let recording = practice::open("ephemeral-debug-container").unwrap();
    let recorded = recording.transcripts().to_vec();
    assert!(!recorded.is_empty());
    let stage = Stage::of(recording, Access::default()).await;
    for run in recorded {
        let exec = podside_cluster::acting::Exec {
            namespace: run.namespace,
            pod: run.pod,
            container: run.container,
            command: run.command,
        };
        let ran = stage.connection.exec(&exec, &ExecLimits::default()).await;
        let ran = ran.unwrap();
        assert_eq!(ran.stdout.text, run.stdout);
        assert_eq!(ran.ended, Ended::Exited(run.exit_code));
    }
}

#[tokio::test]
async fn what_comes_out_is_clean_and_tells_no_secret() {
    let stage = Stage::open().await;
    let ran = stage
        .connection
        .exec(&command(&["env"]), &ExecLimits::default())
        .await
        .unwrap();
    let text = &ran.stdout.text;
    assert!(!text.contains("hunter2"), "{text}");
    assert!(
        text.starts_with("HOME=/root\nDB_PASSWORD=[hidden: "),
        "{text}"
    );
    assert!(text.ends_with("\nEND=1\n"), "{text:?}");
}

#[tokio::test]
async fn an_output_is_kept_up_to_its_bound_and_the_rest_is_counted() {
    let stage = Stage::open().await;
    let limits = ExecLimits {
        bytes: 1001,
        ..ExecLimits::default()
    };
    let ran = stage.connection.exec(&command(&["yes"]), &limits).await;
    let ran = ran.unwrap();
    assert_eq!(ran.stdout.text.len(), 1001);
    assert_eq!(ran.stdout.dropped, 200_000 - 1001);
    assert_eq!(ran.ended, Ended::Exited(0));
}

#[tokio::test]
async fn a_command_that_takes_too_long_is_left_with_what_it_said() {
    let stage = Stage::open().await;
    let limits = ExecLimits {
        within: Duration::from_secs(2),
        ..ExecLimits::default()
    };
    let began = Instant::now();
    let endless = command(&["tail", "-f", "/dev/null"]);
    let ran = stage.connection.exec(&endless, &limits).await.unwrap();
    assert_eq!(ran.ended, Ended::TimedOut(limits.within));
    assert_eq!(ran.stdout.text, "begun\n");
    assert!(began.elapsed() < Duration::from_secs(30));
}

#[tokio::test]
async fn commands_that_nobody_waits_for_leave_their_places() {
    let stage = Stage::open().await;
    let endless = command(&["tail", "-f", "/dev/null"]);
    // More than may run at once: each is dropped while it runs.
    for _ in 0..80 {
        let limits = ExecLimits::default();
        let running = stage.connection.exec(&endless, &limits);
        let left = tokio::time::timeout(Duration::from_millis(50), running).await;
        assert!(left.is_err(), "{left:?}");
    }
    for _ in 0..50 {
        let ran = stage
            .connection
            .exec(&command(&["id"]), &ExecLimits::default())
            .await;
        match ran {
            Ok(ran) => return assert_eq!(ran.ended, Ended::Exited(0)),
            // The last ones may be leaving yet.
            Err(NotDone::Failed(_)) => tokio::time::sleep(Duration::from_millis(100)).await,
            Err(error) => panic!("{error}"),
        }
    }
    panic!("no place is free");
}

#[tokio::test]
async fn what_was_not_recorded_is_said_and_not_made_up() {
    let stage = Stage::open().await;
    let limits = ExecLimits::default();
    let error = stage.connection.exec(&command(&["ls"]), &limits).await;
    let Err(NotDone::NotRecorded { message }) = error else {
        panic!("{error:?}");
    };
    assert!(
        message.contains("`ls` in container \"app\" of pod \"web\" (but of `id`, ")
            && message.contains("was not recorded"),
        "{message}"
    );
}

#[tokio::test]
async fn where_no_command_can_run_the_api_server_says_why() {
    let stage = Stage::open().await;
    let limits = ExecLimits::default();
    let exec = async |pod: &str, container: &str| {
        let mut exec = command(&["id"]);
        exec.pod = pod.to_owned();
        exec.container = container.to_owned();
        stage.connection.exec(&exec, &limits).await.unwrap_err()
    };
    let gone = exec("none", "app").await;
    assert!(matches!(gone, NotDone::Gone { .. }), "{gone:?}");
    let container = exec("web", "none").await;
    assert!(
        matches!(&container, NotDone::Refused { message, .. } if message == "container none is not valid for pod web"),
        "{container:?}"
    );
    let waits = exec("stuck", "app").await;
    assert!(
        matches!(&waits, NotDone::Failed(_)) && waits.to_string().contains("container not found"),
        "{waits:?}"
    );
    let path = exec("web/exec", "app").await;
    assert!(
        path.to_string().contains("cannot be the name of"),
        "{path:?}"
    );
}

#[tokio::test]
async fn a_task_may_run_a_command() {
    let stage = Stage::of(small(), Access::default()).await;
    let connection = stage.connection.clone();
    let task = tokio::spawn(async move {
        let limits = ExecLimits::default();
        connection.exec(&command(&["id"]), &limits).await
    });
    assert_eq!(task.await.unwrap().unwrap().ended, Ended::Exited(0));
}
