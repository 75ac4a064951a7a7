use super::counted;

words! {
    /// What the facts tell beside the fields of an object.
    pub ObservedWords {
        only_the_phase: fn(usize, usize) -> String = |stopped, of| if of == 1 { "(the Pod’s phase; its container is not)".to_owned() } else { format!("(the Pod’s phase; {stopped} of {of} containers are not)") }, |stopped, of| if of == 1 { "（Pod のフェーズ。コンテナは動いていない）".to_owned() } else { format!("（Pod のフェーズ。{of} 個中 {stopped} 個のコンテナは動いていない）") };
        leads_to: &'static str = "Leads to", "つながり";
        relation: &'static str = "relation", "関係";
        object: &'static str = "object", "オブジェクト";
        state: &'static str = "state", "状態";
        owned_by: &'static str = "owned by", "所有者";
        owns: &'static str = "owns", "作成したもの";
        runs_on: &'static str = "runs on", "実行ノード";
        runs_as: &'static str = "runs as", "実行アカウント";
        uses: &'static str = "uses", "使用するもの";
        used_by: &'static str = "used by", "使用元";
        selects: &'static str = "selects", "選択するもの";
        selected_by: &'static str = "selected by", "選択元";
        endpoints: &'static str = "endpoints", "エンドポイント";
        routes_to: &'static str = "routes to", "転送先";
        routed_from: &'static str = "routed from", "転送元";
        bound_to: &'static str = "bound to", "バインド先";
        of_class: &'static str = "class", "クラス";
        scales: &'static str = "scales", "スケールするもの";
        scaled_by: &'static str = "scaled by", "スケール元";
        ready_of: fn(i64, i64) -> String = |ready, of| format!("{ready} of {of} ready"), |ready, of| format!("{of} 個中 {ready} 個が Ready");
        endpoints_ready: fn(i64, i64) -> String = |ready, of| format!("{ready} of {} ready", counted(usize::try_from(of).unwrap_or(0), "endpoint", "endpoints")), |ready, of| format!("エンドポイント {of} 個中 {ready} 個が Ready");
        active: fn(i64) -> String = |n| format!("{n} active"), |n| format!("{n} 個が実行中");
        suspended: &'static str = "suspended", "一時停止中";
        between: fn(i64, i64, i64) -> String = |n, min, max| format!("{n} replicas, {min} to {max} allowed"), |n, min, max| format!("レプリカ {n} 個（{min}〜{max} 個）");
        running_not_ready: &'static str = "Running, not ready", "Running、準備未完了";
        not_well: &'static str = "not well", "異常";
        does_not_exist: &'static str = "does not exist", "存在しない";
        not_there_optional: &'static str = "does not exist, and need not", "存在しない（必須ではない）";
        not_read: &'static str = "not read", "読み取れていない";
        more: fn(usize) -> String = |n| format!("and {n} more"), |n| format!("ほか {n} 個");
        keys: fn(usize) -> String = |n| counted(n, "key", "keys"), |n| format!("キー {n} 個");
    }
}
