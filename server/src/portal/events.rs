//! What the cluster says of its objects, as `kubectl events` has it: those that say the
//! same of one object as one row.

mod times;

use std::collections::HashMap;

use jiff::{SignedDuration, Timestamp};
use podside_app::{Place, PortalError};
use podside_diagnosis::facts::Event;
use podside_diagnosis::kubectl;
use podside_diagnosis::snapshot::{Reading, Snapshot};
use podside_model::view::{EventRow, EventSeries, EventsAsk, EventsPage};
use podside_model::{MissingRight, ObjectRef, Why};
use podside_redact::hide;

use self::times::{Seen, histogram, ticks};
use crate::bounds::{Text, bounded};
use crate::session::Session;

/// How many events the kubelet sends of one object before it sends one in five minutes
/// (`k8s.io/client-go/tools/events`, the spam filter's burst).
const BURST: u64 = 25;

pub(super) async fn events(
    session: &Session,
    place: &Place,
    ask: &EventsAsk,
) -> Result<EventsPage, PortalError> {
    let lang = session.lang();
    bounded(lang, Text::Target, &ask.kind)?;
    for text in [&ask.reason, &ask.find] {
        bounded(lang, Text::Find, text)?;
    }
    let seen = session.look(place).await?;
    let Some(sight) = &seen.sight else {
        return Err(PortalError::Unavailable {
            what: super::resource::not_live(&seen.head.liveness),
        });
    };
    let namespace = place.namespace.as_deref();
    if let Some(namespace) = namespace {
        super::triage::exists(&sight.snapshot, namespace, lang)?;
    }
    let reading = sight.snapshot.events.reading(namespace.unwrap_or_default());
    let cluster = seen.head.cluster.clone();
    let of_place = of_place(&sight.snapshot, namespace, |object| {
        session.may_see(&cluster, object)
    });
    let now = seen.head.now;
    let mut page = EventsPage {
        ask: ask.clone(),
        command: kubectl::all_events(namespace, ask.warning.map(kubectl_type)),
        lacks: (reading == Reading::Unknown(Why::Denied)).then(|| MissingRight {
            verb: "list".to_owned(),
            group: String::new(),
            resource: "events".to_owned(),
            namespace: place.namespace.clone(),
        }),
        is_partial: reading != Reading::Known,
        series: Vec::new(),
        matching: 0,
        events: 0,
        of_types: (0, 0),
        reasons: counted(&of_place, |found| found.series.event.reason.clone()),
        kinds: counted(&of_place, |found| {
            found.series.object.kind_in_group().into_owned()
        }),
        histogram: None,
        kept_since: sight.events_since,
        first: None,
        last: None,
        head: seen.head,
    };
    let mut found = of_place;
    found.retain(|it| matches(&it.series, ask, now));
    let is_of_type = |it: &Found| {
        ask.warning
            .is_none_or(|wanted| it.series.event.warning == wanted)
    };
    let of_type = found.iter().filter(|it| is_of_type(it));
    page.histogram = histogram(of_type.flat_map(|it| &it.seen));
    if let Some(between) = ask.between {
        found.retain(|it| it.seen.iter().any(|seen| seen.is_within(between)));
    }
    let warnings = found.iter().filter(|it| it.series.event.warning).count();
    page.of_types = (found.len(), warnings);
    found.retain(is_of_type);
    let mut found: Vec<EventSeries> = found.into_iter().map(|it| it.series).collect();
    page.matching = found.len();
    page.events = found
        .iter()
        .map(|series| u64::from(series.event.count))
        .sum();
    page.first = found.iter().filter_map(|series| series.event.first).min();
    page.last = found.iter().filter_map(|series| series.event.last).max();
    // Newest first; the sort keeps those of one object in that order.
    found.sort_by_key(|series| std::cmp::Reverse(series.event.last));
    if ask.by_object {
        found.sort_by(|one, other| one.object.cmp(&other.object));
    }
    page.series = found
        .into_iter()
        .skip(ask.from)
        .take(EventsAsk::ROWS)
        .collect();
    Ok(page)
}

const fn kubectl_type(warning: bool) -> &'static str {
    if warning { "Warning" } else { "Normal" }
}

/// What the events of one series have in common: what they are about, whether they warn, the
/// reason and the message.
type Key<'a> = (ObjectRef, bool, &'a str, &'a str);

/// A series of events, and when each of them was seen.
struct Found {
    series: EventSeries,
    seen: Vec<Seen>,
}

/// The series of events of a place, without those about what one may not see.
fn of_place(
    snapshot: &Snapshot,
    namespace: Option<&str>,
    may_see: impl Fn(&ObjectRef) -> bool,
) -> Vec<Found> {
    let events: Box<dyn Iterator<Item = &Event>> = match namespace {
        Some(namespace) => Box::new(snapshot.events.in_namespace(namespace)),
        None => Box::new(snapshot.events.iter()),
    };
    let mut sent: HashMap<(ObjectRef, &str), u64> = HashMap::new();
    let mut series: HashMap<Key<'_>, (EventRow, &str, Vec<Seen>)> = HashMap::new();
    for event in events {
        let about = &event.about;
        let object = about.kind.object(&about.namespace, &about.name);
        if !may_see(&object) {
            continue;
        }
        *sent.entry((object.clone(), &*event.reporter)).or_default() += u64::from(event.count);
        let key = (object, event.warning, &*event.reason, event.said());
        let (row, _, seen) = series.entry(key).or_insert_with(|| {
            let row = EventRow {
                warning: event.warning,
                reason: hide(&event.reason).into_owned(),
                message: hide(event.said()).into_owned(),
                count: 0,
                first: event.first,
                last: event.last,
            };
            (row, &*event.reporter, Vec::new())
        });
        seen.extend(Seen::of(event));
        row.count = row.count.saturating_add(event.count);
        row.first = row.first.into_iter().chain(event.first).min();
        row.last = row.last.into_iter().chain(event.last).max();
    }
    let mut all: Vec<Found> = series
        .into_iter()
        .map(|((object, ..), (event, reporter, seen))| {
            let of_object = sent.get(&(object.clone(), reporter)).copied();
            // What its sender says often it leaves out first.
            let throttled = reporter == "kubelet"
                && event.count > 1
                && of_object.is_some_and(|sent| sent > BURST);
            let series = EventSeries {
                object,
                event,
                ticks: ticks(&seen),
                throttled,
            };
            Found { series, seen }
        })
        .collect();
    all.sort_by(|one, other| {
        let key = |Found { series, .. }: &Found| {
            (
                series.object.clone(),
                series.event.reason.clone(),
                series.event.message.clone(),
            )
        };
        key(one).cmp(&key(other))
    });
    all
}

/// Whether a series is asked for, whatever its type is.
fn matches(series: &EventSeries, ask: &EventsAsk, now: Timestamp) -> bool {
    let is_of = |asked: &str, has: &str| asked.is_empty() || asked == has;
    let since = ask
        .within
        .map(|minutes| now.saturating_sub(SignedDuration::from_mins(minutes.into())));
    let is_recent = match since {
        Some(Ok(since)) => series.event.last.is_some_and(|last| last >= since),
        _ => true,
    };
    let find = ask.find.to_lowercase();
    let mut words = find.split_whitespace();
    let object = series.object.to_string().to_lowercase();
    let message = series.event.message.to_lowercase();
    let reason = series.event.reason.to_lowercase();
    is_of(&ask.reason, &series.event.reason)
        && is_of(&ask.kind, &series.object.kind_in_group())
        && is_recent
        && words.all(|word| {
            [&object, &message, &reason]
                .iter()
                .any(|text| text.contains(word))
        })
}

/// How many series there are of each, the most first.
fn counted(series: &[Found], of: impl Fn(&Found) -> String) -> Vec<(String, usize)> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for each in series {
        *counts.entry(of(each)).or_default() += 1;
    }
    let mut counts: Vec<(String, usize)> = counts.into_iter().collect();
    counts.sort_by(|(one, most), (other, many)| many.cmp(most).then_with(|| one.cmp(other)));
    counts
}
