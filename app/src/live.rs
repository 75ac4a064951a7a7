//! Keeping a page true after it was rendered: it is asked for again while somebody
//! looks, and stays as it was when no answer comes.

use std::future::Future;
use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use podside_model::Liveness;
use podside_model::view::{ChartHead, InvestigationPage, ProblemPage, ResourcePage, TriagePage};

use crate::portal::PortalError;

/// How often a page that somebody looks at is asked for again.
const EVERY: Duration = Duration::from_secs(4);

/// A page that says how fresh it is.
pub trait Fresh {
    /// Where one is and how fresh what one sees is.
    fn head_mut(&mut self) -> &mut ChartHead;
}

impl Fresh for TriagePage {
    fn head_mut(&mut self) -> &mut ChartHead {
        &mut self.head
    }
}

impl Fresh for ProblemPage {
    fn head_mut(&mut self) -> &mut ChartHead {
        &mut self.head
    }
}

impl Fresh for ResourcePage {
    fn head_mut(&mut self) -> &mut ChartHead {
        &mut self.head
    }
}

impl Fresh for InvestigationPage {
    fn head_mut(&mut self) -> &mut ChartHead {
        &mut self.head
    }
}

/// The page as it was rendered, then as the server says every few seconds. `apply`
/// decides what happens to a new answer; the page stays and says "not live" when
/// there is none.
pub fn use_live<T, Ask, Asking>(
    rendered: T,
    ask: Ask,
    apply: impl Fn(RwSignal<T>, T) + Clone + 'static,
) -> RwSignal<T>
where
    T: Fresh + Send + Sync + 'static,
    Ask: Fn() -> Asking + Clone + 'static,
    Asking: Future<Output = Result<T, PortalError>> + 'static,
{
    let page = RwSignal::new(rendered);
    Effect::new(move |_| {
        let asking = RwSignal::new(false);
        let (ask, apply) = (ask.clone(), apply.clone());
        let timer = set_interval_with_handle(
            move || {
                if asking.get_untracked() || document().hidden() {
                    return;
                }
                asking.set(true);
                let (ask, apply) = (ask.clone(), apply.clone());
                spawn_local(async move {
                    let answer = ask().await;
                    // The page may have been left while the answer was on its way.
                    if page.is_disposed() {
                        return;
                    }
                    match answer {
                        Ok(fresh) => apply(page, fresh),
                        Err(error) => page.update(|page| fall_silent(page.head_mut(), &error)),
                    }
                    asking.set(false);
                });
            },
            EVERY,
        );
        on_cleanup(move || {
            if let Ok(timer) = timer {
                timer.clear();
            }
        });
    });
    page
}

/// Says on the page that it is not live, since the last moment that it was.
fn fall_silent(head: &mut ChartHead, error: &PortalError) {
    let (since, tries) = match &head.liveness {
        Liveness::Live { at } => (Some(*at), 1),
        Liveness::NotLive { since, tries, .. } => (*since, tries.saturating_add(1)),
        Liveness::Loading { .. } => (None, 1),
    };
    head.liveness = Liveness::NotLive {
        since,
        error: error.to_string(),
        tries,
        next_try: None,
    };
}
