use leptos::prelude::*;
use podside_model::ObjectRef;
use podside_model::view::{LogTail, Reading};

use crate::address::{self, use_place};
use crate::components::{Glyph, LinkButton, Note, ObjectLink, Tone, quoted};
use crate::pages::failure::Denied;
use crate::preferences::lang;
use crate::runbooks::has_logs;
use crate::words::ResourceWords;

/// The last lines of each container's log; the log page follows them.
#[component]
pub(super) fn LogTails(object: ObjectRef, logs: Vec<LogTail>) -> impl IntoView {
    let w = ResourceWords::of(lang());
    if logs.is_empty() && has_logs(&object) {
        // Its Pods write them; their page follows all of them at once.
        let follow = address::logs(&use_place().get_untracked(), Some(&object));
        return view! {
            <p class="buttons"><LinkButton href=follow text=w.follow glyph=Glyph::Log/></p>
        }
        .into_any();
    }
    if logs.is_empty() {
        return view! { <p class="quiet">{w.no_containers}</p> }.into_any();
    }
    let tails = logs.into_iter().map(tail).collect_view();
    view! { <div class="log-tails">{tails}</div> }.into_any()
}

fn tail(log: LogTail) -> AnyView {
    let w = ResourceWords::of(lang());
    let place = use_place().get_untracked();
    let name = log.container.container.clone().unwrap_or_default();
    let follow = address::logs(&place, Some(&log.container));
    let (says, lines) = match log.lines {
        Reading::Read(lines) if lines.is_empty() => {
            (None, view! { <p class="quiet">{w.no_lines}</p> }.into_any())
        }
        Reading::Read(lines) => {
            let says = (w.last_lines)(lines.len());
            let text = lines.join("\n");
            (
                Some(says),
                view! { <pre class="code log-text" tabindex="0">{quoted(&text)}</pre> }.into_any(),
            )
        }
        Reading::Denied(right) => (None, view! { <Denied rights=vec![right]/> }.into_any()),
        Reading::Failed(what) => (
            None,
            view! { <Note tone=Tone::Unknown>{what}</Note> }.into_any(),
        ),
    };
    view! {
        <section class="row ruled">
            <div class="margin">
                <h2>{name}</h2>
                {says.map(|says| view! { <p>{says}</p> })}
                {log.previous.then(|| view! { <p>{w.previous}</p> })}
            </div>
            <div>
                <p class="about"><ObjectLink object=log.container.without_container()/></p>
                {lines}
                <p class="buttons"><LinkButton href=follow text=w.follow glyph=Glyph::Log small=true/></p>
            </div>
        </section>
    }
    .into_any()
}
