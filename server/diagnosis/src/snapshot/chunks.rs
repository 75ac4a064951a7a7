use std::borrow::Borrow;
use std::collections::HashSet;
use std::sync::Arc;

/// The most entries that one chunk has.
const LARGEST: usize = 64;

/// Some entries, in the order of their keys.
type Chunk<K, V> = Vec<(K, V)>;

/// An ordered map that is cheap to copy and to compare: a copy shares all chunks with its
/// original, and a change copies the one chunk that it touches.
#[derive(Clone, Debug)]
pub(super) struct Chunks<K, V> {
    /// None of them is empty.
    chunks: Vec<Arc<Chunk<K, V>>>,
}

impl<K, V> Default for Chunks<K, V> {
    fn default() -> Self {
        Self { chunks: Vec::new() }
    }
}

impl<K: Ord + Clone, V: Clone> Chunks<K, V> {
    pub(super) fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let chunk = self.chunks.get(self.place(key))?;
        let at = find(chunk, key).ok()?;
        chunk.get(at).map(|(_, value)| value)
    }

    /// The values, in the order of their keys.
    pub(super) fn values(&self) -> impl DoubleEndedIterator<Item = &V> {
        self.chunks
            .iter()
            .flat_map(|chunk| chunk.iter().map(|(_, value)| value))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    /// Puts in a value; tells which one it replaces.
    pub(super) fn insert(&mut self, key: K, value: V) -> Option<V> {
        let place = self.place(&key);
        let Some(chunk) = self.chunks.get_mut(place) else {
            self.chunks.push(Arc::new(vec![(key, value)]));
            return None;
        };
        let chunk = Arc::make_mut(chunk);
        match find(chunk, &key) {
            Ok(at) => chunk
                .get_mut(at)
                .map(|(_, old)| std::mem::replace(old, value)),
            Err(at) => {
                chunk.insert(at, (key, value));
                if chunk.len() > LARGEST {
                    let rest = chunk.split_off(LARGEST / 2);
                    self.chunks.insert(place + 1, Arc::new(rest));
                }
                None
            }
        }
    }

    pub(super) fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let place = self.place(key);
        let chunk = self.chunks.get_mut(place)?;
        let at = find(chunk, key).ok()?;
        let chunk = Arc::make_mut(chunk);
        let (_, old) = chunk.remove(at);
        if chunk.is_empty() {
            self.chunks.remove(place);
        }
        Some(old)
    }

    /// Calls `each` with every key of which another, older map has another value or none,
    /// and every one that only that has: the key, what it was and what it is. Costs what
    /// the chunks hold that are not shared, and little for each that is.
    pub(super) fn differences(&self, older: &Self, mut each: impl FnMut(&K, Option<&V>, Option<&V>))
    where
        V: PartialEq,
    {
        let mut new = self.not_in(older).peekable();
        let mut old = older.not_in(self).peekable();
        loop {
            let order = match (new.peek(), old.peek()) {
                (Some((key, _)), Some((was, _))) => key.cmp(was),
                (Some(_), None) => std::cmp::Ordering::Less,
                (None, Some(_)) => std::cmp::Ordering::Greater,
                (None, None) => return,
            };
            let now = new.next_if(|_| order.is_le());
            let then = old.next_if(|_| order.is_ge());
            let (now, then) = (now.as_ref(), then.as_ref());
            if let Some((key, _)) = now.or(then) {
                let (was, is) = (then.map(|(_, v)| v), now.map(|(_, v)| v));
                if was != is {
                    each(key, was, is);
                }
            }
        }
    }

    /// The entries of the chunks that are not shared with another map, in order.
    fn not_in<'a>(&'a self, other: &Self) -> impl Iterator<Item = &'a (K, V)> {
        let shared: HashSet<*const Chunk<K, V>> = other.chunks.iter().map(Arc::as_ptr).collect();
        self.chunks
            .iter()
            .filter(move |chunk| !shared.contains(&Arc::as_ptr(chunk)))
            .flat_map(|chunk| chunk.iter())
    }

    /// The place of the chunk that has a key, or would.
    fn place<Q: Ord + ?Sized>(&self, key: &Q) -> usize
    where
        K: Borrow<Q>,
    {
        let begins_before = |chunk: &Arc<Chunk<K, V>>| {
            let first = chunk.first();
            first.is_none_or(|(first, _)| first.borrow() <= key)
        };
        self.chunks.partition_point(begins_before).saturating_sub(1)
    }
}

fn find<K: Borrow<Q>, V, Q: Ord + ?Sized>(chunk: &Chunk<K, V>, key: &Q) -> Result<usize, usize> {
    chunk.binary_search_by(|(other, _)| other.borrow().cmp(key))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::facts::Str;

    fn name(of: u8) -> Str {
        Str::from(format!("{of:03}"))
    }

    proptest! {
        #[test]
        fn it_is_a_map_and_tells_differences(
            first in prop::collection::vec(any::<(u8, bool)>(), 0..600),
            then in prop::collection::vec(any::<(u8, bool)>(), 0..40),
        ) {
            let (mut chunks, mut map) = (Chunks::default(), BTreeMap::new());
            let take = |(at, (of, put)): (usize, (u8, bool)), chunks: &mut Chunks<Str, usize>, map: &mut BTreeMap<Str, usize>| {
                let name = name(of);
                if put {
                    assert_eq!(chunks.insert(name.clone(), at), map.insert(name, at));
                } else {
                    assert_eq!(chunks.remove(&*name), map.remove(&name));
                }
            };
            for step in first.into_iter().enumerate() {
                take(step, &mut chunks, &mut map);
            }
            let (older, was) = (chunks.clone(), map.clone());
            for (at, step) in then.into_iter().enumerate() {
                take((at + 600, step), &mut chunks, &mut map);
            }
            prop_assert!(chunks.values().eq(map.values()));
            prop_assert!(older.values().eq(was.values()));
            prop_assert!(map.iter().all(|(name, value)| chunks.get(&**name) == Some(value)));
            prop_assert_eq!(chunks.is_empty(), map.is_empty());
            let mut told = Vec::new();
            chunks.differences(&older, |name, was, is| told.push((name.clone(), was.copied(), is.copied())));
            let names: std::collections::BTreeSet<&Str> = map.keys().chain(was.keys()).collect();
            let differ = names.into_iter().map(|name| (name.clone(), was.get(name).copied(), map.get(name).copied()));
            let differ: Vec<_> = differ.filter(|(_, was, is)| was != is).collect();
            prop_assert_eq!(told, differ);
        }
    }

    #[test]
    fn a_change_copies_one_chunk() {
        let mut chunks = Chunks::default();
        for of in 0..250 {
            chunks.insert(name(of), of);
        }
        let older = chunks.clone();
        chunks.insert(name(7), 0);
        assert_eq!(chunks.not_in(&older).count(), older.not_in(&chunks).count());
        assert!(chunks.not_in(&older).count() <= LARGEST);
    }
}
