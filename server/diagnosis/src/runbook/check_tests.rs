use podside_model::{Message, MissingRight};

use super::*;
use crate::facts::{Kind, Sharing, from_object};
use crate::runbook::{built_in, sample};
use crate::snapshot::{LogOf, LogTail, Reading, Snapshot};
use crate::testing;

fn snapshot(status: &str) -> Snapshot {
    let pod = format!(
        "{{apiVersion: v1, kind: Pod, metadata: {{name: cart-1, namespace: shop, uid: u}}, \
         spec: {{containers: [{{name: app, image: cart}}]}}, status: {status}}}"
    );
    let pod: serde_json::Value = serde_saphyr::from_str(&pod).unwrap();
    let mut snapshot = Snapshot::new("2026-01-01T12:00:00Z".parse().unwrap());
    snapshot.set_all_known();
    snapshot.insert(from_object(&pod, &Sharing::default()).unwrap());
    snapshot
}

const PENDING: &str = "{phase: Pending}";
const CRASHING: &str = "{phase: Running, containerStatuses: [{name: app, ready: false, restartCount: 3, \
                        state: {waiting: {reason: CrashLoopBackOff}}, \
                        lastState: {terminated: {exitCode: 1, reason: Error}}}]}";

fn diagnosis(snapshot: &Snapshot) -> Diagnosis {
    crate::judge::judge(snapshot).diagnosis
}

fn finding(snapshot: &Snapshot, diagnosis: &Diagnosis, step: &str) -> Finding {
    let runbook = sample::runbook();
    let target = Target::find(snapshot, &sample::names().target);
    match check(runbook.step(step).unwrap(), &target, diagnosis) {
        Event::Checked { finding, .. } => finding,
        other => panic!("{other:?}"),
    }
}

fn suggests(status: &str, step: &str) -> Result<Answer, NoSuggestion> {
    let snapshot = snapshot(status);
    finding(&snapshot, &diagnosis(&snapshot), step).suggests
}

#[test]
fn an_expression_answers_from_the_facts() {
    assert_eq!(suggests(PENDING, "pending"), Ok(Answer::Yes));
    assert_eq!(suggests(CRASHING, "pending"), Ok(Answer::No));
    assert_eq!(suggests(CRASHING, "crashing"), Ok(Answer::Yes));
    assert_eq!(suggests(PENDING, "look-inside"), Err(NoSuggestion::Ask));
}

#[test]
fn an_expression_says_the_value_that_it_was_answered_from() {
    let snapshot = snapshot(PENDING);
    let step = built_in()
        .iter()
        .flat_map(|it| &it.runbook.steps)
        .find(|step| matches!(step.check, Check::Cel { .. }) && step.id == "pending")
        .unwrap();
    let target = Target::find(&snapshot, &sample::names().target);
    let Event::Checked { finding, .. } = check(step, &target, &diagnosis(&snapshot)) else {
        panic!("a check reports what it found");
    };
    let said = Message::new("runbook.value").with("value", "Pending");
    assert_eq!(finding.fact, Some(said));
}

#[test]
fn a_cause_that_every_rule_looked_for_in_vain_is_ruled_out() {
    if rules::of("insufficient-cpu").is_some() && rules::of("insufficient-memory").is_some() {
        assert_eq!(suggests(CRASHING, "room"), Ok(Answer::No));
    }
}

#[test]
fn what_could_not_be_read_rules_nothing_out() {
    let snapshot = snapshot(CRASHING);
    let mut diagnosis = diagnosis(&snapshot);
    diagnosis.unknown.push(Unknown {
        what: Message::new("unknown.kind"),
        why: Why::Denied,
        settle: None,
        object: None,
        rights: vec![MissingRight {
            verb: "list".to_owned(),
            group: String::new(),
            resource: "events".to_owned(),
            namespace: Some("shop".to_owned()),
        }],
        causes: vec![Cause::known("insufficient-memory")],
        spare: false,
    });
    let suggests = finding(&snapshot, &diagnosis, "room").suggests;
    assert!(suggests.is_err(), "{suggests:?}");
}

/// The step of a built-in runbook that asks for a cause.
fn step_for(cause: &str) -> &'static Step {
    let mut steps = built_in().iter().flat_map(|it| &it.runbook.steps);
    let asks = |step: &&Step| matches!(&step.check, Check::Causes { causes, .. } if causes.iter().any(|c| c.as_str() == cause));
    steps.find(asks).unwrap()
}

/// What the step for a cause suggests of Pod `shop/NAME`.
fn suggests_of(snapshot: &Snapshot, name: &str, cause: &str) -> Result<Answer, NoSuggestion> {
    let target = Target::find(snapshot, &ObjectRef::namespaced("Pod", "shop", name));
    match check(step_for(cause), &target, &diagnosis(snapshot)) {
        Event::Checked { finding, .. } => finding.suggests,
        other => panic!("{other:?}"),
    }
}

#[test]
fn kinds_that_failed_to_be_read_rule_nothing_out_that_they_are_asked_for() {
    const LEAVING: &str = "
apiVersion: v1
kind: Pod
metadata: {name: cart-1, namespace: shop, uid: u, deletionTimestamp: '2026-01-01T10:00:00Z', deletionGracePeriodSeconds: 30}
spec: {nodeName: n1, containers: [{name: app, image: cart}]}
status: {phase: Running}
";
    let mut snapshot = testing::check(LEAVING).snapshot().clone();
    snapshot.set_reading(Kind::Node, None, Reading::Unknown(Why::NotSeen));
    let one = suggests_of(&snapshot, "cart-1", "terminating-on-lost-node");
    let unread = |what: &str| NoSuggestion::Unread {
        what: what.to_owned(),
        why: Why::NotSeen,
    };
    assert_eq!(one, Err(unread("nodes")));
    // Nobody looks at the nodes for a Pod that has one.
    let room = suggests_of(&snapshot, "cart-1", "insufficient-cpu");
    assert_eq!(room, Ok(Answer::No));
    for kind in Kind::ALL.iter().filter(|kind| **kind != Kind::Pod) {
        snapshot.set_reading(*kind, None, Reading::Unknown(Why::NotSeen));
    }
    let all = suggests_of(&snapshot, "cart-1", "terminating-on-lost-node");
    assert!(matches!(all, Err(NoSuggestion::Unread { .. })), "{all:?}");
    // Quotas are told of ReplicaSets, of which none can be seen.
    let owners = suggests_of(&snapshot, "cart-1", "quota-exceeded");
    assert!(
        matches!(owners, Err(NoSuggestion::Unread { .. })),
        "{owners:?}"
    );
}

/// Two Pods of one ReplicaSet whose container ends with exit code 127.
fn without_command() -> Snapshot {
    let pod = |name: &str| {
        format!(
            "
apiVersion: v1
kind: Pod
metadata: {{name: {name}, namespace: shop, uid: {name}, ownerReferences: [{{kind: ReplicaSet, name: cart, uid: r, controller: true}}]}}
spec: {{nodeName: n1, containers: [{{name: app, image: cart, command: [sh, -c, run.sh]}}]}}
status:
  phase: Running
  containerStatuses:
    - {{name: app, ready: false, restartCount: 3, state: {{waiting: {{reason: CrashLoopBackOff}}}}, lastState: {{terminated: {{exitCode: 127, reason: Error, startedAt: '2026-01-01T11:58:00Z', finishedAt: '2026-01-01T11:58:01Z'}}}}}}
"
        )
    };
    let yaml = format!("{}---{}", pod("cart-1"), pod("cart-2"));
    testing::check(&yaml).snapshot().clone()
}

#[test]
fn a_log_that_was_not_read_rules_out_no_cause_that_is_read_from_it() {
    let of = |snapshot: &Snapshot| {
        let pod = snapshot.pods.get("shop", "cart-1").unwrap();
        LogOf::of(pod, &"app".into(), false)
    };
    let mut snapshot = without_command();
    for (tail, why) in [
        (None, Why::NotSeen),
        (Some(LogTail::Unreadable(Why::Denied)), Why::Denied),
        (Some(LogTail::Unreadable(Why::Expired)), Why::Expired),
    ] {
        if let Some(tail) = tail {
            snapshot.insert_log(of(&snapshot), tail);
        }
        let unread = NoSuggestion::Unread {
            what: "Pod shop/cart-1".to_owned(),
            why,
        };
        // The log of the first Pod is read for both.
        for pod in ["cart-1", "cart-2"] {
            let suggests = suggests_of(&snapshot, pod, "command-not-found");
            assert_eq!(suggests, Err(unread.clone()), "{pod}");
        }
    }
    snapshot.insert_log(of(&snapshot), LogTail::read("sh: 1: run.sh: not found\n"));
    let known = suggests_of(&snapshot, "cart-2", "command-not-found");
    assert_eq!(known, Ok(Answer::Yes));
    snapshot.insert_log(
        of(&snapshot),
        LogTail::read("FATAL: LICENSE_KEY is not set\n"),
    );
    let known = suggests_of(&snapshot, "cart-2", "command-not-found");
    assert_eq!(known, Ok(Answer::No));
}

#[test]
fn a_pod_that_may_not_be_read_gives_no_answer() {
    let mut snapshot = Snapshot::new("2026-01-01T12:00:00Z".parse().unwrap());
    snapshot.set_reading(Kind::Pod, None, Reading::Unknown(Why::Denied));
    let unread = NoSuggestion::Unread {
        what: "Pod shop/cart-1".to_owned(),
        why: Why::Denied,
    };
    assert_eq!(
        finding(&snapshot, &diagnosis(&snapshot), "pending").suggests,
        Err(unread)
    );
}

#[test]
fn a_pod_that_is_gone_gives_no_answer() {
    let mut snapshot = Snapshot::new("2026-01-01T12:00:00Z".parse().unwrap());
    snapshot.set_all_known();
    let suggests = finding(&snapshot, &diagnosis(&snapshot), "pending").suggests;
    assert!(matches!(
        suggests,
        Err(NoSuggestion::Unread {
            why: Why::Expired,
            ..
        })
    ));
}

#[test]
fn the_container_in_question_is_the_one_that_ended() {
    let snapshot = snapshot(CRASHING);
    let target = Target::find(&snapshot, &sample::names().target);
    assert_eq!(target.names().container.as_deref(), Some("app"));
}

/// An expression of a built-in runbook fits every Pod that has some status.
#[test]
fn built_in_expressions_fit_the_facts() {
    for status in [PENDING, CRASHING, "{}", "{phase: Failed, reason: Evicted}"] {
        let snapshot = snapshot(status);
        let target = Target::find(&snapshot, &sample::names().target);
        for step in built_in()
            .iter()
            .flat_map(|built_in| &built_in.runbook.steps)
        {
            if let Check::Cel {
                expression,
                when_true,
            } = &step.check
            {
                let answer = evaluate(expression, &target, *when_true);
                assert!(answer.is_ok(), "{}: {answer:?} with {status}", step.id);
            }
        }
    }
}
