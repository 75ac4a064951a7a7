//! Clusters that never were, of any size: for load, for practice with scale, and for
//! measuring. Nothing of them looks like a recording of somebody's cluster: namespaces are
//! `generated-N`, images come from `generated.example`.
//!
//! The same [`Size`] gives the same objects and the same course of changes.

mod churn;
mod objects;

use std::fmt;
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};

pub(crate) use self::churn::Churn;
use crate::object::Object;
use crate::recording::Recording;

/// The most nodes: above what Kubernetes itself is tested with (5,000).
pub const MOST_NODES: usize = 20_000;

/// The most Pods: above what Kubernetes itself is tested with (150,000).
pub const MOST_PODS: usize = 200_000;

/// The most changes a second.
pub const MOST_CHURN: u32 = 5_000;

/// How large a generated cluster is, how much of it is broken, and how fast it changes.
///
/// Written `nodes=1000,pods=10000,broken=5%,churn=100,seed=1`; what is left out is as in
/// [`Size::default`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Nodes, 1 to [`MOST_NODES`].
    pub nodes: usize,
    /// Pods, 0 to [`MOST_PODS`].
    pub pods: usize,
    /// How many of a hundred Deployments are broken, 0 to 100.
    pub broken_percent: u8,
    /// Changes a second, 0 to [`MOST_CHURN`].
    pub churn: u32,
    /// What else is chosen depends on it alone.
    pub seed: u64,
}

/// Why a text is no [`Size`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}; write nodes=1000,pods=10000,broken=5%,churn=100,seed=1, or a part of it")]
pub struct NotASize {
    what: String,
}

impl Default for Size {
    fn default() -> Self {
        Self {
            nodes: 10,
            pods: 100,
            broken_percent: 5,
            churn: 0,
            seed: 1,
        }
    }
}

impl FromStr for Size {
    type Err = NotASize;

    fn from_str(text: &str) -> Result<Self, NotASize> {
        let wrong = |what: String| NotASize { what };
        let mut size = Self::default();
        for part in text.split(',').filter(|part| !part.trim().is_empty()) {
            let (name, value) = part
                .trim()
                .split_once('=')
                .ok_or_else(|| wrong(format!("{part:?} is no NAME=NUMBER")))?;
            let number = value.trim_end_matches('%').parse::<u64>();
            let number = number.map_err(|_| wrong(format!("{name} is no whole number")))?;
            let within = |least: u64, most: u64| {
                (least..=most)
                    .contains(&number)
                    .then_some(number)
                    .ok_or_else(|| wrong(format!("{name} must be from {least} to {most}")))
            };
            // Within these bounds each fits.
            let small = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
            match name {
                "nodes" => size.nodes = small(within(1, MOST_NODES as u64)?),
                "pods" => size.pods = small(within(0, MOST_PODS as u64)?),
                "broken" => {
                    size.broken_percent = u8::try_from(within(0, 100)?).unwrap_or(u8::MAX);
                }
                "churn" => {
                    let churn = within(0, u64::from(MOST_CHURN))?;
                    size.churn = u32::try_from(churn).unwrap_or(u32::MAX);
                }
                "seed" => size.seed = number,
                _ => return Err(wrong(format!("there is no {name:?} to set"))),
            }
        }
        Ok(size)
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            nodes,
            pods,
            broken_percent,
            churn,
            seed,
        } = self;
        write!(
            f,
            "nodes={nodes},pods={pods},broken={broken_percent}%,churn={churn},seed={seed}"
        )
    }
}

impl Size {
    /// The cluster at its beginning, as if it had been recorded.
    pub fn recording(&self) -> Recording {
        let ended_at = objects::now();
        let started_at = ended_at
            .checked_sub(SignedDuration::from_hours(1))
            .unwrap_or(Timestamp::UNIX_EPOCH);
        let objects = objects::all(self).map(Object::new).collect();
        Recording::of("generated", started_at, ended_at, objects)
    }
}

/// A number that looks like chance and is always the same (SplitMix64).
pub(crate) fn mixed(seed: u64, index: u64) -> u64 {
    let mut z = seed.wrapping_add(index.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::fields::Fields;

    #[test]
    fn a_size_is_read_and_written() {
        let size: Size = "nodes=1000,pods=10000,broken=5%,churn=100".parse().unwrap();
        assert_eq!((size.nodes, size.pods), (1000, 10_000));
        assert_eq!((size.broken_percent, size.churn, size.seed), (5, 100, 1));
        assert_eq!(size.to_string().parse::<Size>().unwrap(), size);
        assert_eq!("".parse::<Size>().unwrap(), Size::default());
    }

    #[test]
    fn absurd_numbers_are_refused_with_their_bounds() {
        for (wrong, said) in [
            ("pods=999999999999999999999", "pods is no whole number"),
            ("pods=200001", "pods must be from 0 to 200000"),
            ("nodes=0", "nodes must be from 1 to 20000"),
            ("nodes=-1", "nodes is no whole number"),
            ("broken=101%", "broken must be from 0 to 100"),
            ("churn=5001", "churn must be from 0 to 5000"),
            ("pods", "is no NAME=NUMBER"),
            ("podz=1", "there is no \"podz\" to set"),
        ] {
            let error = wrong.parse::<Size>().unwrap_err().to_string();
            assert!(error.contains(said), "{wrong}: {error}");
        }
    }

    #[test]
    fn a_cluster_has_what_was_asked_for_and_is_the_same_again() {
        let size: Size = "nodes=7,pods=203,broken=10%".parse().unwrap();
        let made = |size: &Size| objects::all(size).collect::<Vec<_>>();
        let objects = made(&size);
        let count = |kind: &str| objects.iter().filter(|o| o.text("/kind") == kind).count();
        assert_eq!((count("Node"), count("Pod")), (7, 203));
        let unready = objects.iter().filter(|object| {
            object.text("/kind") == "Deployment" && object.has("/status/unavailableReplicas")
        });
        assert_eq!(unready.count(), 2);
        let names: BTreeSet<_> = objects
            .iter()
            .map(|o| {
                (
                    o.text("/kind"),
                    o.text("/metadata/namespace"),
                    o.text("/metadata/name"),
                )
            })
            .collect();
        assert_eq!(names.len(), objects.len(), "no two objects have one name");
        assert_eq!(objects, made(&size));
        let other = made(&Size { seed: 2, ..size });
        assert_ne!(objects, other);
    }

    #[test]
    fn the_smallest_and_the_oddest_sizes_are_clusters() {
        for size in [
            "nodes=1,pods=0",
            "nodes=1,pods=1,broken=100%",
            "nodes=500,pods=3",
        ] {
            let size: Size = size.parse().unwrap();
            let pods = objects::all(&size).filter(|object| object.text("/kind") == "Pod");
            assert_eq!(pods.count(), size.pods, "{size}");
        }
    }
}
