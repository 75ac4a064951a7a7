//! Which object of a kind without facts of its own an event is about.
//!
//! Who owns what is broken is [pointed at](super::pointed) while it is judged. What the
//! cluster warns of is heard here: so that one can tell how such an object is, it is worth a
//! request. Finalizers and conditions name the kinds and the controllers that they wait for,
//! and no objects.

use podside_model::ObjectRef;

use crate::facts::Event;

/// The object that a warning is about, when nobody watches its kind.
pub(crate) fn warned_of(event: &Event) -> Option<ObjectRef> {
    let about = &event.about;
    let is_unwatched = event.warning
        && !about.name.is_empty()
        && !about.kind.name.is_empty()
        && about.kind.known().is_none();
    is_unwatched.then(|| about.kind.object(&about.namespace, &about.name))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::facts::{Fact, Sharing, from_object};

    #[test]
    fn what_the_cluster_warns_of_and_nobody_watches_is_pointed_at() {
        let of = |kind: &str, api_version: &str, name: &str, of_type: &str| {
            let event = json!({"apiVersion": "v1", "kind": "Event", "type": of_type, "reason": "Odd",
                "metadata": {"name": "e", "namespace": "shop"}, "message": "m",
                "involvedObject": {"apiVersion": api_version, "kind": kind, "namespace": "shop", "name": name}});
            let Some(Fact::Event(event)) = from_object(&event, &Sharing::default()) else {
                panic!("no event");
            };
            warned_of(&event).map(|object| object.to_string())
        };
        assert_eq!(
            of("Rollout", "argoproj.io/v1", "web", "Warning").as_deref(),
            Some("Rollout.argoproj.io shop/web")
        );
        assert_eq!(
            of("Certificate", "cert-manager.io/v1", "well", "Normal"),
            None
        );
        assert_eq!(of("Pod", "v1", "web-1", "Warning"), None);
        assert_eq!(of("", "", "nobody", "Warning"), None);
        assert_eq!(of("Rollout", "argoproj.io/v1", "", "Warning"), None);
    }
}
