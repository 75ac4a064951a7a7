use std::collections::HashMap;
use std::sync::Arc;

use crate::facts::Str;

/// How many parts a map has.
const SHARDS: usize = 128;

/// A map by text that is cheap to copy: a copy shares all parts with its original, and
/// a change copies the one part that it touches.
#[derive(Clone, Debug)]
pub(super) struct Shards<V> {
    shards: Box<[Arc<HashMap<Str, V>>]>,
}

impl<V> Default for Shards<V> {
    fn default() -> Self {
        let none = Arc::new(HashMap::new());
        Self {
            shards: (0..SHARDS).map(|_| Arc::clone(&none)).collect(),
        }
    }
}

impl<V: Clone> Shards<V> {
    pub(super) fn get(&self, key: &str) -> Option<&V> {
        self.shards.get(shard(key))?.get(key)
    }

    /// All keys and their values, in no order.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Str, &V)> {
        self.shards.iter().flat_map(|shard| shard.iter())
    }

    /// Changes the value of a key, which is the default where there is none, and keeps it
    /// as long as the change says so.
    pub(super) fn change(&mut self, key: &Str, change: impl FnOnce(&mut V) -> Keep)
    where
        V: Default,
    {
        let Some(shard) = self.shards.get_mut(shard(key)) else {
            return;
        };
        let shard = Arc::make_mut(shard);
        if change(shard.entry(Str::clone(key)).or_default()) == Keep::Drop {
            shard.remove(key);
        }
    }
}

/// Whether an entry stays in its map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keep {
    Keep,
    Drop,
}

impl Keep {
    /// What holds nothing any more is dropped.
    pub(super) const fn unless(is_empty: bool) -> Self {
        if is_empty { Self::Drop } else { Self::Keep }
    }
}

/// Names and uids that are numbered differ at their ends.
fn shard(key: &str) -> usize {
    let hash = key.bytes().rev().take(6).fold(0_usize, |hash, byte| {
        (hash ^ usize::from(byte)).wrapping_mul(0x0100_0193)
    });
    (hash ^ (hash >> 15)) % SHARDS
}

/// Values by namespace, for a name that few namespaces have.
#[derive(Clone, Debug)]
pub(super) struct ByNamespace<V> {
    values: Vec<(Str, V)>,
}

impl<V> Default for ByNamespace<V> {
    fn default() -> Self {
        Self { values: Vec::new() }
    }
}

impl<V: Default> ByNamespace<V> {
    pub(super) fn get(&self, namespace: &str) -> Option<&V> {
        let at = self.find(namespace).ok()?;
        self.values.get(at).map(|(_, value)| value)
    }

    /// All namespaces and their values.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&Str, &V)> {
        self.values
            .iter()
            .map(|(namespace, value)| (namespace, value))
    }

    /// As [`Shards::change`]; tells in turn whether any namespace has a value.
    pub(super) fn change(&mut self, namespace: &Str, change: impl FnOnce(&mut V) -> Keep) -> Keep {
        let at = self.find(namespace).unwrap_or_else(|at| {
            self.values
                .insert(at, (Str::clone(namespace), V::default()));
            at
        });
        if let Some((_, value)) = self.values.get_mut(at)
            && change(value) == Keep::Drop
        {
            self.values.remove(at);
        }
        Keep::unless(self.values.is_empty())
    }

    fn find(&self, namespace: &str) -> Result<usize, usize> {
        self.values
            .binary_search_by(|(other, _)| (**other).cmp(namespace))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_keeps_what_its_original_changes() {
        let mut map: Shards<Vec<u8>> = Shards::default();
        let key = Str::from("web-1");
        map.change(&key, |value| {
            value.push(1);
            Keep::Keep
        });
        let copy = map.clone();
        map.change(&key, |value| {
            value.clear();
            Keep::unless(value.is_empty())
        });
        assert_eq!(copy.get("web-1"), Some(&vec![1]));
        assert_eq!(map.get("web-1"), None);
    }

    #[test]
    fn each_namespace_has_its_own() {
        let mut values: ByNamespace<u8> = ByNamespace::default();
        for (namespace, value) in [("b", 2), ("a", 1)] {
            let kept = values.change(&Str::from(namespace), |v| {
                *v = value;
                Keep::Keep
            });
            assert_eq!(kept, Keep::Keep);
        }
        assert_eq!((values.get("a"), values.get("c")), (Some(&1), None));
        values.change(&Str::from("a"), |_| Keep::Drop);
        assert_eq!(values.change(&Str::from("b"), |_| Keep::Drop), Keep::Drop);
    }
}
