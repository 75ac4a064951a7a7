use super::counted;

words! {
    /// The runbooks, one runbook to be read, and the tree of its questions.
    RunbookWords {
        runbooks: &'static str = "Runbooks", "ランブック";
        about_runbooks: &'static str = "A runbook leads from a symptom to its cause, one question at a time, with the evidence that answers it.", "ランブックは、症状から原因まで、1 問ずつ根拠とともに導きます。";
        starts_on: &'static str = "starts on", "対象";
        runbook: &'static str = "Runbook", "ランブック";
        built_in: fn(u32) -> String = |n| format!("built in, version {n}"), |n| format!("組み込み、バージョン {n}");
        questions: fn(usize) -> String = |n| counted(n, "question", "questions"), |n| format!("質問 {n} 件");
        conclusions: fn(usize) -> String = |n| counted(n, "conclusion", "conclusions"), |n| format!("結論 {n} 件");
        start_on: &'static str = "Start on", "対象";
        start: &'static str = "Start", "開始";
        no_target: &'static str = "Open it from a Pod or a workload to start it: nothing is broken here that it could be started on.", "開始するには、Pod またはワークロードのページから開きます。ここには、開始できる対象となる問題がありません。";
        needs: &'static str = "Reads only; nothing is changed in the cluster.", "読み取るだけで、クラスターには変更を加えません。";
        checked_by: &'static str = "checked by", "判定";
        by_causes: fn(&str) -> String = |causes| format!("the diagnosis: {causes}"), |causes| format!("診断: {causes}");
        by_expression: &'static str = "a rule over the fields of the Pod", "Pod のフィールドに対する条件式";
        by_probe: fn(&str) -> String = |what| format!("a test, only after you allow it. {what}"), |what| format!("テスト（許可した後に実行）。{what}");
        by_person: &'static str = "you", "自分で判断";
        by_hand: &'static str = "by hand", "手作業";
        docs: &'static str = "to read", "資料";
        then: &'static str = "then", "次へ";
        to_step: fn(usize) -> String = |n| format!("step {n}"), |n| format!("手順 {n}");
        to_found: &'static str = "the cause that was found", "見つかった原因";
        full_stop: &'static str = ". ", "。";
        to_runbook: fn(&str) -> String = |id| format!("runbook {id}"), |id| format!("ランブック {id}");
        yes: &'static str = "yes", "はい";
        no: &'static str = "no", "いいえ";
        unknown: &'static str = "can’t tell", "わからない";
        or: &'static str = " or ", "・";
        a_cause: &'static str = "a cause is found", "原因が見つかる";
        nothing_wrong: &'static str = "nothing is wrong", "異常なし";
        open_end: &'static str = "no cause found here", "ここでは原因なし";
        on_to: fn(&str) -> String = |label| format!("on to: {label}"), |label| format!("次へ: {label}");
    }
}
