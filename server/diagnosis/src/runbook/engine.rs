//! The engine: one walk through a runbook, as a pure function of its events.

use jiff::Timestamp;
use podside_model::{Answer, Conclusion, EntryBody, Finding, Message, Problem, Texts};

use super::placeholder::Names;
use super::types::{Check, Next, Runbook, Step};

/// Where a walk stands.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// The names that are put into texts and commands.
    pub names: Names,
    /// The steps that were answered, oldest first; those that were gone back from stay.
    pub walked: Vec<Walked>,
    /// Where the walk is now.
    pub here: Here,
    /// What the check of the present step found, once it has run.
    pub finding: Option<Finding>,
    /// What the test of the present step told, where one was run since the walk came here.
    pub ran: Option<Finding>,
    /// The problems on the target that the diagnosis knew when the check ran.
    pub problems: Vec<Problem>,
    /// Whether the evidence is followed without asking, as long as it decides.
    pub by_itself: bool,
}

/// A step that was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Walked {
    /// The step's id.
    pub step: String,
    /// The answer that counted.
    pub answer: Answer,
    /// When it was given.
    pub at: Timestamp,
    /// The fact behind it, in a few words.
    pub fact: Option<Message>,
    /// When the walk went back to this step or one before it.
    pub left: Option<Timestamp>,
}

/// Where a walk is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Here {
    /// At a step whose answer is awaited.
    Step(String),
    /// At the end.
    Concluded {
        /// The step whose answer led here.
        step: String,
        /// The conclusion.
        conclusion: Box<Conclusion>,
    },
}

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The walk begins, or is looked at again: what was found before is out of date.
    Look,
    /// The check of a step has run.
    Checked {
        /// The step.
        step: String,
        /// What it found.
        finding: Finding,
        /// The problems on the target at that moment, worst and most certain first.
        problems: Vec<Problem>,
    },
    /// The test of a step was run.
    Ran {
        /// The step.
        step: String,
        /// What it told.
        finding: Finding,
    },
    /// A person answered a step.
    Answered {
        /// The step that was on the page; it may not be the present one any more.
        step: String,
        /// The answer.
        answer: Answer,
    },
    /// A person went back to a step.
    Returned {
        /// The step.
        step: String,
    },
    /// A person wants the evidence followed as far as it decides.
    ByItself,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Run the check of this step and report with [`Event::Checked`].
    Check(String),
    /// Show this step's active test and ask for consent to run it.
    AskConsent(String),
    /// Keep this entry; in the order in which they come.
    Record(EntryBody),
    /// Tell the person that nothing was done, and why.
    Refuse(Refusal),
}

/// Why an event changed nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The walk is not at the step that was answered: somebody else was faster.
    NotHere,
    /// The step was not answered before, or is not in this runbook.
    NeverThere,
    /// The walk is at its end.
    Ended,
}

impl State {
    /// A walk that has not begun.
    pub fn new(runbook: &Runbook, names: Names) -> Self {
        Self {
            names,
            walked: Vec::new(),
            here: Here::Step(
                runbook
                    .steps
                    .first()
                    .map_or_else(String::new, |s| s.id.clone()),
            ),
            finding: None,
            ran: None,
            problems: Vec::new(),
            by_itself: false,
        }
    }

    /// The present step, if the walk is not at its end.
    pub fn step<'a>(&self, runbook: &'a Runbook) -> Option<&'a Step> {
        match &self.here {
            Here::Step(id) => runbook.step(id),
            Here::Concluded { .. } => None,
        }
    }

    /// The answers that count, in order.
    pub fn path(&self) -> impl Iterator<Item = &Walked> {
        self.walked.iter().filter(|walked| walked.left.is_none())
    }

    fn at(&self, step: &str) -> bool {
        matches!(&self.here, Here::Step(here) if here == step)
    }

    fn go(&mut self, here: Here) {
        self.here = here;
        self.finding = None;
        self.ran = None;
        self.problems = Vec::new();
    }
}

/// One step of a walk: what the event makes of the state, and what is to be done.
pub fn step(
    runbook: &Runbook,
    mut state: State,
    event: Event,
    now: Timestamp,
) -> (State, Vec<Effect>) {
    let effects = match event {
        Event::Look => {
            state.finding = None;
            arrive(runbook, &state)
        }
        Event::Checked {
            step,
            finding,
            problems,
        } if state.at(&step) => {
            state.finding = Some(match &state.ran {
                Some(ran) => told_by(ran, finding),
                None => finding,
            });
            state.problems = problems;
            follow(runbook, &mut state, now)
        }
        // The walk has gone on since the check was asked for.
        Event::Checked { .. } => Vec::new(),
        Event::Ran { step, finding } => match state.step(runbook) {
            Some(here) if here.id == step => {
                let ran = Effect::Record(EntryBody::Ran {
                    question: state.names.fill(&here.question),
                    step,
                    finding: finding.clone(),
                });
                state.finding = Some(match state.finding.take() {
                    Some(checked) => told_by(&finding, checked),
                    None => finding.clone(),
                });
                state.ran = Some(finding);
                vec![ran]
            }
            _ => vec![Effect::Refuse(Refusal::NotHere)],
        },
        Event::Answered { step, answer } if state.at(&step) => {
            answer_here(runbook, &mut state, answer, false, now)
        }
        Event::Answered { .. } => match state.here {
            Here::Step(_) => vec![Effect::Refuse(Refusal::NotHere)],
            Here::Concluded { .. } => vec![Effect::Refuse(Refusal::Ended)],
        },
        Event::Returned { step } => go_back(runbook, &mut state, &step, now),
        Event::ByItself => match state.here {
            Here::Concluded { .. } => vec![Effect::Refuse(Refusal::Ended)],
            Here::Step(_) => {
                state.by_itself = true;
                if state.finding.is_some() {
                    follow(runbook, &mut state, now)
                } else {
                    arrive(runbook, &state)
                }
            }
        },
    };
    (state, effects)
}

/// The state that an investigation's entries lead to.
pub fn replay<'a>(
    runbook: &Runbook,
    names: Names,
    entries: impl IntoIterator<Item = (Timestamp, &'a EntryBody)>,
) -> State {
    let mut state = State::new(runbook, names);
    for (at, entry) in entries {
        match entry {
            EntryBody::Answered {
                step,
                answer,
                finding,
                ..
            } => {
                state.walked.push(Walked {
                    step: step.clone(),
                    answer: *answer,
                    at,
                    fact: finding.fact.clone(),
                    left: None,
                });
                if let Some(Next::Step(next)) = runbook.step(step).map(|s| s.next(*answer)) {
                    state.go(Here::Step(next.clone()));
                }
            }
            EntryBody::Returned { step, .. } => {
                leave_from(&mut state, step, at);
                state.go(Here::Step(step.clone()));
            }
            EntryBody::Concluded { step, conclusion } => {
                state.go(Here::Concluded {
                    step: step.clone(),
                    conclusion: Box::new(conclusion.clone()),
                });
            }
            EntryBody::Ran { step, finding, .. } => {
                if state.at(step) {
                    state.ran = Some(finding.clone());
                }
            }
            EntryBody::Allowed { .. } | EntryBody::Noted { .. } => {}
        }
    }
    state
}

/// What is to be done at the present step before it can be answered.
fn arrive(runbook: &Runbook, state: &State) -> Vec<Effect> {
    match state.step(runbook) {
        None => Vec::new(),
        Some(step) => match step.check {
            Check::Probe(_) => vec![
                Effect::Check(step.id.clone()),
                Effect::AskConsent(step.id.clone()),
            ],
            Check::Causes { .. } | Check::Cel { .. } | Check::Ask => {
                vec![Effect::Check(step.id.clone())]
            }
        },
    }
}

/// What a test told, beside what is shown of the target.
fn told_by(ran: &Finding, checked: Finding) -> Finding {
    let mut told = ran.clone();
    told.evidence.extend(checked.evidence);
    told
}

/// Follows the evidence if that is wanted and it decides.
fn follow(runbook: &Runbook, state: &mut State, now: Timestamp) -> Vec<Effect> {
    if !state.by_itself {
        return Vec::new();
    }
    let suggestion = state.finding.as_ref().map(|finding| &finding.suggests);
    if let Some(Ok(answer @ (Answer::Yes | Answer::No))) = suggestion {
        let answer = *answer;
        return answer_here(runbook, state, answer, true, now);
    }
    // From here on a person has to say how it goes on.
    state.by_itself = false;
    Vec::new()
}

fn answer_here(
    runbook: &Runbook,
    state: &mut State,
    answer: Answer,
    by_itself: bool,
    now: Timestamp,
) -> Vec<Effect> {
    let Some(step) = state.step(runbook) else {
        return vec![Effect::Refuse(Refusal::NeverThere)];
    };
    let finding = state.finding.take().unwrap_or(Finding {
        observed_at: now,
        suggests: Err(podside_model::NoSuggestion::Ask),
        fact: None,
        evidence: Vec::new(),
    });
    state.walked.push(Walked {
        step: step.id.clone(),
        answer,
        at: now,
        fact: finding.fact.clone(),
        left: None,
    });
    let mut effects = vec![Effect::Record(EntryBody::Answered {
        step: step.id.clone(),
        question: state.names.fill(&step.question),
        answer,
        by_itself,
        finding,
    })];
    match conclusion(step, step.next(answer), &state.names, &state.problems) {
        Ok(next) => {
            state.go(Here::Step(next));
            effects.extend(arrive(runbook, state));
        }
        Err(conclusion) => {
            effects.push(Effect::Record(EntryBody::Concluded {
                step: step.id.clone(),
                conclusion: conclusion.clone(),
            }));
            state.by_itself = false;
            state.go(Here::Concluded {
                step: step.id.clone(),
                conclusion: Box::new(conclusion),
            });
        }
    }
    effects
}

/// The next step, or the conclusion with its proof.
fn conclusion(
    step: &Step,
    next: &Next,
    names: &Names,
    problems: &[Problem],
) -> Result<String, Conclusion> {
    let fill = |text: &Texts| names.fill(text);
    Err(match next {
        Next::Step(next) => return Ok(next.clone()),
        Next::Cause { cause, text } => Conclusion::Cause {
            cause: cause.clone(),
            text: fill(text),
            problem: problems
                .iter()
                .find(|p| p.cause == *cause)
                .cloned()
                .map(Box::new),
        },
        Next::Found { text } => {
            let causes = match &step.check {
                Check::Causes { causes, .. } => causes.as_slice(),
                _ => &[],
            };
            match problems.iter().find(|p| causes.contains(&p.cause)) {
                Some(problem) => Conclusion::Cause {
                    cause: problem.cause.clone(),
                    text: fill(text),
                    problem: Some(Box::new(problem.clone())),
                },
                None => Conclusion::Open { text: fill(text) },
            }
        }
        Next::Runbook { runbook, text } => Conclusion::Continue {
            runbook: runbook.clone(),
            text: fill(text),
        },
        Next::NothingWrong { text } => Conclusion::NothingWrong { text: fill(text) },
        Next::Open { text } => Conclusion::Open { text: fill(text) },
    })
}

fn go_back(runbook: &Runbook, state: &mut State, to: &str, now: Timestamp) -> Vec<Effect> {
    let Some(step) = runbook.step(to) else {
        return vec![Effect::Refuse(Refusal::NeverThere)];
    };
    if !state.path().any(|walked| walked.step == to) {
        return vec![Effect::Refuse(Refusal::NeverThere)];
    }
    leave_from(state, to, now);
    state.by_itself = false;
    state.go(Here::Step(to.to_owned()));
    let mut effects = vec![Effect::Record(EntryBody::Returned {
        step: to.to_owned(),
        question: state.names.fill(&step.question),
    })];
    effects.extend(arrive(runbook, state));
    effects
}

/// Marks the present answer to a step and every later one as left.
fn leave_from(state: &mut State, step: &str, now: Timestamp) {
    let from = state
        .walked
        .iter()
        .position(|walked| walked.left.is_none() && walked.step == step);
    if let Some(from) = from {
        for walked in state.walked.iter_mut().skip(from) {
            walked.left.get_or_insert(now);
        }
    }
}

#[cfg(test)]
#[path = "engine_tests.rs"]
mod tests;
