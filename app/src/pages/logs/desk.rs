use std::time::Duration;

use leptos::prelude::*;
use podside_model::Lang;
use podside_model::log::EndWhy;
use podside_model::view::LogsPage;

use super::ask::Shows;
use super::pattern::{Pattern, Query};
use super::state::LogState;
use crate::log::{Filter, Finder, Histogram};

/// How long one frame may be worked on, in milliseconds: half of what a screen of
/// 60 Hz leaves.
const WORK_MS: f64 = 8.0;

/// How often the chart of errors is drawn anew.
const CHART_EVERY: Duration = Duration::from_millis(500);

/// Height of a row in pixels; the style sheet says the same.
pub(super) const ROW_PIXELS: usize = 22;

/// The same, as a browser counts pixels.
pub(super) const ROW: f64 = 22.0;

/// Everything that the parts of the page share. Cheap to copy.
#[derive(Clone, Copy)]
pub(super) struct Desk {
    pub(super) lang: Lang,
    pub(super) state: StoredValue<LogState>,
    /// Counts changes of the state.
    pub(super) changed: RwSignal<u64>,
    pub(super) query: RwSignal<Query>,
    /// The last of what was looked for that is a pattern: while one types what is none, marks
    /// and hits stay.
    pub(super) found: RwSignal<Query>,
    pub(super) filter: RwSignal<Filter>,
    pub(super) wraps: RwSignal<bool>,
    pub(super) is_local: RwSignal<bool>,
    pub(super) columns: RwSignal<Columns>,
    pub(super) paused: RwSignal<Option<Paused>>,
    /// The row of the hit that the reader is at.
    pub(super) hit: RwSignal<Option<u64>>,
    pub(super) link: RwSignal<Link>,
    pub(super) chart: RwSignal<Option<Histogram>>,
    pub(super) scroll: RwSignal<Scroll>,
    /// Where the list is to be scrolled to next.
    pub(super) go: RwSignal<Option<f64>>,
    work: StoredValue<Work>,
}

/// Which columns are shown beside the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Columns {
    pub(super) time: bool,
    pub(super) source: bool,
    pub(super) level: bool,
}

/// When the reader paused, and how much there was then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Paused {
    /// Milliseconds since 1970.
    pub(super) at: i64,
    pub(super) lines: u64,
    pub(super) lost: u64,
}

/// How the page is connected to the logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Link {
    /// As the server has rendered it.
    Rendered,
    /// Lines come as they are written.
    Live,
    /// The connection is lost and is being tried again.
    Lost {
        /// Nanoseconds since 1970.
        at: i64,
        /// What failed, where that is known.
        said: Option<String>,
    },
    /// Nothing comes any more.
    Ended(EndWhy),
}

/// How the page stands to the logs: what its head and its foot say alike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// The lines were read once, and nobody follows yet.
    Read,
    /// Lines come, and move the list.
    Following,
    /// Lines come, and do not move the list.
    Paused(Paused),
    /// The connection is lost; when, in nanoseconds since 1970, and what failed.
    Lost { at: i64, said: Option<String> },
    /// Nothing comes any more.
    Ended,
}

/// What of the list is on the screen, in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Scroll {
    pub(super) top: f64,
    /// 0 until it was measured: then all rows are rendered.
    pub(super) height: f64,
}

#[derive(Clone, Copy, Default)]
struct Work {
    is_scheduled: bool,
    chart_is_awaited: bool,
}

impl Desk {
    pub(super) fn new(page: &LogsPage, shows: Shows) -> Self {
        let is_whole = page.ask.since.is_none();
        let Shows {
            find,
            exclude,
            no_debug,
            wraps,
        } = shows;
        let query = Query {
            text: find,
            is_regexp: false,
        };
        let filter = Filter {
            no_debug,
            exclude,
            hidden_sources: Vec::new(),
        };
        let mut state = LogState::of(&page.logs, is_whole);
        state.set_filter(filter.clone());
        // What a page is rendered with is little, so it is worked off at once.
        let pattern = query.pattern().ok().flatten();
        while !state.work(pattern.as_ref().map(|it| it as &dyn Finder), || true) {}
        let columns = Columns {
            time: true,
            source: true,
            level: true,
        };
        Self {
            lang: page.head.lang,
            chart: RwSignal::new(state.histogram()),
            state: StoredValue::new(state),
            changed: RwSignal::new(0),
            query: RwSignal::new(query.clone()),
            found: RwSignal::new(query),
            filter: RwSignal::new(filter),
            wraps: RwSignal::new(wraps),
            is_local: RwSignal::new(false),
            columns: RwSignal::new(columns),
            paused: RwSignal::new(None),
            hit: RwSignal::new(None),
            link: RwSignal::new(Link::Rendered),
            scroll: RwSignal::default(),
            go: RwSignal::new(None),
            work: StoredValue::default(),
        }
    }

    /// Whether new lines move the list.
    pub(super) fn follows(self) -> bool {
        self.paused.get().is_none()
    }

    /// What is looked for; `None` when nothing is.
    pub(super) fn pattern(self) -> Option<Pattern> {
        self.found.with(Query::pattern).ok().flatten()
    }

    /// What of the lines is shown, as an address can say it.
    pub(super) fn shows(self) -> Shows {
        let (exclude, no_debug) = self.filter.with(|it| (it.exclude.clone(), it.no_debug));
        Shows {
            find: self.query.with(|it| it.text.clone()),
            exclude,
            no_debug,
            wraps: self.wraps.get(),
        }
    }

    /// How the page stands to the logs. Whether the reader paused matters only while lines
    /// come.
    pub(super) fn standing(self) -> Standing {
        match self.link.get() {
            Link::Rendered => Standing::Read,
            Link::Live => match self.paused.get() {
                Some(paused) => Standing::Paused(paused),
                None => Standing::Following,
            },
            Link::Lost { at, said } => Standing::Lost { at, said },
            Link::Ended(_) => Standing::Ended,
        }
    }

    /// Works off what there is to filter and to search in the next frames.
    pub(super) fn schedule(self) {
        let is_scheduled = self
            .work
            .try_update_value(|work| std::mem::replace(&mut work.is_scheduled, true));
        if is_scheduled == Some(false) {
            request_animation_frame(move || self.work_one_frame());
        }
    }

    fn work_one_frame(self) {
        if self.changed.is_disposed() {
            return;
        }
        let start = now_ms();
        let pattern = untrack(|| self.pattern());
        let finder = pattern.as_ref().map(|p| p as &dyn Finder);
        let has_time = || now_ms() - start < WORK_MS;
        let worked = self
            .state
            .try_update_value(|state| state.work(finder, has_time));
        let is_done = worked.unwrap_or(true);
        let chart_was_awaited = self.work.try_update_value(|work| {
            work.is_scheduled = false;
            std::mem::replace(&mut work.chart_is_awaited, true)
        });
        if chart_was_awaited == Some(false) {
            set_timeout(move || self.draw_chart(), CHART_EVERY);
        }
        self.changed.update(|count| *count += 1);
        if !is_done {
            self.schedule();
        }
    }

    fn draw_chart(self) {
        if !self.changed.is_disposed() {
            self.work.update_value(|work| work.chart_is_awaited = false);
            self.chart.set(self.state.with_value(LogState::histogram));
        }
    }

    /// Stops the list from moving; lines go on to come.
    pub(super) fn pause(self) {
        if self.paused.get_untracked().is_some() {
            return;
        }
        let (lines, lost) = self.state.with_value(|s| (s.store().lines(), s.lost()));
        #[expect(clippy::cast_possible_truncation, reason = "milliseconds of a date")]
        let at = now_ms() as i64;
        self.paused.set(Some(Paused { at, lines, lost }));
    }

    /// Goes to the end and stays there.
    pub(super) fn go_on(self) {
        self.hit.set(None);
        self.paused.set(None);
    }

    /// Goes to the next hit, or to the one before.
    pub(super) fn step(self, forward: bool) {
        let from = self.hit.get_untracked();
        let scroll = self.scroll.get_untracked();
        let is_following = self.paused.get_untracked().is_none();
        let to = self.state.with_value(|state| {
            let view = state.view();
            let count = view.hits();
            if count == 0 {
                return None;
            }
            let index = match from {
                Some(row) if forward => {
                    let before = view.hits_before(row);
                    let is_hit = view.hit(before) == Some(row);
                    (before + usize::from(is_hit)) % count
                }
                Some(row) => (view.hits_before(row) + count - 1) % count,
                // The first step goes to the last hit from the end, or else to the
                // first one that is on the screen.
                None if is_following => count - 1,
                None => {
                    let top = place_of(scroll.top);
                    let row = view.numbers(top..top + 1).first().copied()?;
                    view.hits_before(row) % count
                }
            };
            let row = view.hit(index)?;
            Some((row, view.place(row)))
        });
        if let Some((row, place)) = to {
            self.pause();
            self.hit.set(Some(row));
            #[expect(
                clippy::cast_precision_loss,
                reason = "rows are at most half a million"
            )]
            let middle = place as f64 * ROW - (scroll.height - ROW) / 2.0;
            self.go.set(Some(middle.max(0.0)));
        }
    }
}

/// The place of the row at a height in pixels.
pub(super) fn place_of(top: f64) -> usize {
    whole_pixels(top) / ROW_PIXELS
}

/// A height in whole pixels.
pub(super) fn whole_pixels(height: f64) -> usize {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a negative or huge height is cut to the range"
    )]
    let pixels = height.max(0.0) as usize;
    pixels
}

#[cfg(feature = "hydrate")]
pub(super) fn now_ms() -> f64 {
    js_sys::Date::now()
}

/// The server renders once and never works in frames.
#[cfg(not(feature = "hydrate"))]
pub(super) fn now_ms() -> f64 {
    0.0
}
