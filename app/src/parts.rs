//! The parts of the client: what a browser loads when it first shows a page that needs it.
//!
//! The base holds what stands round every page, and the front page. Each function that
//! `wasm_split` marks is where the build (`scripts/site/build.sh`) cuts the wasm: what
//! only the functions of one part reach travels with that part. The server has all of it
//! and calls the function.

use std::future::Future;
use std::pin::Pin;

use leptos::prelude::{AnyView, IntoAny};
use leptos::wasm_split::SplitLoaderError;
use leptos_router::ChooseView;

use crate::arriving::Arriving;

type Arrival<T> = Pin<Box<dyn Future<Output = Result<T, SplitLoaderError>>>>;

/// A part of the client.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// Its name, as the site's manifest has it.
    pub name: &'static str,
    load: fn() -> Arrival<()>,
}

impl Part {
    /// Loads the part, unless it is there already. A load that failed is tried again
    /// when next asked for.
    pub async fn load(self) -> Result<(), SplitLoaderError> {
        (self.load)().await
    }
}

/// A page that is in a part.
#[derive(Clone, Copy, Debug)]
pub struct Later {
    part: Part,
    view: fn() -> Arrival<AnyView>,
}

impl ChooseView for Later {
    async fn choose(self) -> AnyView {
        // The router shows what it has loaded: there is no error left.
        (self.view)().await.unwrap_or_else(|_| ().into_any())
    }

    async fn preload(&self) {
        let arriving = Arriving::begin();
        if self.part.load().await.is_err() {
            arriving.go_instead().await;
        }
    }
}

macro_rules! parts {
    ($($(#[$about:meta])* $page:ident: $part:ident has $view:ident is $route:ident;)+) => {
        $(
            mod $view {
                use leptos::prelude::*;
                use leptos::wasm_split::{SplitLoaderError, wasm_split};

                use crate::pages::$route;

                #[wasm_split($part, wasm_split_path = ::leptos::wasm_split, fallible, preload(load))]
                pub(super) fn $view() -> Result<AnyView, SplitLoaderError> {
                    Ok(view! { <$route/> }.into_any())
                }
            }

            $(#[$about])*
            pub const $page: Later = Later {
                part: Part {
                    name: stringify!($part),
                    load: || Box::pin($view::load()),
                },
                view: || Box::pin($view::$view()),
            };
        )+
    };
}

parts! {
    /// One problem.
    PROBLEM: objects has problem is ProblemRoute;
    /// One object.
    RESOURCE: objects has resource is ResourceRoute;
    /// The kinds, and the objects of one of them.
    OBJECTS: objects has objects is ObjectsRoute;
    /// The events.
    EVENTS: objects has events is EventsRoute;
    /// What is found of a message or of words.
    FOUND: objects has found is FoundRoute;
    /// The runbooks.
    RUNBOOKS: runbooks has runbooks is RunbooksRoute;
    /// One runbook.
    RUNBOOK: runbooks has runbook is RunbookRoute;
    /// One investigation.
    INVESTIGATION: runbooks has investigation is InvestigationRoute;
    /// What is shared, and the links to it.
    SHARING: runbooks has sharing is SharingRoute;
    /// Past investigations.
    HISTORY: runbooks has history is HistoryRoute;
    /// What is left in the clusters.
    LEFTOVERS: runbooks has leftovers is LeftoversRoute;
    /// What a link opens.
    SHARE: runbooks has share is ShareRoute;
    /// Logs.
    LOGS: logs has logs is LogsRoute;
}

/// The part that the page at a path is in; none for what the base holds.
///
/// Exactly the page's own, although others have the same name: each page remembers for
/// itself that its part is there, and hydrates without waiting only when it does.
pub fn of_path(path: &str) -> Option<Part> {
    let segments: Vec<&str> = path.split('/').filter(|it| !it.is_empty()).collect();
    let later = match segments.as_slice() {
        ["problems", "shares"] | ["problems", _, _, _, _, "share"] | ["investigations", _, _] => {
            SHARING
        }
        ["problems", ..] => PROBLEM,
        ["objects"] => OBJECTS,
        ["objects", ..] => RESOURCE,
        ["events"] => EVENTS,
        ["find"] => FOUND,
        ["runbooks"] => RUNBOOKS,
        ["runbooks", ..] => RUNBOOK,
        ["investigations", ..] => INVESTIGATION,
        ["history", ..] => HISTORY,
        ["leftovers", ..] => LEFTOVERS,
        ["shared", ..] => SHARE,
        ["logs", ..] => LOGS,
        _ => return None,
    };
    Some(later.part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_but_the_front_page_is_in_a_part() {
        let part = |path| of_path(path).map(|part| part.name);
        assert_eq!(part("/"), None);
        assert_eq!(part("/no-such-page"), None);
        assert_eq!(part("/problems/oom-killed/Pod/shop/cart"), Some("objects"));
        assert_eq!(part("/objects/Pod/shop/cart"), Some("objects"));
        assert_eq!(part("/objects"), Some("objects"));
        assert_eq!(part("/events"), Some("objects"));
        assert_eq!(part("/find"), Some("objects"));
        assert_eq!(part("/runbooks"), Some("runbooks"));
        assert_eq!(part("/runbooks/pod"), Some("runbooks"));
        assert_eq!(part("/investigations/1"), Some("runbooks"));
        assert_eq!(part("/investigations/1/share"), Some("runbooks"));
        assert_eq!(part("/investigations/1/shares"), Some("runbooks"));
        assert_eq!(part("/problems/shares"), Some("runbooks"));
        assert_eq!(
            part("/problems/oom-killed/Pod/shop/cart/share"),
            Some("runbooks")
        );
        assert_eq!(part("/history"), Some("runbooks"));
        assert_eq!(part("/leftovers"), Some("runbooks"));
        assert_eq!(part("/shared/token"), Some("runbooks"));
        assert_eq!(part("/logs"), Some("logs"));
        assert_eq!(part("/logs/Pod/shop/cart"), Some("logs"));
    }
}
