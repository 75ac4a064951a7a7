use leptos::prelude::*;

/// One tab: a link to another view of the same thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TabLink {
    /// Its words.
    pub text: String,
    /// Where it leads.
    pub href: String,
    /// How many things it holds, where that is known.
    pub count: Option<usize>,
    /// Whether it is the one shown.
    pub current: bool,
    /// A key of its own, beside its number.
    pub key: Option<&'static str>,
}

/// A row of tabs; the keys 1 to 9 choose among them.
#[component]
pub fn Tabs(
    /// What the tabs are views of, for screen readers.
    #[prop(into)]
    label: String,
    /// The tabs in order.
    tabs: Vec<TabLink>,
) -> impl IntoView {
    let tabs = tabs
        .into_iter()
        .enumerate()
        .map(|(at, tab)| {
            let number = at + 1;
            let keys = match tab.key {
                Some(key) => format!("{number} {key}"),
                None => number.to_string(),
            };
            view! {
                <a
                    href=tab.href
                    aria-current=tab.current.then_some("page")
                    aria-keyshortcuts=keys
                >
                    {tab.text}
                    {tab.count.map(|count| view! { " " <span class="count">{count.to_string()}</span> })}
                </a>
            }
        })
        .collect_view();
    view! { <nav class="tabs" aria-label=label>{tabs}</nav> }.into_any()
}
