//! One investigation: the path, the question, the record.

mod conclusion;
mod going;
mod question;
mod record;
mod shares;
mod test;

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos_router::hooks::{use_params_map, use_query_map};
use leptos_router::params::ParamsMap;
use podside_model::form::WalkForm;
use podside_model::view::{HereView, InvestigationPage, ShareOf};
use podside_model::{InvestigationId, field};
use web_sys::HtmlElement;

pub(super) use self::conclusion::{headline, mark, proof_and_fix, summary};
pub(super) use self::record::{Shown, what_happened};
use super::{answered, ask_for};
use crate::address::{self, use_place};
use crate::api;
use crate::changes::Hears;
use crate::clock;
use crate::components::{
    ChartHeadBand, Glyph, Icon, LinkButton, ObjectLink, PathTree, Sheet, writing_if_allowed,
};
use crate::live::use_live;
use crate::portal::PortalError;
use crate::preferences::lang;
use crate::tree::{Scale, rows_that_matter, strip};
use crate::words::InvestigationWords;

/// The investigation that the address names.
#[component]
pub fn InvestigationRoute() -> impl IntoView {
    let lang = lang();
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")?.parse().ok()));
    let answer = ask_for(
        move || id.get(),
        move |id: Option<i64>| async move {
            let id = id.ok_or_else(|| PortalError::Invalid {
                what: InvestigationWords::of(lang).no_such.to_owned(),
            })?;
            api::investigation(lang, InvestigationId(id)).await
        },
    );
    answered(answer, |page| {
        view! { <InvestigationLive page/> }.into_any()
    })
}

/// The page, kept true while it is looked at: what others answer appears here too.
#[component]
fn InvestigationLive(page: InvestigationPage) -> impl IntoView {
    let lang = lang();
    let id = page.id;
    let query = use_query_map();
    let form = Memo::new(move |_| query.with(PathForm::of_query));
    let page = use_live(
        page,
        Hears::Kept,
        move || api::investigation(lang, id),
        |page, fresh| page.set(fresh),
    );
    // What did not change is not drawn anew: an open form keeps its text.
    let drawn = Memo::new_with_compare(
        move |_| page.get(),
        |before, after| match (before, after) {
            (Some(before), Some(after)) => !draws_the_same(before, after),
            _ => true,
        },
    );
    Effect::new(move |_| {
        drawn.track();
        form.track();
        show_present();
    });
    view! {
        {move || page.with(|page| view! { <ChartHeadBand head=page.head.clone()/> })}
        {move || page.with(going::going)}
        {move || drawn.with(|page| sheet(page, form.get()))}
    }
    .into_any()
}

/// Whether two answers make the same sheet below the band with the head, which changes
/// with every answer.
fn draws_the_same(before: &InvestigationPage, after: &InvestigationPage) -> bool {
    before.last_seq == after.last_seq
        && before.here == after.here
        && open_links(before).eq(open_links(after))
}

/// The links that open. How often each was opened changes with every reader, and whoever
/// writes a note is not to lose it for that.
fn open_links(page: &InvestigationPage) -> impl Iterator<Item = i64> + '_ {
    let open = page.shares.iter().filter(|share| share.open);
    open.map(|share| share.id)
}

/// Scrolls the column of the path so that the present step stands at a third of it.
fn show_present() {
    let find = |selector| {
        let element = document().query_selector(selector).ok().flatten();
        element.and_then(|element| element.dyn_into::<HtmlElement>().ok())
    };
    // Each is placed, and so the origin of the next one's offset.
    let (Some(path), Some(tree), Some(present)) = (
        find(".path"),
        find(".path .tree"),
        find(".path [aria-current=step]"),
    ) else {
        return;
    };
    path.set_scroll_top(tree.offset_top() + present.offset_top() - path.client_height() / 3);
}

fn sheet(page: &InvestigationPage, form: PathForm) -> AnyView {
    let w = InvestigationWords::of(lang());
    let here = match &page.here {
        HereView::Step(step) => question::question(page, step),
        HereView::Concluded { conclusion } => conclusion::conclusion(page, conclusion),
    };
    let title = match &page.here {
        HereView::Step(step) => step.question.clone(),
        HereView::Concluded { conclusion } => conclusion::headline(conclusion),
    };
    let bar = title_bar(page);
    let path = page.runbook.is_some().then(|| path(page, form));
    let columns = if path.is_some() {
        "columns"
    } else {
        "columns no-path"
    };
    let (record, shares) = (record::record(page), shares::shares(page));
    let strip = (!page.tree.is_empty()).then(|| {
        let (steps, width, height) = strip(&page.tree);
        let view_box = format!("0 0 {width} {height}");
        view! {
            <a class="path-strip" href="#path" aria-label=w.path>
                <svg viewBox=view_box width=width height=height aria-hidden="true" inner_html=steps></svg>
            </a>
        }
    });
    view! {
        <Sheet title head=None class="investigation-page">
            {bar}
            <div class=columns>
                {path}
                <section class="question">
                    {strip}
                    {here}
                </section>
                <aside class="record" aria-label=w.record>
                    {record}
                    {shares}
                </aside>
            </div>
        </Sheet>
    }
    .into_any()
}

fn title_bar(page: &InvestigationPage) -> AnyView {
    let w = InvestigationWords::of(lang());
    let at = clock::clock(page.started_at);
    let started = match &page.runbook {
        Some(runbook) => (w.started)(runbook, &at),
        None => (w.kept)(&at),
    };
    let share = address::sharing(
        &use_place().get_untracked(),
        &ShareOf::Investigation(page.id),
    );
    let (action, after) = (address::doing(page.id, "walk"), page.last_seq.to_string());
    let by_itself = writing_if_allowed(|| {
        view! {
            <form method="post" action=action>
                <input type="hidden" name=field!(WalkForm, after) value=after/>
                <button class="button" aria-keyshortcuts="A">
                    <Icon glyph=Glyph::Play/>{w.by_itself}" "<kbd aria-hidden="true">"A"</kbd>
                </button>
            </form>
        }
        .into_any()
    })
    .filter(|_| matches!(page.here, HereView::Step(_)));
    view! {
        <header class="title-bar">
            <p>
                <b>{page.title.clone()}</b>" "
                <span class="meta">{started}{w.comma}<ObjectLink object=page.target.clone()/></span>
            </p>
            {by_itself}
            <LinkButton href=share text=w.share glyph=Glyph::Share key="S"/>
        </header>
    }
    .into_any()
}

fn path(page: &InvestigationPage, form: PathForm) -> AnyView {
    let w = InvestigationWords::of(lang());
    let place = use_place().get_untracked();
    let href = |form: PathForm| address::path_form(&place, page.id, form.whole, form.text);
    let matter = rows_that_matter(&page.tree);
    let foldable = matter.len() < page.tree.len();
    let shown = if form.whole {
        (0..page.tree.len()).collect()
    } else {
        matter
    };
    let scale = Scale::of_walk(shown.len());
    let fold = foldable.then(|| {
        let href = href(PathForm {
            whole: !form.whole,
            ..form
        });
        let text = if form.whole {
            w.show_fewer.to_owned()
        } else {
            (w.show_all_rows)(page.tree.len())
        };
        view! { <p class="meta"><a href=href>{text}</a></p> }
    });
    let switch = [(false, w.as_tree), (true, w.as_text)].map(|(text, word)| {
        let current = (form.text == text).then_some("true");
        view! { <a href=href(PathForm { text, ..form }) aria-current=current>{word}</a> }
    });
    let legend = (!form.text).then(|| view! { <p class="legend">{w.path_legend}</p> });
    view! {
        <section class="path" aria-labelledby="path">
            <header class="head-and-switch">
                <h2 id="path">{w.path}</h2>
                <p class="switch">{switch.collect_view()}</p>
            </header>
            <PathTree
                rows=page.tree.clone()
                shown
                scale
                drawn=!form.text
                walk=(page.id, page.last_seq)
            />
            {fold}
            {legend}
        </section>
    }
    .into_any()
}

/// How the path is shown, as the address says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct PathForm {
    /// Every row, not only those that matter now.
    whole: bool,
    /// Sentences without the drawing.
    text: bool,
}

impl PathForm {
    fn of_query(query: &ParamsMap) -> Self {
        Self {
            whole: query.get("tree").as_deref() == Some("all"),
            text: query.get("path").as_deref() == Some("text"),
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use podside_model::view::{ChartHead, ConclusionView, ShareRow};
    use podside_model::{Lang, Liveness, ObjectRef};

    use super::*;

    fn page() -> InvestigationPage {
        InvestigationPage {
            head: ChartHead {
                clusters: Vec::new(),
                cluster: "practice".to_owned(),
                namespaces: Vec::new(),
                namespace: None,
                liveness: Liveness::Live {
                    at: Timestamp::UNIX_EPOCH,
                },
                now: Timestamp::UNIX_EPOCH,
                lang: Lang::En,
            },
            id: InvestigationId(7),
            title: String::new(),
            runbook: None,
            target: ObjectRef::namespaced("Pod", "shop", "cart"),
            started_by: "oncall-1".to_owned(),
            started_at: Timestamp::UNIX_EPOCH,
            here: HereView::Concluded {
                conclusion: ConclusionView::Open {
                    text: String::new(),
                },
            },
            tree: Vec::new(),
            record: Vec::new(),
            last_seq: 2,
            shares: vec![ShareRow {
                id: 3,
                live: true,
                created_by: "oncall-1".to_owned(),
                created_at: Timestamp::UNIX_EPOCH,
                expires_at: Timestamp::UNIX_EPOCH,
                revoked: None,
                open: true,
                opened: 0,
                last_opened: None,
            }],
            going: None,
        }
    }

    #[test]
    fn a_form_is_drawn_anew_for_what_was_done_and_not_for_how_fresh_the_page_is() {
        let mut silent = page();
        silent.head.now = Timestamp::from_second(4).unwrap();
        silent.head.liveness = Liveness::NotLive {
            since: None,
            error: String::new(),
            tries: 1,
            next_try: None,
        };
        let mut read = page();
        read.shares.iter_mut().for_each(|share| share.opened += 1);
        for other in [silent, read] {
            assert!(draws_the_same(&page(), &other), "{other:?}");
        }
        let mut revoked = page();
        revoked
            .shares
            .iter_mut()
            .for_each(|share| share.open = false);
        let noted = InvestigationPage {
            last_seq: 3,
            ..page()
        };
        let moved = InvestigationPage {
            here: HereView::Concluded {
                conclusion: ConclusionView::NothingWrong {
                    text: String::new(),
                },
            },
            ..page()
        };
        for other in [revoked, noted, moved] {
            assert!(!draws_the_same(&page(), &other), "{other:?}");
        }
    }
}
