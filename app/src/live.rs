//! Keeping a page true after it was rendered: it is asked for again while somebody
//! looks, and stays as it was when no answer comes.

use std::cell::Cell;
use std::future::Future;
use std::rc::Rc;
use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use podside_model::Liveness;
use podside_model::view::{
    ChartHead, EventsPage, InvestigationPage, ObjectsPage, ProblemPage, ResourcePage, TriagePage,
};

use crate::changes::{Heard, Hears, listen};
use crate::portal::PortalError;

/// How often a page that somebody looks at is asked for again while it hears of no changes.
const EVERY: Duration = Duration::from_secs(4);

/// How many of these times pass until one that hears of them is asked for all the same: what
/// it says of the time, and of how fresh it is, grows old.
const BEATS: u32 = 4;

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

impl Fresh for ObjectsPage {
    fn head_mut(&mut self) -> &mut ChartHead {
        &mut self.head
    }
}

impl Fresh for EventsPage {
    fn head_mut(&mut self) -> &mut ChartHead {
        &mut self.head
    }
}

impl Fresh for InvestigationPage {
    fn head_mut(&mut self) -> &mut ChartHead {
        &mut self.head
    }
}

/// How long a choice must stand before it is asked for: somebody may be typing.
const TYPING: Duration = Duration::from_millis(150);

/// The page as it was rendered, then as the server says whenever it hears of a change, and
/// every few seconds where it hears of none. `apply` decides what happens to a new answer; the page stays and says "not live" when
/// there is none.
pub fn use_live<T, Ask, Asking>(
    rendered: T,
    hears: Hears,
    ask: Ask,
    apply: impl Fn(RwSignal<T>, T) + Clone + 'static,
) -> RwSignal<T>
where
    T: Fresh + Send + Sync + 'static,
    Ask: Fn() -> Asking + Clone + 'static,
    Asking: Future<Output = Result<T, PortalError>> + 'static,
{
    use_live_choice(rendered, hears, RwSignal::new(false), ask, apply)
}

/// As [`use_live`], and asked for at once when something else is chosen. An answer to an
/// earlier choice is let go.
pub fn use_live_choice<T, Choice, Ask, Asking>(
    mut rendered: T,
    hears: Hears,
    choice: RwSignal<Choice>,
    ask: Ask,
    apply: impl Fn(RwSignal<T>, T) + Clone + 'static,
) -> RwSignal<T>
where
    T: Fresh + Send + Sync + 'static,
    Choice: Clone + PartialEq + Send + Sync + 'static,
    Ask: Fn() -> Asking + Clone + 'static,
    Asking: Future<Output = Result<T, PortalError>> + 'static,
{
    let heard = Heard::new();
    listen(&hears, Some(&rendered.head_mut().cluster), heard);
    let page = RwSignal::new(rendered);
    Effect::new(move |before: Option<()>| {
        let chosen = choice.get();
        // Whether it is being asked for, and whether something changed meanwhile.
        let (asking, again) = (RwSignal::new(false), RwSignal::new(false));
        let beats = Rc::new(Cell::new(0));
        let (ask, apply) = (ask.clone(), apply.clone());
        let is_left =
            move || page.is_disposed() || choice.with_untracked(|choice| *choice != chosen);
        let passed = Rc::clone(&beats);
        let begin = move || {
            if is_left() {
                return;
            }
            if document().hidden() {
                // What it does not hear of now it asks for when it is looked at.
                passed.set(0);
                return;
            }
            again.set(asking.get_untracked());
            if asking.get_untracked() {
                return;
            }
            asking.set(true);
            let (ask, apply, is_left) = (ask.clone(), apply.clone(), is_left.clone());
            spawn_local(async move {
                loop {
                    let answer = ask().await;
                    // The page may have been left while the answer was on its way.
                    if is_left() {
                        return;
                    }
                    take_in(page, answer, apply.clone());
                    if !again.get_untracked() {
                        break;
                    }
                    again.set(false);
                }
                asking.set(false);
            });
        };
        if before.is_some() {
            set_timeout(begin.clone(), TYPING);
        }
        let on_change = begin.clone();
        Effect::new(move |before: Option<()>| {
            heard.changes.track();
            if before.is_some() {
                on_change();
            }
        });
        let beat = move || {
            let passed = beats.replace((beats.get() + 1) % BEATS);
            let is_due = passed == 0 || !heard.is_open.get_untracked();
            if is_due && !asking.get_untracked() {
                begin();
            }
        };
        let timer = set_interval_with_handle(beat, EVERY);
        on_cleanup(move || {
            if let Ok(timer) = timer {
                timer.clear();
            }
        });
    });
    page
}

/// Takes an answer in. The head comes first: whatever `apply` leaves out of the rest, a
/// cluster that was lost is not shown as live, and one that is back is not shown as lost.
fn take_in<T: Fresh + Send + Sync + 'static>(
    page: RwSignal<T>,
    answer: Result<T, PortalError>,
    apply: impl Fn(RwSignal<T>, T),
) {
    match answer {
        Ok(mut fresh) => {
            page.update(|page| page.head_mut().clone_from(fresh.head_mut()));
            apply(page, fresh);
        }
        Err(error) => page.update(|page| fall_silent(page.head_mut(), &error)),
    }
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

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use podside_model::Lang;

    use super::*;

    fn page(liveness: Liveness, ready_command: &str) -> TriagePage {
        TriagePage {
            head: ChartHead {
                clusters: Vec::new(),
                cluster: "practice".to_owned(),
                namespaces: Vec::new(),
                namespace: None,
                liveness,
                now: Timestamp::UNIX_EPOCH,
                lang: Lang::En,
            },
            diagnosis: None,
            critical: 0,
            warning: 0,
            info: 0,
            matching: 0,
            unexplained: 0,
            matching_unexplained: 0,
            unsettled: 0,
            matching_unsettled: 0,
            judged_by: None,
            found: [0; 4],
            causes: Vec::new(),
            cause_counts: Vec::new(),
            strips: Vec::new(),
            ready_command: Some(ready_command.to_owned()),
        }
    }

    fn live(second: i64) -> Liveness {
        Liveness::Live {
            at: Timestamp::from_second(second).unwrap(),
        }
    }

    fn lost() -> Liveness {
        Liveness::NotLive {
            since: None,
            error: "refused".to_owned(),
            tries: 1,
            next_try: None,
        }
    }

    /// What a page shows after these answers, when it keeps all but the head as it was.
    fn kept_through(answers: Vec<Result<TriagePage, PortalError>>) -> TriagePage {
        let owner = Owner::new();
        owner.with(|| {
            let shown = RwSignal::new(page(live(1), "first"));
            for answer in answers {
                take_in(shown, answer, |_, _| {});
            }
            shown.get_untracked()
        })
    }

    #[test]
    fn a_page_that_keeps_what_it_shows_says_how_fresh_it_is_by_every_answer() {
        let silence = || {
            Err(PortalError::Unavailable {
                what: String::new(),
            })
        };
        let told = |liveness| Ok(page(liveness, "second"));
        for (answers, expected) in [
            (vec![told(live(5))], live(5)),
            (vec![told(lost())], lost()),
            (vec![silence(), told(live(9))], live(9)),
            (vec![told(lost()), told(live(9))], live(9)),
        ] {
            let shown = kept_through(answers);
            assert_eq!(shown, page(expected, "first"));
        }
        let silent = kept_through(vec![silence(), silence()]);
        assert!(
            matches!(
                silent.head.liveness,
                Liveness::NotLive {
                    tries: 2,
                    since: Some(_),
                    ..
                }
            ),
            "{:?}",
            silent.head.liveness
        );
    }

    #[test]
    fn what_is_not_kept_is_shown() {
        let owner = Owner::new();
        owner.with(|| {
            let shown = RwSignal::new(page(live(1), "first"));
            let fresh = page(live(2), "second");
            take_in(shown, Ok(fresh.clone()), |page, fresh| page.set(fresh));
            assert_eq!(shown.get_untracked(), fresh);
        });
    }
}
