use jiff::Timestamp;

use super::fields::Fields;
use super::kind_ref::KindRef;
use super::meta::Meta;
use super::sharing::Str;

/// An Event, read from either API group: core/v1 and events.k8s.io/v1 hold the same
/// objects under other field names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// `metadata`.
    pub meta: Meta,
    /// The object that it is about (`involvedObject` or `regarding`).
    pub about: About,
    /// `reason`.
    pub reason: Str,
    /// `message` or `note`.
    pub message: Str,
    /// Whether `type` is `Warning`.
    pub warning: bool,
    /// How often it was seen; at least 1.
    pub count: u32,
    /// When it was first seen.
    pub first: Option<Timestamp>,
    /// When it was last seen.
    pub last: Option<Timestamp>,
    /// Who reports it: `kubelet`, `default-scheduler`, ...
    pub reporter: Str,
}

/// The object that an Event is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct About {
    /// `kind`, in the group of `apiVersion`.
    pub kind: KindRef,
    /// `namespace`; empty for a cluster-scoped object.
    pub namespace: Str,
    /// `name`.
    pub name: Str,
    /// `uid`; empty when absent.
    pub uid: Str,
    /// `fieldPath`, such as `spec.containers{app}`; empty when absent.
    pub field_path: Str,
}

impl Event {
    pub(crate) fn read(object: Fields<'_>) -> Self {
        let meta = Meta::read_unnamed(object);
        let about = [object.at("involvedObject"), object.at("regarding")]
            .into_iter()
            .find(|o| o.exists())
            .unwrap_or_else(|| object.at("regarding"));
        let series = object.at("series");
        let first = ["firstTimestamp", "deprecatedFirstTimestamp", "eventTime"]
            .into_iter()
            .find_map(|key| object.time(key))
            .or(meta.created);
        Self {
            about: About {
                kind: KindRef::read(about),
                namespace: about.name("namespace"),
                name: about.name("name"),
                uid: about.name("uid"),
                field_path: about.name("fieldPath"),
            },
            reason: object.name("reason"),
            message: object
                .message("message")
                .or_else(|| object.message("note"))
                .unwrap_or_else(|| object.sharing().str("")),
            warning: object.raw("type") == Some("Warning"),
            count: series
                .count("count")
                .or_else(|| object.count("count"))
                .or_else(|| object.count("deprecatedCount"))
                .unwrap_or(1)
                .max(1),
            first,
            last: series
                .time("lastObservedTime")
                .or_else(|| object.time("lastTimestamp"))
                .or_else(|| object.time("deprecatedLastTimestamp"))
                .or_else(|| object.time("eventTime"))
                .or(first),
            reporter: ["reportingComponent", "reportingController"]
                .into_iter()
                .find_map(|key| object.filled(key))
                .or_else(|| object.at("source").filled("component"))
                .unwrap_or_else(|| object.at("deprecatedSource").name("component")),
            meta,
        }
    }

    /// What is said, without the note that client-go puts before the message when it counts
    /// events of one reason but of several wordings together.
    pub fn said(&self) -> &str {
        self.message
            .strip_prefix("(combined from similar events): ")
            .unwrap_or(&self.message)
    }

    /// The container that it is about, from `spec.containers{NAME}` and its likes.
    pub fn container(&self) -> Option<&str> {
        let (_, rest) = self.about.field_path.split_once('{')?;
        rest.strip_suffix('}')
    }
}
