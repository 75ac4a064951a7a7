//! One object: what `kubectl describe` shows, its events, logs and YAML.

mod events;
mod logs;
mod overview;
mod unwell;
mod verdict;

use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use podside_model::ObjectRef;
use podside_model::view::{ResourceBody, ResourcePage, ResourceView, Secrets};

use self::events::EventTable;
use self::logs::LogTails;
use self::overview::Overview;
use self::unwell::{unexplained, unsettled};
use self::verdict::Verdicts;
use super::{answered, ask_for};
use crate::address::{self, Tab, object_of, use_place};
use crate::api;
use crate::changes::Hears;
use crate::components::{Command, Glyph, LinkButton, Sheet, TabLink, Tabs, Yaml, secrets_switch};
use crate::live::use_live;
use crate::portal::Place;
use crate::preferences::lang;
use crate::runbooks::{has_logs, runbook_for};
use crate::words::{FrameWords, RedactionWords, ResourceWords, TriageWords};

/// The object that the address names, in the view that it names.
#[component]
pub fn ResourceRoute() -> impl IntoView {
    let lang = lang();
    let place = use_place();
    let params = use_params_map();
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        let part = |name| params.with(|params| params.get(name).unwrap_or_default());
        let object = object_of(&part("kind"), part("namespace"), part("name"));
        let (tab, path) =
            query.with(|query| (Tab::parse(query.get("tab").as_deref()), query.get("path")));
        let secrets = query.with(|query| query.get(Secrets::PARAMETER));
        let secrets = Secrets::of_parameter(secrets.as_deref());
        let view = match tab {
            Tab::Overview => ResourceView::Overview,
            Tab::Events => ResourceView::Events { secrets },
            Tab::Logs => ResourceView::Logs { secrets },
            Tab::Yaml => ResourceView::Yaml { path },
        };
        (place.get(), object, view)
    });
    let answer = ask_for(
        move || asked.get(),
        move |(place, object, view)| async move {
            let page = api::resource(lang, place.clone(), object.clone(), view.clone()).await?;
            Ok::<_, crate::PortalError>((place, object, view, page))
        },
    );
    answered(answer, |(place, object, view, page)| {
        view! { <ResourceLive place object view=view page/> }.into_any()
    })
}

/// The page, kept true while it is looked at.
#[component]
fn ResourceLive(
    place: Place,
    object: ObjectRef,
    view: ResourceView,
    page: ResourcePage,
) -> impl IntoView {
    let lang = lang();
    let at = place.clone();
    let asked = view.clone();
    let page = use_live(
        page,
        Hears::Facts(object.clone()),
        move || api::resource(lang, at.clone(), object.clone(), asked.clone()),
        |page, fresh| page.set(fresh),
    );
    move || sheet(&place, &view, &page.get())
}

fn sheet(place: &Place, asked: &ResourceView, page: &ResourcePage) -> AnyView {
    let f = FrameWords::of(lang());
    let w = ResourceWords::of(lang());
    let object = &page.object;
    let mut keys = vec![("1–4", f.tabs)];
    if has_logs(object) {
        keys.extend([("R", f.start_runbook), ("L", f.logs)]);
    }
    keys.extend([("Y", w.yaml), ("C", w.copy_kubectl), ("?", f.all_keys)]);
    let body = match page.body.clone() {
        ResourceBody::Overview { sections, events } => {
            let all = address::object(place, object, Tab::Events);
            view! { <Overview kind=object.kind.clone() sections events count=page.events all now=page.head.now/> }
                .into_any()
        }
        ResourceBody::Events { events } => {
            view! { <EventTable events now=page.head.now/> }.into_any()
        }
        ResourceBody::Logs { logs } => view! { <LogTails object=object.clone() logs/> }.into_any(),
        ResourceBody::Yaml { text, marked } => {
            view! { <Yaml text marked numbered=true/> }.into_any()
        }
    };
    let (owners, title, tabs) = (owners(place, page), title(place, object), tabs(place, page));
    let (problems, affected_by) = (page.problems.clone(), page.affected_by.clone());
    let changes = page.changes.clone();
    let (unexplained, unsettled) = (unexplained(page), unsettled(page));
    let command = page.command.clone();
    let secrets = secrets(place, object, asked);
    let names = format!("{} {}", object.kind, object.name);
    view! {
        <Sheet title=names head=Some(page.head.clone()) class="resource" keys>
            {owners}
            {title}
            <Verdicts problems changes affected_by/>
            {unexplained}
            {unsettled}
            {tabs}
            <Command line=command key="C"/>
            {secrets}
            {body}
        </Sheet>
    }
    .into_any()
}

/// Above a view that quotes the cluster: whether what looks like a secret is shown.
fn secrets(place: &Place, object: &ObjectRef, asked: &ResourceView) -> Option<AnyView> {
    let (tab, chosen) = match asked {
        ResourceView::Events { secrets } => (Tab::Events, *secrets),
        ResourceView::Logs { secrets } => (Tab::Logs, *secrets),
        ResourceView::Overview | ResourceView::Yaml { .. } => return None,
    };
    let w = RedactionWords::of(lang());
    let switch = secrets_switch(chosen, |secrets| {
        address::quoting(place, object, tab, secrets)
    });
    Some(
        view! { <div class="secrets-choice"><span class="quiet">{w.secrets}</span>{switch}</div> }
            .into_any(),
    )
}

fn owners(place: &Place, page: &ResourcePage) -> AnyView {
    let f = FrameWords::of(lang());
    let w = ResourceWords::of(lang());
    let owners = page
        .owners
        .iter()
        .map(|owner| {
            let href = address::object(place, owner, Tab::Overview);
            view! { <li><a href=href>{format!("{} {}", owner.kind, owner.name)}</a>" › "</li> }
        })
        .collect_view();
    let triage = address::triage(place);
    view! {
        <nav class="crumbs" aria-label=w.owners>
            <ul>
                <li><a href=triage>{f.triage}</a>" › "</li>
                {owners}
                <li aria-current="page">{format!("{} {}", page.object.kind, page.object.name)}</li>
            </ul>
        </nav>
    }
    .into_any()
}

fn title(place: &Place, object: &ObjectRef) -> AnyView {
    let w = TriageWords::of(lang());
    let runbook = runbook_for(object).map(|id| {
        view! {
            <LinkButton href=address::runbook(place, id, Some(object)) text=w.start_runbook glyph=Glyph::Book key="R"/>
        }
    });
    let logs = has_logs(object).then(|| {
        view! { <LinkButton href=address::logs(place, Some(object)) text=w.logs glyph=Glyph::Log key="L"/> }
    });
    let list = address::objects(place, &object.kind_in_group());
    view! {
        <div class="object-title">
            <div>
                <p class="kind"><a href=list>{object.kind.clone()}</a></p>
                <h1>{object.name.clone()}</h1>
            </div>
            <p class="buttons">{runbook}{logs}</p>
        </div>
    }
    .into_any()
}

fn tabs(place: &Place, page: &ResourcePage) -> AnyView {
    let w = ResourceWords::of(lang());
    let shown = match page.body {
        ResourceBody::Overview { .. } => Tab::Overview,
        ResourceBody::Events { .. } => Tab::Events,
        ResourceBody::Logs { .. } => Tab::Logs,
        ResourceBody::Yaml { .. } => Tab::Yaml,
    };
    let tabs = Tab::ALL
        .into_iter()
        .map(|tab| TabLink {
            text: match tab {
                Tab::Overview => w.overview,
                Tab::Events => w.events,
                Tab::Logs => w.logs,
                Tab::Yaml => w.yaml,
            }
            .to_owned(),
            href: address::object(place, &page.object, tab),
            count: page.events.filter(|_| tab == Tab::Events),
            current: tab == shown,
            key: (tab == Tab::Yaml).then_some("Y"),
        })
        .collect();
    view! { <Tabs label=w.views tabs/> }.into_any()
}
