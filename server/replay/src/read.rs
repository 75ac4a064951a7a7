//! Reading recordings from disk, in every layout that is known.

mod archive;
mod budget;
mod bundle;
mod cut;
mod dense;
mod dump;
mod folder;
mod lists;
mod objects;
mod shape;
mod times;
pub(crate) mod tree;

use std::{fs, io::Read, path::Path};

use serde_json::Value;

use crate::{
    error::{ReplayError, Result},
    recording::Recording,
};
pub use budget::Limit;
use tree::Tree;

/// Read the recording at `path`, whatever its layout.
pub(crate) fn open(path: &Path) -> Result<Recording> {
    let recording = Tree::read(path, wanted)
        .and_then(|tree| from_tree(path, &name_of(path), tree))
        .map_err(|error| error.of(path))?;
    Ok(match (&recording.version, version_beside(path)) {
        (None, Some(version)) => recording.with_version(version),
        _ => recording,
    })
}

/// What the API server of several recordings answered at `/version`, which is kept once for
/// all of them in a folder `_cluster` beside them.
fn version_beside(path: &Path) -> Option<Value> {
    const LONGEST: u64 = 64 * 1024;
    let folder = path.canonicalize().ok()?.parent()?.join("_cluster");
    let file = fs::File::open(folder.join("version.json")).ok()?;
    serde_json::from_reader(file.take(LONGEST)).ok()
}

/// Interpret files that were read already.
pub(crate) fn from_tree(path: &Path, name: &str, mut tree: Tree) -> Result<Recording> {
    match folder::roots(&tree).as_slice() {
        [] => {}
        [root] => {
            tree.enter(root);
            return folder::read(name, tree);
        }
        [first, ..] => {
            return Err(ReplayError::NotARecording {
                path: path.to_owned(),
                why: format!(
                    "it holds several recordings; name one of them, for example {}",
                    path.join(first.trim_end_matches('/')).display()
                ),
            });
        }
    }
    if let Some(root) = bundle::root(&tree) {
        tree.enter(&root);
        return bundle::read(name, tree);
    }
    if let Some(root) = dump::root(&tree) {
        tree.enter(&root);
        return dump::read(name, tree);
    }
    Err(ReplayError::NotARecording {
        path: path.to_owned(),
        why: "it has no objects.json (a recording), no cluster-resources folder (a Troubleshoot support bundle), and no nodes.json beside namespaces (kubectl cluster-info dump --output-directory)"
            .to_owned(),
    })
}

/// Which files are worth their memory: text that kubectl printed is not read back.
fn wanted(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    let skipped_folder = name.split('/').any(|part| part == "describe");
    !skipped_folder
        && !file.starts_with("table-")
        && file != "manifest.yaml"
        && file != "get.txt"
        && file != "steps.jsonl"
}

fn name_of(path: &Path) -> String {
    let full = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let name = full
        .file_name()
        .map(|n| n.to_string_lossy().into_owned())
        .unwrap_or_default();
    for end in [".tar.zst", ".tzst", ".tar.gz", ".tgz", ".tar"] {
        if let Some(stem) = name.strip_suffix(end) {
            return stem.to_owned();
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    const OBJECTS: &str = r#"{"kind":"List","apiVersion":"v1","items":[
        {"kind":"Pod","apiVersion":"v1","metadata":{"name":"web","namespace":"shop"}}]}"#;

    /// What opening a folder with these files says.
    fn error(files: &[(&str, &str)]) -> String {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            fs::write(folder.path().join(name), text).unwrap();
        }
        open(folder.path()).unwrap_err().to_string()
    }

    #[test]
    fn the_version_is_that_of_the_recording_or_of_its_cluster_or_none() {
        let folder = tempfile::tempdir().unwrap();
        let one = folder.path().join("one");
        fs::create_dir(&one).unwrap();
        fs::write(one.join("objects.json"), OBJECTS).unwrap();
        let version = || {
            let version = open(&one).unwrap().version;
            version.map(|it| it.pointer("/gitVersion").cloned().unwrap())
        };
        assert_eq!(version(), None);
        let cluster = folder.path().join("_cluster");
        fs::create_dir(&cluster).unwrap();
        fs::write(cluster.join("version.json"), r#"{"gitVersion":"v1.30.1"}"#).unwrap();
        assert_eq!(version(), Some(Value::from("v1.30.1")));
        fs::write(one.join("version.json"), r#"{"gitVersion":"v1.31.4"}"#).unwrap();
        assert_eq!(version(), Some(Value::from("v1.31.4")));
    }

    #[test]
    fn a_broken_file_is_named_with_its_place() {
        for (files, wanted) in [
            (
                &[("objects.json", "{\"items\": [\n  {]}")] as &[_],
                "objects.json, line 2, column 4: ",
            ),
            (&[("objects.json", "[]")], "objects.json: it is not a List"),
            (
                &[(
                    "objects.json",
                    r#"{"items":[{"kind":"Pod","apiVersion":"v1"}]}"#,
                )],
                "objects.json: items[0] has no metadata.name",
            ),
            (
                &[
                    ("objects.json", OBJECTS),
                    ("watch.jsonl", "\n{\"t_ms\": 1,\n"),
                ],
                "watch.jsonl, line 2, column 11: ",
            ),
            (
                &[
                    ("objects.json", OBJECTS),
                    ("watch.jsonl", r#"{"t_ms":1,"event":{"type":"GONE"}}"#),
                ],
                "watch.jsonl, line 1: event.type",
            ),
            (
                &[
                    ("objects.json", OBJECTS),
                    ("watch.jsonl", r#"{"event":{"type":"ADDED"}}"#),
                ],
                "watch.jsonl, line 1: t_ms",
            ),
            (
                &[("objects.json", OBJECTS), ("truth.json", "no")],
                "truth.json, line 1, column 2: ",
            ),
            (
                &[("objects.json", OBJECTS), ("exec.jsonl", "{")],
                "exec.jsonl, line 1, column 1: ",
            ),
        ] {
            let error = error(files);
            assert!(error.contains(&format!(" is broken: {wanted}")), "{error}");
        }
    }

    #[test]
    fn what_is_no_recording_is_said() {
        assert!(error(&[("a.txt", "")]).contains("is not a recording: it has no objects.json"));
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file.tar.gz");
        fs::write(&file, "no archive").unwrap();
        assert!(
            open(&file)
                .unwrap_err()
                .to_string()
                .contains("neither a directory nor a tar archive")
        );
        assert!(
            open(&folder.path().join("none"))
                .unwrap_err()
                .to_string()
                .contains("cannot read")
        );
        for name in ["a", "b"] {
            fs::create_dir(folder.path().join(name)).unwrap();
            fs::write(folder.path().join(name).join("objects.json"), OBJECTS).unwrap();
        }
        let error = open(folder.path()).unwrap_err().to_string();
        assert!(
            error.contains("several recordings; name one of them"),
            "{error}"
        );
    }

    #[test]
    fn an_archive_that_ends_early_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let whole = folder.path().join("whole.tar.gz");
        crate::practice::open("healthy-deployment")
            .unwrap()
            .write(&whole)
            .unwrap();
        let bytes = fs::read(&whole).unwrap();
        let cut = folder.path().join("cut.tar.gz");
        for part in [10, bytes.len() / 2, bytes.len() - 20] {
            fs::write(&cut, bytes.get(..part).unwrap()).unwrap();
            assert!(open(&cut).is_err(), "{part} of {}", bytes.len());
        }
    }

    #[cfg(unix)]
    #[test]
    fn links_are_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("objects.json"), OBJECTS).unwrap();
        fs::create_dir_all(folder.path().join("logs/web")).unwrap();
        let secret = folder.path().join("secret");
        fs::write(&secret, "2026-11-20T20:28:04Z secret").unwrap();
        std::os::unix::fs::symlink(&secret, folder.path().join("logs/web/app.log")).unwrap();
        assert!(open(folder.path()).unwrap().logs().is_empty());
    }

    #[test]
    fn only_objects_are_needed() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("objects.json"), OBJECTS).unwrap();
        let recording = open(folder.path()).unwrap();
        assert_eq!(recording.namespaces(), ["shop"]);
        assert!(recording.changes().is_empty() && recording.truth().is_none());
    }
}
