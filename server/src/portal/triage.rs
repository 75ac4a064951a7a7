//! What is broken here.

use podside_app::{Place, PortalError, RefusalWords};
use podside_diagnosis::facts::Kind;
use podside_diagnosis::observations::{strip_of, strip_of_unexplained, strips_from};
use podside_diagnosis::snapshot::{Reading, Snapshot};
use podside_diagnosis::texts::resolve;
use podside_model::view::{TriageAsk, TriagePage};
use podside_model::{Diagnosis, Lang, Message};

use crate::session::Session;
use crate::within::within;

/// The longest words of the cluster that stand on the page, in characters; the page of the
/// object has all of them.
const LONGEST_SAID: usize = 400;

pub(super) async fn triage(
    session: &Session,
    place: &Place,
    ask: &TriageAsk,
) -> Result<TriagePage, PortalError> {
    let seen = session.look(place).await?;
    if let (Some(namespace), Some(sight)) = (&place.namespace, &seen.sight) {
        exists(&sight.snapshot, namespace, session.lang())?;
    }
    let empty = TriagePage {
        head: seen.head,
        diagnosis: None,
        critical: 0,
        warning: 0,
        info: 0,
        matching: 0,
        unexplained: 0,
        matching_unexplained: 0,
        unsettled: 0,
        matching_unsettled: 0,
        judged_by: None,
        found: [0; 4],
        causes: Vec::new(),
        cause_counts: Vec::new(),
        strips: Vec::new(),
        ready_command: seen.ready_command,
    };
    let sight = seen.sight.as_deref();
    let Some((sight, diagnosis)) = sight.and_then(|it| Some((it, it.diagnosis.as_deref()?))) else {
        return Ok(empty);
    };
    let (lang, namespace) = (session.lang(), place.namespace.as_deref());
    let made = session.views().triage(sight, lang, namespace, ask, || {
        judged(empty.clone(), &sight.snapshot, diagnosis, namespace, ask)
    });
    // What it says of the time and of the place is each asker's own.
    Ok(TriagePage {
        head: empty.head,
        ready_command: empty.ready_command,
        ..made
    })
}

/// The page with what the rules make of a namespace, or of all of it.
fn judged(
    mut page: TriagePage,
    snapshot: &Snapshot,
    diagnosis: &Diagnosis<Message>,
    namespace: Option<&str>,
    ask: &TriageAsk,
) -> TriagePage {
    let lang = page.head.lang;
    let diagnosis = within(diagnosis, snapshot, namespace);
    let mut diagnosis = diagnosis.map_text(|text| resolve(&text, lang));
    let (problems, counts) = ask.choose(std::mem::take(&mut diagnosis.problems));
    page.count(counts);
    page.choose_rest(&mut diagnosis, ask);
    let unexplained = &mut diagnosis.unexplained;
    for said in unexplained.iter_mut().flat_map(|it| &mut it.said) {
        shorten(&mut said.message);
    }
    let since = problems.iter().map(|problem| problem.since);
    let since = since.chain(unexplained.iter().map(|it| it.since)).flatten();
    let from = strips_from(snapshot.observed_at(), since);
    let strips = problems.iter().map(|it| strip_of(snapshot, it, from));
    let others = unexplained
        .iter()
        .map(|it| strip_of_unexplained(snapshot, it, from));
    page.strips = strips.chain(others).collect();
    diagnosis.problems = problems;
    page.diagnosis = Some(diagnosis);
    page
}

/// Cuts what is longer than stands on the page.
fn shorten(text: &mut String) {
    if let Some((at, _)) = text.char_indices().nth(LONGEST_SAID) {
        text.truncate(at);
        text.push('…');
    }
}

/// A namespace that does not exist has no problems and no objects either: that must not
/// pass for health.
pub(super) fn exists(snapshot: &Snapshot, namespace: &str, lang: Lang) -> Result<(), PortalError> {
    let known = snapshot.namespaces.reading("") == Reading::Known;
    if !known || snapshot.meta_of(Kind::Namespace, "", namespace).is_some() {
        return Ok(());
    }
    Err(PortalError::NotFound {
        what: (RefusalWords::of(lang).no_namespace)(namespace),
    })
}
