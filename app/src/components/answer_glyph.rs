use leptos::prelude::*;
use podside_model::Answer;

/// The shape of an answer, as in the tree: yes a disc with a tick, no a square with a
/// bar, can't tell a dashed diamond. Stands beside the word.
#[component]
pub fn AnswerGlyph(
    /// The answer.
    answer: Answer,
) -> impl IntoView {
    view! { <svg class="answer-glyph" viewBox="0 0 20 20" aria-hidden="true" inner_html=drawing(answer)></svg> }
        .into_any()
}

const fn drawing(answer: Answer) -> &'static str {
    match answer {
        Answer::Yes => {
            r#"<circle cx="10" cy="10" r="9" fill="currentColor"></circle><path class="in" d="M5.8 10.3l2.9 3.1 5.4-6.3"></path>"#
        }
        Answer::No => {
            r#"<rect x="1" y="1" width="18" height="18" rx="2" fill="currentColor"></rect><path class="in" d="M5.5 10h9"></path>"#
        }
        Answer::Unknown => {
            r#"<path d="M10 1l9 9-9 9-9-9z" fill="none" stroke="currentColor" stroke-width="2" stroke-dasharray="3 2"></path>"#
        }
    }
}
