//! One problem with all that proves it.

use podside_app::{Place, PortalError};
use podside_diagnosis::observations::{strip_of, strips_from};
use podside_diagnosis::texts::resolve;
use podside_model::view::{ProblemPage, ShownObject};
use podside_model::{Evidence, Lang, ObjectRef, Problem, ProblemId};

use super::history::seen_before;
use super::resource::excerpt;
use crate::bounds::{Text, bounded, bounded_object};
use crate::session::{Seen, Session};

pub(super) async fn problem(
    session: &Session,
    place: &Place,
    id: &ProblemId,
    show: Option<usize>,
) -> Result<ProblemPage, PortalError> {
    let lang = session.lang();
    bounded(lang, Text::Cause, id.cause.as_str())?;
    bounded_object(lang, &id.subject)?;
    let seen = session.look(place).await?;
    let found = seen.sight.as_ref().and_then(|sight| {
        let found = sight.diagnosis.as_ref()?.problem(id)?;
        let from = strips_from(sight.snapshot.observed_at(), found.since);
        let strip = strip_of(&sight.snapshot, found, from);
        let problem = found.clone().map_text(|text| resolve(&text, lang));
        Some((problem, strip))
    });
    let (problem, strip) = found.unzip();
    let shown = match (&problem, show) {
        (Some(problem), Some(nth)) => shown(&seen, lang, problem, nth).await,
        _ => None,
    };
    let changes = problem.as_ref().map(changed_by);
    let seen_before = seen_before(session, &seen.head.cluster, id).await;
    Ok(ProblemPage {
        head: seen.head,
        problem,
        changes,
        strip,
        shown,
        seen_before,
    })
}

/// The object that the fix of a problem changes: the one that its first command changes, so
/// that a page names it as the command does; the subject, where no command changes anything.
pub(super) fn changed_by<T>(problem: &Problem<T>) -> ObjectRef {
    let commands = problem
        .fix
        .iter()
        .filter_map(|step| step.command.as_deref());
    let mut changed = commands.filter_map(podside_diagnosis::changed::changed);
    changed
        .next()
        .filter(|object| *object != problem.subject.without_container())
        .unwrap_or_else(|| problem.subject.clone())
}

/// The object in which piece `nth` of the evidence was found, read anew.
async fn shown(
    seen: &Seen,
    lang: Lang,
    problem: &Problem<String>,
    nth: usize,
) -> Option<ShownObject> {
    let Evidence {
        object,
        referrer,
        path,
        ..
    } = problem.evidence.get(nth.checked_sub(1)?)?;
    let holder = referrer.as_ref().unwrap_or(object).without_container();
    let connection = seen.connection.as_ref()?;
    let lines = excerpt(connection, &holder, path.as_deref()?, lang).await;
    Some(ShownObject { nth, lines })
}
