//! One object: what `kubectl describe` shows, its events, logs and YAML.

mod describe;
mod events;
mod excerpt;
mod logs;
mod node_load;
mod observed;
mod related;
mod yaml;

use podside_app::{Place, PortalError, RefusalWords};
use podside_cluster::{Connection, Error, Found, Sight};
use podside_diagnosis::facts::{Fact, Kind, Meta, Pod, Sharing, from_object};
use podside_diagnosis::kubectl;
use podside_diagnosis::texts::resolve;
use podside_model::view::{ResourceBody, ResourcePage, ResourceView, Secrets, Section};
use podside_model::{Lang, Message, ObjectRef, Problem, Unexplained, Unsettled};
use serde_json::Value;

pub(super) use self::excerpt::excerpt;
use self::observed::Observed;
use super::worst::Worst;
use crate::bounds::{Text, bounded_if, bounded_object};
use crate::session::Session;

/// How many events stand below an overview.
const NEWEST_EVENTS: usize = 10;

pub(super) async fn resource(
    session: &Session,
    place: &Place,
    object: &ObjectRef,
    view: &ResourceView,
) -> Result<ResourcePage, PortalError> {
    let lang = session.lang();
    bounded_object(lang, object)?;
    if let ResourceView::Yaml { path } = view {
        bounded_if(lang, Text::Pointer, path.as_deref())?;
    }
    let seen = session.look(place).await?;
    let (Some(connection), Some(sight)) = (&seen.connection, &seen.sight) else {
        return Err(PortalError::Unavailable {
            what: not_live(&seen.head.liveness),
        });
    };
    let object = object.without_container();
    let found = connection.object(&object).await;
    let Found {
        object,
        value: read,
    } = found.map_err(|error| refused(error, &object, lang))?;
    let secrets = match view {
        ResourceView::Events { secrets } => *secrets,
        _ => Secrets::Hidden,
    };
    // What the page asks of an object that every kind has, and of a Pod's containers, is
    // read as the rules read it.
    let fact = from_object(&read, &Sharing::default());
    let meta = fact.as_ref().map(Fact::meta);
    let uid = meta.map_or("", |meta| &meta.uid);
    let events = events::of(sight, &object, uid, secrets);
    let count = match &events {
        podside_model::view::Reading::Read(events) => Some(events.len()),
        _ => None,
    };
    let owners = owners(sight, &object, meta);
    let problems = problems(sight, lang, |problem| {
        let subject = problem.subject.without_container();
        subject == object || owners.contains(&subject)
    });
    let affected_by = problems_of_others(sight, lang, &object, &owners);
    let (unexplained, unsettled) = without_cause(sight, lang, &object, &owners);
    let observed = Observed::of(&sight.snapshot, &object, &problems, lang);
    let pod = match &fact {
        Some(Fact::Pod(pod)) => Some(&**pod),
        _ => None,
    };
    let writers = logs::writers(&sight.snapshot, uid, pod);
    let more = match view {
        ResourceView::Overview => around(sight, &object, lang),
        _ => Around::default(),
    };
    let body = body(
        connection,
        view,
        &object,
        (&read, &writers),
        events,
        (observed, more),
    )
    .await;
    Ok(ResourcePage {
        head: seen.head,
        command: command(view, &object),
        object,
        owners,
        changes: problems.iter().map(super::problem::changed_by).collect(),
        problems,
        affected_by,
        unexplained,
        unsettled,
        events: count,
        body,
    })
}

/// What the facts tell of what stands round an object.
#[derive(Default)]
struct Around {
    leads_to: Option<Section>,
    last: Vec<Section>,
}

fn around(sight: &Sight, object: &ObjectRef, lang: Lang) -> Around {
    let worst = &Worst::of(sight);
    let last = if Kind::Node.is(object) {
        node_load::sections(&sight.snapshot, worst, &object.name, lang)
    } else {
        Vec::new()
    };
    Around {
        leads_to: related::section(&sight.snapshot, worst, object, lang),
        last,
    }
}

async fn body(
    connection: &Connection,
    view: &ResourceView,
    object: &ObjectRef,
    (read, writers): (&Value, &[&Pod]),
    events: podside_model::view::Reading<Vec<podside_model::view::EventRow>>,
    (observed, around): (Observed<'_>, Around),
) -> ResourceBody {
    match view {
        ResourceView::Overview => {
            let mut sections = describe::sections(object, read, observed.verdict(), &observed);
            if Kind::of(object).is_none() {
                // What its columns say stands in the object too, so that without them
                // nothing is missing.
                let printed = connection.printed(object).await;
                describe::add_printed(&mut sections, printed.unwrap_or_default());
            }
            // What one looks for next stands after what the object is.
            let at = sections.len().min(1);
            sections.splice(at..at, around.leads_to);
            sections.extend(around.last);
            ResourceBody::Overview {
                sections,
                events: events::newest(events, NEWEST_EVENTS),
            }
        }
        ResourceView::Events { .. } => ResourceBody::Events { events },
        ResourceView::Logs { secrets } => ResourceBody::Logs {
            logs: logs::tails(connection, writers, *secrets).await,
        },
        ResourceView::Yaml { path } => {
            let (text, marked) = yaml::yaml(read, path.as_deref());
            ResourceBody::Yaml { text, marked }
        }
    }
}

/// The command that shows the same in a terminal.
fn command(view: &ResourceView, object: &ObjectRef) -> String {
    match view {
        ResourceView::Overview => kubectl::describe(object),
        ResourceView::Events { .. } => kubectl::events(object),
        ResourceView::Logs { .. } => kubectl::all_logs(object),
        ResourceView::Yaml { .. } => format!("{} -o yaml", kubectl::get(object)),
    }
}

/// The objects that own this one, the topmost first.
fn owners(sight: &Sight, object: &ObjectRef, meta: Option<&Meta>) -> Vec<ObjectRef> {
    /// A Pod of a Job of a CronJob has two; a cycle has no end.
    const MOST: usize = 8;
    let mut owners: Vec<ObjectRef> = Vec::new();
    let mut next = meta.and_then(describe::controller);
    while let Some(owner) = next {
        if owners.len() >= MOST || owners.contains(&owner) || owner == *object {
            break;
        }
        next = controller_of(sight, &owner);
        owners.push(owner);
    }
    owners.reverse();
    owners
}

pub(super) fn controller_of(sight: &Sight, object: &ObjectRef) -> Option<ObjectRef> {
    let kind = Kind::of(object)?;
    let namespace = object.namespace.as_deref().unwrap_or_default();
    let meta = sight.snapshot.meta_of(kind, namespace, &object.name)?;
    describe::controller(meta)
}

/// The problems that `is_meant` chooses, in the reader's language.
fn problems(
    sight: &Sight,
    lang: Lang,
    is_meant: impl Fn(&Problem<Message>) -> bool,
) -> Vec<Problem<String>> {
    let Some(diagnosis) = &sight.diagnosis else {
        return Vec::new();
    };
    diagnosis
        .problems
        .iter()
        .filter(|problem| is_meant(problem))
        .map(|problem| problem.clone().map_text(|text| resolve(&text, lang)))
        .collect()
}

fn problems_of_others(
    sight: &Sight,
    lang: Lang,
    object: &ObjectRef,
    owners: &[ObjectRef],
) -> Vec<Problem<String>> {
    problems(sight, lang, |problem| {
        let subject = problem.subject.without_container();
        let is_own = subject == *object || owners.contains(&subject);
        let breaks = |affected: &ObjectRef| {
            let affected = affected.without_container();
            affected == *object || owners.contains(&affected)
        };
        !is_own
            && problem
                .affects
                .iter()
                .any(|affected| breaks(&affected.object))
    })
}

/// What is not well with an object or its owners and has no cause: what no rule explains, and
/// what is still waited for.
fn without_cause(
    sight: &Sight,
    lang: Lang,
    object: &ObjectRef,
    owners: &[ObjectRef],
) -> (Option<Unexplained<String>>, Option<Unsettled<String>>) {
    let Some(diagnosis) = &sight.diagnosis else {
        return (None, None);
    };
    let is_meant = |told: &ObjectRef, affects: &[ObjectRef]| {
        told == object || owners.contains(told) || affects.contains(object)
    };
    let unexplained = diagnosis
        .unexplained
        .iter()
        .find(|it| is_meant(&it.object, &it.affects));
    let unsettled = diagnosis
        .unsettled
        .iter()
        .find(|it| is_meant(&it.object, &it.affects));
    (
        unexplained.map(|it| it.clone().map_text(|text| resolve(&text, lang))),
        unsettled.map(|it| it.clone().map_text(|text| resolve(&text, lang))),
    )
}

/// What a refusal of the API server means for the page.
fn refused(error: Error, object: &ObjectRef, lang: Lang) -> PortalError {
    match error {
        Error::Denied { right, .. } => PortalError::Denied { right },
        Error::NotFound { .. } | Error::InvalidName { .. } => PortalError::NotFound {
            what: (RefusalWords::of(lang).no_object)(&object.to_string()),
        },
        Error::NoKind { cluster, kind } => PortalError::NotFound {
            what: (RefusalWords::of(lang).no_kind)(&cluster, &kind),
        },
        error => PortalError::Unavailable {
            what: error.to_string(),
        },
    }
}

pub(super) fn not_live(liveness: &podside_model::Liveness) -> String {
    match liveness {
        podside_model::Liveness::NotLive { error, .. } => error.clone(),
        _ => String::new(),
    }
}
