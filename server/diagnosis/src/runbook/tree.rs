//! The whole runbook laid out in rows and lanes, with one walk in it.

use std::collections::HashSet;

use jiff::Timestamp;
use podside_model::{Answer, Cause, Texts};

use super::engine::{Here, State, Walked};
use super::types::{Check, Next, Runbook, Step};

/// One row of the tree.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The lane, from 0 for the main chain.
    pub lane: usize,
    /// The row of the step that leads here; `None` for the first.
    pub parent: Option<usize>,
    /// The answers to that step which lead here.
    pub via: Vec<Answer>,
    /// What stands here.
    pub place: Place,
    /// How the walk relates to it.
    pub state: NodeState,
}

/// What stands in a row of the tree.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    /// A question.
    Step {
        /// The step's id.
        id: String,
        /// The question in a few words, names filled in.
        label: Texts,
    },
    /// The way goes on at a step that stands elsewhere in the tree.
    OnTo {
        /// The step's id.
        id: String,
        /// Its question in a few words, names filled in.
        label: Texts,
    },
    /// A cause.
    Cause(Cause),
    /// Whichever of these causes was found.
    Found(Vec<Cause>),
    /// Another runbook.
    Runbook(String),
    /// Nothing is wrong.
    NothingWrong,
    /// An end without a cause.
    Open,
}

/// How a walk relates to a row.
#[derive(Clone, Debug, PartialEq)]
pub enum NodeState {
    /// The walk went through it, or ended in it.
    Taken(Option<Walked>),
    /// The walk went through it and back.
    Left {
        /// The answer that counted then.
        walked: Walked,
        /// When it was left.
        at: Timestamp,
    },
    /// The walk is here.
    Here,
    /// The walk may still come here.
    Ahead {
        /// Whether the evidence at the present step suggests it.
        suggested: bool,
    },
    /// The walk took another way.
    NotTaken,
}

/// Lays out a runbook. Every step has one row; a way to a step that stands
/// elsewhere is a row of its own ([`Place::OnTo`]).
///
/// One way on from a step stays in its lane, the others bend one lane to the right and
/// come first, so that the reading order is that of the walk.
pub fn tree(runbook: &Runbook, state: &State) -> Vec<Node> {
    let mut layout = Layout {
        runbook,
        state,
        ahead: reachable(runbook, state),
        placed: HashSet::new(),
        nodes: Vec::new(),
    };
    if let Some(first) = runbook.steps.first() {
        layout.chain(first, 0, None, &[]);
    }
    layout.nodes
}

struct Layout<'a> {
    runbook: &'a Runbook,
    state: &'a State,
    ahead: HashSet<&'a str>,
    placed: HashSet<&'a str>,
    nodes: Vec<Node>,
}

impl<'a> Layout<'a> {
    /// Places a step and what follows it in the same lane. The recursion goes one
    /// lane deeper each time, and a step is placed once: its depth is bounded by
    /// the number of steps.
    fn chain(&mut self, first: &'a Step, lane: usize, parent: Option<usize>, via: &[Answer]) {
        let steps = self.claim(first);
        let mut parent = parent;
        let mut via = via.to_vec();
        for (index, step) in steps.iter().enumerate() {
            let row = self.nodes.len();
            self.nodes.push(Node {
                lane,
                parent,
                via,
                place: Place::Step {
                    id: step.id.clone(),
                    label: self.state.names.fill(&step.label),
                },
                state: self.step_state(step),
            });
            let on = steps.get(index + 1).map(|next| next.id.as_str());
            via = Vec::new();
            for (answers, next) in step.leaves() {
                if on.is_some() && next.step() == on {
                    via = answers;
                } else {
                    self.side(step, next, answers, lane + 1, row);
                }
            }
            parent = Some(row);
        }
    }

    /// The steps that follow each other in one lane, taken before any side way
    /// can claim them.
    fn claim(&mut self, first: &'a Step) -> Vec<&'a Step> {
        let mut chain = Vec::new();
        let mut next = Some(first);
        while let Some(step) = next {
            self.placed.insert(&step.id);
            chain.push(step);
            next = self.way_on(step);
        }
        chain
    }

    /// The way that stays in the lane: one that all others lead to in the end, else
    /// the longest; of equally long ones the first.
    fn way_on(&self, step: &'a Step) -> Option<&'a Step> {
        let ways: Vec<&Step> = step
            .leaves()
            .into_iter()
            .filter_map(|(_, next)| self.runbook.step(next.step()?))
            .filter(|next| !self.placed.contains(next.id.as_str()))
            .collect();
        let joins = ways.iter().find(|way| {
            ways.iter()
                .all(|other| other.id == way.id || self.runbook.leads_to(&other.id, &way.id))
        });
        joins.copied().or_else(|| {
            ways.into_iter()
                .rev()
                .max_by_key(|next| self.runbook.longest_from(&next.id))
        })
    }

    fn side(
        &mut self,
        step: &'a Step,
        next: &'a Next,
        via: Vec<Answer>,
        lane: usize,
        parent: usize,
    ) {
        let place = match next {
            Next::Step(id) => match self.runbook.step(id) {
                Some(next) if !self.placed.contains(next.id.as_str()) => {
                    return self.chain(next, lane, Some(parent), &via);
                }
                Some(next) => Place::OnTo {
                    id: id.clone(),
                    label: self.state.names.fill(&next.label),
                },
                None => return,
            },
            Next::Cause { cause, .. } => Place::Cause(cause.clone()),
            Next::Found { .. } => Place::Found(match &step.check {
                Check::Causes { causes, .. } => causes.clone(),
                _ => Vec::new(),
            }),
            Next::Runbook { runbook, .. } => Place::Runbook(runbook.clone()),
            Next::NothingWrong { .. } => Place::NothingWrong,
            Next::Open { .. } => Place::Open,
        };
        let state = self.way_state(step, &via);
        self.nodes.push(Node {
            lane,
            parent: Some(parent),
            via,
            place,
            state,
        });
    }

    fn step_state(&self, step: &Step) -> NodeState {
        if matches!(&self.state.here, Here::Step(here) if *here == step.id) {
            return NodeState::Here;
        }
        if let Some(walked) = self.state.path().find(|walked| walked.step == step.id) {
            return NodeState::Taken(Some(walked.clone()));
        }
        if self.ahead.contains(step.id.as_str()) {
            return NodeState::Ahead {
                suggested: self.suggested(step),
            };
        }
        let left = self.state.walked.iter().rev().find_map(|walked| {
            let at = walked.left.filter(|_| walked.step == step.id)?;
            Some(NodeState::Left {
                walked: walked.clone(),
                at,
            })
        });
        left.unwrap_or(NodeState::NotTaken)
    }

    /// Whether the suggested answer to the present step leads straight to this one.
    fn suggested(&self, step: &Step) -> bool {
        let suggestion = self
            .state
            .finding
            .as_ref()
            .and_then(|f| f.suggests.as_ref().ok());
        match (self.state.step(self.runbook), suggestion) {
            (Some(here), Some(answer)) => here.next(*answer).step() == Some(&step.id),
            _ => false,
        }
    }

    /// The state of an end, or of a way to a step elsewhere, after `step`.
    fn way_state(&self, step: &Step, via: &[Answer]) -> NodeState {
        match self.step_state(step) {
            NodeState::Taken(Some(walked)) if via.contains(&walked.answer) => {
                NodeState::Taken(None)
            }
            NodeState::Left { walked, at } if via.contains(&walked.answer) => {
                NodeState::Left { walked, at }
            }
            NodeState::Here => NodeState::Ahead {
                suggested: self
                    .state
                    .finding
                    .as_ref()
                    .and_then(|f| f.suggests.as_ref().ok())
                    .is_some_and(|answer| via.contains(answer)),
            },
            NodeState::Ahead { .. } => NodeState::Ahead { suggested: false },
            NodeState::Taken(_) | NodeState::Left { .. } | NodeState::NotTaken => {
                NodeState::NotTaken
            }
        }
    }
}

/// The steps that the walk may still come to.
fn reachable<'a>(runbook: &'a Runbook, state: &State) -> HashSet<&'a str> {
    state
        .step(runbook)
        .map(|step| runbook.steps_after(&step.id))
        .unwrap_or_default()
}

#[cfg(test)]
#[path = "tree_tests.rs"]
mod tests;
