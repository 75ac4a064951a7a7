use leptos::prelude::*;
use podside_model::view::{ConclusionView, RecordRow, RecordWhat, SharingPage};
use podside_model::{Answer, Evidence};

use super::visible::evidence;
use crate::clock;
use crate::components::{RedactedText, quoted_prose};
use crate::pages::investigation::headline;
use crate::preferences::lang;
use crate::words::{InvestigationWords, SharingWords};

/// Rows that the small page shows.
const ROWS: usize = 5;
/// Characters of a value that it shows.
const CHARS: usize = 160;

/// The page as a reader will see it, small. What it says is counted beside it, and stands
/// in full on the page itself; to a screen reader it would be said twice.
pub(super) fn preview(page: &SharingPage) -> AnyView {
    let w = SharingWords::of(lang());
    let shared = &page.preview;
    let title = shared
        .conclusion
        .as_ref()
        .map(headline)
        .or_else(|| shared.title.clone())
        .unwrap_or_else(|| shared.target.to_string());
    let counts = [
        shared.target.to_string(),
        (w.on_cluster)(&shared.cluster),
        (w.entries)(shared.record.len()),
        (w.evidence)(evidence(shared).len()),
    ]
    .join(w.comma);
    let mut rows: Vec<AnyView> = page
        .open_question
        .iter()
        .map(|question| row(question.clone(), w.still_open.to_owned(), None))
        .collect();
    // The last entries are what a reader looks for: the end stands first.
    rows.extend(shared.record.iter().rev().map(entry));
    let more = rows.len().saturating_sub(ROWS);
    rows.truncate(ROWS);
    let more = (more > 0).then(|| view! { <p class="counts">{(w.more)(more)}</p> });
    let hidden = match shared.hidden.len() {
        0 => w.nothing_hidden.to_owned(),
        n => (w.hidden_before)(n),
    };
    let frozen = (w.frozen_clock)(&clock::clock(shared.now));
    view! {
        <div class="small-page" aria-hidden="true">
            <p class="head"><span><b>"Podside"</b>" "{w.preview_head}</span><span class="if-frozen">{frozen}</span><span class="if-live">{w.link_live}</span></p>
            <p class="title">{quoted_prose(&title)}</p>
            <p class="counts">{counts}</p>
            {rows}
            {more}
            <p class="counts end">{hidden}</p>
        </div>
    }
    .into_any()
}

fn row(title: String, aside: String, value: Option<AnyView>) -> AnyView {
    view! {
        <div class="piece">
            <p><b>{quoted_prose(&title)}</b><span>{aside}</span></p>
            {value}
        </div>
    }
    .into_any()
}

fn entry(entry: &RecordRow) -> AnyView {
    let w = SharingWords::of(lang());
    let i = InvestigationWords::of(lang());
    match &entry.what {
        RecordWhat::Answered {
            question,
            answer,
            evidence,
            ..
        } => {
            let answer = match answer {
                Answer::Yes => i.yes,
                Answer::No => i.no,
                Answer::Unknown => i.unknown,
            };
            let first = evidence.first().map(|it| value(it, false));
            row(question.clone(), answer.to_owned(), first)
        }
        RecordWhat::Returned { question } => {
            row((i.went_back)(&entry.who, question), String::new(), None)
        }
        RecordWhat::Allowed { command } => row(
            (i.allowed)(&entry.who),
            clock::clock(entry.at),
            Some(view! { <p class="value">{command.clone()}</p> }.into_any()),
        ),
        RecordWhat::Ran {
            question,
            fact,
            evidence,
        } => {
            let first = evidence.first().map(|it| value(it, false));
            row((i.ran)(question), fact.clone().unwrap_or_default(), first)
        }
        RecordWhat::Noted { text } => {
            let text = view! { <p class="value"><RedactedText text=text.clone()/></p> }.into_any();
            row((w.note_by)(&entry.who), clock::clock(entry.at), Some(text))
        }
        RecordWhat::Concluded { conclusion } => {
            let proof = match conclusion {
                ConclusionView::Cause {
                    problem: Some(problem),
                    ..
                } => problem.evidence.as_slice(),
                _ => &[],
            };
            let proof = proof.iter().take(2).zip([true, false]);
            let proof: Vec<AnyView> = proof.map(|(it, decides)| value(it, decides)).collect();
            row(
                i.proof.to_owned(),
                clock::clock(entry.at),
                Some(proof.into_any()),
            )
        }
    }
}

/// Where a piece of evidence was found, and what; the one that decides carries the marker.
fn value(evidence: &Evidence<String>, decides: bool) -> AnyView {
    let mut short: String = evidence.value.chars().take(CHARS).collect();
    if short.len() < evidence.value.len() {
        short.push('…');
    }
    let place = evidence.object.to_string();
    let path = evidence.path.clone();
    let found = if decides {
        view! { <mark>{short}</mark> }.into_any()
    } else {
        short.into_any()
    };
    view! {
        <p class="value"><code>{place}" "{path}</code>" "<code class="found">{found}</code></p>
    }
    .into_any()
}
