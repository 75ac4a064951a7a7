use leptos::prelude::*;
use podside_model::field;
use podside_model::form::RunForm;
use podside_model::view::{
    InvestigationPage, ProbeLacks, ProbePlace, ProbeRun, ProbeStep, StepView,
};

use crate::address;
use crate::clock;
use crate::components::{Command, Glyph, Icon, Note, Tone, Yaml, writing_if_allowed};
use crate::preferences::lang;
use crate::words::{InvestigationWords, StateWords};

/// The test of the present step: what would be run where, and the button that allows it.
pub(super) fn test(page: &InvestigationPage, step: &StepView, probe: &ProbeStep) -> AnyView {
    let w = InvestigationWords::of(lang());
    let run = match &probe.run {
        Ok(run) => plan(page, step, run),
        Err(why) => {
            let why = why.clone();
            view! { <Note tone=Tone::Info><p>{why}</p></Note> }.into_any()
        }
    };
    view! {
        <section class="test" aria-labelledby="test">
            <h2 id="test">{w.test}</h2>
            <p>{probe.what.clone()}</p>
            {run}
        </section>
    }
    .into_any()
}

fn plan(page: &InvestigationPage, step: &StepView, run: &ProbeRun) -> AnyView {
    let w = InvestigationWords::of(lang());
    let place = match &run.place {
        ProbePlace::In { pod, container } => (w.test_in)(pod, container),
        ProbePlace::Beside { pod, image } => (w.test_beside)(pod, image),
        ProbePlace::OwnPod { namespace, image } => (w.test_own_pod)(namespace, image),
    };
    let commands = run
        .commands
        .iter()
        .map(|line| view! { <Command line=line.clone()/> })
        .collect_view();
    let object = run.object.clone().map(|object| {
        view! { <details><summary>{w.test_object}</summary><Yaml text=object/></details> }
    });
    let lacks = run.lacks.as_ref().map(lacks);
    let unasked = run.unasked.as_deref().map(|why| {
        let says = (w.test_unasked)(why);
        view! { <Note tone=Tone::Unknown><p>{says}</p></Note> }
    });
    let locked = run.locked.clone().map(|reason| {
        view! { <Note tone=Tone::Info><p>{reason}</p></Note> }
    });
    let is_open = locked.is_none() && run.lacks.is_none() && page.going.is_none();
    let button = is_open.then(|| button(page, step, run));
    view! {
        <p class="meta">{place}</p>
        <div class="by-hand">{commands}</div>
        {object}
        {lacks}
        {unasked}
        {locked}
        {button}
    }
    .into_any()
}

/// What is missing, and what gives it.
fn lacks(lacks: &ProbeLacks) -> AnyView {
    let w = InvestigationWords::of(lang());
    let s = StateWords::of(lang());
    let missing = lacks
        .rights
        .iter()
        .map(|right| {
            let place = match &right.namespace {
                Some(namespace) => (s.namespace)(namespace),
                None => s.all_namespaces.to_owned(),
            };
            let says = (s.may_not)(&right.verb, &right.resource, &place);
            view! { <p>{says}</p> }
        })
        .collect_view();
    view! {
        <Note tone=Tone::Unknown><p>{w.test_lacks}</p>{missing}</Note>
        <details class="role"><summary>{w.test_role}</summary><Yaml text=lacks.role.clone()/></details>
    }
    .into_any()
}

fn button(page: &InvestigationPage, step: &StepView, run: &ProbeRun) -> Option<AnyView> {
    let w = InvestigationWords::of(lang());
    let word = if run.allowed.is_some() {
        w.run_again
    } else {
        w.run_test
    };
    let before = run
        .allowed
        .map(|at| (w.test_allowed)(&clock::clock(at)) + " ");
    let action = address::doing(page.id, "runs");
    writing_if_allowed(|| {
        view! {
            <form method="post" action=action>
                <p class="meta">{before}{w.test_consent}</p>
                <input type="hidden" name=field!(RunForm, after) value=page.last_seq.to_string()/>
                <input type="hidden" name=field!(RunForm, step) value=step.id.clone()/>
                <input type="hidden" name=field!(RunForm, plan) value=run.plan.clone()/>
                <button class="button"><Icon glyph=Glyph::Play/>{word}</button>
            </form>
        }
        .into_any()
    })
}
