words! {
    /// Spans of time in words.
    TimeWords {
        seconds: fn(i64) -> String = |n| format!("{n} s"), |n| format!("{n} 秒");
        minutes: fn(i64) -> String = |n| format!("{n} min"), |n| format!("{n} 分");
        hours: fn(i64) -> String = |n| format!("{n} h"), |n| format!("{n} 時間");
        days: fn(i64) -> String = |n| format!("{n} d"), |n| format!("{n} 日");
        ago: fn(&str) -> String = |span| format!("{span} ago"), |span| format!("{span}前");
        when_last_seen: fn(&str) -> String = |span| format!("for {span} when last seen"), |span| format!("最終観測時点で{span}経過");
        lasts: fn(&str) -> String = |span| format!("for {span}"), |span| format!("{span}前から");
        coming: fn(&str) -> String = |span| format!("in {span}"), |span| format!("{span}後");
        due: &'static str = "now", "まもなく";
        at: fn(&str) -> String = |clock| format!("at {clock}"), str::to_owned;
        since: fn(&str) -> String = |clock| format!("since {clock}"), |clock| format!("発生 {clock}");
    }
}
