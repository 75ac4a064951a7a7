//! Logs, follows and watches.

use podside_replay::{Play, ServeOptions, practice};

use crate::client::Client;

const POD: &str = "web-58dcb9f5d9-cw48h";

#[tokio::test]
async fn logs_by_tail_bytes_and_time() {
    let recording = practice::open("cascade-db-pvc").unwrap();
    let whole = recording
        .logs()
        .iter()
        .find(|(key, _)| key.pod == POD)
        .and_then(|(_, log)| log.current.clone())
        .unwrap();
    let client = Client::new(recording, ServeOptions::default()).await;
    let all = client.print(&["logs", "-n", "retail", POD]).await;
    assert_eq!(all.lines().count(), whole.lines().count());
    let stamped = client
        .print(&["logs", "-n", "retail", POD, "--timestamps"])
        .await;
    for (with, without) in stamped.lines().zip(all.lines()) {
        let (time, text) = with.split_once(' ').unwrap();
        assert!(time.parse::<jiff::Timestamp>().is_ok(), "{with}");
        assert_eq!(text, without);
    }
    let tail = client
        .print(&["logs", "-n", "retail", POD, "--tail", "2"])
        .await;
    assert!(
        tail.lines().eq(all.lines().skip(all.lines().count() - 2)),
        "{tail}"
    );
    let cut = client
        .print(&["logs", "-n", "retail", POD, "--limit-bytes", "10"])
        .await;
    assert_eq!(cut.as_str(), &all[..10]);
    // The recording ended now; nearly a minute of it is kept, not all in 20 seconds.
    let recent = client
        .print(&["logs", "-n", "retail", POD, "--since", "20s"])
        .await;
    let lines = recent.lines().count();
    assert!(lines > 0 && lines < all.lines().count(), "{lines}");
    assert!(all.ends_with(&recent));
    let previous = client
        .print(&[
            "logs",
            "-n",
            "retail",
            "order-mailer-6fffcd5495-c9qqm",
            "--previous",
        ])
        .await;
    assert!(previous.contains("\"msg\":\"starting\""), "{previous}");
}

#[tokio::test]
async fn a_played_recording_is_watched_and_its_log_followed() {
    let recording = practice::open("crashloop-app-error").unwrap();
    let options = ServeOptions {
        play: Play::Alive { speed: 20.0 },
        ..ServeOptions::default()
    };
    let client = Client::new(recording, options).await;
    let watched = client
        .print_until(&["get", "pods", "-n", "orders", "-w"], |text| {
            text.contains("4 (")
        })
        .await;
    let states: Vec<&str> = watched
        .lines()
        .filter_map(|l| l.split_whitespace().nth(2))
        .collect();
    assert!(states.contains(&"CrashLoopBackOff"), "{watched}");
    let ends_at = client.served.ends_at().unwrap();
    while jiff::Timestamp::now() < ends_at {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    // At rest it is the end state, and a follow of a crashed container ends.
    let end = client.print(&["get", "pods", "-n", "orders"]).await;
    assert_eq!(end.matches("4 (").count(), 2, "{end}");
    let followed = client
        .print(&["logs", "-f", "-n", "orders", "deployment/order-worker"])
        .await;
    assert!(
        followed.contains("FATAL: DATABASE_URL is not set"),
        "{followed}"
    );
}

#[tokio::test]
async fn a_played_recording_can_begin_in_its_middle() {
    let recording = practice::open("crashloop-app-error").unwrap();
    let options = ServeOptions {
        play: Play::Alive { speed: 1.0 },
        skip: std::time::Duration::from_secs(45),
        ..ServeOptions::default()
    };
    let client = Client::new(recording, options).await;
    let pods = client
        .print(&["get", "pods", "-n", "orders", "--no-headers"])
        .await;
    for pod in pods.lines() {
        let words: Vec<&str> = pod.split_whitespace().collect();
        assert_eq!(words[3], "3", "{pod}");
        let age: u32 = words.last().unwrap().trim_end_matches('s').parse().unwrap();
        assert!((40..60).contains(&age), "{pod}");
    }
}

#[tokio::test]
async fn a_followed_log_grows() {
    let recording = practice::open("cascade-db-pvc").unwrap();
    let options = ServeOptions {
        play: Play::Alive { speed: 10.0 },
        ..ServeOptions::default()
    };
    let client = Client::new(recording, options).await;
    // The Pod starts a second and a half into the recording.
    tokio::time::sleep(std::time::Duration::from_millis(800)).await;
    let first = client.print(&["logs", "-n", "retail", POD]).await;
    let grown = client
        .print_until(&["logs", "-f", "-n", "retail", POD], |text| {
            text.lines().count() >= first.lines().count() + 10
        })
        .await;
    assert!(grown.starts_with(&first), "{first}\n---\n{grown}");
}

#[tokio::test]
async fn a_stopped_server_ends_its_streams() {
    let recording = practice::open("cascade-db-pvc").unwrap();
    let Client { served, .. } = {
        let client = Client::new(recording, ServeOptions::default()).await;
        let text = client
            .print_until(&["logs", "-f", "-n", "retail", POD], |text| {
                !text.is_empty()
            })
            .await;
        assert!(!text.is_empty());
        client
    };
    let started = std::time::Instant::now();
    served.shutdown().await;
    assert!(started.elapsed() < std::time::Duration::from_secs(5));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_that_go_away_leave_no_watch_behind() {
    let recording = practice::open("cascade-db-pvc").unwrap();
    let client = std::sync::Arc::new(Client::new(recording, ServeOptions::default()).await);
    let mut watching = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let client = client.clone();
        watching.spawn(async move {
            // Each is killed when it has printed its first rows.
            client
                .print_until(&["get", "pods", "-n", "retail", "-w"], |text| {
                    text.lines().count() >= 7
                })
                .await
        });
    }
    while let Some(done) = watching.join_next().await {
        assert!(done.unwrap().contains("postgres-0"));
    }
    for _ in 0..100 {
        if client.served.watches() == 0 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    panic!("{} watches are still open", client.served.watches());
}
