use std::collections::{BTreeSet, HashMap};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use podside_model::ObjectRef;

use crate::snapshot::misses::{Kinds, during, miss};
use crate::snapshot::pointed;
use crate::snapshot::reads::{Reads, record_if_heard, replay};

/// Something shared, as a key by which to remember: told apart by where it is kept, which
/// costs nothing however large it is. Facts keep equal things in one place, so Pods of one
/// template have the same; where they have not, it is only worked out again.
#[derive(Clone, Debug)]
pub(crate) struct Same<T>(Arc<T>);

impl<T> Same<T> {
    pub(crate) fn of(shared: &Arc<T>) -> Self {
        Self(Arc::clone(shared))
    }
}

impl<T> PartialEq for Same<T> {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl<T> Eq for Same<T> {}

impl<T> Hash for Same<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        Arc::as_ptr(&self.0).hash(state);
    }
}

/// What was worked out once and is asked for again, with what was read of the snapshot for
/// it, what was missed and what was pointed at: everybody who is told has read and missed that.
#[derive(Debug)]
pub(crate) struct Remembered<K, V> {
    known: HashMap<K, Known<V>>,
    most: usize,
}

#[derive(Debug)]
struct Known<V> {
    value: V,
    reads: Option<Reads>,
    missed: Kinds,
    pointed: BTreeSet<ObjectRef>,
}

impl<K: Eq + Hash, V: Clone> Remembered<K, V> {
    /// Remembers at most so many; when there are more, it begins anew.
    pub(crate) fn at_most(most: usize) -> Self {
        Self {
            known: HashMap::new(),
            most,
        }
    }

    /// What is remembered under a key, or else what `work` tells now.
    pub(crate) fn recall(&mut self, key: K, work: impl FnOnce(&K) -> V) -> V {
        if let Some(known) = self.known.get(&key) {
            if let Some(reads) = &known.reads {
                replay(reads);
            }
            miss(known.missed);
            pointed::replay(&known.pointed);
            return known.value.clone();
        }
        let (((value, reads), missed), pointed) =
            pointed::during(|| during(|| record_if_heard(|| work(&key))));
        if self.known.len() >= self.most {
            self.known.clear();
        }
        let known = Known {
            value: value.clone(),
            reads,
            missed,
            pointed,
        };
        self.known.insert(key, known);
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::Kind;
    use crate::snapshot::reads::{Key, note, record};

    #[test]
    fn what_is_kept_in_one_place_is_the_same() {
        let one = Arc::new(1);
        assert_eq!(Same::of(&one), Same::of(&Arc::clone(&one)));
        assert_ne!(Same::of(&one), Same::of(&Arc::new(1)));
    }

    #[test]
    fn who_is_told_again_has_read_and_missed_the_same() {
        let mut remembered = Remembered::at_most(1);
        let mut ask = |key: u8| {
            let work = || {
                remembered.recall(key, |key| {
                    note(Key::Uid("a"));
                    miss(Kinds::of(Kind::Node));
                    u16::from(*key) * 2
                })
            };
            let ((value, reads), missed) = during(|| record(work));
            (value, reads, missed)
        };
        let first = ask(1);
        assert_eq!(first.0, 2);
        assert_eq!(first.1.keys, [Key::Uid("a").hashed()]);
        assert_eq!(first.2, Kinds::of(Kind::Node));
        assert_eq!(ask(1), first);
        assert_eq!(ask(2), (4, first.1.clone(), first.2));
        assert_eq!(remembered.known.len(), 1);
    }
}
