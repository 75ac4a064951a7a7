use leptos::prelude::*;
use podside_model::form::ReturnForm;
use podside_model::view::{TreePlace, TreeRow, TreeState};
use podside_model::{InvestigationId, Lang, field};

use super::writing_if_allowed;
use crate::address;
use crate::preferences::lang;
use crate::tree::{Placed, Scale, answers, deciding, drawing, label, place, relation};
use crate::words::{FrameWords, InvestigationWords};

/// A runbook's tree: an ordered list, and one drawing behind it.
#[component]
pub fn PathTree(
    /// All rows of the tree.
    rows: Vec<TreeRow>,
    /// The indices of the rows that are shown, in order.
    shown: Vec<usize>,
    /// How high they are.
    scale: Scale,
    /// Whether the lines are drawn; else each row is a sentence.
    #[prop(default = true)]
    drawn: bool,
    /// The investigation whose walk this is, and its last entry: a step that was
    /// answered then leads back to it.
    #[prop(optional, into)]
    walk: Option<(InvestigationId, u32)>,
) -> impl IntoView {
    let placed = place(&rows, &shown, scale);
    let height: i32 = placed.iter().map(|placed| placed.height).sum();
    let lines = drawn.then(|| {
        let lines = drawing(&rows, &placed);
        view! { <svg width="100%" height=height aria-hidden="true" inner_html=lines></svg> }
    });
    let items = placed
        .iter()
        .filter_map(|placed| Some(item(rows.get(placed.row)?, placed, scale, walk)))
        .collect_view();
    let class = match scale {
        Scale::Walk | Scale::Compact if !drawn => "tree text",
        Scale::Walk => "tree",
        Scale::Compact => "tree compact",
        Scale::Read => "tree read",
    };
    view! {
        <div class=class>
            {lines}
            <ol>{items}</ol>
        </div>
    }
    .into_any()
}

fn item(
    row: &TreeRow,
    placed: &Placed,
    scale: Scale,
    walk: Option<(InvestigationId, u32)>,
) -> AnyView {
    let lang = lang();
    let text = text(row, scale, lang);
    let said = match scale {
        Scale::Read => None,
        Scale::Walk | Scale::Compact => said(row, lang),
    };
    let line = match (walk, &row.place, &row.state) {
        (Some((id, after)), TreePlace::Step { id: step, .. }, TreeState::Taken { .. }) => {
            go_back(id, after, step, text)
        }
        _ => view! { <span class="label" title=text.clone()>{text.clone()}</span> }.into_any(),
    };
    let current = matches!(row.state, TreeState::Here { .. }).then_some("step");
    let style = format!(
        "--lane:{};height:{}px",
        placed.x.saturating_sub(16) / 26,
        placed.height
    );
    view! { <li class=class(&row.state) style=style aria-current=current>{line}{said}</li> }
        .into_any()
}

/// The label; one that the walk does not pass through says for which answers.
fn text(row: &TreeRow, scale: Scale, lang: Lang) -> String {
    let text = label(row, lang);
    let via = deciding(&row.via);
    let first_in_line = matches!(row.state, TreeState::NotTaken) || scale == Scale::Read;
    if first_in_line && !via.is_empty() && row.lane > 0 {
        format!("{}: {text}", answers(&via, lang))
    } else {
        text
    }
}

fn said(row: &TreeRow, lang: Lang) -> Option<AnyView> {
    let (strong, rest) = relation(row, lang);
    if strong.is_none() && rest.is_none() {
        return None;
    }
    let between = match (&strong, &rest, &row.state) {
        (Some(_), Some(_), TreeState::Here { .. }) if lang == Lang::En => "; ",
        (Some(_), Some(_), _) => FrameWords::of(lang).comma,
        _ => "",
    };
    let said = format!(
        "{}{between}{}",
        strong.clone().unwrap_or_default(),
        rest.clone().unwrap_or_default()
    );
    Some(
        view! { <span class="said" title=said>{strong.map(|s| view! { <b>{s}</b> })}{between}{rest}</span> }
            .into_any(),
    )
}

fn go_back(id: InvestigationId, after: u32, step: &str, text: String) -> AnyView {
    let title = (InvestigationWords::of(lang()).go_back_to)(&text);
    let (step, label) = (step.to_owned(), text.clone());
    writing_if_allowed(|| {
        view! {
            <form method="post" action=address::doing(id, "returns")>
                <input type="hidden" name=field!(ReturnForm, after) value=after.to_string()/>
                <button class="label" name=field!(ReturnForm, step) value=step title=title>{text}</button>
            </form>
        }
        .into_any()
    })
    .unwrap_or_else(|| view! { <span class="label">{label}</span> }.into_any())
}

const fn class(state: &TreeState) -> &'static str {
    match state {
        TreeState::Taken { .. } | TreeState::Reached => "taken",
        TreeState::Left { .. } => "left",
        TreeState::Here { .. } => "here",
        TreeState::Ahead { .. } => "ahead",
        TreeState::NotTaken => "not-taken",
    }
}
