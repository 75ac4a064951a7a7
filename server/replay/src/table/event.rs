//! Events, of both API groups: the newer one only renames fields.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    age,
    layout::{Layout, name, text, wide},
    words::or,
};
use crate::fields::Fields;

pub(super) static EVENTS: Layout = Layout {
    columns: &[
        text("Last Seen"),
        text("Type"),
        text("Reason"),
        text("Object"),
        wide("Subobject"),
        wide("Source"),
        text("Message"),
        wide("First Seen"),
        wide("Count"),
        wide("Name"),
    ],
    cells,
};

fn cells(event: &Value, now: Timestamp) -> Vec<Value> {
    let either = |core: &str, newer: &str| or(event.text(core), event.text(newer));
    let event_time = event.text("/eventTime");
    let first = or(
        &either("/firstTimestamp", "/deprecatedFirstTimestamp"),
        event_time,
    );
    let last = or(
        &either("/lastTimestamp", "/deprecatedLastTimestamp"),
        &first,
    );
    let (last, count) = if event.has("/series") {
        (
            event.text("/series/lastObservedTime").to_owned(),
            event.number("/series/count"),
        )
    } else {
        let count = event.number("/count").or(event.number("/deprecatedCount"));
        // A single event of the newer kind has no count.
        (last, count.filter(|c| *c != 0).or(Some(1)))
    };
    let kind = either("/involvedObject/kind", "/regarding/kind").to_lowercase();
    let object = match either("/involvedObject/name", "/regarding/name").as_str() {
        "" => kind,
        name => format!("{kind}/{name}"),
    };
    let component = or(
        &either("/source/component", "/deprecatedSource/component"),
        &either("/reportingComponent", "/reportingController"),
    );
    let instance = or(
        &either("/source/host", "/deprecatedSource/host"),
        event.text("/reportingInstance"),
    );
    let source = if instance.is_empty() {
        component
    } else {
        format!("{component}, {instance}")
    };
    vec![
        json!(age::since(&last, now)),
        json!(event.text("/type")),
        json!(event.text("/reason")),
        json!(object),
        json!(either("/involvedObject/fieldPath", "/regarding/fieldPath")),
        json!(source),
        json!(either("/message", "/note").trim()),
        json!(age::since(&first, now)),
        json!(count.unwrap_or(0)),
        name(event),
    ]
}
