use leptos::prelude::*;
use podside_model::{Affected, ObjectRef, Problem, Relation};

use super::ObjectLink;
use crate::chain::{broken_by, stages, state};
use crate::preferences::lang;
use crate::words::{ProblemWords, TriageWords};

/// Stages that fit side by side; a longer chain is drawn downwards.
const SIDE_BY_SIDE: usize = 6;
/// Deepest nesting that is drawn, whatever the references say.
const DEEPEST: usize = 12;

/// The chain as boxes joined by arrows that point from breaker to broken. It is a
/// nested list with the reasons as words, so that it reads without the drawing.
#[component]
pub fn ChainDrawing(
    /// The problem.
    problem: Problem<String>,
    /// Without links, for pages that stand without a cluster.
    #[prop(optional)]
    frozen: bool,
) -> impl IntoView {
    let w = ProblemWords::of(lang());
    let class = match stages(&problem).len() {
        side_by_side @ ..=SIDE_BY_SIDE => format!("chain stages-{side_by_side}"),
        _ => "chain downwards".to_owned(),
    };
    let cause = boxed(&problem.subject, state(&problem), frozen);
    let broken = broken(&problem, &problem.subject, frozen, w, 0);
    let more = (problem.more_affected > 0).then(|| {
        let more = (TriageWords::of(lang()).and_more)(problem.more_affected);
        view! { <p class="meta">{more}</p> }
    });
    view! {
        <div class=class>
            <ol>
                <li><div class="box cause">{cause}</div>{broken}</li>
            </ol>
            {more}
        </div>
    }
    .into_any()
}

fn broken(
    problem: &Problem<String>,
    by: &ObjectRef,
    frozen: bool,
    w: &'static ProblemWords,
    depth: usize,
) -> AnyView {
    let next = broken_by(problem, by);
    if next.is_empty() || depth >= DEEPEST {
        return ().into_any();
    }
    let class = if next.len() > 1 { "fork" } else { "" };
    let items = next
        .into_iter()
        .map(
            |Affected {
                 object,
                 relation,
                 state,
                 ..
             }| {
                view! {
                    <li>
                        <span class="reason">{reason(*relation, w)}</span>
                        <div class="box">{boxed(object, state, frozen)}</div>
                        {broken(problem, object, frozen, w, depth + 1)}
                    </li>
                }
            },
        )
        .collect_view();
    view! { <ol class=class>{items}</ol> }.into_any()
}

fn boxed(object: &ObjectRef, state: &str, frozen: bool) -> AnyView {
    view! {
        <span class="kind">{humps(&object.kind)}</span>
        <ObjectLink object=object.clone() name_only=true here=true frozen/>
        <span class="state">{state.to_owned()}</span>
    }
    .into_any()
}

/// A kind that may break before each of its capitals: `PersistentVolumeClaim` is
/// wider than a box.
fn humps(kind: &str) -> AnyView {
    let mut parts: Vec<String> = Vec::new();
    for c in kind.chars() {
        match parts.last_mut().filter(|_| !c.is_uppercase()) {
            Some(part) => part.push(c),
            None => parts.push(c.to_string()),
        }
    }
    parts
        .into_iter()
        .map(|part| view! { {part}<wbr/> })
        .collect_view()
        .into_any()
}

/// The words under an arrow.
fn reason(relation: Relation, w: &ProblemWords) -> &'static str {
    match relation {
        Relation::MountedBy => w.mounted_by,
        Relation::DialledBy => w.dialled_by,
        Relation::Backs => w.backs,
        Relation::Selects => w.selects,
        Relation::Owns => w.owns,
        Relation::RoutedBy => w.routed_by,
        Relation::Runs => w.runs,
        Relation::Scales => w.scales,
        Relation::ReferredToBy => w.referred_to_by,
        Relation::Admits => w.admits,
        Relation::SharesFault => w.shares_fault,
    }
}
