words! {
    /// Why nothing is written on a portal. Apart from the other states, because the front
    /// page writes nothing.
    WritesWords {
        only_shows: &'static str = "This Podside only shows: other machines can reach it, and it asks nobody who they are. Whoever runs it can start it with --allow-anonymous-writes to let everybody investigate, take notes and share.", "この Podside は表示専用です。ほかのマシンから接続でき、利用者を確認しないためです。調査、メモ、共有をだれにでも許可するには、管理者が --allow-anonymous-writes を付けて起動します。";
    }
}
