use leptos::prelude::*;
use leptos_meta::{ServerMetaContext, Title};

/// The document's title: the only way to one, because a title can hold what a cluster
/// or an address says.
///
/// Leptos writes a title into the document as it is given, without escaping it. In the
/// browser it sets `document.title`, which is text and takes no entities.
#[component]
pub fn PageTitle(
    /// What the page shows, without the product's name.
    #[prop(into)]
    title: String,
) -> impl IntoView {
    let mut text = format!("{title} · Podside");
    // It is there exactly where the title becomes markup.
    if use_context::<ServerMetaContext>().is_some() {
        text = escaped(&text);
    }
    view! { <Title text/> }
}

/// A text in which no character begins a tag or an entity.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escaped_title_is_read_back_as_it_was() {
        assert_eq!(
            escaped("</title><b>&amp;"),
            "&lt;/title&gt;&lt;b&gt;&amp;amp;"
        );
    }
}
