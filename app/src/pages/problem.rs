use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use podside_model::view::{ProblemPage, SeenBefore, ShareOf, ShownObject};
use podside_model::{Certainty, ObjectRef, Problem, ProblemId, Strip};

use super::{answered, ask_for};
use crate::address::{self, Tab, object_of, problem_of, use_place};
use crate::api;
use crate::changes::Hears;
use crate::clock;
use crate::components::{
    ChainDrawing, EvidenceBlock, FixBox, Glyph, LinkButton, SeverityMark, Sheet, StripDrawing,
    StripLegend, Weight, age, logs_link, quoted_prose,
};
use crate::live::use_live;
use crate::portal::PortalError;
use crate::preferences::lang;
use crate::runbooks::{has_logs, logs_after, runbook_for};
use crate::status::answer_with_status;
use crate::words::{FrameWords, ProblemWords, SeverityWords};

/// Pieces of evidence whose value carries the marker.
const MARKED: usize = 2;
/// Pieces of evidence that are shown before "show all".
const SHOWN: usize = 4;

/// The problem that the address names.
#[component]
pub fn ProblemRoute() -> impl IntoView {
    let lang = lang();
    let place = use_place();
    let params = use_params_map();
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        let part = |name| params.with(|params| params.get(name).unwrap_or_default());
        let subject = object_of(&part("kind"), part("namespace"), part("name"));
        let container = query.with(|query| query.get("container"));
        let show = query.with(|query| query.get("show").and_then(|nth| nth.parse().ok()));
        let id = problem_of(&part("cause"), subject, container);
        (place.get(), id, show)
    });
    let answer = ask_for(
        move || asked.get(),
        move |(place, id, show)| async move {
            let id = id.ok_or_else(|| PortalError::Invalid {
                what: ProblemWords::of(lang).no_such_cause.to_owned(),
            })?;
            let page = api::problem(lang, place, id.clone(), show).await?;
            Ok::<_, PortalError>((id, show, page))
        },
    );
    answered(answer, |(id, show, page)| {
        view! { <ProblemLive id show page/> }.into_any()
    })
}

/// The page, kept true while it is looked at.
#[component]
fn ProblemLive(id: ProblemId, show: Option<usize>, page: ProblemPage) -> impl IntoView {
    let lang = lang();
    let place = use_place();
    let asked = id.clone();
    let page = use_live(
        page,
        Hears::Problem(id.subject.clone()),
        move || api::problem(lang, place.get_untracked(), asked.clone(), show),
        |page, fresh| page.set(fresh),
    );
    move || sheet(&id, &page.get())
}

fn sheet(id: &ProblemId, page: &ProblemPage) -> AnyView {
    let f = FrameWords::of(lang());
    let head = Some(page.head.clone());
    let Some(problem) = page.problem.clone() else {
        return gone(id, page);
    };
    let place = use_place().get_untracked();
    let now = page.head.now;
    let live = matches!(page.head.liveness, podside_model::Liveness::Live { .. });
    let strip = page.strip.clone();
    let lead = finding(&problem, changes(page, &problem), strip, now, live);
    let evidence = evidence(&problem, page);
    let mut keys = vec![("O", f.open)];
    if has_logs(&problem.subject) {
        keys.push(("R", f.start_runbook));
    }
    if !logs_after(&problem).is_empty() {
        keys.push(("L", f.logs));
    }
    keys.push(("S", f.share));
    keys.push(("?", f.all_keys));
    view! {
        <Sheet title=problem.title.clone() head class="problem-page" keys>
            <nav class="crumbs" aria-label=f.where_you_are>
                <a href=address::triage(&place)>{f.triage}</a>
                <span>" › "{problem.cause.to_string()}</span>
            </nav>
            {lead}
            {chain(&problem)}
            {evidence}
        </Sheet>
    }
    .into_any()
}

/// What the fix changes.
fn changes<'a>(page: &'a ProblemPage, problem: &'a Problem<String>) -> &'a ObjectRef {
    page.changes.as_ref().unwrap_or(&problem.subject)
}

fn finding(
    problem: &Problem<String>,
    changes: &ObjectRef,
    strip: Option<Strip>,
    now: jiff::Timestamp,
    live: bool,
) -> AnyView {
    let w = ProblemWords::of(lang());
    let s = SeverityWords::of(lang());
    let certainty = match problem.certainty {
        Certainty::Certain => s.certain,
        Certainty::Likely => s.likely,
    };
    view! {
        <section class="lead row" aria-labelledby="finding">
            <div class="margin">
                <SeverityMark tone=problem.severity large=true/>
                <p>{age(problem.since, now, live, true)}{problem.since.map(|_| view! { <br/> })}{certainty}</p>
                {strip.map(|strip| view! { <StripDrawing strip=strip.clone()/><StripLegend strip short=true/> })}
            </div>
            <div>
                <h1 id="finding">{quoted_prose(&problem.title)}</h1>
                <p class="why">
                    {quoted_prose(&problem.explanation)}" "{w.change_here}" "
                    <a class="subject" href=address::object(&use_place().get_untracked(), changes, Tab::Overview)>
                        {changes.to_string()}
                    </a>
                </p>
            </div>
        </section>
    }
    .into_any()
}

fn chain(problem: &Problem<String>) -> Option<AnyView> {
    let after = problem.affected();
    let w = ProblemWords::of(lang());
    (after > 0).then(|| {
        view! {
            <section class="row ruled" aria-labelledby="chain">
                <div class="margin">
                    <h2 id="chain">{w.who_breaks_whom}</h2>
                    <p>{(w.after_it)(after)}</p>
                </div>
                <ChainDrawing problem=problem.clone()/>
            </section>
        }
        .into_any()
    })
}

fn evidence(problem: &Problem<String>, page: &ProblemPage) -> AnyView {
    let w = ProblemWords::of(lang());
    let place = use_place().get_untracked();
    let id = problem.id();
    let now = page.head.now;
    let count = problem.evidence.len();
    let shown_nth = page.shown.as_ref().map(|shown| shown.nth);
    let mut pieces: Vec<AnyView> = problem
        .evidence
        .iter()
        .enumerate()
        .map(|(at, evidence)| {
            let nth = at + 1;
            let shown = page.shown.as_ref().filter(|shown| shown.nth == nth);
            let shown = shown.map(|ShownObject { lines, .. }| lines.clone());
            let toggle = address::problem_showing(&place, &id, nth, shown.is_none());
            let evidence = evidence.clone();
            view! { <EvidenceBlock evidence nth now marked=at < MARKED toggle shown/> }.into_any()
        })
        .collect();
    // One more than the rest would fold is shown at once.
    let folds = count > SHOWN + 1;
    let rest = if folds {
        pieces.split_off(SHOWN)
    } else {
        Vec::new()
    };
    let says = if folds {
        (w.shown)(SHOWN, count)
    } else {
        (w.pieces)(count)
    };
    let open = shown_nth.is_some_and(|nth| nth > SHOWN);
    let rest = folds.then(|| {
        view! {
            <details class="rest" open=open>
                <summary>{(w.show_all)(count)}</summary>
                {rest}
            </details>
        }
    });
    let fix = (!problem.fix.is_empty()).then(|| {
        // Where another object than the subject is changed, the subject needs no change either.
        let subject = usize::from(*changes(page, problem) != problem.subject);
        view! { <FixBox steps=problem.fix.clone() unchanged=problem.affected() + subject/> }
    });
    view! {
        <section class="row ruled" aria-labelledby="evidence">
            <div class="margin">
                <h2 id="evidence">{w.evidence}</h2>
                <p>{says}</p>
            </div>
            <div class="evidence-and-fix">
                <div class="pieces">{pieces}{rest}</div>
                <aside>{fix}{go_on(problem)}{seen_before(page)}</aside>
            </div>
        </section>
    }
    .into_any()
}

/// Where one can go on from here.
fn go_on(problem: &Problem<String>) -> AnyView {
    let w = ProblemWords::of(lang());
    let place = use_place().get_untracked();
    let subject = &problem.subject;
    let runbook = runbook_for(subject).map(|id| {
        view! {
            <LinkButton
                href=address::runbook(&place, id, Some(subject))
                text=w.start_runbook
                glyph=Glyph::Book
                key="R"
            />
        }
    });
    let logs = logs_link(problem, w.watch_the_logs).map(|(href, text)| {
        view! { <LinkButton href text glyph=Glyph::Log key="L"/> }
    });
    view! {
        <section class="go-on">
            <h2>{w.go_on}</h2>
            {runbook}
            {logs}
            <LinkButton
                href=address::sharing(&place, &ShareOf::Problem(problem.id()))
                text=w.share
                glyph=Glyph::Share
                key="S"
            />
            <LinkButton
                href=address::object(&place, subject, Tab::Overview)
                text=(w.open_object)(&subject.kind)
                glyph=Glyph::Arrow
                key="O"
            />
        </section>
    }
    .into_any()
}

/// What the history knows of the same cause.
fn seen_before(page: &ProblemPage) -> AnyView {
    let comma = FrameWords::of(lang()).comma;
    let w = ProblemWords::of(lang());
    let place = use_place().get_untracked();
    let now = page.head.now;
    let says = match &page.seen_before {
        None => w.history_unreadable.to_owned(),
        Some(SeenBefore { times: 0, .. }) => w.never_seen.to_owned(),
        Some(SeenBefore { times, .. }) => (w.seen_times)(*times),
    };
    let latest = page.seen_before.iter().flat_map(|seen| &seen.latest);
    let latest = latest
        .map(|past| {
            let href = address::investigation(&place, past.id);
            let when = clock::ago(past.started_at, now, lang());
            view! {
                <li>
                    <a href=href>{past.title.clone()}</a>
                    <span>{past.target.to_string()}{comma}{when}{comma}{past.who.clone()}</span>
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="seen-before">
            <h2>{w.seen_before}</h2>
            <p>{says}</p>
            <ul>{latest}</ul>
        </section>
    }
    .into_any()
}

/// The rules do not find the problem any more.
fn gone(id: &ProblemId, page: &ProblemPage) -> AnyView {
    answer_with_status(404);
    let w = ProblemWords::of(lang());
    let place = use_place().get_untracked();
    let subject = id.subject.to_string();
    let says = (w.gone)(id.cause.as_str(), &subject);
    let object = address::object(&place, &id.subject, Tab::Overview);
    view! {
        <Sheet title=w.gone_title head=Some(page.head.clone()) class="words">
            <h1>{w.gone_title}</h1>
            <p>{says}</p>
            <p class="buttons">
                <LinkButton
                    href=object
                    text=(w.see_object)(&subject)
                    weight=Weight::Primary
                />
                <LinkButton href=address::triage(&place) text=w.see_triage/>
            </p>
        </Sheet>
    }
    .into_any()
}
