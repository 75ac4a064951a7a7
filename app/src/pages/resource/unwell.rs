//! What is not well with an object and has no cause.

use leptos::prelude::*;
use podside_model::Liveness;
use podside_model::view::ResourcePage;

use crate::clock;
use crate::components::{ObjectLink, Prose, SeverityMark, Tone, quoted};
use crate::pages::triage::in_its_words;
use crate::preferences::lang;
use crate::words::ResourceWords;

/// What no rule explains: the object and its state, all that the cluster says, and what would
/// settle it.
pub(super) fn unexplained(page: &ResourcePage) -> Option<AnyView> {
    let w = ResourceWords::of(lang());
    let unexplained = page.unexplained.as_ref()?;
    let live = matches!(page.head.liveness, Liveness::Live { .. });
    let words = in_its_words(unexplained, usize::MAX, page.head.now, live, quoted);
    let object = unexplained.object.clone();
    Some(
        view! {
            <section class="verdict">
                <SeverityMark tone=Tone::Unexplained large=true/>
                <div>
                    <h2><Prose text=unexplained.what.clone()/></h2>
                    <p class="meta">{w.not_explained}" "<ObjectLink object/></p>
                    {words}
                </div>
            </section>
        }
        .into_any(),
    )
}

/// What is still waited for: until when, and why.
pub(super) fn unsettled(page: &ResourcePage) -> Option<AnyView> {
    let w = ResourceWords::of(lang());
    let unsettled = page.unsettled.as_ref()?;
    let until = (w.waited_for)(&clock::moment(unsettled.judged_at, page.head.now));
    let object = unsettled.object.clone();
    Some(
        view! {
            <section class="verdict">
                <SeverityMark tone=Tone::Unsettled large=true/>
                <div>
                    <h2><Prose text=unsettled.what.clone()/></h2>
                    <p class="meta">{until}" "{unsettled.why.clone()}" "<ObjectLink object/></p>
                </div>
            </section>
        }
        .into_any(),
    )
}
