use podside_model::{Cause, Certainty, NoSuggestion, ObjectRef, Severity};

use super::*;
use crate::runbook::sample::{names, runbook};

fn now(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn finding(suggests: Result<Answer, NoSuggestion>) -> Finding {
    Finding {
        observed_at: now(0),
        suggests,
        fact: None,
        evidence: Vec::new(),
    }
}

fn problem(cause: &str) -> Problem {
    Problem {
        cause: Cause::parse(cause).unwrap(),
        severity: Severity::Critical,
        certainty: Certainty::Certain,
        subject: ObjectRef::namespaced("Deployment", "shop", "cart"),
        title: Message::new("title"),
        explanation: Message::new("explanation"),
        fix: Vec::new(),
        evidence: Vec::new(),
        affects: Vec::new(),
        more_affected: 0,
        since: None,
    }
}

fn checked(step: &str, suggests: Answer, problems: Vec<Problem>) -> Event {
    Event::Checked {
        step: step.to_owned(),
        finding: finding(Ok(suggests)),
        problems,
    }
}

fn answered(step: &str, answer: Answer) -> Event {
    Event::Answered {
        step: step.to_owned(),
        answer,
    }
}

/// Plays events one after the other; all effects in order.
fn play(events: impl IntoIterator<Item = Event>) -> (State, Vec<Effect>) {
    let runbook = runbook();
    let mut state = State::new(&runbook, names());
    let mut all = Vec::new();
    for (second, event) in (1..).zip(events) {
        let effects;
        (state, effects) = step(&runbook, state, event, now(second));
        all.extend(effects);
    }
    (state, all)
}

fn recorded(effects: &[Effect]) -> Vec<EntryBody> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Record(entry) => Some(entry.clone()),
            _ => None,
        })
        .collect()
}

#[test]
fn a_walk_begins_with_the_check_of_the_first_step() {
    let (state, effects) = play([Event::Look]);
    assert_eq!(state.here, Here::Step("pending".to_owned()));
    assert_eq!(effects, [Effect::Check("pending".to_owned())]);
}

#[test]
fn an_answer_is_kept_with_the_evidence_and_leads_on() {
    let (state, effects) = play([
        checked("pending", Answer::Yes, vec![]),
        answered("pending", Answer::No),
    ]);
    assert_eq!(state.here, Here::Step("crashing".to_owned()));
    let [
        Effect::Record(EntryBody::Answered {
            question,
            answer,
            finding,
            by_itself,
            ..
        }),
        Effect::Check(next),
    ] = effects.as_slice()
    else {
        panic!("{effects:?}");
    };
    assert_eq!(question.en, "Is Pod cart-1 Pending?");
    assert_eq!(
        (*answer, finding.suggests.clone(), *by_itself),
        (Answer::No, Ok(Answer::Yes), false)
    );
    assert_eq!(next, "crashing");
}

#[test]
fn the_found_cause_is_the_conclusion_with_its_proof() {
    let (state, effects) = play([
        answered("pending", Answer::Yes),
        checked(
            "room",
            Answer::Yes,
            vec![problem("oom-killed"), problem("insufficient-memory")],
        ),
        answered("room", Answer::Yes),
    ]);
    let Here::Concluded { conclusion, .. } = &state.here else {
        panic!("{state:?}");
    };
    assert!(
        matches!(&**conclusion, Conclusion::Cause { cause, problem: Some(_), .. } if cause.as_str() == "insufficient-memory")
    );
    assert_eq!(
        recorded(&effects).last().map(EntryBody::kind),
        Some("concluded")
    );
}

#[test]
fn a_person_who_overrules_gets_no_cause_that_was_not_found() {
    let (state, _) = play([
        answered("pending", Answer::Yes),
        checked("room", Answer::No, vec![]),
        answered("room", Answer::Yes),
    ]);
    assert!(
        matches!(&state.here, Here::Concluded { conclusion, .. } if matches!(**conclusion, Conclusion::Open { .. }))
    );
}

#[test]
fn an_answer_to_another_step_changes_nothing() {
    let (state, effects) = play([answered("room", Answer::Yes)]);
    assert_eq!(state.here, Here::Step("pending".to_owned()));
    assert_eq!(effects, [Effect::Refuse(Refusal::NotHere)]);
}

#[test]
fn by_itself_goes_on_as_far_as_the_evidence_decides() {
    let (state, effects) = play([
        checked("pending", Answer::No, vec![]),
        Event::ByItself,
        checked("crashing", Answer::Yes, vec![]),
        Event::Checked {
            step: "look-inside".to_owned(),
            finding: finding(Err(NoSuggestion::Ask)),
            problems: vec![],
        },
    ]);
    assert_eq!(state.here, Here::Step("look-inside".to_owned()));
    assert!(!state.by_itself);
    assert!(recorded(&effects).iter().all(|entry| matches!(
        entry,
        EntryBody::Answered {
            by_itself: true,
            ..
        }
    )));
    assert_eq!(recorded(&effects).len(), 2);
}

#[test]
fn going_back_keeps_both_branches() {
    let (state, effects) = play([
        answered("pending", Answer::No),
        answered("crashing", Answer::No),
        Event::Returned {
            step: "pending".to_owned(),
        },
        answered("pending", Answer::Yes),
    ]);
    assert_eq!(state.here, Here::Step("room".to_owned()));
    let left: Vec<_> = state
        .walked
        .iter()
        .map(|w| (w.step.as_str(), w.left))
        .collect();
    assert_eq!(
        left,
        [
            ("pending", Some(now(3))),
            ("crashing", Some(now(3))),
            ("pending", None)
        ]
    );
    assert!(
        recorded(&effects)
            .iter()
            .any(|entry| matches!(entry, EntryBody::Returned { .. }))
    );
}

#[test]
fn one_can_only_go_back_to_where_one_was() {
    for step in ["room", "nowhere", "pending"] {
        let (_, effects) = play([Event::Returned {
            step: step.to_owned(),
        }]);
        assert_eq!(effects, [Effect::Refuse(Refusal::NeverThere)], "{step}");
    }
}

#[test]
fn after_the_end_only_going_back_is_possible() {
    let end = [
        answered("pending", Answer::No),
        answered("crashing", Answer::No),
    ];
    let (state, _) = play(end.clone());
    assert!(matches!(state.here, Here::Concluded { .. }));
    let (_, effects) = play(
        end.clone()
            .into_iter()
            .chain([answered("crashing", Answer::Yes)]),
    );
    assert!(effects.contains(&Effect::Refuse(Refusal::Ended)));
    let (state, _) = play(end.into_iter().chain([Event::Returned {
        step: "crashing".to_owned(),
    }]));
    assert_eq!(state.here, Here::Step("crashing".to_owned()));
}

#[test]
fn the_entries_alone_give_the_state_back() {
    let events = [
        answered("pending", Answer::No),
        answered("crashing", Answer::No),
        Event::Returned {
            step: "pending".to_owned(),
        },
        answered("pending", Answer::Yes),
        checked("room", Answer::Yes, vec![problem("insufficient-cpu")]),
        answered("room", Answer::Yes),
    ];
    let runbook = runbook();
    for length in 0..=events.len() {
        let mut state = State::new(&runbook, names());
        let mut entries = Vec::new();
        for (second, event) in (1..).zip(events.iter().take(length).cloned()) {
            let effects;
            (state, effects) = step(&runbook, state, event, now(second));
            entries.extend(
                recorded(&effects)
                    .into_iter()
                    .map(|entry| (now(second), entry)),
            );
        }
        let again = replay(
            &runbook,
            names(),
            entries.iter().map(|(at, entry)| (*at, entry)),
        );
        assert_eq!(
            (again.walked, again.here),
            (state.walked, state.here),
            "after {length} events"
        );
    }
}
