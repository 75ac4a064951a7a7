//! Runbook files and the expressions in them, from whoever wrote them.

use podside_diagnosis::runbook::{Expression, built_in, read, vocabulary};
use proptest::prelude::*;
use serde_json::json;

use super::cases;
use super::hostile::{text, value};

/// Parts of expressions.
const PARTS: [&str; 22] = [
    "pod",
    ".status",
    ".containers",
    ".exists(c, ",
    ".all(c, ",
    ".map(c, ",
    "c.ready",
    " == ",
    " && ",
    " || ",
    "!",
    "(",
    ")",
    "[0]",
    "size(",
    "'a'",
    "1",
    "9223372036854775807",
    " + ",
    " / 0",
    "has(pod.x)",
    " ? true : ",
];

fn expression() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::collection::vec(prop::sample::select(&PARTS[..]), 0..30).prop_map(|parts| parts.concat()),
        1 => text(),
        1 => ("[(!\\[-]", 0..700_usize).prop_map(|(part, times)| part.repeat(times)),
    ]
}

proptest! {
    #![proptest_config(cases(40))]

    #[test]
    fn any_expression_answers_or_is_refused(source in expression(), pod in value()) {
        match Expression::read(&source) {
            Ok(expression) => {
                prop_assert_eq!(expression.source(), &source);
                let told = expression.holds(&pod);
                prop_assert_eq!(expression.holds(&pod), told);
            }
            Err(error) => prop_assert!(error.to_string().len() < 2000, "{}", error),
        }
        let facts = json!({"status": {"phase": "Running"}, "containers": [{"ready": true}, {"ready": pod}]});
        if let Ok(expression) = Expression::read(&format!("pod.containers.exists(c, {source})")) {
            let _ = expression.holds(&facts);
        }
    }

    #[test]
    fn any_runbook_is_sound_or_its_faults_are_placed(
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0..40_usize, prop_oneof![text(), "[-:#&*!|>{}\\[\\],?'\"%@` \\n]{1,6}".prop_map(String::from)]), 1..6)
    ) {
        let mut source = built_in()[0].source.to_owned();
        for (at, length, put) in &edits {
            let chars: Vec<char> = source.chars().collect();
            let at = at.index(chars.len());
            source = chars[..at].iter().copied().chain(put.chars()).chain(chars[(at + length).min(chars.len())..].iter().copied()).collect();
        }
        let lines = source.lines().count();
        match read(&source, vocabulary()) {
            Ok(runbook) => prop_assert!(!runbook.steps.is_empty()),
            Err(faults) => {
                prop_assert!(!faults.is_empty());
                for fault in faults {
                    prop_assert!(fault.line <= lines as u64 + 1, "{} of {lines} lines", fault);
                    prop_assert!(!fault.message.contains('\n'), "{}", fault);
                    prop_assert!(fault.message.len() < 16 * 1024);
                }
            }
        }
    }
}

/// Aliases of aliases, each ten times the one before: a short file, a great text.
#[test]
fn a_runbook_that_grows_when_it_is_read_is_refused() {
    let mut bomb = String::from("id: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for level in 1..12 {
        let ten = [format!("*a{}", level - 1).as_str(); 10].join(", ");
        bomb += &format!("l{level}: &a{level} [{ten}]\n");
    }
    for source in [
        bomb.clone(),
        format!("steps: {}", "[".repeat(100_000)),
        format!("id: {}", "&a ".repeat(50_000)),
        "? ".repeat(100_000),
        "- ".repeat(100_000),
    ] {
        let faults = read(&source, vocabulary()).unwrap_err();
        assert!(!faults.is_empty());
    }
}
