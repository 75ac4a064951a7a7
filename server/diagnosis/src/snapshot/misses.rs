//! What was asked of a snapshot that could not be read, so that nothing is concluded from its
//! absence.
//!
//! The methods of [`Snapshot`](super::Snapshot) and [`Table`](super::Table) say when they
//! answer without knowing all, with [`miss`]; who judges asks for it [`during`] some work. As
//! with what was [read](super::reads), a rule needs not know of it and cannot forget it.

use std::cell::Cell;

use crate::facts::Kind;

/// A set of kinds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Kinds(u64);

const _: () = assert!(Kind::ALL.len() < 64, "a bit for each kind, and for `Other`");

impl Kinds {
    pub(crate) const NONE: Self = Self(0);

    pub(crate) const fn of(kind: Kind) -> Self {
        Self(1 << kind as u32)
    }

    #[must_use]
    pub(crate) const fn and(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    pub(crate) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub(crate) const fn meets(self, others: Self) -> bool {
        self.0 & others.0 != 0
    }
}

thread_local! {
    static MISSED: Cell<Kinds> = const { Cell::new(Kinds::NONE) };
}

/// Says that a kind was asked for of which not all is known.
pub(crate) fn miss(kinds: Kinds) {
    MISSED.set(MISSED.get().and(kinds));
}

/// Does some work and tells what it missed. Work around it has missed that too.
pub(crate) fn during<T>(work: impl FnOnce() -> T) -> (T, Kinds) {
    let outer = MISSED.replace(Kinds::NONE);
    let done = work();
    let missed = MISSED.replace(outer);
    miss(missed);
    (done, missed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_missed_within_was_missed_around_and_not_before() {
        miss(Kinds::of(Kind::Secret));
        let (inner, outer) = during(|| {
            miss(Kinds::of(Kind::Node));
            during(|| miss(Kinds::of(Kind::Event))).1
        });
        assert_eq!(inner, Kinds::of(Kind::Event));
        assert_eq!(outer, Kinds::of(Kind::Event).and(Kinds::of(Kind::Node)));
        assert!(!outer.meets(Kinds::of(Kind::Secret)));
        assert_eq!(during(|| ()).1, Kinds::NONE);
    }
}
