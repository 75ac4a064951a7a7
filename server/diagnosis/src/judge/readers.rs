use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::Hash;

use crate::snapshot::Difference;
use crate::snapshot::reads::Reads;

/// Who read what of a snapshot, and until when it reads the same.
#[derive(Debug)]
pub(super) struct Readers<I> {
    reads: HashMap<I, Reads>,
    by_key: HashMap<u64, Vec<I>>,
    /// Those who read the time, by when it next reads otherwise.
    by_time: BTreeSet<(i64, I)>,
}

impl<I> Default for Readers<I> {
    fn default() -> Self {
        Self {
            reads: HashMap::new(),
            by_key: HashMap::new(),
            by_time: BTreeSet::new(),
        }
    }
}

impl<I: Copy + Ord + Hash> Readers<I> {
    /// Notes what somebody read the last time.
    pub(super) fn set(&mut self, reader: I, reads: Reads) {
        if self.reads.get(&reader) == Some(&reads) {
            return;
        }
        self.forget(reader);
        for key in &reads.keys {
            self.by_key.entry(*key).or_default().push(reader);
        }
        if reads.tells_time() {
            self.by_time.insert((reads.until, reader));
        }
        self.reads.insert(reader, reads);
    }

    /// Forgets somebody.
    pub(super) fn forget(&mut self, reader: I) {
        let Some(reads) = self.reads.remove(&reader) else {
            return;
        };
        for key in &reads.keys {
            let Some(readers) = self.by_key.get_mut(key) else {
                continue;
            };
            if let Some(at) = readers.iter().position(|other| *other == reader) {
                readers.swap_remove(at);
            }
            if readers.is_empty() {
                self.by_key.remove(key);
            }
        }
        if reads.tells_time() {
            self.by_time.remove(&(reads.until, reader));
        }
    }

    /// Those who read one of these keys.
    pub(super) fn of(&self, keys: &HashSet<u64>) -> BTreeSet<I> {
        keys.iter()
            .filter_map(|key| self.by_key.get(key))
            .flatten()
            .copied()
            .collect()
    }

    /// Those who read something that changed, the time included.
    pub(super) fn of_change(&self, change: &Difference) -> BTreeSet<I> {
        let mut readers = self.of(&change.keys);
        if let Some((was, now)) = change.time {
            readers.extend(self.at(now.as_second(), now < was));
        }
        readers
    }

    /// Those for whom the time reads otherwise in that second than when they read it.
    /// `back` says that the time went back since.
    fn at(&self, second: i64, back: bool) -> BTreeSet<I> {
        if back {
            let before = |reader: &I| {
                self.reads
                    .get(reader)
                    .is_some_and(|reads| reads.from > second)
            };
            return self
                .by_time
                .iter()
                .filter(|(until, reader)| *until <= second || before(reader))
                .map(|(_, reader)| *reader)
                .collect();
        }
        self.by_time
            .iter()
            .take_while(|(until, _)| *until <= second)
            .map(|(_, reader)| *reader)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads(keys: &[u64], from: i64, until: i64) -> Reads {
        Reads {
            keys: keys.to_vec(),
            from,
            until,
        }
    }

    #[test]
    fn those_are_found_who_read_a_key_or_the_time() {
        let mut readers = Readers::default();
        readers.set(1, reads(&[7, 8], i64::MIN, i64::MAX));
        readers.set(2, reads(&[8], 10, 20));
        assert_eq!(readers.of(&HashSet::from([8])), BTreeSet::from([1, 2]));
        assert_eq!(readers.of(&HashSet::from([7])), BTreeSet::from([1]));
        assert!(readers.at(19, false).is_empty());
        assert_eq!(readers.at(20, false), BTreeSet::from([2]));
        assert_eq!(readers.at(9, true), BTreeSet::from([2]));
        readers.set(2, reads(&[], i64::MIN, i64::MAX));
        assert_eq!(readers.of(&HashSet::from([8])), BTreeSet::from([1]));
        assert!(readers.at(20, false).is_empty());
        readers.forget(1);
        assert!(readers.of(&HashSet::from([7, 8])).is_empty());
    }
}
