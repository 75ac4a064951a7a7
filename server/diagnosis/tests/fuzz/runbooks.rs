//! Runbook files and the expressions in them, from whoever wrote them.

use podside_diagnosis::facts::{Kind, Sharing, from_object_of};
use podside_diagnosis::runbook::{Expression, Target, built_in, read, vocabulary};
use podside_diagnosis::snapshot::Snapshot;
use podside_model::ObjectRef;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::cases;
use super::hostile::{text, value};

/// Parts of expressions.
const PARTS: [&str; 28] = [
    "pod",
    "pods",
    "target",
    "services",
    "events",
    ".name",
    ".labels",
    ".phase",
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
    "has(target.x)",
    " ? true : ",
];

fn expression() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => prop::collection::vec(prop::sample::select(&PARTS[..]), 0..30).prop_map(|parts| parts.concat()),
        1 => text(),
        1 => ("[(!\\[-]", 0..700_usize).prop_map(|(part, times)| part.repeat(times)),
    ]
}

fn object(kind: Kind) -> ObjectRef {
    let object = if kind.is_namespaced() {
        ObjectRef::namespaced(kind.name(), "shop", "it")
    } else {
        ObjectRef::cluster(kind.name(), "it")
    };
    object.in_group(kind.group())
}

/// An object of that kind with anything in it, and a Pod beside it.
fn snapshot(kind: Kind, parts: &[Value]) -> Snapshot {
    let mut snapshot = Snapshot::new(jiff::Timestamp::UNIX_EPOCH);
    snapshot.set_all_known();
    let namespace = kind.is_namespaced().then_some("shop");
    let objects = [
        (
            kind,
            json!({"metadata": {"name": "it", "namespace": namespace, "uid": "u", "labels": parts.first()},
            "spec": parts.get(1), "status": parts.get(2)}),
        ),
        (
            Kind::Pod,
            json!({"metadata": {"name": "one", "namespace": "shop",
            "ownerReferences": [{"kind": kind.name(), "name": "it", "uid": "u", "controller": true}]},
            "spec": {"nodeName": "it"}, "status": parts.get(2)}),
        ),
    ];
    for (kind, object) in objects {
        if let Some(fact) = from_object_of(kind, &object, &Sharing::default()) {
            snapshot.insert(fact);
        }
    }
    snapshot
}

proptest! {
    #![proptest_config(cases(40))]

    #[test]
    fn any_expression_answers_or_is_refused(
        source in expression(),
        kind in prop::sample::select(Kind::ALL.to_vec()),
        parts in prop::collection::vec(value(), 3),
    ) {
        let snapshot = snapshot(kind, &parts);
        let object = object(kind);
        let target = Target::find(&snapshot, &object);
        match Expression::read(&source, &[kind]) {
            Ok(expression) => {
                prop_assert_eq!(expression.source(), &source);
                let told = expression.holds(&target);
                prop_assert_eq!(expression.holds(&target), told);
            }
            Err(error) => prop_assert!(error.to_string().len() < 2000, "{}", error),
        }
        if let Ok(expression) = Expression::read(&format!("pods.exists(c, {source})"), &[kind]) {
            let _ = expression.holds(&target);
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
