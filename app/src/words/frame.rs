use crate::chain::plural;

words! {
    /// The masthead, the chart head and the key list: what stands round every page.
    FrameWords {
        skip: &'static str = "Skip to the finding", "本文へ移動";
        front: &'static str = "Podside, front page", "Podside トップページ";
        places: &'static str = "Places", "ページ";
        triage: &'static str = "Triage", "トリアージ";
        runbooks: &'static str = "Runbooks", "ランブック";
        logs: &'static str = "Logs", "ログ";
        history: &'static str = "History", "履歴";
        menu: &'static str = "Menu", "メニュー";
        arriving: &'static str = "The page is on its way …", "ページを読み込んでいます…";
        find_or_do: &'static str = "Find or do", "検索・実行";
        print: &'static str = "Print", "印刷";
        dark: &'static str = "Dark", "ダーク";
        light: &'static str = "Light", "ライト";
        where_you_are: &'static str = "Where and when", "対象と観測時刻";
        cluster: &'static str = "Cluster", "クラスター";
        namespace: &'static str = "Namespace", "Namespace";
        all: &'static str = "all", "すべて";
        all_of: fn(usize) -> String = |n| format!("all {n}"), |n| format!("すべて（{n}）");
        switch_cluster: &'static str = "Switch the cluster", "クラスターを切り替える";
        switch_namespace: &'static str = "Switch the namespace", "Namespace を切り替える";
        observed: &'static str = "Observed", "観測";
        live: &'static str = "live", "ライブ";
        not_live: &'static str = "not live", "停止中";
        not_live_since: fn(&str) -> String = |clock| format!("since {clock}"), |clock| format!("{clock} から");
        reading: fn(usize, usize) -> String = |n, of| format!("reading {n} of {of} kinds"), |n, of| format!("{of} 種類中 {n} 種類を読み取り中");
        keys: &'static str = "Keys", "キー操作";
        all_keys: &'static str = "all keys", "キー一覧";
        next: &'static str = "next", "次へ";
        previous: &'static str = "previous", "前へ";
        open: &'static str = "open", "開く";
        find: &'static str = "find", "検索";
        tabs: &'static str = "tabs", "タブ";
        share: &'static str = "share", "共有";
        check_on: &'static str = "check the rest automatically", "残りを自動で確認";
        answers: &'static str = "answer yes, no, can’t tell", "はい・いいえ・わからない";
        note: &'static str = "write a note", "メモを書く";
        start_runbook: &'static str = "start the runbook", "ランブックを開始";
        close: &'static str = "Close", "閉じる";
        keys_on: &'static str = "Single keys are on", "単独キーは有効です";
        keys_off: &'static str = "Single keys are off", "単独キーは無効です";
        turn_off: &'static str = "Turn them off", "無効にする";
        turn_on: &'static str = "Turn them on", "有効にする";
        copy: &'static str = "Copy", "コピー";
        copied: &'static str = "Copied", "コピー済み";
        command: &'static str = "Command", "コマンド";
        comma: &'static str = ", ", "、";
        of_kind: fn(usize, &str) -> String = |n, kind| if n == 1 { format!("1 {kind}") } else { format!("{n} {}", plural(kind)) }, |n, kind| format!("{kind} {n} 個");
        new_waiting: fn(usize) -> String = |n| if n == 0 { "Show what changed".to_owned() } else { format!("{n} new") }, |n| if n == 0 { "変更を表示".to_owned() } else { format!("新着 {n} 件") };
    }
}
