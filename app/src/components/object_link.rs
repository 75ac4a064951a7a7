use leptos::prelude::*;
use podside_model::ObjectRef;

use crate::address::{self, Tab, use_place};

/// An object as a link to its page: the kind in quiet sans, the name in mono.
#[component]
pub fn ObjectLink(
    /// The object.
    object: ObjectRef,
    /// Leaves out the kind, where a label beside it says it.
    #[prop(optional)]
    name_only: bool,
    /// Leaves out the namespace, where it goes without saying.
    #[prop(optional)]
    here: bool,
    /// Text instead of a link, for pages that stand without a cluster.
    #[prop(optional)]
    frozen: bool,
) -> impl IntoView {
    let name = if here {
        object.name.clone()
    } else {
        object.path()
    };
    let kind = (!name_only).then(|| view! { <i>{object.kind.clone()}" "</i> }.into_any());
    if frozen {
        return view! { <span class="object">{kind}{name}</span> }.into_any();
    }
    let href = address::object(&use_place().get_untracked(), &object, Tab::Overview);
    view! { <a class="object" href=href>{kind}{name}</a> }.into_any()
}
