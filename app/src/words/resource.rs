words! {
    /// The page of one object.
    ResourceWords {
        views: &'static str = "Views of this object", "このオブジェクトの表示";
        copy_kubectl: &'static str = "copy kubectl", "kubectl をコピー";
        overview: &'static str = "Overview", "概要";
        events: &'static str = "Events", "イベント";
        logs: &'static str = "Logs", "ログ";
        yaml: &'static str = "YAML", "YAML";
        in_the_order_of: &'static str = "in the order of", "表示順:";
        change_it_on: &'static str = "Change it on", "変更する対象";
        evidence_and_fix: &'static str = "Evidence and fix", "根拠と修正";
        affected: &'static str = "Affected by", "影響を受けている問題";
        not_explained: &'static str = "Not well, and no rule explains it", "正常ではありませんが、原因を説明できるルールがありません";
        waited_for: fn(&str) -> String = |clock| format!("It has until {clock} to get well:"), |clock| format!("{clock} まで様子を見ています。");
        none: &'static str = "none", "なし";
        all_events: fn(usize) -> String = |n| format!("All {n}"), |n| format!("すべて（{n}）");
        no_events: &'static str = "No events. The cluster keeps them for an hour.", "イベントはありません。クラスターは 1 時間だけ保持します。";
        event_type: &'static str = "type", "type";
        event_reason: &'static str = "reason", "reason";
        event_last: &'static str = "last", "最終";
        event_count: &'static str = "count", "回数";
        event_message: &'static str = "message", "message";
        last_lines: fn(usize) -> String = |n| if n == 1 { "the last line".to_owned() } else { format!("the last {n} lines") }, |n| format!("最後の {n} 行");
        no_lines: &'static str = "The log is empty.", "ログは空です。";
        no_containers: &'static str = "This object has no containers, so it has no log.", "コンテナがないため、ログはありません。";
        follow: &'static str = "Follow this log", "このログを追う";
        previous: &'static str = "before the last restart", "再起動前";
        owners: &'static str = "Owners", "所有者";
    }
}
