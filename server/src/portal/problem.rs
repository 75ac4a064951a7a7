//! One problem with all that proves it.

use podside_app::{Place, PortalError, Viewer};
use podside_diagnosis::observations::{strip_of, strips_from};
use podside_diagnosis::texts::resolve;
use podside_model::view::{ProblemPage, ShownObject};
use podside_model::{Evidence, Problem, ProblemId};

use super::history::seen_before;
use super::resource::excerpt;
use crate::bounds::{Text, bounded, bounded_object};
use crate::investigations::Investigations;
use crate::seen::{Seen, look};

pub(super) async fn problem(
    investigations: &Investigations,
    viewer: &Viewer,
    place: &Place,
    id: &ProblemId,
    show: Option<usize>,
) -> Result<ProblemPage, PortalError> {
    bounded(viewer.lang, Text::Cause, id.cause.as_str())?;
    bounded_object(viewer.lang, &id.subject)?;
    let seen = look(&investigations.clusters, viewer, place).await?;
    let found = seen.sight.as_ref().and_then(|sight| {
        let found = sight.diagnosis.as_ref()?.problem(id)?;
        let from = strips_from(sight.snapshot.observed_at(), found.since);
        let strip = strip_of(&sight.snapshot, found, from);
        let problem = found.clone().map_text(|text| resolve(&text, viewer.lang));
        Some((problem, strip))
    });
    let (problem, strip) = found.unzip();
    let shown = match (&problem, show) {
        (Some(problem), Some(nth)) => shown(&seen, viewer, problem, nth).await,
        _ => None,
    };
    let seen_before = seen_before(investigations, viewer, &seen.head.cluster, id).await;
    Ok(ProblemPage {
        head: seen.head,
        problem,
        strip,
        shown,
        seen_before,
    })
}

/// The object in which piece `nth` of the evidence was found, read anew.
async fn shown(
    seen: &Seen,
    viewer: &Viewer,
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
    let connection = seen.cluster.as_ref()?.connection();
    let lines = excerpt(connection, &holder, path.as_deref()?, viewer.lang).await;
    Some(ShownObject { nth, lines })
}
