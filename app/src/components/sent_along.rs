use leptos::prelude::*;

/// A field that a form sends along unseen; left out when it has no value.
pub(crate) fn sent_along(name: &'static str, value: Option<String>) -> Option<AnyView> {
    value.map(|value| view! { <input type="hidden" name=name value=value/> }.into_any())
}
