//! Texts that are not one rule's own.

use crate::text::{Text, text};

pub(super) const TEXTS: &[Text] = &[
    // What an expression of a runbook was answered from.
    text("runbook.value", "{value}", "{value}"),
    // How a test of a runbook ended.
    text("runbook.exited", "exit code {code}", "終了コード {code}"),
    // What a piece of evidence shows, where the rule does not say it better.
    text(
        "evidence.field",
        "{field} of {kind} {name}",
        "{kind} {name} の {field}",
    ),
    text(
        "evidence.waiting",
        "Container {container} waits: {reason}",
        "コンテナ {container} が待機中: {reason}",
    ),
    text(
        "evidence.ended",
        "Container {container} ended with exit code {code}",
        "コンテナ {container} が終了コード {code} で終了",
    ),
    text(
        "evidence.restarts",
        "Container {container} has been restarted {n} {n|time|times}",
        "コンテナ {container} の再起動は {n} 回",
    ),
    text(
        "evidence.condition",
        "Condition {type} of {kind} {name} is {status}",
        "{kind} {name} の Condition {type} は {status}",
    ),
    text(
        "evidence.event",
        "{reporter} reports {reason}",
        "{reporter} が {reason} を報告",
    ),
    text(
        "evidence.event-among-many",
        "{reporter} reports {reason}, more often than is counted here: of so many events about this object {unkept} are left out",
        "{reporter} が {reason} を報告（このオブジェクトのイベントは多いため {unkept} 件を省略しており、実際の回数はこれより多い）",
    ),
    text(
        "evidence.log",
        "Container {container} of Pod {name} logged this",
        "Pod {name} のコンテナ {container} が出力したログ",
    ),
    text(
        "evidence.absence",
        "{kind} {name} does not exist",
        "{kind} {name} が存在しない",
    ),
    text(
        "evidence.absent-key",
        "{kind} {name} has no key {key}",
        "{kind} {name} にキー {key} がない",
    ),
    text(
        "evidence.command",
        "What the command shows",
        "コマンドの出力",
    ),
    text(
        "evidence.command-cut",
        "What the command shows, but for the last {n} bytes, which were not kept",
        "コマンドの出力（末尾の {n} バイトは保存されていません）",
    ),
    // The state of something that a problem breaks.
    text(
        "state.ready",
        "{ready} of {wanted} ready",
        "Ready {ready}/{wanted}",
    ),
    text(
        "state.endpoints",
        "{ready} of {wanted} endpoints ready",
        "Ready なエンドポイント {ready}/{wanted}",
    ),
    text("state.refused", "connections refused", "接続を拒否"),
    text(
        "state.no-endpoints",
        "no ready endpoint",
        "Ready なエンドポイントがない",
    ),
    text("state.waits", "waits for it", "待機中"),
    text(
        "state.no-names",
        "no ready endpoint: no name resolves in the cluster",
        "Ready なエンドポイントがなく、クラスター内で名前を解決できない",
    ),
    text(
        "state.shares-fault",
        "has the same fault",
        "同じ原因の問題がある",
    ),
    text(
        "state.broken",
        "does not work because of it",
        "この影響で動作しない",
    ),
    // What stands in the place of an object that its reader has no right to.
    text(
        "unreadable.object",
        "an object in a namespace that you may not read",
        "閲覧権限のない Namespace のオブジェクト",
    ),
    // What could not be told.
    text(
        "unknown.object",
        "Cannot tell whether {kind} {name} exists in namespace {namespace}",
        "Namespace {namespace} に {kind} {name} が存在するかどうかは判断できない",
    ),
    text(
        "unknown.cluster-object",
        "Cannot tell whether {kind} {name} exists",
        "{kind} {name} が存在するかどうかは判断できない",
    ),
    text(
        "unknown.keys",
        "Cannot tell which keys {kind} {name} in namespace {namespace} has",
        "Namespace {namespace} の {kind} {name} にどのキーがあるかは判断できない",
    ),
    text(
        "unknown.kind",
        "Cannot tell whether anything is wrong with the {resource} of namespace {namespace}: they could not be read",
        "Namespace {namespace} の {resource} に問題があるかどうかは判断できない（読み取れないため）",
    ),
    text(
        "unknown.cluster-kind",
        "Cannot tell whether anything is wrong with the {resource}: they could not be read",
        "{resource} に問題があるかどうかは判断できない（読み取れないため）",
    ),
    text(
        "unknown.kinds",
        "Cannot tell whether anything is wrong with any of {count} kinds: they could not be read ({resource})",
        "{count} 種類のオブジェクトに問題があるかどうかは判断できない（読み取れないため）: {resource}",
    ),
    text(
        "unknown.log",
        "Cannot tell why container {container} of Pod {name} fails: its log could not be read",
        "Pod {name} のコンテナ {container} が失敗する理由は判断できない（ログを読み取れないため）",
    ),
    text(
        "unknown.log-unread",
        "Cannot tell yet why container {container} of Pod {name} fails: its log has not been read yet",
        "Pod {name} のコンテナ {container} が失敗する理由はまだ判断できない（ログをまだ読み取っていないため）",
    ),
    text(
        "unknown.log-of-ready",
        "Cannot tell whether container {container} of Pod {name}, which is ready, logs an error: its log has not been read",
        "Ready な Pod {name} のコンテナ {container} がエラーを出力しているかどうかは判断できない（ログを読み取っていないため）",
    ),
    text(
        "unknown.logs-of-ready",
        "Cannot tell whether {count} ready containers of namespace {namespace} log errors: their logs have not been read",
        "Namespace {namespace} の Ready なコンテナ {count} 個がエラーを出力しているかどうかは判断できない（ログを読み取っていないため）",
    ),
    text(
        "unknown.kinds-denied",
        "Cannot tell whether anything is wrong with any of {count} kinds of namespace {namespace}: they could not be read ({resource})",
        "Namespace {namespace} の {count} 種類のオブジェクトに問題があるかどうかは判断できない（読み取れないため）: {resource}",
    ),
    text(
        "unknown.creation",
        "Cannot tell why {kind} {name} has no Pods: its events could not be read",
        "{kind} {name} に Pod がない理由は判断できない（イベントを読み取れないため）",
    ),
    text(
        "settle.right",
        "The right to {verb} {resource} would settle it",
        "{resource} に対する {verb} の権限があれば判断できる",
    ),
    text(
        "settle.command",
        "This settles it: {command}",
        "次のコマンドで確認できる: {command}",
    ),
];
