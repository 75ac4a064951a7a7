use std::future::Future;

use leptos::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::Failure;
use crate::json_text::JsonTextEncoding;
use crate::portal::PortalError;

/// What a page is made of: asked for on the server, and read from the document in the browser.
pub(super) type Asked<T> = Resource<Result<T, PortalError>, JsonTextEncoding>;

/// Asks for what a page is made of whenever `source` changes.
pub(super) fn ask_for<S, T, Asking>(
    source: impl Fn() -> S + Send + Sync + 'static,
    ask: impl Fn(S) -> Asking + Send + Sync + 'static,
) -> Asked<T>
where
    S: PartialEq + Clone + Send + Sync + 'static,
    T: Serialize + DeserializeOwned + Send + Sync + 'static,
    Asking: Future<Output = Result<T, PortalError>> + Send + 'static,
{
    Resource::new_with_options(source, ask, false)
}

/// What a route shows: its page as soon as the answer is there, or why there is none. Until
/// then the page before stays.
pub(super) fn answered<T>(answer: Asked<T>, show: fn(T) -> AnyView) -> AnyView
where
    T: Clone + Send + Sync + 'static,
{
    view! {
        <Transition>
            {move || Suspend::new(async move {
                match answer.await {
                    Ok(page) => show(page),
                    Err(error) => view! { <Failure error/> }.into_any(),
                }
            })}
        </Transition>
    }
    .into_any()
}
