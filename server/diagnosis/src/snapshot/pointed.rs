//! Which objects of kinds that nobody watches were pointed at, so that they can be read.
//!
//! As with what was [missed](super::misses): the methods of [`Snapshot`](super::Snapshot) say
//! it with [`point`], and who judges asks for it [`during`] some work.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use podside_model::ObjectRef;

thread_local! {
    /// Apart from the rest, as it is asked whenever an owner is looked for.
    static LISTENS: Cell<bool> = const { Cell::new(false) };
    static POINTED: RefCell<BTreeSet<ObjectRef>> = const { RefCell::new(BTreeSet::new()) };
}

/// Says that something points at an object. The namespace is that of what points: whether
/// the object has one may not be known.
pub(super) fn point(object: impl FnOnce() -> ObjectRef) {
    if LISTENS.get() {
        POINTED.with_borrow_mut(|pointed| pointed.insert(object()));
    }
}

/// Says it again of what was pointed at before.
pub(crate) fn replay(objects: &BTreeSet<ObjectRef>) {
    if LISTENS.get() {
        POINTED.with_borrow_mut(|pointed| pointed.extend(objects.iter().cloned()));
    }
}

/// Does some work and tells what it was pointed at, found or not. If somebody listens around
/// it, they hear that too.
pub(crate) fn during<T>(work: impl FnOnce() -> T) -> (T, BTreeSet<ObjectRef>) {
    /// Puts back what was there, also when the work panics.
    struct Outer {
        listened: bool,
        pointed: BTreeSet<ObjectRef>,
    }
    impl Drop for Outer {
        fn drop(&mut self) {
            LISTENS.set(self.listened);
            POINTED.replace(std::mem::take(&mut self.pointed));
        }
    }
    let outer = Outer {
        listened: LISTENS.replace(true),
        pointed: POINTED.take(),
    };
    let done = work();
    let pointed = POINTED.take();
    drop(outer);
    replay(&pointed);
    (done, pointed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rollout(name: &str) -> ObjectRef {
        ObjectRef::namespaced("Rollout", "shop", name).in_group("argoproj.io")
    }

    #[test]
    fn only_what_is_pointed_at_during_the_work_is_told() {
        point(|| rollout("before"));
        let ((), pointed) = during(|| {
            point(|| rollout("cart"));
            point(|| rollout("cart"));
        });
        assert_eq!(pointed, BTreeSet::from([rollout("cart")]));
        let ((), around) = during(|| assert!(during(|| point(|| rollout("web"))).1.len() == 1));
        assert_eq!(around, BTreeSet::from([rollout("web")]));
        let ((), pointed) = during(|| ());
        assert!(pointed.is_empty());
    }
}
