//! How Podside marks what it creates, so that it is found again and taken away.

use std::time::Duration;

use jiff::Timestamp;
use podside_diagnosis::facts::clean::{SHORT, clean};
use serde_json::{Map, Value, json};

/// The label of everything that Podside creates
/// (<https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/>).
pub const MANAGED_BY: (&str, &str) = ("app.kubernetes.io/managed-by", "podside");

/// The annotation with who had it created.
const OWNER: &str = "podside/owner";
/// The annotation with the investigation that it is of.
const INVESTIGATION: &str = "podside/investigation";
/// The annotation with the time at which it is taken away.
const DEADLINE: &str = "podside/deadline";

/// For whom and until when something was created. In the cluster it stands in annotations,
/// which whoever may change the object can change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Who had it created.
    pub owner: String,
    /// The investigation that it is of; empty for none.
    pub investigation: String,
    /// When it is taken away.
    pub deadline: Timestamp,
}

impl Mark {
    /// `metadata` of an object that is marked.
    pub(super) fn metadata(&self, namespace: &str, name: &str) -> Value {
        let (label, podside) = MANAGED_BY;
        json!({
            "name": name,
            "namespace": namespace,
            "labels": {label: podside},
            "annotations": {
                OWNER: self.owner,
                INVESTIGATION: self.investigation,
                DEADLINE: self.deadline.to_string(),
            },
        })
    }

    /// The mark that stands in the annotations of an object; `None` where it is not whole.
    pub(super) fn read(object: &Value) -> Option<Self> {
        let annotations: &Map<String, Value> =
            object.pointer("/metadata/annotations")?.as_object()?;
        let text = |name: &str| {
            let value = annotations.get(name)?.as_str()?;
            Some(clean(value, SHORT).into_owned())
        };
        Some(Self {
            owner: text(OWNER)?,
            investigation: text(INVESTIGATION)?,
            deadline: text(DEADLINE)?.parse().ok()?,
        })
    }
}

/// How long there is from `now` until a deadline.
pub fn until(deadline: Timestamp, now: Timestamp) -> Duration {
    deadline.duration_since(now).try_into().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_is_read_as_it_was_written() {
        let mark = Mark {
            owner: "alice".to_owned(),
            investigation: "i-7".to_owned(),
            deadline: "2026-11-20T21:00:00Z".parse().unwrap(),
        };
        let mut object = json!({"metadata": mark.metadata("shop", "podside-x")});
        assert_eq!(Mark::read(&object), Some(mark));
        assert_eq!(
            object["metadata"]["labels"],
            json!({"app.kubernetes.io/managed-by": "podside"})
        );
        object["metadata"]["annotations"][OWNER] = "a\u{1b}[2Jb".into();
        assert_eq!(Mark::read(&object).unwrap().owner, "ab");
        object["metadata"]["annotations"][DEADLINE] = "soon".into();
        assert_eq!(Mark::read(&object), None);
    }

    #[test]
    fn a_deadline_that_has_passed_leaves_no_time() {
        let at = |text: &str| text.parse().unwrap();
        let now = at("2026-11-20T21:00:00Z");
        assert_eq!(
            until(at("2026-11-20T21:01:00Z"), now),
            Duration::from_mins(1)
        );
        assert_eq!(until(at("2026-11-20T20:00:00Z"), now), Duration::ZERO);
    }
}
