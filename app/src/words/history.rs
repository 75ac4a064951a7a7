use super::counted;

words! {
    /// The history.
    HistoryWords {
        history: &'static str = "History", "履歴";
        search: &'static str = "words, cause, object, person", "単語、原因、オブジェクト、人";
        find: &'static str = "Find", "検索";
        export: &'static str = "Export", "書き出す";
        leftovers: &'static str = "What is left", "残っているもの";
        when: &'static str = "when", "日時";
        what: &'static str = "what was wrong", "問題";
        cause: &'static str = "cause", "原因";
        who: &'static str = "who", "担当";
        to_cause: &'static str = "to cause", "原因まで";
        link: &'static str = "link", "リンク";
        none: &'static str = "none", "なし";
        no_conclusion: &'static str = "no conclusion", "結論なし";
        nothing_wrong: &'static str = "no cause", "原因なし";
        frozen_links: fn(u32) -> String = |n| if n == 1 { "frozen link".to_owned() } else { format!("{n} frozen links") }, |n| format!("固定 {n} 件");
        live_links: fn(u32) -> String = |n| counted(n as usize, "live link", "live links"), |n| format!("ライブ {n} 件");
        breaks_most: &'static str = "What breaks most", "多い原因";
        last_30_days: fn(u32) -> String = |n| format!("last 30 days, {}", counted(n as usize, "investigation", "investigations")), |n| format!("過去 30 日、調査 {n} 件");
        time_to_cause: &'static str = "Time to cause", "原因までの時間";
        median: &'static str = "median", "中央値";
        was: fn(&str) -> String = |span| format!(", was {span}"), |span| format!("、前の 30 日は {span}");
        no_cause_yet: &'static str = "No cause was found in the last 30 days.", "過去 30 日に特定された原因はありません。";
        empty: &'static str = "No investigation yet", "調査はまだありません";
        empty_says: &'static str = "A runbook that is started on a Pod or a workload is kept here, with its evidence, after the Pod is gone too.", "Pod やワークロードで開始したランブックは、根拠とともにここに残ります。Pod がなくなった後も同じです。";
        to_runbooks: &'static str = "See the runbooks", "ランブックを見る";
        no_match: fn(&str) -> String = |words| format!("No investigation holds all of: {words}"), |words| format!("すべての語を含む調査はありません: {words}");
        clear: &'static str = "Clear search", "検索を解除";
        older: &'static str = "Older", "さらに古い調査";
    }
}
