//! The routed application: which page stands under which path.

use leptos::prelude::*;
use leptos_meta::provide_meta_context;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::{SsrMode, path};

use crate::arriving::{ArrivingNote, provide_arriving};
use crate::components::Masthead;
use crate::keyboard::Keyboard;
use crate::pages::{NotFound, TriageRoute};
use crate::parts;
use crate::preferences::{Preferences, lang};
use crate::words::FrameWords;

/// The whole portal below `<body>`: the same tree on the server and in the
/// browser.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_context(Preferences::current());
    provide_arriving();
    view! {
        <Router>
            <a class="skip" href="#main">{FrameWords::of(lang()).skip}</a>
            <Masthead/>
            <ArrivingNote/>
            <Routes fallback=NotFound>
                <Route path=path!("/") view=TriageRoute ssr=SsrMode::Async/>
                <Route
                    path=path!("/problems/:cause/:kind/:namespace/:name")
                    view=parts::PROBLEM
                    ssr=SsrMode::Async
                />
                <Route
                    path=path!("/problems/:cause/:kind/:namespace/:name/share")
                    view=parts::SHARING
                    ssr=SsrMode::Async
                />
                <Route path=path!("/problems/:form") view=parts::SHARING ssr=SsrMode::Async/>
                <Route path=path!("/objects") view=parts::OBJECTS ssr=SsrMode::Async/>
                <Route path=path!("/events") view=parts::EVENTS ssr=SsrMode::Async/>
                <Route path=path!("/find") view=parts::FOUND ssr=SsrMode::Async/>
                <Route
                    path=path!("/objects/:kind/:namespace/:name")
                    view=parts::RESOURCE
                    ssr=SsrMode::Async
                />
                <Route path=path!("/runbooks") view=parts::RUNBOOKS ssr=SsrMode::Async/>
                <Route path=path!("/runbooks/:id") view=parts::RUNBOOK ssr=SsrMode::Async/>
                <Route path=path!("/investigations/:id") view=parts::INVESTIGATION ssr=SsrMode::Async/>
                <Route
                    path=path!("/investigations/:id/:doing")
                    view=parts::SHARING
                    ssr=SsrMode::Async
                />
                <Route path=path!("/history") view=parts::HISTORY ssr=SsrMode::Async/>
                <Route path=path!("/leftovers") view=parts::LEFTOVERS ssr=SsrMode::Async/>
                <Route path=path!("/shared/:token") view=parts::SHARE ssr=SsrMode::Async/>
                <Route path=path!("/logs") view=parts::LOGS ssr=SsrMode::Async/>
                <Route
                    path=path!("/logs/:kind/:namespace/:name")
                    view=parts::LOGS
                    ssr=SsrMode::Async
                />
            </Routes>
            <Keyboard/>
        </Router>
    }
}
