use leptos::prelude::*;

use super::{Note, Tone};
use crate::preferences::lang;
use crate::writes::Writes;

/// A form that writes to the store; on a portal that only shows, why it is not there.
pub(crate) fn writing(form: impl FnOnce() -> AnyView) -> AnyView {
    match Writes::current().locked(lang()) {
        None => form(),
        Some(reason) => view! { <Note tone=Tone::Info><p>{reason}</p></Note> }.into_any(),
    }
}

/// The same, for a form whose page says the reason elsewhere.
pub(crate) fn writing_if_allowed(form: impl FnOnce() -> AnyView) -> Option<AnyView> {
    (Writes::current() == Writes::Allowed).then(form)
}
