use podside_app::PortalError;
use podside_model::view::{
    ChartHead, EventHistogram, EventRow, EventSeries, EventsAsk, EventsPage, Tick,
};
use podside_model::{Lang, MissingRight, ObjectRef};

use crate::fixture::{Answers, at};
use crate::render::{Rendered, render};

/// What the one cluster says of its objects.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Happened {
    /// A warning that was sent often, and something normal.
    #[default]
    Some,
    /// Nothing.
    Nothing,
    /// The right is missing.
    Denied,
    /// Some, and the right to the others is missing.
    SomeDenied,
}

fn series() -> Vec<EventSeries> {
    vec![
        EventSeries {
            object: ObjectRef::namespaced("Pod", "orders", "worker-1"),
            event: EventRow {
                warning: true,
                reason: "BackOff".to_owned(),
                message: "Back-off restarting <b>failed</b> container".to_owned(),
                count: 26,
                first: Some(at("20:20:59")),
                last: Some(at("20:28:57")),
            },
            ticks: ["20:20:59", "20:25:00", "20:28:57"]
                .map(|it| Tick(at(it)))
                .into(),
            throttled: true,
        },
        EventSeries {
            object: ObjectRef::namespaced("Rollout", "orders", "worker").in_group("argoproj.io"),
            event: EventRow {
                warning: false,
                reason: "ScalingReplicaSet".to_owned(),
                message: "Scaled up".to_owned(),
                count: 1,
                first: Some(at("20:18:59")),
                last: Some(at("20:18:59")),
            },
            ticks: vec![Tick(at("20:18:59"))],
            throttled: false,
        },
    ]
}

pub(crate) fn happened(head: ChartHead, ask: &EventsAsk, happened: Happened) -> EventsPage {
    let is_empty = matches!(happened, Happened::Nothing | Happened::Denied);
    let lacks = MissingRight {
        verb: "list".to_owned(),
        group: String::new(),
        resource: "events".to_owned(),
        namespace: head.namespace.clone(),
    };
    let is_denied = matches!(happened, Happened::Denied | Happened::SomeDenied);
    EventsPage {
        head,
        ask: ask.clone(),
        command: "kubectl -n orders events".to_owned(),
        lacks: is_denied.then_some(lacks),
        is_partial: is_denied,
        series: if is_empty { Vec::new() } else { series() },
        matching: if is_empty { 0 } else { 151 },
        events: 27,
        of_types: (151, 1),
        reasons: vec![
            ("BackOff".to_owned(), 1),
            ("ScalingReplicaSet".to_owned(), 1),
        ],
        kinds: vec![("Pod".to_owned(), 1), ("Rollout.argoproj.io".to_owned(), 1)],
        histogram: (!is_empty).then(|| EventHistogram {
            start: at("20:18:50"),
            step: 10,
            counts: (0..61)
                .map(|it| if it == 0 || it == 60 { 1 } else { it % 3 })
                .collect(),
        }),
        kept_since: Some(at("20:10:00")),
        first: (!is_empty).then(|| at("20:18:59")),
        last: (!is_empty).then(|| at("20:28:57")),
    }
}

async fn page(happened: Happened, address: &str, lang: Lang) -> Rendered {
    let answers = Answers {
        happened,
        ..Answers::default()
    };
    render(
        &format!("events-{happened:?}-{lang:?}"),
        address,
        lang,
        answers,
    )
    .await
}

#[tokio::test]
async fn a_series_is_one_row_that_leads_to_its_object() {
    let page = page(Happened::Some, "/events?namespace=orders", Lang::En).await;
    assert_eq!(page.status, 200);
    page.says("Events in orders")
        .says("27 events in 151 series")
        .says("kubectl -n orders events")
        .says("Warning 1")
        .says("Normal 150")
        .says("Back-off restarting <b>failed</b> container")
        .says("or more")
        .says("The kubelet sends 25 for one object")
        .says("Rows 1 to 2 of 151.")
        .says("The cluster keeps events for an hour")
        .has("href=\"/objects/Pod/orders/worker-1?namespace=orders\"")
        .has("href=\"/objects/Rollout.argoproj.io/orders/worker?namespace=orders\"")
        .has("aria-label=\"from 20:20:59 to 20:28:57\"")
        .has("aria-label=\"once, at 20:18:59\"")
        .says("events per 10 s, most 2")
        .says("nothing is missing from 19:10:00 on")
        .has("aria-label=\"1 event, 20:18:50 to 20:19:00\"")
        .has("href=\"/events?namespace=orders&amp;type=Warning\"")
        .has("href=\"/events?namespace=orders&amp;order=object\"")
        .has("href=\"/events?cluster=practice&amp;namespace=shop\"");
}

#[tokio::test]
async fn what_is_asked_for_travels_along_and_stays_chosen() {
    let address = "/events?type=Warning&reason=BackOff&kind=Pod&find=cart&within=15&order=object";
    let page = page(Happened::Some, address, Lang::Ja).await;
    page.says("イベント 27 件（151 系列）")
        .says("直近 15 分")
        .says("間引き")
        .has("<option value=\"BackOff\" selected>")
        .has("<option value=\"15\" selected>")
        .has("name=\"find\" value=\"cart\"")
        .has("name=\"order\" value=\"object\"")
        .has("href=\"/events?type=Normal&amp;reason=BackOff&amp;kind=Pod&amp;find=cart&amp;within=15&amp;order=object\"");
}

#[tokio::test]
async fn that_there_is_none_is_said_with_what_hides_it() {
    page(Happened::Nothing, "/events?namespace=orders", Lang::En)
        .await
        .says("There are no events in namespace orders.");
    page(Happened::Nothing, "/events?reason=Gone&within=60", Lang::En)
        .await
        .says("No event matches “Gone, last 1 h”.")
        .says("Clear filter")
        .has("href=\"/events\"");
}

#[tokio::test]
async fn a_missing_right_is_told_beside_what_can_be_read() {
    let none = page(Happened::Denied, "/events?namespace=orders", Lang::En).await;
    none.says("You may not list events in namespace orders.")
        .says("kind: Role");
    let some = page(Happened::SomeDenied, "/events", Lang::En).await;
    some.says("Some events may not be listed.").says("BackOff");
    let failing = Answers::failing(PortalError::Unavailable {
        what: "no answer".to_owned(),
    });
    let page = render("events-failing", "/events", Lang::En, failing).await;
    assert_eq!(page.status, 503);
}

#[tokio::test]
async fn a_bar_chooses_its_time_and_another_one_widens_it() {
    let base = at("20:18:50").as_second();
    let all = page(Happened::Some, "/events?namespace=orders", Lang::En).await;
    let own = format!("since={base}&amp;until={}", base + 10);
    all.has(&format!("href=\"/events?namespace=orders&amp;{own}\""));
    let address = format!("/events?namespace=orders&since={base}&until={}", base + 10);
    let chosen = page(Happened::Some, &address, Lang::En).await;
    let wider = format!("since={base}&amp;until={}", base + 30);
    chosen
        .says("Only 20:18:50 to 20:19:00.")
        .has(&format!("href=\"/events?namespace=orders&amp;{wider}\""))
        .has(&format!("name=\"since\" value=\"{base}\""))
        .has("href=\"/events?namespace=orders\"");
    let none = page(Happened::Nothing, &address, Lang::Ja).await;
    none.says("20:18:50 から 20:19:00");
}
