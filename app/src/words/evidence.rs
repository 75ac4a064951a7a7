words! {
    /// The labels of an evidence block.
    EvidenceWords {
        field: &'static str = "Field", "フィールド";
        event: &'static str = "Event", "イベント";
        log: &'static str = "Log line", "ログ行";
        absence: &'static str = "Not there", "存在しない";
        command: &'static str = "Command", "コマンド";
        proof: &'static str = "proof", "根拠";
        log_source: &'static str = "log", "ログ";
        event_source: &'static str = "event", "イベント";
        value: &'static str = "value", "値";
        place: &'static str = "where", "場所";
        get_it: &'static str = "get it", "取得";
        reason: &'static str = "reason", "reason";
        container: &'static str = "container", "コンテナ";
        asked_for_by: &'static str = "asked for by", "参照元";
        seen: fn(u32, &str) -> String = |n, clock| format!("{n} times, last {clock}"), |n, clock| format!("{n} 回、最終 {clock}");
        times: fn(u32) -> String = |n| format!("{n} times"), |n| format!("{n} 回");
        show_in_object: fn(&str) -> String = |kind| format!("Show it in the {kind}"), |kind| format!("{kind} の中で見る");
        see_log: &'static str = "See it in the log", "ログの中で見る";
        see_events: fn(&str) -> String = |kind| format!("All events of the {kind}"), |kind| format!("{kind} のイベントをすべて見る");
        hide_object: fn(&str) -> String = |kind| format!("Hide the {kind}"), |kind| format!("{kind} を隠す");
        whole_object: fn(&str) -> String = |kind| format!("The whole {kind}"), |kind| format!("{kind} 全体を見る");
        show_all: &'static str = "Show all of it", "すべて表示";
    }
}
