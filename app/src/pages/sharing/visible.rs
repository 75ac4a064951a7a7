use std::collections::BTreeSet;

use leptos::prelude::*;
use podside_model::view::{ConclusionView, RecordWhat, SharedPage, SharingPage};
use podside_model::{Answer, Evidence, EvidenceKind};

use crate::components::{Glyph, Icon};
use crate::preferences::lang;
use crate::words::SharingWords;

/// People who are named beside the notes.
const NAMED: usize = 3;

/// What a reader will see, counted.
pub(super) fn visible(page: &SharingPage) -> AnyView {
    let w = SharingWords::of(lang());
    let shared = &page.preview;
    let line = |glyph: Glyph, says: String, quiet: String| {
        view! { <li><Icon glyph/><span>{says}</span><span class="quiet">{quiet}</span></li> }
            .into_any()
    };
    let target = line(
        Glyph::Pin,
        shared.target.to_string(),
        (w.on_cluster)(&shared.cluster),
    );
    let (says, quiet) = steps(page, w);
    let what = line(Glyph::Book, says, quiet);
    let evidence = evidence(shared);
    let proof = line(
        Glyph::Field,
        (w.evidence)(evidence.len()),
        kinds(&evidence, w),
    );
    let (says, quiet) = notes(shared, w);
    let notes = line(Glyph::Note, says, quiet);
    let hidden = match shared.hidden.len() {
        0 => line(
            Glyph::Lock,
            w.no_secrets.to_owned(),
            w.none_found.to_owned(),
        ),
        n => view! {
            <li><Icon glyph=Glyph::Lock/><b>{(w.secrets)(n)}</b><span></span></li>
        }
        .into_any(),
    };
    view! {
        <section aria-labelledby="reader-sees">
            <h2 id="reader-sees" class="label">
                {w.reader_sees}" "<span class="quiet">{(w.entries)(shared.record.len())}</span>
            </h2>
            <ul class="sees">{target}{what}{proof}{notes}{hidden}</ul>
        </section>
    }
    .into_any()
}

/// The steps with their answers; for a problem that one problem.
fn steps(page: &SharingPage, w: &SharingWords) -> (String, String) {
    let shared = &page.preview;
    if shared.runbook.is_none() {
        let cause = shared.conclusion.as_ref().and_then(|it| match it {
            ConclusionView::Cause { cause, .. } => Some(cause.to_string()),
            _ => None,
        });
        return (w.one_problem.to_owned(), cause.unwrap_or_default());
    }
    let answers: Vec<Answer> = shared
        .record
        .iter()
        .filter_map(|row| match row.what {
            RecordWhat::Answered { answer, .. } => Some(answer),
            _ => None,
        })
        .collect();
    let open = if page.open_question.is_some() {
        w.one_open
    } else {
        ""
    };
    let of = |answer: Answer, word: fn(usize) -> String| {
        let count = answers.iter().filter(|given| **given == answer).count();
        (count > 0).then(|| word(count))
    };
    let each: Vec<String> = [
        of(Answer::Yes, w.yes),
        of(Answer::No, w.no),
        of(Answer::Unknown, w.cannot_tell),
    ]
    .into_iter()
    .flatten()
    .collect();
    (
        format!("{}{open}", (w.steps)(answers.len())),
        each.join(w.comma),
    )
}

/// Every piece of evidence that the page shows: that of the steps, and the proof of the
/// conclusion.
pub(super) fn evidence(shared: &SharedPage) -> Vec<&Evidence<String>> {
    let of_steps = shared.record.iter().flat_map(|row| match &row.what {
        RecordWhat::Answered { evidence, .. } | RecordWhat::Ran { evidence, .. } => {
            evidence.as_slice()
        }
        _ => &[],
    });
    let of_end: &[Evidence<String>] = match &shared.conclusion {
        Some(ConclusionView::Cause {
            problem: Some(problem),
            ..
        }) => &problem.evidence,
        _ => &[],
    };
    of_steps.chain(of_end).collect()
}

fn kinds(evidence: &[&Evidence<String>], w: &SharingWords) -> String {
    let of = |kind: EvidenceKind, word: fn(usize) -> String| {
        let count = evidence.iter().filter(|piece| piece.kind == kind).count();
        (count > 0).then(|| word(count))
    };
    let each: Vec<String> = [
        of(EvidenceKind::Field, w.fields),
        of(EvidenceKind::Event, w.events),
        of(EvidenceKind::Log, w.log_lines),
        of(EvidenceKind::Absence, w.absences),
        of(EvidenceKind::Command, w.commands),
    ]
    .into_iter()
    .flatten()
    .collect();
    each.join(w.comma)
}

fn notes(shared: &SharedPage, w: &SharingWords) -> (String, String) {
    let writers: Vec<&str> = shared
        .record
        .iter()
        .filter(|row| matches!(row.what, RecordWhat::Noted { .. }))
        .map(|row| row.who.as_str())
        .collect();
    if writers.is_empty() {
        return (w.no_notes.to_owned(), String::new());
    }
    let people: BTreeSet<&str> = writers.iter().copied().collect();
    let mut named: Vec<&str> = people.iter().copied().take(NAMED).collect();
    if people.len() > NAMED {
        named.push("…");
    }
    ((w.notes)(writers.len()), (w.by)(&named.join(w.comma)))
}
