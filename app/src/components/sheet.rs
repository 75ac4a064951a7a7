use leptos::prelude::*;
use podside_model::view::ChartHead;

use super::{ChartHeadBand, PageTitle};
use crate::preferences::lang;
use crate::words::FrameWords;

/// A page of the portal: its title, the chart head, what it says, and the keys
/// that work on it.
#[component]
pub fn Sheet(
    /// The document's title, without the product's name.
    #[prop(into)]
    title: String,
    /// Where one is; `None` for a page that stands without a cluster.
    head: Option<ChartHead>,
    /// A class for the page's own layout.
    #[prop(optional)]
    class: &'static str,
    /// Keys and what they do, shown at the foot.
    #[prop(optional)]
    keys: Vec<(&'static str, &'static str)>,
    /// What the page says.
    children: Children,
) -> impl IntoView {
    let w = FrameWords::of(lang());
    let foot = (!keys.is_empty()).then(|| {
        let keys = keys
            .into_iter()
            .map(|(key, does)| view! { <li><kbd>{key}</kbd>" "{does}</li> }.into_any())
            .collect_view();
        view! { <footer class="foot"><ul aria-label=w.keys>{keys}</ul></footer> }
    });
    view! {
        <PageTitle title/>
        {head.map(|head| view! { <ChartHeadBand head/> })}
        <main id="main" class=format!("page {class}") tabindex="-1">{children()}</main>
        {foot}
    }
    .into_any()
}
