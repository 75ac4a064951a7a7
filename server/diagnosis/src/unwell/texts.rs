use crate::text::{Text, text};

/// The sentences about what is not well.
pub(crate) const TEXTS: &[Text] = &[
    // Why something is well that does not look so.
    text("harmless.completed", "completed", "完了済み"),
    text(
        "harmless.suspended",
        "suspended on purpose",
        "意図的に一時停止中",
    ),
    text(
        "harmless.scaled-to-zero",
        "scaled to 0, nothing needs it",
        "レプリカ数は 0、必要とするものなし",
    ),
    text(
        "harmless.recovered",
        "{n} {n|restart|restarts}, recovered",
        "再起動 {n} 回、回復済み",
    ),
    // What is not well.
    text(
        "unwell.replicas",
        "{kind} {name}: {ready} of {wanted} ready",
        "{kind} {name}: {wanted} 個中 {ready} 個が Ready",
    ),
    text(
        "unwell.unobserved",
        "{kind} {name}: its controller has not acted on the latest change",
        "{kind} {name}: 最新の変更にコントローラーが対応していない",
    ),
    text(
        "unwell.unscheduled",
        "Pod {name} has no node yet",
        "Pod {name} はまだノードに割り当てられていない",
    ),
    text(
        "unwell.creating",
        "Pod {name} is on node {node}, and its containers have not started",
        "Pod {name} はノード {node} に割り当て済みだが、コンテナが開始されていない",
    ),
    text(
        "unwell.init",
        "Pod {name}: init container {container} has not finished",
        "Pod {name}: init コンテナ {container} が完了していない",
    ),
    text(
        "unwell.waiting",
        "Pod {name}: container {container} waits with {reason}",
        "Pod {name}: コンテナ {container} が {reason} で待機中",
    ),
    text(
        "unwell.ended",
        "Pod {name}: container {container} ended with exit code {code}",
        "Pod {name}: コンテナ {container} が終了コード {code} で終了",
    ),
    text(
        "unwell.not-ready",
        "Pod {name} runs and is not ready",
        "Pod {name} は実行中だが Ready ではない",
    ),
    text(
        "unwell.failed-pod",
        "Pod {name} has failed",
        "Pod {name} が失敗した",
    ),
    text(
        "unwell.lost-pod",
        "The state of Pod {name} is not known: its node does not report",
        "Pod {name} の状態は不明（ノードからの報告がない）",
    ),
    text(
        "unwell.failed-job",
        "Job {name} has failed",
        "Job {name} が失敗した",
    ),
    text(
        "unwell.idle-job",
        "Job {name} has no Pod that works on it",
        "Job {name} を処理する Pod がない",
    ),
    text(
        "unwell.endpoints",
        "Service {name}, which {by} needs, has no ready endpoint",
        "{by} が必要とする Service {name} に Ready なエンドポイントがない",
    ),
    text(
        "unwell.load-balancer",
        "Service {name} of type LoadBalancer has no address",
        "LoadBalancer タイプの Service {name} にアドレスがない",
    ),
    text(
        "unwell.ingress",
        "Ingress {name} has no address, though others of class {class} have one",
        "同じクラス {class} の他の Ingress と異なり、Ingress {name} にアドレスがない",
    ),
    text(
        "unwell.claim",
        "PersistentVolumeClaim {name} is {phase}, and Pod {pod} uses it",
        "Pod {pod} が使用する PersistentVolumeClaim {name} が {phase} のまま",
    ),
    text(
        "unwell.claim-lost",
        "PersistentVolumeClaim {name} has lost its volume",
        "PersistentVolumeClaim {name} のボリュームが失われている",
    ),
    text(
        "unwell.volume",
        "PersistentVolume {name} has failed",
        "PersistentVolume {name} が失敗した",
    ),
    text(
        "unwell.node-joins",
        "Node {name} has joined and is not ready yet",
        "Node {name} は参加済みだが、まだ Ready ではない",
    ),
    text(
        "unwell.node",
        "Node {name} is not ready",
        "Node {name} が Ready ではない",
    ),
    text(
        "unwell.condition",
        "{kind} {name}: condition {type} is {status}",
        "{kind} {name}: Condition {type} が {status}",
    ),
    text(
        "unwell.phase",
        "{kind} {name}: its phase is {phase}",
        "{kind} {name}: phase が {phase}",
    ),
    text(
        "unwell.deletion",
        "{kind} {name} is being deleted and is still there",
        "{kind} {name} は削除中だが、まだ残っている",
    ),
    text(
        "unwell.deletion-held",
        "{kind} {name} is being deleted and is held by {finalizers}",
        "{kind} {name} は削除中だが、{finalizers} により残っている",
    ),
    text(
        "unwell.warned",
        "{kind} {name}: {reporter} keeps reporting {reason}",
        "{kind} {name}: {reporter} が {reason} を報告し続けている",
    ),
    text(
        "settle.logs",
        "Its log tells more: {command}",
        "ログで詳細を確認できる: {command}",
    ),
];
