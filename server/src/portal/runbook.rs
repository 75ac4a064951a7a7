//! The runbooks, and one runbook to be read or started.

use podside_app::{Place, PortalError};
use podside_diagnosis::runbook::{
    Check, Names, Next, NodeState, Runbook, State, Step, Target, built_in, find, tree,
};
use podside_model::view::{
    CheckedBy, RunbookCard, RunbookPage, RunbookStep, RunbooksPage, Way, WayTo,
};
use podside_model::{Lang, ObjectRef};

use super::beginnings::beginnings;
use super::shown;
use crate::bounds::bounded_object;
use crate::investigations::no_runbook;
use crate::session::{Seen, Session};
use crate::within::concerns;

/// The most objects to choose from when a runbook is started.
const MOST_TARGETS: usize = 30;

pub(super) async fn runbooks(
    session: &Session,
    place: &Place,
) -> Result<RunbooksPage, PortalError> {
    let lang = session.lang();
    let runbooks = built_in().iter().map(|it| &it.runbook);
    let seen = session.look(place).await?;
    Ok(RunbooksPage {
        beginnings: beginnings(&seen, place.namespace.as_deref(), lang),
        head: seen.head,
        runbooks: runbooks
            .map(|runbook| RunbookCard {
                id: runbook.id.clone(),
                title: runbook.title.get(lang).to_owned(),
                about: runbook.about.get(lang).to_owned(),
                questions: runbook.steps.len(),
                targets: runbook.targets.clone(),
            })
            .collect(),
    })
}

pub(super) async fn runbook(
    session: &Session,
    place: &Place,
    id: &str,
    target: Option<&ObjectRef>,
) -> Result<RunbookPage, PortalError> {
    let lang = session.lang();
    if let Some(target) = target {
        bounded_object(lang, target)?;
    }
    let runbook = &find(id).ok_or_else(|| no_runbook(lang, id))?.runbook;
    let seen = session.look(place).await?;
    let targets = targets(runbook, &seen, place, target);
    let names = names(&seen, targets.first());
    let state = State::new(runbook, names.clone());
    let mut nodes = tree(runbook, &state);
    // Nobody walks here: everything is ahead.
    for node in &mut nodes {
        node.state = NodeState::Ahead {
            suggested: node.lane == 0,
        };
    }
    Ok(RunbookPage {
        id: runbook.id.clone(),
        version: runbook.version,
        title: runbook.title.get(lang).to_owned(),
        about: runbook.about.get(lang).to_owned(),
        steps: runbook
            .steps
            .iter()
            .map(|step| read_step(runbook, step, &names, lang))
            .collect(),
        conclusions: runbook.conclusions(),
        tree: shown::tree(nodes, None, lang),
        targets,
        head: seen.head,
    })
}

/// What the runbook can be started on: the object that was asked for, then what is broken.
fn targets(
    runbook: &Runbook,
    seen: &Seen,
    place: &Place,
    asked: Option<&ObjectRef>,
) -> Vec<ObjectRef> {
    let fits = |object: &ObjectRef| runbook.targets.contains(&object.kind);
    let problems = seen
        .sight
        .iter()
        .filter_map(|sight| Some((sight, sight.diagnosis.as_ref()?)))
        .flat_map(|(sight, diagnosis)| diagnosis.problems.iter().map(move |it| (sight, it)))
        .filter(|(sight, problem)| {
            place
                .namespace
                .as_deref()
                .is_none_or(|namespace| concerns(*problem, &sight.snapshot, namespace))
        })
        .map(|(_, problem)| problem);
    let broken = problems.flat_map(|problem| {
        std::iter::once(&problem.subject).chain(problem.affects.iter().map(|it| &it.object))
    });
    let mut targets: Vec<ObjectRef> = Vec::new();
    for object in asked
        .into_iter()
        .chain(broken)
        .filter(|object| fits(object))
    {
        let object = object.without_container();
        if !targets.contains(&object) {
            targets.push(object);
        }
        if targets.len() == MOST_TARGETS {
            break;
        }
    }
    targets
}

/// The names for the commands: those of the first target, else words that stand for them.
fn names(seen: &Seen, target: Option<&ObjectRef>) -> Names {
    match (target, &seen.sight) {
        (Some(target), Some(sight)) => Target::find(&sight.snapshot, target).names(),
        _ => Names {
            target: ObjectRef::namespaced("Pod", "NAMESPACE", "POD"),
            pod: None,
            container: None,
        },
    }
}

fn read_step(runbook: &Runbook, step: &Step, names: &Names, lang: Lang) -> RunbookStep {
    RunbookStep {
        id: step.id.clone(),
        question: names.fill(&step.question).get(lang).to_owned(),
        why: names.fill(&step.why).get(lang).to_owned(),
        checked_by: match &step.check {
            Check::Causes { causes, .. } => CheckedBy::Causes {
                causes: causes.clone(),
            },
            Check::Cel { expression, .. } => CheckedBy::Expression {
                source: expression.source().to_owned(),
            },
            Check::Probe(probe) => {
                CheckedBy::Probe(shown::probe(probe, probe.command.fill(names), lang))
            }
            Check::Ask => CheckedBy::Person,
        },
        commands: step
            .commands
            .iter()
            .map(|command| command.fill(names))
            .collect(),
        docs: shown::docs(step, lang),
        ways: step
            .leaves()
            .into_iter()
            .map(|(answers, next)| Way {
                answers,
                to: way_to(runbook, next, names, lang),
            })
            .collect(),
    }
}

fn way_to(runbook: &Runbook, next: &Next, names: &Names, lang: Lang) -> WayTo {
    let text = |texts| names.fill(texts).get(lang).to_owned();
    match next {
        Next::Step(id) => WayTo::Step {
            id: id.clone(),
            number: runbook.number(id).unwrap_or(0),
        },
        Next::Cause { cause, text: t } => WayTo::Cause {
            cause: cause.clone(),
            text: text(t),
        },
        Next::Found { text: t } => WayTo::Found { text: text(t) },
        Next::Runbook { runbook, .. } => WayTo::Runbook {
            id: runbook.clone(),
        },
        Next::NothingWrong { text: t } | Next::Open { text: t } => WayTo::End { text: text(t) },
    }
}
