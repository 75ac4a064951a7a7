//! What is created, and what is not.

use super::*;

#[tokio::test]
async fn what_is_created_is_marked_kept_and_taken_away() {
    let stage = Stage::open().await;
    let podside = stage.podside().await;
    let purpose = shortly();
    let (id, pod) = podside.creates(&purpose).await;
    let kept = podside.kept(id).await;
    assert_eq!(kept.state, CreationState::There);
    assert_eq!(kept.made.uid.as_ref(), Some(&pod.uid));
    assert_eq!(kept.made.creator, podside.session().who());
    let own = stage.connection().await.own_pod("shop", &pod.name).await;
    let own = own.unwrap().unwrap();
    let session = podside.session();
    assert_eq!(own.mark, Some(Ledger::of(&session).mark(&purpose)));
    // It was to live for an hour, and its deadline comes first.
    let ends = own.pod.spec.deadline_seconds;
    assert!(
        ends.is_some_and(|ends| (1..=600).contains(&ends)),
        "{ends:?}"
    );

    Ledger::of(&session).end(id).await.unwrap();
    assert_eq!(podside.state(id).await, CreationState::Gone);
    assert!(!stage.has(&pod).await);
    // And again: what is gone is gone.
    Ledger::of(&session).end(id).await.unwrap();
    let none = Ledger::of(&session).end(CreationId(77)).await;
    assert!(matches!(
        none,
        Err(NotKept::Store(podside_store::Error::NoCreation(_)))
    ));
}

#[tokio::test]
async fn a_podside_that_is_read_only_creates_nothing_and_cleans_up() {
    let stage = Stage::open().await;
    let podside = stage.podside().await;
    let (id, pod) = podside.creates(&shortly()).await;
    for (acts, cleans_up) in [(Acts::Nothing, false), (Acts::OnlyCleansUp, true)] {
        let session = podside
            .doors
            .clone()
            .allowing(acts)
            .session(&HeaderMap::new());
        let ledger = Ledger::of(&session);
        let created = ledger.create_pod(CLUSTER, sleeper(), &shortly()).await;
        let refused = created.map(|_| ()).unwrap_err();
        let added = ledger.add_container(CLUSTER, &debugger(), &shortly()).await;
        assert_eq!(added.unwrap_err().to_string(), refused.to_string());
        for lang in [podside_model::Lang::En, podside_model::Lang::Ja] {
            let told = ledger.create_pod(CLUSTER, sleeper(), &shortly()).await;
            let told = told.map(|_| ()).unwrap_err().told(lang);
            assert_eq!(told.status(), 403, "{told}");
            assert_eq!(
                told.to_string().contains("--read-only"),
                cleans_up,
                "{told}"
            );
        }
        assert_eq!(podside.store.left(None).await.unwrap().len(), 1);
        assert_eq!(ledger.end(id).await.is_ok(), cleans_up);
        assert_eq!(stage.has(&pod).await, !cleans_up);
    }
    assert!(podside.store.left(None).await.unwrap().is_empty());
}

#[tokio::test]
async fn what_the_cluster_refuses_is_not_left() {
    let denied = Rights {
        denied: vec!["pods/ephemeralcontainers".to_owned()],
        ..Rights::default()
    };
    let stage = Stage::with(denied).await;
    let podside = stage.podside().await;
    let session = podside.session();
    let ledger = Ledger::of(&session);
    let nowhere = ShortPod {
        namespace: "nowhere".to_owned(),
        ..sleeper()
    };
    let refused = ledger.create_pod(CLUSTER, nowhere, &shortly()).await;
    assert!(matches!(refused, Err(NotKept::NotDone(_))), "{refused:?}");
    let refused = ledger.add_container(CLUSTER, &debugger(), &shortly()).await;
    let refused = refused.unwrap_err();
    assert!(
        matches!(&refused, NotKept::NotDone(NotDone::Denied { .. })),
        "{refused:?}"
    );
    assert!(podside.store.left(None).await.unwrap().is_empty());
    // What was meant, and why it came to nothing, is remembered.
    for id in [CreationId(1), CreationId(2)] {
        let kept = podside.kept(id).await;
        assert_eq!(kept.state, CreationState::Gone);
        assert!(kept.error.is_some());
    }
}
