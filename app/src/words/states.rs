use super::{counted, in_words};

words! {
    /// Empty, loading, error, not live, denied, no match, not there.
    StateWords {
        nothing_broken: &'static str = "Nothing is broken here", "壊れているものはありません";
        nothing_found: &'static str = "No problem found, but not everything could be told", "問題は見つかりませんが、判断できないことがあります";
        nothing_found_then: &'static str = "No problem was found when the cluster last answered; what is so now cannot be told", "最後に応答があった時点では問題は見つかりませんでした。現在の状態は判断できません";
        so_far: fn(&str) -> String = |settling| format!("Nothing is broken so far; {settling}"), |settling| format!("今のところ壊れているものはありません。{settling}");
        not_well: fn(usize) -> String = |n| if n == 1 { "No problem was found, but one object is not well and no rule explains it".to_owned() } else { format!("No problem was found, but {} objects are not well and no rule explains them", in_words(n)) }, |n| format!("問題は見つかりませんが、正常ではなく原因を説明できないオブジェクトが {n} 個あります");
        settling: fn(usize) -> String = |n| if n == 1 { "one object is still settling".to_owned() } else { format!("{} objects are still settling", in_words(n)) }, |n| format!("判定待ちのオブジェクトが {n} 個あります");
        then: &'static str = "; ", "。";
        rules_looked: fn(usize, &str, &str, &str) -> String = |rules, objects, place, clock| format!("{} looked at {objects} in {place} at {clock}.", counted(rules, "rule", "rules")), |rules, objects, place, clock| format!("{clock} に {place} の {objects} を {rules} 個のルールで確認しました。");
        nothing_hidden: &'static str = "Nothing was hidden from them: every kind could be read and no event has expired.", "読み取れなかった種類や失効したイベントはありません。";
        nothing_to_look_at: &'static str = "no objects", "オブジェクト 0 個";
        and: &'static str = " and ", "、";
        comma: &'static str = ", ", "、";
        namespace: fn(&str) -> String = |name| format!("namespace {name}"), |name| format!("Namespace {name}");
        all_namespaces: &'static str = "all namespaces", "すべての Namespace";
        still: &'static str = "Still, something does not work", "それでも動かないものがある";
        reading: fn(usize, usize, &str, &str) -> String = |n, of, cluster, kind| format!("Reading {n} of {of} kinds from {cluster}: {kind}"), |n, of, cluster, kind| format!("{cluster} から {of} 種類中 {n} 種類目を読み取り中: {kind}");
        does_not_answer: fn(&str) -> String = |cluster| format!("The API server of {cluster} does not answer."), |cluster| format!("{cluster} の API サーバーが応答しません。");
        podside_does_not_answer: &'static str = "Podside does not answer.", "Podside が応答しません。";
        tries: fn(u32) -> String = |n| counted(n as usize, "try", "tries"), |n| format!("{n} 回試行");
        as_of: fn(&str, &str) -> String = |clock, span| format!("What you see is as of {clock}, {span} old."), |clock, span| format!("表示は {clock} 時点（{span}前）のものです。");
        next_try: fn(&str) -> String = |span| format!("Podside tries again in {span}."), |span| format!("{span}後に再試行します。");
        try_now: &'static str = "Try now", "今すぐ再試行";
        not_live: &'static str = "Not live", "停止中";
        may_not: fn(&str, &str, &str) -> String = |verb, resource, place| format!("You may not {verb} {resource} in {place}."), |verb, resource, place| format!("{place} で {resource} を {verb} する権限がありません。");
        role: &'static str = "This Role gives the right. Hand it to an administrator.", "この Role が権限を与えます。管理者に渡してください。";
        names_never_values: &'static str = "Podside reads names and keys, never values.", "Podside は名前とキーだけを読み、値は読みません。";
        no_match: fn(Option<&str>) -> String = |namespace| match namespace { Some(namespace) => format!("No problem matches the filter in namespace {namespace}."), None => "No problem matches the filter in any namespace.".to_owned() }, |namespace| match namespace { Some(namespace) => format!("Namespace {namespace} に、この条件に合う問題はありません。"), None => "どの Namespace にも、この条件に合う問題はありません。".to_owned() };
        of_severity: fn(usize, &str) -> String = |n, word| format!("{n} {word}"), |n, word| format!("{word} {n} 件");
        only_unexplained: fn(usize) -> String = |n| if n == 1 { "Of what matches the filter, one object is unexplained and nothing is a known problem".to_owned() } else { format!("Of what matches the filter, {} objects are unexplained and nothing is a known problem", in_words(n)) }, |n| format!("条件に合うのは原因不明のオブジェクト {n} 個だけです");
        hidden: fn(&str, bool, &str) -> String = |counts, one, filter| format!("{counts} {} hidden by the filter: {filter}.", if one { "is" } else { "are" }), |counts, _, filter| format!("絞り込み（{filter}）により、{counts}が表示されていません。");
        clear_filter: &'static str = "Clear filter", "絞り込みを解除";
        no_page_title: &'static str = "There is no such page", "このページはありません";
        no_page: &'static str = "No page of Podside has this address.", "このアドレスのページは Podside にありません。";
        go_to_triage: &'static str = "Go to the triage", "トリアージへ";
        not_there: &'static str = "Not there", "見つかりません";
        denied_title: &'static str = "You may not see this", "表示する権限がありません";
        unavailable_title: &'static str = "No answer", "応答がありません";
        invalid_title: &'static str = "This address asks for something that cannot be", "アドレスが正しくありません";
        not_done: &'static str = "That could not be done", "実行できませんでした";
        back_to_page: &'static str = "Back to the page", "元のページに戻る";
        denied: &'static str = "no right", "権限なし";
        expired: &'static str = "expired", "失効";
        not_seen: &'static str = "not read", "未読み取り";
        not_recorded: &'static str = "not in the recording", "記録なし";
    }
}
