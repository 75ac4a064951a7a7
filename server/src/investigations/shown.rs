//! What was kept, in the reader's language.

use podside_diagnosis::texts::resolve;
use podside_model::view::{ConclusionView, RecordRow, RecordWhat};
use podside_model::{Conclusion, EntryBody, Lang};
use podside_store::Entry;

/// An entry.
pub(crate) fn record_row(entry: &Entry, lang: Lang) -> RecordRow {
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
        EntryBody::Allowed { command, .. } => RecordWhat::Allowed {
            command: command.clone(),
        },
        EntryBody::Ran {
            question, finding, ..
        } => RecordWhat::Ran {
            question: question.get(lang).to_owned(),
            fact: finding.fact.clone().map(text),
            evidence: finding
                .evidence
                .iter()
                .map(|evidence| evidence.clone().map_text(text))
                .collect(),
        },
        EntryBody::Noted { text, .. } => RecordWhat::Noted { text: text.clone() },
        EntryBody::Concluded { conclusion: it, .. } => RecordWhat::Concluded {
            conclusion: conclusion_view(it, lang),
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
pub(crate) fn conclusion_view(conclusion: &Conclusion, lang: Lang) -> ConclusionView {
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

/// The last conclusion of a record.
pub(crate) fn concluded(record: &[RecordRow]) -> Option<ConclusionView> {
    record.iter().rev().find_map(|row| match &row.what {
        RecordWhat::Concluded { conclusion } => Some(conclusion.clone()),
        _ => None,
    })
}
