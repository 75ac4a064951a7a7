words! {
    /// What stands in the place of a secret, and the choice to see it. Apart from the words
    /// of the pages, because many of them quote one.
    RedactionWords {
        hidden: fn(&str, u32) -> String = |kind, n| format!("hidden: {kind} #{n}"), |kind, n| format!("非表示: {kind} #{n}");
        bearer_token: &'static str = "bearer token", "bearer トークン";
        password: &'static str = "password", "パスワード";
        access_key: &'static str = "access key", "アクセスキー";
        secrets: &'static str = "Passwords and tokens", "パスワードとトークン";
        secrets_hidden: &'static str = "hidden", "隠す";
        secrets_shown: &'static str = "shown", "表示";
        private_key: &'static str = "private key", "秘密鍵";
    }
}
