//! When events happened: how many there were when, of all that are asked for, and the ticks of
//! one series, on one scale.

use jiff::Timestamp;
use leptos::prelude::*;
use podside_model::view::{EventHistogram, EventSeries, EventsAsk, EventsPage, Tick};

use super::href;
use crate::clock;
use crate::components::LinkButton;
use crate::portal::Place;
use crate::preferences::lang;
use crate::tenths::{share, tenths};
use crate::words::EventsWords;

/// From when to when a scale goes.
type Scale = (Timestamp, Timestamp);

/// The height of the histogram's highest bar, in tenths.
const HEIGHT: u64 = 420;

/// The scale of all rows: the chosen time, else all of the histogram.
pub(super) fn scale(page: &EventsPage) -> Option<Scale> {
    let moment = |second| Timestamp::from_second(second).ok();
    if let Some((since, until)) = page.ask.between {
        return moment(since).zip(moment(until));
    }
    let drawn = page.histogram.as_ref()?;
    let whole = i64::from(drawn.step).checked_mul(i64::try_from(drawn.counts.len()).ok()?)?;
    let end = moment(drawn.start.as_second().checked_add(whole)?)?;
    Some((drawn.start, end))
}

/// A chosen time in words.
pub(super) fn says((since, until): (i64, i64), now: Timestamp) -> String {
    let w = EventsWords::of(lang());
    let moment = |second| {
        Timestamp::from_second(second).map_or_else(|_| String::new(), |at| clock::moment(at, now))
    };
    (w.seen)(&moment(since), &moment(until))
}

/// How many events there were when. Each bar chooses its time; beside a chosen time it widens
/// that.
pub(super) fn histogram(place: &Place, page: &EventsPage) -> Option<AnyView> {
    let w = EventsWords::of(lang());
    let drawn = page.histogram.as_ref()?;
    let now = page.head.now;
    let most = drawn.counts.iter().copied().max().unwrap_or(0);
    let bars = drawn
        .counts
        .iter()
        .enumerate()
        .filter(|(_, count)| **count > 0)
        .filter_map(|(at, count)| bar(place, page, drawn, at, *count, most))
        .collect_view();
    // One unit of the drawing a stretch, whatever its width becomes.
    let view_box = format!("0 0 {} 46", drawn.counts.len().saturating_mul(10));
    let step = clock::span(drawn.step.into(), lang());
    let (start, end) = whole(drawn);
    let chosen = page.ask.between.map(|between| {
        let all = EventsAsk {
            between: None,
            from: 0,
            ..page.ask.clone()
        };
        let text = (w.only)(&says(between, now));
        view! {
            <p class="chosen"><span>{text}</span>" "<LinkButton href=href(place, &all) text=w.any_moment small=true/></p>
        }
    });
    Some(
        view! {
            <section class="histogram" aria-label=w.histogram>
                <svg viewBox=view_box preserveAspectRatio="none">{bars}</svg>
                <p class="ends">
                    <span>{clock::moment(start, now)}</span>
                    <span>{(w.per)(&step, most)}</span>
                    <span>{clock::moment(end, now)}</span>
                </p>
                {chosen}
            </section>
        }
        .into_any(),
    )
}

fn whole(drawn: &EventHistogram) -> Scale {
    let count = i64::try_from(drawn.counts.len()).unwrap_or(0);
    let seconds = i64::from(drawn.step).saturating_mul(count);
    let end = drawn.start.as_second().saturating_add(seconds);
    let end = Timestamp::from_second(end).unwrap_or(drawn.start);
    (drawn.start, end)
}

fn bar(
    place: &Place,
    page: &EventsPage,
    drawn: &EventHistogram,
    at: usize,
    count: u64,
    most: u64,
) -> Option<AnyView> {
    let w = EventsWords::of(lang());
    let step = i64::from(drawn.step);
    let since = drawn.start.as_second() + step * i64::try_from(at).ok()?;
    let own = (since, since + step);
    let is_in = |(from, to): (i64, i64)| own.0 >= from && own.1 <= to;
    let between = match page.ask.between {
        Some(chosen) if !is_in(chosen) => (chosen.0.min(own.0), chosen.1.max(own.1)),
        _ => own,
    };
    let ask = EventsAsk {
        between: Some(between),
        from: 0,
        ..page.ask.clone()
    };
    let class = match page.ask.between {
        Some(chosen) if !is_in(chosen) => "bar left-out",
        _ => "bar",
    };
    let says = (w.bar)(count, &says(own, page.head.now));
    // Never so low that it cannot be seen.
    let height = share(count, most, HEIGHT).max(30);
    let (x, wide) = (
        at.saturating_mul(10),
        (at.saturating_mul(10) + 1).to_string(),
    );
    Some(
        view! {
            <g>
                <a href=href(place, &ask) aria-label=says>
                    <rect class="place" x=x.to_string() y="0" width="10" height="46"></rect>
                    <rect class=class x=wide y=tenths(460 - height.min(460)) width="8" height=tenths(height)></rect>
                </a>
            </g>
        }
        .into_any(),
    )
}

/// When the events of a series were seen, on the scale of the page.
pub(super) fn line(series: &EventSeries, scale: Option<Scale>, now: Timestamp) -> Option<AnyView> {
    /// Tenths of the drawing's width, but for a tick at the very end.
    const WIDTH: u64 = 2_380;
    let w = EventsWords::of(lang());
    let (first, last) = series.event.first.zip(series.event.last)?;
    let (start, end) = scale?;
    let is_drawn = |at: Timestamp| start <= at && at <= end;
    let part = |from, to| {
        let seconds = |from, to| u64::try_from(clock::seconds_between(from, to));
        let whole = seconds(start, end).unwrap_or_default();
        share(seconds(from, to).unwrap_or_default(), whole, WIDTH).min(WIDTH)
    };
    let at = |moment| tenths(part(start, moment));
    let says = if first == last {
        (w.once)(&clock::moment(first, now))
    } else {
        (w.from_to)(&clock::moment(first, now), &clock::moment(last, now))
    };
    let class = if series.event.warning {
        "line warning"
    } else {
        "line"
    };
    let (from, to) = (first.max(start), last.min(end));
    let bar = (from < to).then(|| {
        let width = tenths(part(from, to));
        view! { <rect class="span" x=at(from) y="9" width=width height="4"></rect> }
    });
    let ticks = series
        .ticks
        .iter()
        .filter(|Tick(moment)| is_drawn(*moment))
        .map(|Tick(moment)| {
            view! { <rect class="tick" x=at(*moment) y="4" width="2" height="14"></rect> }
        })
        .collect_view();
    Some(
        view! {
            <svg class=class viewBox="0 0 240 22" preserveAspectRatio="none" role="img" aria-label=says>
                <rect class="ground" x="0" y="10.5" width="240" height="1"></rect>
                {bar}
                {ticks}
            </svg>
        }
        .into_any(),
    )
}
