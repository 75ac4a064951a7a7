use std::fmt::Write;

use jiff::Timestamp;
use leptos::prelude::*;
use podside_model::{Lang, Strip, StripState};

use crate::clock;
use crate::preferences::lang;
use crate::words::StripWords;

/// Width of the drawing in its own units, of which a tenth is a pixel beside a problem.
const WIDTH: i64 = 1400;
/// Distance of two lines of a hatch.
const HATCH: i64 = 60;
/// Least width of what is broken and least distance of two ticks, so that they are seen.
const LEAST: i64 = 30;

/// What was observed of an object over time: dots where it did not exist, hatched where
/// nobody saw, a thin line where it ran, a bar where it was broken, ticks where it started.
#[component]
pub fn StripDrawing(
    /// What was observed.
    strip: Strip,
) -> impl IntoView {
    let says = in_words(&strip, lang());
    let mut at = 0;
    let spans = strip
        .spans
        .iter()
        .map(|span| {
            let from = at;
            at = place(&strip, span.until);
            drawing(span.state, from, at)
        })
        .collect_view();
    let mut ticks = String::new();
    let mut last = None;
    for tick in &strip.ticks {
        let x = place(&strip, *tick);
        // Two that would touch are one line.
        if last.is_none_or(|last| x - last >= LEAST) {
            // Writing into a String does not fail.
            let _ = write!(ticks, "M{x} 40v180");
            last = Some(x);
        }
    }
    view! {
        <svg class="strip" viewBox="0 0 1400 260" preserveAspectRatio="none" role="img" aria-label=says>
            {spans}
            <path class="tick" d=ticks></path>
        </svg>
    }
    .into_any()
}

/// The legend of all strips of a page.
#[component]
pub fn StripLegend(
    /// One of them.
    strip: Strip,
    /// Only how long they are, where there is little room.
    #[prop(optional)]
    short: bool,
) -> impl IntoView {
    let lang = lang();
    let w = StripWords::of(lang);
    let span = clock::span(clock::seconds_between(strip.from, strip.to), lang);
    let whole = (w.legend)(&span);
    if short {
        let last = (w.last)(&span);
        return view! { <p class="strip-legend" title=whole>{last}</p> }.into_any();
    }
    view! { <p class="strip-legend">{whole}</p> }.into_any()
}

/// Where a moment lies.
fn place(strip: &Strip, at: Timestamp) -> i64 {
    let all = strip.to.as_millisecond() - strip.from.as_millisecond();
    let until = at.as_millisecond() - strip.from.as_millisecond();
    (until * WIDTH / all.max(1)).clamp(0, WIDTH)
}

fn drawing(state: StripState, from: i64, until: i64) -> AnyView {
    match state {
        StripState::Absent => {
            view! { <path class="absent" d=format!("M{from} 130H{until}")></path> }.into_any()
        }
        StripState::Ran => {
            view! { <path class="ran" d=format!("M{from} 130H{until}")></path> }.into_any()
        }
        StripState::Unobserved => {
            view! { <path class="unobserved" d=hatch(from, until)></path> }.into_any()
        }
        StripState::Broken(severity) => bar(severity.as_str(), from, until),
        StripState::Unexplained => bar("unexplained", from, until),
    }
}

fn bar(class: &'static str, from: i64, until: i64) -> AnyView {
    let x = from.min(WIDTH - LEAST);
    let width = until - x;
    view! { <rect class=class x=x y="90" width=width height="80"></rect> }.into_any()
}

/// Oblique lines from one place to another.
fn hatch(from: i64, until: i64) -> String {
    let mut path = String::new();
    let mut x = from;
    while x + HATCH / 2 <= until {
        // Writing into a String does not fail.
        let _ = write!(path, "M{x} 170l{} -80", HATCH / 2);
        x += HATCH;
    }
    path
}

/// What the drawing shows, in words.
fn in_words(strip: &Strip, lang: Lang) -> String {
    let w = StripWords::of(lang);
    let moment = |at| clock::moment(at, strip.to);
    let mut says: Vec<String> = Vec::new();
    let mut from = strip.from;
    for span in &strip.spans {
        says.push(match span.state {
            StripState::Absent => (w.absent)(&moment(span.until)),
            StripState::Ran => (w.ran)(&moment(from), &moment(span.until)),
            StripState::Unobserved => (w.unobserved)(&moment(from), &moment(span.until)),
            StripState::Broken(_) | StripState::Unexplained => match from {
                now if now == strip.to => w.broken_now.to_owned(),
                all if all == strip.from => w.broken_all.to_owned(),
                since => (w.broken)(&moment(since)),
            },
        });
        from = span.until;
    }
    if !strip.ticks.is_empty() {
        let clocks: Vec<String> = strip.ticks.iter().map(|at| moment(*at)).collect();
        says.push((w.starts)(&clocks.join(w.comma)));
    }
    if strip.restarts > 0 {
        says.push((w.restarts)(strip.restarts));
    }
    let between = if lang == Lang::En { " " } else { "" };
    says.join(between)
}

#[cfg(test)]
mod tests {
    use podside_model::{Severity, StripSpan};

    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn strip() -> Strip {
        let span = |until, state| StripSpan {
            until: at(until),
            state,
        };
        Strip {
            from: at(0),
            to: at(120),
            spans: vec![
                span(30, StripState::Absent),
                span(60, StripState::Unobserved),
                span(120, StripState::Broken(Severity::Critical)),
            ],
            ticks: vec![at(30), at(70)],
            restarts: 2,
        }
    }

    #[test]
    fn moments_lie_where_the_scale_puts_them() {
        let strip = strip();
        assert_eq!(place(&strip, at(0)), 0);
        assert_eq!(place(&strip, at(60)), 700);
        assert_eq!(place(&strip, at(500)), WIDTH);
        assert_eq!(place(&Strip { to: at(0), ..strip }, at(0)), 0);
        assert_eq!(hatch(0, 100), "M0 170l30 -80M60 170l30 -80");
    }

    #[test]
    fn the_drawing_is_told_in_words() {
        assert_eq!(
            in_words(&strip(), Lang::En),
            "Did not exist before 00:00:30. Not observed from 00:00:30 until 00:01:00. Broken since 00:01:00. Started at 00:00:30, 00:01:10. 2 restarts in all."
        );
        let mut now = strip();
        now.spans = vec![
            StripSpan {
                until: at(120),
                state: StripState::Unobserved,
            },
            StripSpan {
                until: at(120),
                state: StripState::Broken(Severity::Info),
            },
        ];
        now.ticks.clear();
        now.restarts = 0;
        assert_eq!(
            in_words(&now, Lang::Ja),
            "00:00:00 から 00:02:00 までは観測されていません。現在も障害が続いています。"
        );
    }
}
