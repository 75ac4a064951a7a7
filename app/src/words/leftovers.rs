words! {
    /// What Podside created in clusters and is still there.
    LeftoversWords {
        leftovers: &'static str = "Left in the clusters", "クラスターに残っているもの";
        says: &'static str = "What Podside created and is still there. It goes when its investigation ends or its deadline passes; Podside looks every half a minute.", "Podside が作成し、まだ残っているものです。調査が終わるか期限になると削除されます。Podside は約 30 秒ごとに確認します。";
        what: &'static str = "what", "対象";
        created: &'static str = "age", "経過";
        who: &'static str = "by", "作成者";
        investigation: &'static str = "investigation", "調査";
        goes: &'static str = "goes", "期限";
        state: &'static str = "state", "状態";
        action: &'static str = "action", "操作";
        in_cluster: fn(&str) -> String = |cluster| format!("in {cluster}"), |cluster| format!("クラスター {cluster}");
        container: fn(&str) -> String = |name| format!("container {name}"), |name| format!("コンテナ {name}");
        not_known: &'static str = "not known", "不明";
        none: &'static str = "none", "なし";
        in_span: fn(&str) -> String = |span| format!("in {span}"), |span| format!("あと {span}");
        overdue: fn(&str) -> String = |span| format!("{span} ago"), |span| format!("{span}前");
        intended: &'static str = "perhaps created", "作成されたか未確認";
        there: &'static str = "there", "存在";
        going: &'static str = "being removed", "削除待ち";
        stays: &'static str = "stays until its Pod goes", "Pod の削除まで残る";
        found: &'static str = "found by its label", "ラベルで検出";
        by_hand: &'static str = "By hand", "手動で削除";
        remove: &'static str = "Remove", "削除";
        end: &'static str = "End", "終了";
        remove_not_here: &'static str = "Remove: not here", "削除: 利用不可";
        empty: &'static str = "Nothing is left", "残っているものはありません";
        empty_says: &'static str = "Everything that Podside created is gone again.", "Podside が作成したものは、すべて削除済みです。";
        empty_as_known: &'static str = "Nothing that this Podside remembers is left", "この Podside の記録では、残っているものはありません";
        looked_everywhere: fn(&str) -> String = |cluster| format!("Pods with Podside’s label were looked for in all of {cluster}."), |cluster| format!("{cluster} 全体で、Podside のラベルを持つ Pod を確認しました。");
        looked_in: fn(&str, &str) -> String = |cluster, names| format!("Pods with Podside’s label were looked for in these namespaces of {cluster}: {names}."), |cluster, names| format!("{cluster} の次の Namespace で、Podside のラベルを持つ Pod を確認しました: {names}。");
        looked_nowhere: fn(&str, &str) -> String = |cluster, why| format!("Whether more is left in {cluster} cannot be told: {why}"), |cluster, why| format!("{cluster} にほかに残っているものがあるかは判断できません: {why}");
        comma: &'static str = ", ", "、";
        not_everything: &'static str = "Not every namespace could be looked at.", "すべての Namespace を確認できたわけではありません。";
        more: &'static str = "There are more than are shown here.", "ここに表示されていないものがあります。";
    }
}
