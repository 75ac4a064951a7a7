//! What one does with an investigation: it is started, answered, led back, led on, noted.

use axum::extract::Path;
use axum::response::Response;
use podside_app::{Place, address};
use podside_diagnosis::runbook::Event;
use podside_model::InvestigationId;
use podside_model::form::{AnswerForm, NoteForm, ReturnForm, RunForm, StartForm, WalkForm};

use super::lead_on;
use super::sent::Sent;
use crate::investigations::Investigations;
use crate::session::Session;

/// The longest id of a step, in bytes.
const STEP_BYTES: usize = 40;

pub(super) async fn start(session: Session, Sent(form): Sent<StartForm>) -> Response {
    let target = form.target.0;
    let place = Place {
        cluster: form.cluster,
        namespace: target.namespace.clone(),
    };
    let started = Investigations::of(&session)
        .start(&place, &form.runbook, target)
        .await;
    lead_on(started.map(|(id, place)| address::investigation(&place, id)))
}

pub(super) async fn answer(
    session: Session,
    Path(id): Path<InvestigationId>,
    Sent(form): Sent<AnswerForm>,
) -> Response {
    let event = Event::Answered {
        step: form.step,
        answer: form.answer,
    };
    happen(&session, id, form.after, event).await
}

pub(super) async fn go_back(
    session: Session,
    Path(id): Path<InvestigationId>,
    Sent(form): Sent<ReturnForm>,
) -> Response {
    let event = Event::Returned { step: form.step };
    happen(&session, id, form.after, event).await
}

pub(super) async fn walk(
    session: Session,
    Path(id): Path<InvestigationId>,
    Sent(form): Sent<WalkForm>,
) -> Response {
    happen(&session, id, form.after, Event::ByItself).await
}

/// Runs the test of the present step, if it is the one that was shown.
pub(super) async fn run(
    session: Session,
    Path(id): Path<InvestigationId>,
    Sent(form): Sent<RunForm>,
) -> Response {
    let run = Investigations::of(&session).run_test(id, &form).await;
    lead_on(run.map(|place| address::investigation(&place, id)))
}

/// Ends what goes on in an investigation.
pub(super) async fn stop(session: Session, Path(id): Path<InvestigationId>) -> Response {
    let stopped = Investigations::of(&session).stop(id).await;
    lead_on(stopped.map(|place| address::investigation(&place, id)))
}

async fn happen(session: &Session, id: InvestigationId, after: u32, event: Event) -> Response {
    let happened = Investigations::of(session).happen(id, after, event).await;
    lead_on(happened.map(|place| address::investigation(&place, id)))
}

pub(super) async fn note(
    session: Session,
    Path(id): Path<InvestigationId>,
    Sent(form): Sent<NoteForm>,
) -> Response {
    let step = form
        .step
        .filter(|step| !step.is_empty() && step.len() <= STEP_BYTES);
    let investigations = Investigations::of(&session);
    let noted = investigations.note(id, step, &form.text).await;
    lead_on(noted.map(|place| address::investigation(&place, id)))
}
