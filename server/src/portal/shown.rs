//! What was kept, in the reader's language.

use podside_diagnosis::runbook::{Node, NodeState, Place, Step};
use podside_diagnosis::texts::resolve;
use podside_model::view::{
    ConclusionView, DocsLink, ProbeView, RecordRow, RecordWhat, TreePlace, TreeRow, TreeState,
};
use podside_model::{Answer, Conclusion, EntryBody, Lang};
use podside_store::Entry;

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

/// An entry.
pub(super) fn record(entry: &Entry, lang: Lang) -> RecordRow {
    let text = |message| resolve(&message, lang);
    let what = match &entry.body {
        EntryBody::Answered {
            question,
            answer,
            by_itself,
            finding,
            ..
        } => RecordWhat::Answered {
            question: question.get(lang).to_owned(),
            answer: *answer,
            fact: finding.fact.clone().map(text),
            by_itself: *by_itself,
            overruled: finding
                .suggests
                .as_ref()
                .is_ok_and(|suggested| suggested != answer),
            evidence: finding
                .evidence
                .iter()
                .map(|evidence| evidence.clone().map_text(text))
                .collect(),
        },
        EntryBody::Returned { question, .. } => RecordWhat::Returned {
            question: question.get(lang).to_owned(),
        },
        EntryBody::Noted { text, .. } => RecordWhat::Noted { text: text.clone() },
        EntryBody::Concluded { conclusion: it, .. } => RecordWhat::Concluded {
            conclusion: conclusion(it, lang),
        },
    };
    RecordRow {
        seq: entry.seq,
        at: entry.at,
        who: entry.who.clone(),
        what,
    }
}

/// A conclusion.
pub(super) fn conclusion(conclusion: &Conclusion, lang: Lang) -> ConclusionView {
    match conclusion {
        Conclusion::Cause {
            cause,
            text,
            problem,
        } => ConclusionView::Cause {
            cause: cause.clone(),
            text: text.get(lang).to_owned(),
            problem: problem
                .clone()
                .map(|problem| Box::new(problem.map_text(|text| resolve(&text, lang)))),
        },
        Conclusion::NothingWrong { text } => ConclusionView::NothingWrong {
            text: text.get(lang).to_owned(),
        },
        Conclusion::Continue { runbook, text } => ConclusionView::Continue {
            runbook: runbook.clone(),
            text: text.get(lang).to_owned(),
        },
        Conclusion::Open { text } => ConclusionView::Open {
            text: text.get(lang).to_owned(),
        },
    }
}

/// Where the documentation teaches a step.
pub(super) fn docs(step: &Step, lang: Lang) -> DocsLink {
    DocsLink {
        url: step.docs.url.clone(),
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
