//! The texts of the rule for custom resources that are not ready.

use crate::text::{Text, text};

pub(super) const TEXTS: &[Text] = &[
    text(
        "title",
        "{kind} {name} is not ready: {said}",
        "{kind} {name} が Ready にならない: {said}",
    ),
    text(
        "title.failed",
        "{kind} {name} has failed: {said}",
        "{kind} {name} が失敗した: {said}",
    ),
    text(
        "title.part",
        "{kind} {name} is not ready, because {part_kind} {part}, which was made for it, is not: {said}",
        "{kind} {name} が Ready にならない（そのために作成された {part_kind} {part} が完了しない）: {said}",
    ),
    text(
        "title.silent",
        "{kind} {name} says that it is {state}, and not why",
        "{kind} {name} が {state} の状態にあり、理由は示されていない",
    ),
    text(
        "title.warned",
        "The controller of {kind} {name} keeps reporting {reason}: {said}",
        "{kind} {name} のコントローラーが {reason} を報告し続けている: {said}",
    ),
    text(
        "explanation",
        "A custom resource is only a wish: its controller has to fulfil it, and writes into the status how far it is. Here it is {state}. What is to come from {kind} {name} is missing or out of date until that changes.",
        "カスタムリソースは要求を表すだけで、実現するのはそのコントローラーです。進み具合は status に書かれ、ここでは {state} です。{kind} {name} から作成されるはずのものは、これが解決するまで存在しないか、古いままです。",
    ),
    text(
        "explanation.secrets",
        "Its controller is to make Secret {secrets} from it and has not: the status is {state}. Whoever needs the Secret waits for this; one that is created by hand would be overwritten, or hide what is wrong.",
        "コントローラーがここから Secret {secrets} を作成するはずですが、作成していません（status は {state}）。この Secret を必要とするものはすべて待機します。手で作成しても上書きされるか、原因が隠れるだけです。",
    ),
    text(
        "explanation.needed",
        "{users} {users|other object needs|other objects need} {kind} {name} and cannot go on before it is ready; its status is {state}.",
        "ほかに {users} 個のオブジェクトが {kind} {name} を必要としており、Ready になるまで先に進めません（status は {state}）。",
    ),
    text(
        "explanation.warned",
        "Its status says nothing of it, but the warning has come {count} times and goes on. What is to come from {kind} {name} is missing or out of date until its controller succeeds.",
        "status には書かれていませんが、この警告は {count} 回繰り返され、今も続いています。コントローラーが成功するまで、{kind} {name} から作成されるはずのものは存在しないか、古いままです。",
    ),
    text(
        "fix.account",
        "Create ServiceAccount {account} in namespace {namespace} with the rights that it needs, or name one that exists in {kind} {name}.",
        "Namespace {namespace} に、必要な権限を持つ ServiceAccount {account} を作成するか、{kind} {name} に既存のものを指定します。",
    ),
    text(
        "fix.missing",
        "Create {need_kind} {need}, or name one that exists in {kind} {name}.",
        "{need_kind} {need} を作成するか、{kind} {name} に既存のものを指定します。",
    ),
    text(
        "fix.challenge",
        "Make the challenge answerable: for HTTP-01 the host must lead to this cluster's ingress controller on port 80 and the solver of the issuer must name a class that is served here; for DNS-01 the solver needs the rights to write into the zone.",
        "チャレンジに応答できるようにします。HTTP-01 の場合、ホスト名がこのクラスターの Ingress コントローラーのポート 80 に到達し、issuer の solver がここで処理されるクラスを指定している必要があります。DNS-01 の場合、solver にゾーンへの書き込み権限が必要です。",
    ),
    text(
        "fix.rights",
        "Give the account with which its controller works the right that the message names.",
        "メッセージが示す権限を、コントローラーが使うアカウントに付与します。",
    ),
    text(
        "fix.spec",
        "Correct what the message names, in {kind} {name} or where that points; its controller then tries again by itself.",
        "メッセージが示す点を、{kind} {name} またはその参照先で修正します。コントローラーは自動的に再試行します。",
    ),
    text(
        "fix.look",
        "See all that its controller says of it, its events among that.",
        "イベントも含め、コントローラーが示す内容をすべて確認します。",
    ),
    text(
        "fix.again",
        "Then start it anew: what has failed once is not tried again.",
        "その後、改めて実行します。一度失敗したものは再試行されません。",
    ),
];
