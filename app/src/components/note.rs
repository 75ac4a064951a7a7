use leptos::prelude::*;

use super::{SeverityMark, Tone};

/// A tinted band with a mark and a text.
#[component]
pub fn Note(
    /// The mark and the tint.
    tone: Tone,
    /// A word more exact than the tone's own, shown beside the shape.
    #[prop(optional, into)]
    word: Option<String>,
    /// What it says.
    children: Children,
) -> impl IntoView {
    let shape_only = word.is_none();
    view! {
        <div class=format!("note {}", tone.class())>
            <SeverityMark tone word=word.unwrap_or_else(|| tone.word(crate::words::SeverityWords::of(crate::preferences::lang())).to_owned()) shape_only/>
            <div class="says">{children()}</div>
        </div>
    }
    .into_any()
}
