use leptos::prelude::*;
use podside_model::{Redacted, RedactedPart, SecretKind};

use super::quoted;
use crate::preferences::lang;
use crate::words::RedactionWords;

/// A text whose secrets were replaced before it was kept.
#[component]
pub fn RedactedText(
    /// The text.
    text: Redacted,
) -> impl IntoView {
    text.parts
        .into_iter()
        .map(|part| match part {
            RedactedPart::Text(text) => quoted(&text),
            RedactedPart::Hidden { secret, number } => hidden(secret, number),
        })
        .collect_view()
}

/// The block that stands for a secret.
pub(crate) fn hidden(secret: SecretKind, number: u32) -> AnyView {
    let w = RedactionWords::of(lang());
    let says = (w.hidden)(secret_word(secret, w), number);
    view! { <span class="redacted">{says}</span> }.into_any()
}

/// The block that stands for a value by the name that a text has in its place, such as
/// `password #1`.
pub(crate) fn hidden_as(name: &str) -> AnyView {
    quoted(&format!("[hidden: {name}]"))
}

const fn secret_word(secret: SecretKind, w: &RedactionWords) -> &'static str {
    match secret {
        SecretKind::BearerToken => w.bearer_token,
        SecretKind::Password => w.password,
        SecretKind::AccessKey => w.access_key,
        SecretKind::PrivateKey => w.private_key,
    }
}
