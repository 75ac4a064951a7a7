//! Every patience, with its reason and source.

use super::Patience;
use crate::text::{Text, text};

/// Defines each patience and the list of all. The first number is in seconds.
macro_rules! patience {
    ($($(#[$doc:meta])+ $name:ident: $seconds:literal, $id:literal, $en:literal, $ja:literal;)+) => {
        $($(#[$doc])+
        pub(crate) static $name: Patience = Patience::of($seconds, text($id, $en, $ja));)+

        static ALL: &[&Patience] = &[$(&$name,)+];
    };
}

patience! {
    /// The node controller lets a kubelet be silent for 50 seconds
    /// (`--node-monitor-grace-period`), and network plugins come with a DaemonSet of their own
    /// that must first be pulled.
    NODE_JOINS: 60,
        "patience.node-joins",
        "a node that joins has a minute for its network and its kubelet's first checks",
        "参加したばかりのノードには、ネットワークと kubelet の最初の確認のために 1 分の猶予があります";

    /// The scheduler looks at a new Pod within seconds; after a failed try it waits up to ten
    /// (`podMaxBackoffSeconds`).
    SCHEDULING: 30,
        "patience.scheduling",
        "the scheduler has half a minute to find a node",
        "スケジューラーがノードを見つけるまで 30 秒の猶予があります";

    /// Volumes are attached and mounted and images pulled one after the other; the kubelet itself
    /// complains of volumes after two minutes and three seconds (`podAttachAndMountTimeout`).
    CONTAINERS_CREATED: 180,
        "patience.containers-created",
        "volumes and images have three minutes to come",
        "ボリュームとイメージの準備には 3 分の猶予があります";

    /// A kubelet pulls for as long as something comes; images of gigabytes take minutes.
    IMAGE_PULL: 600,
        "patience.image-pull",
        "an image that is being pulled has ten minutes",
        "イメージの取得には 10 分の猶予があります";

    /// Init containers do real work, such as migrations: they are bounded by nothing but habit.
    INIT: 600,
        "patience.init",
        "init containers have ten minutes for their work",
        "init コンテナの処理には 10 分の猶予があります";

    /// An application without a probe that says more. Where its probes say how long it may take,
    /// that counts (`startupProbe`, `initialDelaySeconds`, `failureThreshold` times
    /// `periodSeconds`).
    STARTING: 60,
        "patience.starting",
        "its probes allow it this long to start",
        "Probe の設定で許された起動時間の範囲内です";

    /// A controller acts on a change within seconds.
    CONTROLLER_ACTS: 60,
        "patience.controller-acts",
        "its controller has a minute to act on the latest change",
        "コントローラーが最新の変更に対応するまで 1 分の猶予があります";

    /// A rollout that leaves nobody to answer hurts long before `progressDeadlineSeconds` ends.
    NONE_READY: 120,
        "patience.none-ready",
        "a workload with no ready Pod has two minutes, or as long as its probes allow",
        "Ready な Pod がないワークロードには 2 分、または Probe で許された時間の猶予があります";

    /// `spec.progressDeadlineSeconds` of a Deployment, 600 when absent.
    ROLLOUT: 600,
        "patience.rollout",
        "its progressDeadlineSeconds has not passed",
        "progressDeadlineSeconds がまだ経過していません";

    /// The Job controller waits ten seconds after the first failed Pod, twice as long after each
    /// further one, and at most six minutes.
    JOB_BACK_OFF: 360,
        "patience.job-back-off",
        "the Job waits before its next try",
        "Job は次の試行まで待機中です";

    /// Provisioners make a volume in seconds, clouds in a minute or two.
    CLAIM_BINDS: 120,
        "patience.claim-binds",
        "a volume has two minutes to be made and bound",
        "ボリュームの作成とバインドには 2 分の猶予があります";

    /// Clouds need minutes for a load balancer.
    LOAD_BALANCER: 300,
        "patience.load-balancer",
        "a load balancer has five minutes to get its address",
        "ロードバランサーのアドレス割り当てには 5 分の猶予があります";

    /// Controllers of other objects retry with a back-off that mostly ends at a few minutes.
    CONDITION: 300,
        "patience.condition",
        "its controller has five minutes to reach what is asked for",
        "コントローラーが目的の状態に達するまで 5 分の猶予があります";

    /// After the deletion timestamp, which for a Pod includes its grace period.
    DELETION: 120,
        "patience.deletion",
        "what is being deleted has two minutes more than its grace period",
        "削除中のオブジェクトには、猶予期間の後さらに 2 分の猶予があります";

    /// The event recorder repeats what goes on at least every five minutes; what was said but
    /// twice may have been a start.
    REPEATED: 300,
        "patience.repeated",
        "what is reported again and again is judged after five minutes",
        "繰り返し報告されるイベントは 5 分後に判定します";

    /// A scheduler looks at a new Pod within milliseconds; a busy one has a queue.
    SCHEDULER_LOOKS: 5,
        "patience.scheduler-looks",
        "a scheduler has five seconds for its first look at a Pod",
        "スケジューラーが Pod を最初に確認するまで 5 秒の猶予があります";

    /// Controllers of quota and capacity lift their gates in a moment
    /// (<https://kubernetes.io/docs/concepts/scheduling-eviction/pod-scheduling-readiness/>).
    GATE_LIFTED: 5,
        "patience.gate-lifted",
        "a scheduling gate has five seconds to be lifted",
        "scheduling gate が外されるまで 5 秒の猶予があります";

    /// Clouds give a machine in minutes; the cluster autoscaler gives one up after fifteen
    /// (`--max-node-provision-time`), and long before that says so.
    SCALE_UP: 600,
        "patience.scale-up",
        "a node that an autoscaler adds has ten minutes to come",
        "オートスケーラーが追加するノードには 10 分の猶予があります";

    /// CoreDNS waits for the API server, and its readiness probe comes every ten seconds.
    DNS_STARTS: 60,
        "patience.dns-starts",
        "a Pod of the DNS server has a minute to get ready",
        "DNS サーバーの Pod には Ready になるまで 1 分の猶予があります";

    /// Disks of clouds are made in seconds, where a provisioner is at work at all.
    PROVISIONER_ANSWERS: 30,
        "patience.provisioner-answers",
        "a provisioner has half a minute to answer",
        "プロビジョナーの応答には 30 秒の猶予があります";

    /// A provisioner that says that it is at work may make a file system of a cloud, which takes
    /// minutes.
    PROVISIONER_WORKS: 600,
        "patience.provisioner-works",
        "a provisioner that is at work has ten minutes",
        "作業中のプロビジョナーには 10 分の猶予があります";

    /// The kubelet gives up each try after two minutes and three seconds
    /// (`podAttachAndMountTimeout`); before that its silence says nothing.
    VOLUME_MOUNTS: 120,
        "patience.volume-mounts",
        "volumes of which the kubelet says nothing more have two minutes",
        "kubelet が理由を示していないボリュームには 2 分の猶予があります";

    /// Controllers of some clouds take up an Ingress without any IngressClass, and need minutes.
    INGRESS_TAKEN_UP: 600,
        "patience.ingress-taken-up",
        "an Ingress without a class has ten minutes to be taken up",
        "クラスのない Ingress が処理されるまで 10 分の猶予があります";

    /// A challenge has to be answered and seen from outside
    /// (<https://cert-manager.io/docs/concepts/acme-orders-challenges/>).
    CERTIFICATE_ISSUED: 120,
        "patience.certificate-issued",
        "a certificate has two minutes to be issued",
        "証明書の発行には 2 分の猶予があります";

    /// The CronJob controller looks every ten seconds; one that was down or busy starts late runs.
    RUN_STARTS_LATE: 300,
        "patience.run-starts-late",
        "a run that was not reported as missed has five minutes to start",
        "開始されていない実行には、予定時刻から 5 分の猶予があります";

    /// The CronJob controller looks every ten seconds
    /// (<https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/>).
    RUN_STARTS: 60,
        "patience.run-starts",
        "a run that is due has a minute to start",
        "予定時刻を迎えた実行には 1 分の猶予があります";

    /// metrics-server collects every 15 seconds, the autoscaler looks every 15, and usage counts
    /// from a Pod's first minutes on (`--horizontal-pod-autoscaler-cpu-initialization-period`).
    METRICS: 180,
        "patience.metrics",
        "metrics of new Pods have three minutes to come",
        "新しい Pod のメトリクスには 3 分の猶予があります";

    /// A container beside the one that works is told of its end, or looks every few seconds.
    SIDECAR_NOTICES: 10,
        "patience.sidecar-notices",
        "a sidecar has ten seconds to notice that the work is done",
        "サイドカーが処理の終了に気付くまで 10 秒の猶予があります";

    /// A line that says what is missing is what an init container waits for, when it waits on.
    INIT_COMPLAINS: 60,
        "patience.init-complains",
        "what an init container says is missing has a minute to appear",
        "init コンテナが待っているものには 1 分の猶予があります";

    /// A container that is not ready yet may meet others that start with it.
    COMPLAINS: 60,
        "patience.complains",
        "what a container that is not ready complains of has a minute to come",
        "Ready でないコンテナが待っているものには 1 分の猶予があります";

    /// Controllers act on a deletion within seconds.
    FINALIZER: 10,
        "patience.finalizer",
        "a controller has ten seconds to remove its finalizer",
        "コントローラーがファイナライザーを外すまで 10 秒の猶予があります";

    /// After a minute nobody is at work on a finalizer, for certain.
    FINALIZER_CERTAIN: 60,
        "patience.finalizer-certain",
        "after a minute it is certain that nobody removes a finalizer",
        "1 分たっても外されないファイナライザーは、誰も処理していないと判断します";

    /// Kubernetes' own controllers free volumes and load balancers at a cloud first.
    FINALIZER_OF_KUBERNETES: 300,
        "patience.finalizer-of-kubernetes",
        "a controller of Kubernetes has five minutes to remove its finalizer",
        "Kubernetes のコントローラーがファイナライザーを外すまで 5 分の猶予があります";

    /// What became of an eviction is looked at for an hour; then it is history, if its owner is
    /// well.
    EVICTION_LOOKED_AT: 3600,
        "patience.eviction-looked-at",
        "an eviction is shown for an hour",
        "退避は 1 時間のあいだ表示されます";
}

/// Why each is waited for.
pub(crate) fn texts() -> impl Iterator<Item = &'static Text> {
    ALL.iter().map(|patience| &patience.why)
}
