use leptos::prelude::*;
use podside_model::Lang;
use podside_model::log::{EndWhy, Gap, LogEvent, LogNote, LogSource};

use super::clock::{date, to_seconds, with_milliseconds, with_tenths};
use crate::clock::span;
use crate::components::{SeverityMark, Tone};
use crate::log::{Level, Span};
use crate::words::LogWords;

/// A row as it is drawn.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Shown {
    pub(super) number: u64,
    /// Changes when the row is to be drawn anew.
    pub(super) version: u64,
    pub(super) is_hit: bool,
    pub(super) is_current: bool,
    pub(super) is_local: bool,
    /// Whether the server has rendered it: the stream's rows, which take the place of
    /// those, have the same numbers.
    pub(super) is_rendered: bool,
    /// The name of the source that a note is about, as the legend has it.
    pub(super) whose: Option<String>,
    pub(super) what: What,
}

/// What a row shows.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum What {
    Line {
        time: Option<i64>,
        source: u8,
        level: Level,
        spans: Vec<Span>,
    },
    Note(LogNote),
    /// The second half of a note whose first half is above the screen.
    Rest,
}

pub(super) fn row(shown: Shown, lang: Lang) -> AnyView {
    let Shown {
        is_hit,
        is_current,
        is_local,
        whose,
        what,
        ..
    } = shown;
    match what {
        What::Line {
            time,
            source,
            level,
            spans,
        } => {
            let class = match (is_current, is_hit) {
                (true, _) => "line hit current",
                (false, true) => "line hit",
                (false, false) => "line",
            };
            let level_class = if level == Level::Error {
                "level error"
            } else {
                "level"
            };
            let time = time.map(|time| {
                view! { <span class="time" title=date(time)>{with_milliseconds(time, is_local)}</span> }
            });
            let text = spans.into_iter().map(piece).collect_view();
            view! {
                <div class=class aria-current=is_current.then_some("true")>
                    {time.unwrap_or_else(|| view! { <span class="time" title=String::new()>{String::new()}</span> })}
                    <span class="source"><Letter number=usize::from(source)/></span>
                    <span class=level_class>{level.word()}</span>
                    <span class="text">{text}</span>
                </div>
            }
            .into_any()
        }
        What::Note(note) => note_row(note, whose, lang, is_local),
        What::Rest => view! { <div class="rest"></div> }.into_any(),
    }
}

/// The boxed letter of a source in its colour.
#[component]
pub(super) fn Letter(
    /// The number of the source.
    number: usize,
) -> impl IntoView {
    let class = format!("letter source-{}", number % LogSource::COLOURS);
    view! { <span class=class>{LogSource::letters(number)}</span> }
}

fn piece(span: Span) -> AnyView {
    let style = span.part.style;
    let mut class = String::new();
    let mut add = |name: &str| {
        if !class.is_empty() {
            class.push(' ');
        }
        class.push_str(name);
    };
    if span.part.is_field {
        add("field-part");
    }
    if let Some(colour) = style.colour {
        add(&format!("sgr-{}", colour.name()));
    }
    if let Some(ground) = style.ground {
        add(&format!("sgr-on-{}", ground.name()));
    }
    if style.bold {
        add("sgr-bold");
    }
    if style.underlined {
        add("sgr-underlined");
    }
    match (span.is_hit, class.is_empty()) {
        (true, _) => view! { <mark>{span.text}</mark> }.into_any(),
        (false, true) => span.text.into_any(),
        (false, false) => view! { <span class=class>{span.text}</span> }.into_any(),
    }
}

fn note_row(note: LogNote, whose: Option<String>, lang: Lang, is_local: bool) -> AnyView {
    let w = LogWords::of(lang);
    match note {
        LogNote::Gap(gap) => gap_row(&gap, whose, lang, is_local),
        LogNote::Event(event) => {
            let LogEvent {
                at,
                warning,
                reason,
                pod,
                message,
                count,
            } = event;
            let tone = if warning { Tone::Warning } else { Tone::Info };
            let text = format!("{}: {message}", (w.pod)(&pod));
            let aside = (count > 1).then(|| (w.times)(count));
            let reason = view! { <b>{reason}</b> }.into_any();
            remark(at, is_local, (tone, w.event), reason, text, aside)
        }
        LogNote::Restarted {
            source,
            at,
            exit_code,
            restarts,
        } => {
            let tone = match exit_code {
                Some(0) => Tone::Info,
                _ => Tone::Warning,
            };
            let aside = (w.exit_and_restart)(exit_code, restarts);
            let name = named(source, whose);
            let says = w.restarted.to_owned();
            remark(at, is_local, (tone, w.restart), name, says, Some(aside))
        }
        LogNote::Ended { source, at, why } => {
            let tone = match &why {
                EndWhy::Finished { exit_code: Some(0) }
                | EndWhy::Complete
                | EndWhy::NoRunBefore => Tone::Info,
                EndWhy::NoLog { .. } | EndWhy::Denied { .. } | EndWhy::Unavailable { .. } => {
                    Tone::Unknown
                }
                _ => Tone::Warning,
            };
            // Where there is no log the source may still go on, and nothing is missing.
            let (word, says) = match why {
                EndWhy::NoLog { said } => (w.nothing_yet, said),
                EndWhy::NoRunBefore => (w.previous_run, w.no_run_before.to_owned()),
                why => (w.end, end_text(&why, lang)),
            };
            remark(at, is_local, (tone, word), named(source, whose), says, None)
        }
        LogNote::Sources { .. } | LogNote::Live | LogNote::Lost { .. } | LogNote::Closed { .. } => {
            view! { <div class="rest"></div> }.into_any()
        }
    }
}

/// Why there are no more lines, in words.
pub(super) fn end_text(why: &EndWhy, lang: Lang) -> String {
    let w = LogWords::of(lang);
    match why {
        EndWhy::Complete => w.complete.to_owned(),
        EndWhy::Finished { exit_code } => (w.finished)(*exit_code),
        EndWhy::PodGone => w.pod_gone.to_owned(),
        EndWhy::NoLog { said } => (w.no_log)(said),
        EndWhy::NoRunBefore => w.no_run_before.to_owned(),
        EndWhy::Denied { said } => (w.denied)(said),
        EndWhy::Unavailable { said } => (w.unavailable)(said),
        EndWhy::ShuttingDown => w.shutting_down.to_owned(),
    }
}

/// The letter and the name of a source, as the legend has them.
fn named(source: u8, whose: Option<String>) -> AnyView {
    let number = usize::from(source);
    view! { <Letter number/>" "<b>{whose}</b> }.into_any()
}

fn gap_row(gap: &Gap, whose: Option<String>, lang: Lang, is_local: bool) -> AnyView {
    let w = LogWords::of(lang);
    let mut text = Vec::new();
    if gap.at != 0 {
        let lasted = if gap.lasted_ms < 60_000 {
            tenths(gap.lasted_ms, lang)
        } else {
            span(
                i64::try_from(gap.lasted_ms / 1000).unwrap_or(i64::MAX),
                lang,
            )
        };
        text.push((w.lost_at)(&with_tenths(gap.at, is_local), &lasted));
        text.push((w.resumed)(gap.removed));
    }
    if gap.lost > 0 {
        text.push((w.lost_lines)(gap.lost));
    }
    text.push(
        if gap.maybe_missing {
            w.maybe_missing
        } else {
            w.none_missing
        }
        .to_owned(),
    );
    let name = gap.source.map(|source| named(source, whose));
    let glue = if lang == Lang::Ja { "" } else { " " };
    view! {
        <div class="gap">
            <SeverityMark tone=Tone::Unknown word=w.gap/>
            <span>{name}" "{text.join(glue)}</span>
        </div>
    }
    .into_any()
}

/// `0.4 s`.
fn tenths(milliseconds: u64, lang: Lang) -> String {
    let (seconds, tenths) = (milliseconds / 1000, milliseconds % 1000 / 100);
    match lang {
        Lang::En => format!("{seconds}.{tenths} s"),
        Lang::Ja => format!("{seconds}.{tenths} 秒"),
    }
}

fn remark(
    at: i64,
    is_local: bool,
    (tone, word): (Tone, &'static str),
    about: AnyView,
    text: String,
    aside: Option<String>,
) -> AnyView {
    let class = format!("remark {}", tone.class());
    view! {
        <div class=class>
            <span class="time" title=date(at)>{to_seconds(at, is_local)}</span>
            <SeverityMark tone word/>
            <span class="text">{about}" "{text}</span>
            <span class="aside">{aside}</span>
        </div>
    }
    .into_any()
}
