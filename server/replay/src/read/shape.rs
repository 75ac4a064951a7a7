//! What is read of an object without parsing the rest: what it is, and when the cluster last
//! wrote into it.

use std::borrow::Cow;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// The fields of an object that are looked at.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Shape<'a> {
    #[serde(borrow)]
    api_version: Option<Text<'a>>,
    #[serde(borrow)]
    kind: Option<Text<'a>>,
    #[serde(borrow)]
    metadata: Metadata<'a>,
    #[serde(borrow)]
    first_timestamp: Option<Text<'a>>,
    #[serde(borrow)]
    last_timestamp: Option<Text<'a>>,
    #[serde(borrow)]
    event_time: Option<Text<'a>>,
    #[serde(borrow, default)]
    status: Maybe<Status<'a>>,
}

#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata<'a> {
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    namespace: Option<Text<'a>>,
    #[serde(borrow)]
    resource_version: Option<Text<'a>>,
    #[serde(borrow)]
    creation_timestamp: Option<Text<'a>>,
    #[serde(borrow)]
    managed_fields: Option<Vec<ManagedFields<'a>>>,
}

#[derive(Deserialize)]
struct ManagedFields<'a> {
    #[serde(borrow)]
    time: Option<Text<'a>>,
}

/// What it is of is left out where it has another form, as kinds of others have.
#[derive(Default)]
struct Maybe<T>(Option<T>);

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status<'a> {
    #[serde(borrow)]
    start_time: Option<Text<'a>>,
    #[serde(borrow)]
    completion_time: Option<Text<'a>>,
    #[serde(borrow)]
    conditions: Option<Vec<Condition<'a>>>,
    #[serde(borrow)]
    container_statuses: Option<Vec<Container<'a>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Condition<'a> {
    #[serde(borrow)]
    last_heartbeat_time: Option<Text<'a>>,
    #[serde(borrow)]
    last_transition_time: Option<Text<'a>>,
    #[serde(borrow)]
    last_probe_time: Option<Text<'a>>,
}

#[derive(Deserialize)]
struct Container<'a> {
    #[serde(borrow)]
    state: Option<State<'a>>,
}

#[derive(Deserialize)]
struct State<'a> {
    #[serde(borrow)]
    running: Option<Running<'a>>,
    #[serde(borrow)]
    terminated: Option<Terminated<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Running<'a> {
    #[serde(borrow)]
    started_at: Option<Text<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Terminated<'a> {
    #[serde(borrow)]
    finished_at: Option<Text<'a>>,
}

impl<'de: 'a, 'a, T: Deserialize<'a>> Deserialize<'de> for Maybe<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&'de RawValue>::deserialize(deserializer)?;
        Ok(Self(serde_json::from_str(raw.get()).ok()))
    }
}

impl<'a> Shape<'a> {
    /// Reads an object's text.
    ///
    /// # Errors
    /// When a field is twice there, or is not what the API says.
    pub(super) fn read(text: &'a str) -> serde_json::Result<Self> {
        serde_json::from_str(text)
    }

    /// `apiVersion`, `kind`, namespace and name; empty where it says none.
    pub(super) fn parts(&self) -> [&str; 4] {
        [
            text(self.api_version.as_ref()),
            text(self.kind.as_ref()),
            text(self.metadata.namespace.as_ref()),
            &self.metadata.name.0,
        ]
    }

    /// `metadata.resourceVersion` as a number; 0 where it is none.
    pub(super) fn revision(&self) -> u64 {
        let version = text(self.metadata.resource_version.as_ref());
        version.parse().unwrap_or(0)
    }

    /// The latest time that the API server or a controller wrote into it as the current one.
    /// Fields that may lie in the future (expiry, deadlines) do not count.
    pub(super) fn latest(&self) -> Option<Timestamp> {
        let metadata = &self.metadata;
        let own = [
            &metadata.creation_timestamp,
            &self.first_timestamp,
            &self.last_timestamp,
            &self.event_time,
        ];
        let managed = metadata.managed_fields.iter().flatten();
        let managed = managed.map(|it| &it.time);
        let of_status = self.status.0.iter().flat_map(Status::times);
        let all = own.into_iter().chain(managed).chain(of_status);
        all.flatten().filter_map(|it| it.0.parse().ok()).max()
    }
}

impl<'a> Status<'a> {
    fn times(&self) -> impl Iterator<Item = &Option<Text<'a>>> {
        let conditions = self.conditions.iter().flatten();
        let conditions = conditions.flat_map(|it| {
            [
                &it.last_heartbeat_time,
                &it.last_transition_time,
                &it.last_probe_time,
            ]
        });
        let containers = self.container_statuses.iter().flatten();
        let states = containers.filter_map(|it| it.state.as_ref());
        let states = states.flat_map(|state| {
            let running = state.running.as_ref().map(|it| &it.started_at);
            let terminated = state.terminated.as_ref().map(|it| &it.finished_at);
            running.into_iter().chain(terminated)
        });
        [&self.start_time, &self.completion_time]
            .into_iter()
            .chain(conditions)
            .chain(states)
    }
}

fn text<'t>(text: Option<&'t Text<'_>>) -> &'t str {
    text.map_or("", |it| &it.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_time_that_the_cluster_wrote_is_told() {
        for (object, second) in [
            (
                r#"{"metadata":{"name":"a","creationTimestamp":"2026-01-01T00:00:01Z"}}"#,
                1,
            ),
            (
                r#"{"metadata":{"name":"a","managedFields":[{"time":"2026-01-01T00:00:02Z"},{}]}}"#,
                2,
            ),
            (
                r#"{"metadata":{"name":"a"},"eventTime":null,"lastTimestamp":"2026-01-01T00:00:03Z"}"#,
                3,
            ),
            (
                r#"{"metadata":{"name":"a"},"status":{"startTime":"2026-01-01T00:00:04Z","conditions":null}}"#,
                4,
            ),
            (
                r#"{"metadata":{"name":"a"},"status":{"conditions":[{"lastTransitionTime":"2026-01-01T00:00:04Z"},
                    {"lastProbeTime":null,"lastHeartbeatTime":"2026-01-01T00:00:05Z"}]}}"#,
                5,
            ),
            (
                r#"{"metadata":{"name":"a"},"status":{"containerStatuses":[{"state":{"running":{"startedAt":"2026-01-01T00:00:05Z"}}},
                    {"state":{"terminated":{"finishedAt":"2026-01-01T00:00:06Z"}}}]}}"#,
                6,
            ),
            // A status of another form, a deadline, what is no time.
            (
                r#"{"metadata":{"name":"a","creationTimestamp":"2026-01-01T00:00:07Z"},"status":{"conditions":{"a":"2026-01-01T00:00:59Z"}},
                    "spec":{"until":"2026-01-01T00:00:59Z"},"eventTime":"soon"}"#,
                7,
            ),
        ] {
            let wanted: Timestamp = format!("2026-01-01T00:00:0{second}Z").parse().unwrap();
            assert_eq!(
                Shape::read(object).unwrap().latest(),
                Some(wanted),
                "{object}"
            );
        }
        assert_eq!(
            Shape::read(r#"{"metadata":{"name":"a"}}"#)
                .unwrap()
                .latest(),
            None
        );
        assert!(Shape::read(r#"{"metadata":{"name":"a"},"metadata":{"name":"b"}}"#).is_err());
    }
}
