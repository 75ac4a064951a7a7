use leptos::prelude::*;
use podside_model::view::ChartHead;

use super::{Command, Sheet};
use crate::address;
use crate::portal::Place;
use crate::preferences::lang;
use crate::words::{FrameWords, ObjectsWords};

/// A page that is one long list: the way back to all kinds, what is listed with its legend and
/// its kubectl command, and the keys that go over rows.
#[component]
pub fn ListSheet(
    /// Where one is.
    place: Place,
    /// What is listed: the document's title and the heading.
    title: String,
    /// Of which cluster, and how fresh.
    head: ChartHead,
    /// A class for the page's own layout.
    class: &'static str,
    /// How much there is, under the heading.
    legend: Option<AnyView>,
    /// The command that lists the same; `None` where there is none.
    command: Option<String>,
    /// The rows and what stands round them.
    children: Children,
) -> impl IntoView {
    let w = ObjectsWords::of(lang());
    let k = FrameWords::of(lang());
    let keys = vec![
        ("J", k.next),
        ("K", k.previous),
        ("Enter", k.open),
        ("/", k.find),
        ("Shift N", k.namespace),
        ("?", k.all_keys),
    ];
    let (heading, all_kinds) = (title.clone(), address::kinds(&place));
    let here = title.clone();
    let command = command.map(|line| view! { <Command line key="C"/> });
    view! {
        <Sheet title head=Some(head) class keys>
            <nav class="crumbs" aria-label=w.kinds>
                <ul>
                    <li><a href=all_kinds>{w.kinds}</a>" › "</li>
                    <li aria-current="page">{here}</li>
                </ul>
            </nav>
            <header class="list-head">
                <div><h1>{heading}</h1>{legend}</div>
                {command}
            </header>
            {children()}
        </Sheet>
    }
    .into_any()
}
