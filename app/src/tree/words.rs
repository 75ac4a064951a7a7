use podside_model::view::{TreePlace, TreeRow, TreeState};
use podside_model::{Answer, Lang};

use crate::clock;
use crate::words::{InvestigationWords, RunbookWords};

/// What stands in a row, in a few words.
pub(crate) fn label(row: &TreeRow, lang: Lang) -> String {
    let w = RunbookWords::of(lang);
    match &row.place {
        TreePlace::Step { label, .. } => label.clone(),
        TreePlace::OnTo { label, .. } => (w.on_to)(label),
        TreePlace::Causes { causes } => match causes.as_slice() {
            [cause] => cause.to_string(),
            _ => w.a_cause.to_owned(),
        },
        TreePlace::Runbook { id } => (w.to_runbook)(id),
        TreePlace::NothingWrong => w.nothing_wrong.to_owned(),
        TreePlace::Open => w.open_end.to_owned(),
    }
}

/// Answers in words: `no or can’t tell`.
pub(crate) fn answers(answers: &[Answer], lang: Lang) -> String {
    let w = RunbookWords::of(lang);
    let words: Vec<&str> = answers.iter().map(|answer| word(*answer, w)).collect();
    words.join(w.or)
}

/// The answers that tell ways apart. Who cannot tell mostly goes on as with no; the full
/// words are in the step's text.
pub(crate) fn deciding(via: &[Answer]) -> Vec<Answer> {
    let told = |answer: &Answer| *answer != Answer::Unknown;
    if via.iter().any(told) {
        via.iter().copied().filter(told).collect()
    } else {
        via.to_vec()
    }
}

fn word(answer: Answer, w: &RunbookWords) -> &'static str {
    match answer {
        Answer::Yes => w.yes,
        Answer::No => w.no,
        Answer::Unknown => w.unknown,
    }
}

/// How the walk relates to a row: a word that is strong, and the rest.
pub(crate) fn relation(row: &TreeRow, lang: Lang) -> (Option<String>, Option<String>) {
    let w = InvestigationWords::of(lang);
    let answer = |answer: &Answer| answers(&[*answer], lang);
    match &row.state {
        TreeState::Taken { answer: a, fact } => (Some(answer(a)), fact.clone()),
        TreeState::Reached => (Some(w.reached.to_owned()), None),
        TreeState::Left { answer: a, at } => {
            (Some(answer(a)), Some((w.left_at)(&clock::clock(*at))))
        }
        TreeState::Here { suggested } => (
            Some(w.here.to_owned()),
            suggested.map(|a| (w.suggested)(&answers(&[a], lang))),
        ),
        TreeState::Ahead { .. } if row.via.is_empty() => (None, None),
        TreeState::Ahead { .. } => {
            let via = answers(&deciding(&row.via), lang);
            let text = match row.place {
                TreePlace::Step { .. } | TreePlace::OnTo { .. } => (w.if_answer)(&via),
                _ => (w.conclusion_if)(&via),
            };
            (None, Some(text))
        }
        TreeState::NotTaken => (None, None),
    }
}
