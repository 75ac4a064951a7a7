use super::counted;

words! {
    /// The page of one problem.
    ProblemWords {
        change_here: &'static str = "Change here:", "変更する対象:";
        who_breaks_whom: &'static str = "Who breaks whom", "障害の連鎖";
        after_it: fn(usize) -> String = |n| format!("1 cause, {} affected. Arrows point at what breaks.", counted(n, "object", "objects")), |n| format!("原因 1 件、影響を受けるもの {n} 件。矢印は壊れる側を指します。");
        evidence: &'static str = "Evidence", "根拠";
        shown: fn(usize, usize) -> String = |shown, n| format!("{shown} of {n} pieces; the first two decide it."), |shown, n| format!("{n} 件中 {shown} 件を表示。最初の 2 件が決め手です。");
        show_all: fn(usize) -> String = |n| format!("Show all {n}"), |n| format!("{n} 件すべてを表示");
        pieces: fn(usize) -> String = |n| match n { 0 | 1 => "1 piece; it decides it.".to_owned(), 2 => "2 pieces; they decide it.".to_owned(), n => format!("{n} pieces; the first two decide it.") }, |n| match n { 0 | 1 => "1 件。これが決め手です。".to_owned(), 2 => "2 件。これらが決め手です。".to_owned(), n => format!("{n} 件。最初の 2 件が決め手です。") };
        fix: &'static str = "Fix", "修正";
        others_need_no_change: fn(usize) -> String = |n| if n == 1 { "The other object needs no change.".to_owned() } else { format!("The other {n} objects need no change.") }, |n| format!("ほかの {n} 件は変更不要です。");
        go_on: &'static str = "Go on", "次にできること";
        start_runbook: &'static str = "Start the runbook", "ランブックを開始";
        watch_the_logs: &'static str = "Watch the logs", "ログを見る";
        logs_after: fn(usize) -> String = |n| if n == 1 { "Logs of the affected workload".to_owned() } else { format!("Logs of the {n} affected workloads") }, |n| format!("影響を受けた {n} ワークロードのログ");
        share: &'static str = "Share this problem", "この問題を共有";
        seen_before: &'static str = "Seen before", "過去の発生";
        never_seen: &'static str = "Not in this cluster’s history.", "このクラスターの履歴にはありません。";
        seen_times: fn(usize) -> String = |n| if n == 1 { "Found once in this cluster.".to_owned() } else { format!("Found {n} times in this cluster.") }, |n| format!("このクラスターで {n} 回見つかっています。");
        history_unreadable: &'static str = "Cannot tell: the history could not be read.", "判断できません: 履歴を読み取れませんでした。";
        open_object: fn(&str) -> String = |kind| format!("Open the {kind}"), |kind| format!("{kind} を開く");
        gone_title: &'static str = "This problem is not found any more", "この問題は現在見つかりません";
        gone: fn(&str, &str) -> String = |cause, subject| format!("Podside looked for {cause} on {subject} and does not find it now. It was fixed, or what it was found on is gone."), |cause, subject| format!("{subject} の {cause} は現在見つかりません。修正されたか、対象がなくなりました。");
        see_object: fn(&str) -> String = |object| format!("Look at {object}"), |object| format!("{object} を見る");
        see_triage: &'static str = "Go to the triage", "トリアージへ";
        no_such_cause: &'static str = "The address names no cause.", "アドレスに原因の名前がありません。";
        mounted_by: &'static str = "mounted by", "マウントする側";
        dialled_by: &'static str = "called by", "呼び出し元";
        backs: &'static str = "backs", "バックエンド";
        selects: &'static str = "selects", "選択";
        owns: &'static str = "owns", "所有";
        routed_by: &'static str = "routed by", "経路";
        runs: &'static str = "runs", "実行";
        scales: &'static str = "scales", "スケール";
        shares_fault: &'static str = "same fault", "同じ原因";
        referred_to_by: &'static str = "referred to by", "参照元";
        admits: &'static str = "admits", "許可";
    }
}
