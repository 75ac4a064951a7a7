use leptos::prelude::*;
use podside_model::view::Secrets;

use crate::preferences::lang;
use crate::words::RedactionWords;

/// The choice between quoting what looks like a secret and hiding it, as two links; `href`
/// gives the page with each.
pub(crate) fn secrets_switch(chosen: Secrets, href: impl Fn(Secrets) -> String) -> AnyView {
    let w = RedactionWords::of(lang());
    let link = |secrets: Secrets, word: &'static str| {
        let current = (secrets == chosen).then_some("true");
        view! { <a href=href(secrets) aria-current=current>{word}</a> }
    };
    view! {
        <div class="switch" role="group" aria-label=w.secrets>
            {link(Secrets::Hidden, w.secrets_hidden)}
            {link(Secrets::Shown, w.secrets_shown)}
        </div>
    }
    .into_any()
}
