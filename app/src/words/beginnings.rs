words! {
    /// What one can begin with where nothing is chosen yet.
    BeginningWords {
        broken_now: &'static str = "Broken or restarted now", "現在の問題と再起動";
        runbook_on: &'static str = "Choose one to start the runbook on it.", "選択すると、それを対象にランブックを開始できます。";
        logs_of: &'static str = "Choose one to read its log.", "選択すると、そのログを表示します。";
        restarted: &'static str = "Restarted", "再起動";
        restarts: fn(u32, &str) -> String = |n, at| format!("{}, last at {at}", if n == 1 { "1 restart".to_owned() } else { format!("{n} restarts") }), |n, at| format!("再起動 {n} 回、最終 {at}");
        none: &'static str = "Nothing here is broken, and nothing was restarted in the last hour.", "現在の問題はなく、直近 1 時間の再起動もありません。";
        all: &'static str = "All problems", "すべての問題";
    }
}
