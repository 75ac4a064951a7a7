//! What one does with an investigation: it is started, answered, led back, led on, noted.

use axum::extract::{Path, State};
use axum::response::Response;
use podside_app::{Place, Viewer, address};
use podside_diagnosis::runbook::Event;
use podside_model::InvestigationId;
use podside_model::form::{AnswerForm, NoteForm, ReturnForm, StartForm, WalkForm};

use super::sent::Sent;
use super::{On, lead_on};
use crate::investigations::Investigations;

/// The longest id of a step, in bytes.
const STEP_BYTES: usize = 40;

pub(super) async fn start(
    State(investigations): On,
    Sent { viewer, form }: Sent<StartForm>,
) -> Response {
    let target = form.target.0;
    let place = Place {
        cluster: form.cluster,
        namespace: target.namespace.clone(),
    };
    let started = investigations
        .start(&viewer, &place, &form.runbook, target)
        .await;
    lead_on(started.map(|(id, place)| address::investigation(&place, id)))
}

pub(super) async fn answer(
    State(investigations): On,
    Path(id): Path<InvestigationId>,
    Sent { viewer, form }: Sent<AnswerForm>,
) -> Response {
    let event = Event::Answered {
        step: form.step,
        answer: form.answer,
    };
    happen(&investigations, &viewer, id, form.after, event).await
}

pub(super) async fn go_back(
    State(investigations): On,
    Path(id): Path<InvestigationId>,
    Sent { viewer, form }: Sent<ReturnForm>,
) -> Response {
    let event = Event::Returned { step: form.step };
    happen(&investigations, &viewer, id, form.after, event).await
}

pub(super) async fn walk(
    State(investigations): On,
    Path(id): Path<InvestigationId>,
    Sent { viewer, form }: Sent<WalkForm>,
) -> Response {
    happen(&investigations, &viewer, id, form.after, Event::ByItself).await
}

async fn happen(
    investigations: &Investigations,
    viewer: &Viewer,
    id: InvestigationId,
    after: u32,
    event: Event,
) -> Response {
    let happened = investigations.happen(viewer, id, after, event).await;
    lead_on(happened.map(|place| address::investigation(&place, id)))
}

pub(super) async fn note(
    State(investigations): On,
    Path(id): Path<InvestigationId>,
    Sent { viewer, form }: Sent<NoteForm>,
) -> Response {
    let step = form
        .step
        .filter(|step| !step.is_empty() && step.len() <= STEP_BYTES);
    let noted = investigations.note(&viewer, id, step, &form.text).await;
    lead_on(noted.map(|place| address::investigation(&place, id)))
}
