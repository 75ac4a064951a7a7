use super::counted;

words! {
    /// The triage page.
    TriageWords {
        title: &'static str = "Triage", "トリアージ";
        open: &'static str = "Open with all evidence", "根拠をすべて見る";
        start_runbook: &'static str = "Start runbook", "ランブックを開始";
        logs: &'static str = "Logs", "ログ";
        then_these: fn(usize) -> String = |n| if n == 1 { "Then this one".to_owned() } else { format!("Then these {n}") }, |n| format!("ほか {n} 件");
        these: fn(usize) -> String = |n| if n == 1 { "This one".to_owned() } else { format!("These {n}") }, |n| format!("{n} 件");
        only_one: &'static str = "Nothing else", "ほかにはなし";
        problems: fn(usize) -> String = |n| counted(n, "problem", "problems"), |n| format!("問題 {n} 件");
        unexplained: fn(usize) -> String = |n| format!("{n} unexplained"), |n| format!("原因不明 {n} 件");
        unsettled: fn(usize) -> String = |n| format!("{n} unsettled"), |n| format!("判定待ち {n} 件");
        all: fn(usize) -> String = |n| format!("All {n}"), |n| format!("すべて {n}");
        filter_heading: &'static str = "Filter", "絞り込み";
        filter: &'static str = "Filter the problems", "問題を絞り込む";
        find: &'static str = "cause, owner or name", "原因・所有者・名前";
        only: fn(&str) -> String = |word| format!("only {word}"), |word| format!("「{word}」のみ");
        with_text: fn(&str) -> String = |text| format!("with “{text}”"), |text| format!("「{text}」を含む");
        and: &'static str = " and ", "、";
        affects: &'static str = "affects", "影響";
        and_more: fn(usize) -> String = |n| format!("and {n} more"), |n| format!("ほか {n} 件");
        more: fn(usize) -> String = |n| format!("{n} more"), |n| format!("ほか {n} 件");
        show_all: fn(usize) -> String = |n| format!("Show all {n}"), |n| format!("{n} 件すべてを表示");
        show_more: fn(usize, usize) -> String = |n, left| if n == left { format!("Show {n} more") } else { format!("Show {n} of {left} more") }, |n, left| if n == left { format!("さらに {n} 件を表示") } else { format!("残り {left} 件のうち {n} 件を表示") };
        by_cause: fn(usize) -> String = |n| format!("By cause: {n}"), |n| format!("原因別: {n}");
        jump: &'static str = "On this page", "このページ内";
        chain: &'static str = "What breaks what, the cause first", "障害の連鎖（原因が先頭）";
        what_do_you_see: &'static str = "What do you see?", "どんな症状ですか？";
        start_from_symptom: &'static str = "Start from the symptom. Every step shows what it found and why it matters.", "症状から始めます。各手順で、見つかった事実とその意味を示します。";
        paste: &'static str = "Paste an error message", "エラーメッセージを貼り付け";
        pending: &'static str = "My Pod is Pending", "Pod が Pending のまま";
        restarting: &'static str = "It keeps restarting", "再起動を繰り返す";
        image: &'static str = "Its image cannot be pulled", "イメージを取得できない";
        misbehaves: &'static str = "It runs but misbehaves", "動いているが挙動がおかしい";
        service: &'static str = "My Service does not answer", "Service が応答しない";
        name: &'static str = "A name does not resolve", "名前を解決できない";
        rollout: &'static str = "My rollout hangs", "ロールアウトが進まない";
        job: &'static str = "A Job does not run", "Job が動かない";
        do_not_know: &'static str = "I do not know", "わからない";
        look_at_everything: &'static str = "look at everything", "全体を確認";
        objects: &'static str = "All objects", "すべてのオブジェクト";
        events: &'static str = "Events", "イベント";
        lasts: fn(&str, &str) -> String = |what, span| format!("{what} for {span}"), |what, span| format!("{what}（{span}前から）");
        it_says: &'static str = "it says", "メッセージ";
        says_nothing: &'static str = "Nothing that could be read.", "読み取れたメッセージはありません。";
        said: fn(u32, &str) -> String = |n, when| if n > 1 { format!("{n} times, last {when}") } else { format!("once, {when}") }, |n, when| if n > 1 { format!("{n} 回、最終 {when}") } else { format!("1 回、{when}") };
        to_settle: &'static str = "to find out", "確認方法";
        still_settling: &'static str = "not well yet, but within the time that it may take", "まだ正常ではないが、許容時間内";
        judged: &'static str = "judged", "判定";
        judged_by: fn(&str) -> String = |clock| format!("judged by {clock}"), |clock| format!("{clock} までに判定");
        after_that: &'static str = "If they are well by then, this page says so. If not, they move up into the list, with what the cluster says.", "それまでに正常になれば、このページに表示されます。ならなければ、クラスターのメッセージとともに上の一覧に移ります。";
        cannot_tell: &'static str = "Cannot tell", "判断できないこと";
        checked: &'static str = "Checked, nothing wrong", "確認済み・問題なし";
    }
}
