use leptos::prelude::*;
use leptos_meta::Title;

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
    view! { <Title text=as_it_is_set(format!("{title} · Podside"))/> }
}

/// The title escaped where it becomes markup, which the context that gathers it tells.
#[cfg(feature = "ssr")]
fn as_it_is_set(text: String) -> String {
    match use_context::<leptos_meta::ServerMetaContext>() {
        Some(_) => escaped(&text),
        None => text,
    }
}

/// A browser is never given markup.
#[cfg(not(feature = "ssr"))]
fn as_it_is_set(text: String) -> String {
    text
}

/// A text in which no character begins a tag or an entity.
#[cfg(feature = "ssr")]
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(all(test, feature = "ssr"))]
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
