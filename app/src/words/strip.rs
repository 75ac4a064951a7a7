use super::counted;

words! {
    /// What a strip of observations says, and the legend below all strips of a page.
    StripWords {
        legend: fn(&str) -> String = |span| format!("Bars show the last {span}. Dots: did not exist yet. Hatched: not observed. Thin: ran. Thick: broken; grey where no cause is known. Tick: start or restart."), |span| format!("バーは直近 {span}。点線: 未作成。斜線: 未観測。細線: 実行中。太線: 障害（灰色は原因不明）。縦線: 起動・再起動。");
        last: fn(&str) -> String = |span| format!("the last {span}"), |span| format!("直近 {span}");
        absent: fn(&str) -> String = |clock| format!("Did not exist before {clock}."), |clock| format!("{clock} より前は作成されていません。");
        broken: fn(&str) -> String = |clock| format!("Broken since {clock}."), |clock| format!("{clock} から障害が続いています。");
        broken_now: &'static str = "Broken now.", "現在も障害が続いています。";
        broken_all: &'static str = "Broken all this time.", "この間ずっと障害が続いています。";
        ran: fn(&str, &str) -> String = |from, until| format!("Ran from {from} until {until}."), |from, until| format!("{from} から {until} まで動作していました。");
        unobserved: fn(&str, &str) -> String = |from, until| format!("Not observed from {from} until {until}."), |from, until| format!("{from} から {until} までは観測されていません。");
        starts: fn(&str) -> String = |clocks| format!("Started at {clocks}."), |clocks| format!("起動: {clocks}。");
        restarts: fn(u32) -> String = |n| format!("{} in all.", counted(n as usize, "restart", "restarts")), |n| format!("再起動は計 {n} 回。");
        comma: &'static str = ", ", "、";
    }
}
