//! What was created is taken away, also after a restart.

use super::*;

#[tokio::test]
async fn after_a_crash_before_the_uid_the_pod_is_known_again() {
    let stage = Stage::open().await;
    let podside = stage.podside().await;
    let session = podside.session();
    let pod = ShortPod {
        mark: Ledger::of(&session).mark(&shortly()),
        ..sleeper()
    };
    let never = ShortPod {
        name: new_name(),
        ..pod.clone()
    };
    let id = podside.store.intend(intended(&pod)).await.unwrap();
    let none = podside.store.intend(intended(&never)).await.unwrap();
    let created = stage.connection().await.create_pod(&pod).await.unwrap();
    let podside = podside.again(stage.clusters().await).await;

    // The request may still be on its way.
    podside.looks_in(AT_ONCE).await;
    assert_eq!(podside.state(id).await, CreationState::Intended);
    assert_eq!(podside.state(none).await, CreationState::Intended);
    podside.looks_in(minutes(3)).await;
    let kept = podside.kept(id).await;
    assert_eq!(kept.state, CreationState::There);
    assert_eq!(kept.made.uid.as_ref(), Some(&created.uid));
    assert_eq!(podside.state(none).await, CreationState::Gone);
    assert!(stage.has(&created).await);
    podside.looks_in(minutes(11)).await;
    assert_eq!(podside.state(id).await, CreationState::Gone);
    assert!(!stage.has(&created).await);
}

#[tokio::test]
async fn what_is_created_goes_at_its_deadline_also_after_a_restart() {
    let stage = Stage::open().await;
    let podside = stage.podside().await;
    let (id, pod) = podside.creates(&shortly()).await;
    podside.looks_in(minutes(9)).await;
    assert!(stage.has(&pod).await);
    let podside = podside.again(stage.clusters().await).await;
    podside.looks_in(minutes(10)).await;
    assert_eq!(podside.state(id).await, CreationState::Gone);
    assert!(!stage.has(&pod).await);
}

async fn investigation(store: &SqliteStore) -> InvestigationId {
    let new = NewInvestigation {
        runbook: None,
        cluster: CLUSTER.to_owned(),
        target: ObjectRef::namespaced("Pod", "shop", "web"),
        started_by: "somebody".to_owned(),
        started_at: Timestamp::now(),
    };
    store.start(new, Vec::new()).await.unwrap()
}

#[tokio::test]
async fn what_is_created_goes_with_its_investigation() {
    let stage = Stage::open().await;
    let podside = stage.podside().await;
    let of = investigation(&podside.store).await;
    let other = investigation(&podside.store).await;
    let purpose = |of| Purpose {
        investigation: Some(of),
        ..shortly()
    };
    let (id, pod) = podside.creates(&purpose(of)).await;
    let (other, other_pod) = podside.creates(&purpose(other)).await;
    podside.looks_in(AT_ONCE).await;
    assert!(stage.has(&pod).await);
    let concluded = NewEntry {
        at: Timestamp::now(),
        who: "somebody".to_owned(),
        body: EntryBody::Concluded {
            step: "ready".to_owned(),
            conclusion: Conclusion::Cause {
                cause: Cause::known("oom-killed"),
                text: Texts::default(),
                problem: None,
            },
        },
    };
    podside
        .store
        .append_last(of, vec![concluded])
        .await
        .unwrap();
    podside.looks_in(AT_ONCE).await;
    assert_eq!(podside.state(id).await, CreationState::Gone);
    assert!(!stage.has(&pod).await);
    assert_eq!(podside.state(other).await, CreationState::There);
    assert!(stage.has(&other_pod).await);
}

#[tokio::test]
async fn another_pod_of_that_name_is_left_alone() {
    let stage = Stage::open().await;
    let podside = stage.podside().await;
    let before = Timestamp::now() - minutes(20);
    let meant = NewCreation {
        pod: "web".to_owned(),
        created_at: before,
        deadline: before + minutes(1),
        ..intended(&sleeper())
    };
    // One that was created and is gone, one that never was, and a container of the Pod that
    // was there before.
    let uid = Some("uid-before".to_owned());
    let mut ids = Vec::new();
    for meant in [
        NewCreation {
            uid: uid.clone(),
            ..meant.clone()
        },
        meant.clone(),
        NewCreation {
            uid,
            container: Some("app".to_owned()),
            ..meant
        },
    ] {
        ids.push(podside.store.intend(meant).await.unwrap());
    }
    podside.looks_in(AT_ONCE).await;
    for id in ids {
        assert_eq!(podside.state(id).await, CreationState::Gone);
    }
    assert!(stage.has(&web()).await);
    let of_another = PodId {
        uid: "uid-before".to_owned(),
        ..web()
    };
    let session = podside.session();
    for pod in [web(), of_another.clone()] {
        // Neither carries the label, and one is not there.
        let ended = Ledger::of(&session).end_found(CLUSTER, &pod).await;
        let is_left = matches!(&ended, Err(NotKept::NotOwn(_))) || pod == of_another;
        assert!(is_left, "{ended:?}");
    }
    assert!(stage.has(&web()).await);
}

#[tokio::test]
async fn a_cluster_that_cannot_be_reached_is_asked_again() {
    let stage = Stage::open().await;
    let podside = stage.podside().await;
    let (id, _) = podside.creates(&shortly()).await;
    let elsewhere = NewCreation {
        cluster: "elsewhere".to_owned(),
        ..intended(&sleeper())
    };
    let elsewhere = podside.store.intend(elsewhere).await.unwrap();
    drop(stage);
    podside.looks_in(minutes(11)).await;
    let kept = podside.kept(id).await;
    assert_eq!(kept.state, CreationState::There);
    let why = kept.error.unwrap();
    assert!(why.contains(CLUSTER), "{why}");
    let kept = podside.kept(elsewhere).await;
    assert_eq!(kept.state, CreationState::Intended);
    let why = kept.error.unwrap();
    assert!(why.contains("no cluster elsewhere"), "{why}");
    // Whoever asks for it is told.
    let session = podside.session();
    let ended = Ledger::of(&session).end(elsewhere).await;
    assert!(matches!(ended, Err(NotKept::NoCluster(_))), "{ended:?}");

    // The cluster is back, without the Pod.
    let stage = Stage::open().await;
    let podside = podside.again(stage.clusters().await).await;
    podside.looks_in(minutes(11)).await;
    assert_eq!(podside.state(id).await, CreationState::Gone);
    assert_eq!(podside.state(elsewhere).await, CreationState::Intended);
}

#[tokio::test]
async fn two_podsides_on_one_cluster_do_not_take_each_others_living_pods() {
    let stage = Stage::open().await;
    let one = stage.podside().await;
    let other = stage.podside().await;
    let (id, pod) = one.creates(&shortly()).await;
    // The other one has something here of its own, so it looks.
    let (others, others_pod) = other
        .creates(&Purpose {
            deadline: Timestamp::now() + minutes(60),
            ..shortly()
        })
        .await;
    for time in [AT_ONCE, minutes(9), minutes(14)] {
        other.looks_in(time).await;
        assert!(stage.has(&pod).await, "in {time:?}");
    }
    one.looks_in(minutes(14)).await;
    assert!(!stage.has(&pod).await);
    assert!(stage.has(&others_pod).await);
    assert_eq!(one.state(id).await, CreationState::Gone);
    assert_eq!(other.state(others).await, CreationState::There);

    // What nobody takes away any more goes when its own time is over.
    let (_, lost) = one.creates(&shortly()).await;
    drop(one);
    other.looks_in(minutes(16)).await;
    assert!(!stage.has(&lost).await);
    assert!(stage.has(&others_pod).await);
}

#[tokio::test]
async fn nobody_connects_to_a_cluster_in_which_nothing_is_left() {
    let stage = Stage::open().await;
    let podside = stage.podside().await;
    podside.looks_in(AT_ONCE).await;
    assert!(podside.session().connected().is_empty());
    podside.creates(&shortly()).await;
    assert_eq!(podside.session().connected(), [CLUSTER]);
}

#[tokio::test]
async fn a_container_that_cannot_be_ended_stays_until_its_pod_goes() {
    let stage = Stage::open().await;
    let podside = stage.podside().await;
    let session = podside.session();
    let added = debugger();
    let id = Ledger::of(&session)
        .add_container(CLUSTER, &added, &shortly())
        .await
        .unwrap();
    assert_eq!(podside.state(id).await, CreationState::There);
    let connection = stage.connection().await;
    let soon = Duration::from_secs(20);
    let became = connection.await_container(&web(), &added.name, soon).await;
    assert!(became.is_ok(), "{became:?}");
    podside.looks_in(minutes(11)).await;
    let kept = podside.kept(id).await;
    assert_eq!(kept.state, CreationState::Stays);
    assert!(kept.error.is_some());
    assert!(stage.has(&web()).await);

    let away = podside_cluster::acting::Deletion {
        object: web().object(),
        uid: web().uid,
        grace: Some(Duration::ZERO),
    };
    connection.delete(&away).await.unwrap();
    podside.looks_in(minutes(12)).await;
    assert_eq!(podside.state(id).await, CreationState::Stays);
    podside.looks_in(minutes(22)).await;
    assert_eq!(podside.state(id).await, CreationState::Gone);
}

#[tokio::test]
async fn a_pod_that_is_found_by_its_label_can_be_removed() {
    let stage = Stage::open().await;
    let one = stage.podside().await;
    let other = stage.podside().await;
    let (_, pod) = one.creates(&shortly()).await;
    let session = other.session();
    let ledger = Ledger::of(&session);
    let another = PodId {
        uid: "uid-before".to_owned(),
        ..pod.clone()
    };
    let refused = ledger.end_found(CLUSTER, &another).await;
    assert!(matches!(refused, Err(NotKept::NotOwn(_))), "{refused:?}");
    assert!(stage.has(&pod).await);
    ledger.end_found(CLUSTER, &pod).await.unwrap();
    assert!(!stage.has(&pod).await);
    // Somebody else may have been faster.
    ledger.end_found(CLUSTER, &pod).await.unwrap();
    let nowhere = ledger.end_found("nowhere", &pod).await;
    assert!(matches!(nowhere, Err(NotKept::NoCluster(_))), "{nowhere:?}");
}

#[tokio::test]
async fn the_reaper_ends_with_the_server() {
    let stage = Stage::open().await;
    let podside = stage.podside().await;
    let (stop, stopping) = watch::channel(false);
    let reaper = Reaper::new(podside.doors.own_session());
    let running = tokio::spawn(reaper.run(Stopping::new(stopping)));
    stop.send(true).unwrap();
    running.await.unwrap();
}
