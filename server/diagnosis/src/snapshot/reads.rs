//! What was read of a snapshot, so that what was concluded from it is concluded anew
//! exactly when that changes.
//!
//! The methods of [`Snapshot`](super::Snapshot) and [`Table`](super::Table) say what they
//! read with [`note`]. Nobody listens unless a judge that means to come back does: then
//! [`record`] gathers it for the thread. A rule needs not know of it and cannot forget it,
//! as what a snapshot holds is reached through those methods only.
//!
//! What was read is kept as a hash of eight bytes. Two things with the same hash cost an
//! evaluation that was not needed, never one that is missed.

use std::cell::{Cell, RefCell};
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::facts::Kind;

/// One thing that can be read of a snapshot and that can change.
#[derive(Clone, Copy, Debug, Hash)]
pub(crate) enum Key<'a> {
    /// The object of that kind, namespace and name, or that there is none.
    Object(Kind, &'a str, &'a str),
    /// All objects of a kind in a namespace.
    Within(Kind, &'a str),
    /// All objects of a kind.
    All(Kind),
    /// How far a kind could be read.
    Reading(Kind),
    /// How far all kinds could be read.
    Readings,
    /// Which object has that uid, and who owns it.
    Uid(&'a str),
    /// What the owner of that uid manages.
    Owned(&'a str),
    /// The Pods on a node.
    OnNode(&'a str),
    /// The Pods on any node that keep others away.
    KeepingAway,
    /// What the Pods on any node have been promised.
    Used,
    /// The Pods of a namespace that carry a label: its key and value.
    Labelled(&'a str, &'a str, &'a str),
    /// The sets of labels that Pods of a namespace carry.
    LabelSets(&'a str),
    /// The events about a name in a namespace.
    About(&'a str, &'a str),
    /// The objects of a kind that lead to a Service or on from it, by its namespace and
    /// name.
    Around(Kind, &'a str, &'a str),
    /// Which namespaces have an object of that kind and name.
    Namesakes(Kind, &'a str),
    /// The Services of a namespace whose selector begins with that value.
    Selecting(&'a str, &'a str),
    /// A log: namespace, Pod, container, whether of the previous run.
    Log(&'a str, &'a str, &'a str, bool),
    /// The version of the API server.
    Version,
    /// The broken workloads that name a Service, by its namespace and name.
    Clients(&'a str, &'a str),
}

impl Key<'_> {
    pub(crate) fn hashed(self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.hash(&mut hasher);
        hasher.finish()
    }
}

/// What was read, and between which moments it reads the same while nothing else changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reads {
    /// The hashes of the keys; in order, each once, when they come from [`record`].
    pub(crate) keys: Vec<u64>,
    /// The first second, of the Unix epoch, at which it reads so.
    pub(crate) from: i64,
    /// The first second at which it reads so no more. Not above `from` when it may read
    /// otherwise at any other moment.
    pub(crate) until: i64,
}

impl Reads {
    const NOTHING: Self = Self {
        keys: Vec::new(),
        from: i64::MIN,
        until: i64::MAX,
    };

    /// Whether the moment at which it was read matters at all.
    pub(crate) const fn tells_time(&self) -> bool {
        self.from != i64::MIN || self.until != i64::MAX
    }
}

thread_local! {
    /// Apart from the recorder, as it is asked at every read and has no destructor.
    static LISTENS: Cell<bool> = const { Cell::new(false) };
    static HEARD: RefCell<Reads> = const { RefCell::new(Reads::NOTHING) };
}

/// Does some work and tells what it read. Within a recording the outer one hears it too.
pub(crate) fn record<T>(work: impl FnOnce() -> T) -> (T, Reads) {
    /// Puts back what was there, also when the work panics.
    struct Outer {
        listened: bool,
        heard: Reads,
    }
    impl Drop for Outer {
        fn drop(&mut self) {
            LISTENS.set(self.listened);
            HEARD.replace(std::mem::replace(&mut self.heard, Reads::NOTHING));
        }
    }
    let outer = Outer {
        listened: LISTENS.replace(true),
        heard: HEARD.replace(Reads::NOTHING),
    };
    let done = work();
    let mut reads = HEARD.replace(Reads::NOTHING);
    drop(outer);
    reads.keys.sort_unstable();
    reads.keys.dedup();
    reads.keys.shrink_to_fit();
    replay(&reads);
    (done, reads)
}

/// Does some work, and tells what it read if somebody listens.
pub(crate) fn record_if_heard<T>(work: impl FnOnce() -> T) -> (T, Option<Reads>) {
    if LISTENS.get() {
        let (done, reads) = record(work);
        (done, Some(reads))
    } else {
        (work(), None)
    }
}

/// Says that something was read.
pub(crate) fn note(key: Key<'_>) {
    if LISTENS.get() {
        HEARD.with_borrow_mut(|heard| heard.keys.push(key.hashed()));
    }
}

/// Says that something was read which reads the same from one second to before another.
pub(super) fn note_time(from: i64, until: i64) {
    if LISTENS.get() {
        HEARD.with_borrow_mut(|heard| {
            heard.from = heard.from.max(from);
            heard.until = heard.until.min(until);
        });
    }
}

/// Says again what was read before.
pub(crate) fn replay(reads: &Reads) {
    if LISTENS.get() {
        HEARD.with_borrow_mut(|heard| heard.keys.extend_from_slice(&reads.keys));
        note_time(reads.from, reads.until);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_hears_each_thing_once_and_so_does_the_one_around_it() {
        let ((), outer) = record(|| {
            note(Key::Version);
            let ((), inner) = record(|| {
                note(Key::Uid("a"));
                note(Key::Uid("a"));
                note_time(5, 9);
            });
            assert_eq!(inner.keys, [Key::Uid("a").hashed()]);
        });
        assert_eq!(outer.keys.len(), 2);
        assert_eq!((outer.from, outer.until), (5, 9));
        let ((), nothing) = record(|| ());
        assert_eq!(nothing, Reads::NOTHING);
    }

    #[test]
    fn a_panic_ends_the_recording() {
        let result = std::panic::catch_unwind(|| record(|| panic!("a rule fails")));
        assert!(result.is_err());
        assert!(!LISTENS.get());
    }
}
