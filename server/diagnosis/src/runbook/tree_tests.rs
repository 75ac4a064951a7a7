use std::fmt::Write;

use podside_model::{Finding, Lang};

use super::*;
use crate::runbook::sample::{names, runbook};
use crate::runbook::{Event, step};

fn drawn(state: &State) -> String {
    let mut out = String::new();
    for node in tree(&runbook(), state) {
        let what = match node.place {
            Place::Step { label, .. } => label.get(Lang::En).to_owned(),
            Place::OnTo { id, .. } => format!("-> {id}"),
            Place::Cause(cause) => cause.to_string(),
            Place::Found(causes) => format!("one of {}", causes.len()),
            Place::Runbook(id) => format!("runbook {id}"),
            Place::NothingWrong => "nothing wrong".to_owned(),
            Place::Open => "open".to_owned(),
        };
        let via: Vec<_> = node.via.iter().map(|answer| answer.as_str()).collect();
        let state = match node.state {
            NodeState::Taken(Some(walked)) => format!("taken {}", walked.answer.as_str()),
            NodeState::Taken(None) => "reached".to_owned(),
            NodeState::Left { walked, .. } => format!("left {}", walked.answer.as_str()),
            NodeState::Here => "here".to_owned(),
            NodeState::Ahead { suggested: true } => "suggested".to_owned(),
            NodeState::Ahead { suggested: false } => "ahead".to_owned(),
            NodeState::NotTaken => "not taken".to_owned(),
        };
        let indent = "  ".repeat(node.lane);
        writeln!(out, "{indent}[{}] {what}: {state}", via.join("+")).unwrap();
    }
    out
}

fn after(events: impl IntoIterator<Item = Event>) -> State {
    let mut state = State::new(&runbook(), names());
    for event in events {
        (state, _) = step(&runbook(), state, event, Timestamp::UNIX_EPOCH);
    }
    state
}

fn answered(step: &str, answer: Answer) -> Event {
    Event::Answered {
        step: step.to_owned(),
        answer,
    }
}

#[test]
fn the_whole_tree_is_there_from_the_start() {
    let state = after([Event::Checked {
        step: "pending".to_owned(),
        finding: Finding {
            observed_at: Timestamp::UNIX_EPOCH,
            suggests: Ok(Answer::Yes),
            fact: None,
            evidence: Vec::new(),
        },
        problems: Vec::new(),
    }]);
    assert_eq!(
        drawn(&state),
        "\
[] Is Pod cart-1 Pending?: here
  [yes] Is there no room?: suggested
    [yes] one of 2: ahead
    [no+unknown] open: ahead
[no+unknown] Does it crash?: ahead
  [no] nothing wrong: ahead
[yes+unknown] Do you see it?: ahead
  [yes] app-exits-with-error: ahead
  [no+unknown] open: ahead
"
    );
}

#[test]
fn the_way_not_taken_and_the_way_left_stay_visible() {
    let state = after([
        answered("pending", Answer::Yes),
        answered("room", Answer::No),
        Event::Returned {
            step: "pending".to_owned(),
        },
        answered("pending", Answer::No),
        answered("crashing", Answer::No),
    ]);
    assert_eq!(
        drawn(&state),
        "\
[] Is Pod cart-1 Pending?: taken no
  [yes] Is there no room?: left no
    [yes] one of 2: not taken
    [no+unknown] open: left no
[no+unknown] Does it crash?: taken no
  [no] nothing wrong: reached
[yes+unknown] Do you see it?: not taken
  [yes] app-exits-with-error: not taken
  [no+unknown] open: not taken
"
    );
}
