//! The recordings that are part of the program: every scenario that was
//! recorded, to practise on and to test with.
//!
//! `recordings/scenarios.tar.zst` is made from a folder of recordings by
//! `cargo run --release -p podside-replay --example pack -- FOLDER`.

use std::{collections::BTreeMap, io::Read, path::Path, sync::OnceLock};

use serde_json::Value;

use crate::{
    assemble::built_in_version,
    error::{ReplayError, Result},
    fields::Fields,
    read::{self, tree::Tree},
    recording::Recording,
};

const PACK: &[u8] = include_bytes!("../recordings/scenarios.tar.zst");
/// How messages name the pack.
const PACK_NAME: &str = "the embedded recordings";

/// The scenarios of the practice cluster: one namespace each, each a different
/// kind of trouble, and a healthy one to compare with.
const CLUSTER: [&str; 8] = [
    "cascade-db-pvc",
    "crashloop-app-error",
    "service-selector-mismatch",
    "noisy-namespace",
    "pdb-blocks-eviction",
    "pending-node-selector",
    "image-pull-backoff-secret-missing",
    "healthy-deployment",
];

/// A scenario that can be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scenario {
    /// What [`open`] takes.
    pub id: String,
    /// What happens in it, in one English line.
    pub title: String,
    /// What its user would say is wrong; empty where nothing is.
    pub symptom: String,
    /// Whether nothing is wrong.
    pub healthy: bool,
}

/// All scenarios, by id. Recordings of several at once (`live`) are not among
/// them, but can be opened.
pub fn scenarios() -> Result<&'static [Scenario]> {
    static SCENARIOS: OnceLock<Vec<Scenario>> = OnceLock::new();
    if let Some(known) = SCENARIOS.get() {
        return Ok(known);
    }
    let mut found = Vec::new();
    read_pack(|id, file, bytes| {
        if file == "truth.json" {
            let truth: Value = serde_json::from_slice(&bytes)
                .map_err(|e| ReplayError::json(&format!("{id}/{file}"), 0, &e))?;
            if !truth.has("/title") {
                return Ok(());
            }
            found.push(Scenario {
                id: id.to_owned(),
                title: truth.text("/title").to_owned(),
                symptom: truth.text("/symptom").to_owned(),
                healthy: truth.flag("/healthy"),
            });
        }
        Ok(())
    })?;
    Ok(SCENARIOS.get_or_init(|| found))
}

/// One scenario's recording.
pub fn open(id: &str) -> Result<Recording> {
    open_all(&[id])?
        .pop()
        .ok_or_else(|| ReplayError::UnknownScenario { id: id.to_owned() })
}

/// Several scenarios' recordings, in the order asked for, with one pass over
/// the pack.
pub fn open_all(ids: &[&str]) -> Result<Vec<Recording>> {
    let mut trees: BTreeMap<String, Tree> = BTreeMap::new();
    read_pack(|id, file, bytes| {
        if ids.contains(&id) {
            trees
                .entry(id.to_owned())
                .or_default()
                .insert(file.to_owned(), bytes);
        }
        Ok(())
    })?;
    ids.iter()
        .map(|id| {
            let tree = trees
                .remove(*id)
                .ok_or_else(|| ReplayError::UnknownScenario {
                    id: (*id).to_owned(),
                })?;
            opened(id, tree)
        })
        .collect()
}

/// Give every scenario's recording to `take`, one after the other, with one
/// pass over the pack and one recording in memory at a time.
pub fn each<E: From<ReplayError>>(
    mut take: impl FnMut(Recording) -> std::result::Result<(), E>,
) -> std::result::Result<(), E> {
    let known = scenarios()?;
    let mut now: Option<(String, Tree)> = None;
    let mut finish = |done: Option<(String, Tree)>| match done {
        Some((id, tree)) if known.iter().any(|s| s.id == id) => take(opened(&id, tree)?),
        _ => Ok(()),
    };
    // The files of a scenario lie together in the pack.
    read_pack(|id, file, bytes| {
        if now.as_ref().is_none_or(|(current, _)| current != id) {
            finish(now.replace((id.to_owned(), Tree::default())))?;
        }
        if let Some((_, tree)) = &mut now {
            tree.insert(file.to_owned(), bytes);
        }
        Ok::<(), E>(())
    })?;
    finish(now)
}

/// A scenario from its files. All were recorded on one cluster, whose API server was of the
/// version that the built-in resources are of.
fn opened(id: &str, tree: Tree) -> Result<Recording> {
    let recording = read::from_tree(Path::new(PACK_NAME), id, tree)?;
    Ok(recording.with_version(built_in_version()))
}

/// The recordings that make the practice cluster; they agree with each other.
pub fn cluster() -> Result<Vec<Recording>> {
    open_all(&CLUSTER)
}

/// Give every file of the pack to `take`: scenario, path in it, content.
fn read_pack<E: From<ReplayError>>(
    mut take: impl FnMut(&str, &str, Vec<u8>) -> std::result::Result<(), E>,
) -> std::result::Result<(), E> {
    let fail = |source| {
        E::from(ReplayError::Read {
            path: PACK_NAME.into(),
            source,
        })
    };
    let decoder = zstd::stream::read::Decoder::with_buffer(PACK).map_err(fail)?;
    let mut archive = tar::Archive::new(decoder);
    for entry in archive.entries().map_err(fail)? {
        let mut entry = entry.map_err(fail)?;
        let path = entry
            .path()
            .ok()
            .and_then(|p| p.to_str().map(str::to_owned))
            .unwrap_or_default();
        let Some((id, file)) = path.split_once('/') else {
            continue;
        };
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).map_err(fail)?;
        take(id, file, bytes)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scenario_opens_and_has_a_title() {
        let all = scenarios().unwrap();
        assert!(all.len() >= 150, "{}", all.len());
        let mut seen = Vec::new();
        each(|recording| {
            let id = recording.name().to_owned();
            assert!(!recording.objects().is_empty(), "{id}");
            assert!(
                recording.recorded_start() < recording.recorded_end(),
                "{id}"
            );
            seen.push(id);
            Ok::<(), ReplayError>(())
        })
        .unwrap();
        assert!(all.iter().map(|s| &s.id).eq(&seen), "{seen:?}");
        assert!(open("live").unwrap().namespaces().len() > 10);
    }

    #[test]
    fn the_practice_cluster_is_one_cluster() {
        let merged = crate::merge::merge(cluster().unwrap()).unwrap();
        assert_eq!(merged.len(), CLUSTER.len());
    }

    #[test]
    fn an_unknown_scenario_is_named() {
        let error = open("no-such").unwrap_err();
        assert!(error.to_string().contains("\"no-such\""), "{error}");
    }
}
