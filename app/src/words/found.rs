words! {
    /// What was found of a message or of words.
    FoundWords {
        find: &'static str = "Find", "検索";
        about: &'static str = "Paste an error message or what kubectl printed, or type a name, a kind, a label or a namespace.", "エラーメッセージや kubectl の出力を貼り付けるか、名前、種類、ラベル、Namespace を入力してください。";
        field: &'static str = "message or name", "メッセージまたは名前";
        look: &'static str = "Find", "検索";
        printed: fn(&str) -> String = |command| format!("This is what {command} prints; the objects in it are looked for."), |command| format!("{command} の出力です。出力内のオブジェクトを検索しました。");
        says_same: &'static str = "The cluster says the same", "クラスターの同じメッセージ";
        in_log: &'static str = "in its log", "ログ";
        in_state: &'static str = "in its events or its state", "イベントまたは状態";
        objects: &'static str = "Objects", "オブジェクト";
        more: fn(usize) -> String = |n| format!("{n} more: add a word to see them."), |n| format!("ほか {n} 件。語を足すと絞り込めます。");
        problems: &'static str = "Problems", "問題";
        runbook: &'static str = "Runbook", "ランブック";
        nothing: &'static str = "Nothing in this cluster says this", "このクラスターに該当するものはありません";
        nothing_says: &'static str = "No event, log line that was read, state or name matches it. Logs are read only where a rule needs them.", "イベント、読み取ったログ、状態、名前のどれにも一致しません。ログは、判定に必要なものだけを読み取っています。";
        asks: &'static str = "This runbook asks about such messages:", "この種類のメッセージは、次のランブックで確認できます。";
        asks_any: &'static str = "This runbook starts from what you see:", "症状から始める場合は、次のランブックで確認できます。";
        loading: &'static str = "The cluster is not read yet.", "クラスターはまだ読み取れていません。";
    }
}
