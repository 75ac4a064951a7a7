use leptos::prelude::*;

use super::Failure;
use crate::portal::PortalError;

/// What a route shows: its page as soon as the answer is there, or why there is none. Until
/// then the page before stays.
pub(super) fn answered<T>(
    answer: Resource<Result<T, PortalError>>,
    show: fn(T) -> AnyView,
) -> AnyView
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
