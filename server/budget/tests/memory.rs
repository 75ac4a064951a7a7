//! No JSON text takes more memory than it is said to weigh.
//!
//! In a program of its own, because it counts the whole program's allocations.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use podside_budget::weigh;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::Value;

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

/// The bytes that the values of a text hold once parsed.
fn held(text: &str) -> u64 {
    let before = dhat::HeapStats::get().curr_bytes;
    let value: Value = serde_json::from_str(text).unwrap();
    let held = dhat::HeapStats::get().curr_bytes - before;
    drop(value);
    held as u64
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 200, 40, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..40).prop_map(Value::from),
            prop::collection::btree_map(".{0,6}", inner, 0..40)
                .prop_map(|map| map.into_iter().collect()),
        ]
    })
}

/// One test, because the allocations of two at once could not be told apart.
#[test]
fn no_text_takes_more_memory_than_it_weighs() {
    let _profiler = dhat::Profiler::builder().testing().build();
    let keys: String = (0..50_000).map(|n| format!("\"{n:05}\":0,")).collect();
    let twelve: String = (0..11).map(|n| format!("\"{n:02}\":0,")).collect();
    let shuffled: String = (0..50_000)
        .map(|n| format!("\"{:05}\":0,", n * 7919 % 50_000))
        .collect();
    for text in [
        // The array doubles its room for its last element.
        format!("[{}0]", "0,".repeat(1 << 20)),
        format!("[{}0]", "[0],".repeat(30_000)),
        format!("[{}0]", "{\"\":0},".repeat(30_000)),
        format!("[{}0]", "\"\",\"a\",".repeat(30_000)),
        format!("[{}0]", "{},[],".repeat(30_000)),
        format!("[{}0]", format!("{{{twelve}\"x\":0}},").repeat(1000)),
        format!("{{{keys}\"x\":0}}"),
        format!("{{{shuffled}\"x\":0}}"),
        format!("[{}\"\"]", "\"\\u0041\\n\",".repeat(30_000)),
        "[".repeat(100) + &"]".repeat(100),
    ] {
        let (held, weight) = (held(&text), weigh(text.as_bytes(), u64::MAX).unwrap());
        let start: String = text.chars().take(30).collect();
        assert!(held <= weight, "{start}: {held} B held, {weight} B told");
    }
    // Each allocation is counted with its place, which is slow.
    let mut config = ProptestConfig::default();
    if std::env::var_os("PROPTEST_CASES").is_none() {
        config.cases = 64;
    }
    config.failure_persistence = None;
    TestRunner::new(config)
        .run(&any_json(), |value| {
            let text = value.to_string();
            let weight = weigh(text.as_bytes(), u64::MAX).unwrap();
            prop_assert!(held(&text) <= weight, "{}", text);
            Ok(())
        })
        .unwrap();
}
