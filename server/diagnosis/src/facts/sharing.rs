//! One copy of what recurs.
//!
//! Ten thousand Pods repeat a few hundred names, labels and Pod specs. Facts hold
//! them behind an `Arc`, and a [`Sharing`] hands out the copy that exists already.

use std::collections::HashSet;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use super::meta::Labels;
use super::pod_spec::PodSpec;

/// A shared text of the cluster, already clean.
pub type Str = Arc<str>;

/// Hands out one copy of equal texts, label sets and Pod specs.
///
/// Keep one for a cluster, and call [`Sharing::forget_unused`] now and then.
#[derive(Debug, Default)]
pub struct Sharing {
    texts: Mutex<HashSet<Str>>,
    labels: Mutex<HashSet<Arc<Labels>>>,
    specs: Mutex<HashSet<Arc<PodSpec>>>,
}

impl Sharing {
    /// The longest text that is looked up; longer ones seldom recur.
    const LONGEST: usize = 256;

    pub(crate) fn str(&self, text: &str) -> Str {
        if text.len() > Self::LONGEST {
            return Str::from(text);
        }
        let mut texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = texts.get(text) {
            return Arc::clone(known);
        }
        let new = Str::from(text);
        texts.insert(Arc::clone(&new));
        new
    }

    pub(crate) fn labels(&self, labels: Labels) -> Arc<Labels> {
        share(&self.labels, labels)
    }

    pub(crate) fn spec(&self, spec: PodSpec) -> Arc<PodSpec> {
        share(&self.specs, spec)
    }

    /// Drops what no fact holds any more.
    pub fn forget_unused(&self) {
        drop_unused(&self.specs);
        drop_unused(&self.labels);
        self.texts
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|text| Arc::strong_count(text) > 1);
    }
}

fn share<T: Eq + Hash>(known: &Mutex<HashSet<Arc<T>>>, new: T) -> Arc<T> {
    let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(same) = known.get(&new) {
        return Arc::clone(same);
    }
    let new = Arc::new(new);
    known.insert(Arc::clone(&new));
    new
}

fn drop_unused<T: Eq + Hash>(known: &Mutex<HashSet<Arc<T>>>) {
    known
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .retain(|one| Arc::strong_count(one) > 1);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_are_one_and_unused_ones_are_forgotten() {
        let sharing = Sharing::default();
        let a = sharing.str("app");
        assert!(Arc::ptr_eq(&a, &sharing.str("app")));
        drop(a);
        sharing.forget_unused();
        assert!(sharing.texts.lock().unwrap().is_empty());
    }
}
