//! The parts of a runbook, in the reader's language.

use podside_diagnosis::runbook::{Node, NodeState, Place, Step};
use podside_diagnosis::texts::resolve;
use podside_model::view::{DocsLink, ProbeView, TreePlace, TreeRow, TreeState};
use podside_model::{Answer, Lang};

/// The rows of a tree.
pub(super) fn tree(nodes: Vec<Node>, suggested: Option<Answer>, lang: Lang) -> Vec<TreeRow> {
    nodes
        .into_iter()
        .map(|node| TreeRow {
            lane: node.lane,
            parent: node.parent,
            via: node.via,
            place: match node.place {
                Place::Step { id, label } => TreePlace::Step {
                    id,
                    label: label.get(lang).to_owned(),
                },
                Place::OnTo { id, label } => TreePlace::OnTo {
                    id,
                    label: label.get(lang).to_owned(),
                },
                Place::Cause(cause) => TreePlace::Causes {
                    causes: vec![cause],
                },
                Place::Found(causes) => TreePlace::Causes { causes },
                Place::Runbook(id) => TreePlace::Runbook { id },
                Place::NothingWrong => TreePlace::NothingWrong,
                Place::Open => TreePlace::Open,
            },
            state: match node.state {
                NodeState::Taken(Some(walked)) => TreeState::Taken {
                    answer: walked.answer,
                    fact: walked.fact.map(|fact| resolve(&fact, lang)),
                },
                NodeState::Taken(None) => TreeState::Reached,
                NodeState::Left { walked, at } => TreeState::Left {
                    answer: walked.answer,
                    at,
                },
                NodeState::Here => TreeState::Here { suggested },
                NodeState::Ahead { suggested } => TreeState::Ahead { suggested },
                NodeState::NotTaken => TreeState::NotTaken,
            },
        })
        .collect()
}

/// Where the documentation teaches a step.
pub(super) fn docs(step: &Step, lang: Lang) -> DocsLink {
    DocsLink {
        url: step.docs.url_in(lang),
        title: step.docs.title.get(lang).to_owned(),
    }
}

/// A step's active test, with its command as it would be run.
pub(super) fn probe(
    probe: &podside_diagnosis::runbook::Probe,
    command: String,
    lang: Lang,
) -> ProbeView {
    ProbeView {
        what: probe.what.get(lang).to_owned(),
        command,
    }
}
