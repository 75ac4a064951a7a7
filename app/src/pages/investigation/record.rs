use leptos::prelude::*;
use podside_model::form::NoteForm;
use podside_model::view::{HereView, InvestigationPage, RecordRow, RecordWhat};
use podside_model::{Answer, field};

use super::conclusion::headline;
use crate::address;
use crate::clock;
use crate::components::{Glyph, Icon, RedactedText, quoted_prose, sent_along, writing_if_allowed};
use crate::preferences::lang;
use crate::words::InvestigationWords;

/// An entry in words.
pub(crate) struct Shown {
    /// What happened.
    pub(crate) title: String,
    /// Who, and whether the evidence agreed.
    pub(crate) note: Option<String>,
    /// The fact behind it.
    pub(crate) fact: Option<String>,
}

/// The record, and the form for a note.
pub(super) fn record(page: &InvestigationPage) -> AnyView {
    let w = InvestigationWords::of(lang());
    let entries = page.record.iter().map(entry).collect_view();
    let empty = page
        .record
        .is_empty()
        .then(|| view! { <p class="meta">{w.nothing_yet}</p> });
    let step = match &page.here {
        HereView::Step(step) => Some(step.id.clone()),
        HereView::Concluded { .. } => None,
    };
    let action = address::doing(page.id, "notes");
    let note = writing_if_allowed(|| {
        view! {
            <form class="note-form" method="post" action=action>
                {sent_along(field!(NoteForm, step), step)}
                <label for="note">{w.add_note}</label>
                <textarea id="note" name=field!(NoteForm, text) rows="3" maxlength="8000" required aria-keyshortcuts="M" aria-describedby="note-secrets"></textarea>
                <p class="legend" id="note-secrets">{w.secrets_hidden}</p>
                <p class="legend keys"><kbd aria-hidden="true">"M"</kbd>" "{w.keys_for_note}</p>
                <button class="button small">{w.keep_note}</button>
            </form>
        }
        .into_any()
    });
    view! {
        <h2>{w.record}</h2>
        {empty}
        <ol class="entries">{entries}</ol>
        {note}
    }
    .into_any()
}

fn entry(row: &RecordRow) -> AnyView {
    let time = view! { <time datetime=clock::machine(row.at)>{clock::clock(row.at)}</time> };
    if let RecordWhat::Noted { text } = &row.what {
        return view! {
            <li>{time}<Icon glyph=Glyph::Note/>" "<b>{row.who.clone()}</b>" "<RedactedText text=text.clone()/></li>
        }
        .into_any();
    }
    let Shown { title, note, fact } = what_happened(row);
    view! {
        <li>
            {time}{quoted_prose(&title)}
            {fact.map(|fact| view! { <span class="quiet">{fact}</span> })}
            {note.map(|note| view! { <span class="quiet">{note}</span> })}
        </li>
    }
    .into_any()
}

/// An entry in words. The text of a note is not among them.
pub(crate) fn what_happened(row: &RecordRow) -> Shown {
    let w = InvestigationWords::of(lang());
    match &row.what {
        RecordWhat::Answered {
            question,
            answer,
            fact,
            by_itself,
            overruled,
            ..
        } => {
            let answer = match answer {
                Answer::Yes => w.yes,
                Answer::No => w.no,
                Answer::Unknown => w.unknown,
            };
            let by = if *by_itself {
                w.by_evidence.to_owned()
            } else {
                (w.by)(&row.who)
            };
            let note = if *overruled {
                format!("{by}, {}", w.overruled)
            } else {
                by
            };
            Shown {
                title: (w.answered)(question, answer),
                note: Some(note),
                fact: fact.clone(),
            }
        }
        RecordWhat::Returned { question } => Shown {
            title: (w.went_back)(&row.who, question),
            note: None,
            fact: None,
        },
        RecordWhat::Allowed { command } => Shown {
            title: (w.allowed)(&row.who),
            note: None,
            fact: Some(command.clone()),
        },
        RecordWhat::Ran { question, fact, .. } => Shown {
            title: (w.ran)(question),
            note: None,
            fact: Some(fact.clone().unwrap_or_else(|| w.told_nothing.to_owned())),
        },
        RecordWhat::Noted { .. } => Shown {
            title: (w.noted)(&row.who),
            note: None,
            fact: None,
        },
        RecordWhat::Concluded { conclusion } => Shown {
            title: (w.concluded)(&headline(conclusion)),
            note: None,
            fact: None,
        },
    }
}
