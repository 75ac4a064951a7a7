//! With no log to be read, no step of a runbook says that a cause is not there which shows in
//! logs.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking, and tells by printing"
)]

mod recorded;

use std::collections::{BTreeMap, BTreeSet};

use futures::{StreamExt, stream};
use podside_diagnosis::Want;
use podside_diagnosis::judge::{Judgement, judge};
use podside_diagnosis::runbook::{Check, Event, Target, built_in, check};
use podside_diagnosis::snapshot::{LogTail, Snapshot};
use podside_model::{Cause, ObjectRef, Why};
use podside_replay::Recording;

use recorded::{all, examined};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_step_rules_out_what_only_a_log_that_is_denied_would_show() {
    let asked: Vec<BTreeSet<Cause>> = stream::iter(all())
        .map(asked_of)
        .buffered(4)
        .collect()
        .await;
    let asked: BTreeSet<Cause> = asked.into_iter().flatten().collect();
    println!("{asked:?}");
    assert!(asked.len() >= 5, "only {asked:?} showed in logs");
}

/// Asks every step for the causes that a recording's logs show, without the logs; returns the
/// causes that were asked for.
async fn asked_of(recording: Recording) -> BTreeSet<Cause> {
    let name = recording.name().to_owned();
    let examined = examined(recording).await;
    let (denied, judged) = denied(&examined.snapshot);
    let is_found = |cause: &Cause, subject: &ObjectRef| {
        let mut problems = judged.diagnosis.problems.iter();
        problems.any(|problem| problem.cause == *cause && problem.subject == *subject)
    };
    let mut asked = BTreeSet::new();
    for problem in &examined.diagnosis.problems {
        let (cause, subject) = (&problem.cause, &problem.subject);
        if is_found(cause, subject) {
            continue;
        }
        let target = Target::find(&denied, subject);
        for runbook in built_in().iter().map(|it| &it.runbook) {
            for step in &runbook.steps {
                let Check::Causes { causes, when_true } = &step.check else {
                    continue;
                };
                if !causes.contains(cause) || !runbook.targets.contains(&subject.kind) {
                    continue;
                }
                let Event::Checked { finding, .. } = check(step, &target, &judged.diagnosis) else {
                    panic!("a check reports what it found");
                };
                let suggests = finding.suggests;
                assert!(
                    suggests.is_err() || suggests == Ok(*when_true),
                    "{name}: {} rules out {cause} on {subject}: {suggests:?}",
                    step.id
                );
                asked.insert(cause.clone());
            }
        }
    }
    asked
}

/// The same facts with every log denied that a rule wants, and what is made of them.
fn denied(snapshot: &Snapshot) -> (Snapshot, Judgement) {
    let mut snapshot = snapshot.clone();
    snapshot.set_logs(BTreeMap::new());
    loop {
        let judgement = judge(&snapshot);
        let wanted = judgement.wants.iter().filter_map(|want| match want {
            Want::Log(of) => Some(of.clone()),
            Want::SecretKeys { .. } | Want::Object(_) | Want::Objects { .. } => None,
        });
        let wanted: Vec<_> = wanted.collect();
        if wanted.is_empty() {
            return (snapshot, judgement);
        }
        for of in wanted {
            snapshot.insert_log(of, LogTail::Unreadable(Why::Denied));
        }
    }
}
