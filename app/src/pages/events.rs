//! What the cluster says of its objects.

mod timeline;

use jiff::{SignedDuration, Timestamp};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::params::ParamsMap;
use podside_model::view::{EventSeries, EventsAsk, EventsPage};

use self::timeline::{histogram, line, scale};
use super::failure::Denied;
use super::{answered, ask_for};
use crate::address::{self, Address, CLUSTER, NAMESPACE, Tab, use_place};
use crate::api;
use crate::changes::Hears;
use crate::clock;
use crate::components::{
    Glyph, Icon, LinkButton, ListSheet, SeverityMark, Stays, Tone, quoted, sent_along,
};
use crate::live::use_live;
use crate::portal::Place;
use crate::preferences::lang;
use crate::words::{EventsWords, StateWords};

const TYPE: &str = "type";
const REASON: &str = "reason";
const KIND: &str = "kind";
const FIND: &str = "find";
const WITHIN: &str = "within";
const ORDER: &str = "order";
const BY_OBJECT: &str = "object";
const FROM: &str = "from";
const SINCE: &str = "since";
const UNTIL: &str = "until";

/// The times within which events can be asked for, in minutes.
const TIMES: [u32; 4] = [5, 15, 60, 360];

/// The events of the place that the address names.
#[component]
pub fn EventsRoute() -> impl IntoView {
    let lang = lang();
    let place = use_place();
    let query = use_query_map();
    let ask = Memo::new(move |_| query.with(of_query));
    Stays::on(move |place| {
        let ask = EventsAsk {
            from: 0,
            ..ask.get_untracked()
        };
        href(place, &ask)
    });
    let answer = ask_for(
        move || (place.get(), ask.get()),
        move |(place, ask)| async move {
            let page = api::events(lang, place.clone(), ask).await?;
            Ok::<_, crate::PortalError>((place, page))
        },
    );
    answered(answer, |(place, page)| {
        view! { <EventsLive place page/> }.into_any()
    })
}

/// The page, kept true while it is looked at.
#[component]
fn EventsLive(place: Place, page: EventsPage) -> impl IntoView {
    let lang = lang();
    let (at, asked) = (place.clone(), page.ask.clone());
    let page = use_live(
        page,
        Hears::AllFacts,
        move || api::events(lang, at.clone(), asked.clone()),
        |page, fresh| page.set(fresh),
    );
    move || page.with(|page| sheet(&place, page))
}

/// What an address asks for.
fn of_query(query: &ParamsMap) -> EventsAsk {
    let text = |name: &str| {
        let text = query.get(name).unwrap_or_default();
        text.chars().take(EventsAsk::LONGEST).collect::<String>()
    };
    EventsAsk {
        warning: match text(TYPE).as_str() {
            "Warning" => Some(true),
            "Normal" => Some(false),
            _ => None,
        },
        reason: text(REASON),
        kind: text(KIND),
        find: text(FIND),
        within: text(WITHIN).parse().ok(),
        between: text(SINCE).parse().ok().zip(text(UNTIL).parse().ok()),
        by_object: text(ORDER) == BY_OBJECT,
        from: text(FROM).parse().unwrap_or_default(),
    }
}

/// The page that shows what is asked for.
fn href(place: &Place, ask: &EventsAsk) -> String {
    let (from, within) = (ask.from.to_string(), ask.within.map(|it| it.to_string()));
    let (since, until) = ask.between.unzip();
    let (since, until) = (
        since.map(|it| it.to_string()),
        until.map(|it| it.to_string()),
    );
    let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    Address::at(place)
        .segment("events")
        .with(TYPE, ask.warning.map(word_of_type))
        .with(REASON, text(&ask.reason).as_deref())
        .with(KIND, text(&ask.kind).as_deref())
        .with(FIND, text(&ask.find).as_deref())
        .with(WITHIN, within.as_deref())
        .with(SINCE, since.as_deref())
        .with(UNTIL, until.as_deref())
        .with(ORDER, ask.by_object.then_some(BY_OBJECT))
        .with(FROM, (ask.from > 0).then_some(from.as_str()))
        .href()
}

const fn word_of_type(warning: bool) -> &'static str {
    if warning { "Warning" } else { "Normal" }
}

fn sheet(place: &Place, page: &EventsPage) -> AnyView {
    let w = EventsWords::of(lang());
    let title = match &place.namespace {
        Some(namespace) => (w.events_in)(namespace),
        None => w.events.to_owned(),
    };
    let legend = legend(page);
    let bar = bar(place, page);
    let drawn = histogram(place, page);
    let body = if page.series.is_empty() {
        empty(place, page)
    } else {
        table(place, page)
    };
    let foot = foot(place, page);
    let command = Some(page.command.clone());
    view! {
        <ListSheet place=place.clone() title head=page.head.clone() class="events-page" legend command>
            {bar}
            {drawn}
            {body}
            {foot}
        </ListSheet>
    }
    .into_any()
}

fn legend(page: &EventsPage) -> Option<AnyView> {
    let w = EventsWords::of(lang());
    let (first, last) = page.first.zip(page.last)?;
    let now = page.head.now;
    let sum = (w.sum)(page.events, page.matching);
    let seen = (w.seen)(&clock::moment(first, now), &clock::moment(last, now));
    Some(view! { <p class="legend">{sum}{w.comma}{seen}". "{w.equal}</p> }.into_any())
}

/// Which events are shown: a form, so that it works without JavaScript.
fn bar(place: &Place, page: &EventsPage) -> AnyView {
    let w = EventsWords::of(lang());
    let chosen = &page.ask;
    let (all, warnings) = page.of_types;
    let link = |ask: EventsAsk, is_chosen: bool, text: String| {
        let ask = EventsAsk { from: 0, ..ask };
        let current = is_chosen.then_some("true");
        view! { <a href=href(place, &ask) aria-current=current>{text}</a> }.into_any()
    };
    let of_type = |warning: Option<bool>, text: String| {
        let ask = EventsAsk {
            warning,
            ..chosen.clone()
        };
        link(ask, chosen.warning == warning, text)
    };
    let in_order = |by_object: bool, text: &'static str| {
        let ask = EventsAsk {
            by_object,
            ..chosen.clone()
        };
        link(ask, chosen.by_object == by_object, text.to_owned())
    };
    let options = |counts: &[(String, usize)], chosen: &str| {
        let mut options = vec![(String::new(), (w.any)(counts.len()))];
        let known = counts.iter().map(|(name, count)| {
            let (short, _) = name.split_once('.').unwrap_or((name, ""));
            (name.clone(), format!("{short} {count}"))
        });
        options.extend(known);
        // What is chosen stays to be seen when there is none of it any more.
        if !options.iter().any(|(value, _)| value == chosen) {
            options.push((chosen.to_owned(), format!("{chosen} 0")));
        }
        options
    };
    let within = chosen.within.map(|it| it.to_string()).unwrap_or_default();
    let mut times = vec![(String::new(), w.any_time.to_owned())];
    times.extend(TIMES.map(|time| (time.to_string(), (w.last_minutes)(time))));
    if !times.iter().any(|(value, _)| *value == within) {
        let said = chosen.within.map(w.last_minutes).unwrap_or_default();
        times.push((within.clone(), said));
    }
    view! {
        <form class="list-bar" method="get" action="/events" role="search">
            <nav class="switch" aria-label=w.types>
                {of_type(None, (w.all)(all))}
                {of_type(Some(true), (w.warning)(warnings))}
                {of_type(Some(false), (w.normal)(all.saturating_sub(warnings)))}
            </nav>
            {sent_along(CLUSTER, place.cluster.clone())}
            {sent_along(NAMESPACE, place.namespace.clone())}
            {sent_along(TYPE, chosen.warning.map(|it| word_of_type(it).to_owned()))}
            {sent_along(SINCE, chosen.between.map(|(since, _)| since.to_string()))}
            {sent_along(UNTIL, chosen.between.map(|(_, until)| until.to_string()))}
            {sent_along(ORDER, chosen.by_object.then(|| BY_OBJECT.to_owned()))}
            {choice(REASON, w.reason, options(&page.reasons, &chosen.reason), &chosen.reason)}
            {choice(KIND, w.kind, options(&page.kinds, &chosen.kind), &chosen.kind)}
            {choice(WITHIN, w.within, times, &within)}
            <label class="field find">
                <Icon glyph=Glyph::Search/>
                <span class="unseen">{w.find}</span>
                <input type="search" name=FIND value=chosen.find.clone() maxlength=EventsAsk::LONGEST.to_string() placeholder=w.find aria-keyshortcuts="/"/>
                <kbd aria-hidden="true">"/"</kbd>
            </label>
            <button class="button">{w.show}</button>
            <nav class="switch" aria-label=w.order>
                {in_order(false, w.newest)}
                {in_order(true, w.by_object)}
            </nav>
        </form>
    }
    .into_any()
}

/// A field of the form that takes one of several values.
fn choice(
    name: &'static str,
    label: &'static str,
    options: Vec<(String, String)>,
    chosen: &str,
) -> AnyView {
    let options = options
        .into_iter()
        .map(|(value, text)| {
            let selected = value == chosen;
            view! { <option value=value selected=selected>{text}</option> }
        })
        .collect_view();
    view! { <label class="field choice"><span>{label}</span><select name=name>{options}</select></label> }
        .into_any()
}

fn table(place: &Place, page: &EventsPage) -> AnyView {
    let w = EventsWords::of(lang());
    let now = page.head.now;
    // One scale for all rows and for the drawing above them.
    let scale = scale(page);
    let rows = page
        .series
        .iter()
        .map(|series| row(place, series, scale, now))
        .collect_view();
    let ends = scale.map(|(first, last)| {
        view! { <span>{clock::moment(first, now)}</span>" "<span>{w.time}</span>" "<span>{clock::moment(last, now)}</span> }
    });
    view! {
        <table class="happened">
            <thead>
                <tr>
                    <th scope="col" class="number">{w.last}</th>
                    <th scope="col">{w.event_type}</th>
                    <th scope="col">{w.event_reason}</th>
                    <th scope="col">{w.object}</th>
                    <th scope="col" class="number">{w.count}</th>
                    <th scope="col" class="scale">{ends}</th>
                    <th scope="col">{w.message}</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}

fn row(
    place: &Place,
    series: &EventSeries,
    scale: Option<(Timestamp, Timestamp)>,
    now: Timestamp,
) -> AnyView {
    let w = EventsWords::of(lang());
    let event = &series.event;
    let kind = if event.warning {
        view! { <SeverityMark tone=Tone::Warning word="Warning"/> }.into_any()
    } else {
        view! { <span class="quiet">"Normal"</span> }.into_any()
    };
    let last = event.last.map(|at| {
        let span = clock::span(clock::seconds_between(at, now), lang());
        view! { <time datetime=clock::machine(at) title=clock::date_and_clock(at)>{span}</time> }
    });
    let count = event.count.to_string();
    let more = series
        .throttled
        .then(|| view! { " "<small>{w.or_more}</small> });
    let throttled = series.throttled.then(|| {
        view! {
            <p class="throttled">
                <SeverityMark tone=Tone::Warning word=w.throttled/>" "{w.throttled_says}
            </p>
        }
    });
    let object = &series.object;
    let href = address::object(place, object, Tab::Overview);
    let kind_of_object = object.kind.clone();
    let name = if place.namespace.is_some() {
        object.name.clone()
    } else {
        object.path()
    };
    view! {
        <tr>
            <td class="number last">{last}</td>
            <td class="type">{kind}</td>
            <td class="reason"><strong>{event.reason.clone()}</strong></td>
            <td class="about"><a class="object" href=href data-row=""><i>{kind_of_object}" "</i>{name}</a></td>
            <td class="number count">{count}{more}</td>
            <td class="scale">{line(series, scale, now)}</td>
            <td class="message">{quoted(&event.message)}{throttled}</td>
        </tr>
    }
    .into_any()
}

/// No event is shown, and why.
fn empty(place: &Place, page: &EventsPage) -> AnyView {
    let w = EventsWords::of(lang());
    let s = StateWords::of(lang());
    if let Some(right) = page.lacks.clone() {
        return view! { <section class="words"><Denied rights=vec![right]/></section> }.into_any();
    }
    let is_chosen = page.ask
        != EventsAsk {
            by_object: page.ask.by_object,
            ..EventsAsk::default()
        };
    if is_chosen {
        let ask = &page.ask;
        let within = ask.within.map(w.last_minutes).unwrap_or_default();
        let kind = ask.warning.map(word_of_type).unwrap_or_default();
        let between = ask.between.map(|it| timeline::says(it, page.head.now));
        let between = between.unwrap_or_default();
        let words = [kind, &ask.reason, &ask.kind, &ask.find, &within, &between];
        let words: Vec<&str> = words.into_iter().filter(|it| !it.is_empty()).collect();
        let says = (w.no_match)(&format!("“{}”", words.join(w.comma)));
        let all = href(place, &EventsAsk::default());
        return view! {
            <section class="words">
                <p>{says}</p>
                <p class="buttons"><LinkButton href=all text=w.clear/></p>
            </section>
        }
        .into_any();
    }
    let named = match &place.namespace {
        Some(namespace) => (s.namespace)(namespace),
        None => page.head.cluster.clone(),
    };
    let says = (w.empty)(&named);
    view! { <section class="words"><h2>{says}</h2></section> }.into_any()
}

/// Which rows these are, the way to the others, and what is not among them.
fn foot(place: &Place, page: &EventsPage) -> AnyView {
    let w = EventsWords::of(lang());
    let from = page.ask.from;
    let to = from.saturating_add(page.series.len());
    let link = |from: usize, text: &'static str| {
        let ask = EventsAsk {
            from,
            ..page.ask.clone()
        };
        view! { <LinkButton href=href(place, &ask) text small=true/> }
    };
    let is_paged = from > 0 || to < page.matching;
    let pages = is_paged.then(|| {
        let first = from.saturating_add(1).min(page.matching);
        let says = (w.rows)(first, to.min(page.matching), page.matching);
        let back = from.min(page.matching.saturating_add(EventsAsk::ROWS));
        let previous = (from > 0).then(|| link(back.saturating_sub(EventsAsk::ROWS), w.previous));
        let next = (to < page.matching).then(|| link(to, w.next));
        view! { <p class="list-foot"><span>{says}</span>{previous}{next}</p> }
    });
    let lacks = page.lacks.clone().filter(|_| !page.series.is_empty());
    let lacks = lacks.map(|right| view! { <Denied rights=vec![right] what=w.some/> });
    let kept = page.kept_since.map(|since| {
        let now = page.head.now;
        // The cluster had those of the hour before when they were first read.
        let known = since.saturating_sub(SignedDuration::from_hours(1));
        let known = known.unwrap_or(since);
        view! { " "{(w.kept_since)(&clock::moment(since, now), &clock::moment(known, now))} }
    });
    let partial = (page.is_partial && page.lacks.is_none()).then(|| view! { " "{w.partial} });
    view! {
        {pages}
        <section class="row not-here">
            <h2 class="margin">{w.not_here}</h2>
            <div><p>{w.kept}{kept}{partial}</p>{lacks}</div>
        </section>
    }
    .into_any()
}
