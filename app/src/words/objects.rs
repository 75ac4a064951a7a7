use super::counted;

words! {
    /// The kinds of a cluster, and the objects of one of them.
    ObjectsWords {
        kinds: &'static str = "Objects", "オブジェクト";
        kinds_say: fn(usize, &str) -> String = |n, cluster| format!("{cluster} has {}. Each leads to the list of its objects.", counted(n, "kind", "kinds")), |n, cluster| format!("{cluster} には {n} 種類あります。それぞれの一覧を開けます。");
        core: &'static str = "core group", "コアグループ";
        of_the_cluster: &'static str = "cluster-wide", "クラスター全体";
        unread: fn(&str) -> String = |group| format!("It cannot be told what the group {group} has:"), |group| format!("グループ {group} の種類は判断できません:");
        events: &'static str = "Events", "イベント";
        sum: fn(usize, bool, usize) -> String = |n, cut, namespaces| { let more = if cut { " and more" } else { "" }; if namespaces == 0 { format!("{n}{more}.") } else { format!("{n}{more} in {}.", counted(namespaces, "namespace", "namespaces")) } }, |n, cut, namespaces| { let more = if cut { "以上" } else { "" }; if namespaces == 0 { format!("{n} 件{more}。") } else { format!("{namespaces} 個の Namespace に {n} 件{more}。") } };
        worst_first: &'static str = "What is broken comes first, then namespace and name.", "問題のあるものを先に、続いて Namespace と名前の順に表示します。";
        sorted_by: fn(&str) -> String = |column| format!("Sorted by {column}."), |column| format!("{column} の順に表示します。");
        custom: &'static str = "a custom resource: the columns are its own, as kubectl prints them.", "カスタムリソースです。列は kubectl と同じく、この種類の定義によるものです。";
        cut: fn(usize) -> String = |n| format!("Only the first {n} objects were read. A namespace or labels narrow it down."), |n| format!("最初の {n} 件だけを読み取りました。Namespace またはラベルで絞り込めます。");
        also: &'static str = "Another group has a kind of that name, too:", "同じ名前の種類が別のグループにもあります:";
        state: &'static str = "State", "状態";
        all: fn(usize) -> String = |n| format!("All {n}"), |n| format!("すべて {n}");
        not_well: fn(usize) -> String = |n| format!("Not well {n}"), |n| format!("異常 {n}");
        starting: fn(usize) -> String = |n| format!("Starting {n}"), |n| format!("起動中 {n}");
        running: fn(usize) -> String = |n| format!("Running {n}"), |n| format!("Running {n}");
        ended: fn(usize) -> String = |n| format!("Ended {n}"), |n| format!("終了 {n}");
        node: &'static str = "Node", "ノード";
        any: &'static str = "any", "すべて";
        this_state: &'static str = "this state", "この状態";
        comma: &'static str = ", ", "、";
        group_not_well: &'static str = "Not well", "異常";
        group_rest: &'static str = "The rest", "その他";
        labels: &'static str = "labels, such as app=web", "ラベル（例: app=web）";
        find: &'static str = "name or words of any column", "名前、または列の語句";
        find_button: &'static str = "Find", "検索";
        wide: &'static str = "More columns", "列を増やす";
        narrow: &'static str = "Fewer columns", "列を減らす";
        namespace: &'static str = "namespace", "Namespace";
        name: &'static str = "name", "名前";
        in_words: &'static str = "in words", "内容";
        running_not_ready: &'static str = "Running, not ready", "Running、準備未完了";
        says_not_ready: &'static str = "its condition Ready says False", "Ready が False です";
        rows: fn(usize, usize, usize) -> String = |from, to, of| format!("Rows {from} to {to} of {of}."), |from, to, of| format!("{of} 行中 {from} から {to} 行目。");
        previous: &'static str = "Previous page", "前のページ";
        next: &'static str = "Next page", "次のページ";
        empty: fn(&str, &str) -> String = |kinds, place| format!("There are no {kinds} in {place}."), |kinds, place| format!("{place} に {kinds} はありません。");
        no_match: fn(usize, &str) -> String = |hidden, what| format!("Nothing matches {what}; {} hidden by it.", if hidden == 1 { "1 object is".to_owned() } else { format!("{hidden} objects are") }), |hidden, what| format!("{what} に一致するものはありません。{hidden} 件が表示されていません。");
        none_of_labels: fn(&str, &str) -> String = |kinds, labels| format!("No {kinds} have the labels {labels} there."), |kinds, labels| format!("ラベル {labels} を持つ {kinds} はありません。");
        only_well: &'static str = "“Not well”", "「異常」";
        clear: &'static str = "Clear filter", "絞り込みを解除";
        all_namespaces: &'static str = "Look in all namespaces", "すべての Namespace を見る";
        no_kind: fn(&str) -> String = |kind| format!("There is no kind {kind}"), |kind| format!("{kind} という種類はありません");
        no_kind_says: fn(&str) -> String = |cluster| format!("{cluster} has no kind of that name. If it had, its CustomResourceDefinition was deleted, and its objects with it."), |cluster| format!("{cluster} にこの名前の種類はありません。以前あった場合は、CustomResourceDefinition とともにそのオブジェクトも削除されています。");
        near: &'static str = "Kinds of nearly that name", "名前の近い種類";
        all_kinds: &'static str = "All kinds", "すべての種類";
        which: fn(&str) -> String = |kind| format!("Which {kind}?"), |kind| format!("どの {kind} ですか？");
        which_says: &'static str = "Several API groups have a kind of that name.", "複数の API グループに同じ名前の種類があります。";
        no_selector: fn(&str) -> String = |part| format!("“{part}” is no part of a label selector. Write app=web, tier!=cache, app in (web,api), app or !app, with commas between them."), |part| format!("「{part}」はラベルセレクターとして読み取れません。app=web、tier!=cache、app in (web,api)、app、!app のように書き、コンマで区切ります。");
        not_listed: &'static str = "They could not be listed", "一覧を読み取れませんでした";
        try_again: &'static str = "Try again", "再試行";
    }
}
