use leptos::prelude::*;

use super::{Glyph, Icon};

/// How much a button weighs. One primary a view.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Weight {
    /// Ink ground.
    Primary,
    /// Sheet with a border.
    #[default]
    Plain,
    /// Text and border in the colour of critical.
    Danger,
    /// Looks like a link.
    Quiet,
}

impl Weight {
    /// The classes of a button of this weight.
    pub const fn class(self) -> &'static str {
        match self {
            Self::Primary => "button primary",
            Self::Plain => "button",
            Self::Danger => "button danger",
            Self::Quiet => "button quiet",
        }
    }
}

/// A link that looks like a button: icon, words, key hint last.
#[component]
pub fn LinkButton(
    /// Where it leads.
    #[prop(into)]
    href: String,
    /// Verb and object.
    #[prop(into)]
    text: String,
    /// How much it weighs.
    #[prop(optional)]
    weight: Weight,
    /// The drawing before the words.
    #[prop(optional)]
    glyph: Option<Glyph>,
    /// The key that does the same, as `aria-keyshortcuts` spells it.
    #[prop(optional, into)]
    key: Option<String>,
    /// 30 px high instead of 38.
    #[prop(optional)]
    small: bool,
) -> impl IntoView {
    let class = format!("{}{}", weight.class(), if small { " small" } else { "" });
    let hint = key
        .clone()
        .map(|key| view! { " " <kbd aria-hidden="true">{key.replace('+', " ")}</kbd> }.into_any());
    view! {
        <a class=class href=href aria-keyshortcuts=key>
            {glyph.map(|glyph| view! { <Icon glyph/> }.into_any())}
            {text}
            {hint}
        </a>
    }
    .into_any()
}
