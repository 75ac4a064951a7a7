use super::counted;

words! {
    /// The page that a link opens.
    ShareWords {
        shared: &'static str = "Shared investigation", "共有された調査";
        frozen: &'static str = "Frozen", "固定";
        live: &'static str = "Live", "ライブ";
        stood: fn(&str, &str, &str) -> String = |at, who, until| format!("As it stood on {at}. Shared by {who}, expires {until}. Reading needs no login and no right on the cluster."), |at, who, until| format!("{at} 時点の内容です。共有者 {who}、有効期限 {until}。閲覧にログインやクラスターの権限は要りません。");
        goes_on: fn(&str, &str) -> String = |who, until| format!("Goes on with the investigation. Shared by {who}, expires {until}. Reading needs no login and no right on the cluster."), |who, until| format!("調査の進行に合わせて更新されます。共有者 {who}、有効期限 {until}。閲覧にログインやクラスターの権限は要りません。");
        place: fn(&str, &str, &str, &str) -> String = |cluster, namespace, from, until| format!("{cluster}, namespace {namespace}, {from} to {until}"), |cluster, namespace, from, until| format!("{cluster}、Namespace {namespace}、{from} から {until}");
        no_namespace: &'static str = "none", "なし";
        going_on: &'static str = "Not concluded yet", "結論はまだない";
        how: &'static str = "How it was found", "調査の流れ";
        counts: fn(&str, usize, usize) -> String = |runbook, steps, evidence| format!("runbook {runbook}, {}, {}", counted(steps, "step", "steps"), counted(evidence, "piece of evidence", "pieces of evidence")), |runbook, steps, evidence| format!("ランブック {runbook}、手順 {steps} 件、根拠 {evidence} 件");
        evidence: fn(usize) -> String = |n| counted(n, "piece of evidence", "pieces of evidence"), |n| format!("根拠 {n} 件");
        hidden_here: &'static str = "Hidden here", "非表示の値";
        hidden_says: fn(usize) -> String = |n| format!("{} replaced before this was kept, never stored: ", counted(n, "value was", "values were")), |n| format!("{n} 個の値は保存時に置き換えられ、元の値は残っていません: ");
        equal_numbers: &'static str = "Within a note, equal numbers were equal values.", "同じメモの中で同じ番号は、同じ値でした。";
        dead: &'static str = "There is nothing at this link.", "このリンクには何もありません。";
        dead_says: &'static str = "It may have expired or been revoked. Ask whoever sent it for a new one.", "期限切れか、取り消された可能性があります。送った人に新しいリンクを依頼してください。";
    }
}
