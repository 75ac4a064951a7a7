//! A snapshot as somebody sees it who may not list everything.

use std::collections::{BTreeMap, BTreeSet};

use podside_model::Why;

use super::{Reading, Snapshot, Table};
use crate::facts::{Kind, Str};

/// What of a cluster somebody may list. By default nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sees {
    /// In every namespace, and of what lies in none.
    pub everywhere: Readable,
    /// In single namespaces, beside that.
    pub namespaces: BTreeMap<Str, Readable>,
}

/// What may be read at one place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Readable {
    /// The kinds whose objects may be listed. [`Kind::Other`] stands for all that the facts
    /// do not know.
    pub kinds: BTreeSet<Kind>,
    /// Whether the logs of Pods may be read.
    pub logs: bool,
}

impl Sees {
    /// Whether the objects of a kind may be listed in a namespace; it is empty for what lies
    /// in none.
    pub fn may_list(&self, kind: Kind, namespace: &str) -> bool {
        self.at(namespace)
            .any(|readable| readable.kinds.contains(&kind))
    }

    /// Whether the logs of a namespace's Pods may be read.
    pub fn may_read_logs(&self, namespace: &str) -> bool {
        self.at(namespace).any(|readable| readable.logs)
    }

    /// Whether anything of a namespace may be listed.
    pub fn knows(&self, namespace: &str) -> bool {
        self.at(namespace)
            .any(|readable| !readable.kinds.is_empty())
    }

    fn at(&self, namespace: &str) -> impl Iterator<Item = &Readable> {
        let here = self
            .namespaces
            .get(namespace)
            .filter(|_| !namespace.is_empty());
        std::iter::once(&self.everywhere).chain(here)
    }

    /// How far a kind can be read by who sees this, of a table of all of it.
    fn readings<T>(&self, kind: Kind, whole: &Table<T>) -> Vec<(Option<Str>, Reading)> {
        if self.everywhere.kinds.contains(&kind) {
            let readings = whole.readings();
            return readings
                .map(|(namespace, reading)| (namespace.cloned(), reading))
                .collect();
        }
        let granted = self
            .namespaces
            .iter()
            .filter(|(_, readable)| readable.kinds.contains(&kind) && kind.is_namespaced())
            .map(|(namespace, _)| (Some(namespace.clone()), whole.reading(namespace)));
        std::iter::once((None, Reading::Unknown(Why::Denied)))
            .chain(granted)
            .collect()
    }

    /// What may be listed of a table.
    pub(super) fn cut<T>(&self, kind: Kind, whole: &Table<T>) -> Cut<T> {
        Cut {
            readings: self.readings(kind, whole),
            objects: whole.shared(|namespace| self.may_list(kind, namespace)),
        }
    }
}

/// What is left of a table.
pub(super) struct Cut<T> {
    /// How far the kind can be read.
    pub(super) readings: Vec<(Option<Str>, Reading)>,
    /// The objects that may be listed.
    pub(super) objects: Vec<std::sync::Arc<T>>,
}

impl Snapshot {
    /// The same snapshot with no more in it than somebody may list. What is left out is
    /// denied, so that a judgement of it says nothing that it would take more rights to
    /// know, and takes nothing for healthy that its reader may not see.
    #[must_use]
    pub fn cut(&self, sees: &Sees) -> Self {
        let mut cut = self.cut_tables(sees);
        let logs = self.logs.iter();
        cut.set_logs(
            logs.filter(|(of, _)| sees.may_read_logs(&of.namespace))
                .map(|(of, tail)| (of.clone(), tail.clone()))
                .collect(),
        );
        cut
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::judge;
    use crate::testing::check;

    /// Two namespaces with one broken Deployment each, whose Pods wait for images, and an
    /// Ingress in the first that leads to a Service of its own.
    const TWO: &str = "
kind: List
apiVersion: v1
items:
- {apiVersion: v1, kind: Namespace, metadata: {name: shop}}
- {apiVersion: v1, kind: Namespace, metadata: {name: vault}}
- {apiVersion: v1, kind: Node, metadata: {name: node-1}, status: {conditions: [{type: Ready, status: 'True'}]}}
- apiVersion: v1
  kind: Pod
  metadata: {name: cart, namespace: shop, uid: p1, creationTimestamp: '2026-01-01T11:00:00Z', labels: {app: cart}}
  spec: {nodeName: node-1, containers: [{name: app, image: 'registry.example/cart:v2'}]}
  status:
    phase: Pending
    containerStatuses: [{name: app, ready: false, restartCount: 0, image: 'registry.example/cart:v2', state: {waiting: {reason: ImagePullBackOff, message: 'Back-off pulling image: not found'}}}]
- apiVersion: v1
  kind: Pod
  metadata: {name: keys, namespace: vault, uid: p2, creationTimestamp: '2026-01-01T11:00:00Z'}
  spec: {nodeName: node-1, containers: [{name: app, image: 'registry.example/keys:v9'}]}
  status:
    phase: Pending
    containerStatuses: [{name: app, ready: false, restartCount: 0, image: 'registry.example/keys:v9', state: {waiting: {reason: ImagePullBackOff, message: 'Back-off pulling image: not found'}}}]
";

    fn all() -> Readable {
        Readable {
            kinds: Kind::ALL.iter().copied().chain([Kind::Other]).collect(),
            logs: true,
        }
    }

    fn only(namespace: &str) -> Sees {
        Sees {
            everywhere: Readable::default(),
            namespaces: BTreeMap::from([(Str::from(namespace), all())]),
        }
    }

    #[test]
    fn who_sees_all_judges_the_same() {
        let whole = check(TWO);
        let whole = whole.snapshot();
        let sees = Sees {
            everywhere: all(),
            namespaces: BTreeMap::new(),
        };
        assert_eq!(judge(&whole.cut(&sees)), judge(whole));
    }

    #[test]
    fn nothing_of_a_namespace_that_may_not_be_read_is_in_a_judgement() {
        let whole = check(TWO);
        let whole = whole.snapshot();
        let problems = judge(whole).diagnosis.problems;
        assert!(problems.iter().any(|it| it.subject.name == "keys"));
        let cut = whole.cut(&only("shop"));
        assert_eq!(cut.pods.len(), 1);
        assert!(cut.nodes.is_empty() && cut.namespaces.is_empty());
        assert_eq!(cut.pods.unreadable("shop"), None);
        assert_eq!(cut.pods.unreadable("vault"), Some(Why::Denied));
        assert_eq!(cut.nodes.unreadable(""), Some(Why::Denied));
        let judgement = judge(&cut);
        let names: Vec<_> = judgement
            .diagnosis
            .problems
            .iter()
            .map(|it| it.subject.name.as_str())
            .collect();
        assert_eq!(names, ["cart"]);
        let told = format!("{judgement:?}");
        assert!(!told.contains("vault") && !told.contains("keys"), "{told}");
    }

    #[test]
    fn by_default_one_sees_nothing_and_nothing_is_said_to_be_well() {
        let cut = check(TWO).snapshot().cut(&Sees::default());
        assert!(cut.looked_at().is_empty());
        let judged = judge(&cut).diagnosis;
        assert!(judged.problems.is_empty());
        let reading = |kind: &Kind| {
            cut.readings()
                .iter()
                .any(|(k, _, r)| k == kind && r.is_unknown())
        };
        assert!(Kind::ALL.iter().all(reading));
    }

    #[test]
    fn a_cluster_s_own_objects_are_none_of_a_namespace() {
        let sees = only("shop");
        assert!(sees.may_list(Kind::Pod, "shop") && !sees.may_list(Kind::Node, ""));
        assert!(sees.knows("shop") && !sees.knows("vault") && !sees.knows(""));
        assert!(sees.may_read_logs("shop") && !sees.may_read_logs("vault"));
    }
}
