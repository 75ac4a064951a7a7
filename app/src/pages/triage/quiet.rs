use jiff::Timestamp;
use leptos::prelude::*;
use podside_model::view::{ChartHead, TriageAsk, TriagePage};
use podside_model::{Diagnosis, Liveness};

use super::filter;
use super::unsettled::Ticking;
use crate::address::{self, use_place};
use crate::clock;
use crate::components::{Command, Note, SeverityMark, Tone};
use crate::letter_case::small;
use crate::preferences::lang;
use crate::words::{FrameWords, SeverityWords, StateWords, TriageWords};

/// No problem was found: says what was looked at, whether that was everything, and what is not
/// well all the same.
pub(super) fn nothing_broken(
    page: &TriagePage,
    diagnosis: &Diagnosis<String>,
    ticking: Ticking,
) -> AnyView {
    let w = StateWords::of(lang());
    let head = &page.head;
    let place = place_words(head, w);
    let looked = (w.rules_looked)(
        diagnosis.rules,
        &objects(diagnosis, w),
        &place,
        &clock::clock(diagnosis.observed_at),
    );
    // What is well was read just now; what was read before may have broken since.
    let live = matches!(head.liveness, Liveness::Live { .. });
    let whole = live && diagnosis.unknown.is_empty();
    let looked = if whole {
        format!("{looked} {}", w.nothing_hidden)
    } else {
        looked
    };
    let settling = (page.unsettled > 0).then(|| (w.settling)(page.unsettled));
    let (tone, title) = match (page.unexplained, &settling) {
        _ if !live => (Tone::Unknown, w.nothing_found_then.to_owned()),
        (0, None) if whole => (Tone::Healthy, w.nothing_broken.to_owned()),
        (0, Some(settling)) if whole => (Tone::Unsettled, (w.so_far)(settling)),
        (0, _) => (Tone::Unknown, also(w.nothing_found.to_owned(), settling, w)),
        (count, _) => (Tone::Unexplained, also((w.not_well)(count), settling, w)),
    };
    if matches!(tone, Tone::Unknown | Tone::Healthy) {
        return view! {
            <section class="nothing">
                <h1><SeverityMark tone word=title large=true/></h1>
                <p>{looked}</p>
                <p><a href="#see">{w.still}</a></p>
            </section>
        }
        .into_any();
    }
    let last = page.judged_by.filter(|_| tone == Tone::Unsettled);
    let judged = last.map(|last| judged(last, head.now, ticking));
    view! {
        <section class="lead row" aria-labelledby="finding">
            <div class="margin"><SeverityMark tone large=true/>{judged}</div>
            <div>
                <h1 id="finding">{title}</h1>
                <p class="why">{looked}</p>
            </div>
        </section>
    }
    .into_any()
}

/// A sentence, and that something is still settling.
fn also(title: String, settling: Option<String>, w: &StateWords) -> String {
    match settling {
        Some(settling) => format!("{title}{}{settling}", w.then),
        None => title,
    }
}

/// When the last of what is unsettled is judged.
fn judged(last: Timestamp, now: Timestamp, ticking: Ticking) -> AnyView {
    let by = (TriageWords::of(lang()).judged_by)(&clock::moment(last, now));
    view! { <p>{by}<br/>{ticking.until(last, now, true)}</p> }.into_any()
}

/// `4 Pods, 1 Service and 1 Deployment`.
fn objects(diagnosis: &Diagnosis<String>, w: &StateWords) -> String {
    let of_kind = FrameWords::of(lang()).of_kind;
    let all: Vec<String> = diagnosis
        .looked_at
        .iter()
        .filter(|looked| looked.count > 0)
        .map(|looked| (of_kind)(looked.count, &looked.kind))
        .collect();
    match all.split_last() {
        None => w.nothing_to_look_at.to_owned(),
        Some((last, [])) => last.clone(),
        Some((last, before)) => format!("{}{}{last}", before.join(w.comma), w.and),
    }
}

fn place_words(head: &ChartHead, w: &StateWords) -> String {
    match &head.namespace {
        Some(namespace) => (w.namespace)(namespace),
        None => w.all_namespaces.to_owned(),
    }
}

/// The kinds are being read for the first time.
#[component]
pub(super) fn StillReading(head: ChartHead) -> impl IntoView {
    let w = StateWords::of(lang());
    match &head.liveness {
        Liveness::Loading { read, of, kind } => {
            let done = (100 * read / (*of).max(1)).to_string();
            view! {
                <section class="loading" aria-live="polite">
                    <h1>{(w.reading)(*read, *of, &head.cluster, kind)}</h1>
                    <svg class="progress" aria-hidden="true">
                        <rect class="ahead" width="100%" height="6"></rect>
                        <rect class="done" width=format!("{done}%") height="6"></rect>
                    </svg>
                    <div class="skeleton row" aria-hidden="true">
                        <span></span>
                        <div><span></span><span></span><span></span></div>
                    </div>
                </section>
            }
            .into_any()
        }
        _ => ().into_any(),
    }
}

/// Nothing was ever read: the API server does not answer, and how to ask it oneself.
#[component]
pub(super) fn NoAnswer(head: ChartHead, ready_command: Option<String>) -> impl IntoView {
    let w = StateWords::of(lang());
    let Liveness::NotLive {
        error,
        tries,
        next_try,
        ..
    } = &head.liveness
    else {
        return ().into_any();
    };
    let says = says(error, *tries, w);
    let next = next(&head, *next_try, w);
    view! {
        <section class="no-answer">
            <h1>{who(error, &head, w)}</h1>
            <Note tone=Tone::Critical>
                <p>{says}</p>
                {next.map(|next| view! { <p>{next}</p> }.into_any())}
                <p class="buttons"><a class="button small" href="" rel="external">{w.try_now}</a></p>
            </Note>
            {ready_command.map(|line| view! { <Command line/> }.into_any())}
        </section>
    }
    .into_any()
}

/// Who does not answer. Where the browser hears nothing of Podside, the cluster may well be
/// live.
fn who(error: &str, head: &ChartHead, w: &StateWords) -> String {
    if error.is_empty() {
        w.podside_does_not_answer.to_owned()
    } else {
        (w.does_not_answer)(&head.cluster)
    }
}

/// What went wrong, and how often.
fn says(error: &str, tries: u32, w: &StateWords) -> String {
    if tries > 0 && !error.is_empty() {
        format!("{error}{}{}", w.comma, (w.tries)(tries))
    } else {
        error.to_owned()
    }
}

/// When Podside tries again.
fn next(head: &ChartHead, at: Option<Timestamp>, w: &StateWords) -> Option<String> {
    let span = clock::span(clock::seconds_between(head.now, at?), lang());
    Some(format!(" {}", (w.next_try)(&span)))
}

/// The connection is lost: the page stays and says how old it is.
#[component]
pub(super) fn NotLive(head: ChartHead) -> impl IntoView {
    let w = StateWords::of(lang());
    let Liveness::NotLive {
        since,
        error,
        tries,
        next_try,
    } = &head.liveness
    else {
        return ().into_any();
    };
    let age = since.map(|at| {
        let span = clock::span(clock::seconds_between(at, head.now), lang());
        format!(" {}", (w.as_of)(&clock::clock(at), &span))
    });
    let next = next(&head, *next_try, w);
    let (who, says) = (who(error, &head, w), says(error, *tries, w));
    view! {
        <div class="not-live">
            <Note tone=Tone::Warning word=w.not_live>
                <strong>{who}</strong>
                {age}{next}
                <small>{says}</small>
            </Note>
            <a class="button small" href="" rel="external">{w.try_now}</a>
        </div>
    }
    .into_any()
}

/// That no problem matches, and how much does that is unexplained.
pub(super) fn no_match_title(page: &TriagePage) -> String {
    let w = StateWords::of(lang());
    match page.matching_unexplained {
        0 => (w.no_match)(page.head.namespace.as_deref()),
        count => (w.only_unexplained)(count),
    }
}

/// The filter hides every problem. What is unexplained may match all the same.
pub(super) fn no_match(page: &TriagePage, filter: RwSignal<TriageAsk>) -> AnyView {
    let w = StateWords::of(lang());
    let s = SeverityWords::of(lang());
    let title = no_match_title(page);
    let mut hidden: Vec<String> = page
        .by_severity()
        .into_iter()
        .filter(|&(_, count)| count > 0)
        .map(|(severity, count)| {
            let word = small(Tone::from(severity).word(s));
            (w.of_severity)(count, &word)
        })
        .collect();
    let unexplained = page.unexplained - page.matching_unexplained;
    if unexplained > 0 {
        hidden.push((TriageWords::of(lang()).unexplained)(unexplained));
    }
    let hides_one = page.total() + unexplained == 1;
    let named = filter.with_untracked(filter::named);
    let hides = (w.hidden)(&hidden.join(w.comma), hides_one, &named);
    view! {
        <section class="nothing">
            <h1>{title}</h1>
            <p>{hides}</p>
            <p class="buttons">
                // What was typed is not in the address, so following the link does not clear it.
                <a
                    class="button small"
                    href=address::triage(&use_place().get_untracked())
                    aria-keyshortcuts="Escape"
                    on:click=move |_| filter.set(TriageAsk::default())
                >
                    {w.clear_filter} " " <kbd aria-hidden="true">"Esc"</kbd>
                </a>
            </p>
        </section>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use podside_model::{Lang, LookedAt};

    use super::*;

    #[test]
    fn what_was_looked_at_reads_as_a_sentence() {
        let looked = |counts: &[(&str, usize)]| {
            let diagnosis = Diagnosis {
                observed_at: jiff::Timestamp::UNIX_EPOCH,
                problems: Vec::new(),
                unsettled: Vec::new(),
                unexplained: Vec::new(),
                unknown: Vec::new(),
                checked: Vec::new(),
                looked_at: counts
                    .iter()
                    .map(|&(kind, count)| LookedAt {
                        kind: kind.to_owned(),
                        count,
                    })
                    .collect(),
                rules: 1,
            };
            objects(&diagnosis, StateWords::of(Lang::En))
        };
        assert_eq!(
            looked(&[("Pod", 4), ("Ingress", 2), ("Service", 1)]),
            "4 Pods, 2 Ingresses and 1 Service"
        );
        assert_eq!(looked(&[("Pod", 1)]), "1 Pod");
        assert_eq!(looked(&[("Pod", 0)]), "no objects");
    }
}
