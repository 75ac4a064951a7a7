//! The ledger and its reaper on a served cluster.

mod creating;
mod reaping;

use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderMap;
use jiff::{SignedDuration, Timestamp};
use podside_cluster::acting::{
    DebugContainer, NotDone, PodEnd, PodId, Profile, ShortPod, new_name, one_command,
};
use podside_cluster::{Connection, Kubeconfig};
use podside_model::{Cause, Conclusion, EntryBody, InvestigationId, ObjectRef, Texts};
use podside_replay::{Access as Rights, Recording, ServeOptions, Served};
use podside_store::{
    Creation, CreationId, CreationState, NewCreation, NewEntry, NewInvestigation, SqliteStore,
    Store,
};
use serde_json::json;
use tempfile::TempDir;
use tokio::sync::watch;

use super::{Ledger, NotKept, Purpose, Reaper};
use crate::session::{Acts, Clusters, Doors, Session};
use crate::streams::Stopping;

const CLUSTER: &str = "small";

/// A cluster that is served, and connections to it.
struct Stage {
    served: Served,
}

/// One Podside, with data of its own.
struct Podside {
    doors: Doors,
    store: SqliteStore,
    home: TempDir,
}

fn small() -> Recording {
    let now = Timestamp::from_second(1_795_000_000).unwrap();
    let objects = [
        json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop"}}),
        json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "node-1"},
            "status": {"conditions": [{"type": "Ready", "status": "True"}]}}),
        json!({"apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": "web", "namespace": "shop", "uid": "uid-web"},
            "spec": {"nodeName": "node-1", "containers": [{"name": "app", "image": "busybox:1.38"}]},
            "status": {"phase": "Running", "containerStatuses": [
                {"name": "app", "image": "busybox:1.38", "imageID": "", "ready": true, "restartCount": 0,
                    "state": {"running": {}}}]}}),
    ];
    let objects = objects.into_iter().map(Arc::new).collect();
    Recording::new(CLUSTER, now, now, objects)
}

fn web() -> PodId {
    PodId {
        namespace: "shop".to_owned(),
        name: "web".to_owned(),
        uid: "uid-web".to_owned(),
    }
}

impl Stage {
    async fn open() -> Self {
        Self::with(Rights::default()).await
    }

    async fn with(access: Rights) -> Self {
        let options = ServeOptions {
            access,
            ..ServeOptions::default()
        };
        let served = podside_replay::serve(vec![small()], options).await;
        Self {
            served: served.unwrap(),
        }
    }

    async fn connection(&self) -> Connection {
        let kubeconfig = self.served.kubeconfig(CLUSTER);
        let kubeconfig = Kubeconfig::parse(CLUSTER.as_ref(), &kubeconfig).unwrap();
        Connection::from_kubeconfig(&kubeconfig, None)
            .await
            .unwrap()
    }

    async fn clusters(&self) -> Arc<Clusters> {
        Arc::new(Clusters::of(CLUSTER, self.connection().await))
    }

    async fn podside(&self) -> Podside {
        Podside::on(self.clusters().await, tempfile::tempdir().unwrap()).await
    }

    /// Whether a Pod is there.
    async fn has(&self, pod: &PodId) -> bool {
        let end = self.connection().await.await_end(pod, Duration::ZERO).await;
        end.unwrap() != PodEnd::Gone
    }
}

impl Podside {
    async fn on(clusters: Arc<Clusters>, home: TempDir) -> Self {
        let store = SqliteStore::open(home.path()).await.unwrap();
        Self {
            doors: Doors::open(clusters, Arc::new(store.clone())),
            store,
            home,
        }
    }

    /// The same after it was ended without a word, on these clusters.
    async fn again(self, clusters: Arc<Clusters>) -> Self {
        Self::on(clusters, self.home).await
    }

    fn session(&self) -> Session {
        self.doors.session(&HeaderMap::new())
    }

    async fn creates(&self, purpose: &Purpose) -> (CreationId, PodId) {
        let session = self.session();
        let ledger = Ledger::of(&session);
        let created = ledger.create_pod(CLUSTER, sleeper(), purpose).await;
        created.unwrap()
    }

    /// One look of its reaper, some time from now.
    async fn looks_in(&self, time: SignedDuration) {
        let mut reaper = Reaper::new(self.doors.own_session());
        reaper.look(Timestamp::now() + time).await;
    }

    async fn kept(&self, id: CreationId) -> Creation {
        self.store.creation(id).await.unwrap()
    }

    async fn state(&self, id: CreationId) -> CreationState {
        self.kept(id).await.state
    }
}

/// A Pod that does nothing for long.
fn sleeper() -> ShortPod {
    let command = ["sleep", "1d"].map(str::to_owned);
    ShortPod {
        namespace: "shop".to_owned(),
        name: new_name(),
        spec: one_command("busybox:1.38", &command),
        mark: podside_cluster::acting::Mark {
            owner: String::new(),
            investigation: String::new(),
            deadline: Timestamp::UNIX_EPOCH,
        },
        lives: Duration::from_hours(1),
    }
}

fn debugger() -> DebugContainer {
    DebugContainer {
        pod: web(),
        name: new_name(),
        image: "busybox:1.38".to_owned(),
        target: None,
        command: ["sleep", "1d"].map(str::to_owned).to_vec(),
        profile: Profile::General,
    }
}

fn minutes(count: i64) -> SignedDuration {
    SignedDuration::from_mins(count)
}

const AT_ONCE: SignedDuration = SignedDuration::ZERO;

/// For ten minutes.
fn shortly() -> Purpose {
    Purpose {
        investigation: None,
        deadline: Timestamp::now() + minutes(10),
    }
}

/// What stands in the store when the process ended before the cluster was asked, or before it
/// answered.
fn intended(pod: &ShortPod) -> NewCreation {
    NewCreation {
        cluster: CLUSTER.to_owned(),
        namespace: pod.namespace.clone(),
        pod: pod.name.clone(),
        container: None,
        uid: None,
        creator: pod.mark.owner.clone(),
        investigation: None,
        created_at: Timestamp::now(),
        deadline: pod.mark.deadline,
    }
}
