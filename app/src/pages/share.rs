use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use podside_model::view::{ConclusionView, HiddenValue, RecordRow, RecordWhat, SharedPage};

use super::investigation::{Shown, headline, mark, proof_and_fix, summary, what_happened};
use super::{answered, ask_for};
use crate::api;
use crate::clock;
use crate::components::{
    AnswerGlyph, EvidenceBlock, Glyph, Icon, ObjectLink, RedactedText, Sheet, hidden, hidden_as,
    quoted_prose,
};
use crate::portal::PortalError;
use crate::preferences::lang;
use crate::status::answer_with_status;
use crate::words::{FrameWords, ShareWords};

/// What the link in the address opens. Needs neither login nor cluster.
#[component]
pub fn ShareRoute() -> impl IntoView {
    let lang = lang();
    let params = use_params_map();
    let token = Memo::new(move |_| params.with(|params| params.get("token").unwrap_or_default()));
    let answer = ask_for(
        move || token.get(),
        move |token| async move {
            match api::shared(lang, token).await {
                Err(PortalError::NotFound { .. }) => Ok(None),
                opened => opened.map(Some),
            }
        },
    );
    answered(answer, |page| page.map_or_else(dead, |page| sheet(&page)))
}

/// One text for a link that is wrong, expired or revoked.
fn dead() -> AnyView {
    answer_with_status(404);
    let w = ShareWords::of(lang());
    view! {
        <Sheet title=w.dead head=None class="share-page words">
            <h1>{w.dead}</h1>
            <p>{w.dead_says}</p>
        </Sheet>
    }
    .into_any()
}

fn sheet(page: &SharedPage) -> AnyView {
    let (w, f) = (ShareWords::of(lang()), FrameWords::of(lang()));
    let title = page
        .conclusion
        .as_ref()
        .map_or(w.shared.to_owned(), headline);
    let until = page.record.last().map_or(page.started_at, |row| row.at);
    let place = (w.place)(
        &page.cluster,
        page.target.namespace.as_deref().unwrap_or(w.no_namespace),
        &clock::date_and_clock(page.started_at),
        &clock::clock(until),
    );
    let (mark, why, proof) = match &page.conclusion {
        Some(conclusion) => (
            Some(mark(conclusion)),
            summary(conclusion),
            proof_and_fix(conclusion, page.now, true),
        ),
        None => (
            None,
            view! { <p class="why">{w.going_on}</p> }.into_any(),
            None,
        ),
    };
    let (standing, how, hidden_here) = (standing(page), how(page), hidden_here(page));
    let target = page.target.clone();
    view! {
        <Sheet title=title.clone() head=None class="share-page">
            {standing}
            <section class="finding" aria-labelledby="finding">
                <p class="mark-and-place">{mark}<span class="meta">{place}{f.comma}<ObjectLink object=target frozen=true/></span></p>
                <h1 id="finding">{quoted_prose(&title)}</h1>
                {why}
                {proof}
            </section>
            {how}
            {hidden_here}
        </Sheet>
    }
    .into_any()
}

/// Whether it stands still, who shared it, how long it opens.
fn standing(page: &SharedPage) -> AnyView {
    let w = ShareWords::of(lang());
    let until = clock::day(page.expires_at);
    let (glyph, word, says) = match page.frozen_at {
        Some(at) => {
            let at = clock::date_and_clock(at);
            (
                Glyph::Lock,
                w.frozen,
                (w.stood)(&at, &page.shared_by, &until),
            )
        }
        None => (Glyph::Play, w.live, (w.goes_on)(&page.shared_by, &until)),
    };
    view! {
        <p class="standing"><span class="tag"><Icon glyph/>{word}</span><span>{says}</span></p>
    }
    .into_any()
}

fn how(page: &SharedPage) -> AnyView {
    let w = ShareWords::of(lang());
    let steps = count(page, |what| {
        usize::from(matches!(what, RecordWhat::Answered { .. }))
    });
    let evidence = count(page, |what| match what {
        RecordWhat::Answered { evidence, .. } | RecordWhat::Ran { evidence, .. } => evidence.len(),
        _ => 0,
    });
    let counts = page
        .runbook
        .as_ref()
        .map(|runbook| (w.counts)(runbook, steps, evidence));
    let entries = page
        .record
        .iter()
        .map(|row| entry(row, page))
        .collect_view();
    view! {
        <section class="ruled" aria-labelledby="how">
            <header class="head-and-counts"><h2 id="how">{w.how}</h2><span class="meta">{counts}</span></header>
            <ol class="walked">{entries}</ol>
        </section>
    }
    .into_any()
}

fn count(page: &SharedPage, of: impl Fn(&RecordWhat) -> usize) -> usize {
    page.record.iter().map(|row| of(&row.what)).sum()
}

fn entry(row: &RecordRow, page: &SharedPage) -> AnyView {
    let Shown { title, note, fact } = what_happened(row);
    let text = match &row.what {
        RecordWhat::Noted { text } => {
            Some(view! { <p><RedactedText text=text.clone()/></p> }.into_any())
        }
        _ => None,
    };
    view! {
        <li>
            {glyph(&row.what)}
            <time datetime=clock::machine(row.at)>{clock::clock(row.at)}</time>
            <div>
                <h3>{quoted_prose(&title)}</h3>
                {fact.map(|fact| view! { <p class="meta">{fact}</p> })}
                {note.map(|note| view! { <p class="meta">{note}</p> })}
                {text}
                {evidence(row, page)}
            </div>
        </li>
    }
    .into_any()
}

/// The sign of an entry that is no answer.
fn sign(glyph: Glyph) -> AnyView {
    view! { <span class="answer-glyph"><Icon glyph/></span> }.into_any()
}

fn glyph(what: &RecordWhat) -> AnyView {
    match what {
        RecordWhat::Answered { answer, .. } => view! { <AnswerGlyph answer=*answer/> }.into_any(),
        RecordWhat::Returned { .. } => sign(Glyph::Back),
        RecordWhat::Allowed { .. } | RecordWhat::Ran { .. } => sign(Glyph::Command),
        RecordWhat::Noted { .. } => sign(Glyph::Note),
        RecordWhat::Concluded { conclusion } => {
            let class = match conclusion {
                ConclusionView::Cause { .. } => "answer-glyph found",
                ConclusionView::NothingWrong { .. } => "answer-glyph well",
                _ => "answer-glyph",
            };
            view! {
                <svg class=class viewBox="0 0 20 20" aria-hidden="true">
                    <rect x="3" y="3" width="14" height="14" transform="rotate(45 10 10)" fill="currentColor"></rect>
                </svg>
            }
            .into_any()
        }
    }
}

/// The evidence of a step as it was then, folded.
fn evidence(row: &RecordRow, page: &SharedPage) -> Option<AnyView> {
    let (RecordWhat::Answered { evidence, .. } | RecordWhat::Ran { evidence, .. }) = &row.what
    else {
        return None;
    };
    if evidence.is_empty() {
        return None;
    }
    let w = ShareWords::of(lang());
    let seq = usize::try_from(row.seq).unwrap_or(0);
    let pieces = evidence
        .iter()
        .enumerate()
        .map(|(at, evidence)| {
            // Ids stay different from those of the proof and of other entries.
            let nth = seq * 100 + at + 1;
            view! { <EvidenceBlock evidence=evidence.clone() nth now=page.now frozen=true/> }
        })
        .collect_view();
    Some(
        view! {
            <details><summary>{(w.evidence)(evidence.len())}</summary><div class="pieces">{pieces}</div></details>
        }
        .into_any(),
    )
}

/// Which values were replaced, if any.
fn hidden_here(page: &SharedPage) -> Option<AnyView> {
    let w = ShareWords::of(lang());
    if page.hidden.is_empty() {
        return None;
    }
    let says = (w.hidden_says)(page.hidden.len());
    let blocks = page
        .hidden
        .iter()
        .map(|value| match value {
            HiddenValue::InNote { secret, number, .. } => hidden(*secret, *number),
            HiddenValue::InText(name) => hidden_as(name),
        })
        .map(|block| view! { {block}" " })
        .collect_view();
    Some(
        view! {
            <section class="ruled row" aria-labelledby="hidden">
                <div class="margin"><h2 id="hidden">{w.hidden_here}</h2></div>
                <p class="meta">{says}{blocks}{w.equal_numbers}</p>
            </section>
        }
        .into_any(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn going_back_has_a_sign_of_its_own() {
        let back = RecordWhat::Returned {
            question: String::new(),
        };
        let test = RecordWhat::Allowed {
            command: String::new(),
        };
        let unknown = view! { <AnswerGlyph answer=podside_model::Answer::Unknown/> }.to_html();
        let drawn = [&back, &test].map(|what| glyph(what).to_html());
        let [back, test] = &drawn;
        assert!(back != test && !drawn.contains(&unknown), "{drawn:?}");
    }
}
