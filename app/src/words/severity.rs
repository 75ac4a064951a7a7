words! {
    /// The words beside the severity glyphs.
    SeverityWords {
        critical: &'static str = "Critical", "重大";
        warning: &'static str = "Warning", "警告";
        info: &'static str = "Info", "情報";
        unknown: &'static str = "Cannot tell", "判断できない";
        unexplained: &'static str = "Unexplained", "原因不明";
        unsettled: &'static str = "Unsettled", "判定待ち";
        healthy: &'static str = "Healthy", "正常";
        certain: &'static str = "certain", "確実";
        likely: &'static str = "probably", "おそらく";
    }
}
