//! How long what is not well yet is waited for before it is judged: one table for all rules.
//!
//! Patience is for what is on its way. What says itself that it failed, or that nobody works
//! at, has none.

use jiff::Timestamp;
use podside_model::Message;

use crate::snapshot::Snapshot;
use crate::text::{Text, text};

/// How long something may take before it is not well.
#[derive(Debug)]
pub(crate) struct Patience {
    /// In seconds. Where the cluster itself says how long, its number is taken instead.
    pub(crate) seconds: i64,
    /// Why it is waited for, as a reader is told.
    pub(crate) why: Text,
}

/// A patience that has not ended.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wait {
    pub(crate) patience: &'static Patience,
    pub(crate) until: Timestamp,
}

impl PartialEq for Wait {
    fn eq(&self, other: &Self) -> bool {
        self.until == other.until && self.patience.why.id == other.patience.why.id
    }
}

impl Patience {
    const fn of(seconds: i64, why: Text) -> Self {
        Self { seconds, why }
    }

    /// Whether it has ended for what began at a moment; it has for what began nobody knows
    /// when.
    pub(crate) fn has_ended(&'static self, from: Option<Timestamp>, snapshot: &Snapshot) -> bool {
        self.wait(from, snapshot).is_none()
    }

    /// What is left of it for what began at a moment.
    pub(crate) fn wait(
        &'static self,
        from: Option<Timestamp>,
        snapshot: &Snapshot,
    ) -> Option<Wait> {
        self.wait_for(self.seconds, from, snapshot)
    }

    /// The same, where the cluster says itself how many seconds it takes.
    pub(crate) fn wait_for(
        &'static self,
        seconds: i64,
        from: Option<Timestamp>,
        snapshot: &Snapshot,
    ) -> Option<Wait> {
        let from = from?;
        let until = Timestamp::from_second(from.as_second().checked_add(seconds)?).ok()?;
        (!snapshot.has_passed(from, seconds)).then_some(Wait {
            patience: self,
            until,
        })
    }

    /// Why it is waited for.
    pub(crate) fn message(&self) -> Message {
        Message::new(self.why.id)
    }
}

/// The node controller lets a kubelet be silent for 50 seconds
/// (`--node-monitor-grace-period`), and network plugins come with a DaemonSet of their own
/// that must first be pulled.
pub(crate) static NODE_JOINS: Patience = Patience::of(
    60,
    text(
        "patience.node-joins",
        "a node that joins has a minute for its network and its kubelet's first checks",
        "参加したばかりのノードには、ネットワークと kubelet の最初の確認のために 1 分の猶予があります",
    ),
);

/// The scheduler looks at a new Pod within seconds; after a failed try it waits up to ten
/// (`podMaxBackoffSeconds`).
pub(crate) static SCHEDULING: Patience = Patience::of(
    30,
    text(
        "patience.scheduling",
        "the scheduler has half a minute to find a node",
        "スケジューラーがノードを見つけるまで 30 秒の猶予があります",
    ),
);

/// Volumes are attached and mounted and images pulled one after the other; the kubelet itself
/// complains of volumes after two minutes and three seconds (`podAttachAndMountTimeout`).
pub(crate) static CONTAINERS_CREATED: Patience = Patience::of(
    180,
    text(
        "patience.containers-created",
        "volumes and images have three minutes to come",
        "ボリュームとイメージの準備には 3 分の猶予があります",
    ),
);

/// A kubelet pulls for as long as something comes; images of gigabytes take minutes.
pub(crate) static IMAGE_PULL: Patience = Patience::of(
    600,
    text(
        "patience.image-pull",
        "an image that is being pulled has ten minutes",
        "イメージの取得には 10 分の猶予があります",
    ),
);

/// Init containers do real work, such as migrations: they are bounded by nothing but habit.
pub(crate) static INIT: Patience = Patience::of(
    600,
    text(
        "patience.init",
        "init containers have ten minutes for their work",
        "init コンテナの処理には 10 分の猶予があります",
    ),
);

/// An application without a probe that says more. Where its probes say how long it may take,
/// that counts (`startupProbe`, `initialDelaySeconds`, `failureThreshold` times
/// `periodSeconds`).
pub(crate) static STARTING: Patience = Patience::of(
    60,
    text(
        "patience.starting",
        "its probes let it take so long to start",
        "Probe の設定で許された起動時間の範囲内です",
    ),
);

/// A controller acts on a change within seconds.
pub(crate) static CONTROLLER_ACTS: Patience = Patience::of(
    60,
    text(
        "patience.controller-acts",
        "its controller has a minute to act on the latest change",
        "コントローラーが最新の変更に対応するまで 1 分の猶予があります",
    ),
);

/// A rollout that leaves nobody to answer hurts long before `progressDeadlineSeconds` ends.
pub(crate) static NONE_READY: Patience = Patience::of(
    120,
    text(
        "patience.none-ready",
        "a workload with no ready Pod has two minutes, or as long as its probes allow",
        "Ready な Pod がないワークロードには 2 分、または Probe で許された時間の猶予があります",
    ),
);

/// `spec.progressDeadlineSeconds` of a Deployment, 600 when absent.
pub(crate) static ROLLOUT: Patience = Patience::of(
    600,
    text(
        "patience.rollout",
        "its progressDeadlineSeconds has not passed",
        "progressDeadlineSeconds がまだ経過していません",
    ),
);

/// The Job controller waits ten seconds after the first failed Pod, twice as long after each
/// further one, and at most six minutes.
pub(crate) static JOB_BACK_OFF: Patience = Patience::of(
    360,
    text(
        "patience.job-back-off",
        "the Job waits before its next try",
        "Job は次の試行まで待機中です",
    ),
);

/// Provisioners make a volume in seconds, clouds in a minute or two.
pub(crate) static CLAIM_BINDS: Patience = Patience::of(
    120,
    text(
        "patience.claim-binds",
        "a volume has two minutes to be made and bound",
        "ボリュームの作成とバインドには 2 分の猶予があります",
    ),
);

/// Clouds need minutes for a load balancer.
pub(crate) static LOAD_BALANCER: Patience = Patience::of(
    300,
    text(
        "patience.load-balancer",
        "a load balancer has five minutes to get its address",
        "ロードバランサーのアドレス割り当てには 5 分の猶予があります",
    ),
);

/// Controllers of other objects retry with a back-off that mostly ends at a few minutes.
pub(crate) static CONDITION: Patience = Patience::of(
    300,
    text(
        "patience.condition",
        "its controller has five minutes to reach what is asked for",
        "コントローラーが目的の状態に達するまで 5 分の猶予があります",
    ),
);

/// After the deletion timestamp, which for a Pod includes its grace period.
pub(crate) static DELETION: Patience = Patience::of(
    120,
    text(
        "patience.deletion",
        "what is being deleted has two minutes more than its grace period",
        "削除中のオブジェクトには、猶予期間の後さらに 2 分の猶予があります",
    ),
);

/// The event recorder repeats what goes on at least every five minutes; what was said but
/// twice may have been a start.
pub(crate) static REPEATED: Patience = Patience::of(
    300,
    text(
        "patience.repeated",
        "what is reported again and again is judged after five minutes",
        "繰り返し報告されるイベントは 5 分後に判定します",
    ),
);

/// Every patience.
static ALL: [&Patience; 15] = [
    &NODE_JOINS,
    &SCHEDULING,
    &CONTAINERS_CREATED,
    &IMAGE_PULL,
    &INIT,
    &STARTING,
    &CONTROLLER_ACTS,
    &NONE_READY,
    &ROLLOUT,
    &JOB_BACK_OFF,
    &CLAIM_BINDS,
    &LOAD_BALANCER,
    &CONDITION,
    &DELETION,
    &REPEATED,
];

/// Why each is waited for.
pub(crate) fn texts() -> impl Iterator<Item = &'static Text> {
    ALL.iter().map(|patience| &patience.why)
}
