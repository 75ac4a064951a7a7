//! The events of one Pod as client-go's recorder lets them through: like ones are counted
//! together, 25 pass at once and then one in five minutes, and after an hour without a
//! repetition they expire
//! (<https://pkg.go.dev/k8s.io/client-go/tools/record#EventCorrelator>).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::at;

const BURST: i64 = 25;
const REFILL_SECONDS: i64 = 300;
const LIFE_SECONDS: i64 = 3600;

/// When an event came first and last, and how often.
struct Counted {
    warning: bool,
    first: i64,
    last: i64,
    count: i64,
}

#[derive(Default)]
pub(crate) struct Recorder {
    spent: i64,
    since: i64,
    events: BTreeMap<(&'static str, String, bool), Counted>,
}

impl Recorder {
    /// Something happened to the Pod, or to its container.
    pub(crate) fn event(
        &mut self,
        second: i64,
        reason: &'static str,
        message: &str,
        of_container: bool,
    ) {
        let refilled = (second - self.since) / REFILL_SECONDS;
        self.since += refilled * REFILL_SECONDS;
        self.spent = (self.spent - refilled).max(0);
        if self.spent >= BURST {
            return;
        }
        self.spent += 1;
        let key = (reason, message.to_owned(), of_container);
        let counted = self.events.entry(key).or_insert(Counted {
            warning: !matches!(
                reason,
                "Pulled" | "Created" | "Started" | "Killing" | "Scheduled"
            ),
            first: second,
            last: second,
            count: 0,
        });
        counted.last = second;
        counted.count += 1;
    }

    /// The events that the API server has at a moment.
    pub(crate) fn objects(&mut self, second: i64) -> Vec<Value> {
        self.events
            .retain(|_, counted| counted.last + LIFE_SECONDS > second);
        let object = |(nth, ((reason, message, of_container), counted)): (
            usize,
            (&(&str, String, bool), &Counted),
        )| {
            let field = if *of_container {
                "spec.containers{app}"
            } else {
                ""
            };
            json!({
                "apiVersion": "v1",
                "kind": "Event",
                "metadata": {"name": format!("web.{nth}.{reason}"), "namespace": "shop"},
                "involvedObject": {"kind": "Pod", "namespace": "shop", "name": "web", "uid": "p", "fieldPath": field},
                "reason": reason,
                "message": message,
                "type": if counted.warning { "Warning" } else { "Normal" },
                "count": counted.count,
                "firstTimestamp": at(counted.first).to_string(),
                "lastTimestamp": at(counted.last).to_string(),
            })
        };
        self.events.iter().enumerate().map(object).collect()
    }
}
