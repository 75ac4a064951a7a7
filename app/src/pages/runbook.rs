use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use podside_model::form::{NamedObject, StartForm};
use podside_model::view::{CheckedBy, RunbookPage, RunbookStep, Way, WayTo};
use podside_model::{Cause, ObjectRef, field, kind_and_group};

use super::{answered, ask_for};
use crate::address::use_place;
use crate::api;
use crate::components::{Command, Glyph, Icon, PathTree, Sheet, writing};
use crate::preferences::lang;
use crate::tree::{Scale, answers};
use crate::words::{FrameWords, InvestigationWords, RunbookWords};

/// The runbook that the address names, with the object that it would be started on.
#[component]
pub fn RunbookRoute() -> impl IntoView {
    let lang = lang();
    let place = use_place();
    let params = use_params_map();
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        let id = params.with(|params| params.get("id").unwrap_or_default());
        let target = query.with(|query| {
            let kind = query.get("kind")?;
            let (kind, group) = kind_and_group(&kind);
            Some(ObjectRef {
                kind: kind.to_owned(),
                group: group.to_owned(),
                namespace: query.get("in"),
                name: query.get("name")?,
                container: query.get("container"),
            })
        });
        (place.get(), id, target)
    });
    let answer = ask_for(
        move || asked.get(),
        move |(place, id, target)| api::runbook(lang, place, id, target),
    );
    answered(answer, |page| sheet(&page))
}

fn sheet(page: &RunbookPage) -> AnyView {
    let w = RunbookWords::of(lang());
    let counts = format!(
        "{}, {}",
        (w.questions)(page.steps.len()),
        (w.conclusions)(page.conclusions)
    );
    let steps = page
        .steps
        .iter()
        .enumerate()
        .map(|(index, step)| article(index + 1, step))
        .collect_view();
    let meta = format!(", {}", (w.built_in)(page.version));
    let (id, title, about) = (page.id.clone(), page.title.clone(), page.about.clone());
    let (tree, start) = (page.tree.clone(), start(page));
    let shown = (0..page.tree.len()).collect::<Vec<_>>();
    view! {
        <Sheet title=page.title.clone() head=Some(page.head.clone()) class="runbook-page">
            <aside aria-label=counts.clone()>
                <h2>{counts.clone()}</h2>
                <PathTree rows=tree shown scale=Scale::Read/>
            </aside>
            <div class="text">
                <p class="meta">{w.runbook}" "<code>{id}</code>{meta}</p>
                <h1>{title}</h1>
                <p class="about">{about}</p>
                {start}
                {steps}
            </div>
        </Sheet>
    }
    .into_any()
}

/// The form that starts an investigation.
fn start(page: &RunbookPage) -> AnyView {
    let w = RunbookWords::of(lang());
    if page.targets.is_empty() {
        return view! { <p class="meta start">{w.no_target}</p> }.into_any();
    }
    let options = page
        .targets
        .iter()
        .map(|target| {
            let value = NamedObject(target.clone()).to_string();
            view! { <option value=value>{target.to_string()}</option> }
        })
        .collect_view();
    writing(|| {
        view! {
            <form class="start" method="post" action="/investigations">
                <input type="hidden" name=field!(StartForm, cluster) value=page.head.cluster.clone()/>
                <input type="hidden" name=field!(StartForm, runbook) value=page.id.clone()/>
                <label class="field">
                    <span>{w.start_on}</span>
                    <select name=field!(StartForm, target)>{options}</select>
                </label>
                <button class="button primary" aria-keyshortcuts="Enter">
                    <Icon glyph=Glyph::Play/>{w.start}" "<kbd aria-hidden="true">"Enter"</kbd>
                </button>
                <span class="meta">{w.needs}</span>
            </form>
        }
        .into_any()
    })
}

fn article(number: usize, step: &RunbookStep) -> AnyView {
    let w = RunbookWords::of(lang());
    let id = format!("step-{number}");
    let labelled_by = id.clone();
    let by_hand = step
        .commands
        .iter()
        .map(|line| view! { <Command line=line.clone()/> })
        .collect_view();
    let ways = step.ways.iter().map(way).collect_view();
    let docs = InvestigationWords::of(lang()).documentation;
    view! {
        <article class="step" id=step.id.clone() aria-labelledby=labelled_by>
            <span class="number" aria-hidden="true">{number}</span>
            <div>
                <h2 id=id>{step.question.clone()}</h2>
                <p>{step.why.clone()}</p>
                <dl>
                    <dt>{w.checked_by}</dt>
                    <dd>{checked_by(&step.checked_by)}</dd>
                    <dt>{w.by_hand}</dt>
                    <dd>{by_hand}</dd>
                    <dt>{w.then}</dt>
                    <dd><ul>{ways}</ul></dd>
                    <dt>{w.docs}</dt>
                    <dd><a href=step.docs.url.clone() rel="external noreferrer">{docs}{step.docs.title.clone()}</a></dd>
                </dl>
            </div>
        </article>
    }
    .into_any()
}

fn checked_by(by: &CheckedBy) -> AnyView {
    let w = RunbookWords::of(lang());
    match by {
        CheckedBy::Causes { causes } => {
            let causes: Vec<&str> = causes.iter().map(Cause::as_str).collect();
            (w.by_causes)(&causes.join(FrameWords::of(lang()).comma)).into_any()
        }
        CheckedBy::Expression { source } => {
            // The exact rule is one click away: few who read a runbook know the language.
            view! {
                <details class="exact">
                    <summary>{w.by_expression}</summary>
                    <code>{source.clone()}</code>
                </details>
            }
            .into_any()
        }
        CheckedBy::Probe(probe) => (w.by_probe)(&probe.what).into_any(),
        CheckedBy::Person => w.by_person.into_any(),
    }
}

fn way(way: &Way) -> AnyView {
    let w = RunbookWords::of(lang());
    let answers = answers(&way.answers, lang());
    let to = match &way.to {
        WayTo::Step { number, .. } => {
            view! { <a href=format!("#step-{number}")>{(w.to_step)(*number)}</a> }.into_any()
        }
        WayTo::Cause { cause, text } => {
            view! { <code>{cause.to_string()}</code>{w.full_stop}{text.clone()} }.into_any()
        }
        WayTo::Found { text } => view! { {w.to_found}{w.full_stop}{text.clone()} }.into_any(),
        WayTo::Runbook { id } => (w.to_runbook)(id).into_any(),
        WayTo::End { text } => text.clone().into_any(),
    };
    view! { <li><b>{answers}</b>": "{to}</li> }.into_any()
}
