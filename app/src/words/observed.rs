use super::counted;

words! {
    /// What the facts tell beside the fields of an object.
    pub ObservedWords {
        only_the_phase: fn(usize, usize) -> String = |stopped, of| if of == 1 { "(the Pod’s phase; its container is not)".to_owned() } else { format!("(the Pod’s phase; {stopped} of {of} containers are not)") }, |stopped, of| if of == 1 { "（Pod のフェーズ。コンテナは動いていない）".to_owned() } else { format!("（Pod のフェーズ。{of} 個中 {stopped} 個のコンテナは動いていない）") };
        keys: fn(usize) -> String = |n| counted(n, "key", "keys"), |n| format!("キー {n} 個");
    }
}
