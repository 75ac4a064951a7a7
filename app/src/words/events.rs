use super::counted;

words! {
    /// The events of a place.
    EventsWords {
        events: &'static str = "Events", "イベント";
        events_in: fn(&str) -> String = |namespace| format!("Events in {namespace}"), |namespace| format!("{namespace} のイベント");
        sum: fn(u64, usize) -> String = |events, series| format!("{} in {} series", counted(usize::try_from(events).unwrap_or(usize::MAX), "event", "events"), series), |events, series| format!("イベント {events} 件（{series} 系列）");
        seen: fn(&str, &str) -> String = |first, last| format!("{first} to {last}"), |first, last| format!("{first} から {last}");
        equal: &'static str = "Equal ones are one row; each tick is a moment that the cluster tells of, the bar is the time between.", "同じ内容は 1 行にまとめます。縦線はクラスターが記録した時刻、棒はその間の期間です。";
        histogram: &'static str = "Events over time", "イベント数の推移";
        per: fn(&str, u64) -> String = |step, most| format!("events per {step}, most {most}; a bar chooses a time, another one widens it"), |step, most| format!("{step}ごとのイベント数（最大 {most} 件）。棒で期間を選び、別の棒で広げます。");
        bar: fn(u64, &str) -> String = |n, when| format!("{}, {when}", counted(usize::try_from(n).unwrap_or(usize::MAX), "event", "events")), |n, when| format!("{when}、{n} 件");
        only: fn(&str) -> String = |when| format!("Only {when}."), |when| format!("{when}のみ。");
        any_moment: &'static str = "Any time", "全期間";
        kept_since: fn(&str, &str) -> String = |since, known| format!("Podside has kept them since {since}, and shows them also after the cluster has dropped them. So nothing is missing from {known} on, but what one object has beyond its 50 newest."), |since, known| format!("Podside は {since} から保持しており、クラスターが削除した後も表示します。そのため {known} 以降は欠けていません（1 つのオブジェクトにつき新しい 50 件を超えた分を除く）。");
        types: &'static str = "Type", "種別";
        all: fn(usize) -> String = |n| format!("All {n}"), |n| format!("すべて {n}");
        warning: fn(usize) -> String = |n| format!("Warning {n}"), |n| format!("Warning {n}");
        normal: fn(usize) -> String = |n| format!("Normal {n}"), |n| format!("Normal {n}");
        reason: &'static str = "Reason", "Reason";
        kind: &'static str = "Kind", "種類";
        within: &'static str = "Time", "期間";
        any: fn(usize) -> String = |n| format!("any of {n}"), |n| format!("すべて（{n}）");
        any_time: &'static str = "any", "すべて";
        last_minutes: fn(u32) -> String = |n| if n.is_multiple_of(60) { format!("last {} h", n / 60) } else { format!("last {n} min") }, |n| if n.is_multiple_of(60) { format!("直近 {} 時間", n / 60) } else { format!("直近 {n} 分") };
        find: &'static str = "object or words of the message", "オブジェクト、またはメッセージの語句";
        show: &'static str = "Show", "表示";
        order: &'static str = "Order", "順序";
        newest: &'static str = "Newest first", "新しい順";
        by_object: &'static str = "By object", "オブジェクト別";
        last: &'static str = "last", "最終";
        event_type: &'static str = "type", "type";
        event_reason: &'static str = "reason", "reason";
        object: &'static str = "object", "オブジェクト";
        count: &'static str = "count", "回数";
        time: &'static str = "time", "時間";
        message: &'static str = "message", "message";
        or_more: &'static str = "or more", "以上";
        once: fn(&str) -> String = |at| format!("once, at {at}"), |at| format!("{at} に 1 回");
        from_to: fn(&str, &str) -> String = |first, last| format!("from {first} to {last}"), |first, last| format!("{first} から {last}");
        throttled: &'static str = "Throttled", "間引き";
        throttled_says: &'static str = "The kubelet sends 25 for one object, then one in 5 min, so there may be more.", "kubelet は 1 つのオブジェクトについて 25 件まで送り、その後は 5 分に 1 件だけ送るため、実際にはさらに多い可能性があります。";
        empty: fn(&str) -> String = |place| format!("There are no events in {place}."), |place| format!("{place} にイベントはありません。");
        kept: &'static str = "The cluster keeps events for an hour unless it is set otherwise. What is older is not here.", "クラスターは、設定を変えない限りイベントを 1 時間だけ保持します。それより古いものはここにありません。";
        not_here: &'static str = "What is not here", "ここにないもの";
        partial: &'static str = "Not all events could be read, so some may be missing.", "すべてのイベントを読み取れたわけではないため、欠けている可能性があります。";
        no_match: fn(&str) -> String = |what| format!("No event matches {what}."), |what| format!("{what} に一致するイベントはありません。");
        clear: &'static str = "Clear filter", "絞り込みを解除";
        rows: fn(usize, usize, usize) -> String = |from, to, of| format!("Rows {from} to {to} of {of}."), |from, to, of| format!("{of} 行中 {from} から {to} 行目。");
        previous: &'static str = "Previous page", "前のページ";
        next: &'static str = "Next page", "次のページ";
        some: &'static str = "Some events may not be listed.", "一部のイベントを読み取る権限がありません。";
        comma: &'static str = ", ", "、";
    }
}
