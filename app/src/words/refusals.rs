words! {
    /// Why the server does not do or show what it was asked for.
    pub RefusalWords {
        form: &'static str = "The form is not complete, or a field of it is wrong. Load the page again.", "フォームが不完全か、項目が誤っています。ページを読み込み直します。";
        link_made_before: &'static str = "This form has made its link already. The link was shown once; make another if it is lost.", "このフォームのリンクは作成済みです。リンクは一度だけ表示されます。失った場合は、別のリンクを作成します。";
        nothing_at_link: &'static str = "There is nothing at this link.", "このリンクには何もありません。";
        too_many_effects: fn(usize) -> String = |going| format!("{going} tasks are running for this portal; wait until one ends, or stop one."), |going| format!("このポータルで {going} 件の処理を実行中です。いずれかの終了を待つか、停止してください。");
        read_only: &'static str = "This Podside runs with --read-only: it creates nothing in a cluster and runs nothing there. What is left can still be removed.", "この Podside は --read-only で動作しています。クラスターには何も作成せず、何も実行しません。残っているものの削除はできます。";
        acts_for_nobody: &'static str = "Other machines can reach this Podside, and it asks nobody who they are: it does nothing in a cluster for them. What is left goes at its deadline; the kubectl command removes it sooner.", "この Podside にはほかのマシンから接続でき、利用者を確認しないため、クラスターでは何も実行しません。残っているものは期限に削除されます。すぐに削除するには kubectl コマンドを使います。";
        no_place: &'static str = "There is no Pod here in which it could be run: the Pod has ended, is being deleted, or is on no node.", "実行できる Pod がありません。Pod が終了済みか、削除中か、どのノードにも割り当てられていません。";
        no_creation: fn(i64) -> String = |id| format!("Nothing of number {id} is left by this Podside."), |id| format!("この Podside が残したものに番号 {id} はありません。");
        not_own_pod: fn(&str) -> String = |pod| format!("{pod} is another Pod than it was, or was not created by Podside. It is left alone."), |pod| format!("{pod} は以前と異なる Pod か、Podside が作成したものではありません。変更していません。");
        ended_meanwhile: &'static str = "Somebody removed it while it was created.", "作成中にほかの操作で削除されました。";
        leftovers_unasked: fn(u64) -> String = |seconds| format!("the API server did not answer within {seconds} s"), |seconds| format!("API サーバーが {seconds} 秒以内に応答しませんでした");
        file_unwritten: &'static str = "The file could not be written.", "ファイルを書き込めませんでした。";
        address_too_long: fn(usize) -> String = |most| format!("This address is too long: Podside reads at most {most} bytes."), |most| format!("アドレスが長すぎます。Podside が読み取るのは {most} バイトまでです。");
        too_long: fn(&str, usize, usize) -> String = |named, most, has| format!("A {named} has at most {most} characters; this one has {has}."), |named, most, has| format!("{named}は {most} 文字までです（{has} 文字ありました）。");
        too_many_logs: fn(usize, usize) -> String = |most, asked| format!("Logs are shown of {most} objects at most, not of {asked}."), |most, asked| format!("ログを表示できるのは {most} 個までです（{asked} 個ありました）。");
        search: &'static str = "search", "検索語";
        cluster_name: &'static str = "name of a cluster", "クラスター名";
        namespace_name: &'static str = "Namespace", "Namespace 名";
        kind: &'static str = "kind of an object", "オブジェクトの種類";
        object_name: &'static str = "name of an object", "オブジェクト名";
        container_name: &'static str = "name of a container", "コンテナ名";
        logs_target: &'static str = "target of logs", "ログの対象";
        path: &'static str = "path in an object", "オブジェクト内のパス";
        cause: &'static str = "cause", "原因";
        runbook_name: &'static str = "name of a runbook", "ランブック名";
        no_cluster: fn(&str) -> String = |name| format!("There is no cluster {name}."), |name| format!("クラスター {name} はありません。");
        not_connected: fn(&str, u64) -> String = |name, seconds| format!("{name} could not be connected to within {seconds} s"), |name, seconds| format!("{name} に {seconds} 秒以内に接続できませんでした");
        no_namespace: fn(&str) -> String = |name| format!("There is no Namespace {name}."), |name| format!("Namespace {name} はありません。");
        no_object: fn(&str) -> String = |object| format!("There is no {object}."), |object| format!("{object} はありません。");
        no_object_on: fn(&str, &str) -> String = |object, cluster| format!("There is no {object} in {cluster}."), |object, cluster| format!("{cluster} に {object} はありません。");
        no_kind: fn(&str, &str) -> String = |cluster, kind| format!("Cluster {cluster} has no kind {kind}. If it had, its CustomResourceDefinition was deleted, and its objects with it."), |cluster, kind| format!("クラスター {cluster} に {kind} という種類はありません。以前あった場合は、CustomResourceDefinition とともにそのオブジェクトも削除されています。");
        nothing_at_path: fn(&str, &str) -> String = |object, path| format!("{object} has nothing at {path} any more."), |object, path| format!("{object} の {path} には現在何もありません。");
        no_investigation: fn(i64) -> String = |id| format!("There is no investigation {id}."), |id| format!("調査 {id} はありません。");
        no_runbook: fn(&str) -> String = |id| format!("There is no runbook {id}."), |id| format!("ランブック {id} はありません。");
        not_on_kind: fn(&str, &str) -> String = |runbook, kind| format!("Runbook {runbook} does not start on a {kind}."), |runbook, kind| format!("ランブック {runbook} は {kind} では開始できません。");
        follows_none: &'static str = "This investigation follows no runbook.", "この調査はランブックに従っていません。";
        runbook_unreadable: fn(&str) -> String = |runbook| format!("This Podside cannot read the version of runbook {runbook} that the investigation follows."), |runbook| format!("この調査が従うランブック {runbook} の版を、この Podside は読み取れません。");
        note_too_long: fn(usize) -> String = |most| format!("A note has at most {most} bytes."), |most| format!("メモは {most} バイトまでです。");
        not_read_yet: fn(&str) -> String = |cluster| format!("{cluster} is not read yet, so nothing can be shared. Try again in a moment."), |cluster| format!("{cluster} をまだ読み取れていないため、共有できません。しばらくしてからもう一度試します。");
        problem_gone: fn(&str, &str) -> String = |cause, subject| format!("{cause} is not found on {subject} now: it was fixed, or what it was found on is gone. Nothing was kept, and no link was made."), |cause, subject| format!("{subject} の {cause} は現在見つかりません。修正されたか、対象がなくなりました。何も保存されず、リンクも作成されていません。");
    }
}
